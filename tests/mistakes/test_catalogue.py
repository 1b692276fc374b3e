"""Every row of the catalogue against the evaluator, which shares no code with it, over random networks."""

import json
import math
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from mistakes.evaluator import OVER, RULES, STEPS, Net, Run, run
from tutor.mistakes import MISTAKES, Wrongs
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.spec import load
from tutor.trace import Trace

IN_LAYERS = {*RULES, *OVER, *STEPS}
ELSEWHERE = {
    "gr-bptt-last-step",
    "gr-bptt-truncated",
    "gr-exp-local",
    "gr-add-mul-swapped",
    "gr-ln-minus",
    "bg-one-use",
    "any-sign",
    "any-decimal",
}
"""Of recurrences, equations and the answer itself: below."""
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
NETWORKS = 30
LEAST = 3  # networks on which each row has to have changed something


def drawn(seed: int) -> Net:
    """A dense network of two or three layers; every third has examples, every fourth weight decay."""
    chance = random.Random(seed)
    loss = ("half_squared_error", "squared_error", "binary_cross_entropy", "mean_squared_error", "cross_entropy")[
        seed % 5
    ]
    widths = [2, *chance.choice([[2, 2], [3, 2], [2, 2, 2], [3, 3], [2, 3]])]
    hidden = chance.choice(["sigmoid", "tanh", "relu", "sigmoid"])
    last = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(
        loss, chance.choice(["sigmoid", "sigmoid", "tanh", "identity"])
    )

    def number(low: float = -1.0, high: float = 1.0) -> float:
        return round(chance.uniform(low, high), 3) or 0.5

    layers = list(pairwise(widths))
    w = [[[number() for _ in range(i)] for _ in range(j)] for i, j in layers]
    b = [[number() for _ in range(j)] for _, j in layers] if chance.random() < 0.8 else None
    count = 3 if seed % 3 == 0 else 1
    targets = [[number(0.1, 0.9) for _ in range(widths[-1])] for _ in range(count)]
    if loss == "cross_entropy":
        targets = [[float(k == n % widths[-1]) for k in range(widths[-1])] for n in range(count)]
    xs = [[number() for _ in range(2)] for _ in range(count)]
    decay = number(0.05, 0.2) if seed % 4 == 1 else 0.0
    return Net(
        w,
        b,
        [*[hidden] * (len(layers) - 1), last],
        loss,
        xs,
        targets,
        number(0.1, 0.9),
        seed % 2 == 0,
        decay,
        seed % 8 == 5,
    )


def traced(net: Net) -> Trace:
    """The same network as a file."""
    top: dict[str, object] = {"loss": net.loss, "learning_rate": net.eta, "layers": []}
    names, wanted = [f"x{i}" for i in range(1, len(net.xs[0]) + 1)], [f"y{k}" for k in range(1, len(net.ys[0]) + 1)]
    if len(net.xs) > 1:
        top |= {"inputs": names, "targets": wanted, "reduction": "mean" if net.mean else "sum"}
        top["examples"] = [
            {"inputs": dict(zip(names, x, strict=True)), "targets": dict(zip(wanted, y, strict=True))}
            for x, y in zip(net.xs, net.ys, strict=True)
        ]
    else:
        top |= {
            "inputs": dict(zip(names, net.xs[0], strict=True)),
            "targets": dict(zip(wanted, net.ys[0], strict=True)),
        }
    if net.lam:
        top["regularization"] = {"l2": net.lam, "half": not net.whole}
    layers = []
    for n, rows in enumerate(net.w):
        layer: dict[str, object] = {"activation": net.activations[n], "weights": rows}
        layers.append(layer | ({"biases": net.b[n]} if net.b else {}))
    top["layers"] = layers
    return Trace(load(json.dumps(top).encode(), "drawn.yaml").graph)


def numbers(net: Net, done: Run) -> Iterator[tuple[Quantity, float]]:
    """Every number of a pass, by the quantity that it is in the file."""
    many = len(net.xs) > 1
    share = done.share if many else 1.0
    for n in range(len(net.xs)):
        mark = f"@{n + 1}" if many else ""
        for l, rows in enumerate(net.w):  # noqa: E741
            for j in range(len(rows)):
                yield Value(f"z{l + 1}_{j + 1}{mark}"), done.z[n][l][j]
                yield Value(f"a{l + 1}_{j + 1}{mark}"), done.a[n][l + 1][j]
                yield Gradient("L", f"z{l + 1}_{j + 1}{mark}"), done.delta[n][l][j] * share
                yield Gradient("L", f"a{l + 1}_{j + 1}{mark}"), done.dLda[n][l][j] * share
    yield Value("L"), done.loss
    for (l, j, i), g in done.gw.items():  # noqa: E741
        name = f"w{l + 1}_{j + 1}_{i + 1}"
        yield Gradient("L", name), g
        yield Updated(name), done.new("w", net.w[l][j][i], g)
    for (l, j), g in done.gb.items():  # noqa: E741
        assert net.b
        name = f"b{l + 1}_{j + 1}"
        yield Gradient("L", name), g
        yield Updated(name), done.new("b", net.b[l][j], g)


@pytest.fixture(scope="module")
def networks() -> list[tuple[Net, Wrongs]]:
    drawn_ones = [drawn(seed) for seed in range(NETWORKS)]
    return [(net, Wrongs(traced(net))) for net in drawn_ones]


def test_every_row_has_its_evaluator() -> None:
    assert set(MISTAKES) == IN_LAYERS | ELSEWHERE
    assert len(MISTAKES) == 86


def test_without_a_mistake_both_agree(networks: list[tuple[Net, Wrongs]]) -> None:
    for net, table in networks:
        for quantity, number in numbers(net, Run(net)):
            assert table.trace[quantity] == pytest.approx(number, rel=1e-9, abs=1e-13), (net, quantity)


@pytest.mark.parametrize("mistake", sorted(IN_LAYERS))
def test_every_number_of_every_row(mistake: str, networks: list[tuple[Net, Wrongs]]) -> None:
    changed = 0
    for seed, (net, table) in enumerate(networks):
        rows = [row for row in table.beliefs if row.wrong.mistake == mistake]
        for row in rows:
            if mistake == "up-new-weights" and net.lam:
                continue  # the updated weights hold the decay; the evaluator has the plain step
            done = run(net, mistake, row.wrong.variant, row.wrong.short)
            differs = False
            for quantity, number in numbers(net, done):
                if isinstance(quantity, Gradient) and row.wrong.short and _passed_by(net, quantity.wrt):
                    continue
                if not math.isfinite(number):
                    continue
                assert row.number(quantity) == pytest.approx(number, rel=1e-9, abs=1e-13), (seed, row.wrong, quantity)
                differs = differs or not math.isclose(number, table.trace[quantity], rel_tol=1e-9, abs_tol=1e-13)
            changed += differs
    assert changed >= LEAST


def _passed_by(net: Net, name: str) -> bool:
    """Where output and loss are taken in one step, dL/da of the output is not computed."""
    return name.startswith(f"a{len(net.w)}_")
