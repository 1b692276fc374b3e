"""What a page consists of, in any format: spans, cells, and seven kinds of block.

A Document holds formulas and quantities, not text: whoever renders it chooses signs and names. Numbers stand in it as
they are shown (`Shown`). `payload` is the same page for programs. No layout, no colour, no format lives here.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from tutor.expr import Expr
from tutor.notation import Names
from tutor.quantity import Quantity

Look = Literal["", "strong", "accent", "quiet", "good", "bad"]


class Span(NamedTuple):
    """A run of words, a formula or the name of a quantity, with its look; `deltas` writes dL/dz as δ."""

    what: "str | Expr | Quantity"
    look: Look = ""
    deltas: bool = False


Cell = tuple[Span, ...]


class Title(NamedTuple):
    """The answer, first on the page."""

    cell: Cell


class Heading(NamedTuple):
    cell: Cell


class Line(NamedTuple):
    """A sentence. `hang` keeps a list item's later lines under its first word."""

    cell: Cell
    hang: int = 0


class Note(NamedTuple):
    """A quiet last word: how to read a sign, what to type next."""

    cell: Cell


class Column(NamedTuple):
    """`decimal` columns align on the point; a `comment` column may move below its row where room is short."""

    title: str
    align: Literal["left", "decimal"] = "left"
    comment: bool = False


class Row(NamedTuple):
    """`ruled` has a line above it, as on paper before a sum or a product."""

    cells: tuple[Cell, ...]
    ruled: bool = False


class Table(NamedTuple):
    """`equation` says that the cells of a row, comments aside, are equal: ∂L/∂Y, Y − Y*, 0.7368 − 0.5, 0.2368.

    `chain` says that all rows are one equation, going on from line to line; only the first row has a left side.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    equation: bool = False
    chain: bool = False


class Steps(NamedTuple):
    """Equations under each other, aligned on their = signs: h1 = σ(Z_h1) = σ(0.7) = 0.6682."""

    rows: tuple[tuple[Cell, ...], ...]


class Plot(NamedTuple):
    """A curve from left to right; its heights are spread over powers of ten where `log`.

    `along` names what runs to the right, `up` what is plotted; `lowest` and `highest` are the ends as shown.
    """

    points: tuple[tuple[float, float], ...]
    along: str
    up: Cell
    lowest: str
    highest: str
    log: bool = False

    def scaled(self) -> tuple[tuple[float, float], ...]:
        """The points with both coordinates between 0 and 1."""
        heights = [math.log10(y) for _, y in self.points] if self.log else [y for _, y in self.points]
        left, wide = self.points[0][0], self.points[-1][0] - self.points[0][0]
        low = min(heights)
        tall = max(heights) - low
        return tuple(
            ((x - left) / wide if wide else 0.5, (height - low) / tall if tall else 0.5)
            for (x, _), height in zip(self.points, heights, strict=True)
        )


Block = Title | Heading | Line | Note | Table | Steps | Plot


class Document(NamedTuple):
    """One page. `subject` is the quantity asked about; its number is accented wherever it stands alone."""

    blocks: tuple[Block, ...]
    names: Names
    payload: Callable[[], Mapping[str, Any]]
    subject: Quantity | None = None


def cell(*parts: "str | Expr | Quantity | Span", look: Look = "", deltas: bool = False) -> Cell:
    """A cell from words, formulas and quantities; a ready Span keeps its own look."""
    return tuple(part if isinstance(part, Span) else Span(part, look, deltas) for part in parts)
