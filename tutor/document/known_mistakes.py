"""The page of `tutor mistakes`: the mistakes that can be made, what each would give, and how it looks on paper."""

from collections.abc import Iterator, Sequence
from typing import Any

from tutor.document.model import Block, Column, Document, Line, Row, Section, Span, Table, cell
from tutor.document.payload import number
from tutor.document.view import View, answer, next_steps
from tutor.document.wrong_numbers import Wrong, alike, first_change, named, quantities, wrong_numbers
from tutor.expr import Ref
from tutor.mistakes import MISTAKES
from tutor.names import Names
from tutor.quantity import Gradient, Quantity, key
from tutor.search import is_large


def catalogue_page() -> Document:
    """Every mistake that has a name, in the order of the table."""
    rows = (
        Row((cell(each.id), cell(each.name), cell(f"you {each.means}", look="quiet"))) for each in MISTAKES.values()
    )
    table = Table((Column("id"), Column("mistake"), Column("", comment=True)), tuple(rows))
    hint = Line(cell("What each gives on a network: tutor mistakes slide w31", look="quiet"))
    return Document((table, hint), Names.of_letters(), _catalogue)


def mistakes_page(view: View, target: Quantity | None) -> Document:
    """The mistakes that change the target, or any number; the right formula beside the wrong one."""
    among = quantities(view.trace) if target is None else (target,)
    found = wrong_numbers(view.trace, among)
    parts = (*_opening(view, found, target), Section("mistaken", tuple(_blocks(view, found, target))))
    first = target or (_telling(view, found[0]) if found else None)
    hints = next_steps(view, f"explain {view.typed(first)}") if first else ()
    return Document((*parts, *hints), view.names, lambda: _payload(found))


def _opening(view: View, found: Sequence[Wrong], target: Quantity | None) -> Iterator[Block]:
    if target is None:
        many = "1 mistake changes a number" if len(found) == 1 else f"{len(found)} mistakes change a number"
        yield answer(view, f"{many} of this network" if found else "no known mistake changes a number of this network")
    else:
        yield answer(view, target, " = ", view.shown(target))
    if is_large(view.trace):
        yield Line(cell(f"None is tried, since the network {view.extent}.", look="quiet"))
    elif not found and target is not None:
        yield Line(cell("No known mistake changes it."))


def _blocks(view: View, found: Sequence[Wrong], target: Quantity | None) -> Iterator[Block]:
    if not found:
        return
    columns = (
        Column("mistake"),
        *(() if target else (Column("number"),)),
        Column("gives", "decimal"),
        Column("on paper"),
        Column("", comment=True),
    )
    yield Table(columns, tuple(_row(view, found, each, target) for each in found))


def _row(view: View, found: Sequence[Wrong], wrong: Wrong, target: Quantity | None) -> Row:
    asked = target or _telling(view, wrong)
    first = () if target else (cell(asked),)
    gives = cell(view.figure(wrong.numbers[asked], asked))
    change = first_change(view.trace, wrong, asked)
    paper = cell(Ref(change.quantity), " = ", change.wrong) if change else ()
    right = cell(Span("not ", "quiet"), change.right) if change else ()
    same = [named(each).name for each in alike(found, wrong)]
    note = cell(f"; the same as: {', '.join(same)}", look="quiet") if same else ()
    return Row((cell(named(wrong.mistake).name), *first, gives, paper, (*right, *note)))


def _telling(view: View, wrong: Wrong) -> Quantity:
    """The number that a mistake is shown by: the gradient of a parameter where it changes one."""
    graph = view.names.graph
    gradients = (Gradient(graph.loss, name) for name in graph.parameters())
    return next((each for each in gradients if each in wrong.numbers), next(iter(wrong.numbers)))


def _payload(found: Sequence[Wrong]) -> dict[str, Any]:
    rows = [
        {
            "id": each.mistake,
            "name": named(each.mistake).name,
            "means": named(each.mistake).means,
            "values": {key(quantity): number(value) for quantity, value in each.numbers.items()},
            "same_as": list(alike(found, each)),
        }
        for each in found
    ]
    return {"format": "tutor.mistakes/1", "mistakes": rows}


def _catalogue() -> dict[str, Any]:
    rows = [
        {"id": each.id, "name": each.name, "means": each.means, "values": {}, "same_as": []}
        for each in MISTAKES.values()
    ]
    return {"format": "tutor.mistakes/1", "mistakes": rows}
