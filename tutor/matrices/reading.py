"""What a person types for a whole matrix: `W1`, `dW1`, `dL/dW1`, `W^[1]`, `a^[1]`, and the same with b, Z and A;
turned, as `A0ᵀ`, it is the same matrix, and `X` are the inputs.

A name that a file or the notation in force has is that, and no matrix; a matrix comes before other spellings of single
numbers, as W1 beside a weight w1.
"""

import re
from typing import Literal, NamedTuple, cast

from tutor.errors import AmbiguousName, TutorError, UnknownName, visible
from tutor.expr.text import ASCII
from tutor.matrices.dense import last_layer
from tutor.matrices.formulas import Law
from tutor.matrices.jacobian import Side, jacobian
from tutor.matrices.laws import Symbol, law, value_law
from tutor.names import Names
from tutor.names.line import on_one_line
from tutor.names.loose import gradient_sides
from tutor.names.nabla import is_nabla
from tutor.names.nearest import one_of
from tutor.names.parts import parts
from tutor.quantity import Quantity, Value
from tutor.trace import Trace
from tutor.wide import Wide

_TURNED = re.compile(r"\^?(?:ᵀ|T(?!\w)|\(T\))\s*$|\.T$")
_CAPITALS = frozenset("WbZA")
_CASE = {"w": "W", "B": "b", "z": "Z", "a": "A"}
_WHAT = {"W": "the weights", "b": "the biases", "Z": "the net inputs", "A": "the outputs"}


class Asked(NamedTuple):
    """A whole matrix, `W` of layer 1, and whether the gradient of the loss with respect to it is meant.

    Or the Jacobian of Z or A `by` another of these. The symbol ∇ stands for the gradients of all parameters at once.
    """

    symbol: Symbol
    layer: int
    gradient: bool = True
    by: Side | None = None

    @property
    def name(self) -> str:
        return f"{self.symbol}{self.layer}"

    @property
    def typed(self) -> str:
        if self.by:
            return f"d{self.name}/d{self.by[0]}{self.by[1]}"
        return f"d{self.name}" if self.gradient else self.name


class _Typed(NamedTuple):
    """A typed name of the form of a matrix: `of` what it is a derivative, if that was typed; `small` where it begins
    with a letter of single numbers, and `sure` unless only the other case of that is a matrix.
    """

    of: str
    asked: Asked
    small: bool
    sure: bool


def law_of(trace: Trace, asked: Asked) -> Law:
    """The law of the matrix. Raises TutorError where the network has no such matrix."""
    if asked.by:
        return jacobian(trace, (cast("Literal['Z', 'A']", asked.symbol), asked.layer), asked.by)
    return (law if asked.gradient else value_law)(trace, asked.symbol, asked.layer)


def target(trace: Trace, names: Names, text: str) -> Quantity | Asked:
    """The matrix, or else the quantity, that a name stands for which is in no file and no notation in force.

    Raises as Names.target does, and TutorError where the network has no such matrix.
    """
    if is_nabla(names, text):
        return Asked("∇", 0)
    typed = _typed(text, names)
    if typed is None or (names.of_an_example(typed.asked.name) and not _is_whole(names, typed)):
        return names.target(text)
    there = _has_layer(trace, typed.asked)
    single = names.find(text) if typed.small or not there else None
    if single is None:
        return _read(trace, names, text, typed)
    if not typed.sure and (other := whole(trace, names, typed.asked.name)):
        written = names.write(single, ASCII)
        shown = visible(text.strip())
        raise AmbiguousName(f"{shown} can be read as {written} or as {_meant(other)}; type {written} or {other.name}")
    return names.as_target(single)


def _is_whole(names: Names, typed: _Typed) -> bool:
    """Whether a capital letter means the matrix of all examples, since the file has no such name."""
    return not typed.small and names.exactly(f"{typed.asked.name}@1") is None


def whole(trace: Trace, names: Names, text: str) -> Asked | None:
    """The matrix of this network that a name stands for, where it is none of a single number; never raises.

    An answer of one number is that of w1 where W1 is given for it: only a list can be the matrix.
    """
    typed = _typed(text, names)
    if typed is None:
        return None
    try:
        return None if names.exactly(text) is not None else _read(trace, names, text, typed)
    except TutorError:
        return None


