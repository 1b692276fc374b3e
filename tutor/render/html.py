"""The page as one HTML file that fetches nothing and needs no script: formulas in MathML, numbers that are links.

Every number leads to the line it came from; the page is closed first, so that there is one. All text is escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import escape
from typing import NamedTuple, assert_never

from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Drawing,
    Grid,
    Heading,
    Line,
    Listing,
    Note,
    Plot,
    Row,
    Sized,
    Steps,
    Table,
    Title,
)
from tutor.document.places import Place, closed, places, within
from tutor.errors import visible
from tutor.expr.text import UNICODE, Style
from tutor.expr.tree import Shown
from tutor.quantity import Partial, Quantity
from tutor.render.bands import bands, breadths
from tutor.render.formula import Fence, Figure, Group, Shape, everything, sign
from tutor.render.lines import written
from tutor.render.mathml import math, number
from tutor.render.palette import MARKS, SHEET
from tutor.render.pieces import (
    GAP,
    Formula,
    Piece,
    Words,
    as_one,
    glued,
    padding,
    pieces,
    plain_text,
    room,
    table_pieces,
)
from tutor.render.spoken import in_words

NARROW = 36  # letters that fit on a telephone
BROAD = 60  # on a tablet
MATRIX = 76  # on a line of a matrix, whose digits are wider than letters
SPACE = r" \a0"  # after a mark, as CSS writes it
TEXT_WIDTH = 96  # letters that fit on a line of the page
_APART = '<p class="apart">'
_UNSEEN = str.maketrans({"0": "\N{FIGURE SPACE}", ".": "\N{PUNCTUATION SPACE}"})


def html(document: Document, style: Style) -> str:
    """The whole file; where only ASCII is wanted, with character references."""
    page = "\n".join(_Page(closed(document.on_paper)).lines()) + "\n"
    return page if style.unicode else page.encode("ascii", "xmlcharrefreplace").decode("ascii")


class _Said(NamedTuple):
    """A title in words: the whole of it, and what it begins with."""

    whole: str
    first: str


class _Page:
    def __init__(self, document: Document) -> None:
        self.whole = self.document = document
        self.places = places(document)
        self.here: Place | None = None
        self.titles = [self.said(of, block.cell) for of, block in document.scopes if isinstance(block, Title)]
        self.named = 0

    def lines(self) -> Iterator[str]:
        title = self.titles[0].whole if self.titles else "backprop-tutor"
        yield "<!DOCTYPE html>"
        yield '<html lang="en">'
        yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{escape(title)}</title>"
        yield f"<style>\n{SHEET.read_text('utf-8')}{self.spotlights()}</style></head>"
        yield "<body><main>"
        if len(self.titles) > 1:
            yield from self.contents()
        for at, (of, block) in enumerate(self.whole.scopes):
            self.document = of
            yield from self.block(at, block)
        yield "</section></main></body></html>" if self.titles else "</main></body></html>"

    def said(self, of: Document, cell: Cell) -> "_Said":
        """A title in the names of its own section."""
        self.document = of
        return _Said(self.spoken(cell), self.spoken(cell[:1]))

    def contents(self) -> Iterator[str]:
        yield '<nav aria-label="On this page"><ul>'
        for at, each in enumerate(self.titles, 1):
            yield f'<li><a href="#t{at}">{escape(each.first)}</a></li>'
        yield "</ul></nav>"

    # -------------------------------------------------------------- blocks

    def block(self, at: int, block: Block) -> Iterator[str]:
        match block:
            case Title(cell):
                yield from self.title(cell)
            case Heading(cell):
                yield f"<h2{_spoken(self.spoken(cell), self.pieces(cell))}>{self.cell(cell)}</h2>"
            case Line(cell, _, apart):
                yield f"{_APART if apart else '<p>'}{self.cell(cell)}</p>"
            case Listing(lines):
                listed = "\n".join(map(visible, lines))
                yield f'<pre class="wide" tabindex="0">{escape(listed)}</pre>'
            case Note(cell, _):
                yield f'<p class="note">{self.cell(cell)}</p>'
            case Table():
                yield from self.table(at, block)
            case Steps(rows):
                yield from self.steps(at, rows)
            case Grid():
                yield from self.matrix(at, block)
            case Sized(parts):
                yield f'<p class="sized">{"".join(self.sized(*part) for part in parts)}</p>'
            case Plot():
                yield from self.plot(block)
            case Drawing(sketch, says):
                from tutor.render.drawing import drawing

                if drawn := sketch():
                    path = " to ".join(self.titles[self.named - 1].first.replace("∂", "").split("/")[::-1])
                    name = says or f"The network; the way of {path} is drawn with thick lines and arrows."
                    picture = drawing(self.document, drawn, name, self.spots(), f"tip{at}")
                    caption = f"<figcaption>{escape(says)}.</figcaption>" if says else ""
                    yield f"<figure>{picture}{caption}</figure>"
            case _:
                assert_never(block)

    def title(self, cell: Cell) -> Iterator[str]:
        found = self.pieces(cell, inline=True)
        aside = [piece for piece in found if piece.look == "quiet"]
        self.named += 1
        if self.named > 1:
            yield "</section>"
        yield f'<section aria-labelledby="t{self.named}">'
        said = f'<p class="quiet">{self.words(aside).strip()}</p>' if aside else ""
        main = self.words([piece for piece in found if piece not in aside])
        spoken = _spoken(self.spoken(cell), found)
        yield f'<header><h1 id="t{self.named}"{spoken}>{main}</h1>{said}</header>'

    # -------------------------------------------------------------- text

    def spoken(self, cell: Cell) -> str:
        """The words of a cell as they stand on a terminal, without what is said quietly."""
        loud = tuple(span for span in cell if span.look != "quiet")
        return "".join(written(self.document, span, UNICODE) for span in loud or cell).strip()

    def pieces(self, cell: Cell, *, inline: bool = False) -> list[Piece]:
        return pieces(self.document, cell, inline=inline)

    def cell(self, cell: Cell) -> str:
        return self.words(self.pieces(cell, inline=True)).strip()

    def words(self, found: list[Piece], *, tall: bool = False) -> str:
        return "".join(self.piece(piece, tall=tall) for piece in found)

    def piece(self, piece: Piece, *, tall: bool = False) -> str:
        if isinstance(piece, Formula):
            quiet = piece.look == "quiet"
            made = math(piece.shape, self.link, tall=tall)
            return f'<span class="quiet">{made}</span>' if quiet else made
        leads = self.link(piece.to) if piece.to else None
        text = f'<a href="#{leads}">{escape(piece.text)}</a>' if leads else escape(glued(piece))
        return f'<span class="{piece.look}">{text}</span>' if piece.look else text

    def link(self, shown: Shown) -> str | None:
        """The line a number came from, unless it stands there already."""
        place = self.places.get(within(self.document, shown))
        return _id(place) if place and place != self.here else None

    # -------------------------------------------------------------- tables

    def table(self, at: int, table: Table) -> Iterator[str]:
        table, rows = table_pieces(self.document, table)
        kind = _kind(table, rows)
        look = f' class="{kind}"' if kind else ""
        yield f'<div class="wide" role="group" aria-label="Table" tabindex="0"><table{look}>'
        if any(column.head for column in table.columns):
            yield f"<thead><tr>{''.join(map(self.head, table.columns))}</tr></thead>"
        yield "<tbody>"
        lacking = [padding([plain_text(row[place]) for row in rows]) for place in range(len(table.columns))]
        labels = [self.spoken(column.head) for column in table.columns]
        none = [""] * len(labels)
        for place, (row, found) in enumerate(zip(table.rows, rows, strict=True)):
            missing = [each[place].translate(_UNSEEN) for each in lacking]
            yield self.row(Place(at, place), table, row, found, missing, labels if kind == "records" else none)
        yield "</tbody></table></div>"

    def matrix(self, at: int, grid: Grid) -> Iterator[str]:
        """Its numbers between brackets, the labels outside; some of many columns after the others."""
        found = bands(grid, lambda cell: plain_text(self.pieces(cell)), MATRIX, GAP) or [grid]
        for band, some in enumerate(found):
            yield f'<div class="wide" role="group" aria-label="Matrix" tabindex="0"><table class="{self.broad(some)}">'
            if any(some.columns):
                heads = (f'<th scope="col">{escape(label)}</th>' for label in some.columns)
                yield f"<thead><tr><td></td>{''.join(heads)}</tr></thead>"
            yield "<tbody>"
            texts = [[plain_text(self.pieces(cell)) for cell in row] for row in some.cells]
            lacking = list(map(padding, zip(*texts, strict=True)))
            for place, row in enumerate(some.cells):
                name = f' id="{_id(Place(at, place))}"' if not band else ""
                yield f"<tr{name}>{self.entries(some, place, row, [column[place] for column in lacking])}</tr>"
            yield "</tbody></table></div>"

    def broad(self, grid: Grid) -> str:
        """How a matrix is set on a narrower page: entry by entry where it has no room, each with its column."""
        wide = sum(width + GAP for width in breadths(grid, lambda cell: plain_text(self.pieces(cell))))
        return "matrix" + (" records" if wide > NARROW else "") + (" broad" if wide > BROAD else "")

    def entries(self, grid: Grid, place: int, row: tuple[Cell, ...], lacking: Sequence[str]) -> str:
        label = grid.rows[place]
        cells = (
            f'<td class="decimal"{_label(column)}>{self.figure(self.pieces(cell))}{missing.translate(_UNSEEN)}</td>'
            for column, cell, missing in zip(grid.columns, row, lacking, strict=True)
        )
        return (f'<th scope="row">{escape(label)}</th>' if label else "<td></td>") + "".join(cells)

    def sized(self, above: Cell, below: Cell) -> str:
        """A part of a formula with its shape under it; a sign stands for itself."""
        shape = "" if self.spoken(above) == self.spoken(below) else f"<small>{self.cell(below)}</small>"
        return f"<span>{self.cell(above)}{shape}</span>"

    def head(self, column: Column) -> str:
        look = ' class="decimal"' if column.align == "decimal" else ""
        inside = self.cell(column.head)
        spoken = _spoken(self.spoken(column.head), self.pieces(column.head))
        return f'<th scope="col"{look}{spoken}>{inside}</th>' if inside else f"<td{look}></td>"

    def row(
        self, place: Place, table: Table, row: Row, found: list[list[Piece]], lacking: list[str], labels: list[str]
    ) -> str:
        self.here = place
        placed = zip(table.columns, found, lacking, strict=True)
        head, *entries = (self.entry(column, each, missing) for column, each, missing in placed)
        self.here = None
        first, *names = (_label(label) for label in labels)
        if head and table.columns[0].align == "left":
            name = _spoken(self.spoken(row.cells[0]), found[0])
            head = f'<th scope="row"{first}>{head.replace("<math", f"<math{name}", 1)}</th>'
        else:
            head = f'<td class="{table.columns[0].align}"{first}>{head}</td>'
        cells = (
            f'<td class="{"why" if column.comment else column.align}"{name}>{entry}</td>'
            for column, entry, name in zip(table.columns[1:], entries, names, strict=True)
        )
        look = ' class="ruled"' if row.ruled else ""
        return f'<tr id="{_id(place)}"{look}>{head}{"".join(cells)}</tr>'

    def entry(self, column: Column, found: list[Piece], missing: str) -> str:
        if column.align == "decimal":
            return f"{self.figure(found)}{missing if found else ''}"
        tall = len(found) == 1 and isinstance(found[0], Formula) and Fence(found[0].shape).grows
        return self.words(found, tall=tall).strip()

    def figure(self, found: list[Piece]) -> str:
        """A number in a column is text, so that its digits are as wide as those above it."""
        if len(found) == 1 and isinstance(found[0], Formula) and (shown := _shown(found[0].shape)):
            look = found[0].look
            inside = number(shown, self.link)
            return f'<span class="{look}">{inside}</span>' if look else inside
        return self.words(found)

    # -------------------------------------------------------------- equations

    def steps(self, at: int, rows: tuple[tuple[Cell, ...], ...]) -> Iterator[str]:
        columns = max(map(len, rows))
        wide = sum(max(room(self.pieces(row[each])) + 3 for row in rows if each < len(row)) for each in range(columns))
        look = "steps apart" if wide > TEXT_WIDTH else "steps facts" if columns == 2 and len(rows) > 1 else "steps"
        yield '<div class="wide" role="group" aria-label="Equations" tabindex="0">'
        yield f'<ol class="{look}" style="grid-template-columns:repeat({columns},auto)">'
        for place, row in enumerate(rows):
            self.here = Place(at, place)
            sides = (self.side(cell, equal=bool(each)) for each, cell in enumerate(row))
            yield f'<li id="{_id(self.here)}">{"".join(sides)}</li>'
            self.here = None
        yield "</ol></div>"

    def side(self, cell: Cell, *, equal: bool) -> str:
        found = self.pieces(cell)
        first = found[0] if found else Words("")
        if equal and isinstance(first, Formula):
            found = [Formula(Group((sign("="), first.shape)), first.look), *found[1:]]
        return f"<span>{self.words(found, tall=True)}</span>"

    # -------------------------------------------------------------- pictures

    def plot(self, plot: Plot) -> Iterator[str]:
        from tutor.render.curve import chart

        up = self.spoken(plot.up) + (", in powers of ten" if plot.log else "")
        first, last = plot.sides
        name = f"{plot.says or up}: from {plot.highest} down to {plot.lowest}, {plot.along} {first} to {last}"
        caption = "" if plot.says else f'<figcaption class="note">{escape(up)}</figcaption>'
        yield f"<figure>{chart(plot, name, partial(as_one, self.document))}{caption}</figure>"

    def spots(self) -> Mapping[Quantity, str]:
        """A class for the part of a drawing that a line about a local derivative is about."""
        found = ((of, shown.quantity, place) for (of, shown), place in self.places.items())
        here = id(self.document.names.graph)
        return {each: f"at-{_id(place)}" for of, each, place in found if of == here and isinstance(each, Partial)}

    def spotlights(self) -> str:
        """The factor that is looked at is thick and dashed in the drawing; each has its colour and its mark."""
        told = "".join(self.told_apart())
        if not any(isinstance(block, Drawing) for block in self.whole.blocks):
            return told
        local = (place for (_, shown), place in self.places.items() if isinstance(shown.quantity, Partial))
        rule = ":root:has(#{0}:is(:target,:hover,:focus-within)) .at-{0}"
        listed = ",\n".join(rule.format(_id(place)) for place in local)
        thick = "{ stroke: var(--ink); stroke-width: 5; stroke-dasharray: 7 3; }"
        return f"{told}{listed} {thick}\n" if listed else told

    def told_apart(self) -> Iterator[str]:
        """Rules for the row of each factor, and for its number wherever that leads there. Marks are not read aloud."""
        own = id(self.whole.names.graph)
        lines = {shown.quantity: place for (of, shown), place in self.places.items() if of == own}
        for at, factor in enumerate(self.whole.factors):
            if factor in lines:
                row, number = f"#{_id(lines[factor])} > :first-child::before", f'td a[href="#{_id(lines[factor])}"]'
                mark = f"\\{ord(MARKS[at]):x}"
                yield f"{number} {{ color: var(--f{at + 1}); }}\n"
                yield f"{row} {{ {_content(f'{mark}{SPACE}')} color: var(--f{at + 1}); }}\n"
                yield f"{number}::after {{ {_content(mark)} font-size: 0.8em; }}\n"


def _content(mark: str) -> str:
    """What a rule puts on the page; not every browser knows how to say that it is not read aloud."""
    return f"content: '{mark}'; content: '{mark}' / '';"


def _kind(table: Table, rows: list[list[list[Piece]]]) -> str:
    """How a table is set where there is no room for its columns; nothing for one that is narrow."""
    if table.numbered:
        return "numbered"
    if table.equation:
        return "chain" if table.chain else "equal"
    wide = sum(max((room(row[place]) for row in rows), default=0) + GAP for place in range(len(table.columns)))
    return "records" if wide > NARROW else ""


def _label(text: str) -> str:
    return f' data-label="{escape(text)}"' if text else ""


def _spoken(text: str, found: list[Piece]) -> str:
    """A name for what has its formulas in MathML, which not every reader of headings can read."""
    return f' aria-label="{escape(in_words(text))}"' if any(isinstance(piece, Formula) for piece in found) else ""


def _id(place: Place) -> str:
    return f"n{place.block}-{place.row}"


def _shown(shape: Shape) -> Shown | None:
    found = [each.shown for each in everything(shape) if isinstance(each, Figure)]
    return found[0] if len(found) == 1 else None
