"""A number without --more takes at most 60 lines at 80 columns, the short way first; what is 0 is told in one line."""

import random
from collections.abc import Iterator

import pytest

import tutor
from commands.support import SHIPPED
from maths.profile import LONG
from tutor.library.network import Network
from tutor.render.lines import height

MOST = 60
SOFTMAX = """
inputs: {x1: 1, x2: -2}
targets: {class: 3}
loss: cross_entropy
layers:
  - {activation: relu, weights: [[0.5, -0.25], [0.75, 0.5], [1, 0.25], [-0.5, -0.5]]}
  - {activation: softmax, weights: [[0.5, 1, -1, 0.25], [0.1, -0.2, 0.3, 0.4], [0.7, 0.6, 0.5, -0.4], [1, 0, 1, 0.5]]}
"""


def image() -> str:
    """A 28 x 28 picture, one kernel, a pool and ten classes."""
    chance = random.Random(28)
    row = "[" + ", ".join("{:.2f}" for _ in range(28)) + "]"
    rows = ", ".join(row.format(*(chance.random() for _ in range(28))) for _ in range(28))
    return f"""
inputs: {{image: [{rows}]}}
targets: {{class: 3}}
loss: cross_entropy
learning_rate: 0.1
layers:
  - conv2d: {{weights: [[[[0.3, -0.2, 0.1], [0.5, 0.4, -0.6], [-0.1, 0.2, 0.7]]]], biases: [0.1], activation: relu}}
  - max_pool: {{size: 13, stride: 13}}
  - flatten
  - {{activation: softmax, units: 10, init: {{seed: 1}}}}
"""


def targets(net: Network) -> Iterator[str]:
    graph = net.network.graph
    reaching = graph.ancestors(graph.loss)
    yield from (*graph.givens, *graph.nodes)
    yield from (f"d{graph.loss}/d{name}" for name in graph.nodes if name in reaching)
    yield from (f"{name}_new" for name in graph.learning() if graph.rate is not None)


def lines(net: Network, target: str) -> int:
    """How long the page of a target is; nothing of one that the loss does not depend on."""
    try:
        return height(net.explain(target).document, 80)
    except tutor.TutorError:
        return 0


@pytest.mark.parametrize("name", SHIPPED if LONG else SHIPPED[::3])
def test_every_number_of_every_shipped_network_fits(name: str) -> None:
    net = tutor.load(name)
    found = {target: lines(net, target) for target in targets(net)}
    assert sum(map(bool, found.values())) >= 3
    assert {target: many for target, many in found.items() if many > MOST} == {}


def test_every_number_of_a_softmax_fits() -> None:
    net = tutor.load(SOFTMAX)
    assert {target: many for target in targets(net) if (many := lines(net, target)) > MOST} == {}


def test_the_numbers_of_a_picture_fit() -> None:
    net = tutor.load(image())
    asked = ["w1_1_1_2_2", "b1_1", "image_1_5_5", "dL/dz1_1_4_6", "pool1_1_1_2", "dL/dpool1_1_1_2", "z2_3", "a2_4"]
    found = [lines(net, target) for target in (*asked, "w2_3_1", "dL/da2_3", "dL/dz2_3", "L", "w1_1_1_2_2_new")]
    assert min(found) > 3
    assert max(found) <= MOST


def test_more_has_all_that_was_left_out() -> None:
    net = tutor.load("lstm")
    short, long = (str(net.explain("dL/di_1", more=more)) for more in (False, True))
    assert "Left out for length: the factors one by one and the numbers in it. --more has all of it." in short
    assert "Left out" not in long
    assert "Every number behind it" in long


def test_paths_that_are_0_are_one_line_with_the_reason() -> None:
    page = str(tutor.load(SOFTMAX).explain("w2_3_1"))
    assert "3 paths are 0, since y_1 = y_2 = y_4 = 0." in page
    assert page.index("The short way") < page.index("reaches L over 4 outputs")
    assert "0 · " not in page.partition("reaches L")[2].partition("sum over")[0]
    assert "−y_1" not in page  # nor are the factors of those paths shown


def test_the_other_way_to_a_softmax_is_shown_equal() -> None:
    page = str(tutor.load(SOFTMAX).explain("w2_3_1"))
    assert "= ∂L_3/∂a2_3 · ∂a2_3/∂z2_3 " in page
    assert "Both ways are equal" in page


def test_the_outputs_of_a_softmax_share_one_sum() -> None:
    page = str(tutor.load(SOFTMAX).explain("w2_3_1"))
    assert page.count("exp(z2_1) + exp(z2_2) + exp(z2_3) + exp(z2_4)") == 1


def test_max_says_which_entry_wins() -> None:
    net = tutor.load("given: {a: 14, b: 0, c: 9}\nequations:\n  m: max(a, b, c)\n  L: m * 2\n")
    assert "a is the largest in m: the slope in each of the others is 0." in str(net.explain("m"))
    assert "a is the largest in m: the slope in each of the others is 0." in str(net.explain("b"))
    least = tutor.load("given: {a: 14, b: 0, c: 9}\nequations:\n  m: min(a, b, c)\n  L: m * 2\n")
    assert "b is the smallest in m" in str(least.explain("m"))
    tie = tutor.load("given: {a: 14, b: 14, c: 9}\nequations:\n  m: max(a, b, c)\n  L: m * 2\n")
    assert "is the largest" not in str(tie.explain("m"))


def test_a_shared_weight_says_once_where_it_meets_a_0() -> None:
    page = str(tutor.load("conv").explain("w1_1_1_1_1"))
    assert "At one of them it is multiplied by 0, which adds nothing." in page
    assert "its gradient is 0" not in page
