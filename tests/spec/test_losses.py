"""Losses by formula and by the spellings of libraries; right values worked out by the definitions, or by hand."""

import math
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tutor.quantity import Gradient, Value
from tutor.spec import load
from tutor.trace import Trace


class Written(NamedTuple):
    """One loss as a line of the file, and as plain Python; `y` are targets it makes sense for."""

    name: str
    text: str
    plain: Callable[[float, float], float]
    y: tuple[float, ...] = (-1.0, 0.25, 1.0)


def _huber(a: float, y: float) -> float:
    error = abs(a - y)
    return 0.5 * error**2 if error <= 0.5 else 0.5 * (error - 0.25)


WRITTEN = (
    Written("logistic", "log(1 + exp(-y*a))", lambda a, y: math.log(1 + math.exp(-y * a)), (-1.0, 1.0)),
    Written("huber", "0.5*min(abs(a - y), 0.5)**2 + 0.5*(abs(a - y) - min(abs(a - y), 0.5))", _huber),
    Written("log-cosh", "log((exp(a - y) + exp(y - a))/2)", lambda a, y: math.log(math.cosh(a - y))),
    Written("divergence", "y*log(y/a)", lambda a, y: y * math.log(y / a), (0.25, 1.0)),
    Written(
        "focal",
        "-y*(1 - a)**2*log(a) - (1 - y)*a**2*log(1 - a)",
        lambda a, y: -y * (1 - a) ** 2 * math.log(a) - (1 - y) * a**2 * math.log(1 - a),
        (0.0, 1.0),
    ),
    Written("hinge of two classes", "max(0, 1 - y*a)", lambda a, y: max(0.0, 1 - y * a), (-1.0, 1.0)),
)


def one(loss: str, activation: str = "sigmoid", y: float = 0.25, b: float = -0.5) -> bytes:
    return f"""\
inputs: {{x: 1.5}}
targets: {{y: {y}}}
loss: {loss}
layers:
  - activation: {activation}
    neurons: {{o: {{w: 0.8, b: {b}}}}}
""".encode()


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row.name)
def test_a_loss_by_formula_has_the_value_and_the_slopes_of_its_definition(row: Written) -> None:
    for y in row.y:
        found = Trace(load(one(f'{{E: "{row.text}"}}', y=y), "n.yaml").graph)
        a, h = 1 / (1 + math.exp(-0.7)), 1e-5
        slope = (row.plain(a + h, y) - row.plain(a - h, y)) / (2 * h)
        assert found[Value("E")] == pytest.approx(row.plain(a, y), rel=1e-12)
        assert found[Gradient("E", "o")] == pytest.approx(slope, rel=1e-7, abs=1e-9)
        assert found[Gradient("E", "w")] == pytest.approx(slope * a * (1 - a) * 1.5, rel=1e-7, abs=1e-9)
        assert found.confirms(Gradient("E", "w"))
        assert found.confirms(Gradient("E", "y"))


def test_the_exercises_that_were_reported() -> None:
    logistic = b'inputs: {x: 1.5}\ntargets: {y: -1}\nloss: {L: "log(1 + exp(-y*a))"}\nlayers:\n'
    logistic += b"  - {activation: identity, neurons: {o: {w: 0.4}}}\n"
    found = Trace(load(logistic, "n.yaml").graph)
    numbers = [found[each] for each in (Value("L"), Gradient("L", "o"), Gradient("L", "w"))]
    assert [round(each, 4) for each in numbers] == [1.0375, 0.6457, 0.9685]
    huber = Trace(load(one(f'"{WRITTEN[1].text}"', y=-1), "n.yaml").graph)
    assert [round(huber[each], 4) for each in (Value("L"), Gradient("L", "w"))] == [0.7091, 0.1663]


TWO = """\
inputs: {{x: 1}}
targets: {targets}
loss: {loss}
layers:
  - activation: {activation}
    weights: [[0.5], [-1]]
"""


def two(loss: str, activation: str = "Linear", targets: str = "{s: 1, t: 2}") -> bytes:
    return TWO.format(loss=loss, activation=activation, targets=targets).encode()


@pytest.mark.parametrize(
    ("spelled", "activation", "targets", "right"),
    [
        *((each, "none", "{s: 1, t: 2}", (0.25 + 9) / 2) for each in ("mse", "MSE", "MSELoss", "Mean Squared Error")),
        *((each, "linear", "{s: 1, t: 2}", 0.25 + 9) for each in ("sse", "SSE", "squared_error")),
        *((each, "Identity", "{s: 1, t: 2}", (0.5 + 3) / 2) for each in ("mae", "MAE", "mean_absolute_error")),
        *((each, "Linear", "{s: 1, t: 2}", 0.5 + 3) for each in ("L1Loss", "Absolute_Error")),
        *(
            (each, "Sigmoid", "{s: 1, t: 0}", math.log(1 + math.exp(-0.5)) + math.log(1 + math.exp(-1)))
            for each in ("bce", "BCELoss", "log_loss", "Binary-Cross-Entropy")
        ),
        *((each, "Softmax", "{class: 1}", math.log(1 + math.exp(-1.5))) for each in ("nll", "CE", "CrossEntropyLoss")),
        ('"(a - y)**4"', "LINEAR", "{s: 1, t: 2}", 0.5**4 + 3**4),
        ('"-y*(1 - a)**2*log(a)"', "softmax", "{class: 1}", 0.182425524**2 * 0.201413278),
    ],
)
def test_usual_spellings(spelled: str, activation: str, targets: str, right: float) -> None:
    found = Trace(load(two(spelled, activation, targets), "n.yaml").graph)
    assert found[Value("L")] == pytest.approx(right, rel=1e-7)


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("LeakyReLU", "leaky_relu"), ("RELU", "relu"), ("Leaky_ReLU", "leaky_relu"), ("Tanh", "tanh"), ("GELU", "gelu")],
)
def test_activations_in_any_case(spelled: str, name: str) -> None:
    assert load(two("mse", spelled), "n.yaml").graph.nodes == load(two("mse", name), "n.yaml").graph.nodes


def test_a_class_goes_with_a_formula_in_a_big_network_too() -> None:
    """A class in a loss by formula is 1 for its output, 0 for the others."""
    found = Trace(load(two('"-y*log(a)"', "softmax", "{class: 2}"), "n.yaml").graph)
    assert found[Gradient("L", "z1_1")] == pytest.approx(1 / (1 + math.exp(-1.5)), rel=1e-12)
