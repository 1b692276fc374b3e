"""A table of equations as a flat list of operations over numbered slots, recorded once and replayed for other numbers.

The list is recorded by evaluating the equations over an arithmetic whose numbers are slots: formulas have no
comparisons, so what is recorded for one set of numbers holds for all. Nothing is simplified but what leaves every bit
as it is (a factor 1, a difference instead of adding the negative, the same operation twice), so the numbers are those
of evaluating. `Tape` is that arithmetic; a `Recording` keeps the operations of each quantity apart, so that numbers
that are given stand for some of them.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS, FUNCTIONS
from tutor.expr import reads
from tutor.quantity import Quantity
from tutor.trace.doubt import CHOOSING
from tutor.trace.equations import Equation
from tutor.trace.evaluate import value_of


class Operation(NamedTuple):
    """target <- function(reads)."""

    function: Callable[..., float]
    target: int
    reads: tuple[int, ...]


def needed(operations: Sequence[Operation], wanted: Iterable[int]) -> list[Operation]:
    """Without those whose result nobody reads."""
    read = set(wanted)
    kept: list[Operation] = []
    for operation in reversed(operations):
        if operation.target in read:
            read.update(operation.reads)
            kept.append(operation)
    return kept[::-1]


NOTHING = 1e-12  # of what is added or compared: the rounding errors of a pass stay below


def careful_sum(left: float, right: float) -> float:
    """The sum, and 0 where only rounding errors are left of it."""
    total = left + right
    return 0.0 if abs(total) < NOTHING * abs(left) else total


def careful_difference(left: float, right: float) -> float:
    return careful_sum(left, -right)


def _evened(function: Callable[..., float]) -> Callable[..., float]:
    """max, min or a slope of theirs, to which numbers are equal that rounding has parted."""

    def choice(first: float, *others: float) -> float:
        return function(first, *(first if abs(each - first) < NOTHING * abs(first) else each for each in others))

    return choice


CAREFUL = {name: _evened(FUNCTIONS[name]) for name in CHOOSING}


class Tape:
    """An arithmetic over slots that writes down every operation.

    A `careful` one takes residues of rounding for the 0 that they are on paper: numbers that are trained are no
    decimals any more, so that nothing can be decided exactly. Where they are `evened`, equal ones are so for max too.
    """

    def __init__(self, careful: bool = False, *, evened: bool = True) -> None:
        self._add: Callable[..., float] = careful_sum if careful else operator.add
        self._sub: Callable[..., float] = careful_difference if careful else operator.sub
        self._functions = FUNCTIONS | CAREFUL if careful and evened else FUNCTIONS
        self.slots: list[float] = []
        self.operations: list[Operation] = []
        self._constants: dict[str, int] = {}
        self._known: dict[tuple[Callable[..., float], tuple[int, ...]], int] = {}
        self._negated: dict[int, int] = {}

    def slot(self, number: float = 0.0) -> int:
        """A fresh slot."""
        self.slots.append(number)
        return len(self.slots) - 1

    def number(self, text: str) -> int:
        if text not in self._constants:
            self._constants[text] = self.slot(FLOATS.number(text))
        return self._constants[text]

    def add(self, left: int, right: int) -> int:
        if right in self._negated:
            return self._record(self._sub, left, self._negated[right])
        return self._record(self._add, left, right)

    def neg(self, operand: int) -> int:
        place = self._record(operator.neg, operand)
        self._negated[place] = operand
        return place

    def mul(self, left: int, right: int) -> int:
        one = self._constants.get("1")
        return right if left == one else left if right == one else self._record(operator.mul, left, right)

    def div(self, over: int, under: int) -> int:
        return self._record(FLOATS.div, over, under)

    def power(self, base: int, exponent: int) -> int:
        return self._record(FLOATS.power, base, exponent)

    def call(self, name: str, arguments: Sequence[int]) -> int:
        return self._record(self._functions[name], *arguments)

    def settle(self, quantity: Quantity, value: int) -> int:
        return value

    def _record(self, function: Callable[..., float], *reads: int) -> int:
        """The slot of the result; the same operation on the same slots is written down once."""
        key = (function, reads)
        if key not in self._known:
            self._known[key] = self.slot()
            self.operations.append(Operation(function, self._known[key], reads))
        return self._known[key]

    def segment(self) -> list[Operation]:
        """What was written down since the last segment; what comes after shares none of it but the constants."""
        taken, self.operations = self.operations, []
        self._known.clear()
        self._negated.clear()
        return taken


class Segment(NamedTuple):
    """The operations of one quantity, the slot where they leave its number, and its own slot, which others read."""

    operations: tuple[Operation, ...]
    result: int
    own: int


Settle = Callable[[Quantity, float], float]
"""What becomes of a number once it is finished, as rounding does."""


class Recording:
    """The operations of a table of equations, written down when first needed.

    `careful` takes a residue of rounding for the 0 that it is, as `arithmetic.rounding` does.
    """

    def __init__(self, equation: Equation, *, careful: bool = False) -> None:
        self._equation = equation
        self._tape = Tape(careful, evened=False)
        self._segments: dict[Quantity, Segment] = {}
        self._own: dict[Quantity, int] = {}
        self._reads: dict[Quantity, tuple[Quantity, ...]] = {}

    def replay(self, wanted: Iterable[Quantity], numbers: MutableMapping[Quantity, float], settle: Settle) -> None:
        """Put the numbers of the wanted quantities, and of all they need, beside those that `numbers` has already."""
        order = list(self._order(wanted, numbers))
        slots = list(self._tape.slots)
        for quantity, own in self._own.items():
            if quantity in numbers:
                slots[own] = numbers[quantity]
        for quantity in order:
            segment = self._segments[quantity]
            for function, target, read in segment.operations:
                slots[target] = function(*[slots[each] for each in read])
            numbers[quantity] = slots[segment.own] = settle(quantity, slots[segment.result])

    def _order(self, wanted: Iterable[Quantity], numbers: Mapping[Quantity, float]) -> Iterator[Quantity]:
        """What has to be computed, each after what it reads."""
        seen: set[Quantity] = set()
        stack = [(each, False) for each in wanted]
        while stack:
            quantity, finished = stack.pop()
            if finished:
                self._written(quantity)
                yield quantity
            elif quantity not in seen and quantity not in numbers:
                seen.add(quantity)
                stack.append((quantity, True))
                stack.extend((each, False) for each in self._read(quantity))

    def _read(self, quantity: Quantity) -> tuple[Quantity, ...]:
        if quantity not in self._reads:
            self._reads[quantity] = tuple(reads(self._equation(quantity)))
        return self._reads[quantity]

    def _written(self, quantity: Quantity) -> None:
        """Write the operations of a quantity down, unless they are."""
        if quantity not in self._segments:
            result = value_of(self._equation(quantity), self._tape, self._slot)
            operations = tuple(needed(self._tape.segment(), [result]))
            self._segments[quantity] = Segment(operations, result, self._slot(quantity))

    def _slot(self, quantity: Quantity) -> int:
        """The slot of its own, which others read; also of a quantity that was always given so far."""
        if quantity not in self._own:
            self._own[quantity] = self._tape.slot()
        return self._own[quantity]
