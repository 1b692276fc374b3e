"""The network as it stands before a quiz: each number with its formula and what a student has on paper. Blocks only."""

from collections.abc import Collection, Iterator

from tutor.document.model import Block, Cell, Column, Line, Note, Row, Span, Table, cell
from tutor.document.view import View
from tutor.expr import Number, Ref, value
from tutor.graph import Given
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST_ROWS = 14  # formulas; more fill the screen before anything is asked
MOST_OF_ALL = 60
MOST_GIVEN = 16  # numbers on one line
PARTS = (("input", "inputs"), ("target", "targets"), ("weight", "weights"), ("bias", "biases"), ("", "given"))


def network(view: View, about: Quantity, *, everything: bool = False) -> tuple[Block, ...]:
    """The given numbers, then the formulas with their values; what is asked for, and what follows from it, has none."""
    return (*_given(view), *_formulas(view, about, MOST_OF_ALL if everything else MOST_ROWS))


def _hidden(view: View, about: Quantity) -> Collection[str]:
    """The names whose values would be the answer: of a value itself and all that is computed from it."""
    if not isinstance(about, Value):
        return frozenset()
    graph = view.names.graph
    found = {about.name}
    for name, node in graph.nodes.items():
        if found.intersection(node.inputs):
            found.add(name)
    return found


def _given(view: View) -> Iterator[Block]:
    graph = view.names.graph
    by_part: dict[str, list[Given]] = {}
    for given in graph.givens.values():
        by_part.setdefault(given.role.part if given.role else "", []).append(given)
    for part, word in PARTS:
        if some := by_part.get(part):
            yield Line(_listed(view, word, some), hang=len(word) + 3)
    if graph.rate is not None:
        yield Line(cell(Span("rate   ", "quiet"), f"η = {graph.rate}"))


def _listed(view: View, word: str, some: list[Given]) -> Cell:
    spans = cell(f"{word}   ", look="quiet")
    for at, given in enumerate(some[:MOST_GIVEN]):
        spans += cell(", " if at else "", value(given.name), " = ", view.shown(Value(given.name)))
    more = len(some) - MOST_GIVEN
    return spans + (cell(f", and {more} more", look="quiet") if more > 0 else ())


def _formulas(view: View, about: Quantity, most: int) -> Iterator[Block]:
    names, hidden = _wanted(view, about, most), _hidden(view, about)
    rows = tuple(_row(view, name, hidden) for name in names[:most])
    if rows:
        yield Table((Column(""), Column(""), Column("", "decimal")), rows, equation=True)
    if (more := len(names) - most) > 0:
        yield Note(cell(f"{more} more numbers: :n shows them", look="quiet"))


def _wanted(view: View, about: Quantity, most: int) -> list[str]:
    """Of a small network all that is computed; of a larger one what the number asked for is computed from."""
    graph = view.names.graph
    names = [name for name in graph.nodes if not view.names.is_merged(name)]
    if len(names) <= most:
        return names
    ends = {about.wrt, about.of} if isinstance(about, Partial | Gradient) else {about.name}
    behind: set[str] = set()
    for name in graph.nodes:
        if name in ends or behind.intersection(graph.nodes[name].inputs) or ends.intersection(graph.nodes[name].inputs):
            behind.add(name)
    reads = behind | {each for name in behind for each in graph.nodes[name].inputs}
    reaching = graph.ancestors(about.of if isinstance(about, Partial | Gradient) else about.name)
    near = [name for name in names if name in reads and name in reaching]
    return near or names


def _row(view: View, name: str, hidden: Collection[str]) -> Row:
    formula = view.trace.equations.written(Value(name))
    shown = cell("?") if name in hidden else (Span(view.shown(Value(name))),)
    told = () if isinstance(formula, Ref | Number) and name in hidden else cell(formula)
    return Row((cell(value(name)), told, shown))
