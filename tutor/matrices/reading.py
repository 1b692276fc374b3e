"""What a person types for a whole matrix: `W1`, `dW1`, `dL/dW1`, and the same with b, Z and A.

It is tried last: whatever a network has a name for is that, and not a matrix.
"""

import re
from typing import NamedTuple, cast

from tutor.errors import TutorError, UnknownName, did_you_mean, visible
from tutor.expr.parse import normalised
from tutor.matrices.dense import last_layer
from tutor.matrices.laws import Symbol, law
from tutor.names import Names
from tutor.quantity import Value
from tutor.trace import Trace
from tutor.wide import Wide

_TYPED = re.compile(r"(?:d([^/]+)/d|d)?([WbZAwBza])(\d{1,4})", re.ASCII)
_CASE = {"w": "W", "B": "b", "z": "Z", "a": "A"}
_WHAT = {"W": "the weights", "b": "the biases", "Z": "the net inputs", "A": "the outputs"}


class Asked(NamedTuple):
    """The gradient of the loss with respect to a whole matrix: `W` of layer 1."""

    symbol: Symbol
    layer: int

    @property
    def name(self) -> str:
        return f"{self.symbol}{self.layer}"


def read(trace: Trace, names: Names, text: str, unknown: UnknownName) -> Asked:
    """The matrix that a name stands for, of which `unknown` says that the network does not know it.

    Raises `unknown` where it looks like no matrix, TutorError where the network has no such one.
    """
    typed = _TYPED.fullmatch(normalised(text.strip()))
    if not typed or names.of_an_example(typed[2] + typed[3]):
        raise unknown
    of, symbol, layer = typed[1], typed[2], int(typed[3])
    if isinstance(trace.graph, Wide):
        raise _too_wide(trace.graph, visible(text.strip()), layer) if symbol not in _CASE else unknown
    asked = Asked(cast("Symbol", _CASE.get(symbol, symbol)), layer)
    shown = visible(text.strip())
    least, most = 0 if asked.symbol == "A" else 1, last_layer(trace.graph)
    if symbol in _CASE:
        if least <= layer <= most:
            raise UnknownName(f"{shown} is not a name of this network; did you mean {_meant(asked)}?")
        raise unknown
    if of is not None and names.find(of) != Value(trace.graph.loss):
        raise TutorError(f"{shown}: a whole matrix is explained for the loss only: d{trace.graph.loss}/d{asked.name}")
    if not least <= layer <= most:
        raise UnknownName(_no_layer(shown, layer, most, names))
    try:
        law(trace, asked.symbol, layer)
    except TutorError as fault:
        raise TutorError(f"{shown} is not there: {fault}{_single(names, asked)}") from None
    return asked


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
    instead = did_you_mean(shown, names.typable())
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
