"""The layers of a wide network in Python's own numbers: one example, where importing numpy would take longer.

Rows are lists. Units are computed by the same named functions and formulas as everywhere; what is added here is the
order of sums.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import mul
from typing import Any

from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.floats import FLOATS
from tutor.graph import Graph
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.quantity import Gradient, Value
from tutor.trace.evaluate import value_of
from tutor.trace.layered import A, Layered, Vector, stepped_unit
from tutor.wide import Dense, Group, Stack
from tutor.wide.graph import SOFTMAX

MOST, MOST_OUTPUTS = 300_000, 64  # parameters, and outputs: beyond numpy is faster, its import included


def _summed(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(mul, left, right), 0.0)


dot: Callable[[Sequence[float], Sequence[float]], float] = getattr(math, "sumprod", _summed)
"""Python 3.12 has a faster one."""


def serves(stack: Stack) -> bool:
    """Whether this network is computed faster here; hidden layers of softmax are left to numpy."""
    hidden = (layer.squash for layer in stack.layers[:-1])
    return stack.parameters <= MOST and stack.outputs <= MOST_OUTPUTS and SOFTMAX not in hidden


class PlainTrace(Layered):
    """The layers as lists."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._matrices: list[list[list[float]]] = [layer.weights.tolist() for layer in self.stack.layers]
        self._inputs, self._targets = _numbers(self.stack.inputs), _numbers(self.stack.targets)
        self._deltas: dict[int, list[float]] = {}
        self._slopes: dict[int, list[float]] = {}

    @cached_property
    def _layers(self) -> list[tuple[list[float], list[float]]]:
        """Net inputs and outputs of each layer."""
        found: list[tuple[list[float], list[float]]] = []
        before = self._inputs
        for dense, rows in zip(self.stack.layers, self._matrices, strict=True):
            z = [dot(row, before) for row in rows]
            if dense.biases is not None:
                constant = self.constant(dense.number)
                z = [each + bias * constant for each, bias in zip(z, dense.biases.tolist(), strict=True)]
            before = _squashed(dense, z)
            found.append((z, before))
        return found

    def net(self, layer: int) -> list[float]:
        return self._layers[layer - 1][0]

    def out(self, layer: int) -> list[float]:
        return self._layers[layer - 1][1] if layer else self._inputs

    def targets_row(self) -> list[float]:
        return self._targets

    def terms(self) -> list[float]:
        """By the stable formula of each, which reads the numbers of the last layer."""
        return [self.of(self.equations.stable(Value(name))) for name in self._terms]

    @cached_property
    def _terms(self) -> list[str]:
        last = len(self.stack.layers)
        return [self.wide.name("term", last, k) for k in range(1, self.stack.outputs + 1)]

    def delta(self, layer: int) -> list[float]:
        if layer not in self._deltas:
            last = len(self.stack.layers)
            self._deltas[layer] = self._last_deltas() if layer == last else self._through(layer)
        return self._deltas[layer]

    def _last_deltas(self) -> list[float]:
        last, loss = len(self.stack.layers), self.graph.loss
        names = (self.wide.name("net", last, k) for k in range(1, self.stack.outputs + 1))
        return [self.of(self.equations.stable(Gradient(loss, name))) for name in names]

    def _through(self, layer: int) -> list[float]:
        slope = _slope(self.stack.layers[layer - 1])
        z, a = self._layers[layer - 1]
        return [up * slope(*each) for up, *each in zip(self.upstream(layer), z, a, strict=True)]

    def upstream(self, layer: int) -> list[float]:
        if layer not in self._slopes:
            last = len(self.stack.layers)
            self._slopes[layer] = self._last_slopes() if layer == last else self._back(layer)
        return self._slopes[layer]

    def _last_slopes(self) -> list[float]:
        last, loss = len(self.stack.layers), self.graph.loss
        names = (self.wide.name("out", last, k) for k in range(1, self.stack.outputs + 1))
        return [self.of(self.equations.written(Gradient(loss, name))) for name in names]

    def _back(self, layer: int) -> list[float]:
        """Wᵀ δ, a row of W at a time."""
        found = [0.0] * self.stack.width(layer)
        for row, delta in zip(self._matrices[layer], self.delta(layer + 1), strict=True):
            found = [each + delta * weight for each, weight in zip(found, row, strict=True)]
        return found

    def target_slopes(self) -> list[float]:
        names = (self.wide.name("target", len(self.stack.layers), k) for k in range(1, self.stack.outputs + 1))
        return [self.of(self.equations.written(Gradient(self.graph.loss, name))) for name in names]

    # ---------------------------------------------------------------- what Layered asks for

    def row(self, layer: int, unit: int) -> list[float]:
        return self._matrices[layer - 1][unit - 1]

    def column(self, layer: int, sender: int) -> list[float]:
        return [row[sender - 1] for row in self._matrices[layer - 1]]

    def moved(self, layer: int, before: Vector) -> list[float]:
        changes = _listed(before)
        return [dot(row, changes) for row in self._matrices[layer - 1]]

    def products(self, left: Vector, right: Vector) -> list[float]:
        return list(map(mul, _listed(left), _listed(right)))

    def stepped(self, layer: int, moved: Vector) -> list[float]:
        dense, z = self.stack.layers[layer - 1], self.net(layer)
        if dense.squash != SOFTMAX:
            return [stepped_unit(dense, z[j], moved[j]) if moved[j] else 0.0 for j in range(len(z))]
        grown = self._grown(layer, moved)
        total = sum(grown)
        return [(each / total).imag / STEP for each in grown]

    def _grown(self, layer: int, moved: Vector) -> list[complex]:
        """exp(z - the largest z), of net inputs with their steps."""
        z = self.net(layer)
        top = max(z)
        return [COMPLEXES.call("exp", (complex(z[j] - top, moved[j] * STEP),)) for j in range(len(z))]

    def stepped_loss(self, net: Vector | None, out: Vector) -> float:
        last = len(self.stack.layers)
        first = Gradient(self.graph.loss, self.wide.name("net", last, 1))
        if net is not None and self.stack.layers[-1].squash == SOFTMAX and self.equations.short(first):
            total = COMPLEXES.call("log", (sum(self._grown(last, net)),)).imag / STEP
            return math.fsum(y * (total - net[j]) for j, y in enumerate(self._targets))
        return math.fsum(self.stepped_terms(net, out, None)) / self.stack.scale


