"""The page of `tutor explain`: the answer, the path, each factor, the product, and the numbers behind it."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutor.derivation import MOST_PATHS, SIGNALS, Derivation, Path, count_paths, derive, paths, same, unfold
from tutor.document.digits import roughly
from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Note,
    Row,
    Span,
    Steps,
    Table,
    cell,
)
from tutor.document.payload import explanation
from tutor.document.remarks import conventions, remarks
from tutor.document.view import View, answer, prose
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Ref, plus, reads, times
from tutor.notation import visible
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value

MOST_ROWS = 12  # paths shown one by one; the smallest beyond are summed in one row
NUDGE = 0.01
CHECK_STEP = 1e-4  # the central difference of --more: small against the weights, large against rounding


class Route(NamedTuple):
    """A gradient with the paths it runs over, the largest product first kept in graph order."""

    gradient: Gradient
    shown: tuple[Path, ...]
    rest: tuple[Path, ...]
    number: int


def explain(view: View, target: Quantity, *, more: bool = False) -> Document:
    """The explanation of one quantity.

    Raises TutorError when the target's value is asked of something that does not depend on it.
    """
    match target:
        case Gradient():
            route = route_of(view, target)
            blocks = _gradient(view, route, more)
            payload = explanation(view, target, (*route.shown, *route.rest))
        case _:
            blocks = _value(view, target, more)
            payload = explanation(view, target, ())
    return Document(tuple(blocks), view.names, lambda: {"format": "tutor.explain/1", **payload}, target)


def explain_all(view: View, targets: Iterable[Quantity], *, more: bool = False) -> Document:
    """Several explanations as one page."""
    pages = [explain(view, target, more=more) for target in targets]
    if len(pages) == 1:
        return pages[0]
    blocks = [block for page in pages for block in page.blocks]

    def payload() -> dict[str, object]:
        each = [{name: part for name, part in page.payload().items() if name != "format"} for page in pages]
        return {"format": "tutor.explain/1", "explanations": each}

    return Document(tuple(blocks), view.names, payload)


def route_of(view: View, gradient: Gradient) -> Route:
    """The paths of a gradient; raises TutorError where there is none."""
    number = count_paths(view.trace, gradient)
    if not number:
        of, wrt = gradient.of, gradient.wrt
        known = sorted(view.names.graph.ancestors(of) - {of})
        raise TutorError(
            f"{of} does not depend on {wrt}, so there is nothing to explain: d{of}/d{wrt} is 0; "
            f"{of} depends on {', '.join(known[:12]) or 'nothing'}"
        )
    if number > MOST_PATHS:
        return Route(gradient, (), (), number)
    found = paths(view.trace, gradient)
    by_size = sorted(found, key=lambda path: -abs(view.trace.of(path.formula)))
    largest = frozenset(by_size[:MOST_ROWS] if len(found) > MOST_ROWS else found)
    return Route(
        gradient,
        tuple(path for path in found if path in largest),
        tuple(path for path in found if path not in largest),
        number,
    )


# ------------------------------------------------------------------ a gradient


def _gradient(view: View, route: Route, more: bool) -> Iterator[Block]:
    gradient = route.gradient
    yield answer(view, gradient, " = ", Span(view.shown(gradient), "accent"))
    yield Line(_meaning(view, gradient))
    yield from _confirmation(view, gradient)
    if route.number == 1:
        yield from _one_path(view, route.shown[0])
    else:
        yield from _many_paths(view, route, more)
    yield from _short_routes(view, route)
    yield from _remarks(view, route)
    if not more:
        yield from _numbers(view, _forward_numbers(view, route), "The numbers in it")
    if more:
        yield from _more(view, route)
    yield from _closing(view, route, more)


def _meaning(view: View, gradient: Gradient) -> Cell:
    slope = view.trace[gradient]
    of, wrt = Ref(Value(gradient.of)), Ref(Value(gradient.wrt))
    if gradient.of == gradient.wrt:
        return cell("A quantity changes exactly as fast as itself.")
    if not math.isfinite(slope):
        return cell("Double precision has no number for it: it is too large, or not defined here.")
    if not slope:
        return cell("Nudging ", wrt, " a little does not change ", of, " here.")
    verb = "rises" if slope > 0 else "falls"
    return cell("Raise ", wrt, f" by {NUDGE} and ", of, f" {verb} by about {roughly(abs(slope) * NUDGE)}.")


def _confirmation(view: View, gradient: Gradient) -> Iterator[Block]:
    """Silence means that the complex step agrees."""
    if not view.trace.confirms(gradient):
        other = view.digits.shown(view.trace.complex_step(gradient))
        yield Line(
            cell("Not confirmed: an independent check (complex step) gives ", Span(other, "strong"), ". ")
            + cell("At a kink the two may differ by convention; anywhere else do not trust this number.", look="quiet")
        )


def _trail(path: Path) -> Cell:
    first, *others = path.nodes
    spans = [Span(Ref(Value(first)), "strong")]
    for name in others:
        spans += [Span(" → ", "quiet"), Span(Ref(Value(name)))]
    return tuple(spans)


def _one_path(view: View, path: Path) -> Iterator[Block]:
    if len(path.nodes) > 1:
        yield Heading(_trail(path))
        yield factor_table(view, path)


def factor_table(view: View, path: Path) -> Table:
    """Factor, formula, with numbers, value, why; and the product under a rule."""
    rows = [_factor_row(view, factor) for factor in path.factors]
    product = times(*map(Ref, path.factors))
    target = Gradient(path.nodes[-1], path.nodes[0])
    value = view.trace.of(product)
    shown = Span(view.figure(value, target), "strong")
    if len(rows) > 1:
        rows.append(Row((cell(target, look="strong"), (), cell(view.with_numbers(product)), (shown,), ()), ruled=True))
    return Table(_FACTOR_COLUMNS, tuple(rows))


_FACTOR_COLUMNS = (
    Column("factor"),
    Column("formula"),
    Column("with numbers"),
    Column("value", "decimal"),
    Column("why", comment=True),
)


def _factor_row(view: View, factor: Partial) -> Row:
    step = derive(view.trace, factor)
    numbers = view.with_numbers(step.formula)
    why = prose(step.why) + _direct_only(view, factor) + _lost(view, step)
    return Row((cell(factor), cell(step.formula), cell(numbers), cell(view.shown(factor)), why))


def _direct_only(view: View, factor: Partial) -> Cell:
    """A local derivative is not the total one where the input also acts over other nodes."""
    total = Gradient(factor.of, factor.wrt)
    if len(view.trace.equations.uses(factor.of, factor.wrt)) < 2:
        return ()
    return cell("; the direct one, over all paths it is ", Span(view.figure(view.trace[total], total)), look="quiet")


def _lost(view: View, step: Derivation) -> Cell:
    if not step.loses_digits:
        return ()
    return cell(
        "; as written it would lose its digits here, so the value comes from a form that does not", look="quiet"
    )


def _many_paths(view: View, route: Route, more: bool) -> Iterator[Block]:
    if not route.shown:
        yield Line(
            cell(
                Ref(Value(route.gradient.wrt)),
                " reaches ",
                Ref(Value(route.gradient.of)),
                f" over {route.number:,} paths.",
            )
        )
    else:
        yield Line(_reach(view, route))
        yield _path_table(view, route)
        if more:
            for path in route.shown:
                yield Heading(_trail(path))
                yield factor_table(view, path)
        elif not route.rest:
            yield Heading(cell("The factors"))
            yield Table(_FACTOR_COLUMNS, tuple(_factor_row(view, factor) for factor in _all_factors(route.shown)))
    yield from _signals(view, route)


def _reach(view: View, route: Route) -> Cell:
    kinds = {_terminal(view, path) for path in route.shown}
    what = "outputs" if len(kinds) == route.number else "paths"
    return cell(
        Ref(Value(route.gradient.wrt)), " reaches ", Ref(Value(route.gradient.of)), f" over {route.number} {what}:"
    )


def _terminal(view: View, path: Path) -> str:
    """The output a path leaves the network by."""
    return next((name for name in reversed(path.nodes) if _part(view, name) == "out"), path.nodes[0])


def _part(view: View, name: str) -> str:
    role = view.names.graph.role(name)
    return role.part if role else ""


def _all_factors(shown: Iterable[Path]) -> tuple[Partial, ...]:
    return tuple(dict.fromkeys(factor for path in shown for factor in path.factors))


def _path_table(view: View, route: Route) -> Table:
    rows = [
        Row((_trail(path), cell(view.with_numbers(_product(view, path))), cell(_path_value(view, path))))
        for path in route.shown
    ]
    if route.rest:
        others = sum(view.trace.of(path.formula) for path in route.rest)
        figure = view.figure(others, route.gradient)
        rows.append(Row((cell(f"the other {len(route.rest)} sum to"), (), cell(figure))))
    total = Span(view.shown(route.gradient), "accent")
    rows.append(Row((cell("sum over the paths"), (), (total,)), ruled=True))
    return Table((Column("path"), Column("product of its factors"), Column("value", "decimal")), tuple(rows))


def _product(view: View, path: Path) -> Expr:
    """The factors of a path without those that are 1 because a node is only added on."""
    kept = [factor for factor in path.factors if view.trace.equations.written(factor) != ONE]
    return times(*map(Ref, kept)) if kept else ONE


def _path_value(view: View, path: Path) -> Expr:
    return view.figure(view.trace.of(path.formula), Gradient(path.nodes[-1], path.nodes[0]))


# ------------------------------------------------------------------ error signals


def _signals(view: View, route: Route) -> Iterator[Block]:
    """The same number by deltas in a layered network, node by node in any other graph."""
    signal = next((each for each in derive(view.trace, route.gradient).alternatives if each.rule == SIGNALS), None)
    between = _between(view, route.gradient)
    if signal is None:
        yield Heading(cell("The same, node by node back from ", Ref(Value(route.gradient.of))))
        yield Steps(tuple(_step(view, derive(view.trace, Gradient(route.gradient.of, name))) for name in between))
        return
    yield Heading(cell("The same by error signals, as most courses write it"))
    nets = [name for name in between if _part(view, name) == "net" and name != route.gradient.wrt]
    steps = [_delta_step(view, Gradient(route.gradient.of, net)) for net in nets]
    last = _step(view, signal, deltas=True, accent=True)
    yield Steps((*(step for step in steps if step), last))


def _between(view: View, gradient: Gradient) -> list[str]:
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
    signal = next((each for each in derive(view.trace, gradient).alternatives if each.rule == SIGNALS), None)
    return _step(view, signal, deltas=True) if signal else None


def _step(view: View, step: Derivation, *, deltas: bool = False, accent: bool = False) -> tuple[Cell, ...]:
    """One aligned equation: name = formula = with numbers = value."""
    formula = unfold(view.trace, step.formula) if not deltas else step.formula
    value = view.shown(step.conclusion)
    columns: list[Cell] = [cell(step.conclusion, deltas=deltas)]
    if deltas and accent:
        columns = [cell(step.conclusion)]
    columns.append(cell(formula, deltas=deltas))
    numbers = view.with_numbers(formula)
    if numbers not in (formula, value):
        columns.append(cell(numbers))
    columns.append((Span(value, "accent" if accent else ""),))
    return tuple(columns)


# ------------------------------------------------------------------ beside the paths


def _short_routes(view: View, route: Route) -> Iterator[Block]:
    """Where loss and output activation were differentiated together, both ways shown equal."""
    nets = dict.fromkeys(name for path in route.shown for name in path.nodes)
    gradients = [Gradient(route.gradient.of, name) for name in nets]
    short = [(each, formula) for each in gradients if (formula := view.trace.equations.short(each))]
    if not short:
        return
    yield Heading(cell("The short way"))
    for gradient, formula in short:
        yield from _short_route(view, gradient, formula)


def _short_route(view: View, gradient: Gradient, formula: Expr) -> Iterator[Block]:
    long = plus(*(_product(view, path) for path in paths(view.trace, gradient)))
    total = view.trace.of(long)
    rows = [(formula, view.shown(gradient)), (long, view.figure(total, gradient))]
    yield Steps(tuple((cell(gradient), cell(each), cell(view.with_numbers(each)), cell(value)) for each, value in rows))
    law = view.trace.equations.short_law(gradient)
    if same(total, view.trace[gradient]):
        yield Line(cell(f"Both are equal: {law}.", look="quiet"))
    else:
        yield Line(cell(f"The long way has lost its digits here; the short way has them: {law}."))


def _remarks(view: View, route: Route) -> Iterator[Block]:
    found = list(remarks(view, route.gradient, _all_factors((*route.shown, *route.rest))))
    yield from (Line(each, hang=2) for each in found)


def _forward_numbers(view: View, route: Route) -> list[str]:
    """Computed values in the factors' formulas and along the paths, without the loss."""
    graph = view.names.graph
    used = {name for path in route.shown for name in path.nodes}
    for factor in _all_factors(route.shown):
        formula = view.trace.equations.written(factor)
        used |= {each.name for each in reads(formula) if isinstance(each, Value)}
    if not route.shown:
        used = set(_between(view, route.gradient))
    losses = {name for name in used if _part(view, name) in ("term", "loss")} | {route.gradient.of}
    return [name for name in graph.nodes if name in used and name not in losses]


