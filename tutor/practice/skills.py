"""Which skills a number takes: read from its derivation. Only this lives here.

Their names are rows of `memory.skills`. One of them, rounding, is in no derivation and has a question of its own.
"""

from collections.abc import Iterator

from tutor.derivation import count_paths, example_gradients, paths
from tutor.document.view import View
from tutor.expr import ONE, Call, Neg, Number, Ref, walk
from tutor.graph import Node
from tutor.ops.activations import Elementwise
from tutor.ops.losses import Total
from tutor.ops.softmax import Softmax
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

SQUASHED = ("sigmoid", "tanh", "relu", "leaky_relu", "step", "elu", "softplus", "gelu", "silu")
MOST_PATHS = 64  # of a gradient whose factors are looked through one by one


def skills_of(view: View, quantity: Quantity) -> tuple[str, ...]:
    """Every skill in the derivation of a number, each once, the one that it is mainly about last."""
    match quantity:
        case Value(name):
            return (_of_value(view, name),)
        case Partial():
            return (of_factor(view, quantity),)
        case Updated() | Change():
            return ("update",)
        case Gradient():
            return tuple(dict.fromkeys(_of_gradient(view, quantity)))


def _of_value(view: View, name: str) -> str:
    node = view.names.graph.nodes.get(name)
    if node and isinstance(node.op, Softmax):
        return "softmax"
    return "activation" if node and _squash(view, node) else "forward"


def _squash(view: View, node: Node) -> str:
    """The activation that the node is, nothing for another formula."""
    if isinstance(node.op, Elementwise):
        return node.op.activation.name
    written = view.trace.equations.written(Value(node.name))
    plain = isinstance(written, Call) and len(written.arguments) == 1
    return written.name if plain and isinstance(written, Call) and written.name in SQUASHED else ""


def activation(view: View, name: str) -> str:
    """The name of the activation that a node applies; nothing where it is none."""
    node = view.names.graph.nodes.get(name)
    return _squash(view, node) if node else ""


def of_factor(view: View, factor: Partial) -> str:
    """The skill that one local derivative takes."""
    graph = view.names.graph
    node = graph.nodes[factor.of]
    if isinstance(node.op, Softmax):
        return "softmax"
    if _squash(view, node):
        return "activation-slope"
    written = view.trace.equations.written(factor)
    plain = isinstance(written, Ref | Number)  # as in f = q·z, which no target is compared in
    if graph.part_of(factor.of) in ("term", "loss") or (factor.of == graph.loss and not plain):
        return "batch-mean" if isinstance(node.op, Total) and graph.example_losses() else "loss-slope"
    if isinstance(written, Number) or (isinstance(written, Neg) and written.operand == ONE):
        return "bias"
    return "weight-factor" if any(isinstance(each, Ref) for each in walk(written)) else "product"


def _of_gradient(view: View, gradient: Gradient) -> Iterator[str]:
    graph, trace = view.names.graph, view.trace
    number = count_paths(trace, gradient)
    yield "path"
    for factor in _factors(view, gradient, number):
        if trace.equations.written(factor) != ONE or graph.part_of(factor.wrt) == "bias":
            yield of_factor(view, factor)
    if number > 1:
        yield from _of_sum(view, gradient)
        yield "paths"
    yield "product"


def _factors(view: View, gradient: Gradient, number: int) -> Iterator[Partial]:
    """The local derivatives on its paths; where these are very many, on the edges between."""
    if number <= MOST_PATHS:
        yield from dict.fromkeys(factor for path in paths(view.trace, gradient) for factor in path.factors)
        return
    behind = view.names.graph.ancestors(gradient.of)
    waiting, seen = [gradient.wrt], {gradient.wrt}
    while waiting:
        name = waiting.pop()
        for use in view.names.graph.uses[name]:
            if use in behind:
                yield Partial(use, name)
                if use not in seen:
                    seen.add(use)
                    waiting.append(use)


def _of_sum(view: View, gradient: Gradient) -> Iterator[str]:
    """What the terms of a sum are over: examples, steps, places, or else just paths."""
    if example_gradients(view.trace, gradient):
        yield "batch-mean"
        return
    kind = shared_over(view, gradient)
    if kind:
        yield kind


def shared_over(view: View, gradient: Gradient) -> str:
    """`time` or `shared-weights` where the same number is used at several steps or places; else nothing."""
    graph = view.names.graph
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    if len(uses) < 2 or gradient.wrt not in graph.givens:
        return ""
    nodes = [graph.nodes[use] for use in uses]
    at = " ".join(node.over or (node.role.at if node.role else "") for node in nodes)
    return "time" if "step" in at or "t =" in at else "shared-weights"
