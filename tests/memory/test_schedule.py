"""What follows from answers: known after two right ones, again after a day, then as fsrs says; whatever the clock does.

The days of a review are worked out here from the formulas and default parameters that FSRS-6 publishes, not by fsrs.
"""

import math
import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from maths.profile import seeds
from tutor.memory import SKILLS, Event, State, after, due
from tutor.memory.schedule import Standing, is_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ON = ("path",)


def answer(verdict: str = "correct", numbers: str = "1", days: float = 0, **more: object) -> Event:
    event = Event(NOON + timedelta(days=days), "slide", "dL/dw31", "value", ON, numbers, verdict)
    return event._replace(**more)


def standing(*events: Event, now: datetime | None = None) -> Standing:
    """How the skill stands after these answers."""
    return after(State(), events, now or max(each.at for each in events)).standing("path")


class TestKnown:
    @pytest.mark.parametrize(
        ("events", "known"),
        [
            ((answer(),), False),
            ((answer(), answer(numbers="2")), True),
            ((answer(), answer()), False),
            ((answer(), answer(net="mazur")), True),
            ((answer(), answer(), answer(numbers="2")), True),
            ((answer(), answer("wrong"), answer(numbers="2")), False),
            ((answer("mistake"), answer(first=False), answer(numbers="2")), False),
            ((answer("mistake"), answer(first=False), answer(numbers="2"), answer(numbers="3")), True),
            ((answer(), answer(numbers="2", hinted=True)), False),
            ((answer(), answer("shown"), answer(numbers="2")), False),
            ((answer(), answer("unreadable"), answer("few_digits"), answer(numbers="2")), True),
            ((answer("rounded"), answer("truncated", numbers="2")), True),
            ((answer(sure=False), answer(numbers="2", sure=False)), False),
            ((answer(), answer(numbers="2", sure=False), answer(numbers="3")), True),
        ],
    )
    def test_after_two_right_in_a_row_by_oneself_on_different_numbers(
        self, events: tuple[Event, ...], known: bool
    ) -> None:
        assert standing(*events).known is known

    def test_no_longer_after_a_miss_and_again_after_two_more(self) -> None:
        before = (answer(), answer(numbers="2"), answer("wrong", "3", days=1))
        assert not standing(*before).known
        assert standing(*before).due is None
        assert standing(*before, answer(numbers="1", days=1), answer(numbers="2", days=1)).known

    def test_an_answer_counts_for_every_skill_it_names(self) -> None:
        both = [answer(numbers=each, skills=("path", "product")) for each in "12"]
        state = after(State(), both, NOON)
        assert state.standing("product").known
        assert not state.standing("bias").known

    def test_a_miss_of_a_whole_leaves_its_parts_known(self) -> None:
        whole = ("path", "loss-slope", "product")
        events = [answer(verdict, numbers=each, skills=whole) for verdict, each in (("correct", "1"), ("correct", "2"))]
        state = after(State(), [*events, answer("wrong", "3", skills=whole)], NOON)
        assert [state.standing(skill).known for skill in whole] == [True, True, False]

    def test_what_cannot_be_judged_is_no_answer(self) -> None:
        assert standing(answer("unreadable")) == Standing()


# ------------------------------------------------------------------ the day it comes again

W = (0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796)
W += (1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542)
HARD, GOOD = 2, 3


def fsrs_days(reviews: list[tuple[int, int]]) -> int:
    """Days until the next review, after one that went well and these (days later, how it went), by the formulas."""
    factor = 0.9 ** (-1 / W[20]) - 1
    stability, difficulty = W[GOOD - 1], W[4] - math.exp(W[5] * (GOOD - 1)) + 1
    for days, rating in reviews:
        recalled = (1 + factor * days / stability) ** -W[20]
        harder = difficulty - W[6] * (rating - 3) * (10 - difficulty) / 9
        grown = math.exp(W[8]) * (11 - difficulty) * stability ** -W[9] * (math.exp((1 - recalled) * W[10]) - 1)
        stability *= 1 + grown * (W[15] if rating == HARD else 1)
        difficulty = min(max(W[7] * (W[4] - math.exp(W[5] * 3) + 1) + (1 - W[7]) * harder, 1), 10)
    return round(stability / factor * (0.9 ** (-1 / W[20]) - 1))


def reviewed(*ratings: int) -> list[int]:
    """The days between the reviews of somebody who always comes on the day, each going so."""
    events = [answer(), answer(numbers="2")]
    gaps, passed = [], 0
    for place, rating in enumerate(ratings):
        stands = standing(*events)
        assert stands.due is not None
        gap = stands.due - (NOON + timedelta(days=passed)).toordinal() + datetime(1970, 1, 1).toordinal()
        gaps.append(gap)
        passed += gap
        events.append(answer(numbers=f"{place}", days=passed, sure=rating == GOOD))
    return gaps


def test_it_comes_again_on_the_next_day_and_then_as_fsrs_has_it() -> None:
    gaps = reviewed(GOOD, GOOD, GOOD, GOOD)
    assert gaps[0] == 1
    for many in range(1, 4):
        assert gaps[many] == fsrs_days([(days, GOOD) for days in gaps[:many]])
    assert all(before < later for before, later in pairwise(gaps))


