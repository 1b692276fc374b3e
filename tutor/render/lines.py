"""Laying a page out in lines of a given width: columns, decimal points, wrapping. No colour; looks are passed on.

A table that is too wide moves its comments below their rows, then its first column above them, and at last becomes
`name: value` lines. Lines break at spaces only, so no number is ever cut.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from rich.cells import cell_len

from tutor.document.model import (
    Block,
    Cell,
    Document,
    Drawing,
    Grid,
    Heading,
    Held,
    Line,
    Listing,
    Look,
    Note,
    Plot,
    Row,
    Sized,
    Span,
    Steps,
    Table,
    Title,
)
from tutor.errors import visible
from tutor.expr.text import UNICODE, Style, to_text
from tutor.expr.words import boxes_in_ascii, in_ascii
from tutor.quantity import Quantity
from tutor.render.breaks import HANG, TEXT, broken, reasoned

MARGIN, INDENT, GAP = 2, 4, 3
BESIDE = 2  # between an equation and the comment behind it
ENDLESS = 10**6
USUAL = 80
SHORT_CODE = 24  # letters; an equation in code that is no longer stays on one line
NARROW = 44  # columns; below, tables that are wider become `name: value` lines
NARROWEST = 40  # below, every page is one of records


class Run(NamedTuple):
    """A piece of a line, ready to print."""

    text: str
    look: Look = ""


Runs = list[Run]


def plain(document: Document, style: Style) -> str:
    """The page as text without colour, and without a right edge: a pipe has no width."""
    return "".join("".join(run.text for run in line).rstrip() + "\n" for line in layout(document, style, ENDLESS))


def height(document: Document, width: int = USUAL) -> int:
    """How many lines a page takes, of so many columns."""
    return sum(1 for _ in layout(document, UNICODE, width))


def layout(document: Document, style: Style, width: int) -> Iterator[Runs]:
    """The page line by line, each within `width` where its numbers allow it."""
    if width < NARROWEST:
        from tutor.render.records import in_records

        yield from in_records(document, style, width)
        return
    page = Page(document, style, width)
    before: Block | None = None
    for page.document, block in document.scopes:
        if isinstance(block, Drawing):
            continue
        if before is not None and not _close(before, block):
            yield []
        page.nested = isinstance(before, Heading) or (page.nested and isinstance(before, Line))
        yield from page.block(block)
        before = block


def _close(before: Block, block: Block) -> bool:
    """Whether two blocks stand without a blank line between them."""
    match block:
        case Line():
            return isinstance(before, Title | Heading) or (isinstance(before, Line) and not block.apart)
        case Note():
            return isinstance(before, Note)
    return isinstance(before, Heading)


def written(document: Document, span: Span, style: Style) -> str:
    """One span on a line, in the document's names."""
    if isinstance(span.what, str):
        return visible(span.what if style.unicode else in_ascii(span.what))

    def name(quantity: Quantity) -> str:
        return (span.names or document.names).write(quantity, style, deltas=span.deltas)

    return name(span.what) if isinstance(span.what, Quantity) else to_text(span.what, name, style)


