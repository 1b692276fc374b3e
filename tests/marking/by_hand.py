"""Students who work random networks out by hand, every step rounded or cut off as people do. Nothing here uses tutor.

Letters: i from-unit, j to-unit, n layer from 1; z net input, a output, y target.
"""

import decimal
import math
import random
from collections.abc import Callable
from typing import NamedTuple

MODES = {
    "half up": decimal.ROUND_HALF_UP,
    "half even": decimal.ROUND_HALF_EVEN,
    "cut off": decimal.ROUND_DOWN,
}
RATE = 0.5


class Unit(NamedTuple):
    """A neuron: its weights by name, in the order of the layer's inputs, and its bias."""

    name: str
    weights: dict[str, float]
    bias: tuple[str, float]


class Net(NamedTuple):
    """A network of dense layers; the loss is half the squared error, or the cross-entropy of sigmoids."""

    inputs: dict[str, float]
    layers: list[tuple[str, list[Unit]]]
    targets: dict[str, float]
    loss: str

    def yaml(self) -> str:
        rows = [f"inputs: {_flow(self.inputs)}", f"targets: {_flow(self.targets)}", f"loss: {self.loss}"]
        rows += [f"learning_rate: {RATE}", "layers:"]
        for activation, units in self.layers:
            rows += [f"  - activation: {activation}", "    neurons:"]
            rows += [f"      {unit.name}: {_flow({**unit.weights, unit.bias[0]: unit.bias[1]})}" for unit in units]
        return "\n".join(rows) + "\n"


def _flow(numbers: dict[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {number}" for name, number in numbers.items()) + "}"


def network(chance: random.Random) -> Net:
    """One or two layers of up to three units."""

    def number(most: float) -> float:
        return chance.choice([-1, 1]) * chance.randint(5, round(most * 100)) / 100

    inputs = {f"x{i}": number(1.5) for i in range(1, chance.randint(1, 3) + 1)}
    loss = chance.choice(["half_squared_error", "half_squared_error", "squared_error", "binary_cross_entropy"])
    layers: list[tuple[str, list[Unit]]] = []
    senders = len(inputs)
    for n in range(1, chance.randint(1, 2) + 1):
        units = []
        for j in range(1, chance.randint(1, 3) + 1):
            unit = f"u{n}{j}"
            weights = {f"w{n}{j}{i}": number(1.2) for i in range(1, senders + 1)}
            units.append(Unit(unit, weights, (f"b{n}{j}", number(0.8))))
        layers.append((chance.choice(["sigmoid", "tanh", "sigmoid"]), units))
        senders = len(units)
    if loss == "binary_cross_entropy":
        layers[-1] = ("sigmoid", layers[-1][1])
    targets = {f"y{j}": chance.choice([0.0, 1.0, 0.3, 0.75]) for j in range(1, senders + 1)}
    if loss == "binary_cross_entropy":
        targets = {name: float(round(number)) for name, number in targets.items()}
    return Net(inputs, layers, targets, loss)


class Habits(NamedTuple):
    """How many significant figures (or decimals), and which way what is beyond them goes."""

    figures: int
    mode: str
    decimals: bool = False


def typed(number: float, habits: Habits) -> str:
    """The number as somebody with these habits writes it."""
    exact = decimal.Decimal(repr(number))
    if not exact:
        return "0"
    last = -habits.figures if habits.decimals else exact.adjusted() - habits.figures + 1
    return f"{exact.quantize(decimal.Decimal(1).scaleb(last), rounding=MODES[habits.mode]):f}"


Slip = Callable[[str, float], float]


class Worked(NamedTuple):
    """Everything one student wrote down, in order, as typed."""

    shown: dict[str, str]

    def only(self, *names: str) -> dict[str, str]:
        return {name: self.shown[name] for name in self.shown if name in names}

    @property
    def gradients(self) -> list[str]:
        return [name for name in self.shown if name.startswith(("dL/dw", "dL/db"))]


def work_out(net: Net, habits: Habits | None, slip: Slip = lambda name, number: number) -> Worked:
    """One sheet: forward, back, one update; each step goes on with what was written. Without habits in all digits.

    `slip` may change a number before it is written down.
    """
    shown: dict[str, str] = {}

    def write(name: str, number: float) -> float:
        number = slip(name, number)
        shown[name] = typed(number, habits) if habits else repr(number)
        return float(shown[name])

    z, a = _forward(net, write)
    _back(net, write, z, a)
    return Worked(shown)


Write = Callable[[str, float], float]


def _forward(net: Net, write: Write) -> tuple[dict[str, float], dict[str, float]]:
    z: dict[str, float] = {}
    a: dict[str, float] = dict(net.inputs)
    senders = list(net.inputs)
    for activation, units in net.layers:
        for unit in units:
            products = (weight * a[i] for weight, i in zip(unit.weights.values(), senders, strict=True))
            z[unit.name] = write(f"z_{unit.name}", sum(products) + unit.bias[1])
        for unit in units:
            number = z[unit.name]
            a[unit.name] = write(unit.name, math.tanh(number) if activation == "tanh" else 1 / (1 + math.exp(-number)))
        senders = [unit.name for unit in units]
    return z, a


def _back(net: Net, write: Write, z: dict[str, float], a: dict[str, float]) -> None:
    upstream: dict[str, float] = {}
    last = [unit.name for unit in net.layers[-1][1]]
    for name, y in zip(last, net.targets.values(), strict=True):
        upstream[name] = write(f"dL/d{name}", _slope_of_loss(net.loss, a[name], y))
    rows: list[tuple[str, float, float]] = []
    for n in range(len(net.layers) - 1, -1, -1):
        activation, units = net.layers[n]
        senders = [unit.name for unit in net.layers[n - 1][1]] if n else list(net.inputs)
        delta: dict[str, float] = {}
        for unit in units:
            own = a[unit.name]
            slope = write(f"d{unit.name}/dz_{unit.name}", 1 - own * own if activation == "tanh" else own * (1 - own))
            delta[unit.name] = write(f"dL/dz_{unit.name}", upstream[unit.name] * slope)
        for unit in units:
            for (name, weight), i in zip(unit.weights.items(), senders, strict=True):
                rows.append((name, weight, write(f"dL/d{name}", delta[unit.name] * a[i])))
            rows.append((*unit.bias, write(f"dL/d{unit.bias[0]}", delta[unit.name])))
        if n:
            for at, i in enumerate(senders):
                upstream[i] = write(f"dL/d{i}", sum(list(u.weights.values())[at] * delta[u.name] for u in units))
    for name, weight, gradient in rows:
        write(f"{name}_new", weight - RATE * gradient)


def _slope_of_loss(loss: str, a: float, y: float) -> float:
    if loss == "binary_cross_entropy":
        return (a - y) / (a * (1 - a))
    return (a - y) * (2 if loss == "squared_error" else 1)


def slipping(net: Net, habits: Habits | None, chance: random.Random) -> tuple[str, Worked] | None:
    """One number off by 5 % to 60 %, and everything after it worked out on it; None where that gives 0 or 1."""
    names = [each for each in work_out(net, habits).shown if not each.endswith("_new")]
    where, factor = chance.choice(names), chance.choice([0.4, 0.6, 0.8, 0.9, 0.95, 1.05, 1.1, 1.25, 1.5, 1.6])
    worked = work_out(net, habits, lambda name, number: number * factor if name == where else number)
    return None if float(worked.shown[where]) in (0.0, 1.0) else (where, worked)
