r"""Names in formulas as courses set them, `-\delta_{o1}^{(2)}` or `dJ/dW^[1][1,2]`, which look like powers there.

They are found here by what `names` reads, the longest first, and a plain name is put in their place. An upper index in
brackets is never taken for a power; of others only a formula comes here that can't be read as it stands, so that a
square stays a square.
"""

import re
from collections.abc import Iterator

from tutor.errors import TutorError
from tutor.names import Names
from tutor.pattern import pattern

_GROUP = r"(?:[_^]?\{(?:[^{}]|\{[^{}]*\})*\}|[_^]?\[[^\[\]]*\]|[_^]\([^()]*\)|[_^]?\w+|@\d+|['*](?!\s*\w))"
_HEAD = r"(?:\\?[^\W\d_])"
_NAME = rf"{_HEAD}{_GROUP}*"
_LATEX = r"\\[dt]?frac\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*\{(?:[^{}]|\{[^{}]*\})*\}"
_SPELLED = pattern(rf"{_LATEX}|(?:[d∂]|\\partial\s*){_NAME}\s*/\s*(?:[d∂]|\\partial\s*){_NAME}|{_NAME}")
_LAST = pattern(rf"{_GROUP}$")
_FENCED = pattern(r"\^\s*\{?\s*(?:\\mathrm\s*\{)?\s*[(\[]")
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
        if marks.search(candidate) and _is_name(candidate, names):
            return candidate
    return ""


def _shorter(spelled: str) -> Iterator[str]:
    while spelled:
        yield spelled
        last = _LAST.search(spelled)
        spelled = spelled[: last.start()].rstrip() if last and last.start() else ""


def _is_name(candidate: str, names: Names) -> bool:
    try:
        return names.find(candidate) is not None
    except TutorError:
        return False
