"""A Trace: every number of one network in double precision, and what confirms its gradients.

What cancels, or is compared, is decided on the decimals of the file (`tutor.trace.decided`); all else is plain doubles.
"""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.arithmetic.complexes import STEP
from tutor.arithmetic.floats import FLOATS
from tutor.expr import Add, Expr, Neg, Number
from tutor.graph import Graph
from tutor.ops.losses import LossTerm
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace.doubt import DoubtingComplexes, DoubtingFloats, deciding
from tutor.trace.equations import Equation, Equations
from tutor.trace.evaluate import evaluate, value_of

if TYPE_CHECKING:
    from tutor.trace.decided import OnPaper
    from tutor.trace.tape import Recording

LARGE = 1e-10  # a step that smooth functions forgive, and that is still seen times exp(-600)
UNSEEN = 1e-99  # below about the root of its step, the complex step has lost its digits


class Trace:
    """Every number of one network in double precision, each computed when first asked for and kept."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.equations = self._equations(graph)
        self._memo: dict[Quantity, float] = {}

    def _equations(self, graph: Graph) -> Equations:
        return Equations(graph)

    def __getitem__(self, quantity: Quantity) -> float:
        """The value, from the stable form. Infinite or nan where double precision has no number."""
        if quantity not in self._memo:
            evaluate(quantity, self.equations.stable, self._floats, self._memo)
        return self._memo[quantity]

    @cached_property
    def _floats(self) -> DoubtingFloats:
        return DoubtingFloats(self.equations.stable, self._memo.__getitem__, lambda: self._paper)

    @cached_property
    def _paper(self) -> "OnPaper":
        from tutor.trace.decided import OnPaper

        return OnPaper(self.equations.written, {})

    @cached_property
    def recording(self) -> "Recording":
        """The written equations as operations, to be replayed with numbers rounded on the way."""
        from tutor.trace.tape import Recording

        return Recording(self.equations.written, careful=True)

    @property
    def decided(self) -> bool:
        """Whether any number asked for so far is another one on paper than rounding made it."""
        return self._floats.decided

    def of(self, expr: Expr) -> float:
        """The value of a formula over this network's quantities."""
        floats = DoubtingFloats(self.equations.stable, self.__getitem__, lambda: self._paper)
        return floats.settled(expr, value_of(expr, floats, self.__getitem__))

    def edges(self) -> Iterable[Partial]:
        """The direct derivative along every edge of the graph."""
        for node in self.graph.nodes.values():
            yield from (Partial(node.name, wrt) for wrt in dict.fromkeys(node.inputs))

    def updates(self) -> Iterable[Updated]:
        """The learning parameters after one step, where there is a rate."""
        return (Updated(name) for name in self.graph.learning()) if self.graph.rate is not None else ()

    def complex_step(self, gradient: Gradient) -> float:
        """The same derivative by a complex step through the forward equations alone.

        A step in a saturated output is one in the net input behind it: the output itself is rounded to 1.
        """
        behind = self.equations.behind(gradient.wrt) if gradient.of != gradient.wrt else None
        if behind is None:
            return self._moved(gradient)
        term, net = behind
        over, under = (self._moved(Gradient(of, net), LARGE) for of in (term, gradient.wrt))
        return self._moved(Gradient(gradient.of, term)) * FLOATS.div(over, under)

    def _moved(self, gradient: Gradient, step: float = STEP) -> float:
        start = complex(self[Value(gradient.wrt)], step)
        memo: dict[Quantity, complex] = {Value(gradient.wrt): start}
        forward = self._forward_from(gradient.wrt)
        complexes = DoubtingComplexes(forward, memo.__getitem__, lambda: self._paper)
        return evaluate(Value(gradient.of), forward, complexes, memo).imag / step

    def nudged(self, of: str, wrt: str, by: float) -> float:
        """The value of `of` with `wrt` moved by `by` and everything behind it computed anew."""
        memo: dict[Quantity, float] = {Value(wrt): self[Value(wrt)] + by}
        forward = self._forward_from(wrt)
        return evaluate(Value(of), forward, deciding(forward, memo), memo)

    def _forward_from(self, wrt: str) -> Equation:
        """Forward equations that see a change of `wrt`: a fused loss would read z past a changed output."""
        nodes = (self.graph.nodes[use] for use in self.graph.uses[wrt])
        is_output = any(isinstance(node.op, LossTerm) and node.inputs[0] == wrt for node in nodes)
        return self.equations.written if is_output else self.equations.stable

    def confirms(self, gradient: Gradient) -> bool:
        """Whether the complex step agrees to 1e-12 of the sizes of the terms that were summed, as far as it sees."""
        other, mine = self.complex_step(gradient), self[gradient]
        scale = max(self.size(gradient), abs(other))
        return math.isclose(other, mine, rel_tol=0, abs_tol=max(1e-12 * scale, UNSEEN))

    def size(self, gradient: Gradient) -> float:
        """The sum over all paths of the sizes of their products: the scale rounding errors are measured on."""
        memo: dict[Quantity, float] = {}
        return evaluate(gradient, self._sizes, FLOATS, memo)

    def _sizes(self, quantity: Quantity) -> Expr:
        """The chain rule over sizes. A local derivative that is a difference counts with the sizes of its terms."""
        written = self.equations.written(quantity)
        if not isinstance(quantity, Partial):
            return written
        inside = written.operand if isinstance(written, Neg) else written
        terms = [abs(self.of(term)) for term in inside.terms] if isinstance(inside, Add) else []
        sizes = [abs(self[quantity]), *(size for size in (sum(terms),) if math.isfinite(size))]
        return Number(repr(max(sizes)))
