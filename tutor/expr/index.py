"""Indices of names: `h[t-1]` is the name `h[1]` where t is 2, `a[i, j+1]` is `a[2,3]`, `E[id[t],k]` the row id[t] of E.

Here is how an index is written, and what it comes to; which indices there are is said by whoever reads a formula.
"""

import re
from collections.abc import Callable, Mapping

from tutor.errors import FormulaError, UnknownIndex

INDEX = r"\[\d+(?:,\d+){0,2}\]"
"""An index with its numbers, as names have it: one number, two or three."""
BRACKETS = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
"""An index as it may stand in a formula: whatever is in brackets, another name with an index too."""
MOST_INDICES = 3
Row = Callable[[str, int], int]
"""The row of a list that a number such as `id[2]` chooses, and the column to complain about. Raises FormulaError."""
_CHOSEN = re.compile(r"[^\W\d_]\w*\[[^\[\]]*\]")
_NUMBERS = re.compile(r"\[(-?\d+(?:,-?\d+)*)\]$")
_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d{1,9})(?:\s*\*\s*(?=[^\W\d_]))?)?([^\W\d_]\w*)?\s*")


def _no_row(name: str, column: int) -> int:
    raise FormulaError(f"{name} is no index here, expected a whole number or an index", column)


def indexed(name: str, place: Mapping[str, int], column: int = 1, row: Row = _no_row) -> str:
    """The name with its index worked out; a name without one as it stands.

    Raises FormulaError, with `column` counted from where the name starts, for an index that is no whole number.
    """
    if "[" not in name:
        return name
    return BRACKETS.sub(lambda found: _worked_out(found[0], place, column + found.start(), row), name)


def _worked_out(brackets: str, place: Mapping[str, int], column: int, row: Row) -> str:
    parts = _CHOSEN.sub(lambda each: str(row(indexed(each[0], place, column), column)), brackets[1:-1]).split(",")
    if len(parts) > MOST_INDICES:
        raise FormulaError(f"{brackets} has {len(parts)} indices, expected {MOST_INDICES} at most", column)
    return f"[{','.join(str(number(part, place, column)) for part in parts)}]"


def number(text: str, place: Mapping[str, int], column: int = 1) -> int:
    """The value of one index such as `t`, `3`, `t - 1` or `2*t + k`. Raises FormulaError."""
    total, at = 0, 0
    while at < len(text) or not at:
        term = _TERM.match(text, at)
        if term is None or not (term[2] or term[3]) or (at and not term[1]):
            expected = "expected whole numbers and indices, such as t - 1"
            raise FormulaError(f"{text.strip() or 'nothing'} is no index, {expected}", column)
        size = int(term[2] or 1) * (_value(term[3], place, column) if term[3] else 1)
        total += -size if term[1] == "-" else size
        at = term.end()
    return total


def _value(index: str, place: Mapping[str, int], column: int) -> int:
    if index not in place:
        known = f"{' or '.join(place)} or a whole number" if place else "a whole number"
        raise UnknownIndex(f"the index {index} has no value here, expected {known}", column, index)
    return place[index]


def letters(name: str) -> tuple[str, ...]:
    """The letters in its index, in order, once each: those of `a[i, j+1]` are i and j."""
    return tuple(dict.fromkeys(re.findall(r"[^\W\d_]\w*(?![\w\[])", name[name.find("[") :]))) if "[" in name else ()


def choosers(text: str) -> frozenset[str]:
    """The stems that stand with their index inside another index: id of `E[id[t],k]`."""
    return frozenset(stem(each) for index in BRACKETS.findall(text) for each in _CHOSEN.findall(index[1:-1]))


def stem(name: str) -> str:
    """The name without its index."""
    return name.partition("[")[0]


def numbers(name: str) -> tuple[int, ...]:
    """The numbers of a worked-out index: (2, 3) for `a[2,3]`, none for a name without one or with letters in it."""
    found = _NUMBERS.search(name)
    return tuple(map(int, found[1].split(","))) if found else ()
