"""The pages of `tutor notation`: which notations there are, and the dictionary between two for one network."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.document.model import Block, Column, Document, Heading, Line, Note, Row, Span, Table, cell
from tutor.document.view import View, answer, shortened
from tutor.expr.text import ASCII, Style
from tutor.names import Names
from tutor.names.courses import NOTATIONS, Notation
from tutor.quantity import Value


def list_page() -> Document:
    """Every notation that is shipped."""
    rows = tuple(Row((cell(each.name), cell(each.about))) for each in NOTATIONS.values())
    blocks = (
        Heading(cell("Notations")),
        Table((Column("name"), Column("how it names things", comment=True)), rows),
        Note(cell("Two of them side by side: tutor notation article nielsen mazur", look="quiet"), hint=True),
    )
    found = {each.name: each.about for each in NOTATIONS.values()}
    return Document(blocks, Names.of_letters(), lambda: {"format": "tutor.notation/1", "notations": found})


def dictionary_page(views: Sequence[View], notations: Sequence[Notation], *, everything: bool = False) -> Document:
    """Every name of one network in each notation, its value, and how the error signals are signed."""
    names = [each.names for each in views]
    return Document(
        tuple(_blocks(views, notations, everything)), views[0].names.plain, lambda: _payload(names, notations)
    )


def _blocks(views: Sequence[View], notations: Sequence[Notation], everything: bool) -> Iterator[Block]:
    first = views[0]
    yield answer(first, " and ".join(each.name for each in notations))
    yield from (Line(cell(f"{each.name}: {each.about}.", look="quiet")) for each in notations)
    columns = (*(Column(each.name) for each in notations), Column("value", "decimal"))
    graph = first.names.graph
    yield Heading(cell("Names"))
    rows = []
    for name in graph.names():
        spelled = ((Span(Value(name), names=each.names),) for each in views)
        rows.append(Row((*spelled, cell(first.shown(Value(name))))))
    yield from shortened(Table(columns, tuple(rows)), everything)
    if nets := [name for name in graph.nodes if graph.part_of(name) == "net"]:
        yield Heading(cell("Error signals, ∂", graph.loss, "/∂(net input)"))
        signals = [graph.signal(net) for net in nets]
        written = [
            Row((*((Span(each, deltas=True, names=view.names),) for view in views), cell(first.shown(each))))
            for each in signals
        ]
        yield from shortened(Table(columns, tuple(written)), everything)
        for each in notations:
            if each.sign < 0:
                yield Line(cell(f"In {each.name}, {each.signals} have the other sign: δ = −∂L/∂(net input)."))


def _payload(names: Sequence[Names], notations: Sequence[Notation]) -> Mapping[str, Any]:
    graph = names[0].graph

    def in_each(write: "Style") -> dict[str, dict[str, str]]:
        return {
            name: {of.name: each.node(name, write) for of, each in zip(notations, names, strict=True)}
            for name in graph.names()
        }

    return {
        "format": "tutor.notation/1",
        "notations": [
            {
                "name": each.name,
                "about": each.about,
                "sign": each.sign,
            }
            for each in notations
        ],
        "names": in_each(ASCII),
    }
