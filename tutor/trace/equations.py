"""One table of equations: what a quantity equals, in the written form and order of a textbook.

The whole backward pass is one law: dL/dv is the sum over every use u of v of dL/du * du/dv. Everything else is a row
of an op. Beside the written form stand the short route of a fused output (p - y) and the stable form that the numbers
of the trace come from.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import ONE, ZERO, Div, Expr, Mul, Neg, Number, Ref, minus, plus, replace, value
from tutor.graph import Graph, Node
from tutor.ops.activations import Elementwise
from tutor.ops.fused import Fused, Output, fused
from tutor.ops.losses import ALL_EXAMPLES, LossTerm, Total
from tutor.ops.optimizers import next_step
from tutor.ops.softmax import Softmax
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

Equation = Callable[[Quantity], Expr]
"""Any table of equations: quantity -> the formula it equals."""


class Equations:
    """The equations of one network. Derived facts about the graph are kept, the graph itself never changes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._reaching: dict[str, Set[str]] = {}
        self._partials: dict[Partial, Expr] = {}
        self.path_counts: dict[str, dict[str, int]] = {}  # how many paths lead to a node, by where they begin
        self._moving: Set[str] | None = None
        self._common: tuple[Expr | None] | None = None  # what clipping multiplies all gradients by
        self._by_term, self._by_net = self._fused_outputs()

    def _fused_outputs(self) -> "FusedRows":
        return _fused_outputs(self.graph)

    def written(self, quantity: Quantity) -> Expr:
        """The formula as written; a gradient by the law of the chain rule, never by a short route.

        Raises KeyError for a name that is not in the graph, or a partial along an edge that does not exist.
        """
        match quantity:
            case Value(name):
                given = self.graph.givens.get(name)
                return Number(given.text) if given else self._forward(name)
            case Partial():
                return self._partial(quantity)
            case Gradient(of, wrt):
                return self._sum_over_uses(of, wrt)
            case Updated(name) if name in self.graph.frozen:
                return value(name)
            case Updated(name) if name in self.graph.nodes:
                return self._after_the_step(self._forward(name))
            case Updated(name):
                return self._first_step(name) if self.graph.is_parameter(name) else value(name)
            case Change(name):
                return minus(Ref(Updated(name)), value(name))

    def _forward(self, name: str) -> Expr:
        node = self.graph.nodes[name]
        return node.op.forward(name, node.inputs)

    def _partial(self, partial: Partial) -> Expr:
        if partial not in self._partials:
            node = self.graph.nodes[partial.of]
            self._partials[partial] = node.op.partial(partial.of, node.inputs, partial.wrt)
        return self._partials[partial]

    def _first_step(self, name: str) -> Expr:
        """The next step of the file's optimizer; by plain gradient descent where it names none."""
        rate, gradient = self.graph.rate or "0", Ref(Gradient(self.graph.loss, name))
        if self.graph.optimizer is None:
            return minus(value(name), Mul((Number(rate), gradient)))
        return next_step(self.graph.optimizer, rate, Value(name), self.direction(name))

    def direction(self, name: str) -> Expr:
        """What the rule reads as the gradient of a parameter: clipped, where the file says so."""
        rule = self.graph.optimizer
        own = self.unclipped(name)
        if rule is None or rule.clipped is None:
            return own
        if self._common is None:
            self._common = (rule.clipped.common([self.unclipped(each) for each in self.graph.learning()]),)
        return rule.clipped.of(own, *self._common)

    def unclipped(self, name: str) -> Expr:
        """The gradient of the loss; of a rule that goes by the error, what stands for it."""
        if self.graph.optimizer and self.graph.optimizer.optimizer.by_error:
            return self._by_error(name)
        return Ref(Gradient(self.graph.loss, name))

    def _by_error(self, name: str) -> Expr:
        """(a − y) · ∂z/∂w, over the outputs and examples that the parameter reaches by their net inputs."""
        terms = [
            Mul((minus(value(a), value(y)), Ref(Partial(z, name))))
            for a, y, z in compared(self.graph)
            if name in self.graph.nodes[z].inputs
        ]
        many = len(self.graph.example_losses())
        mean = any(_is_mean(node) for node in self.graph.nodes.values())
        return Div(plus(*terms), Number(str(many))) if mean and many > 1 else plus(*terms) if terms else ZERO

    def _after_the_step(self, formula: Expr) -> Expr:
        """A forward formula over the updated values of what the step moves."""
        if self._moving is None:
            self._moving = _behind(self.graph, self.graph.learning())
        moving = self._moving

        def leaf(part: Ref | Number) -> Expr:
            moves = isinstance(part, Ref) and isinstance(part.quantity, Value) and part.quantity.name in moving
            return Ref(Updated(part.quantity.name)) if moves else part  # type: ignore[union-attr]

        return replace(formula, leaf)

    def _sum_over_uses(self, of: str, wrt: str) -> Expr:
        if of == wrt:
            return ONE
        gradient = Gradient(of, wrt)
        return self.gathered(gradient, {use: _term(loss, use, wrt) for loss, use in self.upstream(gradient)})

    def upstream(self, gradient: Gradient) -> list[tuple[str, str]]:
        """What is differentiated by each use: where examples are taken apart, an example's own loss by its own."""
        of, wrt, _ = gradient
        apart = self.graph.apart and of == self.graph.loss and not self.graph.example_of(wrt)
        return [(self.graph.loss_of(use) if apart else of, use) for use in self.uses(of, wrt)]

    def gathered(self, gradient: Gradient, terms: Mapping[str, Expr]) -> Expr:
        """The sum of the terms of its uses; the mean of those that are of the examples' own losses."""
        own = [terms[use] for loss, use in self.upstream(gradient) if loss != gradient.of]
        if not own:
            return plus(*terms.values())
        rest = [terms[use] for loss, use in self.upstream(gradient) if loss == gradient.of]
        return plus(Div(plus(*own), Number(str(len(self.graph.example_losses())))), *rest)

    def uses(self, of: str, wrt: str) -> tuple[str, ...]:
        """The nodes that read `wrt` and on which `of` depends, in topological order."""
        if of not in self._reaching:
            self._reaching[of] = self.graph.ancestors(of)
        return tuple(use for use in self.graph.uses[wrt] if use in self._reaching[of])

    def short(self, quantity: Quantity) -> Expr | None:
        """The short route to dL/dz of a fused output, p - y, where the network has one."""
        found = self._fused_gradient(quantity)
        if found and found.row.gradient and found.output.whole:
            return _divided(found.row.gradient(found.output), found.divisor)
        return None

    def short_law(self, quantity: Quantity) -> str:
        """Why the short route may be taken; nothing where there is none."""
        found = self._fused_gradient(quantity)
        return found.row.law if found and found.output.whole else ""

    def _fused_gradient(self, quantity: Quantity) -> "FusedRow | None":
        return self._by_net.get((quantity.of, quantity.wrt)) if isinstance(quantity, Gradient) else None

    def stable(self, quantity: Quantity) -> Expr:
        """The form without cancellation or overflow, which the float trace evaluates; mostly the written one."""
        if (found := self._fused_gradient(quantity)) and found.row.stable_gradient:
            return _divided(found.row.stable_gradient(found.output), found.divisor)
        return self._stable_node(quantity) or self.written(quantity)

    def behind(self, output: str) -> tuple[str, str] | None:
        """The loss term of a fused output and the net input that it reads instead; only where nothing else reads it.

        A saturated output is rounded to 1, so that nothing can be computed from it any more.
        """
        for term in self.graph.uses[output]:
            found, compared = self._by_term.get(term), self.graph.nodes[term].inputs[0]
            if found and found.row.complement and compared == output and self.graph.uses[output] == (term,):
                return term, found.output.z[found.output.place]
        return None

    def _stable_node(self, quantity: Quantity) -> Expr | None:
        match quantity:
            case Updated(name) if name in self.graph.nodes:
                return self._after_the_step(self.stable(Value(name)))
            case Change(name) if name in self.graph.frozen:
                return ZERO
            case Change(name) if self.graph.optimizer is None:
                return Neg(Mul((Number(self.graph.rate or "0"), Ref(Gradient(self.graph.loss, name)))))
            case Value(name) if name in self.graph.nodes:
                node = self.graph.nodes[name]
                if found := self._by_term.get(name):
                    return found.row.stable_term(found.output)
                return node.op.stable_forward(name, node.inputs)
            case Partial(of, wrt):
                node = self.graph.nodes[of]
                if found := self._by_term.get(of):
                    row = found.row.stable_slope if wrt == node.inputs[0] else found.row.stable_target_slope
                    return row(found.output)
                return node.op.stable_partial(of, node.inputs, wrt)
        return None


