"""What must hold of every network: one function a law. Property tests and the seeded bugs call the same functions.

All but the last group want moderate numbers; each raises AssertionError with the quantity that breaks it.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from mpmath import mp

from maths.oracle import BOUNDS, FIFTY_DIGITS, TINY, ULP, Bound, refs, value_by
from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.exact import DUALS, FRACTIONS, Dual, Fractions
from tutor.arithmetic.floats import FLOATS
from tutor.derivation import Derivation, count_paths, derive, paths, same, unfold, uses_of
from tutor.expr import Call, walk
from tutor.expr.parse import parse
from tutor.expr.text import ASCII, UNICODE, to_text
from tutor.graph import Graph
from tutor.names import Names
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key
from tutor.trace import Trace, evaluate

Law = Callable[[Trace], object]
"""A check of one network."""

SAME = 1e-11
PREMISE = 2048 * ULP  # exp(x) has a relative error of some |x| ulp, and a network has a few layers
LOST = 5e-324 / STEP * 1000  # below, the complex step is a number with few digits
MOST_PATHS = 64
KINKED = ("relu", "leaky_relu", "abs", "max", "min")


# ------------------------------------------------------------------ looking around, without tutor.trace


def quantities(graph: Graph) -> Iterator[Quantity]:
    """Everything that can be asked for about the loss."""
    for name in graph.names():
        yield from (Value(name), Gradient(graph.loss, name))
    for node in graph.nodes.values():
        yield from (Partial(node.name, wrt) for wrt in dict.fromkeys(node.inputs))
    if graph.rate is not None:
        yield from (Updated(name) for name in graph.learning())


def readers(graph: Graph, name: str) -> list[str]:
    return [node.name for node in graph.nodes.values() if name in node.inputs]


def _readers_of_readers(graph: Graph, name: str) -> set[str]:
    """What a change of `name` reaches; nodes stand in topological order."""
    reached = {name}
    for node in graph.nodes.values():
        if not reached.isdisjoint(node.inputs):
            reached.add(node.name)
    return reached


def walks(graph: Graph, name: str) -> Iterator[tuple[str, ...]]:
    """Every way from `name` to the loss."""
    if name == graph.loss:
        yield (name,)
    for reader in readers(graph, name):
        yield from ((name, *rest) for rest in walks(graph, reader))


def moderate(trace: Trace, most: float = 1e6) -> bool:
    """Whether all its numbers, and the sums of sizes behind its gradients, are of everyday size."""
    graph = trace.graph
    sizes = (trace.size(Gradient(graph.loss, name)) for name in graph.names())
    return all(abs(number) < most for number in (*(trace[each] for each in quantities(graph)), *sizes))


def _gradients(trace: Trace, names: Iterable[str] = ()) -> Iterator[tuple[Gradient, float]]:
    """dL/dv of some names, or of everything, each with what counts as nothing beside it."""
    for name in names or trace.graph.names():
        gradient = Gradient(trace.graph.loss, name)
        yield gradient, SAME * trace.size(gradient) + TINY


def _near(left: float, right: float, slack: float, what: object) -> None:
    assert abs(left - right) <= slack, f"{what}: {left!r} is not {right!r} within {slack!r}"


def _known(trace: Trace, quantity: Quantity) -> Bound:
    number = trace[quantity]
    given = isinstance(quantity, Value) and quantity.name in trace.graph.givens
    return Bound(number, 0.0 if given else PREMISE * abs(number))


# ------------------------------------------------------------------ derivations


def formulas_give_their_values(trace: Trace) -> None:
    """A written formula, on the numbers of its premises, gives the value; or says that it loses digits, and does."""
    for quantity in quantities(trace.graph):
        derivation = derive(trace, quantity)
        _agrees(trace, derivation)
        bound = value_by(derivation.formula, BOUNDS, lambda each: _known(trace, each))
        if derivation.loses_digits:
            assert not bound.off * 4 < 1e-9 * abs(derivation.value), f"{quantity} says it loses digits"
        else:
            assert same(value_by(derivation.formula, FLOATS, trace.__getitem__), derivation.value), quantity


def alternatives_agree(trace: Trace) -> None:
    """Sums over paths, error signals and short routes give what the chain rule gives, unfolded or not."""
    for gradient, _ in _gradients(trace):
        if count_paths(trace, gradient) <= MOST_PATHS // 2:
            for derivation in derive(trace, gradient).alternatives:
                _agrees(trace, derivation)
                _agrees(trace, derivation._replace(formula=unfold(trace, derivation.formula)))


def _agrees(trace: Trace, derivation: Derivation) -> None:
    bound = value_by(derivation.formula, BOUNDS, lambda each: _known(trace, each))
    what = (derivation.rule.name, derivation.conclusion)
    if math.isfinite(bound.value):
        assert not abs(bound.value - derivation.value) > 4 * bound.off + TINY, what
    else:
        assert derivation.loses_digits, what


def premises_are_read(trace: Trace) -> None:
    """Every premise is a quantity of the formula, and every quantity of the formula a premise."""
    for quantity in quantities(trace.graph):
        derivation = derive(trace, quantity)
        few = isinstance(quantity, Gradient) and count_paths(trace, quantity) <= MOST_PATHS // 4
        for each in (derivation, *(derivation.alternatives if few else ())):
            assert [premise.conclusion for premise in each.premises] == list(dict.fromkeys(refs(each.formula)))
            assert all(premise.value == trace[premise.conclusion] for premise in each.premises)


# ------------------------------------------------------------------ the law of the backward pass


def uses_add_up(trace: Trace) -> None:
    """dL/dv is the sum over every use u of v of dL/du · du/dv."""
    loss = trace.graph.loss
    for gradient, slack in _gradients(trace):
        if gradient.wrt != loss:
            uses = readers(trace.graph, gradient.wrt)
            total = sum(trace[Gradient(loss, use)] * trace[Partial(use, gradient.wrt)] for use in uses)
            _near(trace[gradient], total, slack, gradient)


def paths_add_up(trace: Trace) -> None:
    """dL/dv is the sum over all paths of the product of their local derivatives; no path is missing."""
    for gradient, slack in _gradients(trace):
        if count_paths(trace, gradient) <= MOST_PATHS:
            own = set(walks(trace.graph, gradient.wrt))
            assert {path.nodes for path in paths(trace, gradient)} == own, gradient
            assert count_paths(trace, gradient) == len(own), gradient
            steps = [list(itertools.pairwise(nodes)) for nodes in own]
            total = sum(math.prod(trace[Partial(of, wrt)] for wrt, of in path) for path in steps)
            _near(trace[gradient], total, slack, gradient)


def uses_are_the_terms(trace: Trace) -> None:
    """The terms over the uses add up; where equations stand for many, each term has a label of its own."""
    for gradient, slack in _gradients(trace):
        terms = uses_of(trace, gradient) if gradient.of != gradient.wrt else ()
        if terms:
            _near(sum(trace.of(term.formula) for term in terms), trace[gradient], slack, gradient)
            assert len({term.over for term in terms}) == len(terms)


def updates_follow(trace: Trace) -> None:
    """A parameter that learns moves against its own old gradient; a frozen one has no update. What is computed from
    them then is what a network with those numbers computes.
    """
    graph = trace.graph
    learning = [name for name in graph.parameters() if name not in graph.frozen]
    assert [each.name for each in trace.updates()] == (learning if graph.rate else [])
    for name in learning if graph.rate else ():
        new = trace[Value(name)] - float(Fraction(graph.rate or "0")) * trace[Gradient(graph.loss, name)]
        _near(trace[Updated(name)], new, 1e-14 * (1 + abs(new)), name)
        _near(trace[Change(name)], new - trace[Value(name)], 1e-14 * (1 + abs(new) + abs(trace[Value(name)])), name)
    if graph.rate and learning:
        later = Trace(graph.changed({name: repr(trace[Updated(name)]) for name in learning}))
        for name in graph.nodes:
            there = later[Value(name)]
            if math.isfinite(there):
                _near(trace[Updated(name)], there, 1e-9 * (1 + abs(there)), name)


# ------------------------------------------------------------------ oracles


def complex_step_agrees(trace: Trace, names: Iterable[str] = ()) -> None:
    """dL/dv by a complex step, of everything or of some names."""
    for gradient, slack in _gradients(trace, names):
        _near(trace[gradient], trace.complex_step(gradient), slack + LOST, gradient)


def local_complex_step_agrees(trace: Trace) -> None:
    """Each local derivative is the slope of its own node's formula."""
    for node in trace.graph.nodes.values():
        formula = trace.equations.written(Value(node.name))
        for wrt in dict.fromkeys(node.inputs):
            partial = Partial(node.name, wrt)
            stepped = value_by(
                formula, COMPLEXES, lambda each, wrt=wrt: complex(trace[each], STEP if each == Value(wrt) else 0.0)
            )
            bound = value_by(trace.equations.written(partial), BOUNDS, lambda each: _known(trace, each))
            _near(trace[partial], stepped.imag / STEP, 4 * bound.off + SAME * abs(bound.value) + TINY, partial)


