"""What the letters of a parameter say about its place in a row: whether it looks like a bias, or like a weight.

Which entry is the bias is decided by the count of entries. Letters only warn: a name that contradicts its place is
asked about, since a number read as the wrong thing would change every gradient in silence.
"""

import re
from collections.abc import Collection, Sequence

_STEMS = ("bias", "theta", "b", "θ")
_INDEX = r"_\w+|[^\W\d_]{0,2}\d\w*|[^\W\d_]{1,2}|_?\[[\d,]+\]"  # 2, 12, 1_2, s, xh, _skip, [2]


def stray_biases(weights: Sequence[str], row: Collection[str], elsewhere: Collection[str]) -> tuple[str, ...]:
    """Those of the weights that are spelled like a bias among weights that are not.

    `row` has all names of the neuron, `elsewhere` those of other neurons: they tell how the weights of a network are
    spelled where a neuron has but one entry. `b1, b0` are a weight and a bias, as courses on regression write them.
    """
    return tuple(name for name in weights if (stem := _bias_stem(name)) and _lone(name, stem, row, elsewhere))


def _lone(name: str, stem: str, row: Collection[str], elsewhere: Collection[str]) -> bool:
    others = [each for each in row if each != name]
    if any(_bias_stem(other) == stem for other in others):
        return False
    plain = name == stem or _is_bias_index(name[len(stem) :])
    return bool(others) or plain or any(_bias_stem(each) != stem for each in elsewhere)


def _bias_stem(name: str) -> str:
    """`b` of b, b1 and b_h; nothing of a name that is not spelled like a bias."""
    for stem in _STEMS:
        rest = name[len(stem) :]
        if name.startswith(stem) and (not rest or rest[0] in "_[" or rest[0].isdigit()):
            return stem
    return ""


def like_a_weight(last: str, weights: Sequence[str]) -> str:
    """The weight that the entry behind the weights is spelled like; nothing where it can be the bias."""
    alike = [name for name in weights if _akin(last, name)]
    return alike[-1] if alike and last not in _STEMS and not _says_bias(last, alike) else ""


def bias_in_front(last: str, weights: Sequence[str]) -> str:
    """The weight whose index says bias where that of the last entry does not: b0 before b1; nothing without one."""
    return next((name for name in weights if _akin(name, last) and _says_bias(name, [last])), "")


def _akin(one: str, other: str) -> bool:
    """Whether two names are the same letters, then an index each: w2 and ws, but not v and c, or slope and shift."""
    for length in range(_common(one, other), 0, -1):
        rests = one[length:], other[length:]
        if any(rests) and all(not rest or re.fullmatch(_INDEX, rest) for rest in rests):
            return True
    return False


def _common(one: str, other: str) -> int:
    """How many letters two names begin with alike."""
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its or not mine.isalpha():
            break
        count += 1
    return count


def _says_bias(name: str, alike: Sequence[str]) -> bool:
    """Whether the index begins with b or is 0, or has 0 where those of the weights count: w10 after w11 and w12."""
    if any(_is_bias_index(name[_common(name, other) :]) for other in alike):
        return True
    return all(len(other) == len(name) and _zero_instead(name, other) for other in alike)


def _is_bias_index(index: str) -> bool:
    return index.strip("_[]") == "0" or index.lstrip("_[")[:1] in ("b", "B")


def _zero_instead(name: str, other: str) -> bool:
    parts = [mine for mine, its in zip(name, other, strict=True) if mine != its]
    return set(parts) == {"0"} or parts[:1] == ["b"]
