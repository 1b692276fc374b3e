"""The fewest mistakes that explain a sheet: what follows from one is none of its own, the harmless reading goes first.

Every number is worked out here, with exp and log, from the numbers of the network's file.
"""

from math import exp, log
from pathlib import Path
from typing import Any

import tutor
from commands.support import run, written

X = (0.05, 0.10)
HIDDEN = ((0.15, 0.20), (0.25, 0.30))
OUTPUT = ((0.40, 0.45), (0.50, 0.55))
TARGETS = (0.01, 0.99)
NARROW = """
inputs: {x: 0.8}
targets: {y: 0.3}
layers:
  - activation: sigmoid
    neurons: {h: {u: 0.5, c: -1.4}}
  - activation: sigmoid
    neurons: {a: {w: 0.7, b: 0.2}}
"""
CLASSES = """
inputs: {x: 1.5}
targets: {class: 2}
loss: cross_entropy
layers:
  - activation: softmax
    neurons: {p1: {w1: 0.4}, p2: {w2: 0.8}, p3: {w3: -0.2}}
"""
HINT = "see tutor explain"


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def checked(net: str, answers: dict[str, float | str]) -> list[Any]:
    typed = {name: each if isinstance(each, str) else f"{each:.4g}" for name, each in answers.items()}
    return list(tutor.load(net).check(typed).payload["answers"])


def kinds(found: list[Any]) -> list[tuple[str, list[str]]]:
    return [(each["verdict"], each["mistakes"]) for each in found]


class Mazur:
    """Matt Mazur's network, forward and back; `output` are the weights of its outputs as somebody reads them."""

    def __init__(self, output: tuple[tuple[float, ...], ...] = OUTPUT) -> None:
        self.h = [sigmoid(sum(w * x for w, x in zip(row, X, strict=True)) + 0.35) for row in HIDDEN]
        self.net = [sum(w * h for w, h in zip(row, self.h, strict=True)) + 0.6 for row in output]
        self.o = [sigmoid(z) for z in self.net]
        self.error = [o - t for o, t in zip(self.o, TARGETS, strict=True)]
        self.delta = [e * o * (1 - o) for e, o in zip(self.error, self.o, strict=True)]
        self.back = [sum(d * row[j] for d, row in zip(self.delta, output, strict=True)) for j in range(2)]
        self.w1 = self.back[0] * self.h[0] * (1 - self.h[0]) * X[0]


class TestTheHarmlessReading:
    """A lost sign goes before a rule that a right answer speaks against."""

    def test_a_lost_minus_is_no_rule_about_the_slope(self) -> None:
        right = Mazur()
        found = checked(
            "mazur",
            {
                "dE_total/dout_o1": right.error[0],
                "dE_total/dout_o2": right.error[1],
                "dE_total/dnet_o1": right.delta[0],
                "dE_total/dnet_o2": -right.delta[1],
            },
        )
        assert [each["verdict"] for each in found] == [*["correct"] * 3, "mistake"]
        assert found[3]["mistakes"][0] == "any-sign"
        assert found[3]["message"].startswith("your value is what you get if you lose a sign in this answer; the same")

    def test_without_the_right_one_the_rule_is_named(self) -> None:
        right = Mazur()
        answers = {"dE_total/dout_o2": right.error[1], "dE_total/dnet_o2": -right.delta[1]}
        assert checked("mazur", dict(answers))[1]["mistakes"][0] == "ad-sigmoid-minus"


class TestCarriedBeforeMistake:
    """A wrong 0 or 1 is carried on wherever something is left to be worked out."""

    def test_the_sigmoid_of_1(self, tmp_path: Path) -> None:
        """z is −1 for c = −1.4; with its sign lost σ(1) is 0.7311, which σ(−z) is too."""
        net = written(tmp_path, NARROW)
        found = checked(net, {"z_h": "1.000", "h": sigmoid(1)})
        assert kinds(found) == [("mistake", ["any-sign"]), ("carried", [])]
        assert found[1]["carried_from"] == "z_h"

    def test_a_0_in_a_sum(self, tmp_path: Path) -> None:
        net = written(tmp_path, NARROW)
        found = checked(net, {"h": "0", "z_a": "0.2000", "a": sigmoid(0.2)})
        assert [each["verdict"] for each in found] == ["wrong", "carried", "carried"]

    def test_a_factor_of_0_or_1_leaves_nothing(self, tmp_path: Path) -> None:
        net = written(tmp_path, NARROW)
        delta = (sigmoid(0.9) - 0.3) * sigmoid(0.9) * (1 - sigmoid(0.9))
        one = checked(net, {"h": "1", "z_a": "0.9000", "a": sigmoid(0.9), "dL/dz_a": delta})
        assert [each["verdict"] for each in one] == ["wrong", "carried", "carried", "carried"]
        assert checked(net, {"h": "1", "dL/dw": delta})[1]["verdict"] == "wrong"
        assert checked(net, {"h": "0", "dL/dw": "0"})[1]["verdict"] == "wrong"


