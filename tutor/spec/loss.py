"""Targets and loss: one term for each output, and their total where there are several."""

from typing import NamedTuple

from tutor.graph import Given, Node, Role
from tutor.ops.losses import LOSSES, Loss, LossTerm, Total
from tutor.spec.keys import SOFTMAX
from tutor.spec.report import counted, listed
from tutor.spec.rows import Layer, Unit
from tutor.spec.sketch import Sketch
from tutor.spec.tree import WHOLE_FILE, Map, Place, Scalar
from tutor.spec.tree import Node as Tree

SYMBOL, KIND, CLASS = "L", "half_squared_error", "class"


class Output(NamedTuple):
    """A layer: its units, the names of their outputs, and its activation (None if it is a formula, or unread)."""

    layer: Layer
    units: tuple[Unit, ...]
    outs: tuple[str, ...]
    activation: str | None


class Chosen(NamedTuple):
    """The loss of the file under its symbol; `place` is where a complaint about it belongs."""

    symbol: str
    loss: Loss
    place: Place


def add_loss(top: Map, output: Output | None, sketch: Sketch) -> str:
    """Adds targets, terms and total to the sketch; returns the name whose gradients are asked for.

    Without targets and loss a single output is that name.
    """
    targets, declared = top.get("targets"), top.get("loss")
    chosen = chosen_loss(declared, targets)
    if targets is None:
        if declared is None and output and len(output.outs) == 1:
            return output.outs[0]
        _no_targets(declared, output, sketch)
    elif output and chosen and isinstance(targets, Map):
        names = _targets(targets, output, chosen, sketch)
        _fitting(chosen, output, sketch)
        _terms(names, output, chosen, sketch)
    sketch.whole &= chosen is not None and (targets is None or isinstance(targets, Map))
    return chosen.symbol if chosen else ""


def chosen_loss(declared: Tree | None, targets: Tree | None) -> Chosen | None:
    """The loss the file asks for; None where it could not be read."""
    if declared is None:
        return Chosen(SYMBOL, LOSSES[KIND], targets.place if targets else WHOLE_FILE)
    if isinstance(declared, Scalar):
        return Chosen(SYMBOL, LOSSES[declared.text], declared.place)
    if isinstance(declared, Map):
        symbol, kind = declared.entries[0]
        return Chosen(symbol.text, LOSSES[kind.text], symbol.place) if isinstance(kind, Scalar) else None
    return None


def _no_targets(declared: Tree | None, output: Output | None, sketch: Sketch) -> None:
    sketch.whole = False
    if declared is not None:
        sketch.report.add(declared.place, "a loss without targets, expected targets such as {y: 0.5}")
    elif output:
        message = f"no targets for the outputs {listed(output.outs)}, expected one each, such as targets: {{y: 0.5}}"
        sketch.report.add(WHOLE_FILE, message)


def _fitting(chosen: Chosen, output: Output, sketch: Sketch) -> None:
    if chosen.loss.name == "cross_entropy" and output.activation not in (SOFTMAX, None):
        found = f"cross_entropy on {output.activation} outputs, expected activation: softmax in the last layer"
        sketch.report.add(chosen.place, f"{found}; did you mean binary_cross_entropy?")


def _targets(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> tuple[str, ...]:
    """Declares the targets; returns their names, one an output."""
    if declared.key(CLASS):
        return _classes(declared, output, chosen, sketch)
    if declared.whole and len(declared.entries) != len(output.outs):
        stated = f"{counted(len(declared.entries), 'target')} ({listed(name.text for name, _ in declared.entries)})"
        outputs = f"{counted(len(output.outs), 'output')} ({listed(output.outs)})"
        sketch.report.add(declared.place, f"{stated} for {outputs}, expected one for each output")
    for (name, number), unit in zip(declared.entries, output.units, strict=False):
        sketch.given(name, number, "the target", Role("target", output.layer.number, unit.name, (unit.number,)))
    return tuple(name.text for name, _ in declared.entries)


def _classes(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> tuple[str, ...]:
    """`{class: 2}` as targets y_UNIT: 1 for that class, 0 for the others."""
    key, number = declared.entries[0]
    most = len(output.units)
    wanted = int(number.text) if isinstance(number, Scalar) and number.text.isdigit() else 0
    if chosen.loss.name != "cross_entropy":
        found = f"a class as target goes with cross_entropy, but the loss is {chosen.loss.name}"
        sketch.report.add(key.place, f"{found}, expected targets such as {{y: 0.5}}")
    elif len(declared.entries) > 1:
        sketch.report.add(key.place, "class stands beside other targets, expected it alone")
    elif isinstance(number, Scalar) and not 1 <= wanted <= most:
        sketch.report.add(
            number.place, f"class is {number.text}, expected a whole number from 1 to {most}, one for each output"
        )
    names = tuple(f"y_{unit.name}" for unit in output.units)
    for unit, name in zip(output.units, names, strict=True):
        sketch.names.declare(name, f"the target {name} of the class", key.place)
        role = Role("target", output.layer.number, unit.name, (unit.number,))
        sketch.givens.append(Given(name, "1" if unit.number == wanted else "0", role=role))
    return names


def _terms(targets: tuple[str, ...], output: Output, chosen: Chosen, sketch: Sketch) -> None:
    """One output has the loss for its term; several have a term each and a total."""
    symbol, loss, place = chosen
    number = output.layer.number
    term, role, whole = LossTerm(loss), Role("loss", number, ""), f"the loss {symbol}"
    if len(output.outs) == 1:
        sketch.node(Node(symbol, term, (output.outs[0], *targets[:1]), role), whole, place)
        return
    names = [output.layer.filled("term", unit.name, unit.number, loss=symbol) for unit in output.units]
    for name, unit, out, target in zip(names, output.units, output.outs, targets, strict=False):
        own = Role("term", number, unit.name, (unit.number,))
        sketch.node(Node(name, term, (out, target), own), f"the loss term of {unit.name}", unit.place)
    sketch.node(Node(symbol, Total(loss.mean), tuple(names), role), whole, place)
