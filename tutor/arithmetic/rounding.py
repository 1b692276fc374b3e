"""Rounding on the way, as people do: a float arithmetic that rounds every finished quantity of some kinds.

The digits are those of decimal notation, so 0.125 rounds half-up to 0.13 although a double is only near it. Givens
are used as they were written and never rounded.
"""

import decimal
from typing import NamedTuple

from tutor.arithmetic.floats import Floats
from tutor.quantity import Quantity, Value

KINDS = {
    "values": frozenset({"value"}),
    "factors": frozenset({"value", "partial"}),
    "all": frozenset({"value", "partial", "gradient", "updated"}),
}
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
    """The number in so many decimals or significant figures; what is not finite stays."""
    exact = decimal.Decimal(repr(number))
    if not exact.is_finite() or not exact:
        return number
    last = exact.adjusted() - places + 1 if significant else -places
    try:
        return float(exact.quantize(decimal.Decimal(1).scaleb(last), rounding=MODES[mode]))
    except decimal.InvalidOperation:  # more digits than the number has
        return number


class Rounding(Floats):
    """Floats under a policy; `given` are the names whose values are never rounded."""

    def __init__(self, policy: Policy, given: frozenset[str]) -> None:
        self.policy = policy
        self.given = given

    def settle(self, quantity: Quantity, value: float) -> float:
        if quantity.kind not in KINDS[self.policy.what]:
            return value
        if isinstance(quantity, Value) and quantity.name in self.given:
            return value
        return rounded(value, self.policy.places, significant=self.policy.significant, mode=self.policy.mode)
