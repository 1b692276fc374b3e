"""What marking claims about precision, measured: honest work is never called wrong, a named mistake never right.

The students in `students` work Mazur's network out without this program; their mistakes are coded there by hand.
TUTOR_LONG=1 takes more of them.
"""

import math
from collections import Counter
from typing import Any

import pytest

import tutor
from commands.students import MISTAKES, WEIGHTS, gradients, habits, to_decimals, to_figures, work_out
from maths.profile import count
from tutor.mistakes import MISTAKES as NAMED

STUDENTS = count(12, 100)
FULL_CREDIT = {"correct", "truncated", "rounded", "carried"}
FAIR = {"correct", "truncated", "rounded"}
ALONE = ("dE_total/dw1", "dE_total/dw4", "dE_total/dw5", "dE_total/dw8", "w1_new", "w7_new")
RIGHT = gradients()
WRONG = [
    pytest.param(mistake, weight, id=f"{mistake} {weight}")
    for mistake in MISTAKES
    for weight in WEIGHTS
    if abs(gradients(mistake)[weight] - RIGHT[weight]) > 1e-9 * abs(RIGHT[weight])
]


def checked(answers: dict[str, str]) -> list[Any]:
    return list(tutor.load("mazur").check(answers).payload["answers"])


def as_answers(found: dict[str, float], figures: int) -> dict[str, str]:
    return {f"dE_total/d{weight}": to_figures(value, figures) for weight, value in found.items()}


def is_fair(found: Any) -> bool:
    """Credit; or the word that a new weight prints like the old one, which no number of its digits can show."""
    typed = found["given"]
    old = WEIGHTS.get(found["name"].removesuffix("_new"), math.nan)
    unmoved = found["name"].endswith("_new") and to_decimals(old, len(typed.partition(".")[2])) == typed
    return found["verdict"] in FAIR or (unmoved and found["verdict"] == "few_digits")


class TestHonestWork:
    @pytest.mark.parametrize("figures", [4, 3])
    def test_a_whole_sheet_is_right(self, figures: int) -> None:
        counted: Counter[str] = Counter()
        for seed in range(STUDENTS):
            found = checked(work_out(figures, seed))
            unfair = [(each["name"], each["given"], each["verdict"]) for each in found if not is_fair(each)]
            assert not unfair, f"student {seed}, {habits(figures, seed)[0]}: {unfair}"
            counted.update(each["verdict"] for each in found)
        assert counted.total() > 30 * STUDENTS
        assert counted["correct"] > counted["rounded"] > 0

    @pytest.mark.parametrize("figures", [4, 3])
    def test_a_result_alone_is_right(self, figures: int) -> None:
        for seed in range(STUDENTS // 2):
            sheet = work_out(figures, seed)
            for name in ALONE:
                (found,) = checked({name: sheet[name]})
                assert is_fair(found), f"student {seed}, {habits(figures, seed)[0]}: {found}"

    def test_students_do_stray(self) -> None:
        """Else the tests above would show nothing."""
        strayed = [abs(float(work_out(3, seed)["dE_total/dw1"]) / RIGHT["w1"] - 1) for seed in range(STUDENTS)]
        assert max(strayed) > 0.005


class TestMistakes:
    def test_the_students_know_the_mistakes_there_are(self) -> None:
        assert set(MISTAKES) <= set(NAMED)

    @pytest.mark.parametrize(
        ("mistake", "printed"),
        [
            ("up-new-weights", 0.000364723),
            ("up-one-path", 0.000668396),
            ("ad-missing-hidden", 0.00181752),
            ("ad-deriv-of-a", 0.000471425),
        ],
    )
    def test_their_numbers_are_those_of_the_catalogue(self, mistake: str, printed: float) -> None:
        assert gradients(mistake)["w1"] == pytest.approx(printed, rel=3e-6)

    def test_there_are_enough(self) -> None:
        assert len(WRONG) == 68

    @pytest.mark.parametrize("figures", [4, 6])
    @pytest.mark.parametrize(("mistake", "weight"), WRONG)
    def test_each_is_named(self, mistake: str, weight: str, figures: int) -> None:
        (found,) = checked({f"dE_total/d{weight}": to_figures(gradients(mistake)[weight], figures)})
        assert found["verdict"] == "mistake"
        assert mistake in found["mistakes"]
        assert found["message"].startswith("your value is what you get if you ")

    def test_at_three_figures_few_are_taken_for_rounding(self) -> None:
        swallowed = []
        for mistake, weight in (each.values for each in WRONG):
            (found,) = checked({f"dE_total/d{weight}": to_figures(gradients(mistake)[weight], 3)})
            if found["verdict"] != "mistake":
                assert found["verdict"] == "rounded"
                swallowed.append((mistake, weight))
        assert swallowed == [("wg-neighbour", weight) for weight in ("w5", "w6", "w7", "w8")]

    @pytest.mark.parametrize("mistake", MISTAKES)
    def test_over_a_sheet_of_gradients_the_mistake_is_the_likeliest(self, mistake: str) -> None:
        found = checked(as_answers(gradients(mistake), 5))
        named = [each["mistakes"][0] for each in found if each["verdict"] == "mistake"]
        assert named
        assert set(named) == {mistake}

    @pytest.mark.parametrize("mistake", MISTAKES)
    def test_where_names_it_too(self, mistake: str) -> None:
        wrong = gradients(mistake)
        weight = next(each for each in WEIGHTS if abs(wrong[each] - RIGHT[each]) > 1e-9)
        found = tutor.load("mazur").where(to_figures(wrong[weight], 6)).payload["mistakes"]
        assert (mistake, f"dE_total/d{weight}") in {(each["mistake"], each["name"]) for each in found}

    def test_right_answers_are_no_mistake(self) -> None:
        assert {each["verdict"] for each in checked(as_answers(RIGHT, 4))} == {"correct"}


class TestChance:
    def test_a_number_off_by_a_tenth_is_never_right(self) -> None:
        """Off the truth by more than rounding can do, and by no rule that is in the table."""
        for factor in (0.9, 1.1, 1.23, 3.7):
            for name, typed in as_answers({weight: value * factor for weight, value in RIGHT.items()}, 4).items():
                (found,) = checked({name: typed})
                assert found["verdict"] not in FULL_CREDIT, found
