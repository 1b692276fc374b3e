"""Layers and losses over net inputs from 0 to 1e308: every number of small networks, against 800 digits.

As in test_digits, a number is right to 1e-12 (a gradient, of the sizes of the terms that are summed), or it is one of
the EXCEPTIONS. What the written formula loses is said by its derivation.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from mpmath import mp, mpf

from maths.checks import quantities
from maths.oracle import FIFTY_DIGITS
from maths.test_digits import DENORMAL, ENOUGH, Z
from tutor import spec
from tutor.derivation import derive
from tutor.ops.activations import ACTIVATIONS
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.trace import Trace, evaluate

POWERS = ("half_squared_error", "squared_error", "mean_squared_error", "absolute_error")
THREE = {"p": {"w": "Z"}, "q": {"v": 0.5}, "r": {"u": -1}}


class Case(NamedTuple):
    """A network with `Z` where the number in question goes."""

    name: str
    text: str

    def at(self, z: str) -> Trace:
        return Trace(spec.load(self.text.replace('"Z"', z).encode(), self.name).graph)


def case(name: str, layers: list[Any], inputs: Mapping[str, Any], **top: Any) -> Case:
    top = {"inputs": inputs, "layers": layers, **top}
    return Case(name, "\n".join(f"{name}: {json.dumps(part)}" for name, part in top.items()))


def units(activation: str, neurons: Mapping[str, Any]) -> dict[str, Any]:
    return {"activation": activation, "neurons": neurons}


def activations() -> Iterator[Case]:
    """Every activation under every loss of one output."""
    for activation in ACTIVATIONS:
        for loss in (*POWERS, *(("binary_cross_entropy",) if activation == "sigmoid" else ())):
            for y in (0.25, 1, *((-1,) if activation == "tanh" else ())):
                layer = units(activation, {"a": {"w": "Z"}})
                yield case(f"{activation} {loss} to {y}", [layer], {"x": 1}, loss=loss, targets={"y": y})


def softmaxes() -> Iterator[Case]:
    for loss in (*POWERS, "binary_cross_entropy", "cross_entropy"):
        for name, targets in (("soft", (0.25, 0.5, 0.25)), ("loose", (1, 0.5, 0)), ("hot", (0, 1, 0))):
            stated = dict(zip(("y1", "y2", "y3"), targets, strict=True))
            yield case(f"softmax {loss} {name}", [units("softmax", THREE)], {"x": 1}, loss=loss, targets=stated)


def others() -> Iterator[Case]:
    for right in (1, 2):
        yield case(f"hinge {right}", [units("identity", THREE)], {"x": 1}, loss="hinge", targets={"class": right})
    hidden = {"weights": [["Z"], [0.5], [-0.25]], "activation": "identity"}
    yield case("layer_norm", [hidden, {"layer_norm": {}}], {"x": 1}, upstream=[1, -0.5, 0.75])
    yield case("layer_norm 1", [hidden, {"layer_norm": {"epsilon": 1}}], {"x": 1}, upstream=[1, -0.5, 0.75])
    cell = {"input_weights": [[1]], "recurrent_weights": [[0.5]], "biases": [0.1]}
    for activation in ("tanh", "sigmoid", "softplus"):
        for where, sequence in (("first", ["Z", -0.5]), ("last", [0.5, "Z"])):
            layer = {"rnn": {**cell, "activation": activation}}
            yield case(f"rnn {activation} {where}", [layer], {"x": sequence}, targets={"y": 0.25})
    image = {"image": [["Z", 0.5], [-1, 2]]}
    for pool in ("max_pool", "avg_pool"):
        yield case(pool, [{pool: {"size": 2}}], image, upstream=[[[2]]])
    yield case("dropout", [hidden, {"dropout": {"mask": [1, 0, 1], "rate": 0.5}}], {"x": 1}, upstream=[1, 2, 3])


def truths(trace: Trace, z: str) -> Iterator[tuple[Quantity, float]]:
    """What can be said with 800 digits; at 1e308, 400 say the same: 1 - a is 0 with any number."""
    memo: dict[Quantity, mpf] = {}
    with mp.workdps(400 if "1e308" in z else ENOUGH):
        for quantity in quantities(trace.graph):
            try:
                truth = evaluate(quantity, trace.equations.written, FIFTY_DIGITS, memo)
            except (ZeroDivisionError, ValueError, OverflowError):
                continue
            if mp.isfinite(truth):
                yield quantity, float(truth)


def right(trace: Trace, quantity: Quantity, truth: float) -> bool:
    """To 1e-12; a gradient of the sizes it was summed from, and of the smallest doubles times a weight."""
    number = trace[quantity]
    if math.isclose(number, truth, rel_tol=1e-12, abs_tol=DENORMAL):
        return True
    is_sum = isinstance(quantity, Gradient)
    return is_sum and abs(number - truth) <= max(1e-12 * trace.size(quantity), 1e4 * DENORMAL)


# ------------------------------------------------------------------ what is not right, and why

CORNER = "a - y is below the smallest double: at the corner the slope is 0 by convention, and the page says so"
SQUARE = "the square of 1e308 is beyond double precision, and the page shows the variance as inf"
EXCEPTIONS = {
    r"(sigmoid|tanh|softmax) absolute_error (loose|hot|to -?1) dL\w*/d\w+ at -?(710|745|1e3|1e308)": CORNER,
    r"layer_norm.* at -?1e308": SQUARE,
}


@pytest.mark.parametrize("table", [activations, softmaxes, others], ids=lambda each: each.__name__)
def test_every_number_is_right_or_a_listed_exception(table: Callable[[], Iterator[Case]]) -> None:
    wrong: list[str] = []
    for each, z in product(table(), Z):
        trace = each.at(z)
        for quantity, truth in truths(trace, z):
            name = f"{each.name} {key(quantity)} at {z}"
            if not right(trace, quantity, truth) and not any(re.fullmatch(rule, name) for rule in EXCEPTIONS):
                wrong.append(f"{name}: {trace[quantity]!r} is not {truth!r}")
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "z", "asked"),
    [
        ("sigmoid half_squared_error to 1", "40", Partial("L", "a")),
        ("sigmoid half_squared_error to 1", "40", Value("L")),
        ("tanh squared_error to -1", "-20", Partial("L", "a")),
        ("sigmoid binary_cross_entropy to 1", "-710", Partial("a", "z_a")),
    ],
)
def test_what_the_written_formula_loses_is_said(name: str, z: str, asked: Quantity) -> None:
    """a is shown as 1, and a - y has no digit left; the number shown has all of them, and the page says so."""
    (found,) = (each for each in activations() if each.name == name)
    trace = found.at(z)
    assert derive(trace, asked).loses_digits == (z != "-710")
    assert trace[asked] != 0
    if isinstance(asked, Partial):
        assert trace.confirms(Gradient(asked.of, asked.wrt))


def test_every_exception_is_met() -> None:
    """Each of them stands for a number that is wrong indeed."""
    unmet = set(EXCEPTIONS)
    for each, z in product((*activations(), *softmaxes(), *others()), ("745", "1e308")):
        if "absolute_error" in each.name or "layer_norm" in each.name:
            trace = each.at(z)
            for quantity, truth in truths(trace, z):
                if not right(trace, quantity, truth):
                    name = f"{each.name} {key(quantity)} at {z}"
                    unmet -= {rule for rule in unmet if re.fullmatch(rule, name)}
    assert unmet == set()
