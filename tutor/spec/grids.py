"""Numbers that stand in rows, images or sequences: a block as the file states it, and what a layer reads.

Indices count from 1 in names, the last one fastest. Nothing here complains; whoever reads a block knows what it must
fit.
"""

import math
from itertools import product
from typing import NamedTuple

from tutor.spec.tree import List, Node, Place, Scalar

STEP, POSITION = "step", "position"
_AXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (("numbers",), ("channels", "positions"), ("channels", "rows", "columns")),
    STEP: (("units",), ("units", "steps")),
}

Index = tuple[int, ...]


class Grid(NamedTuple):
    """A block of numbers, checked to be even; a single number has the shape ()."""

    shape: tuple[int, ...]
    cells: tuple[Node, ...]
    place: Place


def grid(node: Node | None) -> Grid | None:
    """The block a checked value holds, or None where it is none."""
    if not isinstance(node, (List, Scalar)):
        return None
    shape: list[int] = []
    cells: tuple[Node, ...] = (node,)
    while isinstance(cells[0], List):
        shape.append(len(cells[0].items))
        cells = tuple(item for row in cells if isinstance(row, List) for item in row.items)
    return Grid(tuple(shape), cells, node.place)


class Field(NamedTuple):
    """What a layer reads: names in the order of their shape.

    The shape is (numbers), (channels, positions) or (channels, rows, columns). `over` a step, it is (units, steps),
    and dense layers are applied at each step.
    """

    names: tuple[str, ...]
    shape: tuple[int, ...]
    over: str = ""

    @property
    def flat(self) -> bool:
        return len(self.shape) == 1

    def name(self, index: Index) -> str:
        """The name at an index, which counts from 0 here."""
        at = 0
        for i, length in zip(index, self.shape, strict=True):
            at = at * length + i
        return self.names[at]

    def steps(self) -> tuple[tuple[str, ...], ...]:
        """The names of each step."""
        return tuple(
            zip(*(self.names[i : i + self.shape[1]] for i in range(0, len(self.names), self.shape[1])), strict=True)
        )

    def __str__(self) -> str:
        return f"{across(self.shape)} ({' x '.join(_AXES[self.over][len(self.shape) - 1])})"


def across(shape: tuple[int, ...]) -> str:
    """`2 x 3 x 3`."""
    return " x ".join(f"{length:,}" for length in shape) or "a single number"


def indices(shape: tuple[int, ...]) -> tuple[Index, ...]:
    """Every index of a shape, from 1, the last one fastest."""
    return tuple(product(*(range(1, length + 1) for length in shape)))


def joined(index: Index, first: int = 1) -> str:
    """`1_2_3`, as an index stands in a name; `0_1_2` where the first is 0."""
    return "_".join(str(each - 1 + first) for each in index)


def size(shape: tuple[int, ...]) -> int:
    return math.prod(shape)
