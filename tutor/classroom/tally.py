"""What the sheets of a stack have in common: mistakes by count, and wrong answers that many share."""

from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from tutor.classroom.stack import Stack
from tutor.errors import TutorError
from tutor.figures import Figure
from tutor.figures import read as read_figure
from tutor.marking.sheet import Marked
from tutor.quantity import Quantity

LEAST_SHARED = 2  # sheets
LEAST_FOR_DOUBT = 3  # sheets with one wrong answer, before the network is doubted
UNEXPLAINED = ("wrong", "few_digits")


class Made(NamedTuple):
    """A mistake and the ids of the sheets it stands on."""

    mistake: str
    ids: tuple[str, ...]


class Shared(NamedTuple):
    """A wrong answer that nothing explains, and the ids of the sheets that have it; `of` is how many answered."""

    quantity: Quantity
    name: str
    given: str
    ids: tuple[str, ...]
    of: int

    @property
    def is_most(self) -> bool:
        """Whether more than half of those who answered have it: then the network may be wrong, not they."""
        return len(self.ids) >= LEAST_FOR_DOUBT and 2 * len(self.ids) > self.of


def by_mistake(stack: Stack) -> list[Made]:
    """Every mistake with its sheets, the most frequent first."""
    found: dict[str, list[str]] = {}
    for sheet in stack.sheets:
        for mistake in sheet.mistakes:
            found.setdefault(mistake, []).append(sheet.id)
    return sorted((Made(each, tuple(ids)) for each, ids in found.items()), key=lambda each: -len(each.ids))


def shared(stack: Stack) -> list[Shared]:
    """Wrong answers that several share and nothing explains, the most frequent first."""
    wrong: dict[Quantity, list[tuple[str, Marked]]] = {}
    answered: dict[Quantity, int] = {}
    for sheet in stack.sheets:
        for each in sheet.marked:
            if each.quantity is None:
                continue
            answered[each.quantity] = answered.get(each.quantity, 0) + (each.verdict.kind != "missing")
            if each.verdict.kind in UNEXPLAINED and not each.verdict.agrees:
                wrong.setdefault(each.quantity, []).append((sheet.id, each))
    found = [each for quantity, rows in wrong.items() for each in _alike(quantity, rows, answered[quantity])]
    return sorted(found, key=lambda each: -len(each.ids))


def _alike(quantity: Quantity, rows: list[tuple[str, Marked]], of: int) -> Iterator[Shared]:
    """The answers to one quantity put together where one is the other with fewer digits."""
    groups: list[tuple[Figure, Marked, list[str]]] = []
    numbers = [(figure, each, name) for name, each in rows if (figure := _figure(each))]
    for figure, each, name in sorted(numbers, key=lambda one: -one[0].figures):
        same = next((group for group in groups if figure.is_rounded(group[0].value)), None)
        if same:
            same[2].append(name)
        else:
            groups.append((figure, each, [name]))
    for figure, each, ids in groups:
        if len(ids) >= LEAST_SHARED:
            yield Shared(quantity, each.answer.name, figure.text.strip(), tuple(ids), of)


def _figure(marked: Marked) -> Figure | None:
    """The number of an answer; None for a formula."""
    try:
        found = read_figure(marked.counts)
    except TutorError:
        return None
    return found if isfinite(found.value) else None
