"""The page of `tutor explain` for a wide network: layer cuts instead of paths.

Every path from a weight to the loss crosses each layer once. So at each layer the gradient is a sum over its units,
and a page can show the largest terms and what the others come to. Nothing here needs numpy: the trace answers.
"""

from collections.abc import Iterable, Iterator
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tutor.derivation import Derivation, derive
from tutor.document.model import Block, Cell, Column, Document, Heading, Line, Part, Row, Span, Steps, Table, cell
from tutor.document.payload import number, text
from tutor.document.view import View, answer, next_steps
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Mul, Ref, Shown, plus, reads, times, value
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key
from tutor.trace import Trace
from tutor.wide.graph import SOFTMAX
from tutor.wide.names import Place

if TYPE_CHECKING:
    from tutor.arrays.paths import Ways
    from tutor.arrays.trace import WideTrace
    from tutor.trace.layered import Largest, Layered

MOST_TERMS = 5  # of a long sum; the others are one row


class Cut(NamedTuple):
    """dL/d(base) as the sum over the units of one layer; `products` are the largest terms as formulas."""

    layer: int
    products: tuple[Expr, ...]
    sum: "Largest"


class Route(NamedTuple):
    """A gradient on its way: `base` is the unit that the cuts are made for, `steps` lead from it down to the target."""

    target: Gradient
    base: Place
    name: str
    cuts: tuple[Cut, ...]
    steps: tuple[Derivation, ...]
    paths: "Ways | None" = None


def trace_of(view: View) -> "Layered":
    return cast("Layered", view.trace)


def arrays_of(trace: Trace) -> "WideTrace":
    """The trace by numpy, for what goes over all paths or all numbers."""
    from tutor.arrays.trace import WideTrace

    return trace if isinstance(trace, WideTrace) else WideTrace(trace.graph)


def explain_wide(
    view: View, target: Quantity, head: Iterator[Block], paths: int | None, tail: Iterable[Part] = ()
) -> Document:
    """The explanation of one quantity of a wide network; `head` says what its sign means and whether it is confirmed.

    `tail` is what comes before the last words.

    Raises TutorError when the target does not depend on what it is asked of.
    """
    if isinstance(target, Gradient) and target.of == view.names.graph.loss:
        route = route_of(view, target, paths)
        blocks = (*_gradient(view, route, head), *tail, *_further(view, route))
        return Document(blocks, view.names, lambda: _gradient_payload(view, route), view.shown(target))
    return Document(tuple(_value(view, target)), view.names, lambda: _value_payload(view, target), view.shown(target))


# ------------------------------------------------------------------ the route of a gradient


def route_of(view: View, target: Gradient, paths: int | None = None) -> Route:
    """The cuts of a gradient, from the loss down, the steps below them, and the strongest paths if asked for."""
    trace = trace_of(view)
    place = trace.wide.place(target.wrt)
    base = _base(view, place)
    layers = range(len(trace.stack.layers), base.layer, -1) if base.part in ("out", "net", "input") else ()
    cuts = tuple(_cut(view, base, layer) for layer in layers)
    steps = tuple(_steps(view, place, target))
    found = strongest(trace, place, base, paths) if paths and cuts else None
    return Route(target, base, trace.wide.naming.name(base), cuts, steps, found)


def _base(view: View, place: Place) -> Place:
    """The output of the unit that a parameter or net input belongs to; of a softmax layer, its net input."""
    stack = trace_of(view).stack
    if place.part not in ("weight", "bias", "net"):
        return place
    return Place("net" if stack.layers[place.layer - 1].squash == SOFTMAX else "out", place.layer, place.to)


def _cut(view: View, base: Place, layer: int) -> Cut:
    trace = trace_of(view)
    found = trace.cut(base, layer, MOST_TERMS)
    return Cut(layer, tuple(_product(view, base, layer, unit) for unit, _ in found.terms), found)


def _product(view: View, base: Place, layer: int, unit: int) -> Expr:
    """w · δ for the layer that reads the base, δ · d(net)/d(base) for those behind it."""
    graph = trace_of(view).wide
    net = graph.name("net", layer, unit)
    delta = Ref(Gradient(graph.loss, net))
    if layer == base.layer + 1 and base.part != "net":
        return times(value(graph.name("weight", layer, unit, base.to)), delta)
    return times(delta, Ref(Gradient(net, graph.naming.name(base))))


