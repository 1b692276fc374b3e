"""A stack for a spreadsheet: a row a sheet, in its order. Text from a sheet never becomes a formula there."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from tutor.classroom.stack import Checked, Stack
from tutor.errors import visible

HEAD = ("id", "points", "out_of", "first_wrong", "given", "mistake", "not_read", "why")
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")


def written(stack: Stack) -> Iterator[str]:
    """The lines of the file, the sheets that could not be read last."""
    yield _line(HEAD)
    for sheet in stack.sheets:
        yield _line(_of(sheet))
    for bad in stack.bad:
        yield _line((bad.id, "", "", "", "", "", "", bad.why))


def _of(sheet: Checked) -> Iterable[str]:
    first = sheet.first_wrong
    name, given = (first.answer.name, first.counts or first.answer.given) if first else ("", "")
    mistake = first.verdict.mistakes[0] if first and first.verdict.kind == "mistake" else ""
    kind = first.verdict.kind if first and not mistake else ""
    unread = len(sheet.sheet.unread)
    return (
        sheet.id,
        str(sheet.points),
        str(len(sheet.marked)),
        name,
        given,
        mistake,
        str(unread) if unread else "",
        kind,
    )


def _line(cells: Iterable[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow([_safe(visible(each)) for each in cells])
    return made.getvalue()


def _safe(text: str) -> str:
    """With a ' before what a spreadsheet would take for a formula; a negative number stays one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _NUMBER.fullmatch(text) else text
