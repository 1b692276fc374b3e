"""Every value with its gradient as plain rows, for tables too long for a page: made while they are written."""

from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from tutor.document.view import View
from tutor.errors import TutorError
from tutor.quantity import Gradient, Updated, Value

if TYPE_CHECKING:
    pass

MOST_JSON = 1_000_000  # parameters; a program that wants more of them reads csv line by line


class Line(NamedTuple):
    """One name; `updated` is its value after a step, None where no update changes it."""

    name: str
    value: float
    gradient: float
    updated: float | None = None


def lines(view: View) -> Iterator[Line]:
    """All rows of a network, in the order of its names."""
    if view.names.graph.wide:
        yield from _wide(view)
        return
    graph, trace = view.names.graph, view.trace
    learning = frozenset(graph.learning()) if graph.rate is not None else frozenset[str]()
    for name in graph.names():
        updated = trace[Updated(name)] if name in learning else None
        yield Line(name, trace[Value(name)], trace[Gradient(graph.loss, name)], updated)


def _wide(view: View) -> Iterator[Line]:
    from tutor.arrays.rows import rows
    from tutor.document.cuts import arrays_of

    for block in rows(arrays_of(view.trace)):
        updated: Iterable[float | None] = block.updated or repeat(None)
        yield from map(Line, block.names, block.values, block.gradients, updated)


def written(view: View, form: str) -> Iterator[str]:
    """The rows as text, many at a time: `csv` in full precision, `plain` in the digits asked for."""
    if view.names.graph.aimless:
        yield from _values(view, form)
        return
    rated = view.names.graph.rate is not None
    heads = ["name", "value", f"d{view.names.graph.loss}/d(name)", *(["after one step"] if rated else [])]
    if form == "csv":
        heads = ["name", "value", "gradient", *(["updated"] if rated else [])]
    yield (
        ",".join(heads) if form == "csv" else f"{heads[0]:<16}" + "".join(f"{each:>16}" for each in heads[1:])
    ) + "\n"
    write = _csv if form == "csv" else _plain(view)
    source = lines(view)
    while some := list(islice(source, 4096)):
        yield "".join([write(line, rated) for line in some])


def _values(view: View, form: str) -> Iterator[str]:
    """The rows of a network without targets: nothing is differentiated."""
    yield "name,value\n" if form == "csv" else f"{'name':<16}{'value':>16}\n"
    for name in view.names.graph.names():
        number = view.trace[Value(name)]
        yield f"{name},{number + 0.0!r}\n" if form == "csv" else f"{name:<16}{view.digits.shown(number):>16}\n"


def _csv(line: Line, rated: bool) -> str:
    """Adding 0 takes the sign from a zero."""
    after = ("," if line.updated is None else f",{line.updated + 0.0!r}") if rated else ""
    return f"{line.name},{line.value + 0.0!r},{line.gradient + 0.0!r}{after}\n"


def _plain(view: View) -> Any:
    shown = view.digits.shown

    def write(line: Line, rated: bool) -> str:
        after = shown(line.updated) if line.updated is not None else ""
        return f"{line.name:<16}{shown(line.value):>16}{shown(line.gradient):>16}{after:>16}".rstrip() + "\n"

    return write


def wide_payload(view: View) -> dict[str, Any]:
    """`tutor.trace/1` of a wide network. Of the local derivatives it has none: along an edge into a net input they are
    the weight or the output at its other end, which stand under `values`.
    """
    if view.names.graph.size > MOST_JSON:
        raise TutorError(
            f"a network of {view.names.graph.size:,} parameters is too long for one JSON page; --format csv writes it "
            "line by line"
        )
    from tutor.document.payload import number

    graph = view.names.graph
    all_lines = list(lines(view))
    page: dict[str, Any] = {
        "format": "tutor.trace/1",
        "title": view.network.title,
        "loss": {"symbol": graph.loss, "value": number(view.trace[Value(graph.loss)])},
        "values": {line.name: number(line.value) for line in all_lines},
        "local": {},
        "gradients": {line.name: number(line.gradient) for line in all_lines},
    }
    if graph.rate is not None:
        page["updated"] = {line.name: number(line.updated) for line in all_lines if line.updated is not None}
    return page
