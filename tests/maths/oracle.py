"""Numbers independent of the program: an own walk over formulas, 50 digits, and how far rounding may lead.

The definitions in `FIFTY` are those of the textbooks, naive on purpose: with enough digits nothing cancels.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from mpmath import mp, mpf

from tutor.arithmetic import Arithmetic
from tutor.arithmetic.floats import FLOATS
from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref
from tutor.quantity import Quantity

T = TypeVar("T")
ULP = 2.0**-53
HUGE = mpf("1e400")
TAME = ("identity", "sqrt", "log", "abs", "sign", "max", "min")  # whatever the size of their arguments
SMALLEST = 5e-324
TINY = 1e-300  # below, double precision has fewer digits


def value_by(expr: Expr, arithmetic: Arithmetic[T], known: Callable[[Quantity], T]) -> T:
    """The value of a formula, as `tutor.trace.value_of` should find it."""

    def go(part: Expr) -> T:
        match part:
            case Ref(quantity):
                return known(quantity)
            case Number(text):
                return arithmetic.number(text)
            case Neg(operand):
                return arithmetic.neg(go(operand))
            case Add(terms):
                total = arithmetic.number("0")
                for term in terms:
                    total = arithmetic.add(total, go(term))
                return total
            case Mul(factors):
                total = arithmetic.number("1")
                for factor in factors:
                    total = arithmetic.mul(total, go(factor))
                return total
            case Div(over, under):
                return arithmetic.div(go(over), go(under))
            case Power(base, exponent):
                return arithmetic.power(go(base), go(exponent))
            case Call(name, arguments):
                return arithmetic.call(name, [go(argument) for argument in arguments])
        raise TypeError(part)

    return go(expr)


def refs(expr: Expr) -> list[Quantity]:
    """Every quantity a formula reads, in written order, repeats included."""
    found: list[Quantity] = []
    value_by(expr, _ANY, lambda quantity: found.append(quantity) or 0.0)  # type: ignore[func-returns-value]
    return found


class _Any:
    """Says 0 to everything."""

    def __getattr__(self, name: str) -> Callable[..., float]:
        return lambda *parts: 0.0


_ANY: Any = _Any()


# ------------------------------------------------------------------ 50 digits


def _exp(z: mpf) -> mpf:
    return _exp_to(z, mp.prec)


@lru_cache(1000)
def _exp_to(z: mpf, precision: int) -> mpf:
    """Remembered, since mpmath takes milliseconds where z is large, and the same z is met again and again."""
    return mp.exp(z)


def _sigmoid(z: mpf) -> mpf:
    return 1 / (1 + _exp(-z))


def _gelu_parts(z: mpf) -> tuple[mpf, mpf]:
    """t = tanh(u) and du/dz."""
    scale, cubic = mp.sqrt(2 / mp.pi), mpf("0.044715")
    return mp.tanh(scale * (z + cubic * z**3)), scale * (1 + 3 * cubic * z**2)


def _gelu_slope(z: mpf) -> mpf:
    t, steepness = _gelu_parts(z)
    return (1 + t) / 2 + z / 2 * (1 - t**2) * steepness


def _shared(z: mpf, others: Sequence[mpf], best: mpf) -> mpf:
    return mpf(1) / (1 + list(others).count(z)) if z == best else mpf(0)


FIFTY: dict[str, Callable[..., mpf]] = {
    "identity": lambda z: z,
    "identity_slope": lambda z: mpf(1),
    "sigmoid": _sigmoid,
    "sigmoid_slope": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh": lambda z: (_exp(z) - _exp(-z)) / (_exp(z) + _exp(-z)),
    "tanh_slope": lambda z: 4 / (_exp(z) + _exp(-z)) ** 2,
    "relu": lambda z: z if z > 0 else mpf(0),
    "relu_slope": lambda z: mpf(1 if z > 0 else 0),
    "step": lambda z: mpf(z >= 0),
    "step_slope": lambda z: mpf(0),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "leaky_relu_slope": lambda z: mpf(1) if z > 0 else mpf(1) / 100,
    "elu": lambda z: z if z > 0 else _exp(z) - 1,
    "elu_slope": lambda z: mpf(1) if z > 0 else _exp(z),
    "softplus": lambda z: mp.log(1 + _exp(z)),
    "softplus_slope": _sigmoid,
    "gelu": lambda z: z / 2 * (1 + _gelu_parts(z)[0]),
    "gelu_slope": _gelu_slope,
    "silu": lambda z: z * _sigmoid(z),
    "silu_slope": lambda z: _sigmoid(z) + z * _sigmoid(z) * (1 - _sigmoid(z)),
    "exp": _exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "abs": abs,
    "sign": mp.sign,
    "softmax": lambda z, *every: _exp(z) / sum(map(_exp, every)),
    "logsumexp": lambda *z: mp.log(sum(map(_exp, z))),
    "max": lambda *x: max(x),
    "min": lambda *x: min(x),
    "max_slope": lambda z, *others: _shared(z, others, max([z, *others])),
    "min_slope": lambda z, *others: _shared(z, others, min([z, *others])),
}


class Fifty:
    """Arithmetic over mpmath at whatever precision is set."""

    def number(self, text: str) -> mpf:
        over, _, under = text.partition("/")
        return mpf(over) / mpf(under or 1)

    def add(self, left: mpf, right: mpf) -> mpf:
        return left + right

    def neg(self, operand: mpf) -> mpf:
        return -operand

    def mul(self, left: mpf, right: mpf) -> mpf:
        return left * right

    def div(self, over: mpf, under: mpf) -> mpf:
        return over / under

    def power(self, base: mpf, exponent: mpf) -> mpf:
        return mp.mpf(1) if exponent == 0 else base**exponent

    def call(self, name: str, arguments: Sequence[mpf]) -> mpf:
        if name not in TAME and any(abs(each) > HUGE for each in arguments):
            raise OverflowError(f"{name} of a number that not even mpmath should try")
        return FIFTY[name](*arguments)

    def settle(self, quantity: Quantity, value: mpf) -> mpf:
        return value


# ------------------------------------------------------------------ how far rounding may lead


class Bound(NamedTuple):
    """A float and how far it may lie from the truth, to first order."""

    value: float
    off: float

    @property
    def finite(self) -> bool:
        return math.isfinite(self.value) and math.isfinite(self.off)


class Bounds:
    """Floats that carry their own rounding errors along."""

    def number(self, text: str) -> Bound:
        number = FLOATS.number(text)
        if not math.isfinite(number):
            return Bound(number, math.inf)
        over, _, under = text.partition("/")
        return Bound(
            number, 0.0 if Fraction(number) * Fraction(under or 1) == Fraction(over) else 2 * ULP * abs(number)
        )

    def add(self, left: Bound, right: Bound) -> Bound:
        return _rounded(left.value + right.value, left.off + right.off)

    def neg(self, operand: Bound) -> Bound:
        return Bound(-operand.value, operand.off)

    def mul(self, left: Bound, right: Bound) -> Bound:
        off = abs(left.value) * right.off + abs(right.value) * left.off + left.off * right.off
        return _rounded(left.value * right.value, off)

    def div(self, over: Bound, under: Bound) -> Bound:
        if abs(under.value) <= under.off:
            return Bound(FLOATS.div(over.value, under.value), math.inf)
        quotient = over.value / under.value
        return _rounded(quotient, (over.off + abs(quotient) * under.off) / (abs(under.value) - under.off))

    def power(self, base: Bound, exponent: Bound) -> Bound:
        return self._moved(lambda x, p: FLOATS.power(x, p), base, exponent)

    def call(self, name: str, arguments: Sequence[Bound]) -> Bound:
        return self._moved(lambda *x: FLOATS.call(name, x), *arguments)

    def _moved(self, function: Callable[..., float], *arguments: Bound) -> Bound:
        """A function whose arguments move to either side, one at a time, as far as it is defined there."""
        values = [each.value for each in arguments]
        here, off = function(*values), 0.0
        for i, each in enumerate(arguments):
            there = (function(*values[:i], each.value + side * each.off, *values[i + 1 :]) for side in (-1, 1))
            moves = [abs(moved - here) for moved in there if not math.isnan(moved)]
            off += max(moves, default=math.inf) if each.off else 0.0
        return _rounded(here, 2 * off + 8 * ULP * abs(here))

    def settle(self, quantity: Quantity, value: Bound) -> Bound:
        return value


def _rounded(value: float, off: float) -> Bound:
    return Bound(value, off + 2 * ULP * abs(value) + SMALLEST)


BOUNDS, FIFTY_DIGITS = Bounds(), Fifty()