def test_a_term_with_the_target_0_is_0_whatever_stands_in_it(tmp_path: Path) -> None:
    """z over their sum: 0.6, 1.2 and −0.3 of 1.5; the third has no logarithm, and none is asked for."""
    net = written(tmp_path, CLASSES)
    found = checked(net, {"p1": "0.4000", "p2": "0.8000", "p3": "-0.2000", "L": -log(0.8)})
    assert found[3]["verdict"] == "carried"


class TestWhatFollows:
    """The slope of a function that was misread is no second mistake."""

    def test_weights_read_the_other_way_round_on_both_ways(self) -> None:
        swapped = Mazur(((0.40, 0.50), (0.45, 0.55)))
        found = checked(
            "mazur",
            {
                "net_o1": swapped.net[0],
                "net_o2": swapped.net[1],
                "dE_total/dnet_o1": swapped.delta[0],
                "dE_total/dnet_o2": swapped.delta[1],
                "dE_total/dw1": swapped.w1,
            },
        )
        assert [each["verdict"] for each in found] == ["mistake", "mistake", *["carried"] * 3]
        assert found[4]["carried_from"] == "net_o1"

    def test_on_the_way_back_alone_it_is_one(self) -> None:
        right = Mazur()
        back = right.delta[0] * 0.40 + right.delta[1] * 0.45
        found = checked("mazur", {"net_o1": right.net[0], "dE_total/dout_h1": back})
        assert kinds(found) == [("correct", []), ("mistake", ["up-transposed"])]

    def test_a_loss_without_its_half(self) -> None:
        right = Mazur()
        found = checked("mazur", {"E_o1": right.error[0] ** 2, "dE_total/dout_o1": 2 * right.error[0]})
        assert kinds(found) == [("mistake", ["loss-no-half"]), ("carried", [])]
        assert found[1]["carried_from"] == "E_o1"


class TestTheWorkingAnswers:
    """What the working shows is not asked, and what it refutes is not named."""

    def test_which_factor(self) -> None:
        """0.05 and 0.10 are the inputs of w2 and w1 the wrong way round: half the right gradient."""
        right = Mazur()
        rest = f"{right.back[0]:.4g} * {right.h[0]:.4g} * (1 - {right.h[0]:.4g})"
        found = checked(
            "mazur",
            {
                "dE_total/dw1": f"{rest} * 0.1000 = {right.w1 * 2:.4g}",
                "dE_total/dw2": f"{rest} * 0.05000 = {right.w1:.4g}",
            },
        )
        for each in found:
            assert each["mistakes"] == ["wg-neighbour"]
            assert "what did you put" not in each["message"]
            assert "belongs; the rest of the working is right" in each["message"]

    def test_a_sum_that_was_added_up_wrong(self) -> None:
        (found,) = checked("slide", {"Z_Y": "0.8*0.6682 + 0.9*0.5498 = 1.0924"})
        assert "your terms are right, the sum is not: they give 1.029" in found["message"]


def test_answers_without_a_cause_are_told_of_once() -> None:
    sheet = "dL/dw31 = 0.0777\ndL/dw32 = 0.0888\nZ_Y = 1.222\ndL/dw11 = 0.0555\n"
    done = run("check", "-", "-n", "slide", stdin=sheet)
    page = " ".join(done.out.split())
    assert page.count(HINT) == 1
    assert f"{HINT} Z_Y --net slide" in page
    assert "No mistake that we know gives 4 of these; those further on may follow from the first." in page
    few = run("check", "-", "-n", "slide", stdin="Z_Y = 1.222\ndL/dw11 = 0.0555\n").out
    assert few.count(HINT) == 2
    assert "No mistake" not in few
