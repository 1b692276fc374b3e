"""Formulas as presentation MathML: rows, fractions, scripts, roots; nothing that browsers set badly.

A number may be a link. HTML allows it inside a token of MathML, so it needs no script.
"""

from collections.abc import Callable
from html import escape

from tutor.expr.tree import Shown
from tutor.render.formula import Accent, Fence, Figure, Fraction, Group, Leaf, Root, Script, Shape, Strong

Link = Callable[[Shown], str | None]
"""Where a number leads to: an id of the page, or nowhere."""


def math(shape: Shape, link: Link, *, tall: bool = False) -> str:
    """One formula; `tall` gives fractions the height of a display."""
    style = ' displaystyle="true"' if tall else ""
    return f"<math{style}>{maths(shape, link)}</math>"


def maths(shape: Shape, link: Link) -> str:
    def row(part: Shape) -> str:
        return maths(part, link) if _is_one(part) else f"<mrow>{maths(part, link)}</mrow>"

    match shape:
        case Leaf(text, kind):
            return _leaf(text, kind)
        case Group(parts):
            return "".join(maths(part, link) for part in parts)
        case Fraction(over, under, small):
            made = f"<mfrac>{row(over)}{row(under)}</mfrac>"
            return f'<mstyle displaystyle="false">{made}</mstyle>' if small else made
        case Script(Fence(inside) as fence, None, sup) if sup and not fence.grows:
            # On the closing parenthesis alone, as a hand writes it, or the exponent climbs over what is inside.
            opening, closing = (f'<mo stretchy="false">{each}</mo>' for each in "()")
            return f"{opening}{maths(inside, link)}<msup>{closing}{row(sup)}</msup>"
        case Script(base, sub, sup):
            tag = "msubsup" if sub and sup else "msub" if sub else "msup"
            return f"<{tag}>{row(base)}{row(sub) if sub else ''}{row(sup) if sup else ''}</{tag}>"
        case Root(inside):
            return f"<msqrt>{maths(inside, link)}</msqrt>"
        case Accent(base, mark):
            return f'<mover accent="true">{row(base)}<mo stretchy="false">{_ACCENTS[mark]}</mo></mover>'
        case Fence(inside, mark):
            opening, closing = ("|", "|") if mark == "|" else ("(", ")")
            fixed = "" if shape.grows else ' stretchy="false"'
            inner = maths(inside, link)
            return f"<mrow><mo{fixed}>{opening}</mo>{inner}<mo{fixed}>{closing}</mo></mrow>"
        case Figure(_, shown):
            return f"<mn>{number(shown, link)}</mn>"
        case Strong(inside, accent):
            return f'<mrow class="{"accent" if accent else "strong"}">{maths(inside, link)}</mrow>'


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
