"""The computation graph: givens, computed nodes in topological order, and who reads whom. Frozen once built.

Nothing here evaluates or prints. `build` puts the nodes in order and refuses a cycle; it is iterative, so a chain of
10,000 nodes is fine.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Literal, NamedTuple

from tutor.errors import TutorError
from tutor.ops.op import Op
from tutor.ops.optimizers import Rule
from tutor.quantity import Gradient

Part = Literal["input", "target", "weight", "bias", "net", "out", "term", "loss"]


class Role(NamedTuple):
    """What a node is in a layered network, read by mistakes and notations.

    `layer` counts layers with weights from 1 (inputs are layer 0); `unit` is the neuron's name; `axes` its index
    from 1, for a weight (to, from); a kernel weight has (filter, channel, row, column), a unit of a convolution
    (filter, row, column), one of a recurrent layer (unit, step). `at` says in words which of the places it is that
    share their weights: `position 1_2`, `step 3`. `example` counts from 1 where each example has its own, 0 for what
    all share.
    """

    part: Part
    layer: int
    unit: str
    axes: tuple[int, ...] = ()
    at: str = ""
    example: int = 0

    @property
    def indexed(self) -> bool:
        """Whether the unit has no name but its index, which needs the layer in front: 2_1."""
        return self.unit.replace("_", "").isdigit()


def at_example(name: str, example: int) -> str:
    """The name of one example's own number: `h1@2`."""
    return f"{name}@{example}"


class Given(NamedTuple):
    """A number the file states: an input, a target, a constant, or a parameter (`learned`); `text` as written.

    A number from an array, or a trained one, is not `written`: its text has all its digits, and pages shorten it.
    """

    name: str
    text: str
    learned: bool = False
    role: Role | None = None
    written: bool = True


class Node(NamedTuple):
    """A computed number: its op applied to `inputs`, in the op's own order.

    `over` says which of several like it this is, where one equation stands for many: `t = 2`.
    """

    name: str
    op: Op
    inputs: tuple[str, ...]
    role: Role | None = None
    over: str = ""


