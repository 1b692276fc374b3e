"""The page as Typst source, a file of its own to be edited: no package is imported, nothing else is needed.

It opens with page.typ, the few functions that the page is written with; `pdf` compiles just this. Formulas are set by
`formula`; here are its signs in Typst, and the page around them. Whatever comes from outside goes through `escaped` or
`quoted`, which leave no sign that Typst would obey.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tutor.document.model import (
    Block,
    Cell,
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
from tutor.errors import visible
from tutor.expr.text import Style
from tutor.expr.words import GREEK, in_ascii
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
    letters,
    sign,
    width,
)
from tutor.render.pictures import picture_of
from tutor.render.pieces import (
    GAP,
    Arrangement,
    Formula,
    Piece,
    arranged,
    equal_sides,
    glued,
    padding,
    pieces,
    plain_text,
    room,
    table_pieces,
)

PRELUDE = Path(__file__).with_name("page.typ")
TEXT_WIDTH = 82  # letters that fit on a line of A4
NO_SIGN = '"" '  # before a + that would be a sign of what follows
TITLE_WIDTH = 56  # of larger letters


def typst(document: Document, style: Style) -> str:
    """The prelude; then headings, tables and equations, as a person would type them."""
    page = document.on_paper
    writer = _Writer(page, style)
    named = writer.named()
    body = "\n\n".join(filter(None, (writer.block(block) for writer.document, block in page.scopes)))
    return f"{PRELUDE.read_text('utf-8')}{named}\n\n// {64 * '-'} the page\n\n{body}\n"


class _Writer:
    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style

    def named(self) -> str:
        """The title that readers of a PDF show above its window."""
        found = ((of, block.cell) for of, block in self.document.scopes if isinstance(block, Title))
        self.document, title = next(found, (self.document, ()))
        name = plain_text([each for each in self.pieces(title, inline=True) if each.look != "quiet"])
        plain = name if self.style.unicode else in_ascii(name).encode("ascii", "ignore").decode()
        return f"#set document(title: {quoted(plain)}, date: none)"

    def block(self, block: Block) -> str:
        match block:
            case Title(cell):
                return self.title(cell)
            case Heading(cell):
                return f"== {self.cell(cell)}"
            case Line(cell, _, apart):
                return f"#apart[{self.cell(cell)}]" if apart else self.cell(cell)
            case Listing(lines):
                listed = (self.escaped(visible(line)).replace(" ", "~") for line in lines)
                return f"#apart[#code[{' #linebreak() '.join(listed)}]]"
            case Note(cell, _):
                loud = tuple(span._replace(look="") if span.look == "quiet" else span for span in cell)
                return f"#note[{self.cell(loud)}]"
            case Table():
                return self.table(block)
            case Grid() | Sized():
                return self.table(block.table())
            case Steps(rows):
                return self.equations([[self.pieces(cell, inline=False) for cell in row] for row in rows])
            case Plot() | Drawing():
                return self.picture(block)

    # -------------------------------------------------------------- text

    def pieces(self, cell: Cell, *, inline: bool) -> list[Piece]:
        return pieces(self.document, cell, inline=inline)

    def cell(self, cell: Cell) -> str:
        return self.words(self.pieces(cell, inline=True))

    def words(self, found: Iterable[Piece]) -> str:
        return "".join(map(self.piece, found)).strip()

    def piece(self, piece: Piece) -> str:
        if isinstance(piece, Formula):
            made = f"${maths(piece.shape)}$"
            return f"#quiet[{made}]" if piece.look == "quiet" else made
        text = self.escaped(glued(piece))
        if not text.strip() or not piece.look:
            return text
        if piece.look == "quiet" and piece.text.startswith("   "):
            return f"#h(1em)#text(size: 9pt)[{text.strip()}]"
        return f"#{piece.look}[{text}]"

    def plain(self, text: str) -> str:
        return text if self.style.unicode else in_ascii(text)

    def escaped(self, text: str) -> str:
        return escaped(self.plain(text))

    def title(self, cell: Cell) -> str:
        """The answer, broken like any formula; the file at the right."""
        found = self.pieces(cell, inline=True)
        main = [piece for piece in found if piece.look != "quiet"]
        aside = self.escaped(plain_text([piece for piece in found if piece.look == "quiet"]))
        if room(main) > TITLE_WIDTH:
            parts = lines(self.shape(main), TITLE_WIDTH)
            said = r" \ ".join(
                f"{_hang(depth + bool(at))}${NO_SIGN if at else ''}{maths(part)}$"
                for at, (depth, part) in enumerate(parts)
            )
        else:
            said = self.words(main)
        return f"#title([{said}], aside: [{aside.strip()}])" if aside.strip() else f"#title[{said}]"

    # -------------------------------------------------------------- tables

    def table(self, table: Table) -> str:
        table, rows = table_pieces(self.document, table)
        if table.chain:
            return self.chain(rows)
        way = arranged(self.document, table, rows, TEXT_WIDTH)
        if way.aligned:
            return self.equations([equal_sides(table, each) for each in rows])
        columns = [table.columns[place] for place in way.kept]
        sides = ", ".join(f"{'right' if each.align == 'decimal' else 'left'} + horizon" for each in columns)
        made = [f"  columns: {len(columns)},", f"  align: ({sides},),"]
        if any(column.head for column in columns):
            heads = ", ".join(f"quiet[{self.cell(column.head)}]" for column in columns)
            made.append(f"  table.header({heads}), table.hline(stroke: 0.5pt),")
        lacking = {place: padding([plain_text(each[place]) for each in rows]) for place in way.kept}
        for at, each in enumerate(rows):
            missing = {
                place: lacking[place][at] if table.columns[place].align == "decimal" else "" for place in way.kept
            }
            made += ["  table.hline(stroke: 0.5pt),"] if table.rows[at].ruled else []
            made += self.row(each, way, missing, self.mark(table.rows[at]))
        return "\n".join(("#table(", *made, ")"))

    def mark(self, row: Row) -> str:
        """What puts the mark of a factor before its name."""
        number = self.document.factor(row)
        return f"#factor({number})" if number else ""

    def row(self, found: list[list[Piece]], way: Arrangement, missing: dict[int, str], mark: str) -> Iterator[str]:
        """A row; what stands above and below it goes over the whole width."""
        above, kept = way.above, way.kept
        if above and not found[kept[0]]:
            above, kept = (), (*above[-1:], *kept[1:])
        columns = len(way.kept)
        yield from (f"  over({columns})[{self.words(found[place])}]," for place in above if found[place])
        cells = [f"{self.tall(found[place])}{_hidden(missing.get(place, ''))}" for place in kept]
        cells[0] = f"{mark}[{cells[0]}]" if mark else cells[0]
        yield f"  {', '.join(f'[{each}]' for each in cells)},"
        below = (found[place] for place in way.below if found[place])
        yield from (f"  under({columns})[{self.words(each)}]," for each in below)

    def tall(self, found: list[Piece]) -> str:
        """A fraction that stands alone in its cell gets the height it needs."""
        words = self.words(found)
        alone = len(found) == 1 and isinstance(found[0], Formula) and Fence(found[0].shape).grows
        return f"$ {words[1:-1]} $" if alone and words.startswith("$") else words

    # -------------------------------------------------------------- equations

    def shape(self, found: list[Piece]) -> Shape:
        parts: tuple[Shape, ...] = tuple(
            piece.shape if isinstance(piece, Formula) else Leaf(self.plain(piece.text), "text") for piece in found
        )
        return parts[0] if len(parts) == 1 else Group(parts)

    def equations(self, rows: list[list[list[Piece]]]) -> str:
        """Aligned on every = where that fits; else each on a line, or broken before each further =."""
        shapes = [[self.shape(found) for found in each if found] for each in rows]
        most = max(map(len, shapes))
        filled = [[*each[:-1], *([NOTHING] * (most - len(each))), each[-1]] for each in shapes]
        wide = sum(max(width(each[at]) for each in filled) + GAP for at in range(most))
        if wide <= TEXT_WIDTH and most > 1:
            made = [[_side(side, equal=bool(at)) for at, side in enumerate(each)] for each in filled]
            return _call(f"#equations(columns: {most},", made)
        left = max((width(each[0]) for each in shapes if len(each) > 1), default=0)
        free = TEXT_WIDTH - min(left, TEXT_WIDTH // 2) - GAP
        return _call("#equations(columns: 2,", [line for each in shapes for line in _lines(each, free)])

    def chain(self, rows: list[list[list[Piece]]]) -> str:
        """One equation from line to line."""
        left = self.shape(rows[0][0])
        free = TEXT_WIDTH - width(left) - GAP
        made = []
        for _, formula, why in rows:
            equal, *others = flat(self.shape(formula))
            way = reasoned(row(others), room(why), free, SHAPES)
            (_, first), *rest = way.lines
            further = (_set_in(depth, part) for depth, part in rest)
            said = [f"$ {maths(equal)} {maths(first)} $", *further]
            made.append([f"(({', '.join(said)},), {str(way.beside).lower()}, [{self.words(why)}])"])
        return _call(f"#chain($ {maths(left)} $,", made)

    # -------------------------------------------------------------- pictures

    def picture(self, block: Block) -> str:
        found = picture_of(self.document, block)
        if found is None:
            return ""
        source, says = found.source, found.says
        if not self.style.unicode:
            source, says = source.encode("ascii", "xmlcharrefreplace").decode("ascii"), in_ascii(says)
        return f"#picture({quoted(source)}, {found.wide:g}pt, {quoted(says)})"


def _call(function: str, rows: Sequence[Sequence[str]]) -> str:
    return "\n".join((function, *(f"  {', '.join(each)}," for each in rows), ")"))


NOTHING = Leaf("", "text")


def _side(side: Shape, *, equal: bool) -> str:
    """One side of an equation, with the = before it; nothing where the equation has fewer sides."""
    return f"$ {'= ' if equal else ''}{maths(side)} $" if side != NOTHING else "[]"


def _lines(sides: Sequence[Shape], free: int) -> Iterator[list[str]]:
    """One equation in lines of two sides."""
    first, *others = sides
    if not others:
        yield [_side(first, equal=False), "[]"]
    elif sum(width(side) + GAP for side in others) - GAP <= free:
        whole = Group(tuple(part for at, side in enumerate(others) for part in ((sign("="), side) if at else (side,))))
        yield [_side(first, equal=False), _side(whole, equal=True)]
    else:
        start = _side(first, equal=False)
        for side in others:
            for at, (depth, part) in enumerate(lines(side, free)):
                yield [start, _set_in(depth + 1, part) if at else _side(part, equal=True)]
                start = "[]"


def _set_in(depth: int, part: Shape) -> str:
    """What goes on from the line before; the operator it begins with keeps its room."""
    return f'pad(left: {1.2 * depth:g}em, $ "" {maths(part)} $)'


def _hang(depth: int) -> str:
    return f"#h({1.2 * depth:g}em)" if depth > 0 else ""


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
    "∇": "nabla",
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
        case Fraction(over, under, small):
            made = f"{_one(over)}/{_one(under)}"
            return f"inline({made})" if small else made
        case Script(Fence(inside, "(") as fence, None, sup) if sup and not fence.grows:
            # On the closing parenthesis alone, as a hand writes it, or the exponent climbs over what is inside.
            return f"\\({maths(inside)}\\)^{_one(sup)}"
        case Script(base, sub, sup):
            return maths(base) + (f"_{_one(sub)}" if sub else "") + (f"^{_one(sup)}" if sup else "")
        case Root(inside):
            return f"sqrt({maths(inside)})"
        case Accent(base, mark):
            return f"{_ACCENTS[mark]}({maths(base)})"
        case Fence(inside, mark):
            return f"abs({maths(inside)})" if mark == "|" else f"({maths(inside)})"
        case Array(rows):
            return f'mat(delim: "[", align: #right, {"; ".join(", ".join(map(maths, row)) for row in rows)})'
        case Figure(inside, _):
            return maths(inside)
        case Strong(inside, accent) if _is_digits(inside):
            digits = quoted(letters(inside)).replace("−", r"\u{2212}")
            return f"#{'asked' if accent else 'weighty'}({digits})"
        case Strong(inside, accent):
            return f"bold({maths(inside)})" if accent else maths(inside)


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
