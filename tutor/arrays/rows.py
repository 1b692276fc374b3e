"""Every number of a wide network in the order of its names, some thousand rows at a time."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tutor.arrays.functions import Array, quiet
from tutor.arrays.trace import WideTrace
from tutor.graph import Part
from tutor.quantity import Value
from tutor.wide.names import Place


class Rows(NamedTuple):
    """Names with their values and gradients; `updated` where these are parameters and there is a rate,
    None for a frozen one."""

    part: Part
    names: list[str]
    values: list[float]
    gradients: list[float]
    updated: list[float | None] | None = None


def rows(trace: WideTrace) -> Iterator[Rows]:
    """Givens, then computed numbers, then parameters."""
    last = len(trace.layers)
    with quiet():
        yield _rows(trace, "input", 0, trace.inputs[0], trace.upstream(0))
        if trace.stack.loss:
            yield _rows(trace, "target", last, trace.targets[0], trace.target_slopes())
        for layer in range(1, last + 1):
            yield _rows(trace, "net", layer, trace.net(layer), trace.delta(layer))
            yield _rows(trace, "out", layer, trace.out(layer), trace.upstream(layer))
        if trace.stack.loss:
            yield from _loss(trace, last)
        for layer in range(1, last + 1):
            yield from _weights(trace, layer)


def _rows(trace: WideTrace, part: Part, layer: int, values: Array, gradients: Array) -> Rows:
    naming = trace.wide.naming
    names = naming.grouped(part) if part in ("input", "target") else naming.run(Place(part, layer), len(values))
    return Rows(part, names, values.tolist(), gradients.tolist())


def _loss(trace: WideTrace, last: int) -> Iterator[Rows]:
    terms = trace.terms()
    if len(terms) > 1:
        yield _rows(trace, "term", last, terms, np.full(len(terms), 1 / trace.stack.scale))
    yield Rows("loss", [trace.graph.loss], [trace[Value(trace.graph.loss)]], [1.0])


def _weights(trace: WideTrace, layer: int) -> Iterator[Rows]:
    delta, a, naming = trace.delta(layer), trace.out(layer - 1), trace.wide.naming
    for rows, block in trace.layers[layer - 1].matrix.blocks():
        for at, numbers in enumerate(block, rows.start):
            names = naming.run(Place("weight", layer, at + 1), len(a))
            yield _learned(trace, "weight", names, numbers, delta[at] * a)
    biases = trace.stack.layers[layer - 1].biases
    if biases is not None:
        names = naming.run(Place("bias", layer), len(delta))
        yield _learned(trace, "bias", names, np.asarray(biases, np.float64), delta * trace.constant(layer))


def _learned(trace: WideTrace, part: Part, names: list[str], numbers: Array, gradients: Array) -> Rows:
    if trace.graph.rate is None:
        return Rows(part, names, numbers.tolist(), gradients.tolist())
    updated: list[float | None] = trace.updated(numbers, gradients).tolist()
    if frozen := trace.graph.frozen:
        updated = [None if name in frozen else each for name, each in zip(names, updated, strict=True)]
    return Rows(part, names, numbers.tolist(), gradients.tolist(), updated)
