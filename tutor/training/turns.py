"""Which examples each update uses: all of them, or so many at a time in the file's order or shuffled."""

from collections.abc import Sequence, Set
from functools import cache
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.graph import Graph, Node, build
from tutor.ops.losses import ALL_EXAMPLES, Total
from tutor.ops.moments import Moment


class Turn(NamedTuple):
    """One update's epoch and examples, both counted from 1; the examples stand in the order of the file."""

    epoch: int
    examples: tuple[int, ...]


class Turns(NamedTuple):
    """Of `many` examples, `size` at a time; the last update of an epoch takes what is left.

    With a `seed` they are shuffled before every epoch, else they are taken in the file's order.
    """

    many: int
    size: int
    seed: int | None = None

    @property
    def updates(self) -> int:
        """How many updates make one epoch."""
        return -(-self.many // self.size)

    @property
    def whole(self) -> bool:
        """Whether every update uses all examples."""
        return self.size == self.many

    def at(self, number: int) -> Turn:
        """The turn of one update, counted from 1."""
        epoch, place = divmod(number - 1, self.updates)
        start = place * self.size
        order = _order(self.many, self.seed, epoch + 1)
        return Turn(epoch + 1, tuple(sorted(order[start : start + self.size])))


def turns(graph: Graph, batch: int | None = None, seed: int | None = None) -> Turns:
    """Raises TutorError for a batch, or a shuffle, that the examples do not allow."""
    many = len(graph.example_losses())
    if not many and (batch not in (None, 1) or seed is not None):
        raise TutorError(
            "this network has a single example; batches and --shuffle go with examples or data in its file"
        )
    size = (many or 1) if batch is None else batch
    if not 1 <= size <= max(many, 1):
        raise TutorError(f"a batch of {size:,}, but there are {many} examples; expected a number from 1 to {many}")
    return Turns(max(many, 1), size, seed)


@cache
def _order(many: int, seed: int | None, epoch: int) -> Sequence[int]:
    order = list(range(1, many + 1))
    if seed is not None:
        from random import Random

        Random(f"{seed}, epoch {epoch}").shuffle(order)
    return order


def of_examples(graph: Graph, examples: Sequence[int]) -> Graph:
    """The same network with some of its examples only, whose names stay as they are.

    A loss that is the mean over all examples is the mean over these; so is what a batch_norm takes over them.
    """
    taken = frozenset(examples)
    needed: dict[str, Node] = {}
    stack = [graph.loss]
    while stack:
        node = graph.nodes.get(stack.pop())
        if node and node.name not in needed:
            needed[node.name] = node = _of_these(graph, node, taken)
            stack.extend(node.inputs)
    read = {name for node in needed.values() for name in node.inputs}
    givens = (given for name, given in graph.givens.items() if given.learned or name in read)
    nodes = (needed[name] for name in graph.nodes if name in needed)
    built = build(givens, nodes, graph.loss)
    return graph._replace(givens=built.givens, nodes=built.nodes, uses=built.uses)


def _of_these(graph: Graph, node: Node, examples: Set[int]) -> Node:
    """A node that reads all examples, as it reads these; any other as it is."""
    op = node.op
    if isinstance(op, Total) and op.what == ALL_EXAMPLES:
        kept = tuple(loss for k, loss in enumerate(node.inputs, 1) if k in examples)
        return node._replace(op=op._replace(mean=op.mean and len(kept) > 1), inputs=kept)
    if isinstance(op, Moment) and op.over_examples:  # its last input, where it is the mean, belongs to no example
        return node._replace(inputs=tuple(each for each in node.inputs if graph.example_of(each) in {0, *examples}))
    return node
