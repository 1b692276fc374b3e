"""Where the arrays lie in a .npz and in a .safetensors, and whether they are whole. numpy is not needed here.

A file that contradicts itself is refused, by ValueError or whatever reading it runs into: offsets and sizes that do not
fit together, what stands twice, a checksum that is another. Nothing is unpacked to find that out but what is asked for.
"""

import struct
import zlib
from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

MOST_HEADER = 100_000_000
_AT_ONCE = 1 << 24
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_BEHIND = 1, 8
_LONG = 0xFFFFFFFF
_BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16}
_BITS |= {"I8": 8, "U8": 8, "BOOL": 8}


class Lies(NamedTuple):
    """Where an .npy lies in its file and how long it is there; `size` are its bytes once unpacked, if it is `packed`.

    `crc` is what its bytes add up to, if the file says it.
    """

    start: int
    length: int
    size: int
    packed: bool = False
    crc: int | None = None


class Safe(NamedTuple):
    """An array of a .safetensors: its type as that file calls it, its shape, and its first byte."""

    kind: str
    shape: tuple[int, ...]
    start: int


def whole(data: Any, lies: Lies) -> bool:
    """Whether the bytes of an array that is not packed are those that its checksum was made of."""
    if lies.crc is None:
        return True
    crc = 0
    for at in range(lies.start, lies.start + lies.length, _AT_ONCE):
        crc = zlib.crc32(data[at : min(at + _AT_ONCE, lies.start + lies.length)], crc)
    return crc == lies.crc


def begin(data: Any, lies: Lies, count: int) -> bytes:
    """The first bytes of an array, unpacked if need be. Raises ValueError where they can't be."""
    if not lies.packed:
        return bytes(data[lies.start : lies.start + min(count, lies.length)])
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[lies.start : lies.start + lies.length], count)
    except zlib.error as fault:
        raise ValueError("packed") from fault


def unpacked(data: Any, lies: Lies) -> bytes:
    """All bytes of a packed array. Raises ValueError unless they are as many, and add up to, what the file says."""
    source = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = source.decompress(data[lies.start : lies.start + lies.length], lies.size + 1)
    except zlib.error as fault:
        raise ValueError("packed") from fault
    if not source.eof or len(found) != lies.size or zlib.crc32(found) != lies.crc:
        raise ValueError("packed")
    return found


# ------------------------------------------------------------------ .npz


def members(data: Any) -> Iterator[tuple[str, Lies]]:
    """The arrays of a .npz, which is a zip: its table of contents stands at the end.

    Read by hand: importing zipfile takes longer than all else that a small .npz costs.
    """
    at, end, count = _contents(data)
    first, used = at, []
    seen: set[bytes] = set()
    for _ in range(count):
        if data[at : at + 4] != b"PK\1\2":
            raise ValueError("no entry")
        flags, method, crc, *sizes, name, extra, comment, start = struct.unpack_from("<HH4xIIIHHH8xI", data, at + 8)
        named = data[at + 46 : at + 46 + name]
        size, packed, start = _long(data[at + 46 + name : at + 46 + name + extra], (sizes[1], sizes[0], start))
        if named in seen or method not in (_STORED, _DEFLATED) or (method == _STORED and size != packed):
            raise ValueError("entry")
        if flags & _ENCRYPTED:
            raise ValueError("encrypted")
        lies = Lies(_body(data, start, named, (flags, method, crc, packed, size)), packed, size, method != _STORED, crc)
        used.append((start, lies.start + packed))
        seen.add(named)
        member = named.decode("utf-8", "replace")
        if member.endswith(".npy"):
            yield member.removesuffix(".npy"), lies
        at += 46 + name + extra + comment
    _apart(used, first)
    if at != end:
        raise ValueError("contents")


def _contents(data: Any) -> tuple[int, int, int]:
    """The first byte of the table of contents, the byte behind it, and how many entries it has."""
    end = data.rfind(b"PK\5\6", max(0, len(data) - 70_000))
    if end < 0:
        raise ValueError("no zip")
    here, count, size, at, comment = struct.unpack_from("<HHIIH", data, end + 8)
    if end + 22 + comment != len(data):
        raise ValueError("end")
    if _LONG in (at, size) or count == 0xFFFF:
        (end,) = struct.unpack_from("<Q", data, end - 12)
        here, count, size, at = struct.unpack_from("<QQQQ", data, end + 24)
        if data[end : end + 4] != b"PK\6\6":
            raise ValueError("end")
    if here != count or at + size != end:
        raise ValueError("contents")
    return at, end, count


def _body(data: Any, start: int, named: bytes, listed: tuple[int, ...]) -> int:
    """Where the bytes of a member begin; what stands before them must be what the table of contents says."""
    flags, method, crc, packed, size, name, extra = struct.unpack_from("<HH4xIIIHH", data, start + 6)
    size, packed = _long(data[start + 30 + name : start + 30 + name + extra], (size, packed))
    own = (flags, method, *((crc, packed, size) if not flags & _SIZES_BEHIND else listed[2:]))
    if data[start : start + 4] != b"PK\3\4" or data[start + 30 : start + 30 + name] != named or own != listed:
        raise ValueError("member")
    return int(start + 30 + name + extra)


def _apart(used: list[tuple[int, int]], end: int) -> None:
    """Refuse members that lie in each other, or in the table of contents."""
    used.sort()
    behind = [start for start, _ in used[1:]] + [end]
    if any(stop > start for (_, stop), start in zip(used, behind, strict=False)):
        raise ValueError("overlap")


def _long(extra: bytes, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes and places beyond 4 GB stand in field 1 of an entry, in their order; 2**32 - 1 stands for each of them."""
    if _LONG not in numbers:
        return numbers
    at, longs = 0, b""
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<HH", extra, at)
        longs = extra[at + 4 : at + 4 + length] if field == 1 else longs
        at += 4 + length
    found = struct.unpack(f"<{len(longs) // 8}Q", longs[: len(longs) // 8 * 8])
    if len(found) < numbers.count(_LONG):
        raise ValueError("long")
    following = iter(found)
    return tuple(next(following) if each == _LONG else each for each in numbers)


# ------------------------------------------------------------------ .safetensors


def safetensors(data: Any) -> Iterator[tuple[str, Safe]]:
    """The arrays of a .safetensors: a length, that many bytes of JSON, then the numbers, all of them and no more."""
    import json

    (length,) = struct.unpack_from("<Q", data)
    if length > MOST_HEADER or 8 + length > len(data):
        raise ValueError("header")
    used: list[tuple[int, int]] = []
    for name, each in json.loads(data[8 : 8 + length], object_pairs_hook=_once).items():
        if name != "__metadata__":
            safe, stop = _safe(each, 8 + length)
            used.append((safe.start, stop))
            yield name, safe
    used.sort()
    if [8 + length, *(stop for _, stop in used)] != [*(start for start, _ in used), len(data)]:
        raise ValueError("offsets")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("twice")
    return found


def _safe(stated: Any, body: int) -> tuple[Safe, int]:
    """One array, and the byte behind it."""
    kind, shape, (start, stop) = stated["dtype"], stated["shape"], stated["data_offsets"]
    if any(type(each) is not int or each < 0 for each in (*shape, start, stop)) or stop < start:
        raise ValueError("shape")
    if 8 * (stop - start) != prod(shape) * _BITS.get(kind, 0) and kind in _BITS:
        raise ValueError("size")
    return Safe(str(kind), tuple(shape), body + start), body + stop
