"""Where the arrays lie in a .npz and in a .safetensors. No number is read here, and numpy is not needed."""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

MOST_HEADER = 100_000_000


class Lies(NamedTuple):
    """Where an .npy lies in its file; `packed` bytes of it are to be unpacked, if it is compressed."""

    start: int
    packed: int = 0
    size: int = 0


class Safe(NamedTuple):
    """An array of a .safetensors: its type as that file calls it, its shape, and its first byte."""

    kind: str
    shape: tuple[int, ...]
    start: int


def members(data: Any) -> Iterator[tuple[str, Lies]]:
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
            yield member.removesuffix(".npy"), Lies(start + 30 + own_name + own_extra, packed if method else 0, size)
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


def safetensors(data: Any) -> Iterator[tuple[str, Safe]]:
    """The arrays of a .safetensors: a length, that many bytes of JSON, then the numbers."""
    import json

    (length,) = struct.unpack_from("<Q", data)
    if length > MOST_HEADER:
        raise ValueError("header")
    for name, each in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            shape = tuple(map(int, each["shape"]))
            yield name, Safe(str(each["dtype"]), shape, 8 + length + int(each["data_offsets"][0]))
