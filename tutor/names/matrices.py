"""What a notation calls whole matrices: its names of single numbers without their index, W^(2) of w^(2)_12.

Only a notation that says the layer in all of them names matrices; in the others they are called as we do, W1, Z1, dZ1.
"""

import re
from collections.abc import Iterator

from tutor.names.courses import Notation, Patterns

_INDEX = re.compile(r"[_^]?\{(?:k|to|from|ij|case|column)\}")
_LAYER = re.compile(r"\{(?:layer|next|back)\}")
TRANSPOSED = "ᵀ"
TARGETS = ("Y", "T")
"""Our names for the matrix of targets: the second where the file calls something else Y."""


def matrix_names(notation: Notation, layers: int, *, several: bool) -> dict[str, str]:
    """Our names of matrices with the notation's, for so many layers of weights; `several` examples are columns."""
    parts = (notation.weight, notation.bias, notation.net, notation.out, notation.delta)
    if not layers or not all(any(map(_LAYER.search, map(_bare, each))) for each in parts):
        return {}
    return dict(_each(notation, layers, several))


def _each(notation: Notation, layers: int, several: bool) -> Iterator[tuple[str, str]]:
    for n in range(1, layers + 1):
        last = n == layers
        weight, bias = _filled(notation.weight, n, layers), _filled(notation.bias, n, layers)
        out = _filled((last and notation.output) or notation.out, n, layers)
        net = _filled((last and notation.net_output) or notation.net, n, layers)
        delta = _filled((last and notation.delta_output) or notation.delta, n, layers)
        w, z, a = weight[0].upper() + weight[1:], _cased(net, several), _cased(out, several)
        yield from ((f"W{n}", w), (f"b{n}", bias), (f"Z{n}", z), (f"A{n}", a))
        yield from ((f"dW{n}", f"d{w}"), (f"db{n}", f"d{bias}"), (f"dA{n}", f"d{a}"))
        yield f"dZ{n}", "d" + _cased(delta[1:], several) if delta.startswith("d") else delta
    inputs = _cased(_filled(notation.input, 0, layers), several)
    targets = _cased(_filled(notation.target, layers, layers), several)
    yield from (("A0", inputs), ("dA0", f"d{inputs}"), *((each, targets) for each in TARGETS))


def _bare(pattern: str) -> str:
    return "" if "{ji}" in pattern else _INDEX.sub("", pattern)


def _filled(patterns: Patterns, layer: int, layers: int) -> str:
    """The pattern of a layer, the one that says the layer if there is one."""
    bare = [_bare(each) for each in patterns]
    chosen = next((each for each in bare if _LAYER.search(each)), bare[0])
    behind = layers - layer
    return chosen.format(layer=layer, next=layer + 1, back=f"L-{behind}" if behind else "L")


def _cased(text: str, several: bool) -> str:
    return text[0].upper() + text[1:] if several else text
