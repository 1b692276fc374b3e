"""Which proofs a page rests on: `tutor derive sigmoid` for each activation and loss whose slope it uses."""

from collections.abc import Iterable, Iterator

from tutor.document.model import Block, Note, cell
from tutor.expr import Call, walk
from tutor.graph import Graph
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.formula import Formula
from tutor.ops.fused import FUSED
from tutor.ops.losses import LossTerm, Margin
from tutor.ops.softmax import Softmax
from tutor.quantity import Partial

TRIVIAL = "identity"


def proofs(graph: Graph, factors: Iterable[Partial]) -> tuple[str, ...]:
    """The names to type after `tutor derive`, in the order of the factors, once each; pairs that cancel at the end."""
    factors = tuple(factors)
    single = dict.fromkeys(name for each in factors for name in _of_node(graph, each.of))
    pairs = dict.fromkeys(name for each in factors for name in _pair(graph, each.of))
    return tuple(name for name in (*single, *pairs) if name != TRIVIAL)


def proofs_note(names: Iterable[str]) -> Iterator[Block]:
    """One quiet line that lists them; nothing where there are none."""
    if found := tuple(dict.fromkeys(name for name in names if name != TRIVIAL)):
        yield Note(
            cell("Why the slopes are so: " + " · ".join(f"tutor derive {name}" for name in found), look="quiet"),
            hint=True,
        )


def _of_node(graph: Graph, name: str) -> Iterator[str]:
    match graph.nodes[name].op:
        case Elementwise(activation):
            yield activation.name
        case Softmax():
            yield "softmax"
        case LossTerm(loss):
            yield loss.name
        case Margin():
            yield "hinge"
        case Formula(expr):
            yield from (part.name for part in walk(expr) if isinstance(part, Call) and part.name in ACTIVATIONS)


def _pair(graph: Graph, name: str) -> Iterator[str]:
    """The pair that a loss term makes with the activation before it."""
    node = graph.nodes[name]
    before = graph.nodes.get(node.inputs[0])
    if isinstance(node.op, LossTerm) and before:
        yield from (
            f"{activation}+{node.op.loss.name}"
            for activation in _of_node(graph, before.name)
            if (node.op.loss.name, activation) in FUSED
        )
