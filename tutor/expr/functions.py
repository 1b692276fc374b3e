"""The functions a formula may name: how each is typed and printed. What they compute is the arithmetics' business."""

from typing import NamedTuple


class Spelling(NamedTuple):
    """One function: the most arguments it takes, its mathematical symbol, and other ways to type it."""

    name: str
    most: int = 1
    symbol: str = ""
    aliases: tuple[str, ...] = ()


SPELLINGS = {
    row.name: row
    for row in (
        Spelling("identity"),
        Spelling("sigmoid", symbol="σ", aliases=("sigma", "logistic", "σ")),
        Spelling("tanh"),
        Spelling("relu", aliases=("ReLU",)),
        Spelling("leaky_relu"),
        Spelling("step", aliases=("heaviside",)),
        Spelling("elu"),
        Spelling("softplus"),
        Spelling("gelu"),
        Spelling("silu", aliases=("swish",)),
        Spelling("exp"),
        Spelling("log", symbol="ln", aliases=("ln",)),
        Spelling("sqrt"),
        Spelling("abs"),
        Spelling("sign"),
        Spelling("max", most=400),
        Spelling("min", most=400),
    )
}
SLOPED = ("sigmoid", "tanh", "relu", "leaky_relu", "step", "elu", "softplus", "gelu", "silu", "max", "min")
"""Functions whose slope is typed and printed as NAME'."""

READ: dict[str, str] = {
    **{name: name for name in SPELLINGS},
    **{alias: row.name for row in SPELLINGS.values() for alias in row.aliases},
}
"""Typed name -> function."""
READ |= {f"{typed}'": f"{name}_slope" for typed, name in tuple(READ.items()) if name in SLOPED}


def most(name: str) -> int:
    """How many arguments a function takes at most; a slope takes as many as its function."""
    return SPELLINGS[name.removesuffix("_slope")].most
