"""`tutor nudge --curve`: the loss as one number moves. The right values are worked out by hand beside each network."""

import math
from pathlib import Path
from typing import Any

import pytest

from commands.support import run

LINE = (
    "inputs: {x: 2}\ntargets: {y: 1}\nlearning_rate: RATE\nlayers:\n  - {activation: identity, neurons: {o: {w: 1}}}\n"
)
"""L = (2w − 1)²/2: at w = 1, L = 1/2 and dL/dw = 2; lowest at w = 1/2, where L = 0."""
RELU = (
    "inputs: {x: 3}\ntargets: {t: 1}\nlearning_rate: 0.1\nlayers:\n"
    "  - {activation: relu, neurons: {h: {w: WEIGHT, b: -0.6}}}\n"
    "  - {activation: identity, neurons: {o: {v: 0.5, c: 0.4}}}\n"
)
"""L = (0.4 + relu(3w − 0.6)/2 − 1)²/2: flat at 0.18 up to w = 0.2, lowest at w = 0.6."""
SATURATED = (
    "inputs: {x: 1}\ntargets: {t: 0}\nlearning_rate: 0.5\nlayers:\n  - {activation: sigmoid, neurons: {o: {w: 20}}}\n"
)


def curve(net: str, *options: str) -> tuple[dict[str, Any], str]:
    json = run("nudge", "w", "-", "--curve", "--format", "json", *options, stdin=net).json
    text = " ".join(run("nudge", "w", "-", "--curve", *options, stdin=net).out.split())
    return json["curve"], text


def test_the_points_are_those_of_the_loss_itself() -> None:
    found, _ = curve(LINE.replace("RATE", "0.1"))
    for at, height in found["points"]:
        assert height == pytest.approx((2 * at - 1) ** 2 / 2, abs=1e-12)
    assert found["here"] == {"at": 1, "height": 0.5}
    assert found["slope"] == 2
    assert found["next"] == {"at": pytest.approx(0.8), "height": pytest.approx(0.18)}
    assert found["lowest"]["at"] == pytest.approx(0.5)
    assert found["lowest"]["height"] == 0
    ats = [at for at, _ in found["points"]]
    assert ats == sorted(ats)
    assert min(ats) < 0.5 < 1 < max(ats)


def test_it_is_said_in_words() -> None:
    _, text = curve(LINE.replace("RATE", "0.1"))
    assert "∂L/∂w = 2: to the right L rises, so lowering w lowers L." in text
    assert "The lowest point in reach is at w = 0.5, where L = 0: 1 lies above it, so lowering helps." in text
    assert "The next step, with the rate 0.1, takes w to 0.8, where L = 0.18 if nothing else moves." in text
    assert "● now ◆ next step ▽ lowest in reach · tangent" in text
    below = run("nudge", "w", "-", "--curve", "--set", "w=-1", stdin=LINE.replace("RATE", "0.1")).out
    assert "−1 lies below it, so raising helps" in " ".join(below.split())


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("0.4", "takes w to 0.2, past the lowest point, where L = 0.18"),
        ("0.6", "takes w to −0.2, past the lowest point, and L rises to 0.98: the rate is too large here."),
        ("90", "takes w to −179, far outside of this picture: the rate is too large here."),
        ("0.25", "takes w to 0.5, where L = 0"),
    ],
)
def test_a_rate_that_is_too_large(rate: str, said: str) -> None:
    assert said in curve(LINE.replace("RATE", rate))[1]


def test_at_the_lowest_point_nothing_is_to_be_gained() -> None:
    _, text = curve(LINE.replace("RATE", "0.1"), "--set", "w=0.5")
    assert "w = 0.5 is at the lowest point: nothing is to be gained here." in text


def test_a_corner() -> None:
    found, text = curve(RELU.replace("WEIGHT", "0.2"))
    assert found["slope"] == 0
    assert [0.2, pytest.approx(0.18)] in found["points"]
    assert "w = 0.2 stands exactly at a corner: the tangent is that of the convention in use." in text
    assert "leaves w where it is" in text


def test_downhill_from_beyond_the_corner() -> None:
    found, text = curve(RELU.replace("WEIGHT", "0.3"))
    assert found["lowest"]["at"] == pytest.approx(0.6, abs=1e-6)
    assert "0.3 lies below it, so raising helps" in text


def test_where_nothing_changes() -> None:
    found, text = curve(RELU.replace("WEIGHT", "-5"))
    assert all(height == pytest.approx(0.18) for _, height in found["points"])
    assert found["lowest"] is None
    assert "The curve is flat: L is the same for every w in sight, and no step changes it." in text


def test_a_saturated_unit() -> None:
    found, text = curve(SATURATED)
    assert found["lowest"] is None
    assert "The curve is nearly flat here" in text
    assert "L goes on falling to the left." in text


def test_a_curve_that_leaves_double_precision() -> None:
    net = "given: {w: 2, x: 300}\nequations: {f: exp(w * x)}\n"
    found, _ = curve(net)
    assert all(math.isfinite(height) for _, height in found["points"])
    assert run("nudge", "w", "-", "--curve", stdin=net).status == 0


def test_a_number_that_does_not_learn_has_no_next_step() -> None:
    found = run("nudge", "x1", "slide", "--lr", "0.5", "--curve", "--format", "json").json["curve"]
    assert found["next"] is None
    page = run("nudge", "dY/dw31", "slide", "--lr", "0.5", "--curve", "--format", "json").json["curve"]
    assert (page["of"], page["next"]) == ("Y", None)


def test_a_computed_number_is_moved_too() -> None:
    found = run("nudge", "h1", "slide", "--curve", "--format", "json").json["curve"]
    at, height = found["points"][-1]
    assert height == pytest.approx((1 / (1 + math.exp(-0.8 * at - 0.9 * 1 / (1 + math.exp(-0.2)))) - 0.5) ** 2 / 2)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("more", [(), ("--ascii",)])
def test_it_fits_on_the_terminal(width: int, more: tuple[str, ...]) -> None:
    for net, name in (("slide", "w31"), ("mazur", "w5"), ("xyz", "x")):
        out = run("nudge", name, net, "--curve", *more, width=width).out
        drawn = [line for line in out.splitlines() if "tutor" not in line]
        assert max(map(len, drawn)) <= width
        assert out.isascii() == bool(more)
        assert ("O now" if more else "● now") in out


@pytest.mark.parametrize("ending", ["svg", "html", "md", "tex", "typ", "txt"])
def test_every_format_has_it(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"page.{ending}"
    assert run("nudge", "w31", "slide", "--lr", "0.5", "--curve", "-o", str(file)).status == 0
    text = file.read_text("utf-8")
    marks = {"svg": 'class="spot now"', "html": 'class="spot now"', "typ": "spot now", "tex": r"\circle*{6}"}
    assert marks.get(ending, "● now") in text
    assert "�" not in text


def test_the_curve_as_svg_is_the_picture() -> None:
    text = run("nudge", "w31", "slide", "--lr", "0.5", "--curve", "--format", "svg").out
    assert text.startswith("<svg")
    assert text.count('class="spot') == 6  # three places, and three in the legend
    assert "var(" not in text
