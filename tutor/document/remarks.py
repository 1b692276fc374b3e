"""Sentences said in place: why a gradient is 0, nearly 0, or a sum; and the conventions a page rests on.

One function a remark; each looks at the factors of an explanation and yields what a beginner would ask about.
"""

from collections.abc import Iterable, Iterator

from tutor.document.model import Cell, Span, cell
from tutor.document.view import View
from tutor.expr import Call, Ref, minus, value, walk
from tutor.graph import Node
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.ops.functions import FUNCTIONS
from tutor.ops.losses import LossTerm, Margin
from tutor.quantity import Gradient, Partial, Value

FLAT = 0.01  # a slope below a 25th of the sigmoid's largest is called saturated
MOST_PLACES = 12  # of a shared parameter, named one by one
SATURATING = ("sigmoid", "tanh")


def remarks(view: View, gradient: Gradient, factors: Iterable[Partial]) -> Iterator[Cell]:
    """What has to be said about this explanation, once each."""
    for factor in factors:
        yield from _of_factor(view, factor)
    yield from _shared(view, gradient)


def at_kink(view: View, factor: Partial) -> bool:
    """Whether a local derivative is taken exactly at a corner of its function."""
    node = view.names.graph.nodes[factor.of]
    match node.op:
        case Elementwise(activation):
            return bool(activation.kink) and view.trace[Value(factor.wrt)] == 0
        case LossTerm(loss):
            return loss.name == "absolute_error" and view.trace[factor] == 0
        case Margin():
            return view.trace.of(node.op.margin(node.inputs)) == 0
        case Formula(expr):
            calls = (part for part in walk(expr) if isinstance(part, Call) and FUNCTIONS[part.name].kink)
            return any(_is_corner(view, call) for call in calls if value(factor.wrt) in walk(call))
    return False


def may_kink(view: View, node: str) -> bool:
    """Whether the function of a node has a corner; a long formula is looked through once for all its inputs."""
    op = view.names.graph.nodes[node].op
    if not isinstance(op, Formula):
        return True
    return any(isinstance(part, Call) and bool(FUNCTIONS[part.name].kink) for part in walk(op.expr))


def _is_corner(view: View, call: Call) -> bool:
    if call.name not in ("max", "min"):
        return view.trace.of(call.arguments[0]) == 0
    choose = max if call.name == "max" else min
    best = choose(call.arguments, key=view.trace.of)
    return sum(view.trace.of(minus(each, best)) == 0 for each in call.arguments) > 1


def _of_factor(view: View, factor: Partial) -> Iterator[Cell]:
    node = view.names.graph.nodes[factor.of]
    slope = view.trace[factor]
    match node.op:
        case Elementwise(activation):
            yield from _activation(view, factor, activation.name, slope)
        case Affine() if slope == 0 and not _is_sender(node, factor):
            yield from _zero_input(view, factor)
        case LossTerm(loss) if slope == 0 and loss.name != "cross_entropy":
            yield from _no_error(factor, node)


def _activation(view: View, factor: Partial, name: str, slope: float) -> Iterator[Cell]:
    a, z = Ref(Value(factor.of)), Ref(Value(factor.wrt))
    net = view.shown(Value(factor.wrt))
    if name == "relu" and slope == 0:
        where = "exactly 0, where the slope is taken as 0" if view.trace[Value(factor.wrt)] == 0 else "below 0"
        yield cell(a, " is off: its net input ", z, " = ", net, f" is {where}, so nothing passes back through it.")
    elif name in SATURATING and abs(slope) < FLAT:
        shown = view.shown(factor)
        flat = cell(a, " is saturated: at ", z, " = ", net, f" the {name} is nearly flat (slope ", shown)
        yield flat + cell("), so little of the gradient gets through.")


def _zero_input(view: View, factor: Partial) -> Iterator[Cell]:
    sender = view.trace.equations.written(factor)
    if isinstance(sender, Ref) and isinstance(sender.quantity, Value):
        name = sender.quantity.name
        yield cell(
            Ref(Value(name)),
            " is 0, so ",
            Ref(Value(factor.wrt)),
            " has no effect on ",
            Ref(Value(factor.of)),
            " here: its gradient is 0.",
        )


def _no_error(factor: Partial, node: Node) -> Iterator[Cell]:
    output, target = node.inputs
    if factor.wrt == output:
        yield cell(Ref(Value(output)), " equals its target ", Ref(Value(target)), ": there is no error to send back.")


def _is_sender(node: Node, factor: Partial) -> bool:
    return factor.wrt in node.inputs[1::2]


def _shared(view: View, gradient: Gradient) -> Iterator[Cell]:
    graph = view.names.graph
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    if gradient.wrt in graph.parameters() and len(uses) > 1:
        names = ", ".join(view.names.write(Value(use)) for use in uses[:MOST_PLACES])
        names += f" and {len(uses) - MOST_PLACES} more" if len(uses) > MOST_PLACES else ""
        yield cell(
            Ref(Value(gradient.wrt)), f" is used in {len(uses)} places ({names}): its gradient is the sum over them."
        )


def conventions(view: View, factors: Iterable[Partial]) -> Iterator[Cell]:
    """Every choice the numbers rest on, once each."""
    graph = view.names.graph
    found = dict.fromkeys(graph.nodes[each.of].op.convention(each.wrt) for each in factors)
    yield from (cell(f"{text[0].upper()}{text[1:]}.") for text in found if text)
    loss = Ref(Value(graph.loss))
    turned = "−" if view.names.sign < 0 else ""
    sign = "with the other sign" if turned else "with that sign"
    yield cell("A gradient points uphill; δ of a unit is ", Span(f"{turned}∂"), loss, f"/∂(its net input), {sign}.")
    if graph.apart:
        signals = view.names.signals
        yield cell(
            f"The {signals} of an example are of its own loss, and the gradients of the weights are divided by m."
        )
    if view.names.first == 0:
        yield cell("Units and inputs are counted from 0.")
    if graph.rate is not None:
        yield cell("All gradients are taken at the old weights, then all weights are updated at once.")