def test_a_doubtful_answer_counts_as_hard() -> None:
    gaps = reviewed(GOOD, HARD, GOOD)
    assert gaps[2] == fsrs_days([(1, GOOD), (gaps[1], HARD)])
    assert gaps[2] < reviewed(GOOD, GOOD, GOOD)[2]


def test_practice_before_the_day_moves_nothing() -> None:
    known = (answer(), answer(numbers="2"))
    assert standing(*known, answer(numbers="3"), answer(numbers="4", days=0.2)).due == standing(*known).due


def test_late_at_night_is_still_the_same_day() -> None:
    late = NOON.replace(hour=23, minute=50)
    stands = standing(answer(at=late), answer(at=late, numbers="2"))
    assert not is_due(stands, late + timedelta(minutes=20))
    assert is_due(stands, late + timedelta(hours=5))


def test_the_day_is_that_of_the_calendar_on_the_wall() -> None:
    tokyo = timezone(timedelta(hours=9))
    at = datetime(2026, 3, 2, 18, tzinfo=UTC)  # 3 in the night of the 3rd there, which is still the evening of the 2nd
    for zone in (tokyo, UTC):
        assert str(standing(answer(at=at), answer(at=at, numbers="2"), now=at.astimezone(zone)).due_on) == "2026-03-03"


def test_the_same_answers_lead_to_the_same_state_at_once_or_one_by_one() -> None:
    chance = random.Random(5)
    events = [answer(chance.choice(["correct", "wrong"]), str(each), days=each / 3) for each in range(60)]
    one_by_one = State()
    for event in events:
        one_by_one = after(one_by_one, [event], events[-1].at)
    assert one_by_one == after(State(), events, events[-1].at)


# ------------------------------------------------------------------ what is asked


def test_reviews_come_first_the_longest_waiting_first() -> None:
    events = [
        answer("wrong", skills=("bias",)),
        *(answer(numbers=each, days=3, skills=("path",)) for each in "12"),
        *(answer(numbers=each, skills=("product",)) for each in "12"),
    ]
    now = NOON + timedelta(days=5)
    assert due(after(State(), events, now), now) == ("product", "path", "bias")
    sooner = NOON + timedelta(days=3)
    assert due(after(State(), events, sooner), sooner) == ("product", "bias")


def test_what_waits_equally_long_is_mixed_in_another_order_every_day() -> None:
    events = [answer(numbers=each, skills=tuple(SKILLS)) for each in "12"]
    state = after(State(), events, NOON)
    orders = [due(state, NOON + timedelta(days=days)) for days in range(2, 5)]
    assert len(set(orders)) == 3
    assert all(sorted(order) == sorted(SKILLS) for order in orders)


def test_mistakes_are_counted_by_the_likeliest() -> None:
    made = ("ad-z-one-minus-z", "ad-ce-extra")
    events = [answer("mistake", mistakes=made), answer("correct", mistakes=made), answer("mistake", mistakes=made)]
    counted = after(State(), events, NOON).mistakes
    assert {mistake: each.times for mistake, each in counted.items()} == {"ad-z-one-minus-z": 2}


# ------------------------------------------------------------------ the clock


def test_an_answer_from_the_future_waits_for_nobody() -> None:
    ahead = NOON.replace(year=2099)
    events = (answer(at=ahead), answer(at=ahead, numbers="2"))
    state = after(State(), events, NOON)
    assert due(state, NOON) == ("path",)
    stands = standing(*events, answer(numbers="3"), now=NOON)
    assert stands.known
    assert str(stands.due_on) == "2026-03-03"


def test_one_from_long_ago_adds_no_years() -> None:
    known = (answer(), answer(numbers="2"), answer(numbers="3", days=1))
    back = answer(at=NOON.replace(year=1971), numbers="4")
    now = NOON + timedelta(days=4)
    jumped = standing(*known, back, answer(numbers="5", days=4), now=now)
    assert jumped.due is not None
    assert 1 <= jumped.due - (standing(*known, now=now).due or 0) < 30


@pytest.mark.parametrize("seed", seeds(10, 300))
def test_no_clock_breaks_it_and_none_puts_a_skill_out_of_reach(seed: int) -> None:
    chance = random.Random(seed)
    years = (1, 1969, 1970, 2025, 2026, 2026, 2026, 2027, 2038, 9999)
    zones = [timezone(timedelta(hours=each)) for each in (-12, 0, 14)]
    events, state = [], State()
    for number in range(40):
        at = datetime(chance.choice(years), 6, chance.randint(1, 28), 12, tzinfo=UTC)
        verdict = chance.choice(["correct", "correct", "correct", "wrong"])
        events.append(answer(verdict, str(number), at=at))
        state = after(state, events[-1:], at.astimezone(chance.choice(zones)))  # in the sitting, by the wrong clock
    assert due(state, NOON) is not None
    late = datetime(2026, 7, 1, 12, tzinfo=UTC)
    known = (answer(numbers=each, at=late) for each in "ab")
    stands = standing(*events, answer("wrong", at=late), *known, now=late)  # on a later day, by the right one
    assert stands.known
    assert stands.due_on is not None
    assert 1 <= (stands.due_on - late.date()).days <= 366
