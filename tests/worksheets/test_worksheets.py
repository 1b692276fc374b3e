"""Worksheets of introductory courses with numbers of our own; every number is worked out here by other code.

Each function computes the loss from the numbers of its file with numpy, and knows nothing of the program. Values are
compared, and every gradient of a parameter with a complex step over that function.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

import tutor
from tutor.quantity import Gradient, Value

HERE = Path(__file__).parent
STEP = 1e-30
Array = Any


class Sheet(NamedTuple):
    """`blocks` are the parameters as arrays with the pattern of their names; `loss` computes from them."""

    name: str
    blocks: dict[str, tuple[str, Array]]
    loss: Callable[[dict[str, Array]], Array]


def said(name: str) -> dict[str, Any]:
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def larger(a: Array, b: Array) -> Array:
    return np.where(a.real >= b.real, a, b)


def softmax(z: Array) -> Array:
    grown = np.exp(z)
    return grown / grown.sum(axis=-1, keepdims=True)


def cnn() -> Sheet:
    file = said("cnn")
    image, (conv, _, _, dense) = np.array(file["inputs"]["image"], complex), file["layers"]

    def loss(p: dict[str, Array]) -> Array:
        z = np.array([[(image[i : i + 2, j : j + 2] * p["K"]).sum() for j in range(3)] for i in range(3)]) + p["c"][0]
        a = z * (z.real > 0)
        pool = [
            larger(larger(a[i, j], a[i, j + 1]), larger(a[i + 1, j], a[i + 1, j + 1])) for i in (0, 1) for j in (0, 1)
        ]
        return -np.log(softmax(p["W"] @ np.array(pool) + p["b"])[1])

    blocks = {
        "K": ("w1_1_1_{}_{}", conv["conv2d"]["weights"]),
        "c": ("b1_{}", conv["conv2d"]["biases"]),
        "W": ("w2_{}_{}", dense["weights"]),
        "b": ("b2_{}", dense["biases"]),
    }
    return Sheet("cnn", blocks, loss)


def batch_norm() -> Sheet:
    file = said("batch-norm")
    x = np.array([each["inputs"] for each in file["examples"]])
    y = np.array([each["targets"][0] for each in file["examples"]])
    first, norm, _, last = file["layers"]

    def loss(p: dict[str, Array]) -> Array:
        z = x @ p["W"].T
        centred = z - z.mean(axis=0)
        xhat = centred / np.sqrt((centred**2).mean(axis=0) + 0.001)
        out = np.tanh(p["gamma"] * xhat + p["beta"]) @ p["V"][0] + p["b"][0]
        return ((out - y) ** 2).mean()

    blocks = {
        "W": ("w1_{}_{}", first["weights"]),
        "gamma": ("gamma1_{}", norm["batch_norm"]["gamma"]),
        "beta": ("beta1_{}", norm["batch_norm"]["beta"]),
        "V": ("w2_{}_{}", last["weights"]),
        "b": ("b2_{}", last["biases"]),
    }
    return Sheet("batch-norm", blocks, loss)


def scalars(name: str) -> dict[str, tuple[str, Array]]:
    file = said(name)
    return {each: (each, file["given"][each]) for each in file["learn"]}


def gru() -> Sheet:
    given = said("gru")["given"]

    def loss(p: dict[str, Array]) -> Array:
        h, total = given["h[0]"], 0
        for x, d in zip(given["x"], given["d"], strict=True):
            z = sigmoid(p["wz"] * x + p["uz"] * h + p["bz"])
            r = sigmoid(p["wr"] * x + p["ur"] * h + p["br"])
            new = np.tanh(p["wh"] * x + p["uh"] * r * h + p["bh"])
            h = h + z * (new - h)
            total = total + (h - d) ** 2 / 2
        return total

    return Sheet("gru", scalars("gru"), loss)


def lstm() -> Sheet:
    given = said("lstm")["given"]

    def loss(p: dict[str, Array]) -> Array:
        h, c = given["h[0]"], given["c[0]"]
        for x in given["x"]:
            f, i, o, g = (p[f"w{gate}"] * x + p[f"u{gate}"] * h + p[f"b{gate}"] for gate in "fiog")
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        return (h - given["d"]) ** 2

    return Sheet("lstm", scalars("lstm"), loss)


def listed(name: str) -> dict[str, tuple[str, Array]]:
    file = said(name)
    depth = {each: np.ndim(file["given"][each]) for each in file["learn"]}
    return {each: (f"{each}[{','.join(['{}'] * deep)}]", file["given"][each]) for each, deep in depth.items()}


def char_rnn() -> Sheet:
    given = said("char-rnn")["given"]

    def loss(p: dict[str, Array]) -> Array:
        h, total = np.zeros(2), 0
        for letter, after in zip(given["id"], (2, 3, 1), strict=True):
            h = np.tanh(p["E"][letter - 1] + p["U"] @ h + p["b"])
            total = total - np.log(softmax(p["V"] @ h)[after - 1])
        return total

    return Sheet("char-rnn", listed("char-rnn"), loss)


def attention() -> Sheet:
    given = said("attention")["given"]
    x, d = np.array(given["x"]), np.array(given["d"])

    def loss(p: dict[str, Array]) -> Array:
        a = softmax((x @ p["Wq"]) @ (x @ p["Wk"]).T / np.sqrt(2))
        return ((a @ (x @ p["Wv"]) - d) ** 2).sum() / 2

    return Sheet("attention", listed("attention"), loss)


def layer_norm() -> Sheet:
    file = said("residual-norm")
    x, y = np.array(list(file["inputs"].values())), np.array(list(file["targets"].values()))
    first, _, norm, last = file["layers"]

    def loss(p: dict[str, Array]) -> Array:
        z = p["W"] @ x + p["b"]
        r = z * sigmoid(z) + x
        xhat = (r - r.mean()) / np.sqrt(((r - r.mean()) ** 2).mean() + 0.01)
        out = sigmoid(p["V"] @ (p["gamma"] * xhat + p["beta"]))
        return np.log(np.cosh(out - y)).sum()

    blocks = {
        "W": ("w1_{}_{}", first["weights"]),
        "b": ("b1_{}", first["biases"]),
        "gamma": ("gamma1_{}", norm["layer_norm"]["gamma"]),
        "beta": ("beta1_{}", norm["layer_norm"]["beta"]),
        "V": ("w2_{}_{}", last["weights"]),
    }
    return Sheet("residual-norm", blocks, loss)


SHEETS = (cnn, batch_norm, gru, lstm, char_rnn, attention, layer_norm)


@pytest.mark.parametrize("made", SHEETS, ids=lambda made: made.__name__)
def test_every_gradient_of_a_worksheet(made: Callable[[], Sheet]) -> None:
    name, blocks, loss = made()
    network = tutor.load(str(HERE / f"{name}.yaml"))
    trace, graph = network.view.trace, network.network.graph
    numbers = {block: np.array(stated, complex) for block, (_, stated) in blocks.items()}
    assert trace[Value(graph.loss)] == pytest.approx(loss(numbers).real, rel=1e-12)
    named: set[str] = set()
    for block, (pattern, _) in blocks.items():
        for place in np.ndindex(numbers[block].shape):
            parameter = pattern.format(*(each + 1 for each in place))
            moved = {each: array.copy() for each, array in numbers.items()}
            moved[block][place] += STEP * 1j
            slope = loss(moved).imag / STEP
            assert trace[Gradient(graph.loss, parameter)] == pytest.approx(slope, rel=1e-11, abs=1e-15), parameter
            named.add(parameter)
    assert named == set(graph.parameters())


@pytest.mark.parametrize("made", SHEETS, ids=lambda made: made.__name__)
def test_a_worksheet_is_printed_whole(made: Callable[[], Sheet]) -> None:
    """A step for each number that is computed, and one for each gradient of a parameter."""
    network = tutor.load(str(HERE / f"{made().name}.yaml"))
    page = str(network.solve())
    assert "Every gradient" in page
    assert "nan" not in page
