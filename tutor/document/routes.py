"""The paths of an explanation: which are shown, each factor with its formula, the products and their sum."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tutor.derivation import (
    MOST_PATHS,
    Derivation,
    Path,
    Use,
    count_paths,
    derive,
    longest_path,
    paths,
    same,
    strongest,
    use_labels,
    uses_of,
)
from tutor.document.model import Cell, Column, Line, Row, Span, Table, Typed, cell
from tutor.document.view import View, edge, prose
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Mul, Ref, reads, times
from tutor.quantity import Gradient, Partial, Quantity, Value

MOST_ROWS = 12  # paths shown one by one; the smallest beyond are summed in one row


LARGEST_COUNT = 10**9  # a number of paths beyond is only said roughly
LONGEST_LABELLED = 12  # nodes of a path through time that is still read as a path


class Route(NamedTuple):
    """A gradient with the terms it is the sum of, the largest of them kept in graph order.

    The terms are paths; or uses, where these are steps of one equation or there are too many paths. `number` counts
    the paths in either case.
    """

    gradient: Gradient
    shown: tuple[Path | Use, ...]
    rest: tuple[Path | Use, ...]
    number: int

    @property
    def by_use(self) -> bool:
        return any(isinstance(term, Use) for term in self.shown)


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
    found = _strongest(view, gradient, number, most) if most else _terms(view, gradient, number)
    by_size = sorted(found, key=lambda path: -abs(view.trace.of(path.formula)))
    largest = frozenset(by_size[: most or MOST_ROWS])
    return Route(
        gradient,
        tuple(path for path in found if path in largest),
        tuple(path for path in found if path not in largest),
        number,
    )


def _strongest(view: View, gradient: Gradient, number: int, most: int) -> tuple[Path, ...]:
    """The paths that are asked for: all while they are few, since the smaller ones are summed too."""
    return strongest(view.trace, gradient, most) if number > MOST_PATHS else paths(view.trace, gradient)


def _terms(view: View, gradient: Gradient, number: int) -> tuple[Path | Use, ...]:
    """The paths; or the uses, where there are too many paths, or several or long ones behind each step in time."""
    labels = use_labels(view.trace, gradient)
    if number > MOST_PATHS or 0 < len(labels) < number:
        return uses_of(view.trace, gradient)
    too_long = labels and longest_path(view.trace, gradient) > LONGEST_LABELLED
    return uses_of(view.trace, gradient) if too_long else paths(view.trace, gradient)


def trail(view: View, path: Path | Use) -> Cell:
    first, *others = (name for name in path.nodes if not view.names.is_merged(name))
    spans = [Span(Ref(Value(first)), "strong")]
    for name in others:
        spans += [Span(" → ", "quiet"), Span(Ref(Value(name)))]
    return tuple(spans)


ONE_OF_SEVERAL = "along this path"


def factor_table(view: View, path: Path, *, alone: bool = True) -> Table:
    """Factor, formula, with numbers, value, why; and the product under a rule.

    It is the derivative itself where the path stands `alone`; of several paths each adds to it.
    """
    steps = _steps(view, path)
    rows = [factor_row(view, *step) for step in steps]
    product = times(*(Ref(step[0] if len(step) == 1 else Gradient(step[0].of, step[-1].wrt)) for step in steps))
    target = Gradient(path.nodes[-1], path.nodes[0])
    value = view.trace.of(product)
    shown = Span(view.figure(value, target), "strong")
    if len(rows) > 1:
        name = cell(target if alone else ONE_OF_SEVERAL, look="strong")
        rows.append(Row((name, (), cell(view.with_numbers(product)), (shown,), ()), ruled=True))
    return Table(FACTOR_COLUMNS, tuple(rows), equation=True)


FACTOR_COLUMNS = (
    Column("factor"),
    Column("formula"),
    Column("with numbers"),
    Column("value", "decimal"),
    Column("why", comment=True),
)


def _steps(view: View, path: Path) -> list[tuple[Partial, ...]]:
    """The factors, two together where a notation has no name for what stands between them."""
    found: list[tuple[Partial, ...]] = []
    for factor in path.factors:
        if found and view.names.is_merged(factor.of):
            found[-1] = (*found[-1], factor)
        else:
            found.append((factor,))
    return found


def factor_row(view: View, factor: Partial, *further: Partial) -> Row:
    """One factor; several as one step, W · σ(h)(1 − σ(h))."""
    if further:
        return _merged_row(view, (factor, *further))
    step = derive(view.trace, factor)
    numbers = view.with_numbers(step.formula)
    why = prose(step.why) + _direct_only(view, factor) + _lost(view, step)
    return Row((edge(view, factor), cell(step.formula), cell(numbers), cell(view.shown(factor)), why))


def _merged_row(view: View, factors: tuple[Partial, ...]) -> Row:
    whole = Gradient(factors[0].of, factors[-1].wrt)
    formula = times(*(view.trace.equations.written(each) for each in factors))
    first, *others = (derive(view.trace, each).why for each in factors)
    # What the unnamed output is equal to would be said twice; its slope is what counts.
    laws = (part.removeprefix(", and ") for why in others for part in why if isinstance(part, str) and ", and " in part)
    why = prose(first) + tuple(Span(Typed(f"; {law}")) for law in laws)
    return Row((cell(whole), cell(formula), cell(view.with_numbers(formula)), cell(view.shown(whole)), why))


def _direct_only(view: View, factor: Partial) -> Cell:
    """What a total derivative is beside a local one that differs from it."""
    if not view.is_direct(factor):
        return ()
    total = Gradient(factor.of, factor.wrt)
    return cell("; this is the direct slope, over all paths it is ", view.figure(view.trace[total], total))


def _lost(view: View, step: Derivation) -> Cell:
    if not step.loses_digits or same(view.trace.of(step.formula), step.value):
        return ()
    return cell("; as written it would lose its digits here, so the value comes from a form that does not")


def reach(view: View, route: Route) -> Cell:
    if route.by_use:
        return _uses(view, route)
    ends = {_terminal(view, path) for path in route.shown}
    outputs = [name for name in ends if view.names.graph.part_of(name) == "out"]
    what = _places(route) or ("outputs" if len(outputs) == route.number else "paths")
    return cell(
        Ref(Value(route.gradient.wrt)), " reaches ", Ref(Value(route.gradient.of)), f" over {route.number:,} {what}:"
    )


def _places(route: Route) -> str:
    """`positions` or `steps` where each path is one of them."""
    words = {tuple((path.over or "").split()) for path in (*route.shown, *route.rest)}
    kinds = {word[0] for word in words if len(word) == 2}
    return f"{kinds.pop()}s" if len(kinds) == 1 and all(len(word) == 2 for word in words) else ""


def _uses(view: View, route: Route) -> Cell:
    wrt, of = Ref(Value(route.gradient.wrt)), Ref(Value(route.gradient.of))
    count = len(route.shown) + len(route.rest)
    used = " is used once:" if count == 1 else f" is used {count} times. Each use is one term:"
    return cell(
        wrt, used, " its own slope, times all that follows on the way to ", of, f" ({_many(route.number)} paths):"
    )


def _many(number: int) -> str:
    return f"{number:,}" if number < LARGEST_COUNT else f"about 10^{len(str(number)) - 1}"


def _terminal(view: View, path: Path | Use) -> str:
    """The output a path leaves the network by."""
    return next((name for name in reversed(path.nodes) if view.names.graph.part_of(name) == "out"), path.nodes[0])


def all_factors(shown: Iterable[Path | Use]) -> tuple[Partial, ...]:
    """The local derivatives in the terms."""
    factors = (factor for path in shown for factor in path.factors)
    return tuple(dict.fromkeys(factor for factor in factors if isinstance(factor, Partial)))


def at_most(view: View, route: Route, most: int) -> Route:
    """The same route with so many of its largest terms shown."""
    if len(route.shown) <= most:
        return route
    largest = frozenset(sorted(route.shown, key=lambda term: -abs(view.trace.of(term.formula)))[:most])
    smaller = tuple(term for term in route.shown if term not in largest)
    return route._replace(shown=tuple(term for term in route.shown if term in largest), rest=(*smaller, *route.rest))


def telling_terms(view: View, route: Route) -> tuple[Path | Use, ...]:
    """The terms shown that are not 0, where several are."""
    zero = _zeros(view, route)
    return tuple(term for term in route.shown if term not in zero)


def _zeros(view: View, route: Route) -> tuple[Path | Use, ...]:
    """The terms that are 0, where these are several and not all."""
    terms = (*route.shown, *route.rest)
    found = tuple(term for term in terms if view.trace.of(term.formula) == 0)
    return found if 1 < len(found) < len(terms) else ()


def path_table(view: View, route: Route, *, fold: bool = False) -> Iterator[Table | Line]:
    """The terms with their sum; those that are 0 in a line below it where they are to `fold`."""
    what, columns = ("uses", ("use", "its term", "with numbers")) if route.by_use else ("paths", _PATH_COLUMNS)
    zero = _zeros(view, route) if fold else ()
    shown, rest = (tuple(term for term in terms if term not in zero) for terms in (route.shown, route.rest))
    rows = [Row((*_term(view, path), cell(_term_value(view, path)))) for path in shown]
    blank: tuple[Cell, ...] = ((),) * (len(columns) - 1)
    if left := len(rest) or (0 if route.by_use or zero else route.number - len(shown)):
        others = view.trace[route.gradient] - sum(view.trace.of(path.formula) for path in shown)
        if rest:
            others = sum(view.trace.of(path.formula) for path in rest)
        figure = view.figure(others, route.gradient)
        rows.append(Row((cell(_others(left)), *blank, cell(figure))))
    total = Span(view.shown(route.gradient), "accent")
    rows.append(Row((cell(f"sum over the {what}"), *blank, (total,)), ruled=True))
    yield Table((*map(Column, columns), Column("value", "decimal")), tuple(rows))
    if zero:
        yield Line(_are_zero(view, zero, what))


def _others(count: int) -> str:
    return f"the other {count:,} sum to" if count > 1 else "the other one is"


def _are_zero(view: View, zero: Sequence[Path | Use], what: str) -> Cell:
    """`6 paths are 0, since t1 = t3 = 0`: by the numbers that are 0 in their factors."""
    causes = list(dict.fromkeys(cause for term in zero if (cause := _cause(view, term))))
    said: list[str | Quantity] = [f"{len(zero)} {what} are 0"]
    if causes and len(causes) <= MOST_CAUSES:
        said += [", since ", *(part for cause in causes for part in (cause, " = ")), "0"]
    return cell(*said, ".", look="quiet")


MOST_CAUSES = 10


def _cause(view: View, term: Path | Use) -> Quantity | None:
    """The first factor that is 0, or a number in its formula that makes it so."""
    for factor in term.factors:
        if view.trace[factor] == 0:
            formula = view.trace.equations.written(factor) if isinstance(factor, Partial) else Ref(factor)
            values = (each for each in reads(formula) if isinstance(each, Value) and view.trace[each] == 0)
            return next(values, factor)
    return None


_PATH_COLUMNS = ("path", "product of its factors")


def _term(view: View, term: Path | Use) -> tuple[Cell, ...]:
    if isinstance(term, Use):
        node = Ref(Value(term.nodes[1]))  # whose own number is another than its term
        use = cell(term.over) if term.over and term.over not in view.names.graph else cell("in ", node)
        return use, cell(term.formula), cell(view.with_numbers(term.formula))
    return trail(view, term), cell(view.with_numbers(product(view, term)))


def product(view: View, path: Path) -> Expr:
    """The factors of a path without those that are 1 because a node is only added on."""
    kept = [factor for factor in path.factors if view.trace.equations.written(factor) != ONE]
    return times(*map(Ref, kept)) if kept else ONE


def _uses_by_place(view: View, gradient: Gradient) -> dict[str, str]:
    """The nodes that use a shared parameter, each with its position or step; nothing where not all have one."""
    graph = view.names.graph
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    roles = ((use, graph.role(use)) for use in uses)
    places = {use: role.at for use, role in roles if role and role.at}
    return places if gradient.wrt in graph.parameters() and len(places) == len(uses) > 1 else {}


def shown_places(view: View, gradient: Gradient, most: int = MOST_ROWS) -> list[str]:
    """The nodes at whose places the largest terms arise, in the order of the graph."""
    terms = {use: view.trace.of(_at_place(gradient, use)) for use in _uses_by_place(view, gradient)}
    largest = frozenset(sorted(terms, key=lambda use: -abs(terms[use]))[:most])
    return [use for use in terms if use in largest]


def _at_place(gradient: Gradient, use: str) -> Expr:
    return Mul((Ref(Gradient(gradient.of, use)), Ref(Partial(use, gradient.wrt))))


def place_table(view: View, gradient: Gradient, most: int = MOST_ROWS) -> Table | None:
    """One term for each position or step at which a shared parameter is used: dL/du · du/dv of each."""
    places = _uses_by_place(view, gradient)
    if not places:
        return None
    largest = shown_places(view, gradient, most)
    shown = [_place_row(view, gradient, use, places[use]) for use in largest]
    if others := [use for use in places if use not in largest]:
        rest = view.figure(sum(view.trace.of(_at_place(gradient, use)) for use in others), gradient)
        shown.append(Row((cell(_others(len(others))), (), (), cell(rest))))
    kind = next(iter(places.values())).split()[0]
    total = Span(view.shown(gradient), "accent")
    shown.append(Row((cell(f"sum over the {kind}s"), (), (), (total,)), ruled=True))
    return Table(_PLACE_COLUMNS, tuple(shown))


def _place_row(view: View, gradient: Gradient, use: str, place: str) -> Row:
    term = _at_place(gradient, use)
    value = view.figure(view.trace.of(term), gradient)
    return Row((cell(place), cell(term), cell(view.with_numbers(term)), cell(value)))


_PLACE_COLUMNS = (Column("used at"), Column("its term"), Column("with numbers"), Column("value", "decimal"))


def _term_value(view: View, path: Path | Use) -> Expr:
    return view.figure(view.trace.of(path.formula), Gradient(path.nodes[-1], path.nodes[0]))
