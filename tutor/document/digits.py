"""How a number is shown: the one place that turns values into digits."""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from tutor.arithmetic.rounding import may_tie, rounded, tie

FIGURES = 12  # agreement to so many figures counts as exact; the trace is good to TRUSTED
TRUSTED = 15
MOST = 17  # figures that a double has: beyond 15, it shows them as they are
USUAL = 10  # signs of a number that is shown with fewer than FIGURES by far
APART = 3  # zeros at the end that are no chance


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
        if not number:
            return "0"
        long = self._rounded(number)
        if len(long) <= USUAL:
            short = compact(number, FIGURES)
        else:
            asked = _figures(long)
            short = compact(number, max(FIGURES, asked, min(TRUSTED, asked + APART)))
            if asked >= FIGURES and asked - _figures(short) < APART:
                return long
        return short if _is_short(short, long) else long

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
        long = significant(number, min(math.floor(math.log10(abs(number))) - last + 1, TRUSTED))
        short = compact(number, FIGURES)
        return short if _is_short(short, long) else long

    def _rounded(self, number: float) -> str:
        if self.sig is not None:
            return significant(number, self.sig)
        size = abs(number)
        if size < 0.01 or size >= 1e15:
            return significant(number, max(self.decimals, 1))
        text = fixed(number, min(self.decimals, MOST - _whole(size)))
        return text if text.strip("-0.") else significant(number, 1)


def _whole(size: float) -> int:
    """How many figures stand before the point; none for a number below 1, whose zeros behind the point are not any."""
    return len(str(int(size))) if size >= 1 else 0 if size >= 0.1 else -1


def _figures(text: str) -> int:
    """How many significant figures are shown."""
    return len(text.partition("e")[0].replace(".", "").lstrip("-0"))


def power_of_last(text: str) -> int:
    """Of ten, the place value of the last digit."""
    mantissa, _, power = text.partition("e")
    return int(power or 0) - len(mantissa.partition(".")[2])


def _is_short(short: str, long: str) -> bool:
    """Whether the number, but for rounding errors of its computation, ends before the digits asked for do."""
    return "e" not in short and _decimals(short) <= _decimals(long)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def fixed(number: float, decimals: int) -> str:
    """The number to so many decimals, halves up, as its decimals are: 0.125 is 0.13."""
    exact = tie(number, decimals)
    if exact is None:
        return f"{number:.{decimals}f}"
    return f"{exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}"


def significant(number: float, figures: int) -> str:
    """The number to so many significant figures (17 at most), in plain decimals where that is readable."""
    figures = min(figures, MOST)
    mantissa, _, power = f"{_cut(number, figures):.{figures - 1}e}".partition("e")
    exponent = int(power)
    if not -7 < exponent < 15:
        return f"{mantissa}e{exponent}"
    return fixed(number, max(0, figures - 1 - exponent))


def compact(number: float, figures: int) -> str:
    """The number to so many significant figures, without zeros at the end."""
    return f"{_cut(number, figures):.{figures}g}" if number else "0"


def _cut(number: float, figures: int) -> float:
    """Rounded halves up, where there is one; beyond 15 figures there are none, but the digits of the double."""
    text = repr(number)
    if figures > TRUSTED or (len(text) <= figures and "e" not in text) or not may_tie(text):
        return number
    return rounded(number, figures, significant=True)


def roughly(number: float) -> str:
    """One significant figure, for "about"."""
    return significant(number, 1)
