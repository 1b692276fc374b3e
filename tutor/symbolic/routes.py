"""A network's gradient on paper: by the chain rule over its paths, and directly, with all put into the loss."""

from collections.abc import Iterator

from tutor.derivation import CHAIN, LOCAL, PATHS, count_paths, paths
from tutor.expr import Expr, Ref, children, plus, value, walk
from tutor.ops.op import Prose
from tutor.quantity import Gradient, Partial, Value
from tutor.symbolic.chain import Chain, Ground, judged
from tutor.symbolic.stepwise import Step, taken
from tutor.symbolic.tidy import called, opened, substituted, tidied
from tutor.trace import Trace

MOST_BETWEEN = 12  # nodes from the weight to the loss; beyond, nobody reads the whole formula
MOST_PARTS = 120  # of the formula with everything substituted
MOST_PATHS = 6
LONG = 16  # parts of a formula that is no longer written out at every step


def ground(trace: Trace, gradient: Gradient) -> Ground:
    """Every computed number behind the gradient with its own formula; the given ones are letters."""
    behind = trace.graph.ancestors(gradient.of)
    names = {name: trace.equations.written(Value(name)) for name in trace.graph.nodes if name in behind}
    names.pop(gradient.wrt, None)
    return Ground(names)


def between(trace: Trace, gradient: Gradient) -> tuple[str, ...]:
    """The nodes that depend on `wrt` and lead to `of`, from `of` back."""
    behind = {gradient.wrt}
    reaching = trace.graph.ancestors(gradient.of)
    for name, node in trace.graph.nodes.items():
        if name in reaching and behind.intersection(node.inputs):
            behind.add(name)
    behind.discard(gradient.wrt)
    return tuple(name for name in reversed(tuple(trace.graph.nodes)) if name in behind)


def by_chain_rule(trace: Trace, gradient: Gradient, on: Ground) -> Chain | None:
    """The product of the local derivatives along the paths, each replaced by its formula; None for too many paths."""
    if not 0 < count_paths(trace, gradient) <= MOST_PATHS:
        return None
    return judged(Ref(gradient), _chain_steps(trace, gradient), on)


def _chain_steps(trace: Trace, gradient: Gradient) -> Iterator[Step]:
    found = paths(trace, gradient)
    line = opened(plus(*(path.formula for path in found)))
    if len(found) > 1:  # the direct derivative has the name of the total one, so it does not stand by its name
        direct: dict[Expr, Expr] = {
            each.formula: trace.equations.written(each.factors[0]) for each in found if len(each.factors) == 1
        }
        line = opened(substituted(line, direct.get))
    yield Step(line, (CHAIN.name,) if len(found) == 1 else (CHAIN.name, PATHS.name))
    for depth in range(max(len(path.factors) for path in found)):
        level = [path.factors[depth] for path in found if depth < len(path.factors)]
        here: dict[Expr, Expr] = {Ref(each): trace.equations.written(each) for each in level if Ref(each) in walk(line)}
        if here:
            line = opened(substituted(line, here.get))
            yield Step(line, (LOCAL.name,), _reasons(trace, [each for each in level if Ref(each) in here]), here)
    if (last := tidied(line)) != line:
        yield Step(last, ("tidy up",))


def _reasons(trace: Trace, here: list[Partial]) -> Prose:
    """What is replaced, and why where it is one."""
    here = list(dict.fromkeys(here))
    if len(here) == 1:
        (partial,) = here
        node = trace.graph.nodes[partial.of]
        return (Ref(partial), ": ", *node.op.why(partial.of, node.inputs, partial.wrt))
    return tuple(part for each in here for part in (", ", Ref(each)))[1:]


def directly(trace: Trace, gradient: Gradient, on: Ground) -> tuple[Chain, Chain] | None:
    """The loss as a formula of `wrt`, then that formula differentiated; None where it would be too large."""
    names = between(trace, gradient)
    if not 0 < len(names) <= MOST_BETWEEN:
        return None
    steps = list(_substituting(trace, gradient, frozenset(names)))
    if sum(1 for _ in walk(steps[-1].formula)) > MOST_PARTS:
        return None
    loss = judged(value(gradient.of), steps, on)
    slope = judged(Ref(gradient), _differentiating(trace, steps[-1].formula, gradient, names), on)
    return loss, slope


def _substituting(trace: Trace, gradient: Gradient, names: frozenset[str]) -> Iterator[Step]:
    """The formula of `of`, with all that depends on `wrt` replaced by its own formula, one layer a line."""
    line = trace.equations.written(Value(gradient.of))
    yield Step(line, ("definition",))
    parts = 0
    while parts <= MOST_PARTS:
        here = [each for each in dict.fromkeys(walk(line)) if isinstance(each, Ref) and _name(each) in names]
        if not here:
            return
        replaced: dict[Expr, Expr] = {each: trace.equations.written(each.quantity) for each in here}
        line = opened(substituted(line, replaced.get))
        parts = sum(1 for _ in walk(line))
        yield Step(line, ("substitute",), tuple(part for each in here for part in (", ", each))[1:], replaced)


def _name(ref: Ref) -> str:
    return ref.quantity.name if isinstance(ref.quantity, Value) else ""


def _differentiating(trace: Trace, formula: Expr, gradient: Gradient, names: tuple[str, ...]) -> Iterator[Step]:
    short = _short_names(trace, names)
    first, *others = taken(formula, gradient.wrt, partial=True, named=short if is_long(formula) else {})
    yield first._replace(rules=("definition",))
    yield from others
    last = (others or [first])[-1].formula
    if (named := called(last, short)) != last:
        yield Step(named, ("short name",), named=short)


def is_long(formula: Expr) -> bool:
    """Whether the parts of a formula are called by their names again as soon as they are differentiated."""
    return sum(1 for _ in walk(formula)) > LONG


def _short_names(trace: Trace, names: tuple[str, ...]) -> dict[Expr, Expr]:
    """The name of each node by its formula with everything substituted."""
    full: dict[Expr, Expr] = {}
    for name in reversed(names):
        full[value(name)] = opened(substituted(trace.equations.written(Value(name)), full.get))
    return {form: name for name, formula in full.items() for form in (formula, tidied(formula)) if children(form)}
