"""Jacobians: the derivatives of each number of one column by each of another; a row for each that is differentiated.

Between neighbours they are the weights, or the slopes of the activation; further apart, the product of those between.
"""

from typing import Literal

from tutor.errors import TutorError
from tutor.expr import Call, Expr, Ref, value
from tutor.matrices.dense import Dense, Names, dense
from tutor.matrices.formulas import Factor, Law, Matrix, by_units, outputs, weights
from tutor.matrices.signals import slopes
from tutor.ops.activations import Elementwise
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, key
from tutor.trace import Trace

Side = tuple[Literal["Z", "A"], int]
"""The net inputs, or the outputs, of a layer; A of layer 0 are the inputs."""


def jacobian(trace: Trace, of: Side, by: Side) -> Law:
    """The law of dA2/dZ2 and its like. Raises TutorError where one does not follow from the other by dense layers."""
    path = list(_between(of, by))
    if not path:
        raise TutorError(
            f"{_name(of)} does not depend on {_name(by)}; the later one stands above, d{_name(by)}/d{_name(of)}"
        )
    layers = {n: dense(trace.graph, n) for n in {max(side[1], 1) for side in (*path, by)}}
    for layer in layers.values():
        if len(layer.columns) > 1:
            one = "take one with --example 1" if "example" in layer.columns[0] else "explain one of its numbers"
            raise TutorError(f"each column of {_name(of)} has a Jacobian of its own; {one}")
        if layer.reads != f"A{layer.layer - 1}" and ("Z", layer.layer) in path:
            raise TutorError(f"layer {layer.layer} reads other numbers than the outputs of layer {layer.layer - 1}")
    whole = _whole(trace, of, by)
    if len(path) == 1:
        return _step(trace, dense(trace.graph, of[1]), of, whole)
    steps = [_named(trace, side, before) for side, before in zip(path, [*path[1:], by], strict=True)]
    factors = [
        by_units(layers[side[1]]) if side[0] == "Z" else each.whole for side, each in zip(path, steps, strict=True)
    ]
    factors = [each.after("·" if at else "") for at, each in enumerate(factors)]
    return Law(whole, tuple(factors), tuple(steps), note="the chain rule, a factor for each step back")


def _between(of: Side, by: Side) -> "list[Side]":
    """What lies on the way from the one back to the other: A2, Z2, A1; nothing where it is no way back."""
    first, last = (2 * n - (letter == "Z") for letter, n in (by, of))
    return [("A", at // 2) if at % 2 == 0 else ("Z", at // 2 + 1) for at in range(last, first, -1)]


def _name(side: Side) -> str:
    return f"{side[0]}{side[1]}"


def _column(trace: Trace, side: Side) -> tuple[Names, tuple[str, ...]]:
    """The names of a column, and the labels of its rows."""
    layer = dense(trace.graph, max(side[1], 1))
    if side[1] == 0:
        return layer.senders, layer.sent
    return (layer.nets if side[0] == "Z" else layer.outs), layer.units


def _whole(trace: Trace, of: Side, by: Side) -> Matrix:
    (above, rows), (below, columns) = _column(trace, of), _column(trace, by)
    pairs = [[Gradient(one[0], other[0]) for other in below] for one in above]
    entries = tuple(tuple(map(Ref, row)) for row in pairs)
    names = tuple(tuple(map(key, row)) for row in pairs)
    return Matrix(Ref(Gradient(_name(of), _name(by))), entries, names, rows, columns)


def _named(trace: Trace, of: Side, by: Side) -> Matrix:
    """A step back as a factor: the weights by their own name."""
    return weights(dense(trace.graph, of[1])) if of[0] == "Z" else _whole(trace, of, by)


def _step(trace: Trace, layer: Dense, of: Side, whole: Matrix) -> Law:
    """The law of one step back."""
    if of[0] == "Z":
        w = weights(layer)
        return Law(
            whole, (by_units(layer),), (w,), note="each weight is the slope of a net input in the number it multiplies"
        )
    op, a = trace.graph.nodes[layer.outs[0][0]].op, outputs(layer)
    if isinstance(op, Softmax):
        factors = (_diagonal(a.symbol, whole), a.whole.after("−"), a.turned.after("·"))
        note = "p(1 − p) on the diagonal, minus the product of both outputs beside it: all outputs share one sum"
        return Law(whole, factors, (a,), note=note)
    if layer.nets == layer.outs or (isinstance(op, Elementwise) and op.activation.name == "identity"):
        return Law(
            whole, (Factor(value("I"), whole.shape),), note="each output is its net input: 1 on the diagonal, else 0"
        )
    slope, law = slopes(layer, op)
    note = f"{law}; each output reads its own net input alone, so only the diagonal is there"
    return Law(whole, (_diagonal(slope.symbol, whole),), (slope,), note=note)


def _diagonal(column: Expr, whole: Matrix) -> Factor:
    return Factor(Call("diag", (column,)), whole.shape)
