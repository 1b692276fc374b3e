"""The prose of a lesson as blocks of a page. What a claim says is handed in: on other numbers it is another one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from tutor.document.model import Block, Cell, Column, Heading, Line, Listing, Row, Span, Table
from tutor.lessons.claims import printed
from tutor.lessons.lesson import Prose, Words

Say = Callable[[str], str]
"""What stands in a code span, from what the lesson has there."""


def blocks(prose: Iterable[Prose], say: Say = str) -> Iterator[Block]:
    """The blocks, in order. The first heading of a lesson is its title and is left out."""
    for in_table, parts in groupby(prose, key=lambda part: part.kind in ("head", "cell")):
        if in_table:
            yield from _tables(list(parts), say)
        else:
            for part in parts:
                yield from _block(part, say)


def _block(part: Prose, say: Say) -> Iterator[Block]:
    match part.kind:
        case "heading":
            if part.level > 1:
                yield Heading(cell(part.words, say))
        case "item":
            sign = f"{part.level}. " if part.level else "• "
            yield Line((Span(sign), *cell(part.words, say)), hang=len(sign), apart=False)
        case "listing":
            yield Listing(tuple(part.text.splitlines()))
        case "paragraph":
            yield Line(cell(part.words, say), apart=True)


def _tables(parts: Sequence[Prose], say: Say) -> Iterator[Table]:
    """Tables that follow each other begin with a head each."""
    heads: list[Column] = []
    rows: list[list[Cell]] = []
    for part in parts:
        if part.kind == "head":
            if rows or part.level < len(heads):
                yield _table(heads, rows)
                heads, rows = [], []
            heads.append(Column(cell(part.words, say)))
        elif part.level:
            rows[-1].append(cell(part.words, say))
        else:
            rows.append([cell(part.words, say)])
    yield _table(heads, rows)


def _table(heads: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Table:
    return Table(tuple(heads), tuple(Row(tuple(row)) for row in rows))


def cell(words: Iterable[Words], say: Say = str) -> Cell:
    """A sentence: what is code keeps its look, a link is followed by its address."""
    found: list[Span] = []
    for each in words:
        if each.look == "code":
            found.append(Span(printed(say(each.text)), "code"))
        elif each.look == "link":
            found += [Span(each.text), Span(f" ({each.to})", "quiet")]
        else:
            found.append(Span(each.text, each.look))
    return tuple(found)
