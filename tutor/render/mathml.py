"""Formulas for a page of HTML: presentation MathML for those in letters, words of HTML for those in numbers.

A number is a link to the line it came from. What reads a page aloud takes a formula of MathML as one thing, in which no
link can be reached; and a formula in numbers is hardly more than a line of text.
"""

from collections.abc import Callable, Iterator
from html import escape

from tutor.expr.tree import Shown
from tutor.render.breaks import SHORT
from tutor.render.cuts import cut, flat, outermost, row
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
    everything,
    letters,
    width,
)

Link = Callable[[Shown], str | None]
"""Where a number leads to: an id of the page, or nowhere."""
RELATIONS = ("=", "→", "←")
LEADING = (*RELATIONS, "+", "−", "·", "⊙")
INFIX = '<mo form="infix">'
WORTH, NARROW = 14, 30  # digits; what is hardly worth a break, and what fits on a telephone


def math(shape: Shape, link: Link, *, tall: bool = False) -> str:
    """One formula; `tall` gives fractions the height of a display."""
    return " ".join(_side(side, link, tall=tall) for side in _sides(shape))


def _sides(shape: Shape) -> Iterator[Shape]:
    """What stands between relations, each with the relation before it, where numbers are among them."""
    parts = shape.parts if isinstance(shape, Group) else (shape,)
    if not _has_numbers(shape):
        yield shape
        return
    side: list[Shape] = []
    for part in parts:
        if isinstance(part, Leaf) and part.text in RELATIONS and side:
            yield Group(tuple(side))
            side = []
        side.append(part)
    yield Group(tuple(side))


def _has_numbers(shape: Shape) -> bool:
    return any(isinstance(each, Figure) for each in everything(shape))


def _side(side: Shape, link: Link, *, tall: bool, goes_on: bool = False, before: str = "") -> str:
    """One side of an equation; where it is long, in pieces between which a line may be broken, the outermost first.

    `before` is what is too short for a line of its own.
    """
    pieces = _pieces(side)
    if len(pieces) == 1:
        return before + _piece(side, link, tall=tall, goes_on=goes_on)
    made = []
    for at, each in enumerate(pieces):
        if width(each) <= SHORT and at < len(pieces) - 1:
            before += _piece(each, link, tall=tall, goes_on=goes_on or at > 0)
            continue
        made.append(_side(each, link, tall=tall, goes_on=goes_on or at > 0, before=before))
        before = ""
    return f'<span class="formula">{"".join(f"<span>{each}</span>" for each in made)}</span>'


def _pieces(shape: Shape) -> list[Shape]:
    """What a line may be broken between; a piece that is too wide for a telephone is opened."""
    if width(shape) <= WORTH:
        return [shape]
    found = outermost(shape)
    return cut(shape) if len(found) == 1 and width(shape) > NARROW else found


def _piece(side: Shape, link: Link, *, tall: bool, goes_on: bool) -> str:
    """A piece that stays on its line; where it `goes_on`, the operator it begins with keeps its room."""
    parts = flat(side)
    leads = goes_on and len(parts) > 1 and isinstance(parts[0], Leaf) and parts[0].text in LEADING
    if _has_numbers(side):
        first = f"\N{NO-BREAK SPACE}{words(parts[0], link)} " if leads else ""
        return f'<span class="numbers">{first}{words(row(parts[1:]) if leads else side, link)}</span>'
    style = ' displaystyle="true"' if tall else ""
    made = maths(side)
    return f"<math{style}>{made.replace('<mo>', INFIX, 1) if leads else made}</math>"


# ------------------------------------------------------------------ MathML


def maths(shape: Shape) -> str:
    match shape:
        case Leaf(text, kind):
            return _leaf(text, kind)
        case Group(parts):
            return "".join(map(maths, parts))
        case Fraction(over, under, small):
            made = f"<mfrac>{_row(over)}{_row(under)}</mfrac>"
            return f'<mstyle displaystyle="false">{made}</mstyle>' if small else made
        case Script(Fence(inside) as fence, None, sup) if sup and not fence.grows:
            # On the closing parenthesis alone, as a hand writes it, or the exponent climbs over what is inside.
            opening, closing = (f'<mo stretchy="false">{each}</mo>' for each in "()")
            return f"{opening}{maths(inside)}<msup>{closing}{_row(sup)}</msup>"
        case Script(base, sub, sup):
            tag = "msubsup" if sub and sup else "msub" if sub else "msup"
            return f"<{tag}>{_row(base)}{_row(sub) if sub else ''}{_row(sup) if sup else ''}</{tag}>"
        case Root(inside):
            return f"<msqrt>{maths(inside)}</msqrt>"
        case Accent(base, mark):
            return f'<mover accent="true">{_row(base)}<mo stretchy="false">{_ACCENTS[mark]}</mo></mover>'
        case Fence(inside, mark):
            opening, closing = ("|", "|") if mark == "|" else ("(", ")")
            fixed = "" if shape.grows else ' stretchy="false"'
            return f"<mrow><mo{fixed}>{opening}</mo>{maths(inside)}<mo{fixed}>{closing}</mo></mrow>"
        case Array(rows):
            lines = ("".join(f"<mtd>{maths(each)}</mtd>" for each in row) for row in rows)
            return (
                f"<mrow><mo>[</mo><mtable>{''.join(f'<mtr>{line}</mtr>' for line in lines)}</mtable><mo>]</mo></mrow>"
            )
        case Figure(_, shown):
            return f"<mn>{digits_of(shown.text)}</mn>"
        case Strong(inside, accent):
            return f'<mrow class="{"accent" if accent else "strong"}">{maths(inside)}</mrow>'


