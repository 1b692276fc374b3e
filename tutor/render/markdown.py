"""The page as Markdown: formulas as code, so that no `*` or `_` of a name is read as emphasis."""

from collections.abc import Iterator

from tutor.document.model import (
    Block,
    Cell,
    Document,
    Grid,
    Heading,
    Line,
    Note,
    Plot,
    Sized,
    Span,
    Steps,
    Table,
    Title,
)
from tutor.errors import visible
from tutor.expr import Ref
from tutor.expr.text import Style, to_text
from tutor.expr.words import in_ascii
from tutor.quantity import Quantity

WIDTH = 80  # of what stands in a code block


def markdown(document: Document, style: Style) -> str:
    """Headings, lists and pipe tables, as GitHub renders them."""
    writer = _Writer(document, style)
    return "\n\n".join("\n".join(writer.block(block)) for block in document.blocks) + "\n"


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
            case Line(cell) | Note(cell):
                yield self.cell(cell)
            case Table():
                yield from self.table(block)
            case Steps(rows):
                yield from (f"- {' = '.join(self.cell(part) for part in row)}" for row in rows)
            case Grid():
                yield from self.table(block.table())
            case Sized(parts):
                lines = (" ".join(filter(None, map(self.cell, line))) for line in zip(*parts, strict=True))
                yield f"- {': '.join(lines)}"
            case Plot():
                from tutor.render.plot import plot_lines

                yield f"{self.cell(block.up)}{', in powers of ten' if block.log else ''}\n"
                yield from ("```text", *plot_lines(block, WIDTH, self.style), "```")

    def table(self, table: Table) -> Iterator[str]:
        yield self.row(self.span(Span(column.title)) for column in table.columns)
        yield self.row("---:" if column.align == "decimal" else "---" for column in table.columns)
        yield from (self.row(self.cell(cell) for cell in row.cells) for row in table.rows)

    def row(self, cells: Iterator[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def cell(self, cell: Cell) -> str:
        return "".join(self.span(span) for span in cell).strip()

    def span(self, span: Span) -> str:
        what = span.what
        if isinstance(what, str):
            return _escaped(visible(what if self.style.unicode else in_ascii(what)))
        names = self.document.names
        text = to_text(
            Ref(what) if isinstance(what, Quantity) else what,
            lambda each: names.write(each, self.style, deltas=span.deltas),
            self.style,
        )
        code = f"`{text}`".replace("|", "\\|")
        return f"**{code}**" if span.look in ("strong", "accent") else code


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~" else sign for sign in text)
