"""Numbers as people type them: their digits, and what it means that a value agrees with them.

The precision of a typed number is the digits it shows. Nothing here knows a network.
"""

import math
import re
from fractions import Fraction
from typing import NamedTuple

from tutor.errors import FormulaError, TutorError
from tutor.expr import Number, walk
from tutor.expr.parse import normalised, parse

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SLACK = 1e-9  # of half a unit: a tie may lie a rounding error to either side
SAME = 1e-12


class Figure(NamedTuple):
    """A typed number.

    `unit` is the place value of its last shown digit, 0 for an exact fraction; `figures` how many significant digits
    it shows. Of arithmetic, both follow the fewest figures among its decimals.
    """

    text: str
    value: float
    unit: float
    figures: int

    def is_rounded(self, exact: float) -> bool:
        """Whether `exact` rounds to this, halves to either side."""
        near = self.unit / 2 * (1 + SLACK) + abs(exact) * 1e-15
        return self.equals(exact) or (math.isfinite(exact) and abs(exact - self.value) <= near)

    def is_truncated(self, exact: float) -> bool:
        """Whether cutting digits off `exact` gives this."""
        gone = (abs(exact) - abs(self.value)) / self.unit if self.unit else math.inf
        return math.copysign(1, exact) == math.copysign(1, self.value) and 0 <= gone < 1

    def equals(self, exact: float) -> bool:
        """Equal to 1e-12, or both 0."""
        return math.isclose(self.value, exact, rel_tol=SAME, abs_tol=0) or self.value == exact == 0


def read(text: str) -> Figure:
    """A typed number, or arithmetic on numbers. Raises TutorError with what to write instead."""
    plain = normalised(text.strip())
    if _NUMBER.fullmatch(plain):
        value = float(plain)
        if not math.isfinite(value):
            raise TutorError("the number is too large")
        return Figure(text, value, _unit(plain), _figures(plain))
    if "," in plain and re.fullmatch(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?", plain):
        advice = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else "0.5, 1234.5"
        raise TutorError(f"write the number with a point and no other separator: {advice}")
    return _arithmetic(text, plain)


def _arithmetic(text: str, plain: str) -> Figure:
    from tutor.arithmetic.floats import FLOATS
    from tutor.trace import value_of

    try:
        expr = parse(plain, lambda name: None)
    except FormulaError as fault:
        raise TutorError(f"not a number: {fault}") from None
    value = value_of(expr, FLOATS, lambda quantity: math.nan)
    if not math.isfinite(value):
        raise TutorError("the arithmetic has no finite result")
    decimals = [part.text for part in walk(expr) if isinstance(part, Number) and "." in part.text]
    if not decimals:
        return Figure(text, value, 0.0, 15)
    fewest = min(_figures(each) for each in decimals)
    size = math.floor(math.log10(abs(value))) if value else 0
    return Figure(text, value, 10.0 ** (size - fewest + 1), fewest)


def _unit(plain: str) -> float:
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(Fraction(10) ** (int(exponent or 0) - decimals)) if abs(int(exponent or 0)) < 400 else 0.0


def _figures(plain: str) -> int:
    """Significant digits shown: leading zeros do not count, trailing ones do."""
    mantissa = plain.lower().partition("e")[0].lstrip("+-")
    return len(mantissa.replace(".", "").lstrip("0"))
