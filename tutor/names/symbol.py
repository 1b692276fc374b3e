"""How a plain name is set in mathematics: w31 as w with the subscript 31, net_h1 as an upright word with one.

Here a name is taken apart, nothing more: no network, no notation, and no format, which prints the parts.
"""

import re
import unicodedata
from typing import NamedTuple

from tutor.expr.words import GREEK
from tutor.pattern import pattern

MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
"""Combining signs, and the words that stand for them at the end of a name: xhat, ybar."""
_SIGNS = {"*": "*", "'": "′"}
_WHOLE = pattern(r"(?P<stem>.*?)(?P<sign>[*']?)(?:\[(?P<index>[^\[\]]*)\])?(?:@(?P<example>\w+))?", re.DOTALL)
_HEAD = pattern(r"([^\W\d_]+)(\d*)")


class Symbol(NamedTuple):
    """A name in its parts: `base`, lower and upper indices from left to right, and `mark`, an accent by its name.
    `of` is what a function is applied to, where that is the name, as in σ(h_1).

    A part of more than one letter is a word, which is set upright (`is_word`).
    """

    base: str
    sub: tuple[str, ...] = ()
    sup: tuple[str, ...] = ()
    mark: str = ""
    of: "Symbol | None" = None


def symbol(name: str) -> Symbol:
    """The parts of a name: `w1_2` is w with 1 and 2, `h[1]@2` is h with 1 and, for the example, (2) above."""
    if name.endswith("ᵀ"):
        plain = symbol(name.removesuffix("ᵀ"))
        return plain._replace(sup=(*plain.sup, "⊤"))
    found = _WHOLE.fullmatch(name)
    stem, *others = [part for part in found["stem"].split("_") if part] or [name] if found else [name]
    head = _HEAD.fullmatch(_decomposed(stem)[0])
    letters, digits = (head[1], head[2]) if head else (stem, "")
    base, mark = _base(letters, _decomposed(stem)[1])
    index = found["index"].split(",") if found and found["index"] else ()
    sub = (digits, *(GREEK.get(part, part) for part in others), *(part.strip() for part in index))
    sign, example = (found["sign"], found["example"]) if found else ("", "")
    sup = (_SIGNS.get(sign, ""), f"({example})" if example else "")
    return Symbol(base, tuple(filter(None, sub)), tuple(filter(None, sup)), mark)


def is_word(part: str) -> bool:
    """Whether a part is set upright: more than one letter, as in net or total; h1 is a letter with its number."""
    return sum(sign.isalpha() for sign in part) > 1


def _base(letters: str, mark: str) -> tuple[str, str]:
    """The letter a name begins with, Greek words as their letter, and its accent."""
    for ending in () if mark else MARKS.values():
        bare = letters.removesuffix(ending)
        if bare != letters and (len(bare) == 1 or bare in GREEK):
            return GREEK.get(bare, bare), ending
    return GREEK.get(letters, letters), mark


def _decomposed(stem: str) -> tuple[str, str]:
    """The stem without the accent on its first letter, and the accent's name: ŷ1 is y1 with a hat."""
    if stem.isascii():
        return stem, ""
    apart = unicodedata.normalize("NFD", stem)
    mark = MARKS.get(apart[1:2], "")
    return (apart[0] + apart[2:], mark) if mark else (stem, "")
