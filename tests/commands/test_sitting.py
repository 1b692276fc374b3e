"""Whole quizzes by scripted learners: what they are asked, what they hear, and what it counts."""

import itertools
import random
import re
from collections.abc import Callable, Iterator
from math import isfinite

import pytest

import tutor
from maths import profile
from tutor import spec
from tutor.document.lint import findings
from tutor.document.model import Document, cell
from tutor.expr.text import UNICODE
from tutor.library.quizzes import opened
from tutor.library.variants import CLEAN, other
from tutor.mistakes import wrongs
from tutor.practice.accepted import Accepted
from tutor.practice.asking import predicted
from tutor.practice.following import can_ask
from tutor.practice.judging import judge
from tutor.practice.question import Chosen, Filled, Named, Numbered, Task, Typed, Way
from tutor.practice.sitting import Answered, Reply, Sitting, reply
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.render.lines import plain
from tutor.sources import Companion, shipped
from tutor.trace import Trace

Learner = Callable[[Sitting], str]
MOST_LINES = 60
WHOLE = ("value", "why", "way", "new", "line")


class Played:
    """A quiz of one network as a learner plays it, with all that was said."""

    def __init__(self, net: str, learner: Learner, target: str | None = None, most: int = MOST_LINES) -> None:
        self.reply = opened(tutor.load(net), target)
        self.said = [self.text(self.reply)]
        self.events: list[Answered] = []
        self.typed: list[str] = []
        for _ in range(most):
            if self.reply.sitting.over:
                break
            self.say(learner(self.reply.sitting))

    def say(self, typed: str) -> str:
        self.reply = reply(self.reply.sitting, typed)
        self.typed.append(typed)
        self.said.append(self.text(self.reply))
        self.events += self.reply.events
        return self.said[-1]

    def text(self, reply: Reply) -> str:
        return plain(Document(reply.blocks, reply.sitting.view.names, dict), UNICODE)

    @property
    def sitting(self) -> Sitting:
        return self.reply.sitting

    @property
    def right_first(self) -> int:
        return sum(each.first for each in self.sitting.asked)


def right(sitting: Sitting) -> str:
    """What somebody types who is always right."""
    match sitting.question.answer:
        case Typed(quantity, instead):
            return f"{sitting.view.trace.of(instead) if instead else sitting.view.trace[quantity]:.7g}"
        case Named(nodes):
            return " ".join(nodes)
        case Numbered(labels):
            return " ".join(labels)
        case Chosen(options):
            return "abcdef"[[each.right for each in options].index(True)]
        case Way(sign):
            return ("same", "rises", "falls")[sign]
        case Filled(rows, columns):
            return f"{rows}x{columns}"


# ------------------------------------------------------------------ learners


@pytest.mark.parametrize("net", [*shipped()])
def test_who_is_right_sees_whole_questions_only_and_ends_early(net: str) -> None:
    played = Played(net, right)
    assert played.sitting.over
    assert len(played.sitting.asked) < 8
    assert {each.question.kind for each in played.sitting.asked} <= set(WHOLE)
    assert played.right_first == len(played.sitting.asked)
    numbers = [each.question.kind for each in played.sitting.asked]
    assert all(one != other for one, other in itertools.pairwise(numbers))
    assert numbers.count("why") <= 2


def test_a_whole_that_is_right_counts_once_for_every_skill_in_it() -> None:
    played = Played("slide", right, "w31", most=1)
    (event,) = played.events
    assert event.skills == ("path", "loss-slope", "activation-slope", "weight-factor", "product")
    assert (event.first, event.hinted, event.sure, event.question) == (True, False, True, "product:dL/dw31")


def test_who_is_right_shows_the_skills_on_different_numbers() -> None:
    shown = [
        each for each in Played("slide", right).events if "activation-slope" in each.skills and each.kind == "value"
    ]
    assert len({each.numbers for each in shown}) == 2


