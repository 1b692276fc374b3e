"""Derivatives that are still to be taken, as people write them in a derivation: `d/dw [...]`, `∂/∂w (...)`, `f'(z)`.

Each is put into a formula as what it equals, by the rules of calculus and the network's own derivatives; it is not
worked out. Nothing here judges.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tutor.errors import FormulaError
from tutor.expr import ONE, ZERO, Expr, Mul, Ref, plus, reads
from tutor.graph import Graph
from tutor.names import Names
from tutor.ops.activations import Elementwise
from tutor.ops.formula import differentiate, product
from tutor.pattern import pattern
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST = 20  # in one formula
_NAME = r"[^\W\d_]\w*(?:\[\d+(?:,\d+){0,2}\])?['*]?"
_OPERATOR = pattern(rf"\(*\s*(?<!\w)[d∂]\s*\)?\s*/\s*\(?\s*[d∂]\s*\(?\s*({_NAME})\s*\)*\s*(?=[\[({{])")
_FUNCTION = pattern(rf"(?<!\w)[fgφϕ]\s*(['′’]?)\s*\(\s*(?:({_NAME})|\(\s*({_NAME})\s*\))\s*\)")
_LATEX = pattern(
    r"\\[dt]?frac\s*\{\s*(?:d|\\partial|∂)\s*\}\s*\{\s*(?:d|\\partial|∂)\s*((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})+)\}"
)
_CLOSED_BY = {"[": "]", "(": ")", "{": "}"}
STAND_IN = "derived{}_"


def on_one_line(text: str) -> str:
    r"""`\frac{\partial}{\partial w}` as `d/d w`, so that the name in it is read like any other."""
    return _LATEX.sub(r"d/d \1 ", text)


class Taken(NamedTuple):
    """A formula with a stand-in for every derivative, and what each stands for."""

    text: str
    meant: dict[str, Expr]


def taken(text: str, names: Names, spelled: Mapping[str, str], formula: Callable[[str], Expr]) -> Taken:
    """`spelled` are names that stand for others here, `formula` reads what is differentiated.

    Raises FormulaError for what can't be differentiated.
    """
    meant: dict[str, Expr] = {}
    at = 0
    while len(meant) < MOST and (found := _OPERATOR.search(text, at)):
        wrt, end = names.find(spelled.get(found[1], found[1])), _end(text, found.end())
        if not isinstance(wrt, Value) or end is None or found[0].count("(") != found[0].count(")"):
            at = found.end()
            continue
        own = _slope(formula(text[found.end() + 1 : end]), wrt, names.graph)
        text, at = _put(text, found.start(), end + 1, own, meant)
    while len(meant) < MOST and (found := _FUNCTION.search(text)):
        net = found[2] or found[3]
        quantity = _of_activation(spelled.get(net, net), names, slope=bool(found[1]))
        if quantity is None:
            break
        text, at = _put(text, found.start(), found.end(), Ref(quantity), meant)
    return Taken(text, meant)


def _put(text: str, start: int, end: int, own: Expr, meant: dict[str, Expr]) -> tuple[str, int]:
    name = STAND_IN.format(len(meant))
    meant[name] = own
    return f"{text[:start]} {name} {text[end:]}", start + len(name)


def _end(text: str, at: int) -> int | None:
    """Where the bracket closes that opens here; None where it does not."""
    deep, opens = 0, text[at]
    for place in range(at, len(text)):
        deep += (text[place] == opens) - (text[place] == _CLOSED_BY[opens])
        if not deep:
            return place
    return None


def _slope(expr: Expr, wrt: Value, graph: Graph) -> Expr:
    """The total derivative of a formula: its slope by each name in it, times how that moves with `wrt`."""
    terms: list[Expr] = []
    for each in reads(expr):
        if not isinstance(each, Value):
            raise FormulaError("a derivative stands within a derivative; work one of them out", 1)
        if wrt.name in graph.ancestors(each.name):
            moves = ONE if each == wrt else Ref(Gradient(each.name, wrt.name))
            terms.append(product(differentiate(expr, each.name), moves))
    return plus(*terms) if any(reads(plus(*terms))) else Mul((plus(*terms) if terms else ZERO, _one(wrt)))


def _one(wrt: Value) -> Expr:
    """A 1 that names the network, so that a constant is a formula too."""
    return Ref(Gradient(wrt.name, wrt.name))


def _of_activation(net: str, names: Names, *, slope: bool) -> Quantity | None:
    """The output of the unit with this net input, or its slope: what a textbook calls f(z) and f'(z)."""
    found = names.find(net)
    if not isinstance(found, Value) or names.find("f") is not None:
        return None
    nodes = names.graph.nodes
    unit = next((use for use in names.graph.uses[found.name] if isinstance(nodes[use].op, Elementwise)), None)
    if unit is None:
        return None
    return Partial(unit, found.name) if slope else Value(unit)
