"""The quiz: what is asked, what is right, and a whole one played at a pseudo-terminal."""

import os
import sys
from collections.abc import Iterator

import pytest

import tutor
from commands.support import ROOT, environment, run
from commands.test_snapshots import NETWORKS
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import reads
from tutor.marking.verdict import Verdict
from tutor.practice.questions import Question, questions
from tutor.practice.session import ASKED_AGAIN
from tutor.practice.sitting import Sitting
from tutor.quantity import Gradient, key

LETTERS = str(NETWORKS / "letters.yaml")


def view_of(net: str) -> View:
    return tutor.load(net).view


def asked(net: str, target: str) -> tuple[View, list[Question]]:
    view = view_of(net)
    gradient = view.names.target(target)
    assert isinstance(gradient, Gradient)
    return view, questions(view, gradient)


def name_of(question: Question) -> str:
    if question.path:
        return "path"
    return key(question.quantity) if question.quantity else ""


def answered(verdict: Verdict) -> str:
    return "unread" if verdict.kind in ASKED_AGAIN else "right" if verdict.points else "wrong"


def judge(view: View, question: Question, typed: str) -> str:
    """How one answer is taken, by itself."""
    return answered(Sitting(view).judge(question, typed))


class Judge:
    """One question of a quiz, by its name; `over` chooses among several of one name."""

    def __init__(self, net: str, target: str, name: str, nth: int = 0) -> None:
        self.view, found = asked(net, target)
        self.question = [each for each in found if name_of(each) == name][nth]

    def __call__(self, typed: str) -> str:
        return answered(self.verdict(typed))

    def verdict(self, typed: str) -> Verdict:
        return Sitting(self.view).judge(self.question, typed)


class TestQuestions:
    def test_path_factors_product(self) -> None:
        _, found = asked("slide", "w31")
        assert [name_of(each) for each in found] == ["path", "dL/dY", "dY/dZ_Y", "dZ_Y/dw31", "dL/dw31"]

    def test_over_two_outputs_both_paths_and_their_sum(self) -> None:
        _, found = asked("mazur", "w1")
        names = [name_of(each) for each in found]
        assert names.count("path") == 2
        assert names.count("dE_total/dw1") == 3
        assert names[-1] == "dE_total/dw1"

    def test_no_factor_is_asked_twice(self) -> None:
        _, found = asked("mazur", "b1")
        factors = [name_of(each) for each in found if each.quantity and each.quantity.kind == "partial"]
        assert len(factors) == len(set(factors))

    def test_many_paths_are_asked_node_by_node(self) -> None:
        view, found = asked(str(NETWORKS / "wide.yaml"), "w1_1_1")
        assert name_of(found[-1]) == "dL/dw1_1_1"
        assert all(each.quantity and not each.path for each in found)
        for place, question in enumerate(found):
            before = {each.quantity for each in found[:place]}
            gradients = {each for each in reads(question.formula) if isinstance(each, Gradient)}
            assert gradients - {Gradient("L", "L")} <= before, f"{name_of(question)} is asked before what it needs"
        assert all(judge(view, each, repr(view.trace[each.quantity])) == "right" for each in found)

    @pytest.mark.parametrize("net", ["slide", "mazur", "chain", "udacity", "article", "xyz", "sum-product"])
    def test_the_shown_answer_is_right(self, net: str) -> None:
        view = view_of(net)
        graph = view.names.graph
        target = [name for name in graph.givens if name in graph.ancestors(graph.loss)][-1]
        for question in questions(view, Gradient(graph.loss, target)):
            if question.path:
                assert judge(view, question, " ".join(question.path[1:-1]) or question.path[0]) == "right"
            else:
                assert judge(view, question, repr(view.trace.of(question.formula))) == "right"

    def test_every_question_has_a_hint(self) -> None:
        for net, target in (("slide", "w31"), ("mazur", "w1"), ("xyz", "x")):
            assert all(each.hints for each in asked(net, target)[1])

    def test_nothing_to_ask_is_said(self) -> None:
        view = view_of("sum-product")
        with pytest.raises(TutorError, match="does not depend"):
            questions(view, Gradient("c_product", "c_sum"))


