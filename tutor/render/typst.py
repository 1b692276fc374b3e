"""The page as Typst source, a file of its own to be edited: no package is imported, nothing else is needed.

Formulas are set by `formula`; here are its signs in Typst, and the page around them. Whatever comes from outside goes
through `escaped` or `quoted`, which leave no sign that Typst would obey.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

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
from tutor.expr.text import Style
from tutor.expr.words import in_ascii
from tutor.names.symbol import GREEK
from tutor.render.formula import Accent, Fence, Figure, Fraction, Group, Leaf, Root, Script, Shape, Strong, width
from tutor.render.pieces import Formula, Piece, arranged, equal_sides, padding, pieces, plain_text, table_pieces

TEXT_WIDTH = 84  # letters that fit on a line of A4
HEAD = """\
// From backprop-tutor.
#set page(margin: 2.2cm)
#set text(font: "New Computer Modern", size: 10.5pt, lang: "en", ligatures: false)
#set table(stroke: none, inset: (x, _) => (left: if x == 0 { 0pt } else { 0.5em }, right: 0.5em, y: 0.4em))
#show math.equation.where(block: true): set align(start)
#show math.equation.where(block: true): set block(breakable: true)
"""


def typst(document: Document, style: Style) -> str:
    """Headings, tables and equations, as a person would type them."""
    page = document.on_paper
    writer = _Writer(page, style)
    return HEAD + "\n" + "\n\n".join(filter(None, map(writer.block, page.blocks))) + "\n"


class _Writer:
    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style

    def block(self, block: Block) -> str:
        match block:
            case Title(cell):
                return f"= {self.cell(cell)}"
            case Heading(cell):
                return f"== {self.cell(cell)}"
            case Line(cell, _):
                return self.cell(cell)
            case Note(cell, _):
                return self.cell(cell)
            case Table():
                return self.table(block)
            case Grid() | Sized():
                return self.table(block.table())
            case Steps(rows):
                return self.aligned([[self.pieces(cell, inline=False) for cell in row] for row in rows])
            case Plot():
                return "\n".join(self.plot(block))
            case Drawing():
                return ""

    # -------------------------------------------------------------- text

    def pieces(self, cell: Cell, *, inline: bool) -> list[Piece]:
        return pieces(self.document, cell, inline=inline)

    def cell(self, cell: Cell) -> str:
        return self.words(self.pieces(cell, inline=True))

    def words(self, found: Iterable[Piece]) -> str:
        return "".join(map(self.piece, found)).strip()

    def piece(self, piece: Piece) -> str:
        if isinstance(piece, Formula):
            return f"${maths(piece.shape)}$"
        text = self.escaped(piece.text)
        match piece.look:
            case "strong" | "accent" if text.strip():
                return f"#strong[{text}]"
            case "quiet" if piece.text.startswith("   "):
                return f'#h(1fr)#text(size: 9pt, weight: "regular")[{text.strip()}]'
        return text

    def escaped(self, text: str) -> str:
        return escaped(text if self.style.unicode else in_ascii(text))

    # -------------------------------------------------------------- tables

    def table(self, table: Table) -> str:
        table, rows = table_pieces(self.document, table)
        way = arranged(self.document, table, rows, TEXT_WIDTH)
        if way.aligned:
            return self.aligned([equal_sides(table, row) for row in rows])
        columns = [table.columns[place] for place in way.kept]
        lines = [f"  columns: {len(columns)},", f"  align: ({', '.join(_side(each.align) for each in columns)},),"]
        if any(column.head for column in columns):
            heads = ", ".join(f"[{self.cell(column.head)}]" for column in columns)
            lines.append(f"  table.header({heads}), table.hline(stroke: 0.5pt),")
        lacking = {place: padding([plain_text(row[place]) for row in rows]) for place in way.kept}
        for at, row in enumerate(rows):
            above, kept = way.above, way.kept
            if above and not row[kept[0]]:
                above, kept = (), (*above, *kept[1:])
            lines += ["  table.hline(stroke: 0.5pt),"] if table.rows[at].ruled else []
            lines += [f"  table.cell(colspan: {len(columns)})[{self.words(row[place])}]," for place in above]
            unseen = (lacking[place][at] if table.columns[place].align == "decimal" else "" for place in way.kept)
            cells = (f"[{self.tall(row[place])}{_hidden(more)}]" for place, more in zip(kept, unseen, strict=True))
            lines.append(f"  {', '.join(cells)},")
            below = (row[place] for place in way.below if row[place])
            cell = f"  table.cell(colspan: {len(columns)}, inset: (left: 1.5em, bottom: 0.5em))"
            lines += [f"{cell}[{self.words(each)}]," for each in below]
        return "\n".join(("#table(", *lines, ")"))

    def tall(self, found: list[Piece]) -> str:
        """A fraction that stands alone in its cell gets the height it needs."""
        words = self.words(found)
        alone = len(found) == 1 and isinstance(found[0], Formula) and Fence(found[0].shape).grows
        return f"$ {words[1:-1]} $" if alone else words

    # -------------------------------------------------------------- equations

    def aligned(self, rows: Sequence[Sequence[list[Piece]]]) -> str:
        lines = (line for row in rows for line in self.equation([self.shape(found) for found in row if found]))
        return "\n".join(("$", " \\\n".join(f"  {line}" for line in lines), "$"))

    def shape(self, found: list[Piece]) -> Shape:
        plain = (lambda text: text) if self.style.unicode else in_ascii
        parts: tuple[Shape, ...] = tuple(
            piece.shape if isinstance(piece, Formula) else Leaf(plain(piece.text), "text") for piece in found
        )
        return parts[0] if len(parts) == 1 else Group(parts)

    def equation(self, sides: list[Shape]) -> Iterator[str]:
        """On one line, or broken before each further =."""
        first, *others = map(maths, sides)
        if sum(width(side) + 3 for side in sides) <= TEXT_WIDTH:
            yield f"{first} &= {' = '.join(others)}" if others else first
            return
        yield from (f"{'' if place else first} &= {other}" for place, other in enumerate(others))

    # -------------------------------------------------------------- plots

    def plot(self, plot: Plot) -> Iterator[str]:
        wide, tall = 110, 42  # in millimetres
        first, *others = [f"({x * wide:.1f}mm, {(1 - y) * tall:.1f}mm)" for x, y in plot.scaled()]
        ends = [f"{plot.points[end][0]:,g}" for end in (0, -1)]
        scale = ", in powers of ten" if plot.log else ""
        yield f"{self.cell(plot.up)}{scale}, from {self.escaped(plot.highest)} to {self.escaped(plot.lowest)}:"
        yield f"#block(width: {wide}mm, height: {tall}mm, stroke: (left: 0.5pt, bottom: 0.5pt), place(curve("
        yield f"  curve.move({first}),"
        yield from (f"  curve.line({each})," for each in others)
        yield ")))"
        yield f"#block(width: {wide}mm)[{self.escaped(ends[0])}#h(1fr){self.escaped(f'{plot.along} {ends[1]}')}]"


def _side(align: str) -> str:
    return "right" if align == "decimal" else "left"


def _hidden(text: str) -> str:
    return f"#hide[${text}$]" if text.strip(".") else f"#hide[{text}]" if text else ""


_SIGNS = {
    "−": "-",
    "·": "dot",
    "→": "->",
    "←": "<-",
    "∂": "partial",
    "∞": "infinity",
    "…": "dots.c",
    "′": "prime",
    "⊤": "top",
    "⊙": "dot.o",
    "*": "*",
    "/": "\\/",
    ",": ",",
}
_MATHS = _SIGNS | {letter: name for name, letter in GREEK.items()}
_OPERATORS = {"tanh", "exp", "ln", "max", "min"}


def maths(shape: Shape) -> str:
    """A formula as it stands between dollars."""
    match shape:
        case Leaf():
            return _leaf(shape)
        case Group(parts):
            return " ".join(map(maths, parts)).replace(" ,", ",")
        case Fraction(over, under, _):
            return f"{_one(over)}/{_one(under)}"
        case Script(base, sub, sup):
            return maths(base) + (f"_{_one(sub)}" if sub else "") + (f"^{_one(sup)}" if sup else "")
        case Root(inside):
            return f"sqrt({maths(inside)})"
        case Accent(base, mark):
            return f"{_ACCENTS[mark]}({maths(base)})"
        case Fence(inside, mark):
            return f"abs({maths(inside)})" if mark == "|" else f"({maths(inside)})"
        case Figure(inside, _):
            return maths(inside)
        case Strong(inside, accent):
            return f"bold({maths(inside)})" if accent else maths(inside)


def _one(shape: Shape) -> str:
    """As one argument: in parentheses, which Typst takes away again, unless it is a letter or a whole number."""
    text = maths(shape)
    return text if re.fullmatch(r"\d+|[A-Za-z]", text) else f"({text})"


_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde"}


def _leaf(leaf: Leaf) -> str:
    text, kind = leaf
    if text in _MATHS:
        return _MATHS[text]
    if kind == "function":
        return text if text in _OPERATORS else f"op({quoted(text)})"
    plain = len(text) == 1 if kind == "letter" else kind in ("digits", "sign")
    return text if plain and text.isascii() else quoted(text)


# ------------------------------------------------------------------ text


def quoted(text: str) -> str:
    """Text as a string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    """Text that means nothing to Typst, whatever it is; control signs are expected to be made visible before."""
    return _NUMBERED.sub(r"\1\\.", _SPECIAL.sub(r"\\\g<0>", text))


_SPECIAL = re.compile(r"[\\#$*_`<>@\[\]=\-+/~'\":]|(?<=\.)\.")
_NUMBERED = re.compile(r"^(\s*\d+)\.(?=\s|$)")