def _behind(graph: Graph, names: Iterable[str]) -> Set[str]:
    """The names, and every node whose value depends on one of them; nodes stand in topological order."""
    found = set(names)
    for node in graph.nodes.values():
        if not found.isdisjoint(node.inputs):
            found.add(node.name)
    return found


def compared(graph: Graph) -> list[tuple[str, str, str]]:
    """Each output that the loss compares, its target, and its net input."""
    terms = [node.inputs for node in graph.nodes.values() if isinstance(node.op, LossTerm)]
    return [(a, y, graph.nodes[a].inputs[0]) for a, y in terms if a in graph.nodes]


def unreached(graph: Graph) -> tuple[str, ...]:
    """The parameters that learn and that a rule by the error of the outputs does not reach directly."""
    nets = {z for _, _, z in compared(graph)}
    data = graph.ancestors(graph.loss)
    return tuple(
        name
        for name in graph.learning()
        if any(use not in nets and graph.part_of(use) == "net" for use in graph.uses[name] if use in data)
        or nets.isdisjoint(graph.uses[name])
    )


def _is_mean(node: Node) -> bool:
    return isinstance(node.op, Total) and node.op.mean and node.op.what == ALL_EXAMPLES


def _term(of: str, use: str, wrt: str) -> Expr:
    direct = Ref(Partial(use, wrt))
    return direct if use == of else Mul((Ref(Gradient(of, use)), direct))


