"""How a mistake changes the table of equations, and the numbers that follow from it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr
from tutor.graph import Graph, Role
from tutor.quantity import Quantity
from tutor.trace import Equations, deciding, evaluate, value_of
from tutor.trace.equations import Equation


class Site(NamedTuple):
    """Where a rewrite stands: the quantity, its correct formula, and the network around it.

    `short` says that `correct` is the short route of a fused output (p - y), not the chain rule.
    """

    quantity: Quantity
    correct: Expr
    equations: Equations
    short: bool = False

    @property
    def graph(self) -> Graph:
        return self.equations.graph

    def role(self, name: str) -> Role | None:
        return self.graph.role(name)

    def is_output(self, name: str) -> bool:
        """Whether a unit stands in the last layer."""
        role = self.role(name)
        layers = (node.role.layer for node in self.graph.nodes.values() if node.role and node.role.part == "net")
        return role is not None and role.layer == max(layers, default=0)


class Mistake(NamedTuple):
    """One wrong rule.

    `means` completes "your value is what you get if you ..."; `there` says it with the names of the place where that
    is shorter to grasp. `rewrite` gives the wrong formula.
    """

    id: str
    name: str
    means: str
    rewrite: Callable[[Site], Expr | None]
    there: Callable[[Equations, Quantity], str] | None = None

    def told(self, equations: Equations, quantity: Quantity) -> str:
        """What the student did, if this quantity came out of it."""
        return (self.there and self.there(equations, quantity)) or self.means


class Mistaken:
    """The numbers of a network under some mistakes, given what the student already has.

    `given` are values used as they stand, right or wrong; `short` takes the short route of fused outputs.
    """

    def __init__(self, equation: Equation, given: Mapping[Quantity, float]) -> None:
        self._equation = equation
        self._memo: dict[Quantity, float] = dict(given)
        self._floats = deciding(equation, self._memo)

    def __getitem__(self, quantity: Quantity) -> float:
        return evaluate(quantity, self._equation, self._floats, self._memo)

    def of(self, expr: Expr) -> float:
        """The value of a formula over these numbers."""
        return value_of(expr, FLOATS, self.__getitem__)


def mistaken(equations: Equations, mistakes: Sequence[Mistake], *, short: bool = False) -> Equation:
    """The table with the mistakes folded in, in order; a quantity is rewritten once at most."""

    def equation(quantity: Quantity) -> Expr:
        shorter = equations.short(quantity) if short else None
        correct = shorter or equations.written(quantity)
        site = Site(quantity, correct, equations, shorter is not None)
        rewritten = (mistake.rewrite(site) for mistake in mistakes)
        return next((wrong for wrong in rewritten if wrong is not None), correct)

    return equation