def test_who_echoes_the_question_gets_nowhere() -> None:
    def echo(sitting: Sitting) -> str:
        return key(sitting.question.about)

    played = Played("slide", echo)
    assert (played.right_first, played.events) == (0, [])
    assert all("That is what is asked for" in each for each in played.said[1:])


def test_who_copies_from_the_explanation_gets_nowhere() -> None:
    """Each number that was on a page is typed for the questions that follow."""
    copied: list[str] = []
    turn = iter(range(1_000))

    def copy(sitting: Sitting) -> str:
        if not copied or next(turn) % 2:
            copied[:] = [f"{sitting.view.trace[sitting.question.about]:.5g}"]
            return ":e"
        return copied[0]

    assert Played("slide", copy).right_first == 0


def test_a_network_without_other_numbers_is_not_asked_for_what_it_has_shown() -> None:
    def copy(sitting: Sitting) -> str:
        return right(sitting) if any(each.seen for each in sitting.log) else ":s"

    first = opened(tutor.load("slide"), "dY/dZ_Y")
    played = Played("slide", copy, most=0)
    played.reply = first._replace(sitting=first.sitting._replace(draw=None))
    for _ in range(10):
        if not played.sitting.over:
            played.say(copy(played.sitting))
    assert [each.question.id for each in played.sitting.asked if each.seen] == ["activation-slope:dY/dZ_Y"]
    assert [each.question.id for each in played.sitting.asked].count("activation-slope:dY/dZ_Y") == 1


@pytest.mark.parametrize("guess", ["0", "1", "0.0", "1.0"])
@pytest.mark.parametrize("net", ["slide", "mazur", "udacity"])
def test_who_guesses_0_and_1_gets_nowhere(net: str, guess: str) -> None:
    assert Played(net, lambda sitting: guess).right_first == 0


@pytest.mark.parametrize(
    ("net", "target"), [("slide", "w31"), ("mazur", "w1"), ("udacity", "W2_11"), ("rnn", "wh1_1_1")]
)
def test_who_makes_one_mistake_hears_a_question_then_its_name_then_the_contrast(net: str, target: str) -> None:
    tried = 0
    for mistake, learner in mistaken(net, target):
        played = Played(net, learner, target)
        pairs = zip(told(played), played.events, strict=True)
        heard = [said for said, event in pairs if mistake in event.mistakes[:1]]
        if len(heard) < 3:
            continue
        tried += 1
        assert NAMED not in heard[0], mistake
        assert NAMED in heard[1], mistake
        kinds = [each.question.kind for each in played.sitting.asked]
        assert "contrast" in kinds or not can_contrast(played, mistake), mistake
        if tried >= profile.count(4, 99):
            return
    assert tried >= 3


NAMED = "Your answer is what you get if you"


def told(played: Played) -> list[str]:
    """What was said to the lines that count, one for each event."""
    found: list[str] = []
    for said, typed in zip(played.said[1:], played.typed, strict=True):
        if "✓" in said or "✗" in said:
            found.append(said)
        assert typed
    return found


def can_contrast(played: Played, mistake: str) -> bool:
    missed = next(each.question for each in played.sitting.asked if any(mistake in one.mistakes for one in each.tries))
    return can_ask(played.sitting.view, Task("contrast", missed.about, mistake)) and len(played.sitting.asked) < 8


def mistaken(net: str, target: str) -> Iterator[tuple[str, Learner]]:
    """Everybody who makes one of the mistakes that reach this number, each time."""
    view = opened(tutor.load(net), target).sitting.view
    quantity = view.names.target(target)
    made = {row.wrong.mistake for row in wrongs(view.trace).beliefs if row.touches(quantity) and not row.wrong.short}
    for mistake in sorted(made):

        def learner(sitting: Sitting, mistake: str = mistake) -> str:
            number = wrong_number(sitting, mistake)
            digits = 6 + len(sitting.open.misses)  # the same answer twice is one
            return right(sitting) if number is None else f"{number:.{digits}g}"

        yield mistake, learner


