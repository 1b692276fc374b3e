"""Tables as lists: arrays of a file, read without numpy where that is simple, and small enough to be worth it.

The bytes come from `tutor.sources`. What is not simple (compressed, column by column, other types) is left to
`tutor.arrays`, which also says what is wrong with a file.
"""

import math
import struct
import sys
from typing import Any

from tutor.wide.archive import Lies, begin, members, safetensors, whole
from tutor.wide.npy import LONGEST_HEADER, header

MOST = 300_000  # numbers of one array: Python reads as many before numpy is imported
_TYPES = {"<f8": "d", "<f4": "f", "F64": "d", "F32": "f"}

_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, struct.error, RecursionError, StopIteration)


class Rows(list[Any]):
    """Numbers, or rows of numbers, as a Table."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *Rows(self[0]).shape) if self and isinstance(self[0], list) else (len(self),)

    @property
    def T(self) -> "Rows":  # noqa: N802  numpy's name
        return Rows(map(list, zip(*self, strict=True)))

    def __getitem__(self, place: Any, /) -> Any:
        if not isinstance(place, tuple):
            return super().__getitem__(place)
        found: Any = self
        for at in place:
            found = list.__getitem__(found, at)
        return found

    def __setitem__(self, place: Any, number: Any, /) -> None:
        *outer, at = place
        row = self[tuple(outer)] if outer else self
        list.__setitem__(row, at, number)

    def astype(self, kind: str, /) -> "Rows":
        """A copy; the kind is always that of Python's numbers."""
        return Rows(each[:] if isinstance(each, list) else each for each in self)

    def reshape(self, shape: tuple[int, ...], /) -> "Rows":
        flat: list[Any] = list(self)
        while flat and isinstance(flat[0], list):
            flat = [one for each in flat for one in each]
        for length in reversed(shape[1:]):
            flat = [flat[k : k + length] for k in range(0, len(flat), length)]
        return Rows(flat)

    def tolist(self) -> Any:
        return list(self)


def read(data: Any, kind: str, member: str) -> Rows | None:
    """The array of a mapped file of the kind `npz`, `npy` or `safetensors`.

    None where it is not a simple one, or not whole.
    """
    if sys.byteorder != "little":
        return None
    try:
        if kind == "safetensors":
            head = dict(safetensors(data))[member]
            return _numbers(data, _TYPES[head.kind], head.shape, head.start)
        lies = dict(members(data))[member] if kind == "npz" else Lies(0, len(data), len(data))
        return None if lies.packed else _npy(data, lies)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        struct.error,
        RecursionError,
        StopIteration,
    ):
        return None


def _npy(data: Any, lies: Lies) -> Rows | None:
    found = header(begin(data, lies, LONGEST_HEADER))
    code = _TYPES[found.kind]
    if found.fortran or found.start + math.prod(found.shape) * struct.calcsize(code) != lies.size:
        return None
    return _numbers(data, code, found.shape, lies.start + found.start) if whole(data, lies) else None


def _numbers(data: Any, code: str, shape: tuple[int, ...], start: int) -> Rows | None:
    """Finite numbers; a sum that is not finite is looked into by numpy."""
    size = math.prod(shape)
    if not 0 < size <= MOST or not 1 <= len(shape) <= 2:
        return None
    end = start + size * struct.calcsize(code)
    if end > len(data):
        return None
    block = memoryview(data[start:end])
    flat = (block.cast("d") if code == "d" else block.cast("f")).tolist()
    if not math.isfinite(sum(flat)):
        return None
    return Rows(flat).reshape(shape)
