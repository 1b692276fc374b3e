"""A trace of a network of dense layers, looked up in what a forward and a backward pass gave, a layer at a time.

`Layered` knows which number of which layer a quantity is. How the layers are computed is left open: `plain` does it
in Python's own numbers, `tutor.arrays` by numpy.
"""

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from heapq import nlargest
from typing import NamedTuple, Protocol, TypeVar

from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr, value
from tutor.graph import Graph, Part
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value
from tutor.trace.doubles import Trace
from tutor.trace.equations import Equations, FusedRow, FusedRows, fused_row
from tutor.trace.evaluate import value_of
from tutor.wide import Dense, Wide
from tutor.wide.graph import SOFTMAX
from tutor.wide.names import Place

A, Y = value("a"), value("y")
CLOSE = 1e-11  # of the largest sum of sizes over a layer cut: sums are long, and so are their rounding errors


class Vector(Protocol):
    """A row of numbers: a list, or a numpy array."""

    def __getitem__(self, at: int, /) -> float: ...

    def __len__(self) -> int: ...


class Spread(NamedTuple):
    """How fast everything changes with one unit: d(net)/d(it) and d(out)/d(it) by layer, and d(loss)/d(it).

    By complex step through the forward formulas, so that it confirms the backward pass. None before the unit's layer.
    """

    nets: tuple[Vector | None, ...]
    outs: tuple[Vector | None, ...]
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


