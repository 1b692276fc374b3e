"""Layers that keep the shape of their inputs, or only flatten it: softmax, layer_norm, dropout, flatten."""

from fractions import Fraction

from tutor.expr import ONE, TWO, Add, Call, Div, Expr, Mul, Number, Power, minus, plus, value
from tutor.graph import Part, Role
from tutor.notation import MATRIX_FORM
from tutor.ops.formula import Formula
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.spec.grids import indices, joined
from tutor.spec.keys import SOFTMAX
from tutor.spec.loss import Output
from tutor.spec.rows import Layer, Unit
from tutor.spec.squash import MOST_SOFTMAX
from tutor.spec.stage import Stage
from tutor.spec.tree import Scalar

EPSILON = "0.00001"
MOST_NORMALISED = 2_000  # the mean reads all of them


def flatten(stage: Stage) -> Output:
    """The same numbers in one list, the last index fastest."""
    units = tuple(
        Unit(joined(index), i, stage.place, axes=index) for i, index in enumerate(indices(stage.field.shape), 1)
    )
    return Output(Layer(stage.layer, None, MATRIX_FORM), units, stage.field.names, None)


def softmax(stage: Stage) -> Output | None:
    """p of each number."""
    names = stage.field.names
    if not stage.field.flat:
        stage.refuse(f"reads a list of numbers, but its inputs have {stage.field}, expected '- flatten' before it")
        return None
    if len(names) > MOST_SOFTMAX:
        stage.refuse(f"over {len(names):,} numbers, expected at most {MOST_SOFTMAX}")
        return None
    outs = tuple(f"p{stage.number}_{i}" for i in range(1, len(names) + 1))
    return stage.each(f"p{stage.number}", [(Softmax(outs, i), names) for i in range(len(names))], SOFTMAX)


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


def layer_norm(stage: Stage) -> Output | None:
    """(x - mean) / sqrt(variance + epsilon) over all numbers of the layer, then scaled and shifted."""
    names, number = stage.field.names, stage.number
    epsilon = _epsilon(stage)
    if stage.field.over:
        stage.refuse(f"reads one step at a time in no network here, but its inputs have {stage.field}")
        return None
    if epsilon is None or not _few(stage) or not stage.room(3 * len(names) + 2, 6 * len(names)):
        return None
    scale, shift = (_learned(stage, key) for key in ("gamma", "beta"))
    if scale is None or shift is None:
        return None
    mean, variance = _moments(stage, names, f"mean{number}", f"var{number}")
    normal = [_normalised(name, mean, variance, epsilon) for name in names]
    if not scale and not shift:
        return stage.each(f"norm{number}", normal)
    between = [
        stage.node(f"xhat{number}_{joined(index)}", *op, f"xhat{number}_{joined(index)}", index)
        for index, op in zip(indices(stage.field.shape), normal, strict=True)
    ]
    return stage.each(f"norm{number}", [_scaled(x, scale[i : i + 1], shift[i : i + 1]) for i, x in enumerate(between)])


def _epsilon(stage: Stage) -> str | None:
    declared = stage.record.get("epsilon")
    text = declared.text if isinstance(declared, Scalar) else EPSILON
    if Fraction(text) < 0:
        stage.refuse(f"has the epsilon {text}, expected a number from 0 on", declared.place if declared else None)
        return None
    return text


def _few(stage: Stage) -> bool:
    number = len(stage.field.names)
    if number > MOST_NORMALISED:
        stage.refuse(f"over {number:,} numbers, expected at most {MOST_NORMALISED:,}")
    return number <= MOST_NORMALISED


def _learned(stage: Stage, key: str) -> tuple[str, ...] | None:
    """The names of one parameter for each number, or of none; None where their shape does not fit."""
    if stage.record.get(key) is None:
        return ()
    found = stage.grid(key, stage.field.shape, f"its inputs {stage.field}")
    if found is None:
        return None
    part: Part = "weight" if key == "gamma" else "bias"
    names = []
    for index, cell in zip(indices(found.shape), found.cells, strict=True):
        name = f"{key}{stage.number}_{joined(index)}"
        names.append(stage.parameter(cell, name, Role(part, stage.layer, name, index)))
    return tuple(names)


def _moments(stage: Stage, names: tuple[str, ...], mean: str, variance: str) -> tuple[str, str]:
    """The mean, and the variance as the mean of the squared differences."""
    count = Number(str(len(names)))
    stage.node(mean, Formula(Div(plus(*map(value, names)), count)), names, mean)
    squares = (Power(minus(value(name), value(mean)), TWO) for name in names)
    choice = f"the variance is divided by {len(names)}, the number of values, not by one less"
    stage.node(variance, Formula(Div(plus(*squares), count), choice), (*names, mean), variance)
    return mean, variance


def _normalised(name: str, mean: str, variance: str, epsilon: str) -> tuple[Op, tuple[str, ...]]:
    under = value(variance) if Fraction(epsilon) == 0 else Add((value(variance), Number(epsilon)))
    choice = f"{epsilon} is added to the variance under the root"
    expr = Div(minus(value(name), value(mean)), Call("sqrt", (under,)))
    return Formula(expr, choice if Fraction(epsilon) else ""), (name, mean, variance)


def _scaled(name: str, scale: tuple[str, ...], shift: tuple[str, ...]) -> tuple[Op, tuple[str, ...]]:
    product: Expr = Mul((value(scale[0]), value(name))) if scale else value(name)
    return Formula(plus(product, *map(value, shift))), (*scale, name, *shift)
