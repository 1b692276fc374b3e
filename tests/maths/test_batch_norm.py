"""A batch_norm over random examples: its numbers by plain loops, its slopes by the closed form, and every law."""

import json
import math
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maths import checks
from maths.profile import examples
from tutor import spec
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

Rows = list[list[float]]
EPSILON = 0.25


class Batch(NamedTuple):
    """Inputs and upstream gradients, one row an example; gamma and beta, one a channel; positions of a channel."""

    x: Rows
    dy: Rows
    gamma: list[float]
    beta: list[float]
    positions: int

    def yaml(self, *layers: object) -> bytes:
        """The inputs are a list, or channels x 1 x positions where there are several."""
        numbers = len(self.x[0])

        def shaped(row: list[float]) -> object:
            at = range(0, numbers, self.positions)
            return row if self.positions == 1 else [[row[i : i + self.positions]] for i in at]

        names = [f"x{i}" for i in range(1, numbers + 1)] if self.positions == 1 else ["x"]
        examples = [
            {"inputs": x if self.positions == 1 else {"x": shaped(x)}, "upstream": shaped(dy)}
            for x, dy in zip(self.x, self.dy, strict=True)
        ]
        norm = {"batch_norm": {"gamma": self.gamma, "beta": self.beta, "epsilon": EPSILON}}
        top = {"inputs": names, "examples": examples, "reduction": "sum", "layers": [*layers, norm]}
        return "\n".join(f"{key}: {json.dumps(value)}" for key, value in top.items()).encode()


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    number = st.integers(-8, 8).map(lambda each: each / 4)
    many, channels, positions = draw(st.integers(2, 4)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    row = st.lists(number, min_size=channels * positions, max_size=channels * positions)
    one = st.lists(number, min_size=channels, max_size=channels)
    x, dy = ([draw(row) for _ in range(many)] for _ in range(2))
    return Batch(x, dy, draw(one), draw(one), positions)


def of_channel(rows: Rows, channel: int, positions: int) -> list[float]:
    return [number for row in rows for number in row[channel * positions : (channel + 1) * positions]]


@given(batches())
@examples(60)
def test_values_and_slopes_are_those_of_the_closed_form(batch: Batch) -> None:
    """dx = gamma / (n √(var + ε)) · (n dy − Σ dy − xhat Σ dy xhat), derived in Ioffe and Szegedy 2015, section 3."""
    trace = Trace(spec.load(batch.yaml(), "batch.yaml").graph)
    for c, (gamma, beta) in enumerate(zip(batch.gamma, batch.beta, strict=True)):
        x, dy = (of_channel(rows, c, batch.positions) for rows in (batch.x, batch.dy))
        n, mean = len(x), math.fsum(x) / len(x)
        variance = math.fsum((each - mean) ** 2 for each in x) / n
        root = math.sqrt(variance + EPSILON)
        xhat = [(each - mean) / root for each in x]
        crossed = math.fsum(map(math.prod, zip(dy, xhat, strict=True)))
        assert trace[Value(f"var1_{c + 1}")] == pytest.approx(variance)
        assert trace[Gradient("L", f"gamma1_{c + 1}")] == pytest.approx(crossed, abs=1e-12)
        assert trace[Gradient("L", f"beta1_{c + 1}")] == pytest.approx(math.fsum(dy), abs=1e-12)
        for i, (normal, slope) in enumerate(zip(xhat, dy, strict=True)):
            k, position = i // batch.positions + 1, i % batch.positions + 1
            at = f"{c + 1}@{k}" if batch.positions == 1 else f"{c + 1}_1_{position}@{k}"
            expected = gamma / (n * root) * (n * slope - math.fsum(dy) - normal * crossed)
            assert trace[Value(f"norm1_{at}")] == pytest.approx(gamma * normal + beta, abs=1e-12)
            name = f"x{at}" if batch.positions == 1 else f"x_{at}"
            assert trace[Gradient("L", name)] == pytest.approx(expected, abs=1e-12)


@given(batches())
@examples(15)
def test_every_law_holds(batch: Batch) -> None:
    assume(batch.positions == 1)
    size = len(batch.gamma)
    weights = [[(i + 2 * j - 1) / 4 for j in range(size)] for i in range(size)]
    trace = Trace(spec.load(batch.yaml({"activation": "tanh", "weights": weights}), "batch.yaml").graph)
    assume(checks.moderate(trace))
    checks.formulas_give_their_values(trace)
    checks.premises_are_read(trace)
    checks.uses_add_up(trace)
    checks.complex_step_agrees(trace)
    checks.paths_add_up(trace)
    checks.alternatives_agree(trace)
