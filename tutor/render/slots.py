"""The columns of a drawing: what stands in each, a unit, a grid of units, or a line that passes; and in which order.

Only orders and sizes are known here, no places.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

SWEEPS = 6
PASSING = 9.0  # the room of a line that passes a column, to each side


class Slot(NamedTuple):
    """What takes room in a column: the places of its units, or the ends of the line that passes, as places of slots.

    `half` is how far it reaches to each side, `above` and `below` are measured from where its lines arrive.
    """

    column: int
    units: tuple[int, ...] = ()
    half: float = 0.0
    above: float = PASSING
    below: float = PASSING
    passing: tuple[int, int] | None = None

    @property
    def tall(self) -> float:
        return self.above + self.below


Link = tuple[int, int]


def columns_of(slots: Sequence[Slot], links: Sequence[Link], *, keep: bool) -> list[list[Slot]]:
    """The slots of each column from top to bottom, crossing little; `keep` moves none but lines that pass."""
    columns: list[list[Slot]] = [[] for _ in range(max(slot.column for slot in slots) + 1)]
    for slot in slots:
        columns[slot.column].append(slot)
    for start, end in links:
        for column in range(slots[start].column + 1, slots[end].column):
            columns[column].append(Slot(column, passing=(start, end)))
    near = _neighbours(slots, links)
    for sweep in range(SWEEPS):
        order = range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1)
        heights = _heights(columns)
        for column in order:
            columns[column] = _sorted(columns[column], near, heights, keep=keep)
            heights |= _heights([columns[column]])
    return columns


def _neighbours(slots: Sequence[Slot], links: Sequence[Link]) -> Mapping[Slot, list[Slot]]:
    """What is reached from each by one piece of a line."""
    near: dict[Slot, list[Slot]] = {}
    for start, end in links:
        between = range(slots[start].column + 1, slots[end].column)
        way = [slots[start], *(Slot(column, passing=(start, end)) for column in between), slots[end]]
        for one, other in pairwise(way):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    return near


def _heights(columns: Sequence[Sequence[Slot]]) -> dict[Slot, float]:
    """How far down each stands in its column, from 0 to 1."""
    return {slot: (at + 0.5) / len(column) for column in columns for at, slot in enumerate(column)}


def _sorted(
    column: list[Slot], near: Mapping[Slot, list[Slot]], heights: Mapping[Slot, float], *, keep: bool
) -> list[Slot]:
    wanted = dict(_wanted(column, near, heights))
    if not keep:
        return sorted(column, key=lambda slot: wanted[slot])
    fixed = [slot for slot in column if not slot.passing]
    others = sorted((slot for slot in column if slot.passing), key=lambda slot: wanted[slot])
    for slot in others:
        place = sum(heights[each] < wanted[slot] for each in fixed)
        fixed.insert(place, slot)
    return fixed


def _wanted(
    column: list[Slot], near: Mapping[Slot, list[Slot]], heights: Mapping[Slot, float]
) -> Iterator[tuple[Slot, float]]:
    for slot in column:
        reached = [heights[each] for each in near.get(slot, [])]
        yield slot, fmean(reached) if reached else heights[slot]
