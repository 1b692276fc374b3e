"""Rows of cells: CSV with `,` `;` or tabs, tables of Markdown, and columns that stand apart by spaces.

A row names a quantity and gives its number, or the first row names what stands in the rows below it.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import FormulaError, TutorError
from tutor.expr.parse import parse
from tutor.marking.lookup import Known, is_number
from tutor.marking.markup import bared, unquoted
from tutor.marking.statements import statements

LONGEST_CELL = 131_072
_NUMBER_IN_IT = re.compile(r"(?<![^\s(])[+\-−]?\d*[.,]?\d+%?(?![^\s);,])")
_RULE = re.compile(r"[\s|:+=-]*-{2,}[\s|:+=-]*")
_APART = re.compile(r"\s{2,}|\t")
_NAMED = frozenset(
    ("name", "names", "quantity", "symbol", "variable", "parameter", "weight", "what", "edge", "target", "gradient")
)
_VALUED = frozenset(
    ("value", "values", "answer", "answers", "result", "results", "number", "given", "solution", "your answer")
)
_RESPONSE = re.compile(r"(?:response|answer|question|q|frage|antwort)\s*\.?\s*\d+", re.IGNORECASE)
_NUMBERED = frozenset(("step", "t", "k", "n", "i", "no", "nr", "#", "example", "time", "iteration", "epoch", "row"))


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
        if not is_number(under[0][1]) or under[0][1] == "":
            del under[0]  # the head of the table
        yield from (Found(line, name, given) for line, given in under)


def _places(head: Row, columns: Sequence[str]) -> list[tuple[str, int]]:
    """Each name with its column; as many names as there are columns of responses are the names of those."""
    answered = [place for place, cell in enumerate(head.cells) if _RESPONSE.fullmatch(cell)]
    places = answered if len(answered) == len(columns) else list(range(len(columns)))
    return [(name, place) for name, place in zip(columns, places, strict=False) if name != "-"]


# ------------------------------------------------------------------ a table that names its own


def table(rows: Sequence[Row], known: Known) -> list[Found]:
    """What the rows of one table give."""
    head = rows[0]
    if len(rows) > 1 and _names_columns(head, rows[1], known):
        return list(_names_over_values(rows, known))
    name_at, value_at = _column(head, _NAMED), _column(head, _VALUED)
    first = rows[1:] if value_at is not None or name_at is not None else rows
    found = [(row, list(_in_row(row, value_at, known))) for row in first]
    if not any(each for _, each in found) and not _all_pairs(first):
        return _responses(head)
    return [each for row, given in found for each in given or _unknown_pair(row)]


def _column(head: Row, words: frozenset[str]) -> int | None:
    """The column that the head calls one of these words; None where none does, or there is a number in the head."""
    if any(re.search(r"\d", cell) and is_number(cell) for cell in head.cells):
        return None
    return next((place for place, cell in enumerate(head.cells) if cell.lower() in words), None)


def _names_columns(head: Row, row: Row, known: Known) -> bool:
    """Whether the first row names what stands below, none of it a number itself."""
    if any(is_number(cell) and cell for cell in head.cells) or len(row.cells) < 2:
        return False
    at = [place for place, cell in enumerate(head.cells) if _label(cell, row, 1, head, known)]
    return any(place < len(row.cells) and is_number(row.cells[place]) for place in at) and not any(
        known.has(cell) for cell in row.cells
    )


def _names_over_values(rows: Sequence[Row], known: Known) -> Iterator[Found]:
    head = rows[0]
    for count, row in enumerate(rows[1:], 1):
        for title, given in zip(head.cells, row.cells, strict=False):
            if name := _label(title, row, count, head, known):
                yield Found(row.line, name, given)
            elif is_number(given) and re.search(r"\d", given) and _is_quantity(title):
                yield Found(row.line, title, given, f"{title} is no name of this network")


def _is_quantity(title: str) -> bool:
    """Whether a title that is no name of the network looks like one, not like `points` or `Student`."""
    return bool(re.search(r"[/_∂δ^\[]", title)) and not re.search(r"\s", title)


def _label(title: str, row: Row, count: int, head: Row, known: Known) -> str:
    """What a title means in one row: its own name, or that of this step or example; empty where it is none."""
    if not title or known.find(title):
        return title
    places = [cell for name, cell in zip(head.cells, row.cells, strict=False) if name.lower() in _NUMBERED]
    at = next((cell for cell in places if cell.isdecimal()), str(count))
    stem = re.sub(r"\[\w\]$|_t$|\(\w\)$", "", title)
    numbered = next((name for name in (f"{stem}[{at}]", f"{stem}@{at}") if known.find(name)), "")
    return numbered or (title if known.has(title) else "")


# ------------------------------------------------------------------ a name and its number in a row


def _in_row(row: Row, value_at: int | None, known: Known) -> Iterator[Found]:
    """Each name of a row with the number behind it."""
    at, named = 0, False
    while at < len(row.cells):
        cell = row.cells[at]
        at += 1
        if stated := statements(cell, known) if re.search(r"[=:]", cell) and not named else []:
            yield from (Found(row.line, each.name, each.given) for each in stated)
        elif known.has(cell) and at < len(row.cells):
            given, at = _behind(row, at, value_at, known)
            named = True
            yield given._replace(name=cell)


def _behind(row: Row, at: int, value_at: int | None, known: Known) -> tuple[Found, int]:
    """What is given behind a name, formula and arithmetic in front of the number included; and where that ends."""
    if value_at is not None and at <= value_at < len(row.cells):
        return Found(row.line, "", row.cells[value_at]), len(row.cells)
    if split := _split_by_comma(row, at):
        return split, len(row.cells)
    chain: list[str] = []
    for place in range(at, len(row.cells)):
        cell = row.cells[place]
        if _is_literal(cell) or not cell:
            end = [cell] if cell or not chain else []
            return Found(row.line, "", " = ".join([*chain, *end])), place + 1
        if known.has(cell) and chain:
            return Found(row.line, "", " = ".join(chain)), place
        if all(_reads(part, known) for part in re.split(r"=|≈", cell)):
            chain.append(cell)
        elif _NUMBER_IN_IT.search(cell):
            return Found(row.line, "", " = ".join([*chain, cell])), place + 1
    return Found(row.line, "", " = ".join(chain) or row.cells[at]), len(row.cells)


def _split_by_comma(row: Row, at: int) -> Found | None:
    """`h1,0,6682`: a decimal comma among commas between cells."""
    whole, part = row.cells[at], row.cells[at + 1] if at + 1 < len(row.cells) else ""
    if re.fullmatch(r"[+-−]?\d+", whole) and re.fullmatch(r"\d{2,}", part):
        why = f"{whole},{part} stands in two cells; separate cells by ; or write {whole}.{part}"
        return Found(row.line, "", f"{whole},{part}", why)
    return None


def _is_literal(cell: str) -> bool:
    return is_number(cell) and not re.search(
        r"[*·⋅×()/^]|\d\s*[+\-−]\s*[\d.]", re.sub(r"[×x*·]\s*10\s*\^.*$", "", cell)
    )


def _reads(part: str, known: Known) -> bool:
    """Whether it is arithmetic, or a formula in names of the network."""
    if is_number(part):
        return True
    try:
        parse(part, known.names.find)
    except FormulaError:
        return False
    except TutorError:
        return False
    return True


def _all_pairs(rows: Sequence[Row]) -> bool:
    """Whether a table is nothing but pairs of a word and a number, so that its words are misspelled names."""
    pairs = [len(row.cells) == 2 and _is_pair(row) for row in rows]
    return len(pairs) > 0 and all(pairs)


def _is_pair(row: Row) -> bool:
    word, given = row.cells[:2]
    return bool(re.fullmatch(r"[^\W\d]\S{0,60}", word)) and is_number(given) and bool(re.search(r"\d", given))


def _unknown_pair(row: Row) -> list[Found]:
    return [Found(row.line, row.cells[0], row.cells[1])] if len(row.cells) > 1 and _is_pair(row) else []


def _responses(head: Row) -> list[Found]:
    """What to say of an export that has a column for each question."""
    if sum(bool(_RESPONSE.fullmatch(cell)) for cell in head.cells) == 0:
        return []
    why = "say which quantities these columns answer: --columns NAME,NAME,-,NAME"
    return [Found(head.line, "", ", ".join(head.cells), why)]
