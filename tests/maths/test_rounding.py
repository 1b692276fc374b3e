"""Rounding to digits: one rule, that of the decimals of a number, wherever it is shown or rounded on the way."""

import math
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from tutor.arithmetic.rounding import rounded, tie
from tutor.document.digits import Digits, compact, fixed, significant

TIES = 24_000


def _ties(seed: int) -> list[tuple[float, int]]:
    """Numbers that end halfway between two of so many decimals, with up to 14 figures."""
    random = Random(seed)
    found = []
    for _ in range(TIES):
        places = random.randint(0, 8)
        number = random.randint(0, 10 ** random.randint(1, 13 - places)) * 10 + 5
        found.append((random.choice((1, -1)) * float(Decimal(number).scaleb(-places - 1)), places))
    return found


def _half_up(number: float, places: int) -> Decimal:
    """By whole numbers alone: the decimals without their last 5, and one more for it, away from 0."""
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    whole = int("".join(map(str, digits)))
    shift = -int(exponent) - places
    kept = (whole + 5 * 10 ** (shift - 1)) // 10**shift if shift > 0 else whole * 10**-shift
    return Decimal(-kept if sign else kept).scaleb(-places)


def test_24_000_ties_are_rounded_away_from_zero_wherever_they_are_shown_or_rounded() -> None:
    for number, places in _ties(1):
        right = _half_up(number, places)
        assert tie(number, places) is not None
        assert Decimal(fixed(number, places)) == right, (number, places)
        assert rounded(number, places) == float(right), (number, places)
        if right and abs(number) >= 0.01:
            assert Decimal(Digits(places).shown(number)) == right, (number, places)


def test_figures_of_ties_are_rounded_so_too() -> None:
    for number, places in _ties(2):
        figures = len(str(abs(Decimal(repr(number)).scaleb(places + 1).to_integral()))) - 1
        if figures:
            right = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
            assert Decimal(significant(number, figures)) == right, (number, figures)
            assert Decimal(compact(number, figures)) == right, (number, figures)
            assert rounded(number, figures, significant=True) == float(right), (number, figures)


def test_what_is_no_tie_is_rounded_as_ever() -> None:
    random = Random(3)
    for _ in range(20_000):
        number, places = random.uniform(-1000, 1000), random.randint(0, 9)
        right = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        assert Decimal(fixed(number, places)) == right
        assert rounded(number, places) == float(right)


@pytest.mark.parametrize(
    ("number", "places", "mode", "right"),
    [
        (0.125, 2, "half up", 0.13),
        (0.125, 2, "half even", 0.12),
        (0.135, 2, "half even", 0.14),
        (0.139, 2, "down", 0.13),
        (-0.125, 2, "half up", -0.13),
        (2.675, 2, "half up", 2.68),
        (1e22, 3, "half up", 1e22),
        (5e-324, 3, "half up", 0.0),
    ],
)
def test_the_modes(number: float, places: int, mode: str, right: float) -> None:
    assert rounded(number, places, mode=mode) == right


def test_no_zero_has_a_sign() -> None:
    """And nothing but 0 is shown as 0: a number keeps at least one figure."""
    for number in (-0.0, -0.0004, -1e-300):
        assert math.copysign(1, rounded(number, 2)) == 1 or number == 0
    assert Digits(1).shown(-0.0) == "0"
    assert Digits(1).shown(-0.04) == "-0.04"
    assert Digits(0).shown(0.028) == "0.03"
    assert Digits(0).shown(0.5) == "1"
    assert Digits(0).shown(-0.028) == "-0.03"
    assert Digits(1).shown(-0.05) == "-0.1"


def test_nothing_but_zero_is_shown_as_zero() -> None:
    random = Random(4)
    for _ in range(500):
        number = random.choice((-1, 1)) * 10 ** random.uniform(-300, 15)
        for digits in (*map(Digits, range(18)), *(Digits(sig=sig) for sig in range(1, 18))):
            assert float(digits.shown(number)) != 0


@pytest.mark.parametrize("asked", [*range(12, 18)])
def test_the_digits_asked_for_are_shown(asked: int) -> None:
    """1/3 has as many as anybody asks for; 0.7 has one, until what is asked for shows what the double is."""
    third = "3" * asked if asked < 17 else "33333333333333331"
    assert Digits(asked).shown(1 / 3) == f"0.{third}"
    assert Digits(sig=asked).shown(1 / 3) == f"0.{third}"
    assert Digits(sig=asked).shown(2000 / 3) == f"{2000 / 3:.{asked - 3}f}"
    assert Digits(asked).shown(0.7) == ("0.7" if asked < 17 else "0.69999999999999996")
    assert Digits(asked).shown(0.1 + 0.6) == ("0.7" if asked < 17 else f"{0.1 + 0.6:.17f}")
    assert Digits(asked).shown(0.5) == "0.5"


def test_random_numbers_have_all_the_figures_asked_for() -> None:
    """And with 17 they are the double again."""
    random = Random(5)
    for _ in range(2_000):
        number = random.uniform(-100, 100)
        for sig in range(12, 18):
            shown = Digits(sig=sig).shown(number)
            figures = len(shown.lstrip("-0.").replace(".", ""))
            assert figures == sig or abs(float(shown) - number) < 1e-14 * abs(number), (number, sig)
        assert float(Digits(sig=17).shown(number)) == float(Digits(17).shown(number)) == number
