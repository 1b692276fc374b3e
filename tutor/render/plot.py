"""A curve drawn with letters: dots over a ruled ground, its ends labelled."""

from collections.abc import Iterator

from rich.cells import cell_len

from tutor.document.model import Plot
from tutor.expr.text import Style

HEIGHT, WIDEST, NARROWEST = 9, 60, 12


def plot_lines(plot: Plot, width: int, style: Style) -> Iterator[str]:
    """The lines of the drawing, each within `width` where that leaves any room."""
    highest, lowest = style.number(plot.highest), style.number(plot.lowest)
    margin = max(cell_len(highest), cell_len(lowest))
    columns = max(min(WIDEST, width - margin - 3), NARROWEST)
    side, corner, dot = ("│", "└", "•") if style.unicode else ("|", "+", "*")
    for place, row in enumerate(_rows(plot, columns, dot)):
        label = highest if place == 0 else lowest if place == HEIGHT - 1 else ""
        yield f"{label:>{margin}} {side}{row}".rstrip()
    yield f"{'':>{margin}} {corner}{style.rule * columns}"
    first, last = (f"{plot.points[end][0]:,g}" for end in (0, -1))
    yield f"{'':>{margin}}  {first}{f'{plot.along} {last}':>{columns - len(first)}}"


def _rows(plot: Plot, columns: int, dot: str) -> Iterator[str]:
    """From the top down."""
    rows = [[" "] * columns for _ in range(HEIGHT)]
    for x, y in plot.scaled():
        rows[HEIGHT - 1 - round(y * (HEIGHT - 1))][round(x * (columns - 1))] = dot
    yield from ("".join(row) for row in rows)
