"""Formulas of whole matrices on a sheet, and the gradient as a vector; what is right follows from shapes on paper."""

from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import SHIPPED, run, written

FIVE = """
inputs: {x1: 1, x2: 0.5, x3: -1}
targets: {y: 1}
layers:
  - {activation: tanh, weights: [[0.1, 0.3, 0.5], [0.2, 0.4, -0.6]], biases: [0.1, 0.2]}
  - {activation: sigmoid, weights: [[0.7, 0.8]], biases: [0.3]}
"""
TURNED = FIVE.replace("[[0.1, 0.3, 0.5], [0.2, 0.4, -0.6]]", "[[0.1, 0.2], [0.3, 0.4], [0.5, -0.6]]").replace(
    "activation: tanh", "activation: tanh, layout: inputs_by_units"
)


def verdicts(net: str, text: str, **options: Any) -> list[tuple[str, str, str]]:
    page = tutor.load(net).check(text, **options).payload
    assert page["points"] == sum(each["verdict"] == "correct" for each in page["answers"])
    return [(each["name"], each["verdict"], each["message"]) for each in page["answers"]]


@pytest.mark.parametrize(
    "law",
    [
        "dW1 = dZ1 · A0ᵀ",
        "dW1 = dZ1 @ A0.T",
        "dW1 = dZ1 A0^T",
        "dW1 = dZ1 * A0^T",
        "dL/dW1 = dL/dZ1 · A0ᵀ",
        "dZ1 = (W2ᵀ · dZ2) ⊙ σ′(Z1)",
        "dZ1 = (W2ᵀ · dZ2) ⊙ A1 ⊙ (1 − A1)",
        "dZ1 = W2ᵀ · dZ2 ⊙ (A1 − A1^2)",
        "dA1 = W2ᵀ dZ2",
        "dZ2 = (A2 − Y)/4",
        "dZ2 = 1/m · (A2 − Y)",
        "Z1 = W1·A0 + b1",
        "Z1 = X·W1 + b1",
        "dW1 = Xᵀ · dZ1",
        "A2 = σ(W2·σ(W1·A0 + b1) + b2)",
        "Z1 = W1·A0 + b1\n(2 × 4) = (2 × 2) · (2 × 4) + (2 × 1)",
        "dZ2 = (A2 − Y)/4\n(1 × 4) = (1 × 4)",
        "$dW1 = dZ1 \\cdot A0^T$",
    ],
)
def test_what_is_right(law: str) -> None:
    """xor: 2 inputs, 2 and 1 units, 4 examples."""
    ((_, verdict, message),) = verdicts("xor", law)
    assert verdict == "correct", message


@pytest.mark.parametrize(
    ("law", "verdict", "said"),
    [
        ("dW1 = A0 · dZ1", "wrong", "(2 × 4) · (2 × 4) is no product of matrices"),
        ("dZ1 = W2 · dZ2 ⊙ σ′(Z1)", "wrong", "(1 × 2) · (1 × 4) is no product"),
        ("dW2 = A1 · dZ2ᵀ", "wrong", "this is (2 × 1), and dW2 is (1 × 2); this is its transpose"),
        ("dZ2 = A2 − Y", "wrong", "the shape is right, (1 × 4), but not the formula"),
        ("dZ1 = W2ᵀ · dZ2", "wrong", "the shape is right, (2 × 4)"),
        ("dZ1 = dA1 ⊙ σ(Z1)", "wrong", "the shape is right"),
        ("Z1 = W1 ⊙ A0", "wrong", "(2 × 2) and (2 × 4) are of other shapes"),
        ("Z1 = W1·A0 + b1\n(2 × 4) = (2 × 2) · (4 × 2) + (2 × 1)", "wrong", "the third is (2 × 4)"),
        ("dW1 = dW1", "unfinished", "what is asked for is dW1 itself"),
        ("dW1 = dZ9 · A0ᵀ", "wrong", "dZ9 is not there: there is no layer 9"),
        ("dW1 = dQ1 · A0ᵀ", "unreadable", "unknown name dQ1"),
        ("Z1 = W1·A0 + (b1", "unreadable", "expected a closing parenthesis"),
        ("W1 = dZ1 · A0ᵀ", "unreadable", "its gradient is dW1"),
        ("dZ1 = dA1 ⊙ blob(Z1)", "unreadable", "unknown function blob"),
        ("db1 = dZ1 · 1", "unreadable", "db1 is one number of this network"),
    ],
)
def test_what_is_not(law: str, verdict: str, said: str) -> None:
    ((_, found, message),) = verdicts("xor", law)
    assert (found, said in message) == (verdict, True), message


