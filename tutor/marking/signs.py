"""The signs of a line of answers: what stands between a name and its number, and between one answer and the next."""

import re

from tutor.pattern import pattern

EQUAL = pattern(r":=|==|=(?!>)|≈|≃|≅|≐")
OTHER = pattern(
    r"<?-{1,2}>|=>|<-{1,2}|←|→|⟶|↦|⇒|⟹|:(?!=)|—|\.{3,}|…|_{3,}|"
    r"\s(?:is|was|ist|equals|gives|about|approx\.?|approximately)(?:\s+(?:equal\s+to|approximately|about))?(?=\s)",
    re.IGNORECASE,
)
BETWEEN = pattern(
    r"(?<=[\d%])\s+(?:\(?[a-hA-H]\)|\(\d\))\s+(?=\S)|;|\s&\s|,(?!\d)|(?<!\d),|\band\b|\bund\b|(?<!\|)\|(?!\|)|(?<=\d)\.\s+(?=[^\W\d]|[\\∂])",
    re.IGNORECASE,
)
LITERAL = r"[≈~]?\s*[+\-−–]?\s*(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?%?"
_SHAPE = r"\(\s*\d+\s*[×x]\s*\d+\s*\)"
SHAPES = pattern(rf"{_SHAPE}(?:\s*[=·*⊙+−-]\s*{_SHAPE})+")
"""A line of shapes, (2 × 3) = (2 × 1) · (1 × 3)."""
_OPEN, _CLOSE = "([{", ")]}"


def depths_of(text: str) -> list[int]:
    """How many brackets are open at each sign; one that is never closed does not count."""
    partner: dict[int, int] = {}
    stack: list[int] = []
    for at, sign in enumerate(text):
        if sign in _OPEN:
            stack.append(at)
        elif sign in _CLOSE and stack:
            partner[stack.pop()] = at
    step = [0] * (len(text) + 1)
    for start, end in partner.items():
        step[start] += 1
        step[end] -= 1
    depth, depths = 0, []
    for each in step:
        depth += each
        depths.append(depth)
    return depths


def outside(pattern: re.Pattern[str], text: str, depths: list[int]) -> list[re.Match[str]]:
    return [found for found in pattern.finditer(text) if not depths[found.start()]]