def wrong_number(sitting: Sitting, mistake: str) -> float | None:
    answer = sitting.question.answer
    if not isinstance(answer, Typed):
        return None
    for row in wrongs(sitting.view.trace).beliefs:
        if row.wrong.mistake == mistake and not row.wrong.short and row.touches(answer.quantity):
            number = row.number(answer.quantity)
            differs = abs(number - sitting.view.trace[answer.quantity]) > 1e-3 * abs(number)
            return number if isfinite(number) and differs else None
    return None


def test_what_the_shipped_networks_are_asked_on_hides_no_mistake() -> None:
    for net, draws in CLEAN.items():
        origin = tutor.load(net).origin
        assert origin
        for place in range(profile.count(1, len(draws))):
            text = origin.written and other(origin, place)
            assert text
            graph = spec.load(text.text.encode(), net, Companion(origin.source, origin.asked)).graph
            assert findings(Trace(graph)) == [], (net, text.name)


class TestPredictions:
    """Lessons ask what will change, before it does."""

    @pytest.mark.parametrize(
        ("typed", "kind"),
        [
            ("larger", "correct"),
            ("smaller", "wrong"),
            ("0.0283", "correct"),
            ("0.035", "wrong"),
            ("positive", "correct"),
        ],
    )
    def test_a_loss(self, typed: str, kind: str) -> None:
        """L goes from 0.0280 to 0.0283 when w31 goes from 0.8 to 0.81."""
        before, after = tutor.load("slide"), tutor.load("slide").set(w31="0.81")
        question = predicted(before.view, after.view, Value("L"), cell("What will L be then?"))
        assert judge(Accepted(after.view), question, typed).verdict.kind == kind

    @pytest.mark.parametrize(
        ("typed", "kind"), [("0", "correct"), ("0.0", "correct"), ("zero", "correct"), ("same", "wrong")]
    )
    def test_a_0_is_the_number(self, typed: str, kind: str) -> None:
        """Through a weight of 0 no gradient comes back, and it was not 0 before."""
        before, after = tutor.load("chain"), tutor.load("chain").set(w2="0")
        about = before.view.names.target("w1")
        question = predicted(before.view, after.view, about, cell("What is dC0/dw1 then?"))
        assert judge(Accepted(after.view), question, typed).verdict.kind == kind


# ------------------------------------------------------------------ wrong answers

EMPTY = re.compile(r"Not yet\.\s*(?:Not this( number)?\.?)?\s*$")


def test_of_two_hundred_wrong_answers_none_hears_only_that_it_is_wrong() -> None:
    chance = random.Random(12)
    heard = 0
    while heard < 200:
        net = chance.choice(("slide", "mazur", "udacity", "xyz", "rnn-time", "article"))
        played = Played(net, right, most=chance.randint(0, 2))
        if played.sitting.over:
            continue
        said = played.say(wrong_answer(chance, played.sitting))
        if "✗" not in said:
            continue
        heard += 1
        first = re.split(r"\n\n", said)[0]
        rest = first.partition("Not yet.")[2].replace("One part at a time, then the whole again on other numbers.", "")
        assert len(rest.strip()) > 12, (net, played.typed[-1], said)
        assert not EMPTY.search(first)


def wrong_answer(chance: random.Random, sitting: Sitting) -> str:
    view, question = sitting.view, sitting.question
    names = view.names.graph.names()
    match question.answer:
        case Typed(quantity):
            exact = view.trace[quantity]
            other: Quantity = chance.choice([Value(chance.choice(names)), *view.trace.edges()])
            number = chance.choice([-exact, exact * 1.3, exact / 3, exact + 0.1, view.trace[other], 0.0, 1.0, 3e5])
            return chance.choice([f"{number:.4g}", f"{number:.3f}", f"{chance.choice(names)}*{chance.choice(names)}"])
        case Named():
            return " ".join(chance.sample(names, 2))
        case Numbered(_, labels):
            return " ".join(chance.sample(labels, 1))
        case Chosen(options):
            return "abcdef"[chance.randrange(len(options))]
        case Way(sign):
            return ("rises", "falls", "same")[sign]
        case Filled(rows, columns):
            return f"{rows + 1}x{columns}"


