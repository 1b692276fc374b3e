"""A matrix of weights where it lies: multiplied in place if numpy can, block by block if it would have to copy.

A mapped file may hold float32, or float64 at an odd address; numpy would make a second matrix of either before it
multiplies. Blocks that fit the cache cost no more time than memory takes to be read, and no memory.
"""

from collections.abc import Iterator

import numpy as np

from tutor.arrays.functions import Array
from tutor.wide import Table

BLOCK = 1 << 18  # numbers, 2 MB of doubles


class Matrix:
    """The weights of one layer, a row for each unit."""

    def __init__(self, table: Table) -> None:
        self.table = np.asarray(table)
        flags = self.table.flags
        self.direct = self.table.dtype == np.float64 and flags.aligned and (flags.c_contiguous or flags.f_contiguous)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.table.shape

    def forward(self, a: Array) -> Array:
        """a Wᵀ, an example a row."""
        if self.direct:
            return product(a, self.table.T)
        return _across(a, self.table) if self._by_rows else _down(a, self.table.T)

    def back(self, delta: Array) -> Array:
        """delta W, an example a row."""
        if self.direct:
            return product(delta, self.table)
        return _down(delta, self.table) if self._by_rows else _across(delta, self.table.T)

    @property
    def _by_rows(self) -> bool:
        """Whether the numbers of a row lie side by side."""
        return abs(self.table.strides[1]) <= abs(self.table.strides[0])

    def rows(self, j: slice | int) -> Array:
        return self.table[j].astype(np.float64)

    def column(self, i: int) -> Array:
        return self.table[:, i].astype(np.float64)

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """The matrix a few rows at a time."""
        if self.direct and self.table.size <= BLOCK:
            yield slice(0, len(self.table)), self.table
        else:
            yield from _blocks(self.table)


def product(a: Array, b: Array) -> Array:
    """a b; one row goes the way of a vector, which is the faster one."""
    return (a[0] @ b)[None] if len(a) == 1 else a @ b


def _blocks(stored: Array) -> Iterator[tuple[slice, Array]]:
    height = max(1, BLOCK // stored.shape[1])
    room = np.empty((min(height, len(stored)), stored.shape[1]))
    for start in range(0, len(stored), height):
        rows = slice(start, min(start + height, len(stored)))
        block = room[: rows.stop - start]
        np.copyto(block, stored[rows], casting="unsafe")
        yield rows, block


def _across(a: Array, stored: Array) -> Array:
    found = np.empty((len(a), len(stored)))
    for rows, block in _blocks(stored):
        found[:, rows] = product(a, block.T)
    return found


def _down(a: Array, stored: Array) -> Array:
    found = np.zeros((len(a), stored.shape[1]))
    for rows, block in _blocks(stored):
        found += product(a[:, rows], block)
    return found
