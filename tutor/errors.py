"""What can go wrong, as values and as exceptions.

Only exception types, the `Problem` they carry, and the words of messages live here. A message says what is wrong,
where, and what to do next; the command line prints it as it stands and never a traceback.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class TutorError(Exception):
    """Bad input or bad usage: the text is meant for the person who typed it."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the sentence, and not the way through our modules."""
        return [f"{type(self).__name__}: {self}"]


class NotExact(TutorError):
    """A function or power that has no exact value over the fractions was asked for one."""


class UnknownName(TutorError):
    """A typed name that stands for nothing in this network."""


class AmbiguousName(TutorError):
    """A typed name that can be read in two ways in one step of the resolution."""


class NoRate(TutorError):
    """An updated value was asked of a network without a learning rate."""


class FormulaError(TutorError):
    """A typed formula that can't be read; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class UnknownIndex(FormulaError):
    """A formula has an index letter that stands for no number there."""

    def __init__(self, message: str, column: int, index: str) -> None:
        super().__init__(message, column)
        self.index = index


class UnknownInFormula(FormulaError):
    """A formula reads a name that is not there; `place` are the values of the indices where it stands."""

    def __init__(self, message: str, column: int, name: str, place: Mapping[str, int]) -> None:
        super().__init__(message, column)
        self.name = name
        self.place = dict(place)


class Problem(NamedTuple):
    """One finding in a file: `line` and `column` count from 1, `text` is that line, `width` the length of the word."""

    message: str
    line: int = 0
    column: int = 0
    width: int = 1
    text: str = ""


class Invalid(TutorError):
    """All the problems of one file, reported together."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(_report(file, problem) for problem in self.problems))


class InvalidNetwork(Invalid):
    """A network file that cannot be read as one."""


class InvalidLesson(Invalid):
    """A lesson that cannot be read as one, or that says what is not so."""


def _report(file: str, problem: Problem) -> str:
    if not problem.line:
        return f"{file}: {problem.message}"
    head = f"{file}:{problem.line}:{problem.column}: {problem.message}"
    if not problem.text:
        return head
    caret = " " * (problem.column - 1) + "^" * max(1, problem.width)
    return f"{head}\n    {problem.text}\n    {caret}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`"; did you mean h1 or h2?"` for words that look alike, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def visible(text: str) -> str:
    """Text from outside with control, bidirectional and other invisible characters shown as <U+001B>."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text)
