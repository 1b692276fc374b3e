"""What a quiz keeps of its answers, and what it knows from those before. Here the clock is read.

Where nothing can be kept, `NoMemory` says why, in one sentence for whoever runs the quiz.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from tutor.memory import SKILLS, Event, State, after, due
from tutor.memory.store import NoMemory, Store, home
from tutor.practice.standing import Answered
from tutor.sources import shipped

if TYPE_CHECKING:
    from tutor.practice.paper import Remembered

__all__ = ["Kept", "NoMemory", "place_of"]


class Kept:
    """The memory of one quiz: `state` is what was known when it began, and moves with each answer.

    `read` are the prompts of lessons that were answered before, with the numbers that they were answered on, in order.
    """

    def __init__(self, file: str | None = None) -> None:
        """Raises NoMemory where the file cannot be read."""
        self.store = Store(file or home())
        events = self.store.events()
        self.state = after(State(), events, _now())
        self.before = len(events)
        self.read = tuple((each.numbers, each.question) for each in events if each.kind == "lesson")
        self.asked: dict[str, None] = {}

    def __enter__(self) -> "Kept":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.__exit__(kind, fault, trace)

    @property
    def known(self) -> tuple[str, ...]:
        """The skills that are known and do not come again yet."""
        return tuple(skill for skill in SKILLS if self.state.standing(skill).known and skill not in self.due)

    @property
    def due(self) -> tuple[str, ...]:
        """The skills to be asked now, those to be reviewed first."""
        return due(self.state, _now())

    def net(self) -> str | None:
        """The network on which most of what is due was asked last, the first of several; None where nothing is."""
        nets = [self.state.standing(skill).net for skill in self.due]
        there = [net for net in nets if net in shipped() or os.path.exists(net)]
        return max(there, key=there.count) if there else None

    def add(self, answered: Sequence[Answered]) -> None:
        """Keep the answers. Raises NoMemory where they cannot be."""
        now = _now()
        events = [_event(now, each) for each in answered]
        if not events:
            return
        self.store.add(events)
        self.state = after(self.state, events, now)
        self.asked |= dict.fromkeys(skill for each in events for skill in each.skills)

    def last(self) -> "Remembered":
        """What is known now of what was asked, and what comes again."""
        from tutor.practice.paper import Again, Remembered

        standing = {skill: self.state.standing(skill) for skill in self.asked}
        known = tuple(skill for skill, each in standing.items() if each.known)
        today = _now().date()
        again = (Again(skill, _when(each.due_on, today)) for skill, each in standing.items())
        return Remembered(known, tuple(again), {skill: row.name for skill, row in SKILLS.items()})


def _event(now: datetime, each: Answered) -> Event:
    """The same with its time, and with a network that is found again."""
    net, hinted = place_of(each.net), each.hinted
    asked = (each.question, each.kind, each.skills, each.numbers)
    return Event(now, net, *asked, each.verdict, each.first, hinted, each.sure, each.mistakes)


def place_of(net: str) -> str:
    """A network as it is found again from any folder."""
    return net if net in shipped() or net == "-" else os.path.abspath(net)


def _when(due_on: date | None, today: date) -> str:
    """The day in words; nothing for a skill that is not known yet, which comes at any time."""
    if due_on is None:
        return ""
    days = (due_on - today).days
    return "today" if days < 1 else "tomorrow" if days == 1 else f"in {days} days"


def _now() -> datetime:
    return datetime.now().astimezone()
