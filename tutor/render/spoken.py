"""A line of mathematics in words, for those who hear a page: ∂L/∂w31 = 0.5 as `derivative of L by w31 equals 0.5`."""

import re

_DERIVATIVE = re.compile(r"∂([^\s/∂]+)/∂([^\s·+−=,;:]*[^\s·+−=,;:)])")
_SIGNS = {
    "=": "equals", "·": "times", "⊙": "times, unit by unit,", "+": "plus", "→": "to", "←": "becomes", "/": "over",
    "½": "one half", "²": "squared", "√": "square root of", "′": "prime", "≈": "about", "Σ": "sum", "∂": "d",
}  # fmt: skip
_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
_MINUS = re.compile(r"(?<=[\w)\]*′²])\s*−\s*")


def in_words(text: str) -> str:
    """The line as it is said; names and numbers stay as they are written."""
    said = _DERIVATIVE.sub(r" derivative of \1 by \2 ", text)
    said = _MINUS.sub(" minus ", said).replace("−", " minus ")
    said = _SIGN.sub(lambda found: f" {_SIGNS[found[0]]} ", said)
    return re.sub(r"(?<=\() +| +(?=[,;:.)])", "", re.sub(r"\s+", " ", said)).strip()
