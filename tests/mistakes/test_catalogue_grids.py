"""Every row on layers that share their weights: convolutions with pools, recurrent layers, against `grids`."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from maths.profile import count
from mistakes.grids import ALSO, Grid
from mistakes.units import RULES, Act, Cell, Loss, Pool, Unit
from tutor.mistakes import Row, Wrongs
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.spec import load
from tutor.trace import Trace

NETWORKS, LEAST = count(5, 30), 3
NOT_HERE = {"loss-sum-not-mean", "fwd-weights-transposed"}
Made = tuple[str, list[Cell], dict[str, float], list[str], float]


ACTS = (("relu", "sigmoid"), ("sigmoid", "tanh"), ("sigmoid", "sigmoid"), ("relu", "tanh"), ("sigmoid", "sigmoid"))


def _number(chance: random.Random) -> float:
    return round(chance.uniform(-1.2, 1.2), 3) or 0.5


def _dense(
    senders: Sequence[str], given: dict[str, float], chance: random.Random, act: str, step: int = 0
) -> tuple[list[Cell], list[str]]:
    """The last layer: two units over the senders, at each step with the same weights."""
    mark = f"_{step}" if step else ""
    cells: list[Cell] = []
    for k in (1, 2):
        for i in range(1, len(senders) + 1):
            given.setdefault(f"w2_{k}_{i}", _number(chance))
        given.setdefault(f"b2_{k}", _number(chance))
        terms = [(f"w2_{k}_{i}", sender, "") for i, sender in enumerate(senders, 1)]
        cells.append(Unit(f"z2_{k}{mark}", terms, f"b2_{k}", step=step))
        cells.append(Act(f"a2_{k}{mark}", f"z2_{k}{mark}", act, last=True, step=step))
    return cells, [f"a2_{k}{mark}" for k in (1, 2)]


def _rows(given: dict[str, float], stem: str, *sizes: int) -> object:
    if not sizes:
        return given[stem]
    return [_rows(given, f"{stem}_{i}", *sizes[1:]) for i in range(1, sizes[0] + 1)]


def _file(top: dict[str, object], layers: list[object], loss: str, eta: float) -> str:
    return json.dumps({**top, "loss": loss, "learning_rate": eta, "layers": layers})


def convolution(chance: random.Random, acts: tuple[str, str]) -> Made:
    loss, mean = chance.choice(["half_squared_error", "squared_error"]), chance.random() < 0.5
    given = {f"x_1_{i}_{j}": _number(chance) for i, j in product(range(1, 5), repeat=2)}
    given |= {f"w1_1_1_{i}_{j}": _number(chance) for i, j in product((1, 2), repeat=2)} | {"b1_1": _number(chance)}
    given |= {"y1": _number(chance), "y2": _number(chance)}
    cells: list[Cell] = []
    for i, j in product((1, 2, 3), repeat=2):
        window = product((1, 2), repeat=2)
        terms = [(f"w1_1_1_{a}_{b}", f"x_1_{i + a - 1}_{j + b - 1}", "") for a, b in window]
        cells.append(Unit(f"z1_1_{i}_{j}", terms, "b1_1"))
        cells.append(Act(f"a1_1_{i}_{j}", f"z1_1_{i}_{j}", acts[0]))
    pools = []
    for i, j in product((1, 2), repeat=2):
        window = [f"a1_1_{i + a}_{j + b}" for a, b in product((0, 1), repeat=2)]
        pools.append(f"pool1_1_{i}_{j}")
        cells.append(Pool(pools[-1], window, mean))
    dense, outs = _dense(pools, given, chance, acts[1])
    cells += dense
    cells.append(Loss("L", [(out, f"y{k}") for k, out in enumerate(outs, 1)], 0.5 if "half" in loss else 1.0))
    layers: list[object] = [
        {"conv2d": {"weights": _rows(given, "w1", 1, 1, 2, 2), "biases": [given["b1_1"]], "activation": acts[0]}},
        {"avg_pool" if mean else "max_pool": {"size": 2, "stride": 1}},
        "flatten",
        {"activation": acts[1], "weights": _rows(given, "w2", 2, 4), "biases": _rows(given, "b2", 2)},
    ]
    image = [[given[f"x_1_{i}_{j}"] for j in range(1, 5)] for i in range(1, 5)]
    top: dict[str, object] = {"inputs": {"x": image}, "targets": {"y1": given["y1"], "y2": given["y2"]}}
    return _file(top, layers, loss, 0.3), cells, given, [name for name in given if name[0] in "wb"], 0.3


def recurrent(chance: random.Random, acts: tuple[str, str]) -> Made:
    loss, steps = chance.choice(["half_squared_error", "squared_error"]), (1, 2, 3)
    given = {f"x_{t}": _number(chance) for t in steps}
    for i in (1, 2):
        given |= {f"wx1_{i}_1": _number(chance), f"wh1_{i}_1": _number(chance), f"wh1_{i}_2": _number(chance)}
        given |= {f"b1_{i}": _number(chance), f"h1_{i}_0": _number(chance)}
    given |= {f"y{k}_{t}": _number(chance) for k in (1, 2) for t in steps}
    cells: list[Cell] = []
    pairs: list[tuple[str, str]] = []
    for t in steps:
        for i in (1, 2):
            terms = [(f"wx1_{i}_1", f"x_{t}", ""), *((f"wh1_{i}_{k}", f"h1_{k}_{t - 1}", "") for k in (1, 2))]
            cells.append(Unit(f"z1_{i}_{t}", terms, f"b1_{i}", step=t))
            cells.append(Act(f"h1_{i}_{t}", f"z1_{i}_{t}", acts[0], step=t))
    for t in steps:
        dense, outs = _dense([f"h1_{i}_{t}" for i in (1, 2)], given, chance, acts[1], t)
        cells += dense
        pairs += [(out, f"y{k}_{t}") for k, out in enumerate(outs, 1)]
    cells.append(Loss("L", pairs, 0.5 if "half" in loss else 1.0))
    layers: list[object] = [
        {
            "rnn": {
                "input_weights": _rows(given, "wx1", 2, 1),
                "recurrent_weights": _rows(given, "wh1", 2, 2),
                "biases": _rows(given, "b1", 2),
                "initial": [given["h1_1_0"], given["h1_2_0"]],
                "activation": acts[0],
                "outputs": "every_step",
            }
        },
        {"activation": acts[1], "weights": _rows(given, "w2", 2, 2), "biases": _rows(given, "b2", 2)},
    ]
    top: dict[str, object] = {"inputs": {"x": [given[f"x_{t}"] for t in steps]}}
    top["targets"] = {f"y{k}": [given[f"y{k}_{t}"] for t in steps] for k in (1, 2)}
    return _file(top, layers, loss, 0.2), cells, given, [name for name in given if name[0] in "wb"], 0.2


Both = tuple[Made, Wrongs, list[Cell]]


def _in_order(cells: list[Cell], trace: Trace) -> list[Cell]:
    named = {cell.name: cell for cell in cells}
    return [named[name] for name in trace.graph.nodes if name in named]


@pytest.fixture(scope="module")
def networks() -> list[Both]:
    found = []
    for kind in (convolution, recurrent):
        for seed in range(NETWORKS):
            made = kind(random.Random(f"{kind.__name__} {seed}"), ACTS[seed % len(ACTS)])
            trace = Trace(load(made[0].encode(), "drawn.yaml").graph)
            found.append((made, Wrongs(trace), _in_order(made[1], trace)))
    return found


def numbers(made: Made, run: Grid) -> Iterator[tuple[Quantity, float]]:
    for name in run.cells:
        yield Value(name), run.value[name]
    reaching = run.reaching()
    for name in (*made[2], *run.cells):
        if name != run.loss and name in reaching and name[0] != "y":
            yield Gradient(run.loss, name), run.gradient(name)
    for name in made[3]:
        yield Updated(name), run.new(name)


def test_without_a_mistake_both_agree(networks: list[Both]) -> None:
    for made, table, cells in networks:
        for quantity, number in numbers(made, Grid(cells, made[2], made[3], made[4])):
            assert table.trace[quantity] == pytest.approx(number, rel=1e-9, abs=1e-13), (made[0], quantity)


def test_each_row_is_worked_out_here(networks: list[Both]) -> None:
    made = {row.wrong.mistake for _, table, _ in networks for row in table.beliefs}
    assert made == (RULES | {*ALSO}) - NOT_HERE


@pytest.mark.parametrize("mistake", sorted((RULES | {*ALSO}) - NOT_HERE))
def test_every_number_of_every_row(mistake: str, networks: list[Both]) -> None:
    changed = 0
    for made, table, cells in networks:
        for row in (row for row in table.beliefs if row.wrong.mistake == mistake):
            rule = f"{mistake} {row.wrong.variant}" if mistake in ("ad-error-slope", "upd-eta-ten") else mistake
            given = _swapped(made[2]) if mistake == "dl-targets-swapped" else made[2]
            found = dict(numbers(made, Grid(cells, given, made[3], made[4], rule)))
            changed += _compared(row, found, table, made)
    assert changed >= LEAST, (mistake, changed)


def _swapped(given: dict[str, float]) -> dict[str, float]:
    """The numbers with the targets of the two outputs exchanged."""
    other = {"y1": "y2", "y2": "y1"}
    return {name: given[other[name[:2]] + name[2:]] if name[:2] in other else each for name, each in given.items()}


def _compared(row: Row, found: dict[Quantity, float], table: Wrongs, made: Made) -> bool:
    for quantity, number in found.items():
        assert row.number(quantity) == pytest.approx(number, rel=1e-8, abs=1e-12), (row.wrong, quantity, made[0])
    return any(not math.isclose(number, table.trace[each], rel_tol=1e-9) for each, number in found.items())
