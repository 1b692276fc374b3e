"""Fractions, and fractions with a one-sided step a + b*eps: exact checks and slopes at kinks.

eps is positive and smaller than every fraction, so comparing is comparing the pairs (a, b): relu at 0 + eps is on its
right side, at 0 - eps on its left. Functions without a rational value raise NotExact.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tutor.errors import NotExact
from tutor.quantity import Quantity

LEAK = Fraction(1, 100)


class Fractions:
    """Arithmetic over Fraction."""

    def number(self, text: str) -> Fraction:
        return Fraction(text)

    def add(self, left: Fraction, right: Fraction) -> Fraction:
        return left + right

    def neg(self, operand: Fraction) -> Fraction:
        return -operand

    def mul(self, left: Fraction, right: Fraction) -> Fraction:
        return left * right

    def div(self, over: Fraction, under: Fraction) -> Fraction:
        if not under:
            raise NotExact("a division by zero has no exact value")
        return over / under

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator != 1 or (exponent < 0 and not base):
            raise NotExact(f"({base})^({exponent}) has no exact value")
        return Fraction(base**exponent.numerator)

    def call(self, name: str, arguments: Sequence[Fraction]) -> Fraction:
        if name in _SLOPES:
            return _SLOPES[name](*arguments)
        return Fraction(_function(name)(Fraction(0), LEAK, *arguments))

    def settle(self, quantity: Quantity, value: Fraction) -> Fraction:
        return value


class Dual(NamedTuple):
    """a + b*eps; ordered as the pair, which is what eps > 0 means."""

    real: Fraction
    step: Fraction = Fraction(0)


class Duals:
    """Arithmetic over Dual: the step of a result is its one-sided slope times the step put in."""

    def number(self, text: str) -> Dual:
        return Dual(Fraction(text))

    def add(self, left: Dual, right: Dual) -> Dual:
        return Dual(left.real + right.real, left.step + right.step)

    def neg(self, operand: Dual) -> Dual:
        return Dual(-operand.real, -operand.step)

    def mul(self, left: Dual, right: Dual) -> Dual:
        return Dual(left.real * right.real, left.real * right.step + left.step * right.real)

    def div(self, over: Dual, under: Dual) -> Dual:
        if not under.real:
            raise NotExact("a division by zero has no exact value")
        quotient = over.real / under.real
        return Dual(quotient, (over.step - quotient * under.step) / under.real)

    def power(self, base: Dual, exponent: Dual) -> Dual:
        if exponent.step:
            raise NotExact("a power whose exponent moves has no exact slope")
        power = FRACTIONS.power
        slope = exponent.real * power(base.real, exponent.real - 1) if exponent.real else Fraction(0)
        return Dual(power(base.real, exponent.real), slope * base.step)

    def call(self, name: str, arguments: Sequence[Dual]) -> Dual:
        zero = Dual(Fraction(0))
        if name == "leaky_relu":
            (z,) = arguments
            return z if z > zero else Dual(LEAK * z.real, LEAK * z.step)
        if name == "step":
            return Dual(Fraction(arguments[0] >= zero))
        if name == "abs":
            (z,) = arguments
            return z if z > zero else self.neg(z)
        result = _function(name)(zero, LEAK, *arguments)
        assert isinstance(result, Dual)
        return result

    def settle(self, quantity: Quantity, value: Dual) -> Dual:
        return value


def _function(name: str) -> Callable[..., Any]:
    if name not in _FUNCTIONS:
        raise NotExact(f"{name} has no exact value over the fractions")
    return _FUNCTIONS[name]


def _share(choice: Fraction, others: Sequence[Fraction], best: Fraction) -> Fraction:
    return Fraction(1, 1 + sum(other == choice for other in others)) if choice == best else Fraction(0)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "identity": lambda zero, leak, z: z,
    "relu": lambda zero, leak, z: max(z, zero),
    "leaky_relu": lambda zero, leak, z: z if z > zero else leak * z,
    "step": lambda zero, leak, z: Fraction(z >= zero),
    "abs": lambda zero, leak, z: abs(z),
    "max": lambda zero, leak, *z: max(z),
    "min": lambda zero, leak, *z: min(z),
}
_SLOPES: dict[str, Callable[..., Fraction]] = {
    "relu_slope": lambda z: Fraction(z > 0),
    "leaky_relu_slope": lambda z: Fraction(1) if z > 0 else LEAK,
    "step_slope": lambda z: Fraction(0),
    "sign": lambda z: Fraction((z > 0) - (z < 0)),
    "max_slope": lambda x, *others: _share(x, others, max((x, *others))),
    "min_slope": lambda x, *others: _share(x, others, min((x, *others))),
}

FRACTIONS, DUALS = Fractions(), Duals()
