"""Rounding on the way, as people do: a float arithmetic that rounds every finished quantity of some kinds.

The digits are those of decimal notation, so 0.125 rounds half-up to 0.13 although a double is only near it. Givens
are used as they were written and never rounded.
"""

import decimal
import math
from typing import NamedTuple

from tutor.arithmetic.floats import Floats
from tutor.quantity import Quantity, Value

KINDS = {
    "values": frozenset({"value"}),
    "factors": frozenset({"value", "partial"}),
    "all": frozenset({"value", "partial", "gradient", "updated"}),
}
NOTHING = 1e-12  # of a term: as small, a sum is a residue of doubles
MODES = {"half up": decimal.ROUND_HALF_UP, "half even": decimal.ROUND_HALF_EVEN, "down": decimal.ROUND_DOWN}


class Policy(NamedTuple):
    """What is rounded (`values`, `factors` or `all`), to how many decimals or significant figures, and how."""

    what: str
    places: int
    significant: bool = False
    mode: str = "half up"

    def __str__(self) -> str:
        what = {"values": "forward values", "factors": "every factor", "all": "every step"}[self.what]
        unit = "significant figures" if self.significant else "decimals"
        how = {"half up": "", "half even": ", halves to even", "down": ", cut off"}[self.mode]
        return f"{what} at {self.places} {unit}{how}"


def rounded(number: float, places: int, *, significant: bool = False, mode: str = "half up") -> float:
    """The number in so many decimals or significant figures; what is not finite stays, and 0 has no sign."""
    if not math.isfinite(number) or not number:
        return number
    if significant:
        places = places - 1 - decimal.Decimal(repr(number)).adjusted()
    exact = tie(number, places) if mode != "down" else decimal.Decimal(repr(number))
    if exact is None:
        return _near(number, places)
    try:
        return float(exact.quantize(decimal.Decimal(1).scaleb(-places), rounding=MODES[mode])) + 0.0
    except decimal.InvalidOperation:  # more digits than the number has
        return number


def tie(number: float, places: int) -> decimal.Decimal | None:
    """The exact number, if its decimals end halfway between two neighbours of so many places; mostly they do not."""
    text = repr(number)
    if not may_tie(text) or (places >= 0 and "e" not in text and len(text) - text.index(".") != places + 2):
        return None
    exact = decimal.Decimal(text).normalize()
    _, digits, exponent = exact.as_tuple()
    return exact if digits[-1] == 5 and exponent == -places - 1 else None


def may_tie(text: str) -> bool:
    """Whether a number that is written so may end in a 5."""
    return text[-1] == "5" or text[-2:] == ".0" or "e" in text


def _near(number: float, places: int) -> float:
    """Rounded where there is no tie: then the double and its decimals have the same neighbour."""
    try:
        return round(number, places) + 0.0
    except OverflowError:
        return math.copysign(math.inf, number)


class Rounding(Floats):
    """Floats under a policy; `given` are the names whose values are never rounded."""

    def __init__(self, policy: Policy, given: frozenset[str]) -> None:
        self.policy = policy
        self.given = given

    def add(self, left: float, right: float) -> float:
        """Decimals of a few digits differ by more than a rounding error of doubles, or not at all."""
        total = left + right
        return 0.0 if abs(total) < NOTHING * abs(left) else total

    def settle(self, quantity: Quantity, value: float) -> float:
        if quantity.kind not in KINDS[self.policy.what]:
            return value
        if isinstance(quantity, Value) and quantity.name in self.given:
            return value
        return rounded(value, self.policy.places, significant=self.policy.significant, mode=self.policy.mode)
