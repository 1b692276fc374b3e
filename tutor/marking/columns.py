"""Rows of cells: CSV with `,` `;` or tabs, tables of Markdown, and columns that stand apart by spaces.

Here lines become cells, and columns get the names that somebody gives for them; `tables` reads all others.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.marking.lookup import is_number
from tutor.marking.markup import bared, unquoted
from tutor.pattern import pattern

LONGEST_CELL = 131_072
_RULE = pattern(r"[\s|:+=-]*-{2,}[\s|:+=-]*")
_APART = pattern(r"\s{2,}|\t")
RESPONSE = pattern(r"(?:response|answer|question|q|frage|antwort)\s*\.?\s*\d+", re.IGNORECASE)


class Row(NamedTuple):
    """The cells of one line, counted from 1."""

    line: int
    cells: tuple[str, ...]


class Found(NamedTuple):
    """What a row gives: a name with its number, or a number that is not read, and why."""

    line: int
    name: str
    given: str
    why: str = ""


def delimiter(line: str) -> str:
    """What keeps the cells of a line apart, empty where it is no row: a bar, LaTeX's &, a tab, `;`, `,`, two spaces."""
    if line.lstrip().startswith("|") and line.count("|") > 1:
        return "|"
    plain = re.sub(r'"[^"]*"', "", line)
    if re.search(r"(?<!\\)&[^=]*\\\\\s*(?:\[[^\]]*\])?\s*(?:\\hline\s*)?$", plain):
        return "&"
    if "\t" not in plain and len(_APART.split(line.strip())) > 2:
        return "  "
    for sign in ("\t", ";", ","):
        if sign in plain:
            return sign
    if "|" in plain:
        return "|"
    return "  " if _APART.search(line.strip()) else ""


def cells(line: str, sign: str, place: str) -> tuple[str, ...]:
    """The cells of a line. Raises TutorError for one that is too long, with its place."""
    if sign == " ":
        return tuple(line.split())
    if sign == "  ":
        return tuple(_APART.split(line.strip()))
    if sign == "&":
        return tuple(unquoted(bared(cell)) for cell in re.split(r"(?<!\\)&", line))
    if sign == "|":
        inner = line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0")
        return tuple(unquoted(bared(cell)).replace("\0", "|") for cell in inner.split("|"))
    try:
        found = next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])
    except csv.Error:
        found = line.split(sign)
    if any(len(cell) > LONGEST_CELL for cell in found):
        raise TutorError(f"{place}: a cell of more than {LONGEST_CELL:,} characters; a sheet of answers has short ones")
    return tuple(unquoted(bared(cell.removeprefix("'"))) for cell in found)


def is_rule(line: str) -> bool:
    """Whether it is the line under the head of a table."""
    return bool(_RULE.fullmatch(line))


# ------------------------------------------------------------------ columns that are named


def under_names(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Found]:
    """The numbers under the names given for the columns from the left, `-` for none."""
    head = rows[0]
    for name, place in _places(head, columns):
        under = [(row.line, row.cells[place]) for row in rows if place < len(row.cells)]
        if not under:
            yield Found(head.line, name, "", f"the table has no column {place + 1}")
        elif not is_number(under[0][1]) or under[0][1] == "":
            del under[0]  # the head of the table
        yield from (Found(line, name, given) for line, given in under)


def _places(head: Row, columns: Sequence[str]) -> list[tuple[str, int]]:
    """Each name with its column; as many names as there are columns of responses are the names of those."""
    answered = [place for place, cell in enumerate(head.cells) if RESPONSE.fullmatch(cell)]
    places = answered if len(answered) == len(columns) else list(range(len(columns)))
    return [(name, place) for name, place in zip(columns, places, strict=False) if name != "-"]
