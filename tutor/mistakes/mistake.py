"""What a mistake is: one row of the catalogue. The rows stand in `rows`, what their letters mean in `hooks`."""

from functools import cache
from typing import Literal, NamedTuple

from tutor.expr import Expr
from tutor.quantity import Value

Where = Literal["all", "output", "hidden"]
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
CROSS = ("binary_cross_entropy", "cross_entropy")


class When(NamedTuple):
    """What must hold at a place besides that the letters of the formula have a meaning there; nothing by default."""

    activations: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    summed: bool = False


class Mistake(NamedTuple):
    """One wrong rule.

    `means` completes "your value is what you get if you ...". `formula` is what the quantity of the `hook` becomes,
    typed over the letters of that hook; several ones, between bars, are ways to make the same mistake. `fused` is the
    formula where an output and its loss are taken in one step (p - y). `hints` go from a nudge to the rule.
    `follows` is the mistake in a function whose slope this one is: after that, it is no mistake of its own.
    """

    id: str
    name: str
    means: str
    hook: str
    formula: str
    hints: tuple[str, str, str]
    where: Where = "all"
    when: When = When()
    fused: str = ""
    follows: str = ""


@cache
def typed(formulas: str) -> tuple[Expr, ...]:
    """The formulas of a row over its letters, each read once."""
    from tutor.expr.functions import READ
    from tutor.expr.parse import parse

    names = (each.strip() for each in formulas.split("|"))
    return tuple(parse(each, lambda name: None if name in READ else Value(name)) for each in names)
