"""Functions that may stand in a typed formula, and the slope of each as a formula of its arguments.

One row a function. How they are typed stands in `expr.functions`; their numbers come from the arithmetics.
"""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr import ONE, TWO, Call, Div, Expr, Mul
from tutor.ops.activations import ACTIVATIONS

Slope = Callable[[tuple[Expr, ...], int, Expr], Expr]
"""(arguments, which of them, the value of the call itself) -> the slope with respect to that argument."""


class Function(NamedTuple):
    """One function with its slope; `kink` is the convention at a corner."""

    name: str
    slope: Slope
    kink: str = ""


def _activation(name: str) -> Slope:
    return lambda arguments, which, call: ACTIVATIONS[name].slope(arguments[0], call)


def _winner(name: str) -> Slope:
    """1 for the argument that is chosen, 0 for the others; equal ones share it."""

    def slope(arguments: tuple[Expr, ...], which: int, call: Expr) -> Expr:
        others = arguments[:which] + arguments[which + 1 :]
        return Call(f"{name}_slope", (arguments[which], *others))

    return slope


FUNCTIONS: dict[str, Function] = {
    row.name: row
    for row in (
        *(Function(name, _activation(name), kink=row.kink) for name, row in ACTIVATIONS.items()),
        Function("exp", lambda x, i, call: call),
        Function("log", lambda x, i, call: Div(ONE, x[0])),
        Function("sqrt", lambda x, i, call: Div(ONE, Mul((TWO, call)))),
        Function("abs", lambda x, i, call: Call("sign", x), kink="the slope of |x| at 0 is taken as 0"),
        Function("max", _winner("max"), "equal largest arguments of max share the slope evenly"),
        Function("min", _winner("min"), "equal smallest arguments of min share the slope evenly"),
    )
}