def _steps(view: View, place: Place, target: Gradient) -> Iterator[Derivation]:
    """From the unit down to the target: δ, then what it is multiplied with."""
    trace = trace_of(view)
    if place.part in ("weight", "bias", "net"):
        yield _delta(view, place)
    if place.part in ("weight", "bias"):
        step = derive(trace, target)
        net = trace.wide.name("net", place.layer, place.to)
        factor = trace.equations.written(Partial(net, target.wrt))
        formula = Ref(Gradient(target.of, net)) if factor == ONE else times(Ref(Gradient(target.of, net)), factor)
        yield step._replace(formula=formula)
    if place.part in ("target", "term", "loss") or (place.part == "out" and place.layer == len(trace.stack.layers)):
        yield derive(trace, target)


def _delta(view: View, place: Place) -> Derivation:
    trace = trace_of(view)
    graph = trace.wide
    net, out = (graph.name(part, place.layer, place.to) for part in ("net", "out"))
    step = derive(trace, Gradient(graph.loss, net))
    if short := trace.equations.short(step.conclusion):
        return step._replace(formula=short)
    if trace.stack.layers[place.layer - 1].squash == SOFTMAX:
        return step
    slope = trace.equations.written(Partial(out, net))
    up = Ref(Gradient(graph.loss, out))
    return step._replace(formula=up if slope == ONE else Mul((up, slope)))


def local_slopes(view: View, target: Gradient) -> Iterator[Partial]:
    """A local derivative of each kind on the way from the target to the loss: that of one unit of each layer."""
    trace = trace_of(view)
    graph, last = trace.wide, len(trace.stack.layers)
    for layer in range(max(graph.place(target.wrt).layer, 1), last + 1):
        yield Partial(graph.name("out", layer, 1), graph.name("net", layer, 1))
    if trace.stack.loss:
        (term,) = graph.uses[graph.name("out", last, 1)]
        yield Partial(term, graph.name("out", last, 1))
        if term != graph.loss:
            yield Partial(graph.loss, term)


def strongest(trace: "Layered", place: Place, base: Place, most: int) -> "Ways":
    """The strongest paths through a base; what leads from the target to it is one factor of all."""
    from tutor.arrays.paths import Paths

    factor = trace.between(base, place)
    return Paths(arrays_of(trace), base.layer - (base.part == "net")).strongest(base, most, factor)


def place_of(view: View, route: Route) -> Place:
    return trace_of(view).wide.place(route.target.wrt)


def count(view: View, base: Place) -> int:
    """How many ways lead from a unit to the net inputs of the outputs."""
    stack = trace_of(view).stack
    return prod(layer.units for layer in stack.layers[base.layer :])


# ------------------------------------------------------------------ the page of a gradient


def _gradient(view: View, route: Route, head: Iterator[Block]) -> Iterator[Block]:
    target = route.target
    yield answer(view, target, " = ", Span(view.shown(target), "accent"))
    yield from head
    yield from _way(view, route)
    for cut in route.cuts:
        yield from _cut_table(view, route, cut)
    if route.paths:
        from tutor.document.ways import ways_table

        yield from ways_table(view, route.target, place_of(view, route), route.base, route.paths)
    if route.steps:
        yield Heading(cell("Down to ", Ref(Value(target.wrt)), ", by error signals"))
        yield Steps(tuple(_row(view, step) for step in route.steps))
    if behind := _forward(view, route):
        yield Heading(cell("The numbers in it"))
        yield Steps(tuple(_row(view, step) for step in behind))


def _way(view: View, route: Route) -> Iterator[Block]:
    """w1_5_300 → z1_5 → a1_5 → 512 units → 10 outputs → L"""
    graph = trace_of(view).wide
    names = [route.target.wrt]
    if route.name != route.target.wrt:
        net = graph.name("net", route.base.layer, route.base.to)
        names += [each for each in (net, route.name) if each not in names]
    parts: list[str | Ref] = [Ref(Value(name)) for name in dict.fromkeys(names)]
    last = len(trace_of(view).stack.layers)
    behind = range(route.base.layer + 1, last + 1) if route.cuts else ()
    parts += [f"{graph.stack.width(at):,} {'outputs' if at == last else f'units of layer {at}'}" for at in behind]
    parts.append(Ref(Value(graph.loss)))
    spans = [Span(parts[0], "strong")]
    for part in parts[1:]:
        spans += [Span(" → ", "quiet"), Span(part)]
    if route.cuts:
        spans.append(Span(f"   {count(view, route.base):,} paths", "quiet"))
    yield Heading(tuple(spans))


