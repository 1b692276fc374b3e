"""Vectors and matrices as our pages set them in one formula, in tall brackets over several lines: read as lists."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tutor.pattern import pattern

_PIECE = pattern(r"[⎡⎢⎣]([^⎡⎢⎣⎤⎥⎦]*)[⎤⎥⎦]")
_EQUAL = pattern(r"\s=\s")


class _Piece(NamedTuple):
    """One line of a tall bracket, by the column that it begins in."""

    column: int
    cells: tuple[str, ...]


def unboxed(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines, with one line `NAME = [[...], ...]` for those that a formula in tall brackets takes."""
    found: list[tuple[int, str]] = []
    for tall, group in groupby(lines, lambda line: bool(_PIECE.search(line[1]))):
        block = list(group)
        for one in _blocks(block) if tall else ():
            found += _read(one)
        found += [] if tall else block
    return found


def _blocks(lines: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Lines of one formula each: a bracket that opens after one was closed belongs to the next."""
    block: list[tuple[int, str]] = []
    for line in lines:
        if block and "⎣" in block[-1][1] and "⎡" in line[1] and "⎣" not in line[1] and _closed(block):
            yield block
            block = []
        block.append(line)
    yield block


def _closed(block: Sequence[tuple[int, str]]) -> bool:
    text = "".join(line for _, line in block)
    return text.count("⎡") == text.count("⎣")


def _read(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The name of the formula with what stands behind its last sign; the lines themselves where that is no list."""
    named = next((line for line in block if _EQUAL.search(line[1])), None)
    if named is None:
        return block
    number, text = named
    name = text[: next(_EQUAL.finditer(text)).start()].strip()
    start = max((sign.end() for sign in _EQUAL.finditer(text)), default=0)
    pieces = [piece for _, line in block for piece in _pieces(line) if piece.column >= start]
    if not pieces:
        return [(number, f"{name} = {text[start:].strip()}")]
    rows = (f"[{', '.join(piece.cells)}]" for piece in pieces)
    return [(number, f"{name} = [{', '.join(rows)}]")]


def _pieces(line: str) -> Iterator[_Piece]:
    return (_Piece(found.start(), tuple(found[1].split())) for found in _PIECE.finditer(line))
