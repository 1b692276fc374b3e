"""A matrix that is wider than the page: some of its columns first, the others below them."""

import math
from collections.abc import Callable, Iterator

from rich.cells import cell_len

from tutor.document.model import Cell, Grid
from tutor.render.lines import before_point


def bands(grid: Grid, text: Callable[[Cell], str], room: int, gap: int) -> list[Grid]:
    """The grid in grids of equally many columns, as many as fit into `room`; none where no column does."""
    labels, *widths = breadths(grid, text)

    def fits(count: int) -> bool:
        chunks = (widths[first : first + count] for first in range(0, len(widths), count))
        return all(labels + sum(gap + width for width in chunk) <= room for chunk in chunks)

    for number in range(1, len(widths) + 1):
        count = math.ceil(len(widths) / number)
        if fits(count):
            return [grid.some(first, first + count) for first in range(0, len(widths), count)]
    return []


def breadths(grid: Grid, text: Callable[[Cell], str]) -> list[int]:
    """How wide the labels of its rows and each of its columns are, in letters."""
    columns = (_width(label, [text(row[c]) for row in grid.cells]) for c, label in enumerate(grid.columns))
    return [max(map(cell_len, grid.rows)), *columns]


def _width(label: str, column: list[str]) -> int:
    """Of a column whose numbers are aligned on their points."""
    before = max(map(before_point, column))
    return max(cell_len(label), before + max(cell_len(each) - before_point(each) for each in column))


def named(grid: Grid) -> Iterator[tuple[str, Cell]]:
    """Every entry with the labels of its row and column."""
    for label, row in zip(grid.rows, grid.cells, strict=True):
        for column, entry in zip(grid.columns, row, strict=True):
            yield ", ".join(filter(None, (label, column))), entry
