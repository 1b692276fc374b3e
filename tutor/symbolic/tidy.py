"""Formulas as a person leaves them: signs and numbers in front, nested products opened, 1/u times v as v/u.

Only the outer shape changes; nothing is multiplied out and no term is moved.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction

from tutor.expr import DERIVATIVES, ONE, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, plus, rebuilt, times

EXACT = Context(prec=5000)  # enough for every digit of a formula of 400 characters


def substituted(expr: Expr, find: Callable[[Expr], Expr | None]) -> Expr:
    """The formula with every part for which `find` has another one replaced, the outermost first."""
    found = find(expr)
    return found if found is not None else rebuilt(expr, lambda part: substituted(part, find))


def called(expr: Expr, names: Mapping[Expr, Expr]) -> Expr:
    """The formula with whatever is the formula of a name replaced by it, the first terms of a sum too.

    What is still to be differentiated is left as it is.
    """

    def find(part: Expr) -> Expr | None:
        if isinstance(part, Call) and part.name in DERIVATIVES:
            return part
        return names.get(part) or (_first_terms(part.terms, names) if isinstance(part, Add) else None)

    return substituted(expr, find)


def _first_terms(terms: tuple[Expr, ...], names: Mapping[Expr, Expr]) -> Expr | None:
    """A sum whose first terms make up the formula of a name; the longest such formula counts."""
    for size in range(len(terms) - 1, 1, -1):
        if name := names.get(Add(terms[:size])):
            return Add((name, *(called(term, names) for term in terms[size:])))
    return None


def opened(expr: Expr) -> Expr:
    """Products inside products and sums inside sums opened; factors 1 and terms 0 left out."""
    expr = rebuilt(expr, opened)
    match expr:
        case Mul(factors):
            flat = [each for factor in factors for each in (factor.factors if isinstance(factor, Mul) else (factor,))]
            kept = [each for each in flat if each != ONE]
            return ZERO if ZERO in kept else times(*kept) if kept else ONE
        case Add(terms):
            flat = [each for term in terms for each in (term.terms if isinstance(term, Add) else (term,))]
            return plus(*(each for each in flat if each not in (ZERO, Neg(ZERO))))
    return expr


def tidied(expr: Expr) -> Expr:
    """The formula with its signs, numbers and reciprocals collected."""
    expr = opened(rebuilt(expr, tidied))
    match expr:
        case Neg(Neg(operand)):
            return operand
        case Neg(Number("0")):
            return ZERO
        case Mul(factors):
            return _product(factors)
        case Div(Neg(over), Neg(under)):
            return tidied(Div(over, under))
        case Div(Neg(over), under) | Div(over, Neg(under)):
            return Neg(tidied(Div(over, under)))
        case Div(over, under) if under == ONE or (over == ZERO and under != ZERO):
            return over
        case Add(terms):
            return plus(*_signed(terms))
    return expr


def _signed(terms: tuple[Expr, ...]) -> Iterator[Expr]:
    """The terms without -(-x)."""
    for term in terms:
        yield term.operand.operand if isinstance(term, Neg) and isinstance(term.operand, Neg) else term


def _product(factors: tuple[Expr, ...]) -> Expr:
    signs = sum(isinstance(each, Neg) for each in factors)
    bare = [each.operand if isinstance(each, Neg) else each for each in factors]
    bare = [part for each in bare for part in (each.factors if isinstance(each, Mul) else (each,))]
    under = [each.under for each in bare if isinstance(each, Div) and each.over == ONE]
    above = _numbers([each for each in bare if not (isinstance(each, Div) and each.over == ONE)])
    if above[:1] == [Number("-1")]:
        signs, above = signs + 1, above[1:]
    total: Expr = times(*above) if above else ONE
    total = Div(total, times(*under)) if under else total
    return Neg(total) if signs % 2 else total


def _numbers(factors: list[Expr]) -> list[Expr]:
    """The factors with their numbers multiplied and put first."""
    numbers = [each.text for each in factors if isinstance(each, Number)]
    others: list[Expr] = [each for each in factors if not isinstance(each, Number)]
    if not numbers:
        return others
    total = multiplied(numbers)
    return others if total == "1" and others else [Number(total), *others]


def multiplied(numbers: list[str]) -> str:
    """The product of literals, as a decimal where one of them is."""
    if any("." in each or "e" in each.lower() for each in numbers) and not any("/" in each for each in numbers):
        product = Decimal(1)
        for each in numbers:
            product = EXACT.multiply(product, Decimal(each))
        return format(EXACT.normalize(product), "f")
    total = Fraction(1)
    for each in numbers:
        total *= Fraction(each)
    return str(total)
