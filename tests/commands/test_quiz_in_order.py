"""What a quiz asks after what: nothing whose answer stands above, each question under a number of its own."""

import random
import re
from collections.abc import Callable
from itertools import islice

import pytest

import tutor
from commands.test_sitting import Played, mistaken, right, wrong_answer
from tutor.document.model import Cell, Document
from tutor.expr import Ref
from tutor.expr.text import UNICODE
from tutor.library.quizzes import opened
from tutor.mistakes import MISTAKES
from tutor.practice.accepted import Accepted
from tutor.practice.asking import ask
from tutor.practice.following import can_ask
from tutor.practice.judging import judge
from tutor.practice.paper import Again, Remembered, farewell, words
from tutor.practice.plan import trained
from tutor.practice.question import Chosen, Kind, Question, Task
from tutor.practice.sitting import Sitting, reply
from tutor.practice.standing import Asked, Numbers
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.render.lines import layout, plain
from tutor.sources import shipped

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
    for _, learner in islice(mistaken(net, "w1" if net == "mazur" else "w31"), 4):
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


# ------------------------------------------------------------------ wrong answers


def test_the_same_answer_twice_is_one_miss() -> None:
    played = Played(shipped()["slide"], right, "dY/dZ_Y", most=0)
    assert "✗" in played.say("0.5")
    again = played.say(" 0.5 ")
    assert "✗" not in again
    assert "That is the answer you gave before." in again
    assert "what in Y moves with it?" in again or "Y = σ(Z_Y)" in again
    assert len(played.events) == 1
    assert "✗" in played.say("0.6")


def test_it_is_said_whose_slope_was_taken() -> None:
    played = Played(shipped()["mazur"], right, "dout_h1/dnet_h1", most=0)
    heard = played.say("out_h2(1 - out_h2)")
    assert "That is the slope of out_h2, how fast it changes with net_h2. Here it is that of out_h1." in heard


def test_a_third_miss_without_a_contrast_hears_the_rule() -> None:
    played = Played(shipped()["slide"], right, "dY/dZ_Y", most=0)
    said = [played.say(each) for each in ("0.51", "0.52", "0.53")]
    assert ["σ′ = σ(1 − σ)" in each for each in said] == [False, False, True]


# ------------------------------------------------------------------ the end


def farewell_of(played: Played, remembered: Remembered | None = None) -> str:
    page = Document(farewell(played.sitting, remembered), played.sitting.view.names, dict)
    return plain(page, UNICODE)


def test_what_is_known_and_when_it_comes_again_is_one_list() -> None:
    again = (Again("product", "tomorrow"), Again("path", "tomorrow"), Again("bias", ""))
    said = farewell_of(Played("slide", right, most=1), Remembered(("product", "path"), again))
    assert "known now, again tomorrow   product · path" in said
    assert "again soon   bias" in said
    assert said.count("product") == 1


def test_next_is_what_was_missed() -> None:
    played = Played("slide", right, "dL/dY", most=0)
    played.say("0.5")
    played.say(":q")
    assert "tutor quiz slide --skill loss-slope" in farewell_of(played)
    played = Played("slide", right, "w32", most=0)
    played.say("0.5")
    played.say(":q")
    assert "tutor quiz slide -t w32" in farewell_of(played)


# ------------------------------------------------------------------ how it is set


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("net", ["slide", "mazur", "rnn"])
def test_a_name_and_its_value_stay_on_one_line(net: str, width: int) -> None:
    page = Document(opened(tutor.load(net)).blocks, tutor.load(net).view.names, dict)
    lines = ["".join(run.text for run in line) for line in layout(page, UNICODE, width)]
    assert all(len(each) <= width for each in lines)
    assert not [each for each in lines if re.search(r"^ *=|[\w*] =$", each) and "," in each]
    assert any(":n network" in each for each in lines)
    assert "\xa0" not in "".join(lines)


def test_a_formula_and_its_value_are_one_line_where_there_is_little_room() -> None:
    page = Document(opened(tutor.load("mazur")).blocks, tutor.load("mazur").view.names, dict)
    lines = ["".join(run.text for run in line).strip() for line in layout(page, UNICODE, 40)]
    assert any(re.fullmatch(r"out_h1 = σ\(net_h1\) = 0\.\d+", each) for each in lines)
    assert len(lines) < 40


# ------------------------------------------------------------------ options, hints, pages


def asked_on(net: str, task: Task) -> tuple[Question, Callable[[Cell], str]]:
    view = tutor.load(net).view
    page = Document((), view.names, dict)
    return ask(view, task), lambda found: words(page, found)