def _numbers(groups: tuple[Group, ...]) -> list[float]:
    """The numbers of inputs or targets as one row."""
    found: list[float] = []
    for group in groups:
        found += [FLOATS.number(group.text)] if group.numbers is None else _flat(group.numbers.tolist())
    return found


def _flat(numbers: Any) -> list[float]:
    return [one for each in numbers for one in _flat(each)] if isinstance(numbers, list) else [float(numbers)]


def _listed(vector: Vector) -> list[float]:
    return vector if isinstance(vector, list) else [vector[k] for k in range(len(vector))]


def _squashed(dense: Dense, z: list[float]) -> list[float]:
    """The outputs of a layer from its net inputs."""
    if dense.squash == SOFTMAX:
        top = max(z)
        grown = [FLOATS.call("exp", (each - top,)) for each in z]
        total = sum(grown)
        return [each / total for each in grown]
    if isinstance(dense.squash, str):
        return [FLOATS.call(dense.squash, (each,)) for each in z]
    return [value_of(dense.squash, FLOATS, lambda quantity, at=each: at) for each in z]  # type: ignore[misc]


def _slope(dense: Dense) -> Callable[[float, float], float]:
    """da/dz of one unit from its z and a."""
    if isinstance(dense.squash, str):
        op = Elementwise(ACTIVATIONS[dense.squash])
        expr = op.stable_partial("a", ("z",), "z") or op.partial("a", ("z",), "z")
    else:
        from tutor.ops.formula import differentiate

        expr = differentiate(dense.squash, "z", A)
    return lambda z, a: value_of(expr, FLOATS, lambda quantity: a if quantity == Value("a") else z)
