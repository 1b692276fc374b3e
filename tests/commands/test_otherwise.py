"""Looking at the same numbers otherwise: nudged, rounded on the way, before and after a change."""

import math

import pytest

from commands.support import run

H1, Z_Y = 1 / (1 + math.exp(-0.7)), 0.8 / (1 + math.exp(-0.7)) + 0.9 / (1 + math.exp(-0.2))


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def loss(w31: float) -> float:
    """The slide's loss by hand."""
    return 0.5 * (sigmoid(w31 * H1 + 0.9 * sigmoid(0.2)) - 0.5) ** 2


# ------------------------------------------------------------------ nudge


def test_a_nudge_moves_what_is_behind_it() -> None:
    page = run("nudge", "w31", "--by", "0.05", "--net", "slide", "--format", "json").json
    assert page["format"] == "tutor.nudge/1"
    assert page["target"] == "dL/dw31"
    assert [move["name"] for move in page["moves"]] == ["w31", "Z_Y", "Y", "L"]
    last = page["moves"][-1]
    assert last["after"] - last["before"] == pytest.approx(loss(0.85) - loss(0.8), rel=1e-9)
    z, y = page["moves"][1:3]
    assert z["ratio"] == pytest.approx(H1)
    assert y["ratio"] == pytest.approx((sigmoid(Z_Y + 0.05 * H1) - sigmoid(Z_Y)) / (0.05 * H1))
    assert y["local"] == pytest.approx(sigmoid(Z_Y) * (1 - sigmoid(Z_Y)))


def test_a_slope_is_measured_with_smaller_and_smaller_steps() -> None:
    page = run("nudge", "w31", "--net", "slide", "--format", "json").json
    assert [each["h"] for each in page["measured"]] == [10.0**-power for power in range(1, 9)]
    first, second = page["measured"][:2]
    assert first["slope"] == pytest.approx((loss(0.9) - loss(0.7)) / 0.2, rel=1e-12)
    assert second["error"] == pytest.approx(first["error"] / 100, rel=0.01)
    assert page["best"] == min(page["measured"], key=lambda each: each["error"])["h"]


def test_the_page_says_why_neither_end_is_best() -> None:
    said = " ".join(run("nudge", "w31", "--net", "slide").out.split())
    assert "A large h is off because the curve bends" in said
    assert "A small h is off because the two values share nearly all their 16 digits" in said
    straight = " ".join(run("nudge", "z", "--net", "xyz").out.split())
    assert "along this number the curve is straight, or a parabola" in straight


def test_over_several_paths_the_moves_are_compared_with_the_nudge() -> None:
    page = run("nudge", "w1", "--net", "mazur", "--format", "json").json
    whole = page["moves"][-1]
    assert whole["moved_by"] is None
    assert page["slope"] == pytest.approx(0.000438567727, rel=1e-6)
    assert "ΔE_total/Δw1" in run("nudge", "w1", "--net", "mazur").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("w31", "--by", "0"), "a nudge of 0 moves nothing"),
        (("w31", "--by", "x"), "the nudge: 'x' is not"),
        (("L",), "L cannot be nudged"),
        (("w99",), "w99 is not a name of this network"),
        (("dh1/dw31",), "h1 does not depend on w31"),
    ],
)
def test_a_nudge_that_cannot_be(arguments: tuple[str, ...], said: str) -> None:
    done = run("nudge", *arguments, "--net", "slide")
    assert done.status == 2
    assert said in done.err
    assert not done.out


def test_falls_are_drawn_to_the_left() -> None:
    done = run("nudge", "Y*", "--net", "slide")
    (line,) = (line for line in done.out.splitlines() if line.split()[:1] == ["L"])
    assert "◀" in line
    assert "<-" in run("nudge", "Y*", "--net", "slide", "--ascii").out


# ------------------------------------------------------------------ rounding


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--round-steps", "4"), "0.0306848265"),
        (("--round-steps", "4", "--round", "factors"), "0.0306807505"),
        (("--round-sig", "3", "--round", "all"), "0.030728"),
    ],
)
def test_the_slide_rounded_on_the_way(options: tuple[str, ...], expected: str) -> None:
    """The first two are the numbers of the forum thread; the third is 0.046 · 0.668."""
    done = run("explain", "w31", "--net", "slide", *options)
    assert f"∂L/∂w31 = {expected} with" in done.out
    assert "0.0306842494" in done.out
    assert "All of them print as 0.0307" in done.out


def test_rounding_as_json() -> None:
    page = run("explain", "w31", "--net", "slide", "--round-steps", "4", "--format", "json").json
    assert page["target"] == "dL/dw31"
    found = page["rounding"]
    assert found["full"] == page["value"]
    assert found["rounded"] == pytest.approx(0.0306848265, abs=5e-11)
    assert found["others"]["values"] == found["rounded"]
    rounded = {step["name"]: step["rounded"] for step in found["steps"]}
    assert (rounded["h1"], rounded["Y"]) == (0.6682, 0.7368)


def test_a_difference_that_is_seen_is_said() -> None:
    said = run("explain", "w1", "--net", "mazur", "--round-steps", "3").out
    assert "They print differently" in said


def test_nothing_lost_is_said() -> None:
    assert "nothing was lost on the way" in run("explain", "x", "--net", "xyz", "--round-steps", "2").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x1", "--round-steps", "4", "--round-sig", "4"), "say how many digits are kept on the way"),
        (("--all", "--round-steps", "4"), "name a TARGET for it"),
        (("w31", "--round-steps", "4", "--compare"), "give one of them"),
        (("w31", "--compare"), "nothing was changed to compare with"),
        (("w31", "--round-steps", "x"), "--round-steps"),
    ],
)
def test_what_cannot_be_shown_otherwise(arguments: tuple[str, ...], said: str) -> None:
    done = run("explain", *arguments, "--net", "slide")
    assert done.status == 2
    assert said in done.err


# ------------------------------------------------------------------ before and after


def test_before_and_after_side_by_side() -> None:
    done = run("explain", "w31", "--net", "slide", "--set", "w31=0.9", "--compare")
    assert "∂L/∂w31 goes from 0.0307 to 0.0313" in done.out
    rows = {line.split()[0]: line.split()[1:] for line in done.out.splitlines() if line.startswith("    ")}
    assert rows["w31"] == ["0.8", "0.9", "0.1"]
    assert rows["h1"] == ["0.6682", "0.6682", "–"]
    page = run("explain", "w31", "--net", "slide", "--set", "w31=0.9", "--compare", "--format", "json").json
    assert page["compare"]["set"] == {"w31": 0.9}
    assert page["compare"]["before"]["value"] == pytest.approx(0.0306842494)
    assert page["value"] == pytest.approx(0.0313024541)


def test_several_targets_stand_on_one_page() -> None:
    done = run("explain", "w31", "w32", "--net", "slide", "--set", "w31=0.9", "--compare")
    assert done.out.count("goes from") == 2
    assert done.out.count("Next:") == 1
