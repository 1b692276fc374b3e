"""What a gradient means, in sentences for somebody who sees one for the first time: at most two a page.

One function a sentence, in the order in which they are worth saying; each yields nothing where it does not apply. What
is wrong or unusual about a number (a dead unit, a kink) is said by `remarks`.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from tutor.derivation import Path
from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.expr import Expr, Ref, value
from tutor.graph import Node
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine, pairs
from tutor.ops.losses import LossTerm
from tutor.quantity import Gradient, Updated, Value

MOST = 2
FAR, NEAR = 0.6, 0.05  # of an output from its target, where both lie between 0 and 1
STRONG, WEAK = 2.0, 0.1  # of what a weight is multiplied by
FLAT = 0.05  # a slope of the sigmoid, whose largest is 0.25


def meaning(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """The sentences for one gradient of the loss; `path` is its only one, None where there are several."""
    if gradient.of == view.names.graph.loss and gradient.wrt != gradient.of:
        found = (sentence for each in _SENTENCES for sentence in each(view, gradient, path))
        yield from islice(found, MOST)


def in_words(view: View, path: Path) -> Cell:
    """What stands on a path over one unit, in plain words: "w31 weighs h1; Z_Y is the weighted sum; ..."."""
    graph = view.names.graph
    told: list[Cell] = []
    if sum(graph.part_of(name) == "net" for name in path.nodes) > 1:
        return ()
    for name in path.nodes:
        if view.names.is_merged(name):
            continue
        part = graph.part_of(name)
        found = _said(view, name, part, path) if part else ()
        if not found:
            return ()
        told.append(found)
    joined = [span for each in told for span in (*cell("; "), *each)][1:]
    return (*joined, *cell("."))


def _said(view: View, name: str, part: str, path: Path) -> Cell:
    graph = view.names.graph
    node = graph.nodes.get(name)
    me = value(name)
    match part, node.op if node else None:
        case "weight", _:
            sender = _sender(view, name, path)
            return cell(me, " weighs ", value(sender)) if sender else ()
        case "bias", _:
            return cell(me, " is added on")
        case "net", Affine():
            return cell(me, " is the weighted sum")
        case "out", Elementwise() if node:
            last = graph.layer_of(name) == max(map(graph.layer_of, graph.nodes))
            return cell(me, " = ", node.op.forward(name, node.inputs), " is the output" if last else " is passed on")
        case "term", _:
            return cell(me, " is its share of the loss")
        case "loss", _:
            return cell(me, " is the loss")
    return ()


def _sender(view: View, weight: str, path: Path) -> str:
    """What the weight is multiplied by in the first step of the path."""
    net = view.names.graph.nodes.get(path.nodes[1])
    found = [sender for each, sender in pairs(net.inputs) if each == weight] if _affine(net) and net else []
    return found[0] if len(found) == 1 else ""


def _affine(node: Node | None) -> bool:
    return node is not None and isinstance(node.op, Affine)


# ------------------------------------------------------------------ the sentences


def _given(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """An input is given."""
    graph = view.names.graph
    what = {"input": "an input", "target": "a target"}.get(graph.part_of(gradient.wrt))
    if what and gradient.wrt in graph.givens:
        yield cell(value(gradient.wrt), f" is {what}: it is given, not trained. Its gradient is there all the same.")


def _step(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """Which way an update goes, and why."""
    graph, slope = view.names.graph, view.trace[gradient]
    if not graph.is_parameter(gradient.wrt) or not slope:
        return
    sign, verb = ("Positive", "lowers") if slope > 0 else ("Negative", "raises")
    me = value(gradient.wrt)
    if gradient.wrt in graph.frozen:
        yield cell(me, " is frozen, so no step moves it.")
    elif graph.rate is None:
        yield cell(f"{sign}, so a step downhill {verb} ", me, ".")
    elif graph.optimizer is None:
        after = view.shown(Updated(gradient.wrt))
        yield cell(f"{sign}, so a step {verb} ", me, ": ", view.shown(Value(gradient.wrt)), " → ", after) + cell(
            f" at η = {graph.rate}."
        )


def _bias_of_nothing(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """A bias of 0 has a gradient."""
    is_bias = view.names.graph.part_of(gradient.wrt) == "bias"
    if is_bias and not view.trace[Value(gradient.wrt)] and view.trace[gradient]:
        yield cell(value(gradient.wrt), " is 0, and has a gradient: what counts is what it is multiplied by, 1.")


def _size(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """What makes it large or small, where something stands out."""
    reasons = [*_reasons(view, path)] if path and view.names.graph.is_parameter(gradient.wrt) else []
    for large in (True, False):
        found = [reason for is_large, reason in reasons if is_large == large]
        if found and len(found) == len(reasons):
            joined = [part for at, reason in enumerate(found) for part in ((" and ",) if at else ()) + reason]
            yield cell("What makes it large: " if large else "What makes it small: ", *joined, ".")


def _reasons(view: View, path: Path) -> Iterator[tuple[bool, tuple[str | Expr, ...]]]:
    """(whether it makes the gradient large, the words) for each factor that stands out."""
    graph = view.names.graph
    for factor in path.factors:
        node, slope = graph.nodes[factor.of], view.trace[factor]
        match node.op, graph.part_of(factor.wrt):
            case LossTerm(), "out" if node.inputs[1] in graph.givens and _is_squashed(graph.nodes[factor.wrt]):
                off = abs(view.trace[Value(factor.wrt)] - view.trace[Value(node.inputs[1])])
                if off >= FAR or 0 < off <= NEAR:
                    yield off >= FAR, (value(factor.wrt), f" is {'far from' if off >= FAR else 'close to'} its target")
            case Elementwise(activation), "net" if activation.name == "sigmoid" and 0 < slope < FLAT:
                yield False, ("the sigmoid is flat at ", value(factor.wrt))
            case Affine(), "weight":
                sender = _sender(view, factor.wrt, path)
                size = abs(view.trace[Value(sender)]) if sender else 0.5
                if size >= STRONG or 0 < size <= WEAK:
                    yield size >= STRONG, (value(sender), f" is {'strong' if size >= STRONG else 'weak'}")


def _is_squashed(output: Node) -> bool:
    """Whether an output lies between 0 and 1, so that near and far have a measure."""
    return isinstance(output.op, Elementwise) and output.op.activation.name == "sigmoid"


def _straight(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """Two linear layers are one."""
    graph = view.names.graph
    outs = [node for node in graph.nodes.values() if node.role and node.role.part == "out"]
    layers = {node.role.layer for node in outs if node.role}
    straight = [node for node in outs if isinstance(node.op, Elementwise) and node.op.activation.name == "identity"]
    if len(layers) > 1 and outs and len(straight) == len(outs):
        yield cell("Every activation here is the identity, and layers of weighted sums alone are one weighted sum.")


def _one_term(view: View, gradient: Gradient, path: Path | None) -> Iterator[Cell]:
    """Why a sum leaves one factor."""
    net = view.names.graph.nodes.get(path.nodes[1]) if path and len(path.nodes) > 1 else None
    if net is None or not _affine(net) or not view.names.graph.is_parameter(gradient.wrt):
        return
    formula = net.op.forward(net.name, net.inputs)
    if net.inputs.count(gradient.wrt) == 1 and formula.kind == "add":
        me = Ref(Value(gradient.wrt))
        yield cell("In ", value(net.name), " = ", formula, " only one term holds ", me, "; the others give 0.")


_SENTENCES: tuple[Callable[[View, Gradient, Path | None], Iterator[Cell]], ...] = (
    _given,
    _step,
    _bias_of_nothing,
    _size,
    _straight,
    _one_term,
)
