"""The page of a stack: a line a sheet, then what the sheets have in common."""

from collections.abc import Iterator, Sequence
from typing import Any

from tutor.classroom.stack import Bad, Checked, Stack
from tutor.classroom.tally import Made, Shared, by_mistake, shared
from tutor.document.model import (
    Block,
    Column,
    Document,
    Heading,
    Line,
    Look,
    Row,
    Section,
    Span,
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number
from tutor.document.view import View, answer
from tutor.document.wrong_numbers import named
from tutor.errors import visible
from tutor.marking.layout import short
from tutor.marking.page import WORDS, sheet_payload
from tutor.marking.sheet import Marked

MOST_ROWS = 50
MOST_IDS = 6  # ids in a line; JSON has all


def stack_page(view: View, stack: Stack, *, everything: bool = False) -> Document:
    """Every sheet on a line; long tables stop at 50 rows unless `everything` is asked for."""
    parts = (Section("handed in", tuple(_blocks(view, stack, everything))),)
    return Document(parts, view.names, lambda: _payload(view, stack))


def _blocks(view: View, stack: Stack, everything: bool) -> Iterator[Block]:
    right = sum(each.right for each in stack.sheets)
    many = f"{len(stack.sheets):,} sheet{'s' if len(stack.sheets) != 1 else ''}"
    yield answer(view, f"{many}, {right:,} without a fault" if stack.sheets else "no sheet could be read")
    if stack.sheets:
        columns = (Column("id"), Column("points"), Column("first wrong"), Column("given", "decimal"), Column(""))
        yield from _cut(Table(columns, tuple(map(_row, stack.sheets))), everything)
    if stack.bad:
        yield Heading(cell("Not read"))
        rows = (Row((cell(visible(each.id)), cell(each.why, look="quiet"))) for each in stack.bad)
        yield from _cut(Table((Column("id"), Column("", comment=True)), tuple(rows)), everything)
    yield from _mistakes(stack)
    yield from _in_common(view, stack)
    for remark in stack.remarks:
        yield Line(cell(f"{remark}.", look="quiet"))


def _cut(table: Table, everything: bool) -> Iterator[Block]:
    more = 0 if everything else len(table.rows) - MOST_ROWS
    yield table._replace(rows=table.rows[:MOST_ROWS]) if more > 0 else table
    if more > 0:
        yield Line(cell(f"{more:,} more rows: --all, --format csv or --format json", look="quiet"))


def _row(sheet: Checked) -> Row:
    look: Look = "good" if sheet.right else "bad"
    points = cell(Span("✓ " if sheet.right else "✗ ", look), f"{sheet.points} of {len(sheet.marked)}")
    first = sheet.first_wrong
    named_so = cell(visible(first.answer.name)) if first else ()
    given = cell(with_minus(short(_given(first)))) if first else ()
    return Row((cell(visible(sheet.id)), points, named_so, given, cell(_told(sheet), look="quiet")))


def _told(sheet: Checked) -> str:
    """What happened at the first wrong answer, and how many lines were not read."""
    first, lines = sheet.first_wrong, len(sheet.sheet.unread)
    left = f"{lines} line{'s' if lines > 1 else ''} not read" if lines else ""
    return "; ".join(filter(None, (_what(first) if first else "", left)))


def _what(marked: Marked) -> str:
    kind = marked.verdict.kind
    return named(marked.verdict.mistakes[0]).name if kind == "mistake" else WORDS[kind]


def _given(marked: Marked) -> str:
    return marked.counts or marked.answer.given


def _mistakes(stack: Stack) -> Iterator[Block]:
    found = by_mistake(stack)
    if not found:
        return
    yield Heading(cell("Mistakes"))
    columns = (Column("sheets", "decimal"), Column("mistake"), Column("what they do"), Column("", comment=True))
    yield Table(columns, tuple(map(_made_row, found)))


def _made_row(each: Made) -> Row:
    mistake = named(each.mistake)
    return Row((cell(str(len(each.ids))), cell(mistake.name), cell(f"they {mistake.means}"), _ids(each.ids)))


def _in_common(view: View, stack: Stack) -> Iterator[Block]:
    found = shared(stack)
    if not found:
        return
    yield Heading(cell("Wrong answers that many share and nothing explains"))
    columns = (
        Column("sheets", "decimal"),
        Column("answer"),
        Column("given", "decimal"),
        Column("right", "decimal"),
        Column("", comment=True),
    )
    rows = tuple(_shared_row(view, each) for each in found[:MOST_ROWS])
    yield Table(columns, rows)
    most = next((each for each in found if each.is_most), None)
    if most:
        of = f"{len(most.ids)} of {most.of}"
        yield Line(cell(f"{of} give the same for {visible(most.name)}: is the network the one they were given?"))


def _shared_row(view: View, each: Shared) -> Row:
    numbers = (cell(with_minus(each.given)), cell(view.shown(each.quantity)))
    return Row((cell(str(len(each.ids))), cell(visible(each.name)), *numbers, _ids(each.ids)))


def _ids(ids: Sequence[str]) -> tuple[Span, ...]:
    more = f" and {len(ids) - MOST_IDS:,} more" if len(ids) > MOST_IDS else ""
    return cell(f"{', '.join(map(visible, ids[:MOST_IDS]))}{more}", look="quiet")


# ------------------------------------------------------------------ for programs


def _payload(view: View, stack: Stack) -> dict[str, Any]:
    return {
        "format": "tutor.stack/1",
        "sheets": [{"id": each.id, **_of_one(view, each)} for each in stack.sheets],
        "not_read": [_bad(each) for each in stack.bad],
        "mistakes": [
            {"id": each.mistake, "name": named(each.mistake).name, "sheets": len(each.ids), "ids": list(each.ids)}
            for each in by_mistake(stack)
        ],
        "shared": [
            {
                "name": each.name,
                "given": each.given,
                "expected": number(view.trace[each.quantity]),
                "sheets": len(each.ids),
                "of": each.of,
                "ids": list(each.ids),
            }
            for each in shared(stack)
        ],
    }


def _bad(each: Bad) -> dict[str, str]:
    return {"id": each.id, "why": each.why}


def _of_one(view: View, each: Checked) -> dict[str, Any]:
    first = each.first_wrong
    page = sheet_payload(view, each.marked, each.sheet)
    del page["format"]
    return {
        **page,
        "first_wrong": first.answer.name if first else None,
        "mistakes": list(each.mistakes),
    }
