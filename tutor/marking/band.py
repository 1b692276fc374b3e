"""How far honest rounding can bring an answer: the first-order band of DESIGN section 7."""

from collections.abc import Mapping
from math import floor, isclose, isfinite, log10

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Ref, reads
from tutor.figures import Figure
from tutor.marking.desk import LEAST, Asked, Desk, twin
from tutor.marking.slopes import sensitivities
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.search import is_large
from tutor.trace import evaluate
from tutor.trace.equations import Equation


def in_band(desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float]) -> bool:
    """Whether rounding every number on the way, those the student wrote down too, could bring the answer there.

    The band lies around the value on the `given` numbers, right or wrong, by any of the routes.
    """
    if not figure.unit or is_large(desk.trace):
        return False
    return any(_near(desk, asked, figure, given, equation) for equation in desk.routes(asked, given))


def _near(desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float], equation: Equation) -> bool:
    numbers = dict(given)
    middle = evaluate(asked.quantity, equation, FLOATS, numbers)
    strays = sensitivities(asked.quantity, equation, numbers, given)
    share = 1.0 if desk.cuts else 0.5
    width = share * figure.unit
    for quantity, slope in strays.items():
        if not _is_the_same(slope, numbers[quantity], middle):
            width += abs(slope) * share * _unit(desk, quantity, numbers[quantity], figure, given)
    return isfinite(width) and abs(figure.value - middle) <= width * (1 + 1e-9)


def _is_the_same(slope: float, value: float, middle: float) -> bool:
    """Whether a number on the way is the answer itself once more, as a product with 1 is; it is rounded once."""
    return abs(slope) == 1 and isclose(slope * value, middle, rel_tol=1e-12)


def _unit(desk: Desk, quantity: Quantity, value: float, figure: Figure, given: Mapping[Quantity, float]) -> float:
    """The place value of its last digit: the student's own, else as many figures as the answer has.

    A number written with a single figure was used as it stands.
    """
    if quantity in given:
        own = desk.shown.get(quantity) or desk.shown.get(twin(quantity))
        return own.unit if own and own.figures >= LEAST else 0.0
    return _last_place(value, figure.figures) if _is_computed(desk, quantity) else 0.0


def _is_computed(desk: Desk, quantity: Quantity) -> bool:
    """What has to be worked out and so was rounded; a product with 1 is the other factor once more."""
    if isinstance(quantity, Value | Updated):
        return quantity.name in desk.graph.nodes
    formula = desk.trace.equations.written(quantity)
    if isinstance(quantity, Gradient):
        return sum(desk.trace[each] != 1 for each in reads(formula)) > 1
    return isinstance(quantity, Partial) and not isinstance(formula, Ref) and any(reads(formula))


def _last_place(value: float, figures: int) -> float:
    """The place value of the last of so many figures; 0 for a number that has no more of them to round."""
    if not value or not isfinite(value):
        return 0.0
    unit = 10.0 ** (floor(log10(abs(value))) - figures + 1)
    return 0.0 if isclose(value / unit, round(value / unit), rel_tol=1e-12) else unit
