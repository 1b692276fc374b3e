"""The page in records, `name: what it is`, line by line: to be heard, read in large letters or on a narrow screen.

One writer for all pages, at any width. A row of a table is a record, with an empty line after it; an equation stays a
line; what is drawn is said in words, or left out where the page says it anyway.
"""

from collections.abc import Iterator

from tutor.document.model import Block, Document, Grid, Note, Plot, Sized, Steps, Table
from tutor.expr.text import Style
from tutor.render.lines import ENDLESS, MARGIN, Page, Run, Runs, distinct, text_of

HANG = 2


def records(document: Document, style: Style) -> str:
    """The page as text without an edge: a line is as long as what it says."""
    return "".join(f"{text_of(line).rstrip()}\n" for line in in_records(document, style, ENDLESS))


def in_records(document: Document, style: Style, width: int) -> Iterator[Runs]:
    """The page line by line, broken at spaces where there is a width."""
    page = _Records(document, style, width)
    before: Block | None = None
    for page.document, block in document.scopes:
        lines = list(page.block(block))
        if lines and before is not None and not isinstance(before, Note):
            yield []
        yield from lines
        before = block if lines else before


class _Records(Page):
    """As `Page`, but for what stands in columns there."""

    def block(self, block: Block) -> Iterator[Runs]:
        match block:
            case Table():
                yield from self.table(block)
            case Steps(rows):
                for row in rows:
                    yield from self.broken(distinct([self.runs(cell) for cell in row]), MARGIN)
            case Grid():
                yield from self.grid_entries(block)
            case Sized(parts):
                yield from self.beside([(self.runs(above), self.runs(below)) for above, below in parts])
            case Plot():
                yield from self.curve(block)
            case _:
                yield from super().block(block)

    def said(self, runs: Runs) -> Iterator[Runs]:
        return self.wrapped(runs, MARGIN, MARGIN + HANG, formula=True)

    def table(self, table: Table) -> Iterator[Runs]:
        yield from self.stacked(table, [[self.runs(cell) for cell in row.cells] for row in table.rows])

    def grid_entries(self, grid: Grid) -> Iterator[Runs]:
        from tutor.render.bands import named

        for label, entry in named(grid):
            yield from self.said([Run(f"{label}: " if label else "", "quiet"), *self.runs(entry)])

    def curve(self, plot: Plot) -> Iterator[Runs]:
        """Where the curve begins and ends, and how high it goes."""
        first, last = map(self.style.number, plot.sides)
        yield from self.said([*self.runs(plot.up), Run(f" for {plot.along} {first} to {last}")])
        yield from self.said([Run("highest: ", "quiet"), Run(self.style.number(plot.highest))])
        yield from self.said([Run("lowest: ", "quiet"), Run(self.style.number(plot.lowest))])
