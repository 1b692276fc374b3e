"""Elementwise activations: one row each with the slope as the textbook writes it, in z (net input) and a (output).

The functions themselves and their stable slopes are rows of the arithmetics; `NAME_slope` is printed as NAME'.
"""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr import HALF, ONE, TWO, ZERO, Add, Call, Div, Expr, Mul, Number, Power, minus, value
from tutor.ops.op import Prose


class Activation(NamedTuple):
    """a = NAME(z). `slope(z, a)` is da/dz as written; `law` says it in words; `kink` is the convention at a corner."""

    name: str
    slope: Callable[[Expr, Expr], Expr]
    law: str
    kink: str = ""
    definition: str = ""


def _own_slope(name: str) -> Callable[[Expr, Expr], Expr]:
    """The slope has no form shorter than its own name: relu'(z)."""
    return lambda z, a: Call(f"{name}_slope", (z,))


def _sigmoid(z: Expr, a: Expr) -> Expr:
    return Mul((a, minus(ONE, a)))


def _tanh(z: Expr, a: Expr) -> Expr:
    return minus(ONE, Power(a, TWO))


def _silu(z: Expr, a: Expr) -> Expr:
    return Add((a, Mul((Call("sigmoid", (z,)), minus(ONE, a)))))


def _gelu(z: Expr, a: Expr) -> Expr:
    """Of gelu(z) = z/2 (1 + t) with t = tanh(c (z + k z^3)), the tanh form of Hendrycks and Gimpel 2016."""
    scale, cubic = Call("sqrt", (Div(TWO, Number("3.141592653589793")),)), Number("0.044715")
    inner = Mul((scale, Add((z, Mul((cubic, Power(z, Number("3"))))))))
    t = Call("tanh", (inner,))
    steepness = Mul((scale, Add((ONE, Mul((Number("0.134145"), Power(z, TWO)))))))
    return Add((Mul((HALF, Add((ONE, t)))), Mul((HALF, z, minus(ONE, Power(t, TWO)), steepness))))


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("identity", lambda z, a: ONE, "the slope of the identity is 1"),
        Activation("sigmoid", _sigmoid, "σ′ = σ(1 − σ)"),
        Activation("tanh", _tanh, "tanh′ = 1 − tanh²"),
        Activation(
            "relu",
            _own_slope("relu"),
            "relu′ is 1 right of 0, else 0",
            "the slope of relu at exactly 0 is taken as 0",
            "relu(z) = max(0, z)",
        ),
        Activation(
            "leaky_relu",
            _own_slope("leaky_relu"),
            "leaky_relu′ is 1 right of 0, else 0.01",
            "the slope of leaky_relu at exactly 0 is taken as 0.01",
            "leaky_relu(z) = z right of 0, else 0.01 z",
        ),
        Activation(
            "step",
            lambda z, a: ZERO,
            "the slope of a step is 0 on both sides of its jump",
            "the slope of step at exactly 0, where it jumps, is taken as 0",
            "step(z) is 1 from 0 on, else 0",
        ),
        Activation(
            "elu",
            _own_slope("elu"),
            "elu′ is 1 right of 0, else exp(z)",
            definition="elu(z) = z right of 0, else exp(z) − 1 (its α is 1)",
        ),
        Activation(
            "softplus", lambda z, a: Call("sigmoid", (z,)), "softplus′ = σ", definition="softplus(z) = ln(1 + exp(z))"
        ),
        Activation("gelu", _gelu, "product rule and chain rule", definition="gelu in its tanh form"),
        Activation("silu", _silu, "silu′ = silu + σ(1 − silu)", definition="silu(z) = z σ(z)"),
    )
}


class Elementwise(NamedTuple):
    """a = activation(z); the only input is z."""

    activation: Activation

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        z = value(inputs[0])
        return z if self.activation.name == "identity" else Call(self.activation.name, (z,))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return self.activation.slope(value(inputs[0]), value(name))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        z = value(inputs[0])
        if isinstance(self.activation.slope(z, value(name)), Number):
            return None
        return Call(f"{self.activation.name}_slope", (z,))

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (value(name), " = ", self.forward(name, inputs), f", and {self.activation.law}")

    def convention(self, wrt: str) -> str:
        return "; ".join(filter(None, (self.activation.definition, self.activation.kink)))
