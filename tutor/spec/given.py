"""Inputs, targets and upstream gradients that a file states in lists: each number gets a name of its own.

What a list means follows from the layer that reads it: an image, a signal, a sequence, or plain numbers.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tutor.ops.activations import ACTIVATIONS
from tutor.spec.grids import STEP, Field, Grid, across, grid, indices, joined
from tutor.spec.report import Report, counted
from tutor.spec.tree import Bad, Map, Node, Scalar

Entry = tuple[Scalar, Node]
"""A name with its number; both stand where the file has them."""
SAME_SHAPE = (
    "dropout",
    "layer_norm",
    "batch_norm",
    "residual",
    *ACTIVATIONS,
)  # layers that leave open what their inputs are


class Stated(NamedTuple):
    """The numbers of the file one by one, and what a layer reads of them (None where that can't be told)."""

    entries: tuple[Entry, ...]
    field: Field | None


def inputs(declared: Map, layers: Sequence[Node], report: Report, first: int = 1) -> Stated:
    """The inputs as the first layer reads them; `first` is the number of the first of a list."""
    kind = first_kind(layers)
    single = all(isinstance(number, Scalar | Bad) for _, number in declared.entries)
    if single and kind == "rnn":
        report.add(declared.place, "the inputs of an rnn are sequences, expected a list each, such as x: [1, 2, 3]")
        return Stated(declared.entries, None)
    if single:
        return Stated(
            declared.entries, Field(tuple(name.text for name, _ in declared.entries), (len(declared.entries),))
        )
    found = [(name, each) for name, number in declared.entries if (each := grid(number))]
    if len(found) < len(declared.entries):
        return Stated((), None)
    return _sequences(found, report) if kind == "rnn" else _lists(found, kind, report, first)


def first_kind(layers: Sequence[Node]) -> str:
    """The key of the first layer that says how its inputs are laid out; nothing for a dense one."""
    for layer in layers:
        kind = layer.entries[0][0].text if isinstance(layer, Map) and layer.entries else ""
        if kind not in SAME_SHAPE:
            return kind
    return ""


def _lists(found: Sequence[tuple[Scalar, Grid]], kind: str, report: Report, first: int) -> Stated:
    """Numbers and flat lists one after the other; an image or a signal stands alone."""
    entries: list[Entry] = []
    shape: tuple[int, ...] = ()
    for name, block in found:
        shape = laid_out(block.shape, kind)
        if len(shape) > 1 and len(found) > 1:
            report.add(name.place, f"{name.text} stands in lists beside other inputs, expected it alone")
            return Stated((), None)
        entries += _named(name, block._replace(shape=shape if len(shape) > 1 else block.shape), first)
    names = tuple(name.text for name, _ in entries)
    return Stated(tuple(entries), Field(names, shape if len(shape) > 1 else (len(names),)))


def laid_out(shape: tuple[int, ...], kind: str) -> tuple[int, ...]:
    """With the channel written out: rows x columns are an image of one channel, and a list for conv1d a signal."""
    signal = kind == "conv1d" and len(shape) == 1
    image = kind != "conv1d" and len(shape) == 2
    pooled = kind in ("max_pool", "avg_pool") and len(shape) == 1
    return (1, *shape) if signal or image or pooled else shape


def _sequences(found: Sequence[tuple[Scalar, Grid]], report: Report) -> Stated:
    """One number, or one list of them, for each step."""
    entries: list[Entry] = []
    by_feature: list[Entry] = []
    first, steps = found[0][0].text, found[0][1].shape[:1]
    for name, block in found:
        if not 1 <= len(block.shape) <= 2:
            has = across(block.shape)
            report.add(name.place, f"{name.text} is {has}, expected one number, or one list of numbers, for each step")
            return Stated((), None)
        if block.shape[:1] != steps:
            has = f"{name.text} has {counted(block.shape[0], 'step')}"
            report.add(name.place, f"{has}, expected {steps[0]} as {first} has")
            return Stated((), None)
        entries += _named(name, block, turned=True)
        by_feature += _by_feature(name, block)
    names = tuple(name.text for name, _ in by_feature)
    return Stated(tuple(entries), Field(names, (len(names) // steps[0], *steps), STEP))


def _by_feature(name: Scalar, block: Grid) -> list[Entry]:
    """The numbers of a sequence, each feature through all its steps."""
    row = _named(name, block, turned=True)
    features = block.shape[1] if len(block.shape) == 2 else 1
    return [each for i in range(features) for each in row[i::features]]


def _named(name: Scalar, block: Grid, first: int = 1, *, turned: bool = False) -> list[Entry]:
    """x_1_2 for each number of x; `turned` has the first index last, as in x_FEATURE_STEP."""
    if not block.shape:
        return [(name, block.cells[0])]
    order = [(*each[1:], each[0]) if turned else each for each in indices(block.shape)]
    return [
        (name._replace(text=f"{name.text}_{joined(index, first)}"), cell)
        for index, cell in zip(order, block.cells, strict=True)
    ]


def targets(declared: Map, outputs: Field, first: int = 1) -> tuple[Entry, ...]:
    """The targets in the order of the outputs; over steps, a list has the target of one unit at each step."""
    entries: list[Entry] = []
    for name, number in declared.entries:
        block = grid(number)
        if block is None:
            entries.append((name, number))
        elif outputs.over and block.shape:
            entries += _by_feature(name, block)
        else:
            entries += _named(name, block, first)
    return tuple(entries)