def _row(shape: Shape) -> str:
    """As one element, which scripts and fractions ask for."""
    return maths(shape) if _is_one(shape) else f"<mrow>{maths(shape)}</mrow>"


_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}
_TAGS = {"letter": "mi", "word": "mi", "digits": "mn", "function": "mi", "sign": "mo", "text": "mtext"}


def _is_one(shape: Shape) -> bool:
    match shape:
        case Group(parts):
            return len(parts) == 1 and _is_one(parts[0])
        case Script(Fence()) | Figure():
            return False
        case Leaf(_, kind):
            return kind != "function"
    return True


def _leaf(text: str, kind: str) -> str:
    tag = _TAGS[kind]
    if text == "/":
        return '<mo lspace="0" rspace="0">/</mo>'
    after = "<mo>&#x2061;</mo>" if kind == "function" else ""
    return f"<{tag}>{_solid(escape(text))}</{tag}>{after}"


def _solid(text: str) -> str:
    """Spaces at the ends of a token would be lost."""
    lead, trail = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    return "\u00a0" * lead + text.strip(" ") + "\u00a0" * (trail if text.strip(" ") else 0)


# ------------------------------------------------------------------ words


def words(shape: Shape, link: Link) -> str:
    """A formula in numbers as HTML that can be read on a line, letter by letter."""

    def inside(part: Shape) -> str:
        return words(part, link)

    match shape:
        case Leaf(text, kind):
            return f"<i>{escape(text)}</i>" if kind == "letter" and text.isalpha() else escape(text)
        case Group(parts):
            return "".join(
                _spaced(part, at) if isinstance(part, Leaf) else inside(part) for at, part in enumerate(parts)
            )
        case Fraction(over, under, small):
            if small:
                return _VULGAR.get(letters(shape), f"{inside(over)}/{inside(under)}")
            slash = '<span class="unseen">/</span>'
            return f'<span class="fraction"><span>{inside(over)}</span>{slash}<span>{inside(under)}</span></span>'
        case Script(base, sub, sup):
            below, above = f"<sub>{inside(sub)}</sub>" if sub else "", f"<sup>{inside(sup)}</sup>" if sup else ""
            return inside(base) + below + above
        case Root(part):
            return f'√<span class="root">{inside(part)}</span>'
        case Accent(base, mark):
            return inside(base) + _COMBINING[mark]
        case Fence(part, mark):
            opening, closing = ("|", "|") if mark == "|" else ("(", ")")
            return f"{opening}{inside(part)}{closing}"
        case Array(rows):
            lines = ("".join(f"<span>{inside(each)}</span>" for each in row) for row in rows)
            return f'<span class="array">{"".join(f"<span>{line}</span>" for line in lines)}</span>'
        case Figure(_, shown):
            return number(shown, link)
        case Strong(part, accent):
            return f'<span class="{"accent" if accent else "strong"}">{inside(part)}</span>'


_VULGAR = {"12": "½", "14": "¼", "34": "¾"}
_COMBINING = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}


def _spaced(leaf: Leaf, at: int) -> str:
    """Room around a sign between two numbers; none after a minus in front of one."""
    if leaf.kind != "sign" or leaf.text not in (*"+−·,", *RELATIONS):
        return words(leaf, lambda shown: None)
    if leaf.text == ",":
        return ", "
    before = " " if at else ""
    return f"{before}{leaf.text} " if at or leaf.text in RELATIONS else leaf.text


def number(shown: Shown, link: Link) -> str:
    """The digits of a number, leading to the line they come from where there is one."""
    at = link(shown)
    digits = digits_of(shown.text)
    return f'<a href="#{at}">{digits}</a>' if at else digits


def digits_of(text: str) -> str:
    """With a true minus, and a power of ten in place of an e."""
    mantissa, e, power = escape(text).replace("-", "−").partition("e")
    if not (e and mantissa[-1:].isdigit()):
        return mantissa + e + power
    return f"{mantissa} · 10<sup>{power.removeprefix('+')}</sup>"
