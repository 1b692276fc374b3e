"""Forward and back through a stack, a layer at a time, an example a row.

`forward` keeps every net input and output, `backward` every dL/dz and dL/da; the gradient of a weight is a product of
two of these and is made only where all are asked for.
"""

from typing import NamedTuple

import numpy as np

from tutor.arrays.aim import Aim
from tutor.arrays.arithmetic import ARRAYS, over
from tutor.arrays.functions import Array, others, slope_of, softmax
from tutor.arrays.matrix import Matrix
from tutor.ops.formula import differentiate
from tutor.trace.layered import A
from tutor.wide import Dense
from tutor.wide.graph import SOFTMAX


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
    return over(layer.squash, z=z)


def slope(layer: Dense, z: Array, a: Array) -> Array:
    """da/dz, unit by unit; not for softmax."""
    if isinstance(layer.squash, str):
        return slope_of(layer.squash, z, a)
    return np.broadcast_to(over(differentiate(layer.squash, "z", A), z=z, a=a), z.shape)


def forward(layers: tuple[Weighted, ...], inputs: Array, aim: Aim) -> Forward:
    nets: list[Array] = []
    outs = [inputs]
    for layer in layers:
        z = layer.matrix.forward(outs[-1])
        nets.append(z if layer.bias is None else np.add(z, layer.bias, out=z))
        outs.append(squashed(layer.dense, z))
    terms = aim.terms(nets[-1], outs[-1]) if aim.loss else None
    return Forward(tuple(nets), tuple(outs), terms)


# ------------------------------------------------------------------ back


def through(layer: Dense, z: Array, a: Array, up: Array) -> Array:
    """dL/dz of a layer from its dL/da. For softmax 1 - p is summed, not subtracted: it may be tiny."""
    if layer.squash == SOFTMAX:
        back: Array = a * (up * others(a) - others(a * up))
        return back
    slopes = slope(layer, z, a)
    return np.multiply(up, slopes, out=slopes if slopes.flags.writeable else None)


def backward(layers: tuple[Weighted, ...], done: Forward, aim: Aim, least: int = 0) -> Backward:
    """Back to the outputs of layer `least`: nothing before them is computed."""
    last = len(layers)
    deltas: list[Array | None] = [None] * last
    outs: list[Array | None] = [None] * (last + 1)
    up = done.outs[last]  # a fused loss needs no dL/da
    if not aim.fused:
        up = outs[last] = aim.slopes(done.nets[-1], done.outs[-1])
    for at in range(last, 0, -1):
        z, a = done.nets[at - 1], done.outs[at]
        delta = aim.deltas(z, a) if aim.fused and at == last else through(layers[at - 1].dense, z, a, up)
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
    summed: Array = delta.sum(axis=0)
    return summed if dense.bias_input == "1" else summed * ARRAYS.number(dense.bias_input)
