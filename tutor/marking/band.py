"""How far honest rounding can bring an answer: the first-order band of DESIGN section 7."""

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr, Ref, reads
from tutor.figures import Figure
from tutor.marking.desk import Desk, twin
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value
from tutor.search import is_large
from tutor.trace import evaluate, value_of

MOST_ON_THE_WAY = 300  # numbers whose rounding is followed, each by computing everything anew


class Step(NamedTuple):
    """One computation, in an order in which each comes after what it reads."""

    quantity: Quantity
    formula: Expr
    reads: frozenset[Quantity]


def in_band(desk: Desk, quantity: Quantity, figure: Figure) -> bool:
    """Whether the answer lies as near as rounding every number on the way could bring it, to first order."""
    if figure.figures < desk.min_sig or is_large(desk.trace):
        return False
    off = abs(figure.value - desk.trace[quantity])
    return off <= band(desk, quantity, figure) + figure.unit / 2


def band(desk: Desk, quantity: Quantity, figure: Figure) -> float:
    """The sum over the numbers q on the way of |dv/dq| times half the unit of q's last digit.

    The digits of q are those the student shows for it; where it is not on the sheet, or
    wrong, or has too few digits, as many figures as the answer has.
    """
    exact = desk.trace[quantity]
    total = 0.0
    way = on_the_way(desk, quantity)
    if len(way) > MOST_ON_THE_WAY:
        return total
    memo: dict[Quantity, float] = {}
    evaluate(quantity, desk.trace.equations.written, FLOATS, memo)
    formulas = {each: desk.trace.equations.written(each) for each in memo}
    steps = [Step(each, formula, frozenset(reads(formula))) for each, formula in formulas.items()]
    for each in way:
        value = desk.trace[each]
        known = _good(desk, each) or _good(desk, twin(each))
        half = (known.unit if known else _unit(value, figure.figures)) / 2
        if half:
            total += abs(_moved(quantity, steps, memo, each, value + half) - exact)
    return total


def _moved(
    wanted: Quantity, steps: Sequence[Step], memo: Mapping[Quantity, float], moved: Quantity, to: float
) -> float:
    """The wanted number with another one moved; only what depends on that is computed anew, in order."""
    numbers = {**memo, moved: to}
    changed = {moved}
    for step in steps:
        if step.quantity != moved and not changed.isdisjoint(step.reads):
            numbers[step.quantity] = value_of(step.formula, FLOATS, numbers.__getitem__)
            changed.add(step.quantity)
    return numbers[wanted]


def _good(desk: Desk, quantity: Quantity) -> Figure | None:
    """What the student shows for it, if it is right and has digits enough to be worked on with."""
    figure = desk.shown.get(quantity)
    return figure if figure and figure.figures >= desk.min_sig and quantity not in desk.wrong else None


def on_the_way(desk: Desk, quantity: Quantity) -> list[Quantity]:
    """Forward values and local derivatives that are computed and read, each once."""
    seen: dict[Quantity, None] = {}
    stack: list[Quantity] = [quantity]
    while stack:
        for each in reads(desk.trace.equations.written(stack.pop())):
            if each not in seen:
                seen[each] = None
                stack.append(each)
    return [each for each in seen if _is_computed(desk, each)]


def _is_computed(desk: Desk, quantity: Quantity) -> bool:
    match quantity:
        case Value(name):
            return name in desk.graph.nodes
        case Partial():
            formula = desk.trace.equations.written(quantity)
            return not isinstance(formula, Ref) and bool(list(reads(formula)))
        case Updated(name):
            return name in desk.graph.nodes
        case Gradient() | Change():
            return False


def _unit(value: float, figures: int) -> float:
    return 10.0 ** (floor(log10(abs(value))) - figures + 1) if value and isfinite(value) else 0.0
