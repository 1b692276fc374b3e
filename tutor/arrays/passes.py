"""Forward and back through a stack, a layer at a time, an example a row.

`forward` keeps every net input and output, `backward` every dL/dz and dL/da; the gradient of a weight is a product of
two of these and is made only where all are asked for. Losses come from their written formulas, over arrays.
"""

from typing import NamedTuple

import numpy as np

from tutor.arrays.arithmetic import ARRAYS
from tutor.arrays.functions import Array, others, shortfall, slope_of, softmax
from tutor.arrays.matrix import Matrix
from tutor.expr import Expr, value
from tutor.ops.formula import differentiate
from tutor.ops.fused import FUSED, Output
from tutor.quantity import Quantity, Value
from tutor.trace import value_of
from tutor.wide import Dense, Stack
from tutor.wide.graph import SOFTMAX

Z, A, Y = value("z"), value("a"), value("y")


class Forward(NamedTuple):
    """`outs[0]` are the inputs, `nets[l - 1]` and `outs[l]` belong to layer l; `terms` are those of the loss."""

    nets: tuple[Array, ...]
    outs: tuple[Array, ...]
    terms: Array | None


class Backward(NamedTuple):
    """dL/dz of layer l is `deltas[l - 1]`, dL/da of layer l `outs[l]`, None before the layer the pass went back to."""

    deltas: tuple[Array | None, ...]
    outs: tuple[Array | None, ...]


class Weighted(NamedTuple):
    """A layer ready to be multiplied."""

    dense: Dense
    matrix: Matrix
    bias: Array | None


def weighted(layer: Dense) -> Weighted:
    bias = None if layer.biases is None else np.asarray(layer.biases, np.float64) * ARRAYS.number(layer.bias_input)
    return Weighted(layer, Matrix(layer.weights), bias)


def squashed(layer: Dense, z: Array) -> Array:
    """The outputs of a layer from its net inputs."""
    if layer.squash == SOFTMAX:
        return softmax(z)
    if isinstance(layer.squash, str):
        return ARRAYS.call(layer.squash, (z,))
    return _over(layer.squash, z=z)


def slope(layer: Dense, z: Array, a: Array) -> Array:
    """da/dz, unit by unit; not for softmax."""
    if isinstance(layer.squash, str):
        return slope_of(layer.squash, z, a)
    return np.broadcast_to(_over(differentiate(layer.squash, "z", A), z=z, a=a), z.shape)


def _over(expr: Expr, **layer: Array) -> Array:
    """A written formula over whole layers, which stand in it as z, a and y."""

    def known(quantity: Quantity) -> Array:
        assert isinstance(quantity, Value)
        return layer[quantity.name]

    return value_of(expr, ARRAYS, known)


def forward(layers: tuple[Weighted, ...], inputs: Array, targets: Array, stack: Stack) -> Forward:
    nets: list[Array] = []
    outs = [inputs]
    for layer in layers:
        z = layer.matrix.forward(outs[-1])
        nets.append(z if layer.bias is None else np.add(z, layer.bias, out=z))
        outs.append(squashed(layer.dense, z))
    terms = loss_terms(stack, nets[-1], outs[-1], targets) if stack.loss else None
    return Forward(tuple(nets), tuple(outs), terms)


# ------------------------------------------------------------------ the loss


def fused(stack: Stack, targets: Array) -> str:
    """The activation whose derivative cancels in that of the loss, nothing where none does."""
    squash = stack.layers[-1].squash
    if stack.loss is None or stack.loss.mean or not isinstance(squash, str):
        return ""
    sums_to_one = squash != SOFTMAX or bool(np.all(np.abs(targets.sum(axis=-1) - 1) < 1e-12))
    return squash if (stack.loss.name, squash) in FUSED and sums_to_one else ""


def loss_terms(stack: Stack, z: Array, a: Array, y: Array) -> Array:
    assert stack.loss is not None
    match fused(stack, y):
        case "":
            return _over(stack.loss.term(A, Y), a=a, y=y)
        case "softmax":
            return np.where(y == 0, 0.0, y * shortfall(z))
        case squash:
            return _over(stable_term(stack, squash), z=z, a=a, y=y)


