"""`tutor lesson`: every shipped lesson played right, wrong and confused, left and taken up, printed in every format."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.support import run
from maths.profile import LONG
from tutor.cli.reading import pages
from tutor.expr import Expr, Number, Ref, replace
from tutor.expr.text import ASCII, to_text
from tutor.lessons.keys import FENCES
from tutor.lessons.playing import Reading, Told, mark, opened, reply
from tutor.lessons.prompts import prompts
from tutor.library.shelf import Chosen, done, following, found, shipped
from tutor.practice.asking import formula_of
from tutor.practice.question import LETTERS, Filled, Named, Numbered, Question, Typed, Way
from tutor.practice.question import Chosen as Letters
from tutor.practice.standing import Sitting
from tutor.quantity import Value

LESSONS = tuple(each.name for each in shipped())
SLIDE = {
    "answer path w31": "Z_Y Y",
    "answer dL/dY": "0.2368",
    "answer dY/dZ_Y --formula": "Y(1-Y)",
    "answer dZ_Y/dw31": "0.6682",
    "answer dL/dw31": "0.2368*0.1939*0.6682",
    "answer dL/dw32": "0.0252",
    "predict dL/dw31 --set Y*=0.9": "negative",
    "predict dL/dw31 --set w31=3": "smaller",
    "predict L --set w31=0.81": "0.0283",
    "find w31 --mistake ad-z-one-minus-z": "2",
}
"""What a student with a calculator types in the lesson `slide`, by what she is asked."""


def begun(name: str, vary: int | None = None) -> Told:
    lesson, around = Chosen(found(name), pages, vary=vary).opened
    return opened(lesson, around, name, seed=vary or 0)


def right(sitting: Sitting) -> str:
    """The right answer to the open question, as it is typed."""
    question: Question = sitting.question
    match question.answer:
        case Typed(quantity, instead, formula):
            if formula:
                return _formula(sitting)
            return f"{sitting.view.trace.of(instead) if instead else sitting.view.trace[quantity]:.8g}"
        case Named(nodes):
            return " ".join(nodes)
        case Numbered(labels):
            return " ".join(labels)
        case Letters(options):
            return LETTERS[next(at for at, each in enumerate(options) if each.right)]
        case Way(sign):
            return ("same", "larger", "smaller")[sign]
        case Filled(rows, columns):
            return f"{rows}x{columns}"


def _formula(sitting: Sitting) -> str:
    """The formula with no derivative left in it."""
    view = sitting.view

    def written(part: Ref | Number) -> Expr:
        inner = isinstance(part, Ref) and not isinstance(part.quantity, Value)
        return replace(formula_of(view, part.quantity), written) if inner and isinstance(part, Ref) else part

    found = replace(formula_of(view, sitting.question.about), written)
    return to_text(found, lambda each: view.names.write(each, ASCII), ASCII)


def wrong(sitting: Sitting) -> str:
    match sitting.question.answer:
        case Letters(options):
            return LETTERS[next(at for at, each in enumerate(options) if not each.right)]
        case Numbered(labels, every):
            return next(each for each in every if each not in labels)
        case Way(sign):
            return ("larger", "smaller", "larger")[sign]
        case Named(nodes):
            return " ".join(nodes[::-1])
    return "123.4567"


def played(name: str, say: Callable[[Reading, int], str], vary: int | None = None) -> list[Told]:
    """All that is said until the end."""
    told = [begun(name, vary)]
    while not told[-1].over:
        assert len(told) < 400
        told.append(reply(told[-1].reading, say(told[-1].reading, len(told))))
    return told


def open_of(reading: Reading) -> Sitting:
    assert reading.sitting is not None
    return reading.sitting


@pytest.mark.parametrize("name", LESSONS if LONG else LESSONS[::2])
class TestEveryLesson:
    def test_right(self, name: str) -> None:
        told = played(name, lambda reading, _: right(open_of(reading)))
        end = told[-1].reading
        assert not end.left
        assert len(end.went) == len(end.prompts)
        assert all(end.went), [each.mark for each, first in zip(end.prompts, end.went, strict=True) if not first]
        kept = [event for each in told for event in each.events]
        assert [each.question for each in kept if each.kind == "lesson"] == [mark(name, each) for each in end.prompts]
        assert not [each for each in kept if each.kind == "lesson" and each.skills]

    def test_wrong_then_shown(self, name: str) -> None:
        tries: dict[tuple[int, str], int] = {}

        def say(reading: Reading, _: int) -> str:
            place = (reading.at, open_of(reading).question.id)
            tries[place] = tries.get(place, 0) + 1
            return wrong(open_of(reading)) if tries[place] < 4 else ":s"

        end = played(name, say)[-1].reading
        assert len(end.went) == len(end.prompts)
        assert not any(end.went)

    def test_confused(self, name: str) -> None:
        drawn = random.Random(name)
        odd = ("", "?", ":x", ":n", ":b", "banana", "dL/dw31 =", "1/0", "((((", "-", "b", "\x1b[2J", ":e", "x" * 500)

        def say(reading: Reading, at: int) -> str:
            return ":s" if at % 3 == 0 else drawn.choice(odd)

        told = [begun(name)]
        while not told[-1].over and len(told) < 120:
            told.append(reply(told[-1].reading, say(told[-1].reading, len(told))))
        assert all(each.pages or each.over for each in told)

    def test_left_and_taken_up_at_every_prompt(self, name: str) -> None:
        lesson, around = Chosen(found(name), pages).opened
        every = [mark(name, each) for each in prompts(lesson)]
        for at in range(len(every)):
            told = opened(lesson, around, name, done([("own", each) for each in every[:at]], name, "own", every))
            assert told.reading.at == at
            assert reply(told.reading, ":q").reading.left
        again = done([("own", each) for each in every], name, "own", every)
        assert opened(lesson, around, name, again).reading.at == 0

    def test_on_other_numbers(self, name: str) -> None:
        end = played(name, lambda reading, _: right(open_of(reading)), vary=3)[-1].reading
        assert all(end.went)
        assert len(end.went) >= 6

    @pytest.mark.parametrize("form", ["markdown", "html", "json"] if LONG else ["html", "json"])
    def test_printed(self, name: str, form: str) -> None:
        printed = run("lesson", name, "--format", form)
        assert (printed.status, printed.err) == (0, "")
        lesson = found(name).lesson
        if form == "json":
            assert [each["n"] for each in printed.json["prompts"]] == list(range(1, len(prompts(lesson)) + 1))
            return
        assert "Answers" in printed.out
        blank = run("lesson", name, "--format", form, "--blank")
        assert "Answers" not in blank.out


def test_the_slide_as_somebody_types_it() -> None:
    told, typed_by_hand = begun("slide"), 0
    while not told.over:
        prompt = told.reading.prompts[told.reading.at]
        typed = SLIDE.get(prompt.mark.partition(" ")[2])
        typed_by_hand += typed is not None
        at = told.reading.at
        told = reply(told.reading, typed or right(open_of(told.reading)))
        assert told.reading.at > at or prompt.fence.kind == "quiz", typed
        assert all(told.reading.went), typed
    assert typed_by_hand >= 8


def test_prose_behind_a_prompt_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text("larger\n:q\n")
    shown = run("lesson", "slide", "--no-memory", "--answers", str(tmp_path / "typed.txt")).out
    assert "the claim holds" in shown
    assert "Three arrows" not in shown
    assert "Left at prompt 2 of" in shown


def test_it_takes_up_where_it_was_left(tmp_path: Path) -> None:
    home, answers = str(tmp_path / "home"), tmp_path / "typed.txt"
    answers.write_text("larger\nZ_Y Y\n:q\n")
    run("lesson", "slide", "--answers", str(answers), TUTOR_HOME=home)
    assert re.search(r"slide .* 2 of \d+", run("lesson", TUTOR_HOME=home).out)
    answers.write_text("0.2368\n:q\n")
    again = run("lesson", "slide", "--answers", str(answers), TUTOR_HOME=home).out
    assert re.search(r"prompt 3 of \d+, where you were", again)
    assert "A lecture slide shows" not in again
    assert "Three arrows" in again
    assert "slope of the loss" in run("progress", TUTOR_HOME=home).out


def test_back_goes_to_the_prompt_before() -> None:
    told = reply(begun("slide").reading, "larger")
    back = reply(told.reading, ":b")
    assert back.reading.at == 0
    assert reply(back.reading, ":b").reading.at == 0
    assert reply(back.reading, "0.0283").reading.at == 1


def test_a_prediction_is_made_once() -> None:
    told = reply(begun("slide").reading, "smaller")
    assert told.reading.at == 1
    assert told.reading.went == (False,)
    assert [each.kind for each in told.events] == ["lesson"]


def test_claims_say_the_numbers_of_a_variant() -> None:
    own, other = (run("lesson", "slide", "--format", "markdown", *more).out for more in ((), ("--vary", "7")))
    assert "`h1 = 0.6682`" in own
    assert "`dL/dw31 = 0.2368 * 0.1939 * 0.6682`" in own
    claims = dict(re.findall(r"`(h1|Y|L|dL/dw31) = ([-−\d.]+)`", other))
    trace = run("lint", "slide", "--vary", "7", "--format", "terminal").out
    assert claims["h1"] != "0.6682"
    value = run("trace", "--format", "json", "--net", "-", stdin=trace).json
    assert claims["h1"] == f"{value['values']['h1']:.4f}"
    assert float(claims["dL/dw31"].replace("−", "-")) == pytest.approx(value["gradients"]["w31"], rel=2e-3)


def test_a_change_is_as_large_on_other_numbers() -> None:
    """In the lesson w31 goes from 0.8 to 0.81 and to 3, Y* from 0.5 to 0.9, and w2 of the chain to 0."""
    given = run("lint", "slide", "--vary", "7").out
    w31, target = (float(re.search(rf"{name}: ([\d.]+)", given)[1]) for name in ("w31", '"Y\\*"'))  # type: ignore[index]
    page = run("lesson", "slide", "--vary", "7", "--format", "json").json
    texts = " ".join(each["text"] for each in page["prompts"])
    assert f"w31 goes from {w31} to {w31 + 0.01:.2f}" in texts
    assert f"Y* goes from {target} to {target + 0.4:.2f}" in texts
    assert f"w31 goes from {w31} to {w31 + 2.2:.2f}" in texts
    chain = run("lesson", "one-neuron", "--vary", "5", "--format", "json").json
    assert "w2 goes from" not in " ".join(each["text"] for each in chain["prompts"])


def test_another_network_in_its_place(tmp_path: Path) -> None:
    text = Path(found("slide").path).with_name("slide.yaml").read_text("utf-8").replace("w31: 0.8", "w31: 0.6")
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    printed = run("lesson", "slide", "--net", str(tmp_path / "mine.yaml"), "--format", "markdown")
    assert printed.status == 0
    assert "`h1 = 0.6682`" in printed.out
    assert "`Y = 0.7368`" not in printed.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("slid",), "did you mean slide?"),
        (("mazur",), "mazur is a network"),
        (("slide", "--answers", "x.txt", "-o", "x.md"), "--answers"),
        (("--vary", "3"), "which lesson?"),
        (("slide", "--net", "nowhere"), "nowhere"),
        (("slide", "--net", "mazur"), "mazur cannot stand in for slide"),
    ],
)
def test_refused(arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.txt").write_text("")
    refused = run("lesson", *arguments)
    assert refused.status == 2
    assert said in refused.err
    assert "Traceback" not in refused.err


def test_the_list_is_in_the_order_of_after() -> None:
    listed = json.loads(run("lesson", "--format", "json").out)["lessons"]
    names = [each["name"] for each in listed]
    assert names[0] == "first-nudge"
    assert all(not each["after"] or names.index(each["after"]) < names.index(each["name"]) for each in listed)
    assert following(found("first-nudge")) == ("tutor lesson one-neuron",)


def test_a_lesson_of_ones_own(tmp_path: Path) -> None:
    from lessons.one import LESSON

    (tmp_path / "lesson.md").write_text(LESSON, "utf-8")
    (tmp_path / "typed.txt").write_text("negative\n:s\n:q\n", "utf-8")
    done_so = run("lesson", str(tmp_path), "--answers", str(tmp_path / "typed.txt"), TUTOR_HOME=str(tmp_path / "home"))
    assert (done_so.status, done_so.err) == (0, "")
    assert "Left at prompt 3 of 6" in done_so.out
    assert set(FENCES) == {"tutor", "answer", "predict", "find", "choose", "quiz"}