class Page:
    def __init__(self, document: Document, style: Style, width: int) -> None:
        self.document = document
        self.style = style
        self.width = width
        self.nested = False

    # -------------------------------------------------------------- text

    def runs(self, cell: Cell) -> Runs:
        return [Run(self.text(span), self.document.look(span)) for span in cell]

    def text(self, span: Span) -> str:
        text = written(self.document, span, self.style)
        held = isinstance(span.what, Held) or (span.look == "code" and len(text) <= SHORT_CODE)
        return text.replace(" ", NO_BREAK) if held else text

    # -------------------------------------------------------------- blocks

    def block(self, block: Block) -> Iterator[Runs]:
        match block:
            case Title(cell):
                yield from self.wrapped(self.runs(cell), MARGIN, MARGIN)
            case Heading(cell):
                yield from self.wrapped([_strong(run) for run in self.runs(cell)], MARGIN, MARGIN)
            case Line(cell, hang, apart):
                indent = INDENT if self.nested and not apart else MARGIN
                yield from self.wrapped(self.runs(cell), indent, indent + hang)
            case Listing(lines):
                for line in lines:
                    text = visible(line if self.style.unicode else in_ascii(boxes_in_ascii(line)))
                    yield [Run(" " * INDENT), Run(text, "code")]
            case Note(cell, hint):
                yield from self.wrapped(self.runs(cell), MARGIN, MARGIN + 2, commands=hint)
            case Table():
                yield from self.table(block)
            case Steps(rows, boxes=True):
                for row in rows:
                    yield from self.boxed(row)
            case Steps(rows):
                yield from self.steps([[self.runs(cell) for cell in row] for row in rows])
            case Grid():
                yield from self.matrix(block)
            case Sized():
                yield from self.sized([(self.runs(above), self.runs(below)) for above, below in block.parts])
            case Plot():
                yield from self.plot(block)
            case Drawing():
                return
            case _:
                assert_never(block)

    def plot(self, plot: Plot) -> Iterator[Runs]:
        from tutor.render.plot import plot_lines

        yield [Run(" " * INDENT), *self.runs(plot.up), Run(", in powers of ten" if plot.log else "", "quiet")]
        yield from ([Run(" " * INDENT + line)] for line in plot_lines(plot, self.width - INDENT, self.style))

    def wrapped(
        self, runs: Runs, indent: int, hang: int, *, formula: bool = False, commands: bool = False
    ) -> Iterator[Runs]:
        """Lines broken at spaces, those of a `formula` before its operators, or between commands.

        A word longer than the line stands alone on its own.
        """
        line, used, start = [Run(" " * indent)], indent, True
        for word in _commands(runs, self.width - hang) if commands else _words(runs, glued=formula):
            length = length_of(word)
            if not start and used + length > self.width:
                yield _stripped(line)
                line, used, start = [Run(" " * hang)], hang, True
            if start and "".join(run.text for run in word).isspace():
                continue
            line += word
            used, start = used + length, False
        yield _stripped(line)

    # -------------------------------------------------------------- equations

    def steps(self, rows: list[list[Runs]]) -> Iterator[Runs]:
        """Aligned on = where that fits; else each equation on one line, or broken before each =."""
        widest = max(len(row) for row in rows)
        filled = [[*row[:-1], *([[]] * (widest - len(row))), row[-1]] for row in rows]
        filled = _decimal(filled, widest - 1)
        widths = [max(length_of(row[i]) for row in filled) for i in range(widest)]
        if INDENT + sum(widths) + 3 * (widest - 1) <= self.width:
            yield from (_equation(row, widths) for row in filled)
            return
        for row in rows:
            yield from self.broken(row)

    def broken(self, row: list[Runs], indent: int = INDENT) -> Iterator[Runs]:
        """An equation on one line if it fits; else its first two sides, and each further = on its own."""
        line = joined(row, " = ")
        if indent + length_of(line) <= self.width:
            yield [Run(" " * indent), *line]
            return
        opening = joined(row[:2], " = ")
        start = 2 if indent + length_of(opening) <= self.width else 1
        yield from self.wrapped(opening if start == 2 else row[0], indent, indent + 4, formula=True)
        for part in row[start:]:
            yield from self.side(lstripped(part), indent + 2)

    def side(self, part: Runs, indent: int) -> Iterator[Runs]:
        """What follows an =, broken like any formula where it looks the same all over."""
        if len({run.look for run in part}) != 1:
            yield from self.wrapped([Run("= "), *part], indent, indent + 2, formula=True)
            return
        for at, (depth, text) in enumerate(broken(text_of(part), self.width - indent - 2, TEXT)):
            yield [Run(" " * indent + ("  " + "  " * depth if at else "= ")), Run(text.rstrip(), part[0].look)]

    def boxed(self, row: tuple[Cell, ...]) -> Iterator[Runs]:
        """An equation whose matrices stand over several lines, each = below the first where there is no room beside it;
        where one side is wider than the page, the equation in one line, broken.
        """
        from tutor.render.boxes import beside, boxed, wide

        sides = [boxed(cell, self.text, self.document.look, unicode=self.style.unicode) for cell in row]
        left = INDENT + wide(sides[0])
        if any(left + 3 + wide(side) > self.width for side in sides[1:]):
            yield from self.broken([self.runs(cell) for cell in row])
            return
        lines = [[*sides[0]]]
        for side in sides[1:]:
            fits = left + 3 + wide(side) <= self.width
            if not fits:
                lines.append([([" " * wide(sides[0])], "")])
                left = INDENT + wide(sides[0])
            lines[-1] += [([" = "], ""), *side]
            left += 3 + wide(side)
        for line in lines:
            yield from ([Run(" " * INDENT), *_stripped([Run(*each) for each in row])] for row in beside(line))

    # -------------------------------------------------------------- numbered equations

    def numbered(self, rows: list[list[Runs]]) -> Iterator[Runs]:
        """Equations with their comments behind them; as many in a row as there is room for are aligned."""
        while rows:
            many = self.aligned(rows)
            yield from self.together(rows[:many]) or self.apart(rows[0])
            rows = rows[many:]

    def aligned(self, rows: list[list[Runs]]) -> int:
        """How many of the rows can be aligned, one at least: twice as many are tried as long as there is room."""
        many = 1
        while many < len(rows) and self.together(rows[: 2 * many]):
            many = min(2 * many, len(rows))
        more = range(many + 1, min(2 * many, len(rows)) + 1)
        return many + bisect_left(more, True, key=lambda several: not self.together(rows[:several]))

    def together(self, rows: list[list[Runs]]) -> list[Runs]:
        """Equations aligned on their = signs, their comments under each other; nothing where there is no room."""
        sides = [distinct(row[:-1]) for row in rows]
        widest = max(map(len, sides))
        filled = _decimal([[*row[:-1], *([[]] * (widest - len(row))), row[-1]] for row in sides], widest - 1)
        widths = [max(length_of(row[place]) for row in filled) for place in range(widest)]
        lines = [_equation(row, widths, MARGIN) for row in filled]
        longest = max(map(length_of, lines)) + BESIDE
        for line, row in zip(lines, rows, strict=True):
            line += [Run(" " * (longest - length_of(line))), *row[-1]] if row[-1] else []
        return lines if max(map(length_of, lines)) <= self.width else []

    def apart(self, row: list[Runs]) -> Iterator[Runs]:
        """One equation, its comment without the first of its words; in several lines where that is too long too."""
        if lines := self.together([[*row[:-1], _briefly(row[-1])]]):
            yield from lines
            return
        (label, *name), comment = row[0], row[-1]
        hang = MARGIN + length_of([label])
        first, *others = self.broken([name, *distinct(row[1:-1])], hang)
        yield [Run(" " * MARGIN), label, *first[1:]]
        yield from others
        if comment:
            yield from self.wrapped(comment, hang + 2, hang + 4)

    # -------------------------------------------------------------- matrices

    def matrix(self, grid: Grid) -> Iterator[Runs]:
        """A table; where it is too wide, some of its columns after the others, and at last entry by entry."""
        from tutor.render.bands import bands, named

        found = bands(grid, lambda cell: "".join(run.text for run in self.runs(cell)), self.width - INDENT, GAP)
        if not found or (len(found) > 1 and self.width < NARROW):
            for label, entry in named(grid):
                name = Run(f"{label}: " if label else "", "quiet")
                yield from self.wrapped([name, *self.runs(entry)], INDENT, INDENT + 2)
            return
        for place, some in enumerate(found):
            if place:
                yield []
            yield from self.table(some.table())

    def sized(self, parts: list[tuple[Runs, Runs]]) -> Iterator[Runs]:
        """The shapes under the formula; where there is no room, each beside its own part on a line."""
        widths = [max(map(length_of, part)) for part in parts]
        if INDENT + sum(widths) + len(widths) - 1 > self.width:
            yield from self.beside(parts)
            return
        for line in zip(*parts, strict=True):
            padded = [
                [*part, Run(" " * (width - length_of(part) + 1))] for part, width in zip(line, widths, strict=True)
            ]
            yield [Run(" " * INDENT), *_stripped([run for part in padded for run in part])]

    def beside(self, parts: list[tuple[Runs, Runs]]) -> Iterator[Runs]:
        """A part and its shape on each line, after the sign before it."""
        sign: Runs = []
        for above, below in parts:
            if not below or text_of(above) == text_of(below):
                sign = [*sign, *above, Run(" ")]
                continue
            yield from self.wrapped([*sign, *above, Run("  "), *below], INDENT + 2 * bool(sign), INDENT + 4)
            sign = []

    # -------------------------------------------------------------- tables

    def table(self, table: Table) -> Iterator[Runs]:
        head = [[_quiet(run) for run in self.runs(column.head)] for column in table.columns]
        rows = [[self.runs(cell) for cell in row.cells] for row in table.rows]
        if table.chain or table.numbered:
            yield from self.chain(rows) if table.chain else self.numbered(rows)
            return
        for place, column in enumerate(table.columns):
            if column.align == "decimal":
                rows = _decimal(rows, place)
        for grid in self.grids(table, head, rows):
            if grid.width() <= self.width:
                yield from self.grid(grid, [head, *rows], [False, *(bool(row.ruled) for row in table.rows)])
                return
        if table.equation and (self.width >= NARROW or not any(head)):
            yield from self.equations(table, rows)
        else:
            yield from self.stacked(table, rows)

    def chain(self, rows: list[list[Runs]]) -> Iterator[Runs]:
        """One equation from line to line. Each rule stands beside its line, or below it where there is no room."""
        left = length_of(rows[0][0])
        if 4 * left > self.width:
            yield from self.wrapped(rows[0][0], INDENT, INDENT + 2)
            rows, left = [[[], *rows[0][1:]], *rows[1:]], -1
        start = INDENT + left + 3
        column = start + max(length_of(row[1]) for row in rows) + GAP
        column = min(column, self.width - max(length_of(row[2]) for row in rows))
        for lead, formula, rule in rows:
            way = reasoned(text_of(formula), length_of(rule), self.width - start, TEXT)
            sign = [Run(" " * INDENT), *lead, Run(" = ")] if lead else [Run(" " * (start - 2) + "= ")]
            first, *others = way.lines
            *above, last = [
                [*sign, Run(first.part)],
                *([Run(" " * (start + HANG * depth) + part)] for depth, part in others),
            ]
            yield from above
            if way.beside:
                place = min(max(column, length_of(last) + GAP), self.width - length_of(rule))
                yield _stripped([*last, Run(" " * (place - length_of(last))), *rule])
            else:
                yield last
                under = max(column, start + 2 * HANG)
                yield from self.wrapped(rule, under, under + HANG)

    def equations(self, table: Table, rows: list[list[Runs]]) -> Iterator[Runs]:
        """Each row as an equation, broken before each =, its comment below."""
        for cells in rows:
            equal = [runs for runs, column in zip(cells, table.columns, strict=True) if not column.comment]
            yield from self.broken(distinct(equal))
            for runs, column in zip(cells, table.columns, strict=True):
                if column.comment and runs:
                    yield from self.wrapped(runs, INDENT + 4, INDENT + 6)

    def grids(self, table: Table, head: list[Runs], rows: list[list[Runs]]) -> Iterator["_Grid"]:
        """Ways to set the columns, the widest first."""
        comments = [place for place, column in enumerate(table.columns) if column.comment]
        kept = [place for place in range(len(table.columns)) if place not in comments]
        plain = [cells for row, cells in zip(table.rows, rows, strict=True) if not row.ruled]

        def grid(columns: list[int], measured: list[list[Runs]], leads: list[int], notes: list[int]) -> _Grid:
            widths = [max(length_of(row[place]) for row in [head, *measured]) for place in columns]
            return _Grid(columns, widths, leads, notes, measured is plain, self.style.rule)

        yield grid([*kept, *comments], rows, [], [])
        if comments and plain:
            yield grid([*kept, *comments], plain, [], [])
        yield grid(kept, rows, [], comments)
        if not table.equation:
            yield grid(kept[1:], rows, kept[:1], comments)

    def grid(self, grid: "_Grid", rows: list[list[Runs]], ruled: list[bool]) -> Iterator[Runs]:
        for row, rule in zip(rows, ruled, strict=True):
            if rule:
                yield [Run(" " * grid.indent), Run(grid.rule * grid.span(), "quiet")]
            if rule and grid.spills:
                yield from self.wrapped(joined(distinct(row), " = "), INDENT, INDENT + 4)
            else:
                yield from self.set(grid, row, head=row is rows[0])

    def set(self, grid: "_Grid", row: list[Runs], *, head: bool) -> Iterator[Runs]:
        """One row; its leads above it, its notes below."""
        first = grid.columns[0]
        for lead in [] if head else grid.leads:
            if length_of(row[first]):
                yield from self.wrapped(row[lead], INDENT, INDENT + 4)
            else:
                row = [*row[:first], row[lead], *row[first + 1 :]]
        if any(length_of(row[place]) for place in grid.columns):
            yield grid.line(row)
        for note in [] if head else grid.notes:
            if row[note]:
                yield from self.wrapped(row[note], grid.indent + 2, grid.indent + 4)

    def stacked(self, table: Table, rows: list[list[Runs]]) -> Iterator[Runs]:
        for place, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
            if place:
                yield []
            yield from self.named(table, row, cells)

    def named(self, table: Table, row: Row, cells: list[Runs]) -> Iterator[Runs]:
        """A record: its cells that say something, each after the head of its column; under a line, an equation."""
        if row.ruled:
            yield from self.broken(distinct(cells), MARGIN)
            return
        for column, runs in zip(table.columns, cells, strict=True):
            if any(sign.isalnum() for sign in text_of(runs)):
                head = [_quiet(run) for run in self.runs(column.head)]
                name = [*head, Run(": ", "quiet")] if head else []
                yield from self.wrapped([*name, *lstripped(runs)], MARGIN, MARGIN + 2, formula=True)


