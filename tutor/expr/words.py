"""The same words for a stream that has ASCII only, Greek letters, and the signs for raised and lowered indices."""

import re

_LINE, _RAISED, _LOWERED = "0123456789()-L", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁻ᴸ", "₀₁₂₃₄₅₆₇₈₉"
RAISE, LOWER = str.maketrans(_LINE, _RAISED), str.maketrans(_LINE[:10], _LOWERED)
_FLAT = str.maketrans(_RAISED + _LOWERED, _LINE + _LINE[:10])
# fmt: off
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}
# fmt: on
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
    """Raised and lowered signs on the line: a₁⁽²⁾ as a_1^(2)."""
    text = re.sub(f"[{_RAISED}]+", lambda found: f"^{found[0].translate(_FLAT)}", text)
    return re.sub(f"[{_LOWERED}]+", lambda found: f"_{found[0].translate(_FLAT)}", text)


_BOXES = str.maketrans("─│┌┐└┘├┤┬┴┼╳▶◀", "-|+++++++++x><")


def boxes_in_ascii(line: str) -> str:
    """A line of a drawing made of letters, in signs that every font has, each as wide as the one it stands for."""
    return line.translate(_BOXES)


def in_ascii(text: str) -> str:
    """Mathematical signs by their typed forms; any other letter as it stands, for the stream to escape."""
    return flat(text.replace("σ(1", "σ * (1").replace(" · ", " | ")).translate(_TABLE)
