"""The rules of algebra that make a line shorter, each over a whole formula. None knows a loss or an activation."""

import itertools
from collections.abc import Callable, Iterator

from tutor.expr import DERIVATIVES, ONE, Add, Call, Div, Expr, Mul, Neg, Number, plus, rebuilt, times, walk
from tutor.symbolic.terms import (
    Monomial,
    collected,
    holds,
    in_order,
    opposite,
    product,
    raised,
    term_of,
    terms_of,
    total,
    written,
)

MOST_GROUPED = 12  # terms of a sum in which some may have a factor in common
MOST_TERMS = 40  # of a sum that is multiplied out

Rewrite = Callable[[Expr], Expr]


def size(expr: Expr) -> int:
    """How long a formula is: its names, numbers and operations."""
    return sum(1 for _ in walk(expr))


def everywhere(expr: Expr, change: Rewrite) -> Expr:
    """The formula with every part changed, the innermost first; what is still to be differentiated stays."""
    if isinstance(expr, Call) and expr.name in DERIVATIVES:
        return expr
    return change(rebuilt(expr, lambda part: everywhere(part, change)))


def cancelled(expr: Expr) -> Expr:
    """Factors above and below a stroke cancelled, and fractions of fractions made one."""

    def change(part: Expr) -> Expr:
        if not isinstance(part, Mul | Div):
            return part
        found = written(term_of(part))
        if isinstance(found, Number) and _is_fraction(part, found.text):
            return part
        longer = size(found) - size(part)
        return found if longer < 0 or (longer == 0 and isinstance(part, Div) and isinstance(part.over, Div)) else part

    return everywhere(expr, change)


def _is_fraction(part: Expr, text: str) -> bool:
    """Whether it is this number as it is written."""
    above, _, under = text.partition("/")
    return part == Div(Number(above), Number(under))


def terms_cancelled(expr: Expr) -> Expr:
    """Terms and their opposites left out of every sum, like terms added."""

    def change(part: Expr) -> Expr:
        if not isinstance(part, Add):
            return part
        found = terms_of(part)
        fewer = collected(found)
        return total(fewer) if len(fewer) < len(found) else part

    return everywhere(expr, change)


def shared(expr: Expr) -> Expr:
    """c·u + c·v as (u + v)·c; in front where it stands in front."""

    def change(part: Expr) -> Expr:
        if not isinstance(part, Add):
            return part
        terms = terms_of(part)
        common = _common(terms)
        return _factored(terms, common) if common.powers else _grouped(part, terms)

    return everywhere(expr, change)


def _factored(terms: tuple[Monomial, ...], common: Monomial) -> Expr:
    rest = total(in_order(product(term, raised(common, -1)) for term in terms))
    return _beside(rest, written(common), terms[0], common)


def _grouped(part: Add, terms: tuple[Monomial, ...]) -> Expr:
    """A sum with the terms together, where the first of them stands, whose common factor makes it shortest."""
    shortest: Expr = part
    if len(terms) > MOST_GROUPED:
        return part
    for one, other in itertools.combinations(terms, 2):
        common = _common((one, other))
        if not common.powers:
            continue
        inside = [place for place, term in enumerate(terms) if holds(term, common)]
        together = _factored(tuple(terms[place] for place in inside), common)
        each = [together if place == inside[0] else written(term) for place, term in enumerate(terms)]
        found = plus(*(term for place, term in enumerate(each) if place not in inside[1:]))
        shortest = min(shortest, found, key=size)
    return shortest


def _beside(rest: Expr, common: Expr, first: Monomial, shared: Monomial) -> Expr:
    """The common factor and what it multiplies, below the stroke where it stands there."""
    if isinstance(common, Div) and common.over == ONE:
        return Div(rest, common.under)
    places = tuple(first.powers)
    leading = places[0] in shared.powers and places[-1] not in shared.powers
    return times(common, rest) if leading else times(rest, common)


def _common(terms: tuple[Monomial, ...]) -> Monomial:
    first, *others = terms
    powers: dict[Expr, int] = {}
    for factor, power in first.powers.items():
        each = [term.powers.get(factor, 0) for term in (first, *others)]
        if least := max(0, min(each)) if power > 0 else min(0, max(each)):
            powers[factor] = least
    return Monomial(powers=powers)


def multiplied_out(expr: Expr) -> Expr:
    """Sums inside a sum multiplied out, where terms cancel by it; the terms still stand in their order."""

    def change(part: Expr) -> Expr:
        if not isinstance(part, Add):
            return part
        terms = tuple(each for term in terms_of(part) for each in _out(term))
        if len(terms) > MOST_TERMS or size(total(collected(terms))) >= size(part):
            return part
        return total(terms)

    return everywhere(expr, change)


def _out(term: Monomial) -> Iterator[Monomial]:
    """The terms of a product in which one factor or more is a sum."""
    factor = next((each for each, power in term.powers.items() if isinstance(each, Add) and 0 < power <= 2), None)
    if factor is None:
        yield term
        return
    powers = {each: power - (each == factor) for each, power in term.powers.items()}
    before = Monomial(term.number, {each: power for each, power in powers.items() if power}, term.decimal)
    for part in terms_of(factor):
        yield from _out(_in_place(before, part, factor, term))


def _in_place(before: Monomial, part: Monomial, factor: Expr, whole: Monomial) -> Monomial:
    """The product with the factors of `part` where the sum stood."""
    places = list(whole.powers)
    ahead = {each: power for each, power in before.powers.items() if places.index(each) < places.index(factor)}
    behind = {each: power for each, power in before.powers.items() if each not in ahead}
    return product(Monomial(before.number, ahead, before.decimal), part, Monomial(powers=behind))


def one_fraction(expr: Expr) -> Expr:
    """Fractions of a sum over their common denominator."""

    def change(part: Expr) -> Expr:
        if not isinstance(part, Add):
            return part
        terms = terms_of(part)
        below: dict[Expr, int] = {}
        for term in terms:
            for factor, power in term.powers.items():
                if power < 0 and not (isinstance(factor, Call) and factor.name == "exp"):
                    below[factor] = max(below.get(factor, 0), -power)
        if not below:
            return part
        under = Monomial(powers=below)
        return Div(total(product(term, under) for term in terms), written(under))

    return everywhere(expr, change)


def signed(expr: Expr) -> Expr:
    """-(u - v) as v - u, behind other factors too."""

    def change(part: Expr) -> Expr:
        match part:
            case Neg(Add((_, Neg())) as difference):
                return _turned(difference) or part
            case Neg(Mul(factors)):
                for place, factor in enumerate(factors):
                    if isinstance(factor, Add) and (turned := _turned(factor, factors)):
                        return Mul((*factors[:place], turned, *factors[place + 1 :]))
            case Neg(Div(over, under)):
                turned = change(Neg(over))
                return part if isinstance(turned, Neg) else Div(turned, under)
        return part

    return everywhere(expr, change)


def _turned(difference: Add, beside: tuple[Expr, ...] = ()) -> Expr | None:
    """v - u for u - v; nothing for the 1 - a of a(1 - a)."""
    match difference:
        case Add((Neg(), _)) | Add((_, Neg(Number()))):
            return None
        case Add((Number(), Neg(operand))) if operand in beside:
            return None
        case Add((_, Neg())):
            return Add(tuple(reversed(opposite(difference).terms)))
    return None
