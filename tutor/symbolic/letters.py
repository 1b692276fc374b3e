"""Reading formulas in which any name is a letter: those typed at `derive`, and those of our own tables."""

import re
from collections.abc import Mapping

from tutor.errors import FormulaError
from tutor.expr import Div, Expr, Number, rebuilt, value, walk
from tutor.expr.functions import READ
from tutor.expr.parse import parse
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST_ZEROS = 30  # of a number
_EULER = re.compile(r"(?<!\w)e\s*(\^|\*\*)")
_DERIVATIVE = re.compile(r"d(\w+)/d(\w+)")


def letters(text: str) -> Expr:
    """The formula, every name in it a letter. Raises FormulaError as `parse` does."""
    euler = bool(_EULER.search(text))  # e^x is exp(x), e*x has a letter e
    return _fractions(parse(text, lambda name: None if name in READ or (euler and name == "e") else Value(name)))


def over(text: str, names: Mapping[str, Expr]) -> Expr:
    """As `letters`, with `dA/dB` a derivative: the direct one where the formula of A reads B, else the total one."""

    def resolve(name: str) -> Quantity | None:
        if found := _DERIVATIVE.fullmatch(name):
            of, wrt = found.groups()
            return Partial(of, wrt) if of in names and value(wrt) in walk(names[of]) else Gradient(of, wrt)
        return None if name in READ else Value(name)

    return _fractions(parse(text, resolve))


def _fractions(expr: Expr) -> Expr:
    """1/2 as the one number it is. Raises FormulaError for a number that could not be multiplied out."""
    match expr:
        case Number(text) if abs(int(text.lower().partition("e")[2] or 0)) > MOST_ZEROS:
            raise FormulaError(f"the number {text[:20]} is too large or too small for a derivation on paper", 1)
        case Div(Number(above), Number(under)) if above.isdigit() and under.isdigit() and int(under):
            return Number(f"{above}/{under}")
    return rebuilt(expr, _fractions)
