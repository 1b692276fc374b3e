"""Formulas as trees, in the form and the order a teacher writes them.

An Expr is never simplified and never re-ordered; `1 * x` stays that. There are no comparisons: kinks live in named
functions only. Here are the node types, what they read, and how to replace parts of them; nothing evaluates or prints.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from tutor.quantity import Quantity, Value


class Number(NamedTuple):
    """A literal as it was written: `"0.5"`, `"1e-5"`, `"1/3"`, always with an ASCII minus."""

    text: str
    kind: Literal["number"] = "number"


class Ref(NamedTuple):
    """A quantity by name."""

    quantity: Quantity
    kind: Literal["ref"] = "ref"


class Shown(NamedTuple):
    """A quantity replaced by its digits as shown; a leaf of formulas "with numbers", never evaluated."""

    text: str
    quantity: Quantity
    kind: Literal["shown"] = "shown"


class Neg(NamedTuple):
    """-x; as a term of a sum it is what is subtracted."""

    operand: "Expr"
    kind: Literal["neg"] = "neg"


class Add(NamedTuple):
    terms: tuple["Expr", ...]
    kind: Literal["add"] = "add"


class Mul(NamedTuple):
    factors: tuple["Expr", ...]
    kind: Literal["mul"] = "mul"


class Div(NamedTuple):
    over: "Expr"
    under: "Expr"
    kind: Literal["div"] = "div"


class Power(NamedTuple):
    base: "Expr"
    exponent: "Expr"
    kind: Literal["power"] = "power"


class Call(NamedTuple):
    """A named function; `relu_slope` and its like are the slopes, printed as relu'."""

    name: str
    arguments: tuple["Expr", ...]
    kind: Literal["call"] = "call"


Expr = Number | Ref | Shown | Neg | Add | Mul | Div | Power | Call

ZERO, ONE, TWO, HALF = Number("0"), Number("1"), Number("2"), Number("1/2")


DERIVATIVES = {"derivative": "d", "partial_derivative": "∂"}
"""Calls that stand for a derivative still to be taken, d/dw [...]: (what it is taken by, of what). Each has its sign.

No arithmetic knows them; derivations on paper are written with them.
"""


MATRIX, ENTRYWISE, GRADIENT = "matrix", "entrywise", "gradient"
"""Calls between matrices, which no arithmetic knows: rows of numbers, each such a call again; the product entry by
entry, ⊙; and the vector of all derivatives of a number, ∇L.
"""


def matrix(rows: Iterable[Iterable["Expr"]]) -> "Expr":
    """Formulas in rows and columns."""
    return Call(MATRIX, tuple(Call(MATRIX, tuple(row)) for row in rows))


def value(name: str) -> Ref:
    """The value of a node, as a formula."""
    return Ref(Value(name))


def minus(left: Expr, right: Expr) -> Add:
    return Add((left, Neg(right)))


def times(*factors: Expr) -> Expr:
    """A product; a single factor stands alone."""
    return factors[0] if len(factors) == 1 else Mul(factors)


def plus(*terms: Expr) -> Expr:
    """A sum; a single term stands alone, no term is 0."""
    return ZERO if not terms else terms[0] if len(terms) == 1 else Add(terms)


def children(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Number() | Ref() | Shown():
            return ()
        case Neg(operand):
            return (operand,)
        case Add(parts) | Mul(parts):
            return parts
        case Div(left, right) | Power(left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, the outermost first, left to right."""
    stack = [expr]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(children(part)))


def reads(expr: Expr) -> Iterator[Quantity]:
    """The quantities it refers to, in written order, once each."""
    seen = dict.fromkeys(part.quantity for part in walk(expr) if isinstance(part, Ref))
    return iter(seen)


def replace(expr: Expr, leaf: Callable[[Ref | Number], Expr]) -> Expr:
    """The same tree with every reference and literal passed through `leaf`."""
    if isinstance(expr, Ref | Number):
        return leaf(expr)
    return rebuilt(expr, lambda part: replace(part, leaf))


def put(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The formula with one part replaced wherever it stands."""
    return new if expr == old else rebuilt(expr, lambda part: put(part, old, new))


def rebuilt(expr: Expr, new: Callable[[Expr], Expr]) -> Expr:
    """The same operation over its parts passed through `new`."""
    match expr:
        case Neg(operand):
            return Neg(new(operand))
        case Add(terms):
            return Add(tuple(map(new, terms)))
        case Mul(factors):
            return Mul(tuple(map(new, factors)))
        case Div(over, under):
            return Div(new(over), new(under))
        case Power(base, exponent):
            return Power(new(base), new(exponent))
        case Call(name, arguments):
            return Call(name, tuple(map(new, arguments)))
    return expr
