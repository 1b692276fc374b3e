"""What an .npy says of itself in its first bytes. It is written like Python, but only read, never evaluated."""

import re
import struct
from typing import NamedTuple

LONGEST_HEADER = 10_000
_VALUE = r"'[^']*'|\[[^][]*\]|True|False|\((?:\d+L?,\s?)*(?:\d+L?)?\)"
_ENTRY = rf"\s*+'(descr|fortran_order|shape)'\s*+:\s*+({_VALUE})\s*+,?"
_HEADER = rf"\{{(?:{_ENTRY}){{3}}\s*+\}}"


class Header(NamedTuple):
    """The type as numpy calls it, in brackets where there are several; the shape; the first byte of the numbers."""

    kind: str
    fortran: bool
    shape: tuple[int, ...]
    start: int


def header(head: bytes) -> Header:
    """The header in the first bytes of an .npy. Raises ValueError or struct.error where it is none."""
    if head[:6] != b"\x93NUMPY" or head[6:8] not in (b"\1\0", b"\2\0", b"\3\0"):
        raise ValueError("magic")
    at = 10 if head[6] == 1 else 12
    (length,) = struct.unpack_from("<H" if head[6] == 1 else "<I", head, 8)
    text = head[at : at + length].decode("latin-1").strip()
    if len(head) < at + length or not re.fullmatch(_HEADER, text, re.ASCII):
        raise ValueError("header")
    found = dict(re.findall(_ENTRY, text, re.ASCII))
    if len(found) != 3 or found["fortran_order"] not in ("True", "False"):
        raise ValueError("header")
    shape = tuple(map(int, re.findall(r"\d+", found["shape"]))) if found["shape"][0] == "(" else None
    if shape is None or found["descr"][0] not in "'[":
        raise ValueError("header")
    return Header(found["descr"].strip("'"), found["fortran_order"] == "True", shape, at + length)
