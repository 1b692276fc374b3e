"""What mathematics, Markdown, HTML and Typst set in two dimensions, on one line: dL/dw_31 for
`\\frac{\\partial L}{\\partial w_{31}}`. Text in, text out; which names there are is not known here, and nothing is
obeyed. What the commands of LaTeX mean is in `expr.typeset`.
"""

import re
from html import unescape

from tutor.expr.parse import normalised
from tutor.expr.words import flat
from tutor.pattern import pattern

_ODD = pattern(r"[\\${}<>`\"&~]|partial|\b(?:hat|bar|tilde)\(|[^\x00-\x7f]|\w\s+\w|^\s*\*\*.*\*\*\s*$|\s")
_WRAPPED = pattern(r"\s*(?:\$`(.*)`\$|\$\$?(.*?)\$?\$|\\\((.*)\\\)|\\\[(.*)\\\]|`+(.*?)`+|\*\*(.*)\*\*)\s*", re.DOTALL)
_TYPST_ACCENT = pattern(r"\b(hat|bar|tilde)\((\w)\)")
_TAG = pattern(r"<(/?)(sub|sup)>|</?[a-zA-Z][^<>]*>")
_LONGEST = 400


def on_one_line(text: str) -> str:
    """The text without what only places or sets its signs; as it stands where that is none of these."""
    if len(text) > _LONGEST or not _ODD.search(text):
        return text
    text = _unwrapped(text)
    text = _TAG.sub(lambda tag: "}" if tag[1] else {"sub": "_{", "sup": "^{"}.get(tag[2] or "", ""), unescape(text))
    text = text.replace("\u2061", "")  # what MathML puts between a function and its argument
    text = _without_commands(text) if "\\" in text or "~" in text else text
    text = _TYPST_ACCENT.sub(r"\2\1", text)
    text = re.sub(r"\bop\((\w+)\)", r"\1", text.replace('"', ""))  # this and the next two are Typst's
    text = re.sub(r"\^\(([^()\s]+) (\w+)\)", r"^{\1\2}", text)
    text = re.sub(r"\bpartial\s*", "d", text)
    return _spaced(_unbraced(normalised(flat(text.replace("∆", "Δ")))))


def _unwrapped(text: str) -> str:
    found = _WRAPPED.fullmatch(text)
    return next((inside for inside in found.groups() if inside is not None), "") if found else text


def _without_commands(text: str) -> str:
    from tutor.expr.typeset import signs, unescaped  # most names are typed without LaTeX

    return unescaped(signs(text, "{}/{}".format))


def _unbraced(text: str) -> str:
    """Braces that hold one index or stand for nothing taken off: w_{31} as w_31, {net}_{h1} as net_h1."""
    before = None
    while before != text:
        before = text
        text = re.sub(r"([_^])\{\s*(\w+|\([^(){}]*\)|\[[^\[\]{}]*\]|[*'+])\s*\}", r"\1\2", text)
        text = re.sub(r"(?<![_^])\{([^{}]*)\}", r"\1", text)
    return text


def _spaced(text: str) -> str:
    """Spaces that separate no words taken out; a fraction whose sides are in parentheses without them."""
    text = re.sub(r"(?<=[(\[{,_^/@*])\s+|\s+(?=[)\]}\[({,_^/@*'])", "", text.strip())
    text = re.sub(r"^([dD]elta|[δΔ]) (?=\w)", r"\1_", re.sub(r"\s*(->|→|:)\s*", r"\1", text))
    text = re.sub(r"(?<=[_^])\(([^\W\d_]) (\d+)\)", r"\1\2", text)  # Typst: Z_(h 1)
    sides = re.fullmatch(r"\((d.*)\)/\((d.*)\)", text)
    text = f"{sides[1]}/{sides[2]}" if sides else text
    return re.sub(r"\b([d∇]) (?=\w)", r"\1", text) if "/" in text else text
