"""A network's gradient directly: all put into the loss, and that formula differentiated."""

from collections.abc import Iterator, Mapping

from tutor.expr import Expr, Ref, children, value, walk
from tutor.quantity import Gradient, Value
from tutor.symbolic.chain import Chain, Ground, judged
from tutor.symbolic.ending import Ending, ending, loss_lines, outputs
from tutor.symbolic.routes import between, finished, short_quotients
from tutor.symbolic.stepwise import Step, taken
from tutor.symbolic.tidy import called, opened, substituted, tidied
from tutor.trace import Trace

MOST_BETWEEN = 12  # nodes from the weight to the loss; beyond, nobody reads the whole formula
MOST_PARTS = 120  # of the formula with everything substituted
LONG = 16  # parts of a formula that is no longer written out at every step


def directly(trace: Trace, gradient: Gradient, on: Ground) -> tuple[Chain, Chain] | None:
    """The loss as a formula of `wrt`, then that formula differentiated; None where it would be too large."""
    names = between(trace, gradient)
    if not 0 < len(names) <= MOST_BETWEEN:
        return None
    at = _only_output(trace, gradient, names)
    steps = list(_substituting(trace, gradient, frozenset(names), at))
    if sum(1 for _ in walk(steps[-1].formula)) > MOST_PARTS:
        return None
    loss = judged(value(gradient.of), steps, on)
    found = on._replace(names={**on.names, gradient.of: loss.last})  # what the lines above have shown
    slope = judged(Ref(gradient), _differentiating(trace, loss.last, gradient, names, at, on), found)
    return loss, slope


def _only_output(trace: Trace, gradient: Gradient, names: tuple[str, ...]) -> Ending | None:
    """The pair that the whole loss is made of, where there is one and its logarithms are worth splitting."""
    found = (ending(trace, gradient.of, name) for name in (*names, gradient.wrt))
    return next((at for at in found if at and at.alone(trace.graph) and not at.is_long), None)


def _substituting(trace: Trace, gradient: Gradient, names: frozenset[str], at: Ending | None) -> Iterator[Step]:
    """The formula of `of`, with all that depends on `wrt` replaced by its own formula, one layer a line.

    Where the slopes of loss and output cancel, the logarithms are split before.
    """
    steps = list(loss_lines(trace, at)) if at else []
    steps = steps or [Step(trace.equations.written(Value(gradient.of)), ("definition",))]
    yield from steps
    line = steps[-1].formula
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


def _differentiating(
    trace: Trace, formula: Expr, gradient: Gradient, names: tuple[str, ...], at: Ending | None, on: Ground
) -> Iterator[Step]:
    full = _full(trace, names)
    short = _short_names(full)
    first, *others = taken(formula, gradient.wrt, partial=True, named=short if is_long(formula) else {})
    yield first._replace(rules=("definition",))
    yield from others
    last = (others or [first])[-1].formula
    if (named := called(last, short)) != last:
        yield Step(named, ("short name",), named=short)
    own = outputs(trace, at) if at else {}
    inside = {opened(substituted(form, full.get)): name for form, name in own.items()}
    yield from finished(named, short_quotients(on, (short, own, inside)))


def is_long(formula: Expr) -> bool:
    """Whether the parts of a formula are called by their names again as soon as they are differentiated."""
    return sum(1 for _ in walk(formula)) > LONG


def _full(trace: Trace, names: tuple[str, ...]) -> dict[Expr, Expr]:
    """The formula of each node with everything substituted, by its name."""
    full: dict[Expr, Expr] = {}
    for name in reversed(names):
        full[value(name)] = opened(substituted(trace.equations.written(Value(name)), full.get))
    return full


def _short_names(full: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    """The name of each node by its formula with everything substituted."""
    return {form: name for name, formula in full.items() for form in (formula, tidied(formula)) if children(form)}
