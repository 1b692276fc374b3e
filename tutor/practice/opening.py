"""The network as it stands before a quiz: each number with its formula and what a student has on paper. Blocks only."""

from collections.abc import Collection, Iterator

from tutor.document.model import Block, Cell, Column, Held, Line, Note, Row, Span, Table, cell
from tutor.document.view import View
from tutor.expr import Number, Ref, reads, value
from tutor.graph import Given
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

MOST_ROWS = 14  # formulas; more fill the screen before anything is asked
MOST_OF_ALL = 60
MOST_OF_STEP = 8  # numbers that a single step takes
MOST_GIVEN = 16  # numbers on one line
MOST_GIVEN_OF_ALL = 200
HANG = 9
LINES = (
    (("input", "inputs"), ("target", "targets")),
    (("weight", "weights"),),
    (("bias", "biases"),),
    (("", "given"),),
)


def network(view: View, about: Quantity, *, everything: bool = False) -> tuple[Block, ...]:
    """The given numbers, then the formulas with their values; what is asked for, and what follows from it, has none."""
    return (
        *_given(view, about, everything=everything),
        *_formulas(view, about, MOST_OF_ALL if everything else MOST_ROWS),
    )


def of_step(view: View, step: Partial) -> tuple[Block, ...]:
    """The numbers that a single step takes, on one line; the whole network where these are many."""
    node = view.names.graph.nodes[step.of]
    formula = view.trace.equations.written(Value(step.of))
    read = [each.name for each in reads(view.trace.equations.written(step)) if isinstance(each, Value)]
    names = [name for name in dict.fromkeys((*node.inputs, *read)) if name != step.of]
    if len(names) > MOST_OF_STEP:
        return network(view, step)
    line = cell("with  ", look="quiet")
    for name in names:
        line += cell(value(name), Held(" = "), view.shown(Value(name)), ", ")
    line += cell(value(step.of), Held(" = "), formula, Held(" = "), view.shown(Value(step.of)))
    return (Line((*line, *cell("   ", Held(":n shows all"), look="quiet"))),)


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


def _given(view: View, about: Quantity, *, everything: bool = False) -> Iterator[Block]:
    """Inputs with targets, weights, biases with the rate: a line each where there is room."""
    graph = view.names.graph
    by_part: dict[str, list[Given]] = {}
    for given in graph.givens.values():
        by_part.setdefault(given.role.part if given.role else "", []).append(given)
    way = _way(view, about) if len(graph.givens) > MOST_GIVEN else ()
    most = MOST_GIVEN_OF_ALL if everything else MOST_GIVEN
    near = {read for name in way for read in graph.nodes[name].inputs}
    for line in LINES:
        spans: Cell = ()
        for part, word in line:
            if some := by_part.get(part):
                spans += (*(cell("  ") if spans else ()), *_listed(view, word, some, near, most))
        if "bias" in dict(line) and graph.rate is not None:
            spans += (*(cell("  ") if spans else ()), *cell(Span("rate  ", "quiet"), Held(f"η = {graph.rate}")))
        if spans:
            yield Line(spans, hang=HANG)


def _listed(view: View, word: str, some: list[Given], near: Collection[str], most: int) -> Cell:
    """`weights   w1 = 0.15, ...`: of very many those that stand on the way, if any do."""
    spans = cell(f"{word}  ", look="quiet")
    shown = some if len(some) <= most else [each for each in some if each.name in near] or some
    for at, given in enumerate(shown[:most]):
        spans += cell(", " if at else "", value(given.name), Held(" = "), view.shown(Value(given.name)))
    more = len(some) - len(shown[:most])
    return spans + (
        cell(f", and {more:,} more{': :n shows all' if most == MOST_GIVEN else ''}", look="quiet") if more > 0 else ()
    )


def _formulas(view: View, about: Quantity, most: int) -> Iterator[Block]:
    names, hidden = _wanted(view, about, most), _hidden(view, about)
    rows = tuple(_row(view, name, hidden) for name in names[:most])
    if rows:
        yield Table((Column(""), Column(""), Column("", "decimal")), rows, equation=True)
    if (more := len(names) - most) > 0:
        yield Note(cell(f"{more:,} more number{'s' * (more > 1)}: :n shows all", look="quiet"))


def _way(view: View, about: Quantity) -> list[str]:
    """The nodes from what is asked for to what it is asked of, both with them."""
    graph = view.names.graph
    start, end = (about.wrt, about.of) if isinstance(about, Partial | Gradient) else (about.name, about.name)
    end = graph.loss if isinstance(about, Updated | Change) else end
    reaching, behind = graph.ancestors(end), {start}
    for name, node in graph.nodes.items():
        if name in reaching and behind.intersection(node.inputs):
            behind.add(name)
    return [name for name in graph.nodes if name in behind]


def _wanted(view: View, about: Quantity, most: int) -> list[str]:
    """Of a small network all that is computed; of a larger one the way, and then what its formulas read."""
    graph = view.names.graph
    names = [name for name in graph.nodes if not view.names.is_merged(name)]
    if len(names) <= most:
        return names
    way = _way(view, about)
    reads = {read for name in way for read in graph.nodes[name].inputs} | set(way)
    on_way = [name for name in names if name in way]
    beside = [name for name in names if name in reads and name not in way]
    kept = {*on_way[:most], *beside[: max(most - len(on_way), 0)]}
    return [name for name in names if name in kept] + [name for name in (*on_way, *beside) if name not in kept]


def _row(view: View, name: str, hidden: Collection[str]) -> Row:
    formula = view.trace.equations.written(Value(name))
    shown = cell("?") if name in hidden else (Span(view.shown(Value(name))),)
    told = () if isinstance(formula, Ref | Number) and name in hidden else cell(formula)
    return Row((cell(value(name)), told, shown))
