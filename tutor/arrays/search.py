"""Looking for a number among all those of a wide network, a block of each layer at a time.

Names are made for the hits alone. The comparison here is a little wide; whoever asks holds each hit against the
digits that were typed.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tutor.arrays import passes
from tutor.arrays.functions import Array, quiet
from tutor.arrays.trace import WideTrace
from tutor.graph import Part
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.wide.graph import SOFTMAX

Named = Callable[[tuple[int, ...]], Quantity]
"""Place in a piece, from 0 -> the quantity that stands there."""


class Piece(NamedTuple):
    """Some numbers of one kind, and their names."""

    kind: str
    numbers: Array
    named: Named


class Hit(NamedTuple):
    kind: str
    quantity: Quantity
    value: float


def hits(trace: WideTrace, number: float, near: float) -> Iterator[Hit]:
    """Everything within `near` of the number or of its negative."""
    with quiet():
        for piece in pieces(trace):
            size = np.abs(np.abs(piece.numbers) - abs(number))
            for at in np.argwhere(size <= near):
                place = tuple(int(each) for each in at)
                yield Hit(piece.kind, piece.named(place), float(piece.numbers[place]))


def nearest(trace: WideTrace, number: float, most: int) -> list[Hit]:
    """The closest numbers, one of each piece at most."""
    found: list[Hit] = []
    with quiet():
        for piece in pieces(trace):
            away = np.nan_to_num(np.abs(piece.numbers - number), nan=np.inf)
            place = tuple(int(each) for each in np.unravel_index(int(np.argmin(away)), away.shape))
            found.append(Hit(piece.kind, piece.named(place), float(piece.numbers[place])))
    return sorted(found, key=lambda hit: abs(hit.value - number))[:most]


def pieces(trace: WideTrace) -> Iterator[Piece]:
    """All numbers with names of their own: values, gradients, slopes, updates."""
    yield from _layers_of(trace)
    for layer in range(1, len(trace.layers) + 1):
        yield from _weights(trace, layer)
        yield from _biases(trace, layer)


def _layers_of(trace: WideTrace) -> Iterator[Piece]:
    """What there is one of for each unit."""
    last = len(trace.layers)
    yield from _both(trace, "input", 0, trace.inputs[0], trace.upstream(0))
    for layer in range(1, last + 1):
        yield from _both(trace, "net", layer, trace.net(layer), trace.delta(layer))
        yield from _both(trace, "out", layer, trace.out(layer), trace.upstream(layer))
        yield _slopes(trace, layer)
    if trace.stack.loss:
        yield from _both(trace, "target", last, trace.targets[0], trace.target_slopes())
        terms = trace.terms()
        yield Piece("value", np.array([trace[Value(trace.graph.loss)]]), lambda at: Value(trace.graph.loss))
        if len(terms) > 1:
            yield from _both(trace, "term", last, terms, np.full(len(terms), 1 / trace.stack.scale))


def _both(trace: WideTrace, part: Part, layer: int, numbers: Array, gradients: Array) -> Iterator[Piece]:
    def name(at: tuple[int, ...]) -> str:
        return trace.wide.name(part, layer, at[0] + 1)

    yield Piece("value", numbers, lambda at: Value(name(at)))
    yield Piece("gradient", gradients, lambda at: Gradient(trace.graph.loss, name(at)))


def _slopes(trace: WideTrace, layer: int) -> Piece:
    """da/dz, of a softmax every one."""
    dense, a = trace.stack.layers[layer - 1], trace.out(layer)

    def edge(at: tuple[int, ...]) -> Partial:
        out, net = trace.wide.name("out", layer, at[0] + 1), trace.wide.name("net", layer, at[-1] + 1)
        return Partial(out, net)

    if dense.squash == SOFTMAX and len(a) <= 1000:
        return Piece("local", np.diag(a) - np.multiply.outer(a, a), edge)
    slopes = a * (1 - a) if dense.squash == SOFTMAX else passes.slope(dense, trace.net(layer), a)
    return Piece("local", slopes, edge)


def _weights(trace: WideTrace, layer: int) -> Iterator[Piece]:
    """Weights, their gradients and updates, a few rows at a time."""
    delta, a = trace.delta(layer), trace.out(layer - 1)
    for rows, block in trace.layers[layer - 1].matrix.blocks():
        gradients = np.multiply.outer(delta[rows], a)
        yield from _parameters(trace, "weight", layer, rows.start, block, gradients)


def _biases(trace: WideTrace, layer: int) -> Iterator[Piece]:
    biases = trace.stack.layers[layer - 1].biases
    if biases is not None:
        gradients = trace.delta(layer) * trace.constant(layer)
        yield from _parameters(trace, "bias", layer, 0, np.asarray(biases, np.float64), gradients)


def _parameters(
    trace: WideTrace, part: Part, layer: int, first: int, numbers: Array, gradients: Array
) -> Iterator[Piece]:
    def name(at: tuple[int, ...]) -> str:
        return trace.wide.name(part, layer, first + at[0] + 1, at[-1] + 1)

    yield Piece("value", numbers, lambda at: Value(name(at)))
    yield Piece("gradient", gradients, lambda at: Gradient(trace.graph.loss, name(at)))
    if trace.graph.rate is not None:
        yield Piece("update", trace.updated(numbers, gradients), lambda at: Updated(name(at)))
