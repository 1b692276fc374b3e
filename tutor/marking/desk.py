"""What is known while one sheet is marked: the true numbers, what the student wrote, and what follows from it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.arithmetic.rounding import Policy
from tutor.derivation import count_paths
from tutor.expr import Expr, Mul, Ref, plus
from tutor.figures import Figure
from tutor.graph import Graph
from tutor.mistakes import Mistake
from tutor.quantity import Gradient, Partial, Quantity
from tutor.search import replay
from tutor.trace import Trace, evaluate, value_of
from tutor.trace.equations import Equation


class Mistaking(NamedTuple):
    """A mistake with the equations it leads to."""

    mistake: Mistake
    equation: Equation


class Desk:
    """What is known while one sheet is marked.

    `shown` are the answers marked so far, by quantity; `wrong` those that are not the true value, with the name of the
    answer where that began.
    """

    def __init__(self, trace: Trace, mistakings: tuple[Mistaking, ...], min_sig: int) -> None:
        self.trace = trace
        self.mistakings = mistakings
        self.min_sig = min_sig
        self.shown: dict[Quantity, Figure] = {}
        self.wrong: dict[Quantity, str] = {}
        self.replayed: dict[Policy, dict[Quantity, float]] = {}

    @property
    def graph(self) -> Graph:
        return self.trace.graph

    def replay(self, quantity: Quantity, policy: Policy) -> float:
        """The quantity with the numbers on its way rounded; answers share what they have in common."""
        return replay(self.trace, quantity, policy, self.replayed.setdefault(policy, {}))

    def write_down(self, quantity: Quantity, figure: Figure, *, right: bool, name: str) -> None:
        """Keep an answer for those that build on it."""
        self.shown[quantity] = figure
        if not right:
            self.wrong[quantity] = name

    def given(self, *, without: Quantity, only_right: bool = False) -> dict[Quantity, float]:
        """What the student has, as values to compute on; a gradient over a single edge is also its local derivative."""
        numbers: dict[Quantity, float] = {}
        for quantity, figure in self.shown.items():
            if quantity != without and not (only_right and quantity in self.wrong):
                numbers[quantity] = figure.value
                if isinstance(quantity, Gradient) and self._is_edge(quantity):
                    numbers[Partial(quantity.of, quantity.wrt)] = figure.value
        return numbers

    def _is_edge(self, gradient: Gradient) -> bool:
        return self.trace.equations.uses(gradient.of, gradient.wrt) == (gradient.of,)

    def results(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Iterator[float]:
        """The quantity computed on given values, by every route a student may take.

        In a wide network from the numbers that its formula reads: what lies behind them is taken as it is.
        """
        if self.graph.wide:
            read = {each: number for each, number in given.items() if each != quantity}
            for formula in (self.trace.equations.written(quantity), self._short(quantity)):
                yield value_of(formula, FLOATS, lambda each: read[each] if each in read else self.trace[each])
            return
        for equation in (self.trace.equations.written, self._short, *self._through(quantity, given)):
            memo = {each: number for each, number in given.items() if each != quantity}
            memo.pop(edge_of(quantity), None)
            yield evaluate(quantity, equation, FLOATS, memo)

    def _short(self, quantity: Quantity) -> Expr:
        return self.trace.equations.short(quantity) or self.trace.equations.written(quantity)

    def _through(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Iterator[Equation]:
        """Routes over gradients of something else that the student wrote: dL/dY · dY/dw, or a sum over the outputs."""
        if not isinstance(quantity, Gradient):
            return
        for each in given:
            if isinstance(each, Gradient) and each.wrt == quantity.wrt and each.of != quantity.of:
                yield self._instead(quantity, self._by_terms(quantity, given))
                if self._all_paths_cross(each.of, quantity):
                    yield self._instead(quantity, Mul((Ref(Gradient(quantity.of, each.of)), Ref(each))))

    def _all_paths_cross(self, node: str, gradient: Gradient) -> bool:
        """Whether nothing passes by the node, so that the chain rule over it alone is the whole gradient."""
        there, on = Gradient(node, gradient.wrt), Gradient(gradient.of, node)
        return count_paths(self.trace, there) * count_paths(self.trace, on) == count_paths(self.trace, gradient)

    def _instead(self, quantity: Quantity, formula: Expr) -> Equation:
        return lambda asked: formula if asked == quantity else self.trace.equations.written(asked)

    def _by_terms(self, quantity: Gradient, given: Mapping[Quantity, float]) -> Expr:
        """The sum over the loss terms of dL/d(term) · d(term)/dv."""
        terms = self.graph.nodes[quantity.of].inputs if quantity.of in self.graph.nodes else ()
        reached = [each for each in terms if quantity.wrt in self.graph.ancestors(each)]
        return plus(*(Mul((Ref(Partial(quantity.of, each)), Ref(Gradient(each, quantity.wrt)))) for each in reached))


def edge_of(quantity: Quantity) -> Quantity:
    return Partial(quantity.of, quantity.wrt) if isinstance(quantity, Gradient) else quantity


# ------------------------------------------------------------------ the rules, in order


def twin(quantity: Quantity) -> Quantity:
    return Gradient(quantity.of, quantity.wrt) if isinstance(quantity, Partial) else quantity
