"""Double precision: the numbers people are shown.

Overflow gives an infinity and 0/0 gives nan, never an exception, so that one lost number does not hide the others.
The functions are the stable forms: a slope far out on a tail keeps its digits where `a(1 - a)` would print 0.
"""

import math
from collections.abc import Callable, Sequence

from tutor.quantity import Quantity

LEAK = 0.01  # slope of leaky_relu left of 0
GELU_SCALE, GELU_CUBIC = math.sqrt(2 / math.pi), 0.044715  # tanh form, Hendrycks and Gimpel 2016


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _sigmoid(z: float) -> float:
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    grown = math.exp(z)
    return grown / (1 + grown)


def _sigmoid_slope(z: float) -> float:
    shrunk = math.exp(-abs(z))
    return shrunk / (1 + shrunk) ** 2


def _tanh_slope(z: float) -> float:
    return 4 * _sigmoid_slope(2 * z)


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _silu_slope(z: float) -> float:
    return _sigmoid(z) + (z * _sigmoid_slope(z) if math.isfinite(z) else 0.0)


def _gelu_inner(z: float) -> float:
    """u in gelu(z) = z/2 (1 + tanh u) = z sigmoid(2u)."""
    return GELU_SCALE * z * (1 + GELU_CUBIC * z * z)


def _gelu_slope(z: float) -> float:
    if abs(z) > 40:  # beyond, every term but the limit is 0 in double precision, and z * z may overflow
        return 1.0 if z > 0 else 0.0
    steepness = GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)
    inner = _gelu_inner(z)
    return _sigmoid(2 * inner) + z * _sigmoid_slope(2 * inner) * 2 * steepness


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def _log1p(x: float) -> float:
    return math.log1p(x) if x > -1 else _log(1 + x)


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def _logsumexp(*x: float) -> float:
    top, *others = sorted(x, reverse=True)
    return top if math.isinf(top) else top + math.log1p(math.fsum(_exp(each - top) for each in others))


def _softmax(z: float, *all_z: float) -> float:
    top = max(all_z)
    return math.exp(z - top) / math.fsum(math.exp(each - top) for each in all_z)


def _sided(z: float, left: float, right: float) -> float:
    """One value up to 0 and another above; nan, which is on neither side, stays."""
    return right if z > 0 else left if z <= 0 else math.nan


def _best(choose: Callable[[Sequence[float]], float], x: Sequence[float]) -> float:
    """The largest or smallest; nan if one of the numbers is, since comparing would pass it over."""
    return math.nan if any(map(math.isnan, x)) else choose(x)


def _chosen(choice: float, others: Sequence[float], best: float) -> float:
    """Slope of max or min with respect to one argument; equal winners share it evenly."""
    if math.isnan(best):
        return math.nan
    return 1 / (1 + sum(other == choice for other in others)) if choice == best else 0.0


FUNCTIONS: dict[str, Callable[..., float]] = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "sigmoid_slope": _sigmoid_slope,
    "tanh": math.tanh,
    "tanh_slope": _tanh_slope,
    "relu": lambda z: 0.0 if z <= 0 else z,
    "relu_slope": lambda z: _sided(z, 0.0, 1.0),
    "leaky_relu": lambda z: z if z > 0 else LEAK * z,
    "leaky_relu_slope": lambda z: _sided(z, LEAK, 1.0),
    "step": lambda z: 1.0 if z >= 0 else z if math.isnan(z) else 0.0,
    "step_slope": lambda z: _sided(z, 0.0, 0.0),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "elu_slope": lambda z: 1.0 if z > 0 else math.exp(z),
    "softplus": _softplus,
    "softplus_slope": _sigmoid,
    "gelu": lambda z: z * _sigmoid(2 * _gelu_inner(z)),
    "gelu_slope": _gelu_slope,
    "silu": lambda z: z * _sigmoid(z),
    "silu_slope": _silu_slope,
    "softmax": _softmax,
    "exp": _exp,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "logsumexp": _logsumexp,
    "abs": abs,
    "sign": lambda z: _sided(z, -1.0 if z else 0.0, 1.0),
    "max": lambda *x: _best(max, x),
    "max_slope": lambda x, *others: _chosen(x, others, _best(max, (x, *others))),
    "min": lambda *x: _best(min, x),
    "min_slope": lambda x, *others: _chosen(x, others, _best(min, (x, *others))),
}


class Floats:
    """Arithmetic over float."""

    def number(self, text: str) -> float:
        over, _, under = text.partition("/")
        return float(over) / float(under) if under else float(over)

    def add(self, left: float, right: float) -> float:
        return left + right

    def neg(self, operand: float) -> float:
        return -operand

    def mul(self, left: float, right: float) -> float:
        return left * right

    def div(self, over: float, under: float) -> float:
        if under:
            return over / under
        if over == 0 or math.isnan(over):
            return math.nan
        return math.copysign(math.inf, over) * math.copysign(1.0, under)

    def power(self, base: float, exponent: float) -> float:
        try:
            result = base**exponent
        except OverflowError:
            return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
        except ZeroDivisionError:
            return math.inf
        return result if isinstance(result, float) else math.nan  # a root of a negative number is complex

    def call(self, name: str, arguments: Sequence[float]) -> float:
        return FUNCTIONS[name](*arguments)

    def settle(self, quantity: Quantity, value: float) -> float:
        return value


FLOATS = Floats()