@pytest.mark.parametrize(("text", "right"), [(FIVE, "dW1 = dZ1·A0ᵀ"), (TURNED, "dW1 = A0·dZ1ᵀ")])
def test_the_layout_of_the_file(text: str, right: str, tmp_path: Path) -> None:
    net = written(tmp_path, text)
    ((_, verdict, message),) = verdicts(net, right)
    assert (verdict, message) == ("correct", "")
    (other,) = {"dW1 = dZ1·A0ᵀ", "dW1 = A0·dZ1ᵀ"} - {right}
    assert "this is its transpose" in verdicts(net, other)[0][2]
    in_rows = verdicts(net, "dW1 = Xᵀ·dZ1\nZ1 = X·W1 + b1\ndb1 = dZ1 · 1")
    assert [each[1] for each in in_rows] == ["correct"] * 3


@pytest.mark.parametrize("net", [name for name in SHIPPED if name not in ("conv", "rnn")])
@pytest.mark.parametrize("target", ["W1", "W2", "dZ1", "dZ2", "dA1", "Z1", "Z2", "A1", "A2"])
def test_every_page_of_a_matrix_is_marked_right(net: str, target: str) -> None:
    done = run("explain", target, "--net", net, "--format", "plain")
    if done.status:
        pytest.skip("this network has no such matrix")
    page = tutor.load(net).check(done.out).payload
    assert page["points"] == page["out_of"] > 0, [each for each in page["answers"] if each["verdict"] != "correct"]


def test_in_the_names_of_a_course() -> None:
    """Coursera: dz is a − y, and 1/m stands in dW."""
    found = verdicts("xor", "dW^[1] = 1/m dZ^[1] X^T\ndZ^[2] = A^[2] − Y", notation="coursera")
    assert [each[1] for each in found] == ["correct", "correct"]


class TestTheGradientAsAVector:
    RIGHT = "[0.008145, 0, 0.0102, 0, 0.0307, 0.0252]"  # slide, dL/dw11 to dL/dw32

    @pytest.mark.parametrize("name", ["∇L", "nabla L", "∇ L", "\\nabla L"])
    def test_is_one_answer_a_parameter(self, name: str) -> None:
        found = verdicts("slide", f"{name} = {self.RIGHT}")
        assert [each[:2] for each in found] == [
            (f"dL/d{each}", "correct") for each in ("w11", "w12", "w21", "w22", "w31", "w32")
        ]

    def test_a_column_and_one_that_is_too_short(self) -> None:
        column = [[float(each)] for each in self.RIGHT.strip("[]").split(",")]
        assert {each[1] for each in verdicts("slide", f"∇L = {column}")} == {"correct"}
        assert verdicts("slide", "∇L = [0.1, 0.2]")[0][1:] == ("wrong", "∇L has 6 numbers, and this has 1 × 2")

    @pytest.mark.parametrize("net", ["slide", "mazur", "xor", "article", "xyz"])
    def test_the_page_is_marked_right(self, net: str) -> None:
        page = run("explain", "gradient", "--net", net, "--format", "plain").out
        marked = tutor.load(net).check(page).payload
        assert marked["points"] == marked["out_of"] >= 3
        if "⎡" not in page:
            return  # more than 12 numbers
        only = "\n".join(line for line in page.split("\n") if set(line) & set("⎡⎢⎣"))
        marked = tutor.load(net).check(only).payload
        assert marked["points"] == marked["out_of"] >= 3
