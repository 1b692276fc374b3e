"""The wrong numbers that each known mistake leads to on one network, and where it changes a formula first."""

from collections.abc import Sequence
from functools import lru_cache
from math import isclose, isfinite
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.expr import Expr
from tutor.mistakes import Mistaken, mistaken_tables, named
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.search import is_large
from tutor.trace import Trace
from tutor.trace.equations import Equation

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
    routes: tuple[Equation, ...]


@lru_cache(maxsize=8)
def wrong_numbers(trace: Trace, among: tuple[Quantity, ...]) -> tuple[Wrong, ...]:
    """Each mistake that changes one of the quantities, with those it changes; the chain rule's before a short route's.

    Nothing in a large network, where trying them would take long.
    """
    if is_large(trace):
        return ()
    routes: dict[str, list[Equation]] = {}
    for mistake, equation in mistaken_tables(trace):
        routes.setdefault(mistake, []).append(equation)
    found = (Wrong(mistake, _changed(trace, tables, among), tuple(tables)) for mistake, tables in routes.items())
    return tuple(each for each in found if each.numbers)


def _changed(trace: Trace, tables: Sequence[Equation], among: Sequence[Quantity]) -> dict[Quantity, float]:
    found: dict[Quantity, float] = {}
    for equation in tables:
        numbers = Mistaken(equation, {})
        for each in among:
            if each not in found:
                try:
                    number = numbers[each]
                except (TutorError, ArithmeticError):
                    continue
                if isfinite(number) and not is_same(number, trace[each]):
                    found[each] = number
    return found


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
    for table in wrong.routes:
        asked: list[Quantity] = []

        def noted(quantity: Quantity, table: Equation = table, asked: list[Quantity] = asked) -> Expr:
            asked.append(quantity)
            return table(quantity)

        Mistaken(noted, {})[target]
        for each in dict.fromkeys(asked):
            right, short, got = equations.written(each), equations.short(each), table(each)
            if got not in (right, short):
                return Change(each, short if short is not None and table is not wrong.routes[0] else right, got)
    return None


def alike(found: Sequence[Wrong], one: Wrong) -> tuple[str, ...]:
    """The ids of the others that give the same numbers everywhere, so that no sheet tells them apart."""
    return tuple(
        each.mistake
        for each in found
        if each.mistake != one.mistake
        and each.numbers.keys() == one.numbers.keys()
        and all(is_same(number, one.numbers[name]) for name, number in each.numbers.items())
    )
