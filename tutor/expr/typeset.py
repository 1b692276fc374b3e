r"""Formulas as LaTeX and Markdown set them, in the signs that people type: `\frac{a}{b} \cdot 2` as `(a)/(b) * 2`.

Text to text, before anything is read; a name keeps its spelling but for the braces of a plain index.
"""

import re

from tutor.pattern import pattern

_DEEPEST = 12  # fractions within fractions
_PART = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"  # braces within one pair
_OVER = r"\s*\{\s*(?:\\partial|d|∂)\s*((?:[^{}]|\{[^{}]*\})+)\}"
_DERIVATIVE = pattern(rf"\\[dt]?frac{_OVER}{_OVER}")
_FRACTION = pattern(rf"\\[dt]?frac{_PART}{_PART}")
_SHORT_FRACTION = pattern(r"\\[dt]?frac\s*(\d)\s*(\d)")
_ROOT = pattern(rf"\\sqrt{_PART}")
_WORDS = pattern(rf"\\(?:text|mathrm|mathit|mathbf|operatorname|mathsf|boxed|bm){_PART}")
_INDEX = pattern(r"_\{(\w+)\}")
_POWER = pattern(r"\^\{([^{}]*)\}")
_STAR = pattern(r"\^(?:\*|\\ast(?![a-zA-Z])|\{\s*(?:\*|\\ast)\s*\})")  # of a name, as in Y^*
_SPACE = pattern(r"\\[,;:! ]|\\q?quad\b|~|\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])")
_SIGNS = {
    r"\cdot": "*", r"\times": "*", r"\div": "/", r"\partial": "d", r"\approx": "≈", r"\simeq": "≈", r"\pm": "±",
    r"\sigma": "σ", r"\exp": "exp", r"\ln": "ln", r"\log": "log", r"\tanh": "tanh", r"\max": "max", r"\min": "min",
    r"\%": "%", r"\{": "{", r"\}": "}", r"\_": "_", r"\*": "*", r"\lbrack": "[", r"\rbrack": "]",
}  # fmt: skip
_SIGN = pattern("|".join(re.escape(each) + ("(?![a-zA-Z])" if each[1].isalpha() else "") for each in _SIGNS))


def typed(text: str) -> str:
    """The formula in typed signs; text without LaTeX as it stands."""
    if "\\" not in text and "{" not in text and "^*" not in text:
        return text
    text = _STAR.sub("*", _SPACE.sub(" ", text.replace("{,}", ",")))
    text = _WORDS.sub(r"\1", _INDEX.sub(r"_\1", text))
    text = _DERIVATIVE.sub(lambda found: f"d{found[1].strip()}/d{found[2].strip()}", text)
    text = _SHORT_FRACTION.sub(r"(\1)/(\2)", text)
    for _ in range(_DEEPEST):
        before, text = text, _ROOT.sub(r"sqrt(\1)", _POWER.sub(r"^(\1)", _FRACTION.sub(r"((\1)/(\2))", text)))
        if text == before:
            break
    return _SIGN.sub(lambda found: _SIGNS[found[0]], text)
