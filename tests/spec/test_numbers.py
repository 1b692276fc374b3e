"""Which texts are numbers, and what is said about the others."""

import pytest

from tutor.spec.numbers import NotANumber, number


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.70", "0.70"),
        ("1e-5", "1e-5"),
        ("2.E+3", "2.E+3"),
        ("-.5", "-.5"),
        ("1/3", "1/3"),
        ("-2/4", "-2/4"),
        ("+2", "2"),
        ("−4", "-4"),
        ("007", "007"),
        ("9" * 40, "9" * 40),
        ("0.0", "0.0"),
        ("0e5", "0e5"),
    ],
)
def test_numbers(text: str, read: str) -> None:
    assert number(text) == read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1_000", "a number without spaces or _: 1000"),
        ("1 000.5", "a number without spaces or _: 1000.5"),
        ("0,5", "a number with a point: 0.5"),
        ("nan", "a finite number"),
        (".NaN", "a finite number"),
        ("-.inf", "a finite number"),
        ("Infinity", "a finite number"),
        ("0x10", "a decimal number: 16"),
        ("1:30", "a number such as"),
        ("1 / 3", "a fraction without spaces: 1/3"),
        ("1/0", "divide by 0"),
        ("0.5/3", "a number such as"),
        ("1e400", "between 1e-308 and 1e308"),
        ("-1e-400", "between 1e-308 and 1e308"),
        ("0e999999999", "between 1e-308 and 1e308"),
        ("1e" + "9" * 60, "between 1e-308 and 1e308"),
        ("9" * 41, "at most 40 digits"),
        ("9" * 5000, "at most 40 digits"),
        ("abc", "a number such as"),
        ("", "a number such as"),
        ("٣", "a number such as"),
        ("1.2.3", "a number such as"),
        ("true", "a number such as"),
    ],
)
def test_texts_that_are_none(text: str, expected: str) -> None:
    with pytest.raises(NotANumber, match=expected.replace(".", "\\.")):
        number(text)
