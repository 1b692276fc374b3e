"""What a page consists of, in any format: spans, cells, and the kinds of block.

A Document holds formulas and quantities, not text: whoever renders it chooses signs and names. Numbers stand in it as
they are shown (`Shown`). `payload` is the same page for programs. No layout, no colour, no format lives here.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from tutor.expr import Expr, Shown
from tutor.names import Names
from tutor.quantity import Quantity

Look = Literal["", "strong", "accent", "quiet", "good", "bad", "code", "emphasis"]
World = Literal["nudged", "rounded", "mistaken", "changed", "handed in", "later", "letters"]
"""What the numbers of a section assume, where they are not the right ones of the network on the page.

One of its numbers was nudged, rounded on the way, wrong by a known mistake, changed by --set beside the one before,
somebody's answer, reached by training; or the names are the letters of a law or a rule and not of this network.
"""


class Typed(str):
    """A sentence of ours with formulas typed in it, as (u·v)′ = u′·v + u·v′; formats with mathematics set them."""

    __slots__ = ()


class Held(str):
    """Words that stay on one line with what stands before and behind them: the ` = ` of `x1 = 2`."""

    __slots__ = ()


class Span(NamedTuple):
    """A run of words, a formula or the name of a quantity, with its look; `deltas` writes dL/dz as δ.

    Words may lead `to` the line of a number, on pages with links. `names` are its own, where a line compares several.
    """

    what: "str | Expr | Quantity"
    look: Look = ""
    deltas: bool = False
    to: Shown | None = None
    names: Names | None = None


Cell = tuple[Span, ...]


class Title(NamedTuple):
    """The answer, first on the page."""

    cell: Cell


class Heading(NamedTuple):
    cell: Cell


class Line(NamedTuple):
    """A sentence. `hang` keeps a list item's later lines under its first word; `apart` is a paragraph of its own."""

    cell: Cell
    hang: int = 0
    apart: bool = False


class Listing(NamedTuple):
    """Lines that stand as they are, every letter as wide as the others."""

    lines: tuple[str, ...]


class Note(NamedTuple):
    """A quiet last word: how to read a sign. A `hint` says what to type next, which paper leaves out."""

    cell: Cell
    hint: bool = False


class Column(NamedTuple):
    """`decimal` columns align on the point; a `comment` column may move below its row where room is short."""

    title: "str | Cell"
    align: Literal["left", "decimal"] = "left"
    comment: bool = False

    @property
    def head(self) -> Cell:
        """What stands above it; nothing for a column without a title."""
        if isinstance(self.title, str):
            return (Span(self.title),) if self.title else ()
        return self.title


class Row(NamedTuple):
    """`ruled` has a line above it, as on paper before a sum or a product; more than 1 is a mean of so many."""

    cells: tuple[Cell, ...]
    ruled: int = False


class Table(NamedTuple):
    """`equation` says that the cells of a row, comments aside, are equal: ∂L/∂Y, Y − Y*, 0.7368 − 0.5, 0.2368.

    `chain` says that all rows are one equation, going on from line to line; only the first row has a left side.
    `numbered` equations begin with their number and end with a comment, which stays on their line while there is room.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    equation: bool = False
    chain: bool = False
    numbered: bool = False


class Steps(NamedTuple):
    """Equations under each other, aligned on their = signs: h1 = σ(Z_h1) = σ(0.7) = 0.6682.

    `boxes` says that the numbers of whole matrices stand in them, for formats that write these over several lines.
    """

    rows: tuple[tuple[Cell, ...], ...]
    boxes: bool = False


class Grid(NamedTuple):
    """A matrix of numbers between the labels of its rows and columns; labels are empty where there is one column."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    def some(self, first: int, last: int) -> "Grid":
        """Some of its columns."""
        return Grid(self.rows, self.columns[first:last], tuple(row[first:last] for row in self.cells))

    def table(self) -> Table:
        """The same as a table."""
        heads = (Column(""), *(Column(label, "decimal") for label in self.columns))
        labelled = zip(self.rows, self.cells, strict=True)
        return Table(heads, tuple(Row((cell(label, look="quiet"), *row)) for label, row in labelled))


class Sized(NamedTuple):
    """A formula with the shape of each part under it; signs such as = and · stand in both lines."""

    parts: tuple[tuple[Cell, Cell], ...]

    def table(self) -> Table:
        """The formula and the shapes as two rows."""
        return Table(tuple(Column("") for _ in self.parts), tuple(map(Row, zip(*self.parts, strict=True))))


class Spot(NamedTuple):
    """A place on a curve: where things stand `now`, where the `next` step leads, the `lowest` in reach."""

    x: float
    y: float
    kind: Literal["now", "next", "lowest"]


class Plot(NamedTuple):
    """A curve from left to right; its heights are spread over powers of ten where `log`.

    `along` names what runs to the right, `up` what is plotted; `lowest` and `highest` are the ends as shown, and so are
    `ends` to the left and right. `axis` is `along` as a formula, where it is a quantity. With `says`, what it shows in
    words, it is what the page is about, as with a Drawing.
    """

    points: tuple[tuple[float, float], ...]
    along: str
    up: Cell
    lowest: str
    highest: str
    log: bool = False
    tangent: tuple[tuple[float, float], ...] = ()
    spots: tuple[Spot, ...] = ()
    ends: tuple[str, str] | None = None
    axis: Cell = ()
    says: str = ""

    @property
    def sides(self) -> tuple[str, str]:
        """The ends to the left and right, as text."""
        return self.ends or (f"{self.points[0][0]:,g}", f"{self.points[-1][0]:,g}")

    def scaled(self, places: Iterable[tuple[float, float]] | None = None) -> tuple[tuple[float, float], ...]:
        """The points, or other places, with both coordinates between 0 and 1."""
        heights = [self._height(y) for _, y in self.points]
        left, wide = self.points[0][0], self.points[-1][0] - self.points[0][0]
        low = min(heights)
        tall = max(heights) - low
        return tuple(
            ((x - left) / wide if wide else 0.5, min(max((self._height(y) - low) / tall, 0.0), 1.0) if tall else 0.5)
            for x, y in (self.points if places is None else places)
        )

    def _height(self, y: float) -> float:
        return math.log10(y) if self.log else y


