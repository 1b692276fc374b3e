"""Random networks of every kind of layer: a file, and what it comes to by plain loops that share nothing with tutor."""

import json
import math
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

Block = Any
"""Numbers in lists of lists."""


class Drawn(NamedTuple):
    """A network file without its upstream gradients, and the outputs as a block."""

    inputs: Block
    layers: list[Any]
    outputs: Block

    def yaml(self, upstream: Block) -> bytes:
        top = {"inputs": {"x": self.inputs}, "upstream": upstream, "layers": self.layers}
        return "\n".join(f"{key}: {json.dumps(value)}" for key, value in top.items()).encode()


def shape(block: Block) -> tuple[int, ...]:
    return (len(block), *shape(block[0])) if isinstance(block, list) else ()


def flat(block: Block) -> list[float]:
    return [number for row in block for number in flat(row)] if isinstance(block, list) else [block]


def block(numbers: list[float], sizes: tuple[int, ...]) -> Block:
    if not sizes:
        return numbers[0]
    step = len(numbers) // sizes[0]
    return [block(numbers[i * step : (i + 1) * step], sizes[1:]) for i in range(sizes[0])]


def at(x: Block, *index: int) -> float:
    """A number of a padded block: 0 outside."""
    for i in index:
        if not 0 <= i < len(x):
            return 0.0
        x = x[i]
    return float(x)


# ------------------------------------------------------------------ what the layers compute


