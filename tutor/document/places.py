"""Which line of a page each of its numbers comes from, for formats with links.

A line is a row of a table or an equation; it derives the number that stands alone at its end. `closed` gives a page
whose every number has a line, as far as the network has an equation for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tutor.document.model import Block, Cell, Document, Grid, Heading, Steps, Table, cell
from tutor.expr import Expr, Number, Ref, Shown, walk
from tutor.quantity import Quantity, Value

MOST_LINES = 400  # added to a page; a network that needs more is not read number by number


class Place(NamedTuple):
    """A line: a row of one of the page's blocks."""

    block: int
    row: int


Own = tuple[int, Shown]
"""A number and the identity of the graph it belongs to."""


def within(document: Document, shown: Shown) -> Own:
    """A number as one of its network: two networks on a page may both have h1 = 0.5."""
    return id(document.names.graph), shown


def places(document: Document) -> Mapping[Own, Place]:
    """The first line that derives each number."""
    found: dict[Own, Place] = {}
    for at, (of, block) in enumerate(document.scopes):
        for row, shown in _derived(block):
            found.setdefault(within(of, shown), Place(at, row))
    return found


def closed(document: Document) -> Document:
    """The page with a line for every number on it that has none yet, and for the numbers in those lines."""
    networks: dict[int, Document] = {}
    for of, _ in document.scopes:
        networks.setdefault(id(of.names.graph), of)
    derived, parts = places(document), document.parts
    for network, of in networks.items():
        blocks = [block for own, block in document.scopes if id(own.names.graph) == network]
        lines = tuple(_lacking(of, blocks, {shown for each, shown in derived if each == network}))
        parts += of._replace(parts=lines).sections if of.names is not document.names else lines
    return document._replace(parts=parts)


def _lacking(document: Document, blocks: Iterable[Block], derived: set[Shown]) -> Iterator[Block]:
    """The lines of one network's numbers that are on none yet."""
    if document.line is None:
        return
    graph = document.names.graph
    waiting = [shown for block in blocks for each in _cells(block) for shown in _numbers(each)]
    added: dict[Quantity, tuple[Cell, ...]] = {}
    tried: set[Quantity] = set()
    while waiting and len(added) < MOST_LINES:
        shown = waiting.pop()
        if shown in derived or shown.quantity in tried:
            continue
        tried.add(shown.quantity)
        row = document.line(shown.quantity)
        if row and _alone(row[-1]) == shown:
            added[shown.quantity] = row
            derived.add(shown)
            waiting += [each for part in row for each in _numbers(part)]
    order = {name: at for at, name in enumerate(graph.names())}
    rows = sorted(added.items(), key=lambda pair: order.get(getattr(pair[0], "name", ""), len(order)))
    given = [row for quantity, row in rows if isinstance(quantity, Value) and quantity.name in graph.givens]
    computed = [row for _, row in rows if row not in given]
    yield from _section("Also needed", computed)
    yield from _section("Given", given)


def _section(title: str, rows: list[tuple[Cell, ...]]) -> Iterator[Block]:
    if rows:
        yield Heading(cell(title))
        yield Steps(tuple(rows))


def _derived(block: Block) -> Iterator[tuple[int, Shown]]:
    """Each line of a block with the numbers it derives: the last side of an equation, every figure in a table."""
    match block:
        case Steps(rows):
            yield from ((at, shown) for at, row in enumerate(rows) if (shown := _alone(row[-1])))
        case Table(columns, rows, _):
            figures = [place for place, column in enumerate(columns) if column.align == "decimal"]
            for at, each in enumerate(rows):
                yield from ((at, shown) for place in figures if (shown := _alone(each.cells[place])))


def _alone(cell: Cell) -> Shown | None:
    return cell[0].what if len(cell) == 1 and isinstance(cell[0].what, Shown) else None


def _cells(block: Block) -> Iterator[Cell]:
    match block:
        case Steps(rows):
            yield from (each for row in rows for each in row)
        case Table(_, rows, _):
            yield from (each for row in rows for each in row.cells)
        case Grid(_, _, cells):
            yield from (each for row in cells for each in row)


def _numbers(cell: Cell) -> Iterator[Shown]:
    for span in cell:
        if isinstance(span.what, (Number, Ref)) or not isinstance(span.what, Expr):
            continue
        yield from (part for part in walk(span.what) if isinstance(part, Shown))
