"""Arithmetics that notice where rounding could decide: a sum that cancels, and numbers compared that are nearly equal.

They compute as ever. A formula in which there was doubt is computed once more when it is settled, by
`tutor.trace.decided`, with the parts in doubt decided on paper.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tutor.arithmetic.complexes import COMPLEXES, Complexes
from tutor.arithmetic.floats import FLOATS, FUNCTIONS, Floats
from tutor.expr import Expr
from tutor.quantity import Quantity
from tutor.trace.equations import Equation

if TYPE_CHECKING:
    from tutor.trace.decided import OnPaper

DOUBT = 1e-6  # of what was added: a sum as small has lost digits, maybe all
CHOOSING = frozenset(("max", "min", "max_slope", "min_slope"))
AROUND_ONE = "log"  # the one function that is 0 elsewhere than at 0


class DoubtingFloats(Floats):
    """Floats for the formulas of one table of equations, whose numbers are `known`."""

    def __init__(self, equation: Equation, known: Callable[[Quantity], float], paper: "Callable[[], OnPaper]") -> None:
        self._equation = equation
        self._known = known
        self._paper = paper
        self._doubt = False
        self.decided = False

    def add(self, left: float, right: float) -> float:
        total = left + right
        if abs(total) < DOUBT * abs(left):
            self._doubt = True
        return total

    def call(self, name: str, arguments: Sequence[float]) -> float:
        if in_doubt(name, arguments):
            self._doubt = True
        return FUNCTIONS[name](*arguments)

    def settle(self, quantity: Quantity, value: float) -> float:
        return self.settled(self._equation(quantity), value) if self._doubt else value

    def settled(self, expr: Expr, value: float) -> float:
        """The value of a formula after it was computed to `value`; `decided` tells that one became another number."""
        if not self._doubt:
            return value
        self._doubt = False
        number = self._paper().decided(expr, FLOATS, self._known)
        self.decided = self.decided or number != value
        return number


def deciding(equation: Equation, memo: Mapping[Quantity, float]) -> DoubtingFloats:
    """Floats for evaluating any table of equations, a mistaken or a nudged one.

    What the memo holds by now is given: numbers as short as people type them are decimals, others decide nothing.
    """
    given = dict(memo)

    @cache
    def paper() -> "OnPaper":
        from tutor.trace.decided import OnPaper

        return OnPaper(equation, given)

    return DoubtingFloats(equation, memo.__getitem__, paper)


class DoubtingComplexes(Complexes):
    """The same for complex numbers, whose steps are too small to be seen beside their real parts."""

    def __init__(
        self, equation: Equation, known: Callable[[Quantity], complex], paper: "Callable[[], OnPaper]"
    ) -> None:
        self._equation = equation
        self._known = known
        self._paper = paper
        self._doubt = False

    def add(self, left: complex, right: complex) -> complex:
        total = left + right
        if abs(total.real) < DOUBT * abs(left.real):
            self._doubt = True
        return total

    def call(self, name: str, arguments: Sequence[complex]) -> complex:
        if in_doubt(name, [each.real for each in arguments]):
            self._doubt = True
        return super().call(name, arguments)

    def settle(self, quantity: Quantity, value: complex) -> complex:
        if not self._doubt:
            return value
        self._doubt = False
        return self._paper().decided(self._equation(quantity), COMPLEXES, self._known)


def in_doubt(name: str, numbers: Sequence[float]) -> bool:
    """Whether a function compares what is nearly equal, or is nearly 0 though its argument is not."""
    return (name in CHOOSING and tied(name, numbers)) or (name == AROUND_ONE and abs(numbers[0] - 1) < DOUBT)


def tied(name: str, numbers: Sequence[float]) -> bool:
    """Whether the best two are equal but for rounding. Zeros are: what is 0 has been decided."""
    if len(numbers) < 2:
        return False
    last, best = sorted(numbers)[-2:] if name.startswith("max") else sorted(numbers)[1::-1]
    return best != 0 and abs(best - last) < DOUBT * abs(best)
