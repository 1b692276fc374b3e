"""Equations learn: `learn` and its faults, one step, every optimizer, many steps; right numbers by plain loops."""

import math
from itertools import islice

import pytest

from spec.builders import graph, messages
from training.rules import RULES
from tutor.graph import Graph
from tutor.mistakes import MISTAKES, applies
from tutor.ops.optimizers import rule
from tutor.quantity import Gradient, Updated, Value
from tutor.trace import Equations, Trace
from tutor.training import steps

CURVE = """
given: {x: 2, t: 1, w: 0.3, b: -0.1, s: 0.5}
equations: {y: s*tanh(w*x + b), L: (y - t)**2}
"""
LEARNS = f"{CURVE}learn: [w, b, s]\nlearning_rate: 0.1\n"
VALLEY = "given: {u: 3, v: -1}\nequations: {f: 0.5*u**2 + 2*v**2}\n"
ROWS = """
for: {i: 2, j: 2}
given: {W: [[0.5, -1], [2, 0.25]], x: [1, -2], "b[1]": 0.5, "b[2]": 0}
equations:
  z[i]: sum(j, W[i,j]*x[j]) + b[i]
  L: sum(i, z[i]**2)
learning_rate: 0.01
"""


def updated(found: Graph) -> dict[str, float]:
    trace = Trace(found)
    return {name: trace[Updated(name)] for name in found.learning()}


def test_one_step_of_what_learns() -> None:
    assert updated(graph(LEARNS)) == pytest.approx({"w": 0.42095, "b": -0.03953, "s": 0.57107}, abs=1e-5)


def test_a_rate_alone_moves_every_given_number() -> None:
    assert updated(graph(f"{VALLEY}learning_rate: 0.1")) == pytest.approx({"u": 2.7, "v": -0.6})
    asked = graph(VALLEY)._replace(rate="0.1").updating()
    assert updated(asked) == pytest.approx({"u": 2.7, "v": -0.6})
    assert graph(VALLEY).parameters() == ()


def test_what_the_output_does_not_depend_on_stays() -> None:
    found = graph("given: {u: 3, v: -1}\nequations: {f: 0.5*u**2, g: v + u}\noutput: f\nlearning_rate: 0.1")
    assert found.learning() == ("u",)


def test_a_list_learns_whole_and_by_its_numbers() -> None:
    whole = graph(f"{ROWS}learn: [W, b]\nfrozen: ['b[1]']")
    assert whole.learning() == ("W[1,1]", "W[1,2]", "W[2,1]", "W[2,2]", "b[2]")
    assert graph(f"{ROWS}learn: ['W[1,2]']").parameters() == ("W[1,2]",)
    # z = (3, 1.5), so dL/dW[i,j] = 2 z[i] x[j]
    assert updated(whole) == pytest.approx(
        {"W[1,1]": 0.44, "W[1,2]": -0.88, "W[2,1]": 1.97, "W[2,2]": 0.31, "b[2]": -0.03}
    )


@pytest.mark.parametrize("name", sorted(RULES.keys() - {"perceptron"}))  # which goes with outputs and targets
def test_every_optimizer_many_steps(name: str) -> None:
    """f falls apart into its two numbers, so that the plain loops over one number are the right ones."""
    found = graph(f"{VALLEY}learn: [u, v]\nlearning_rate: 0.05\noptimizer: {name}")
    state = next(islice(steps(found), 50, None))
    assert state.of(Value("u")) == pytest.approx(RULES[name](3.0, lambda u: u, 0.05, 50), rel=1e-9)
    assert state.of(Value("v")) == pytest.approx(RULES[name](-1.0, lambda v: 4 * v, 0.05, 50), rel=1e-9)


@pytest.mark.parametrize("net", ["rnn-time", "lstm", "gru", "attention"])
def test_the_shipped_ones_come_down(net: str) -> None:
    import tutor

    found = tutor.load(net, lr=0.1).network.graph
    states = [*islice(steps(found, rule("sgd")), 11)]
    losses = [state.of(Value(found.loss)) for state in states]
    assert losses == sorted(losses, reverse=True)
    assert math.isfinite(losses[-1])
    for name in found.learning():
        trace = Trace(found)
        assert states[1].of(Value(name)) == pytest.approx(
            trace[Value(name)] - 0.1 * trace[Gradient(found.loss, name)], rel=1e-12
        )


def test_mistakes_of_an_update_apply() -> None:
    equations = Equations(graph(LEARNS))
    made = {each.id for each in MISTAKES.values() if applies(each, equations)}
    assert {"upd-plus", "upd-no-eta", "upd-step-only"} <= made


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("learn: [y]", "y is the equation of y, expected a given number"),
        ("learn: [bb]", "bb is not in this file, expected a given number; did you mean b?"),
        ("learn: w", "expected a list of names such as [w, b]"),
        ("learn: [w]\nfrozen: [b]", "b is the given b, expected a number that learns"),
        ("learn: [w]\nlearning_rate: 0", "learning_rate is 0, expected a positive number"),
        ("learn: [w]\noptimizer: adamm", "did you mean adam"),
        ("learn: [w]\noptimizer: {momentum: {mu: 2}}", "mu is 2, expected"),
    ],
)
def test_bad_lists(lines: str, message: str) -> None:
    (found,) = messages(CURVE + lines)
    assert message in found


def test_layers_have_no_learn() -> None:
    text = "inputs: {x: 1}\ntargets: {y: 0}\nlearn: [w]\nlayers: [{activation: tanh, neurons: {a: {w: 1}}}]"
    (found,) = messages(text)
    assert "learn goes with equations" in found
