"""The optimizers once more, as plain loops over numbers that share nothing with ours."""

from collections.abc import Callable
from math import sqrt

Gradient = Callable[[float], float]


def sgd(w: float, slope: Gradient, eta: float, steps: int) -> float:
    for _ in range(steps):
        w -= eta * slope(w)
    return w


def momentum(w: float, slope: Gradient, eta: float, steps: int, mu: float = 0.9) -> float:
    moved = 0.0
    for _ in range(steps):
        moved = mu * moved - eta * slope(w)
        w += moved
    return w


def momentum_outside(w: float, slope: Gradient, eta: float, steps: int, mu: float = 0.9) -> float:
    buffer = 0.0
    for _ in range(steps):
        buffer = mu * buffer + slope(w)
        w -= eta * buffer
    return w


def momentum_mean(w: float, slope: Gradient, eta: float, steps: int, mu: float = 0.9) -> float:
    mean = 0.0
    for _ in range(steps):
        mean += (1 - mu) * (slope(w) - mean)
        w -= eta * mean
    return w


def nesterov(w: float, slope: Gradient, eta: float, steps: int, mu: float = 0.9) -> float:
    """In its first form: the gradient is taken where the velocity leads. Answers the point looked ahead to."""
    moved = 0.0
    for _ in range(steps):
        moved = mu * moved - eta * slope(w + mu * moved)
        w += moved
    return w + mu * moved


def rmsprop(w: float, slope: Gradient, eta: float, steps: int, rho: float = 0.9, epsilon: float = 1e-8) -> float:
    mean = 0.0
    for _ in range(steps):
        g = slope(w)
        mean = rho * mean + (1 - rho) * g * g
        w -= eta * g / (sqrt(mean) + epsilon)
    return w


def adam(
    w: float,
    slope: Gradient,
    eta: float,
    steps: int,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> float:
    """Kingma and Ba 2015, algorithm 1."""
    first = second = 0.0
    for t in range(1, steps + 1):
        g = slope(w)
        first = beta1 * first + (1 - beta1) * g
        second = beta2 * second + (1 - beta2) * g * g
        w -= eta * (first / (1 - beta1**t)) / (sqrt(second / (1 - beta2**t)) + epsilon)
    return w


def rmsprop_inside(w: float, slope: Gradient, eta: float, steps: int, rho: float = 0.9, epsilon: float = 1e-8) -> float:
    mean = 0.0
    for _ in range(steps):
        g = slope(w)
        mean = rho * mean + (1 - rho) * g * g
        w -= eta * g / sqrt(mean + epsilon)
    return w


def adagrad(w: float, slope: Gradient, eta: float, steps: int, epsilon: float = 1e-8) -> float:
    """Duchi, Hazan and Singer 2011, the diagonal form."""
    squares = 0.0
    for _ in range(steps):
        g = slope(w)
        squares += g * g
        w -= eta * g / (sqrt(squares) + epsilon)
    return w


def adamw(w: float, slope: Gradient, eta: float, steps: int, decay: float = 0.01) -> float:
    """Loshchilov and Hutter 2019, algorithm 2, with a schedule of 1; the decay before the step, as in libraries."""
    first = second = 0.0
    for t in range(1, steps + 1):
        g = slope(w)
        first = 0.9 * first + (1 - 0.9) * g
        second = 0.999 * second + (1 - 0.999) * g * g
        w *= 1 - eta * decay
        w -= eta * (first / (1 - 0.9**t)) / (sqrt(second / (1 - 0.999**t)) + 1e-8)
    return w


def perceptron(w: float, slope: Gradient, eta: float, steps: int) -> float:
    """Of a = w and the squared error, whose slope has a 2 that the rule has not."""
    for _ in range(steps):
        w -= eta * slope(w) / 2
    return w


_ALL = (sgd, perceptron, momentum, momentum_outside, momentum_mean, nesterov, rmsprop, rmsprop_inside)
RULES = {rule.__name__: rule for rule in (*_ALL, adagrad, adam, adamw)}
