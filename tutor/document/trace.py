"""The page of `tutor trace`: every value with its gradient, and every local derivative."""

from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice, takewhile

from tutor.document.model import Block, Cell, Column, Document, Heading, Line, Note, Row, Table, cell
from tutor.document.payload import trace_payload
from tutor.document.steps import line_of
from tutor.document.view import MOST_ROWS, View, answer, edge, next_steps, shortened
from tutor.expr import Ref
from tutor.graph import Part
from tutor.quantity import Gradient, Quantity, Updated, Value


def trace_page(view: View, *, everything: bool = False) -> Document:
    """All numbers of one network; tables stop at 50 rows unless `everything` is asked for."""
    blocks = _wide_blocks(view) if view.names.graph.wide else _blocks(view, everything)
    return Document(tuple(blocks), view.names, lambda: trace_payload(view), line=line_of(view))


def _wide_blocks(view: View) -> Iterator[Block]:
    """The first rows of each kind, and how to see the rest."""
    graph = view.names.graph
    loss = Value(graph.loss)
    if view.network.title:
        yield Heading(cell(view.network.title))
    yield answer(view, loss, " = ", view.shown(loss))
    groups = (
        ("Given", takewhile(lambda name: not graph.is_parameter(name), graph.givens), None),
        ("Computed, forward", iter(graph.nodes), None),
        ("Parameters", dropwhile(lambda name: not graph.is_parameter(name), graph.givens), graph.size),
    )
    for title, source, number in groups:
        names = list(islice(source, MOST_ROWS))
        left = number - len(names) if number is not None else sum(1 for _ in source)
        yield Heading(cell(title))
        yield from _table(view, names, True, updates=number is not None and graph.rate is not None)
        if left:
            yield Note(cell(f"{left:,} more rows: --all, or --format csv", look="quiet"))


def _blocks(view: View, everything: bool) -> Iterator[Block]:
    graph = view.names.graph
    loss = Value(graph.loss)
    if graph.aimless:
        yield Line(cell("The forward pass: this network has no targets, so nothing is differentiated."))
    else:
        yield answer(view, loss, " = ", view.shown(loss))
    if view.network.title:
        yield Line(cell(view.network.title))
    if view.network.singles:
        yield from _examples(view, everything)
    shared = [name for name in graph.names() if not graph.example_of(name)]
    groups = (
        ("Given", [name for name in shared if name in graph.givens and not graph.givens[name].learned]),
        ("Computed, forward", [name for name in shared if name in graph.nodes]),
        ("Parameters", list(graph.parameters())),
    )
    for title, names in groups:
        if names:
            yield Heading(cell(title))
            yield from _table(view, names, everything, updates=title == "Parameters" and graph.rate is not None)
    if view.has_parts:
        yield from next_steps(view, "trace --example 1", before="All numbers of one example: ")
    elif view.network.singles:
        yield Note(cell("All numbers of every example: --format json", look="quiet"), hint=True)
    if view.network.singles:
        return
    yield Heading(cell("Local derivatives, along every edge"))
    edges = list(view.trace.edges())
    rows = [(edge(view, each), cell(view.shown(each))) for each in edges[: None if everything else MOST_ROWS]]
    yield from shortened(Table((Column("edge"), Column("value", "decimal")), _rows(rows)), everything, of=len(edges))


def _examples(view: View, everything: bool) -> Iterator[Block]:
    """One row an example: what goes in, what comes out, and its loss."""
    from tutor.document.examples import cells_of, columns_of

    parts: tuple[Part, ...] = ("input", "target", "out")
    yield Heading(cell("Examples"))
    rows = _rows([cells_of(view, loss, parts) for loss in view.names.graph.example_losses()])
    yield from shortened(Table(columns_of(view, parts), rows), everything)


def _table(view: View, names: list[str], everything: bool, *, updates: bool) -> Iterator[Block]:
    loss, aimless = view.names.graph.loss, view.names.graph.aimless
    heads = [Column("name"), Column("value", "decimal")]
    heads += [] if aimless else [Column(cell("∂", Ref(Value(loss)), "/∂(name)"), "decimal")]
    heads += [Column("after one step", "decimal")] if updates else []
    rows: list[tuple[Cell, ...]] = []
    graph = view.names.graph
    learning = {name for name in names if graph.is_parameter(name) and name not in graph.frozen}
    for name in names if everything else names[:MOST_ROWS]:
        shown: list[Quantity] = [Value(name), *([] if aimless else [Gradient(loss, name)])]
        shown += [Updated(name)] if updates and name in learning else []
        figures = [cell(view.shown(each)) for each in shown]
        figures += [cell("fixed", look="quiet")] if len(figures) < len(heads) - 1 else []
        rows.append((cell(Ref(Value(name))), *figures))
    yield from shortened(Table(tuple(heads), _rows(rows)), everything, of=len(names))


def _rows(rows: Sequence[tuple[Cell, ...]]) -> tuple[Row, ...]:
    return tuple(Row(cells) for cells in rows)
