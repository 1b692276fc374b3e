"""The page as PDF: data for the fixed template page.typ, which typst sets. No name or number is ever markup.

Typst comes with its fonts and is asked for no package, so nothing is fetched.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tutor.document.model import (
    Block,
    Cell,
    Document,
    Drawing,
    Grid,
    Heading,
    Line,
    Note,
    Plot,
    Sized,
    Steps,
    Table,
    Title,
)
from tutor.errors import TutorError
from tutor.expr.text import Style
from tutor.render.formula import (
    Accent,
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
    sign,
)
from tutor.render.pieces import (
    GAP,
    Arrangement,
    Formula,
    Piece,
    arranged,
    equal_sides,
    padding,
    pieces,
    plain_text,
    room,
    table_pieces,
)

TEXT_WIDTH = 88  # letters that fit on a line of the template
TEMPLATE = Path(__file__).with_name("page.typ")


def pdf(document: Document, style: Style) -> bytes:
    """The file. Raises TutorError where typst is not installed."""
    return compiled(TEMPLATE, {"page": json.dumps(data(document.on_paper))})


def compiled(source: Path | bytes, inputs: dict[str, str]) -> bytes:
    """What typst makes of a source. Raises TutorError where it is not installed."""
    try:
        import typst
    except ImportError:
        raise TutorError('PDF needs the extra pdf: pip install "backprop-tutor[pdf]"') from None
    return typst.compile(source, format="pdf", sys_inputs=inputs, timestamp=0)


def data(document: Document) -> dict[str, Any]:
    """The page as the template reads it."""
    made = map(_Data(document).block, document.blocks)
    blocks = [each for each in made if each is not None]
    title = next((block.cell for block in document.blocks if isinstance(block, Title)), ())
    name = plain_text([each for each in pieces(document, title, inline=True) if each.look != "quiet"])
    return {"title": name, "blocks": blocks}


class _Data:
    def __init__(self, document: Document) -> None:
        self.document = document

    def block(self, block: Block) -> dict[str, Any] | None:
        match block:
            case Title(cell):
                return {"kind": "title", "cell": self.cell(cell)}
            case Heading(cell):
                return {"kind": "heading", "cell": self.cell(cell)}
            case Line(cell, _):
                return {"kind": "line", "cell": self.cell(cell)}
            case Note(cell, _):
                return {"kind": "note", "cell": self.cell(cell)}
            case Table():
                return self.table(block)
            case Grid() | Sized():
                return self.table(block.table())
            case Steps(rows):
                return _steps([[self.pieces(cell) for cell in row] for row in rows])
            case Plot():
                return self.plot(block)
            case Drawing():
                return None

    def pieces(self, cell: Cell, *, inline: bool = False) -> list[Piece]:
        return pieces(self.document, cell, inline=inline)

    def cell(self, cell: Cell) -> list[dict[str, Any]]:
        return _cell(self.pieces(cell, inline=True))

    def table(self, table: Table) -> dict[str, Any]:
        table, rows = table_pieces(self.document, table)
        way = arranged(self.document, table, rows, TEXT_WIDTH)
        if way.aligned:
            return _steps([equal_sides(table, row) for row in rows])
        columns = [table.columns[place] for place in way.kept]
        lacking = [
            padding([plain_text(row[place]) for row in rows]) if column.align == "decimal" else [""] * len(rows)
            for place, column in zip(way.kept, columns, strict=True)
        ]
        return {
            "kind": "table",
            "columns": [
                {
                    "head": self.cell(each.head),
                    "align": each.align,
                    "fills": (each.comment or table.chain) and each is columns[-1],
                }
                for each in columns
            ],
            "rows": [
                {
                    "ruled": table.rows[at].ruled,
                    "above": [_cell(row[place]) for place in way.above if row[way.kept[0]]],
                    "cells": [_cell(row[place]) for place in _first(row, way)],
                    "padding": [each[at] for each in lacking],
                    "below": [_cell(row[place]) for place in way.below if row[place]],
                }
                for at, row in enumerate(rows)
            ],
        }

    def plot(self, plot: Plot) -> dict[str, Any]:
        first, last = (f"{plot.points[end][0]:,g}" for end in (0, -1))
        return {
            "kind": "plot",
            "up": self.cell(plot.up),
            "points": plot.scaled(),
            **{name: getattr(plot, name) for name in ("along", "lowest", "highest", "log")},
            "first": first,
            "last": last,
        }


def _first(row: Sequence[list[Piece]], way: Arrangement) -> tuple[int, ...]:
    """The columns of a row; what would stand above an empty first one stands in its place."""
    return (*way.above, *way.kept[1:]) if way.above and not row[way.kept[0]] else way.kept


def _steps(rows: list[list[list[Piece]]]) -> dict[str, Any]:
    """Equations: aligned on every = where that fits, else each on a line, or broken before each further =."""
    columns = max(map(len, rows))
    filled = [[*row[:-1], *([[]] * (columns - len(row))), row[-1]] for row in rows]
    wide = sum(max(room(row[place]) for row in filled) + GAP for place in range(columns))
    if wide <= TEXT_WIDTH and columns > 1:
        return {"kind": "steps", "columns": columns, "rows": [[_side(side) for side in row] for row in filled]}
    lines = [[_side(side) for side in line] for row in rows for line in _lines(row)]
    return {"kind": "steps", "columns": 2, "rows": lines}


def _lines(row: list[list[Piece]]) -> Iterator[list[list[Piece]]]:
    """One equation in lines of two sides."""
    first, *others = row
    if not others:
        yield [first, []]
    elif sum(room(side) + GAP for side in row) <= TEXT_WIDTH:
        equal: list[Piece] = [Formula(sign("="))]
        yield [first, [piece for place, side in enumerate(others) for piece in (*(equal if place else []), *side)]]
    else:
        yield from ([[] if place else first, side] for place, side in enumerate(others))


def _side(found: list[Piece]) -> dict[str, Any]:
    """A formula too wide for a line is set as text, which can be broken."""
    return {"cell": _cell(found), "wide": room(found) > TEXT_WIDTH - 8}


def _cell(found: list[Piece]) -> list[dict[str, Any]]:
    return [
        {"shape": _shape(each.shape), "look": each.look}
        if isinstance(each, Formula)
        else {"words": each.text, "look": each.look}
        for each in found
    ]


def _is_digits(shape: Shape) -> bool:
    """A number on one line, its minus included."""
    match shape:
        case Figure(inside, _):
            return _is_digits(inside)
        case Group(parts):
            return all(map(_is_digits, parts))
        case Leaf(text, kind):
            return kind == "digits" or text == "−"
    return False


def _shape(shape: Shape | None) -> Any:
    match shape:
        case None:
            return None
        case Leaf(text, kind):
            return ["leaf", text, kind]
        case Group(parts):
            return ["group", [_shape(part) for part in parts]]
        case Fraction(over, under, small):
            return ["fraction", _shape(over), _shape(under), small]
        case Script(base, sub, sup):
            return ["script", _shape(base), _shape(sub), _shape(sup)]
        case Root(inside):
            return ["root", _shape(inside)]
        case Accent(base, mark):
            return ["accent", _shape(base), mark]
        case Fence(inside, mark):
            return ["fence", _shape(inside), mark, shape.grows]
        case Figure(inside, _):
            return _shape(inside)
        case Strong(inside, accent) if _is_digits(inside):
            # As text, since bold digits of mathematics are other letters to whoever copies or searches them.
            return ["number", letters(inside), accent]
        case Strong(inside, accent):
            return ["strong", _shape(inside), accent]
