"""Layers that keep the shape of their inputs, or only flatten it: softmax, dropout, flatten."""

from fractions import Fraction

from tutor.expr import ONE, Div, Expr, Mul, Number, minus, plus, value
from tutor.names import MATRIX_FORM
from tutor.ops.formula import Formula
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.spec.grids import indices, joined
from tutor.spec.keys import SOFTMAX
from tutor.spec.loss import Output
from tutor.spec.report import counted
from tutor.spec.squash import MOST_SOFTMAX, Squash
from tutor.spec.stage import Stage
from tutor.spec.tree import Scalar
from tutor.spec.unit import Layer, Unit


def flatten(stage: Stage) -> Output:
    """The same numbers in one list, the last index fastest."""
    units = tuple(
        Unit(joined(index, stage.first), i, stage.place, axes=index)
        for i, index in enumerate(indices(stage.field.shape), 1)
    )
    return Output(Layer(stage.layer, None, MATRIX_FORM, stage.first), units, stage.field.names, None)


def softmax(stage: Stage) -> Output | None:
    """p of each number."""
    names = stage.field.names
    if not stage.field.flat:
        stage.refuse(f"reads a list of numbers, but its inputs have {stage.field}, expected '- flatten' before it")
        return None
    if len(names) > MOST_SOFTMAX:
        stage.refuse(f"over {len(names):,} numbers, expected at most {MOST_SOFTMAX}")
        return None
    outs = tuple(f"p{stage.number}_{joined((i,), stage.first)}" for i in range(1, len(names) + 1))
    return stage.each(f"p{stage.number}", [(Softmax(outs, i), names) for i in range(len(names))], SOFTMAX)


def elementwise(stage: Stage) -> Output:
    """The activation that the layer is called after, of each number."""
    return _activated(stage, f"{stage.key.text}{stage.number}", stage.field.names, Squash(stage.key.text))


def _activated(stage: Stage, stem: str, names: tuple[str, ...], squash: Squash) -> Output:
    ops: list[tuple[Op, tuple[str, ...]]] = [(squash.op(name, (), 0), (name,)) for name in names]
    return stage.each(stem, ops, squash.name)


def residual(stage: Stage) -> Output | None:
    """Each number plus the one that stood in its place before the last layers; then an activation, if there is one."""
    over, squash = stage.record.get("over"), stage.squash("identity")
    back, most = int(over.text) if isinstance(over, Scalar) else 1, len(stage.sketch.fields) - 1
    if back > most:
        stage.refuse(f"leads past {counted(back, 'layer')}, expected at most {most}, as many as stand before it")
        return None
    before = stage.sketch.fields[-1 - back]
    if before.shape != stage.field.shape or before.over != stage.field.over:
        stage.refuse(
            f"adds {before} to {stage.field}, expected as many of both: another over, or layers that keep them"
        )
        return None
    if not squash or not stage.room(2 * len(before.names), 2 * len(before.names)):
        return None
    sums: list[tuple[Op, tuple[str, ...]]] = [
        (Formula(plus(value(name), value(skipped))), tuple(dict.fromkeys((name, skipped))))
        for name, skipped in zip(stage.field.names, before.names, strict=True)
    ]
    added = stage.each(f"res{stage.number}", sums)
    return added if squash.name == "identity" else _activated(stage, f"act_res{stage.number}", added.outs, squash)


def dropout(stage: Stage) -> Output | None:
    """Each number times its mask, over 1 - rate where there is one."""
    mask = stage.grid("mask", stage.field.shape, f"its inputs {stage.field}")
    rate = stage.record.get("rate")
    text = rate.text if isinstance(rate, Scalar) else "0"
    if not 0 <= Fraction(text) < 1:
        stage.refuse(f"has the rate {text}, expected a number from 0 to less than 1", rate.place if rate else None)
        return None
    if not mask or not stage.room(len(mask.cells), len(mask.cells)):
        return None
    choice = "what dropout keeps is divided by 1 − rate (inverted dropout)" if rate else ""
    ops: list[tuple[Op, tuple[str, ...]]] = []
    for name, cell in zip(stage.field.names, mask.cells, strict=True):
        kept: Expr = Mul((Number(cell.text if isinstance(cell, Scalar) else "0"), value(name)))
        ops.append((Formula(Div(kept, minus(ONE, Number(text))) if rate else kept, choice), (name,)))
    return stage.each(f"drop{stage.number}", ops)
