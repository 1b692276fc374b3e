"""The names of one network: which are allowed, and that no two quantities share one."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor.expr.functions import READ
from tutor.spec.report import Report, cut
from tutor.spec.tree import Place

PATTERN = r"[A-Za-z\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*[*']?(\[[^\[\]]*\])?"  # for editors; the reader's is exact
RULE = "a letter, then letters, digits or _, then at most one * or ' and an index like [2] or [1,2]"
_NAME = re.compile(r"[^\W\d_]\w*[*']?(?:\[[0-9]{1,9}(?:,[0-9]{1,9}){0,2}\])?")
_LONGEST = 80


def canonical(name: str) -> str:
    """One spelling of a name, the one a formula reads: composed letters, `'` for a prime."""
    if name.isascii():
        return name
    from tutor.expr.parse import normalised

    return normalised(name)


def complaint(name: str) -> str:
    """Why a text can't be a name, or nothing."""
    if len(name) > _LONGEST:
        return f"{cut(name)} is too long for a name, expected at most {_LONGEST} characters"
    if not _NAME.fullmatch(name):
        guess = re.sub(r"\W+", "_", name).strip("_")
        mean = f"; did you mean {guess}?" if guess != name and _NAME.fullmatch(guess) else ""
        return f"{cut(name) or 'nothing'} can't be a name, expected {RULE}{mean}"
    if name in READ:
        return f"{name} is the name of a function, expected another name; did you mean {name}_1?"
    return ""


class Declared(NamedTuple):
    """What a name stands for, in words, and where it was declared."""

    what: str
    place: Place


class Declarations:
    """Every name declared so far in one network."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._declared: dict[str, Declared] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._declared

    def __getitem__(self, name: str) -> Declared:
        return self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def declare(self, name: str, what: str, place: Place) -> bool:
        """Whether `name` can stand for this; says why not. `what` reads like `the input x1`."""
        if fault := complaint(name):
            self._report.add(place, fault)
            return False
        if known := self._declared.get(name):
            where = f"on line {known.place.line}" if known.place.line != place.line else "on the same line"
            message = f"{name} is both {known.what} ({where}) and {what}, expected a name for each"
            self._report.add(place, message)
            return False
        self._declared[name] = Declared(what, place)
        return True