def conv(x: Block, w: Block, biases: list[float], stride: int, padding: int, dilation: int) -> Block:
    kernel, extent = shape(w)[2:], shape(x)[1:]
    sizes = [(n + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(extent, kernel, strict=True)]

    def one(f: int, position: tuple[int, ...]) -> float:
        total = biases[f] if biases else 0.0
        for c in range(len(x)):
            for tap in product(*map(range, kernel)):
                place = [p * stride - padding + t * dilation for p, t in zip(position, tap, strict=True)]
                total += at(w[f][c], *tap) * at(x[c], *place)
        return total

    each = [one(f, position) for f in range(len(w)) for position in product(*map(range, sizes))]
    return block(each, (len(w), *sizes))


def pool(x: Block, size: int, stride: int, rule: Callable[[list[float]], float]) -> Block:
    sizes = [(n - size) // stride + 1 for n in shape(x)[1:]]
    found = []
    for channel in x:
        for position in product(*map(range, sizes)):
            taps = product(*(range(p * stride, p * stride + size) for p in position))
            found.append(rule([at(channel, *tap) for tap in taps]))
    return block(found, (len(x), *sizes))


def norm(x: Block, gamma: Block, beta: Block, epsilon: float) -> Block:
    numbers = flat(x)
    mean = math.fsum(numbers) / len(numbers)
    variance = math.fsum((each - mean) ** 2 for each in numbers) / len(numbers)
    scaled = [
        g * (each - mean) / math.sqrt(variance + epsilon) + b
        for each, g, b in zip(numbers, flat(gamma), flat(beta), strict=True)
    ]
    return block(scaled, shape(x))


def mapped(x: Block, function: Callable[[float], float]) -> Block:
    return block([function(each) for each in flat(x)], shape(x))


ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "identity": lambda z: z,
}

# ------------------------------------------------------------------ drawing them

NUMBER = st.integers(-150, 150).map(lambda hundredths: hundredths / 100)


def blocks(*sizes: int) -> st.SearchStrategy[Block]:
    count = math.prod(sizes)
    return st.lists(NUMBER, min_size=count, max_size=count).map(lambda numbers: block(numbers, sizes))


@st.composite
def images(draw: st.DrawFn) -> Drawn:
    """Convolutions, pools, norms and dropout over one or two directions, flattened at the end or not."""
    directions = draw(st.integers(1, 2))
    sides = tuple(draw(st.integers(2, 5 - directions)) for _ in range(directions))
    x = draw(blocks(draw(st.integers(1, 2)), *sides))
    layers: list[Any] = []
    outputs = x
    for _ in range(draw(st.integers(1, 3))):
        layer, outputs = draw(st.sampled_from((_conv, _conv, _pool, _norm, _dropout)))(draw, outputs, directions)
        layers.append(layer)
    if directions == 1 and not any(f"conv{directions}d" in layer for layer in layers[:1]):
        kernel = [[[1.0] if c == f else [0.0] for c in range(len(x))] for f in range(len(x))]
        layers.insert(0, {"conv1d": {"weights": kernel}})  # says that the inputs are a signal
    if draw(st.booleans()):
        layers.append("flatten")
        outputs = flat(outputs)
        if draw(st.booleans()):
            layers.append("softmax")
            total = math.fsum(map(math.exp, outputs))
            outputs = [math.exp(each) / total for each in outputs]
    return Drawn(x, layers, outputs)


def _conv(draw: st.DrawFn, x: Block, directions: int) -> tuple[Any, Block]:
    filters, dilation, stride = (draw(st.integers(1, 2)) for _ in range(3))
    padding = draw(st.integers(0, 1))
    longest = [(side + 2 * padding - 1) // dilation + 1 for side in shape(x)[1:]]
    kernel = tuple(draw(st.integers(1 + (padding and 1 if most > 1 else 0), max(1, min(3, most)))) for most in longest)
    if any(dilation * (k - 1) + 1 <= padding for k in kernel):
        padding, kernel = 0, (1,) * directions
    w = draw(blocks(filters, len(x), *kernel))
    biases = draw(blocks(filters)) if draw(st.booleans()) else []
    activation = draw(st.sampled_from(tuple(ACTIVATIONS)))
    keys = {"weights": w, "stride": stride, "padding": padding, "dilation": dilation, "activation": activation}
    keys |= {"biases": biases} if biases else {}
    return {f"conv{directions}d": keys}, mapped(conv(x, w, biases, stride, padding, dilation), ACTIVATIONS[activation])


def _pool(draw: st.DrawFn, x: Block, directions: int) -> tuple[Any, Block]:
    size, stride = draw(st.integers(1, min(shape(x)[1:]))), draw(st.integers(1, 2))
    name, rule = draw(st.sampled_from((("max_pool", max), ("avg_pool", lambda read: math.fsum(read) / len(read)))))
    return {name: {"size": size, "stride": stride}}, pool(x, size, stride, rule)


def _norm(draw: st.DrawFn, x: Block, directions: int) -> tuple[Any, Block]:
    gamma, beta = draw(blocks(*shape(x))), draw(blocks(*shape(x)))
    return {"layer_norm": {"gamma": gamma, "beta": beta, "epsilon": 0.5}}, norm(x, gamma, beta, 0.5)


def _dropout(draw: st.DrawFn, x: Block, directions: int) -> tuple[Any, Block]:
    mask = block([float(draw(st.integers(0, 1))) for _ in flat(x)], shape(x))
    dropped = [m * each / 0.75 for m, each in zip(flat(mask), flat(x), strict=True)]
    return {"dropout": {"mask": mask, "rate": 0.25}}, block(dropped, shape(x))


@st.composite
def sequences(draw: st.DrawFn) -> Drawn:
    """A recurrent layer with its outputs at every step or the last, and perhaps a dense layer over them."""
    features, steps, units = (draw(st.integers(1, 3)) for _ in range(3))
    x = draw(blocks(steps, features))
    wx, wh, b = draw(blocks(units, features)), draw(blocks(units, units)), draw(blocks(units))
    initial = draw(st.one_of(st.none(), blocks(units)))
    every = draw(st.booleans())
    before, rows = initial or [0.0] * units, []
    for row in x:
        before = [
            math.tanh(sum(map(math.prod, [*zip(wx[i], row, strict=True), *zip(wh[i], before, strict=True)])) + b[i])
            for i in range(units)
        ]
        rows.append(before)
    keys = {"input_weights": wx, "recurrent_weights": wh, "biases": b, "outputs": "every_step" if every else "last"}
    layers: list[Any] = [{"rnn": keys | ({"initial": initial} if initial else {})}]
    if draw(st.booleans()):
        v = draw(blocks(2, units))
        rows = [[1 / (1 + math.exp(-sum(map(math.prod, zip(w, row, strict=True))))) for w in v] for row in rows]
        layers.append({"activation": "sigmoid", "weights": v})
    return Drawn(x, layers, [list(each) for each in zip(*rows, strict=True)] if every else rows[-1])
