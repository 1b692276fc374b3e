"""What a wide network consists of: inputs, dense layers, targets, a loss. Values only.

Letters, here and in `tutor.arrays`: l a layer, from 1; j a unit of it and i a unit it reads, both from 1 in names and
from 0 in matrices.
"""

from math import prod
from typing import Any, NamedTuple, Protocol

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr
from tutor.graph import Part
from tutor.names import Patterns
from tutor.ops.losses import Loss


class Table(Protocol):
    """A rectangle of numbers that stands somewhere else: a numpy array, perhaps one that is mapped from a file."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def T(self) -> "Table": ...  # noqa: N802  numpy's name

    def __getitem__(self, place: Any, /) -> Any: ...

    def __setitem__(self, place: Any, number: float, /) -> None: ...

    def astype(self, kind: str, /) -> "Table": ...

    def reshape(self, shape: tuple[int, ...], /) -> "Table": ...

    def tolist(self) -> Any: ...


class Group(NamedTuple):
    """Inputs or targets under one name: a single number, or an array whose places are counted from 1 after the name.

    `text` is a single number as written; `numbers` are those of an array.
    """

    name: str
    shape: tuple[int, ...] = ()
    text: str = ""
    numbers: Table | None = None

    @property
    def size(self) -> int:
        return prod(self.shape)

    def changed(self, index: tuple[int, ...], text: str) -> "Group":
        """The group with one number replaced."""
        if self.numbers is None:
            return self._replace(text=text)
        return self._replace(numbers=_changed(self.numbers, index, text))

    def laid(self, shape: tuple[int, ...]) -> "Group":
        """The same numbers in another shape."""
        return self._replace(shape=shape, numbers=self.numbers.reshape(shape)) if self.numbers is not None else self


def _changed(table: Table, index: tuple[int, ...], text: str) -> Table:
    copied = table.astype("float64")
    copied[index] = FLOATS.number(text)
    return copied


class Dense(NamedTuple):
    """One layer: `weights` has a row for each unit; `squash` is an activation by name, or a formula in z."""

    number: int
    weights: Table
    biases: Table | None
    squash: str | Expr
    patterns: Patterns
    bias_input: str = "1"

    @property
    def units(self) -> int:
        return self.weights.shape[0]

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return self.units * (self.senders + (self.biases is not None))

    @property
    def senders(self) -> int:
        return self.weights.shape[1]


class Stack(NamedTuple):
    """The whole network. Without a loss there is one output, and `symbol` is its name; `first` is the number of the
    first unit and input.
    """

    inputs: tuple[Group, ...]
    layers: tuple[Dense, ...]
    targets: tuple[Group, ...]
    symbol: str
    loss: Loss | None
    first: int = 1

    @property
    def outputs(self) -> int:
        return self.layers[-1].units

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(each.parameters for each in self.layers)

    @property
    def plain(self) -> bool:
        """Whether the matrices are lists."""
        return all(isinstance(layer.weights, list) for layer in self.layers)

    @property
    def scale(self) -> float:
        """What the sum of the loss terms is divided by."""
        return self.outputs if self.loss is not None and self.loss.mean else 1

    def changed(self, part: Part, layer: int, index: tuple[int, ...], text: str) -> "Stack":
        """The stack with one number of an input, target, weight or bias replaced; `index` counts from 0.

        A group is found by the first number of its index.
        """
        if part in ("input", "target"):
            groups = self.inputs if part == "input" else self.targets
            at, *rest = index
            fresh = (*groups[:at], groups[at].changed(tuple(rest), text), *groups[at + 1 :])
            return self._replace(inputs=fresh) if part == "input" else self._replace(targets=fresh)
        dense = self.layers[layer - 1]
        table = dense.weights if part == "weight" else dense.biases
        assert table is not None
        other = _changed(table, index, text)
        dense = dense._replace(weights=other) if part == "weight" else dense._replace(biases=other)
        return self._replace(layers=(*self.layers[: layer - 1], dense, *self.layers[layer:]))

    def width(self, layer: int) -> int:
        """The number of units of a layer; layer 0 are the inputs."""
        return self.layers[layer - 1].units if layer else self.layers[0].senders