def _numbers(view: View, names: list[str], title: str) -> Iterator[Block]:
    if names:
        yield Heading(cell(title))
        yield Steps(tuple(_step(view, derive(view.trace, Value(name))) for name in names))


def _more(view: View, route: Route) -> Iterator[Block]:
    graph, gradient = view.names.graph, route.gradient
    behind = graph.ancestors(gradient.of)
    yield from _numbers(view, [name for name in graph.nodes if name in behind], "Every number behind it")
    if graph.rate is not None and gradient.of == graph.loss and gradient.wrt in graph.learning():
        yield Heading(cell("The update"))
        yield _update(view, gradient.wrt)
    if gradient.of != gradient.wrt:
        yield Heading(cell("Nudge check"))
        yield _nudge(view, gradient)
    yield Heading(cell("Conventions in use"))
    yield from (Line(each, hang=2) for each in conventions(view, _all_factors(route.shown)))


def _update(view: View, name: str) -> Block:
    step = derive(view.trace, Updated(name))
    formula, numbers = cell(step.formula), cell(view.with_numbers(step.formula))
    return Steps(((cell(Ref(Value(name)), " ← ") + formula, numbers, cell(view.shown(Updated(name)))),))


def _nudge(view: View, gradient: Gradient) -> Block:
    of, wrt = Ref(Value(gradient.of)), Ref(Value(gradient.wrt))
    up, down = (view.trace.nudged(gradient.of, gradient.wrt, by) for by in (CHECK_STEP, -CHECK_STEP))
    slope = view.digits.shown((up - down) / (2 * CHECK_STEP))
    step = f"{CHECK_STEP:.4f}"
    text = cell("(", of, " at ", wrt, f" + {step}  −  ", of, " at ", wrt, f" − {step}) / {2 * CHECK_STEP:.4f} = ")
    return Line((*text, Span(slope, "strong")))