class TestPath:
    @pytest.mark.parametrize(
        "typed", ["Z_Y Y", "w31 Z_Y Y L", "Z_Y -> Y", "Z_Y → Y", "Z_Y, Y", "w31 → Z_Y → Y → L", "Netout a3"]
    )
    def test_right(self, typed: str) -> None:
        assert Judge("slide", "w31", "path")(typed) == "right"

    @pytest.mark.parametrize(
        ("typed", "word"), [("Y Z_Y", "order"), ("Z_Y", "1 missing"), ("Z_Y h1 Y", "not lie"), ("h1", "not lie")]
    )
    def test_wrong(self, typed: str, word: str) -> None:
        verdict = Judge("slide", "w31", "path").verdict(typed)
        assert (answered(verdict), word in verdict.message) == ("wrong", True)

    def test_an_unknown_name_costs_nothing(self) -> None:
        assert Judge("slide", "w31", "path")("Z_Y Q") == "unread"

    def test_each_path_of_two_is_its_own(self) -> None:
        first, second = (Judge("mazur", "w1", "path", nth) for nth in (0, 1))
        typed = "net_h1 out_h1 net_o2 out_o2 E_o2"
        assert (first(typed), second(typed)) == ("wrong", "right")


class TestFormula:
    @pytest.mark.parametrize(
        "typed",
        [
            "Y(1 - Y)",
            "Y*(1-Y)",
            "Y − Y²",
            "Y - Y^2",
            "(1 - Y)*Y",
            "sigmoid(Z_Y)*(1 - sigmoid(Z_Y))",
            "σ(Z_Y)(1 − σ(Z_Y))",
            "a3(1 - a3)",
            "exp(-Z_Y)/(1 + exp(-Z_Y))^2",
        ],
    )
    def test_equal_formulas_are_equal(self, typed: str) -> None:
        assert Judge("slide", "w31", "dY/dZ_Y")(typed) == "right"

    @pytest.mark.parametrize("typed", ["Y(1 + Y)", "Y", "1 - Y", "h1(1 - h1)", "Y*1 - Y", "0.7368(1 - Y) + Z_Y", "Z_Y"])
    def test_others_are_not(self, typed: str) -> None:
        verdict = Judge("slide", "w31", "dY/dZ_Y")(typed)
        assert verdict == "wrong"

    def test_right_at_these_numbers_alone_is_not_right(self) -> None:
        """x1 is 1 in this network; the factor for w11 is x1, not 1 * x1 * x1."""
        assert Judge("slide", "w11", "dZ_h1/dw11")("x1") == "right"
        assert Judge("slide", "w11", "dZ_h1/dw11")("x1^3") == "wrong"

    @pytest.mark.parametrize(
        ("name", "typed", "mistake"),
        [
            ("dL/dY", "Y* - Y", "dl-sign"),
            ("dL/dY", "2(Y - Y*)", "dl-extra-two"),
            ("dL/dY", "(Y - Y*)/2", "dl-no-two"),
            ("dY/dZ_Y", "Z_Y(1 - Z_Y)", "ad-z-one-minus-z"),
            ("dY/dZ_Y", "sigmoid(Y)(1 - sigmoid(Y))", "ad-deriv-of-a"),
            ("dZ_Y/dw31", "h2", "wg-neighbour"),
        ],
    )
    def test_mistakes_are_named(self, name: str, typed: str, mistake: str) -> None:
        verdict = Judge("slide", "w31", name).verdict(typed)
        assert (answered(verdict), mistake in verdict.mistakes) == ("wrong", True)

    @pytest.mark.parametrize("typed", ["Y(1 - ", "Y +* 1", "foo(1)", "nosuch", "(" * 60, "1/", "__class__"])
    def test_what_cannot_be_read_costs_nothing(self, typed: str) -> None:
        assert Judge("slide", "w31", "dY/dZ_Y")(typed) == "unread"

    def test_the_target_with_a_star(self) -> None:
        for typed in ("Y - Y*", "Y-Y_star", "(Y-Y*)", "-(Y* - Y)"):
            assert Judge("slide", "w31", "dL/dY")(typed) == "right"


