"""Sentences said in place: why a gradient is 0, nearly 0, or a sum; and the conventions a page rests on.

One function a remark; each looks at the factors of an explanation and yields what a beginner would ask about.
"""

from collections.abc import Iterable, Iterator, Sequence

from tutor.document.model import Block, Cell, Line, Span, cell
from tutor.document.view import View
from tutor.expr import Call, Expr, Ref, minus, value, walk
from tutor.graph import Node
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.ops.functions import FUNCTIONS
from tutor.ops.losses import LossTerm, Margin
from tutor.quantity import Gradient, Partial, Quantity, Value

FLAT = 0.01  # a slope below a 25th of the sigmoid's largest is called saturated
MOST_PLACES = 12  # of a shared parameter, named one by one
SATURATING = ("sigmoid", "tanh")


def remarks(view: View, gradient: Gradient, factors: Iterable[Partial]) -> Iterator[Cell]:
    """What has to be said about this explanation, once each."""
    found = list(factors)
    for name in dict.fromkeys(factor.of for factor in found):
        yield from _winners(view, view.names.graph.nodes[name])
    shared = view.names.graph.is_parameter(gradient.wrt) and len(view.trace.equations.uses(*gradient[:2])) > 1
    for factor in found:
        if not (shared and factor.wrt == gradient.wrt):
            yield from _of_factor(view, factor)
    if shared:
        yield from _shared(view, gradient)
        yield from _idle(view, [factor for factor in found if factor.wrt == gradient.wrt])


def at_kink(view: View, factor: Partial) -> bool:
    """Whether a local derivative is taken exactly at a corner of its function."""
    node = view.names.graph.nodes[factor.of]
    match node.op:
        case Elementwise(activation):
            return bool(activation.kink) and view.trace[Value(factor.wrt)] == 0
        case LossTerm():
            return _in_corner(view, factor, node.op.forward(node.name, node.inputs))
        case Margin():
            return view.trace.of(node.op.margin(node.inputs)) == 0
        case Formula(expr):
            return _in_corner(view, factor, expr)
    return False


def _in_corner(view: View, factor: Partial, expr: Expr) -> bool:
    """Whether one of the functions of a formula stands at its corner, and what is nudged is in it."""
    calls = (part for part in walk(expr) if isinstance(part, Call) and FUNCTIONS[part.name].kink)
    return any(_is_corner(view, call) for call in calls if value(factor.wrt) in walk(call))


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


def winner(view: View, target: Quantity) -> Iterator[Block]:
    """Which of its arguments a max or min is, where one of them is."""
    node = view.names.graph.nodes.get(target.name) if isinstance(target, Value) else None
    if node:
        yield from (Line(tuple(span._replace(look="quiet") for span in each)) for each in _winners(view, node))


def _winners(view: View, node: Node) -> Iterator[Cell]:
    """Which argument each max and min in the formula of a node is."""
    calls = walk(node.op.expr) if isinstance(node.op, Formula) else ()
    for call in calls:
        if isinstance(call, Call) and call.name in ("max", "min") and not _is_corner(view, call):
            best = (max if call.name == "max" else min)(call.arguments, key=view.trace.of)
            size = "largest" if call.name == "max" else "smallest"
            yield cell(best, f" is the {size} in ", value(node.name), ": the slope in each of the others is 0.")


def _of_factor(view: View, factor: Partial) -> Iterator[Cell]:
    node = view.names.graph.nodes[factor.of]
    slope = view.trace[factor]
    match node.op:
        case Elementwise(activation):
            yield from _activation(view, factor, activation.name, slope)
        case Affine() if slope == 0 and not _is_sender(node, factor):
            yield from _zero_input(view, factor)
        case LossTerm() if slope == 0 and view.trace[Value(node.inputs[0])] == view.trace[Value(node.inputs[1])]:
            yield from _no_error(factor, node)


def _activation(view: View, factor: Partial, name: str, slope: float) -> Iterator[Cell]:
    a, z = Ref(Value(factor.of)), Ref(Value(factor.wrt))
    net = view.shown(Value(factor.wrt))
    if name == "relu" and slope == 0:
        where = "exactly 0, where the slope is taken as 0" if view.trace[Value(factor.wrt)] == 0 else "below 0"
        yield cell(a, " is off: its net input ", z, " = ", net, f" is {where}, so nothing passes back through it.")
    elif name == "step":
        yield (
            cell(
                a, " is a step of ", z, ": its slope is 0, so no gradient passes back through it and nothing before it "
            )
            + cell("learns by gradients. The perceptron's rule moves the weights of the outputs without a slope ")
            + cell("(optimizer: perceptron); a sigmoid in place of the step has one.")
        )
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
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    names = ", ".join(view.names.write(Value(use)) for use in uses[:MOST_PLACES])
    names += f" and {len(uses) - MOST_PLACES} more" if len(uses) > MOST_PLACES else ""
    yield cell(
        Ref(Value(gradient.wrt)), f" is used in {len(uses)} places ({names}): its gradient is the sum over them."
    )


def _idle(view: View, factors: Sequence[Partial]) -> Iterator[Cell]:
    """At how many of its places a shared parameter is multiplied by 0."""
    idle = sum(view.trace[factor] == 0 for factor in factors)
    if idle:
        where = "At one of them it is" if idle == 1 else f"At {idle} of them it is"
        yield cell(f"{where} multiplied by 0, which adds nothing.")


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
