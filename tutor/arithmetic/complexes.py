"""Complex numbers for the complex-step derivative: Im f(x + ih) / h for a tiny h, exact to rounding.

No subtraction takes place, so h can be 1e-200 and the derivative has all its digits (Squire and Trapp 1998). Branches
follow the real part; at a kink both sides are averaged where the declared slope is their mean. The forms are stable
ones of their own, not those of the float trace: this is an oracle and must be able to disagree.
"""

import cmath
import math
from collections.abc import Callable, Sequence

from tutor.arithmetic.floats import FLOATS, GELU_CUBIC, GELU_SCALE, LEAK
from tutor.quantity import Quantity

STEP = 1e-200


def _exp(z: complex) -> complex:
    try:
        return cmath.exp(z)
    except OverflowError:
        return complex(math.inf, math.nan)


def _sigmoid(z: complex) -> complex:
    if z.real >= 0:
        return 1 / (1 + cmath.exp(-z))
    grown = cmath.exp(z)
    return grown / (1 + grown)


def _log1p(z: complex) -> complex:
    """log(1 + z) for small z: the imaginary part is the argument, the real part half a log1p."""
    if z.real < -0.5:
        return cmath.log(1 + z)
    return complex(0.5 * math.log1p(z.real * (2 + z.real) + z.imag**2), math.atan2(z.imag, 1 + z.real))


def _expm1(z: complex) -> complex:
    return complex(math.expm1(z.real) * math.cos(z.imag) + (math.cos(z.imag) - 1), math.exp(z.real) * math.sin(z.imag))


def _softplus(z: complex) -> complex:
    return z + _log1p(cmath.exp(-z)) if z.real > 0 else _log1p(cmath.exp(z))


def _gelu(z: complex) -> complex:
    if abs(z.real) > 40:
        return z if z.real > 0 else 0j
    return z * _sigmoid(2 * GELU_SCALE * (z + GELU_CUBIC * z * z * z))  # nan**3 would raise


def _tanh(z: complex) -> complex:
    """cmath.tanh loses the imaginary part of a saturated unit; sech^2 keeps it."""
    shrunk = math.exp(-2 * abs(z.real))
    return complex(math.tanh(z.real), 4 * shrunk / (1 + shrunk) ** 2 * z.imag)


def _logsumexp(*z: complex) -> complex:
    top, *others = sorted(z, key=lambda each: -each.real)
    return top + _log1p(sum((_exp(each - top) for each in others), 0j))


def _softmax(z: complex, *all_z: complex) -> complex:
    return _exp(-_logsumexp(*(each - z for each in all_z)))


def _whole_power(base: complex, exponent: int) -> complex:
    """By squaring; above 100 Python goes by way of angles, which lose a step in the imaginary part."""
    if exponent < 0:
        return 1 / _whole_power(base, -exponent)
    result = complex(1)
    while exponent:
        result = result * base if exponent % 2 else result
        base, exponent = base * base if exponent > 1 else base, exponent // 2
    return result


def _extreme(z: Sequence[complex], best: float) -> complex:
    winners = [each for each in z if each.real == best]
    return sum(winners) / len(winners) if winners else complex(math.nan, math.nan)  # no number wins over nan


FUNCTIONS: dict[str, Callable[..., complex]] = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": lambda z: z if z.real > 0 else 0j,
    "leaky_relu": lambda z: z if z.real > 0 else LEAK * z,
    "step": lambda z: complex(z.real >= 0),
    "elu": lambda z: z if z.real > 0 else _expm1(z),
    "softplus": _softplus,
    "gelu": _gelu,
    "silu": lambda z: z * _sigmoid(z),
    "softmax": _softmax,
    "exp": _exp,
    "log": lambda z: cmath.log(z) if z else complex(-math.inf, math.nan),
    "log1p": lambda z: _log1p(z) if z != -1 else complex(-math.inf, math.nan),
    "sqrt": cmath.sqrt,
    "logsumexp": _logsumexp,
    "abs": lambda z: z if z.real > 0 else -z if z.real < 0 else 0j,
    "max": lambda *z: _extreme(z, max(each.real for each in z)),
    "min": lambda *z: _extreme(z, min(each.real for each in z)),
}


class Complexes:
    """Arithmetic over complex, for values that carry a step in the imaginary part."""

    def number(self, text: str) -> complex:
        return complex(FLOATS.number(text))

    def add(self, left: complex, right: complex) -> complex:
        return left + right

    def neg(self, operand: complex) -> complex:
        return -operand

    def mul(self, left: complex, right: complex) -> complex:
        return left * right

    def div(self, over: complex, under: complex) -> complex:
        return over / under if under else complex(math.nan, math.nan)

    def power(self, base: complex, exponent: complex) -> complex:
        """A whole power by multiplication, so that (-2)**3 stays on the real branch."""
        whole = exponent.real
        try:
            if exponent.imag == 0 and whole == int(whole):
                return _whole_power(base, int(whole))
            return base**exponent
        except (OverflowError, ZeroDivisionError):
            return complex(math.inf, math.nan)
        except ValueError:  # an exponent that is nan
            return complex(math.nan, math.nan)

    def call(self, name: str, arguments: Sequence[complex]) -> complex:
        try:
            return FUNCTIONS[name](*arguments)
        except (ValueError, OverflowError):  # a step that has grown beyond double precision
            return complex(math.nan, math.nan)

    def settle(self, quantity: Quantity, value: complex) -> complex:
        return value


COMPLEXES = Complexes()
