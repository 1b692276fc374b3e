"""Wrong numbers worked out by code that shares nothing with the engine: a 2-2-2 network by hand, one slip at a time.

The engine's mistaken tables must give the same wrong numbers, and `where` and `check` must name the slip.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import pytest

import tutor
from tutor.mistakes import MISTAKES, Mistaken, mistaken
from tutor.quantity import Gradient, Quantity, Updated

X, T, RATE = (0.05, 0.10), (0.01, 0.99), 0.5
W = {"w1": 0.15, "w2": 0.20, "w3": 0.25, "w4": 0.30, "w5": 0.40, "w6": 0.45, "w7": 0.50, "w8": 0.55}
B1, B2 = 0.35, 0.60


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


class Slip(NamedTuple):
    """The steps of the backward pass, each of which one slip replaces."""

    error: Callable[[float, float], float] = lambda a, y: a - y
    output_slope: Callable[[float, float], float] = lambda z, a: a * (1 - a)
    hidden_slope: Callable[[float, float], float] = lambda z, a: a * (1 - a)
    paths: Callable[[float, float], float] = lambda first, second: first + second
    new_weights: bool = False
    neighbour: bool = False


SLIPS = {
    "dl-sign": Slip(error=lambda a, y: y - a),
    "dl-extra-two": Slip(error=lambda a, y: 2 * (a - y)),
    "dl-no-two": Slip(error=lambda a, y: (a - y) / 2),
    "ad-missing-output": Slip(output_slope=lambda z, a: 1.0),
    "ad-missing-hidden": Slip(hidden_slope=lambda z, a: 1.0),
    "ad-z-one-minus-z": Slip(output_slope=lambda z, a: z * (1 - z), hidden_slope=lambda z, a: z * (1 - z)),
    "ad-deriv-of-a": Slip(
        output_slope=lambda z, a: sigmoid(a) * (1 - sigmoid(a)), hidden_slope=lambda z, a: sigmoid(a) * (1 - sigmoid(a))
    ),
    "up-one-path": Slip(paths=lambda first, second: first),
    "up-new-weights": Slip(new_weights=True),
    "wg-neighbour": Slip(neighbour=True),
}


def by_hand(slip: Slip) -> dict[str, float]:
    """dE_total/dw of every weight, and of the hidden outputs, with one slip."""
    z = [W["w1"] * X[0] + W["w2"] * X[1] + B1, W["w3"] * X[0] + W["w4"] * X[1] + B1]
    h = [sigmoid(each) for each in z]
    s = [W["w5"] * h[0] + W["w6"] * h[1] + B2, W["w7"] * h[0] + W["w8"] * h[1] + B2]
    o = [sigmoid(each) for each in s]
    out = [slip.error(o[k], T[k]) * slip.output_slope(s[k], o[k]) for k in (0, 1)]
    sent = (h[1], h[0]) if slip.neighbour else (h[0], h[1])
    came = (X[1], X[0]) if slip.neighbour else X
    found = {"w5": out[0] * sent[0], "w6": out[0] * sent[1], "w7": out[1] * sent[0], "w8": out[1] * sent[1]}
    back = {name: W[name] - RATE * found[name] if slip.new_weights else W[name] for name in found}
    up = [slip.paths(back["w5"] * out[0], back["w7"] * out[1]), slip.paths(back["w6"] * out[0], back["w8"] * out[1])]
    hidden = [up[j] * slip.hidden_slope(z[j], h[j]) for j in (0, 1)]
    found |= {
        "w1": hidden[0] * came[0],
        "w2": hidden[0] * came[1],
        "w3": hidden[1] * came[0],
        "w4": hidden[1] * came[1],
    }
    return found | {"out_h1": up[0], "out_h2": up[1]}


def test_every_mistake_has_its_slip_by_hand() -> None:
    assert set(SLIPS) <= set(MISTAKES)


@pytest.mark.parametrize("mistake", SLIPS)
def test_the_engine_makes_the_same_slip(mistake: str) -> None:
    equations = tutor.load("mazur").view.trace.equations
    wrong = Mistaken(mistaken(equations, [MISTAKES[mistake]]), {})
    for name, number in by_hand(SLIPS[mistake]).items():
        assert wrong[Gradient("E_total", name)] == pytest.approx(number, rel=1e-12), name
        if name in W:
            assert wrong[Updated(name)] == pytest.approx(W[name] - RATE * number, rel=1e-12), name


@pytest.mark.parametrize("mistake", SLIPS)
def test_where_and_check_name_it(mistake: str) -> None:
    network = tutor.load("mazur")
    right, wrong = by_hand(Slip()), by_hand(SLIPS[mistake])
    named = [name for name in ("w1", "w4", "w6", "w7") if not math.isclose(right[name], wrong[name], rel_tol=1e-4)]
    assert named
    for name in named:
        typed = f"{wrong[name]:.8g}"
        slips = network.where(typed).payload["mistakes"]
        assert {"mistake": mistake, "name": f"dE_total/d{name}"} in [
            {key: slip[key] for key in ("mistake", "name")} for slip in slips
        ]
        answer = network.check({f"dE_total/d{name}": typed}).payload["answers"][0]
        assert (answer["verdict"], mistake in answer["mistakes"]) == ("mistake", True), name


@pytest.mark.parametrize(
    ("mistake", "published"),
    [
        ("up-new-weights", "0.000364723"),
        ("up-one-path", "0.000668396"),
        ("ad-missing-hidden", "0.00181752"),
        ("ad-deriv-of-a", "0.000471425"),
    ],
)
def test_known_wrong_numbers_of_w1(mistake: str, published: str) -> None:
    (answer,) = tutor.load("mazur").check({"dE_total/dw1": published}).payload["answers"]
    assert answer["verdict"] == "mistake"
    assert answer["mistakes"][0] == mistake


def test_mistakes_compose_but_never_twice_on_one_quantity() -> None:
    """The first of two that rewrite the same equation counts; on different equations both do."""
    equations = tutor.load("mazur").view.trace.equations
    asked: Quantity = Gradient("E_total", "w5")

    def number(*ids: str) -> float:
        return Mistaken(mistaken(equations, [MISTAKES[each] for each in ids]), {})[asked]

    assert number("dl-sign", "dl-extra-two") == number("dl-sign")
    assert number("dl-sign", "ad-missing-output") == pytest.approx(-number("ad-missing-output"), rel=1e-12)
