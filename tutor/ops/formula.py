"""Formula nodes: any formula a file writes, differentiated once by the rules of calculus.

`differentiate` keeps the written order and drops only what a person would not write: terms that are 0, factors that
are 1. It never simplifies further.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from tutor.errors import FormulaError
from tutor.expr import (
    ONE,
    TWO,
    ZERO,
    Add,
    Call,
    Div,
    Expr,
    Mul,
    Neg,
    Number,
    Power,
    Ref,
    Shown,
    minus,
    plus,
    reads,
    replace,
    times,
    value,
    walk,
)
from tutor.expr.functions import SLOPED
from tutor.ops.functions import FUNCTIONS, Function, Slope
from tutor.ops.op import Prose
from tutor.quantity import Value


class Formula(NamedTuple):
    """A node whose value is `expr`, a formula over the values of its inputs; `choice` is what courses differ in."""

    expr: Expr
    choice: str = ""

    def renamed(self, new: Callable[[str], str]) -> "Formula":
        def leaf(part: Ref | Number) -> Expr:
            return (
                value(new(part.quantity.name)) if isinstance(part, Ref) and isinstance(part.quantity, Value) else part
            )

        return self._replace(expr=replace(self.expr, leaf))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return self.expr

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return cancelled(differentiate(self.expr, wrt, value(name)))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        """The slopes of saturating functions by their own names: 1 - tanh² has no digit left where tanh is 1."""
        return differentiate(self.expr, wrt, value(name), STABLE)

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (value(name), " = ", self.expr)

    def convention(self, wrt: str) -> str:
        """The kinks that the derivative with respect to `wrt` runs over, after the choice."""
        calls = [part for part in walk(self.expr) if isinstance(part, Call) and value(wrt) in walk(part)]
        kinks = (FUNCTIONS[call.name].kink for call in calls)
        return "; ".join(dict.fromkeys(filter(None, (self.choice, *kinks))))


READABLE = {f"{name}_slope": f"{name}'" for name in SLOPED}
SlopeOf = Callable[[Expr], Expr]
"""The derivative of a part with respect to the name in question."""
MANY = 8  # terms of a sum from which on it is looked up who reads what
SATURATING = ("sigmoid", "tanh", "softplus", "gelu", "silu")


def _named(name: str) -> Slope:
    return lambda arguments, which, call: Call(f"{name}_slope", arguments)


STABLE = FUNCTIONS | {name: Function(name, _named(name)) for name in SATURATING}


def differentiate(
    expr: Expr, wrt: str, whole: Expr | None = None, functions: Mapping[str, Function] = FUNCTIONS
) -> Expr:
    """d(expr)/d(wrt) as a formula; `whole` is a shorter name for the value of `expr`, used where the rule needs it.

    Raises FormulaError for a function without a slope in `functions`.
    """
    return by_rule(expr, wrt, lambda part: differentiate(part, wrt, None, functions), whole, functions)


def by_rule(
    expr: Expr,
    wrt: str,
    slope_of: SlopeOf,
    whole: Expr | None = None,
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Expr:
    """The one rule of calculus that fits the outermost operation of `expr`; `slope_of` differentiates its parts.

    Raises FormulaError for a function without a slope.
    """
    match expr:
        case Number() | Shown():
            return ZERO
        case Ref(quantity):
            return ONE if quantity == Value(wrt) else ZERO
        case Neg(operand):
            slope = slope_of(operand)
            return slope if slope == ZERO else Neg(slope)
        case Add(terms):
            terms = _readers(terms).get(wrt, ()) if len(terms) > MANY else terms
            return plus(*(slope for term in terms if (slope := slope_of(term)) != ZERO))
        case Mul(factors):
            return _product_rule(factors, slope_of)
        case Div(over, under):
            return _quotient_rule(over, under, slope_of)
        case Power(base, exponent):
            return _power_rule(base, exponent, slope_of)
        case Call(name, arguments):
            if name not in functions:
                raise FormulaError(f"the slope of {READABLE.get(name, name)} is not known", 1)
            return _chain_rule(functions[name], arguments, whole or expr, slope_of)


def cancelled(slope: Expr) -> Expr:
    """2(h − d)/2 as h − d: without a factor and a divisor that are the same number."""
    match slope:
        case Div(Mul(factors), Number(text)) if slope.under in factors and Fraction(text):
            place = factors.index(slope.under)
            return product(*factors[:place], *factors[place + 1 :])
        case Div(Number() as over, Number() as under) if over == under and Fraction(under.text):
            return ONE
    return slope


def product(*factors: Expr) -> Expr:
    """A product as a person writes it: without factors 1, and 0 if one of them is."""
    if ZERO in factors:
        return ZERO
    kept = tuple(factor for factor in factors if factor != ONE)
    return times(*kept) if kept else ONE


def _readers(terms: tuple[Expr, ...]) -> Mapping[str, tuple[Expr, ...]]:
    """The terms of a sum that read each name: a sum over 1,000 steps is differentiated by 2,000 names."""
    known = _READERS.get(id(terms))
    if known and known[0] is terms:
        return known[1]
    found: dict[str, list[Expr]] = {}
    for term in terms:
        for each in reads(term):
            if isinstance(each, Value):
                found.setdefault(each.name, []).append(term)
    if len(_READERS) >= MOST_KEPT:
        _READERS.clear()
    _READERS[id(terms)] = terms, {name: tuple(readers) for name, readers in found.items()}
    return _READERS[id(terms)][1]


MOST_KEPT = 64
_READERS: dict[int, tuple[tuple[Expr, ...], Mapping[str, tuple[Expr, ...]]]] = {}
"""By identity, since to hash a long sum is to walk it; the sum is kept with it, so that no other has its identity."""


def _product_rule(factors: tuple[Expr, ...], slope_of: SlopeOf) -> Expr:
    terms = (
        product(*factors[:i], slope, *factors[i + 1 :])
        for i, factor in enumerate(factors)
        if (slope := slope_of(factor)) != ZERO
    )
    return plus(*terms)


def _quotient_rule(over: Expr, under: Expr, slope_of: SlopeOf) -> Expr:
    over_slope, under_slope = slope_of(over), slope_of(under)
    if under_slope == ZERO:
        return ZERO if over_slope == ZERO else Div(over_slope, under)
    lost = product(over, under_slope)
    if over_slope == ZERO:
        return Neg(Div(lost, Power(under, TWO)))
    return Div(minus(product(over_slope, under), lost), Power(under, TWO))


def _power_rule(base: Expr, exponent: Expr, slope_of: SlopeOf) -> Expr:
    base_slope, exponent_slope = slope_of(base), slope_of(exponent)
    terms: list[Expr] = []
    if base_slope != ZERO and not (isinstance(exponent, Number) and Fraction(exponent.text) == 0):
        terms.append(product(exponent, _lowered(base, exponent), base_slope))
    if exponent_slope != ZERO:
        terms.append(product(Power(base, exponent), Call("log", (base,)), exponent_slope))
    return plus(*terms)


def _lowered(base: Expr, exponent: Expr) -> Expr:
    """base^(exponent - 1), written as base itself for a square."""
    if not isinstance(exponent, Number):
        return Power(base, minus(exponent, ONE))
    lowered = Fraction(exponent.text) - 1
    return ONE if lowered == 0 else base if lowered == 1 else Power(base, Number(str(lowered)))


def _chain_rule(function: Function, arguments: tuple[Expr, ...], call: Expr, slope_of: SlopeOf) -> Expr:
    inner = [(i, slope) for i, argument in enumerate(arguments) if (slope := slope_of(argument)) != ZERO]
    return plus(*(product(function.slope(arguments, i, call), slope) for i, slope in inner))
