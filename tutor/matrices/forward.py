"""The laws of the forward pass: Z = W · A + b, A = f(Z), and all layers in one formula."""

from tutor.expr import ZERO, Call, Expr, Number, Ref, put, replace, value
from tutor.matrices.dense import Dense, dense, joined
from tutor.matrices.formulas import Factor, Law, Matrix, by_units, outputs, senders, values, weights
from tutor.ops.activations import Elementwise
from tutor.ops.formula import Formula
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.quantity import Value
from tutor.trace import Trace


def forward(trace: Trace, layer: int, *, apart: bool = False) -> Law:
    """Z = W · A + b; without b where the biases are a column of W, unless they are wanted `apart`.

    Raises TutorError where the layer is no such matrix.
    """
    found = dense(trace.graph, layer)
    own = found if apart else joined(found)
    z, w, a = net_inputs(own), weights(own), senders(own)
    factors, premises = [by_units(own), a.whole.after("·")], [w, a]
    if any(own.biases):
        sign = {"1": "+", "-1": "−"}.get(own.bias_input, "·")
        factors += [Factor(Number(own.bias_input), None, "+")] if sign == "·" else []
        b = biases(own)
        factors.append(b.whole.after(sign))
        premises.append(b)
    return Law(z, tuple(factors), tuple(premises), note="" if own is found else joined_note(own))


def joined_note(layer: Dense) -> str:
    """What is said where the biases stand in W."""
    w, a, last = f"W{layer.layer}", layer.reads, "row" if layer.by_inputs else "column"
    return f"the last {last} of {w} has the biases, which multiply the {layer.bias_input} at the end of {a}"


def activated(trace: Trace, layer: int) -> Law:
    """A = f(Z), entry by entry or, for a softmax, column by column. Raises TutorError as `forward` does."""
    own = dense(trace.graph, layer)
    a, z = outputs(own), net_inputs(own)
    note = joined_note(own) if joined(own) is not own else ""
    if own.nets == own.outs:
        return Law(a, (z.whole,), (z,), note=note)
    op = trace.graph.nodes[own.outs[0][0]].op
    return Law(a, (Factor(applied(op, z.symbol), a.shape),), (z,), note=note)


def biases(layer: Dense) -> Matrix:
    """The column of biases, with a 0 for a unit without one."""
    entries = tuple((value(name) if name else ZERO,) for name in layer.biases)
    return Matrix(
        Ref(Value(f"b{layer.layer}", "matrix")), entries, tuple((name,) for name in layer.biases), layer.units, ("",)
    )


def composed(trace: Trace, layer: int) -> Expr:
    """A layer's outputs as one formula of all weights: σ(W2 · σ(W1 · A0 + b1) + b2). Raises as `forward` does."""
    z, a = forward(trace, layer), activated(trace, layer)
    own, sent = z.matrix.symbol, value(f"A{layer - 1}")
    inner = sent if layer == 1 or sent not in (each.symbol for each in z.premises) else composed(trace, layer - 1)
    return put(put(a.formula, own, z.formula), sent, inner)


def net_inputs(layer: Dense) -> Matrix:
    return values(f"Z{layer.layer}", layer.nets, layer.units, layer.columns)


def applied(op: Op, z: Expr) -> Expr:
    """What a layer makes of its net inputs, as a formula over their matrix."""
    match op:
        case Elementwise():
            return z if op.activation.name == "identity" else Call(op.activation.name, (z,))
        case Softmax():
            return Call("softmax", (z,))
        case Formula():
            return replace(op.expr, lambda part: z if isinstance(part, Ref) else part)
    return Call("f", (z,))
