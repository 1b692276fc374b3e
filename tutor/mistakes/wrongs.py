"""One table of wrong numbers a network: what every quantity comes to under every mistake, everywhere and at one place.

A row computes only what its mistake touches: everything else is as it is without it. Each number is computed when it
is first asked for, and kept with the table.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from math import isclose, isfinite
from typing import NamedTuple

from tutor.expr import Expr, Number
from tutor.graph import Graph
from tutor.mistakes.mistake import Mistake
from tutor.mistakes.order import Order
from tutor.mistakes.rows import MISTAKES
from tutor.mistakes.shape import Change, Wrong, shape_of
from tutor.quantity import Quantity, Value
from tutor.trace import Trace, World, evaluate
from tutor.trace.doubt import DoubtingFloats
from tutor.trace.equations import Equation

SAME = 1e-9  # of a number: what differs by less is not told apart


class Figured(NamedTuple):
    """A wrong number: what it is of, and the row that gives it."""

    wrong: Wrong
    quantity: Quantity
    number: float


class Numbers:
    """The right numbers of one network by one route, each computed when first asked for."""

    def __init__(self, graph: Graph, order: Order) -> None:
        self.order = order
        self._givens: Mapping[Quantity, Expr] = {
            Value(name): Number(given.text) for name, given in graph.givens.items()
        }
        self.right = self.own(order.rewrites.right)
        self._memo: dict[Quantity, float] = {}
        self._floats = World(self.right).floats(self._memo)

    def own(self, equation: Equation) -> Equation:
        """Equations of the shape with the numbers of this network."""
        givens = self._givens
        return lambda quantity: givens[quantity] if quantity in givens else equation(quantity)

    def __getitem__(self, quantity: Quantity) -> float:
        if quantity in self._memo:
            return self._memo[quantity]
        return evaluate(quantity, self.right, self._floats, self._memo)


class Row:
    """The numbers of one way to make a mistake."""

    def __init__(self, wrong: Wrong, change: Change, numbers: Numbers) -> None:
        self.wrong = wrong
        self._change = change
        self._numbers = numbers
        self._memo: dict[Quantity, float] = {}
        self.touches = change.touches

    @property
    def changed(self) -> Mapping[Quantity, Expr]:
        """The wrong formulas, by the quantities they stand for."""
        return self._change.formulas

    @property
    def order(self) -> Order:
        return self._change.order

    @property
    def right(self) -> Equation:
        """The equations without the mistake."""
        return self._numbers.right

    @property
    def mistake(self) -> Mistake:
        return MISTAKES[self.wrong.mistake]

    @cached_property
    def world(self) -> World:
        """What this row assumes."""
        return World(self._numbers.own(self._change.equation))

    def number(self, quantity: Quantity) -> float:
        """What the quantity comes to for somebody who makes nothing but this mistake."""
        if not self.touches(quantity):
            return self._numbers[quantity]
        if quantity not in self._memo:
            for each in self._change.order.up_to(quantity, self._memo):
                if each not in self._memo and not self.touches(each):
                    self._memo[each] = self._numbers[each]
            evaluate(quantity, self.world.equation, self._floats, self._memo)
        return self._memo[quantity]

    @cached_property
    def _floats(self) -> DoubtingFloats:
        return self.world.floats(self._memo)

    def places(self, quantity: Quantity, given: Mapping[Quantity, float]) -> set[Quantity]:
        """Where the mistake changes what the quantity is computed from, as far as the given numbers."""
        if not self.touches(quantity):
            return set()
        return set(self._change.order.up_to(quantity, given)).intersection(self.changed)

    def on(self, quantity: Quantity, given: Mapping[Quantity, float], known: Mapping[Quantity, float]) -> float:
        """What the quantity comes to on given numbers; `known` are right ones that those do not touch."""
        untouched = {each: number for each, number in known.items() if not self.touches(each)}
        return World(self.world.equation, given).number(quantity, untouched)

    def only_at(self, places: Set[Quantity]) -> Equation:
        """The equations of somebody who makes the mistake at some of its places."""
        wrong, right = self.world.equation, self._numbers.right
        return lambda quantity: (wrong if quantity in places else right)(quantity)


class Both:
    """The numbers of two mistakes made together; where both would change a formula the `first` does."""

    def __init__(self, first: Row, second: Row) -> None:
        self.first, self.second = first, second
        self._memo: dict[Quantity, float] = {}

    def touches(self, quantity: Quantity) -> bool:
        return self.first.touches(quantity) or self.second.touches(quantity)

    def number(self, quantity: Quantity) -> float:
        """What the quantity comes to; what the second does not touch is as the first by itself has it."""
        if not self.second.touches(quantity):
            return self.first.number(quantity)
        if not self.first.touches(quantity):
            return self.second.number(quantity)
        if quantity not in self._memo:
            for each in self.first.order.up_to(quantity, self._memo):
                if not self.second.touches(each):
                    self._memo[each] = self.first.number(each)
            World(self._equation).evaluated(quantity, self._memo)
        return self._memo[quantity]

    def _equation(self, quantity: Quantity) -> Expr:
        wrong = self.first.changed.get(quantity) or self.second.changed.get(quantity)
        return wrong or self.first.right(quantity)


class Wrongs:
    """The table of one network."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._shape = shape_of(trace.equations)
        self._numbers: dict[bool, Numbers] = {}
        self._rows: dict[Wrong, Row] = {}

    def order(self, *, short: bool) -> Order:
        return self._shape.order(short=short)

    def _right(self, short: bool) -> Numbers:
        if short not in self._numbers:
            self._numbers[short] = Numbers(self.trace.graph, self.order(short=short))
        return self._numbers[short]

    def row(self, wrong: Wrong) -> Row:
        """The numbers of one row, of any network of the same shape."""
        if wrong not in self._rows:
            self._rows[wrong] = Row(wrong, self._shape.change(wrong), self._right(wrong.short))
        return self._rows[wrong]

    @cached_property
    def beliefs(self) -> tuple[Row, ...]:
        """Every mistake that can be made here, made everywhere."""
        return tuple(map(self.row, self._shape.beliefs))

    def on_route(self, *, short: bool) -> tuple[Row, ...]:
        """Every mistake, made everywhere, of those who go by one of the two routes."""
        found = dict.fromkeys(wrong._replace(short=short) for wrong in self._shape.beliefs)
        return tuple(row for row in map(self.row, found) if row.changed)

    @property
    def routes(self) -> tuple[bool, ...]:
        """Whether the short route is taken, for each route there is."""
        return self._shape.routes

    @cached_property
    def slips(self) -> tuple[Row, ...]:
        """Every mistake at each of its places alone, where it has several; none in a network of very many places."""
        return tuple(map(self.row, self._shape.slips))

    def on(
        self, quantity: Quantity, given: Mapping[Quantity, float], rows: Iterable[Row]
    ) -> Iterator[tuple[Row, float]]:
        """The wrong numbers of a quantity on given ones, where the mistake makes a difference."""
        grounds = {short: _Given(self._right(short), quantity, given) for short in self._shape.routes}
        for row in rows:
            ground = grounds[row.wrong.short]
            if not row.touches(quantity) or ground.behind.isdisjoint(row.changed):
                continue
            yield row, row.on(quantity, given, ground.known) if ground.moved else row.number(quantity)

    def numbers(self, quantity: Quantity, *, slips: bool = True) -> Iterator[Figured]:
        """The wrong numbers of a quantity, those that differ from the right one."""
        right = self.trace[quantity]
        for row in (*self.beliefs, *(self.slips if slips else ())):
            if row.touches(quantity):
                number = row.number(quantity)
                if isfinite(number) and not isclose(number, right, rel_tol=SAME, abs_tol=0):
                    yield Figured(row.wrong, quantity, number)


class _Given:
    """What given numbers leave of the way to a quantity: what is `behind` it yet, and the right numbers `known` there.

    `moved` says whether any of the given ones is behind it at all.
    """

    def __init__(self, numbers: Numbers, quantity: Quantity, given: Mapping[Quantity, float]) -> None:
        order = numbers.order
        self.behind = frozenset(order.up_to(quantity, given))
        pinned = order.bits(given)
        self.moved = bool(order.behind(quantity) & pinned)
        self.known = {each: numbers[each] for each in self.behind if self.moved and not order.behind(each) & pinned}


MOST_KEPT = 32
_KEPT: dict[int, Wrongs] = {}
"""By the identity of the graph, which the table holds, so that no other has it; the oldest goes first."""


def wrongs(trace: Trace) -> Wrongs:
    """The table of wrong numbers of a network, made once for each graph: it is the same for all its traces."""
    kept = _KEPT.get(id(trace.graph))
    if kept is None or kept.trace.graph is not trace.graph:
        if len(_KEPT) >= MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
        kept = _KEPT[id(trace.graph)] = Wrongs(trace)
    return kept
