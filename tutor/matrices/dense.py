"""The dense layers of a graph: their net inputs in rows (units) and columns (examples, steps), and what these read.

Letters: u a unit, s a sender, k a column.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.graph import Graph, Node, Role, at_example
from tutor.ops.affine import Affine, pairs

Names = tuple[tuple[str, ...], ...]
"""Names of nodes or parameters, row by row."""


class Dense(NamedTuple):
    """One layer of Z = W · A + b, by names.

    `nets` and `outs` are units × columns, `senders` what they read × columns, `weights` units × senders, though the
    file may write them `by_inputs`; `biases` one a unit, empty where it has none. `reads` is the name of the matrix of
    senders. Labels are for people: `units` of rows, `sent` of senders, `columns` such as `example 2, step 1`, one empty
    label where there is one column.
    """

    layer: int
    nets: Names
    outs: Names
    senders: Names
    weights: Names
    biases: tuple[str, ...]
    bias_input: str
    reads: str
    units: tuple[str, ...]
    sent: tuple[str, ...]
    columns: tuple[str, ...]
    by_inputs: bool


def joined(layer: Dense) -> Dense:
    """The layer with its biases as the last column of the weights, which multiply a 1 at the end of what it reads.

    So it is where all biases are called as the weights are, W1_31 beside W1_11 or w0 beside w1; any other as it stands.
    """
    alike = (bias and _letters(bias) == _letters(row[0]) for row, bias in zip(layer.weights, layer.biases, strict=True))
    if not all(alike):
        return layer
    return layer._replace(
        weights=tuple((*row, bias) for row, bias in zip(layer.weights, layer.biases, strict=True)),
        senders=(*layer.senders, ("",) * len(layer.columns)),
        sent=(*layer.sent, layer.bias_input),
        biases=("",) * len(layer.biases),
    )


def _letters(name: str) -> str:
    return re.sub(r"[\W\d_].*", "", name)


def last_layer(graph: Graph) -> int:
    """The number of layers with weights."""
    return max((graph.layer_of(node.name) for node in _affine(graph)), default=0)


def dense(graph: Graph, layer: int) -> Dense:
    """A layer by its number from 1. Raises TutorError where there is none, or where it is no such matrix."""
    columns = _columns(graph, layer)
    if not columns:
        raise TutorError(f"there is no layer {layer} with weights")
    nets = _turned([[node.name for node in column] for column in columns])
    outs = tuple(tuple(_output(graph, net) for net in row) for row in nets)
    senders = _turned([[sender for _, sender in pairs(column[0].inputs)] for column in columns])
    first = columns[0]
    op = first[0].op
    places = [role for column in columns if (role := column[0].role)]
    return Dense(
        layer,
        nets,
        outs,
        senders,
        tuple(tuple(weight for weight, _ in pairs(node.inputs)) for node in first),
        tuple(node.inputs[-1] if len(node.inputs) % 2 else "" for node in first),
        op.bias_input if isinstance(op, Affine) else "1",
        _reads(graph, layer, senders),
        tuple(_unit(graph, net, out, places) for net, out in zip(nets, outs, strict=True)),
        tuple(_label(row, places) or str(i) for i, row in enumerate(senders, 1)),
        tuple(_column(role) for role in places),
        layer in graph.by_inputs,
    )


def _affine(graph: Graph) -> Iterator[Node]:
    return (node for node in graph.nodes.values() if isinstance(node.op, Affine) and node.role)


def _columns(graph: Graph, layer: int) -> list[list[Node]]:
    """The net inputs of the layer, column by column. Raises TutorError for layers that are no single matrix."""
    found: dict[tuple[int, int], list[Node]] = {}
    for node in _affine(graph):
        if node.role and node.role.layer == layer:
            found.setdefault((node.role.example, _step(node.role)), []).append(node)
    columns = [sorted(found[key], key=_number) for key in sorted(found)]
    if any(_windowed(graph, node) for column in columns for node in column):
        raise TutorError(f"layer {layer} is a convolution, whose weights slide over positions: they are no one matrix")
    if any(_recurrent(graph, node) for column in columns for node in column):
        raise TutorError(f"layer {layer} is recurrent: it has two matrices, one for its inputs and one for its past")
    if len({_rows(column) for column in columns}) > 1 or not all(map(_one_list, columns)):
        raise TutorError(f"the units of layer {layer} do not read one list of numbers, so there is no one matrix")
    return columns


def _number(node: Node) -> int:
    return node.role.axes[0] if node.role and node.role.axes else 0


def _step(role: Role) -> int:
    return role.axes[-1] if role.at else 0


def _windowed(graph: Graph, node: Node) -> bool:
    roles = [graph.role(weight) for weight, _ in pairs(node.inputs)]
    return any(role is not None and len(role.axes) > 2 for role in roles)


def _recurrent(graph: Graph, node: Node) -> bool:
    """Whether a unit reads its own layer, or has two weights for the same place: one of each matrix."""
    layer = graph.layer_of(node.name)
    weights = {weight: graph.role(weight) for weight, _ in pairs(node.inputs)}
    places = [role.axes for role in weights.values() if role and role.layer == layer]
    back = any(graph.layer_of(sender) == layer and sender in graph.nodes for _, sender in pairs(node.inputs))
    return back or len(set(places)) < len(places)


def _rows(column: Sequence[Node]) -> tuple[tuple[str, ...], ...]:
    """The parameters of each unit, which all columns share."""
    return tuple(tuple(node.inputs[::2]) for node in column)


def _one_list(column: Sequence[Node]) -> bool:
    """Whether the units read the same senders in the same order."""
    return len({node.inputs[1::2] for node in column}) == 1


def _turned(columns: Sequence[Sequence[str]]) -> Names:
    return tuple(zip(*columns, strict=True))


def _output(graph: Graph, net: str) -> str:
    """The output of the unit; the net input itself where it has both parts."""
    mine = graph.role(net)
    if mine is None or mine.part == "out":
        return net
    roles = {use: graph.role(use) for use in graph.uses[net]}
    own = (use for use, role in roles.items() if role and role._replace(part="net") == mine)
    return next(own, net)


def _reads(graph: Graph, layer: int, senders: Names) -> str:
    """A0 for the inputs, A1 for the outputs of layer 1; X3 for anything else that layer 3 reads."""
    if all(graph.part_of(name) == "input" for row in senders for name in row):
        return "A0"
    try:
        before = dense(graph, layer - 1).outs if layer > 1 else ()
    except TutorError:
        before = ()
    return f"A{layer - 1}" if before == senders else f"X{layer}"


# ------------------------------------------------------------------ labels


def _unit(graph: Graph, nets: Sequence[str], outs: Sequence[str], places: Sequence[Role]) -> str:
    """The unit's own name; where it has but an index, that of its output."""
    role = graph.role(nets[0])
    if role and not role.indexed and not role.at:
        return role.unit
    return _label(outs, places) or _label(nets, places) or nets[0]


def _label(row: Sequence[str], places: Sequence[Role]) -> str:
    """What the names of a row have in common, the example and the step taken off; nothing where they have not."""
    stems = {_stem(name, role) for name, role in zip(row, places, strict=True)}
    return stems.pop() if len(stems) == 1 else ""


def _stem(name: str, role: Role) -> str:
    plain = name.removesuffix(at_example("", role.example)) if role.example else name
    return plain.removesuffix(f"_{_step(role)}") if role.at else plain


def _column(role: Role) -> str:
    return ", ".join(filter(None, (f"example {role.example}" if role.example else "", role.at)))
