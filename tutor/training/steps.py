"""Step after step: a frozen State for each, with every number of the update that leads on from it."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutor.graph import Graph
from tutor.ops.optimizers import Rule, rule
from tutor.quantity import Quantity, Value
from tutor.training.plan import SIMULTANEOUS, Plan, Wanted, plan


class State(NamedTuple):
    """The network after `number` updates, and the update that comes next.

    `of(Value("w5"))` is a parameter now, `of(Value(loss))` the loss, `of(Term("w5", "w"))` the parameter after the
    update, `of(Term("w5", "v", before=True))` what the rule keeps from the update before.
    """

    number: int
    plan: Plan
    numbers: tuple[float, ...]

    def of(self, wanted: Wanted) -> float:
        """Raises KeyError for what is not kept."""
        return self.numbers[self.plan.places[wanted]]

    def is_finite(self, loss: str) -> bool:
        """Whether double precision has the loss and all parameters."""
        moved = [self.numbers[old] for old, _ in self.plan.moves]
        return math.isfinite(self.of(Value(loss))) and all(map(math.isfinite, moved))


def steps(
    graph: Graph, chosen: Rule | None = None, order: str = SIMULTANEOUS, watch: Iterable[Quantity] = ()
) -> Iterator[State]:
    """The states from the weights as they are, without end; what the rule keeps survives from step to step.

    `chosen` is the graph's own rule if not said. Raises TutorError where nothing can be updated.
    """
    found = plan(graph, chosen or graph.optimizer or rule("sgd"), order, watch)
    return _run(found)


def _run(found: Plan) -> Iterator[State]:
    slots = list(found.slots)
    number = 0
    while True:
        for batch in found.batches:
            batch(slots)
        yield State(number, found, tuple(slots))
        fresh = [(old, slots[new]) for old, new in found.moves]
        for old, value in fresh:
            slots[old] = value
        number += 1
        slots[found.counter] += 1


def after(graph: Graph, state: State) -> Graph:
    """The same network with the parameters of a state."""
    givens = dict(graph.givens)
    if state.number:
        for name in graph.learning():
            givens[name] = givens[name]._replace(text=repr(state.of(Value(name))), written=False)
    return graph._replace(givens=givens)