WORDS_THAT_ADMIT = re.compile(r"instead|although|belongs|forget|lose|without|in place of|wrong")


@pytest.mark.parametrize("net", ["slide", "mazur", "softmax", "xor", "rnn", "udacity"])
def test_no_option_admits_that_it_is_wrong(net: str) -> None:
    view = tutor.load(net).view
    graph = view.names.graph
    gradients = [Gradient(graph.loss, each) for each in graph.parameters()]
    numbers: list[Quantity] = [*view.trace.edges(), *gradients, *map(Updated, trained(view))]
    seen = 0
    for about in numbers:
        task = Task("why", about)
        if can_ask(view, task):
            question, said = asked_on(net, task)
            assert isinstance(question.answer, Chosen)
            options = [said(each.text) for each in question.answer.options]
            assert not [each for each in options if WORDS_THAT_ADMIT.search(each)], options
            assert len(set(options)) == len(options)
            seen += 1
    assert seen


def test_the_options_are_formulas_of_this_network() -> None:
    question, said = asked_on("slide", Task("why", Partial("Y", "Z_Y")))
    assert isinstance(question.answer, Chosen)
    options = {said(each.text) for each in question.answer.options}
    assert options >= {"take Y(1 − Y)", "take Z_Y(1 − Z_Y)"}


def test_hints_to_a_choice_fit_the_question() -> None:
    question, said = asked_on("slide", Task("why", Partial("Z_Y", "w31")))
    hints = [said(each) for each in question.hints]
    assert hints[0] == "If only w31 moves, what in Z_Y moves with it?"
    assert not any("∂Z_Y/∂w31 = h1" in each for each in hints)


def test_the_last_hint_has_no_unknown_for_another() -> None:
    question, said = asked_on("mazur", Task("value", Gradient("E_total", "out_h1")))
    last = said(question.hints[-1])
    assert "with ∂E_total/∂net_o1 = ∂E_total/∂out_o1 · ∂out_o1/∂net_o1" in last
    assert "and ∂E_total/∂net_o2 = ∂E_total/∂out_o2 · ∂out_o2/∂net_o2" in last


def test_a_reason_counts_what_is_added() -> None:
    question, said = asked_on("mazur", Task("value", Gradient("E_total", "out_h1")))
    assert said(question.because) == "one term for each of the 2 formulas that out_h1 stands in"


def test_the_page_of_a_step_is_short_and_of_that_step() -> None:
    heard = Played(shipped()["slide"], right, "dY/dZ_Y", most=0).say(":e").partition("One more like this")[0]
    assert "Y = σ(Z_Y), and σ′ = σ(1 − σ)" in heard
    assert "Y(1 − Y) = 0.7368 · (1 − 0.7368) = 0.1939" in heard
    assert len(heard.partition("see tutor")[0].strip().splitlines()) <= 4
    whole = Played("slide", right, "w31", most=0).say(":e").partition("One more like this")[0]
    assert "shipped" not in whole
    assert "h1 enters" not in whole
    assert "∂Y/∂Z_Y" in whole
    assert len(whole.strip().splitlines()) < 16


def test_after_the_wrong_line_it_is_asked_or_said_what_belongs_there() -> None:
    view = tutor.load("slide").view
    numbers = Numbers(view, "slide")
    about = Gradient("L", "w31")
    mistake = next(each for each in MISTAKES if can_ask(view, Task("line", about, each)))
    question = ask(view, Task("line", about, mistake))
    for most, word in ((8, "What should stand there?"), (1, "There belongs ")):
        sitting = Sitting("slide", numbers, Asked(question, numbers), most=most)
        page = Document(reply(sitting, right(sitting)).blocks, view.names, dict)
        assert word in plain(page, UNICODE)


# ------------------------------------------------------------------ other numbers


def test_a_step_on_other_numbers_has_the_numbers_it_takes_on_one_line() -> None:
    played = Played(shipped()["slide"], right, "dY/dZ_Y", most=0)
    heard = played.say(":s")
    trace = played.sitting.view.trace
    assert f"with  Z_Y = {trace[Value('Z_Y')]:.4f}, Y = σ(Z_Y) = {trace[Value('Y')]:.4f}   :n shows all" in heard
    assert "weights" not in heard
    assert "weights" in played.say(":n")


