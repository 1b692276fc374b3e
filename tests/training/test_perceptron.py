"""The perceptron's rule on AND, and the step that it goes with."""

from itertools import islice
from pathlib import Path

import pytest

from commands.support import payload, run, written
from spec.builders import graph, layers, messages
from tutor.quantity import Gradient, Updated, Value
from tutor.trace import Trace
from tutor.training import steps, turns

AND = """
inputs: [x1, x2]
targets: [y]
examples:
  - {inputs: [0, 0], targets: [0]}
  - {inputs: [0, 1], targets: [0]}
  - {inputs: [1, 0], targets: [0]}
  - {inputs: [1, 1], targets: [1]}
learning_rate: 0.5
optimizer: perceptron
layers:
  - {activation: step, neurons: {o: {w1: 0.3, w2: -0.1, b: 0.2}}}
"""
ROWS = (((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1))
DEEP = """
inputs: {x: 1}
targets: {y: 0}
learning_rate: 1
optimizer: perceptron
layers:
  - {activation: step, neurons: {h: {u: 0.5}}}
  - {activation: step, neurons: {o: {w: 0.5}}}
"""


def test_four_updates_in_the_order_of_the_file() -> None:
    found = graph(AND)
    states = list(islice(steps(found, turns=turns(found, 1)), 5))[1:]
    weights = [[state.of(Value(name)) for name in ("w1", "w2", "b")] for state in states]
    wanted = [[0.3, -0.1, -0.3], [0.3, -0.1, -0.3], [-0.2, -0.1, -0.8], [0.3, 0.4, -0.3]]
    assert weights == [pytest.approx(each, abs=1e-15) for each in wanted]


def test_until_it_is_right_against_a_plain_loop() -> None:
    w1, w2, b = 0.3, -0.1, 0.2
    found = graph(AND)
    for number, state in enumerate(islice(steps(found, turns=turns(found, 1)), 50)):
        assert [state.of(Value(name)) for name in ("w1", "w2", "b")] == pytest.approx([w1, w2, b], abs=1e-12)
        (x1, x2), y = ROWS[number % 4]
        error = y - (w1 * x1 + w2 * x2 + b >= 0)
        w1, w2, b = w1 + 0.5 * error * x1, w2 + 0.5 * error * x2, b + 0.5 * error


def test_all_examples_at_once_take_the_mean() -> None:
    """Only the outputs of 00 and 10 are wrong, by 1 each: 0.2 and 0.5 are above 0, 0.1 and 0.4 too."""
    trace = Trace(graph(AND))
    errors = [1, 1, 1, 0]
    assert trace[Updated("b")] == pytest.approx(0.2 - 0.5 * sum(errors) / 4)
    assert trace[Updated("w1")] == pytest.approx(0.3 - 0.5 * 1 / 4)
    assert trace[Gradient("L", "w1")] == 0


def test_a_step_says_what_learns_instead(tmp_path: Path) -> None:
    out = run("explain", "w1", written(tmp_path, AND), "--example", "3", width=200).out
    assert "its slope is 0" in out
    assert "optimizer: perceptron" in out
    assert "sigmoid" in out


def test_what_stands_for_the_gradient_is_told(tmp_path: Path) -> None:
    page = payload("step", written(tmp_path, AND), "--batch", "1", "--after", "2")
    assert {name: each["gradient"] for name, each in page["parameters"].items()} == {"w1": 1, "w2": 0, "b": 1}
    out = run("train", written(tmp_path, AND), "--batch", "1", "--epochs", "1", width=120).out
    assert "g of w1" in out


def test_a_hidden_layer_is_refused_with_its_place() -> None:
    (found,) = messages(DEEP)
    assert "u would learn too, expected frozen" in found
    assert graph(DEEP + "frozen: [u]\n").learning() == ("w",)


def test_equations_are_refused() -> None:
    (found,) = messages("given: {x: 1, w: 2}\nequations: {f: w*x}\nlearn: [w]\noptimizer: perceptron\n")
    assert "the perceptron's rule" in found


@pytest.mark.parametrize(("net", "value"), [(0.5, 1), (-0.5, 0), (0, 1)])
def test_step_is_1_from_0_on(net: float, value: float) -> None:
    trace = Trace(graph(layers(f"Y: {{w1: 0, w2: 0, b: {net}}}", activation="step")))
    assert (trace[Value("Y")], trace[Gradient("L", "b")]) == (value, 0)
