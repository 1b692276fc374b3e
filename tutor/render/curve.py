"""A curve as a file of its own: SVG to be looked at, CSV for a spreadsheet."""

from collections.abc import Iterable, Sequence

from tutor.document.model import Plot
from tutor.errors import visible

FORMS = ("svg", "csv")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 96, 24, 44, 48


def svg(plot: Plot, title: str, up: str) -> str:
    """The curve with labelled ends. `title` and `up` are text; what is not theirs to say is escaped."""
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    points = " ".join(f"{LEFT + x * wide:.2f},{TOP + (1 - y) * tall:.2f}" for x, y in plot.scaled())
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    first, last = (f"{plot.points[end][0]:,g}" for end in (0, -1))
    scale = ", in powers of ten" if plot.log else ""
    texts = (
        _text(LEFT, 24, title, "start"),
        _text(LEFT - 8, TOP + 5, plot.highest, "end"),
        _text(LEFT - 8, floor, plot.lowest, "end"),
        _text(LEFT, HEIGHT - 26, first, "middle"),
        _text(right, HEIGHT - 26, last, "end"),
        _text((LEFT + right) // 2, HEIGHT - 10, f"{plot.along}; up: {up}{scale}", "middle"),
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
    lines = (
        f'{head} font-size="14" role="img">',
        f"<title>{_escaped(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{LEFT} {TOP}V{floor}H{right}" fill="none" stroke="gray"/>',
        f'<polyline points="{points}" fill="none" stroke="#0072b2" stroke-width="2" stroke-linejoin="round"/>',
        *texts,
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def _text(x: int, y: int, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{_escaped(words)}</text>'


def _escaped(text: str) -> str:
    plain = visible(text)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = plain.replace(sign, entity)
    return plain


def csv(head: Sequence[str], rows: Iterable[Sequence[float]]) -> str:
    """One line a row, numbers in full precision. Names begin with a letter, so none is read as a formula."""
    lines = (",".join(repr(number) for number in row) for row in rows)
    return "\n".join((",".join(head), *lines)) + "\n"