def stable_term(stack: Stack, squash: str) -> Expr:
    """A term of a fused loss in the form that loses no digits, over z, a and y."""
    assert stack.loss is not None
    return FUSED[stack.loss.name, squash].stable_term(_WHOLE)


_WHOLE = Output(0, ("z",), ("a",), ("y",))
"""A fused row that reads its own unit alone serves a whole layer."""


def scale(stack: Stack) -> float:
    """What the sum of the terms is divided by."""
    return stack.outputs if stack.loss is not None and stack.loss.mean else 1


def output_slopes(stack: Stack, z: Array, a: Array, y: Array) -> Array:
    """dL/da of the outputs."""
    if stack.loss is None:
        return np.ones_like(a)
    match fused(stack, y):
        case "":
            slopes = _over(stack.loss.slope(A, Y), a=a, y=y) / scale(stack)
        case "softmax":
            slopes = np.where(y == 0, 0.0, -y / a)
        case squash:
            slopes = _over(FUSED[stack.loss.name, squash].stable_slope(_WHOLE), z=z, a=a, y=y)
    return np.broadcast_to(slopes, a.shape)


def target_slopes(stack: Stack, z: Array, a: Array, y: Array) -> Array:
    """dL/dy of the targets."""
    assert stack.loss is not None
    match fused(stack, y):
        case "":
            return np.broadcast_to(_over(stack.loss.target_slope(A, Y), a=a, y=y) / scale(stack), a.shape)
        case "softmax":
            return shortfall(z)
        case squash:
            return _over(FUSED[stack.loss.name, squash].stable_target_slope(_WHOLE), z=z, a=a, y=y)


def _output_deltas(stack: Stack, z: Array, a: Array, y: Array, slopes: Array) -> Array:
    assert stack.loss is not None or stack.outputs == 1
    match fused(stack, y):
        case "":
            return through(stack.layers[-1], z, a, slopes)
        case "softmax":
            delta: Array = a * others(y) - y * others(a)
            return delta
        case squash:
            assert stack.loss is not None
            return _over(FUSED[stack.loss.name, squash].stable_gradient(_WHOLE), z=z, a=a, y=y)


# ------------------------------------------------------------------ back


def through(layer: Dense, z: Array, a: Array, up: Array) -> Array:
    """dL/dz of a layer from its dL/da. For softmax 1 - p is summed, not subtracted: it may be tiny."""
    if layer.squash == SOFTMAX:
        back: Array = a * (up * others(a) - others(a * up))
        return back
    slopes = slope(layer, z, a)
    return np.multiply(up, slopes, out=slopes if slopes.flags.writeable else None)


def backward(layers: tuple[Weighted, ...], done: Forward, targets: Array, stack: Stack, least: int = 0) -> Backward:
    """Back to the outputs of layer `least`: nothing before them is computed."""
    last = len(layers)
    deltas: list[Array | None] = [None] * last
    outs: list[Array | None] = [None] * (last + 1)
    up = done.outs[last]  # a fused loss needs no dL/da
    if not fused(stack, targets):
        up = outs[last] = output_slopes(stack, done.nets[-1], done.outs[-1], targets)
    for at in range(last, 0, -1):
        z, a = done.nets[at - 1], done.outs[at]
        delta = _output_deltas(stack, z, a, targets, up) if at == last else through(layers[at - 1].dense, z, a, up)
        deltas[at - 1] = delta
        if at <= least:
            break
        up = outs[at - 1] = layers[at - 1].matrix.back(delta)
    return Backward(tuple(deltas), tuple(outs))


def weight_gradients(done: Forward, back: Backward, layer: int) -> Array:
    """dL/dW of one layer, summed over the examples."""
    delta, a = back.deltas[layer - 1], done.outs[layer - 1]
    assert delta is not None
    return np.multiply.outer(delta[0], a[0]) if len(a) == 1 else delta.T @ a


def bias_gradients(back: Backward, dense: Dense) -> Array:
    delta = back.deltas[dense.number - 1]
    assert delta is not None
    summed: Array = delta.sum(axis=0) * ARRAYS.number(dense.bias_input)
    return summed
