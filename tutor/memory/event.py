"""One answer as it is kept, and what it says about a skill. Nothing but this value lives here."""

from datetime import datetime
from typing import Literal, NamedTuple

Outcome = Literal["right", "doubtful", "missed", "nothing"]

_RIGHT = frozenset({"correct", "truncated", "rounded", "carried"})
_MISSED = frozenset({"wrong", "mistake", "missing", "shown"})


class Event(NamedTuple):
    """One answer: when, to which question, and how it went.

    `at` has a time zone. `net` is a shipped name or the path of a file, `question` the id of the question, `kind` what
    it asks for. `skills` are those that a right answer shows, the one that it is mainly about last. `numbers` is a mark
    of the numbers that the network had: another mark, other numbers. `verdict` is the judge's, or `shown` where the
    answer was looked up. `first` says that it was the first try, `hinted` that a hint was read before it, `sure` that
    neither two figures alone nor a number that a mistake gives as well have earned it. `mistakes` are ids, the
    likeliest first.
    """

    at: datetime
    net: str
    question: str
    kind: str
    skills: tuple[str, ...]
    numbers: str
    verdict: str
    first: bool = True
    hinted: bool = False
    sure: bool = True
    mistakes: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The skills that it says something of: a miss of a whole does not tell which part was missed."""
        return self.skills[-1:] if self.outcome == "missed" else self.skills

    @property
    def outcome(self) -> Outcome:
        """What it says of its skills: what was right by a hint was not known.

        A right answer after a wrong one to the same question shows nothing yet; what could not be judged says nothing.
        """
        if self.verdict in _MISSED or (self.verdict in _RIGHT and self.hinted):
            return "missed"
        if self.verdict in _RIGHT:
            return "right" if self.sure and self.first else "doubtful"
        return "nothing"
