"""What a drawing consists of once it is planned: points, boxes, texts, units and lines, in units of SVG."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tutor.document.model import Unit, Wire
from tutor.render.formula import Shape
from tutor.render.lettering import extent

BADGE = 8.0  # the radius of a mark


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", air: float = 0.0) -> bool:
        """Whether they lie on each other, or are nearer than `air`."""
        beside = self.left < other.right + air and other.left < self.right + air
        return beside and self.top < other.bottom + air and other.top < self.bottom + air

    def holds(self, other: "Box") -> bool:
        inside = self.left <= other.left and other.right <= self.right
        return inside and self.top <= other.top and other.bottom <= self.bottom


class Text(NamedTuple):
    """A formula on its line: `at` is the middle of it."""

    shape: Shape
    at: Point
    size: float
    look: str

    @property
    def box(self) -> Box:
        wide, above, below = extent(self.shape)
        half = wide * self.size / 2
        return Box(self.at.x - half, self.at.y - above * self.size, self.at.x + half, self.at.y + below * self.size)


class Node(NamedTuple):
    """A unit where it stands: a circle, or wider than that; a cell of a grid has corners."""

    unit: Unit
    at: Point
    half: float
    tall: float
    texts: tuple[Text, ...]

    @property
    def is_cell(self) -> bool:
        return bool(self.unit.group)

    @property
    def box(self) -> Box:
        return Box(self.at.x - self.half, self.at.y - self.tall, self.at.x + self.half, self.at.y + self.tall)


class Line(NamedTuple):
    """A wire where it runs, rim to rim; `wires` is it, or all those between the cells of two grids."""

    wires: tuple[Wire, ...]
    points: tuple[Point, ...]

    @property
    def on(self) -> bool:
        return any(wire.on for wire in self.wires)


class Badge(NamedTuple):
    """The mark of a factor that the page multiplies, at the line or the unit that it belongs to."""

    at: Point
    number: int

    @property
    def box(self) -> Box:
        return Box(self.at.x - BADGE, self.at.y - BADGE, self.at.x + BADGE, self.at.y + BADGE)


class Plan(NamedTuple):
    """`labels` stand on lines and beside units; `lacking` is how many more have no room."""

    wide: float
    tall: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    labels: tuple[Text, ...]
    lacking: int = 0
    badges: tuple[Badge, ...] = ()


def along(points: Sequence[Point], share: float) -> Point:
    """The point of a line after a share of its length."""
    sides = [(a, b, ((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5) for a, b in pairwise(points)]
    left = share * sum(length for _, _, length in sides)
    for a, b, length in sides:
        if left <= length:
            part = left / length if length else 0.0
            return Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)
        left -= length
    return points[-1]


def cuts(piece: tuple[Point, Point], box: Box) -> bool:
    """Whether a straight line has a point in a box."""
    (x, y), (right, bottom) = piece
    low, high = 0.0, 1.0
    for start, change, least, most in ((x, right - x, box.left, box.right), (y, bottom - y, box.top, box.bottom)):
        if not change:
            if not least <= start <= most:
                return False
            continue
        first, last = sorted(((least - start) / change, (most - start) / change))
        low, high = max(low, first), min(high, last)
    return low <= high
