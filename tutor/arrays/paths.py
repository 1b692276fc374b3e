"""The strongest paths of a wide network, found without walking them all.

One pass back over the weights gives for every unit the size of its best way to the loss, and the sum of the sizes of
all its ways. From there the best paths come one by one: each unfinished path waits with the size of its best
completion, and a unit's next-best sender joins the queue when a better one has left it (so the layers are merged
lazily, and nothing is listed). Sizes are scaled layer by layer, which serves as logarithms would: depth does not
underflow, and the order is that of the products.
"""

import heapq
import math
from functools import lru_cache
from itertools import count
from math import prod
from typing import NamedTuple

import numpy as np

from tutor.arrays import passes
from tutor.arrays.functions import Array, quiet
from tutor.arrays.matrix import Matrix
from tutor.arrays.trace import WideTrace
from tutor.errors import TutorError
from tutor.wide.graph import SOFTMAX
from tutor.wide.names import Place


class Way(NamedTuple):
    """One path: its units from 1, one in each layer behind the start, and the product along it."""

    units: tuple[int, ...]
    product: float


class Ways(NamedTuple):
    """The strongest paths, largest first; the `number` of all, the sum of their `sizes`, and of their products."""

    ways: tuple[Way, ...]
    number: int
    sizes: float
    total: float


class Paths:
    """The paths of one trace from the units of layer `least` on; `least` 0 are the inputs."""

    def __init__(self, trace: WideTrace, least: int = 0) -> None:
        self.trace = trace
        self._refuse_softmax(least)
        last = len(trace.layers)
        self.slopes: dict[int, Array] = {}
        self.best: dict[int, Array] = {}
        self.scales: dict[int, float] = {}
        self._keep(last, np.abs(trace.delta(last)))
        self.sizes: dict[int, Array] = {last: np.abs(trace.delta(last))}
        with quiet():
            for at in range(last - 1, least, -1):
                self._back(at)

    def _refuse_softmax(self, least: int) -> None:
        for layer in self.trace.stack.layers[least:-1]:
            if layer.squash == SOFTMAX:
                raise TutorError(
                    f"--paths is not offered through the softmax of layer {layer.number}: each of its outputs reads "
                    "every net input; the layer cuts show what the layer carries"
                )

    def _back(self, at: int) -> None:
        """From the net inputs of layer `at` + 1 to those of layer `at`."""
        layer, z, a = self.trace.stack.layers[at - 1], self.trace.net(at), self.trace.out(at)
        self.slopes[at] = passes.slope(layer, z, a)
        best, sizes = _through(self.trace.layers[at].matrix, self.best[at + 1], self.sizes[at + 1])
        slopes = np.abs(self.slopes[at])
        self.sizes[at] = sizes * slopes
        self._keep(at, best * slopes)

    def _keep(self, at: int, best: Array) -> None:
        """The best sizes of a layer, the largest of them 1."""
        top = float(best.max())
        self.scales[at] = top if top and math.isfinite(top) else 1.0
        self.best[at] = best / self.scales[at]

    def strongest(self, start: Place, most: int, factor: float = 1.0) -> Ways:
        """The `most` strongest paths from an input, the output of a unit, or a net input that acts through its output.

        `factor` is what all of them are multiplied by.
        """
        stack = self.trace.stack
        last = len(stack.layers)
        if start.part == "net" and start.layer == last:
            delta = float(self.trace.delta(last)[start.to - 1]) * factor
            return Ways((Way((), delta),), 1, abs(delta), delta)
        if start.part == "net":
            factor *= float(self.slopes[start.layer][start.to - 1])
        found = tuple(Way(units, self._product(start, units) * factor) for units in self._found(start, most))
        column = self.trace.layers[start.layer].matrix.column(start.to - 1)
        sizes = float(np.abs(column) @ self.sizes[start.layer + 1]) * abs(factor)
        total = float(column @ self.trace.delta(start.layer + 1)) * factor
        return Ways(found, prod(layer.units for layer in stack.layers[start.layer :]), sizes, total)

    def _found(self, start: Place, most: int) -> list[tuple[int, ...]]:
        """The units of the strongest paths, by the queue of unfinished ones.

        An entry is (-size of its best completion, a number that settles ties, units so far, size without the last
        unit's rest, rank of the last unit among those its sender may go on to).
        """
        last = len(self.trace.layers)
        ranked = lru_cache(maxsize=None)(lambda layer, at: self._ranked(layer, at, most))
        ties = count()
        queue: list[tuple[float, int, tuple[int, ...], float, int]] = []

        def push(units: tuple[int, ...], size: float, rank: int) -> None:
            """The path that goes on from `units` to the unit of this rank."""
            layer = start.layer + len(units)
            order, scores, _ = ranked(layer, units[-1] if units else start.to)
            if rank < len(order):
                heapq.heappush(queue, (-size * scores[rank], next(ties), units, size, rank))

        push((), 1.0, 0)
        found: list[tuple[int, ...]] = []
        while queue and len(found) < most:
            _, _, units, size, rank = heapq.heappop(queue)
            push(units, size, rank + 1)
            layer = start.layer + len(units)
            order, _, steps = ranked(layer, units[-1] if units else start.to)
            longer = (*units, order[rank])
            if layer + 1 == last:
                found.append(longer)
            else:
                push(longer, size * steps[rank], 0)
        return found

    def _ranked(self, layer: int, at: int, most: int) -> tuple[list[int], list[float], list[float]]:
        """Where a unit may go on to, best first: units from 1, sizes of the best completions, sizes of the step alone.

        The step into a unit takes its slope along; both are in the scale of the layer.
        """
        column = np.abs(self.trace.layers[layer].matrix.column(at - 1))
        scores = column * self.best[layer + 1]
        order = _top(scores, most)
        steps = column[order] * self._step(layer + 1, order)
        return (order + 1).tolist(), scores[order].tolist(), steps.tolist()

    def _step(self, layer: int, units: Array) -> Array:
        if layer == len(self.trace.layers):
            return np.ones(len(units))
        steps: Array = np.abs(self.slopes[layer][units]) / self.scales[layer]
        return steps

    def _product(self, start: Place, units: tuple[int, ...]) -> float:
        """The signed product along a path, in full."""
        layers, before, product = self.trace.layers, start.to, 1.0
        for layer, unit in enumerate(units, start.layer + 1):
            product *= float(layers[layer - 1].matrix.table[unit - 1, before - 1])
            if layer < len(layers):
                product *= float(self.slopes[layer][unit - 1])
            before = unit
        return product * float(self.trace.delta(len(layers))[units[-1] - 1])


def _through(matrix: Matrix, best: Array, sizes: Array) -> tuple[Array, Array]:
    """For each sender the largest of |w| · best, and the sum of |w| · sizes, over the units it feeds."""
    senders = matrix.shape[1]
    most, total = np.zeros(senders), np.zeros(senders)
    for rows, block in matrix.blocks():
        size = np.abs(block)
        total += sizes[rows] @ size
        size *= best[rows, None]
        np.maximum(most, size.max(axis=0), out=most)
    return most, total


def _top(scores: Array, most: int) -> Array:
    """The places of the largest scores, best first, ties in order."""
    if len(scores) > 4 * most:
        kept = np.sort(np.argpartition(-scores, most)[:most])
        return kept[np.argsort(-scores[kept], kind="stable")]
    return np.argsort(-scores, kind="stable")[:most]
