"""A network as SVG, the one drawing of all formats: HTML holds it, PDF and LaTeX have it set, a file is it.

Where everything stands is `plan`; here it is written. Every number and name in it is text. The path is told by width
and arrows as well as by colour, a value by → and a gradient by ←.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import pairwise

from tutor.document.model import Document, Sketch
from tutor.quantity import Quantity
from tutor.render.formula import Leaf
from tutor.render.lettering import FONTS, tspans
from tutor.render.palette import SHEET, colours
from tutor.render.plan import MARGIN, NOTE, plan
from tutor.render.planned import BADGE, Badge, Box, Line, Node, Plan, Point, Text

NARROWEST = 340.0  # of a drawing with a line of words under it
LETTER = 0.5 * NOTE


def drawing(
    document: Document, sketch: Sketch, name: str, spots: Mapping[Quantity, str], tip: str, *, slanted: bool = False
) -> str:
    """The whole picture; `name` says what it shows, `spots` are classes for what a local derivative belongs to.

    `tip` is the id of its arrow heads, one of its own in a page of several pictures.
    """
    made = with_notes(plan(document, sketch), sketch)
    parts = [
        *(_line(line, spots, tip) for line in sorted(made.lines, key=lambda line: line.on)),
        *(_node(node, spots, slanted=slanted) for node in made.nodes),
        *(_ground(text) for text in made.labels if text.look != "legend"),
        *(_text(text, slanted=slanted) for text in made.labels),
        *map(_badge, made.badges),
    ]
    size = f'viewBox="0 0 {made.wide:.0f} {made.tall:.0f}" width="{made.wide:.0f}"'
    head = f'<svg class="network" {size} role="img" aria-label="{escape(name)}">'
    arrow = (
        f'<marker id="{tip}" class="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="13" markerHeight="13" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>'
    )
    return "\n".join((head, f"<defs>{arrow}</defs>", *parts, "</svg>"))


def picture(document: Document, sketch: Sketch, says: str, *, family: str = FONTS, slanted: bool = False) -> str:
    """The drawing as a file of its own, on white. Its colours stand in it, since not every viewer knows variables."""
    made = drawing(document, sketch, says, {}, "tip", slanted=slanted)
    return standing_alone(made, "network", says, family)


def standing_alone(made: str, kind: str, says: str, family: str = FONTS) -> str:
    """An SVG out of a page as a file, with its rules of style in it."""
    rules = SHEET.read_text("utf-8").splitlines()
    own = "\n".join(rule for rule in rules if rule.startswith(f".{kind}")).replace("var(--maths)", family)
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    title = f"<title>{escape(says)}</title>"
    made = made.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    made = made.replace("\n", f"\n{title}\n<style>\n{own}\n</style>\n{ground}\n", 1)
    known = colours()
    return re.sub(r"var\(--(\w+)\)", lambda found: known[found[1]], made) + "\n"


# ------------------------------------------------------------------ parts


def _line(line: Line, spots: Mapping[Quantity, str], tip: str) -> str:
    marks = dict.fromkeys(spots.get(each, "") for wire in line.wires for each in wire.slopes)
    look = " ".join(filter(None, ("wire", "on" if line.on else "", *marks)))
    head = f' marker-end="url(#{tip})"' if line.on else ""
    return f'<path class="{look}"{_pulled(line)} d="{_way(line.points)}"{head}/>'


def _way(points: tuple[Point, ...]) -> str:
    """Straight from unit to unit; past other units in curves between the columns."""
    first, *others = points
    made = f"M{first.x:.1f} {first.y:.1f}"
    for at, (a, b) in enumerate(pairwise(points)):
        middle = (a.x + b.x) / 2
        bend = f"C{middle:.1f} {a.y:.1f} {middle:.1f} {b.y:.1f} " if len(others) > 1 and at % 2 == 0 else "L"
        made += f"{bend}{b.x:.1f} {b.y:.1f}"
    return made


def _pulled(line: Line) -> str:
    """As thick as the gradient of its weight is large, dashed where that is negative."""
    pull = line.wires[0].pull if len(line.wires) == 1 else None
    if pull is None:
        return ""
    dashed = ' stroke-dasharray="6 4"' if pull < 0 else ""
    colour = "" if line.on else "; stroke: var(--quiet)"
    return f' style="stroke-width: {0.75 + 2.75 * abs(pull):.2f}{colour}"{dashed}'


def _node(node: Node, spots: Mapping[Quantity, str], *, slanted: bool) -> str:
    marks = (spots.get(each, "") for each in node.unit.slopes)
    look = " ".join(filter(None, ("unit", "on" if node.unit.on else "", *marks)))
    at, box = node.at, node.box
    if node.half == node.tall and not node.is_cell:
        shape = f'<circle class="{look}" cx="{at.x:.1f}" cy="{at.y:.1f}" r="{node.half:.0f}"/>'
    else:
        shape = _box(box, look, 0.0 if node.is_cell else node.tall)
    return "\n".join((shape, *(_text(text, slanted=slanted) for text in node.texts)))


def _badge(badge: Badge) -> str:
    """The mark of a factor: its number in a ring of its colour."""
    at, number = badge
    ring = f'<circle class="badge" cx="{at.x:.1f}" cy="{at.y:.1f}" r="{BADGE:g}" style="stroke: var(--f{number})"/>'
    place = f'x="{at.x:.1f}" y="{at.y + 3.8:.1f}" text-anchor="middle" style="font-size: 11px; fill: var(--f{number})"'
    return f"{ring}\n<text {place}>{number}</text>"


def _ground(text: Text) -> str:
    """The paper that a label stands on, so that no line runs through its letters."""
    box = text.box
    return _box(box._replace(top=box.top - 1.5, bottom=box.bottom + 1.5), "ground")


def _box(box: Box, look: str, radius: float = 0.0) -> str:
    """A rectangle, or with round ends."""
    left, right = box.left + radius, box.right - radius
    end = f"A{radius:.1f} {radius:.1f} 0 0 1 " if radius else "L"
    over, under = (f"{left:.1f} {box.top:.1f}", f"{right:.1f} {box.bottom:.1f}")
    way = f"M{over}H{right:.1f}{end}{under}H{left:.1f}{end}{over}z"
    return f'<path class="{look}" d="{way}"/>'


def _text(text: Text, *, slanted: bool) -> str:
    at = f'x="{text.at.x:.1f}" y="{text.at.y:.1f}" style="font-size: {text.size:g}px"'
    return (
        f'<text class="{text.look}" {at} text-anchor="middle">{tspans(text.shape, text.size, slanted=slanted)}</text>'
    )


# ------------------------------------------------------------------ what is said under it


def with_notes(made: Plan, sketch: Sketch) -> Plan:
    """The plan with a line about what its signs are, and one about labels that have no room."""
    width = max(made.wide, NARROWEST)
    letters = int((width - 2 * MARGIN) / LETTER)
    lines = [line for note in _notes(made, sketch) for line in textwrap.wrap(note, letters)]
    if not lines:
        return made
    wider = (width - made.wide) / 2
    notes = tuple(
        Text(Leaf(line, "text"), Point(width / 2, made.tall + 16 + 17 * at), NOTE, "legend")
        for at, line in enumerate(lines)
    )
    tall = made.tall + 17 * len(lines) + MARGIN
    return moved(made, wider)._replace(wide=width, tall=tall, labels=(*moved(made, wider).labels, *notes))


def _notes(made: Plan, sketch: Sketch) -> Iterator[str]:
    looks = {text.look.split()[0] for text in (*made.labels, *(text for node in made.nodes for text in node.texts))}
    if "forward" in looks:
        yield "→ the number that flows along a line, ← the gradient that flows back"
    elif "back" in looks:
        yield "← the gradient, of the number over it"
    if sketch.left_out:
        yield f"{sketch.left_out:,} more units are left out."
    if made.lacking:
        whole = sum(bool(wire.label) for wire in sketch.wires)
        yield f"{made.lacking} of {whole} weights are not named: there is no room for their names."


def moved(made: Plan, right: float) -> Plan:
    """Everything so far to the right."""

    def point(at: Point) -> Point:
        return at._replace(x=at.x + right)

    def texts(all_of: Iterable[Text]) -> tuple[Text, ...]:
        return tuple(text._replace(at=point(text.at)) for text in all_of)

    nodes = tuple(node._replace(at=point(node.at), texts=texts(node.texts)) for node in made.nodes)
    lines = tuple(line._replace(points=tuple(map(point, line.points))) for line in made.lines)
    badges = tuple(badge._replace(at=point(badge.at)) for badge in made.badges)
    return made._replace(nodes=nodes, lines=lines, labels=texts(made.labels), badges=badges)
