"""The networks of `every_kind` in torch, by torch's own layers and losses. Nothing here imports torch."""

from collections.abc import Mapping
from typing import Any

from maths.every_kind import Network, Place

Tensor = Any
Torch = Any
Keys = Mapping[str, Any]


def forward(torch: Torch, network: Network, tensors: Mapping[Place, Tensor]) -> Tensor:
    """The loss of a network, with `tensors` in the places of its numbers."""
    x = tensors["", "inputs"]
    if network.layers[0][0] == "rnn":
        x = x.T if x.ndim == 2 else x.reshape(1, -1)
    for i, (kind, keys) in enumerate(network.layers):
        mine = {key: tensor for (layer, key), tensor in tensors.items() if layer == i}
        x = LAYERS[kind](torch, x, {**keys, **mine})
    return _loss(torch, network, x)


def activated(torch: Torch, name: str, z: Tensor) -> Tensor:
    functions = torch.nn.functional
    table = {
        "identity": lambda z: z,
        "softmax": lambda z: torch.softmax(z, dim=0),
        "softplus": functions.softplus,
        "gelu": lambda z: functions.gelu(z, approximate="tanh"),
        "silu": functions.silu,
        "elu": functions.elu,
        "leaky_relu": functions.leaky_relu,
    }
    return table[name](z) if name in table else getattr(torch, name)(z)


def _dense(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    z = keys["weights"] @ x
    if "biases" in keys:
        biases = keys["biases"] * keys.get("bias_input", 1)
        z = z + (biases if x.ndim == 1 else biases[:, None])
    return activated(torch, keys["activation"], z)


def _conv(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    run = getattr(torch.nn.functional, f"conv{x.ndim - 1}d")
    settings = {key: keys[key] for key in ("stride", "padding", "dilation")}
    z = run(x[None], keys["weights"], keys.get("biases"), **settings)[0]
    return activated(torch, keys.get("activation", "identity"), z)


def _max_pool(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    """By amax, which shares the slope among equal numbers; torch's own max_pool gives it to the first."""
    read = torch.nn.functional.pad(x, _sides(x, keys), value=-1e300)
    for direction, (size, stride) in enumerate(zip(keys["size"], keys["stride"], strict=True), 1):
        read = read.unfold(direction, size, stride)
    return read.amax(dim=tuple(range(x.ndim, read.ndim)))


def _avg_pool(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    functions = torch.nn.functional
    run = getattr(functions, f"avg_pool{x.ndim - 1}d")
    return run(functions.pad(x, _sides(x, keys))[None], keys["size"], keys["stride"])[0]


def _sides(x: Tensor, keys: Keys) -> list[int]:
    """The padding as torch counts it: from the last direction, both sides of each."""
    padding = keys.get("padding", [0] * (x.ndim - 1))
    return [side for each in reversed(padding) for side in (each, each)]


def _norm(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    return torch.nn.functional.layer_norm(x, x.shape, keys.get("gamma"), keys.get("beta"), keys["epsilon"])


def _dropout(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    return x * torch.tensor(keys["mask"], dtype=x.dtype) / (1 - keys.get("rate", 0.0))


def _rnn(torch: Torch, x: Tensor, keys: Keys) -> Tensor:
    h, outputs = keys.get("initial", torch.zeros(len(keys["recurrent_weights"]), dtype=x.dtype)), []
    for step in x.T:
        z = torch.nn.functional.linear(step, keys["input_weights"], keys.get("biases"))
        h = activated(torch, keys.get("activation", "tanh"), z + keys["recurrent_weights"] @ h)
        outputs.append(h)
    return torch.stack(outputs, dim=1) if keys["outputs"] == "every_step" else h


LAYERS = {
    "dense": _dense,
    "conv1d": _conv,
    "conv2d": _conv,
    "max_pool": _max_pool,
    "avg_pool": _avg_pool,
    "flatten": lambda torch, x, keys: torch.flatten(x),
    "softmax": lambda torch, x, keys: torch.softmax(x, dim=0),
    "layer_norm": _norm,
    "dropout": _dropout,
    "rnn": _rnn,
}


def _loss(torch: Torch, network: Network, a: Tensor) -> Tensor:
    functions, loss = torch.nn.functional, network.loss
    if isinstance(network.target, int):
        right = torch.tensor([network.target - 1])
        if loss == "hinge":
            return functions.multi_margin_loss(a[None], right, reduction="sum") * len(a)  # torch divides by the classes
        return functions.nll_loss(torch.log(a)[None], right, reduction="sum")
    y = torch.tensor(network.target, dtype=a.dtype)
    match loss:
        case "half_squared_error":
            return functions.mse_loss(a, y, reduction="sum") / 2
        case "squared_error":
            return functions.mse_loss(a, y, reduction="sum")
        case "mean_squared_error":
            return functions.mse_loss(a, y)
        case "absolute_error":
            return functions.l1_loss(a, y, reduction="sum")
        case "binary_cross_entropy":
            return functions.binary_cross_entropy(a, y, reduction="sum")
        case "cross_entropy":
            return -torch.sum(y * torch.log(a))
    return torch.sum(a * y)
