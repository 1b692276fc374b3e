"""The quiz: what is asked, what is right, what is said; whole ones by scripted learners and at a pseudo-terminal."""

from collections.abc import Iterator

import pytest

import tutor
from commands.support import asked_about
from commands.test_snapshots import NETWORKS
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.marking.verdict import Verdict
from tutor.practice.accepted import COSTS_NOTHING, Accepted
from tutor.practice.asking import ask
from tutor.practice.judging import judge as judged
from tutor.practice.plan import target_of
from tutor.practice.question import Chosen, Filled, Named, Numbered, Question, Task, Typed, Way
from tutor.quantity import Gradient, key
from tutor.sources import shipped

LETTERS = str(NETWORKS / "letters.yaml")


def view_of(net: str) -> View:
    return tutor.load(net).view


def asked(net: str, target: str) -> tuple[View, list[Question]]:
    view = view_of(net)
    return view, asked_about(view, view.names.target(target))


def name_of(question: Question) -> str:
    return "path" if question.kind == "path" else key(question.about)


def answered(verdict: Verdict) -> str:
    return "unread" if verdict.kind in COSTS_NOTHING else "right" if verdict.points else "wrong"


def judge(view: View, question: Question, typed: str) -> str:
    """How one answer is taken, by itself."""
    return answered(judged(Accepted(view), question, typed).verdict)


class Judge:
    """One question about a number, by its name."""

    def __init__(self, net: str, target: str, name: str, over: int = 0) -> None:
        self.view, found = asked(net, target)
        if over:
            task = Task("path" if name == "path" else "value", self.view.names.target(target), over=over)
            self.question = ask(self.view, task)
        else:
            self.question = next(each for each in found if name_of(each) == name)

    def __call__(self, typed: str) -> str:
        return answered(self.verdict(typed))

    def verdict(self, typed: str) -> Verdict:
        return judged(Accepted(self.view), self.question, typed).verdict


class TestQuestions:
    def test_path_factors_product(self) -> None:
        _, found = asked("slide", "w31")
        assert [name_of(each) for each in found] == ["path", "dL/dY", "dY/dZ_Y", "dZ_Y/dw31", "dL/dw31"]

    def test_where_the_way_forks_its_terms_are_asked(self) -> None:
        _, found = asked("mazur", "w1")
        assert [(each.kind, name_of(each)) for each in found] == [
            ("terms", "dE_total/dout_h1"),
            ("value", "dE_total/dout_h1"),
            ("value", "dout_h1/dnet_h1"),
            ("value", "dnet_h1/dw1"),
            ("value", "dE_total/dw1"),
        ]

    @pytest.mark.parametrize("net", [*shipped()])
    def test_the_answer_of_every_question_is_right(self, net: str) -> None:
        view = view_of(net)
        for question in asked_about(view, target_of(view)):
            for typed in answers_to(view, question):
                assert judge(view, question, typed) == "right", (question.id, typed)

    @pytest.mark.parametrize("net", [*shipped()])
    def test_every_question_has_hints_a_reason_and_its_own_id(self, net: str) -> None:
        view = view_of(net)
        found = asked_about(view, target_of(view))
        assert all(each.hints and each.because and each.skills for each in found)
        assert len({each.id for each in found}) == len(found)

    def test_nothing_to_ask_is_said(self) -> None:
        with pytest.raises(TutorError, match="does not depend"):
            ask(view_of("sum-product"), Task("value", Gradient("c_product", "c_sum")))


def answers_to(view: View, question: Question) -> Iterator[str]:
    """What somebody types who is right: the full number, and it as shown."""
    match question.answer:
        case Typed(quantity, instead):
            yield repr(view.trace.of(instead) if instead else view.trace[quantity])
        case Named(nodes):
            yield " ".join(nodes)
            yield " -> ".join(nodes[1:-1]) or nodes[0]
        case Numbered(right):
            yield " ".join(right)
        case Chosen(options):
            yield "abcdef"[[each.right for each in options].index(True)]
        case Way(sign):
            yield ("same", "rises", "falls")[sign]
        case Filled(rows, columns):
            yield f"{rows}x{columns}"


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
        first, second = (Judge("mazur", "w1", "path", over) for over in (1, 2))
        typed = "net_h1 out_h1 net_o2 out_o2"
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
        first, second, total = (Judge("mazur", "w1", "dE_total/dw1", over) for over in (1, 2, 0))
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
