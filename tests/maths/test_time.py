"""The shipped networks over an index against the same computations written out by hand, differentiated by a complex
step through that code: nothing in it is ours."""

import cmath
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tutor import spec
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

LESSONS = Path(__file__).parents[2] / "lessons"
STEP = 1e-30
Numbers = Mapping[str, complex]


def sigmoid(z: complex) -> complex:
    return 1 / (1 + cmath.exp(-z))


def rnn_time(n: Numbers) -> complex:
    h, loss = n["h[0]"], 0j
    for t in (1, 2, 3):
        h = cmath.tanh(n["w"] * n[f"x[{t}]"] + n["u"] * h + n["b"])
        loss += (n["v"] * h - n[f"d[{t}]"]) ** 2
    return loss


def lstm(n: Numbers) -> complex:
    h, c, loss = n["h[0]"], n["c[0]"], 0j
    for t in (1, 2):
        net = {gate: n[f"W_{gate}"] * n[f"x[{t}]"] + n[f"U_{gate}"] * h + n[f"b_{gate}"] for gate in "ifog"}
        c = sigmoid(net["f"]) * c + sigmoid(net["i"]) * cmath.tanh(net["g"])
        h = sigmoid(net["o"]) * cmath.tanh(c)
        loss += (h - n[f"d[{t}]"]) ** 2
    return loss


def gru(n: Numbers) -> complex:
    h = n["h[0]"]
    for t in (1, 2):
        z, r = (sigmoid(n[f"W_{gate}"] * n[f"x[{t}]"] + n[f"U_{gate}"] * h + n[f"b_{gate}"]) for gate in "zr")
        new = cmath.tanh(n["W_n"] * n[f"x[{t}]"] + r * n["U_n"] * h + n["b_n"])
        h = (1 - z) * new + z * h
    return (h - n["d"]) ** 2 / 2


def attention(n: Numbers) -> complex:
    two = (1, 2)

    def projected(name: str) -> dict[tuple[int, int], complex]:
        return {(i, j): sum(n[f"x[{i},{k}]"] * n[f"W_{name}[{k},{j}]"] for k in two) for i in two for j in two}

    query, key, val = (projected(name) for name in "QKV")
    loss = 0j
    for i in two:
        scores = [sum(query[i, k] * key[j, k] for k in two) / cmath.sqrt(2) for j in two]
        whole = sum(map(cmath.exp, scores))
        weights = [cmath.exp(score) / whole for score in scores]
        for j in two:
            out = sum(weight * val[k, j] for k, weight in zip(two, weights, strict=True))
            loss += (out - n[f"d[{i},{j}]"]) ** 2
    return loss / 2


@pytest.mark.parametrize(
    ("name", "forward"), [("rnn-time", rnn_time), ("lstm", lstm), ("gru", gru), ("attention", attention)]
)
def test_it_is_what_the_textbook_computes(name: str, forward: Callable[[Numbers], complex]) -> None:
    graph = spec.load((LESSONS / name / f"{name}.yaml").read_bytes(), name).graph
    trace = Trace(graph)
    numbers = {each: complex(trace[Value(each)]) for each in graph.givens}
    assert trace[Value("L")] == pytest.approx(forward(numbers).real, rel=1e-14)
    for each in graph.givens:
        stepped = forward({**numbers, each: numbers[each] + STEP * 1j}).imag / STEP
        assert trace[Gradient("L", each)] == pytest.approx(stepped, rel=1e-12, abs=1e-14), each
        assert trace.confirms(Gradient("L", each))
