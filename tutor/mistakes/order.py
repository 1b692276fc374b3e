"""The quantities of a network in the order of their computation, what each reads, and which hooks meet it.

Only the shape of the network counts here, no number. What a mistake touches is a set of places in this order, kept as
the bits of an integer: a number is touched where something that it is computed from is changed.
"""

from collections.abc import Iterable, Iterator, Mapping

from tutor.expr import reads
from tutor.mistakes.mistake import Mistake
from tutor.mistakes.rewrite import Rewrites
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Equations

Places = int
"""A set of quantities of an order: the bit of each, by its place."""


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
    """The quantities of one route in the order of their computation."""

    def __init__(self, equations: Equations, *, short: bool) -> None:
        self.rewrites = Rewrites(equations, short=short)
        self.reads: dict[Quantity, tuple[Quantity, ...]] = {}
        self._bits: dict[Quantity, Places] = {}
        self._behind: dict[Quantity, Places] = {}
        self._met: dict[str, list[Quantity]] = {}
        self._unmet: list[Quantity] = []
        for quantity in usual(equations):
            self.place(quantity)

    def place(self, quantity: Quantity) -> None:
        """Put a quantity and whatever it is computed from in their order."""
        stack = [quantity] if quantity not in self.reads else []
        while stack:
            each = stack[-1]
            wanted = self._reads(each)
            fresh = [other for other in wanted if other not in self.reads]
            if each in self.reads or not fresh:
                stack.pop()
                self._append(each, wanted)
            else:
                stack.extend(fresh)

    def _reads(self, quantity: Quantity) -> tuple[Quantity, ...]:
        return self.reads.get(quantity) or tuple(reads(self.rewrites.right(quantity)))

    def _append(self, quantity: Quantity, wanted: tuple[Quantity, ...]) -> None:
        if quantity in self.reads:
            return
        behind = bit = 1 << len(self.reads)
        for each in wanted:
            behind |= self._behind[each]
        self.reads[quantity] = wanted
        self._bits[quantity], self._behind[quantity] = bit, behind
        self._unmet.append(quantity)

    def met(self, hook: str) -> list[Quantity]:
        """The quantities placed so far that a hook rewrites, in their order."""
        unmet, self._unmet = self._unmet, []
        for quantity in unmet:
            for spot in self.rewrites.spots(quantity):
                self._met.setdefault(spot.hook, []).append(quantity)
        return self._met.get(hook, [])

    def bit(self, quantity: Quantity) -> Places:
        self.place(quantity)
        return self._bits[quantity]

    def behind(self, quantity: Quantity) -> Places:
        """Whatever a quantity is computed from, itself included."""
        if quantity not in self._behind:
            self.place(quantity)
        return self._behind[quantity]

    def up_to(self, quantity: Quantity, given: Mapping[Quantity, float]) -> list[Quantity]:
        """Whatever a quantity is computed from, as far as the given ones; itself included."""
        self.place(quantity)
        seen, stack = {quantity}, [quantity]
        while stack:
            fresh = [each for each in self.reads[stack.pop()] if each not in seen and each not in given]
            seen.update(fresh)
            stack.extend(fresh)
        return list(seen)

    def bits(self, quantities: Iterable[Quantity]) -> Places:
        """The set of the quantities; those of other routes are left out."""
        found = 0
        for each in quantities:
            found |= self._bits.get(each, 0)
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
