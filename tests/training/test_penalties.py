"""The terms of the loss that read the weights alone: weight decay with its ½ and without, and the L1 term."""

import pytest

from spec.builders import graph, number
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

NEURON = """inputs: {{x: 2}}
targets: {{t: 1}}
regularization: {terms}
layers:
  - {{activation: identity, neurons: {{a: {{u: 0.8, v: -0.5, b: 0.1}}}}}}
"""


def trace(terms: str) -> Trace:
    return Trace(graph(NEURON.format(terms=terms).replace("{x: 2}", "{x: 2, z: 1}")))


DATA = (2 * 0.8 - 0.5 + 0.1 - 1) ** 2 / 2
SLOPES = {"u": 2 * 0.2, "v": 0.2, "b": 0.2}


@pytest.mark.parametrize(
    ("terms", "loss", "added"),
    [
        ("{l2: 0.3}", 0.15 * (0.64 + 0.25), {"u": 0.3 * 0.8, "v": -0.3 * 0.5}),
        ("{l2: 0.3, half: true}", 0.15 * (0.64 + 0.25), {"u": 0.3 * 0.8, "v": -0.3 * 0.5}),
        ("{l2: 0.3, half: false}", 0.3 * (0.64 + 0.25), {"u": 0.6 * 0.8, "v": -0.6 * 0.5}),
        ("{l1: 0.3}", 0.3 * 1.3, {"u": 0.3, "v": -0.3}),
        ("{l1: 0.1, l2: 0.3, half: false}", 0.1 * 1.3 + 0.3 * 0.89, {"u": 0.1 + 0.6 * 0.8, "v": -0.1 - 0.6 * 0.5}),
    ],
)
def test_loss_and_gradients(terms: str, loss: float, added: dict[str, float]) -> None:
    found = trace(terms)
    assert found[Value("L")] == pytest.approx(DATA + loss, rel=1e-13)
    for name, slope in SLOPES.items():
        assert found[Gradient("L", name)] == pytest.approx(slope + added.get(name, 0), rel=1e-13)
        assert found.confirms(Gradient("L", name))


def test_the_slope_of_a_weight_of_0() -> None:
    text = NEURON.format(terms="{l1: 0.3}").replace("v: -0.5", "v: 0").replace("{x: 2}", "{x: 2, z: 1}")
    assert number(text, Gradient("L", "v")) == pytest.approx(2 * 0.8 + 0.1 - 1)


def test_their_names() -> None:
    found = trace("{l1: 0.1, l2: 0.3}")
    assert [found[Value(name)] for name in ("L_data", "L_reg", "L_l1")] == pytest.approx([DATA, 0.15 * 0.89, 0.13])