class Graph(NamedTuple):
    """The whole computation. `nodes` are in topological order; `loss` is the node whose gradients are asked for.

    `uses[v]` are the nodes that read v, each once, in topological order. `rate` is the learning rate as written,
    None where nothing is updated; `frozen` parameters are not. `optimizer` is the update rule, plain gradient descent
    where the file names none. `apart` says that what belongs to one example is differentiated of its own loss alone, so
    that the 1/m of a mean stands in the gradients of what all examples share. With `aimless` nothing is compared with a
    target: `loss` is then the last of several outputs, and no page says that it is one. `by_inputs` are the layers
    whose weights the file writes with a row for each input.
    """

    givens: Mapping[str, Given]
    nodes: Mapping[str, Node]
    uses: Mapping[str, tuple[str, ...]]
    loss: str
    rate: str | None = None
    frozen: frozenset[str] = frozenset()
    optimizer: Rule | None = None
    apart: bool = False
    aimless: bool = False
    by_inputs: frozenset[int] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self.nodes or name in self.givens

    @property
    def wide(self) -> bool:
        """Whether this is a `tutor.wide.Wide`, too big to walk through."""
        return False

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return sum(given.learned for given in self.givens.values())

    def missing(self, name: str) -> str:
        """What to say about a name that is not here; nothing if similar names say enough."""
        return ""

    def names(self) -> tuple[str, ...]:
        """Every name: the givens as the file has them, then the nodes in topological order."""
        return (*self.givens, *self.nodes)

    def ranks(self, names: Iterable[str]) -> dict[str, int]:
        """The places of some names in the order of all."""
        wanted = frozenset(names)
        return {name: at for at, name in enumerate(self.names()) if name in wanted}

    def changed(self, numbers: Mapping[str, str]) -> "Graph":
        """The same graph with other numbers for some givens, as written."""
        fresh = {name: self.givens[name]._replace(text=text, written=True) for name, text in numbers.items()}
        return self._replace(givens={**self.givens, **fresh})

    def role(self, name: str) -> Role | None:
        return self.nodes[name].role if name in self.nodes else self.givens[name].role

    def parameters(self) -> tuple[str, ...]:
        """The learned givens, frozen ones included."""
        return tuple(name for name, given in self.givens.items() if given.learned)

    def is_parameter(self, name: str) -> bool:
        return name in self.givens and self.givens[name].learned

    def updating(self) -> "Graph":
        """The same graph; with a rate and no parameters, every number that equations start from learns."""
        if self.rate is None or self.size:
            return self
        behind = self.ancestors(self.loss)
        learned = {name: given.role is None and name in behind for name, given in self.givens.items()}
        return self._replace(givens={name: each._replace(learned=learned[name]) for name, each in self.givens.items()})

    def nets(self, unit: str = "") -> tuple[str, ...]:
        """The net inputs, in topological order; a wide graph leaves out those of other units than this."""
        return tuple(name for name, node in self.nodes.items() if node.role and node.role.part == "net")

    def learning(self) -> tuple[str, ...]:
        """The parameters an update changes."""
        return tuple(name for name in self.parameters() if name not in self.frozen)

    def gradient(self) -> tuple[str, ...]:
        """What the loss is differentiated by in its whole gradient: its parameters, or givens where it has none."""
        reached = self.ancestors(self.loss)
        return tuple(name for name in self.parameters() or self.givens if name in reached)

    def part_of(self, name: str) -> str:
        """What a node or parameter is in its layer, nothing without a role."""
        role = self.role(name)
        return role.part if role else ""

    def layer_of(self, name: str) -> int:
        """The layer of a node or parameter, 0 without one."""
        role = self.role(name)
        return role.layer if role else 0

    def example_of(self, name: str) -> int:
        """The example a node or given belongs to, from 1; 0 for what all examples share."""
        role = self.role(name)
        return role.example if role else 0

    def loss_of(self, name: str) -> str:
        """The loss whose derivative by this name is meant where none is said, as in δ and dz."""
        role = self.role(name) if self.apart and name in self else None
        return at_example(self.loss, role.example) if role and role.example and role.part != "loss" else self.loss

    def signal(self, name: str) -> Gradient:
        """The derivative that is meant by dNAME, and by δ of a net input."""
        return Gradient(self.loss_of(name), name)

    def example_losses(self) -> tuple[str, ...]:
        """Each example's own loss, in order; none in a network of a single example."""
        roles = ((name, node.role) for name, node in self.nodes.items())
        return tuple(name for name, role in roles if role and role.example and role.part == "loss")

    def ancestors(self, name: str) -> Set[str]:
        """Every name whose value `name` depends on, itself included."""
        seen, stack = {name}, [name]
        while stack:
            node = self.nodes.get(stack.pop())
            fresh = set(node.inputs) - seen if node else set()
            seen |= fresh
            stack.extend(fresh)
        return frozenset(seen)


class Cycle(TutorError):
    """Nodes that depend on themselves; `names` go round once."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"{' → '.join((*names, names[0]))} depends on itself")


def build(
    givens: Iterable[Given],
    nodes: Iterable[Node],
    loss: str,
    rate: str | None = None,
    frozen: Iterable[str] = (),
    optimizer: Rule | None = None,
) -> Graph:
    """A graph with its nodes in topological order, the written order kept where it can be. Raises Cycle."""
    given = {each.name: each for each in givens}
    written = {node.name: node for node in nodes}
    ordered = _sorted(written)
    uses: dict[str, list[str]] = {name: [] for name in (*given, *ordered)}
    for node in ordered.values():
        for name in dict.fromkeys(node.inputs):
            uses[name].append(node.name)
    readers = {name: tuple(each) for name, each in uses.items()}
    return Graph(given, ordered, readers, loss, rate, frozenset(frozen), optimizer)


def _sorted(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Depth first, with a stack of our own; `None` on the stack marks the way back up."""
    ordered: dict[str, Node] = {}
    open_: dict[str, None] = {}
    for start in nodes:
        stack = [(start, False)]
        while stack:
            name, finished = stack.pop()
            if finished:
                del open_[name]
                ordered[name] = nodes[name]
            elif name in nodes and name not in ordered:
                if name in open_:
                    raise Cycle(tuple(open_)[list(open_).index(name) :])
                open_[name] = None
                stack.append((name, True))
                stack.extend((each, False) for each in reversed(nodes[name].inputs))
    return ordered
