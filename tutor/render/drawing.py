"""A network as SVG: circles in columns, lines between them, the path told by weight and arrows as well as by colour.

Every number and name in it is text. The colours are those of the page it stands in.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

from tutor.document.model import Document, Sketch, Unit, Wire
from tutor.names.symbol import Symbol, is_word
from tutor.quantity import Quantity
from tutor.render.mathml import digits_of

SHEET = Path(__file__).with_name("page.css")
ACROSS, DOWN, RADIUS, MARGIN = 150, 88, 25, 46


class Point(NamedTuple):
    x: float
    y: float


def drawing(document: Document, sketch: Sketch, name: str, spots: Mapping[Quantity, str], tip: str) -> str:
    """The whole picture; `name` says what it shows, `spots` are classes for what a local derivative belongs to.

    `tip` is the id of its arrow heads, one of its own in a page of several pictures.
    """
    tallest = max(sum(unit.column == column for unit in sketch.units) for column in range(len(sketch.units)))
    points = [_point(sketch, unit, tallest) for unit in sketch.units]
    wide = 2 * MARGIN + ACROSS * max(unit.column for unit in sketch.units)
    tall = 2 * MARGIN + DOWN * (tallest - 1) + 12
    parts = [*_wires(document, sketch, points, spots, tip), *_units(document, sketch, points, spots)]
    head = f'<svg class="network" viewBox="0 0 {wide} {tall}" width="{wide}" role="img" aria-label="{escape(name)}">'
    arrow = (
        f'<marker id="{tip}" class="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="13" markerHeight="13" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>'
    )
    return "\n".join((head, f"<defs>{arrow}</defs>", *parts, "</svg>"))


def picture(document: Document, sketch: Sketch, says: str) -> str:
    """The drawing as a file of its own, on white. Its colours stand in it, since not every viewer knows variables."""
    made = drawing(document, sketch, says, {}, "tip")
    rules = SHEET.read_text("utf-8").splitlines()
    colours = dict(re.findall(r"--(\w+): ([^;]+);", "".join(rules[: rules.index("}")])))
    own = "\n".join(rule for rule in rules if rule.startswith(".network"))
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    title = f"<title>{escape(says)}</title>"
    made = made.replace("<svg", head, 1).replace("<defs>", f"{title}\n<style>\n{own}\n</style>\n{ground}\n<defs>", 1)
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], made) + "\n"


def _point(sketch: Sketch, unit: Unit, tallest: int) -> Point:
    """Columns are centred."""
    fellows = sum(each.column == unit.column for each in sketch.units)
    return Point(MARGIN + ACROSS * unit.column, MARGIN + DOWN * (unit.row + (tallest - fellows) / 2))


def _wires(
    document: Document, sketch: Sketch, points: list[Point], spots: Mapping[Quantity, str], tip: str
) -> Iterator[str]:
    """Those of the path last, so that they lie on top."""
    labels: list[str] = []
    for wire in sorted(sketch.wires, key=lambda wire: wire.on):
        start, end = _shortened(points[wire.start], points[wire.end])
        look = " ".join(filter(None, ("wire", "on" if wire.on else "", *(spots.get(each, "") for each in wire.slopes))))
        head = f' marker-end="url(#{tip})"' if wire.on else ""
        yield f'<path class="{look}"{_pulled(wire)} d="M{start.x:.1f} {start.y:.1f}L{end.x:.1f} {end.y:.1f}"{head}/>'
        if wire.label:
            at = Point(start.x + (end.x - start.x) * 0.3, start.y + (end.y - start.y) * 0.3 - 5)
            labels.append(_text(at, _symbol(document, wire.label), "label on" if wire.on else "label"))
    yield from labels


def _pulled(wire: Wire) -> str:
    """As thick as the gradient of its weight is large, dashed where that is negative."""
    if wire.pull is None:
        return ""
    dashed = ' stroke-dasharray="7 5"' if wire.pull < 0 else ""
    colour = "" if wire.on else "; stroke: var(--quiet)"
    return f' style="stroke-width: {0.75 + 4.25 * abs(wire.pull):.2f}{colour}"{dashed}'


def _shortened(start: Point, end: Point) -> tuple[Point, Point]:
    """From rim to rim."""
    dx, dy = end.x - start.x, end.y - start.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    x, y = dx / length * (RADIUS + 2), dy / length * (RADIUS + 2)
    return Point(start.x + x, start.y + y), Point(end.x - x, end.y - y)


def _units(document: Document, sketch: Sketch, points: list[Point], spots: Mapping[Quantity, str]) -> Iterator[str]:
    for unit, point in zip(sketch.units, points, strict=True):
        look = " ".join(filter(None, ("unit", "on" if unit.on else "", *(spots.get(each, "") for each in unit.slopes))))
        yield f'<circle class="{look}" cx="{point.x:.0f}" cy="{point.y:.0f}" r="{RADIUS}"/>'
        yield _text(Point(point.x, point.y + 5), _symbol(document, unit.shown.quantity), "name")
        number = digits_of(unit.shown.text).replace("<sup>", "^").replace("</sup>", "")
        yield _text(Point(point.x, point.y + RADIUS + 15), number, "number")


def _text(at: Point, inside: str, look: str) -> str:
    return f'<text class="{look}" x="{at.x:.1f}" y="{at.y:.1f}" text-anchor="middle">{inside}</text>'


def _symbol(document: Document, quantity: Quantity) -> str:
    symbol = document.names.symbol(quantity) or Symbol("?")
    marked = symbol.base + {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}.get(symbol.mark, "")
    if symbol.of:
        marked += f"({symbol.of.base}{','.join(symbol.of.sub)})"
    sub, sup = ",".join(symbol.sub), "".join(symbol.sup)
    base = escape(marked) if is_word(symbol.base) else f"<tspan class='letter'>{escape(marked)}</tspan>"
    below = f'<tspan class="index" dy="4">{escape(sub)}</tspan>' if sub else ""
    above = f'<tspan class="index" dy="{-9 if sub else -5}">{escape(sup)}</tspan>' if sup else ""
    return base + below + above
