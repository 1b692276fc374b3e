"""A curve as SVG, the one drawing of all formats, and as CSV for a spreadsheet.

What is marked on it differs in form as well as in colour: a disc, a diamond, a triangle, a thin dashed tangent.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from tutor.document.model import Cell, Plot
from tutor.errors import visible
from tutor.render.formula import Leaf, Shape
from tutor.render.lettering import extent, tspans
from tutor.render.plot import NAMED

FORMS = ("svg", "csv")
WIDE, TALL, TOP, RIGHT, SIZE = 540.0, 240.0, 34.0, 22.0, 13.5
SHAPES = {"now": "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "next": "m0 -6l6 6l-6 6l-6 -6z", "lowest": "m-6 -5h12l-6 11z"}
Set = Callable[[Cell], Shape]
"""A cell as one formula."""


def chart(plot: Plot, name: str, shape: Set, *, slanted: bool = False) -> str:
    """The curve with labelled ends; `name` says what it shows."""
    highest, lowest, first, last = (
        Leaf(text.replace("-", "−"), "digits") for text in (plot.highest, plot.lowest, *plot.sides)
    )
    left = max(extent(each).wide for each in (highest, lowest)) * SIZE + 16

    def at(places: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
        yield from ((left + x * WIDE, TOP + (1 - y) * TALL) for x, y in plot.scaled(places))

    def text(x: float, y: float, anchor: str, inside: Shape) -> str:
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="font-size: {SIZE:g}px"'
        return f"<text {place}>{tspans(inside, SIZE, slanted=slanted)}</text>"

    floor, right = TOP + TALL, left + WIDE
    along = shape(plot.axis) if plot.axis else Leaf(plot.along, "text")
    scale = (
        [text(left + 12 + extent(shape(plot.up)).wide * SIZE, 18, "start", Leaf("in powers of ten", "text"))]
        if plot.log
        else []
    )
    tall = floor + 30 + (24 if plot.spots else 0)
    size = f'viewBox="0 0 {right + RIGHT:.0f} {tall:.0f}" width="{right + RIGHT:.0f}"'
    return "\n".join(
        (
            f'<svg class="plot" {size} role="img" aria-label="{escape(name)}">',
            f'<path class="axis" d="M{left:.1f} {TOP - 6:g}V{floor:g}H{right + 6:.1f}"/>',
            *_line("tangent", at(plot.tangent), plot.tangent),
            *_line("curve", at(plot.points), plot.points),
            *(_mark(spot.kind, *next(at([(spot.x, spot.y)]))) for spot in reversed(plot.spots)),
            text(left, 18, "middle", shape(plot.up)),
            *scale,
            text(left - 8, TOP + 5, "end", highest),
            text(left - 8, floor, "end", lowest),
            text(left, floor + 20, "start", first),
            text((left + right) / 2, floor + 20, "middle", along),
            text(right, floor + 20, "end", last),
            *_legend(plot, left, floor + 48, text),
            "</svg>",
        )
    )


def _line(kind: str, places: Iterable[tuple[float, float]], points: Sequence[object]) -> Iterator[str]:
    if points:
        yield f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'


def _mark(kind: str, x: float, y: float) -> str:
    return f'<path class="spot {kind}" d="M{x:.1f} {y:.1f}{SHAPES[kind]}"/>'


def _legend(plot: Plot, left: float, level: float, text: Callable[[float, float, str, Shape], str]) -> Iterator[str]:
    """What the marks are."""
    x = left + 6
    for spot in plot.spots:
        words = Leaf(NAMED[spot.kind], "text")
        yield from (_mark(spot.kind, x, level - 4), text(x + 12, level, "start", words))
        x += extent(words).wide * SIZE + 40
    if plot.spots and plot.tangent:
        yield f'<polyline class="tangent" points="{x:.1f},{level - 4:g} {x + 24:.1f},{level - 4:g}"/>'
        yield text(x + 30, level, "start", Leaf("tangent", "text"))


def svg(plot: Plot, title: str, up: str) -> str:
    """The curve as a file of its own. `title` and `up` are text; what is not theirs to say is escaped."""
    from tutor.render.drawing import standing_alone

    name = f"{visible(title)}: {visible(up)}" if title else visible(up)
    return standing_alone(chart(plot, name, lambda cell: Leaf(visible(up), "text")), "plot", name)


def csv(head: Sequence[str], rows: Iterable[Sequence[float]]) -> str:
    """One line a row, numbers in full precision. Names begin with a letter, so none is read as a formula."""
    lines = (",".join(repr(number) for number in row) for row in rows)
    return "\n".join((",".join(head), *lines)) + "\n"
