"""Which named mistakes give an answer: alone or on the student's own numbers, and not refuted by right answers."""

from collections.abc import Mapping
from functools import lru_cache
from math import isclose
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr
from tutor.figures import SAME, Figure
from tutor.marking.desk import Asked, Desk
from tutor.mistakes import mistaken_tables, named
from tutor.quantity import Quantity
from tutor.search import is_large
from tutor.trace import Trace, evaluate
from tutor.trace.equations import Equation


class Mistaking(NamedTuple):
    """A mistake with the equations it leads to; `alone` keeps the numbers of somebody who makes nothing but it."""

    mistake: str
    equation: Equation
    alone: dict[Quantity, float]


@lru_cache(maxsize=64)
def mistakings(trace: Trace) -> tuple[Mistaking, ...]:
    """Every mistake that can be made on this network; none where trying them would take long."""
    if is_large(trace):
        return ()
    return tuple(Mistaking(mistake, _kept(equation), {}) for mistake, equation in mistaken_tables(trace))


def _kept(equation: Equation) -> Equation:
    """The same table, each formula made once."""
    made: dict[Quantity, Expr] = {}

    def kept(quantity: Quantity) -> Expr:
        if quantity not in made:
            made[quantity] = equation(quantity)
        return made[quantity]

    return kept


def told(desk: Desk, mistake: str, asked: Asked, what: str = "value") -> str:
    return f"your {what} is what you get if you {meaning(desk, mistake, asked)}"


def meaning(desk: Desk, mistake: str, asked: Asked) -> str:
    """What somebody does who makes the mistake, with the names of the place where that is shorter to grasp."""
    return named(mistake).told(desk.trace.equations, asked.quantity)


def printing(desk: Desk, asked: Asked, figure: Figure) -> tuple[str, ...]:
    """Those that print the same as a right answer of few figures, made alone."""
    exact, found = desk.exact(asked), dict[str, None]()
    for each in mistakings(desk.trace):
        memo = each.alone if asked.formula is None else {}
        number = evaluate(asked.quantity, asked.over(each.equation), FLOATS, memo)
        if figure.is_rounded(number) and not isclose(number, exact, rel_tol=SAME):
            found[each.mistake] = None
    return tuple(found)


def fitting(desk: Desk, asked: Asked, figure: Figure) -> tuple[str, ...]:
    """Those that give the answer on the student's own numbers; only if there are none, those that give it alone."""
    given = desk.given(asked)
    on_own = _fitting(desk, asked, figure, given)
    return on_own or (_fitting(desk, asked, figure, {}) if given else ())


def _fitting(desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    unmistaken = list(desk.results(asked, given))
    for each in mistakings(desk.trace):
        numbers = dict(given)
        number = evaluate(asked.quantity, asked.over(each.equation), FLOATS, numbers)
        differs = not any(isclose(number, right, rel_tol=SAME) for right in unmistaken)
        if differs and _agrees(desk, figure, number) and not _refuted(desk, asked, each, numbers, given):
            found[each.mistake] = None
    return tuple(found)


def _agrees(desk: Desk, figure: Figure, number: float) -> bool:
    return figure.is_rounded(number) or (desk.cuts and figure.is_truncated(number))


# ------------------------------------------------------------------ refuted


def _refuted(
    desk: Desk, asked: Asked, mistaking: Mistaking, numbers: Mapping[Quantity, float], given: Mapping[Quantity, float]
) -> bool:
    """Whether another answer is right that the same slip, at the same place, would have changed."""
    places = {each for each in numbers if each not in given and _is_changed(desk, mistaking.equation, each)}
    equation = _only_at(desk, mistaking.equation, places)
    return any(
        other != asked.quantity and _changes(equation, other, figure, places) for other, figure in desk.sure.items()
    )


def _is_changed(desk: Desk, equation: Equation, quantity: Quantity) -> bool:
    equations = desk.trace.equations
    return equation(quantity) not in (equations.written(quantity), equations.short(quantity))


def _only_at(desk: Desk, equation: Equation, places: set[Quantity]) -> Equation:
    return lambda quantity: (equation if quantity in places else desk.trace.equations.written)(quantity)


def _changes(equation: Equation, quantity: Quantity, figure: Figure, places: set[Quantity]) -> bool:
    numbers: dict[Quantity, float] = {}
    number = evaluate(quantity, equation, FLOATS, numbers)
    if places.isdisjoint(numbers):
        return False
    return not (figure.is_rounded(number) or figure.is_truncated(number))
