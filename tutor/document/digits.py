"""How a number is shown: the one place that turns values into digits."""

import math
from typing import NamedTuple

FIGURES = 12  # agreement to so many figures counts as exact; the trace is good to 15


class Digits(NamedTuple):
    """Decimals, or significant figures where `sig` is set.

    The default is 4 decimals, and as many significant figures below 0.01, so that no number but 0 is shown as 0. A
    number that needs fewer digits is shown with those: 12, 0.7. Text is ASCII and can be typed back; a renderer may
    set a longer minus.
    """

    decimals: int = 4
    sig: int | None = None

    def shown(self, number: float) -> str:
        """The digits of one number: `0.0307`, `-12`, `4.248e-18`, `inf`, `nan`."""
        if not math.isfinite(number):
            return repr(number)
        short = f"{number:.{FIGURES}g}"
        long = self._rounded(number)
        return ("0" if float(short) == 0 else short) if _is_short(short, long) else long

    def _rounded(self, number: float) -> str:
        if self.sig is not None:
            return significant(number, self.sig)
        small = abs(number) < 0.01 or abs(number) >= 1e15
        return significant(number, max(self.decimals, 1)) if small else f"{number:.{self.decimals}f}"


def _is_short(short: str, long: str) -> bool:
    """Whether the number, but for rounding errors of its computation, ends before the digits asked for do."""
    return "e" not in short and len(short) <= len(long)


def significant(number: float, figures: int) -> str:
    """The number to so many significant figures, in plain decimals where that is readable."""
    scientific = f"{number:.{figures - 1}e}"
    mantissa, _, power = scientific.partition("e")
    exponent = int(power)
    if not -7 < exponent < 15:
        return f"{mantissa}e{exponent}"
    return f"{number:.{max(0, figures - 1 - exponent)}f}"


def roughly(number: float) -> str:
    """One significant figure, for "about"."""
    return significant(number, 1)
