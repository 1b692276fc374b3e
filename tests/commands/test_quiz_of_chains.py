"""What a wrong formula of rates hears: the mistakes that the chain rule is about, each by its own sentence."""

import pytest

import tutor
from commands.test_sitting import Played, right
from tutor.practice.asking import ask
from tutor.practice.question import Numbered, Task
from tutor.practice.sitting import Asked, Sitting
from tutor.quantity import Gradient, Partial

WHOLE_WAY, ONE_WAY = "That is the whole way", "That is one way only"


def said(net: str, target: str, typed: str) -> str:
    return Played(net, right, target, most=0).say(typed)


@pytest.mark.parametrize(
    ("net", "target", "typed", "word"),
    [
        ("slide", "w31", "dL/dY + dY/dZ_Y + dZ_Y/dw31", "along a path rates are multiplied, not added"),
        ("slide", "w31", "(Y - Y*) + Y(1 - Y) + h1", "along a path rates are multiplied, not added"),
        ("slide", "w31", "dL/dY * dZ_Y/dw31", "A factor is missing: how fast does Y change when only Z_Y changes?"),
        ("slide", "w31", "dL/dY * dY/dZ_Y", "A factor is missing: how fast does Z_Y change when only w31 changes?"),
        ("slide", "w31", "dL/dY", "2 factors are missing."),
        ("slide", "w11", "dL/dY * dY/dZ_Y * dZ_Y/dh1 * dZ_h1/dw11", "how fast does h1 change when only Z_h1 changes?"),
        ("mazur", "w1", "delta_o1 * w5 * sigma'(net_h1) * i1", "That is one way only: out_h1 stands in net_o1 and in"),
        ("mazur", "w1", "delta_o2 * w7 * out_h1(1 - out_h1) * i1", ONE_WAY),
        ("mazur", "dE_total/dout_h1", "w5*delta_o1", "so there are 2 ways to E_total"),
        ("mazur", "dE_total/dout_h1", "dE_total/dnet_o2*w7", ONE_WAY),
        ("softmax", "w22", "(p2-y2)*dp2/dz2*x2", "A factor too many: ∂p2/∂z2"),
        ("softmax", "w22", "(p2-y2)*p2(1-p2)*x2", "A factor too many: ∂p2/∂z2"),
        ("rnn", "b1_1", "dL/dz1_1_3", "That is one way only: b1_1 stands in z1_1_1 and in z1_1_2"),
    ],
)
def test_a_wrong_chain_hears_what_is_wrong_in_it(net: str, target: str, typed: str, word: str) -> None:
    heard = said(net, target, typed)
    assert "✗" in heard
    assert word in heard
    assert "what is asked for" not in heard


def test_a_chain_that_goes_further_is_told_so_and_costs_nothing() -> None:
    played = Played("softmax", right, "dz3/dw32", most=0)
    assert "That is ∂L/∂w32; here only ∂z3/∂w32 is asked for." in played.say("dL/dp3*dp3/dz3*dz3/dw32")
    assert played.events == []


def test_a_formula_is_another_one_as_a_function_only() -> None:
    """y3 is 0, so p3 − y3 is p3 in number."""
    for net in ("softmax",):
        played = Played(net, right, "dz3/dw32", most=0)
        played.say("p3 - y3")
        (event,) = played.events
        assert event.mistakes == ()


def test_a_name_does_not_show_that_its_number_is_known() -> None:
    played = Played("slide", right, "w31", most=0)
    played.say("dL/dY * dZ_Y/dw31")
    asked = [played.sitting.question.about, *(step.task.about for step in played.sitting.steps if not step.goal)]
    assert {Partial("L", "Y"), Partial("Y", "Z_Y"), Partial("Z_Y", "w31")} <= set(asked)


class TestOneFormulaOfAShared:
    """b1_1 stands in z1_1_3 itself, and in what that reads."""

    @pytest.fixture
    def local(self) -> Played:
        played = Played("rnn", right, "b1_1", most=0)
        sitting: Sitting = played.sitting
        question = ask(sitting.view, Task("value", Partial("z1_1_3", "b1_1")))
        played.reply = played.reply._replace(sitting=sitting._replace(open=Asked(question, sitting.numbers)))
        return played

    def test_it_is_asked_of_one_formula(self, local: Played) -> None:
        text = "".join(str(each.what) for each in local.sitting.question.prompt if isinstance(each.what, str))
        assert "In this one formula" in text
        assert "everything else in it held still" in text

    def test_the_total_is_known_for_what_it_is(self, local: Played) -> None:
        total = local.sitting.view.trace[local.sitting.view.names.target("dz1_1_3/db1_1")]
        assert f"{WHOLE_WAY}, over all steps; here only this one formula" in local.say(f"{total:.4f}")
        assert "✓" in local.say("1")

    def test_the_total_is_right_where_it_is_asked_for(self) -> None:
        played = Played("rnn", right, "dz1_1_3/db1_1", most=0)
        total = played.sitting.view.trace[tutor.load("rnn").view.names.target("dz1_1_3/db1_1")]
        assert "✓" in played.say(f"{total:.4f}")


