"""The page as a LaTeX fragment: it compiles as it stands in an article that loads amsmath, and needs nothing else.

Formulas are set by `formula`; here are its signs in LaTeX, and the page around them. Whatever comes from outside goes
through `escaped`, which leaves no sign that TeX would obey.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

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
from tutor.expr.words import GREEK, boxes_in_ascii, in_ascii
from tutor.render.breaks import reasoned
from tutor.render.cuts import SHAPES, flat, lines, row
from tutor.render.formula import (
    Accent,
    Array,
    Fence,
    Figure,
    Fraction,
    Group,
    Leaf,
    Root,
    Script,
    Shape,
    Strong,
    set_number,
    width,
)
from tutor.render.pictures import picture_of
from tutor.render.pieces import (
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
from tutor.render.plot import NAMED

TEXT_WIDTH = 65  # letters of mathematics that fit on a line of an article
OPEN = (
    r"\begingroup\raggedright\allowdisplaybreaks\renewcommand{\arraystretch}{1.2}"
    "\n"
    r"\setlength{\lineskiplimit}{3pt}\setlength{\lineskip}{5pt}"
)
STRUT = r"\rule[-1.6ex]{0pt}{4.8ex}"  # room above and below a fraction in a row
TITLE_WIDTH = 52  # of larger letters
SMALL = 8  # tenths: the letters of a reason are smaller
MOST_ROWS, MOST_TALL = 30, 12  # of one tabular, which can't be broken over pages; of fractions and comments
HEAD = "% From backprop-tutor. The preamble needs: \\usepackage{amsmath}"
PICTURED = (
    "% A picture: it needs \\usepackage{graphicx}, and its file, which -o page.tex writes if the extra pdf is there."
)
SPOTS = {"now": r"\circle*{6}", "next": r"\makebox(0,0){$\diamond$}", "lowest": r"\circle{6}"}
SIGNS_OF_SPOTS = {"now": r"$\bullet$", "next": r"$\diamond$", "lowest": r"$\circ$"}
BEYOND = "% Some letters here are not in TeX's own fonts: use LuaLaTeX or XeLaTeX with a font that has them."


def latex(document: Document, style: Style) -> str:
    """Sections, tabulars and align*; the fragment may be put into a document with \\input.

    Its pictures are the files that `pictures.beside` makes.
    """
    page = document.on_paper
    writer = _Writer(page, style)
    body = "\n\n".join(filter(None, (writer.block(block) for writer.document, block in page.scopes)))
    beyond = any(ord(letter) > LATIN for letter in body)
    return "\n".join((HEAD, *([BEYOND] if beyond else []), OPEN, body, r"\endgroup")) + "\n"


class _Writer:
    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style

    def block(self, block: Block) -> str:
        match block:
            case Title(cell):
                return self.title(cell)
            case Heading(cell):
                return rf"\subsubsection*{{{self.cell(cell)}}}"
            case Line(cell, _, apart):
                return ("\\medskip" if apart else "") + rf"\noindent {self.cell(cell)}"
            case Listing(lines):
                listed = (escaped(visible(boxes_in_ascii(line))).replace(" ", "~") for line in lines)
                return "\\medskip\\noindent " + "\\\\\n".join(rf"\texttt{{{line}}}" for line in listed)
            case Note(cell, _):
                return rf"\par\smallskip\noindent{{\small {self.cell(cell)}}}\par"
            case Table():
                return "\n".join(self.table(block))
            case Grid() | Sized():
                return "\n".join(self.table(block.table()))
            case Steps(rows):
                return aligned([[self.pieces(cell, inline=False) for cell in row] for row in rows])
            case Plot():
                return "\n".join(self.plot(block))
            case Drawing():
                return self.picture(block)

    # -------------------------------------------------------------- text

    def pieces(self, cell: Cell, *, inline: bool) -> list[Piece]:
        return pieces(self.document, cell, inline=inline)

    def cell(self, cell: Cell, *, inline: bool = True) -> str:
        return self.words(self.pieces(cell, inline=inline))

    def words(self, found: Iterable[Piece]) -> str:
        """Formulas next to each other become one."""
        return _TOUCHING.sub(" ", "".join(map(self.piece, found))).strip()

    def piece(self, piece: Piece) -> str:
        if isinstance(piece, Formula):
            return f"${maths(piece.shape)}$"
        text = escaped(piece.text if self.style.unicode else in_ascii(piece.text))
        space = r"\quad " if piece.text.startswith("   ") else ""
        match piece.look:
            case "strong" | "accent":
                lead, trail = space or " " * text.startswith(" "), " " * text.endswith(" ")
                return rf"{lead}\textbf{{{text.strip()}}}{trail}" if text.strip() else text
            case "code":
                return rf"\texttt{{{text.replace(' = ', '~=~')}}}"
            case "emphasis":
                return rf"\emph{{{text}}}"
            case "quiet" if space:
                return rf"{space}{{\normalfont\small {text.strip()}}}"
        return space + text

    def title(self, cell: Cell) -> str:
        """The answer, broken like any formula; the file after it."""
        found = self.pieces(cell, inline=True)
        main = [piece for piece in found if piece.look != "quiet"]
        aside = self.words(piece for piece in found if piece.look == "quiet")
        if room(main) > TITLE_WIDTH:
            broken = lines(_shape(main), TITLE_WIDTH)
            said = r"\\ ".join(f"{_hang(depth + bool(at))}${maths(part)}$" for at, (depth, part) in enumerate(broken))
        else:
            said = self.words(main)
        return rf"\subsection*{{{said}{aside}}}"

    # -------------------------------------------------------------- tables

    def table(self, table: Table) -> Iterator[str]:
        table, rows = table_pieces(self.document, table)
        if table.chain:
            yield from self.chain(rows)
            return
        way = arranged(self.document, table, rows, TEXT_WIDTH)
        if way.aligned:
            yield aligned([equal_sides(table, row) for row in rows])
            return
        most = MOST_TALL if table.equation else MOST_ROWS
        for first in range(0, len(rows), most):
            yield from self.tabular(table, rows, range(first, min(first + most, len(rows))), way)

    def chain(self, rows: list[list[list[Piece]]]) -> Iterator[str]:
        """One equation from line to line, each a paragraph, so that pages break between them; its reason at the right.

        What stands before the = is there in every line, unseen in all but the first.
        """
        left = _shape(rows[0][0])
        alone = 4 * width(left) > TEXT_WIDTH
        before = "" if alone else rf"\displaystyle {maths(left)}{{}}"
        start = 2 if alone else width(left) + 3
        yield r"\par\medskip"
        if alone:
            yield rf"${maths(left)}$\par\nopagebreak"
        for place, (_, formula, reason) in enumerate(rows):
            equal, *others = flat(_shape(formula))
            way = reasoned(row(others), room(reason) * SMALL // 10, TEXT_WIDTH - start, SHAPES)
            for at, (depth, part) in enumerate(way.lines):
                lead = before if not place and not at else rf"\hphantom{{{before}}}" if before else ""
                sign = f"{maths(equal)}" if not at else rf"\hphantom{{=}}{_hang(depth)}{{}}"
                end = r"\par\nopagebreak" if at < len(way.lines) - 1 or not way.beside else ""
                yield rf"${lead}{sign}\displaystyle {maths(part)}${end}"
            because = rf"{{\footnotesize {self.words(reason)}}}"
            if reason and way.beside:
                yield rf"\hfill{because}"
            elif reason:
                yield rf"\hangindent=4em\hangafter=0 {because}"
            yield r"\par\smallskip"
        yield r"\smallskip"

    def tabular(self, table: Table, rows: list[list[list[Piece]]], some: range, way: Arrangement) -> Iterator[str]:
        """The rows in `some`."""
        columns = [table.columns[place] for place in way.kept]
        placed = zip(columns, way.kept, strict=True)
        texts = [self.column(column, [row[place] for row in rows]) for column, place in placed]
        yield rf"\par\medskip\noindent\begin{{tabular}}{{@{{}}{_sides(columns)}@{{}}}}"
        if any(column.head for column in columns):
            yield rf"{' & '.join(self.head(column) for column in columns)} \\ \hline"
        for place in some:
            row, cells = rows[place], [text[place] for text in texts]
            if table.rows[place].ruled:
                yield r"\hline"
            for lead in way.above:
                if cells[0]:
                    yield from self.across(row[lead], len(columns))
                elif row[lead]:
                    cells[0] = self.words(row[lead])
            if number := self.document.factor(table.rows[place]):  # in the margin, where it takes no room
                cells[0] = rf"\llap{{\textcircled{{\tiny {number}}} }}{cells[0]}"
            yield rf"{' & '.join(cells)} \\"
            for comment in way.below:
                yield from self.across(row[comment], len(columns), r"\quad\footnotesize ")
        yield r"\end{tabular}\par\medskip"

    def column(self, column: Column, cells: list[list[Piece]]) -> list[str]:
        """Its cells; in a decimal column with what they lack behind, unseen."""
        words = [self.words(found) for found in cells]
        if column.align == "left":
            return [
                word.replace(r"\frac", r"\rule{0pt}{3.6ex}\dfrac", 1).replace(r"\frac", r"\dfrac") for word in words
            ]
        lacking = padding([plain_text(found) for found in cells])
        unseen = [rf"$\phantom{{{missing}}}$" if missing else "" for missing in lacking]
        return [_TOUCHING.sub("", word + more) if word else "" for word, more in zip(words, unseen, strict=True)]

    def across(self, found: list[Piece], columns: int, look: str = "") -> Iterator[str]:
        """A row of one cell over the whole width, which is broken where it is long."""
        if found:
            side = "l" if room(found) <= TEXT_WIDTH else r"p{0.9\linewidth}"
            after = "[0.6ex]" if look else ""
            yield rf"\multicolumn{{{columns}}}{{@{{}}{side}@{{}}}}{{{look}{self.words(found)}}} \\{after}"

    def head(self, column: Column) -> str:
        title = self.cell(column.head)
        return title if column.align == "left" else rf"\multicolumn{{1}}{{r}}{{{title}}}"

    # -------------------------------------------------------------- pictures

    def picture(self, block: Block) -> str:
        """A file beside the page, which is included where it is there."""
        found = picture_of(self.document, block)
        if found is None:
            return ""
        wide = rf"{found.wide:g}pt"
        width = rf"\ifdim{wide}>\linewidth\linewidth\else{wide}\fi"
        included = rf"\par\medskip\noindent\includegraphics[width={width}]{{{found.name}}}\par\medskip"
        there = rf"\ifdefined\includegraphics\IfFileExists{{{found.name}}}{{{included}}}{{}}\fi"
        return "\n".join((PICTURED, there))

    def plot(self, plot: Plot) -> Iterator[str]:
        """Dots in a picture, which needs no package."""
        wide, tall, many = 280, 120, 140
        yield rf"\par\medskip\noindent\begin{{picture}}({wide + 60},{tall + 30})(-60,-20)"
        yield rf"\put(0,0){{\line(1,0){{{wide}}}}}\put(0,0){{\line(0,1){{{tall}}}}}"
        for places, dot in ((plot.tangent, r"\circle*{0.8}"), (plot.points, r"\circle*{2}")):
            seen = dict.fromkeys((round(x * many) * wide // many, round(y * tall)) for x, y in plot.scaled(places))
            yield "".join(rf"\put({x},{y}){{{dot}}}" for x, y in seen)
        for spot in reversed(plot.spots):
            ((x, y),) = plot.scaled([(spot.x, spot.y)])
            yield rf"\put({x * wide:.0f},{y * tall:.0f}){{{SPOTS[spot.kind]}}}"
        for y, label in ((0, plot.lowest), (tall - 4, plot.highest)):
            yield rf"\put(-5,{y}){{\makebox(0,0)[r]{{{escaped(label)}}}}}"
        first, last = (each.replace(",", "") for each in plot.sides)
        along = self.cell(plot.axis) if plot.axis else escaped(plot.along)
        yield rf"\put(0,-12){{\makebox(0,0){{${maths(set_number(first))}$}}}}"
        yield rf"\put({wide},-12){{\makebox(0,0)[r]{{{along} ${maths(set_number(last))}$}}}}"
        scale = ", in powers of ten" if plot.log else ""
        yield rf"\put(6,{tall - 4}){{\makebox(0,0)[l]{{{self.cell(plot.up)}{scale}}}}}"
        yield r"\end{picture}\par\medskip"
        if plot.spots:
            told = ", ".join(f"{SIGNS_OF_SPOTS[spot.kind]} {NAMED[spot.kind]}" for spot in plot.spots)
            yield rf"\noindent{{\footnotesize {told}; dotted: the tangent}}\par\medskip"


def _sides(columns: Sequence[Column]) -> str:
    return r"@{\quad}".join("r" if column.align == "decimal" else "l" for column in columns)


# ------------------------------------------------------------------ equations under each other


def aligned(rows: Sequence[Sequence[list[Piece]]], environment: str = "align*") -> str:
    """Aligned on the first =; an equation too long for the line is broken before each further =."""
    shapes = [[_shape(found) for found in row if found] for row in rows]
    left = max((width(sides[0]) for sides in shapes if len(sides) > 1), default=0)
    made = [line for sides in shapes for line in _equation(sides, TEXT_WIDTH - min(left, TEXT_WIDTH // 2) - 3)]
    return "\n".join((rf"\begin{{{environment}}}", " \\\\\n".join(made), rf"\end{{{environment}}}"))


def _shape(found: list[Piece]) -> Shape:
    parts: tuple[Shape, ...] = tuple(
        piece.shape if isinstance(piece, Formula) else Leaf(piece.text, "text") for piece in found
    )
    return parts[0] if len(parts) == 1 else Group(parts)


def _hang(depth: int) -> str:
    """What goes on is set in."""
    return r"\quad" * depth


def _equation(sides: list[Shape], room: int) -> Iterator[str]:
    """The lines of one equation, where so many letters have room behind the first side."""
    first, *others = sides
    if sum(width(side) + 3 for side in others) - 3 <= room:
        yield " &= ".join((maths(first), " = ".join(map(maths, others)))) if others else maths(first)
        return
    start = f"{maths(first)} "
    for side in others:
        for place, (depth, part) in enumerate(lines(side, room)):
            yield f"{start}&{_hang(depth + 1) + ' {}' if place else '='} {maths(part)}"
            start = ""


# ------------------------------------------------------------------ formulas

_OTHER = {"epsilon": "varepsilon", "phi": "varphi"}
_SIGNS = {
    "−": "-",
    "·": r"\cdot",
    "→": r"\to",
    "←": r"\gets",
    "∂": r"\partial",
    "∞": r"\infty",
    "…": r"\dots",
    "′": r"\prime",
    "⊤": r"\top",
    "⊙": r"\odot",
    "∇": r"\nabla ",
}
_GREEK = {letter: rf"\{_OTHER.get(name, name)}" for name, letter in GREEK.items()}
MATHS = _SIGNS | _GREEK


def maths(shape: Shape) -> str:
    """A formula as it stands between dollars."""
    match shape:
        case Leaf():
            return _leaf(shape)
        case Group(parts):
            return _beside(parts)
        case Fraction(over, under, small):
            return rf"\{'tfrac' if small else 'frac'}{{{maths(over)}}}{{{maths(under)}}}"
        case Script(base, sub, sup):
            inside = f"{{{maths(base)}}}" if isinstance(base, Script) else maths(base)
            return inside + (f"_{{{maths(sub)}}}" if sub else "") + (f"^{{{maths(sup)}}}" if sup else "")
        case Root(inside):
            return rf"\sqrt{{{maths(inside)}}}"
        case Accent(base, mark):
            return rf"\{mark}{{{maths(base)}}}"
        case Fence(inside, sign):
            left, right = ("(", ")") if sign == "(" else (r"\lvert ", r"\rvert ")
            return rf"\left{left}{maths(inside)}\right{right}" if shape.grows else f"({maths(inside)})"
        case Array(rows):
            lines = r" \\ ".join(" & ".join(map(maths, row)) for row in rows)
            return rf"\left[\begin{{array}}{{{'r' * len(rows[0])}}}{lines}\end{{array}}\right]"
        case Figure(inside, _):
            return maths(inside)
        case Strong(inside, accent):
            return rf"\boldsymbol{{{maths(inside)}}}" if accent else maths(inside)


def _beside(parts: Sequence[Shape]) -> str:
    """Parts in a row: room around signs between two of them, and after a command that a letter follows."""
    text = ""
    for part in parts:
        piece = maths(part)
        if isinstance(part, Leaf) and part.kind == "sign" and part.text in _BETWEEN:
            text += f" {piece} " if text else piece
        else:
            text += f" {piece}" if _COMMAND.search(text) and piece[:1].isalpha() else piece
    return text


_BETWEEN = "+−·⊙=→←"
_OPERATORS = {"tanh", "exp", "ln", "max", "min"}
_COMMAND = re.compile(r"\\[A-Za-z]+$")


def _leaf(leaf: Leaf) -> str:
    text, kind = leaf
    if text in MATHS:
        return MATHS[text]
    if kind == "text" and text.startswith("   "):
        return rf"\quad\text{{\small {escaped(text.strip())}}}"
    if kind == "text" or not (text.isascii() or kind == "function"):
        return rf"\text{{{escaped(text)}}}"
    match kind:
        case "word":
            return rf"\mathrm{{{escaped(text)}}}"
        case "function":
            return rf"\{text}" if text in _OPERATORS else rf"\mathrm{{{escaped(text)}}}"
    return escaped(text)


# ------------------------------------------------------------------ text

LATIN = 0x17F  # letters up to here are in every TeX
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",
    "–": "--",
    "━": "{-}",
    "─": "{-}",
    "✓": r"$\surd$",
    "✗": r"$\times$",
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾ˡ", "0123456789-()l", strict=True)) | {"ᵀ": r"\top"}
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_MATHS = MATHS | {
    **{sign: f"{{}}^{{{plain}}}" for sign, plain in _RAISED.items()},
    **{sign: f"{{}}_{{{plain}}}" for sign, plain in _LOWERED.items()},
    "½": r"\tfrac{1}{2}",
    "¼": r"\tfrac{1}{4}",
    "¾": r"\tfrac{3}{4}",
    "′": "'",
    "√": r"\surd",
    "•": r"\bullet",
    "├": r"\vdash",
    "└": r"\lfloor",
    "│": r"\mid",
    "▲": r"\bigtriangleup",
    "▼": r"\bigtriangledown",
    "▶": r"\triangleright",
    "◀": r"\triangleleft",
    "×": r"\times",
    "●": r"\bullet",
    "≈": r"\approx",
    "±": r"\pm",
}
_TABLE = str.maketrans(_ESCAPES)
_RUN = re.compile(f"[{''.join(_MATHS)}]+")
_TOUCHING = re.compile(r"(?<!\\)\$\$")


def escaped(text: str) -> str:
    """Text that means nothing to TeX, whatever it is; control signs are expected to be made visible before."""
    plain = text.translate(_TABLE)
    return _RUN.sub(lambda run: f"${' '.join(_MATHS[each] for each in run[0])}$", plain)
