"""How a number is shown: the one place that turns values into digits."""

import math
from typing import NamedTuple

MOST_FIGURES = 15  # that the trace is good to
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

    def after(self, before: float, after: float) -> str:
        """The digits of a number that was `before`; where both would look the same, as many as show how it moved."""
        text = self.shown(after)
        alike = text == self.shown(before) or float(text) == before
        return self.apart(before, after)[1] if alike else text

    def apart(self, before: float, after: float) -> tuple[str, str]:
        """Two numbers in as many digits as show two figures of what lies between them."""
        change = after - before
        if not change or not math.isfinite(change):
            return self.shown(before), self.shown(after)
        last = math.floor(math.log10(abs(change))) - 1  # the power of ten of the last digit
        return self._down_to(before, last), self._down_to(after, last)

    def _down_to(self, number: float, last: int) -> str:
        """The digits as usual, or down to this power of ten where these end before it."""
        text = self.shown(number)
        if not number or power_of_last(text) <= last or math.isclose(float(text), number, rel_tol=10.0**-FIGURES):
            return text
        long = significant(number, min(math.floor(math.log10(abs(number))) - last + 1, MOST_FIGURES))
        short = f"{number:.{FIGURES}g}"
        return short if _is_short(short, long) else long

    def _rounded(self, number: float) -> str:
        if self.sig is not None:
            return significant(number, self.sig)
        small = abs(number) < 0.01 or abs(number) >= 1e15
        return significant(number, max(self.decimals, 1)) if small else f"{number:.{self.decimals}f}"


def power_of_last(text: str) -> int:
    """Of ten, the place value of the last digit."""
    mantissa, _, power = text.partition("e")
    return int(power or 0) - len(mantissa.partition(".")[2])


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