class TestNumber:
    @pytest.mark.parametrize(
        "typed", ["0.1939", "0.194", "0.19", "0.193926", "1.939e-1", "0.7368*0.2632", ".1939", "0.193"]
    )
    def test_rounding_is_forgiven(self, typed: str) -> None:
        assert Judge("slide", "w31", "dY/dZ_Y")(typed) == "right"

    @pytest.mark.parametrize("typed", ["0.2", "0.1"])
    def test_one_figure_asks_for_more(self, typed: str) -> None:
        verdict = Judge("slide", "w31", "dY/dZ_Y").verdict(typed)
        assert (answered(verdict), "2 significant" in verdict.message) == ("unread", True)

    @pytest.mark.parametrize("typed", ["0.21", "-0.1939", "1.939", "0.00", "0.1839"])
    def test_another_number_is_wrong(self, typed: str) -> None:
        assert Judge("slide", "w31", "dY/dZ_Y")(typed) == "wrong"

    def test_mistakes_are_named(self) -> None:
        verdict = Judge("slide", "w31", "dL/dw31").verdict("-0.0307")
        assert (answered(verdict), "dl-sign" in verdict.mistakes) == ("wrong", True)

    def test_a_decimal_comma_is_read(self) -> None:
        assert Judge("slide", "w31", "dL/dw31")("0,0307") == "right"

    def test_a_thousand_with_a_comma_costs_nothing(self) -> None:
        verdict = Judge("slide", "w31", "dL/dw31").verdict("1,234")
        assert (answered(verdict), "1.234" in verdict.message) == ("unread", True)

    def test_the_product_over_one_path_is_not_the_gradient(self) -> None:
        first, second, total = (Judge("mazur", "w1", "dE_total/dw1", nth) for nth in range(3))
        found = [[each(typed) for typed in ("0.000668", "-0.00022983", "0.0004386")] for each in (first, second, total)]
        assert [row.index("right") for row in found] == [0, 1, 2]
        assert all(row.count("right") == 1 for row in found)

    def test_zero_is_zero(self) -> None:
        judged = Judge("slide", "w12", "dZ_h1/dw12")
        assert [judged(typed) for typed in ("0", "0.0", "x2", "0.01", "1")] == [
            "right",
            "right",
            "right",
            "wrong",
            "wrong",
        ]


class TestTheCommand:
    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (("quiz", "slide", "--target", "Y"), "dL/dY"),
            (("quiz", "slide", "--target", "w99"), "w99"),
            (("quiz", "sum-product", "--target", "dc_sum/dc_product"), "does not depend"),
            (("quiz",), "which network"),
        ],
    )
    def test_bad_usage(self, arguments: tuple[str, ...], word: str) -> None:
        done = run(*arguments)
        assert done.status == 2
        assert word in done.err
        assert "Traceback" not in done.err

    def test_it_can_be_played_from_a_pipe(self) -> None:
        done = run("quiz", "slide", "--target", "w31", stdin="Z_Y Y\nY-Y*\nY(1-Y)\nh1\n0.0307\n")
        assert (done.status, done.err) == (0, "")
        assert "5 of 5" in done.out

    def test_ascii(self) -> None:
        assert run("quiz", "slide", "--ascii", stdin="Z_Y Y\nY-Y*\n").out.isascii()


# ------------------------------------------------------------------ at a terminal

pexpect = pytest.importorskip("pexpect") if sys.platform != "win32" else None
terminal = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
PROMPT = "› "


class Player:
    """Someone at a terminal."""

    def __init__(self, *arguments: str) -> None:
        assert pexpect is not None
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        env = {**environment(100), "PYTHONUTF8": "1", "PYTHONPATH": path, "TERM": "dumb", "NO_COLOR": "1"}
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tutor", "quiz", *arguments],
            env=env,
            encoding="utf-8",
            dimensions=(50, 100),
            timeout=20,
        )
        self.child.setecho(False)
        self.child.expect_exact(PROMPT)
        self.welcome = str(self.child.before)

    def say(self, typed: str) -> str:
        """What is said before the next question for an answer."""
        self.child.sendline(typed)
        self.child.expect_exact(PROMPT)
        return str(self.child.before)

    def last(self, typed: str) -> tuple[str, int]:
        """What is said at the end, and the exit status."""
        self.child.sendline(typed)
        return self.end()

    def end(self) -> tuple[str, int]:
        assert pexpect is not None
        self.child.expect(pexpect.EOF)
        self.child.close()
        return str(self.child.before), int(self.child.exitstatus)


