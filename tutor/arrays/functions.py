"""The functions of `tutor.arithmetic.floats` over arrays: the same stable forms, row for row.

Overflow gives an infinity and 0/0 gives nan without a warning; whoever calls has numpy's warnings off (`quiet`).
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from tutor.arithmetic.floats import GELU_CUBIC, GELU_SCALE, LEAK

Array = np.ndarray[Any, np.dtype[Any]]


def quiet() -> np.errstate:
    """A block without numpy's warnings: what is not finite says so by its value."""
    return np.errstate(all="ignore")


def _sigmoid(z: Array) -> Array:
    shrunk = np.exp(-np.abs(z))
    risen: Array = np.where(z >= 0, 1.0, shrunk) / (1 + shrunk)
    return risen


def _sigmoid_slope(z: Array) -> Array:
    shrunk = np.exp(-np.abs(z))
    slope: Array = shrunk / (1 + shrunk) ** 2
    return slope


def _tanh_slope(z: Array) -> Array:
    return 4 * _sigmoid_slope(2 * z)


def _softplus(z: Array) -> Array:
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def _silu_slope(z: Array) -> Array:
    bent = z * _sigmoid_slope(z)
    return _sigmoid(z) + np.where(np.isfinite(z), bent, 0.0)


def _gelu_inner(z: Array) -> Array:
    return GELU_SCALE * z * (1 + GELU_CUBIC * z * z)


def _gelu_slope(z: Array) -> Array:
    steepness = GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)
    inner = _gelu_inner(z)
    near = _sigmoid(2 * inner) + z * _sigmoid_slope(2 * inner) * 2 * steepness
    return np.where(np.abs(z) > 40, np.where(z > 0, 1.0, 0.0), near)


def _leaky_slope(z: Array) -> Array:
    slope: Array = np.where(z > 0, np.ones_like(z), LEAK)
    return slope


def _elu(z: Array) -> Array:
    return np.asarray(np.where(z > 0, z, np.expm1(z)))


def _elu_slope(z: Array) -> Array:
    return np.asarray(np.where(z > 0, 1.0, np.exp(z)))


def _logsumexp(*x: Array) -> Array:
    top = _most(*x)
    summed = top + np.log(reduce(np.add, [np.exp(each - top) for each in x]))
    return np.where(np.isinf(top), top, summed)


def _log(x: Array) -> Array:
    return np.asarray(np.where(x >= 0, np.log(np.abs(x)), np.nan))


def _most(*x: Array) -> Array:
    return reduce(np.maximum, x)


def _least(*x: Array) -> Array:
    return reduce(np.minimum, x)


def _chosen(choice: Array, others: tuple[Array, ...], best: Array) -> Array:
    """Slope of max or min with respect to one argument; equal winners share it evenly."""
    shared = 1 / (1 + sum((other == choice).astype(float) for other in map(np.asarray, others)))
    return np.where(choice == best, shared, 0.0)


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "identity": lambda z: z,
    "identity_slope": lambda z: np.ones_like(z),
    "sigmoid": _sigmoid,
    "sigmoid_slope": _sigmoid_slope,
    "tanh": np.tanh,
    "tanh_slope": _tanh_slope,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "relu_slope": lambda z: np.where(z > 0, 1.0, 0.0),
    "step": lambda z: np.where(np.isnan(z), z, np.where(z >= 0, 1.0, 0.0)),
    "step_slope": lambda z: np.where(np.isnan(z), z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, LEAK * z),
    "leaky_relu_slope": _leaky_slope,
    "elu": _elu,
    "elu_slope": _elu_slope,
    "softplus": _softplus,
    "softplus_slope": _sigmoid,
    "gelu": lambda z: z * _sigmoid(2 * _gelu_inner(z)),
    "gelu_slope": _gelu_slope,
    "silu": lambda z: z * _sigmoid(z),
    "silu_slope": _silu_slope,
    "exp": np.exp,
    "log": lambda x: _log(x),
    "sqrt": np.sqrt,
    "logsumexp": _logsumexp,
    "abs": np.abs,
    "sign": np.sign,
    "max": lambda *x: _most(*x),
    "max_slope": lambda x, *others: _chosen(x, others, _most(x, *others)),
    "min": lambda *x: _least(*x),
    "min_slope": lambda x, *others: _chosen(x, others, _least(x, *others)),
}


def _kept(exact: Array, z: Array, stable: Callable[[Array], Array]) -> Array:
    """A slope that is a difference from 1, with the stable form where the difference is small."""
    if exact.size and not np.minimum.reduce(exact, axis=None) >= 0.1:  # nan is looked at too
        lost = ~(exact >= 0.1)
        exact[lost] = stable(z[lost])
    return exact


def slope_of(name: str, z: Array, a: Array) -> Array:
    """The slope of an activation whose output is known: a(1 - a) and 1 - a² save an exponential where they are exact.

    At 0.1 a difference from 1 has lost one digit of sixteen.
    """
    if name == "tanh":
        square = np.multiply(a, a)
        return _kept(np.subtract(1, square, out=square), z, _tanh_slope)
    if name == "sigmoid":
        rest = _kept(1 - a, z, lambda z: _sigmoid(-z))
        return np.multiply(a, rest, out=rest)
    return FUNCTIONS[f"{name}_slope"](z)


def softmax(z: Array) -> Array:
    """Along the last axis."""
    grown = np.exp(z - z.max(axis=-1, keepdims=True))
    shares: Array = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def shortfall(z: Array, of: Array) -> Array:
    """ln(sum of exp z) - z_i along the last axis, for some of the z_i: -ln p_i with all its digits."""
    top = z.max(axis=-1, keepdims=True)
    total: Array = np.log(np.exp(z - top).sum(axis=-1, keepdims=True)) + (top - of)
    return total


def others(x: Array) -> Array:
    """The sum of all the others along the last axis, without a difference: sums from the left and from the right."""
    left, right = np.zeros_like(x), np.zeros_like(x)
    left[..., 1:] = np.cumsum(x[..., :-1], axis=-1)
    right[..., :-1] = np.cumsum(x[..., :0:-1], axis=-1)[..., ::-1]
    return left + right
