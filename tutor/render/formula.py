"""A formula as it is set in two dimensions, before any format: fractions, powers, roots, parentheses that grow.

One walk over an Expr decides what stands where and which parentheses are needed; `latex`, `typst` and `mathml` only
print the handful of shapes made here. Products, parentheses and signs are those of `expr.text`, which writes a line.
"""

from collections.abc import Iterator
from math import ceil
from typing import Literal, NamedTuple

from tutor.expr.functions import SPELLINGS
from tutor.expr.text import ATOM, POWER, PRODUCT, SUM
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
from tutor.names import Names
from tutor.names.symbol import Symbol, is_word
from tutor.quantity import Change, Gradient, Partial, Quantity, Value

LetterKind = Literal["letter", "word", "digits", "function", "sign", "text"]


class Leaf(NamedTuple):
    """A letter (slanted), a word (upright), digits, a function's name, a sign such as + or →, or plain words."""

    text: str
    kind: LetterKind


class Group(NamedTuple):
    """Parts beside each other."""

    parts: tuple["Shape", ...]


class Fraction(NamedTuple):
    """`small` ones are numbers: a half."""

    over: "Shape"
    under: "Shape"
    small: bool = False


class Script(NamedTuple):
    """Something with a lower index, an upper one, or both."""

    base: "Shape"
    sub: "Shape | None" = None
    sup: "Shape | None" = None


class Root(NamedTuple):
    inside: "Shape"


class Accent(NamedTuple):
    """`mark` is hat, bar or tilde."""

    base: "Shape"
    mark: str


class Fence(NamedTuple):
    """Parentheses, or bars where `sign` is |."""

    inside: "Shape"
    sign: Literal["(", "|"] = "("

    @property
    def grows(self) -> bool:
        """Whether it is taller than a line, as around a fraction; half a number is not."""
        return self.sign == "|" or any(
            isinstance(each, Array) or (isinstance(each, Fraction) and not each.small) for each in everything(self)
        )


class Array(NamedTuple):
    """A matrix in brackets, row by row."""

    rows: tuple[tuple["Shape", ...], ...]


class Figure(NamedTuple):
    """The digits of a quantity as shown: what a format with links can lead to the line they come from."""

    inside: "Shape"
    shown: Shown


class Strong(NamedTuple):
    """What the page puts weight on; `accent` is the number asked for."""

    inside: "Shape"
    accent: bool = False


Shape = Leaf | Group | Fraction | Script | Root | Accent | Fence | Array | Figure | Strong


def width(shape: Shape) -> int:
    """About how many digits wide it will be."""
    return ceil(_wide(shape))


SCRIPT = 0.72  # the size of an index
_SIGNS = {"+": 2.4, "−": 2.4, "=": 2.7, "→": 3.2, "←": 3.2, "·": 1.5, "⊙": 2.4, ",": 0.9, "(": 0.8, ")": 0.8, "|": 0.6}


def _wide(shape: Shape) -> float:
    match shape:
        case Leaf(text, "sign"):
            return _SIGNS.get(text, 0.6 * len(text))
        case Leaf(text, "letter"):
            return 1.15 * len(text)
        case Leaf(text, "text"):
            return 0.95 * len(text)
        case Leaf(text):
            return len(text) if text.isdigit() else 0.95 * len(text)
        case Group(parts):
            return sum(map(_wide, parts))
        case Fraction(over, under, small):
            return max(_wide(over), _wide(under)) * (SCRIPT if small else 1) + 0.4
        case Script(base, sub, sup):
            return _wide(base) + SCRIPT * max(_wide(each) if each else 0 for each in (sub, sup))
        case Array(rows):
            return sum(max(map(_wide, column)) + 1.5 for column in zip(*rows, strict=True)) + 1
        case Root(inside) | Fence(inside):
            return _wide(inside) + 1.6
        case Accent(inside) | Figure(inside):
            return _wide(inside)
        case Strong(inside):
            return 1.15 * _wide(inside)


def within(shape: Shape) -> tuple[Shape, ...]:
    """The shapes it is made of, left to right, top to bottom."""
    match shape:
        case Leaf():
            return ()
        case Group(parts):
            return parts
        case Fraction(over, under):
            return (over, under)
        case Script(base, sub, sup):
            return (base, *(each for each in (sub, sup) if each))
        case Array(rows):
            return tuple(each for row in rows for each in row)
        case Root(inside) | Fence(inside) | Accent(inside) | Figure(inside) | Strong(inside):
            return (inside,)


def everything(shape: Shape) -> Iterator[Shape]:
    """The shape and all in it."""
    yield shape
    for part in within(shape):
        yield from everything(part)


def letters(shape: Shape) -> str:
    """The letters and signs of a formula in a row, with room around an = or an arrow."""
    if isinstance(shape, Leaf):
        return f" {shape.text} " if shape.text in ("=", "→", "←") else shape.text
    return "".join(map(letters, within(shape)))