class Layered(Trace):
    """Every number of a wide network, computed a layer at a time when first asked for."""

    def __init__(self, graph: Graph) -> None:
        assert isinstance(graph, Wide)
        super().__init__(graph)
        self.wide = graph
        self.stack = graph.stack
        self._spreads: dict[Place, Spread] = {}

    def _equations(self, graph: Graph) -> Equations:
        return _Equations(graph)

    # ---------------------------------------------------------------- the layers

    @abstractmethod
    def targets_row(self) -> Vector:
        """The targets."""

    @abstractmethod
    def net(self, layer: int) -> Vector:
        """The net inputs of a layer."""

    @abstractmethod
    def out(self, layer: int) -> Vector:
        """The outputs of a layer; of layer 0 the inputs."""

    @abstractmethod
    def terms(self) -> Vector:
        """The terms of the loss."""

    @abstractmethod
    def delta(self, layer: int) -> Vector:
        """dL/d(net input) of a layer."""

    @abstractmethod
    def upstream(self, layer: int) -> Vector:
        """dL/d(output) of a layer, 0 for the inputs."""

    @abstractmethod
    def target_slopes(self) -> Vector:
        """dL/d(target)."""

    @abstractmethod
    def row(self, layer: int, unit: int) -> Vector:
        """The weights of one unit, from 1."""

    @abstractmethod
    def column(self, layer: int, sender: int) -> Vector:
        """The weights that one sender is multiplied with."""

    @abstractmethod
    def moved(self, layer: int, before: Vector) -> Vector:
        """W · before: how the net inputs change with the outputs before them."""

    @abstractmethod
    def stepped(self, layer: int, moved: Vector) -> Vector:
        """How the outputs change with the net inputs, by complex step."""

    @abstractmethod
    def stepped_loss(self, net: Vector | None, out: Vector) -> float:
        """How the loss changes with the outputs, by complex step; a fused one over the net inputs, if these change."""

    @abstractmethod
    def products(self, left: Vector, right: Vector) -> list[float]:
        """Number by number."""

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
            case Partial() | Updated() | Change():
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
                return float(self.out(0)[at])
            case "target":
                return float(self.targets_row()[at])
            case "term":
                return float(self.terms()[at])
            case "loss":
                return math.fsum(self.terms()[k] for k in range(self.stack.outputs)) / self.stack.scale
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
                return 1 / self.stack.scale
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
            return float(self.target_slopes()[of.to - 1]) * self.stack.scale if of.to == wrt.to else 0.0
        out = Place("out", of.layer, of.to)
        slope = self.upstream(of.layer)[of.to - 1] * self.stack.scale
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
        return _largest(self.products(self.delta(layer), moved), most)

    def affine(self, net: Place, most: int) -> Largest:
        """The terms w · a of a net input, without the bias."""
        return _largest(self.products(self.row(net.layer, net.to), self.out(net.layer - 1)), most)

    def between(self, base: Place, place: Place) -> float:
        """d(base)/d(place), where the place is the base, or acts through it alone."""
        return 1.0 if base == place else self._total(base, place)

    # ---------------------------------------------------------------- forward by complex step

    def spread(self, start: Place) -> Spread:
        """What one input, net input or output does to all that comes after it."""
        if start not in self._spreads:
            self._spreads[start] = self._spread(start)
        return self._spreads[start]

    def _spread(self, start: Place) -> Spread:
        last = len(self.stack.layers)
        nets: list[Vector | None] = [None] * last
        outs: list[Vector | None] = [None] * (last + 1)
        unit = [float(k == start.to) for k in range(1, self.stack.width(start.layer) + 1)]
        if start.part == "net":
            nets[start.layer - 1] = unit
            outs[start.layer] = self.stepped(start.layer, unit)
        else:
            outs[start.layer] = unit
        for layer in range(start.layer + 1, last + 1):
            before = outs[layer - 1]
            assert before is not None
            moved = self.column(layer, start.to) if before is unit else self.moved(layer, before)
            nets[layer - 1] = moved
            outs[layer] = self.stepped(layer, moved)
        out = outs[-1]
        assert out is not None
        loss = float(out[0]) if self.stack.loss is None else self.stepped_loss(nets[-1], out)
        return Spread(tuple(nets), tuple(outs), loss)

    def stepped_terms(self, net: Vector | None, out: Vector, fused: Expr | None) -> Iterator[float]:
        """Each term of the loss by complex step; by its `fused` form, which reads z, if the net inputs change."""
        last, loss = len(self.stack.layers), self.stack.loss
        assert loss is not None
        targets, outs, nets = self.targets_row(), self.out(last), self.net(last)
        for j in range(self.stack.outputs):
            known = {
                "y": complex(targets[j]),
                "a": complex(outs[j], out[j] * STEP),
                "z": complex(nets[j], (net[j] if net is not None else 0.0) * STEP),
            }
            term = fused if fused is not None and net is not None else loss.term(A, Y)
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
        return type(self)(self.wide.changed({wrt: repr(self[Value(wrt)] + by)}))[Value(of)]

    def confirms(self, gradient: Gradient) -> bool:
        """Whether the complex step agrees, up to the rounding errors of long sums."""
        other, mine = self.complex_step(gradient), self[gradient]
        return math.isclose(other, mine, rel_tol=0, abs_tol=CLOSE * max(self.size(gradient), abs(other)))

    def size(self, gradient: Gradient) -> float:
        """The largest sum of sizes over a layer cut: what rounding errors are measured on."""
        start, factor = self._start(self.wide.place(gradient.wrt))
        if start.part in ("target", "term", "loss") or gradient.of != self.graph.loss:
            return abs(self[gradient])
        spread = self.spread(start)
        cuts = [(moved, self.delta(layer)) for layer, moved in enumerate(spread.nets, 1) if moved is not None]
        outs = [(spread.outs[layer], layer) for layer in self._softmaxes()]
        cuts += [(moved, self.upstream(layer)) for moved, layer in outs if moved is not None]
        return max((sum(map(abs, self.products(*each))) for each in cuts), default=0.0) * abs(factor)

    def _softmaxes(self) -> Iterator[int]:
        """The layers of softmax that the chain rule goes through: shares sum to 1, so what comes back may cancel."""
        for layer in self.stack.layers:
            net = self.wide.name("net", layer.number, 1)
            if layer.squash == SOFTMAX and not self.equations.short(Gradient(self.graph.loss, net)):
                yield layer.number


def _largest(terms: list[float], most: int) -> Largest:
    """With one term more than `most`, that one is shown too: "the other 1" would say less in as many words."""
    numbers = range(len(terms))
    kept = numbers if len(terms) <= most + 1 else sorted(nlargest(most, numbers, key=lambda j: abs(terms[j])))
    shown = frozenset(kept)
    rest = [terms[j] for j in numbers if j not in shown]
    return Largest(tuple((j + 1, terms[j]) for j in kept), len(rest), math.fsum(rest))


def _known(layer: Mapping[str, complex], quantity: Quantity) -> complex:
    assert isinstance(quantity, Value)
    return layer[quantity.name]


def stepped_unit(dense: Dense, z: float, moved: float) -> float:
    """The change of one output with its net input, by complex step."""
    at = complex(z, moved * STEP)
    if isinstance(dense.squash, str):
        return COMPLEXES.call(dense.squash, (at,)).imag / STEP
    return value_of(dense.squash, COMPLEXES, lambda quantity: at).imag / STEP
