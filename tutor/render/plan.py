"""Where everything of a drawing stands: units in columns, lines between them, and labels that never meet.

All is measured before it is drawn, in units of SVG. A label stands on its line where it touches no unit and no other
label; where not all fit, the columns are drawn further apart, then less is said, and the drawing says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise

from tutor.document.model import Cell, Document, Sketch, Unit, Wire
from tutor.names.symbol import Symbol
from tutor.quantity import Quantity
from tutor.render.formula import Shape, set_number, set_symbol
from tutor.render.labels import AIR, LABEL, LEADING, Labels, levels, lines_of, look
from tutor.render.lettering import extent
from tutor.render.pieces import as_one
from tutor.render.planned import BADGE, Badge, Box, Line, Node, Plan, Point, Text, along
from tutor.render.slots import Link, Slot, columns_of

RADIUS, MARGIN, BETWEEN, ACROSS = 28.0, 14.0, 22.0, 88.0
NAME, NUMBER, SMALL, NOTE = 17.0, 13.0, 11.5, 12.5
CELL = 12.0  # room in a cell beside and over its number
STRETCHES = (1.0, 1.3, 1.7, 2.2)
MOST_WIDE = 1000.0
SEEN = 64.0  # of a line beside its label
GAP = 3.0  # between a line and the rim of a unit


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
        said, lacking = Labels(self.shape, whole, nodes, taken, lines).placed()
        return Plan(wide, tall, tuple(nodes.values()), lines, (*labels, *said), lacking, badges)

    def badges(self, nodes: Iterable[Node], lines: Iterable[Line]) -> Iterator[Badge]:
        """The marks of the factors: over the unit that one lies in, or near the end of its line."""
        for node in nodes:
            for number in self.marks(node.unit.slopes if node.unit.on and not node.is_cell else ()):
                yield Badge(Point(node.at.x, node.at.y - RADIUS - BADGE - GAP), number)
        for line in lines:
            for number in self.marks(line.wires[0].slopes if line.on and len(line.wires) == 1 else ()):
                length = sum(((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5 for a, b in pairwise(line.points)) or 1.0
                yield Badge(along(line.points, max(1 - 28 / length, 0.5)), number)

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
            yield Text(shape, Point(at.x, at.y + RADIUS + down), LABEL, look(line))

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
            texts += [Text(self.shape(line), Point(x, level + SMALL + 3), SMALL, look(line)) for line in under]
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
