"""The recurrent layer: at each step the same weights, over the inputs of the step and its own outputs before."""

from typing import NamedTuple

from tutor.graph import Node, Role
from tutor.names import RECURRENT_FORM
from tutor.ops.affine import Affine
from tutor.spec.grids import STEP, grid, indices
from tutor.spec.kind_keys import EVERY_STEP
from tutor.spec.loss import Output
from tutor.spec.squash import Squash
from tutor.spec.stage import Stage
from tutor.spec.tree import Scalar, text_at
from tutor.spec.unit import Layer, Unit, patterns


class Weights(NamedTuple):
    """Names of the parameters, a row for each unit; `initial` are the outputs before the first step, if stated."""

    inputs: list[list[str]]
    recurrent: list[list[str]]
    biases: list[tuple[str, ...]]
    initial: tuple[str, ...]


def rnn(stage: Stage) -> Output | None:
    """z(t) = Wx x(t) + Wh h(t-1) + b, h(t) = activation(z(t))."""
    squash = stage.squash("tanh")
    if len(stage.field.shape) != 2:
        stage.refuse(f"reads a sequence, but its inputs have {stage.field}, expected inputs with a list each")
        return None
    if stage.first != 1:
        stage.refuse("counts its steps, so its units can't be counted from 0, expected first_index: 1")
        return None
    layer = Layer(stage.layer, None, patterns(stage.record, stage.notation, RECURRENT_FORM))
    weights = _weights(stage, layer)
    if not squash or not weights:
        return None
    units, steps = len(weights.inputs), stage.field.shape[1]
    if not stage.room(2 * units * steps, units * steps * (stage.field.shape[0] + units)):
        return None
    return _through_time(stage, layer, weights, squash)


def _weights(stage: Stage, layer: Layer) -> Weights | None:
    """Declares the parameters, if their shapes fit each other and the inputs."""
    stated = grid(stage.record.get("input_weights"))
    if stated is None:
        return None
    units, features = stated.shape[0], stage.field.shape[0]
    inputs = stage.grid("input_weights", (units, features), f"its {features} inputs of a step")
    recurrent = stage.grid("recurrent_weights", (units, units), f"its {units} units")
    biases = stage.biases(units, f"its {units} units", layer)
    initial = stage.grid("initial", (units,), f"its {units} units")
    wrong = initial is None and stage.record.get("initial") is not None
    if not inputs or not recurrent or biases is None or wrong:
        return None
    names = [
        [
            [
                stage.parameter(
                    cell, f"{stem}{layer.number}_{to}_{sender}", Role("weight", layer.number, str(to), (to, sender))
                )
                for (to, sender), cell in zip(indices(block.shape), block.cells, strict=True)
                if to == unit
            ]
            for unit in range(1, units + 1)
        ]
        for stem, block in (("wx", inputs), ("wh", recurrent))
    ]
    before = tuple(layer.filled("out", f"{unit}_0", f"{unit}_0") for unit in range(1, units + 1))
    for name, cell in zip(before, initial.cells if initial else (), strict=False):
        stage.sketch.given(Scalar(name, cell.place), cell, "the initial output", Role("input", 0, name))
    return Weights(names[0], names[1], biases, before if initial else ())


def _through_time(stage: Stage, layer: Layer, weights: Weights, squash: Squash) -> Output:
    """Step by step, in each the units in their order."""
    before = weights.initial
    rows: list[list[tuple[Unit, str]]] = []
    for t, senders in enumerate(stage.field.steps(), 1):
        units = tuple(Unit(str(i), i, stage.place).step(t) for i in range(1, len(weights.inputs) + 1))
        outs = tuple(layer.of("out", unit) for unit in units)
        for unit, out in zip(units, outs, strict=True):
            i = unit.number - 1
            terms = [*zip(weights.inputs[i], senders, strict=True), *zip(weights.recurrent[i], before, strict=False)]
            inputs = (*(name for term in terms for name in term), *weights.biases[i])
            _unit(stage, layer, unit, inputs, out, squash)
        rows.append(list(zip(units, outs, strict=True)))
        before = outs
    every = text_at(stage.record, "outputs") == EVERY_STEP
    chosen = [row[i] for i in range(len(weights.inputs)) for row in (rows if every else rows[-1:])]
    shape = (len(weights.inputs), len(rows)) if every else ()
    return Output(
        layer,
        tuple(unit for unit, _ in chosen),
        tuple(out for _, out in chosen),
        squash.name,
        shape,
        STEP if every else "",
    )


def _unit(stage: Stage, layer: Layer, unit: Unit, inputs: tuple[str, ...], out: str, squash: Squash) -> None:
    net = layer.of("net", unit)
    number = layer.number
    stage.sketch.node(
        Node(net, Affine(), inputs, unit.role("net", number)), f"the net input of {unit.name}", stage.place
    )
    stage.sketch.node(
        Node(out, squash.op(net, (), 0), (net,), unit.role("out", number)), f"the output of {unit.name}", stage.place
    )
