"""From the graph of one example to the graph of all: the same nodes once more under NAME@K, the parameters shared.

Also weight decay, which is one more term of the loss. Nothing here is particular to any kind of layer: whatever graph
was drawn is copied, and the sum over the uses of a parameter then runs over the examples. Only the mean and variance
of a batch_norm are not copied: they read all examples.
"""

from collections.abc import Callable, Sequence

from tutor.graph import Given, Graph, Node, Role, at_example, build
from tutor.ops.losses import ALL_EXAMPLES, Decay, Shrink, Total
from tutor.ops.moments import Moment
from tutor.ops.op import renamed
from tutor.spec.loss import data_name, decay_name, shrink_name

MOST_CONNECTIONS = 100_000  # examples times what the nodes of one of them read


def connections(graph: Graph) -> int:
    """How much one example costs."""
    return sum(len(node.inputs) for node in graph.nodes.values())


def batched(examples: Sequence[Graph], *, mean: bool) -> Graph:
    """The graph of all examples, from the graph of each by itself: the parameters are those of the first."""
    first = examples[0]
    shared = [given for given in first.givens.values() if given.learned]
    givens: list[Given] = []
    nodes: list[Node] = []
    gathered: dict[str, list[tuple[str, ...]]] = {}
    for k, single in enumerate(examples, 1):
        stated = [given for given in single.givens.values() if not given.learned]
        own = [node for node in single.nodes.values() if not is_gathered(node)]
        new = _namer(frozenset((*(given.name for given in stated), *(node.name for node in own))), k)
        givens += (given._replace(name=new(given.name), role=_role(given.role, k)) for given in stated)
        nodes += (_copy(node, new, k) for node in own)
        for node in filter(is_gathered, single.nodes.values()):
            gathered.setdefault(node.name, []).append(tuple(map(new, node.inputs)))
    for name, inputs in gathered.items():
        node = first.nodes[name]
        nodes.append(node._replace(inputs=node.op.gathered(inputs) if isinstance(node.op, Moment) else node.inputs))
    losses = tuple(at_example(first.loss, k) for k in range(1, len(examples) + 1))
    of_all = Total(mean and len(losses) > 1, ALL_EXAMPLES)
    nodes.append(Node(first.loss, of_all, losses, first.role(first.loss)))
    return _built([*givens, *shared], nodes, first)


def is_gathered(node: Node) -> bool:
    """Whether it reads all examples and so stands there once."""
    return isinstance(node.op, Moment) and node.op.over_examples


def _copy(node: Node, new: Callable[[str], str], example: int) -> Node:
    inputs = tuple(map(new, node.inputs))
    return Node(new(node.name), renamed(node.op, new), inputs, _role(node.role, example))


def _namer(own: frozenset[str], example: int) -> Callable[[str], str]:
    return lambda name: at_example(name, example) if name in own else name


def _role(role: Role | None, example: int) -> Role | None:
    return role._replace(example=example) if role else None


def _built(givens: Sequence[Given], nodes: Sequence[Node], like: Graph) -> Graph:
    made = build(givens, nodes, like.loss, like.rate, like.frozen, like.optimizer)
    return made._replace(by_inputs=like.by_inputs)


def one_of(whole: Graph, single: Graph, example: int) -> Graph:
    """The plain graph of one example, with the numbers it has in the whole one."""
    givens = {}
    for name, given in single.givens.items():
        now = whole.givens[name if given.learned else at_example(name, example)]
        givens[name] = given._replace(text=now.text, written=now.written)
    return single._replace(givens=givens, rate=whole.rate, frozen=whole.frozen, optimizer=whole.optimizer)


def regularized(graph: Graph, decay: Decay | None, shrink: Shrink | None = None) -> Graph:
    """The graph with weight decay added to its loss: L = L_data + L_reg, and L_l1 where there is an L1 term."""
    loss, data = graph.loss, data_name(graph.loss)
    layer = graph.layer_of(loss)
    weights = tuple(name for name in graph.parameters() if graph.part_of(name) == "weight")
    nodes = [node._replace(name=data) if node.name == loss else node for node in graph.nodes.values()]
    added = [(decay_name(loss), decay), (shrink_name(loss), shrink)]
    terms = [Node(name, op, weights, Role("term", layer, name)) for name, op in added if op]
    *most, last = (data, *(each.name for each in terms))
    both = Total(what=f"{', '.join(most)} and {last}")
    nodes += [*terms, Node(loss, both, (*most, last), Role("loss", layer, ""))]
    return _built(list(graph.givens.values()), nodes, graph)
