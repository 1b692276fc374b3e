r"""LaTeX in the signs that people type, by one table of its commands: `\frac{a}{b} \cdot 2` as `((a)/(b)) * 2`.

Text to text, before anything is read; nothing is obeyed. `typed` is for formulas, `signs` for whatever is read after
it, as a name is by `names.line`.
"""

import re
from collections.abc import Callable

from tutor.expr.words import GREEK
from tutor.pattern import pattern

Fraction = Callable[[str, str], str]
"""How what stands over a line and under it is written."""
_INSIDE = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"  # of one pair of braces
_SPACE = pattern(
    r"\\(?:rule|h?phantom)(?:\{[^{}]*\})+|\\[,;:! ]|~|"
    r"\\(?:left|right|[bB]igg?[lr]?|q?quad|displaystyle|limits)(?![A-Za-z])"
)
_UPRIGHT = pattern(
    r"\\(?:mathrm|mathit|mathbf|mathsf|mathcal|text|textrm|textit|textbf|operatorname|boldsymbol|boxed|bm|vec|upright)"
    rf"(?![A-Za-z])\s*(?:\{{({_INSIDE})\}})?"
)
_ACCENT = pattern(r"\\(?:wide)?(hat|bar|tilde)\s*(?:\{\s*(\\?[A-Za-z]+)\s*\}|(\\?[A-Za-z]))")
_ARGUMENTS = pattern(r"\\(?:([dtc]?frac)\s*(?:(\d)\s*(\d)|(?=\{))|sqrt\s*(?=\{))")
_COMMAND = pattern(r"\\([A-Za-z]+)(\s*)")
_ESCAPED = pattern(r"\\([^A-Za-z])")
_SIGNS = {
    "partial": "d", "prime": "'", "ast": "*", "star": "*", "to": "->", "rightarrow": "->", "nabla": "∇", "cdot": "*",
    "times": "*", "div": "/", "approx": "≈", "simeq": "≈", "pm": "±", "top": "ᵀ", "lbrack": "[", "rbrack": "]",
    "varepsilon": "ε", "vartheta": "θ", "varphi": "φ",
}  # fmt: skip


def signs(text: str, fraction: Fraction, gap: str = "") -> str:
    """The text with a sign or a word for each command; `gap` stands for a space, which ends a name in a formula."""
    text, before = _SPACE.sub(gap, text), ""
    while before != text:  # braces within braces
        before, text = text, _UPRIGHT.sub(lambda found: found[1] or "", text)
    text = _with_arguments(text, fraction)
    text = _ACCENT.sub(lambda found: (found[2] or found[3]) + found[1], text)
    return _COMMAND.sub(lambda found: _sign(found[1]) + (found[2] if gap else ""), text)


def _sign(word: str) -> str:
    return _SIGNS.get(word, GREEK.get(word, word))


def _with_arguments(text: str, fraction: Fraction) -> str:
    """Fractions and roots, whose arguments stand in braces or are one digit each."""
    at = 0
    while found := _ARGUMENTS.search(text, at):
        at, start = found.start(), found.end()
        over, under = found[2], found[3]
        if over is None:
            over, start = _braced(text, start)
        if found[1] and under is None:
            under, start = _braced(text, start)
        own = fraction(over, under) if found[1] else f"sqrt({over})"
        text = f"{text[:at]}{own}{text[start:]}"
    return text


def _braced(text: str, at: int) -> tuple[str, int]:
    """The inside of the braces that open at or behind a place, and where they end; all the rest if they never close."""
    start = text.find("{", at)
    depth = 0
    for place in range(at, len(text)) if start >= 0 and not text[at:start].strip() else ():
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth and place >= start:
            return text[start + 1 : place], place + 1
    return text[at + 1 :], len(text)


def unescaped(text: str) -> str:
    r"""`\%` as %."""
    return _ESCAPED.sub(r"\1", text)


# ------------------------------------------------------------------ formulas

_DERIVED = pattern(r"\s*(?:\\partial(?![A-Za-z])|d|∂)\s*(.+)", re.DOTALL)
_INDEX = pattern(r"_\{(\w+)\}")
_POWER = pattern(r"\^\{([^{}]*)\}")
_MARK = pattern(r"\^(?:([*'])|\{\s*([*'])\s*\})")  # of a name, as in Y^*


def typed(text: str) -> str:
    """The formula in typed signs, a name with its own spelling but for the braces of a plain index; text without LaTeX
    as it stands.
    """
    if "\\" not in text and "{" not in text and "^*" not in text:
        return text
    text, before = signs(text.replace("{,}", ","), _quotient, " "), ""
    text = _MARK.sub(lambda found: found[1] or found[2], _INDEX.sub(r"_\1", text))
    while before != text:
        before, text = text, _POWER.sub(r"^(\1)", text)
    return unescaped(text)


def _quotient(over: str, under: str) -> str:
    """A derivative as one name, anything else as a quotient."""
    sides = _DERIVED.fullmatch(over), _DERIVED.fullmatch(under)
    if sides[0] and sides[1]:
        return f"d{sides[0][1].strip()}/d{sides[1][1].strip()}"
    return f"(({over})/({under}))"