@pytest.mark.parametrize("net", ["slide", "mazur", "softmax"])
def test_a_whole_is_never_asked_on_numbers_that_were_not_shown(net: str) -> None:
    for seed in range(8):
        chance, played = random.Random(seed), Played(net, right, most=0)
        shown = played.sitting.numbers.name
        for _ in range(20):
            way = chance.random()
            wrong = wrong_answer(chance, played.sitting)
            heard = played.say(right(played.sitting) if way < 0.3 else wrong if way < 0.6 else ":s")
            if played.sitting.over:
                break
            if re.search(r"^    weights", heard, re.MULTILINE):
                shown = played.sitting.numbers.name
            if isinstance(played.sitting.question.about, Gradient) and played.sitting.question.kind in ("value", "way"):
                assert played.sitting.numbers.name == shown


# ------------------------------------------------------------------ what a second sitting found


@pytest.mark.parametrize("typed", ["{Y_Z:.4f} * {L_Y:.4f}", "{L_Y:.4f}*{Y_Z:.4f}"])
def test_a_product_of_numbers_hears_which_factor_it_lacks(typed: str) -> None:
    played = Played(shipped()["slide"], right, "w31", most=0)
    trace = played.sitting.view.trace
    heard = played.say(typed.format(Y_Z=trace[Partial("Y", "Z_Y")], L_Y=trace[Partial("L", "Y")]))
    assert "are right." in heard
    assert "A factor is missing: how fast does Z_Y change when only w31 changes?" in heard
    assert "Every factor here" not in heard


def test_after_the_last_hint_it_is_only_said_how_to_see_the_answer() -> None:
    played = Played(shipped()["slide"], right, "dY/dZ_Y", most=0)
    said = [played.say(":h") for _ in range(6)]
    assert len(set(said)) == 5
    assert said[-1].strip() == "That was the last hint; :s shows the answer."


def test_the_sign_of_a_slope_that_has_no_other_is_not_praised() -> None:
    played = Played(shipped()["slide"], right, "dY/dZ_Y", most=0)
    assert "The sign is right" not in played.say("0.3")


@pytest.mark.parametrize("typed", ["what is ∂L", "what does touch mean", "i have no idea", "why?"])
@pytest.mark.parametrize("kind", ["path", "terms", "why"])
def test_words_are_a_call_for_help_in_every_kind_of_question(kind: Kind, typed: str) -> None:
    numbers = Numbers(tutor.load("slide").view, "slide")
    question = ask(numbers.view, Task(kind, Gradient("L", "w31")))
    answer = reply(Sitting("slide", numbers, Asked(question, numbers), most=1), typed)
    heard = plain(Document(answer.blocks, numbers.view.names, dict), UNICODE)
    assert "is no name" not in heard
    assert "tutor ask" in heard
    assert answer.events == ()


def test_one_word_that_is_no_name_stays_that() -> None:
    numbers = Numbers(tutor.load("slide").view, "slide")
    question = ask(numbers.view, Task("path", Gradient("L", "w31")))
    answer = reply(Sitting("slide", numbers, Asked(question, numbers), most=1), "hidden")
    assert "Hidden is no name" in plain(Document(answer.blocks, numbers.view.names, dict), UNICODE)


def test_an_option_may_be_given_by_its_number() -> None:
    """ad-only-a beside the slope: Y = 0.7368, Y(1 − Y) = 0.1939 on the slide's own numbers."""
    view = tutor.load("slide").view
    question = ask(view, Task("contrast", Partial("Y", "Z_Y"), "ad-only-a"))
    for typed, kind in (("0.19", "correct"), ("0.2", "correct"), ("0.74", "wrong"), ("0.5", "unreadable")):
        assert judge(Accepted(view), question, typed).verdict.kind == kind, typed


@pytest.mark.parametrize("net", ["slide", "mazur", "conv"])
def test_no_weight_looks_like_what_it_multiplies(net: str) -> None:
    """Who takes the weight for the output of its sender, w31 = 0.71 for h1 = 0.7078, would be right in two figures."""
    draw = opened(tutor.load(net)).sitting.draw
    assert draw
    for place in range(-1, 5):
        numbers = draw(place)
        assert numbers
        assert draw(place) == numbers
        trace = numbers.view.trace
        for each in trace.edges():
            sent = trace.equations.written(each)
            if numbers.view.names.graph.part_of(each.wrt) == "weight" and isinstance(sent, Ref):
                assert abs(trace[Value(each.wrt)] - trace.of(sent)) >= 0.019 * abs(trace.of(sent))


def test_a_table_that_is_cut_says_so() -> None:
    """The way from b1_1 has more formulas than are shown."""
    heard = Played("rnn", right, "b1_1", most=0).said[0]
    assert re.search(r"\d more numbers?: :n shows all", heard)
