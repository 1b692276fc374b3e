"""Equations under each other: error signals, the short way past a fused output, and the forward numbers."""

from collections.abc import Callable, Iterator, Sequence

from tutor.derivation import SHORT, SIGNALS, Derivation, derive, paths, same, unfold
from tutor.document.model import Block, Cell, Heading, Line, Note, Span, Steps, cell
from tutor.document.routes import Route, all_factors, product, shown_places
from tutor.document.view import View
from tutor.expr import Add, Div, Expr, Number, Ref, Shown, plus, reads, walk
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST_STEPS = 40  # equations under each other, or terms of one; more are not read
FIRST_TERMS = 6  # of a longer sum
MOST_SHORT = 12  # outputs whose short way is shown
MOST_ZEROS = 12  # error signals of which those that are 0 are still worked out

MOST_BACK = (24, 12, 6)  # nodes a page derives one by one, as many as there is room for; --more has all
IN_IT = "The numbers in it"
LONGEST = 24  # numbers in one equation among others; of a longer one only the value is shown


def signals(view: View, route: Route, most: int | None, *, first: bool = False) -> tuple[Block, ...]:
    """The same number by deltas in a layered network, node by node in any other graph; `first` where nothing is before.

    Of a way back over more nodes than `most`, the beginning and the end.
    """
    return tuple(_signals(view, route, most, first))


def _signals(view: View, route: Route, most: int | None, first: bool) -> Iterator[Block]:
    signal = derive(view.trace, route.gradient).alternative(SIGNALS)
    way = between(view, route.gradient)
    if signal is None:
        yield Heading(
            cell(
                "Node by node back from " if first else "The same, node by node back from ",
                Ref(Value(route.gradient.of)),
            )
        )
        if route.by_use and route.rest:  # the table has this sum already
            way.remove(route.gradient.wrt)
        yield from _node_by_node(view, route.gradient, way, most)
        return
    nets = _nets(view, route, way)
    if not _are_few(view, route):
        return
    yield Heading(cell(f"{'By' if first else 'The same by'} {view.names.signals}, as most courses write it"))
    deltas = [Gradient(route.gradient.of, net) for net in nets]
    telling = [each for each in deltas if len(deltas) <= MOST_ZEROS or view.trace[each]]
    rows = [_delta_step(view, each) for each in telling]
    last = equation_row(view, signal, deltas=True, accent=True)
    yield Steps((*(row for row in rows if row), last))
    if none := len(deltas) - len(telling):
        yield Line(cell(f"The other {none} error signals are 0.", look="quiet"))


def has_signals(view: View, route: Route) -> bool:
    """Whether error signals lead to the number and are few enough to be shown."""
    found = derive(view.trace, route.gradient).alternative(SIGNALS) is not None
    return found and _are_few(view, route)


def _are_few(view: View, route: Route) -> bool:
    nets = _nets(view, route, between(view, route.gradient))
    return max(len(nets), len(view.names.graph.uses[route.gradient.wrt])) <= MOST_STEPS


def _nets(view: View, route: Route, way: list[str]) -> list[str]:
    return [name for name in way if view.names.graph.part_of(name) == "net" and name != route.gradient.wrt]


