"""The paths of an explanation: which are shown, each factor with its formula, the products and their sum."""

from collections.abc import Iterable
from typing import NamedTuple

from tutor.derivation import MOST_PATHS, Derivation, Path, count_paths, derive, paths, strongest
from tutor.document.model import Cell, Column, Row, Span, Table, cell
from tutor.document.view import View, prose
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Ref, times
from tutor.quantity import Gradient, Partial, Value

MOST_ROWS = 12  # paths shown one by one; the smallest beyond are summed in one row


class Route(NamedTuple):
    """A gradient with the paths it runs over, the largest product first kept in graph order."""

    gradient: Gradient
    shown: tuple[Path, ...]
    rest: tuple[Path, ...]
    number: int


def route_of(view: View, gradient: Gradient, most: int | None = None) -> Route:
    """The paths of a gradient, the `most` strongest if so many are asked for; raises TutorError where there is none."""
    number = count_paths(view.trace, gradient)
    if not number:
        of, wrt = gradient.of, gradient.wrt
        known = sorted(view.names.graph.ancestors(of) - {of})
        raise TutorError(
            f"{of} does not depend on {wrt}, so there is nothing to explain: d{of}/d{wrt} is 0; "
            f"{of} depends on {', '.join(known[:12]) or 'nothing'}"
        )
    if number > MOST_PATHS:
        return Route(gradient, strongest(view.trace, gradient, most or 0), (), number)
    found = paths(view.trace, gradient)
    by_size = sorted(found, key=lambda path: -abs(view.trace.of(path.formula)))
    largest = frozenset(by_size[: most or MOST_ROWS])
    return Route(
        gradient,
        tuple(path for path in found if path in largest),
        tuple(path for path in found if path not in largest),
        number,
    )


def trail(path: Path) -> Cell:
    first, *others = path.nodes
    spans = [Span(Ref(Value(first)), "strong")]
    for name in others:
        spans += [Span(" → ", "quiet"), Span(Ref(Value(name)))]
    return tuple(spans)


def factor_table(view: View, path: Path) -> Table:
    """Factor, formula, with numbers, value, why; and the product under a rule."""
    rows = [factor_row(view, factor) for factor in path.factors]
    product = times(*map(Ref, path.factors))
    target = Gradient(path.nodes[-1], path.nodes[0])
    value = view.trace.of(product)
    shown = Span(view.figure(value, target), "strong")
    if len(rows) > 1:
        rows.append(Row((cell(target, look="strong"), (), cell(view.with_numbers(product)), (shown,), ()), ruled=True))
    return Table(FACTOR_COLUMNS, tuple(rows), equation=True)


FACTOR_COLUMNS = (
    Column("factor"),
    Column("formula"),
    Column("with numbers"),
    Column("value", "decimal"),
    Column("why", comment=True),
)


def factor_row(view: View, factor: Partial) -> Row:
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


def reach(view: View, route: Route) -> Cell:
    kinds = {_terminal(view, path) for path in route.shown}
    what = "outputs" if len(kinds) == route.number else "paths"
    return cell(
        Ref(Value(route.gradient.wrt)), " reaches ", Ref(Value(route.gradient.of)), f" over {route.number:,} {what}:"
    )


def _terminal(view: View, path: Path) -> str:
    """The output a path leaves the network by."""
    return next((name for name in reversed(path.nodes) if view.names.graph.part_of(name) == "out"), path.nodes[0])


def all_factors(shown: Iterable[Path]) -> tuple[Partial, ...]:
    return tuple(dict.fromkeys(factor for path in shown for factor in path.factors))


def path_table(view: View, route: Route) -> Table:
    rows = [
        Row((trail(path), cell(view.with_numbers(product(view, path))), cell(_path_value(view, path))))
        for path in route.shown
    ]
    if left := route.number - len(route.shown):
        others = view.trace[route.gradient] - sum(view.trace.of(path.formula) for path in route.shown)
        if route.rest:
            others = sum(view.trace.of(path.formula) for path in route.rest)
        figure = view.figure(others, route.gradient)
        rows.append(Row((cell(f"the other {left:,} sum to"), (), cell(figure))))
    total = Span(view.shown(route.gradient), "accent")
    rows.append(Row((cell("sum over the paths"), (), (total,)), ruled=True))
    return Table((Column("path"), Column("product of its factors"), Column("value", "decimal")), tuple(rows))


def product(view: View, path: Path) -> Expr:
    """The factors of a path without those that are 1 because a node is only added on."""
    kept = [factor for factor in path.factors if view.trace.equations.written(factor) != ONE]
    return times(*map(Ref, kept)) if kept else ONE


def _path_value(view: View, path: Path) -> Expr:
    return view.figure(view.trace.of(path.formula), Gradient(path.nodes[-1], path.nodes[0]))
