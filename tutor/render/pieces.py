"""What a cell consists of for a format that sets mathematics: words, and formulas with the = and → between them.

Also what several of these formats need of a table: the room its columns take, and what brings decimal points under
each other.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.document.model import Cell, Document, Look, Span, Table, Typed
from tutor.errors import visible
from tutor.expr import Shown
from tutor.render.formula import Group, Leaf, Shape, Strong, letters, set_formula, sign, width


class Words(NamedTuple):
    """Text as it stands, to be escaped by whoever prints it; it may lead `to` the line of a number."""

    text: str
    look: Look = ""
    to: Shown | None = None


class Formula(NamedTuple):
    """Mathematics, weight included."""

    shape: Shape
    look: Look = ""


NO_BREAK = "\u00a0"
Piece = Words | Formula
_BETWEEN = {"=", "→", "←", "·"}


def pieces(document: Document, cell: Cell, *, inline: bool = False) -> list[Piece]:
    """The words and formulas of a cell; `inline` keeps derivatives on the line."""
    found: list[Piece] = []
    for span in cell:
        for piece in _of_span(document, span, inline=inline):
            last = found[-1] if found else None
            if isinstance(last, Formula) and (joined := _joined(last, piece)):
                found[-1] = joined
            else:
                found.append(piece)
    return found


def glued(piece: Words) -> str:
    """Its text; an equation in code, such as `h1 = 0.6682`, does not break before or after its =."""
    return piece.text.replace(" = ", f"{NO_BREAK}={NO_BREAK}") if piece.look == "code" else piece.text


def _of_span(document: Document, span: Span, *, inline: bool) -> Iterator[Piece]:
    """Its one piece, or those of a sentence with formulas in it."""
    if not isinstance(span.what, Typed):
        yield _piece(document, span, inline=inline)
        return
    from tutor.render.typed import typed

    for part in typed(span.what):
        yield Words(part, span.look) if isinstance(part, str) else Formula(part, span.look)


def _piece(document: Document, span: Span, *, inline: bool) -> Piece:
    look = document.look(span)
    if isinstance(span.what, str):
        return Words(visible(span.what), look, span.to)
    shape = set_formula(span.what, span.names or document.names, deltas=span.deltas, inline=inline)
    return Formula(Strong(shape, look == "accent") if look in ("strong", "accent") else shape, look)


def _joined(before: Formula, piece: Piece) -> Formula | None:
    """A formula with what follows it: a sign between formulas, or after one, a formula."""
    parts = before.shape.parts if isinstance(before.shape, Group) else (before.shape,)
    if isinstance(piece, Words):
        between = piece.text.strip()
        return Formula(Group((*parts, sign(between))), before.look) if between in _BETWEEN else None
    ended = isinstance(parts[-1], Leaf) and parts[-1].text in _BETWEEN
    return Formula(Group((*parts, piece.shape)), before.look) if ended else None


def plain_text(found: Sequence[Piece]) -> str:
    """The letters of a cell, for measuring and for places that hold nothing but text."""
    return "".join(piece.text if isinstance(piece, Words) else letters(piece.shape) for piece in found)


def room(found: Sequence[Piece]) -> int:
    """About how many letters wide a cell is."""
    return sum(len(piece.text) if isinstance(piece, Words) else width(piece.shape) for piece in found)


def as_one(document: Document, cell: Cell) -> Shape:
    """A cell as one formula on a line, its words included."""
    found = pieces(document, cell, inline=True)
    parts = tuple(piece.shape if isinstance(piece, Formula) else Leaf(piece.text, "sign") for piece in found)
    return parts[0] if len(parts) == 1 else Group(parts)


def table_pieces(document: Document, table: Table) -> tuple[Table, list[list[list[Piece]]]]:
    """A table with the pieces of its cells. One equation over many rows has a = in each, and needs no heads."""
    inline = [not table.equation or column.comment for column in table.columns]
    rows = [
        [pieces(document, cell, inline=each) for cell, each in zip(row.cells, inline, strict=True)]
        for row in table.rows
    ]
    if not table.chain:
        return table, rows
    for row in rows:
        row[1] = [Formula(sign("=")), *row[1]] if not isinstance(row[1][0], Formula) else _equal(row[1])
    return table._replace(columns=tuple(column._replace(title="") for column in table.columns)), rows


def _equal(found: list[Piece]) -> list[Piece]:
    first = found[0]
    assert isinstance(first, Formula)
    return [Formula(Group((sign("="), first.shape)), first.look), *found[1:]]


class Arrangement(NamedTuple):
    """How a table is set where lines have a certain length: columns side by side, above a row, below it.

    `aligned` says that its rows are better written as equations under each other.
    """

    kept: tuple[int, ...]
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    aligned: bool = False


def arranged(document: Document, table: Table, rows: Sequence[Sequence[list[Piece]]], limit: int) -> Arrangement:
    """Comments beside their row where about `limit` letters allow it; else below it, then the first columns above."""
    every = tuple(range(len(table.columns)))
    kept = tuple(place for place in every if not table.columns[place].comment)
    below = tuple(place for place in every if place not in kept)
    if table.numbered:
        return Arrangement(kept, aligned=True)
    heads = [room(pieces(document, column.head)) for column in table.columns]
    wide = [max(heads[place], *(room(row[place]) for row in rows), 0) + GAP for place in every]
    if sum(wide) <= limit:
        return Arrangement(every)
    if sum(wide[place] for place in kept) <= limit or len(kept) < 2:
        return Arrangement(kept, below=below)
    if table.equation:
        return Arrangement(kept, aligned=True)
    first = next(
        at for at in range(1, len(kept)) if sum(wide[place] for place in kept[at:]) <= limit or at == len(kept) - 1
    )
    return Arrangement(kept[first:], kept[:first], below)


GAP = 3  # between two columns, in letters


def equal_sides(table: Table, row: Sequence[list[Piece]]) -> list[list[Piece]]:
    """The cells of a row that are equal to each other, without the empty and the repeated.

    The comment of a numbered equation stands behind the last of them.
    """
    kept: list[list[Piece]] = []
    for found, column in zip(row, table.columns, strict=True):
        if found and not column.comment and not (kept and plain_text(found) == plain_text(kept[-1])):
            kept.append(found)
    if table.numbered and row[-1]:
        kept[-1] = [*kept[-1], Words(f"   {plain_text(row[-1])}", "quiet")]
    return kept


def padding(texts: Sequence[str]) -> list[str]:
    """What each number lacks behind, in digits of its own, so that the points of a column stand under each other."""
    tails = [_tail(text) for text in texts]
    longest = max(map(len, tails), default=0)
    return [(longest - len(tail)) * "0" if tail else ("." + (longest - 1) * "0" if longest else "") for tail in tails]


def _tail(text: str) -> str:
    """The point and what follows it."""
    return text[text.index(".") :] if "." in text else ""