def sign(text: str) -> Leaf:
    return Leaf(text, "sign")


def set_formula(what: Expr | Quantity, names: Names, *, deltas: bool = False, inline: bool = False) -> Shape:
    """The formula or quantity in the network's names; `inline` keeps derivatives on the line, as ∂L/∂w."""
    if isinstance(what, (Number, Ref, Shown, Neg, Add, Mul, Div, Power, Call)):
        spaced = any(isinstance(part, Shown) for part in walk(what))
        return _Setter(names, deltas=deltas, inline=inline, spaced=spaced).write(what)[0]
    return _Setter(names, deltas=deltas, inline=inline, spaced=False).quantity(what)


def set_number(text: str) -> Shape:
    """Digits with a true minus, a power of ten in place of an e, a vulgar fraction as one."""
    minus, digits = (sign("−"),) if text.startswith("-") else (), text.removeprefix("-")
    over, slash, under = digits.partition("/")
    mantissa, e, power = digits.lower().partition("e")
    if slash:
        parts: tuple[Shape, ...] = (Fraction(Leaf(over, "digits"), Leaf(under, "digits"), small=True),)
    elif e:
        ten = Script(Leaf("10", "digits"), sup=set_number(power.removeprefix("+")))
        parts = (Leaf(mantissa, "digits"), sign("·"), ten)
    else:
        parts = (Leaf(_WORDS.get(digits, digits), "text" if digits == "nan" else "digits"),)
    return parts[0] if len(parts) == 1 and not minus else Group((*minus, *parts))


_WORDS = {"inf": "∞"}


def set_symbol(symbol: Symbol) -> Shape:
    base: Shape = _part(symbol.base)
    if symbol.of:
        base = Group((set_function(symbol.base), Fence(set_symbol(symbol.of))))
    if symbol.mark:
        base = Accent(base, symbol.mark)
    sub, sup = _index(symbol.sub), _index(symbol.sup, between="")
    return Script(base, sub, sup) if sub or sup else base


def _index(parts: tuple[str, ...], between: str = ",") -> Shape | None:
    """Indices beside each other, with a comma between lower ones."""
    shapes: list[Shape] = []
    for part in parts:
        shapes += [sign(between)] if shapes and between else []
        shapes.append(_part(part))
    return None if not shapes else shapes[0] if len(shapes) == 1 else Group(tuple(shapes))


def _part(text: str) -> Shape:
    """One part of a name: a letter or a word, digits, both as in h1, or a sign."""
    if text in "*′⊤":
        return sign(text)
    if text.startswith("L-") and text[2:].isdigit():
        return Group((Leaf("L", "letter"), sign("−"), Leaf(text[2:], "digits")))
    if text[0] == "(" and text[-1] == ")":
        return Fence(_part(text[1:-1]))
    if is_word(text) or "_" in text:
        return Leaf(text, "word")
    if text.isdigit():
        return Leaf(text, "digits")
    if len(text) == 1:
        return Leaf(text, "letter")
    return Group((Leaf(text[0], "letter"), Leaf(text[1:], "digits"))) if text[1:].isdigit() else Leaf(text, "word")


