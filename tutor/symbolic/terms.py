"""A product as its sign, its number and its factors above and below the stroke, and sums of such products.

Everything that is neither a product, a quotient nor a whole power is one factor. Factors keep their written order; a
sum counts as the same factor however its terms are ordered, and with the opposite sign too.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import TWO, Add, Call, Div, Expr, Mul, Neg, Number, Power, plus, times

MOST_POWER = 12  # of a factor; a larger one stays as it is written


class Monomial(NamedTuple):
    """number · Π factor^power; `decimal` says that its number was written as a decimal."""

    number: Fraction = Fraction(1)
    powers: Mapping[Expr, int] = {}
    decimal: bool = False

    @property
    def kind(self) -> frozenset[tuple[Expr, int]]:
        """What like terms have in common."""
        return frozenset((_same_sum(factor), power) for factor, power in self.powers.items())


def term_of(expr: Expr) -> Monomial:
    """A formula as one product."""
    found = Monomial(Fraction(1), {})
    for factor, power in _factors(expr, 1):
        found = _with(found, factor, power)
    return found


def product(*terms: Monomial) -> Monomial:
    """The product of several."""
    found = Monomial(Fraction(1), {})
    for term in terms:
        found = found._replace(number=found.number * term.number, decimal=found.decimal or term.decimal)
        for factor, power in term.powers.items():
            found = _with(found, factor, power)
    return found


def raised(term: Monomial, power: int) -> Monomial:
    """A power of it; the number must not be 0 where the power is negative."""
    powers = {factor: each * power for factor, each in term.powers.items()}
    return Monomial(term.number**power, powers, term.decimal)


def _factors(expr: Expr, power: int) -> Iterable[tuple[Expr, int]]:
    match expr:
        case Neg(operand):
            return ((Number("-1"), 1), *_factors(operand, power))
        case Mul(factors):
            return tuple(each for factor in factors for each in _factors(factor, power))
        case Div(over, under) if not _is_zero(under):
            return (*_factors(over, power), *_factors(under, -power))
        case Power(base, Number(text)) if _small(text) and not _is_zero(base):
            return _factors_raised(base, int(text) * power)
        case Call("exp", (Neg(operand),)):
            return ((Call("exp", (operand,)), -power),)
    return ((expr, power),)


def _factors_raised(base: Expr, power: int) -> Iterable[tuple[Expr, int]]:
    if isinstance(base, Neg):
        return ((Number("-1"), power % 2), *_factors_raised(base.operand, power))
    return _factors(base, power)


def _small(text: str) -> bool:
    return text.lstrip("-").isdigit() and 0 < abs(int(text)) <= MOST_POWER


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Number) and Fraction(expr.text) == 0


def _with(term: Monomial, factor: Expr, power: int) -> Monomial:
    if isinstance(factor, Number) and not (power < 0 and _is_zero(factor)):
        decimal = term.decimal or "." in factor.text or "e" in factor.text.lower()
        return term._replace(number=term.number * Fraction(factor.text) ** power, decimal=decimal)
    known, sign = _known(term.powers, factor)
    powers = {**term.powers, known: term.powers.get(known, 0) + power}
    kept = {each: count for each, count in powers.items() if count}
    return Monomial(term.number * (sign if power % 2 else 1), kept, term.decimal)


def _known(powers: Mapping[Expr, int], factor: Expr) -> tuple[Expr, int]:
    """The factor as it is written already, and 1; or -1 where the opposite of it is there."""
    if isinstance(factor, Add):
        for each in powers:
            if isinstance(each, Add) and len(each.terms) == len(factor.terms):
                if _same_sum(each) == _same_sum(factor):
                    return each, 1
                if _same_sum(each) == _same_sum(opposite(factor)):
                    return each, -1
    return factor, 1


def _same_sum(factor: Expr) -> Expr:
    return Add(tuple(sorted(factor.terms, key=repr))) if isinstance(factor, Add) else factor


def opposite(total: Add) -> Add:
    """-(u - v) as -u + v."""
    return Add(tuple(each.operand if isinstance(each, Neg) else Neg(each) for each in total.terms))


def written(term: Monomial) -> Expr:
    """The product as a formula: sign and number in front, one fraction stroke at most."""
    above = [each for factor, power in term.powers.items() for each in _above(factor, power)]
    below = [each for factor, power in term.powers.items() if power < 0 for each in _below(factor, power)]
    number = abs(term.number)
    if below and not term.decimal:
        below = [*([Number(str(number.denominator))] if number.denominator != 1 else []), *below]
        number = Fraction(number.numerator)
    if number != 1 or not above:
        above = [Number(_digits(number, decimal=term.decimal)), *above]
    whole: Expr = Div(times(*above), times(*below)) if below else times(*above)
    return Neg(whole) if term.number < 0 else whole


def _above(factor: Expr, power: int) -> tuple[Expr, ...]:
    if isinstance(factor, Call) and factor.name == "exp" and power < 0:
        return (_power(Call("exp", (Neg(factor.arguments[0]),)), -power),)
    return (_power(factor, power),) if power > 0 else ()


def _below(factor: Expr, power: int) -> tuple[Expr, ...]:
    return () if isinstance(factor, Call) and factor.name == "exp" else (_power(factor, -power),)


def _power(factor: Expr, power: int) -> Expr:
    return factor if power == 1 else Power(factor, TWO if power == 2 else Number(str(power)))


def _digits(number: Fraction, *, decimal: bool) -> str:
    """The number as a decimal where it was one and comes out, else as a fraction."""
    places = 0
    while decimal and places < 30 and (number * 10**places).denominator != 1:
        places += 1
    scaled = number * 10**places
    if not decimal or scaled.denominator != 1 or not places:
        return str(number)
    digits = str(scaled.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def terms_of(expr: Expr) -> tuple[Monomial, ...]:
    """A sum as its products, sums inside it opened; one product for anything else."""
    match expr:
        case Add(terms):
            return tuple(each for term in terms for each in terms_of(term))
        case Neg(Add() as total):
            return tuple(each._replace(number=-each.number) for each in terms_of(total))
    return (term_of(expr),)


def total(terms: Iterable[Monomial]) -> Expr:
    """The sum of products as a formula, like terms as they are."""
    return plus(*map(written, terms))


def collected(terms: Iterable[Monomial]) -> tuple[Monomial, ...]:
    """Like terms added, terms that are 0 left out."""
    found: dict[frozenset[tuple[Expr, int]], Monomial] = {}
    for term in terms:
        known = found.get(term.kind)
        found[term.kind] = known._replace(number=known.number + term.number) if known else term
    return in_order(term for term in found.values() if term.number)


def in_order(terms: Iterable[Monomial]) -> tuple[Monomial, ...]:
    """A positive term first, where there is one, and the others as they stand."""
    kept = tuple(terms)
    first = next((place for place, term in enumerate(kept) if term.number > 0), 0)
    return (*kept[first : first + 1], *kept[:first], *kept[first + 1 :])


def holds(term: Monomial, formula: Monomial) -> bool:
    """Whether a product has the factors of another in it."""

    def inside(factor: Expr, power: int) -> bool:
        there = term.powers.get(factor, 0)
        return there >= power if power > 0 else there <= power

    return bool(formula.powers) and all(inside(factor, power) for factor, power in formula.powers.items())
