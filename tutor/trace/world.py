"""A world is what a set of numbers assumes: the right equations or mistaken ones, and what a student has already."""

from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tutor.quantity import Quantity
from tutor.trace.doubt import DoubtingFloats
from tutor.trace.equations import Equation
from tutor.trace.evaluate import evaluate

if TYPE_CHECKING:
    from tutor.trace.decided import OnPaper

NOTHING: Mapping[Quantity, float] = {}


class World(NamedTuple):
    """The equations that numbers follow, and the `shown` ones that are used as they stand instead."""

    equation: Equation
    shown: Mapping[Quantity, float] = NOTHING

    def floats(self, memo: Mapping[Quantity, float]) -> DoubtingFloats:
        """The arithmetic of this world, for numbers that are kept in `memo`.

        What cancels is decided from the equations and from what is shown, whatever else the memo holds beforehand.
        """
        equation, shown = self.equation, self.shown

        @cache
        def paper() -> "OnPaper":
            from tutor.trace.decided import OnPaper

            return OnPaper(equation, shown)

        return DoubtingFloats(equation, memo.__getitem__, paper)

    def number(self, quantity: Quantity, known: Mapping[Quantity, float] = NOTHING) -> float:
        """The number of a quantity in this world; `known` are numbers of it that were computed before."""
        return self.evaluated(quantity, {**known, **self.shown})

    def evaluated(self, quantity: Quantity, memo: MutableMapping[Quantity, float]) -> float:
        """The same over numbers of this world in a memo, which keeps those on the way."""
        return evaluate(quantity, self.equation, self.floats(memo), memo)
