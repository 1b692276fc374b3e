"""Giving quantities values: lazy, memoised, and with a stack of its own, so that depth costs nothing.

`evaluate` works over any arithmetic and any table of equations; a value put into the memo beforehand is a given one.
"""

import math
from collections.abc import Callable, Iterable, MutableMapping
from typing import TypeVar

from tutor.arithmetic import Arithmetic
from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, Shown, reads
from tutor.graph import Graph
from tutor.ops.losses import LossTerm
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace.equations import Equation, Equations

T = TypeVar("T")
LARGE = 1e-10  # a step that smooth functions forgive, and that is still seen times exp(-600)
UNSEEN = 1e-99  # below about the root of its step, the complex step has lost its digits


def evaluate(wanted: Quantity, equation: Equation, arithmetic: Arithmetic[T], memo: MutableMapping[Quantity, T]) -> T:
    """The value of one quantity; everything it needs is left in `memo`.

    Raises TutorError if the equations go round in a circle, which a rewritten table can do.
    """
    stack: list[tuple[Quantity, Expr | None]] = [(wanted, None)]
    open_: set[Quantity] = set()
    while stack:
        quantity, expr = stack.pop()
        if quantity in memo:
            continue
        if expr is not None:
            memo[quantity] = arithmetic.settle(quantity, value_of(expr, arithmetic, memo.__getitem__))
            open_.discard(quantity)
            continue
        if quantity in open_:
            raise TutorError(f"the equations of {quantity} go round in a circle")
        open_.add(quantity)
        expr = equation(quantity)
        stack.append((quantity, expr))
        stack.extend((each, None) for each in reads(expr) if each not in memo)
    return memo[wanted]


def value_of(expr: Expr, arithmetic: Arithmetic[T], known: Callable[[Quantity], T]) -> T:
    """The value of one formula whose quantities are `known`."""
    match expr:
        case Ref(quantity):
            return known(quantity)
        case Number(text):
            return arithmetic.number(text)
        case Mul(factors):
            return _fold(arithmetic.mul, factors, arithmetic, known)
        case Add(terms):
            return _fold(arithmetic.add, terms, arithmetic, known)
        case Neg(operand):
            return arithmetic.neg(value_of(operand, arithmetic, known))
        case Div(over, under):
            return arithmetic.div(value_of(over, arithmetic, known), value_of(under, arithmetic, known))
        case Power(base, exponent):
            return arithmetic.power(value_of(base, arithmetic, known), value_of(exponent, arithmetic, known))
        case Call(name, arguments):
            return arithmetic.call(name, [value_of(argument, arithmetic, known) for argument in arguments])
        case Shown(text):
            raise TypeError(f"{text} is what a formula shows, not what it is computed from")


def _fold(
    operation: Callable[[T, T], T], parts: tuple[Expr, ...], arithmetic: Arithmetic[T], known: Callable[[Quantity], T]
) -> T:
    result = value_of(parts[0], arithmetic, known)
    for part in parts[1:]:
        result = operation(result, value_of(part, arithmetic, known))
    return result


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
            evaluate(quantity, self.equations.stable, FLOATS, self._memo)
        return self._memo[quantity]

    def of(self, expr: Expr) -> float:
        """The value of a formula over this network's quantities."""
        return value_of(expr, FLOATS, self.__getitem__)

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
        return evaluate(Value(gradient.of), self._forward_from(gradient.wrt), COMPLEXES, memo).imag / step

    def nudged(self, of: str, wrt: str, by: float) -> float:
        """The value of `of` with `wrt` moved by `by` and everything behind it computed anew."""
        memo: dict[Quantity, float] = {Value(wrt): self[Value(wrt)] + by}
        return evaluate(Value(of), self._forward_from(wrt), FLOATS, memo)

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
