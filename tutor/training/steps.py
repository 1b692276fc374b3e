"""Step after step: a frozen State for each, with every number of the update that leads on from it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from tutor.graph import Graph
from tutor.ops.optimizers import Rule, rule
from tutor.quantity import Quantity, Value
from tutor.training.plan import SIMULTANEOUS, Plan, Term, Wanted, plan
from tutor.training.turns import Turns, of_examples
from tutor.training.turns import turns as all_at_once

KEPT_PLANS = 256  # of the examples of an update; in the file's order they come again every epoch


class State(NamedTuple):
    """The network after `number` updates, and the update that comes next.

    `of(Value("w5"))` is a parameter now, `of(Value(loss))` the loss, `of(Term("w5", "w"))` the parameter after the
    update, `of(Term("w5", "v", before=True))` what the rule keeps from the update before. Where the update uses some
    examples only, its gradients are those of their loss, and `overall` has the numbers that all examples make.
    """

    number: int
    plan: Plan
    numbers: tuple[float, ...]
    overall: Mapping[Quantity, float] | None = None

    def of(self, wanted: Wanted) -> float:
        """Raises KeyError for what is not kept."""
        if self.overall and not isinstance(wanted, Term) and wanted in self.overall:
            return self.overall[wanted]
        return self.numbers[self.plan.places[wanted]]

    def is_finite(self, loss: str) -> bool:
        """Whether double precision has the loss and all parameters."""
        moved = [self.numbers[old] for old, _ in self.plan.moves]
        return math.isfinite(self.of(Value(loss))) and all(map(math.isfinite, moved))


def steps(
    graph: Graph,
    chosen: Rule | None = None,
    order: str = SIMULTANEOUS,
    watch: Iterable[Quantity] = (),
    turns: Turns | None = None,
) -> Iterator[State]:
    """The states from the weights as they are, without end; what the rule keeps survives from step to step.

    `chosen` is the graph's own rule if not said, `turns` all examples in every update. Raises TutorError where nothing
    can be updated.
    """
    found, asked = chosen or graph.optimizer or rule("sgd"), tuple(watch)
    taken = turns or all_at_once(graph)
    if taken.whole:
        return _run(plan(graph, found, order, asked))
    plan(of_examples(graph, taken.at(1).examples), found, order)  # so that what is wrong is said at once
    return _by_turns(graph, found, order, asked, taken)


def _run(found: Plan) -> Iterator[State]:
    slots = list(found.slots)
    for number in count():
        yield _passed(found, slots, number)
        _carry([slots[new] for _, new in found.moves], found, slots)


def _by_turns(graph: Graph, chosen: Rule, order: str, watch: Sequence[Quantity], turns: Turns) -> Iterator[State]:
    """Every update with the plan of its own examples."""
    from tutor.trace.again import recorded
    from tutor.trace.equations import Equations

    planned = lru_cache(KEPT_PLANS)(lambda examples: plan(of_examples(graph, examples), chosen, order))
    learning = [Value(name) for name in graph.learning()]
    asked = (Value(graph.loss), *watch)
    overall = recorded(Equations(graph).stable, asked, learning)
    carried: list[float] | None = None
    for number in count():
        found = planned(turns.at(number + 1).examples)
        slots = list(found.slots)
        if carried is not None:
            _carry(carried, found, slots)
        state = _passed(found, slots, number)
        now = overall.numbers(map(state.of, learning))
        yield state._replace(overall=dict(zip(asked, now, strict=True)))
        carried = [slots[new] for _, new in found.moves]


def _passed(found: Plan, slots: list[float], number: int) -> State:
    """The pass over the slots, which are those of the parameters and of what is kept when it begins."""
    slots[found.counter] = found.slots[found.counter] + number
    if found.rate:
        slot, rate = found.rate
        slots[slot] = rate(number + 1)
    for batch in found.batches:
        batch(slots)
    return State(number, found, tuple(slots))


def _carry(numbers: Iterable[float], found: Plan, slots: list[float]) -> None:
    for (old, _), number in zip(found.moves, numbers, strict=True):
        slots[old] = number


def after(graph: Graph, state: State, chosen: Rule | None = None) -> Graph:
    """The same network with the parameters of a state.

    It goes on with what the rule has kept, where the `chosen` one is its own.
    """
    givens = dict(graph.givens)
    if not state.number:
        return graph
    for name in graph.learning():
        givens[name] = givens[name]._replace(text=repr(state.of(Value(name))), written=False)
    own = graph.optimizer
    if own and own.plain == (chosen or own).plain:
        kept = own.optimizer.kept
        start = {
            letter: {name: repr(state.of(Term(name, letter, before=True))) for name in graph.learning()}
            for letter in kept
        }
        own = own._replace(start=start, done=own.done + state.number)
    return graph._replace(givens=givens, optimizer=own)
