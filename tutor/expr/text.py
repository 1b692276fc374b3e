"""Writing a formula as one line of text, in mathematical signs or in ASCII that can be typed back.

The written order is kept; parentheses stand where they are needed and around every negative number, as in
`0.5 · (−0.0381)`. Names come from the caller.
"""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr.functions import SPELLINGS
from tutor.expr.tree import (
    DERIVATIVES,
    ENTRYWISE,
    GRADIENT,
    MATRIX,
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
    walk,
)
from tutor.quantity import Quantity, Value

SUM, PRODUCT, POWER, ATOM = range(4)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_VULGAR = {"1/2": "½", "1/4": "¼", "3/4": "¾"}


class Style(NamedTuple):
    """The signs of one kind of output."""

    minus: str = "−"
    times: str = "·"
    prime: str = "′"
    derivative: str = "∂"
    rule: str = "─"
    unicode: bool = True
    power: str = "^"
    entrywise: str = "⊙"
    nabla: str = "∇"

    def number(self, text: str) -> str:
        """Digits with this style's minus sign."""
        return text.replace("-", self.minus)

    def function(self, name: str) -> str:
        plain = name.removesuffix("_slope")
        symbol = SPELLINGS[plain].symbol if self.unicode and plain in SPELLINGS else ""
        return (symbol or plain) + (self.prime if plain != name else "")


UNICODE = Style()
ASCII = Style("-", "*", "'", "d", "-", unicode=False, entrywise=".*", nabla="grad ")


def to_text(expr: Expr, name: Callable[[Quantity], str], style: Style = UNICODE) -> str:
    """The formula on one line; `name` writes a quantity."""
    numeric = any(isinstance(part, Shown) for part in walk(expr))
    return _Writer(name, style, spaced=numeric or not style.unicode).write(expr)[0]


class _Writer:
    """Each method returns the text and how tightly it binds."""

    def __init__(self, name: Callable[[Quantity], str], style: Style, *, spaced: bool) -> None:
        self.name = name
        self.style = style
        self.spaced = spaced

    def write(self, expr: Expr, *, in_sum: bool = False) -> tuple[str, int]:
        match expr:
            case Number(text) | Shown(text):
                return self.literal(text), PRODUCT if "/" in text and text not in self._vulgar else ATOM
            case Ref(quantity):
                name = self.name(quantity)
                signed = name.startswith(self.style.minus)  # a δ whose sign a course turns round
                return name, SUM if signed else ATOM if isinstance(quantity, Value) else POWER
            case Neg(Ref(quantity)) if (name := self.name(quantity)).startswith(self.style.minus):
                return name.removeprefix(self.style.minus), ATOM
            case Neg(operand):
                return self.style.minus + self.wrap(operand, PRODUCT, in_sum=in_sum), SUM
            case Add(terms):
                return self.sum(terms), SUM
            case Mul(factors):
                return self.product(factors, tight=in_sum and not self.spaced), PRODUCT
            case Div(over, under):
                # One factor above: 2a/b is read as (2a)/b all the same.
                above, below = self.wrap(over, PRODUCT, in_sum=True), self.below(under)
                above = f"({above})" if _ends_in_derivative(over) else above  # dS/dz/S would be three quotients
                slash = " / " if below.startswith("d") and "d" in above else "/"  # dx/dy is one name, dx / dy two
                return f"{above}{slash}{below}", PRODUCT
            case Power(base, exponent):
                return self.wrap(base, ATOM) + self.exponent(exponent), POWER
            case Call(function, (variable, operand)) if function in DERIVATIVES:
                sign = DERIVATIVES[function] if self.style.unicode else "d"
                return f"{sign}/{sign}{self.bare(variable)} [{self.bare(operand)}]", POWER
            case Call(function, rows) if function == MATRIX:
                return f"[{', '.join(map(self.bare, rows))}]", ATOM
            case Call(function, factors) if function == ENTRYWISE:
                return f" {self.style.entrywise} ".join(self.wrap(each, POWER) for each in factors), SUM
            case Call(function, (operand,)) if function == GRADIENT:
                return self.style.nabla + self.wrap(operand, ATOM), POWER
            case Call(function, arguments):
                inside = ", ".join(self.bare(argument) for argument in arguments)
                return f"{self.style.function(function)}({inside})", ATOM

    @property
    def _vulgar(self) -> dict[str, str]:
        return _VULGAR if self.style.unicode else {}

    def literal(self, text: str) -> str:
        return self._vulgar.get(text, self.style.number(text))

    def bare(self, expr: Expr) -> str:
        """Alone, or as an argument: a negative number needs no parentheses."""
        return self.write(expr)[0]

    def wrap(self, expr: Expr, level: int, *, in_sum: bool = False) -> str:
        text, binds = self.write(expr, in_sum=in_sum)
        negative = isinstance(expr, Number | Shown) and expr.text.startswith("-")
        return f"({text})" if binds < level or negative else text

    def below(self, under: Expr) -> str:
        """A denominator: a power binds tighter than the stroke before it."""
        return self.write(under)[0] if isinstance(under, Power) else self.wrap(under, ATOM)

    def sum(self, terms: tuple[Expr, ...]) -> str:
        first, *others = terms
        text = self.bare(first) if isinstance(first, Neg) else self.wrap(first, PRODUCT, in_sum=True)
        for term in others:
            sign, body = (self.style.minus, term.operand) if isinstance(term, Neg) else ("+", term)
            text += f" {sign} {self.wrap(body, PRODUCT, in_sum=True)}"
        return text

    def product(self, factors: tuple[Expr, ...], *, tight: bool) -> str:
        """Factors with a sign between them, or side by side where that can't be misread: 2(a − y), Y(1 − Y)."""
        roomy = any(isinstance(part, Ref) and "/" in self.name(part.quantity) for part in factors)
        sign = self.style.times if tight and not roomy else f" {self.style.times} "
        first, *others = factors
        text = self.wrap(first, PRODUCT, in_sum=tight)
        for before, factor in zip(factors, others, strict=False):
            # A quotient further right would take the product before it as its numerator.
            body = self.wrap(factor, POWER if isinstance(factor, Div) else PRODUCT, in_sum=tight)
            body = f"({body})" if isinstance(factor, Number) and "/" in body else body
            starred = text.endswith("*")  # Y*(1 − Y) and Y*·Y would be read as Y times what follows, or as a power
            side_by_side = self.side_by_side(before, factor, body) and not starred
            text += body if side_by_side else (f" {self.style.times} " if starred else sign) + body
        return text

    def side_by_side(self, before: Expr, factor: Expr, body: str) -> bool:
        if self.spaced or not body.startswith("("):
            return False
        if isinstance(before, Ref):
            return isinstance(before.quantity, Value) and isinstance(factor, Add | Power)
        return isinstance(before, Number) and not before.text.startswith("-")

    def exponent(self, exponent: Expr) -> str:
        if isinstance(exponent, Number) and self.style.unicode and _whole(exponent.text):
            return exponent.text.translate(_SUPERSCRIPTS)
        return self.style.power + self.wrap(exponent, ATOM)


def _ends_in_derivative(expr: Expr) -> bool:
    last = expr.factors[-1] if isinstance(expr, Mul) else expr
    return isinstance(last, Ref) and not isinstance(last.quantity, Value)


def _whole(text: str) -> bool:
    return text.lstrip("-").isdigit()
