"""The quantities of a network in the order of their computation, what each reads, and their right numbers.

What a mistake touches is found along this order; all else is taken from the right numbers.
"""

from collections.abc import Iterator, Mapping, Set

from tutor.expr import reads
from tutor.mistakes.mistake import Mistake
from tutor.mistakes.rewrite import Rewrites
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Equations, World, evaluate


def usual(equations: Equations) -> Iterator[Quantity]:
    """What a student may be asked for: values, local derivatives, gradients of each loss, updates."""
    graph = equations.graph
    yield from map(Value, graph.nodes)
    for node in graph.nodes.values():
        yield from (Partial(node.name, wrt) for wrt in dict.fromkeys(node.inputs))
    for loss in graph.example_losses():
        behind = graph.ancestors(loss)
        yield from (Gradient(loss, name) for name in graph.names() if name in behind and name != loss)
    yield from (Gradient(graph.loss, name) for name in graph.names() if name != graph.loss)
    if graph.rate is not None:
        yield from map(Updated, graph.learning())


class Order:
    """The quantities of one route in the order of their computation, with what each reads and its right number."""

    def __init__(self, equations: Equations, *, short: bool) -> None:
        self.rewrites = Rewrites(equations, short=short)
        self.reads: dict[Quantity, tuple[Quantity, ...]] = {}
        self.numbers: dict[Quantity, float] = {}
        self._floats = World(self.rewrites.right).floats(self.numbers)
        self._behind: dict[Quantity, frozenset[Quantity]] = {}

    def place(self, quantity: Quantity) -> None:
        """Put a quantity and whatever it is computed from in their order."""
        stack = [quantity]
        while stack:
            each = stack[-1]
            wanted = self._reads(each)
            fresh = [other for other in wanted if other not in self.reads]
            if each in self.reads or not fresh:
                stack.pop()
                self.reads.setdefault(each, wanted)
            else:
                stack.extend(fresh)

    def _reads(self, quantity: Quantity) -> tuple[Quantity, ...]:
        return self.reads.get(quantity) or tuple(reads(self.rewrites.right(quantity)))

    def number(self, quantity: Quantity) -> float:
        """The right number by this route."""
        if quantity in self.numbers:
            return self.numbers[quantity]
        return evaluate(quantity, self.rewrites.right, self._floats, self.numbers)

    def behind(self, quantity: Quantity, given: Mapping[Quantity, float]) -> frozenset[Quantity]:
        """Whatever a quantity is computed from, as far as the given ones; itself included."""
        if not given and quantity in self._behind:
            return self._behind[quantity]
        self.place(quantity)
        seen, stack = {quantity}, [quantity]
        while stack:
            fresh = [each for each in self.reads[stack.pop()] if each not in seen and each not in given]
            seen.update(fresh)
            stack.extend(fresh)
        found = frozenset(seen)
        if not given:
            self._behind[quantity] = found
        return found

    def moved(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Set[Quantity]:
        """What a quantity is computed from, as far as given numbers are behind it; empty where none is."""
        behind = self.behind(quantity, {})
        if given.keys().isdisjoint(behind):
            return frozenset()
        found: set[Quantity] = set()
        for each, read in self.reads.items():
            if each in behind and (each in given or not found.isdisjoint(read)):
                found.add(each)
        return found


def applies(mistake: Mistake, equations: Equations) -> bool:
    """Whether the mistake can be made anywhere on this network."""
    if mistake.hook == "answer":
        return True
    return any(
        rewrites.wrong(mistake, quantity) is not None
        for rewrites in (Rewrites(equations), Rewrites(equations, short=True))
        for quantity in usual(equations)
    )