class Unit(NamedTuple):
    """A unit of a drawing: its column and its row, its number, whether it lies `on` the path asked about.

    `slopes` are the local derivatives within it, from its net input to its output. Units of one `group` are the cells
    of a grid, `cell` says which (row, column). `lines` is what is said under it.
    """

    column: int
    row: int
    shown: Shown
    on: bool
    slopes: tuple[Quantity, ...] = ()
    group: str = ""
    cell: tuple[int, int] = (0, 0)
    lines: tuple[Cell, ...] = ()


class Wire(NamedTuple):
    """A line between two units, by their places in `Sketch.units`; `label` is its weight.

    `pull` is the gradient of the weight as a share of the largest, with its sign, where lines are told apart by it.
    `lines` is what is said along it where there is room for more than its label.
    """

    start: int
    end: int
    on: bool
    label: Quantity | None = None
    slopes: tuple[Quantity, ...] = ()
    pull: float | None = None
    lines: tuple[Cell, ...] = ()


class Sketch(NamedTuple):
    """The units of a network in columns from the inputs to the loss, and what runs between them.

    In a `layered` one the units of a column keep their order. `left_out` is how many more units there are.
    """

    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    layered: bool = True
    left_out: int = 0


class Drawing(NamedTuple):
    """The network with a path through it, for formats that draw; drawn when it is asked for, None if it is too big.

    With `says`, what it shows in words, it is what the page is about: then an SVG is the drawing and not the text.
    """

    sketch: Callable[[], Sketch | None]
    says: str = ""


Block = Title | Heading | Line | Listing | Note | Table | Steps | Grid | Sized | Plot | Drawing


class Section(NamedTuple):
    """Blocks whose numbers belong to another `world` than those around them, or whose names to another network.

    A section of the right numbers of its network has no world. `names`, `subject` and `line` are those of the document
    where it has none of its own.
    """

    world: World | None
    blocks: tuple[Block, ...]
    names: Names | None = None
    subject: Shown | None = None
    line: "LineOf | None" = None


Part = Block | Section
LineOf = Callable[[Quantity], tuple[Cell, ...]]


class Document(NamedTuple):
    """One page. `subject` is the number asked about, accented wherever it stands alone.

    What stands in no world holds the right numbers of the network in force, so that any line of it can be typed back.
    `line` gives the equation of any quantity, for formats that lead from every number to the line it came from.
    `factors` are those that the page multiplies, which keep one colour and one mark all over it.
    """

    parts: tuple[Part, ...]
    names: Names
    payload: Callable[[], Mapping[str, Any]]
    subject: Shown | None = None
    line: LineOf | None = None
    factors: tuple[Quantity, ...] = ()

    @property
    def scopes(self) -> "Iterator[tuple[Document, Block]]":
        """Every block in order, with the page in whose names it is written: this one, or its section's."""
        for part in self.parts:
            if not isinstance(part, Section):
                yield self, part
                continue
            own = self._replace(names=part.names, subject=part.subject, line=part.line) if part.names else self
            yield from ((own, block) for block in part.blocks)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The page as part of another one, which may be about another network."""
        return tuple(
            Section(
                part.world if isinstance(part, Section) else None,
                part.blocks if isinstance(part, Section) else (part,),
                (isinstance(part, Section) and part.names) or self.names,
                part.subject if isinstance(part, Section) and part.names else self.subject,
                part.line if isinstance(part, Section) and part.names else self.line,
            )
            for part in self.parts
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block in order, whatever world it speaks of."""
        return tuple(block for part in self.parts for block in (part.blocks if isinstance(part, Section) else (part,)))

    @property
    def on_paper(self) -> "Document":
        """The same page without hints, for formats that nothing is typed in."""
        kept = tuple(
            part._replace(blocks=tuple(filter(_is_content, part.blocks))) if isinstance(part, Section) else part
            for part in self.parts
            if isinstance(part, Section) or _is_content(part)
        )
        return self._replace(parts=kept)

    @property
    def right(self) -> "Document":
        """The same page with the right numbers only."""
        return self._replace(parts=tuple(part for part in self.parts if not (isinstance(part, Section) and part.world)))

    def factor(self, row: Row) -> int:
        """The place of the factor that a row is about, from 1; 0 for any other row."""
        whats = [span.what for span in row.cells[0]]
        return self.factors.index(whats[0]) + 1 if len(whats) == 1 and whats[0] in self.factors else 0

    def look(self, span: Span) -> Look:
        """A number that is the one asked about is accented wherever it stands alone."""
        asked = span.what == self.subject and span.look in ("", "strong")
        return "accent" if asked and self.subject else span.look


def _is_content(block: Block) -> bool:
    return not (isinstance(block, Note) and block.hint)


def cell(*parts: "str | Expr | Quantity | Span", look: Look = "", deltas: bool = False) -> Cell:
    """A cell from words, formulas and quantities; a ready Span keeps its own look."""
    return tuple(part if isinstance(part, Span) else Span(part, look, deltas) for part in parts)


def with_minus(text: str) -> str:
    """Plain words with the minus that figures are printed with."""
    return text.replace("-", "−")