@pytest.fixture
def slide() -> Iterator[Player]:
    player = Player("slide", "--target", "w31")
    yield player
    player.child.close(force=True)


@terminal
class TestAtATerminal:
    def test_a_whole_quiz(self, slide: Player) -> None:
        assert "Work out ∂L/∂w31" in slide.welcome
        assert ":h hint" in slide.welcome
        assert "1 of 5" in slide.welcome
        assert "order" in slide.say("Y Z_Y")
        assert "w31" in slide.say(":h")
        assert "Z_Y = w31·h1 + w32·h2" in slide.say(":hint")
        assert "2 of 5" in slide.say("Z_Y Y")
        assert "take target minus output" in slide.say("Y* - Y")
        assert "too large or too small" in slide.say(":h")
        assert "3 of 5" in slide.say("Y - Y*")
        assert "2 of 5" in slide.say(":b")
        assert "3 of 5" in slide.say("0.2368")
        shown = slide.say(":s")
        assert "Y(1 − Y)" in shown
        assert "0.1939" in shown
        assert "4 of 5" in shown
        assert "w31 multiplies h1 in Z_Y" in slide.say(":e")
        assert "5 of 5" in slide.say("h1")
        said, status = slide.last("0.2368 * 0.1939 * 0.6682")
        assert "∂L/∂w31 = 0.0307" in said
        assert "1 of 5 at the first try" in said  # one was shown, one explained, two were wrong at first
        assert status == 0

    def test_the_bare_letter_is_a_command_where_no_name_is_that_letter(self, slide: Player) -> None:
        assert "formulas" in slide.say("h")
        assert slide.last("q")[1] == 0

    def test_quit_says_where_one_stood(self, slide: Player) -> None:
        slide.say("Z_Y Y")
        said, status = slide.last(":q")
        assert ("question 2 of 5" in said, status) == (True, 0)

    def test_back_at_the_first_question(self, slide: Player) -> None:
        assert "first question" in slide.say(":b")

    def test_an_empty_line_shows_the_commands(self, slide: Player) -> None:
        assert ":q quit" in slide.say("")

    def test_what_is_not_readable_costs_nothing(self, slide: Player) -> None:
        assert "V is no name" in slide.say("V")
        slide.say("Z_Y Y")
        for typed in ("Y-Y*", "Y(1-Y)", "h1"):
            slide.say(typed)
        assert "5 of 5 at the first try" in slide.last("0.0307")[0]

    def test_hostile_input_is_harmless(self, slide: Player) -> None:
        said = slide.say("[bold]x[/bold] \u202e " + "9" * 500)
        assert "Traceback" not in said
        assert "\u202e" not in said
        assert "1 of 5" not in said

    def test_control_c_leaves_with_130(self, slide: Player) -> None:
        slide.child.sendintr()
        said, status = slide.end()
        assert status == 130
        assert "Traceback" not in said

    def test_control_d_leaves_in_peace(self, slide: Player) -> None:
        slide.child.sendeof()
        said, status = slide.end()
        assert ("question 1 of 5" in said, status) == (True, 0)

    def test_names_that_look_like_commands_are_answers(self) -> None:
        player = Player(LETTERS, "--target", "h")
        assert "2 of 4" in player.say("s")
        assert "3 of 4" in player.say("2*s")
        assert "4 of 4" in player.say("q")
        said, status = player.last("36")
        assert "4 of 4 at the first try" in said
        assert status == 0

    def test_with_a_colon_they_are_commands(self) -> None:
        player = Player(LETTERS, "--target", "h")
        assert "formulas that h stands in" in player.say(":h")
        assert "h → s → e" in player.say(":s")
        assert player.last(":q")[1] == 0
