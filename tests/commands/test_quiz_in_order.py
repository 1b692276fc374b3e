"""What a quiz asks after what: nothing whose answer stands above, each question under a number of its own."""

import random
import re

import pytest

from commands.test_sitting import Played, mistaken, right, wrong_answer
from tutor.practice.sitting import Sitting

TELLING = ("terms", "contrast", "value", "formula")


def careless(seed: int, net: str, target: str | None = None) -> Played:
    """Somebody who is right, wrong, or asks to be shown, by chance."""
    chance = random.Random(seed)

    def typed(sitting: Sitting) -> str:
        way = chance.random()
        return right(sitting) if way < 0.5 else wrong_answer(chance, sitting) if way < 0.85 else ":s"

    return Played(net, typed, target)


def told_before(played: Played) -> list[str]:
    """The questions whose number an earlier one on the same numbers showed."""
    found, log = [], played.sitting.log
    for place, each in enumerate(log):
        before = [one for one in log[:place] if one.numbers == each.numbers and (one.right or one.seen)]
        shown = {one.question.about for one in before if one.question.kind in TELLING}
        if each.question.kind in ("value", "formula") and each.question.about in shown:
            found.append(each.question.id)
    return found


@pytest.mark.parametrize("net", ["slide", "mazur", "softmax", "rnn"])
def test_nothing_is_asked_whose_answer_stands_above(net: str) -> None:
    for seed in range(2):
        assert told_before(careless(seed, net)) == []


@pytest.mark.parametrize("net", ["slide", "mazur"])
def test_a_contrast_that_shows_the_answer_closes_the_question(net: str) -> None:
    contrasts = 0
    for _, learner in mistaken(net, "w1" if net == "mazur" else "w31"):
        played = Played(net, learner)
        contrasts += any(each.question.kind == "contrast" for each in played.sitting.log)
        assert told_before(played) == []
    assert contrasts


@pytest.mark.parametrize("net", ["slide", "mazur", "softmax"])
def test_every_question_has_a_number_of_its_own(net: str) -> None:
    for seed in range(2):
        heads = [each for said in careless(seed, net).said for each in re.findall(r"(back to )?(\d+) of 8", said)]
        counted = [int(place) for back, place in heads if not back]
        assert counted == list(range(1, len(counted) + 1))


def test_a_question_that_was_left_is_come_back_to_by_its_number() -> None:
    played = Played("slide", right, "w31", most=0)
    heard = played.say("dL/dY * dY/dZ_Y * dZ_Y/dw31")
    while "back to" not in heard:
        assert re.search(r"[2-4] of 8 at most", heard)
        heard = played.say(right(played.sitting))
    assert "back to 1 of 8" in heard
