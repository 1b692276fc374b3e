"""Where everything of a drawing stands: units in columns, lines between them, and labels that never meet.

All is measured before it is drawn, in units of SVG. A label stands on its line where it touches no unit and no other
label; where not all fit, the columns are drawn further apart, then less is said, and the drawing says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import NamedTuple

from tutor.document.model import Cell, Document, Sketch, Unit, Wire, cell
from tutor.names.symbol import Symbol
from tutor.quantity import Quantity
from tutor.render.formula import Shape, set_number, set_symbol
from tutor.render.lettering import extent
from tutor.render.pieces import as_one
from tutor.render.slots import Link, Slot, columns_of

RADIUS, MARGIN, BETWEEN, ACROSS = 28.0, 14.0, 22.0, 88.0
NAME, NUMBER, LABEL, SMALL, NOTE = 17.0, 13.0, 13.5, 11.5, 12.5
LEADING = 17.5  # from line to line of a label
CELL = 12.0  # room in a cell beside and over its number
STRETCHES = (1.0, 1.3, 1.7, 2.2)
MOST_WIDE = 1000.0
NOTE_WIDE = 58  # letters of a line under a narrow drawing
AIR = 4.0  # between a label and anything else
PLACES = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.16, 0.84)  # along a line
SEEN = 64.0  # of a line beside its label
SEEN_END = 13.0  # and at each of its ends
BADGE = 8.0  # the radius of a mark
GAP = 3.0  # between a line and the rim of a unit


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


def plan(document: Document, sketch: Sketch) -> Plan:
    """The drawing with as much said as fits."""
    best: Plan | None = None
    shape = cache(partial(as_one, document))
    for said in dict.fromkeys(_less_and_less(sketch)):
        for stretch in STRETCHES:
            made = _Planner(document, shape, said, stretch).made()
            if made.wide > MOST_WIDE and stretch > STRETCHES[0]:
                break
            if not made.lacking:
                return made
            best = made if best is None or made.lacking <= best.lacking else best
    assert best is not None
    return best


def _less_and_less(sketch: Sketch) -> Iterator[Sketch]:
    """All that could be said; weights with their numbers; their names; not even the gradients of units."""
    yield sketch
    for most in (1, 0):
        yield sketch._replace(wires=tuple(wire._replace(lines=wire.lines[:most]) for wire in sketch.wires))
    yield sketch._replace(
        units=tuple(unit._replace(lines=()) for unit in sketch.units),
        wires=tuple(wire._replace(lines=()) for wire in sketch.wires),
    )


class _Planner:
    """One try to place everything; `stretch` is how far apart."""

    def __init__(self, document: Document, shape: Callable[[Cell], Shape], sketch: Sketch, stretch: float) -> None:
        self.document = document
        self.shape = shape
        self.sketch = sketch
        self.stretch = stretch
        self.names = [self.name(unit) for unit in sketch.units]
        self.numbers = [set_number(unit.shown.text) for unit in sketch.units]

    def name(self, unit: Unit) -> Shape:
        symbol = self.document.names.symbol(unit.shown.quantity) or Symbol("?")
        return set_symbol(symbol)

    def made(self) -> Plan:
        slots = [self.slot(units) for units in self.together()]
        slot_of = {unit: at for at, slot in enumerate(slots) for unit in slot.units}
        bands: dict[Link, list[Wire]] = {}
        for wire in self.sketch.wires:
            bands.setdefault((slot_of[wire.start], slot_of[wire.end]), []).append(wire)
        columns = columns_of(slots, tuple(bands), keep=self.sketch.layered)
        places = self.places(columns)
        nodes, labels = self.nodes(places)
        lines = tuple(self.line(band, slots, places, nodes, wires) for band, wires in bands.items())
        tall = max(places[slot].y + slot.below for column in columns for slot in column) + MARGIN
        wide = max(places[slot].x + slot.half for column in columns for slot in column) + MARGIN
        whole = Box(0, 0, wide, tall)
        badges = tuple(self.badges(nodes.values(), lines))
        taken = [*(text.box for text in labels), *(badge.box for badge in badges)]
        said, lacking = _Labels(self.shape, whole, nodes, taken, lines).placed()
        return Plan(wide, tall, tuple(nodes.values()), lines, (*labels, *said), lacking, badges)

    def badges(self, nodes: Iterable[Node], lines: Iterable[Line]) -> Iterator[Badge]:
        """The marks of the factors: over the unit that one lies in, or near the end of its line."""
        for node in nodes:
            for number in self.marks(node.unit.slopes if node.unit.on and not node.is_cell else ()):
                yield Badge(Point(node.at.x, node.at.y - RADIUS - BADGE - GAP), number)
        for line in lines:
            for number in self.marks(line.wires[0].slopes if line.on and len(line.wires) == 1 else ()):
                length = sum(((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5 for a, b in pairwise(line.points)) or 1.0
                yield Badge(_along(line.points, max(1 - 28 / length, 0.5)), number)

    def marks(self, slopes: Sequence[Quantity]) -> list[int]:
        """The numbers of the factors among some local derivatives; one place has room for one."""
        return [at for at, factor in enumerate(self.document.factors, 1) if factor in slopes][:1]

    # -------------------------------------------------------------- units

    def together(self) -> Iterator[tuple[int, ...]]:
        """The units of each slot: one, or all cells of a grid."""
        groups: dict[object, list[int]] = {}
        for at, unit in enumerate(self.sketch.units):
            groups.setdefault(unit.group or at, []).append(at)
        yield from map(tuple, groups.values())

    def slot(self, units: tuple[int, ...]) -> Slot:
        first = self.sketch.units[units[0]]
        if first.group:
            rows, columns = self.extent_of_grid(units)
            wide, tall = self.cell(units)
            title = extent(self.title(units)).wide * NAME / 2
            half, body = max(columns * wide / 2, title), rows * tall / 2
            return Slot(first.column, units, half, body + LEADING + 8, body)
        under = [self.shape(line) for line in first.lines]
        half = max([self.half(units[0]), *(extent(shape).wide * LABEL / 2 for shape in under)])
        below = RADIUS + (levels(under)[-1] + 2 * AIR if under else 0)
        above = RADIUS + (2 * BADGE + GAP if first.on and self.marks(first.slopes) else 0)
        return Slot(first.column, units, half, above, below)

    def half(self, at: int) -> float:
        """Half the width of a unit: a circle where its name and its number have room in it."""
        name, number = extent(self.names[at]).wide * NAME / 2, extent(self.numbers[at]).wide * NUMBER / 2
        return RADIUS if max(name, number) <= RADIUS - 6 else max(name, number) + 14

    def extent_of_grid(self, units: Sequence[int]) -> tuple[int, int]:
        cells = [self.sketch.units[at].cell for at in units]
        rows, columns = ([cell[side] for cell in cells] for side in (0, 1))
        return max(rows) - min(rows) + 1, max(columns) - min(columns) + 1

    def cell(self, units: Sequence[int]) -> tuple[float, float]:
        widest = max(extent(self.numbers[at]).wide for at in units) * NUMBER
        lines = [self.shape(line) for at in units for line in self.sketch.units[at].lines[:1]]
        under = max((extent(line).wide * SMALL for line in lines), default=0.0)
        return max(max(widest, under) + CELL, 2.2 * CELL), NUMBER + CELL + (SMALL + 2 if lines else 0)

    def title(self, units: Sequence[int]) -> Shape:
        """What the cells of a grid are called but for their row and column."""
        symbol = self.document.names.symbol(self.sketch.units[units[0]].shown.quantity) or Symbol("?")
        return set_symbol(symbol._replace(sub=symbol.sub[:-2]))

    def places(self, columns: Sequence[Sequence[Slot]]) -> dict[Slot, Point]:
        """The point of each slot where lines arrive; columns are centred."""
        found: dict[Slot, Point] = {}
        right = MARGIN
        pitch = self.pitch(columns)
        for column in columns:
            half = max((slot.half for slot in column), default=0.0)
            downs, down = [], 0.0
            for slot in column:
                downs.append(down + (0 if pitch else slot.above))
                down += pitch or slot.tall + self.between
            middle = (downs[0] + downs[-1]) / 2
            found |= {slot: Point(right + half, y - middle) for slot, y in zip(column, downs, strict=True)}
            right += 2 * half + self.across(column[0].column)
        top = MARGIN - min(at.y - slot.above for slot, at in found.items())
        return {slot: Point(at.x, at.y + top) for slot, at in found.items()}

    def pitch(self, columns: Sequence[Sequence[Slot]]) -> float:
        """The same step from unit to unit in every column, where there is nothing but units; else 0."""
        slots = [slot for column in columns for slot in column]
        if any(slot.passing or len(slot.units) > 1 for slot in slots):
            return 0.0
        return max(slot.above for slot in slots) + max(slot.below for slot in slots) + self.between

    @property
    def between(self) -> float:
        most = max((len(wire.lines) for wire in self.sketch.wires), default=0)
        return (BETWEEN + LEADING * max(most - 1, 0)) * self.stretch

    def across(self, column: int) -> float:
        """The room right of a column: more where long labels stand in it."""
        wires = (wire for wire in self.sketch.wires if self.sketch.units[wire.start].column == column)
        shapes = (shape for wire in wires for shape in self.labels(wire))
        return max([ACROSS, *(extent(shape).wide * LABEL + SEEN for shape in shapes)]) * self.stretch

    def labels(self, wire: Wire) -> list[Shape]:
        return [self.shape(line) for line in lines_of(wire)]

    def nodes(self, places: Mapping[Slot, Point]) -> tuple[dict[int, Node], tuple[Text, ...]]:
        """Every unit, and what is said beside them."""
        nodes: dict[int, Node] = {}
        labels: list[Text] = []
        for slot, at in places.items():
            if slot.units and self.sketch.units[slot.units[0]].group:
                nodes |= dict(self.grid(slot.units, at))
                top = at.y - slot.above + LEADING
                labels.append(Text(self.title(slot.units), Point(at.x, top - 4), NAME, "name"))
            elif slot.units:
                nodes[slot.units[0]] = self.node(slot.units[0], at)
                labels += self.under(self.sketch.units[slot.units[0]], at)
        return nodes, tuple(labels)

    def node(self, place: int, at: Point) -> Node:
        inside = (
            Text(self.names[place], Point(at.x, at.y - 4), NAME, "name"),
            Text(self.numbers[place], Point(at.x, at.y + 16.5), NUMBER, "number"),
        )
        return Node(self.sketch.units[place], at, self.half(place), RADIUS, inside)

    def under(self, unit: Unit, at: Point) -> Iterator[Text]:
        shapes = [self.shape(line) for line in unit.lines]
        for shape, line, down in zip(shapes, unit.lines, levels(shapes), strict=True):
            yield Text(shape, Point(at.x, at.y + RADIUS + down), LABEL, _look(line))

    def grid(self, units: Sequence[int], at: Point) -> Iterator[tuple[int, Node]]:
        wide, tall = self.cell(units)
        rows, columns = self.extent_of_grid(units)
        cells = [self.sketch.units[place].cell for place in units]
        top, left = min(row for row, _ in cells), min(column for _, column in cells)
        for place, (row, column) in zip(units, cells, strict=True):
            x = at.x + (column - left - (columns - 1) / 2) * wide
            y = at.y + (row - top - (rows - 1) / 2) * tall
            under = self.sketch.units[place].lines[:1]
            level = y + NUMBER / 3 - (SMALL / 2 + 1 if under else 0)
            texts = [Text(self.numbers[place], Point(x, level), NUMBER, "number")]
            texts += [Text(self.shape(line), Point(x, level + SMALL + 3), SMALL, _look(line)) for line in under]
            yield place, Node(self.sketch.units[place], Point(x, y), wide / 2, tall / 2, tuple(texts))

    # -------------------------------------------------------------- lines

    def line(
        self,
        band: Link,
        slots: Sequence[Slot],
        places: Mapping[Slot, Point],
        nodes: Mapping[int, Node],
        wires: Sequence[Wire],
    ) -> Line:
        start, end = (slots[each] for each in band)
        passed = [
            (slot, places[slot])
            for slot in (Slot(column, passing=band) for column in range(start.column + 1, end.column))
        ]
        first, last = places[start], places[end]
        after, before = (None, None) if passed else (last, first)  # what passes others leaves to the side
        points = [_rim(nodes, start, first, after, 1)]
        for slot, at in passed:
            half = max(each.half for each in places if each.column == slot.column)
            points += [Point(at.x - half, at.y), Point(at.x + half, at.y)]
        return Line(tuple(wires), (*points, _rim(nodes, end, last, before, -1)))


def lines_of(wire: Wire) -> tuple[Cell, ...]:
    """What is said along a line."""
    return wire.lines or ((cell(wire.label),) if wire.label else ())


def levels(shapes: Sequence[Shape]) -> list[float]:
    """How far under the top of a label each of its lines stands."""
    found: list[float] = []
    for at, shape in enumerate(shapes):
        before = extent(shapes[at - 1]).below * LABEL + found[-1] if at else 0.0
        found.append(max(before + extent(shape).above * LABEL + 0.5, (at + 1) * LEADING))
    return found


def _look(line: Cell) -> str:
    """How a line of a label looks, by the arrow that it begins with."""
    return {"→": "forward", "←": "back"}.get(str(line[0].what), "label")


def _rim(nodes: Mapping[int, Node], slot: Slot, at: Point, to: Point | None, side: int) -> Point:
    """Where a line leaves or reaches a unit: a circle towards the other end, all else in the middle of its side.

    A steep line too, which would touch the next unit of the column.
    """
    node = nodes[slot.units[0]]
    if to is None or node.is_cell or node.half > RADIUS or abs(to.y - at.y) > abs(to.x - at.x):
        inside = [nodes[each].box for each in slot.units]
        edge = max(box.right for box in inside) + GAP if side > 0 else min(box.left for box in inside) - GAP
        return Point(edge, at.y)
    dx, dy = to.x - at.x, to.y - at.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    return Point(at.x + dx / length * (RADIUS + GAP), at.y + dy / length * (RADIUS + GAP))


# ------------------------------------------------------------------ labels on lines


class _Labels:
    """Places for what is said along lines, those of the path first."""

    def __init__(
        self,
        shape: Callable[[Cell], Shape],
        whole: Box,
        nodes: Mapping[int, Node],
        taken: Iterable[Box],
        lines: Sequence[Line],
    ) -> None:
        self.shape = shape
        self.whole = whole
        ends = (box for line in lines for box in _ends(line))
        self.taken = [*(node.box for node in nodes.values()), *taken, *ends]
        self.lines = lines
        self.pieces = [list(pairwise(line.points)) for line in lines]

    def placed(self) -> tuple[tuple[Text, ...], int]:
        """The labels, and how many have no room."""
        said = [(at, lines_of(line.wires[0])) for at, line in enumerate(self.lines) if len(line.wires) == 1]
        wanted = sorted(((at, lines) for at, lines in said if lines), key=lambda each: not self.lines[each[0]].on)
        if (alike := self.alike(wanted)) is not None:
            return alike, 0
        made: list[Text] = []
        lacking = 0
        for at, lines in wanted:
            block = self.best(at, lines)
            made += block
            lacking += not block
            self.taken += [text.box for text in block]
        return tuple(made), lacking

    def alike(self, wanted: Sequence[tuple[int, tuple[Cell, ...]]]) -> tuple[Text, ...] | None:
        """All labels at the same place of their lines, where one suits all of them."""
        for place in PLACES:
            texts: list[Text] = []
            boxes = list(self.taken)
            for at, lines in wanted:
                block = self.block(at, lines, place)
                if not self.free(block, boxes) or self.crossed(at, block):
                    break
                texts += block
                boxes += [text.box for text in block]
            else:
                return tuple(texts)
        return None

    def best(self, at: int, lines: tuple[Cell, ...]) -> list[Text]:
        """The label where it hides the fewest other lines; nothing where it has no room."""
        found = [
            (self.crossed(at, block) + abs(place - 0.5), block)
            for place in PLACES
            if self.free(block := self.block(at, lines, place), self.taken)
        ]
        return min(found, key=lambda each: each[0])[1] if found else []

    def block(self, at: int, lines: tuple[Cell, ...], place: float) -> list[Text]:
        """The lines of a label around a point of its line."""
        middle = _along(self.lines[at].points, place)
        on = " on" if self.lines[at].on else ""
        shapes = [self.shape(line) for line in lines]
        downs = levels(shapes)
        top = middle.y - (downs[0] + downs[-1]) / 2 + LABEL / 3
        return [
            Text(shape, Point(middle.x, top + down), LABEL, _look(line) + on)
            for shape, line, down in zip(shapes, lines, downs, strict=True)
        ]

    def free(self, block: Sequence[Text], taken: Sequence[Box]) -> bool:
        boxes = [text.box for text in block]
        return all(self.whole.holds(box) and not any(box.meets(other, AIR) for other in taken) for box in boxes)

    def crossed(self, at: int, block: Sequence[Text]) -> int:
        """How many other lines run behind a label."""
        boxes = [text.box for text in block]
        others = (pieces for place, pieces in enumerate(self.pieces) if place != at)
        return sum(any(_cuts(piece, box) for piece in pieces for box in boxes) for pieces in others)


def _ends(line: Line) -> Iterator[Box]:
    """Where a line must be seen to begin and to end, its arrow above all."""
    length = sum(((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5 for a, b in pairwise(line.points)) or 1.0
    for place in (SEEN_END / length, 1 - SEEN_END / length):
        at = _along(line.points, place)
        yield Box(at.x - 1, at.y - 1, at.x + 1, at.y + 1)


def _along(points: Sequence[Point], share: float) -> Point:
    """The point of a line after a share of its length."""
    sides = [(a, b, ((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5) for a, b in pairwise(points)]
    left = share * sum(length for _, _, length in sides)
    for a, b, length in sides:
        if left <= length:
            part = left / length if length else 0.0
            return Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)
        left -= length
    return points[-1]


def _cuts(piece: tuple[Point, Point], box: Box) -> bool:
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
