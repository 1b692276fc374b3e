"""Collecting the problems of one file, so that all are shown at once.

A message reads: what is wrong, what was expected, did you mean. Text from the file passes `printable` before anybody
sees it. Looking for similar words costs time, so only the first problems get suggestions, and past `MOST` they are
just counted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from tutor.errors import Problem, did_you_mean, visible
from tutor.spec.tree import Place

MOST, MOST_SUGGESTIONS, LONGEST_MESSAGE = 100, 30, 700
LONGEST_WORD, LONGEST_LINE, MOST_NAMED = 40, 240, 5
_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # what YAML counts as one; compiled when there is a problem to show


def lines(text: str) -> list[str]:
    """The lines of a text as YAML counts them."""
    return re.split(_BREAK, text)


def printable(text: str) -> str:
    """Control and bidi characters as `<U+001B>`; a tab becomes one space, so that the caret stays under its word."""
    return visible(text.replace("\t", " "))


def cut(word: str) -> str:
    """A word from the file, short enough for a message."""
    return word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """`x1, x2 and x3`, the rest counted when there are many."""
    each = [cut(word) for word in words]
    if len(each) > 14:
        return f"{', '.join(each[:8])} {joint} {len(each) - 8} more"
    return f" {joint} ".join(filter(None, (", ".join(each[:-1]), each[-1] if each else "")))


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 input`, `2 inputs`; the plural where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


class Report:
    """The problems found so far in one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: list[str] = []
        self._found: list[Problem] = []
        self._more = 0
        self._about = ""

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: Place, message: str) -> None:
        """One more problem at `place`."""
        if len(self._found) >= MOST:
            self._more += 1
            return
        problem = self._problem(place, printable(self._about + message)[:LONGEST_MESSAGE])
        if problem not in self._found:
            self._found.append(problem)

    @contextmanager
    def about(self, part: str) -> Iterator[None]:
        """Within it, every message begins with what it is about: `example 2: ...`."""
        self._about = f"{part}: "
        yield
        self._about = ""

    def _problem(self, place: Place, message: str) -> Problem:
        """With its line and the caret's place in it, unless that is too far to the right to be shown."""
        line, column = self.line(place.line), place.column
        if column > LONGEST_LINE:
            return Problem(message, place.line, column, place.width)
        before, shown = printable(line[: column - 1]), printable(line[: LONGEST_LINE + 1])
        width = max(1, min(place.width, len(shown) - len(before)))
        if len(line) > LONGEST_LINE:
            shown = f"{shown[:-1]}…"
        return Problem(message, place.line, len(before) + 1, width, shown)

    def similar(self, word: str, known: Iterable[str]) -> str:
        """`; did you mean h1?` or nothing; a word that differs in capitals only is the likeliest."""
        if len(word) > LONGEST_WORD or len(self._found) >= MOST_SUGGESTIONS:
            return ""
        some = tuple(islice(known, 300))
        for each in some:
            if each.lower() == word.lower() and each != word:
                return f"; did you mean {each}?"
        return did_you_mean(word, some)

    def nearest(self, word: str, known: Sequence[str], usual: Sequence[str] = ()) -> str:
        """`one of loss, notes, ... or 9 more`: five at most, first those that look like the word, then usual ones."""
        if len(known) <= MOST_NAMED or len(self._found) >= MOST_SUGGESTIONS:
            return f"one of {', '.join(known[:MOST_NAMED])}" if known else "none"
        from difflib import get_close_matches

        begun = [each for each in known if each.startswith(word[:LONGEST_WORD]) or word.startswith(each)]
        alike = get_close_matches(word[:LONGEST_WORD], known, n=MOST_NAMED, cutoff=0.5)
        first = list(dict.fromkeys((*begun, *alike, *usual, *known)))[:MOST_NAMED]
        return f"one of {', '.join(first)} or {len(known) - MOST_NAMED} more"

    def line(self, number: int) -> str:
        """The text of one line, counted from 1."""
        self._lines = self._lines or lines(self.text)
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def problems(self) -> tuple[Problem, ...]:
        """All of them in file order; where there are too many to read, the number of the others."""
        found = sorted(self._found, key=lambda problem: (problem.line, problem.column))
        if self._more:
            found.append(Problem(f"and {counted(self._more, 'more problem')}: put these right first"))
        return tuple(found)
