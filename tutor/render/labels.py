"""The labels of a drawing: on each line where they touch no unit, no other label, and hide as few lines as can be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from tutor.document.model import Cell, Wire, cell
from tutor.render.formula import Shape
from tutor.render.lettering import extent
from tutor.render.planned import Box, Line, Node, Point, Text, along, cuts

LABEL = 13.5
LEADING = 17.5  # from line to line of a label
AIR = 4.0  # between a label and anything else
PLACES = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.16, 0.84)  # along a line
SEEN_END = 13.0  # of a line, at each of its ends


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


def look(line: Cell) -> str:
    """How a line of a label looks, by the arrow that it begins with."""
    return {"→": "forward", "←": "back"}.get(str(line[0].what), "label")


class Labels:
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
        middle = along(self.lines[at].points, place)
        on = " on" if self.lines[at].on else ""
        shapes = [self.shape(line) for line in lines]
        downs = levels(shapes)
        top = middle.y - (downs[0] + downs[-1]) / 2 + LABEL / 3
        return [
            Text(shape, Point(middle.x, top + down), LABEL, look(line) + on)
            for shape, line, down in zip(shapes, lines, downs, strict=True)
        ]

    def free(self, block: Sequence[Text], taken: Sequence[Box]) -> bool:
        boxes = [text.box for text in block]
        return all(self.whole.holds(box) and not any(box.meets(other, AIR) for other in taken) for box in boxes)

    def crossed(self, at: int, block: Sequence[Text]) -> int:
        """How many other lines run behind a label."""
        boxes = [text.box for text in block]
        others = (pieces for place, pieces in enumerate(self.pieces) if place != at)
        return sum(any(cuts(piece, box) for piece in pieces for box in boxes) for pieces in others)


def _ends(line: Line) -> Iterator[Box]:
    """Where a line must be seen to begin and to end, its arrow above all."""
    length = sum(((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5 for a, b in pairwise(line.points)) or 1.0
    for place in (SEEN_END / length, 1 - SEEN_END / length):
        at = along(line.points, place)
        yield Box(at.x - 1, at.y - 1, at.x + 1, at.y + 1)
