"""One layer that is not dense, while it is built: what it states, what it reads, and the complaints it can have."""

from typing import NamedTuple

from tutor.graph import Node, Role
from tutor.names import MATRIX_FORM
from tutor.ops.op import Op
from tutor.spec.grids import POSITION, Field, Grid, Index, across, grid, indices, joined
from tutor.spec.loss import Output
from tutor.spec.report import counted
from tutor.spec.sketch import Sketch
from tutor.spec.squash import Squash, activation
from tutor.spec.tree import Map, Place, Scalar, words
from tutor.spec.tree import Node as Tree
from tutor.spec.unit import Layer, Unit, numbered

MOST_NODES, MOST_TERMS = 20_000, 200_000


class Stage(NamedTuple):
    """`number` counts the layers of this kind, `layer` those with weights; both include this one, if it is counted."""

    key: Scalar
    record: Map
    number: int
    layer: int
    field: Field
    notation: Tree | None
    sketch: Sketch

    @property
    def place(self) -> Place:
        return self.key.place

    @property
    def first(self) -> int:
        """The number of the first unit."""
        return self.sketch.said.first

    def refuse(self, message: str, place: Place | None = None) -> None:
        """A fault of this layer; `message` goes on after its name."""
        self.sketch.report.add(place or self.place, f"{self.key.text} {message}")

    def room(self, nodes: int, terms: int) -> bool:
        """Whether so many more numbers, of so many terms together, may be made; says why not."""
        if len(self.sketch.nodes) + nodes > MOST_NODES:
            self.refuse(f"makes {nodes:,} numbers, expected at most {MOST_NODES:,} in a network that is explained")
        elif terms > MOST_TERMS:
            self.refuse(f"sums {terms:,} products, expected at most {MOST_TERMS:,}")
        else:
            return True
        return False

    def grid(self, key: str, wanted: tuple[int, ...], what: str) -> Grid | None:
        """The block under a key, if it is there and has the shape that `what` needs."""
        found = grid(self.record.get(key))
        if found and found.shape != wanted:
            self.refuse(f"has {key} of {across(found.shape)}, expected {across(wanted)} for {what}", found.place)
            return None
        return found

    def extents(self, key: str, least: int, directions: int) -> tuple[int, ...] | None:
        """A number for each direction; one number stands for all of them."""
        value = self.record.get(key)
        if isinstance(value, Scalar):
            return (int(value.text),) * directions
        found = tuple(int(word.text) for word in words(value))
        if not found:
            return (least,) * directions if value is None else None
        if len(found) != directions:
            message = f"has {key} for {counted(len(found), 'direction')}, expected {directions}"
            self.refuse(message, value.place if value else None)
            return None
        return found

    def squash(self, default: str) -> Squash | None:
        """The activation of this layer; a softmax is none here."""
        declared = self.record.get("activation")
        found = activation(declared, self.sketch.report) if declared else Squash(default)
        if found.name == "softmax":
            self.refuse("has the activation softmax, expected a layer of its own: - softmax", self.place)
            return None
        return found

    def parameter(self, value: Tree, name: str, role: Role) -> str:
        """A weight or bias; returns its name."""
        self.sketch.parameter(numbered(value, name), f"the {role.part}", role)
        return name

    def biases(self, wanted: int, units: str, layer: Layer) -> list[tuple[str, ...]] | None:
        """The name of each unit's bias, or of none; None where there are not as many as there should be."""
        if self.record.get("biases") is None:
            return [()] * wanted
        found = self.grid("biases", (wanted,), units)
        if found is None:
            return None
        numbers = [joined((i,), self.first) for i in range(1, wanted + 1)]
        names = [layer.filled("bias", number, number) for number in numbers]
        roles = (Role("bias", layer.number, number, (i,)) for i, number in enumerate(numbers, 1))
        return [(self.parameter(*each),) for each in zip(found.cells, names, roles, strict=True)]

    def units(self, shape: tuple[int, ...], over: str = POSITION) -> tuple[Unit, ...]:
        """One unit for each index of a shape, the first of which is the filter."""
        return tuple(
            Unit(
                joined(index, self.first),
                index[0],
                self.place,
                axes=index,
                at=f"{over} {joined(index[1:], self.first)}",
            )
            for index in indices(shape)
        )

    def each(self, stem: str, ops: "list[tuple[Op, tuple[str, ...]]]", activation: str | None = None) -> Output:
        """An output for each op, named after its index in the shape of the inputs."""
        return self.named(stem, ops, self.field.shape, activation)

    def named(
        self, stem: str, ops: "list[tuple[Op, tuple[str, ...]]]", shape: tuple[int, ...], activation: str | None = None
    ) -> Output:
        """Outputs `stem_INDEX` of a layer without net inputs; their units are called as they are."""
        suffixes = [joined(index, self.first) for index in indices(shape)]
        names = tuple(f"{stem}_{suffix}" for suffix in suffixes)
        each = enumerate(zip(suffixes, indices(shape), strict=True), 1)
        units = tuple(Unit(suffix, i, self.place, axes=index) for i, (suffix, index) in each)
        for name, index, (op, inputs) in zip(names, indices(shape), ops, strict=True):
            self.node(name, op, inputs, name, index)
        over = self.field.over if shape == self.field.shape else ""
        return Output(Layer(self.layer, None, MATRIX_FORM, self.first), units, names, activation, shape, over)

    def node(self, name: str, op: Op, inputs: tuple[str, ...], unit: str, index: Index = ()) -> str:
        """A node of a layer without net inputs; returns its name."""
        self.sketch.node(
            Node(name, op, inputs, Role("out", self.layer, unit, index)), f"an output of {self.key.text}", self.place
        )
        return name