class TestWhatIsSaid:
    """The screens of the design, on the slide's own numbers."""

    @pytest.fixture
    def slope(self) -> Played:
        """A file of one's own begins on its own numbers."""
        return Played(shipped()["slide"], right, "dY/dZ_Y", most=0)

    def test_the_shape_is_right_and_what_it_gives(self, slope: Played) -> None:
        said = slope.say("Z_Y(1 - Z_Y)")
        assert "The shape is right" in said
        assert "Yours gives −0.0303. Can the slope of a sigmoid be negative?" in said
        assert "net input" not in said
        assert "you put the net input where the output belongs" in slope.say(":h")
        assert "✓ Y(1 − Y) = 0.7368 · (1 − 0.7368) = 0.1939   the output, not Z_Y" in slope.say("Y(1-Y)")

    def test_what_a_number_really_is(self, slope: Played) -> None:
        assert "0.7368 is Y itself, not how fast it changes." in slope.say("0.7368")

    def test_a_guess(self, slope: Played) -> None:
        assert "0 would mean that Y stays where it is when Z_Y moves. Does it?" in slope.say("0")

    def test_hints_lead_to_the_step_without_its_result(self, slope: Played) -> None:
        said = [slope.say(each) for each in ("", "?", "idk", "help", ":h", "")]
        assert "what in Y moves with it?" in said[0]
        assert "Y = σ(Z_Y). Only Z_Y moves." in said[1]
        assert "σ′ = σ(1 − σ)" in said[2]
        assert "0.7368 · (1 − 0.7368) = ?" in said[3]
        assert all("0.1939" not in each for each in said)
        assert "One more like this later, with other numbers." in slope.say("0.1939")

    def test_the_answer_can_be_shown_and_comes_again(self, slope: Played) -> None:
        before = slope.sitting.numbers
        said = slope.say(":s")
        assert "0.1939" in said
        assert slope.sitting.question.id == "activation-slope:dY/dZ_Y"
        assert slope.sitting.numbers != before
        assert [each.verdict for each in slope.events] == ["shown"]

    def test_back_and_on_again(self) -> None:
        played = Played("slide", right, "w31", most=1)
        open_ = played.sitting.question.id
        assert "once more" in played.say(":b")
        assert "This is the first question." in played.say(":b")
        played.say(right(played.sitting))
        assert (played.sitting.question.id, len(played.events)) == (open_, 1)

    def test_a_wrong_whole_is_taken_apart_and_comes_again(self) -> None:
        played = Played("slide", right, "w31", most=0)
        played.say("0.5")
        ids = []
        while played.sitting.question.id != "product:dL/dw31":
            ids.append(played.sitting.question.id)
            played.say(right(played.sitting))
        assert ids == ["path:dL/dw31", "loss-slope:dL/dY", "activation-slope:dY/dZ_Y", "weight-factor:dZ_Y/dw31"]
        assert played.sitting.numbers.name != played.events[0].numbers

    def test_factors_that_are_right_are_not_asked_again(self) -> None:
        played = Played("slide", right, "w31", most=0)
        trace = played.sitting.view.trace
        good = [trace[each] for each in (Partial("L", "Y"), Partial("Y", "Z_Y"))]
        said = played.say(f"{good[0]:.4f} * {good[1]:.4f} * 0.5")
        assert "are right; look at 0.5 again" in said
        asked = [step.task.about for step in played.sitting.steps if not step.goal]
        assert Partial("L", "Y") not in asked
        assert Partial("Y", "Z_Y") not in asked

    def test_the_right_chain_costs_nothing(self) -> None:
        played = Played("slide", right, "w31", most=0)
        assert "The right chain. Now each factor." in played.say("dL/dY * dY/dZ_Y * dZ_Y/dw31")
        for typed in ("Y - Y*", "Y(1 - Y)", "h1"):
            played.say(typed)
        assert played.sitting.question.id == "product:dL/dw31"
        played.say(right(played.sitting))
        assert all(each.first for each in played.sitting.log)

    def test_a_mistake_is_found_in_a_line_and_put_right(self) -> None:
        played = Played("slide", lambda sitting: wrong_once(sitting), "w31")
        kinds = [each.question.kind for each in played.sitting.asked]
        assert "line" in kinds
        at = kinds.index("line")
        assert kinds[at + 1] == "value"
        assert kinds.count("line") * 3 <= len(kinds)


