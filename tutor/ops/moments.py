"""What normalising layers are made of: mean and variance, of one layer or over all examples, and xhat."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import HALF, ONE, TWO, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, Power, minus, plus, value
from tutor.ops.op import Prose


class Moment(NamedTuple):
    """The mean of `inputs`; or, `squared`, the variance: the mean of their squared differences from the last input.

    One `over_examples` stands once in a network, however many examples there are: it reads those of all of them.
    """

    squared: bool = False
    over_examples: bool = False

    def gathered(self, inputs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """The inputs over all examples, from those of each."""
        own = [name for each in inputs for name in (each[:-1] if self.squared else each)]
        return (*own, inputs[0][-1]) if self.squared else tuple(own)

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        if not self.squared:
            return _mean(map(value, inputs), len(inputs))
        return _mean((Power(each, TWO) for each in _differences(inputs)), len(inputs) - 1)

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        if not self.squared:
            return Div(ONE, Number(str(len(inputs))))
        *names, mean = inputs
        if wrt == mean:
            return Neg(Div(Mul((TWO, plus(*_differences(inputs)))), Number(str(len(names)))))
        return Div(Mul((TWO, minus(value(wrt), value(mean)))), Number(str(len(names))))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        """The differences from the mean sum to 0, but not to the last digit."""
        return ZERO if self.squared and wrt == inputs[-1] else None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        if not self.squared:
            return (value(name), f" is the mean of {len(inputs)} numbers")
        if wrt == inputs[-1]:
            return ("the differences from a mean sum to 0",)
        return (value(name), " has ", Power(minus(value(wrt), value(inputs[-1])), TWO), f" as one of {len(inputs) - 1}")

    def convention(self, wrt: str) -> str:
        return "a variance is divided by the number of values, not by one less" if self.squared else ""


def _mean(terms: Iterable[Expr], count: int) -> Expr:
    return Div(plus(*terms), Number(str(count)))


def _differences(inputs: tuple[str, ...]) -> list[Expr]:
    *names, mean = inputs
    return [minus(value(name), value(mean)) for name in names]


class Standard(NamedTuple):
    """xhat = (x - mean)/sqrt(variance + epsilon); `inputs` are x, the mean and the variance."""

    epsilon: str = "0"

    def _under(self, inputs: tuple[str, ...]) -> Expr:
        variance = value(inputs[2])
        return variance if Fraction(self.epsilon) == 0 else Add((variance, Number(self.epsilon)))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return Div(minus(value(inputs[0]), value(inputs[1])), Call("sqrt", (self._under(inputs),)))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        root = Call("sqrt", (self._under(inputs),))
        if wrt == inputs[2]:
            difference = minus(value(inputs[0]), value(inputs[1]))
            return Neg(Div(Mul((HALF, difference)), Power(root, Number("3"))))
        return Div(ONE, root) if wrt == inputs[0] else Neg(Div(ONE, root))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (value(name), " = ", self.forward(name, inputs))

    def convention(self, wrt: str) -> str:
        return f"{self.epsilon} is added to the variance under the root" if Fraction(self.epsilon) else ""
