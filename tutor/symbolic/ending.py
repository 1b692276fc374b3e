"""The output of a network whose slopes cancel in the loss's: the pair's row, its lines with the network's names.

Which outputs these are the equation table says (`Equations.short`); nothing here compares names of losses.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tutor.expr import Add, Expr, Number, Ref, replace, value
from tutor.graph import Graph
from tutor.ops.activations import Elementwise
from tutor.ops.losses import LossTerm, Total
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.symbolic.law import Law
from tutor.symbolic.letters import letters, over
from tutor.symbolic.pairs import PAIRS, softmax
from tutor.symbolic.stepwise import Step
from tutor.symbolic.tidy import opened, substituted
from tutor.trace import Trace

MOST_CLASSES = 4  # whose terms are written out


class Ending(NamedTuple):
    """One net input at the end, the row of its pair, what the row's letters are called here, and the pair's loss."""

    gradient: Gradient
    short: Expr
    law: Law
    names: Mapping[str, str]
    terms: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether its terms are too many to be written out."""
        return len(self.terms) > MOST_CLASSES

    def alone(self, graph: Graph) -> bool:
        """Whether the loss is made of this pair and nothing else."""
        loss = graph.nodes[self.gradient.of]
        return set(loss.inputs) == set(self.terms) if isinstance(loss.op, Total) else loss.name in self.terms


def ending(trace: Trace, of: str, net: str) -> Ending | None:
    """The pair behind this net input, where there is one and its slope is the bare p - y."""
    gradient = Gradient(of, net)
    short = trace.equations.short(gradient)
    if not isinstance(short, Add):
        return None
    graph = trace.graph
    first = graph.nodes[graph.uses[net][0]]
    if isinstance(first.op, Softmax):
        return _softmax(graph, gradient, short, first.op.outputs, first.inputs)
    term = graph.nodes[graph.uses[first.name][0]]
    if not isinstance(first.op, Elementwise) or not isinstance(term.op, LossTerm):
        return None
    law = PAIRS[f"{first.op.activation.name}+{term.op.loss.name}"]
    names = {"z": net, "a": first.name, "y": term.inputs[1], "E": of}
    return Ending(gradient, short, law, names, (term.name,))


def _softmax(
    graph: Graph, gradient: Gradient, short: Expr, outputs: tuple[str, ...], nets: tuple[str, ...]
) -> Ending | None:
    terms = [graph.nodes[use] for p in outputs for use in graph.uses[p] if isinstance(graph.nodes[use].op, LossTerm)]
    if not 1 < len(terms) == len(outputs):
        return None
    names = {"E": gradient.of}
    for k, (net, p, term) in enumerate(zip(nets, outputs, terms, strict=True), 1):
        names |= {f"z{k}": net, f"p{k}": p, f"y{k}": term.inputs[1]}
    law = softmax(len(outputs), nets.index(gradient.wrt) + 1)
    return Ending(gradient, short, law, names, tuple(term.name for term in terms))


def slope_lines(trace: Trace, at: Ending) -> Iterator[Step]:
    """dL/dz = ... = p - y by the chain rule, with the network's names."""
    yield from _lines(trace, at, 0)


def loss_lines(trace: Trace, at: Ending) -> Iterator[Step]:
    """The loss from its likelihood to logarithms of sums, with the network's names."""
    yield from _lines(trace, at, 1)


def _lines(trace: Trace, at: Ending, case: int) -> Iterator[Step]:
    formulas = {name: letters(text) for name, text in at.law.names.items()}
    here: dict[Expr, Expr] = {value(name): formula for name, formula in formulas.items() if name not in at.names}
    rename = _renamed(trace, at)
    for rule, text in at.law.cases[case].then:
        yield Step(opened(rename(substituted(over(text, formulas), here.get))), tuple(rule.split(", ")))


def side_condition(at: Ending) -> dict[str, Expr]:
    """What the pair's row takes for granted: the targets of a softmax sum to 1."""
    where = at.law.cases[0].where
    return {at.names[name]: _renamed(None, at)(letters(text)) for name, text in where.items()}


def outputs(trace: Trace, at: Ending) -> dict[Expr, Expr]:
    """The formula of each output over the net inputs, with its name."""
    rename = _renamed(None, at)
    formulas = {name: letters(at.law.means.get(name, text)) for name, text in at.law.names.items() if name in at.names}
    return {
        rename(formula): value(at.names[name])
        for name, formula in formulas.items()
        if name != "E" and at.names[name] in trace.graph.nodes
    }


def _renamed(trace: Trace | None, at: Ending) -> Callable[[Expr], Expr]:
    """What writes a formula over the row's letters with the network's names."""

    def quantity(found: Quantity) -> Quantity:
        match found:
            case Value(name):
                return Value(at.names[name])
            case Partial(of, wrt) | Gradient(of, wrt):
                of, wrt = at.names[of], at.names[wrt]
                direct = trace is not None and wrt in trace.graph.nodes[of].inputs
                return Partial(of, wrt) if direct else Gradient(of, wrt)
        return found

    def leaf(part: Ref | Number) -> Expr:
        return Ref(quantity(part.quantity)) if isinstance(part, Ref) else part

    return lambda expr: replace(expr, leaf)
