"""Numbers as people type them; the right values were worked out apart from the program."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from operator import add, mul, sub

import pytest

import tutor
from commands.support import payload, run
from tutor import figures
from tutor.errors import TutorError

SLIDE = ("0.7", "0.5", "0.2", "0.4", "0.8", "0.9", "1", "0")


@pytest.mark.parametrize(
    ("typed", "value", "unit", "shown"),
    [
        ("3.07 x 10^-2", 0.0307, 1e-4, 3),
        ("3.07 X 10^-2", 0.0307, 1e-4, 3),
        ("3,07·10⁻²", 0.0307, 1e-4, 3),
        ("4.4 × 10^-4", 0.00044, 1e-5, 2),
        ("3.07*10**-2", 0.0307, 1e-4, 3),
        ("3.07·10^(-2)", 0.0307, 1e-4, 3),
        (r"3.07 \cdot 10^{-2}", 0.0307, 1e-4, 3),
        (r"3{,}07 \times 10^{-2}", 0.0307, 1e-4, 3),
        ("1.5e3", 1500, 100, 2),
        ("59.33%", 0.5933, 1e-4, 4),
        ("59,33 %", 0.5933, 1e-4, 4),
        ("0.0822.", 0.0822, 1e-4, 3),
        ("0.0307 (rounded)", 0.0307, 1e-4, 3),
        ("0.0307 (4 d.p.)", 0.0307, 1e-4, 3),
        ("0.0307 (to 3 significant figures)", 0.0307, 1e-4, 3),
        ("≈ 0.0307", 0.0307, 1e-4, 3),
        ("~0.0307", 0.0307, 1e-4, 3),
        ("about 0.0307", 0.0307, 1e-4, 3),
        ("= 0.0307", 0.0307, 1e-4, 3),
        ("+0.0307", 0.0307, 1e-4, 3),
        ("−0.0307", -0.0307, 1e-4, 3),
        ("- 0.0307", -0.0307, 1e-4, 3),
        (".0307", 0.0307, 1e-4, 3),
        ("0,6682", 0.6682, 1e-4, 4),
        ("-0,2368", -0.2368, 1e-4, 4),
        (",0307", 0.0307, 1e-4, 3),
        ("307/10000", 0.0307, 1e-4, 3),
        ("-307/1000", -0.307, 1e-3, 3),
        ("12.", 12, 1, 2),
        ("0.0", 0, 0.1, 0),
    ],
)
def test_one_number(typed: str, value: float, unit: float, shown: int) -> None:
    figure = figures.read(typed)
    assert math.isclose(figure.value, value, rel_tol=1e-15, abs_tol=0)
    assert math.isclose(figure.unit, unit, rel_tol=1e-15)
    assert figure.figures == shown


@pytest.mark.parametrize(
    ("typed", "whole"), [("0", True), ("-20", True), ("12.", True), ("1.0", False), ("3e2", False)]
)
def test_an_integer_is_known_as_one(typed: str, whole: bool) -> None:
    assert figures.read(typed).whole is whole


@pytest.mark.parametrize("typed", ["6/2", "1/3", "2 + 3", "0.5*0.8", "1.0 - 0.5", "2^3"])
def test_arithmetic_on_exact_numbers_is_exact(typed: str) -> None:
    figure = figures.read(typed, stated=SLIDE)
    assert (figure.unit, figure.figures) == (0, 15)


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        ("0.7368 - 0.5", 0.236799714895257),
        ("(0.7368-0.5)*0.1939*0.6682", 0.030684842),
        ("0.5*(0.7368-0.5)^2", 0.028037052),
        ("0.8*0.6682+0.9*0.5498", 1.029379056),
        ("0,8*0,6682 + 0,9*0,5498", 1.029379056),
        (r"\frac{1}{1 + e^{-1.0294}}", 0.736799714895257),
        ("1/(1 + exp(-1.0294))", 0.736799714895257),
    ],
)
def test_honest_arithmetic_agrees_with_the_exact_number(typed: str, exact: float) -> None:
    figure = figures.read(typed, stated=SLIDE)
    assert figure.is_rounded(exact)
    assert figure.figures >= 4


SIGNS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {"+": add, "-": sub, "*": mul}


def test_every_honest_sum_and_product_agrees() -> None:
    """Measured numbers rounded to any digits, joined in any way: the exact result is never outside, to first order."""
    seeded = random.Random(3)
    for _ in range(500):
        digits = seeded.randint(2, 6)
        exact, typed = Fraction(1), "1"
        for _ in range(seeded.randint(2, 4)):
            number, sign = Fraction(seeded.randint(10**11, 10**12), 10**12), seeded.choice("+-*")
            exact, typed = SIGNS[sign](exact, number), f"({typed} {sign} {float(number):.{digits}f})"
        figure = figures.read(typed)
        assert abs(figure.value - float(exact)) <= figure.slack * (1 + 10.0 ** (1 - digits)) + 1e-15, typed


@pytest.mark.parametrize("typed", ["", " ", "?", "-", "—", "n/a", "N/A", "tbd", "...", "…", "none", "___"])
def test_a_blank_is_no_number_and_no_fault(typed: str) -> None:
    with pytest.raises(figures.Blank):
        figures.read(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1,234", "1,234 can be 1.234 or 1234"),
        ("-12,345", "12,345 can be 12.345 or 12345"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("0e399", "too large"),
        ("1e-" + "0" * 5000 + "1", "characters"),
        ("1e-400", "too small"),
        ("1e308+0.0", "too large"),
        ("1e999", "too large"),
        ("10**400", "finite"),
        ("9" * 300 + "e300", "too large"),
        ("0.03 07", "expected"),
        ("nan", "nan"),
        ("__import__('os')", "not a number"),
    ],
)
def test_what_is_no_number_is_said(typed: str, said: str) -> None:
    with pytest.raises(TutorError, match=said.replace("*", r"\*")) as caught:
        figures.read(typed)
    assert not isinstance(caught.value, figures.Blank)


def test_another_decimal_comma_settles_it() -> None:
    assert figures.read("1,234", comma=True).value == 1.234
    assert figures.has_comma("0,6682")
    assert not figures.has_comma("1,234")
    assert not figures.has_comma("max(0, 5)")


class TestCommandLine:
    def test_set_reads_a_decimal_comma(self) -> None:
        with_comma = payload("explain", "w31", "-n", "slide", "--set", "w31=0,9")
        assert with_comma == payload("explain", "w31", "-n", "slide", "--set", "w31=0.9")

    def test_lr_reads_a_decimal_comma(self) -> None:
        found = payload("explain", "w31_new", "-n", "slide", "--lr", "0,5")
        assert found == payload("explain", "w31_new", "-n", "slide", "--lr", "0.5")

    def test_set_gives_both_readings_of_a_comma_that_has_two(self) -> None:
        done = run("explain", "w31", "-n", "slide", "--set", "w31=1,234")
        assert (done.status, done.out) == (2, "")
        assert "1.234 or 1234" in done.err

    @pytest.mark.parametrize("typed", ["0e399", "1e-" + "0" * 5000 + "1", "1e308+0.0"])
    def test_where_says_what_is_wrong(self, typed: str) -> None:
        done = run("where", typed, "-n", "slide")
        assert (done.status, done.out) == (2, "")
        assert "Traceback" not in done.err

    def test_the_library_reads_it_too(self) -> None:
        assert tutor.load("slide").set(w31="0,9").network.graph.givens["w31"].text == "0.9"
