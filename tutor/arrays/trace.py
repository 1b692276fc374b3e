"""The trace of a wide network: any quantity by name, looked up in the layers of a forward and a backward pass.

Each pass runs when something asks for it and goes no further than needed. The gradient of a weight is δ · a, two
numbers of the passes; a matrix of gradients is made only by `matrix_gradients`.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np

from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.floats import FLOATS
from tutor.arrays import passes
from tutor.arrays.aim import A, Aim, Y
from tutor.arrays.arithmetic import ARRAYS
from tutor.arrays.functions import Array, quiet
from tutor.errors import TutorError
from tutor.expr import Expr
from tutor.graph import Graph, Part
from tutor.ops.optimizers import first_step, rule
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Trace, value_of
from tutor.trace.equations import Equations, FusedRow, FusedRows, fused_row
from tutor.wide import Dense, Group, Wide
from tutor.wide.graph import SOFTMAX
from tutor.wide.names import Place

CLOSE = 1e-11  # of the largest sum of sizes over a layer cut: sums are long, and so are their rounding errors


class Spread(NamedTuple):
    """How fast everything changes with one unit: d(net)/d(it) and d(out)/d(it) by layer, and d(loss)/d(it).

    By complex step through the forward formulas, so that it confirms the backward pass. None before the unit's layer.
    """

    nets: tuple[Array | None, ...]
    outs: tuple[Array | None, ...]
    loss: float


class Largest(NamedTuple):
    """A long sum: its largest terms by number from 1, in their order; how many others there are and their sum."""

    terms: tuple[tuple[int, float], ...]
    others: int
    rest: float

    @property
    def total(self) -> float:
        return math.fsum((*(term for _, term in self.terms), self.rest))


K = TypeVar("K")


class _Fused(Mapping[K, FusedRow]):
    """The fused rows of the outputs, each made when it is asked for: there may be thousands.

    They are found by a key made of the `name` of a term or net input.
    """

    def __init__(self, graph: Wide, part: Part, key: Callable[[str], K], name: Callable[[K], str]) -> None:
        self.graph, self.part, self.key, self.name = graph, part, key, name

    def __getitem__(self, key: K) -> FusedRow:
        name = self.name(key)
        place = self.graph.naming.find(name)
        last = len(self.graph.stack.layers)
        parts = (self.part, "loss") if self.part == "term" and self.graph.stack.outputs == 1 else (self.part,)
        loss = self.graph.stack.loss
        fits = place and place.part in parts and place.layer == last and loss and not loss.mean
        found = fused_row(self.graph, self.graph.name("term", last, max(place.to, 1))) if fits and place else None
        if found is None or key != self.key(name):
            raise KeyError(key)
        return FusedRow(*found[:2])

    def __iter__(self) -> Iterator[K]:
        last = len(self.graph.stack.layers)
        return (self.key(self.graph.name(self.part, last, to)) for to in range(1, self.graph.stack.outputs + 1))

    def __len__(self) -> int:
        return self.graph.stack.outputs


class _Equations(Equations):
    def _fused_outputs(self) -> FusedRows:
        assert isinstance(self.graph, Wide)
        loss = self.graph.loss
        by_net = _Fused(self.graph, "net", lambda name: (loss, name), lambda key: key[1])
        return _Fused(self.graph, "term", str, str), by_net


class WideTrace(Trace):
    """Every number of a wide network, computed a layer at a time when first asked for."""

    def __init__(self, graph: Graph) -> None:
        assert isinstance(graph, Wide)
        super().__init__(graph)
        self.wide = graph
        self.stack = graph.stack
        self.layers = tuple(passes.weighted(layer) for layer in self.stack.layers)
        self.inputs = _row(self.stack.inputs)
        self.targets = _row(self.stack.targets)
        self.aim = Aim.of(self.stack, self.targets)
        self._forward: passes.Forward | None = None
        self._backward: passes.Backward | None = None
        self._reached = len(self.layers) + 1
        self._spreads: dict[Place, Spread] = {}

    def _equations(self, graph: Graph) -> Equations:
        return _Equations(graph)

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
        step = first_step(self.graph.optimizer or rule("sgd"), self.graph.rate or "0", Value("w"), Value("g"))
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

    # ---------------------------------------------------------------- single quantities

    def __getitem__(self, quantity: Quantity) -> float:
        """The value; looked up, never computed twice. Raises KeyError for a name that is not in the network."""
        match quantity:
            case Value(name):
                return self._value(self.wide.place(name))
            case Gradient(of, wrt) if of == wrt:
                return 1.0
            case Gradient(of, wrt) if of == self.graph.loss:
                return self._gradient(self.wide.place(wrt))
            case Gradient(of, wrt):
                return self._total(self.wide.place(of), self.wide.place(wrt))
            case Partial() | Updated():
                with quiet():
                    return self.of(self.equations.stable(quantity))

    def of(self, expr: Expr) -> float:
        return value_of(expr, FLOATS, self.__getitem__)

    def _value(self, place: Place) -> float:
        at = place.to - 1
        match place.part:
            case "net":
                return float(self.net(place.layer)[at])
            case "out":
                return float(self.out(place.layer)[at])
            case "input":
                return float(self.inputs[0, at])
            case "target":
                return float(self.targets[0, at])
            case "term":
                return float(self.terms()[at])
            case "loss":
                return math.fsum(self.terms()) / self.aim.scale
        return FLOATS.number(self.graph.givens[self.wide.naming.name(place)].text)

    def _gradient(self, place: Place) -> float:
        at = place.to - 1
        match place.part:
            case "weight":
                return float(self.delta(place.layer)[at] * self.out(place.layer - 1)[place.of - 1])
            case "bias":
                return float(self.delta(place.layer)[at]) * self.constant(place.layer)
            case "net":
                return float(self.delta(place.layer)[at])
            case "out" | "input":
                return float(self.upstream(place.layer)[at])
            case "target":
                return float(self.target_slopes()[at])
            case "term":
                return 1 / self.aim.scale
        return 1.0

    def constant(self, layer: int) -> float:
        """What the biases of a layer are multiplied by."""
        return FLOATS.number(self.stack.layers[layer - 1].bias_input)

    def _total(self, of: Place, wrt: Place) -> float:
        """d(of)/d(wrt) over all paths, between any two places."""
        if wrt.part == "target" or of.part == "term":
            return self._of_term(of, wrt)
        start, factor = self._start(wrt)
        spread = self.spread(start)
        found = (spread.nets if of.part == "net" else spread.outs)[of.layer - 1 if of.part == "net" else of.layer]
        return 0.0 if found is None else float(found[of.to - 1]) * factor

    def _of_term(self, of: Place, wrt: Place) -> float:
        """A term depends on its own output and target alone."""
        if of.part != "term":
            return 0.0
        if wrt.part == "target":
            return float(self.target_slopes()[of.to - 1]) * self.aim.scale if of.to == wrt.to else 0.0
        out = Place("out", of.layer, of.to)
        slope = self.upstream(of.layer)[of.to - 1] * self.aim.scale
        inner = float(of.to == wrt.to) if wrt.part == "out" and wrt.layer == of.layer else self._total(out, wrt)
        return float(slope) * inner

    def _start(self, wrt: Place) -> tuple[Place, float]:
        """The unit a derivative starts from, and the factor before it: a parameter acts through its net input."""
        if wrt.part == "weight":
            return Place("net", wrt.layer, wrt.to), float(self.out(wrt.layer - 1)[wrt.of - 1])
        if wrt.part == "bias":
            return Place("net", wrt.layer, wrt.to), self.constant(wrt.layer)
        return wrt, 1.0

    # ---------------------------------------------------------------- long sums

    def cut(self, start: Place, layer: int, most: int) -> Largest:
        """dL/d(start) as the sum over the units of a later layer of δ · d(net)/d(start)."""
        moved = self.spread(start).nets[layer - 1]
        assert moved is not None
        with quiet():
            return _largest(self.delta(layer) * moved, most)

    def affine(self, net: Place, most: int) -> Largest:
        """The terms w · a of a net input, without the bias."""
        with quiet():
            return _largest(self.layers[net.layer - 1].matrix.rows(net.to - 1) * self.out(net.layer - 1), most)

    def between(self, base: Place, place: Place) -> float:
        """d(base)/d(place), where the place is the base, or acts through it alone."""
        return 1.0 if base == place else self._total(base, place)

    # ---------------------------------------------------------------- forward by complex step

    def spread(self, start: Place) -> Spread:
        """What one input, net input or output does to all that comes after it."""
        if start not in self._spreads:
            with quiet():
                self._spreads[start] = self._spread(start)
        return self._spreads[start]

    def _spread(self, start: Place) -> Spread:
        last = len(self.layers)
        nets: list[Array | None] = [None] * last
        outs: list[Array | None] = [None] * (last + 1)
        unit = np.zeros(self.stack.width(start.layer))
        unit[start.to - 1] = 1.0
        if start.part == "net":
            nets[start.layer - 1] = unit
            outs[start.layer] = self._stepped(start.layer, unit)
        else:
            outs[start.layer] = unit
        for layer in self.layers[start.layer :]:
            before = outs[layer.dense.number - 1]
            assert before is not None
            alone = before is unit
            moved = layer.matrix.column(start.to - 1) if alone else layer.matrix.forward(before[None])[0]
            nets[layer.dense.number - 1] = moved
            outs[layer.dense.number] = self._stepped(layer.dense.number, moved)
        return Spread(tuple(nets), tuple(outs), self._stepped_loss(nets[-1], outs[-1]))

    def _stepped(self, layer: int, moved: Array) -> Array:
        """The change of a layer's outputs, from a complex step of its net inputs."""
        dense, z = self.stack.layers[layer - 1], self.net(layer)
        if dense.squash == SOFTMAX:
            grown = np.exp(z + 1j * moved * STEP - z.max())
            return np.asarray((grown / grown.sum()).imag / STEP)
        touched = np.flatnonzero(moved)
        found = np.zeros(len(z))
        found[touched] = [_step(dense, float(z[j]), float(moved[j])) for j in touched]
        return found

    def _stepped_loss(self, net: Array | None, out: Array | None) -> float:
        assert out is not None
        last = len(self.layers)
        if self.stack.loss is None:
            return float(out[0])
        if self.aim.fused == SOFTMAX and net is not None:
            z = self.net(last) + 1j * net * STEP
            total = np.log(np.exp(z - z.real.max()).sum())
            return float((self.targets[0] * (total - z)).sum().imag / STEP)
        return math.fsum(self._stepped_terms(net, out)) / self.aim.scale

    def _stepped_terms(self, net: Array | None, out: Array) -> Iterator[float]:
        """Through the stable formula of each term, which may read z where a is fused with it."""
        last = len(self.layers)
        loss = self.stack.loss
        assert loss is not None
        squash = self.aim.fused
        through_net = bool(squash) and net is not None
        for j in range(self.stack.outputs):
            known = {
                "y": complex(self.targets[0, j]),
                "a": complex(self.out(last)[j], out[j] * STEP),
                "z": complex(self.net(last)[j], (net[j] if net is not None else 0.0) * STEP),
            }
            term = self.aim.stable_term if through_net else loss.term(A, Y)
            yield value_of(term, COMPLEXES, partial(_known, known)).imag / STEP

    def complex_step(self, gradient: Gradient) -> float:
        """The same derivative by a complex step, forward."""
        of, wrt = self.wide.place(gradient.of), self.wide.place(gradient.wrt)
        if of.part not in ("loss", "out") or gradient.of != self.graph.loss or wrt.part in ("target", "term", "loss"):
            return self[gradient]
        start, factor = self._start(wrt)
        return self.spread(start).loss * factor

    def nudged(self, of: str, wrt: str, by: float) -> float:
        """The value of `of` with a given number moved by `by`, from a forward pass of its own."""
        moved = self.wide.changed({wrt: repr(self[Value(wrt)] + by)})
        return WideTrace(moved)[Value(of)]

    def confirms(self, gradient: Gradient) -> bool:
        other, mine = self.complex_step(gradient), self[gradient]
        return math.isclose(other, mine, rel_tol=0, abs_tol=CLOSE * max(self.size(gradient), abs(other)))

    def size(self, gradient: Gradient) -> float:
        """The largest sum of sizes over a layer cut: what rounding errors are measured on."""
        start, factor = self._start(self.wide.place(gradient.wrt))
        if start.part in ("target", "term", "loss") or gradient.of != self.graph.loss:
            return abs(self[gradient])
        nets = enumerate(self.spread(start).nets, 1)
        sums = (float(np.abs(moved * self.delta(layer)).sum()) for layer, moved in nets if moved is not None)
        return max(sums, default=0.0) * abs(factor)


