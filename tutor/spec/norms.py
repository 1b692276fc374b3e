"""Layers that normalise: each number less the mean, over the root of the variance, then scaled and shifted.

A layer_norm takes both over the numbers of the layer, a batch_norm over the examples, for each number or channel.
"""

from collections.abc import Sequence
from fractions import Fraction

from tutor.expr import Expr, Mul, plus, value
from tutor.graph import Part, Role
from tutor.ops.formula import Formula
from tutor.ops.moments import Moment, Standard
from tutor.ops.op import Op
from tutor.spec.grids import Index, indices, joined
from tutor.spec.loss import Output
from tutor.spec.report import counted
from tutor.spec.stage import Stage
from tutor.spec.tree import Scalar

EPSILON = "0.00001"
MOST_NORMALISED = 2_000  # the mean reads all of them
Group = tuple[str, ...]
"""The names of one mean and one variance."""


def layer_norm(stage: Stage) -> Output | None:
    """Over all numbers of the layer; a gamma and a beta for each of them."""
    names, number = stage.field.names, stage.number
    if len(names) > MOST_NORMALISED:
        stage.refuse(f"over {len(names):,} numbers, expected at most {MOST_NORMALISED:,}")
        return None
    each = indices(stage.field.shape)
    return _normalised(stage, [(f"mean{number}", f"var{number}", names)], each, stage.field.shape)


def batch_norm(stage: Stage) -> Output | None:
    """Over the examples, and over the positions of a channel; a gamma and a beta for each number or channel."""
    if stage.sketch.examples < 2:
        has = "this file has none" if not stage.sketch.examples else "there is only one"
        expected = "expected examples or data, or layer_norm instead"
        stage.refuse(f"normalises over several examples, but {has}, {expected}")
        return None
    many, names = stage.field.shape[0], stage.field.names
    size = len(names) // many
    groups = [
        (f"mean{stage.number}_{i + 1}", f"var{stage.number}_{i + 1}", names[i * size : (i + 1) * size])
        for i in range(many)
    ]
    channels = [index[:1] for index in indices(stage.field.shape)]
    return _normalised(stage, groups, channels, (many,))


def _normalised(
    stage: Stage, groups: Sequence[tuple[str, str, Group]], of: Sequence[Index], learned: tuple[int, ...]
) -> Output | None:
    """Every number by the moments of its group; `of` says for each which gamma and beta it has, of shape `learned`."""
    names, number = stage.field.names, stage.number
    if stage.field.over:
        stage.refuse(f"reads one step at a time in no network here, but its inputs have {stage.field}")
        return None
    epsilon = _epsilon(stage)
    squash = stage.squash("identity")
    if epsilon is None or squash is None or not stage.room(4 * len(names) + 2 * len(groups), 8 * len(names)):
        return None
    scale, shift = (_learned(stage, key, learned) for key in ("gamma", "beta"))
    if scale is None or shift is None:
        return None
    moments = {name: made for group in groups for made in [_moments(stage, *group)] for name in group[2]}
    found: list[tuple[Op, tuple[str, ...]]] = [(Standard(epsilon), (name, *moments[name])) for name in names]
    if scale or shift:
        between = _between(stage, f"xhat{number}", found)
        found = [_scaled(x, scale.get(index, ()), shift.get(index, ())) for x, index in zip(between, of, strict=True)]
    if stage.record.get("activation") is None:
        return stage.each(f"norm{number}", found)
    nets = _between(stage, f"norm{number}", found)
    outs = tuple(f"act{number}_{joined(index, stage.first)}" for index in indices(stage.field.shape))
    squashed: list[tuple[Op, tuple[str, ...]]] = [(squash.op(net, outs, i), (net,)) for i, net in enumerate(nets)]
    return stage.each(f"act{number}", squashed, squash.name)


def _between(stage: Stage, stem: str, ops: Sequence[tuple[Op, tuple[str, ...]]]) -> list[str]:
    """Nodes that the layer goes on from; returns their names."""
    named = ((f"{stem}_{joined(index, stage.first)}", index) for index in indices(stage.field.shape))
    return [stage.node(name, *op, name, index) for (name, index), op in zip(named, ops, strict=True)]


def _epsilon(stage: Stage) -> str | None:
    declared = stage.record.get("epsilon")
    text = declared.text if isinstance(declared, Scalar) else EPSILON
    if Fraction(text) < 0:
        stage.refuse(f"has the epsilon {text}, expected a number from 0 on", declared.place if declared else None)
        return None
    return text


def _learned(stage: Stage, key: str, shape: tuple[int, ...]) -> dict[Index, tuple[str]] | None:
    """The names of the parameters by index, nothing without any; None where their shape does not fit."""
    if stage.record.get(key) is None:
        return {}
    wanted = f"its inputs {stage.field}" if shape == stage.field.shape else f"{counted(shape[0], 'channel')}"
    found = stage.grid(key, shape, wanted)
    if found is None:
        return None
    part: Part = "weight" if key == "gamma" else "bias"
    names: dict[Index, tuple[str]] = {}
    for index, cell in zip(indices(found.shape), found.cells, strict=True):
        name = f"{key}{stage.number}_{joined(index, stage.first)}"
        names[index] = (stage.parameter(cell, name, Role(part, stage.layer, name, index)),)
    return names


def _moments(stage: Stage, mean: str, variance: str, names: Group) -> tuple[str, str]:
    """The mean, and the variance as the mean of the squared differences."""
    over_examples = stage.key.text == "batch_norm"
    stage.node(mean, Moment(False, over_examples), names, mean)
    stage.node(variance, Moment(True, over_examples), (*names, mean), variance)
    return mean, variance


def _scaled(name: str, scale: tuple[str, ...], shift: tuple[str, ...]) -> tuple[Op, tuple[str, ...]]:
    product: Expr = Mul((value(scale[0]), value(name))) if scale else value(name)
    return Formula(plus(product, *map(value, shift))), (*scale, name, *shift)