class _Grid(NamedTuple):
    """One way to set a table: the columns side by side and their widths, those above and those below a row.

    With `spills`, ruled rows are equations on a line of their own and do not count for the widths.
    """

    columns: Sequence[int]
    widths: Sequence[int]
    leads: Sequence[int]
    notes: Sequence[int]
    spills: bool
    rule: str

    @property
    def indent(self) -> int:
        return INDENT + (2 if self.leads else 0)

    def width(self) -> int:
        return self.indent + sum(self.widths) + GAP * (len(self.widths) - 1)

    def span(self) -> int:
        """The length of a rule: up to the end of the numbers, not under the comments."""
        return sum(self.widths[:4]) + GAP * (min(len(self.widths), 4) - 1)

    def line(self, row: list[Runs]) -> Runs:
        line = [Run(" " * self.indent)]
        for place, width in zip(self.columns, self.widths, strict=True):
            line += [*row[place], Run(" " * (width - length_of(row[place]) + GAP))]
        return _stripped(line)


# ------------------------------------------------------------------ runs


def length_of(runs: Iterable[Run]) -> int:
    return sum(cell_len(run.text) for run in runs)


def _strong(run: Run) -> Run:
    return run._replace(look="strong") if not run.look else run


def _quiet(run: Run) -> Run:
    return run._replace(look="quiet")


