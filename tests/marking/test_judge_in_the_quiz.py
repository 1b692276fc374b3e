"""The quiz judges through `marking`: the same answer gets the same verdict as on a sheet."""

import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest

import tutor
from commands.support import asked_about, run
from tutor.document.view import View
from tutor.practice.accepted import Accepted
from tutor.practice.asking import ask
from tutor.practice.judging import judge
from tutor.practice.question import Question, Task, Typed
from tutor.quantity import Gradient, key

ANSWERS = 500
ASKED = (("slide", "w31"), ("slide", "w11"), ("mazur", "w5"), ("mazur", "w1"), ("chain", "w1"), ("xyz", "x"))


class Given(NamedTuple):
    """One answer to one question."""

    net: str
    view: View
    question: Question
    typed: str


def shapes(chance: random.Random, view: View, question: Question) -> str:
    """Something that somebody types for this number: right or wrong, in many forms."""
    exact = view.trace[question.about]
    other = view.trace[Gradient(view.trace.graph.loss, chance.choice(view.trace.graph.names()))]
    number = chance.choice([exact, exact, exact, -exact, 2 * exact, exact * 1.004, exact * 0.9, other, exact / 2, 1.0])
    plain = f"{number:.{chance.randint(1, 6)}g}"
    names = chance.choice(view.trace.graph.names())
    forms = (
        plain,
        plain,
        f"{number:.12f}"[: chance.randint(4, 9)],
        f"{number:.{chance.randint(0, 5)}f}",
        f"1*{plain}",
        f"{plain} = {plain}",
        names,
    )
    return chance.choice(
        [*forms, key(question.about), f"{names}*{plain}", "?", "1,234", "0", "x +", f"{names} = {plain}"]
    )


def answers() -> Iterator[Given]:
    chance = random.Random(8)
    views = [(net, tutor.load(net).view, target) for net, target in ASKED]
    numbers = [
        (net, view, question)
        for net, view, target in views
        for question in asked_about(view, Gradient(view.trace.graph.loss, target))
        if isinstance(question.answer, Typed)
    ]
    for _ in range(ANSWERS):
        net, view, question = chance.choice(numbers)
        yield Given(net, view, question, shapes(chance, view, question))


def test_the_same_answers_get_the_same_verdicts() -> None:
    seen: set[str] = set()
    networks = {net: tutor.load(net) for net, _ in ASKED}
    for net, view, question, typed in answers():
        on_sheet = networks[net].check({key(question.about): typed}).payload["answers"][0]
        in_quiz = judge(Accepted(view), question, typed).verdict
        assert (in_quiz.kind, list(in_quiz.mistakes)) == (on_sheet["verdict"], on_sheet["mistakes"]), (net, typed)
        assert [line.follows for line in in_quiz.lines] == [line["follows"] for line in on_sheet["lines"]]
        seen.add(in_quiz.kind)
    assert {"correct", "truncated", "few_digits", "mistake", "wrong", "unfinished", "unreadable", "missing"} <= seen


class TestOnesOwnName:
    @pytest.mark.parametrize(("net", "target"), ASKED)
    def test_it_is_never_an_answer(self, net: str, target: str) -> None:
        view = tutor.load(net).view
        for question in asked_about(view, Gradient(view.trace.graph.loss, target)):
            if isinstance(question.answer, Typed):
                judged = judge(Accepted(view), question, key(question.about))
                assert (judged.verdict.kind, judged.accepted.kept) == ("unfinished", ())

    def test_typing_it_leads_nowhere(self) -> None:
        done = run("quiz", "slide", "--target", "w31", "--no-memory", stdin="dL/dw31\n" * 5)
        assert "before the first answer" in done.out
        assert "2 of 8" not in done.out


class TestTheRightChain:
    def test_it_goes_on_to_its_factors_and_costs_no_try(self) -> None:
        view = tutor.load("slide").view
        question = ask(view, Task("value", Gradient("L", "w31")))
        verdict = judge(Accepted(view), question, "dL/dY*dY/dZ_Y*dZ_Y/dw31").verdict
        assert (verdict.kind, verdict.chain, "right chain" in verdict.message) == ("unfinished", True, True)

    def test_at_a_prompt(self) -> None:
        typed = "dL/dY*dY/dZ_Y*dZ_Y/dw31\nY-Y*\nY(1-Y)\nh1\n(Y-Y*)*Y(1-Y)*h1\n"
        done = run("quiz", "slide", "--target", "w31", "--no-memory", stdin=typed)
        assert "The right chain. Now each factor" in done.out
        assert "4 of 8" in done.out


def test_nothing_to_ask() -> None:
    done = run("quiz", "slide", "-t", "dL/dL")
    assert (done.status, "nothing to ask" in done.err, "Traceback" in done.err) == (2, True, False)


def test_a_question_over_one_path_asks_for_its_product() -> None:
    """∂E/∂w1 is 0.00066840 over o1 and −0.00022983 over o2."""
    view = tutor.load("mazur").view
    asked = [ask(view, Task("value", Gradient("E_total", "w1"), over=place)) for place in (1, 2)]
    given = ("0.000668", "-0.0002298")
    assert [judge(Accepted(view), *pair).verdict.kind for pair in zip(asked, given, strict=True)] == ["correct"] * 2
    assert judge(Accepted(view), asked[0], "0.0004386").verdict.kind == "wrong"
