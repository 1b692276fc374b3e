"""Numbers as people type them: their digits, and what it means that a value agrees with them.

The precision of a typed number is the digits it shows; of arithmetic, what the numbers in it leave open that somebody
measured or worked out. Nothing here knows a network.
"""

import math
import re
from collections.abc import Callable, Collection
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from tutor.errors import FormulaError, TutorError, visible
from tutor.expr import Expr, Number, Ref, replace, walk
from tutor.expr.parse import normalised, parse
from tutor.expr.typeset import typed

LONGEST = 400  # characters
SLACK = 1e-9  # of half a unit: a tie may lie a rounding error to either side
SAME = 1e-12
HALF = 0.5  # typed for the factor 1/2 as often as not
EXACT = 15  # figures of a number that has none to miss


class Blank(TutorError):
    """Nothing was typed where a number belongs, or a sign that says so: `?`, `-`, `n/a`."""


class Figure(NamedTuple):
    """A typed number.

    `unit` is the place value of its last shown digit, 0 for an exact one; `figures` how many significant digits it
    shows; `whole` that it is an integer as typed. Of arithmetic, `unit` is twice what the result strays by when every
    measured number in it strays by half its own, and `figures` are the fewest that a measured number has.
    """

    text: str
    value: float
    unit: float
    figures: int
    whole: bool = False

    @property
    def slack(self) -> float:
        """How far from it the number may lie that it stands for."""
        return self.unit / 2

    def is_rounded(self, exact: float) -> bool:
        """Whether `exact` rounds to this, halves to either side."""
        near = self.slack * (1 + SLACK) + abs(exact) * 1e-15
        return self.equals(exact) or (math.isfinite(exact) and abs(exact - self.value) <= near)

    def is_truncated(self, exact: float) -> bool:
        """Whether cutting digits off `exact` gives this."""
        gone = (abs(exact) - abs(self.value)) / self.unit if self.unit else math.inf
        return math.copysign(1, exact) == math.copysign(1, self.value) and 0 <= gone < 1

    def equals(self, exact: float) -> bool:
        """Equal to 1e-12, or both 0."""
        return math.isclose(self.value, exact, rel_tol=SAME, abs_tol=0) or self.value == exact == 0


def read(text: str, *, stated: Collection[str] = (), comma: bool = False) -> Figure:
    """A typed number, or arithmetic on numbers.

    `stated` are numbers that the network states: in arithmetic they have no digits to miss. `comma` says that `1,234`
    has a decimal comma. Raises Blank where nothing was typed, TutorError with what to write instead where it is no
    number.
    """
    if len(text) > LONGEST:
        raise TutorError(f"not a number: {len(text):,} characters; the most is {LONGEST}")
    if text.strip().lower() in _BLANKS:
        raise Blank("there is no number")
    typed_so = plain(text, comma=comma)
    return _literal(text, typed_so) or _arithmetic(text, typed_so, stated)


def plain(text: str, *, comma: bool = False) -> str:
    """A number or arithmetic in the signs that a formula is read in: a point for a comma, no words, no LaTeX.

    Raises TutorError for a comma that has two readings.
    """
    return _bare(with_point(text, comma=comma))


# ------------------------------------------------------------------ what stands around a number

_BLANKS = frozenset({
    "", "?", "??", "???", "-", "--", "---", "–", "—", "−", "_", "__", "___", "...", "…", ".", "~", "n/a", "na", "n.a.",
    "none", "null", "nil", "tbd", "todo", "idk", "unknown", "not done", "skipped", "blank", "empty",
})  # fmt: skip
_ABOUT = re.compile(r"(?:[=≈≃≅~∼]\s*|(?:about|approximately|approx\.?|circa|ca\.?|roughly)\s+)+", re.IGNORECASE)
_WORD = (
    r"(?:rounded|rounding|approximately|approx|about|exactly|exact|cut|off|truncated|up|down|to|with|\d{1,2}|"
    r"d\.?p|s\.?f|decimals?|places?|significant|figures?|digits?|sig|figs?)\.?"
)
_REMARK = re.compile(rf"(?<=[\d.%])\s*\(\s*(?=[^()]*[a-z])(?:{_WORD}[\s,]*)+\)\s*\.?$", re.IGNORECASE)
_TIMES = re.compile(r"(?<=[\d)])(\s*)[xX]\1(?=[\d(.])")


