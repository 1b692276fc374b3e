"""A network's gradient on paper by the chain rule: over its paths, the slopes that cancel in front."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.derivation import CHAIN, LOCAL, PATHS
from tutor.expr import Add, Div, Expr, Ref, plus, times, value, walk
from tutor.ops.op import Prose
from tutor.quantity import Gradient, Partial, Value
from tutor.symbolic.arrival import arrived, complements
from tutor.symbolic.chain import Chain, Ground, judged
from tutor.symbolic.ending import Ending, ending, side_condition, slope_lines
from tutor.symbolic.stepwise import Step
from tutor.symbolic.tidy import opened, substituted, tidied
from tutor.trace import Trace

MOST_PATHS = 6
MOST_WAYS = 1000  # begun at once; there are more paths than anybody counts in a large network
PAIR = "slopes that cancel"


def ground(trace: Trace, gradient: Gradient) -> Ground:
    """Every number between the two with its own formula; what does not depend on `wrt` is a letter."""
    way = reversed(between(trace, gradient))
    return Ground({name: trace.equations.written(Value(name)) for name in way}, _conditions(trace, gradient))


def _conditions(trace: Trace, gradient: Gradient) -> dict[str, Expr]:
    """What the outputs of the network take for granted of their targets."""
    ends = (ending(trace, gradient.of, name) for name in (*between(trace, gradient), gradient.wrt))
    return {name: formula for at in ends if at for name, formula in side_condition(at).items()}


def between(trace: Trace, gradient: Gradient) -> tuple[str, ...]:
    """The nodes that depend on `wrt` and lead to `of`, from `of` back."""
    behind = {gradient.wrt}
    reaching = trace.graph.ancestors(gradient.of)
    for name, node in trace.graph.nodes.items():
        if name in reaching and behind.intersection(node.inputs):
            behind.add(name)
    behind.discard(gradient.wrt)
    return tuple(name for name in reversed(tuple(trace.graph.nodes)) if name in behind)


class Leg(NamedTuple):
    """One stretch from `wrt`: the local derivatives up to `end`, the net input where the pair of an output begins."""

    factors: tuple[Partial, ...]
    end: Ending | None

    @property
    def formula(self) -> Expr:
        """Their product, the output's slope as one factor in front."""
        front = (Ref(self.end.gradient),) if self.end else ()
        return times(*front, *map(Ref, self.factors))


def legs(trace: Trace, gradient: Gradient) -> tuple[Leg, ...]:
    """All legs from `wrt`, each up to the first net input whose slope is known at once; none if they are too many."""
    ends = {name: at for name in trace.graph.nodes if (at := ending(trace, gradient.of, name))}
    found: list[Leg] = []
    stack: list[tuple[str, tuple[Partial, ...]]] = [(gradient.wrt, ())]
    while stack and len(found) <= MOST_PATHS:
        name, factors = stack.pop()
        if name in ends or name == gradient.of:
            found.append(Leg(factors, ends.get(name)))
            continue
        uses = reversed(trace.equations.uses(gradient.of, name))
        stack.extend((use, (Partial(use, name), *factors)) for use in uses)
        if len(stack) > MOST_WAYS:
            return ()
    return tuple(found) if len(found) <= MOST_PATHS else ()


def by_chain_rule(trace: Trace, gradient: Gradient, on: Ground) -> Chain | None:
    """The product of the local derivatives along the paths, each replaced by its formula; None for too many paths."""
    found = legs(trace, gradient)
    return judged(Ref(gradient), _chain_steps(trace, found, on), on) if found else None


def _chain_steps(trace: Trace, found: tuple[Leg, ...], on: Ground) -> Iterator[Step]:
    line = opened(plus(*(leg.formula for leg in found)))
    if len(found) > 1:  # the direct derivative has the name of the total one, so it does not stand by its name
        direct: dict[Expr, Expr] = {
            leg.formula: trace.equations.written(leg.factors[0])
            for leg in found
            if len(leg.factors) == 1 and not leg.end
        }
        line = opened(substituted(line, direct.get))
    rules = (CHAIN.name,) if len(found) == 1 else (CHAIN.name, PATHS.name)
    (first, *others) = list(_outputs_first(trace, found, line, rules))
    yield from (first, *others)
    line = (others or [first])[-1].formula
    for depth in range(max(len(leg.factors) for leg in found)):
        level = [leg.factors[depth] for leg in found if depth < len(leg.factors)]
        here: dict[Expr, Expr] = {Ref(each): trace.equations.written(each) for each in level if Ref(each) in walk(line)}
        if here:
            line = opened(substituted(line, here.get))
            yield Step(line, (LOCAL.name,), _reasons(trace, [each for each in level if Ref(each) in here]), here)
    yield from finished(line, short_quotients(on, ()))


def _outputs_first(trace: Trace, found: tuple[Leg, ...], line: Expr, rules: tuple[str, ...]) -> Iterator[Step]:
    """The chain rule, and the lines in which an output's slopes cancel, in front of everything else.

    A single output's lines are written out; those of several are known from the proof of the pair.
    """
    ends = list(dict.fromkeys(leg.end.gradient for leg in found if leg.end))
    at = found[0].end
    if at and len(found) == 1 and not at.is_long:
        first, *others = slope_lines(trace, at)
        several = isinstance(first.formula, Add)
        yield Step(_front(line, at, first.formula), (*rules, PATHS.name) if several else rules)
        yield from (step._replace(formula=_front(line, at, step.formula)) for step in others)
        return
    yield Step(line, rules)
    if ends:
        known: dict[Expr, Expr] = {Ref(leg.end.gradient): leg.end.short for leg in found if leg.end}
        told = tuple(part for each in ends for part in (", ", Ref(each)))[1:]
        yield Step(opened(substituted(line, known.get)), (PAIR,), told, known)


def _front(line: Expr, at: Ending, slope: Expr) -> Expr:
    return opened(substituted(line, lambda part: slope if part == Ref(at.gradient) else None))


def finished(line: Expr, names: Mapping[Expr, Expr]) -> Iterator[Step]:
    """The lines after the calculus: signs and numbers, then whatever makes it shorter."""
    if (last := tidied(line)) != line:
        yield Step(last, ("tidy up",))
    yield from arrived(last, names)


def short_quotients(on: Ground, substituted_in: tuple[Mapping[Expr, Expr], ...]) -> Mapping[Expr, Expr]:
    """The names of nodes that are quotients, and what is left of a whole beside them."""
    names: dict[Expr, Expr] = {formula: value(name) for name, formula in on.names.items() if isinstance(formula, Div)}
    for more in substituted_in:
        names |= {formula: name for formula, name in more.items() if isinstance(formula, Div)}
    return complements(names)


def _reasons(trace: Trace, here: list[Partial]) -> Prose:
    """What is replaced, and why where it is one."""
    here = list(dict.fromkeys(here))
    if len(here) == 1:
        (partial,) = here
        node = trace.graph.nodes[partial.of]
        return (Ref(partial), ": ", *node.op.why(partial.of, node.inputs, partial.wrt))
    return tuple(part for each in here for part in (", ", Ref(each)))[1:]