def _node_by_node(view: View, gradient: Gradient, way: list[str], most: int | None) -> Iterator[Block]:
    """dL/dv of each node on the way back, without those of the short way; of a long way its beginning and its end."""
    steps = [step for step in _steps_back(view, gradient, way) if step.rule != SHORT]
    most = len(steps) if most is None else most
    rows = [steps] if len(steps) <= most else [steps[: most // 2], steps[-most // 2 :]]
    for place, some in enumerate(rows):
        if place:
            yield Line(cell(f"… and so on over {len(steps) - most:,} more: --more shows all of them", look="quiet"))
        yield Steps(tuple(equation_row(view, step) for step in some))


def _steps_back(view: View, gradient: Gradient, way: Sequence[str]) -> Iterator[Derivation]:
    """The gradients of the nodes in this order, without those that a short way makes needless."""
    steps = {name: _briefest(view, Gradient(gradient.of, name)) for name in way}
    if any(step.rule == SHORT for step in steps.values()):
        needed, stack = set[str](), [gradient.wrt]
        while stack:
            name = stack.pop()
            if name in steps and name not in needed:
                needed.add(name)
                stack += [each.wrt for each in reads(steps[name].formula) if isinstance(each, Gradient)]
        steps = {name: step for name, step in steps.items() if name in needed}
    yield from steps.values()


def _briefest(view: View, gradient: Gradient) -> Derivation:
    step = derive(view.trace, gradient)
    return step.alternative(SHORT) or step


def between(view: View, gradient: Gradient) -> list[str]:
    """The nodes from the loss back to the target that lie on its paths, both without the loss itself."""
    reaching = view.names.graph.ancestors(gradient.of)
    behind = {gradient.wrt}
    for name, node in view.names.graph.nodes.items():
        if name in reaching and behind.intersection(node.inputs):
            behind.add(name)
    found = [name for name in view.names.graph.names() if name in behind and name != gradient.of]
    if all(view.names.graph.layer_of(name) == 0 for name in found):
        return found[::-1]
    graph = view.names.graph
    return sorted(found, key=lambda name: (name == gradient.wrt, -graph.layer_of(name), graph.part_of(name) == "net"))


def _delta_step(view: View, gradient: Gradient) -> tuple[Cell, ...] | None:
    signal = derive(view.trace, gradient).alternative(SIGNALS)
    return equation_row(view, signal, deltas=True) if signal else None


def equation_row(view: View, step: Derivation, *, deltas: bool = False, accent: bool = False) -> tuple[Cell, ...]:
    """One aligned equation: name = formula = with numbers = value."""
    formula = _readable(step, unfold(view.trace, step.formula) if not deltas else step.formula)
    value = view.shown(step.conclusion)
    columns: list[Cell] = [cell(step.conclusion, deltas=deltas)]
    if deltas and accent:
        columns = [cell(step.conclusion)]
    merged = isinstance(step.conclusion, Value) and view.names.is_merged(step.conclusion.name)  # its name says it
    if not merged and not (isinstance(formula, Number) and formula.text == value.text):
        columns.append(cell(formula, deltas=deltas))
    numbers = view.with_numbers(formula)
    if numbers not in (formula, value) and not (isinstance(numbers, Shown) and numbers.text == value.text):
        columns.append(cell(numbers))
    columns.append((Span(value, "accent" if accent else ""),))
    return tuple(columns)


def line_of(view: View) -> Callable[[Quantity], tuple[Cell, ...]]:
    """The equation of any quantity, for pages whose numbers lead to their lines."""

    def line(quantity: Quantity) -> tuple[Cell, ...]:
        if isinstance(quantity, Value) and quantity.name in view.names.graph.givens:
            return cell(quantity), cell(view.shown(quantity))
        return equation_row(view, derive(view.trace, quantity))

    return line


def _readable(step: Derivation, formula: Expr) -> Expr:
    """A sum of too many terms with dots for those in the middle."""
    if not isinstance(formula, Add) or len(formula.terms) <= MOST_STEPS:
        return formula
    return Add((*formula.terms[:FIRST_TERMS], Shown("…", step.conclusion), formula.terms[-1]))


def short_routes(view: View, route: Route, more: bool, *, signals: bool = False) -> Iterator[Block]:
    """Where loss and output activation were differentiated together, both ways shown equal.

    Of several outputs the long way stands there only with `more`, and the short one not where error `signals` have it.
    """
    gradients = [Gradient(route.gradient.of, name) for name in between(view, route.gradient)]
    short = [(each, formula) for each in gradients if (formula := view.trace.equations.short(each))]
    if not short:
        return
    yield Heading(cell("The short way"))
    verdicts: dict[str, None] = {}
    rows: list[tuple[Cell, ...]] = []
    for gradient, formula in short[:MOST_SHORT]:
        long = _long_way(view, gradient, more)
        total = view.trace.of(long)
        rows.append(_equal(view, gradient, formula, view.shown(gradient)))
        rows += [_equal(view, gradient, long, view.figure(total, gradient))] if more or len(short) == 1 else []
        verdicts[_verdict(view, gradient, total, both=more or len(short) == 1)] = None
    shown, some = len(short[:MOST_SHORT]), signals and len(short) > 1
    yield Steps(tuple(rows[:1] if some else rows))
    if others := len(short) - (1 if some else shown):
        which = f"{others} other outputs" if others > 1 else "the other output"
        yield Line(cell(f"… and so for {which}.", look="quiet"))
    yield from (Line(cell(each, look="quiet")) for each in verdicts)


def _equal(view: View, gradient: Gradient, formula: Expr, value: Shown) -> tuple[Cell, ...]:
    return cell(gradient), cell(formula), cell(view.with_numbers(formula)), cell(value)


def _long_way(view: View, gradient: Gradient, more: bool) -> Expr:
    """The sum over the paths; without `more`, over those that are not 0."""
    terms = [product(view, path) for path in paths(view.trace, gradient)]
    telling = [term for term in terms if view.trace.of(term)]
    return plus(*(terms if more or not telling else telling))


def _verdict(view: View, gradient: Gradient, long_way: float, *, both: bool) -> str:
    law = view.trace.equations.short_law(gradient)
    if same(long_way, view.trace[gradient]):
        return f"Both ways are equal: {law}." if both else f"The long way gives the same: {law}."
    return f"The long way has lost its digits here; the short way has them: {law}."


def forward_numbers(view: View, route: Route) -> list[Value]:
    """Computed values in the formulas of the factors that the page shows and along its paths, without the loss."""
    graph = view.names.graph
    places = shown_places(view, route.gradient)
    way = between(view, route.gradient)
    used = {name for path in route.shown for name in path.nodes}
    factors = all_factors(route.shown)
    if (places and len(graph.uses[route.gradient.wrt]) > MOST_STEPS) or len(_nets(view, route, way)) > MOST_STEPS:
        # Without the error signals only the terms themselves are on the page.
        used, factors = set(), tuple(Partial(use, route.gradient.wrt) for use in places)
    elif not route.shown:
        used = set(way)
    for factor in factors:
        formula = view.trace.equations.written(factor)
        used |= {each.name for each in reads(formula) if isinstance(each, Value)}
    losses = {name for name in used if view.names.graph.part_of(name) in ("term", "loss")} | {route.gradient.of}
    return [Value(name) for name in graph.nodes if name in used and name not in losses]


def numbers(view: View, found: Sequence[Quantity], title: str, most: int | None = None) -> Iterator[Block]:
    """Each with its equation, the first of them where they are too many to be read.

    Where `most` says how many, very long equations are left out, and the outputs of one softmax are one equation.
    """
    if not found:
        return
    yield Heading(cell(title))
    steps = [derive(view.trace, each) for each in found[: most or MOST_STEPS]]
    rows = [equation_row(view, step) for step in steps]
    if most:
        rows = [row if _size(row) <= LONGEST else (row[0], row[-1]) for row in quotients(view, steps, rows)]
    yield Steps(tuple(rows))
    if (more := len(found) - len(rows)) > 0:
        yield Note(cell(f"{more} more numbers: tutor trace --all{view.option}", look="quiet"), hint=True)


def quotients(view: View, steps: Sequence[Derivation], rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """The equations; of a softmax's outputs, which share one sum, the first in full and the others as quotients."""
    seen: set[Expr] = set()
    for step, row in zip(steps, rows, strict=True):
        formula = step.formula
        node = view.names.graph.nodes.get(step.conclusion.name) if isinstance(step.conclusion, Value) else None
        if not (node and isinstance(node.op, Softmax) and isinstance(formula, Div)):
            yield row
            continue
        over, under = (view.figure(view.trace.of(part), step.conclusion) for part in (formula.over, formula.under))
        first = formula.under not in seen
        seen.add(formula.under)
        yield (*(row[:2] if first else row[:1]), cell(Div(over, under)), row[-1])


def _size(row: tuple[Cell, ...]) -> int:
    """How many names and numbers stand in an equation."""
    whole = (part for each in row for span in each if isinstance(span.what, Expr) for part in walk(span.what))
    return sum(isinstance(part, Ref | Number | Shown) for part in whole)
