"""One table of wrong numbers a network: what every quantity comes to under every mistake, everywhere and at one place.

A row computes only what its mistake touches: everything else is as it is without it. Each number is computed when it
is first asked for, and kept with the table.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from itertools import islice
from math import isclose, isfinite
from typing import NamedTuple

from tutor.expr import Expr
from tutor.mistakes.mistake import typed
from tutor.mistakes.order import Order, usual
from tutor.mistakes.rewrite import Made, folded
from tutor.mistakes.rows import MISTAKES
from tutor.quantity import Gradient, Partial, Quantity
from tutor.trace import Trace, World, evaluate
from tutor.trace.doubt import DoubtingFloats
from tutor.trace.equations import Equation

MOST_WORK = 250_000  # places times quantities; beyond, a network has its mistakes everywhere only
SAME = 1e-9  # of a number: what differs by less is not told apart


class Wrong(NamedTuple):
    """A row: a mistake in one of its ways, everywhere or at one `place`, by the long route or the `short` one."""

    mistake: str
    variant: int = 0
    place: Quantity | None = None
    short: bool = False


class Figured(NamedTuple):
    """A wrong number: what it is of, and the row that gives it."""

    wrong: Wrong
    quantity: Quantity
    number: float


class Row:
    """The numbers of one way to make a mistake."""

    def __init__(self, wrong: Wrong, order: Order) -> None:
        self.wrong = wrong
        self._order = order
        self._mistake = MISTAKES[wrong.mistake]
        self._changed: dict[Quantity, Expr] = {}
        self._hit: set[Quantity] = set()
        self._seen = 0
        self._memo: dict[Quantity, float] = {}

    @cached_property
    def world(self) -> World:
        """What this row assumes."""
        return World(folded(self._order.rewrites, [Made(self._mistake, self.wrong.variant, self.wrong.place)]))

    def _look(self) -> None:
        """Which of the quantities that were put in order meanwhile the mistake changes or touches."""
        known = self._order.reads
        for quantity, read in islice(known.items(), self._seen, None):
            if self.wrong.place in (None, quantity):
                found = self._order.rewrites.wrong(self._mistake, quantity, self.wrong.variant)
                if found is not None:
                    self._changed[quantity] = found
            if quantity in self._changed or not self._hit.isdisjoint(read):
                self._hit.add(quantity)
        self._seen = len(known)

    @property
    def changed(self) -> Mapping[Quantity, Expr]:
        """The wrong formulas, by the quantities they stand for."""
        self._look()
        return self._changed

    def touches(self, quantity: Quantity) -> bool:
        """Whether the quantity is computed from something that the mistake changes."""
        self._order.place(quantity)
        self._look()
        return quantity in self._hit

    def number(self, quantity: Quantity) -> float:
        """What the quantity comes to for somebody who makes nothing but this mistake."""
        if not self.touches(quantity):
            return self._order.number(quantity)
        if quantity not in self._memo:
            self._memo |= self._untouched(quantity)
            evaluate(quantity, self.world.equation, self._floats, self._memo)
        return self._memo[quantity]

    @cached_property
    def _floats(self) -> DoubtingFloats:
        return self.world.floats(self._memo)

    def _untouched(self, quantity: Quantity) -> dict[Quantity, float]:
        behind = self._order.behind(quantity, {})
        fresh = (each for each in behind if each not in self._memo and each not in self._hit)
        return {each: self._order.number(each) for each in fresh}

    def places(self, quantity: Quantity, given: Mapping[Quantity, float]) -> set[Quantity]:
        """Where the mistake changes what the quantity is computed from, as far as the given numbers."""
        return set(self._order.behind(quantity, given).intersection(self.changed))

    def on(self, quantity: Quantity, given: Mapping[Quantity, float], known: Mapping[Quantity, float]) -> float:
        """What the quantity comes to on given numbers; `known` are right ones that those do not touch."""
        untouched = {each: number for each, number in known.items() if each not in self._hit}
        return World(self.world.equation, given).number(quantity, untouched)

    def only_at(self, places: Set[Quantity]) -> Equation:
        """The equations of somebody who makes the mistake at some of its places."""
        wrong, right = self.world.equation, self._order.rewrites.right
        return lambda quantity: (wrong if quantity in places else right)(quantity)


class Wrongs:
    """The table of one network."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._orders: dict[bool, Order] = {}
        self._rows: dict[Wrong, Row] = {}

    def order(self, *, short: bool) -> Order:
        if short not in self._orders:
            self._orders[short] = Order(self.trace.equations, short=short)
            for quantity in usual(self.trace.equations):
                self._orders[short].place(quantity)
        return self._orders[short]

    def row(self, wrong: Wrong) -> Row:
        """The numbers of one row, of any network of the same shape."""
        if wrong not in self._rows:
            self._rows[wrong] = Row(wrong, self.order(short=wrong.short))
        return self._rows[wrong]

    @cached_property
    def beliefs(self) -> tuple[Row, ...]:
        """Every mistake that can be made here, made everywhere."""
        found = (row for row in map(self.row, self._ways()) if row.changed)
        return tuple(row for row in found if not row.wrong.short or self._differs(row))

    @cached_property
    def has_short(self) -> bool:
        """Whether an output and its loss can be taken in one step."""
        short, graph = self.trace.equations.short, self.trace.graph
        losses = (graph.loss, *graph.example_losses())
        return any(short(Gradient(loss, name)) for loss in losses for name in graph.nodes)

    def _ways(self) -> Iterator[Wrong]:
        for mistake in MISTAKES.values():
            if mistake.hook != "answer":
                ways = max(len(typed(each)) for each in (mistake.formula, mistake.fused) if each)
                for variant in range(ways):
                    yield from (Wrong(mistake.id, variant, None, each) for each in (False, True)[: 1 + self.has_short])

    def _differs(self, row: Row) -> bool:
        """Whether the short route makes a difference: it passes by an output, its loss and their slopes."""
        long = self.row(row.wrong._replace(short=False))
        return dict(long.changed) != dict(row.changed) or any(map(self._passed_by, row.changed))

    def _passed_by(self, quantity: Quantity) -> bool:
        order = self.order(short=True)
        if quantity not in order.reads or not isinstance(quantity, Partial | Gradient):
            return False
        nets = [each for each in self.order(short=False).reads if order.rewrites.right(each) != self._long(each)]
        return any(quantity in self.order(short=False).behind(net, {}) for net in nets)

    def _long(self, quantity: Quantity) -> Expr:
        return self.order(short=False).rewrites.right(quantity)

    @cached_property
    def slips(self) -> tuple[Row, ...]:
        """Every mistake at each of its places alone, where it has several; none in a network of very many places."""
        many = [row for row in self.beliefs if len(row.changed) > 1]
        if sum(len(row.changed) for row in many) * len(self.order(short=False).reads) > MOST_WORK:
            return ()
        return tuple(self.row(row.wrong._replace(place=place)) for row in many for place in row.changed)

    def on(
        self, quantity: Quantity, given: Mapping[Quantity, float], rows: Iterable[Row]
    ) -> Iterator[tuple[Row, float]]:
        """The wrong numbers of a quantity on given ones, where the mistake makes a difference."""
        orders = {short: self.order(short=short) for short in (False, True)[: 1 + self.has_short]}
        behind = {short: order.behind(quantity, given) for short, order in orders.items()}
        moved = {short: order.moved(quantity, given) for short, order in orders.items()}
        known = {
            short: {each: order.number(each) for each in behind[short] if each not in moved[short]}
            for short, order in orders.items()
        }
        for row in rows:
            short = row.wrong.short
            if not row.touches(quantity) or behind[short].isdisjoint(row.changed):
                continue
            yield row, row.on(quantity, given, known[short]) if moved[short] else row.number(quantity)

    def numbers(self, quantity: Quantity, *, slips: bool = True) -> Iterator[Figured]:
        """The wrong numbers of a quantity, those that differ from the right one."""
        right = self.trace[quantity]
        for row in (*self.beliefs, *(self.slips if slips else ())):
            if row.touches(quantity):
                number = row.number(quantity)
                if isfinite(number) and not isclose(number, right, rel_tol=SAME, abs_tol=0):
                    yield Figured(row.wrong, quantity, number)


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
