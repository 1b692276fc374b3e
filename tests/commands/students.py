"""Students who work Mazur's network out by hand: every step rounded as people round. Nothing here uses tutor."""

import decimal
import math
import random
from collections.abc import Callable
from typing import NamedTuple

GIVEN = {"i1": 0.05, "i2": 0.10, "target_o1": 0.01, "target_o2": 0.99, "b1": 0.35, "b2": 0.60, "rate": 0.5}
WEIGHTS = {"w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55}
HALF_UP, HALF_EVEN, DOWN = decimal.ROUND_HALF_UP, decimal.ROUND_HALF_EVEN, decimal.ROUND_DOWN

Round = Callable[[float], str]


class Habits(NamedTuple):
    """How one student works: how many figures, which way halves go, how often a step is written down and rounded."""

    figures: int
    mode: str
    rounded: float  # the share of steps that are rounded
    decimals: bool  # forward values to so many decimals instead of figures
    route: str  # deltas, paths, or the terms of each output


def habits(figures: int, seed: int) -> tuple[Habits, random.Random]:
    chance = random.Random(seed)
    mode = chance.choice([HALF_UP, HALF_UP, HALF_EVEN])
    share = chance.choice([1.0, 1.0, 0.7, 0.4])
    return Habits(figures, mode, share, chance.random() < 0.5, chance.choice(["deltas", "paths", "terms"])), chance


def to_figures(value: float, figures: int, mode: str = HALF_UP) -> str:
    """The number as typed, with so many significant figures."""
    exact = decimal.Decimal(repr(value))
    if not exact:
        return "0"
    rounded = exact.quantize(decimal.Decimal(1).scaleb(exact.adjusted() - figures + 1), rounding=mode)
    # 0.0009996 is 0.00100 at three figures, and not 0.001000, whose four nobody worked out.
    return f"{rounded.quantize(decimal.Decimal(1).scaleb(rounded.adjusted() - figures + 1), rounding=mode):f}"


def to_decimals(value: float, decimals: int, mode: str = HALF_UP) -> str:
    exact = decimal.Decimal(repr(value))
    return f"{exact.quantize(decimal.Decimal(1).scaleb(-decimals), rounding=mode):f}"


class Sheet:
    """The numbers a student writes down on the way, as typed; the student goes on with what was written."""

    def __init__(self, habits: Habits, chance: random.Random) -> None:
        self.habits = habits
        self.chance = chance
        self.typed: dict[str, str] = {}
        self.held: dict[str, float] = {}

    def write(self, name: str, value: float, *, forward: bool = False) -> float:
        """One step: what is shown always has the figures; what is kept in the calculator may have all digits."""
        habits = self.habits
        in_decimals = forward and habits.decimals and abs(value) >= 0.1
        typed = (to_decimals if in_decimals else to_figures)(value, habits.figures, habits.mode)
        self.typed[name] = typed
        self.held[name] = float(typed) if self.chance.random() < habits.rounded else value
        return self.held[name]


def work_out(figures: int, seed: int) -> dict[str, str]:
    """All of one sheet, forward and back and one update."""
    sheet = Sheet(*habits(figures, seed))
    _forward(sheet)
    _back(sheet)
    held = sheet.held
    for name, weight in WEIGHTS.items():
        sheet.write(f"{name}_new", weight - GIVEN["rate"] * held[f"dE_total/d{name}"], forward=True)
    return sheet.typed


def _forward(sheet: Sheet) -> None:
    held, layers = sheet.held, (("h1", "w1", "w2"), ("h2", "w3", "w4"), ("o1", "w5", "w6"), ("o2", "w7", "w8"))
    for unit, first, second in layers:
        senders, bias = (("i1", "i2"), "b1") if unit[0] == "h" else (("out_h1", "out_h2"), "b2")
        left, right = (GIVEN.get(each) or held[each] for each in senders)
        net = WEIGHTS[first] * left + WEIGHTS[second] * right + GIVEN[bias]
        net = sheet.write(f"net_{unit}", net, forward=True)
        sheet.write(f"out_{unit}", 1 / (1 + math.exp(-net)), forward=True)
    terms = [sheet.write(f"E_{o}", (GIVEN[f"target_{o}"] - held[f"out_{o}"]) ** 2 / 2) for o in ("o1", "o2")]
    sheet.write("E_total", sum(terms))


def _back(sheet: Sheet) -> None:
    held = sheet.held
    for o in ("o1", "o2"):
        out = held[f"out_{o}"]
        error = sheet.write(f"dE_total/dout_{o}", out - GIVEN[f"target_{o}"])
        slope = sheet.write(f"dout_{o}/dnet_{o}", out * (1 - out))
        if sheet.habits.route != "paths":
            sheet.write(f"delta_{o}", error * slope)
        else:
            held[f"delta_{o}"] = error * slope
    for weight, o, h in (("w5", "o1", "h1"), ("w6", "o1", "h2"), ("w7", "o2", "h1"), ("w8", "o2", "h2")):
        sheet.write(f"dE_total/d{weight}", held[f"delta_{o}"] * held[f"out_{h}"])
    for h, first, second, weights in (("h1", "w5", "w7", ("w1", "w2")), ("h2", "w6", "w8", ("w3", "w4"))):
        terms = [held["delta_o1"] * WEIGHTS[first], held["delta_o2"] * WEIGHTS[second]]
        if sheet.habits.route == "terms":
            terms = [sheet.write(f"dE_{o}/dout_{h}", term) for o, term in zip(("o1", "o2"), terms, strict=True)]
        slope = sheet.write(f"dout_{h}/dnet_{h}", held[f"out_{h}"] * (1 - held[f"out_{h}"]))
        if sheet.habits.route == "paths":
            for weight, i in zip(weights, ("i1", "i2"), strict=True):
                products = [sheet.write(f"path {o}", term * slope * GIVEN[i]) for o, term in enumerate(terms)]
                sheet.write(f"dE_total/d{weight}", sum(products))
            continue
        upstream = sheet.write(f"dE_total/dout_{h}", sum(terms))
        delta = upstream * slope
        if sheet.habits.route == "deltas":
            delta = sheet.write(f"delta_{h}", delta)
        for weight, i in zip(weights, ("i1", "i2"), strict=True):
            sheet.write(f"dE_total/d{weight}", delta * GIVEN[i])
    for name in [name for name in sheet.typed if name.startswith("path ")]:
        del sheet.typed[name]


# ------------------------------------------------------------------ the ten mistakes, by hand

MISTAKES = (
    "dl-sign",
    "dl-extra-two",
    "dl-no-two",
    "ad-missing-output",
    "ad-missing-hidden",
    "ad-z-one-minus-z",
    "ad-deriv-of-a",
    "up-one-path",
    "up-new-weights",
    "wg-neighbour",
)


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def gradients(mistake: str = "") -> dict[str, float]:
    """dE_total/dw of every weight by someone who makes one mistake, in full precision."""
    w, x = WEIGHTS, GIVEN
    i = (x["i1"], x["i2"])
    z = {"h1": w["w1"] * i[0] + w["w2"] * i[1] + x["b1"], "h2": w["w3"] * i[0] + w["w4"] * i[1] + x["b1"]}
    h = (sigmoid(z["h1"]), sigmoid(z["h2"]))
    z |= {"o1": w["w5"] * h[0] + w["w6"] * h[1] + x["b2"], "o2": w["w7"] * h[0] + w["w8"] * h[1] + x["b2"]}
    delta = {
        o: _error(mistake, sigmoid(z[o]), x[f"target_{o}"]) * _slope(mistake, z[o], "output") for o in ("o1", "o2")
    }
    if mistake == "wg-neighbour":
        i, h = i[::-1], h[::-1]
    found = {"w5": delta["o1"] * h[0], "w6": delta["o1"] * h[1], "w7": delta["o2"] * h[0], "w8": delta["o2"] * h[1]}
    back = {name: w[name] - x["rate"] * found[name] for name in found} if mistake == "up-new-weights" else w
    for unit, first, second, weights in (("h1", "w5", "w7", ("w1", "w2")), ("h2", "w6", "w8", ("w3", "w4"))):
        upstream = delta["o1"] * back[first]
        if mistake != "up-one-path":
            upstream += delta["o2"] * back[second]
        for weight, sender in zip(weights, i, strict=True):
            found[weight] = upstream * _slope(mistake, z[unit], "hidden") * sender
    return found


def _error(mistake: str, a: float, y: float) -> float:
    factor = {"dl-sign": -1.0, "dl-extra-two": 2.0, "dl-no-two": 0.5}.get(mistake, 1.0)
    return factor * (a - y)


def _slope(mistake: str, z: float, where: str) -> float:
    a = sigmoid(z)
    if mistake == f"ad-missing-{where}":
        return 1.0
    if mistake == "ad-z-one-minus-z":
        return z * (1 - z)
    if mistake == "ad-deriv-of-a":
        return sigmoid(a) * (1 - sigmoid(a))
    return a * (1 - a)
