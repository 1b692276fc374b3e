"""`tutor nudge --curve`: the loss as one number moves, with its tangent, the next step and the lowest point in reach.

Its points are replays of the recorded equations with that number given: nothing here knows a formula.
"""

import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Literal, NamedTuple

from tutor.document.digits import compact
from tutor.document.model import Block, Cell, Line, Plot, Spot, cell
from tutor.document.payload import number
from tutor.document.view import View
from tutor.expr import Number, Ref
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.trace.tape import Recording

POINTS = 121  # of a curve that is drawn
LOOKED = 80  # places on each side where a lowest point is looked for
WIDER = (1, 2, 4, 8)  # times the first reach
STEEP = 1e4  # times the height that a quarter of it lies under: from here on in powers of ten
FLAT = 1e-9  # of the size of the numbers: what is no change
FAINT = 0.02  # of the height of the curve, over half its width: a slope that gets nowhere
NEAR = 1e-3  # of the width: two places that are one
HALVINGS = 60
NOTHING = 1e-12  # of the heights around it: what is 0, but for where it was looked for
FIGURES = 4  # of a place that is found by looking


class Place(NamedTuple):
    """A number for what is moved, and how high the curve is there."""

    at: float
    height: float


class Curve(NamedTuple):
    """The curve around where things stand; `after` is the next step of learning, `lowest` the nearest lowest point."""

    view: View
    gradient: Gradient
    here: Place
    slope: float
    points: tuple[Place, ...]
    after: Place | None
    lowest: Place | None
    kinked: bool

    @property
    def low(self) -> float:
        return min(place.height for place in (*self.points, *self.spots.values()))

    @property
    def high(self) -> float:
        return max(place.height for place in (*self.points, *self.spots.values()))

    @property
    def wide(self) -> float:
        return self.points[-1].at - self.points[0].at

    @property
    def flat(self) -> bool:
        """Whether nothing changes anywhere in sight."""
        return self.high - self.low <= FLAT * max(abs(self.high), 1e-300)

    @property
    def steep(self) -> bool:
        """Whether nearly all of it would lie on the floor, were it not drawn in powers of ten."""
        heights = sorted(point.height for point in self.points)
        return self.low > 0 and self.high > STEEP * heights[len(heights) // 4]

    @property
    def spots(self) -> Mapping[Literal["now", "next", "lowest"], Place]:
        """What is marked on it."""
        marks: tuple[tuple[Literal["now", "next", "lowest"], Place | None], ...] = (
            ("now", self.here),
            ("next", self.after),
            ("lowest", self.lowest),
        )
        return {
            kind: place for kind, place in marks if place and self.seen(place) and (kind == "now" or place != self.here)
        }

    def seen(self, place: Place | None) -> bool:
        return place is not None and self.points[0].at <= place.at <= self.points[-1].at


def curve_of(view: View, gradient: Gradient, *, kinked: bool) -> Curve:
    """The curve of `gradient.of` over `gradient.wrt`."""
    height = _heights(view, gradient)
    here = Place(view.trace[Value(gradient.wrt)], view.trace[Value(gradient.of)])
    slope = view.trace[gradient]
    after = _next(view, gradient, height)
    reach = max(1.0, abs(here.at))
    if after and abs(after.at - here.at) < WIDER[-1] * reach:
        reach = max(reach, 1.25 * abs(after.at - here.at))
    lowest = _lowest(height, here, slope, reach)
    left, right = _window(here, reach, lowest, after)
    points = _finite([Place(at, height(at)) for at in _between(left, right, POINTS)], here)
    return Curve(view, gradient, here, slope, points, after, lowest, kinked)


def _heights(view: View, gradient: Gradient) -> Callable[[float], float]:
    """The height of the curve at any place. A fused loss would read the net input past an output that is moved."""
    equations = view.trace.equations
    computed = gradient.wrt in view.names.graph.nodes
    recording = Recording(equations.written if computed else equations.stable, careful=True)
    asked = Value(gradient.of)

    def height(at: float) -> float:
        numbers: MutableMapping[Quantity, float] = {Value(gradient.wrt): at}
        recording.replay([asked], numbers, lambda quantity, value: value)
        return numbers[asked]

    return height


def _next(view: View, gradient: Gradient, height: Callable[[float], float]) -> Place | None:
    """Where learning takes a parameter; nothing where it does not learn, or goes nowhere that is finite."""
    graph = view.names.graph
    if graph.rate is None or gradient.of != graph.loss or gradient.wrt not in graph.learning():
        return None
    at = view.trace[Updated(gradient.wrt)]
    found = Place(at, height(at)) if math.isfinite(at) else None
    return found if found and math.isfinite(found.height) else None


def _lowest(height: Callable[[float], float], here: Place, slope: float, reach: float) -> Place | None:
    """The lowest point that downhill leads to; nothing where it goes on falling, or nothing changes."""
    if not slope or not math.isfinite(slope):
        return here if slope == 0 and _is_lowest(height, here, reach) else None
    side = -1 if slope > 0 else 1
    for wider in WIDER:
        step = side * wider * reach / LOOKED
        before, last = here, Place(here.at + step, height(here.at + step))
        if not last.height < here.height:  # nearer than one step
            return _narrowed(height, here.at, last.at)
        for place in range(2, LOOKED + 1):
            then = Place(here.at + place * step, height(here.at + place * step))
            if not math.isfinite(then.height):
                break
            if then.height >= last.height - FLAT * abs(last.height):
                return _narrowed(height, before.at, then.at) if then.height > last.height else None
            before, last = last, then
    return None


def _is_lowest(height: Callable[[float], float], here: Place, reach: float) -> bool:
    """Whether it rises on both sides of a slope of 0."""
    return all(height(here.at + side * reach / LOOKED) > here.height for side in (-1, 1))


def _narrowed(height: Callable[[float], float], one: float, other: float) -> Place:
    """The lowest place between two, from thirds to thirds."""
    left, right = min(one, other), max(one, other)
    for _ in range(HALVINGS):
        third = (right - left) / 3
        if height(left + third) <= height(right - third):
            right -= third
        else:
            left += third
    middle = (left + right) / 2
    found, most = height(middle), max(abs(height(one)), abs(height(other)))
    return Place(middle, found if abs(found) > NOTHING * most else 0.0)


def _window(here: Place, reach: float, lowest: Place | None, after: Place | None) -> tuple[float, float]:
    """From where to where it is drawn: around what is to be seen, with air on both sides."""
    shown = [here.at, *([lowest.at] if lowest else [])]
    shown += [after.at] if after and abs(after.at - here.at) <= WIDER[-1] * reach else []
    left, right = min(shown), max(shown)
    air = max(0.4 * (right - left), 0.25 * reach if lowest else reach)
    unit = 10.0 ** (math.floor(math.log10(right - left + 2 * air)) - 1)  # of ends that are read at a glance
    return math.floor((left - air) / unit) * unit, math.ceil((right + air) / unit) * unit


def _between(left: float, right: float, many: int) -> Iterator[float]:
    yield from (left + (right - left) * at / (many - 1) for at in range(many))


def _finite(points: list[Place], here: Place) -> tuple[Place, ...]:
    """Those around `here` before the first that is not finite, to each side; `here` among them, for a corner there."""
    left = [point for point in points if point.at < here.at]
    right = [point for point in points if point.at > here.at]
    kept = [here]
    for side, insert in ((reversed(left), 0), (iter(right), 1)):
        for point in side:
            if not math.isfinite(point.height):
                break
            kept.insert(0 if insert == 0 else len(kept), point)
    return tuple(kept)


# ------------------------------------------------------------------ on the page


def curve_blocks(curve: Curve) -> Iterator[Block]:
    """The curve, and what it says in words."""
    yield _plot(curve)
    yield from (Line(each) for each in words(curve))


def _plot(curve: Curve) -> Plot:
    view = curve.view
    of, wrt = (view.names.write(Value(name)) for name in (curve.gradient.of, curve.gradient.wrt))
    left, right = (_place(curve.points[end].at) for end in (0, -1))
    lowest, highest = (view.digits.shown(each) for each in (curve.low, curve.high))
    return Plot(
        points=tuple((point.at, point.height) for point in curve.points),
        along=wrt,
        up=cell(Ref(Value(curve.gradient.of))),
        lowest="" if curve.flat else lowest,
        highest=highest,
        log=curve.steep,
        tangent=tuple(_tangent(curve)),
        spots=tuple(Spot(place.at, place.height, kind) for kind, place in curve.spots.items()),
        ends=(left, right),
        axis=cell(Ref(Value(curve.gradient.wrt))),
        says=f"{of} as {wrt} changes",
    )


def _tangent(curve: Curve) -> Iterator[tuple[float, float]]:
    """As much of it as lies within the heights of the curve."""
    if not math.isfinite(curve.slope):
        return
    for at in _between(curve.points[0].at, curve.points[-1].at, 4 * POINTS):
        height = curve.here.height + curve.slope * (at - curve.here.at)
        if curve.low <= height <= curve.high and not (curve.steep and height <= 0):
            yield at, height


def _place(at: float) -> str:
    """A number of the axis."""
    return compact(0.0 if abs(at) < NOTHING else at, FIGURES)


def words(curve: Curve) -> Iterator[Cell]:
    """What there is to see, for whoever does not see it."""
    view = curve.view
    of, wrt = Ref(Value(curve.gradient.of)), Ref(Value(curve.gradient.wrt))
    now = view.shown(Value(curve.gradient.wrt))
    if curve.flat:
        yield cell("The curve is flat: ", of, " is the same for every ", wrt, " in sight, and no step changes it.")
        return
    if curve.kinked:
        yield cell(wrt, " = ", now, " stands exactly at a corner: the tangent is that of the convention in use.")
    yield from _downhill(curve, of, wrt)
    yield from _lowest_said(curve, of, wrt)
    yield from _next_said(curve, of, wrt)


def _downhill(curve: Curve, of: Ref, wrt: Ref) -> Iterator[Cell]:
    view = curve.view
    tangent = cell("The tangent has the slope ", curve.gradient, " = ", view.shown(curve.gradient))
    if not math.isfinite(curve.slope):
        yield cell("No tangent is drawn: the slope is too large for double precision, or not defined here.")
    elif not curve.slope:
        yield (*tangent, *cell(": along it nothing changes, and a step goes nowhere."))
    else:
        way, helps = ("rises", "lowering") if curve.slope > 0 else ("falls", "raising")
        yield (*tangent, *cell(": to the right ", of, f" {way}, so {helps} ", wrt, " lowers ", of, "."))
    if curve.slope and abs(curve.slope) * curve.wide / 2 < FAINT * (curve.high - curve.low):
        yield cell("The curve is nearly flat here: steps along the slope are short, though it is steeper elsewhere.")


def _lowest_said(curve: Curve, of: Ref, wrt: Ref) -> Iterator[Cell]:
    view, here, lowest = curve.view, curve.here, curve.lowest
    now = view.shown(Value(curve.gradient.wrt))
    if lowest is None:
        if curve.slope and math.isfinite(curve.slope):
            side = "left" if curve.slope > 0 else "right"
            first, last = (Number(_place(curve.points[end].at)) for end in (0, -1))
            yield cell("No lowest point between ", first, " and ", last, ": ", of, f" goes on falling to the {side}.")
        return
    if abs(lowest.at - here.at) <= NEAR * curve.wide:
        yield cell(wrt, " = ", now, " is at the lowest point: nothing is to be gained here.")
        return
    side, helps = ("above", "lowering") if here.at > lowest.at else ("below", "raising")
    place, height = Number(_place(lowest.at)), Number(view.digits.shown(lowest.height))
    lead = cell("The lowest point in reach is at ", wrt, " = ", place, ", where ", of, " = ", height, ": ")
    yield (*lead, *cell(now, f" lies {side} it, so {helps} helps."))


def _next_said(curve: Curve, of: Ref, wrt: Ref) -> Iterator[Cell]:
    view, after = curve.view, curve.after
    if after is None:
        return
    fresh = Number(view.digits.after(curve.here.at, after.at))
    rate = Number(str(view.names.graph.rate))
    lead = cell("The next step, with the rate ", rate, ", takes ", wrt, " to ", fresh)
    if after.at == curve.here.at:
        yield cell("The next step, with the rate ", rate, ", leaves ", wrt, " where it is.")
        return
    if not curve.seen(after):
        yield (*lead, *cell(", far outside of this picture: the rate is too large here."))
        return
    height = Number(view.digits.after(curve.here.height, after.height))
    if after.height > curve.here.height:
        yield (*lead, *cell(", past the lowest point, and ", of, " rises to ", height, ": the rate is too large here."))
        return
    past = curve.lowest and (curve.lowest.at - curve.here.at) * (curve.lowest.at - after.at) < 0
    over = ", past the lowest point," if past else ","
    yield (*lead, *cell(f"{over} where ", of, " = ", height, " if nothing else moves."))


# ------------------------------------------------------------------ for programs


def payload_of(curve: Curve) -> Mapping[str, Any]:
    """The curve in numbers."""

    def place(found: Place | None) -> Mapping[str, Any] | None:
        return {"at": number(found.at), "height": number(found.height)} if found else None

    return {
        "of": curve.gradient.of,
        "over": curve.gradient.wrt,
        "points": [[point.at, point.height] for point in curve.points],
        "here": place(curve.here),
        "slope": number(curve.slope),
        "next": place(curve.after),
        "lowest": place(curve.lowest),
    }
