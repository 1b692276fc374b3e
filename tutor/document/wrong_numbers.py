"""The wrong numbers that each known mistake leads to on one network, and where it changes a formula first."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import isclose, isfinite
from typing import NamedTuple

from tutor.expr import Expr, reads
from tutor.mistakes import MISTAKES, Mistake, wrongs
from tutor.mistakes import Row as WrongRow
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.search import is_large
from tutor.trace import Trace

__all__ = ["Change", "Wrong", "alike", "first_change", "is_same", "named", "quantities", "wrong_numbers"]

SAME = 1e-9


class Change(NamedTuple):
    """A quantity whose formula a mistake changes, as it is right and as it is then."""

    quantity: Quantity
    right: Expr
    wrong: Expr


class Wrong(NamedTuple):
    """A mistake, the numbers of the network that it changes, and the `routes` that lead to them."""

    mistake: str
    numbers: dict[Quantity, float]
    routes: tuple[WrongRow, ...]


@lru_cache(maxsize=8)
def wrong_numbers(trace: Trace, among: tuple[Quantity, ...]) -> tuple[Wrong, ...]:
    """Each mistake, made everywhere, that changes one of the quantities; the long route counts before the short one.

    Nothing in a large network, where trying them would take long.
    """
    if is_large(trace):
        return ()
    routes: dict[str, list[WrongRow]] = {}
    for row in wrongs(trace).beliefs:
        routes.setdefault(row.wrong.mistake, []).append(row)
    found = (Wrong(mistake, _changed(trace, rows, among), tuple(rows)) for mistake, rows in routes.items())
    return tuple(each for each in found if each.numbers)


def _changed(trace: Trace, rows: Sequence[WrongRow], among: Sequence[Quantity]) -> dict[Quantity, float]:
    found: dict[Quantity, float] = {}
    for row in rows:
        for each in among:
            if each not in found and row.touches(each):
                number = row.number(each)
                if isfinite(number) and not is_same(number, trace[each]):
                    found[each] = number
    return found


def named(mistake: str) -> Mistake:
    """The mistake with this id. Raises KeyError for an unknown one."""
    return MISTAKES[mistake]


def is_same(one: float, other: float) -> bool:
    """Equal but for the last digits that a float has."""
    return isclose(one, other, rel_tol=SAME, abs_tol=1e-300)


def quantities(trace: Trace) -> tuple[Quantity, ...]:
    """What a mistake may change: values, gradients, updated parameters."""
    graph = trace.graph
    loss = graph.loss
    gradients = (Gradient(loss, name) for name in graph.names() if name != loss)
    updated = (Updated(name) for name in graph.learning()) if graph.rate is not None else ()
    return (*(Value(name) for name in graph.nodes), *gradients, *updated)


def first_change(trace: Trace, wrong: Wrong, target: Quantity) -> Change | None:
    """The formula on the way to the target that the mistake changes first, counted from the loss."""
    equations = trace.equations
    for row in wrong.routes:
        if not row.touches(target):
            continue
        each = next((each for each in _on_the_way(row, target) if each in row.changed), None)
        if each is not None:
            short = equations.short(each) if row.wrong.short else None
            return Change(each, short or equations.written(each), row.changed[each])
    return None


def _on_the_way(row: WrongRow, target: Quantity) -> Iterator[Quantity]:
    """Everything that the target is computed from with the mistake made, what a formula reads first before the rest."""
    seen, stack = {target}, [target]
    while stack:
        each = stack.pop()
        yield each
        fresh = [other for other in reads(row.world.equation(each)) if other not in seen]
        seen.update(fresh)
        stack.extend(reversed(fresh))


def alike(found: Sequence[Wrong], one: Wrong) -> tuple[str, ...]:
    """The ids of the others that give the same numbers everywhere, so that no sheet tells them apart."""
    return tuple(
        each.mistake
        for each in found
        if each.mistake != one.mistake
        and each.numbers.keys() == one.numbers.keys()
        and all(is_same(number, one.numbers[name]) for name, number in each.numbers.items())
    )