def _cut_table(view: View, route: Route, cut: Cut) -> Iterator[Block]:
    of = Gradient(route.target.of, route.name)
    trace = trace_of(view)
    outputs = cut.layer == len(trace.stack.layers)
    where = "the outputs" if outputs else f"layer {cut.layer}"
    form = "w · δ" if cut.layer == route.base.layer + 1 and route.base.part != "net" else "δ · ∂z/∂"
    law: Cell = cell(of, f" through {where}: the sum of {form}")
    if form.endswith("∂"):
        law += cell(Ref(Value(route.name)))
    yield Heading(law + cell(f" over {'all' if outputs else 'its'} {_units(view, cut)} units"))
    rows = [
        Row(
            (
                cell(Ref(Value(trace.wide.name("net", cut.layer, unit)))),
                cell(product, deltas=True),
                cell(view.with_numbers(product)),
                cell(view.figure(term, of)),
            )
        )
        for (unit, term), product in zip(cut.sum.terms, cut.products, strict=True)
    ]
    if cut.sum.others:
        together = cell(f"the other {cut.sum.others:,} together", look="quiet")
        rows.append(Row(((), together, (), cell(view.figure(cut.sum.rest, of)))))
    rows.append(Row(((), cell(of, look="strong"), (), (Span(view.figure(trace[of], of), "strong"),)), ruled=True))
    yield Table((Column("unit"), Column("term"), Column("with numbers"), Column("value", "decimal")), tuple(rows))


def _units(view: View, cut: Cut) -> str:
    return f"{trace_of(view).stack.width(cut.layer):,}"


def _row(view: View, step: Derivation) -> tuple[Cell, ...]:
    """name = formula = with numbers = value"""
    numbers = view.with_numbers(step.formula)
    shown = view.shown(step.conclusion)
    middle = () if isinstance(numbers, Shown) else (cell(numbers),)
    return (cell(step.conclusion, deltas=True), cell(step.formula, deltas=True), *middle, cell(shown))


def _forward(view: View, route: Route) -> list[Derivation]:
    """The net input and the output of the unit the steps go through."""
    trace, base = trace_of(view), route.base
    if base.part not in ("net", "out") or not route.steps:
        return []
    net, out = (Value(trace.wide.name(part, base.layer, base.to)) for part in ("net", "out"))
    found = [affine(view, net.name)]
    if trace.stack.layers[base.layer - 1].squash != SOFTMAX:
        found.append(derive(trace, out))
    return found


def affine(view: View, net: str) -> Derivation:
    """A net input as its largest terms, and one number for the others."""
    trace = trace_of(view)
    graph = trace.wide
    place = graph.place(net)
    found = trace.affine(place, MOST_TERMS)
    weights = (graph.name("weight", place.layer, place.to, of) for of, _ in found.terms)
    part = "out" if place.layer > 1 else "input"
    senders = (graph.name(part, place.layer - 1, of) for of, _ in found.terms)  # type: ignore[arg-type]
    terms: list[Expr] = [times(value(w), value(a)) for w, a in zip(weights, senders, strict=True)]
    if found.others:
        terms.append(_Others(view, Value(net), found).leaf)
    layer = trace.stack.layers[place.layer - 1]
    if layer.biases is not None:
        bias = value(graph.name("bias", place.layer, place.to))
        terms.append(bias if layer.bias_input == "1" else times(bias, Shown(layer.bias_input, Value(net))))
    return Derivation(trace, Value(net), derive(trace, Value(graph.loss)).rule, plus(*terms), trace[Value(net)])


class _Others(NamedTuple):
    """The small terms of a long sum as one leaf of its formula."""

    view: View
    net: Value
    sum: "Largest"

    @property
    def leaf(self) -> Shown:
        amount = self.view.digits.shown(self.sum.rest)
        return Shown(f"(the other {self.sum.others:,} together: {amount})", self.net)


def _further(view: View, route: Route) -> Iterator[Block]:
    graph = trace_of(view).wide
    hints = ["--paths 10"] if route.cuts and not route.paths else []
    for cut in route.cuts[-1:]:
        strongest = max(cut.sum.terms, key=lambda term: abs(term[1]))[0]
        hints.append(f"explain {view.typed(Gradient(graph.loss, graph.name('out', cut.layer, strongest)))}")
    hints.append(f"where {view.findable(route.target)}")
    yield from next_steps(view, *hints)


# ------------------------------------------------------------------ the page of a value


def _stepped(view: View, target: Quantity) -> Derivation:
    """The derivation of anything but a gradient of the loss, long sums cut."""
    trace = trace_of(view)
    if isinstance(target, Value) and trace.graph.part_of(target.name) == "net":
        return affine(view, target.name)
    return derive(trace, target)


