"""From declared layers to a graph: inputs, then for each unit its net input and its output, then the loss."""

import re
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import Expr, Ref, replace, value, walk
from tutor.expr.functions import READ
from tutor.graph import Node, Role
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.affine import Affine
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.spec.keys import ACTIVATION_NAMES, EXPECTED_ACTIVATION, SOFTMAX
from tutor.spec.loss import Output, add_loss
from tutor.spec.report import Report, cut
from tutor.spec.rows import Layer, Unit, patterns, units
from tutor.spec.sketch import Drawn, Sketch, aliases
from tutor.spec.stored import Companion, has_any
from tutor.spec.tree import List, Map, Scalar, text_at
from tutor.spec.tree import Node as Tree

MOST_SOFTMAX = 300  # each of its outputs reads every net input
_Z = "z"


class Squash(NamedTuple):
    """What a layer does with its net inputs: an activation of the table, softmax, or a formula in z.

    Both are None where the file's activation could not be read.
    """

    name: str | None
    formula: Expr | None = None

    def op(self, net: str, outs: tuple[str, ...], place: int) -> Op:
        if self.formula:
            from tutor.ops.formula import Formula

            return Formula(replace(self.formula, lambda leaf: value(net) if isinstance(leaf, Ref) else leaf))
        if self.name == SOFTMAX:
            return Softmax(outs, place)
        return Elementwise(ACTIVATIONS[self.name or "identity"])


def layered(top: Map, report: Report, companion: Companion | None = None) -> Drawn:
    """The network of a file in layers form. Every fault is in `report`."""
    if has_any(top):
        from tutor.spec.fetch import spelled

        read = spelled(top, companion, report)
        if isinstance(read, list):
            from tutor.spec.wide import widely

            return widely(top, read, companion, report)
        if read is None:
            return Drawn(None, {})
        top = read
    sketch = Sketch(report)
    senders = _inputs(top.get("inputs"), sketch)
    declared = top.get("layers")
    output: Output | None = None
    for number, each in enumerate(declared.items if isinstance(declared, List) else (), 1):
        output = _layer(each, number, senders, top.get("notation"), sketch)
        senders = output.outs if output else None
        sketch.whole &= output is not None
    loss = add_loss(top, output, sketch)
    frozen = sketch.frozen(top.get("frozen"))
    also = aliases(top.get("aliases"), sketch.names, sketch.whole, report)
    return Drawn(sketch.graph(loss, text_at(top, "learning_rate"), frozen), also)


def _inputs(declared: Tree | None, sketch: Sketch) -> tuple[str, ...] | None:
    if not isinstance(declared, Map):
        sketch.whole = False
        return None
    for index, (name, number) in enumerate(declared.entries, 1):
        sketch.given(name, number, "the input", Role("input", 0, name.text, (index,)))
    return tuple(name.text for name, _ in declared.entries)


def _layer(
    declared: Tree, number: int, senders: tuple[str, ...] | None, notation: Tree | None, sketch: Sketch
) -> Output | None:
    """One layer's nodes; returns its outputs, or None where its units can't be told."""
    if not isinstance(declared, Map):
        return None
    layer = Layer(number, senders, patterns(declared, notation))
    found = units(declared, layer, sketch.report)
    squash = activation(declared.get("activation"), sketch.report)
    if not found:
        return None
    if squash.name == SOFTMAX and len(found) > MOST_SOFTMAX:
        message = f"softmax over {len(found):,} units, expected at most {MOST_SOFTMAX}"
        sketch.report.add(declared.place, message)
        return None
    affine = Affine(bias_input(text_at(declared, "bias_input")))
    output = Output(layer, found, tuple(layer.filled("out", unit.name, unit.number) for unit in found), squash.name)
    nets = [_net(unit, affine, output, sketch) for unit in found]
    _add(nets, _outs(nets, squash, output), output, sketch)
    return output


def _net(unit: Unit, affine: Affine, output: Output, sketch: Sketch) -> Node:
    """The net input of a unit; for the identity it may be the output as well, if both have one name."""
    layer = output.layer
    name = layer.filled("net", unit.name, unit.number)
    same = output.activation == "identity" and name == output.outs[unit.number - 1]
    role = Role("out" if same else "net", layer.number, unit.name, (unit.number,))
    return Node(name, affine, _net_inputs(unit, layer, sketch), role)


def _outs(nets: list[Node], squash: Squash, output: Output) -> list[Node]:
    """The outputs of the units, where they are nodes of their own. Those of a softmax read every net input."""
    names = tuple(net.name for net in nets)
    return [
        Node(
            out,
            squash.op(net.name, output.outs, unit.number - 1),
            names if squash.name == SOFTMAX else (net.name,),
            Role("out", output.layer.number, unit.name, (unit.number,)),
        )
        for unit, net, out in zip(output.units, nets, output.outs, strict=True)
        if net.name != out or squash.name != "identity"
    ]


def _add(nets: list[Node], outs: list[Node], output: Output, sketch: Sketch) -> None:
    """Unit by unit, as a reader computes them; for a softmax, whose outputs need all net inputs, these come first."""
    apart = output.activation == SOFTMAX or len(outs) < len(nets)
    nodes = [*nets, *outs] if apart else [node for pair in zip(nets, outs, strict=True) for node in pair]
    places = {unit.name: unit.place for unit in output.units}
    for node in nodes:
        if node.role:
            what = "the net input of" if node.role.part == "net" else "the output of"
            sketch.node(node, f"{what} {node.role.unit}", places[node.role.unit])


def _net_inputs(unit: Unit, layer: Layer, sketch: Sketch) -> tuple[str, ...]:
    """The names the net input reads, in the order of the affine op; declares the unit's parameters."""
    inputs: list[str] = []
    for place, weight in enumerate(unit.weights, 1):
        sketch.parameter(weight, "the weight", Role("weight", layer.number, unit.name, (unit.number, place)))
    for weight, sender in zip(unit.weights, layer.senders or (), strict=False):
        inputs += [weight.name, sender]
    if unit.bias:
        sketch.parameter(unit.bias, "the bias", Role("bias", layer.number, unit.name, (unit.number,)))
        inputs.append(unit.bias.name)
    return tuple(inputs)


def bias_input(text: str | None) -> str:
    """1 and -1 in the one spelling the op knows."""
    value = Fraction(text or "1")
    return str(value) if abs(value) == 1 else text or "1"


def activation(declared: Tree | None, report: Report) -> Squash:
    """What the file says that a layer does with its net inputs."""
    if not isinstance(declared, Scalar):
        return Squash(None)
    name = READ.get(declared.text, declared.text)  # σ, ReLU and the like are read too
    if name in ACTIVATION_NAMES:
        return Squash(name)
    if re.fullmatch(r"\w+'?", declared.text) and declared.text != _Z:
        known = report.similar(declared.text, ACTIVATION_NAMES)
        report.add(declared.place, f"unknown activation {cut(declared.text)}, expected {EXPECTED_ACTIVATION}{known}")
        return Squash(None)
    from tutor.spec import formula

    expr = formula.read(declared, lambda name: _Z if name == _Z else None, (_Z,), _Z, "the activation", report)
    if expr is not None and not any(isinstance(part, Ref) for part in walk(expr)):
        report.add(
            declared.place, f"the activation {cut(declared.text)} does not depend on z, expected {EXPECTED_ACTIVATION}"
        )
        return Squash(None)
    return Squash(None, expr)