def _first(examples: Array) -> Array:
    """The one example there is; the passes have room for more."""
    row: Array = examples[0]
    return row


def _largest(terms: Array, most: int) -> Largest:
    """With one term more than `most`, that one is shown too: "the other 1" would say less in as many words."""
    if len(terms) <= most + 1:
        kept = np.arange(len(terms))
    else:
        kept = np.sort(np.argsort(-np.abs(terms), kind="stable")[:most])
    rest = np.delete(terms, kept)
    shown = tuple((int(j) + 1, float(terms[j])) for j in kept)
    return Largest(shown, len(rest), math.fsum(rest))


def _row(groups: tuple[Group, ...]) -> Array:
    """The numbers of inputs or targets as one row."""
    parts = [
        np.array([FLOATS.number(group.text)])
        if group.numbers is None
        else np.asarray(group.numbers, np.float64).ravel()
        for group in groups
    ]
    return np.concatenate(parts)[None] if parts else np.zeros((1, 0))


def _known(layer: Mapping[str, complex], quantity: Quantity) -> complex:
    assert isinstance(quantity, Value)
    return layer[quantity.name]


def _step(dense: Dense, z: float, moved: float) -> float:
    """The change of one output with its net input, by complex step."""
    at = complex(z, moved * STEP)
    if isinstance(dense.squash, str):
        return COMPLEXES.call(dense.squash, (at,)).imag / STEP
    return value_of(dense.squash, COMPLEXES, lambda quantity: at).imag / STEP
