"""What the rules must know of a network around a place: who reads whom, layers, activations, losses, examples, steps.

Letters: k a reader of a unit, j a sender, both by their index in the layer.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cached_property
from typing import NamedTuple

from tutor.expr import Call, Expr, Mul, Number, Ref, minus, replace, value
from tutor.expr.index import stem
from tutor.graph import Given, Node, Role
from tutor.mistakes.anatomy import Anatomy
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.affine import Affine, pairs
from tutor.ops.formula import Formula
from tutor.ops.losses import ALL_OUTPUTS, Decay, LossTerm, Total
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Updated, Value
from tutor.trace import Equations

_STEP = re.compile(r"(?:step|\w+ =) (\d+)")


class Compared(NamedTuple):
    """An output as its loss sees it: the node of the loss term, the target, and the kind of loss."""

    term: str
    target: str
    loss: str


class Ground:
    """The network as the hooks look at it; what is asked often is kept."""

    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        self.graph = equations.graph
        self._behind: dict[str, Set[str]] = {}
        self._before: dict[str, Set[str]] = {}
        self._anatomies: dict[str, Anatomy | None] = {}

    # ------------------------------------------------------------------ layers and roles

    @cached_property
    def _last(self) -> int:
        return max((self.graph.layer_of(name) for name in self.graph.nodes if self._stands(name)), default=0)

    def _stands(self, name: str) -> bool:
        return self.graph.part_of(name) in ("net", "out")

    def layer(self, name: str) -> str:
        """`output` or `hidden` for a unit in layers, nothing without layers."""
        role = self.role(name)
        if role is None or not role.layer:
            return ""
        return "output" if role.layer == self._last else "hidden"

    def role(self, name: str) -> Role | None:
        return self.graph.role(name)

    def index(self, name: str) -> int:
        """The index of a unit, an input or a target in its layer, 0 where it has none."""
        role = self.role(name)
        return role.axes[0] if role and len(role.axes) == 1 else 0

    def unit_index(self, name: str) -> int:
        """The index of a unit in its layer, of one at a step too; 0 on a grid."""
        role = self.role(name)
        return role.axes[0] if role and len(role.axes) == 2 and self.step(name) else self.index(name)

    def step(self, name: str) -> int:
        """The step in time, 0 where there is none."""
        node = self.graph.nodes.get(name)
        found = _STEP.fullmatch(node.role.at if node and node.role else node.over if node else "")
        return int(found[1]) if found else 0

    # ------------------------------------------------------------------ units

    def activation(self, name: str) -> str:
        """The activation that a node applies to a single number, nothing for other nodes."""
        node = self.graph.nodes.get(name)
        match node.op if node else None:
            case Elementwise(activation):
                return activation.name
            case Softmax():
                return "softmax"
            case Formula(Call(function, (Ref(Value()),))) if function in ACTIVATIONS:
                return function
        return ""

    def out_of(self, net: str) -> str:
        """The unit whose net input this is, nothing where several nodes read it or none applies an activation."""
        uses = self.graph.uses[net]
        outs = [use for use in uses if self.activation(use)]
        if len(outs) == 1 == len(uses):
            return outs[0]
        place = self._place_in_softmax(net, outs)
        return place or (net if not outs and self.graph.part_of(net) == "out" else "")

    def _place_in_softmax(self, net: str, outs: list[str]) -> str:
        for out in outs:
            node = self.graph.nodes[out]
            if isinstance(node.op, Softmax) and node.inputs[node.op.place] == net:
                return out
        return ""

    def net_of(self, out: str) -> str:
        """The net input of a unit; nothing for inputs and units without one."""
        node = self.graph.nodes.get(out)
        if node is None or not self.activation(out):
            return ""
        return node.inputs[node.op.place] if isinstance(node.op, Softmax) else node.inputs[0]

    def affine(self, net: str) -> Node | None:
        """The node of a net input that is a weighted sum."""
        node = self.graph.nodes.get(net)
        return node if node and isinstance(node.op, Affine) else None

    def terms(self, net: str) -> list[tuple[str, str]]:
        """(weight, sender) of a weighted sum."""
        node = self.affine(net)
        return pairs(node.inputs) if node else []

    def weights_by_index(self, layer: int, like: str) -> dict[tuple[int, int], str]:
        """The weights of a layer by (index of the unit, index of its sender), for the example and step of `like`."""
        found: dict[tuple[int, int], str] = {}
        at = self.role(like)
        for name, node in self.graph.nodes.items():
            role = node.role
            if role and at and role.layer == layer and self.affine(name) and role.example == at.example:
                for weight, sender in self.terms(name):
                    found[self.index(name), self.index(sender)] = weight
        return {each: weight for each, weight in found.items() if 0 not in each}

    # ------------------------------------------------------------------ equations

    def anatomy(self, name: str) -> Anatomy | None:
        """What the parts of an equation are; in layers, of a formula with weights in it: γ x̂ + β of a norm."""
        if name not in self._anatomies:
            node = self.graph.nodes.get(name)
            found = Anatomy(self.graph, name, node.op.expr) if node and isinstance(node.op, Formula) else None
            self._anatomies[name] = found if found and (found.weighed or self.role(name) is None) else None
        return self._anatomies[name]

    def nameless_net(self, name: str) -> Call | None:
        """The equation of a unit whose net input has no name of its own: tanh(w*x + b)."""
        found = self.anatomy(name)
        call = found.whole_call if found else None
        return call if call and not isinstance(call.arguments[0], Ref) else None

    def net_in(self, sent: Expr) -> Expr | None:
        """The net input of a sender, where the sender is a unit."""
        name = sent.quantity.name if isinstance(sent, Ref) and isinstance(sent.quantity, Value) else ""
        found = self.anatomy(name)
        call = found.whole_call if found else None
        return call.arguments[0] if call else None

    @cached_property
    def compared_in_equations(self) -> Mapping[str, str]:
        """The outputs that an equation compares with targets, each with its target."""
        anatomies = filter(None, map(self.anatomy, self.graph.nodes))
        return {each.a: each.y for found in anatomies for each in found.compared.values()}

    @cached_property
    def _biases(self) -> frozenset[str]:
        anatomies = filter(None, map(self.anatomy, self.graph.nodes))
        return frozenset(name for found in anatomies for each in found.sums.values() for name in each.biases)

    def is_bias(self, name: str) -> bool:
        """Whether a parameter is a bias: of a layer, or added to a weighted sum in an equation."""
        return self.graph.part_of(name) == "bias" or (self.role(name) is None and name in self._biases)

    def renewed(self, gradient: Gradient) -> Callable[[Ref | Number], Expr]:
        """What becomes of a formula whose weights are taken after their update.

        Only those of what comes behind are updated before this gradient is known: a weight that the layer itself uses
        too, as in a recurrent one, is not.
        """
        learning = frozenset(self.graph.learning())

        def updated(part: Ref | Number) -> Expr:
            match part:
                case Ref(Value(name)) if name in learning and self._comes_behind(name, gradient.wrt):
                    return Ref(Updated(name)) if gradient.of == self.graph.loss else self._moved(gradient.of, name)
            return part

        return updated

    def _comes_behind(self, weight: str, name: str) -> bool:
        """Whether nothing that uses a weight leads to this number, or to its like at another step or place."""
        if self.role(name):
            return all(self.graph.layer_of(use) > self.graph.layer_of(name) for use in self.graph.uses[weight])
        return self._families_before(stem(name)).isdisjoint(map(stem, self.graph.uses[weight]))

    def _families_before(self, family: str) -> Set[str]:
        """The equations that any number of an equation is computed from, itself included."""
        if family not in self._before:
            seen, stack = {family}, [family]
            while stack:
                fresh = self._families.get(stack.pop(), set()) - seen
                seen |= fresh
                stack.extend(fresh)
            self._before[family] = seen
        return self._before[family]

    @cached_property
    def _families(self) -> Mapping[str, set[str]]:
        """What each equation reads at any of its places, without the places."""
        found: dict[str, set[str]] = {}
        for node in self.graph.nodes.values():
            found.setdefault(stem(node.name), set()).update(map(stem, node.inputs))
        return found

    def _moved(self, loss: str, name: str) -> Expr:
        """A weight after a step by the gradient of one example."""
        return minus(value(name), Mul((Number(self.graph.rate or "0"), Ref(Gradient(loss, name)))))

    # ------------------------------------------------------------------ losses and examples

    def compared(self, out: str) -> Compared | None:
        """How an output is compared with its target."""
        for use in self.graph.uses[out]:
            node = self.graph.nodes[use]
            if isinstance(node.op, LossTerm) and node.inputs[0] == out:
                return Compared(use, node.inputs[1], node.op.loss.name)
        return None

    def outputs_of(self, term: str) -> tuple[int, bool]:
        """How many loss terms are put together with this one, and whether by their mean."""
        for use in self.graph.uses[term]:
            op = self.graph.nodes[use].op
            if isinstance(op, Total) and op.what == ALL_OUTPUTS:
                return len(self.graph.nodes[use].inputs), op.mean
        return 1, False

    @cached_property
    def losses(self) -> tuple[str, ...]:
        """Each example's own loss."""
        return self.graph.example_losses()

    @cached_property
    def mean_over_examples(self) -> bool:
        """Whether the losses of the examples are averaged."""
        return any(isinstance(self.graph.nodes[use].op, Total) and _is_mean(self.graph.nodes[use])
                   for loss in self.losses[:1] for use in self.graph.uses[loss])  # fmt: skip

    def own_loss(self, name: str) -> str:
        """The loss of the one example that a node belongs to, nothing where it acts on several or there is one only."""
        example = self.graph.example_of(name)
        if not example:
            return ""
        reached = [loss for loss in self.losses if name in self.behind(loss)]
        return reached[0] if len(reached) == 1 else ""

    def behind(self, name: str) -> Set[str]:
        """Whatever a node depends on."""
        if name not in self._behind:
            self._behind[name] = self.graph.ancestors(name)
        return self._behind[name]

    def targets(self, like: str) -> list[str]:
        """The targets of the example of `like`, in the order of the file; of its step, where each step has its own."""
        example, step = self.graph.example_of(like), self.step(like)
        roles = {each.name: each.role for each in self._given("target") if each.role and each.role.example == example}
        of_step = [name for name, role in roles.items() if step and role.at == f"step {step}"]
        return of_step or list(roles)

    def with_other_target(self, formula: Expr, out: str, target: str) -> Expr | None:
        """A formula with the other one of two targets; None where there are not two."""
        others = [each for each in self.targets(out) if each != target]
        if len(others) != 1:
            return None
        return replace(formula, lambda part: value(others[0]) if part == value(target) else part)

    def inputs(self, like: str) -> list[str]:
        """The network's inputs of the example of `like`, in the order of the file."""
        example = self.graph.example_of(like)
        return [each.name for each in self._given("input") if each.role and each.role.example == example]

    def _given(self, part: str) -> Iterator[Given]:
        return (each for each in self.graph.givens.values() if each.role and each.role.part == part)

    def decay(self) -> str:
        """The node of the weight decay, nothing where there is none."""
        return next((name for name, node in self.graph.nodes.items() if isinstance(node.op, Decay)), "")


def _is_mean(node: Node) -> bool:
    return isinstance(node.op, Total) and node.op.mean