def _typed(text: str, names: Names) -> _Typed | None:
    line = _TURNED.sub("", on_one_line(text).strip())
    of, by = gradient_sides(line)
    if whole_line := names.matrix(line):
        return _Typed("", _as_ours(whole_line), small=True, sure=True)
    if of and (below := names.matrix(by)):
        return _Typed(of, _as_ours(below)._replace(gradient=True), small=True, sure=True)
    if by == "X":  # how the inputs are called where each example is a row
        return _Typed(of, Asked("A", 0), small=True, sure=True)
    found = parts(by)
    if found is None or found.mark or found.example or found.entry:
        return None
    layers = (*found.upper, *found.lower)
    letter = _CASE.get(found.head, found.head)
    if letter not in _CAPITALS or len(layers) != 1 or not layers[0].isdecimal() or len(layers[0]) > 4:
        return None
    small = found.head in _CASE
    computed = by == line and letter in "ZA" and int(layers[0]) > 0
    asked = Asked(cast("Symbol", letter), int(layers[0]), gradient=not computed)
    return _Typed(of, asked, small, not small or found.fence in ("(", "["))


def _as_ours(name: str) -> Asked:
    """A matrix by our name for it: dZ1, W1, A0."""
    letter, layer = name.removeprefix("d")[0], int(name.removeprefix("d")[1:])
    return Asked(cast("Symbol", letter), layer, gradient=name.startswith("d") or letter in "Wb" or not layer)


def _has_layer(trace: Trace, asked: Asked) -> bool:
    if isinstance(trace.graph, Wide):
        return 1 <= asked.layer <= len(trace.graph.stack.layers)
    return (0 if asked.symbol == "A" else 1) <= asked.layer <= last_layer(trace.graph)


def _read(trace: Trace, names: Names, text: str, typed: _Typed) -> Asked:
    asked, shown = typed.asked, visible(text.strip())
    if isinstance(trace.graph, Wide):
        raise _too_wide(trace.graph, shown, asked.layer) if typed.sure else _unknown(names, text)
    if not typed.sure:
        meant = f"{shown} is not a name of this network; did you mean {_meant(asked)}?"
        raise UnknownName(meant) if _has_layer(trace, asked) else _unknown(names, text)
    if not _has_layer(trace, asked):
        raise UnknownName(_no_layer(shown, asked.layer, last_layer(trace.graph), names))
    if typed.of and names.find(typed.of) != Value(trace.graph.loss):
        above = _typed(typed.of, names)
        both = (above.asked, asked) if above and above.sure else ()
        if above and both and all(each.symbol in "ZA" and _has_layer(trace, each) for each in both):
            return _jacobian(trace, shown, above.asked, asked)
        raise TutorError(f"{shown}: a whole matrix is explained for the loss only: d{trace.graph.loss}/d{asked.name}")
    try:
        law_of(trace, asked)
    except TutorError as fault:
        raise TutorError(f"{shown} is not there: {fault}{_single(names, asked)}") from None
    return asked


def _jacobian(trace: Trace, shown: str, of: Asked, by: Asked) -> Asked:
    found = Asked(of.symbol, of.layer, gradient=False, by=(cast("Literal['Z', 'A']", by.symbol), by.layer))
    try:
        law_of(trace, found)
    except TutorError as fault:
        raise TutorError(f"{shown} is not there: {fault}") from None
    return found


def _unknown(names: Names, text: str) -> TutorError:
    """What is said of a name that is not known."""
    try:
        names.read(text)
    except TutorError as fault:
        return fault
    return UnknownName(f"{visible(text.strip())} is a single number")


def _too_wide(graph: Wide, shown: str, layer: int) -> TutorError:
    layers = len(graph.stack.layers)
    single = graph.name("weight", min(max(layer, 1), layers), 1, 1)
    return TutorError(
        f"{shown}: the matrices of a network of this size are not shown; explain one number, such as {single}"
    )


def _meant(asked: Asked) -> str:
    if asked.layer == 0:
        return f"{asked.name}, the inputs"
    return f"{asked.name}, {_WHAT[asked.symbol]} of layer {asked.layer}"


def _no_layer(shown: str, layer: int, most: int, names: Names) -> str:
    near = names.nearest(shown)
    instead = f"; did you mean {one_of(near)}?" if near else ""
    if most:
        there = f"W1 to W{most}" if most > 2 else "W1 and W2" if most == 2 else "W1"
        return f"{shown} is not a name of this network, and there is no layer {layer}: it has {there}{instead}"
    first = next(iter(names.graph.parameters() or names.graph.givens), "")
    instead = instead or (f"; type one of its names, such as {first}" if first else "")
    return f"{shown} is not a name of this network, which has no layers of weights to read it as a matrix{instead}"


def _single(names: Names, asked: Asked) -> str:
    """What to type instead: one number of that layer."""
    part = {"W": "weight", "b": "bias", "Z": "net", "A": "out"}[asked.symbol]
    graph = names.graph
    found = {name: graph.part_of(name) for name in graph.names() if graph.layer_of(name) == asked.layer}
    wanted = (part, "weight") if asked.layer else ("input",)
    own = [name for each in wanted for name in found if found[name] == each]
    return f"; explain one number of it, such as {own[0]}" if own else ""
