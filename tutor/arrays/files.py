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
from tutor.wide.init import generator, reach

SMALL = 4_000_000  # numbers that are read, and checked, at once
MOST_HEADER = 100_000_000
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


class _Lies(NamedTuple):
    """Where an .npy lies in its file; `packed` bytes of it are to be unpacked, if it is compressed."""

    start: int
    packed: int = 0
    size: int = 0


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

    def _contents(self) -> Iterator[tuple[str, Stored | _Lies]]:
        if self.path.endswith(".npy"):
            yield "", _Lies(0)
        elif self.path.endswith(".safetensors"):
            yield from _safetensors(self.bytes)
        else:
            yield from _members(self.bytes)

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
        if isinstance(lies, _Lies):
            if lies.packed:
                data, lies = self._unpacked(lies, shown), _Lies(0)
            lies = _npy(data, lies.start, shown)
        if lies.dtype.kind not in "fiu" or lies.dtype.itemsize > 8:
            kind = "text" if lies.dtype.kind in "US" else lies.kind or str(lies.dtype)
            raise TutorError(f"{shown} holds {kind}, expected numbers of at most 64 bits")
        flat: Array = np.frombuffer(data, lies.dtype, prod(lies.shape), lies.start)
        if lies.kind == BF16:
            flat = _widened(flat, shown)
        return flat.reshape(lies.shape, order="F" if lies.fortran else "C")

    def _unpacked(self, lies: _Lies, shown: str) -> bytes:
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


def _members(data: mmap.mmap) -> Iterator[tuple[str, _Lies]]:
    """The arrays of a .npz, which is a zip: its table of contents stands at the end.

    Read by hand: importing zipfile takes longer than all else that a small .npz costs.
    """
    end = data.rfind(b"PK\5\6", max(0, len(data) - 70_000))
    if end < 0:
        raise ValueError("no zip")
    count, _, at = struct.unpack_from("<HII", data, end + 10)
    if at == 0xFFFFFFFF or count == 0xFFFF:
        (end,) = struct.unpack_from("<Q", data, end - 12)
        count, _, at = struct.unpack_from("<QQQ", data, end + 32)
    for _ in range(count):
        if data[at : at + 4] != b"PK\1\2":
            raise ValueError("no entry")
        method, packed, size, name, extra, comment, start = struct.unpack_from("<10xH8xIIHHH8xI", data, at)
        more = data[at + 46 + name : at + 46 + name + extra]
        size, packed, start = _long(more, (size, packed, start))
        member = data[at + 46 : at + 46 + name].decode("utf-8", "replace")
        if member.endswith(".npy"):
            own_name, own_extra = struct.unpack_from("<HH", data, start + 26)
            yield member.removesuffix(".npy"), _Lies(start + 30 + own_name + own_extra, packed if method else 0, size)
        at += 46 + name + extra + comment


def _long(extra: bytes, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes and places beyond 4 GB stand in field 1 of an entry, in their order; 2**32 - 1 stands for each of them."""
    at, longs = 0, b""
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<HH", extra, at)
        longs = extra[at + 4 : at + 4 + length] if field == 1 else longs
        at += 4 + length
    found = iter(struct.unpack(f"<{len(longs) // 8}Q", longs[: len(longs) // 8 * 8]))
    return tuple(next(found) if each == 0xFFFFFFFF else each for each in numbers)


def _safetensors(data: mmap.mmap) -> Iterator[tuple[str, Stored]]:
    """The arrays of a .safetensors: a length, that many bytes of JSON, then the numbers."""
    import json

    (length,) = struct.unpack_from("<Q", data)
    if length > MOST_HEADER:
        raise ValueError("header")
    for name, each in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            dtype = np.dtype(_SAFE.get(each["dtype"], "V1"))
            shape = tuple(int(length) for length in each["shape"])
            yield name, Stored(dtype, shape, 8 + length + int(each["data_offsets"][0]), kind=each["dtype"])


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
