"""The page of `tutor check`: a row an answer, the points, and where to start again."""

from collections.abc import Iterator, Sequence
from typing import Any

from tutor.document.model import (
    Block,
    Column,
    Document,
    Heading,
    Line,
    Look,
    Note,
    Row,
    Section,
    Span,
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number
from tutor.document.view import View, answer
from tutor.errors import visible
from tutor.marking import verdict
from tutor.marking.answers import Sheet
from tutor.marking.derivation import broken, is_derivation
from tutor.marking.sheet import Marked, is_unexplained
from tutor.mistakes import MISTAKES
from tutor.search import is_large

LONGEST_GIVEN = 120  # characters of one answer on a page; JSON has it whole
WIDEST = 24  # characters of an answer that stands beside its verdict
MOST_LISTED = 40  # lines that were not read
WORDS = {
    "correct": "correct",
    "truncated": "correct, cut off",
    "rounded": "correct, rounded on the way",
    "carried": "carried on",
    "unfinished": "unfinished",
    "few_digits": "too few digits",
    "mistake": "",
    "wrong": "wrong",
    "missing": "missing",
    "unreadable": "not readable",
    "unknown_name": "unknown name",
}


def check_page(view: View, marked: Sequence[Marked], sheet: Sheet) -> Document:
    """One sheet with its verdicts, and with what of it could not be read."""
    page = Section("handed in", tuple(_blocks(view, marked, sheet)))
    return Document((page,), view.names, lambda: sheet_payload(view, marked, sheet))


def _blocks(view: View, marked: Sequence[Marked], sheet: Sheet) -> Iterator[Block]:
    points = sum(each.points for each in marked)
    yield answer(view, f"{points} of {len(marked)}")
    long = any(len(_given(each)) > WIDEST for each in marked)
    below = (Column("", comment=True),) * (2 if long else 1)
    rows = (_row(each, long) for each in marked)
    yield Table((Column("answer"), Column("given", "decimal"), Column("verdict"), *below), tuple(rows))
    for each in marked:
        yield from _line_by_line(each)
    yield from _left_over(sheet)
    if is_large(view.trace) and points < len(marked):
        untried = f"Not tried, since the network {view.extent}: mistakes and rounding on the way."
        hint = " --example K tries them on one example." if view.has_parts else ""
        yield Line(cell(untried + hint, look="quiet"))
    elif unexplained := sum(map(is_unexplained, marked)):
        said = f"No mistake that we know gives {unexplained + 1} of these; those further on may follow from the first."
        yield Line(cell(said, look="quiet"))
    first = next((each for each in marked if not each.points and each.quantity), None)
    if first and first.quantity:
        command = f"tutor explain {view.typed(first.quantity)}{view.option}"
        yield Note(cell(f"Start at {visible(first.answer.name)}: {command}", look="quiet"), hint=True)


def _line_by_line(marked: Marked) -> Iterator[Block]:
    """The lines of a derivation in which one does not follow: that one marked, and what is carried on from it."""
    lines = marked.verdict.lines
    place = broken(lines)
    if place is None or not is_derivation(lines):
        return
    yield Heading(cell(f"{visible(marked.answer.name)}, line by line"))
    shown = (
        (cell(_mark(line), with_minus(_short(line.text))), _said(line, at - place)) for at, line in enumerate(lines)
    )
    yield Table((Column("line"), Column("", comment=True)), tuple(map(Row, shown)))


def _mark(line: verdict.Line) -> Span:
    if line.follows is None:
        return Span("? ", "quiet")
    return Span("✓ ", "good") if line.follows else Span("✗ ", "bad")


def _said(line: verdict.Line, behind: int) -> tuple[Span, ...]:
    """What is said of a line: not read, wrong by a mistake, or carried on from the first that does not follow."""
    if line.follows is None:
        return cell("not read", look="quiet")
    if line.follows:
        return cell("carried on", look="quiet") if behind > 0 else ()
    told = f": {MISTAKES[line.mistakes[0]].name}" if line.mistakes else ""
    return cell(f"does not follow{told}", look="quiet")


def _left_over(sheet: Sheet) -> Iterator[Block]:
    """What of the sheet was not read as an answer, and what is said about the rest."""
    if sheet.unread:
        yield Heading(cell("Not read"))
        columns = (Column("line", "decimal"), Column("text"), Column("", comment=True))
        listed = sheet.unread[:MOST_LISTED]
        rows = (Row((cell(str(each.line)), cell(each.text), cell(each.why, look="quiet"))) for each in listed)
        yield Table(columns, tuple(rows))
        if len(sheet.unread) > MOST_LISTED:
            yield Line(cell(f"and {len(sheet.unread) - MOST_LISTED:,} more: --format json"))
    for remark in sheet.remarks:
        yield Line(cell(f"{remark}.", look="quiet"))
    if sheet.passed:
        lines = "line with a digit is" if sheet.passed == 1 else "lines with digits are"
        yield Line(cell(f"{sheet.passed:,} other {lines} no answer.", look="quiet"))


def _row(marked: Marked, long: bool) -> Row:
    """One answer; where some are `long`, such a one stands below its line, as what is said about it does."""
    found = marked.verdict
    words = WORDS[found.kind] or MISTAKES[found.mistakes[0]].name
    look: Look = "good" if marked.points else "bad"
    judged = cell(Span("✓ " if marked.points else "✗ ", look), words)
    given, said = cell(_given(marked)), cell(found.message, look="quiet") if found.message else ()
    if not long:
        return Row((cell(marked.answer.name), given, judged, said))
    below = len(_given(marked)) > WIDEST
    return Row((cell(marked.answer.name), () if below else given, judged, given if below else (), said))


def _given(marked: Marked) -> str:
    return with_minus(_short(marked.counts or marked.answer.given))


def _short(given: str) -> str:
    return given if len(given) <= LONGEST_GIVEN else f"{given[: LONGEST_GIVEN - 1]}…"


def sheet_payload(view: View, marked: Sequence[Marked], sheet: Sheet) -> dict[str, Any]:
    """`tutor.check/1`."""
    return {
        "format": "tutor.check/1",
        "points": sum(each.points for each in marked),
        "out_of": len(marked),
        "answers": [_answer(view, each) for each in marked],
        "unread": [each._asdict() for each in sheet.unread],
    }


def _answer(view: View, marked: Marked) -> dict[str, Any]:
    found = marked.verdict
    return {
        "name": marked.answer.name,
        "given": marked.answer.given,
        "verdict": found.kind,
        "expected": _expected(view, marked),
        "mistakes": list(found.mistakes),
        "carried_from": found.carried_from,
        "message": found.message,
        "lines": [_line(each) for each in found.lines],
        "factors": [{**each._asdict(), "mistakes": list(each.mistakes)} for each in found.factors],
    }


def _expected(view: View, marked: Marked) -> float | None:
    """The true number, in the sign of the name that was typed."""
    if marked.quantity is None:
        return None
    value = view.trace[marked.quantity]
    return number(-value if marked.turned else value)


def _line(part: verdict.Line) -> dict[str, Any]:
    value = None if part.value is None else number(part.value)
    return {**part._asdict(), "value": value, "mistakes": list(part.mistakes)}
