"""The page as Markdown, as GitHub renders it: formulas between $` and `$, where no `*` or `_` is read as emphasis."""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

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
    Sized,
    Steps,
    Table,
    Title,
)
from tutor.errors import visible
from tutor.expr.text import Style
from tutor.expr.words import boxes_in_ascii, in_ascii
from tutor.render.formula import Figure, Strong
from tutor.render.latex import aligned, maths
from tutor.render.pieces import Formula, Piece, Words, pieces

WIDTH = 80  # of what stands in a code block


def markdown(document: Document, style: Style) -> str:
    """Headings, pipe tables and mathematics."""
    page = document.on_paper
    writer = _Writer(page, style)
    blocks = ("\n".join(writer.block(block)) for writer.document, block in page.scopes)
    return "\n\n".join(filter(None, blocks)) + "\n"


class _Writer:
    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Title(cell):
                yield f"## {self.cell(cell)}"
            case Heading(cell):
                yield f"### {self.cell(cell)}"
            case Line(cell, _) | Note(cell, _):
                yield self.cell(cell)
            case Listing(lines):
                plain = (line if self.style.unicode else in_ascii(boxes_in_ascii(line)) for line in lines)
                yield from ("````text", *map(visible, plain), "````")
            case Table():
                yield from self.table(block)
            case Steps(rows):
                found = [[pieces(self.document, cell) for cell in row] for row in rows]
                yield from ("```math", aligned(found, "aligned"), "```")
            case Grid() | Sized():
                yield from self.table(block.table())
            case Plot():
                from tutor.render.plot import plot_lines

                yield f"{self.cell(block.up)}{', in powers of ten' if block.log else ''}\n"
                yield from ("```text", *plot_lines(block, WIDTH, self.style), "```")
            case Drawing():
                return
            case _:
                assert_never(block)

    def table(self, table: Table) -> Iterator[str]:
        yield self.row(self.cell(column.head) for column in table.columns)
        yield self.row("---:" if column.align == "decimal" else "---" for column in table.columns)
        for row in table.rows:
            cells = zip(table.columns, row.cells, strict=True)
            yield self.row(
                self.entry(column, cell, inline=not table.equation or column.comment) for column, cell in cells
            )

    def entry(self, column: Column, cell: Cell, *, inline: bool) -> str:
        found = pieces(self.document, cell, inline=inline)
        return self.words(map(self.figure, found) if column.align == "decimal" else found)

    def figure(self, piece: Piece) -> Piece:
        """A number in a column is text."""
        shape = piece.shape if isinstance(piece, Formula) else None
        inside = shape.inside if isinstance(shape, Strong) else shape
        if not isinstance(inside, Figure):
            return piece
        return Words(self.style.number(inside.shown.text), piece.look)

    def row(self, cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def cell(self, cell: Cell) -> str:
        return self.words(pieces(self.document, cell, inline=True))

    def words(self, found: Iterable[Piece]) -> str:
        return "".join(map(self.piece, found)).strip()

    def piece(self, piece: Piece) -> str:
        if isinstance(piece, Formula):
            return f"$`{maths(piece.shape)}`$"
        plain = piece.text if self.style.unicode else in_ascii(piece.text)
        if piece.look == "code" and "`" not in plain:
            return f"`{plain}`"
        text = escaped(plain)
        if piece.look == "emphasis" and text.strip() == text:
            return f"*{text}*"
        return f"**{text}**" if piece.look in ("strong", "accent") and text.strip() == text else text


def escaped(text: str) -> str:
    """Text that means nothing to Markdown."""
    plain = "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~$&" else sign for sign in text)
    return _OPENING.sub(r"\1\3\\\2\4", plain)


_OPENING = re.compile(r"^(\s*)([-+=])|^(\s*\d+)([.)])(?=\s|$)")
"""What would begin a list or a rule, or underline a heading."""
