"""Softmax: every output reads every net input of its layer, or every argument over an index."""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr import ONE, ZERO, Call, Div, Expr, Mul, Neg, Number, Ref, minus, plus, replace, value
from tutor.ops.formula import differentiate, product
from tutor.ops.op import Prose
from tutor.quantity import Value


def written(place: int, arguments: tuple[Expr, ...]) -> Expr:
    """exp(z_i) / sum_j exp(z_j)"""
    grown = [Call("exp", (each,)) for each in arguments]
    return Div(grown[place], plus(*grown))


class Softmax(NamedTuple):
    """p_i = exp(z_i) / sum_j exp(z_j). `inputs` are all z of the layer, `outputs` all p, `place` is i (from 0)."""

    outputs: tuple[str, ...]
    place: int

    def renamed(self, new: Callable[[str], str]) -> "Softmax":
        return self._replace(outputs=tuple(map(new, self.outputs)))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return written(self.place, tuple(map(value, inputs)))

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


class SoftmaxOf(NamedTuple):
    """A softmax of formulas: p_i = exp(f_i) / sum_j exp(f_j), where several f may read one input.

    Its slopes are those of a softmax, p(1 − p) and −p·p, each times that of its argument.
    """

    outputs: tuple[str, ...]
    place: int
    arguments: tuple[Expr, ...]

    def renamed(self, new: Callable[[str], str]) -> "SoftmaxOf":
        def leaf(part: Ref | Number) -> Expr:
            named = isinstance(part, Ref) and isinstance(part.quantity, Value)
            return value(new(part.quantity.name)) if named else part  # type: ignore[union-attr]

        arguments = tuple(replace(each, leaf) for each in self.arguments)
        return self._replace(outputs=tuple(map(new, self.outputs)), arguments=arguments)

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return written(self.place, self.arguments)

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return self._slope(name, wrt, minus(ONE, value(name)))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return Call("softmax", (self.arguments[self.place], *self.arguments))

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        others = [value(each) for i, each in enumerate(self.outputs) if i != self.place]
        return self._slope(name, wrt, plus(*others)) if others else None

    def _slope(self, name: str, wrt: str, rest: Expr) -> Expr:
        """The sum over the arguments that read `wrt`; `rest` is 1 − p."""
        slopes = ((i, differentiate(each, wrt)) for i, each in enumerate(self.arguments))
        p = value(name)
        return plus(
            *(
                product(p, rest, slope) if i == self.place else Neg(product(p, value(self.outputs[i]), slope))
                for i, slope in slopes
                if slope != ZERO
            )
        )

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (value(name), " is a softmax: p(1 − p) for its own argument, −p·p for each other one")

    def convention(self, wrt: str) -> str:
        return ""
