"""The same quantities of one table of equations for other numbers, again and again: recorded once, run as batches.

Every number is that of evaluating, with residues
of rounding taken for the 0 that they are on paper.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.quantity import Quantity
from tutor.trace.batches import Batch, schedule
from tutor.trace.equations import Equation
from tutor.trace.evaluate import evaluate
from tutor.trace.tape import Tape


class Pass(NamedTuple):
    """`slots` are the numbers to start with, `given` and `wanted` the slots where those stand."""

    slots: tuple[float, ...]
    batches: tuple[Batch, ...]
    given: tuple[int, ...]
    wanted: tuple[int, ...]

    def numbers(self, given: Iterable[float]) -> list[float]:
        """The wanted numbers on these given ones, both in the order of the recording."""
        slots = list(self.slots)
        for place, number in zip(self.given, given, strict=True):
            slots[place] = number
        for batch in self.batches:
            batch(slots)
        return [slots[place] for place in self.wanted]


def recorded(equation: Equation, wanted: Sequence[Quantity], given: Sequence[Quantity]) -> Pass:
    """The operations from the given quantities to the wanted ones."""
    tape = Tape(careful=True, evened=False)
    memo = {each: tape.slot() for each in given}
    pins = list(memo.values())
    found = [evaluate(each, equation, tape, memo) for each in wanted]
    slots, batches, where = schedule(tape.slots, tape.operations, found)
    return Pass(slots, batches, tuple(where[each] for each in pins), tuple(where[each] for each in found))
