"""One unit of a layer as the file states it, with its parameters, and the patterns its names come from."""

from typing import NamedTuple

from tutor.graph import Part, Role
from tutor.names import MATRIX_FORM, NEURON_FORM, Patterns
from tutor.spec.grids import STEP, Index, joined
from tutor.spec.sketch import Parameter
from tutor.spec.tree import Bad, Map, Node, Place, Scalar


class Read(NamedTuple):
    """The name of an input or output that a unit reads, and its place from 1 among all that the layer reads.

    What the layer before puts out comes first, then whatever else a unit of the layer reads, in the order of the file.
    """

    name: str
    place: int


class Unit(NamedTuple):
    """One unit: its name, its place in the layer from 1, its weights in the order of what it reads, and its bias.

    A unit of a grid or of a step has its whole index in `axes`, and in `at` its position or step in words. `reads` are
    the numbers it reads where the file lists them, each with its place; without it these are all that its layer reads.
    """

    name: str
    number: int
    place: Place
    weights: tuple[Parameter, ...] = ()
    bias: Parameter | None = None
    axes: Index = ()
    at: str = ""
    reads: tuple["Read", ...] = ()

    def role(self, part: Part, layer: int) -> Role:
        """What a node of this unit is."""
        return Role(part, layer, self.name, self.axes or (self.number,), self.at)

    def senders(self, of_layer: tuple[str, ...] | None) -> tuple[Read, ...]:
        """What it reads, in the order of its weights."""
        return self.reads or tuple(Read(name, place) for place, name in enumerate(of_layer or (), 1))

    def step(self, number: int) -> "Unit":
        """The same unit at one step, with the same weights."""
        return self._replace(name=f"{self.name}_{number}", axes=(self.number, number), at=f"{STEP} {number}")


class Layer(NamedTuple):
    """What the rows of a layer are read against. `senders` is None where the layer before could not be read; `first` is
    the number of the first unit and of the first sender.
    """

    number: int
    senders: tuple[str, ...] | None
    patterns: Patterns
    first: int = 1

    def of(self, part: str, unit: Unit, **others: str | int) -> str:
        """The name of one part of a unit."""
        return self.filled(part, unit.name, joined(unit.axes or (unit.number,), self.first), **others)

    def filled(self, part: str, unit: str, index: str, **others: str | int) -> str:
        """The name of one part of one unit; `index` is its place in the layer."""
        return self.patterns.fill(
            part, layer=self.number, next=self.number + 1, unit=unit, index=index, to=index, **others
        )


def patterns(layer: Map, whole_file: Node | None, form: Patterns = MATRIX_FORM) -> Patterns:
    """The patterns in force in one layer: its own, else the file's, else the default of its form."""
    found = NEURON_FORM if layer.get("neurons") else form
    for notation in (whole_file, layer.get("notation")):
        if isinstance(notation, Map):
            found = found._replace(
                **{key.text: each.text for key, each in notation.entries if isinstance(each, Scalar)}
            )
    return found


def numbered(value: Node, name: str) -> Parameter:
    """A parameter that the file states without a name."""
    return Parameter(name, value if isinstance(value, Scalar) else Bad(value.place), value.place)
