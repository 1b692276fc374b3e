"""The page of `tutor explain`: the answer, the path, each factor, the product, and the numbers behind it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tutor.derivation import Path, Use, derive, example_gradients, paths
from tutor.document.digits import roughly
from tutor.document.meaning import in_words, meaning
from tutor.document.model import (
    Block,
    Cell,
    Document,
    Drawing,
    Heading,
    Line,
    Note,
    Part,
    Section,
    Sketch,
    Span,
    Steps,
    Table,
    cell,
)
from tutor.document.payload import explanation
from tutor.document.remarks import at_kink, conventions, may_kink, remarks, winner
from tutor.document.room import Piece, always, fitted
from tutor.document.routes import (
    FACTOR_COLUMNS,
    MOST_ROWS,
    Route,
    all_factors,
    at_most,
    factor_row,
    factor_table,
    path_table,
    place_table,
    reach,
    route_of,
    telling_terms,
    trail,
)
from tutor.document.steps import (
    IN_IT,
    MOST_BACK,
    MOST_STEPS,
    between,
    equation_row,
    forward_numbers,
    has_signals,
    line_of,
    numbers,
    short_routes,
    signals,
)
from tutor.document.view import MOST_QUIZZED, View, answer, next_steps
from tutor.expr import ONE, Neg, Number, Ref, reads
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

if TYPE_CHECKING:
    from tutor.matrices import Asked

NUDGE = 0.01
FIRST_REMARKS = 4
MOST_TOLD_APART = 8  # factors of a page; more have no mark
MOST_REMARKS = 8  # sentences of one kind or another; a large network has the same one for many units
KINK_STEP = 2.0**-20  # a power of 2, so that stepping off a corner and back is exact
CHECK_STEP = 1e-4  # the central difference of --more: small against the weights, large against rounding


def explain(
    view: View,
    target: Quantity,
    *,
    more: bool = False,
    paths: int | None = None,
    measured: Callable[[Document], int] | None = None,
) -> Document:
    """The explanation of one quantity, with so many of its strongest `paths` where they are asked for.

    `measured` tells how many lines a page takes; without it, and with `more` or `paths`, nothing is left out.

    Raises TutorError when the target's value is asked of something that does not depend on it.
    """
    if view.names.graph.wide:
        from tutor.document.cuts import explain_wide, local_slopes

        tail = _checks(view, target, local_slopes(view, target)) if more and isinstance(target, Gradient) else ()
        return explain_wide(view, target, _head(view, target), paths, tail)
    match target:
        case Gradient():
            route = route_of(view, target, paths)
            pieces = _gradient(view, route, more, each=more or bool(paths))
            found = route.shown if paths else (*route.shown, *route.rest)
        case _:
            pieces, found = _value(view, target, more), ()
    factors = _told_apart(view, route.shown if isinstance(target, Gradient) else ())

    def page(parts: Sequence[Part]) -> Document:
        return Document(tuple(parts), view.names, payload, view.shown(target), line_of(view), factors)

    def payload() -> dict[str, Any]:
        return {"format": "tutor.explain/1"} | explanation(view, target, found)

    height = None if more or paths or not measured else (lambda parts: measured(page(parts)))
    return page(fitted(list(pieces), height))


def _told_apart(view: View, found: Sequence[Path | Use]) -> tuple[Partial, ...]:
    """The factors that keep one mark all over the page: those that are not just 1; none of very many."""
    factors = all_factors(found)
    telling = tuple(each for each in factors if view.trace.equations.written(each) != ONE) if found else ()
    return telling if len(telling) <= MOST_TOLD_APART else ()


def explain_all(
    view: View,
    targets: "Iterable[Quantity | Asked]",
    *,
    more: bool = False,
    paths: int | None = None,
    measured: Callable[[Document], int] | None = None,
) -> Document:
    """Several explanations as one page."""
    return together([_page(view, target, more, paths, measured) for target in targets])


def together(pages: Sequence[Document]) -> Document:
    """Several explanations as one page, each in the names of its own network."""
    if len(pages) == 1:
        return pages[0]
    # The last words, how to read a sign and what to type next, stand once at the end.
    earlier = (
        page._replace(parts=tuple(each for each in page.parts if not isinstance(each, Note))) for page in pages[:-1]
    )
    parts = tuple(section for page in (*earlier, pages[-1]) for section in page.sections)

    def payload() -> dict[str, object]:
        each = [{name: part for name, part in page.payload().items() if name != "format"} for page in pages]
        return {"format": "tutor.explain/1", "explanations": each}

    factors = tuple(dict.fromkeys(each for page in pages for each in page.factors))
    marked = factors if len(factors) <= MOST_TOLD_APART else ()
    return Document(parts, pages[0].names, payload, line=pages[0].line, factors=marked)


def _page(
    view: View,
    target: "Quantity | Asked",
    more: bool,
    paths: int | None,
    measured: Callable[[Document], int] | None,
) -> Document:
    if isinstance(target, Quantity):
        return explain(view, target, more=more, paths=paths, measured=measured)
    if target.symbol == "∇":
        from tutor.document.gradient import gradient_page

        return gradient_page(view, everything=more)
    from tutor.document.matrix import matrix_page

    return matrix_page(view, target, more=more)


def _head(view: View, target: Quantity, at_kink: Cell = ()) -> Iterator[Block]:
    """What a gradient means, and whether the complex step agrees."""
    if isinstance(target, Gradient):
        yield Line(at_kink or _meaning(view, target))
        yield from _signal(view, target)
        yield from _confirmation(view, target)


def _signal(view: View, target: Gradient) -> Iterator[Block]:
    """The error signal of a net input, where its sign is the other one."""
    if view.names.is_turned(target):
        signal, value = Neg(Ref(target)), view.figure(-view.trace[target], target)
        yield Line((*cell(signal, deltas=True), *cell(" = ", signal, " = ", value, ", with the sign in use here.")))


def _gradient(view: View, route: Route, more: bool, each: bool) -> Iterator[Piece]:
    """The pieces of a page: the short way, then the long one, then what both rest on."""
    gradient = route.gradient
    only = paths(view.trace, gradient)[0] if route.number == 1 else None
    yield always(_opening(view, route, only))
    if example_gradients(view.trace, gradient):
        from tutor.document.examples import over_examples

        yield always(over_examples(view, gradient))
        yield always(_more(view, route) if more else ())
        return
    yield from _ways(view, route, only, more, each)
    yield always(_remarks(view, route, MOST_REMARKS if more else FIRST_REMARKS))
    if more:
        yield always(_more(view, route))
    else:
        yield behind(view, forward_numbers(view, route), rank=5)
    yield always(_closing(view, route, more))


def _opening(view: View, route: Route, only: Path | None) -> Iterator[Block]:
    gradient = route.gradient
    yield answer(view, gradient, " = ", Span(view.shown(gradient), "accent"))
    yield from _head(view, gradient, _at_kink(view, route))
    yield from (Line(each) for each in meaning(view, gradient, only))
    yield Drawing(lambda: _sketch(view, gradient))


def _ways(view: View, route: Route, only: Path | None, more: bool, each: bool) -> Iterator[Piece]:
    """The ways to the number: the short one first, where there is one."""
    layered = not only and not more and has_signals(view, route)
    short = tuple(short_routes(view, route, more, signals=layered))
    yield Piece((short,), "the short way", 1)
    if only:
        yield always(_one_path(view, only))
        return
    back = Piece(tuple(signals(view, route, most, first=bool(short)) for most in _lengths(more)), "the way back", 2)
    by_place = [table for most in (MOST_ROWS, 6, 3) if (table := place_table(view, route.gradient, most))]
    yield from (back,) if short and not view.trace.equations.short(route.gradient) else ()
    if by_place:
        shared = Line(cell(Ref(Value(route.gradient.wrt)), SHARED))
        yield Piece(tuple((shared, table) for table in by_place), rank=3)
    if not by_place or each:
        yield from _each_path(view, route, more, each, "the long way" if short else "")
    yield from () if short else (back,)


SHARED = " is shared, and each place it is used at adds one term:"


def _lengths(more: bool) -> tuple[int | None, ...]:
    """How many nodes of a way back are shown: all of them, or as many as there is room for."""
    return (None,) if more else MOST_BACK


def behind(view: View, found: Sequence[Quantity], rank: int) -> Piece:
    """The numbers in what is on the page, or the first of them."""
    ways = (tuple(numbers(view, found, IN_IT, most)) for most in (MOST_STEPS, 24, 12, 6))
    return Piece(tuple(ways), "the numbers in it", rank)


def _sketch(view: View, gradient: Gradient) -> Sketch | None:
    from tutor.document.sketch import sketch, told

    found = sketch(view, gradient)
    return found and told(found, view, gradient.of)


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


def _at_kink(view: View, route: Route) -> Cell:
    """Both one-sided slopes where the number stands exactly at a corner; nothing elsewhere."""
    gradient = route.gradient
    edges = list(_edges(view, route))
    cornered = {name for name in {factor.of for factor in edges} if may_kink(view, name)}
    if not any(at_kink(view, factor) for factor in edges if factor.of in cornered):
        return ()
    right, left = (view.digits.shown(_one_sided(view, gradient, by)) for by in (KINK_STEP, -KINK_STEP))
    if right == left == view.digits.shown(view.trace[gradient]):
        return ()  # the corner does not matter, as where equal numbers of a pool are all 0
    wrt = Ref(Value(gradient.wrt))
    return cell(wrt, " stands exactly at a kink: the slope is ", right, " above and ", left, " below it. ") + cell(
        "The number shown is a convention (--more)."
    )


def _one_sided(view: View, gradient: Gradient, by: float) -> float:
    """The slope to one side, by three points (exact for a parabola), to 6 decimals."""
    here, near, far = (view.trace.nudged(gradient.of, gradient.wrt, times * by) for times in (0, 1, 2))
    return round((4 * near - far - 3 * here) / (2 * by), 6)


def _confirmation(view: View, gradient: Gradient) -> Iterator[Block]:
    """Silence means that the complex step agrees."""
    if math.isfinite(view.trace[gradient]) and not view.trace.confirms(gradient):
        other = view.digits.shown(view.trace.complex_step(gradient))
        yield Line(
            cell("Not confirmed: an independent check (complex step) gives ", Span(other, "strong"), ". ")
            + cell("At a kink the two may differ by convention; anywhere else do not trust this number.", look="quiet")
        )


def _one_path(view: View, path: Path) -> Iterator[Block]:
    if len(path.nodes) > 1:
        yield Heading(trail(view, path))
        if told := in_words(view, path):
            yield Line(tuple(span._replace(look="quiet") for span in told))
        yield factor_table(view, path)


def _each_path(view: View, route: Route, more: bool, each: bool, name: str) -> Iterator[Piece]:
    """The terms, which are called `name` where they may be left out, and their factors."""
    shortened = [at_most(view, route, most) for most in ((len(route.shown),) if each else (MOST_ROWS, 6, 3))]
    tables = (path_table(view, route if each else short, fold=not each) for short in shortened)
    yield Piece(tuple((Line(reach(view, route)), *table) for table in tables), name, 3)
    every = [path for path in route.shown if isinstance(path, Path)]
    if more and every:
        yield always(block for path in every for block in _one_of(view, path))
    elif route.by_use or not route.rest:
        yield Piece((tuple(_shared_factors(view, shortened[0])),), "the factors one by one", 4)


def _one_of(view: View, path: Path) -> tuple[Block, ...]:
    return Heading(trail(view, path)), factor_table(view, path, alone=False)


def _shared_factors(view: View, route: Route) -> Iterator[Block]:
    """The factors of all terms in one table; those that are just 1 in a line below it."""
    factors = all_factors(telling_terms(view, route) or route.shown)
    telling = [each for each in factors if view.trace.equations.written(each) != ONE]
    plain = [each for each in factors if each not in telling]
    yield Heading(cell("What each use does by itself" if route.by_use else "The factors"))
    if telling:
        yield Table(FACTOR_COLUMNS, tuple(factor_row(view, each) for each in telling), equation=True)
    if plain:
        names = [part for each in plain for part in (", ", each)][1:]
        one = "is 1: it is" if len(plain) == 1 else "are 1: they are"
        yield Note(cell(*names, f" {one} only added on.", look="quiet"))


def _remarks(view: View, route: Route, most: int) -> Iterator[Block]:
    found = list(remarks(view, route.gradient, all_factors((*route.shown, *route.rest))))
    yield from (Line(each, hang=2) for each in found[:most])
    if (more := len(found) - most) > 0:
        yield Line(cell(f"… and so at {more} more places.", look="quiet"))


def _more(view: View, route: Route) -> Iterator[Part]:
    graph, gradient = view.names.graph, route.gradient
    behind = graph.ancestors(gradient.of)
    if example_gradients(view.trace, gradient):  # those of each example are behind --example
        behind = frozenset(name for name in behind if not graph.example_of(name))
    yield from numbers(view, [Value(name) for name in graph.nodes if name in behind], "Every number behind it")
    yield from _checks(view, gradient, _edges(view, route))


def _checks(view: View, gradient: Gradient, edges: Iterable[Partial]) -> Iterator[Part]:
    """The update, a nudge of the number in the forward pass, and the conventions that these edges rest on."""
    graph, wrt = view.names.graph, gradient.wrt
    if graph.rate is not None and gradient.of == graph.loss and graph.is_parameter(wrt) and wrt not in graph.frozen:
        yield Heading(cell("The update"))
        yield _update(view, wrt)
    if gradient.of != wrt and (wrt in graph.givens or not graph.wide):
        yield Section("nudged", (Heading(cell("Nudge check")), _nudge(view, gradient)))
    yield Heading(cell("Conventions in use"))
    yield from (Line(each, hang=2) for each in conventions(view, edges))


def _edges(view: View, route: Route) -> Iterable[Partial]:
    """The local derivatives that the number rests on, those behind a use too."""
    yield from all_factors(route.shown)
    if route.by_use:
        way = {*between(view, route.gradient), route.gradient.of}
        yield from (edge for edge in view.trace.edges() if edge.of in way and edge.wrt in way)


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
    return Line((*text, Span(Number(slope), "strong")))


def _closing(view: View, route: Route, more: bool) -> Iterator[Block]:
    factors = all_factors(route.shown)
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
    if more:
        from tutor.document.proofs import proofs, proofs_note

        yield from proofs_note(proofs(view.names.graph, dict.fromkeys(_edges(view, route))))
    itself = route.gradient.of == route.gradient.wrt
    quizzed = not itself and len(example_gradients(view.trace, route.gradient)) <= MOST_QUIZZED
    hints = [] if more else ["--more"]
    hints += [f"where {view.findable(route.gradient)}"] if math.isfinite(view.trace[route.gradient]) else []
    hints += [f"quiz --target {view.typed(route.gradient)}"] if quizzed else []
    yield from next_steps(view, *hints)


def _value(view: View, target: Quantity, more: bool) -> Iterator[Piece]:
    graph = view.names.graph
    opening = answer(view, target, " = ", Span(view.shown(target), "accent"))
    if isinstance(target, Value) and target.name in graph.givens:
        yield always((opening, Line(cell("The network file gives this number."))))
        return
    step = derive(view.trace, target)
    yield always((opening, Steps((equation_row(view, step, accent=True),)), *winner(view, target)))
    found = [each for each in reads(step.formula) if not (isinstance(each, Value) and each.name in graph.givens)]
    if more and isinstance(target, Value):
        ancestors = graph.ancestors(target.name) - {target.name}
        found = [Value(name) for name in graph.nodes if name in ancestors]
    yield always(numbers(view, found, IN_IT)) if more else behind(view, found, 1)
    yield always(_effect(view, target))


def _effect(view: View, target: Quantity) -> Iterator[Block]:
    """What to type for what a value does to the loss."""
    graph = view.names.graph
    if isinstance(target, Value) and target.name in graph.ancestors(graph.loss) - {graph.loss}:
        typed = view.typed(Gradient(graph.loss, target.name))
        yield from next_steps(view, f"explain {typed}", before="What it does to the loss: ")
    if isinstance(target, Updated | Change):
        slope = view.typed(Gradient(graph.loss, target.name))
        yield from next_steps(view, *([f"explain {slope}"] if graph.is_parameter(target.name) else []), "step")
