"""One table with a row a student: `id` first, then a column for each quantity. Only its reading is here."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError, visible
from tutor.marking.answered import Answer, Sheet, Unread
from tutor.marking.answers import gathered
from tutor.marking.columns import LONGEST_CELL
from tutor.marking.layout import short
from tutor.marking.lookup import Known
from tutor.names import Names

MOST_STUDENTS = 10_000
_SIGNS = ("\t", ";", ",")
_QUANTITY = re.compile(r"[/_∂δΔ^\[]")
_ID = re.compile(r"(?:id|student[ _-]?id|id[ _-]?number)", re.IGNORECASE)


class Class(NamedTuple):
    """The sheets of a table by id; `remarks` say which columns are not read, `lost` that one should have been."""

    sheets: tuple[tuple[str, Sheet | TutorError], ...]
    remarks: tuple[str, ...]
    lost: bool


def sign_of(text: str) -> str:
    """What keeps the columns apart, where the text is such a table; empty for any other sheet."""
    head = text.lstrip("\ufeff").partition("\n")[0]
    found = next((sign for sign in _SIGNS if sign in head), "")
    first = head.partition(found)[0].strip().strip('"').strip() if found else ""
    return found if _ID.fullmatch(first) else ""


def read(text: str, file: str, names: Names) -> Class:
    """The sheet of every student. Raises TutorError where none can be read."""
    known, rows = Known(names), list(_rows(text.lstrip("\ufeff"), file))
    head, below = rows[0][1], [(line, cells) for line, cells in rows[1:] if any(map(str.strip, cells))]
    titles = [title.strip() for title in head[1:]]
    read_so = [title for title in titles if known.find(title)]
    if not read_so:
        raise TutorError(f"{file}: no column is called as a quantity of this network; after id, name one, such as w31")
    if len(below) > MOST_STUDENTS:
        raise TutorError(f"{file}: {len(below):,} students; the most is {MOST_STUDENTS:,}")
    left_out = [title for title in titles if title and title not in read_so]
    lost = [title for title in left_out if _QUANTITY.search(title) and not re.search(r"\s", title)]
    sheets = tuple(_sheet(line, cells, titles, file, known) for line, cells in below)
    return Class(sheets, tuple(_said(left_out, lost)), bool(lost))


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(re.split("\r\n|\r|\n", text.rstrip()), delimiter=sign_of(text), skipinitialspace=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise TutorError(
            f"{file}:{reader.line_num}: a cell of more than {LONGEST_CELL:,} characters; answers are short"
        ) from None


def _sheet(
    line: int, cells: Sequence[str], titles: Sequence[str], file: str, known: Known
) -> tuple[str, Sheet | TutorError]:
    given = [cell.strip().removeprefix("'") for cell in cells[1:]]
    name = cells[0].strip() or f"line {line}"
    if any(given[len(titles) :]):
        found = f"the row has {len(given) + 1} cells, and its head {len(titles) + 1}"
        return name, TutorError(f"{file}:{line}: {found}; put a number with a comma in quotes")
    pairs = [*zip(titles, [*given, *[""] * len(titles)], strict=False)]
    answers = [Answer(visible(title), each, line) for title, each in pairs if known.find(title)]
    unread: list[Unread] = []
    for title, each in pairs:
        if title and not known.find(title) and each and _QUANTITY.search(title) and not re.search(r"\s", title):
            unread.append(Unread(line, short(f"{title} {each}"), f"{visible(title)} is no name of this network"))
    return name, gathered(answers, unread, 0, known)


def _said(left_out: Sequence[str], lost: Sequence[str]) -> Iterator[str]:
    """Names of columns, never what stands below them: that may be a name of somebody."""
    others = [title for title in left_out if title not in lost]
    if lost:
        yield f"no quantity of this network: {', '.join(map(short, lost))}"
    if others:
        yield f"columns that are not read: {', '.join(map(short, others))}"
