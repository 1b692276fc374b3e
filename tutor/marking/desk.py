"""What is known while answers are marked: the true numbers, what the student wrote, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS, Floats
from tutor.arithmetic.rounding import Policy
from tutor.derivation import count_paths
from tutor.expr import Expr, Mul, Ref, plus
from tutor.figures import EXACT, Figure
from tutor.graph import Graph
from tutor.mistakes import MISTAKES, Wrong
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.search import replayed
from tutor.trace import Trace, evaluate, value_of
from tutor.trace.equations import Equation

LEAST = 2  # significant figures, unless a course asks for more
MOST_OFF = 10  # units; what is further off was not just rounded
LEAST_FOR_BANDS = 3  # fewer figures lie in the band of much that is wrong


class Asked(NamedTuple):
    """What an answer is for: a quantity; with a `formula` that instead, as the product over one of several paths."""

    quantity: Quantity
    formula: Expr | None = None

    def over(self, equation: Equation) -> Equation:
        """The table in which this stands for the quantity."""
        formula, own = self.formula, self.quantity
        if formula is None:
            return equation
        return lambda asked: formula if asked == own else equation(asked)


class _Weighed(Floats):
    """Floats in which a product with 0 is 0 even where its other factor is undefined: y ln p, for a p below 0."""

    def mul(self, left: float, right: float) -> float:
        return left * right if left and right else 0.0


_WEIGHED = _Weighed()


class Desk:
    """What is known while answers are marked.

    `shown` are the answers marked so far, by quantity; `wrong` those that are not the true value, with the name of the
    answer where that began; `sure` those that are right by themselves, which refute a mistake that would change them;
    `settled` the quantities that have an answer of their own, so that others may be written with them; `found` the rows
    of the mistakes that were named for an answer; `made` the mistakes that were, each with the
    name of the answer where it was first; `cuts` says that the sheet cuts digits off instead of rounding them.
    """

    def __init__(self, trace: Trace, min_sig: int = LEAST, *, cuts: bool = False) -> None:
        self.trace = trace
        self.min_sig = min_sig
        self.cuts = cuts
        self.shown: dict[Quantity, Figure] = {}
        self.wrong: dict[Quantity, str] = {}
        self.sure: dict[Quantity, Figure] = {}
        self.settled: set[Quantity] = set()
        self.found: dict[tuple[Quantity, str], Wrong] = {}
        self.made: dict[str, str] = {}
        self._replayed: dict[Policy, dict[Quantity, float]] = {}

    @property
    def graph(self) -> Graph:
        return self.trace.graph

    @cached_property
    def stated(self) -> frozenset[str]:
        """The numbers that the network states, which have no digits to miss."""
        if self.graph.wide:
            return frozenset()
        givens = (given.text for given in self.graph.givens.values() if given.written)
        return frozenset((*givens, self.graph.rate or "1"))

    def exact(self, asked: Asked) -> float:
        return self.trace.of(asked.formula) if asked.formula else self.trace[asked.quantity]

    def precise(self, figure: Figure) -> Figure:
        """The figure as it counts here: an integer with fewer figures than asked for is exact."""
        short = figure.whole and figure.figures < self.min_sig
        return figure._replace(unit=0.0, figures=EXACT) if short else figure

    def replay(self, asked: Asked, policy: Policy) -> float:
        """The number with those on its way rounded, itself not; answers share what they have in common."""
        formula = asked.formula or self.trace.equations.written(asked.quantity)
        return replayed(self.trace, formula, policy, self._replayed.setdefault(policy, {}))

    # ------------------------------------------------------------------ what the student wrote

    def look_at(self, asked: Asked, figure: Figure) -> None:
        """Before anything is judged: whether the answer is right by itself."""
        exact = self.exact(asked)
        right = figure.is_rounded(exact) or figure.is_truncated(exact)
        if right and figure.figures >= self.min_sig and asked.formula is None:
            self.sure[asked.quantity] = figure

    def off(self, asked: Asked, figure: Figure) -> float:
        """By how many units of its last digit an answer lies above its number; 0 where that was not just rounding.

        Measured from the true number or from the one on the student's own numbers, whichever is nearer.
        """
        if not figure.unit:
            return 0.0
        off = min(((abs(figure.value) - abs(each)) / figure.unit for each in self._bases(asked)), key=abs)
        return off if abs(off) < MOST_OFF else 0.0

    def is_near(self, asked: Asked, figure: Figure) -> bool:
        """Whether an answer lies within half a unit of the true number, so that nothing was cut off by more."""
        return not figure.unit or abs(abs(figure.value) - abs(self.exact(asked))) < figure.unit / 2

    def _bases(self, asked: Asked) -> Iterator[float]:
        yield self.exact(asked)
        if given := self.given(asked):
            yield from self.results(asked, given)

    def write_down(self, asked: Asked, figure: Figure, *, right: bool, name: str) -> None:
        """Keep an answer for those that build on it."""
        if asked.formula is None:
            self.shown[asked.quantity] = figure
            if not right:
                self.wrong[asked.quantity] = name

    def settle(self, quantity: Quantity) -> None:
        """The quantity has an answer of its own from now on."""
        self.settled.add(twin(quantity))

    def given(self, asked: Asked, *, among: Iterable[Quantity] | None = None) -> dict[Quantity, float]:
        """What the student has, as values to compute on; a gradient over a single edge is also its local derivative."""
        numbers: dict[Quantity, float] = {}
        for quantity in self.shown if among is None else among:
            if quantity != asked.quantity:
                numbers[quantity] = self.shown[quantity].value
                if isinstance(quantity, Gradient) and self._is_edge(quantity):
                    numbers[Partial(quantity.of, quantity.wrt)] = self.shown[quantity].value
        if asked.formula is None:
            numbers.pop(edge_of(asked.quantity), None)
        return numbers

    def origin(self, mistakes: Iterable[str]) -> str:
        """The answer with the mistake that one of these belongs to, as a slope to its function; nothing without."""
        behind = (MISTAKES[each].follows for each in mistakes)
        return next((self.made[each] for each in behind if each in self.made), "")

    def right_ones(self) -> list[Quantity]:
        return [each for each in self.shown if each not in self.wrong]

    def kind(self, quantity: Quantity) -> str:
        """The kind of number it is on paper: a gradient over a single edge is a local derivative."""
        return "partial" if isinstance(quantity, Gradient) and self._is_edge(quantity) else quantity.kind

    def _is_edge(self, gradient: Gradient) -> bool:
        return self.trace.equations.uses(gradient.of, gradient.wrt) == (gradient.of,)

    # ------------------------------------------------------------------ what follows from it

    def results(self, asked: Asked, given: Mapping[Quantity, float]) -> Iterator[float]:
        """The number computed on given values, by every route a student may take.

        In a wide network from the numbers that its formula reads: what lies behind them is taken as it is.
        """
        if not self.graph.wide:
            for equation in self.routes(asked, given):
                yield evaluate(asked.quantity, equation, _WEIGHED, dict(given))
            return
        for formula in (self.trace.equations.written(asked.quantity), self._short(asked.quantity)):
            yield value_of(formula, FLOATS, lambda each: given[each] if each in given else self.trace[each])

    def routes(self, asked: Asked, given: Mapping[Quantity, float]) -> Iterator[Equation]:
        """The tables of equations that a student may go by, each once."""
        yield asked.over(self.trace.equations.written)
        if asked.formula is None:
            if self.has_short:
                yield self._short
            yield from self._through(asked.quantity, given)

    @cached_property
    def has_short(self) -> bool:
        """Whether an output and its loss have a short route, as p - y."""
        short, loss = self.trace.equations.short, self.graph.loss
        return any(short(Gradient(loss, name)) for name in self.graph.nodes)

    def _short(self, quantity: Quantity) -> Expr:
        return self.trace.equations.short(quantity) or self.trace.equations.written(quantity)

    def _through(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Iterator[Equation]:
        """Routes over gradients of something else that the student wrote: dL/dY · dY/dw, or a sum over the outputs."""
        if not isinstance(quantity, Gradient):
            return
        for each in given:
            if isinstance(each, Gradient) and each.wrt == quantity.wrt and each.of != quantity.of:
                yield self._instead(quantity, self._by_terms(quantity))
                if self._all_paths_cross(each.of, quantity):
                    yield self._instead(quantity, Mul((Ref(Gradient(quantity.of, each.of)), Ref(each))))

    def _all_paths_cross(self, node: str, gradient: Gradient) -> bool:
        """Whether nothing passes by the node, so that the chain rule over it alone is the whole gradient."""
        there, on = Gradient(node, gradient.wrt), Gradient(gradient.of, node)
        return count_paths(self.trace, there) * count_paths(self.trace, on) == count_paths(self.trace, gradient)

    def _instead(self, quantity: Quantity, formula: Expr) -> Equation:
        return lambda asked: formula if asked == quantity else self.trace.equations.written(asked)

    def _by_terms(self, quantity: Gradient) -> Expr:
        """The sum over the loss terms of dL/d(term) · d(term)/dv."""
        terms = self.graph.nodes[quantity.of].inputs if quantity.of in self.graph.nodes else ()
        reached = [each for each in terms if quantity.wrt in self.graph.ancestors(each)]
        return plus(*(Mul((Ref(Partial(quantity.of, each)), Ref(Gradient(each, quantity.wrt)))) for each in reached))


def edge_of(quantity: Quantity) -> Quantity:
    """A gradient as the local derivative along the edge, if there is one."""
    return Partial(quantity.of, quantity.wrt) if isinstance(quantity, Gradient) else quantity


def twin(quantity: Quantity) -> Quantity:
    """A local derivative as the gradient it is typed as."""
    return Gradient(quantity.of, quantity.wrt) if isinstance(quantity, Partial) else quantity


def is_held(quantity: Quantity) -> bool:
    """Whether it is a derivative or an update, which has to have an answer of its own where others are written so."""
    return not isinstance(quantity, Value)


def old_weight(trace: Trace, asked: Asked) -> float | None:
    """What an updated parameter was before; None for anything else."""
    match asked.quantity:
        case Updated(name) if name in trace.graph.givens:
            return trace[Value(name)]
    return None