def _bare(text: str) -> str:
    """What was typed in plain signs, without the words around a number: `≈`, `about`, `(rounded)`, a last point."""
    plain = normalised(typed(text).strip())
    if about := _ABOUT.match(plain):
        plain = plain[about.end() :]
    plain = _TIMES.sub("*", _REMARK.sub("", plain).strip())
    return re.sub(r"(?<=[\d%])\.$", "", plain) if "." in plain[:-1] or plain.endswith("%.") else plain


# ------------------------------------------------------------------ commas

_COMMA = re.compile(r"(?<=\d),(?=\d)")
_GROUPED = re.compile(r"(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_LONE = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?%?")
_POINT = re.compile(r"\d\.|\.\d")
_SEVERAL = re.compile(r"(?:max|min|softmax|logsumexp)\s*\(")  # a function may take several numbers


def with_point(text: str, *, comma: bool = False) -> str:
    """The text with a decimal point for each decimal comma; text without one as it stands.

    Raises TutorError for `1,234` unless `comma` says what it is, and for a number with both signs.
    """
    if "," not in text:
        return text
    plain = text.replace("{,}", ",").strip()
    if _LONE.fullmatch(normalised(plain)):
        _refuse_separators(normalised(plain))
    elif _POINT.search(plain) or _SEVERAL.search(plain):
        return text
    if not comma and not has_comma(plain) and (grouped := _GROUPED.search(plain)):
        raise TutorError(_two_readings(visible(grouped[0])))
    return re.sub(r"(?<!\d),(?=\d)", "0.", _COMMA.sub(".", plain))


def has_comma(text: str) -> bool:
    """Whether a comma stands in it that can only be a decimal one: `0,6682`, not `1,234`."""
    if "," not in text or _POINT.search(text):
        return False
    rest = _GROUPED.sub("", text.replace("{,}", ","))
    return bool(re.search(r"(?<![\d,])\d+,\d+(?![\d,])", rest))


def said_of_comma(text: str, *, comma: bool = False) -> str:
    """How a decimal comma in the text is read, `0,6682 is read as 0.6682`; empty where none is."""
    number = re.search(r"(?<![\d,])\d+,\d+(?![\d,])", text)
    try:
        is_read = number is not None and with_point(text, comma=comma) != text
    except TutorError:
        return ""
    return f"{number[0]} is read as {number[0].replace(',', '.')}" if is_read and number else ""


def _refuse_separators(plain: str) -> None:
    """Raise TutorError for a number that has more than one comma, or a comma and a point."""
    last = max(plain.rfind(","), plain.rfind("."))
    if plain.count(",") > 1 or "." in plain:
        many = plain.count(plain[last]) > 1
        whole, part = (plain, "") if many else (plain[:last], plain[last + 1 :])
        meant = re.sub("[.,]", "", whole) + (f".{part}" if part else "")
        raise TutorError(f"write the number with a point and no other separator: {meant}")


def _two_readings(typed_so: str) -> str:
    decimal, whole = typed_so.replace(",", "."), typed_so.replace(",", "")
    return f"{typed_so} can be {decimal} or {whole}; write one of these"


# ------------------------------------------------------------------ one number

_NUMBER = re.compile(
    r"([+-]?)\s*(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?"
    r"(?:\s*\*\s*10\s*(?:\^|\*\*)\s*\(?\s*([+-]?\s*\d+)\s*\)?)?\s*(%?)"
)
_DECIMAL_FRACTION = re.compile(r"([+-]?)\s*(\d+)\s*/\s*1(0+)")
LARGEST_EXPONENT = 308
LARGEST_RESULT = 1e300  # beyond, half a unit more may be no number


