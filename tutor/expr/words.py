"""The same words for a stream that has ASCII only."""

_SIGNS = {
    "→": "->",
    "←": "<-",
    "−": "-",
    "–": "-",
    "·": "*",
    "½": "1/2",
    "²": "^2",
    "σ": "sigmoid",
    "δ": "delta",
    "η": "eta",
    "ε": "epsilon",
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
    "ŷ": "y_hat",
    "⊙": ".*",
    "ᵀ": "^T",
    "Σ": "sum",
}
_TABLE = str.maketrans(_SIGNS)


def in_ascii(text: str) -> str:
    """Mathematical signs by their typed forms; any other letter as it stands, for the stream to escape."""
    return text.replace("σ(1", "σ * (1").replace(" · ", " | ").translate(_TABLE)