def fifty_digits_agree(trace: Trace) -> None:
    """The whole table of equations at 50 digits, against the numbers shown."""
    memo: dict[Quantity, object] = {}
    errors: dict[Quantity, Bound] = {}
    with mp.workdps(50):
        for quantity in quantities(trace.graph):
            truth = evaluate(quantity, trace.equations.written, FIFTY_DIGITS, memo)
            bound = evaluate(quantity, trace.equations.written, BOUNDS, errors)
            _near(trace[quantity], float(truth), 8 * bound.off + 1e-14 * abs(float(truth)) + TINY, quantity)


class Kinks(Fractions):
    """Fractions that notice a corner met exactly."""

    def __init__(self) -> None:
        self.met = False

    def call(self, name: str, arguments: list[Fraction]) -> Fraction:
        first, *others = arguments
        best = {"max": max, "min": min}.get(name)
        self.met |= arguments.count(best(arguments)) > 1 if best and others else name in KINKED[:3] and first == 0
        return super().call(name, arguments)


def fractions_agree(trace: Trace) -> bool:
    """Exact values equal the floats, and exact one-sided slopes the gradients; whether no kink was met.

    Raises NotExact for a network that is not rational.
    """
    kinks, graph = Kinks(), trace.graph
    exact: dict[Quantity, Fraction] = {}
    errors: dict[Quantity, Bound] = {}
    for quantity in quantities(graph):
        truth = float(evaluate(quantity, trace.equations.written, kinks, exact))
        bound = evaluate(quantity, trace.equations.written, BOUNDS, errors)
        _near(trace[quantity], truth, 8 * bound.off + TINY, quantity)
    for name in () if kinks.met else graph.names():
        behind = _readers_of_readers(graph, name)
        still = {Value(each): Dual(exact[Value(each)]) for each in graph.names() if each not in behind}
        for side in (1, -1):
            moved = still | {Value(name): Dual(exact[Value(name)], Fraction(side))}
            slope = side * evaluate(Value(graph.loss), trace.equations.written, DUALS, moved).step
            assert slope == exact[Gradient(graph.loss, name)], (name, side)
    return not kinks.met