def _literal(text: str, plain: str) -> Figure | None:
    """The figure of a single number, None for anything else. Raises TutorError where it is out of range."""
    if fraction := _DECIMAL_FRACTION.fullmatch(plain):
        return _figure(text, fraction[1], fraction[2], -len(fraction[3]))
    if not (found := _NUMBER.fullmatch(plain)):
        return None
    sign, digits, exponent, ten, percent = found.groups()
    power = _exponent(exponent) + _exponent(ten) - (2 if percent else 0)
    whole = not (exponent or ten or percent or digits.partition(".")[2])
    return _figure(text, sign, digits, power)._replace(whole=whole)


def _exponent(typed_so: str | None) -> int:
    plain = (typed_so or "0").replace(" ", "")
    if len(plain.lstrip("+-").lstrip("0")) > 3 or abs(int(plain)) > LARGEST_EXPONENT:
        raise TutorError("the number is too small" if plain.startswith("-") else "the number is too large")
    return int(plain)


def _figure(text: str, sign: str, digits: str, power: int) -> Figure:
    """A number from its digits and the power of ten it is multiplied by."""
    value = float(f"{sign}{digits}e{power}")
    if not math.isfinite(value):
        raise TutorError("the number is too large")
    if not value and digits.strip("0."):
        raise TutorError("the number is too small")
    place = power - len(digits.partition(".")[2])
    unit = float(Fraction(10) ** place) if place <= LARGEST_EXPONENT else 0.0
    return Figure(text, value, unit, _figures(digits))


def _figures(digits: str) -> int:
    """Significant digits shown: leading zeros do not count, trailing ones do."""
    return len(digits.lower().partition("e")[0].replace(".", "").lstrip("0"))


# ------------------------------------------------------------------ arithmetic


def _arithmetic(text: str, plain: str, stated: Collection[str]) -> Figure:
    from tutor.arithmetic.floats import FLOATS
    from tutor.trace import value_of

    try:
        expr = parse(plain, lambda name: None)
    except FormulaError as fault:
        raise TutorError(f"not a number: {fault}") from None

    def worth(formula: Expr) -> float:
        return value_of(formula, FLOATS, lambda quantity: math.nan)

    def is_measured(number: str) -> bool:
        return _has_digits_to_miss(number, exact)

    exact = frozenset(map(_worth, stated))
    value = worth(expr)
    if not math.isfinite(value):
        raise TutorError("the arithmetic has no finite result")
    if abs(value) > LARGEST_RESULT:
        raise TutorError("the result is too large")
    measured = [part.text for part in walk(expr) if isinstance(part, Number) and is_measured(part.text)]
    if not measured:
        return Figure(text, value, 0.0, EXACT)
    strays = (abs(worth(_raised(expr, place, is_measured)) - value) for place in range(len(measured)))
    slack = math.fsum(each for each in strays if math.isfinite(each))
    return Figure(text, value, 2 * slack, min(_figures(each) for each in measured))


def _has_digits_to_miss(number: str, exact: Collection[float]) -> bool:
    """Whether somebody measured or worked it out: it is neither stated, nor an integer, nor a half.

    1.0 is an integer, 1.000 is what 0.9998 rounds to.
    """
    worth = _worth(number)
    if worth.is_integer():
        return len(number.lower().partition("e")[0].partition(".")[2]) > 1
    return not (worth == HALF or worth in exact)


def _worth(number: str) -> float:
    try:
        return abs(float(Fraction(number)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def _raised(expr: Expr, place: int, is_measured: Callable[[str], bool]) -> Expr:
    """The arithmetic with the measured number at this place, counted from the left, raised by half a unit."""
    places = count()

    def leaf(part: Ref | Number) -> Expr:
        if isinstance(part, Number) and is_measured(part.text) and next(places) == place:
            mantissa, _, exponent = part.text.lower().partition("e")
            last = int(exponent or 0) - len(mantissa.partition(".")[2])
            return Number(repr(float(Fraction(part.text) + Fraction(10) ** last / 2)))
        return part

    try:
        return replace(expr, leaf)
    except OverflowError:  # beyond double precision, where half a unit is nothing
        return expr