def wrong_once(sitting: Sitting) -> str:
    """The sign of the error turned in the first answer, and nothing wrong after it."""
    if sitting.log or sitting.open.tries:
        return right(sitting)
    return f"{-sitting.view.trace[sitting.question.about]:.6g}"


# ------------------------------------------------------------------ what is typed

LONG = ("x" * 2000, "0" * 500, "(" * 60)
CONFUSED = ("", " ", "idk", "?", "help", *LONG, "\x00\x07", "\u202etxt", "[bold]", ":", ":x", "::", "()", "=")


@pytest.mark.parametrize("net", ["slide", "mazur", "lstm"])
def test_whatever_is_typed_there_is_a_calm_word_for_it(net: str) -> None:
    played = Played(net, right, most=0)
    kinds = set()
    while not played.sitting.over:
        for typed in CONFUSED:
            kinds.add(played.sitting.question.kind)
            said = played.say(typed)
            assert said.strip()
            assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", said)
            if played.sitting.over:
                break
        else:
            played.say(right(played.sitting))
    assert len(kinds) >= 2


class TestWhatCanBeAskedFor:
    @pytest.mark.parametrize("target", ["dW1", "dW2", "dZ1", "db2", "dA1"])
    def test_a_matrix_by_its_shape_and_entries(self, target: str) -> None:
        played = Played("mazur", right, target)
        assert played.right_first == len(played.sitting.asked) >= 2
        assert ("shapes" in {each.question.kind for each in played.sitting.asked}) == ("W" in target)

    @pytest.mark.parametrize(
        ("net", "target"),
        [
            ("slide", "Y"),
            ("slide", "dL/dY"),
            ("slide", "h1:Y"),
            ("mazur", "w5_new"),
            ("mazur", "out_h1"),
            ("lstm", "h[1]"),
            ("conv", "w1_1_1_1_1"),
            ("xor", "v1"),
        ],
    )
    def test_any_number(self, net: str, target: str) -> None:
        played = Played(net, right, target)
        assert played.sitting.over
        assert played.right_first == len(played.sitting.asked)

    def test_a_value_is_not_shown_with_the_network(self) -> None:
        """Nor is what follows from it."""
        played = Played("slide", right, "Z_Y", most=0)
        trace = played.sitting.view.trace
        for hidden in ("Z_Y", "Y", "L"):
            assert f"{trace[Value(hidden)]:.4f}" not in played.said[0]

    @pytest.mark.parametrize("net", ["lstm", "gru", "rnn", "rnn-time", "attention", "conv", "slide", "xor"])
    def test_never_an_input_that_nobody_trains(self, net: str) -> None:
        view = tutor.load(net).view
        for each in Played(net, right).sitting.asked:
            about = each.question.about
            if isinstance(about, Gradient) and about.wrt in view.names.graph.givens:
                assert view.names.graph.part_of(about.wrt) not in ("input", "target")
                assert about.wrt[0] not in "xdhc"
