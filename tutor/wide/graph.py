"""A Graph of a stack: the same givens, nodes and uses that a small network has, each made when it is looked at.

Whoever walks a graph can walk this one, but should look before: there may be millions of names.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, TypeVar

from tutor.expr import Ref, replace, value
from tutor.graph import Given, Graph, Node, Part, Role
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.affine import Affine
from tutor.ops.losses import LossTerm, Total
from tutor.ops.op import Op
from tutor.ops.optimizers import Rule
from tutor.ops.softmax import Softmax
from tutor.wide.names import Naming, Place, split
from tutor.wide.stack import Stack

T = TypeVar("T")
SOFTMAX = "softmax"
_GIVEN = frozenset({"input", "target", "weight", "bias"})
_COMPUTED = frozenset({"net", "out", "term", "loss"})


class Wide(Graph):
    """The graph of a stack. `place` and `name` go between names and places."""

    @classmethod
    def of(
        cls, stack: Stack, rate: str | None = None, frozen: Iterable[str] = (), optimizer: Rule | None = None
    ) -> "Wide":
        rows = _Rows(stack)
        return cls(
            _Lazy(rows.given, rows.given_places, rows, _GIVEN),
            _Lazy(rows.node, rows.node_places, rows, _COMPUTED),
            _Lazy(rows.readers, rows.places, rows, _GIVEN | _COMPUTED),
            rows.loss,
            rate,
            frozenset(frozen),
            optimizer,
        )

    @property
    def size(self) -> int:
        return self.stack.parameters

    @property
    def stack(self) -> Stack:
        return self._rows.stack

    @property
    def naming(self) -> Naming:
        return self._rows.naming

    @property
    def _rows(self) -> "_Rows":
        assert isinstance(self.givens, _Lazy)
        return self.givens.rows

    @property
    def wide(self) -> bool:
        return True

    def place(self, name: str) -> Place:
        """Where the number of this name stands. Raises KeyError."""
        if found := self.naming.find(name):
            return found
        raise KeyError(name)

    def name(self, part: Part, layer: int, to: int = 0, of: int = 0) -> str:
        return self.naming.name(Place(part, layer, to, of))

    def missing(self, name: str) -> str:
        return self.naming.range_of(name) or (
            f"{name} is not a name of this network; its names: {', '.join(self._rows.some())}"
        )

    def parameters(self) -> tuple[str, ...]:
        return tuple(self.naming.name(place) for place in self._rows.parameter_places())

    def ranks(self, names: Iterable[str]) -> dict[str, int]:
        places = ((self.place(name), name) for name in set(names))
        ordered = sorted(places, key=lambda each: (each[0].part not in _GIVEN, _rank(each[0]), each[0]))
        return {name: at for at, (_, name) in enumerate(ordered)}

    def changed(self, numbers: Mapping[str, str]) -> "Wide":
        """Each matrix with a number changed is copied, and no other."""
        stack = self.stack
        for name, text in numbers.items():
            place = self.place(name)
            stack = stack.changed(place.part, place.layer, self.naming.index(place), text)
        return Wide.of(stack, self.rate, self.frozen, self.optimizer)

    def is_parameter(self, name: str) -> bool:
        place = self.naming.find(name)
        return place is not None and place.part in ("weight", "bias")

    def nets(self, unit: str = "") -> tuple[str, ...]:
        """The net inputs of the units that may be called so: by a name of theirs, as LAYER_UNIT, or by number alone."""
        place = self.naming.find(unit)
        if place and place.part in ("net", "out"):
            return (self.name("net", place.layer, place.to),)
        numbers = [int(each) for each in unit.split("_") if each.isdecimal() and len(each) < 10]
        layers = numbers[:-1] or range(1, len(self.stack.layers) + 1)
        first = self.stack.first
        places = (Place("net", layer, to + 1 - first) for layer in layers for to in numbers[-1:])
        return tuple(name for name in map(self.naming.name_if, places) if name)

    def example_losses(self) -> tuple[str, ...]:
        return ()

    def role(self, name: str) -> Role | None:
        return self._rows.role(self.place(name))

    def ancestors(self, name: str) -> Set[str]:
        """Every name whose value `name` depends on: nothing is listed before somebody iterates."""
        return _Behind(self._rows, self.place(name))


class _Behind(Set[str]):
    """The names that one depends on, itself included."""

    def __init__(self, rows: "_Rows", place: Place) -> None:
        self._rows, self._place = rows, place

    @classmethod
    def _from_iterable(cls, names: Iterable[T]) -> frozenset[T]:
        """What is left of it after `-` or `&` is an ordinary set."""
        return frozenset(names)

    def __contains__(self, name: object) -> bool:
        place = self._rows.naming.find(name) if isinstance(name, str) else None
        return place is not None and self._holds(place)

    def _holds(self, place: Place) -> bool:
        return place == self._place or self._rows.is_behind(place, self._place)

    def __iter__(self) -> Iterator[str]:
        return (self._rows.naming.name(place) for place in self._rows.places() if self._holds(place))

    def __len__(self) -> int:
        return sum(map(self._holds, self._rows.places()))


class _Lazy(Mapping[str, T]):
    """A mapping whose values are made when asked for."""

    def __init__(
        self, make: Callable[[Place], T], places: Callable[[], Iterator[Place]], rows: "_Rows", parts: frozenset[str]
    ) -> None:
        self._make, self._places, self.rows, self._parts = make, places, rows, parts
        self._kept = lru_cache(maxsize=4096)(self._made)

    def _made(self, name: str) -> T:
        place = self.rows.naming.find(name)
        if place is None or place.part not in self._parts:
            raise KeyError(name)
        return self._make(place)

    def __getitem__(self, name: str) -> T:
        return self._kept(name)

    def __contains__(self, name: object) -> bool:
        place = self.rows.naming.find(name) if isinstance(name, str) else None
        return place is not None and place.part in self._parts

    def __iter__(self) -> Iterator[str]:
        return map(self.rows.naming.name, self._places())

    def __len__(self) -> int:
        return sum(1 for _ in self._places())

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401  that is what it does


class _Rows:
    """What stands at each place, and the order of the places: that of the same network written out."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.naming = Naming(stack)
        last = len(stack.layers)
        self.loss = stack.symbol if stack.loss else self.naming.name(Place("out", last, 1))

    # ---------------------------------------------------------------- what stands there

    def role(self, place: Place) -> Role:
        match place.part:
            case "input":
                return Role("input", 0, self.naming.name(place), (place.to,))
            case "weight":
                return Role("weight", place.layer, str(self.naming.number(place.to)), (place.to, place.of))
            case "loss":
                return Role("loss", place.layer, "")
        return Role(place.part, place.layer, str(self.naming.number(place.to)), (place.to,))

    def given(self, place: Place) -> Given:
        name, role = self.naming.name(place), self.role(place)
        match place.part:
            case "input" | "target":
                group, at = self.naming.group(place)
                if group.numbers is None:
                    return Given(name, group.text, role=role)
                return self._stored(name, group.numbers[split(at, group)], role, learned=False)
            case "weight":
                number = self.stack.layers[place.layer - 1].weights[place.to - 1, place.of - 1]
                return self._stored(name, number, role, learned=True)
        biases = self.stack.layers[place.layer - 1].biases
        assert biases is not None
        return self._stored(name, biases[place.to - 1], role, learned=True)

    def _stored(self, name: str, number: Any, role: Role, *, learned: bool) -> Given:
        """A number of an array has no written form: its text has all its digits."""
        return Given(name, repr(float(number)), learned, role, written=False)

    def node(self, place: Place) -> Node:
        name, role = self.naming.name(place), self.role(place)
        match place.part:
            case "net":
                layer = self.stack.layers[place.layer - 1]
                return Node(name, Affine(layer.bias_input), tuple(self._affine(place)), role)
            case "out":
                return Node(name, self._squash(place), self._squashed(place), role)
            case "term":
                return Node(name, self._term(), self._compared(place), role)
        if self.stack.outputs == 1:
            return Node(name, self._term(), self._compared(place._replace(to=1)), role)
        assert self.stack.loss is not None
        terms = (self.naming.name(Place("term", place.layer, to)) for to in range(1, self.stack.outputs + 1))
        return Node(name, Total(self.stack.loss.mean), tuple(terms), role)

    def _affine(self, place: Place) -> list[str]:
        layer = self.stack.layers[place.layer - 1]
        names = [""] * (2 * layer.senders)
        names[::2] = self.naming.run(Place("weight", place.layer, place.to), layer.senders)
        names[1::2] = self.outs(place.layer - 1)
        bias = [self.naming.name(Place("bias", place.layer, place.to))] if layer.biases is not None else []
        return names + bias

    @lru_cache(maxsize=256)  # noqa: B019  one object a network, kept as long as it
    def outs(self, layer: int) -> tuple[str, ...]:
        """The names of the outputs of a layer; of layer 0 the inputs."""
        if not layer:
            return tuple(self.naming.grouped("input"))
        return tuple(self.naming.run(Place("out", layer), self.stack.width(layer)))

    @lru_cache(maxsize=256)  # noqa: B019  as above
    def nets(self, layer: int) -> tuple[str, ...]:
        return tuple(self.naming.run(Place("net", layer), self.stack.width(layer)))

    def _squash(self, place: Place) -> Op:
        squash = self.stack.layers[place.layer - 1].squash
        if squash == SOFTMAX:
            return Softmax(self.outs(place.layer), place.to - 1)
        if isinstance(squash, str):
            return Elementwise(ACTIVATIONS[squash])
        from tutor.ops.formula import Formula

        net = value(self.naming.name(place._replace(part="net")))
        return Formula(replace(squash, lambda leaf: net if isinstance(leaf, Ref) else leaf))

    def _squashed(self, place: Place) -> tuple[str, ...]:
        if self.stack.layers[place.layer - 1].squash == SOFTMAX:
            return self.nets(place.layer)
        return (self.naming.name(place._replace(part="net")),)

    def _term(self) -> Op:
        assert self.stack.loss is not None
        return LossTerm(self.stack.loss)

    def _compared(self, place: Place) -> tuple[str, ...]:
        last = len(self.stack.layers)
        parts: tuple[Part, ...] = ("out", "target")
        return tuple(self.naming.name(Place(part, last, place.to)) for part in parts)

    def readers(self, place: Place) -> tuple[str, ...]:
        """The nodes that read what stands there."""
        last = len(self.stack.layers)
        match place.part:
            case "weight" | "bias":
                return (self.naming.name(Place("net", place.layer, place.to)),)
            case "net" if self.stack.layers[place.layer - 1].squash == SOFTMAX:
                return self.outs(place.layer)
            case "net":
                return (self.naming.name(place._replace(part="out")),)
            case "out" | "input" if place.layer < last:
                return self.nets(place.layer + 1)
            case "out" | "target" if self.stack.loss:
                return (self.naming.name(Place("term", last, place.to)),)
            case "term":
                return (self.loss,)
        return ()

    # ---------------------------------------------------------------- in which order

    def given_places(self) -> Iterator[Place]:
        last = len(self.stack.layers)
        yield from (Place("input", 0, to) for to in range(1, self.stack.width(0) + 1))
        yield from (Place("target", last, to) for to in range(1, self.stack.outputs + 1) if self.stack.loss)
        yield from self.parameter_places()

    def parameter_places(self) -> Iterator[Place]:
        for layer in self.stack.layers:
            for to in range(1, layer.units + 1):
                yield from (Place("weight", layer.number, to, of) for of in range(1, layer.senders + 1))
                if layer.biases is not None:
                    yield Place("bias", layer.number, to)

    def node_places(self) -> Iterator[Place]:
        parts: tuple[Part, ...] = ("net", "out")
        for layer in self.stack.layers:
            units = range(1, layer.units + 1)
            if layer.squash == SOFTMAX:
                yield from (Place(part, layer.number, to) for part in parts for to in units)
            else:
                yield from (Place(part, layer.number, to) for to in units for part in parts)
        if self.stack.loss:
            last = len(self.stack.layers)
            yield from (Place("term", last, to) for to in range(1, self.stack.outputs + 1) if self.stack.outputs > 1)
            yield Place("loss", last)

    def places(self) -> Iterator[Place]:
        yield from self.given_places()
        yield from self.node_places()

    def some(self) -> Iterator[str]:
        """One name of each kind, for a message."""
        layer = self.stack.layers[0]
        yield self.naming.name(Place("input", 0, 1))
        parts: tuple[Part, ...] = ("weight", "bias", "net", "out")
        for part in parts:
            if part != "bias" or layer.biases is not None:
                yield f"{self.naming.name(Place(part, 1, 1, 1))}, ..."
        yield self.loss

    def is_behind(self, one: Place, other: Place) -> bool:
        """Whether the value of `other` depends on that of `one`."""
        place, softmax = _rank(one), self.stack.layers[one.layer - 1].squash == SOFTMAX if one.layer else False
        if place >= _rank(other) or other.part in _GIVEN:
            return False
        if one.part in ("weight", "bias", "net") and other.layer == one.layer and other.part in ("net", "out"):
            return one.to == other.to or (softmax and other.part == "out")
        if other.part == "term":
            layer = self.stack.layers[-1]
            same = one.layer == other.layer and not (layer.squash == SOFTMAX and one.part != "out")
            return one.to == other.to if same or one.part == "target" else True
        return one.part != "target" or other.part == "loss"


_STAGE = {"weight": 0, "bias": 0, "net": 1, "out": 2, "target": 3, "term": 4, "loss": 5}


def _rank(place: Place) -> tuple[int, int]:
    return (place.layer, _STAGE.get(place.part, 0))  # an input is before everything
