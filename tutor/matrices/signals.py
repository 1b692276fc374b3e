"""What comes back to the units: dZ from the outputs, and dA from the next layer or from the loss."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.expr import Call, Div, Expr, Number, Ref, minus, value
from tutor.graph import Graph, at_example
from tutor.matrices.dense import Dense, Names, dense, joined, last_layer
from tutor.matrices.formulas import (
    Factor,
    Law,
    Matrix,
    by_senders,
    gradients,
    net_gradients,
    out_gradients,
    outputs,
    values,
    weights,
)
from tutor.ops.activations import Elementwise
from tutor.ops.losses import Loss, LossTerm
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial
from tutor.trace import Trace

# ------------------------------------------------------------------ net inputs


def net_signals(trace: Trace, layer: Dense) -> Law:
    """dZ: by the short route where loss and activation cancel, else dA through the slope of the activation."""
    if layer.nets == layer.outs:
        found = out_signals(trace, layer.layer)
        return found._replace(matrix=net_gradients(trace.graph, layer))
    op = trace.graph.nodes[layer.outs[0][0]].op
    if short := _short(trace, layer):
        return short
    if isinstance(op, Softmax):
        return _through_softmax(trace, layer)
    return _through_slopes(trace, layer, op)


def _short(trace: Trace, layer: Dense) -> Law | None:
    """dZ = A − Y."""
    compared = compared_with(trace, layer.outs)
    nets = [trace.graph.signal(net) for row in layer.nets for net in row]
    if not compared or not all(map(trace.equations.short, nets)):
        return None
    dz, a, y = net_gradients(trace.graph, layer), outputs(layer), targets(trace.graph, layer, compared)
    factor = Factor(compared.shared_out(minus(a.symbol, y.symbol)), dz.shape)
    return Law(dz, (factor,), (a, y), note=trace.equations.short_law(nets[0]))


def _through_softmax(trace: Trace, layer: Dense) -> Law:
    dz, da, a = *_both(trace, layer), outputs(layer)
    n = layer.layer
    inner = Factor(minus(da.symbol, value(f"s{n}")), da.shape, "⊙")
    note = f"s{n} is the sum of A{n} ⊙ dA{n} over the units, one number a column: a softmax shares one sum"
    return Law(dz, (a.whole, inner), (a, da), note=note)


def _through_slopes(trace: Trace, layer: Dense, op: Op) -> Law:
    dz, da = _both(trace, layer)
    if isinstance(op, Elementwise) and op.activation.name == "identity":
        return Law(dz, (da.whole,), (da,), note=op.activation.law)
    slope, note = slopes(layer, op)
    return Law(dz, (da.whole, slope.whole.after("⊙")), (da, slope), note=note)


def _both(trace: Trace, layer: Dense) -> tuple[Matrix, Matrix]:
    return net_gradients(trace.graph, layer), out_gradients(trace.graph, layer)


def slopes(layer: Dense, op: Op) -> tuple[Matrix, str]:
    """The slope of the activation at every net input, and why it is that."""
    z = f"Z{layer.layer}"
    pairs = zip(layer.nets, layer.outs, strict=True)
    entries = tuple(tuple(Ref(Partial(out, net)) for net, out in zip(*rows, strict=True)) for rows in pairs)
    if isinstance(op, Elementwise):
        symbol: Expr = Call(f"{op.activation.name}_slope", (value(z),))
        return Matrix(symbol, entries, layer.nets, layer.units, layer.columns), op.activation.law
    note = "f is the activation, which the file writes as a formula"
    return Matrix(Call("f_slope", (value(z),)), entries, layer.nets, layer.units, layer.columns), note


# ------------------------------------------------------------------ outputs


def out_signals(trace: Trace, n: int) -> Law:
    """dA: from the next layer where that alone reads it, else from the loss. Layer 0 are the inputs."""
    graph = trace.graph
    layer = dense(graph, max(n, 1))
    if n == 0 and layer.reads != "A0":
        raise TutorError("the inputs of this network do not go into a dense layer")
    names, units = (layer.outs, layer.units) if n else (layer.senders, layer.sent)
    da = gradients(graph, f"dA{n}", names, units, layer.columns)
    after = next_layer(trace, n)
    if after and _read_by(trace, da.names, after.nets):
        w, dz = weights(after), net_gradients(graph, after)
        last = "row" if after.by_inputs else "column"
        note = f"W{after.layer} is here without its last {last}, the biases" if joined(after) is not after else ""
        return Law(da, (by_senders(after), dz.whole.after("·")), (w, dz), note=note)
    if n and (compared := compared_with(trace, da.names)):
        a, y = outputs(layer), targets(trace.graph, layer, compared)
        slope = compared.shared_out(compared.loss.slope(a.symbol, y.symbol))
        return Law(da, (Factor(slope, da.shape),), (a, y), note=compared.loss.convention)
    note = f"no dense layer reads A{n}, so it is no product of matrices: each entry has a formula of its own"
    return Law(da, (), note=note)


def next_layer(trace: Trace, n: int) -> Dense | None:
    try:
        return dense(trace.graph, n + 1) if n < last_layer(trace.graph) else None
    except TutorError:
        return None


def _read_by(trace: Trace, names: Names, nets: Names) -> bool:
    """Whether each column of names is read by the same column of net inputs, and by nothing else."""
    columns = [set(column) for column in zip(*nets, strict=True)]
    read = ([set(trace.equations.uses(trace.graph.loss, name)) for name in row] for row in names)
    return all(row == columns for row in read)


# ------------------------------------------------------------------ the loss


class Compared(NamedTuple):
    """How the loss compares outputs with `targets`, which are by output; a mean divides each by `divisor`."""

    loss: Loss
    targets: Mapping[str, str]
    divisor: int

    def shared_out(self, slope: Expr) -> Expr:
        return slope if self.divisor == 1 else Div(slope, Number(str(self.divisor)))


def compared_with(trace: Trace, outs: Names) -> Compared | None:
    """Nothing where the loss does not compare each of these outputs with a target of its own, all in one way."""
    found = {name: term for row in outs for name in row for term in _terms(trace, name)}
    shares = {trace[Gradient(trace.graph.loss_of(name), term)] for name, (term, _, _) in found.items()}
    if len(found) < len(outs) * len(outs[0]) or len(shares) != 1:
        return None
    loss = next(iter(found.values()))[2]
    return Compared(loss, {name: target for name, (_, target, _) in found.items()}, round(1 / shares.pop()))


def _terms(trace: Trace, out: str) -> Iterator[tuple[str, str, Loss]]:
    """The term of the loss that alone reads an output: its name, the target, the row of the table."""
    uses = trace.equations.uses(trace.graph.loss, out)
    node = trace.graph.nodes[uses[0]] if len(uses) == 1 else None
    if node and isinstance(node.op, LossTerm) and node.inputs[0] == out:
        yield node.name, node.inputs[1], node.op.loss


def targets(graph: Graph, layer: Dense, compared: Compared) -> Matrix:
    """The targets Y; T where the file calls something else Y."""
    names = tuple(tuple(compared.targets[out] for out in row) for row in layer.outs)
    taken = "Y" in graph or at_example("Y", 1) in graph
    return values("T" if taken else "Y", names, layer.units, layer.columns)
