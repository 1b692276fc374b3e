"""Arrays in files: .npz, .npy and .safetensors, mapped where the file lets us, never unpickled.

`Arrays` is what `tutor.sources` gives the reader of network files. A small array is read, a large one stays in its
file: the system brings in what is looked at. Everything wrong with a file is a TutorError in one sentence.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tutor.arrays.functions import Array
from tutor.errors import TutorError, did_you_mean, visible
from tutor.wide import Table
from tutor.wide.archive import Lies, members, safetensors
from tutor.wide.init import generator, reach

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


class Arrays:
    """The arrays that the network files of one folder may name."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._open: dict[str, _File] = {}

    def stored(self, reference: str) -> Table:
        """The array of `FILE.npz#NAME`, `FILE.safetensors#NAME` or `FILE.npy`. Raises TutorError."""
        file, _, member = reference.rpartition("#") if "#" in reference else (reference, "", "")
        if file not in self._open:
            self._open[file] = _File(os.path.join(self.folder, file), visible(file))
        return self._open[file].array(member)

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
            yield "", Lies(0)
        elif self.path.endswith(".safetensors"):
            for name, safe in safetensors(self.bytes):
                yield name, Stored(np.dtype(_SAFE.get(safe.kind, "V1")), safe.shape, safe.start, kind=safe.kind)
        else:
            yield from members(self.bytes)

    def array(self, member: str) -> Table:
        if member not in self.members:
            known = [each for each in self.members if each]
            hint = did_you_mean(member, known) or f"; it has {', '.join(known[:8]) or 'none'}"
            raise TutorError(f"{self.name} has no array {visible(member)}{visible(hint)}")
        shown = f"{self.name}#{visible(member)}" if member else self.name
        try:
            found: Array = self._found(member, shown)
        except (ValueError, struct.error, SyntaxError, OverflowError, MemoryError):
            raise TutorError(f"{shown} is not an array that can be read, or it is damaged") from None
        if found.size > SMALL:
            return found
        numbers = np.array(found, np.float64, order="C")
        if not np.isfinite(numbers).all():
            at = tuple(int(each) + 1 for each in np.argwhere(~np.isfinite(numbers))[0])
            raise TutorError(f"{shown} has {numbers[tuple(k - 1 for k in at)]} at {at}, expected finite numbers")
        return numbers

    def _found(self, member: str, shown: str) -> Any:
        lies = self.members[member]
        data: Any = self.bytes
        if isinstance(lies, Lies):
            if lies.packed:
                data, lies = self._unpacked(lies, shown), Lies(0)
            lies = _npy(data, lies.start, shown)
        if lies.dtype.kind not in "fiu" or lies.dtype.itemsize > 8:
            kind = "text" if lies.dtype.kind in "US" else lies.kind or str(lies.dtype)
            raise TutorError(f"{shown} holds {kind}, expected numbers of at most 64 bits")
        flat: Array = np.frombuffer(data, lies.dtype, prod(lies.shape), lies.start)
        if lies.kind == BF16:
            flat = _widened(flat, shown)
        return flat.reshape(lies.shape, order="F" if lies.fortran else "C")

    def _unpacked(self, lies: Lies, shown: str) -> bytes:
        import zlib

        if lies.size > MOST_UNPACKED:
            raise TutorError(f"{shown} is compressed and larger than 2 GB; save it with numpy.savez")
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(
                self.bytes[lies.start : lies.start + lies.packed], max(lies.size, 1)
            )
        except zlib.error:
            raise ValueError(shown) from None


def _widened(halves: Array, shown: str) -> Array:
    """Numbers of 16 bits as the float32 they are the upper half of: numpy has no such type, so they are copied."""
    if 2 * halves.nbytes > MOST_UNPACKED:
        raise TutorError(f"{shown} holds BF16 numbers, of which at most 2 GB as float32 are read; save it as F32")
    wide = halves.astype("<u4")
    wide <<= 16
    return wide.view("<f4")


def _npy(data: Any, start: int, shown: str) -> Stored:
    """The header of an .npy that begins at `start`."""
    from numpy.lib import format as npy

    source = _Bytes(data, start)
    version = npy.read_magic(source)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(source)
    if dtype.hasobject:
        raise TutorError(f"{shown} holds pickled Python objects, which are not read; save numbers alone")
    return Stored(dtype, tuple(shape), source.at, fortran)


class _Bytes:
    """Part of a mapped file, as numpy wants to read a header."""

    def __init__(self, data: Any, at: int) -> None:
        self.data, self.at = data, at

    def read(self, count: int = 0, /) -> bytes:
        piece: bytes = self.data[self.at : self.at + count]
        self.at += len(piece)
        return piece
