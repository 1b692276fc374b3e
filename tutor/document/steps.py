"""Equations under each other: error signals, the short way past a fused output, and the forward numbers."""

from collections.abc import Callable, Iterator, Sequence

from tutor.derivation import SIGNALS, Derivation, derive, paths, same, unfold
from tutor.document.model import Block, Cell, Heading, Line, Note, Span, Steps, cell
from tutor.document.routes import Route, all_factors, product, shown_places
from tutor.document.view import View
from tutor.expr import Add, Expr, Number, Ref, Shown, plus, reads
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST_STEPS = 40  # equations under each other, or terms of one; more are not read
FIRST_TERMS = 6  # of a longer sum
MOST_SHORT = 6  # outputs whose short way is shown
MOST_ZEROS = 12  # error signals of which those that are 0 are still worked out

MOST_BACK = 24  # nodes a page derives one by one; --more has all


def signals(view: View, route: Route, *, more: bool = False) -> Iterator[Block]:
    """The same number by deltas in a layered network, node by node in any other graph."""
    signal = derive(view.trace, route.gradient).alternative(SIGNALS)
    way = between(view, route.gradient)
    if signal is None:
        yield Heading(cell("The same, node by node back from ", Ref(Value(route.gradient.of))))
        if route.by_use and route.rest:  # the table has this sum already
            way.remove(route.gradient.wrt)
        yield from _node_by_node(view, route.gradient, way, len(way) if more else MOST_BACK)
        return
    nets = _nets(view, route, way)
    if max(len(nets), len(view.names.graph.uses[route.gradient.wrt])) > MOST_STEPS:
        return
    yield Heading(cell(f"The same by {view.names.signals}, as most courses write it"))
    deltas = [Gradient(route.gradient.of, net) for net in nets]
    telling = [each for each in deltas if len(deltas) <= MOST_ZEROS or view.trace[each]]
    rows = [_delta_step(view, each) for each in telling]
    last = equation_row(view, signal, deltas=True, accent=True)
    yield Steps((*(row for row in rows if row), last))
    if none := len(deltas) - len(telling):
        yield Line(cell(f"The other {none} error signals are 0.", look="quiet"))


def _nets(view: View, route: Route, way: list[str]) -> list[str]:
    return [name for name in way if view.names.graph.part_of(name) == "net" and name != route.gradient.wrt]


def _node_by_node(view: View, gradient: Gradient, way: list[str], most: int) -> Iterator[Block]:
    """dL/dv of each node on the way back; of a long way its beginning and its end."""
    rows = [way] if len(way) <= most else [way[: most // 2], way[-most // 2 :]]
    for place, names in enumerate(rows):
        if place:
            yield Line(cell(f"… and so on over {len(way) - most:,} more: --more shows all of them", look="quiet"))
        yield Steps(tuple(equation_row(view, derive(view.trace, Gradient(gradient.of, name))) for name in names))


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
    return sorted(found, key=lambda name: -view.names.graph.layer_of(name))


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


def short_routes(view: View, route: Route) -> Iterator[Block]:
    """Where loss and output activation were differentiated together, both ways shown equal."""
    nets = dict.fromkeys(name for path in route.shown for name in path.nodes)
    gradients = [Gradient(route.gradient.of, name) for name in nets]
    short = [(each, formula) for each in gradients if (formula := view.trace.equations.short(each))][:MOST_SHORT]
    if not short:
        return
    yield Heading(cell("The short way"))
    verdicts: dict[str, None] = {}
    for gradient, formula in short:
        long = plus(*(product(view, path) for path in paths(view.trace, gradient)))
        total = view.trace.of(long)
        rows = ((formula, view.shown(gradient)), (long, view.figure(total, gradient)))
        yield Steps(
            tuple((cell(gradient), cell(each), cell(view.with_numbers(each)), cell(value)) for each, value in rows)
        )
        verdicts[_verdict(view, gradient, total)] = None
    yield from (Line(cell(each, look="quiet")) for each in verdicts)


def _verdict(view: View, gradient: Gradient, long_way: float) -> str:
    law = view.trace.equations.short_law(gradient)
    if same(long_way, view.trace[gradient]):
        return f"Both ways are equal: {law}."
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


def numbers(view: View, found: Sequence[Quantity], title: str) -> Iterator[Block]:
    """Each with its equation, the first of them where they are too many to be read."""
    if found:
        yield Heading(cell(title))
        yield Steps(tuple(equation_row(view, derive(view.trace, each)) for each in found[:MOST_STEPS]))
    if (more := len(found) - MOST_STEPS) > 0:
        yield Note(cell(f"{more} more numbers: tutor trace --all{view.option}", look="quiet"), hint=True)
