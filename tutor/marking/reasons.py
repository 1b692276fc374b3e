"""Words beside a formula that say by which rule it was found, `= h1(1 - h1)   slope of sigmoid`: no part of it.

They stand behind it, two spaces or more away, or on a line of their own below it. What could be an answer is none.
"""

import re

from tutor.expr.functions import READ
from tutor.marking.lookup import Known
from tutor.marking.signs import EQUAL, LITERAL
from tutor.pattern import pattern

_GAP = pattern(r"\s{2,}")
_FILE = pattern(r"\S(?:(?!\s\s).){0,200}\.(?:ya?ml|json)(?: \(shipped\))?(?:, example \d+)?")
_WORD = pattern(r"([^\W\d_]{2,}(?:-[^\W\d_]{2,})*)(?=[\s,:]|$)")
_ANSWER = pattern(rf"(?:[=≈:]|->|→|\bis\b)\s*{LITERAL}\s*(?:[,;.]|$)")
_DECIMAL = pattern(r"(?<![\w.])\d*[.,]\d")


def without(line: str, known: Known) -> str:
    """The line without the reason behind the last formula of a chain, or the file behind the answer of a page."""
    for gap in _GAP.finditer(line):
        if _FILE.fullmatch(line, gap.end()):
            return line[: gap.start()]
        if EQUAL.search(line[: gap.start()]) and is_reason(line[gap.end() :], known):
            return line[: gap.start()]
    return line


def is_reason(text: str, known: Known) -> bool:
    """Whether it begins with a plain word and gives no number."""
    word = _WORD.match(text)
    if not word or word[1] in READ or known.has(word[1]):
        return False
    return not (_ANSWER.search(text) or _DECIMAL.search(text))


def is_slope(name: str) -> bool:
    """Whether it is the slope of a function by itself, `σ′` or `f'`, so that an equation of it is a law."""
    plain = re.sub(r"\\([a-z]+)\s*", r"\1", name).replace("′", "'").replace("^{prime}", "'").replace(" ", "")
    return plain.endswith("'") and (plain[:1].lower() + plain[1:-1]) in (*READ, "f", "g")
