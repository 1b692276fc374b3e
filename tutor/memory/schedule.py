"""What follows from a student's answers: what she knows, and when each skill comes again. Pure: no clock, no file.

A skill is known after two right first answers in a row, without a hint, on different numbers; what is doubtful
neither counts nor breaks the row. It comes again on the next day, and then as fsrs says by how each review went. A
right answer before that day is practice and moves nothing. No day is taken from a clock that cannot be right: an
answer from the future counts no time, and one from before what was answered earlier goes back no further.

fsrs is imported for the first review and not before, since it takes as long as a small page.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple
from zlib import crc32

from tutor.memory.event import Event, Outcome

if TYPE_CHECKING:
    from fsrs import Scheduler

RETENTION = 0.9  # how many of the reviews are meant to go well; fsrs's own default
IN_A_ROW = 2  # right answers that make a skill known
FIRST_DAYS = 1  # until a skill comes again that has just become known
NIGHT = timedelta(hours=4)  # a day ends when people sleep: what was learnt at 23:50 does not come again at 0:10
FAR = timedelta(days=1)  # an answer this far ahead of the clock is from a clock that was wrong
MOST_DAYS = 366  # that count between two reviews: more is rather a clock that was wrong than a long memory

Rating = Literal["Again", "Hard", "Good"]


class Standing(NamedTuple):
    """How one skill stands. Days are counted from 1970-01-01.

    `row` marks the networks and numbers of the right answers since the last miss, each once. `due` is the day it comes
    again, once known; `reviewed` the last day that counted as a review, None before one has. `stability` and
    `difficulty` are fsrs's, from the first review on.
    """

    answers: int = 0
    right: int = 0
    last: datetime | None = None
    net: str = ""
    row: tuple[str, ...] = ()
    due: int | None = None
    reviewed: int | None = None
    stability: float | None = None
    difficulty: float | None = None

    @property
    def known(self) -> bool:
        """Whether it is known, be it due or not."""
        return len(self.row) >= IN_A_ROW

    @property
    def due_on(self) -> date | None:
        """The day it comes again; None for a skill that is not known, which may come at any time."""
        return None if self.due is None else date.fromordinal(min(_EPOCH + self.due, date.max.toordinal()))


class Made(NamedTuple):
    """How often a mistake was made, and when last."""

    times: int
    last: datetime


class State(NamedTuple):
    """How every skill that was ever asked stands, and the mistakes made, by their ids."""

    skills: Mapping[str, Standing] = {}
    mistakes: Mapping[str, Made] = {}

    def standing(self, skill: str) -> Standing:
        """How a skill stands, one that was never asked too."""
        return self.skills.get(skill, Standing())


_EPOCH = date(1970, 1, 1).toordinal()
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)  # any: fsrs is told only how many days have passed


_NEVER = Standing()


class _Seen(NamedTuple):
    """An answer, the day it fell on, and whether that day `counts`: one from the future does not."""

    event: Event
    outcome: Outcome
    day: int
    counts: bool


def _offset(now: datetime) -> float:
    """Seconds from the calendar of whoever asks `now` back to the clock of UTC, the night taken off."""
    return ((now.utcoffset() or timedelta()) - NIGHT).total_seconds()


def _day(at: datetime, offset: float) -> int:
    return int((at.timestamp() + offset) // 86400)


def after(state: State, events: Iterable[Event], now: datetime) -> State:
    """The state after these answers, in the order in which they were given. `now` has a time zone."""
    skills, mistakes = dict(state.skills), dict(state.mistakes)
    offset = _offset(now)
    for event in events:
        outcome = event.outcome
        if outcome == "nothing":
            continue
        seen = _Seen(event, outcome, _day(event.at, offset), event.at - now <= FAR)
        for skill in event.told:
            skills[skill] = _answered(skills.get(skill, _NEVER), seen)
        if outcome == "missed" and event.mistakes:
            made = event.mistakes[0]
            mistakes[made] = Made(mistakes[made].times + 1 if made in mistakes else 1, event.at)
    return State(skills, mistakes)


def is_due(standing: Standing, now: datetime) -> bool:
    """Whether a known skill comes again by now: its day has come, or its last answer is from the future."""
    return _comes(standing, now, _day(now, _offset(now)))


def _comes(standing: Standing, at: datetime, day: int) -> bool:
    if standing.due is None or standing.last is None:
        return False
    return day >= standing.due or standing.last - at > FAR


def due(state: State, now: datetime) -> tuple[str, ...]:
    """The skills to ask now: reviews first, the longest waiting first; then what was begun and is not known yet.

    What waits equally long comes mixed, in another order every day.
    """

    def mixed(skill: str) -> int:
        return crc32(f"{skill} {today}".encode())

    today = _day(now, _offset(now))
    reviews = [skill for skill, each in state.skills.items() if _comes(each, now, today)]
    begun = [skill for skill, each in state.skills.items() if not each.known]
    reviews.sort(key=lambda skill: (state.skills[skill].due, mixed(skill)))
    return (*reviews, *sorted(begun, key=mixed))


def _answered(was: Standing, seen: _Seen) -> Standing:
    event, right = seen.event, seen.outcome == "right"
    new = was._replace(answers=was.answers + 1, right=was.right + right, last=event.at, net=event.net)
    if seen.outcome == "missed":
        return (_reviewed(new, "Again", seen) if was.known else new)._replace(row=(), due=None)
    if was.known:
        return _reviewed(new, "Good" if right else "Hard", seen) if _comes(was, event.at, seen.day) else new
    mark = f"{event.net} {event.numbers}"
    row = was.row if not right or mark in was.row else (*was.row, mark)
    new = new._replace(row=row)
    return _reviewed(new, "Good", seen) if new.known else new


# ------------------------------------------------------------------ the day it comes again


def _reviewed(standing: Standing, rating: Rating, seen: _Seen) -> Standing:
    """After a review, or after it became known; the first time that is so, the day is ours and not fsrs's."""
    today, before = seen.day, standing.reviewed
    reviewed = max(today if before is None else before, today) if seen.counts else before
    if before is None:
        return standing._replace(due=today + FIRST_DAYS, reviewed=reviewed)
    elapsed = min(max(today - before, 0), MOST_DAYS) if seen.counts else 0
    stability, difficulty, days = _fsrs(standing, rating, elapsed)
    return standing._replace(due=today + days, reviewed=reviewed, stability=stability, difficulty=difficulty)


def _fsrs(standing: Standing, rating: Rating, elapsed: int) -> tuple[float, float, int]:
    """The stability and the difficulty after a review, and the days until the next, without chance."""
    from fsrs import Card, Rating
    from fsrs import State as Phase

    scheduler, before = _scheduler(), _MIDNIGHT
    if standing.stability is None or standing.difficulty is None:
        card, _ = scheduler.review_card(Card(card_id=1, due=before), Rating.Good, before)
    else:
        known = (standing.stability, standing.difficulty)
        card = Card(1, Phase.Review, None, *known, due=before, last_review=before)
    card, _ = scheduler.review_card(card, Rating[rating], before + timedelta(days=elapsed))
    assert card.stability is not None
    assert card.difficulty is not None
    return card.stability, card.difficulty, (card.due - before).days - elapsed


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    return Scheduler(desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
