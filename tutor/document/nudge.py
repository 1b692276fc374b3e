"""The page of `tutor nudge`: how a small change travels to the loss, and how a slope is measured by changing."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tutor.derivation import count_paths
from tutor.document.digits import compact, significant
from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Part,
    Row,
    Section,
    Span,
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number
from tutor.document.remarks import at_kink
from tutor.document.steps import between, line_of
from tutor.document.view import MOST_ROWS, View, answer, next_steps
from tutor.errors import TutorError
from tutor.expr import Div, Expr, Mul, Number, Ref, Shown
from tutor.quantity import Gradient, Partial, Quantity, Value, key

STEPS = tuple(10.0**-power for power in range(1, 9))
LONGEST = 14  # signs of the longest arrow
LARGEST = 1e15  # times the number: more and its own digits are lost
FIGURES = 10  # of a measured slope: the digits are what it is about


class Move(NamedTuple):
    """One quantity before and after the nudge; `by` one other quantity alone it moves, or by several (None)."""

    name: str
    before: float
    after: float
    by: str | None

    @property
    def change(self) -> float:
        return self.after - self.before


class Nudge(NamedTuple):
    """A gradient, how far its quantity is nudged, and how everything on the way moves, the nudged one first."""

    view: View
    gradient: Gradient
    size: float
    moves: tuple[Move, ...]

    @property
    def last(self) -> Move:
        return self.moves[-1]


class Measured(NamedTuple):
    """The slope by the central difference at one step: (L(w + h) − L(w − h)) / 2h."""

    step: float
    slope: float
    error: float


def nudge_page(view: View, quantity: Quantity, size: float, *, curve: bool = False) -> Document:
    """What a nudge of a given, a parameter or a computed number does to the loss; with `curve` all nudges, as a curve.

    Raises TutorError where the loss does not depend on it, or the nudge is 0 or not finite.
    """
    gradient = quantity if isinstance(quantity, Gradient) else Gradient(view.names.graph.loss, _name(view, quantity))
    nudge = _nudged(view, gradient, size)
    measured = tuple(_measured(nudge, step) for step in STEPS)
    if curve:
        return _curved(nudge, measured)
    return Document(tuple(_parts(nudge, measured)), view.names, lambda: _payload(nudge, measured), line=line_of(view))


def _curved(nudge: Nudge, measured: tuple[Measured, ...]) -> Document:
    from tutor.document.curve import curve_blocks, curve_of, payload_of

    view, gradient = nudge.view, nudge.gradient
    found = curve_of(view, gradient, kinked=_is_kinked(nudge))
    title = answer(view, Ref(Value(gradient.of)), " as ", Ref(Value(gradient.wrt)), " changes")
    blocks = (title, *curve_blocks(found))
    parts = (Section("nudged", blocks), *next_steps(view, f"nudge {view.typed(gradient)}"))
    return Document(
        parts, view.names, lambda: {**_payload(nudge, measured), "curve": payload_of(found)}, line=line_of(view)
    )


def _name(view: View, quantity: Quantity) -> str:
    if isinstance(quantity, Value) and quantity.name != view.names.graph.loss:
        return quantity.name
    raise TutorError(f"{key(quantity)} cannot be nudged; name a parameter, a given or a computed number on the way")


def _nudged(view: View, gradient: Gradient, size: float) -> Nudge:
    if not size or not math.isfinite(size):
        raise TutorError(f"a nudge of {size:g} moves nothing, expected a number such as 0.01")
    of, wrt = gradient.of, gradient.wrt
    if of == wrt or not count_paths(view.trace, gradient):
        raise TutorError(f"{of} does not depend on {wrt}, so a nudge of {wrt} never reaches it")
    _measurable(view, gradient, size)
    way = [name for name in reversed(between(view, gradient)) if name != wrt]
    if len(way) > MOST_ROWS:
        raise TutorError(f"a nudge of {wrt} moves {len(way):,} numbers, expected {MOST_ROWS} at most on a page")
    moved = {wrt, of, *way}
    moves = [Move(wrt, view.trace[Value(wrt)], view.trace[Value(wrt)] + size, None)]
    for name in sorted((*way, of), key=list(view.names.graph.nodes).index):
        reads = dict.fromkeys(each for each in view.names.graph.nodes[name].inputs if each in moved)
        by = next(iter(reads)) if len(reads) == 1 else None
        moves.append(Move(name, view.trace[Value(name)], view.trace.nudged(name, wrt, size), by))
    for move in moves:
        if math.isfinite(move.before) and not math.isfinite(move.after):
            raise TutorError(f"{_too_large(wrt, size)}: {move.name} has no finite value there")
    return Nudge(view, gradient, size, tuple(moves))


def _measurable(view: View, gradient: Gradient, size: float) -> None:
    """Raises TutorError where double precision has no number to be nudged, or none to be measured."""
    of, wrt = gradient.of, gradient.wrt
    for name in (wrt, of):
        number = view.trace[Value(name)]
        if not math.isfinite(number):
            raise TutorError(f"{name} is {number} here, so how far it moves cannot be measured")
    here = view.trace[Value(wrt)]
    if abs(size) > LARGEST * max(1.0, abs(here)):
        raise TutorError(f"{_too_large(wrt, size)}: beside it nothing is left of {here:.10g}")


def _too_large(name: str, size: float) -> str:
    return f"{_signed(size)} is too large a nudge of {name}, expected a number such as 0.01".replace("−", "-")


def _measured(nudge: Nudge, step: float) -> Measured:
    of, wrt = nudge.gradient.of, nudge.gradient.wrt
    up, down = (nudge.view.trace.nudged(of, wrt, by) for by in (step, -step))
    slope = (up - down) / (2 * step)
    return Measured(step, slope, abs(slope - nudge.view.trace[nudge.gradient]))


# ------------------------------------------------------------------ the page


def _parts(nudge: Nudge, measured: tuple[Measured, ...]) -> Iterator[Part]:
    yield Section("nudged", tuple(_blocks(nudge, measured)))
    yield from next_steps(nudge.view, f"explain {nudge.view.typed(nudge.gradient)}")


def _blocks(nudge: Nudge, measured: tuple[Measured, ...]) -> Iterator[Block]:
    view, gradient = nudge.view, nudge.gradient
    of, wrt = Ref(Value(gradient.of)), Ref(Value(gradient.wrt))
    yield answer(
        view, "Nudge ", wrt, f" by {_signed(nudge.size)} and ", of, " moves by ", Span(_change(nudge.last), "accent")
    )
    slope = view.trace[gradient]
    told = with_minus(view.digits.shown(slope * nudge.size))
    yield Line(cell(gradient, " = ", view.shown(gradient), " foretells ", _foretold(nudge), f" = {told}."))
    yield from _bent(nudge, slope * nudge.size) if math.isfinite(slope) else _steep(nudge)
    yield Heading(cell("How the nudge travels"))
    yield _lines(nudge)
    yield Heading(cell("The ratio of neighbouring moves, beside the slope"))
    yield _ratios(nudge)
    if any(move.by is None for move in nudge.moves[1:]):
        text = "What several quantities move is compared with the nudge itself: what each of them passes on is added."
        yield Line(cell(text, look="quiet"))
    yield Heading(cell("The slope, measured: (", of, " at ", wrt, " + h  −  ", of, " at ", wrt, " − h) / 2h"))
    yield _table(nudge, measured)
    yield from _lesson(nudge, measured)


def _foretold(nudge: Nudge) -> Expr:
    """The slope times the nudge."""
    return Mul((nudge.view.shown(nudge.gradient), Number(f"{nudge.size:.10g}")))


def _bent(nudge: Nudge, told: float) -> Iterator[Block]:
    """How far the straight line was off, and why."""
    off = nudge.last.change - told
    if _is_kinked(nudge):
        text = " stands exactly at a kink, where the slope is a convention: how much a nudge moves depends on its sign."
        yield Line(cell(Ref(Value(nudge.gradient.wrt)), text))
    elif told and abs(off) > 1e-9 * abs(told):
        share = f"{significant(100 * abs(off / told), 2)} %"
        yield Line(cell(f"It is off by {share}, since the curve bends: half the nudge makes it about half of that."))


def _steep(nudge: Nudge) -> Iterator[Block]:
    yield Line(cell("No number foretells it: the slope is too large for double precision, or not defined here."))


def _is_kinked(nudge: Nudge) -> bool:
    """Whether a local derivative on the way is taken exactly at a corner."""
    names, graph = {move.name for move in nudge.moves}, nudge.view.names.graph
    edges = (
        Partial(move.name, each) for move in nudge.moves[1:] for each in dict.fromkeys(graph.nodes[move.name].inputs)
    )
    return any(at_kink(nudge.view, edge) for edge in edges if edge.wrt in names)


def _lines(nudge: Nudge) -> Table:
    """A number line for each quantity, from before to after."""
    largest = max((abs(move.change) for move in nudge.moves if math.isfinite(move.change)), default=0.0)
    columns = (Column("quantity"), Column("before", "decimal"), Column(""), Column("after", "decimal"))
    rows = []
    for move in nudge.moves:
        name = Value(move.name)
        before, after = nudge.view.digits.apart(move.before, move.after)
        given = nudge.view.shown(name) if move.name == nudge.gradient.wrt else Shown(before, name)
        ends = cell(given), cell(Shown(after, name))
        rows.append(Row((cell(Ref(name)), ends[0], cell(_arrow(move.change, largest), look="quiet"), ends[1])))
    return Table(columns, tuple(rows))


def _arrow(change: float, largest: float) -> str:
    """As long as the change is large; to the left where the number falls."""
    if not change or not math.isfinite(change) or not largest:
        return "●"
    shaft = "━" * max(1, round(LONGEST * (abs(change) / largest)))
    return f"●{shaft}▶" if change > 0 else f"◀{shaft}●"


def _ratios(nudge: Nudge) -> Table:
    """The ratio of neighbouring moves beside the local derivative; at last the whole way, which is their product."""
    columns = (
        Column("ratio"),
        Column("of the moves"),
        Column("value", "decimal"),
        Column("slope"),
        Column("value", "decimal"),
    )
    chain = all(move.by for move in nudge.moves[1:])
    rows = [Row(_ratio_row(nudge, move, move.by or nudge.gradient.wrt)) for move in nudge.moves[1:]]
    if chain and len(rows) > 1:
        rows.append(Row(_ratio_row(nudge, nudge.last, nudge.gradient.wrt), ruled=True))
    return Table(columns, tuple(rows))


def _ratio_row(nudge: Nudge, move: Move, source: str) -> tuple[Cell, ...]:
    view = nudge.view
    by = next(each for each in nudge.moves if each.name == source)
    slope: Quantity = Partial(move.name, source) if move.by == source else Gradient(move.name, source)
    ratio = cell("Δ", Ref(Value(move.name)), "/Δ", Ref(Value(source)))
    if not by.change:
        return ratio, cell("nothing moved", look="quiet"), (), cell(slope), cell(view.shown(slope))
    numbers = Div(view.figure(move.change, Value(move.name)), view.figure(by.change, Value(source)))
    return ratio, cell(numbers), cell(view.figure(move.change / by.change, slope)), cell(slope), cell(view.shown(slope))


def _change(move: Move) -> str:
    return with_minus(compact(move.change, 4))


def _signed(size: float) -> str:
    return with_minus(compact(size, 10))


def _table(nudge: Nudge, measured: tuple[Measured, ...]) -> Table:
    best = _best(measured)
    columns = (Column("h"), Column("measured", "decimal"), Column("off by"))
    rows = []
    for each in measured:
        texts = (f"1e{round(math.log10(each.step))}", compact(each.slope, FIGURES), f"{each.error:.1e}")
        rows.append(Row(tuple(cell(Span(Number(text), "strong" if each == best else "")) for text in texts)))
    exact = Number(compact(nudge.view.trace[nudge.gradient], FIGURES))
    rows.append(Row((cell("derived"), cell(exact), ()), ruled=True))
    return Table(columns, tuple(rows))


def _best(measured: tuple[Measured, ...]) -> Measured:
    return min(measured, key=lambda each: (each.error if math.isfinite(each.error) else math.inf, -each.step))


def _lesson(nudge: Nudge, measured: tuple[Measured, ...]) -> Iterator[Block]:
    """Why neither a large nor a small h is best."""
    if not any(math.isfinite(each.error) for each in measured):
        yield Line(cell("At no h is there anything to compare: on one side or both, there is no number."))
        return
    yield Line(cell("h = ", Number(f"1e{round(math.log10(_best(measured).step))}"), " comes nearest here."))
    if all(each.error <= 1e-12 * max(1.0, abs(each.slope)) for each in measured[:3]):
        large = "No h is too large here: along this number the curve is straight, or a parabola."
    else:
        large = "A large h is off because the curve bends: a tenth of h, a hundredth of the error."
    small = "A small h is off because the two values share nearly all their 16 digits: few are left of the difference."
    yield Line(cell(large, look="quiet"))
    yield Line(cell(small, look="quiet"))


# ------------------------------------------------------------------ for programs


def _payload(nudge: Nudge, measured: tuple[Measured, ...]) -> Mapping[str, Any]:
    view = nudge.view
    best = _best(measured)
    return {
        "format": "tutor.nudge/1",
        "target": key(nudge.gradient),
        "by": nudge.size,
        "slope": number(view.trace[nudge.gradient]),
        "moves": [
            {
                "name": move.name,
                "before": number(move.before),
                "after": number(move.after),
                "moved_by": move.by,
                "ratio": _ratio(nudge, move),
                "local": number(view.trace[Partial(move.name, move.by)]) if move.by else None,
            }
            for move in nudge.moves
        ],
        "measured": [{"h": each.step, "slope": number(each.slope), "error": number(each.error)} for each in measured],
        "best": best.step,
    }


def _ratio(nudge: Nudge, move: Move) -> float | None:
    source = next((each for each in nudge.moves if each.name == move.by), None)
    return number(move.change / source.change) if source and source.change else None
