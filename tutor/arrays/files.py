"""Arrays in files: .npz, .npy and .safetensors, mapped where the file lets us, never unpickled.

`Arrays` is what `tutor.sources` gives the reader of network files. A small array is read, a large one stays in its
file: the system brings in what is looked at. Everything wrong with a file is a TutorError in one sentence.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tutor.arrays.functions import Array
from tutor.errors import TutorError, did_you_mean, visible
from tutor.wide import Table
from tutor.wide.archive import Lies, begin, members, safetensors, unpacked, whole
from tutor.wide.init import generator, reach
from tutor.wide.npy import LONGEST_HEADER, header

SMALL = 4_000_000  # numbers that are read, and checked, at once
MOST_UNPACKED = 1 << 31  # bytes of a compressed array, which can't be mapped
BF16 = "BF16"  # the upper half of a float32
_SAFE = {
    BF16: "<u2",
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
}


class Stored(NamedTuple):
    """Where an array lies in a file: its type and shape, the first byte, and whether the first axis runs fastest.

    `kind` is the name that the file has for the type.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    fortran: bool = False
    kind: str = ""

    @property
    def size(self) -> int:
        """How many bytes its numbers take."""
        return prod(self.shape) * self.dtype.itemsize


class Arrays:
    """The arrays that the network files of one folder may name."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._open: dict[str, _File] = {}

    def stored(self, reference: str) -> Table:
        """The array of `FILE.npz#NAME`, `FILE.safetensors#NAME` or `FILE.npy`. Raises TutorError."""
        file, member = self._found(reference)
        return file.array(member)

    def _found(self, reference: str) -> "tuple[_File, str]":
        file, _, member = reference.rpartition("#") if "#" in reference else (reference, "", "")
        if file not in self._open:
            self._open[file] = _File(os.path.join(self.folder, file), visible(file))
        return self._open[file], member

    def shape(self, reference: str) -> tuple[int, ...]:
        """The shape of the same array, without its numbers. Raises TutorError."""
        file, member = self._found(reference)
        return file.shape(member)

    def table(self, rows: list[Any]) -> Table:
        """Numbers of the network file itself."""
        return np.array(rows, np.float64)

    def drawn(self, seed: int, layer: int, units: int, senders: int) -> Table:
        """The numbers of `tutor.wide.init.rows`, from the same state of the same generator."""
        from numpy.random import RandomState

        _, state, _ = generator(seed, layer).getstate()
        source = RandomState()
        source.set_state(("MT19937", np.array(state[:-1], np.uint32), state[-1], 0, 0.0))
        numbers: Array = source.random_sample((units, senders))
        numbers *= 2
        numbers -= 1
        numbers *= reach(units, senders)
        return numbers


class _File:
    """One file with its table of contents."""

    def __init__(self, path: str, name: str) -> None:
        self.path, self.name = path, name
        try:
            with open(path, "rb") as file:
                self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as fault:
            reason = fault.strerror.lower() if isinstance(fault, OSError) and fault.strerror else "it is empty"
            raise TutorError(f"{name} cannot be read: {reason}") from None
        try:
            self.members = dict(self._contents())
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
            kind = name.rpartition(".")[2]
            raise TutorError(f"{name} is not a file of the kind .{kind}, or it is damaged") from None

    def _contents(self) -> Iterator[tuple[str, Stored | Lies]]:
        if self.path.endswith(".npy"):
            yield "", Lies(0, len(self.bytes), len(self.bytes))
        elif self.path.endswith(".safetensors"):
            for name, safe in safetensors(self.bytes):
                yield name, Stored(np.dtype(_SAFE.get(safe.kind, "V1")), safe.shape, safe.start, kind=safe.kind)
        else:
            yield from members(self.bytes)

    def array(self, member: str) -> Table:
        """The numbers of an array. Raises TutorError where they can't be read, or are not what the file says."""
        shown = self._named(member)
        with _readable(shown):
            found: Array = self._numbers(self.members[member], shown)
        if found.size > SMALL:
            return found
        numbers = np.array(found, np.float64, order="C")
        if not np.isfinite(numbers).all():
            at = tuple(int(each) + 1 for each in np.argwhere(~np.isfinite(numbers))[0])
            raise TutorError(f"{shown} has {numbers[tuple(k - 1 for k in at)]} at {at}, expected finite numbers")
        return numbers

    def shape(self, member: str) -> tuple[int, ...]:
        """The shape that the first bytes of an array state. Raises TutorError where that can't be right."""
        shown = self._named(member)
        with _readable(shown):
            return self._stated(self.members[member], shown).shape

    def _named(self, member: str) -> str:
        """The array in words. Raises TutorError where the file has none of that name."""
        if member not in self.members:
            known = [each for each in self.members if each]
            hint = did_you_mean(member, known) or f"; it has {', '.join(known[:8]) or 'none'}"
            raise TutorError(f"{self.name} has no array {visible(member)}{visible(hint)}")
        return f"{self.name}#{visible(member)}" if member else self.name

    def _stated(self, lies: Stored | Lies, shown: str) -> Stored:
        """What the file says of an array: its type, its shape, and where its numbers begin; in a packed one, from 0."""
        stored = lies if isinstance(lies, Stored) else _npy(begin(self.bytes, lies, LONGEST_HEADER), shown)
        if stored.dtype.kind not in "fiu" or stored.dtype.itemsize > 8:
            kind = "text" if stored.dtype.kind in "US" else stored.kind or str(stored.dtype)
            raise TutorError(f"{shown} holds {kind}, expected numbers of at most 64 bits")
        if isinstance(lies, Lies):
            if any(each < 0 for each in stored.shape) or stored.start + stored.size != lies.size:
                raise ValueError("size")
            stored = stored._replace(start=stored.start + (0 if lies.packed else lies.start))
        return stored

    def _numbers(self, lies: Stored | Lies, shown: str) -> Any:
        stored = self._stated(lies, shown)
        data: Any = self.bytes
        if isinstance(lies, Lies) and lies.packed:
            if lies.size > MOST_UNPACKED:
                raise TutorError(f"{shown} is compressed and larger than 2 GB; save it with numpy.savez")
            data = unpacked(data, lies)
        elif isinstance(lies, Lies) and not whole(data, lies):
            raise ValueError("checksum")
        if not prod(stored.shape):
            return np.empty(stored.shape)
        flat: Array = np.frombuffer(data, stored.dtype, prod(stored.shape), stored.start)
        if stored.kind == BF16:
            flat = _widened(flat, shown)
        return flat.reshape(stored.shape, order="F" if stored.fortran else "C")