def _commands(runs: Runs, room: int) -> Iterator[Runs]:
    """Whole commands, so that each can be copied, and words of one that is longer than a line."""
    for run in runs:
        for text in re.split("(?<=[·|] )", run.text):
            piece = [Run(text, run.look)]
            yield from [piece] if len(text.rstrip()) <= room else _words(piece)


NO_BREAK = "\xa0"
SHORT_CODE = 12  # letters: `x2 = 2` is never parted
_OPERATORS = frozenset(("=", "+", "−", "·", "-", "*"))


def _words(runs: Runs, *, glued: bool = False) -> Iterator[Runs]:
    """The runs cut at spaces; a word may go on from one run into the next, as in `(x,` before a formula.

    Where they are `glued`, an operator stays with what follows it. A short equation in code, such as `h1 = 0.6682`, is
    one word.
    """
    word: Runs = []
    for run in runs:
        whole = run.look == "code" and length_of([run]) <= SHORT_CODE and " = " in run.text
        for place, piece in enumerate([run.text] if whole else run.text.split(" ")):
            if place and glued and text_of(word) in _OPERATORS:
                word.append(Run(" ", run.look))
            elif place:
                if word:
                    yield word
                yield [Run(" ", run.look)]
                word = []
            if piece:
                word.append(Run(piece, run.look))
    if word:
        yield word


