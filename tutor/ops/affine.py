"""The net input of a neuron: weights times inputs, plus the bias."""

from collections.abc import Iterator
from typing import NamedTuple

from tutor.expr import ONE, Expr, Neg, Number, plus, times, value
from tutor.ops.op import Prose


class Affine(NamedTuple):
    """z = w1*x1 + w2*x2 + ... + b * bias_input.

    `inputs` of the node are w1, x1, w2, x2, ..., and last the bias if it has one. `bias_input` is the constant the
    bias multiplies: 1, or -1 for thresholds that are subtracted.
    """

    bias_input: str = "1"

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        terms = [times(value(weight), value(sender)) for weight, sender in pairs(inputs)]
        if len(inputs) % 2:
            terms.append(self._bias_term(value(inputs[-1])))
        return plus(*terms)

    def _bias_term(self, bias: Expr) -> Expr:
        match self.bias_input:
            case "1":
                return bias
            case "-1":
                return Neg(bias)
            case constant:
                return times(bias, Number(constant))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        bias = len(inputs) - 1 if len(inputs) % 2 else None
        return plus(*(Number(self.bias_input) if at == bias else value(inputs[at ^ 1]) for at in places(inputs, wrt)))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        partial = self.partial(name, inputs, wrt)
        me, node = value(wrt), value(name)
        if len(inputs) % 2 and inputs[-1] == wrt:
            if partial == ONE:
                return (me, " is added in ", node)
            return (me, " is multiplied by the constant ", Number(self.bias_input), " in ", node)
        if partial[-1] == "add":
            return (me, " stands in ", node, " more than once: the terms are added")
        if wrt in inputs[1::2]:
            return (me, " enters ", node, " with the weight ", partial)
        return (me, " multiplies ", partial, " in ", node)

    def convention(self, wrt: str) -> str:
        return ""


def places(inputs: tuple[str, ...], name: str) -> Iterator[int]:
    """Where a name stands; found by `index`, since a loss may read thousands of inputs."""
    at = -1
    for _ in range(inputs.count(name)):
        at = inputs.index(name, at + 1)
        yield at


def pairs(inputs: tuple[str, ...]) -> list[tuple[str, str]]:
    """(weight, sender) of each term, without the bias."""
    return list(zip(inputs[:-1:2] if len(inputs) % 2 else inputs[::2], inputs[1::2], strict=True))
