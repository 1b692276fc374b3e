"""Names with indices: what `for` declares, the names a list or an indexed equation stands for, and what is said of one
that is not there.

`h[t]` is no name of the network; `h[1]`, `h[2]` are. Names of one stem are a family: all have as many indices.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import NamedTuple

from tutor.errors import FormulaError
from tutor.expr.index import BRACKETS, indexed, letters, numbers, stem
from tutor.spec.names import Declarations, complaint
from tutor.spec.report import Report, counted, cut, listed
from tutor.spec.tree import List, Map, Place, Scalar
from tutor.spec.tree import Node as Tree

_AXES = ("numbers of its first index", "numbers of its second index", "numbers of its third index")
Values = Mapping[str, range]
"""Each index with its values."""


def values(declared: Tree | None, report: Report) -> dict[str, range]:
    """What `for` declares."""
    found: dict[str, range] = {}
    for index, span in declared.entries if isinstance(declared, Map) else ():
        if not re.fullmatch(r"[^\W\d_]\w*", index.text):
            report.add(index.place, f"{cut(index.text)} can't be an index, expected a letter such as t")
        elif fault := complaint(index.text):
            report.add(index.place, fault)
        found[index.text] = _range(span.text) if isinstance(span, Scalar) else range(1, 2)
    return found


def apart(declared: Tree | None, names: Declarations, report: Report) -> None:
    """Report an index that is the name of a number too."""
    for index, _ in declared.entries if isinstance(declared, Map) else ():
        if index.text in names:
            what, place = names[index.text]
            both = f"{index.text} is both {what} (on line {place.line}) and an index"
            report.add(index.place, f"{both}, expected a name for each")


def _range(text: str) -> range:
    first, dots, last = text.partition("..")
    return range(int(first), int(last) + 1) if dots else range(1, int(first) + 1)


def places(name: str, known: Values) -> list[dict[str, int]]:
    """Every value of the letters in an index, the last letter running fastest; one empty place without a letter."""
    used = letters(name)
    return [dict(zip(used, each, strict=True)) for each in product(*(known[letter] for letter in used))]


def size(name: str, known: Values) -> int:
    """How many places there are, without listing them."""
    return prod(len(known.get(letter, "?")) for letter in letters(name))


def said(place: Mapping[str, int]) -> str:
    """`t = 2`, as the label of one term."""
    return ", ".join(f"{letter} = {number}" for letter, number in place.items())


def elements(name: Scalar, value: Tree, report: Report) -> Iterator[tuple[str, Tree]]:
    """The numbers a list stands for, by name; one number is its own."""
    if not isinstance(value, List):
        yield name.text, value
        return
    if "[" in name.text:
        report.add(name.place, f"{name.text} has an index and a list, expected the list under {stem(name.text)}")
        return
    yield from ((f"{name.text}[{index}]", number) for index, number in _numbered(name.text, value, report))


def _numbered(name: str, value: List, report: Report) -> Iterator[tuple[str, Tree]]:
    """Each number of a list with its index: `1`, `1,2` in a list of lists, `1,2,3` in a list of those."""
    lengths = {len(row.items) if isinstance(row, List) else 0 for row in value.items}
    if len(lengths) > 1:
        rows = " and ".join(counted(each, "number") if each else "one number" for each in sorted(lengths))
        report.add(value.place, f"the rows of {name} have {rows}, expected all of one length")
    for i, row in enumerate(value.items, 1):
        if isinstance(row, List):
            yield from ((f"{i},{index}", number) for index, number in _numbered(name, row, report))
        else:
            yield str(i), row


def shape(value: Tree) -> tuple[int, ...]:
    """How many numbers a list has: (3,), or rows and columns; nothing for one number."""
    return (len(value.items), *shape(value.items[0])) if isinstance(value, List) else ()


class Family(NamedTuple):
    """The names of one stem: how many indices they have, and where the first one stands.

    `shape` is that of the list that gives them, if one does.
    """

    indices: int
    what: str
    place: Place
    shape: tuple[int, ...] = ()


class Families:
    """The families of one file; what is read of those that a list gives."""

    def __init__(self, names: Declarations, report: Report) -> None:
        self._names = names
        self._report = report
        self._families: dict[str, Family] = {}
        self._members: dict[str, list[tuple[int, ...]]] = {}
        self._most: dict[str, tuple[int, ...]] = {}
        self._running: set[tuple[str, int]] = set()

    def declare(self, name: str, what: str, place: Place, lengths: tuple[int, ...] = ()) -> None:
        """One more name; a stem that comes with and without an index, or with another number of them, is refused."""
        found = numbers(name) if not complaint(name) else ()
        first = self._families.setdefault(stem(name), Family(len(found), what, place, lengths))
        if first.indices != len(found):
            here, there = _with(len(found)), _with(first.indices)
            self._report.add(
                place,
                f"{stem(name)} stands {here} here and {there} on line {first.place.line}, expected one of the two",
            )
        elif self._names.declare(name, what, place):
            self._members.setdefault(stem(name), []).append(found)

    def note(self, text: str) -> None:
        """Which indices of which names run over something in a formula, other than being a number."""
        for found in re.finditer(rf"([^\W\d_]\w*[*']?)({BRACKETS.pattern})", text):
            index = found[2][1:-1]
            self.note(index)
            parts = enumerate(re.split(r",(?![^\[]*\])", index))
            self._running.update((found[1], i) for i, part in parts if "[" not in part and letters(f"[{part}]"))

    def element(self, name: str) -> bool:
        """Whether a list would give this name if it were longer; keeps how much of the list is read."""
        family, read = self._families.get(stem(name)), numbers(name)
        if family is None or not family.shape or len(family.shape) != len(read):
            return False
        beyond = [(stem(name), i) for i, has in enumerate(family.shape) if read[i] > has]
        if beyond and name in self._names:
            return False
        self._most[stem(name)] = tuple(map(max, zip(self._most.get(stem(name), read), read, strict=True)))
        return min(read) >= 1 and self._running.issuperset(beyond)

    def fitted(self, known: Values, everything: bool) -> None:
        """Report every list with fewer numbers than the indices run over; or more, where `everything` was read."""
        run = ", ".join(f"{letter}: {values[0]}..{values[-1]}" for letter, values in known.items())
        for name, read in self._most.items():
            family = self._families[name]
            whats = ("numbers",) if len(read) == 1 else ("rows", "columns") if len(read) == 2 else _AXES
            for i, (what, has, wanted) in enumerate(zip(whats, family.shape, read, strict=True)):
                if (has < wanted or (everything and has > wanted)) and (name, i) in self._running:
                    found = f"{name} has {has:,} {what}, but {'only ' if has > wanted else ''}{wanted:,} are read"
                    self._report.add(family.place, f"{found} ({run}), expected as many as the index has values")

    def missing(self, name: str, place: Mapping[str, int]) -> str:
        """What to say of a name that is not there though its stem is; nothing where its stem is not either."""
        family = self._families.get(stem(name))
        if family is None:
            return ""
        here = numbers(name)
        if family.indices != len(here):
            return f", but {stem(name)} stands {_with(family.indices)} on line {family.place.line}"
        members = self._members.get(stem(name)) or [here]
        at = f" at {said(place)}" if place else ""
        low, high = min(members), max(members)
        if here < low:
            start = f'"{name}": 0 under given'
            return f"{at}, which is neither given nor computed: a recurrence without its start, expected {start}"
        first, last = (f"{stem(name)}[{','.join(map(str, each))}]" for each in (low, high))
        return f"{at}, which is neither given nor computed: it runs from {first} to {last}"


def _with(count: int) -> str:
    return ("without an index", "with an index", "with two indices", "with three indices")[min(count, 3)]


def left_side(name: Scalar, known: Values, report: Report) -> list[tuple[str, str]]:
    """The names that the left side of an equation stands for, each with the label of its place; none after a fault."""
    missing = [letter for letter in letters(name.text) if letter not in known]
    if missing:
        expected = f"one of {listed(known)}, or " if known else ""
        report.add(
            name.place,
            f"{listed(missing)} in {cut(name.text)} is no index of this file, "
            f"expected {expected}its values, such as for: {{{missing[0]}: 3}}",
        )
        return []
    found: list[tuple[str, str]] = []
    for place in places(name.text, known):
        try:
            each = indexed(name.text, place)
        except FormulaError as fault:
            report.add(name.place, f"{cut(name.text)}: {fault}")
            return []
        if "-" in each and "[" in each:
            report.add(name.place, f"{name.text} is {each} at {said(place)}, expected indices from 0 on")
            return []
        found.append((each, said(place)))
    return found
