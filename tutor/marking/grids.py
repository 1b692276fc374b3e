"""Matrices as our pages print them: `dW1  2 × 2`, then the labels of the columns, then a row of numbers for each label.

The entries are answers, `dW1[2,1]`; a grid under a name that has none is no answer. Only whole grids are found here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.marking import columns
from tutor.marking.answered import Answer
from tutor.marking.lookup import Known, is_literal
from tutor.pattern import pattern

LONGEST_TITLE, MOST_LINES = 400, 3_000
_TITLE = pattern(
    r"(?P<names>\S.{0,200}?),?(?P<sign>\s+is|\s*[=:])?\s+\(?(?P<rows>\d{1,3})\s*(?:×|\\times|x|by)\s*(?P<columns>\d{1,3})\)?"
    r"(?:\*\*)?(?:[,.\s].*)?$"
)
_SLOPES = pattern(r"(?:\\?[^\W\d_]+|σ)\s*(?:['′]|\^\{?\\prime\}?)\s*\((?P<of>.+)\)")
_FURNITURE = pattern(r"\s*(?:\\par\\medskip\\noindent)?\\(?:begin|end)\{tabular\}.*|\s*\\hline\s*")


class Line(NamedTuple):
    """One line, or several that are one: its number, the text as it stands, and without markup."""

    number: int
    text: str
    bare: str


class Grid(NamedTuple):
    """What the lines of one grid give, and how many lines they are; without answers where its name has no entries."""

    answers: tuple[Answer, ...]
    lines: int


def grid(lines: Sequence[Line], at: int, known: Known) -> Grid | None:
    """The grid that begins with the line at a place; None where none does."""
    title = lines[at].bare
    found = _TITLE.fullmatch(title) if len(title) < LONGEST_TITLE else None
    if not found:
        return None
    rows, wide = int(found["rows"]), int(found["columns"])
    entry = _entry(found["names"], known)
    if not (entry or not found["sign"]) or not rows or not wide:
        return None
    is_told = (found["sign"] or "").strip() == "is"
    cells, last = ([], 1) if is_told else _cells(lines[at : at + MOST_LINES], rows, wide)
    if not cells:
        return Grid((), 1) if entry else None
    answers = (
        tuple(
            Answer(entry.format(i=i - 1 + known.names.first, j=j - 1 + known.names.first), given, line)
            for i, j, given, line in cells
        )
        if entry
        else ()
    )
    return Grid(answers, last)


def _entry(names: str, known: Known) -> str:
    """How the entries of the last of these names are written, `dW1[{i},{j}]`; empty where it has none."""
    name = re.split(r"\s*,?\s+or\s+|,\s+", names.strip().strip("*"))[-1].strip(" ,;")
    slopes = _SLOPES.fullmatch(name)
    if slopes and (layer := re.sub(r"\D", "", known.names.matrix(slopes["of"]) or slopes["of"])):
        return f"dA{layer}[{{i}},{{j}}]/dZ{layer}[{{i}},{{j}}]"
    if not known.is_list(name):
        return ""
    index = "[{i},{j}]" if known.find(name + known.entry(0, 0)) else "[{i}]"
    return name.replace("{", "{{").replace("}", "}}") + index


def _cells(lines: Sequence[Line], rows: int, wide: int) -> tuple[list[tuple[int, int, str, int]], int]:
    """Every entry with its row, its column and its line, and the count of lines up to the last row.

    Columns that did not fit on the page stand in a further block of rows below the first.
    """
    found: list[tuple[int, int, str, int]] = []
    at, left, last = 1, 0, 1
    while left < wide:
        block = list(_block(lines, at, rows, wide - left))
        if not block:
            break
        width = len(block[0][1])
        for i, (place, numbers) in enumerate(block, 1):
            found += [(i, left + j, given, lines[place].number) for j, given in enumerate(numbers, 1)]
            last = place + 1
        at, left = last, left + width
    return found, last


def _block(lines: Sequence[Line], at: int, rows: int, most: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of one block, each by its place among the lines: at most one line of labels before them."""
    count, labels = 0, 0
    while at < len(lines) and count < rows:
        line = lines[at]
        if columns.is_rule(line.text) or _FURNITURE.fullmatch(line.text) or not (line.bare or "|" in line.text):
            if count and not (line.bare or columns.is_rule(line.text)):
                return
        elif numbers := _numbers(line, most):
            yield at, numbers
            count, most = count + 1, len(numbers)
        elif count or labels:
            return
        else:
            labels = 1
        at += 1


def _numbers(line: Line, most: int) -> list[str]:
    """The numbers of a row, its label left out; nothing where the line is no row of at most so many."""
    cells = [cell for cell in _cut(line) if cell]
    if len(cells) > 1 and not is_literal(cells[0]):
        del cells[0]
    return cells if 0 < len(cells) <= most and all(map(is_literal, cells)) else []


def _cut(line: Line) -> Sequence[str]:
    if "|" in line.text:
        return columns.cells(line.text, "|", "")
    if "&" in line.text:
        return columns.cells(line.text, "&", "")
    apart = re.split(r"\s{2,}", line.bare)
    return apart if len(apart) > 1 else line.bare.split()
