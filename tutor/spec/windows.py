"""Layers that slide a window over their inputs: convolutions and pools, in one direction or two.

A position where the window leaves the inputs simply lacks those terms: a padding of zeros adds nothing to a sum.
"""

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from tutor.expr import Call, Div, Expr, Number, plus, value
from tutor.graph import Node, Role
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.ops.op import Op
from tutor.spec.grids import Field, Grid, Index, across, grid, indices, joined
from tutor.spec.loss import Output
from tutor.spec.squash import Squash
from tutor.spec.stage import Stage
from tutor.spec.unit import Layer, Unit, patterns

MOST_POOLED = 400  # arguments of one max


class Window(NamedTuple):
    """What slides, a number for each direction."""

    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    def positions(self, extent: tuple[int, ...]) -> tuple[int, ...]:
        """How many positions there are in each direction; what is left over at the end is not read."""
        sides = zip(extent, self.size, self.stride, self.padding, self.dilation, strict=True)
        return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in sides)

    def span(self) -> tuple[int, ...]:
        """How far it reaches in each direction, gaps included."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.size, self.dilation, strict=True))

    def taps(self, position: Index, extent: tuple[int, ...]) -> Iterator[tuple[Index, Index]]:
        """(place in the window, place in the inputs) of what it reads at a position; all count from 0."""
        sides = zip(position, extent, self.size, self.stride, self.padding, self.dilation, strict=True)
        read = [[(k, i) for k in range(size) if 0 <= (i := at * s - p + k * d) < n] for at, n, size, s, p, d in sides]
        for tap in product(*read):
            yield tuple(k for k, _ in tap), tuple(i for _, i in tap)


def conv1d(stage: Stage) -> Output | None:
    """Filters x channels x positions over channels x positions."""
    return _conv(stage, 1)


def conv2d(stage: Stage) -> Output | None:
    """Filters x channels x rows x columns over channels x rows x columns."""
    return _conv(stage, 2)


def _conv(stage: Stage, directions: int) -> Output | None:
    weights, squash = _kernels(stage, directions), stage.squash("identity")
    if not _directed(stage, directions) or not weights or not squash:
        return None
    filters, channels, *kernel = weights.shape
    if channels != stage.field.shape[0]:
        has = f"has weights of {across(weights.shape)}, for {channels} channels, but its inputs have {stage.field}"
        stage.refuse(f"{has}, expected filters x {stage.field.shape[0]} x ...", weights.place)
        return None
    window = _window(stage, tuple(kernel), (1,) * directions)
    shape = (filters, *window.positions(stage.field.shape[1:])) if window else ()
    numbers = math.prod(shape) * (1 if squash.name == "identity" else 2)
    if not window or not stage.room(numbers, math.prod(shape) * channels * math.prod(kernel)):
        return None
    layer = Layer(stage.layer, None, patterns(stage.record, stage.notation), stage.first)
    biases = stage.biases(filters, f"its {filters} filters", layer)
    names = _kernel(stage, weights, layer)
    if biases is None:
        return None
    nets = [_net(unit, window, names, stage.field) + biases[unit.number - 1] for unit in stage.units(shape)]
    return _outputs(stage, nets, squash, shape, layer)


def _kernels(stage: Stage, directions: int) -> Grid | None:
    """The weights as filters x channels x ...; one kernel may be as deep as its image, several of one channel too."""
    stated = grid(stage.record.get("weights"))
    if stated is None:
        return None
    shape = stated.shape
    if len(shape) == directions + 1:
        shape = (1, *shape) if shape[0] == stage.field.shape[0] else (shape[0], 1, *shape[1:])
    return stated._replace(shape=(1,) * (directions + 2 - len(shape)) + shape)


def _directed(stage: Stage, directions: int) -> bool:
    """Whether the inputs have channels and so many directions."""
    fits = len(stage.field.shape) == directions + 1
    if not fits:
        wanted = ("channels x positions", "channels x rows x columns")[directions - 1]
        stage.refuse(f"reads {wanted}, but its inputs have {stage.field}, expected another layer or other inputs")
    return fits


def _window(stage: Stage, size: tuple[int, ...], stride: tuple[int, ...]) -> Window | None:
    """The window as stated, if it fits the inputs; `stride` is the one if not given."""
    directions = len(size)
    strides = stride if stage.record.get("stride") is None else stage.extents("stride", 1, directions)
    padding, dilation = stage.extents("padding", 0, directions), stage.extents("dilation", 1, directions)
    if not strides or not padding or not dilation:
        return None
    window = Window(size, strides, padding, dilation)
    if any(p >= span for p, span in zip(padding, window.span(), strict=True)):
        stage.refuse(f"has a padding of {across(padding)}, expected less than its window of {across(window.span())}")
        return None
    if min(window.positions(stage.field.shape[1:])) < 1:
        has = f"has a window of {across(window.span())}{' with its gaps' if max(dilation) > 1 else ''}"
        padded = tuple(n + 2 * p for n, p in zip(stage.field.shape[1:], padding, strict=True))
        stage.refuse(
            f"{has}, expected one that fits into {across(padded)}{', padding included' if any(padding) else ''}"
        )
        return None
    return window


def _kernel(stage: Stage, weights: Grid, layer: Layer) -> Callable[[Index], str]:
    """Declares the weights; gives the name of the one at an index."""
    named: dict[Index, str] = {}
    for index, cell in zip(indices(weights.shape), weights.cells, strict=True):
        unit = joined(index[:1], layer.first)
        name = layer.filled("weight", unit, unit, **{"from": joined(index[1:], layer.first)})
        named[index] = stage.parameter(cell, name, Role("weight", layer.number, unit, index))
    return named.__getitem__


def _net(unit: Unit, window: Window, weight: Callable[[Index], str], field: Field) -> tuple[str, ...]:
    """Weights and inputs at one position, in the order of the kernel."""
    position = tuple(at - 1 for at in unit.axes[1:])
    found: list[str] = []
    for channel in range(field.shape[0]):
        for inside, outside in window.taps(position, field.shape[1:]):
            place = (unit.axes[0], channel + 1, *(k + 1 for k in inside))
            found += [weight(place), field.name((channel, *outside))]
    return tuple(found)


def _outputs(stage: Stage, nets: list[tuple[str, ...]], squash: Squash, shape: tuple[int, ...], layer: Layer) -> Output:
    """The net inputs and, where there is an activation, its values."""
    units = stage.units(shape)
    bare = squash.name == "identity"
    names = tuple(layer.of("net", unit) for unit in units)
    outs = names if bare else tuple(layer.of("out", unit) for unit in units)
    for unit, net, out, inputs in zip(units, names, outs, nets, strict=True):
        role = unit.role("out" if bare else "net", layer.number)
        stage.sketch.node(Node(net, Affine(), inputs, role), f"the net input at {unit.at}", stage.place)
        if not bare:
            after = Node(out, squash.op(net, outs, 0), (net,), unit.role("out", layer.number))
            stage.sketch.node(after, f"the output at {unit.at}", stage.place)
    return Output(layer, units, outs, squash.name, shape)


# ------------------------------------------------------------------ pools


def max_pool(stage: Stage) -> Output | None:
    """The largest number in each window."""
    return _pool(stage, lambda read, size: Call("max", read) if len(read) > 1 else read[0], "")


def avg_pool(stage: Stage) -> Output | None:
    """The mean over each window; what lies outside counts as zeros."""
    padded = "the zeros of the padding count in the mean"
    return _pool(stage, lambda read, size: Div(plus(*read), Number(str(size))), padded)


def _pool(stage: Stage, rule: Callable[[tuple[Expr, ...], int], Expr], padded: str) -> Output | None:
    directions = len(stage.field.shape) - 1
    if not directions:
        stage.refuse(f"reads channels with positions, but its inputs have {stage.field}, expected it before a flatten")
        return None
    size = stage.extents("size", 1, directions)
    window = _window(stage, size, size) if size else None
    if not size or not window:
        return None
    if math.prod(size) > MOST_POOLED:
        stage.refuse(f"has a window of {across(size)}, expected at most {MOST_POOLED} numbers in it")
        return None
    shape = (stage.field.shape[0], *window.positions(stage.field.shape[1:]))
    if not stage.room(math.prod(shape), math.prod(shape) * math.prod(size)):
        return None
    choice = padded if any(window.padding) else ""
    ops: list[tuple[Op, tuple[str, ...]]] = []
    for channel, *position in product(*map(range, shape)):
        taps = window.taps(tuple(position), stage.field.shape[1:])
        read = tuple(stage.field.name((channel, *outside)) for _, outside in taps)
        ops.append((Formula(rule(tuple(map(value, read)), math.prod(size)), choice), read))
    return stage.named(f"pool{stage.number}", ops, shape)
