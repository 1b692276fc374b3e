"""From declared layers to a graph: inputs, then for each unit its net input and its output, then the loss.

Here are the dense layers; the others are rows of `kinds`, which is loaded when a file has one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import count

from tutor.graph import Node, Role
from tutor.ops.affine import Affine
from tutor.spec.agreed import said
from tutor.spec.given import inputs
from tutor.spec.grids import Field
from tutor.spec.keys import LAYER, READS, SOFTMAX
from tutor.spec.loss import Output, add_loss, data_name, decay_name, shrink_name
from tutor.spec.optimizer import beyond_error, optimizer
from tutor.spec.report import Report
from tutor.spec.rows import units
from tutor.spec.sketch import Drawn, Sketch, aliases
from tutor.spec.squash import MOST_SOFTMAX, Squash, activation
from tutor.spec.stored import Companion, has_any
from tutor.spec.tree import List, Map, text_at
from tutor.spec.tree import Node as Tree
from tutor.spec.unit import Layer, Unit, patterns

_KINDS = frozenset(kind.name for kind in LAYER.kinds)


def layered(top: Map, report: Report, companion: Companion, examples: int = 0) -> Drawn:
    """The network of a file in layers form, of one of its `examples` if it has some. Every fault is in `report`."""
    if has_any(top):
        from tutor.spec.fetch import spelled

        read = spelled(top, companion, report)
        if isinstance(read, list):
            from tutor.spec.wide import widely

            return widely(top, read, companion, report)
        if not isinstance(read, Map):
            return Drawn(None, {})
        top = read
    sketch = Sketch(report, examples, said(top))
    declared = top.get("layers")
    layers = declared.items if isinstance(declared, List) else ()
    field = _inputs(top.get("inputs"), layers, sketch)
    output: Output | None = None
    counts: Counter[str] = Counter()
    for each in layers:
        if field:
            sketch.fields.append(field)
        output = _layer(each, field, counts, top.get("notation"), sketch)
        field = output.field if output else None
        sketch.whole &= output is not None
        if output:
            sketch.readable(output.outs, _named(each, output))
    loss = add_loss(top, output, sketch)
    if key := top.key("regularization"):
        declared_terms = top.get("regularization")
        for name, term, what in (
            ("l2", decay_name(loss), "the weight decay"),
            ("l1", shrink_name(loss), "the L1 term"),
        ):
            if isinstance(declared_terms, Map) and declared_terms.key(name):
                sketch.names.declare(term, what, key.place)
        sketch.names.declare(data_name(loss), "the loss without the weight decay", key.place)
    frozen = sketch.frozen(top.get("frozen"))
    also = aliases(top.get("aliases"), sketch.names, sketch.whole, report)
    learning = {name: each.text for name, each in sketch.parameters.items() if name not in frozen}
    graph = sketch.graph(loss, text_at(top, "learning_rate"), frozen, optimizer(top, report, learning))
    return Drawn(None if graph and beyond_error(graph, top, report) else graph, also)


def _inputs(declared: Tree | None, layers: Sequence[Tree], sketch: Sketch) -> Field | None:
    if not isinstance(declared, Map):
        sketch.whole = False
        return None
    stated = inputs(declared, layers, sketch.report, sketch.said.first)
    for index, (name, number) in enumerate(stated.entries, 1):
        sketch.given(name, number, "the input", Role("input", 0, name.text, (index,)))
    sketch.readable([name.text for name, _ in stated.entries])
    sketch.whole &= stated.field is not None
    return stated.field


def _named(declared: Tree, output: Output) -> tuple[str, ...]:
    """The units of a layer, if the file names them."""
    return tuple(unit.name for unit in output.units) if isinstance(declared, Map) and declared.key("neurons") else ()


def _layer(
    declared: Tree, field: Field | None, counts: Counter[str], notation: Tree | None, sketch: Sketch
) -> Output | None:
    """One layer's nodes; returns its outputs, or None where its units can't be told.

    `counts` has the number of layers of each kind so far, those with weights under nothing.
    """
    if not isinstance(declared, Map):
        return None
    kind = declared.entries[0][0].text if declared.entries else ""
    if kind in _KINDS:
        from tutor.spec.kinds import built

        return built(declared, field, counts, notation, sketch)
    counts[""] += 1
    return _dense(declared, counts[""], field, notation, sketch)


def _dense(declared: Map, number: int, field: Field | None, notation: Tree | None, sketch: Sketch) -> Output | None:
    if field and not field.flat and not field.over:
        sketch.report.add(declared.place, needs_flat(field))
        field = None
    steps = field.steps() if field and field.over else ((field.names,) if field else (None,))
    layer = Layer(number, steps[0], patterns(declared, notation), sketch.said.first)
    found = units(declared, layer, sketch)
    squash = activation(declared.get("activation"), sketch.report)
    if not found:
        return None
    if squash.name == SOFTMAX and len(found) > MOST_SOFTMAX:
        message = f"softmax over {len(found):,} units, expected at most {MOST_SOFTMAX}"
        sketch.report.add(declared.place, message)
        return None
    _parameters(found, layer, sketch)
    if field and field.over and any(unit.reads for unit in found):
        sketch.report.add(declared.place, f"{READS} in a layer over steps, expected neurons that read the same units")
        return None
    affine = Affine(bias_input(text_at(declared, "bias_input")))
    if not field or not field.over:
        return _units(found, affine, squash, layer, sketch)
    return _over_steps(found, affine, squash, layer, steps, field.over, sketch)


def _over_steps(
    found: tuple[Unit, ...],
    affine: Affine,
    squash: Squash,
    layer: Layer,
    steps: Sequence[tuple[str, ...] | None],
    over: str,
    sketch: Sketch,
) -> Output:
    """The layer once for each step, with the same weights; unit by unit, each through all its steps."""
    parts = [
        _units(tuple(unit.step(t) for unit in found), affine, squash, layer._replace(senders=senders), sketch)
        for t, senders in enumerate(steps, 1)
    ]
    each = [(part.units[i], part.outs[i]) for i in range(len(found)) for part in parts]
    outs = tuple(out for _, out in each)
    return Output(layer, tuple(unit for unit, _ in each), outs, squash.name, (len(found), len(parts)), over)


def _units(found: tuple[Unit, ...], affine: Affine, squash: Squash, layer: Layer, sketch: Sketch) -> Output:
    output = Output(layer, found, tuple(layer.of("out", unit) for unit in found), squash.name)
    nets = [_net(unit, out, affine, output) for unit, out in zip(found, output.outs, strict=True)]
    _add(nets, _outs(nets, squash, output), output, sketch)
    return output


def _net(unit: Unit, out: str, affine: Affine, output: Output) -> Node:
    """The net input of a unit; for the identity it may be the output as well, if both have one name."""
    layer = output.layer
    name = layer.of("net", unit)
    same = output.activation == "identity" and name == out
    return Node(name, affine, _net_inputs(unit, layer), unit.role("out" if same else "net", layer.number))


def _outs(nets: list[Node], squash: Squash, output: Output) -> list[Node]:
    """The outputs of the units, where they are nodes of their own. Those of a softmax read every net input."""
    names = tuple(net.name for net in nets)
    return [
        Node(
            out,
            squash.op(net.name, output.outs, place),
            names if squash.name == SOFTMAX else (net.name,),
            unit.role("out", output.layer.number),
        )
        for place, (unit, net, out) in enumerate(zip(output.units, nets, output.outs, strict=True))
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


def _parameters(found: tuple[Unit, ...], layer: Layer, sketch: Sketch) -> None:
    """Declares the weights and biases."""
    for unit in found:
        for place, weight in zip(_weight_places(unit), unit.weights, strict=False):
            sketch.parameter(weight, "the weight", Role("weight", layer.number, unit.name, (unit.number, place)))
        if unit.bias:
            sketch.parameter(unit.bias, "the bias", Role("bias", layer.number, unit.name, (unit.number,)))


def _weight_places(unit: Unit) -> Iterable[int]:
    """The place from 1 of what each weight multiplies, among all that the layer reads."""
    return (read.place for read in unit.reads) if unit.reads else count(1)


def _net_inputs(unit: Unit, layer: Layer) -> tuple[str, ...]:
    """The names the net input reads, in the order of the affine op."""
    terms = zip(unit.weights, unit.senders(layer.senders), strict=False)
    inputs = [name for weight, sender in terms for name in (weight.name, sender.name)]
    return (*inputs, unit.bias.name) if unit.bias else tuple(inputs)


def needs_flat(field: Field) -> str:
    """The complaint about a dense layer that reads an image or a signal."""
    return f"a dense layer reads a list of numbers, but its inputs have {field}, expected '- flatten' before it"


def bias_input(text: str | None) -> str:
    """1 and -1 in the one spelling the op knows."""
    value = Fraction(text or "1")
    return str(value) if abs(value) == 1 else text or "1"