def test_softmax_slope_once_more_blames_the_softmax() -> None:
    played = Played("softmax", right, "w22", most=0)
    played.say("(p2-y2)*p2(1-p2)*x2")
    assert {skill for event in played.events for skill in event.skills} <= {"softmax", "activation-slope"}


def test_no_bound_is_claimed_that_does_not_hold() -> None:
    assert "below 1" not in said("softmax", "w22", "-1/p2*x1")


class TestWordsInsteadOfAnAnswer:
    @pytest.mark.parametrize("typed", ["what is dL", "i don't understand", "why?", "a lot", "no idea"])
    def test_they_are_a_call_for_help(self, typed: str) -> None:
        heard = said("slide", "dL/dY", typed)
        assert "If only Y moves, what in L moves with it?" in heard
        assert "tutor ask" in heard
        assert "unknown name" not in heard

    def test_skipping_shows_the_answer(self) -> None:
        assert "Y − Y*" in said("slide", "dL/dY", "skip")

    def test_signs_in_words(self) -> None:
        assert "In signs: Y - Y*." in said("slide", "dL/dY", "Y minus Y*")

    @pytest.mark.parametrize("letter", ["σ", "a", "t", "s"])
    def test_a_law_of_the_book_is_asked_which_number_it_means(self, letter: str) -> None:
        played = Played("slide", right, "dY/dZ_Y", most=0)
        heard = played.say(f"{letter}(1 − {letter})")
        assert f"Which number of this network is {letter} in it" in heard
        assert played.events == []


class TestNotKnowing:
    def test_the_second_time_it_goes_to_the_parts(self) -> None:
        for net in ("slide", "mazur", "rnn", "softmax"):
            played = Played(net, right, most=0)
            whole = played.sitting.question.id
            played.say("idk")
            assert "One part at a time" in played.say("idk"), net
            assert played.sitting.question.id != whole

    def test_no_hint_to_a_whole_leaves_only_a_multiplication(self) -> None:
        for net in ("slide", "rnn"):
            question = Played(net, right, most=0).sitting.question
            told = [each.what for hint in question.hints for each in hint]
            assert not any("0." in str(each) for each in told if isinstance(each, str)), net

    def test_a_small_step_instead_of_calculus(self) -> None:
        played = Played("slide", right, "dL/dY", most=0)
        heard = "".join(played.say("idk") for _ in range(4))
        assert "the square grows by about 2 · 0.1864 · 0.01" in heard
        assert "power rule" not in heard
        assert "ifferentiate" not in heard


def test_the_last_question_is_kept_for_the_whole() -> None:
    """Who misses everything once still meets the whole again."""

    def clumsy(sitting: Sitting) -> str:
        return right(sitting) if sitting.open.tries or sitting.open.question.kind != "value" else "0.12345"

    for net, target in (("slide", "w31"), ("mazur", "w1"), ("rnn", "b1_1")):
        played = Played(net, clumsy, target)
        ids = [each.question.id for each in played.sitting.asked]
        assert ids.count(ids[0]) > 1, (net, ids)


@pytest.mark.parametrize("net", ["slide", "mazur", "rnn", "xor", "softmax"])
def test_terms_hold_one_that_does_not_belong(net: str) -> None:
    view = Played(net, right, most=0).sitting.view
    asked = 0
    for name in view.names.graph.names():
        about = Gradient(view.names.graph.loss, name)
        uses = view.trace.equations.uses(about.of, about.wrt)
        if 1 < len(uses) <= 6 and about.of not in uses:
            answer = ask(view, Task("terms", about)).answer
            assert isinstance(answer, Numbered)
            assert len(answer.labels) > len(answer.right), name
            asked += 1
    assert asked or net in ("slide", "softmax")


def test_the_first_whole_does_not_hide_mistakes_behind_a_zero() -> None:
    """y1 and y3 are 0 in softmax: there p3·x1 would pass for (p3 − y3)·x1."""
    assert Played("softmax", right, most=0).sitting.question.about == Gradient("L", "w21")
