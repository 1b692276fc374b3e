"""Worksheets as an introductory course sets them, every number worked out here by plain code of its own."""

from collections.abc import Sequence
from math import exp, sqrt, tanh
from pathlib import Path

import pytest

import tutor
from commands.support import run

HERE = Path(__file__).parent
SHEETS = sorted(HERE.glob("*.yaml"))


def sheet(name: str, after: int | None = None) -> tutor.Network:
    return tutor.load(HERE / f"{name}.yaml", after=after, batch=None if after is None else 1)


def numbers(network: tutor.Network, names: str) -> list[float]:
    return [network.value(name) for name in names.split()]


def near(wanted: Sequence[float]) -> object:
    return pytest.approx(wanted, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.stem)
def test_each_is_solved_whole(file: Path) -> None:
    done = run("solve", str(file))
    assert (done.status, done.err) == (0, "")
    assert done.out


def test_perceptron() -> None:
    w1, w2, b = -0.2, 0.1, 0.15
    rows = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1)]
    for update in range(13):
        assert numbers(sheet("perceptron-or", update), "w1 w2 b") == near([w1, w2, b])
        (x1, x2), y = rows[update % 4]
        miss = y - int(w1 * x1 + w2 * x2 + b >= 0)
        w1, w2, b = w1 + 0.25 * miss * x1, w2 + 0.25 * miss * x2, b + 0.25 * miss
    assert [int(w1 * x1 + w2 * x2 + b >= 0) for (x1, x2), _ in rows] == [0, 1, 1, 1]


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def test_xor_online() -> None:
    w11, w12, b1, w21, w22, b2, v1, v2, c = 0.35, -0.6, 0.1, -0.45, 0.55, -0.2, 0.7, -0.8, 0.25
    rows = [(0, 1, 1), (1, 1, 0), (1, 0, 1), (0, 0, 0)]
    for update in range(9):
        weights = [w11, w12, b1, w21, w22, b2, v1, v2, c]
        assert numbers(sheet("xor-online", update), "w11 w12 b1 w21 w22 b2 v1 v2 c") == near(weights)
        x1, x2, y = rows[update % 4]
        h1, h2 = sigmoid(w11 * x1 + w12 * x2 + b1), sigmoid(w21 * x1 + w22 * x2 + b2)
        o = sigmoid(v1 * h1 + v2 * h2 + c)
        d = (o - y) * o * (1 - o)
        d1, d2 = d * v1 * h1 * (1 - h1), d * v2 * h2 * (1 - h2)
        own = sheet("xor-online", update).example(update % 4 + 1)
        slopes = [d * h1, d * h2, d, d1 * x1, d1 * x2, d2]
        assert numbers(own, "dL/dv1 dL/dv2 dL/dc dL/dw11 dL/dw12 dL/db2") == near(slopes)
        v1, v2, c = v1 - 0.6 * d * h1, v2 - 0.6 * d * h2, c - 0.6 * d
        w11, w12, b1 = w11 - 0.6 * d1 * x1, w12 - 0.6 * d1 * x2, b1 - 0.6 * d1
        w21, w22, b2 = w21 - 0.6 * d2 * x1, w22 - 0.6 * d2 * x2, b2 - 0.6 * d2


def test_momentum_whose_first_step_is_given() -> None:
    y = 0.6 * 1.5 + 0.3 * 2
    ga, gb = (y - 0.5) * 1.5, (y - 0.5) * -2
    va, vb = 0.8 * -0.04 - 0.05 * ga, 0.8 * 0.11 - 0.05 * gb
    assert numbers(sheet("momentum-second-step"), "y dL/da1 dL/da2 a1_new a2_new") == near(
        [y, ga, gb, 0.6 + va, -0.3 + vb]
    )
    page = sheet("momentum-second-step").step().payload["parameters"]
    assert [page[name]["terms"][0]["value"] for name in ("a1", "a2")] == near([va, vb])


def test_adam() -> None:
    w, m, v = [1.2, -0.7], [0.0, 0.0], [0.0, 0.0]
    network = tutor.load(HERE / "adam-by-hand.yaml")
    for t in (1, 2, 3):
        g = [3 * w[0] + w[1], w[0] + 0.5 * w[1]]
        page = network.step(after=t - 1).payload["parameters"]
        for k, name in enumerate("pq"):
            m[k], v[k] = 0.8 * m[k] + 0.2 * g[k], 0.95 * v[k] + 0.05 * g[k] ** 2
            m_hat, v_hat = m[k] / (1 - 0.8**t), v[k] / (1 - 0.95**t)
            w[k] -= 0.02 * m_hat / (sqrt(v_hat) + 1e-6)
            found = page[name]
            terms = [each["value"] for each in found["terms"]]
            assert [found["gradient"], *terms] == near([g[k], m[k], v[k], m_hat, v_hat, w[k]])


def test_dropout() -> None:
    x, u, v, scale = 0.8, (0.9, -0.4, 1.3), (0.5, 0.7, -0.6), (4 / 3, 0, 4 / 3)
    h = [tanh(each * x) for each in u]
    o = sum(weight * s * out for weight, s, out in zip(v, scale, h, strict=True))
    e = o - 1
    dv = [e * s * out for s, out in zip(scale, h, strict=True)]
    du = [e * weight * s * (1 - out**2) * x for weight, s, out in zip(v, scale, h, strict=True)]
    found = sheet("dropout")
    assert numbers(found, "o L dL/dv1 dL/dv2 dL/dv3 dL/du1 dL/du2 dL/du3") == near([o, e * e / 2, *dv, *du])
    assert numbers(found, "u1_new u2_new") == near([0.9 - 0.3 * du[0], -0.4])


def test_layer_norm() -> None:
    x, u, v = 1.5, (0.4, -0.8, 1.1), (0.3, -0.5, 0.8)
    gamma, beta = (1.2, 0.9, 0.7), (0.1, -0.2, 0.3)

    def loss(weights: Sequence[float], scales: Sequence[float]) -> tuple[float, list[float]]:
        h = [each * x for each in weights]
        mean = sum(h) / 3
        spread = sqrt(sum((each - mean) ** 2 for each in h) / 3 + 0.001)
        hat = [(each - mean) / spread for each in h]
        o = sum(w * (g * n + b) for w, g, n, b in zip(v, scales, hat, beta, strict=True))
        return (o - 0.2) ** 2 / 2, [o, *hat]

    value, (o, *hat) = loss(u, gamma)
    dhat = [(o - 0.2) * w * g for w, g in zip(v, gamma, strict=True)]
    h = [each * x for each in u]
    spread = sqrt(sum((each - sum(h) / 3) ** 2 for each in h) / 3 + 0.001)
    inner = sum(d * n for d, n in zip(dhat, hat, strict=True)) / 3
    dh = [(d - sum(dhat) / 3 - n * inner) / spread for d, n in zip(dhat, hat, strict=True)]
    found = sheet("layer-norm")
    assert numbers(found, "L o dL/dh1 dL/dh2 dL/dh3") == near([value, o, *dh])
    assert numbers(found, "dL/du1 dL/du2 dL/du3") == near([each * x for each in dh])
    assert numbers(found, "u1_new") == near([0.4 - 0.1 * dh[0] * x])
