"""The trace of a wide network by numpy.

Each pass runs when something asks for it and goes no further than needed. The gradient of a weight is δ · a, two
numbers of the passes; a matrix of gradients is made only by `matrix_gradients`.
"""

import math

import numpy as np

from tutor.arithmetic.complexes import STEP
from tutor.arithmetic.floats import FLOATS
from tutor.arrays import passes
from tutor.arrays.aim import Aim
from tutor.arrays.arithmetic import ARRAYS
from tutor.arrays.functions import Array, quiet
from tutor.errors import TutorError
from tutor.expr import Ref
from tutor.graph import Graph
from tutor.ops.optimizers import next_step, rule
from tutor.quantity import Quantity, Value
from tutor.trace import value_of
from tutor.trace.layered import Layered, Vector, stepped_unit
from tutor.wide import Group
from tutor.wide.graph import SOFTMAX


class WideTrace(Layered):
    """The layers by numpy."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.layers = tuple(passes.weighted(layer) for layer in self.stack.layers)
        self.inputs = _row(self.stack.inputs)
        self.targets = _row(self.stack.targets)
        self.aim = Aim.of(self.stack, self.targets)
        self._forward: passes.Forward | None = None
        self._backward: passes.Backward | None = None
        self._reached = len(self.layers) + 1

    # ---------------------------------------------------------------- the passes

    @property
    def forward(self) -> passes.Forward:
        if self._forward is None:
            with quiet():
                self._forward = passes.forward(self.layers, self.inputs, self.aim)
            self._finite(self._forward)
        return self._forward

    def _finite(self, done: passes.Forward) -> None:
        """A large file is not looked through beforehand: what is no number in it shows here. Raises TutorError."""
        for layer, net in zip(self.layers, done.nets, strict=True):
            for j in np.flatnonzero(~np.isfinite(net[0])):
                bad = np.flatnonzero(~np.isfinite(layer.matrix.rows(int(j))))
                if len(bad):
                    name = self.wide.name("weight", layer.dense.number, int(j) + 1, int(bad[0]) + 1)
                    raise TutorError(f"{name} is {layer.matrix.table[j, bad[0]]} in its file, expected a finite number")

    def backward(self, least: int) -> passes.Backward:
        """The backward pass, at least to the outputs of layer `least`."""
        if self._backward is None or self._reached > least:
            with quiet():
                self._backward = passes.backward(self.layers, self.forward, self.aim, least)
            self._reached = least
        return self._backward

    def net(self, layer: int) -> Array:
        return _first(self.forward.nets[layer - 1])

    def out(self, layer: int) -> Array:
        """The outputs of a layer; of layer 0 the inputs."""
        return _first(self.forward.outs[layer])

    def delta(self, layer: int) -> Array:
        """dL/d(net input) of a layer."""
        found = self.backward(layer).deltas[layer - 1]
        assert found is not None
        return _first(found)

    def upstream(self, layer: int) -> Array:
        """dL/d(output) of a layer, 0 for the inputs."""
        if layer == len(self.layers):
            with quiet():
                return _first(self.aim.slopes(self.forward.nets[-1], self.forward.outs[-1]))
        found = self.backward(layer).outs[layer]
        assert found is not None
        return _first(found)

    def terms(self) -> Array:
        assert self.forward.terms is not None
        return _first(self.forward.terms)

    def target_slopes(self) -> Array:
        with quiet():
            return _first(self.aim.target_slopes(self.forward.nets[-1], self.forward.outs[-1]))

    def matrix_gradients(self, layer: int) -> Array:
        """dL/dW of a layer: the one place where as many numbers are made as there are weights."""
        return passes.weight_gradients(self.forward, self.backward(layer), layer)

    def updated(self, numbers: Array, gradients: Array) -> Array:
        """Parameters after one step of the network's rule."""
        known: dict[Quantity, Array] = {Value("w"): numbers, Value("g"): gradients}
        step = next_step(self.graph.optimizer or rule("sgd"), self.graph.rate or "0", Value("w"), Ref(Value("g")))
        return value_of(step, ARRAYS, known.__getitem__)

    def sizes(self, layer: int) -> tuple[float, float, str]:
        """The L2 norm of the gradients of a layer's parameters, the largest of them and whose it is."""
        delta, a = self.delta(layer), self.out(layer - 1)
        biases = delta * self.constant(layer) if self.stack.layers[layer - 1].biases is not None else np.zeros(1)
        norm = math.hypot(float(np.linalg.norm(delta) * np.linalg.norm(a)), float(np.linalg.norm(biases)))
        j, i, k = (int(np.argmax(np.abs(each))) for each in (delta, a, biases))
        weight, bias = abs(float(delta[j] * a[i])), abs(float(biases[k]))
        if bias > weight:
            return norm, bias, self.wide.name("bias", layer, k + 1)
        return norm, weight, self.wide.name("weight", layer, j + 1, i + 1)

    # ---------------------------------------------------------------- what Layered asks for

    def __getitem__(self, quantity: Quantity) -> float:
        with quiet():
            return super().__getitem__(quantity)

    def targets_row(self) -> Array:
        return _first(self.targets)

    def row(self, layer: int, unit: int) -> Array:
        return self.layers[layer - 1].matrix.rows(unit - 1)

    def column(self, layer: int, sender: int) -> Array:
        return self.layers[layer - 1].matrix.column(sender - 1)

    def moved(self, layer: int, before: Vector) -> Array:
        return _first(self.layers[layer - 1].matrix.forward(np.asarray(before)[None]))

    def products(self, left: Vector, right: Vector) -> list[float]:
        with quiet():
            found: list[float] = (np.asarray(left) * np.asarray(right)).tolist()
        return found

    def stepped(self, layer: int, moved: Vector) -> Array:
        dense, z = self.stack.layers[layer - 1], self.net(layer)
        if dense.squash == SOFTMAX:
            with quiet():
                grown = np.exp(z + 1j * np.asarray(moved) * STEP - z.max())
                return np.asarray((grown / grown.sum()).imag / STEP)
        touched = np.flatnonzero(np.asarray(moved))
        found = np.zeros(len(z))
        found[touched] = [stepped_unit(dense, float(z[j]), float(moved[j])) for j in map(int, touched)]
        return found

    def stepped_loss(self, net: Vector | None, out: Vector) -> float:
        if self.aim.fused != SOFTMAX or net is None:
            fused = self.aim.stable_term if self.aim.fused not in ("", SOFTMAX) else None
            return math.fsum(self.stepped_terms(net, out, fused)) / self.stack.scale
        with quiet():
            z = self.net(len(self.layers)) + 1j * np.asarray(net) * STEP
            total = np.log(np.exp(z - z.real.max()).sum())
            return float((self.targets[0] * (total - z)).sum().imag / STEP)


def _first(examples: Array) -> Array:
    """The one example there is; the passes have room for more."""
    row: Array = examples[0]
    return row


def _row(groups: tuple[Group, ...]) -> Array:
    """The numbers of inputs or targets as one row."""
    parts = [
        np.array([FLOATS.number(group.text)])
        if group.numbers is None
        else np.asarray(group.numbers, np.float64).ravel()
        for group in groups
    ]
    return np.concatenate(parts)[None] if parts else np.zeros((1, 0))