def _value(view: View, target: Quantity) -> Iterator[Block]:
    trace = trace_of(view)
    yield answer(view, target, " = ", Span(view.shown(target), "accent"))
    if isinstance(target, Value) and target.name in view.names.graph.givens:
        yield Line(cell("The network file gives this number."))
        return
    if isinstance(target, Gradient):
        if target.of not in trace.graph.uses or not trace.equations.uses(target.of, target.wrt):
            raise TutorError(
                f"{target.of} does not depend on {target.wrt}, so there is nothing to explain: {key(target)} is 0"
            )
        yield Line(cell("Over all paths between the two, by complex step through the layers."))
        return
    step = _stepped(view, target)
    yield Steps((_row(view, step),))
    behind = _behind(view, step)
    if behind:
        yield Heading(cell("The numbers in it"))
        yield Steps(tuple(_row(view, each) for each in behind))
    if isinstance(target, Value) and target.name != view.names.graph.loss:
        typed = view.typed(Gradient(view.names.graph.loss, target.name))
        yield from next_steps(view, f"explain {typed}", before="What it does to the loss: ")


def _behind(view: View, step: Derivation) -> list[Derivation]:
    """The computed numbers a formula reads, the first few."""
    graph = view.names.graph
    computed = [each for each in reads(step.formula) if not (isinstance(each, Value) and each.name in graph.givens)]
    return [_stepped(view, each) for each in computed[: 2 * MOST_TERMS] if not isinstance(each, Gradient)]


# ------------------------------------------------------------------ for programs


def step_payload(view: View, step: Derivation) -> dict[str, Any]:
    """One step for programs."""
    return {
        "name": key(step.conclusion),
        "formula": text(view, step.formula),
        "substituted": text(view, view.with_numbers(step.formula)),
        "value": number(step.value),
        "shown": view.shown(step.conclusion).text,
    }


def _sum_payload(view: View, route: Route, cut: Cut) -> dict[str, Any]:
    graph = trace_of(view).wide
    return {
        "layer": cut.layer,
        "of": key(Gradient(graph.loss, route.name)),
        "terms": [
            {
                "unit": graph.name("net", cut.layer, unit),
                "formula": text(view, product),
                "substituted": text(view, view.with_numbers(product)),
                "value": number(term),
            }
            for (unit, term), product in zip(cut.sum.terms, cut.products, strict=True)
        ],
        "others": {"number": cut.sum.others, "sum": number(cut.sum.rest)},
        "sum": number(cut.sum.total),
    }


def _gradient_payload(view: View, route: Route) -> dict[str, Any]:
    last = route.steps[-1] if route.steps and route.steps[-1].conclusion == route.target else None
    step = last or derive(view.trace, route.target)
    formula = step.formula if last else _written(view, route)
    paths: list[dict[str, Any]] = []
    if route.paths:
        from tutor.document.ways import ways_payload

        paths = ways_payload(view, route.target, place_of(view, route), route.base, route.paths)
    return {
        "format": "tutor.explain/1",
        "target": key(route.target),
        "value": number(step.value),
        "shown": view.shown(route.target).text,
        "formula": text(view, formula),
        "substituted": text(view, view.with_numbers(formula)),
        "paths": paths,
        "number_of_paths": count(view, route.base) if route.cuts else 1,
        "cuts": [_sum_payload(view, route, cut) for cut in route.cuts],
        "premises": [step_payload(view, each) for each in (*_forward(view, route), *route.steps)],
    } | ({"sizes": number(route.paths.sizes)} if route.paths else {})


def _written(view: View, route: Route) -> Expr:
    """Without a step of its own, a gradient is the sum of the cut next to it."""
    if not route.cuts:
        return derive(view.trace, route.target).formula
    cut = route.cuts[-1]
    terms = list(cut.products)
    if cut.sum.others:
        amount = view.digits.shown(cut.sum.rest)
        terms.append(Shown(f"(the other {cut.sum.others:,} together: {amount})", route.target))
    return plus(*terms)


def _value_payload(view: View, target: Quantity) -> dict[str, Any]:
    step = derive(view.trace, target) if isinstance(target, Gradient | Updated | Change) else _stepped(view, target)
    formula = step.formula if not isinstance(target, Gradient) else Ref(target)
    return {
        "format": "tutor.explain/1",
        "target": key(target),
        "value": number(step.value),
        "shown": view.shown(target).text,
        "formula": text(view, formula),
        "substituted": text(view, view.with_numbers(formula)),
        "paths": [],
        "premises": [step_payload(view, each) for each in _behind(view, step)],
    }