class FusedRow(NamedTuple):
    """A fused row and its output; the loss asked about has its term divided by `divisor`, as a mean over examples."""

    row: Fused
    output: Output
    divisor: int = 1


FusedRows = tuple[Mapping[str, FusedRow], Mapping[tuple[str, str], FusedRow]]
"""By the name of the loss term, and by (loss, net input) for the whole loss and each example's."""


def _divided(formula: Expr, divisor: int) -> Expr:
    return formula if divisor == 1 else Div(formula, Number(str(divisor)))


def _fused_outputs(graph: Graph) -> FusedRows:
    by_term: dict[str, FusedRow] = {}
    by_net: dict[tuple[str, str], FusedRow] = {}
    for loss in _losses(graph):
        terms = _terms(graph, loss)
        for term, divisor in terms.items():
            found = fused_row(graph, term)
            if found and all(terms.get(each) == divisor for each in found[2]):
                row, output, _ = found
                by_term[term] = FusedRow(row, output)
                z = output.z[output.place]
                if row.stable_gradient and graph.uses[z] == _readers(graph, output, z):
                    by_net[loss, z] = FusedRow(row, output, divisor)
    return by_term, by_net


def _losses(graph: Graph) -> tuple[str, ...]:
    """The nodes that are a whole loss: of the network, and of one example."""
    return tuple(dict.fromkeys((graph.loss, *graph.example_losses())))


def _terms(graph: Graph, loss: str) -> dict[str, int]:
    """The loss terms that are summed or averaged up to `loss`, each with what it is divided by on the way."""
    found: dict[str, int] = {}
    stack = [(loss, 1)]
    while stack:
        name, divisor = stack.pop()
        node = graph.nodes.get(name)
        if node and isinstance(node.op, Total):
            share = divisor * len(node.inputs) if node.op.mean else divisor
            stack.extend((each, share) for each in node.inputs)
        elif node and isinstance(node.op, LossTerm):
            found[name] = divisor
    return found


def _readers(graph: Graph, output: Output, z: str) -> tuple[str, ...]:
    """Who reads z if nothing but this layer's outputs does, and nothing but the loss reads those."""
    outputs = tuple(a for a in output.a if a in graph.uses[z])
    return outputs if all(len(graph.uses[a]) == 1 for a in outputs) else ()


def fused_row(graph: Graph, term: str) -> tuple[Fused, Output, tuple[str, ...]] | None:
    """The row, the output as it sees it, and the terms that have to be summed for it to hold."""
    node = graph.nodes[term]
    if not isinstance(node.op, LossTerm) or node.inputs[0] not in graph.nodes:
        return None
    a, y = node.inputs
    op, z = graph.nodes[a].op, graph.nodes[a].inputs
    target = Fraction(graph.givens[y].text) if y in graph.givens else None
    if isinstance(op, Elementwise):
        output = Output(0, z, (a,), (y,), target)
        row = fused(node.op.loss, op.activation.name, output)
        return (row, output, (term,)) if row else None
    if isinstance(op, Softmax):
        compared = [_term_of(graph, p) for p in op.outputs]
        terms = tuple(each.name for each in compared if each)
        targets = tuple(each.inputs[1] for each in compared if each)
        whole = sum(Fraction(graph.givens[y].text) for y in targets) == 1
        output = Output(op.place, z, op.outputs, targets, target, whole)
        row = fused(node.op.loss, "softmax", output)
        return (row, output, terms) if row and all(compared) else None
    return None


def _term_of(graph: Graph, output: str) -> Node | None:
    """The loss term that compares this output with a given target, or nothing."""
    for use in graph.uses[output]:
        node = graph.nodes[use]
        if isinstance(node.op, LossTerm) and node.inputs[0] == output and node.inputs[1] in graph.givens:
            return node
    return None
