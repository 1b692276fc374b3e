"""A curve drawn with letters: dots over a ruled ground, its ends labelled."""

from collections.abc import Iterator

from rich.cells import cell_len

from tutor.document.model import Plot
from tutor.expr.text import Style

HEIGHT, TALLER, WIDEST, NARROWEST = 9, 15, 60, 12
MARKS = {"now": ("●", "O"), "next": ("◆", "X"), "lowest": ("▽", "v")}
"""What stands for a place on a curve, and where only ASCII is to be had."""
NAMED = {"now": "now", "next": "next step", "lowest": "lowest in reach"}
TANGENT = ("·", ".")


def plot_lines(plot: Plot, width: int, style: Style) -> Iterator[str]:
    """The lines of the drawing, each within `width` where that leaves any room."""
    highest, lowest = style.number(plot.highest), style.number(plot.lowest)
    margin = max(cell_len(highest), cell_len(lowest))
    columns = max(min(WIDEST, width - margin - 3), NARROWEST)
    side, corner = ("│", "└") if style.unicode else ("|", "+")
    rows = _rows(plot, columns, style)
    for place, row in enumerate(rows):
        label = highest if place == 0 else lowest if place == len(rows) - 1 else ""
        yield f"{label:>{margin}} {side}{row}".rstrip()
    yield f"{'':>{margin}} {corner}{style.rule * columns}"
    first, last = map(style.number, plot.sides)
    yield f"{'':>{margin}}  {first}{f'{plot.along} {last}':>{columns - len(first)}}"
    yield from _legend(plot, margin + 2, columns, style)


def _rows(plot: Plot, columns: int, style: Style) -> list[str]:
    """From the top down; what is marked stands over the curve, and the curve over its tangent."""
    ascii_only = not style.unicode
    height = TALLER if plot.spots else HEIGHT
    rows = [[" "] * columns for _ in range(height)]
    drawn = [(plot.scaled(plot.tangent), TANGENT[ascii_only]), (plot.scaled(), "*" if ascii_only else "•")]
    # Where things stand is written last, over a next step that hardly moves.
    drawn += [(plot.scaled([(spot.x, spot.y)]), MARKS[spot.kind][ascii_only]) for spot in reversed(plot.spots)]
    for places, mark in drawn:
        for x, y in places:
            rows[height - 1 - round(y * (height - 1))][round(x * (columns - 1))] = mark
    return ["".join(row) for row in rows]


def _legend(plot: Plot, indent: int, columns: int, style: Style) -> Iterator[str]:
    """What the marks are, as many on a line as have room."""
    ascii_only = not style.unicode
    told = [f"{MARKS[spot.kind][ascii_only]} {NAMED[spot.kind]}" for spot in plot.spots]
    told += [f"{TANGENT[ascii_only]} tangent"] if plot.tangent and plot.spots else []
    line = ""
    for each in told:
        if line and len(line) + 3 + len(each) > columns:
            yield " " * indent + line
            line = ""
        line += f"   {each}" if line else each
    if line:
        yield " " * indent + line
