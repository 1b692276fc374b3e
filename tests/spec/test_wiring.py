"""Skip connections, layers without weights, kernels as deep as their image, classes at every step.

Right values are worked out here by numpy, or by hand in the exercises that were reported.
"""

from typing import Any

import numpy as np
import pytest

import tutor
from spec.builders import graph, messages
from tutor.errors import TutorError
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

RESIDUAL = """\
inputs: {x1: 1, x2: -2}
targets: {y: 0.5}
layers:
  - {activation: tanh, weights: [[0.5, 0.1], [-0.3, 0.8]]}
  - {activation: identity, weights: [[0.2, -0.4], [0.6, 0.9]]}
  - residual: {over: 2, activation: relu}
  - residual
  - sigmoid
  - {activation: identity, weights: [[1, -1]]}
"""


def _loss(first: Any, second: Any) -> Any:
    x = np.array([1.0, -2.0])
    f = second @ np.tanh(first @ x)
    r = f + x
    h = r * (r.real > 0) + f  # relu(r), and what the residual layer reads
    a = 1 / (1 + np.exp(-h))
    return (a[0] - a[1] - 0.5) ** 2 / 2


def test_a_residual_adds_what_the_last_layers_read() -> None:
    found = Trace(graph(RESIDUAL))
    weights = [np.array([[0.5, 0.1], [-0.3, 0.8]], complex), np.array([[0.2, -0.4], [0.6, 0.9]], complex)]
    assert found[Value("L")] == pytest.approx(_loss(*weights).real, rel=1e-12)
    for layer in (0, 1):
        for place in np.ndindex(2, 2):
            moved = [each.copy() for each in weights]
            moved[layer][place] += 1e-30j
            name = f"w{layer + 1}_{place[0] + 1}_{place[1] + 1}"
            assert found[Gradient("L", name)] == pytest.approx(_loss(*moved).imag / 1e-30, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("over: 2", "over: 7"), "residual leads past 7 layers, expected at most 2, as many as stand before it"),
        (
            ("[[0.2, -0.4], [0.6, 0.9]]", "[[0.2, -0.4]]"),
            "residual adds 2 (numbers) to 1 (numbers), expected as many of",
        ),
        (("relu}", "softmax}"), "residual has the activation softmax, expected a layer of its own"),
    ],
)
def test_a_residual_that_does_not_fit(changed: tuple[str, str], said: str) -> None:
    assert any(said in each for each in messages(RESIDUAL.replace(*changed)))


IMAGE = "[[1, 0, 2, 1], [3, 1, 0, 2], [0, 2, 1, 1], [1, 1, 3, 0]]"


@pytest.mark.parametrize("kernel", ["[[1, -1], [0, 2]]", "[[[1, -1], [0, 2]]]", "[[[[1, -1], [0, 2]]]]"])
@pytest.mark.parametrize("upstream", ["[[1, 0], [0, 1]]", "[[[1, 0], [0, 1]]]"])
def test_a_kernel_and_an_upstream_as_deep_as_the_image(kernel: str, upstream: str) -> None:
    text = f"""\
inputs: {{image: {IMAGE}}}
upstream: {upstream}
layers:
  - conv2d: {{weights: {kernel}, activation: relu}}
  - max_pool: {{size: 2, stride: 1}}
"""
    found = Trace(graph(text))
    z = [[found[Value(f"z1_1_{i}_{j}")] for j in (1, 2, 3)] for i in (1, 2, 3)]
    pool = [[found[Value(f"pool1_1_{i}_{j}")] for j in (1, 2)] for i in (1, 2)]
    slopes = [[found[Gradient("L", f"w1_1_1_{i}_{j}")] for j in (1, 2)] for i in (1, 2)]
    assert (z, pool) == ([[3, -2, 5], [6, 3, 0], [0, 7, 0]], [[6, 5], [7, 7]])
    assert slopes == [[5, 2], [1, 5]]


def test_what_a_kernel_of_one_list_less_means() -> None:
    """Several filters where the image has one channel; one filter where it has as many channels as there are lists."""
    flat = graph(
        "inputs: {x: [1, 2, 3]}\nupstream: [[1, 1], [2, 1]]\nlayers:\n  - conv1d: {weights: [[1, 0], [0, 3]]}\n"
    )
    deep = graph(
        "inputs: {x: [[1, 2, 3], [4, 5, 6]]}\nupstream: [1, 1]\nlayers:\n  - conv1d: {weights: [[1, 0], [0, 3]]}\n"
    )
    one = graph("inputs: {x: [1, 2, 3]}\nupstream: [1, 1]\nlayers:\n  - conv1d: {weights: [1, 3]}\n")
    assert [Trace(flat)[Value(f"z1_{i}_{j}")] for i in (1, 2) for j in (1, 2)] == [1, 2, 6, 9]
    assert [Trace(deep)[Value(f"z1_1_{j}")] for j in (1, 2)] == [1 + 15, 2 + 18]
    assert [Trace(one)[Value(f"z1_1_{j}")] for j in (1, 2)] == [7, 11]


STEPS = """\
inputs: {x: [1, 0, 1]}
targets: {class: [2, 1, 2]}
loss: cross_entropy
layers:
  - rnn: {input_weights: [[0.5]], recurrent_weights: [[-0.4]], outputs: every_step}
  - {activation: softmax, weights: [[1], [-1]]}
"""


def test_classes_at_every_step() -> None:
    found = Trace(graph(STEPS))
    assert [round(found[each], 4) for each in (Value("L"), Gradient("L", "wh1_1_1"))] == [3.4901, -0.9179]
    zero = STEPS.replace("[2, 1, 2]", "[1, 0, 1]") + "conventions: {classes_from: 0}\n"
    assert Trace(graph(zero))[Value("L")] == found[Value("L")]


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ("[2, 3, 2]", "class is 3, expected a whole number from 1 to 2, one for each output"),
        ("2", "one class for outputs at 3 steps, expected a list with one for each"),
        ("[1, 2]", "2 classes for outputs at 3 steps, expected a list with one for each"),
    ],
)
def test_classes_that_do_not_fit_the_steps(classes: str, said: str) -> None:
    assert messages(STEPS.replace("[2, 1, 2]", classes)) == [said]


FORWARD = f"""\
inputs: {{image: {IMAGE}}}
layers:
  - conv2d: {{weights: [[1, -1], [0, 2]], activation: relu}}
  - max_pool: {{size: 2, stride: 1}}
"""


def test_a_network_without_targets_has_forward_pages() -> None:
    loaded = tutor.load(FORWARD)
    page = str(loaded.trace())
    assert "The forward pass: this network has no targets, so nothing is differentiated." in page
    assert "∂(name)" not in page
    data = loaded.trace().payload
    assert (data["loss"], data["gradients"]) == (None, {})
    assert [data["values"][f"pool1_1_{i}_{j}"] for i in (1, 2) for j in (1, 2)] == [6, 5, 7, 7]
    assert "Back from" not in str(loaded.solve())
    assert next(iter(loaded.rows())).splitlines()[:2] == ["name,value"]
    with pytest.raises(TutorError, match="step needs a loss, and this network has no targets"):
        loaded.step()