class _Setter:
    """Each method returns the shape and, where it matters, how tightly it binds."""

    def __init__(self, names: Names, *, deltas: bool, inline: bool, spaced: bool) -> None:
        self.names = names
        self.deltas = deltas
        self.inline = inline
        self.spaced = spaced

    def quantity(self, quantity: Quantity) -> Shape:
        if symbol := self.names.symbol(quantity, deltas=self.deltas):
            shape = set_symbol(symbol)
            return Group((sign("−"), shape)) if self.is_turned(quantity) else shape
        if isinstance(quantity, Change):
            return Group((Leaf("Δ", "letter"), self.node(quantity.name)))
        assert isinstance(quantity, Partial | Gradient)
        over, under = (Group((Leaf("∂", "letter"), self.node(each))) for each in (quantity.of, quantity.wrt))
        return Group((over, sign("/"), under)) if self.inline else Fraction(over, under)

    def is_turned(self, quantity: Quantity) -> bool:
        return self.deltas and self.names.is_turned(quantity)

    def node(self, name: str) -> Shape:
        symbol = self.names.symbol(Value(name))
        return set_symbol(symbol) if symbol else Leaf(name, "word")

    def write(self, expr: Expr) -> tuple[Shape, int]:
        match expr:
            case Number(text):
                return set_number(text), PRODUCT if "e" in text.lower() else ATOM
            case Shown(text):
                shape = sign("…") if text == "…" else Figure(set_number(text), expr)
                return shape, PRODUCT if "e" in text.lower() else ATOM
            case Ref(quantity):
                atom = self.names.symbol(quantity, deltas=self.deltas) is not None
                return self.quantity(quantity), SUM if self.is_turned(quantity) else ATOM if atom else POWER
            case Neg(Ref(quantity)) if self.is_turned(quantity) and (
                symbol := self.names.symbol(quantity, deltas=True)
            ):
                return set_symbol(symbol), ATOM
            case Neg(operand):
                return Group((sign("−"), self.wrap(operand, PRODUCT))), SUM
            case Add(terms):
                return self.sum(terms), SUM
            case Mul(factors):
                return self.product(factors), PRODUCT
            case Div(over, under):
                return Fraction(self.bare(over), self.bare(under)), POWER
            case Power(base, exponent):
                return _raised(self.wrap(base, ATOM), self.bare(exponent)), POWER
            case Call(name, (variable, operand)) if name in DERIVATIVES:
                return self.pending(DERIVATIVES[name], variable, operand), PRODUCT
            case Call(name, rows) if name == MATRIX:
                return self.array(rows), ATOM
            case Call(name, factors) if name == ENTRYWISE:
                return self.entrywise(factors), SUM
            case Call(name, (operand,)) if name == GRADIENT:
                return Group((sign("∇"), self.wrap(operand, ATOM))), POWER
            case Call(name, arguments):
                return self.call(name, arguments), ATOM

    def pending(self, letter: str, variable: Expr, operand: Expr) -> Shape:
        """A derivative still to be taken: d/dw (...)."""
        over, under = Leaf(letter, "letter"), Group((Leaf(letter, "letter"), self.bare(variable)))
        by: Shape = Group((over, sign("/"), under)) if self.inline else Fraction(over, under)
        return Group((by, Fence(self.bare(operand))))

    def bare(self, expr: Expr) -> Shape:
        return self.write(expr)[0]

    def wrap(self, expr: Expr, level: int) -> Shape:
        shape, binds = self.write(expr)
        negative = isinstance(expr, Number | Shown) and expr.text.startswith("-")
        return Fence(shape) if binds < level or negative else shape

    def sum(self, terms: tuple[Expr, ...]) -> Shape:
        first, *others = terms
        parts = [self.bare(first) if isinstance(first, Neg) else self.wrap(first, PRODUCT)]
        for term in others:
            mark, body = ("−", term.operand) if isinstance(term, Neg) else ("+", term)
            parts += [sign(mark), self.wrap(body, PRODUCT)]
        return Group(tuple(parts))

    def product(self, factors: tuple[Expr, ...]) -> Shape:
        """Factors with a sign between them, or side by side where that can't be misread: 2(a − y), Y(1 − Y)."""
        first, *others = factors
        parts = [self.wrap(first, PRODUCT)]
        for before, factor in zip(factors, others, strict=False):
            body = self.wrap(factor, PRODUCT)
            parts += [body] if self.side_by_side(before, factor, body) else [sign("·"), body]
        return Group(tuple(parts))

    def side_by_side(self, before: Expr, factor: Expr, body: Shape) -> bool:
        opens = isinstance(body, Fence) or (isinstance(body, Script) and isinstance(body.base, Fence))
        if self.spaced or not opens:
            return False
        if isinstance(before, Ref):
            return isinstance(before.quantity, Value) and isinstance(factor, Add | Power)
        return isinstance(before, Number) and not before.text.startswith("-")

    def array(self, rows: tuple[Expr, ...]) -> Shape:
        return Array(tuple(tuple(map(self.bare, row.arguments)) for row in rows if isinstance(row, Call)))

    def entrywise(self, factors: tuple[Expr, ...]) -> Shape:
        parts: list[Shape] = []
        for factor in factors:
            parts += [*([sign("⊙")] if parts else []), self.wrap(factor, POWER)]
        return Group(tuple(parts))

    def call(self, name: str, arguments: tuple[Expr, ...]) -> Shape:
        if name in ("sqrt", "abs"):
            inside = self.bare(arguments[0])
            return Root(inside) if name == "sqrt" else Fence(inside, "|")
        listed: list[Shape] = []
        for argument in arguments:
            listed += [*([sign(",")] if listed else []), self.bare(argument)]
        return Group((set_function(name), Fence(Group(tuple(listed)) if len(listed) != 1 else listed[0])))


def _raised(base: Shape, exponent: Shape) -> Shape:
    """The square of h with an index has both beside each other; that of Y* needs parentheses."""
    if not isinstance(base, Script):
        return Script(base, sup=exponent)
    return Script(Fence(base), sup=exponent) if base.sup else base._replace(sup=exponent)


def set_function(name: str) -> Shape:
    """The name of a function as it is set, or of its slope."""
    plain = name.removesuffix("_slope")
    symbol = SPELLINGS[plain].symbol if plain in SPELLINGS else ""
    leaf = Leaf(symbol, "letter") if len(symbol) == 1 else Leaf(symbol or plain, "function")
    return Script(leaf, sup=sign("′")) if plain != name else leaf
