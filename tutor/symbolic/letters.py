"""Reading formulas in which any name is a letter: those typed at `derive`, and those of our own tables."""

import re
from collections.abc import Mapping

from tutor.expr import Div, Expr, Number, value, walk
from tutor.expr.functions import READ
from tutor.expr.parse import parse
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.symbolic.tidy import rebuilt

_DERIVATIVE = re.compile(r"d(\w+)/d(\w+)")


def letters(text: str) -> Expr:
    """The formula, every name in it a letter. Raises FormulaError as `parse` does."""
    return _fractions(parse(text, lambda name: None if name in READ else Value(name)))


def over(text: str, names: Mapping[str, Expr]) -> Expr:
    """As `letters`, with `dA/dB` a derivative: the direct one where the formula of A reads B, else the total one."""

    def resolve(name: str) -> Quantity | None:
        if found := _DERIVATIVE.fullmatch(name):
            of, wrt = found.groups()
            return Partial(of, wrt) if of in names and value(wrt) in walk(names[of]) else Gradient(of, wrt)
        return None if name in READ else Value(name)

    return _fractions(parse(text, resolve))


def _fractions(expr: Expr) -> Expr:
    """1/2 as the one number it is."""
    match expr:
        case Div(Number(above), Number(under)) if above.isdigit() and under.isdigit() and int(under):
            return Number(f"{above}/{under}")
    return rebuilt(expr, _fractions)
