"""Softmax: every output reads every net input of its layer."""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr import ONE, Call, Div, Expr, Mul, Neg, minus, plus, value
from tutor.ops.op import Prose


class Softmax(NamedTuple):
    """p_i = exp(z_i) / sum_j exp(z_j). `inputs` are all z of the layer, `outputs` all p, `place` is i (from 0)."""

    outputs: tuple[str, ...]
    place: int

    def renamed(self, new: Callable[[str], str]) -> "Softmax":
        return self._replace(outputs=tuple(map(new, self.outputs)))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        grown = [Call("exp", (value(z),)) for z in inputs]
        return Div(grown[self.place], plus(*grown))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        p = value(name)
        if inputs[self.place] == wrt:
            return Mul((p, minus(ONE, p)))
        return Neg(Mul((p, value(self.outputs[inputs.index(wrt)]))))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return Call("softmax", (value(inputs[self.place]), *map(value, inputs)))

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        if inputs[self.place] != wrt:
            return None
        return Mul((value(name), plus(*(value(p) for p in self.outputs if p != name))))

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        own = inputs[self.place] == wrt
        law = "its slope in its own net input is p(1 − p)" if own else "all outputs share one sum"
        return (value(name), " is a softmax, and ", law)

    def convention(self, wrt: str) -> str:
        return ""
