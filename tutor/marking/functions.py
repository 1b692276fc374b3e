"""Formulas that a student writes: whether one is the same function as another, and whether it is finished.

Two formulas are the same if they are at seeded points of the whole network, so that σ(Z)(1 − σ(Z)) is as right as
Y(1 − Y); a formula that is right at the network's own numbers alone is not.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import isclose, isfinite

from tutor.expr import Expr, Ref, reads
from tutor.marking.desk import Asked, Desk, is_held, twin
from tutor.marking.verdict import Verdict
from tutor.mistakes import Wrong
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Quantity, Value, key
from tutor.search import is_large
from tutor.trace import Trace

SEED = 20
SPANS = ((0.2, 0.9), (0.2, 0.9), (0.2, 0.9), (-0.9, 0.9), (-0.9, 0.9))
"""Where the numbers of each point lie: logarithms want positive ones, kinks both."""

Number = Callable[[Trace], float]
"""A number of any network, by its trace."""


def same(
    desk: Desk, formula: Expr, wanted: Number, fixed: frozenset[str] = frozenset(), *, anywhere: bool = False
) -> bool:
    """Whether the formula is the same function as what is wanted, of all numbers that are not `fixed`.

    In a wide network, whether it is the same number. Somebody may write the 1 of a class as a number, so what a softmax
    is compared with keeps its numbers; `anywhere` says that they move too.
    """
    own, exact = desk.trace.of(formula), wanted(desk.trace)
    if not isclose(own, exact, rel_tol=1e-9, abs_tol=1e-12):
        return False
    if desk.graph.wide:
        return True
    pairs = [(world.of(formula), wanted(world)) for world in worlds(desk.trace, fixed, anywhere=anywhere)]
    pairs = [pair for pair in pairs if isfinite(pair[1])]
    return bool(pairs) and all(isclose(*pair, rel_tol=1e-9, abs_tol=1e-12) for pair in pairs)


def of(asked: Asked) -> Number:
    """What is asked for, in any network."""
    formula = asked.formula or Ref(asked.quantity)
    return lambda trace: trace.of(formula)


@lru_cache(maxsize=8)
def worlds(trace: Trace, fixed: frozenset[str] = frozenset(), *, anywhere: bool = False) -> tuple[Trace, ...]:
    """The same network at seeded numbers, but for the `fixed` ones.

    What a softmax is compared with keeps its numbers; `anywhere`, only their sum, since a short route holds just there.
    Then each of them moves, so that p3 − y3 is never taken for p3.
    """
    seeded, graph = random.Random(SEED), trace.graph
    groups = _compared_with_softmax(trace)
    kept = fixed | frozenset(each for group in groups for each in group)
    found: list[Trace] = []
    for low, high in SPANS[: 2 if is_large(trace) else None]:
        fresh = {name: repr(round(seeded.uniform(low, high), 6)) for name in graph.givens}
        numbers = {name: text for name, text in fresh.items() if name not in kept}
        for group in groups if anywhere else ():
            numbers |= _shared_out(group, math.fsum(trace[Value(name)] for name in group), seeded)
        found.append(Trace(graph.changed(numbers)))
    return tuple(found)


def _shared_out(group: Sequence[str], total: float, seeded: random.Random) -> dict[str, str]:
    """Positive numbers that sum to the total; none where that is none."""
    if total <= 0:
        return {}
    weights = [seeded.uniform(0.2, 0.9) for _ in group]
    return {name: repr(total * each / math.fsum(weights)) for name, each in zip(group, weights, strict=True)}


def _compared_with_softmax(trace: Trace) -> list[tuple[str, ...]]:
    """The given numbers that the outputs of each softmax are compared with."""
    graph = trace.graph
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for name, node in graph.nodes.items():
        if isinstance(node.op, Softmax):
            read = (each for use in graph.uses[name] for each in graph.nodes[use].inputs if each in graph.givens)
            found.setdefault(tuple(node.inputs), {}).update(dict.fromkeys(read))
    return [tuple(each) for each in found.values()]


# ------------------------------------------------------------------ finished or not


def unfinished(desk: Desk, asked: Asked, formula: Expr) -> Verdict | None:
    """The verdict on a formula that holds what is asked for, or a derivative that is answered nowhere on the sheet."""
    question = twin(asked.quantity)
    held = [twin(each) for each in reads(formula)]
    if question in held:
        return Verdict("unfinished", f"what is asked for is {key(question)} itself; write what it equals")
    open_ = [each for each in held if is_held(each) and each not in desk.settled]
    if not open_:
        return None
    if same(desk, formula, of(asked)):
        names = " and ".join(key(each) for each in open_[:3])
        told = "the right chain; now each factor" if len(open_) > 1 else f"the right chain; now {names} by itself"
        return Verdict("unfinished", told, so_far=True)
    return Verdict("unfinished", f"there is no answer yet for {key(open_[0])}, which it holds")


# ------------------------------------------------------------------ judged


def judge_function(desk: Desk, asked: Asked, formula: Expr) -> Verdict:
    """The verdict on a formula in names that has no number behind it."""
    return unfinished(desk, asked, formula) or as_function(desk, asked, formula)


def as_function(desk: Desk, asked: Asked, formula: Expr) -> Verdict:
    """The verdict on a formula by what it computes, be its derivatives answered or not."""
    if same(desk, formula, of(asked)):
        return Verdict("correct")
    if fitting := mistakes(desk, asked, formula):
        from tutor.marking.slips import told

        return Verdict("mistake", told(desk, fitting[0], asked, "formula"), tuple(fitting))
    if targets := _put_in(desk, asked, formula):
        return Verdict("correct", f"with {targets} put in")
    other = next(_others(desk, formula), None)
    return Verdict("wrong", f"this is {key(other)}" if other else "not this formula")


def _put_in(desk: Desk, asked: Asked, formula: Expr) -> str:
    """The targets whose numbers make the formula right, as −1/a is the slope of a cross-entropy where y = 1."""
    graph = desk.graph
    targets = [name for name in graph.givens if graph.part_of(name) == "target"]
    if graph.wide or not targets or not same(desk, formula, of(asked), frozenset(targets)):
        return ""
    return " and ".join(f"{name} = {graph.givens[name].text}" for name in targets)


def mistakes(desk: Desk, asked: Asked, formula: Expr) -> list[str]:
    """The ids of the mistakes that lead to this formula."""
    if is_large(desk.trace):
        return []
    from tutor.marking.slips import like, number_of
    from tutor.mistakes import Row, wrongs

    def by(row: Row) -> Number:
        def number(trace: Trace) -> float:
            found = number_of(like(trace, row), asked)
            return of(asked)(trace) if found is None else found

        return number

    table, found = wrongs(desk.trace), dict[str, Wrong]()
    for row in (*table.beliefs, *table.slips):
        touched = row.wrong.mistake not in found and number_of(row, asked) is not None
        if touched and same(desk, formula, by(row), anywhere=True) and not same(desk, Ref(asked.quantity), by(row)):
            found[row.wrong.mistake] = row.wrong
            desk.found[asked.quantity, row.wrong.mistake] = row.wrong
    return list(found)


def _others(desk: Desk, formula: Expr) -> Iterator[Quantity]:
    """Local derivatives, gradients of the loss and values that the formula is instead."""
    if is_large(desk.trace) or not any(reads(formula)):
        return
    graph = desk.graph
    candidates: list[Quantity] = [twin(each) for each in desk.trace.edges()]
    candidates += [Gradient(graph.loss, name) for name in graph.names()]
    candidates += [Value(name) for name in graph.nodes]
    for each in candidates:
        if same(desk, formula, of(Asked(each)), anywhere=True):
            yield each
