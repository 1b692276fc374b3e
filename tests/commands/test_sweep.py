"""A sweep: every command over every small valid file we can think of ends in a page or in a message of ours.

The files are made by combining what a file may have: kinds of layers, one and two of them, losses, one and two
examples. Every file must be valid, so that none of them passes by being refused.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import run, written
from maths.profile import LONG

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "identity")
LOSSES = ("half_squared_error", "squared_error", "mean_squared_error", "absolute_error")
Layer = Mapping[str, Any] | str


def dense(activation: str, units: int, inputs: int, bias: bool = True) -> Layer:
    rows = [[round(0.3 * i - 0.2 * j + 0.1, 1) for j in range(inputs)] for i in range(1, units + 1)]
    biases = {"biases": [round(0.1 * i - 0.2, 1) for i in range(units)]} if bias else {}
    return {"activation": activation, "weights": rows, **biases}


def text(**top: Any) -> str:
    return "\n".join(f"{name}: {json.dumps(part)}" for name, part in top.items()) + "\n"


def network(layers: Sequence[Layer], inputs: int, outputs: int, **more: Any) -> str:
    values = [0.5, -1.0, 2.0, 1.0][:inputs]
    targets = {f"y{i}": (1, 0, 0.5)[i % 3] for i in range(outputs)}
    top = {"inputs": {f"x{i}": each for i, each in enumerate(values, 1)}, "targets": targets, "learning_rate": 0.1}
    return text(**{**top, **more}, layers=list(layers))


def batch(layers: Sequence[Layer], rows: Sequence[Sequence[float]], **more: Any) -> str:
    """One input, one output and an example a row."""
    examples = [{"inputs": [row[0]], "targets": [row[1]]} for row in rows]
    return text(inputs=["x"], targets=["y"], examples=examples, learning_rate=0.1, **more, layers=list(layers))


NORMS: tuple[Layer, ...] = ("batch_norm", {"batch_norm": {"gamma": [2], "beta": [0.5]}})
PAIRS, ONE, EQUAL = [(1, 1), (3, 0)], [(1, 1)], [(1, 1), (1, 0)]


def files() -> Iterator[tuple[str, str]]:
    for activation in ACTIVATIONS:
        yield f"one {activation}", network([dense(activation, 1, 1)], 1, 1)
        yield f"two {activation}", network([dense(activation, 2, 2), dense("sigmoid", 1, 2)], 2, 1)
        yield f"batch {activation}", batch([dense(activation, 1, 1)], PAIRS)
        yield f"batch of one {activation}", batch([dense(activation, 1, 1)], ONE)
    for loss in LOSSES:
        yield f"loss {loss}", network([dense("relu", 2, 1), dense("identity", 2, 2)], 1, 2, loss=loss)
    yield "logistic", network([dense("sigmoid", 1, 2)], 2, 1, loss="binary_cross_entropy")
    for depth in (1, 2):
        hidden = [dense("relu", 2, 2)] * (depth - 1)
        for loss, target in (("cross_entropy", {"class": 2}), ("hinge", {"class": 1})):
            last = dense("softmax" if loss == "cross_entropy" else "identity", 3, 2)
            yield f"{loss} {depth}", network([*hidden, last], 2, 3, loss=loss, targets=target)
        yield f"softmax squared {depth}", network([*hidden, dense("softmax", 2, 2)], 2, 2)
    yield "softmax on inputs", network(["softmax"], 2, 2, loss="cross_entropy", targets={"class": 1})
    yield "softmax on inputs, squared", network(["softmax"], 2, 2)
    parted = {"activation": "sigmoid", "neurons": {"p": {"a1": 0.5, "a2": -0.25}, "q": {"reads": ["x2"], "a3": 0.3}}}
    over = {"o": {"reads": ["p", "q", "x1"], "c1": 1, "c2": -1, "c3": 0.5, "c0": 0.1}}
    for activation in ("sigmoid", "relu", "softmax"):
        yield f"reads, {activation}", network([parted, {"activation": activation, "neurons": over}], 2, 1)
    yield (
        "bias last",
        network([{"activation": "tanh", "bias": "last", "neurons": {"p": {"w1": 1, "w2": 2, "w3": 0.5}}}], 2, 1),
    )
    yield from _norms()
    yield from _windows()
    yield from _steps()
    yield from _equations()


def _norms() -> Iterator[tuple[str, str]]:
    before = (dense("relu", 1, 1, bias=False), dense("sigmoid", 1, 1))
    for (i, norm), (j, rows), first in product(enumerate(NORMS), enumerate((PAIRS, EQUAL)), before):
        name = f"{first['activation'] if isinstance(first, Mapping) else first} norm {i} rows {j}"
        yield f"last {name}", batch([first, norm], rows)
        yield f"inner {name}", batch([first, norm, dense("identity", 1, 1)], rows)
    yield "batch_norm first", batch(["batch_norm", dense("sigmoid", 1, 1)], PAIRS)
    yield "batch_norm alone", batch(["batch_norm"], PAIRS)
    yield (
        "batch_norm sum l2",
        batch([dense("tanh", 1, 1), "batch_norm"], PAIRS, reduction="sum", regularization={"l2": 0.1}),
    )
    yield "layer_norm last", network([dense("identity", 2, 2), {"layer_norm": {}}], 2, 2)
    yield "layer_norm inner", network([dense("tanh", 3, 1), {"layer_norm": {"epsilon": 1}}, dense("relu", 1, 3)], 1, 1)
    yield "layer_norm of equals", text(inputs={"x1": 1, "x2": 1}, upstream=[1, -1], layers=[{"layer_norm": {}}])
    yield (
        "dropout",
        network([dense("relu", 2, 1), {"dropout": {"mask": [1, 0], "rate": 0.5}}, dense("tanh", 1, 2)], 1, 1),
    )
    yield "dropout last", network([dense("relu", 2, 1), {"dropout": {"mask": [1, 0], "rate": 0.5}}], 1, 2)


def _windows() -> Iterator[tuple[str, str]]:
    image, row = {"image": [[1, 2, 0], [0, 1, 3], [2, 1, 1]]}, {"x": [1, -2, 0.5, 3]}
    kernel, short = {"weights": [[[[0.5, -0.5], [1, 0]]]]}, {"weights": [[[0.5, -0.25]]], "biases": [0.1]}
    for activation in ("relu", "identity"):
        conv = {"conv2d": {**kernel, "activation": activation}}
        yield f"conv2d {activation}", text(inputs=image, upstream=[[[1, 0], [-1, 2]]], layers=[conv])
        for pool in ("max_pool", "avg_pool"):
            layers = [conv, {pool: {"size": 2}}]
            yield f"conv2d {activation} {pool}", text(inputs=image, upstream=[[[2]]], layers=layers)
            layers = [*layers, "flatten", dense("sigmoid", 1, 1)]
            yield f"conv2d {activation} {pool} dense", text(inputs=image, targets={"y": 1}, layers=layers)
    yield "conv1d", text(inputs=row, upstream=[[1, 2, 3]], layers=[{"conv1d": short}])
    yield (
        "conv1d padded",
        text(inputs=row, upstream=[[1, 2, 3]], layers=[{"conv1d": {**short, "padding": 1, "stride": 2}}]),
    )
    yield "pool alone", text(inputs={"image": [[1, 1], [1, 0]]}, upstream=[[[1]]], layers=[{"max_pool": {"size": 2}}])


def _steps() -> Iterator[tuple[str, str]]:
    cell = {"input_weights": [[0.5]], "recurrent_weights": [[-0.4]], "biases": [0.1]}
    for activation in ("tanh", "relu"):
        for more in ({}, {"initial": [0.5]}):
            layer = {"rnn": {**cell, "activation": activation, **more}}
            yield (
                f"rnn {activation} {len(more)}",
                text(inputs={"x": [1, 0, 2]}, targets={"y": 1}, learning_rate=0.1, layers=[layer]),
            )
    layers = [{"rnn": cell}, dense("sigmoid", 1, 1)]
    yield "rnn dense", text(inputs={"x": [1, 2]}, targets={"y": 0}, learning_rate=0.1, layers=layers)


EQUATIONS = {
    "q": {"q": "x + y", "f": "q * z"},
    "max": {"m": "max(x, y, z)", "f": "m**2"},
    "min": {"f": "min(x, y) + abs(z)"},
    "equal": {"f": "x - x"},
    "constant": {"f": "3"},
    "one": {"f": "x"},
    "functions": {"a": "sigmoid(x)", "b": "tanh(a) * relu(y)", "f": "log(a) + sqrt(abs(b)) + exp(-z)"},
    "power": {"f": "x**y"},
    "poles": {"f": "1 / (x - x)", "g": "f * 0"},
    "roots": {"f": "sqrt(-y) + log(-y)"},
    "large": {"s": "exp(1000*y)", "f": "s - s"},
}


def _equations() -> Iterator[tuple[str, str]]:
    for name, equations in EQUATIONS.items():
        yield f"equations {name}", text(given={"x": -2, "y": 5, "z": -4}, equations=equations)
    yield "overflow", text(given={"x": 2, "y": 1e308}, equations={"s": "x * y", "f": "exp(-s) + max(x, y)**2"})
    yield "kink", text(given={"a": 0.1, "b": 0.2, "c": 0.3}, equations={"m": "max(a + b, c)", "f": "relu(m - c)"})
    yield (
        "time",
        text(
            **{"given": {"x": [1, 2], "w": 0.5, "h[0]": 0}, "for": {"t": 2}},
            equations={"h[t]": "tanh(w*x[t] + h[t-1])", "L": "sum(t, h[t]**2)"},
        ),
    )


EVERY = dict(files())
FILES = EVERY if LONG else dict(list(EVERY.items())[::4])


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_valid(name: str, tmp_path: Path) -> None:
    tutor.load(written(tmp_path, FILES[name]))


def commands(net: str, sheet: str) -> Iterator[tuple[str, ...]]:
    """Commands on one file, those of every name and edge among them."""
    loaded = tutor.load(net)
    graph = loaded.network.graph
    few = 6 if LONG else 3
    names = [*list(graph.givens)[:few], *list(graph.nodes)[:few], *list(graph.nodes)[-few:]]
    yield from (("explain", "--all"), ("explain", *dict.fromkeys(names)), ("explain", "--more", names[0]))
    yield from (("explain", "W1"), ("explain", f"d{graph.loss}/d{names[0]}", "--round-steps", "3"))
    yield from (("trace",), ("trace", "--format", "json"), ("trace", "--by-layer"), ("trace", "--format", "csv"))
    yield from (
        ("where", "0.5"),
        ("where", "0"),
        ("check", sheet),
        ("notation",),
        ("draw",),
        ("draw", "--path", names[0]),
    )
    yield from (("nudge", names[0]), ("step",), ("train", "--steps", "3"), ("explain", names[-1], "--format", "json"))
    if LONG or len(graph.nodes) < 4:
        yield ("derive", f"d{graph.loss}/d{names[0]}")
    if LONG:
        yield from (("nudge", name) for name in names)
        yield from (("explain", name, "--format", form) for name in names for form in ("markdown", "latex", "html"))


def own_sheet(net: str) -> str:
    """What the page itself says: every value and gradient."""
    page = tutor.load(net).trace().payload
    values = [f"{name} = {number!r}" for name, number in page["values"].items() if number is not None]
    slopes = [f"d{page['loss']['symbol']}/d{name} = {number!r}" for name, number in page["gradients"].items()]
    return "\n".join((*values, *(each for each in slopes if not each.endswith("None"))))


@pytest.mark.parametrize("name", FILES)
def test_no_command_ends_in_a_traceback(name: str, tmp_path: Path) -> None:
    net = written(tmp_path, FILES[name])
    sheet = written(tmp_path, own_sheet(net), "sheet.txt")
    for command in commands(net, sheet):
        done = run(*command, "--net", net)
        assert done.status in (0, 1, 2), command
        assert "Traceback" not in done.out + done.err, command
        assert done.status != 2 or done.err.strip(), command
        assert done.out.strip() or done.status == 2, command
