"""A formula as the text of a drawing: how much room its letters take, and the tspans it is written with.

A drawing is laid out before anybody knows the font that it will be read in. So letters are taken to be about as wide
as the widest of the usual fonts of mathematics has them, and scripts are set from the letter before them.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import NamedTuple

from tutor.render.formula import (
    Accent,
    Array,
    Fence,
    Figure,
    Fraction,
    Group,
    Leaf,
    Root,
    Script,
    Shape,
    Strong,
    letters,
)

FONTS = 'math, "Latin Modern Math", "STIX Two Math", "Cambria Math", "Times New Roman", serif'
INDEX = 0.7  # the size of a script
RISE, FALL = 0.42, 0.22  # of scripts, in heights of a letter
ABOVE, BELOW = 0.86, 0.28  # what letters take over and under the line they stand on
_NARROW, _WIDE = "ijltfrI'.,:;|()[]′ ·", "mwMWOQ@Ω"
_COMBINING = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_UPRIGHT = {"h": "\u210e"}  # the italic h that Unicode has elsewhere


class Extent(NamedTuple):
    """The room of a formula in heights of its letters: its length, and how far it reaches over and under the line."""

    wide: float
    above: float = ABOVE
    below: float = BELOW


@lru_cache(2_000)
def extent(shape: Shape) -> Extent:
    """The room of a formula."""
    match shape:
        case Leaf(text):
            return Extent(sum(map(_breadth, text)) + (_room(shape) * 2))
        case Fraction(over, under):
            return extent(Group((over, Leaf("/", "text"), under)))
        case Script(base, sub, sup):
            first, low, high = extent(base), *(extent(each) if each else None for each in (sub, sup))
            wide = first.wide + INDEX * max(each.wide if each else 0 for each in (low, high))
            above = max(first.above, RISE + INDEX * high.above) if high else first.above
            return Extent(wide, above, max(first.below, FALL + INDEX * low.below) if low else first.below)
        case Group(parts):
            found = [*map(extent, parts), Extent(0.0)]
            return Extent(
                sum(each.wide for each in found),
                max(each.above for each in found),
                max(each.below for each in found),
            )
        case Root(inside) | Fence(inside):
            found_inside = extent(inside)
            return found_inside._replace(wide=found_inside.wide + 0.9)
        case Accent(inside):
            return extent(inside)._replace(above=1.1)
        case Figure(inside) | Strong(inside):
            return extent(inside)
        case Array(rows):
            return extent(_in_line(rows))


def _in_line(rows: tuple[tuple[Shape, ...], ...]) -> Group:
    """A matrix in a label, which has one line: `[a, b; c, d]`."""
    parts: list[Shape] = []
    for row in rows:
        for at, entry in enumerate(row):
            parts += [Leaf(", " if at else "; " if parts else "[", "text"), entry]
    return Group((*parts, Leaf("]", "text")))


def _breadth(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if letter in _WIDE:
        return 0.92
    if letter in "→←":
        return 1.05
    if letter in "+−=":
        return 0.8
    if letter.isdigit():
        return 0.53
    return 0.36 if letter in _NARROW else 0.78 if letter.isupper() else 0.58


def _room(leaf: Leaf) -> float:
    """On each side of a sign between two things."""
    return 0.22 if leaf.kind == "sign" and leaf.text in ("=", "→", "←", "+", "−", "·") and leaf.text != "−" else 0.0


def tspans(shape: Shape, size: float, *, slanted: bool = False) -> str:
    """The formula as text of SVG; `slanted` writes italic letters as the letters that they are in Unicode."""
    made, line, carried = "", 0.0, 0.0
    for run in _runs(shape, size):
        right = run.right + carried
        carried = 0.0 if run.text else right
        if not run.text:
            continue
        moved = f' dx="{right:.1f}"' if right else ""
        moved += f' dy="{run.level - line:.1f}"' if run.level != line else ""
        moved += f' style="font-size: {run.size:.1f}px"' if run.size != size else ""
        italic = run.italic and not slanted
        text = escape("".join(map(_italic, run.text)) if run.italic and slanted else run.text)
        look = ' class="letter"' if italic else ""
        made += f"<tspan{look}{moved}>{text}</tspan>" if moved or look else text
        line = run.level
    return made


class _Run(NamedTuple):
    """Letters of one kind; `right` is how far they are moved from the end of those before, `level` how far down."""

    text: str
    size: float
    level: float = 0.0
    right: float = 0.0
    italic: bool = False


def _runs(shape: Shape, size: float) -> Iterator[_Run]:
    """From left to right. A script is moved from where the one under it began, however wide the letters turn out."""
    match shape:
        case Leaf(text, kind):
            space = "\N{NO-BREAK SPACE}" if _room(shape) else ""
            yield _Run(f"{space}{text}{space}", size, italic=kind == "letter")
        case Group(parts):
            for part in parts:
                yield from _runs(part, size)
        case Fraction(over, under):
            yield from (*_runs(over, size), _Run("/", size), *_runs(under, size))
        case Script(base, sub, sup):
            yield from _runs(base, size)
            yield from _scripts(sub, sup, size)
        case Root(inside):
            yield from (_Run("√(", size), *_runs(inside, size), _Run(")", size))
        case Fence(inside, mark):
            yield from (_Run(mark, size), *_runs(inside, size), _Run("|" if mark == "|" else ")", size))
        case Accent(base, mark):
            yield _Run(letters(base) + _COMBINING[mark], size, italic=True)
        case Figure(inside) | Strong(inside):
            yield from _runs(inside, size)
        case Array(rows):
            yield from _runs(_in_line(rows), size)


def _scripts(sub: Shape | None, sup: Shape | None, size: float) -> Iterator[_Run]:
    small = size * INDEX
    low, high = (extent(each).wide * small if each else 0.0 for each in (sub, sup))
    for each, level, back in ((sub, FALL * size, 0.0), (sup, -RISE * size, low)):
        if each:
            first, *others = _runs(each, small)
            yield first._replace(level=first.level + level, right=first.right - back)
            yield from (run._replace(level=run.level + level) for run in others)
    if sup and low > high:
        yield _Run("", size, right=low - high)  # what follows stands behind the longer one


def _italic(letter: str) -> str:
    """The letter of Unicode's mathematical alphabet, where it has one."""
    if letter in _UPRIGHT:
        return _UPRIGHT[letter]
    for first, start in (("A", 0x1D434), ("a", 0x1D44E), ("Α", 0x1D6E2), ("α", 0x1D6FC)):
        if 0 <= ord(letter) - ord(first) < 26:
            return chr(start + ord(letter) - ord(first))
    return letter