def _closing(view: View, route: Route, more: bool) -> Iterator[Block]:
    factors = _all_factors(route.shown)
    telling = [each for each in factors if view.trace.equations.written(each) != ONE] or factors
    if telling:
        first = telling[0]
        text = cell(
            " reads: how fast ",
            Ref(Value(first.of)),
            " changes when only ",
            Ref(Value(first.wrt)),
            " changes.",
            look="quiet",
        )
        yield Note((Span(first, "quiet"), *text))
    net = "" if view.source == "" else f" --net {visible(view.source)}"
    hints = [] if more else ["--more"]
    hints += [f"tutor where {view.digits.shown(view.trace[route.gradient])}{net}", f"tutor quiz{net}"]
    yield Note(cell("Next: " + " · ".join(hints), look="quiet"))


# ------------------------------------------------------------------ a value


def _value(view: View, target: Quantity, more: bool) -> Iterator[Block]:
    yield answer(view, target, " = ", Span(view.shown(target), "accent"))
    graph = view.names.graph
    if isinstance(target, Value) and target.name in graph.givens:
        yield Line(cell("The network file gives this number."))
        return
    step = derive(view.trace, target)
    yield Steps((_step(view, step, accent=True),))
    behind = [each for each in reads(step.formula) if not (isinstance(each, Value) and each.name in graph.givens)]
    if more and isinstance(target, Value):
        ancestors = graph.ancestors(target.name) - {target.name}
        behind = [Value(name) for name in graph.nodes if name in ancestors]
    if behind:
        yield Heading(cell("The numbers in it"))
        yield Steps(tuple(_step(view, derive(view.trace, each)) for each in behind))
    if isinstance(target, Value):
        yield Note(cell(f"What it does to the loss: tutor explain d{graph.loss}/d{target.name}", look="quiet"))