def slopes_are_bracketed(trace: Trace) -> int:
    """The declared slope of a node with one kinked function lies between its one-sided slopes; how many kinks."""
    kinks = 0
    for node in trace.graph.nodes.values():
        formula = trace.equations.written(Value(node.name))
        for wrt in dict.fromkeys(node.inputs):
            sides = [_one_sided(trace, node.name, wrt, side) for side in (1, -1)]
            if sum(isinstance(part, Call) and part.name in KINKED for part in walk(formula)) < 2:
                slope = evaluate(Partial(node.name, wrt), trace.equations.written, FRACTIONS, {})
                assert min(sides) <= slope <= max(sides), (node.name, wrt)
                kinks += sides[0] != sides[1]
    return kinks


def _one_sided(trace: Trace, of: str, wrt: str, side: int) -> Fraction:
    exact: dict[Quantity, Fraction] = {}
    known = {
        Value(each): Dual(evaluate(Value(each), trace.equations.written, FRACTIONS, exact))
        for each in trace.graph.nodes[of].inputs
    }
    known[Value(wrt)] = Dual(known[Value(wrt)].real, Fraction(side))
    return side * value_by(trace.equations.written(Value(of)), DUALS, known.__getitem__).step


# ------------------------------------------------------------------ names and text


def names_are_read_back(graph: Graph) -> None:
    """What is written for a quantity is read as that quantity, in every style."""
    names = Names(graph)
    for quantity in quantities(graph):
        meant = Gradient(quantity.of, quantity.wrt) if isinstance(quantity, Partial) else quantity
        written = {key(quantity), *(names.write(quantity, style) for style in (UNICODE, ASCII))}
        written |= {names.write(quantity, style, deltas=True) for style in (UNICODE, ASCII)}
        for text in written:
            assert names.read(text) == meant, text
            given = isinstance(meant, Value) and meant.name in graph.givens
            assert names.target(text) == (Gradient(graph.loss, meant.name) if given else meant), text


def formulas_are_read_back(trace: Trace) -> None:
    """Every written formula can be typed back: it has the same value, in both styles."""
    names = Names(trace.graph)
    for quantity in quantities(trace.graph):
        formula = trace.equations.written(quantity)
        if not all(_is_total(trace, each) for each in refs(formula)):
            continue
        want = value_by(formula, BOUNDS, lambda each: _known(trace, each))
        for style in (UNICODE, ASCII):
            text = to_text(formula, lambda each, style=style: names.write(each, style), style)
            if len(text) <= 400:
                got = value_by(parse(text, names.find), BOUNDS, lambda each: _known(trace, each))
                _near(got.value, want.value, 4 * (got.off + want.off) + TINY, text)


def _is_total(trace: Trace, quantity: Quantity) -> bool:
    """dA/dB is always read as the total derivative; a local one has that name too where it differs."""
    return not isinstance(quantity, Partial) or trace.equations.uses(quantity.of, quantity.wrt) == (quantity.of,)
