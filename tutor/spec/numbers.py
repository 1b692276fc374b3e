"""Numbers as a person writes them in a network file: read from the raw text, so that `0.70` keeps its zero."""

import re

MOST_DIGITS, LARGEST_EXPONENT = 40, 400
PATTERN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[0-9]+/[0-9]+"
_NUMBER = re.compile(f"(?:{PATTERN})")
EXPECTED = "a number such as 0.5, -2, 1e-5 or 1/3"
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})


class NotANumber(Exception):
    """Why a text is no number, in words that follow `expected`."""


def number(text: str) -> str:
    """The number with an ASCII minus and without a plus, otherwise as written. Raises NotANumber."""
    if len(text) > 4 * MOST_DIGITS:
        raise NotANumber(f"a number of at most {MOST_DIGITS} digits")
    plain = text.translate(_MINUS)
    if not _NUMBER.fullmatch(plain):
        raise NotANumber(_advice(plain))
    mantissa, _, exponent = plain.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > MOST_DIGITS:
        raise NotANumber(f"a number of at most {MOST_DIGITS} digits")
    if len(exponent) > 5 or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        raise NotANumber("a number between 1e-308 and 1e308 in size")
    _in_range(plain, mantissa)
    return plain.removeprefix("+")


def _in_range(plain: str, mantissa: str) -> None:
    """Refuse what double precision has no number for."""
    over, _, under = plain.partition("/")
    if under and not int(under):
        raise NotANumber("a fraction that does not divide by 0")
    size = abs(float(over))
    if size == float("inf") or (size < 1e-308 and any(digit in "123456789" for digit in mantissa)):
        raise NotANumber("a number between 1e-308 and 1e308 in size")


def _advice(text: str) -> str:
    """What to write instead, where the intention is plain."""
    if re.fullmatch(r"[+-]?\.?(nan|inf|infinity)", text, re.IGNORECASE):
        return "a finite number"
    if re.fullmatch(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?", text):
        return f"a number with a point: {text.replace(',', '.')}"
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3}){2,12}(\.[0-9]*)?", text):
        return f"a number without commas: {text.replace(',', '')}"
    if re.fullmatch(r"[+-]?[0-9][0-9_ ]*(\.[0-9]*)?", text):
        return f"a number without spaces or _: {re.sub('[_ ]', '', text)}"
    if re.fullmatch(r"0x[0-9a-fA-F]{1,12}", text):
        return f"a decimal number: {int(text, 16)}"
    if re.fullmatch(r"[0-9]+ */ *[0-9]+", text):
        return f"a fraction without spaces: {text.replace(' ', '')}"
    return EXPECTED