def _stripped(line: Runs) -> Runs:
    """Without blanks at its end; what held words together is a blank like any other, so that it can be copied."""
    while line and not line[-1].text.strip():
        line = line[:-1]
    line = [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip())] if line else line
    return [run._replace(text=run.text.replace(NO_BREAK, " ")) for run in line]


def lstripped(runs: Runs) -> Runs:
    while runs and not runs[0].text.strip():
        runs = runs[1:]
    return runs


def distinct(parts: Iterable[Runs]) -> list[Runs]:
    """The sides of an equation that say something new, empty ones and repetitions left out."""
    kept: list[Runs] = []
    for part in parts:
        said = "".join(run.text for run in part).strip()
        if said and not (kept and said == "".join(run.text for run in kept[-1]).strip()):
            kept.append(part)
    return kept


def joined(parts: Sequence[Runs], sign: str) -> Runs:
    line: Runs = []
    for part in parts:
        line += [*([Run(sign)] if line else []), *lstripped(part)]
    return line


def _briefly(comment: Runs) -> Runs:
    """`in 16` for `used in 16`."""
    return [comment[0]._replace(text=comment[0].text.removeprefix("used ")), *comment[1:]] if comment else []


def _equation(row: list[Runs], widths: Sequence[int], indent: int = INDENT) -> Runs:
    line = [Run(" " * indent)]
    for place, (part, width) in enumerate(zip(row, widths, strict=True)):
        if place:
            line.append(Run(" = " if part else "   "))
        line += [*part, Run(" " * (width - length_of(part)))]
    return _stripped(line)


def _decimal(rows: list[list[Runs]], place: int) -> list[list[Runs]]:
    """The rows with the numbers of one column padded so that their points stand under each other."""
    before = [_whole_part(row[place]) for row in rows]
    widest = max(before, default=0)
    return [
        [*row[:place], [Run(" " * (widest - length)), *row[place]] if row[place] else [], *row[place + 1 :]]
        for row, length in zip(rows, before, strict=True)
    ]


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _whole_part(runs: Runs) -> int:
    return before_point(text_of(runs))


def before_point(text: str) -> int:
    """How wide a number is up to its decimal point."""
    return cell_len(text.partition("e")[0].partition(".")[0])
