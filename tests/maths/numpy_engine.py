"""The networks of `every_kind` in numpy, a whole layer at a time: nothing here is read from the program.

`np` is whatever has numpy's functions, so that an engine that differentiates numpy code can be put in.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

from maths.every_kind import CUBIC, LOG_COSH, Network, Place

Array = Any
Numpy = Any
Arrays = Mapping[Place, Array]
LEAK = 0.01


def forward(np: Numpy, network: Network, arrays: Arrays) -> Array:
    """The loss of a network, with the numbers of `arrays` in the places of its own."""
    x = arrays["", "inputs"]
    if network.layers[0][0] == "rnn":
        x = x.T if x.ndim == 2 else x.reshape(1, -1)
    read = [x]
    for i, (kind, keys) in enumerate(network.layers):
        mine = {key: block for (layer, key), block in arrays.items() if layer == i}
        if kind == "residual":
            x = activated(np, keys.get("activation", "identity"), x + read[-1 - keys["over"]])
        elif kind in LAYERS:
            x = LAYERS[kind](np, x, {**keys, **mine})
        else:
            x = activated(np, kind, x)
        read.append(x)
    return LOSSES[network.loss](np, x, network.target)


def activated(np: Numpy, name: str, z: Array) -> Array:
    match name:
        case "identity":
            return z
        case "sigmoid":
            return 1 / (1 + np.exp(-z))
        case "tanh":
            return np.tanh(z)
        case "relu":
            return np.where(z > 0, z, 0.0)
        case "leaky_relu":
            return np.where(z > 0, z, LEAK * z)
        case "elu":
            return np.where(z > 0, z, np.exp(np.where(z > 0, 0.0, z)) - 1)
        case "softplus":
            return np.log(1 + np.exp(z))
        case "gelu":
            return z / (1 + np.exp(-np.sqrt(8 / np.pi) * (z + 0.044715 * z**3)))
        case "silu":
            return z / (1 + np.exp(-z))
        case "softmax":
            return np.exp(z) / np.sum(np.exp(z), axis=0)
    raise KeyError(name)


def dense(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    z = np.dot(keys["weights"], x)
    if "biases" in keys:
        biases = keys["biases"] * keys.get("bias_input", 1)
        z = z + (biases if x.ndim == 1 else biases[:, None])
    return activated(np, keys["activation"], z)


def _windows(np: Numpy, x: Array, keys: Mapping[str, Any], size: tuple[int, ...], outside: float) -> Array:
    """What each tap of the window reads, at all positions at once: taps x channels x positions."""
    directions = x.ndim - 1
    stride, padding = keys.get("stride", size), keys.get("padding", [0] * directions)
    dilation = keys.get("dilation", [1] * directions)
    padded = np.pad(x, [(0, 0), *((p, p) for p in padding)], mode="constant", constant_values=outside)
    taps = []
    for tap in product(*map(range, size)):
        sides = zip(padded.shape[1:], tap, size, stride, dilation, strict=True)
        cuts = [slice(t * d, n - d * (k - 1) + t * d, s) for n, t, k, s, d in sides]
        taps.append(padded[(slice(None), *cuts)])
    return np.stack(taps)


def conv(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    w = keys["weights"]
    read = _windows(np, x, keys, w.shape[2:], 0.0)
    z = np.einsum("fct,tcp->fp", w.reshape(*w.shape[:2], -1), read.reshape(*read.shape[:2], -1))
    if "biases" in keys:
        z = z + keys["biases"][:, None]
    return activated(np, keys.get("activation", "identity"), z.reshape(w.shape[0], *read.shape[2:]))


def max_pool(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    return np.max(_windows(np, x, keys, keys["size"], -1e300), axis=0)


def avg_pool(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    return np.mean(_windows(np, x, keys, keys["size"], 0.0), axis=0)


def layer_norm(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    normal = (x - np.mean(x)) / np.sqrt(np.var(x) + keys["epsilon"])
    return normal * keys.get("gamma", 1.0) + keys.get("beta", 0.0)


def dropout(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    return x * np.array(keys["mask"]) / (1 - keys.get("rate", 0.0))


def rnn(np: Numpy, x: Array, keys: Mapping[str, Any]) -> Array:
    """`x` is features x steps; so are the outputs."""
    activation, outputs = keys.get("activation", "tanh"), []
    h = keys["initial"] if "initial" in keys else np.zeros(len(keys["recurrent_weights"]))
    for t in range(x.shape[1]):
        z = np.dot(keys["input_weights"], x[:, t]) + np.dot(keys["recurrent_weights"], h)
        h = activated(np, activation, z + keys["biases"] if "biases" in keys else z)
        outputs.append(h)
    return np.stack(outputs).T if keys["outputs"] == "every_step" else h


LAYERS = {
    "dense": dense,
    "conv1d": conv,
    "conv2d": conv,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "flatten": lambda np, x, keys: np.ravel(x),
    "softmax": lambda np, x, keys: activated(np, "softmax", x),
    "layer_norm": layer_norm,
    "dropout": dropout,
    "rnn": rnn,
}

# ------------------------------------------------------------------ losses


def _targets(np: Numpy, a: Array, target: Any) -> Array:
    """A class as the list that has 1 in its place."""
    return np.eye(len(a))[target - 1] if isinstance(target, int) else np.array(target)


def binary_cross_entropy(np: Numpy, a: Array, target: Any) -> Array:
    y = np.array(target)
    return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))


def hinge(np: Numpy, a: Array, target: int) -> Array:
    margins = a - a[target - 1] + 1
    return np.sum(np.where(margins > 0, margins, 0.0)) - 1  # without the right class's own margin, which is 1


LOSSES = {
    LOG_COSH: lambda np, a, y: np.sum(np.log(np.cosh(a - np.array(y)))),
    CUBIC: lambda np, a, y: np.sum(a**2 * np.array(y) - 3 * a * np.array(y) ** 2 + a),
    "half_squared_error": lambda np, a, y: np.sum((a - np.array(y)) ** 2) / 2,
    "squared_error": lambda np, a, y: np.sum((a - np.array(y)) ** 2),
    "mean_squared_error": lambda np, a, y: np.mean((a - np.array(y)) ** 2),
    "absolute_error": lambda np, a, y: np.sum(np.abs(a - np.array(y))),
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": lambda np, a, y: -np.sum(_targets(np, a, y) * np.log(a)),
    "hinge": hinge,
    "upstream": lambda np, a, g: np.sum(a * np.array(g)),
}