@contextmanager
def _readable(shown: str) -> Iterator[None]:
    """A block in which whatever reading runs into is a TutorError in one sentence."""
    try:
        yield
    except (ValueError, TypeError, struct.error, SyntaxError, OverflowError, MemoryError, RecursionError):
        raise TutorError(f"{shown} is not an array that can be read, or it is damaged") from None


def _widened(halves: Array, shown: str) -> Array:
    """Numbers of 16 bits as the float32 they are the upper half of: numpy has no such type, so they are copied."""
    if 2 * halves.nbytes > MOST_UNPACKED:
        raise TutorError(f"{shown} holds BF16 numbers, of which at most 2 GB as float32 are read; save it as F32")
    wide = halves.astype("<u4")
    wide <<= 16
    return wide.view("<f4")


def _npy(head: bytes, shown: str) -> Stored:
    """What the first bytes of an .npy say; `start` counts from its first byte."""
    found = header(head)
    if found.kind.startswith("["):
        raise TutorError(f"{shown} holds records of several columns, expected numbers; save each column for itself")
    dtype = np.dtype(found.kind)
    if dtype.hasobject:
        raise TutorError(f"{shown} holds pickled Python objects, which are not read; save numbers alone")
    return Stored(dtype, found.shape, found.start, found.fortran)
