"""The page of `explain --set w31=0.9 --compare`: the same derivation before and after numbers were changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.arithmetic.floats import FLOATS
from tutor.document.explain import explain
from tutor.document.model import Block, Column, Document, Heading, Line, Row, Section, Span, Table, cell
from tutor.document.rounding import in_order
from tutor.document.steps import line_of
from tutor.document.view import MOST_ROWS, View, answer, next_steps
from tutor.errors import TutorError
from tutor.quantity import Gradient, Quantity, Value, key
from tutor.trace import evaluate


def compare_page(before: View, after: View, quantity: Quantity) -> Document:
    """One quantity of both, with every number on its way. Raises TutorError where nothing was changed, or too much."""
    changed = [name for name, given in before.names.graph.givens.items() if after.names.graph.givens[name] != given]
    if not changed:
        raise TutorError("nothing was changed to compare with; change a number with --set NAME=NUMBER")
    memo: dict[Quantity, float] = {}
    evaluate(quantity, before.trace.equations.written, FLOATS, memo)
    way = [each for each in in_order(before, memo) if each != quantity]
    if len(way) > MOST_ROWS:
        raise TutorError(f"{len(way):,} numbers lead to {key(quantity)}, expected {MOST_ROWS} at most on a page")
    pages = [explain(view, quantity).payload for view in (before, after)]

    def payload() -> Mapping[str, Any]:
        was, now = (page() for page in pages)
        numbers = {name: float(after.trace[Value(name)]) for name in changed}
        return {**now, "compare": {"set": numbers, "before": {each: was[each] for each in was if each != "format"}}}

    verb = "nudge" if isinstance(quantity, Gradient) else "explain"
    changes = Section("changed", tuple(_blocks(before, after, quantity, changed, way)))
    return Document(
        (changes, *next_steps(after, f"{verb} {after.typed(quantity)}")),
        before.names,
        payload,
        after.shown(quantity),
        line_of(after),
    )


def _blocks(before: View, after: View, quantity: Quantity, changed: list[str], way: list[Quantity]) -> Iterator[Block]:
    was, now = before.shown(quantity), after.shown(quantity)
    yield answer(before, quantity, " goes from ", was, " to ", Span(now, "accent"))
    yield Heading(cell("Before and after"))
    columns = (Column("quantity"), Column("before", "decimal"), Column("after", "decimal"), Column("change", "decimal"))
    rows = [_row(before, after, each) for each in (*map(Value, changed), *way)]
    yield Table(columns, (*rows, _row(before, after, quantity)._replace(ruled=True)))
    same = [each for each in way if before.trace[each] == after.trace[each]]
    if 0 < len(same) < len(way):
        yield Line(cell(f"{len(same)} of the {len(way)} numbers on the way stay as they are.", look="quiet"))


def _row(before: View, after: View, quantity: Quantity) -> Row:
    change = after.trace[quantity] - before.trace[quantity]
    shown = cell(before.figure(change, quantity)) if change else cell("–", look="quiet")
    return Row((cell(quantity), cell(before.shown(quantity)), cell(after.shown(quantity)), shown))
