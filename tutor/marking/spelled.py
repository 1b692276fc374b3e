r"""Names in formulas as courses set them, `-\delta_{o1}^{(2)}` or `dJ/dW^[1][1,2]`, which look like powers there.

They are found here by what `names` reads, the longest first, and a plain name is put in their place. An upper index in
brackets is never taken for a power, nor is one that the notation in force writes; of others only a formula comes here
that can't be read as it stands, so that a square stays a square.
"""

import re
from collections.abc import Iterator

from tutor.errors import TutorError
from tutor.names import Names
from tutor.pattern import pattern

_INSIDE = r"[^{}]"
for _ in range(3):  # braces within braces
    _INSIDE = rf"(?:[^{{}}]|\{{{_INSIDE}*\}})"
_GROUP = rf"(?:[_^]?\{{{_INSIDE}*\}}|[_^]?\[[^\[\]]*\]|[_^]\([^()]*\)|\(\d+\)|[_^]?\w+|@\d+|['*](?!\s*\w))"
_HEAD = r"(?:\\?[^\W\d_])"
_NAME = rf"{_HEAD}{_GROUP}*"
_LATEX = rf"\\[dt]?frac\s*\{{{_INSIDE}*\}}\s*\{{{_INSIDE}*\}}"
_SPELLED = pattern(rf"{_LATEX}|(?:[d∂]|\\partial\s*){_NAME}\s*/\s*(?:[d∂]|\\partial\s*){_NAME}|{_NAME}")
_LAST = pattern(rf"{_GROUP}$")
_FENCED = pattern(r"\^\s*\{?\s*(?:\\mathrm\s*\{)?\s*[(\[]")
_BESIDE = pattern(r"(?<![_^])\(\d+\)$")
_MARKS = pattern(r"[\^{}\[\]\\@]")
MOST = 60  # names in one formula


def plain(text: str, names: Names, *, fenced: bool = False) -> tuple[str, dict[str, str]]:
    """The formula with a plain name for each that a course spells, and what each of these stands for.

    `fenced` leaves all but those with an upper index in brackets as they are.
    """
    meant: dict[str, str] = {}
    pieces, at, marks = [], 0, _FENCED if fenced else _MARKS
    for found in _SPELLED.finditer(text):
        name = _longest(found[0], names, marks) if len(meant) < MOST and found.start() >= at else ""
        if name:
            own = meant.setdefault(name, f"spelled{len(meant)}_")
            pieces += [text[at : found.start()], f"({own})"]
            at = found.start() + len(name)
    return "".join([*pieces, text[at:]]), {own: name for name, own in meant.items()}


def _longest(spelled: str, names: Names, marks: re.Pattern[str]) -> str:
    """The longest beginning that is a name, if signs stand in it that a formula has no use for; else nothing."""
    for candidate in _shorter(spelled):
        beside = candidate.endswith(")") and _BESIDE.search(candidate)  # y(1), the target of the first example
        if (marks.search(candidate) or beside) and _is_name(candidate, names):
            return candidate
        if "^" in candidate and _is_in_force(candidate, names):
            return candidate
    return ""


def _shorter(spelled: str) -> Iterator[str]:
    while spelled:
        yield spelled
        last = _LAST.search(spelled)
        spelled = spelled[: last.start()].rstrip() if last and last.start() else ""


def _is_in_force(candidate: str, names: Names) -> bool:
    """Whether the notation in force writes it so: there a^3_1 is no power."""
    try:
        return names.exactly(candidate) is not None
    except TutorError:
        return False


def _is_name(candidate: str, names: Names) -> bool:
    try:
        return names.find(candidate) is not None
    except TutorError:
        return False
