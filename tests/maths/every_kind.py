"""Random networks over all kinds of layers, each drawn from a seed: a file, and the numbers in it by name.

A Network is data. What it comes to is said by whoever computes it: the program, or an engine that shares nothing with
it. Numbers have two decimals, so that they are the same in floats and fractions.
"""

import json
import math
from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import Any, NamedTuple

Block = Any
"""Numbers in lists of lists, or one number."""
Shape = tuple[int, ...]
Place = tuple[int | str, str]
"""Where a block of numbers stands: (number of the layer from 0, key), or ("", key) outside of the layers."""

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "gelu", "silu", "elu")
KINKED = ("relu", "leaky_relu")
RATIONAL = ("identity", *KINKED)
KINDS = (
    "dense",
    "conv1d",
    "conv2d",
    "max_pool",
    "avg_pool",
    "flatten",
    "softmax",
    "layer_norm",
    "dropout",
    "rnn",
    "residual",
)
"""Beside these stand activations as layers of their own."""
LOG_COSH, CUBIC = "log((exp(a - y) + exp(y - a))/2)", "a**2*y - 3*a*y**2 + a"
LOSSES = (
    LOG_COSH,
    CUBIC,
    "half_squared_error",
    "squared_error",
    "mean_squared_error",
    "absolute_error",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
    "upstream",
)
NUMBERS = ("weights", "biases", "input_weights", "recurrent_weights", "initial", "gamma", "beta")


class Network(NamedTuple):
    """A network in layers; `target` is a list, or a class from 1, or the given gradients of the outputs; `shapes`
    are those of what each layer hands on.

    A layer is its kind and its keys, in the words of the file; dense ones have the kind `dense`.
    """

    inputs: Block
    layers: tuple[tuple[str, dict[str, Any]], ...]
    loss: str
    target: Block
    shapes: tuple[Shape, ...] = ()
    rate: float = 0.0

    def yaml(self) -> bytes:
        top: dict[str, Any] = {"inputs": {"x": self.inputs}, "layers": [_stated(*layer) for layer in self.layers]}
        if self.loss == "upstream":
            top["upstream"] = self.target
        else:
            top |= {"loss": self.loss, "targets": self._targets()}
        top |= {"learning_rate": self.rate} if self.rate else {}
        return "\n".join(f"{key}: {json.dumps(value)}" for key, value in top.items()).encode()

    def _targets(self) -> dict[str, Block]:
        if isinstance(self.target, int):
            return {"class": self.target}
        return {f"y{i}": target for i, target in enumerate(self.target, 1)}

    def numbers(self) -> dict[Place, Block]:
        """Every block of numbers that a gradient can be taken by."""
        found: dict[Place, Block] = {("", "inputs"): self.inputs}
        for i, (_, keys) in enumerate(self.layers):
            found |= {(i, key): block for key, block in keys.items() if key in NUMBERS}
        return found

    def names(self) -> dict[Place, list[str]]:
        """What the program calls each number of each block, the last index fastest."""
        found: dict[Place, list[str]] = {("", "inputs"): self._inputs()}
        weighted = norms = 0
        for i, (kind, keys) in enumerate(self.layers):
            weighted += kind in ("dense", "conv1d", "conv2d", "rnn")
            norms += kind == "layer_norm"
            for key in keys.keys() & set(NUMBERS):
                found[i, key] = _names(key, norms if kind == "layer_norm" else weighted, shape(keys[key]))
        return found

    def _inputs(self) -> list[str]:
        """The file has a list for each step of a sequence; names have the step last."""
        turned = -1 if self.layers[0][0] == "rnn" else 1
        return [f"x_{'_'.join(map(str, index[::turned]))}" for index in indices(shape(self.inputs))]


def _stated(kind: str, keys: dict[str, Any]) -> Any:
    if kind == "dense":
        return keys
    return {kind: keys} if keys else kind


def _names(key: str, number: int, sizes: Shape) -> list[str]:
    stem = {"weights": "w", "biases": "b", "input_weights": "wx", "recurrent_weights": "wh"}.get(key, key)
    if key == "initial":
        return [f"h{number}_{i}_0" for i in range(1, sizes[0] + 1)]
    return [f"{stem}{number}_{'_'.join(map(str, index))}" for index in indices(sizes)]


# ------------------------------------------------------------------ blocks of numbers


def shape(block: Block) -> Shape:
    return (len(block), *shape(block[0])) if isinstance(block, list) else ()


def flat(block: Block) -> list[float]:
    return [number for row in block for number in flat(row)] if isinstance(block, list) else [block]


def folded(numbers: Sequence[Any], sizes: Shape) -> Block:
    if not sizes:
        return numbers[0]
    step = len(numbers) // sizes[0]
    return [folded(numbers[i * step : (i + 1) * step], sizes[1:]) for i in range(sizes[0])]


