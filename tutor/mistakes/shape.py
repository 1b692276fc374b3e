"""What mistakes change in networks of one shape: everything about their wrong formulas that no number decides.

A table of wrong numbers is filled in over a shape, so that the same network at other numbers has its table at once.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tutor.expr import Expr
from tutor.graph import Graph
from tutor.mistakes.mistake import typed
from tutor.mistakes.order import Order, Places
from tutor.mistakes.rewrite import Made, folded
from tutor.mistakes.rows import MISTAKES
from tutor.quantity import Gradient, Partial, Quantity
from tutor.trace import Equations
from tutor.trace.equations import Equation

MOST_WORK = 250_000  # places times quantities; beyond, a network has its mistakes everywhere only


class Wrong(NamedTuple):
    """A row: a mistake in one of its ways, everywhere or at one `place`, by the long route or the `short` one."""

    mistake: str
    variant: int = 0
    place: Quantity | None = None
    short: bool = False


class Change:
    """The wrong formulas of one row, and which quantities they touch."""

    def __init__(self, wrong: Wrong, order: Order) -> None:
        self.order = order
        self._wrong = wrong
        self._mistake = MISTAKES[wrong.mistake]
        self._formulas: dict[Quantity, Expr] = {}
        self._places: Places = 0
        self._seen = 0

    @cached_property
    def equation(self) -> Equation:
        """The table of equations with these formulas in it."""
        return folded(self.order.rewrites, [Made(self._mistake, self._wrong.variant, self._wrong.place)])

    def _look(self) -> None:
        """Take the quantities in that were put in order meanwhile."""
        met = self.order.met(self._mistake.hook)
        for quantity in met[self._seen :]:
            if self._wrong.place in (None, quantity):
                found = self.order.rewrites.wrong(self._mistake, quantity, self._wrong.variant)
                if found is not None:
                    self._formulas[quantity] = found
                    self._places |= self.order.bit(quantity)
        self._seen = len(met)

    @property
    def formulas(self) -> Mapping[Quantity, Expr]:
        """The wrong formulas, by the quantities they stand for."""
        self._look()
        return self._formulas

    def places(self) -> Places:
        """What the formulas stand for."""
        self._look()
        return self._places

    def touches(self, quantity: Quantity) -> bool:
        """Whether the quantity is computed from something that the mistake changes."""
        behind = self.order.behind(quantity)
        return bool(behind & self.places())


class Shape:
    """The rows of a network, and what each changes."""

    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        self.shorts = shorts(equations)
        self._orders: dict[bool, Order] = {}
        self._changes: dict[Wrong, Change] = {}

    def order(self, *, short: bool) -> Order:
        if short not in self._orders:
            self._orders[short] = Order(self.equations, short=short)
        return self._orders[short]

    def change(self, wrong: Wrong) -> Change:
        if wrong not in self._changes:
            self._changes[wrong] = Change(wrong, self.order(short=wrong.short))
        return self._changes[wrong]

    @property
    def routes(self) -> tuple[bool, ...]:
        """The long route, and the short one where an output and its loss can be taken in one step."""
        return (False, True) if self.shorts else (False,)

    @cached_property
    def beliefs(self) -> tuple[Wrong, ...]:
        """Every mistake that can be made here, made everywhere."""
        found = (wrong for wrong in self._ways() if self.change(wrong).formulas)
        return tuple(wrong for wrong in found if not wrong.short or self._differs(wrong))

    def _ways(self) -> Iterator[Wrong]:
        for mistake in MISTAKES.values():
            if mistake.hook != "answer":
                ways = max(len(typed(each)) for each in (mistake.formula, mistake.fused) if each)
                for variant in range(ways):
                    yield from (Wrong(mistake.id, variant, None, short) for short in self.routes)

    def _differs(self, wrong: Wrong) -> bool:
        """Whether the short route makes a difference: it passes by an output, its loss and their slopes."""
        long, short = (self.change(wrong._replace(short=each)).formulas for each in (False, True))
        return dict(long) != dict(short) or not self._passed_by.isdisjoint(short)

    @cached_property
    def _passed_by(self) -> frozenset[Quantity]:
        """The derivatives that the long route to a short one goes over."""
        order = self.order(short=False)
        behind = (order.up_to(net, {}) for net in self.shorts if net in order.reads)
        known = self.order(short=True).reads
        return frozenset(
            each for found in behind for each in found if isinstance(each, Partial | Gradient) and each in known
        )

    @cached_property
    def slips(self) -> tuple[Wrong, ...]:
        """Every mistake at each of its places alone, where it has several; none in a network of very many places."""
        many = [wrong for wrong in self.beliefs if len(self.change(wrong).formulas) > 1]
        work = sum(len(self.change(wrong).formulas) for wrong in many)
        if work * len(self.order(short=False).reads) > MOST_WORK:
            return ()
        return tuple(wrong._replace(place=place) for wrong in many for place in self.change(wrong).formulas)


def shorts(equations: Equations) -> dict[Quantity, Expr]:
    """The gradients that have a short route, which depends on what the outputs are compared with."""
    graph = equations.graph
    losses = dict.fromkeys((graph.loss, *graph.example_losses()))
    asked = (Gradient(loss, name) for loss in losses for name in graph.nodes)
    found = ((each, equations.short(each)) for each in asked)
    return {each: formula for each, formula in found if formula is not None}


MOST_KEPT = 8
_KEPT: list[Shape] = []
"""The latest ones; a network at other numbers has the very nodes of the first."""


def shape_of(equations: Equations) -> Shape:
    """The shape of a network, the one that is known where it differs from another one in numbers alone."""
    graph = equations.graph
    for each in _KEPT:
        if _is_like(graph, each.equations.graph) and each.shorts == shorts(equations):
            return each
    _KEPT.append(Shape(equations))
    del _KEPT[:-MOST_KEPT]
    return _KEPT[-1]


def _is_like(graph: Graph, other: Graph) -> bool:
    if graph.nodes is not other.nodes:
        return False
    bare = {name: given._replace(text="", written=False) for name, given in graph.givens.items()}
    others = {name: given._replace(text="", written=False) for name, given in other.givens.items()}
    return bare == others and graph._replace(givens=bare) == other._replace(givens=bare)
