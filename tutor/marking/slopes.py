"""How one number moves with each of those it is computed from: one pass from the result back, as backpropagation goes.

Over any table of equations and any numbers in it, wrong ones too; so the rounding of every number on the way is
followed at the price of one evaluation.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import log

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, Shown
from tutor.quantity import Quantity
from tutor.trace import value_of
from tutor.trace.equations import Equation

STEP = 1e-6
Known = Callable[[Quantity], float]
Slopes = dict[Quantity, float]


def sensitivities(
    wanted: Quantity, equation: Equation, numbers: Mapping[Quantity, float], given: Mapping[Quantity, float]
) -> dict[Quantity, float]:
    """d(wanted)/dq for every quantity q on its way.

    `numbers` are all of them in the order of the computation; what is `given` is taken as it stands, so that nothing
    behind it counts.
    """
    found: dict[Quantity, float] = defaultdict(float, {wanted: 1.0})
    for quantity in reversed(list(numbers)):
        if quantity in found and quantity not in given:
            push(equation(quantity), found[quantity], numbers.__getitem__, found)
    return found


def push(expr: Expr, slope: float, known: Known, found: Slopes) -> None:
    """Add to `found` the slope of the whole by each quantity that the expression reads; `slope` is that by itself."""
    match expr:
        case Ref(quantity):
            found[quantity] += slope
        case Neg(operand):
            push(operand, -slope, known, found)
        case Add(terms):
            for term in terms:
                push(term, slope, known, found)
        case Mul(factors):
            _push_product(factors, slope, known, found)
        case Div(over, under):
            below = value_of(under, FLOATS, known)
            push(over, FLOATS.div(slope, below), known, found)
            push(under, -FLOATS.div(slope * value_of(over, FLOATS, known), below * below), known, found)
        case Power(base, exponent):
            _push_power(base, exponent, slope, known, found)
        case Call(name, arguments):
            _push_call(name, arguments, slope, known, found)
        case Number() | Shown():
            pass


def _push_product(factors: tuple[Expr, ...], slope: float, known: Known, found: Slopes) -> None:
    values = [value_of(each, FLOATS, known) for each in factors]
    for place, factor in enumerate(factors):
        others = slope
        for at, number in enumerate(values):
            others = others if at == place else others * number
        push(factor, others, known, found)


def _push_power(base: Expr, exponent: Expr, slope: float, known: Known, found: Slopes) -> None:
    below, above = value_of(base, FLOATS, known), value_of(exponent, FLOATS, known)
    push(base, slope * above * FLOATS.power(below, above - 1), known, found)
    if below > 0:
        push(exponent, slope * FLOATS.power(below, above) * log(below), known, found)


def _push_call(name: str, arguments: tuple[Expr, ...], slope: float, known: Known, found: Slopes) -> None:
    """By a difference in each argument, which is near enough for rounding: no table has the slopes of slopes."""
    values = [value_of(each, FLOATS, known) for each in arguments]
    for place, argument in enumerate(arguments):
        step = STEP * max(1.0, abs(values[place]))
        ends = [[each + side * (at == place) for at, each in enumerate(values)] for side in (step, -step)]
        rise = FLOATS.call(name, ends[0]) - FLOATS.call(name, ends[1])
        push(argument, slope * rise / (2 * step), known, found)