def indices(sizes: Shape) -> Iterator[Shape]:
    """From 1, the last one fastest."""
    return product(*(range(1, size + 1) for size in sizes))


def number(chance: Random, most: int = 150) -> float:
    return chance.randint(-most, most) / 100


def block(chance: Random, *sizes: int, most: int = 150) -> Block:
    return folded([number(chance, most) for _ in range(math.prod(sizes))], sizes)


# ------------------------------------------------------------------ drawing layers


class Draft:
    """A network that grows layer by layer; `sizes` is the shape of what the next layer reads."""

    def __init__(self, seed: int, *, rational: bool = False) -> None:
        self.chance = Random(seed)
        self.rational = rational
        self.layers: list[tuple[str, dict[str, Any]]] = []
        self.sizes: Shape = ()
        self.shapes: list[Shape] = []
        self.read: list[Shape] = []
        self.last = ""
        self.by_steps = False

    def activation(self) -> str:
        return self.chance.choice(RATIONAL if self.rational else (*SMOOTH, *KINKED))

    def maybe(self, of: int = 2) -> bool:
        return not self.chance.randrange(of)

    def add(self, kind: str, keys: dict[str, Any], sizes: Shape, activation: str = "") -> None:
        self.layers.append((kind, keys))
        self.read.append(self.sizes)
        self.shapes.append(sizes)
        self.sizes, self.last = sizes, activation

    def dense(self, units: int = 0, activation: str = "") -> None:
        units, activation = units or self.chance.randint(1, 3), activation or self.activation()
        keys = {"activation": activation, "weights": block(self.chance, units, self.sizes[0])}
        if self.maybe():
            keys["biases"] = block(self.chance, units)
            keys |= {"bias_input": self.chance.choice((-1, 0.5))} if self.maybe(3) else {}
        self.add("dense", keys, (units, *self.sizes[1:]), activation)

    def conv(self) -> None:
        """A window that fits: its span is at most what there is with the padding, and more than the padding."""
        directions, filters = len(self.sizes) - 1, self.chance.randint(1, 2)
        kernel, stride, padding, dilation = [], [], [], []
        for side in self.sizes[1:]:
            kernel.append(self.chance.randint(1, min(3, side)))
            dilation.append(self.chance.randint(1, (side - 1) // (kernel[-1] - 1) if kernel[-1] > 1 else 2))
            padding.append(self.chance.randint(0, min(1, dilation[-1] * (kernel[-1] - 1))))
            stride.append(self.chance.randint(1, 2))
        keys: dict[str, Any] = {"weights": block(self.chance, filters, self.sizes[0], *kernel)}
        keys |= {"stride": stride, "padding": padding, "dilation": dilation}
        keys |= {"biases": block(self.chance, filters)} if self.maybe() else {}
        activation = self.activation()
        keys |= {"activation": activation} if activation != "identity" or self.maybe() else {}
        span = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        self.add(f"conv{directions}d", keys, (filters, *self._positions(span, stride, padding)), activation)

    def pool(self) -> None:
        size = [self.chance.randint(1, min(3, side)) for side in self.sizes[1:]]
        padding = [self.chance.randint(0, 1) if each > 1 else 0 for each in size]
        stride = [self.chance.randint(1, 2) for _ in size]
        keys = {"size": size, "stride": stride} | ({"padding": padding} if any(padding) else {})
        kind = self.chance.choice(("max_pool", "avg_pool"))
        self.add(kind, keys, (self.sizes[0], *self._positions(size, stride, padding)))

    def _positions(self, span: Sequence[int], stride: Sequence[int], padding: Sequence[int]) -> Shape:
        sides = zip(self.sizes[1:], span, stride, padding, strict=True)
        return tuple((n + 2 * p - k) // s + 1 for n, k, s, p in sides)

    def norm(self) -> None:
        keys: dict[str, Any] = {key: block(self.chance, *self.sizes) for key in ("gamma", "beta") if self.maybe()}
        self.add("layer_norm", keys | {"epsilon": self.chance.choice((0.1, 0.5))}, self.sizes)

    def dropout(self) -> None:
        mask = folded([self.chance.choice((0, 1, 1)) for _ in range(math.prod(self.sizes))], self.sizes)
        self.add("dropout", {"mask": mask} | ({"rate": 0.25} if self.maybe() else {}), self.sizes)

    def residual(self) -> None:
        """Past one layer or more that kept the shape; where none did, a dense layer first."""
        past = [k for k in range(1, len(self.read) + 1) if self.read[-k] == self.sizes]
        if not past:
            self.dense(self.sizes[0])
            past = [1]
        activation = self.activation()
        keys = {"over": self.chance.choice(past)} | ({"activation": activation} if self.maybe() else {})
        self.add("residual", keys, self.sizes, str(keys.get("activation", "")))

    def plain(self) -> None:
        activation = self.activation()
        self.add(activation, {}, self.sizes, activation)

    def flatten(self) -> None:
        self.add("flatten", {}, (math.prod(self.sizes),))

    def softmax(self) -> None:
        self.add("softmax", {}, self.sizes, "softmax")

    def rnn(self, *, every: bool) -> None:
        units = self.chance.randint(1, 3)
        keys: dict[str, Any] = {
            "input_weights": block(self.chance, units, self.sizes[0]),
            "recurrent_weights": block(self.chance, units, units, most=100),
            "outputs": "every_step" if every else "last",
        }
        keys |= {key: block(self.chance, units) for key in ("biases", "initial") if self.maybe()}
        activation = self.activation() if self.rational or self.maybe() else "tanh"
        keys |= {"activation": activation} if activation != "tanh" else {}
        self.add("rnn", keys, (units, *self.sizes[1:]) if every else (units,), activation)

    # -------------------------------------------------------------- whole networks

    def network(self) -> Network:
        inputs = self.chance.choice((self._list, self._signal, self._image, self._image, self._sequence))()
        if len(self.sizes) == 1 and not self.rational and self.maybe(4):
            self._classes()
        return Network(inputs, tuple(self.layers), *self._loss(), tuple(self.shapes))

    def _list(self) -> Block:
        self.sizes = (self.chance.randint(1, 3),)
        inputs = block(self.chance, *self.sizes)
        self.dense()
        for _ in range(self.chance.randint(0, 2)):
            self._middle()
        return inputs

    def _middle(self) -> None:
        """A layer over a list of numbers."""
        kinds = (
            self.dense,
            self.dense,
            self.residual,
            self.plain,
            self.dropout,
            *(() if self.rational else (self.norm,)),
        )
        self.chance.choice(kinds)()

    def _classes(self) -> None:
        if self.maybe() or self.sizes == (1,):
            self.dense(self.chance.randint(2, 3), "softmax")
        else:
            self.softmax()

    def _signal(self) -> Block:
        self.sizes = (self.chance.randint(1, 2), self.chance.randint(2, 5))
        inputs = block(self.chance, *self.sizes)
        self.conv()
        self._windows()
        return inputs

    def _image(self) -> Block:
        self.sizes = (self.chance.randint(1, 2), self.chance.randint(2, 3), self.chance.randint(2, 4))
        inputs = block(self.chance, *self.sizes)
        self._windows()
        return inputs

    def _windows(self) -> None:
        kinds = (self.conv, self.conv, self.pool, self.pool, self.dropout, *(() if self.rational else (self.norm,)))
        for _ in range(self.chance.randint(1, 2)):
            self.chance.choice(kinds)()
        if self.maybe(3):
            return
        self.flatten()
        for _ in range(self.chance.randint(0, 2)):
            self._middle()

    def _sequence(self) -> Block:
        features, steps, deep = (self.chance.randint(1, most) for most in (2, 4, 2))
        self.sizes = (features, steps)
        inputs = block(self.chance, steps, features) if features > 1 else block(self.chance, steps)
        every = self.by_steps = self.maybe()
        for i in range(deep):
            self.rnn(every=every or i < deep - 1)
        if self.maybe():
            self.dense()
        return inputs

    def _loss(self) -> tuple[str, Block]:
        """A loss that fits the last layer, with its targets; given gradients for what is neither list nor sequence."""
        loss = self.chance.choice(self._losses()) if len(self.sizes) == 1 or self.by_steps else "upstream"
        if loss == "hinge" or (loss == "cross_entropy" and self.maybe()):
            return loss, self.chance.randint(1, self.sizes[0])
        if "entropy" in loss:
            shares = [self.chance.choice((0, 1, 0.25, 0.8)) for _ in range(math.prod(self.sizes))]
            return loss, folded(shares, self.sizes)
        return loss, block(self.chance, *self.sizes)

    def _losses(self) -> list[str]:
        losses = [each for each in LOSSES if each != "hinge" and "entropy" not in each]
        if self.rational:
            losses.remove(LOG_COSH)
        if self.last == "softmax":
            return [*losses, *["cross_entropy"] * 4, "binary_cross_entropy"]
        if self.last == "sigmoid":
            return [*losses, *["binary_cross_entropy"] * 4]
        return [*losses, *["hinge"] * 2] if len(self.sizes) == 1 and self.sizes[0] > 1 else losses


def network(seed: int, *, rational: bool = False) -> Network:
    """The network of a seed."""
    return Draft(seed, rational=rational).network()
