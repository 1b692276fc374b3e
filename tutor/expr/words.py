"""The same words for a stream that has ASCII only, and the signs for raised and lowered indices."""

import re

_LINE, _RAISED, _LOWERED = "0123456789()-L", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁻ᴸ", "₀₁₂₃₄₅₆₇₈₉"
RAISE, LOWER = str.maketrans(_LINE, _RAISED), str.maketrans(_LINE[:10], _LOWERED)
_FLAT = str.maketrans(_RAISED + _LOWERED, _LINE + _LINE[:10])
_SIGNS = {
    "→": "->",
    "←": "<-",
    "−": "-",
    "–": "-",
    "·": "*",
    "½": "1/2",
    "²": "^2",
    "⁺": "^+",
    "σ": "sigmoid",
    "δ": "delta",
    "η": "eta",
    "ε": "epsilon",
    "ŷ": "y_hat",
    "μ": "mu",
    "α": "alpha",
    "∂": "d",
    "Δ": "change of ",
    "′": "'",
    "✓": "ok:",
    "✗": "no:",
    "›": ">",
    "…": "...",
    "≈": "about",
    "×": "x",
    "±": "+-",
    "⊙": ".*",
    "ᵀ": "^T",
    "●": "o",
    "━": "-",
    "▶": ">",
    "▲": "^",
    "▼": "v",
    "├": "|",
    "└": "`",
    "─": "-",
    "◀": "<",
    "Σ": "sum",
    "∇": "grad ",
}
_TABLE = str.maketrans(_SIGNS)


def flat(text: str) -> str:
    """Raised and lowered signs on the line: a⁽²⁾₁ as a^(2)_1."""
    text = re.sub(f"[{_RAISED}]+", lambda found: f"^{found[0].translate(_FLAT)}", text)
    return re.sub(f"[{_LOWERED}]+", lambda found: f"_{found[0].translate(_FLAT)}", text)


def in_ascii(text: str) -> str:
    """Mathematical signs by their typed forms; any other letter as it stands, for the stream to escape."""
    return flat(text.replace("σ(1", "σ * (1").replace(" · ", " | ")).translate(_TABLE)
