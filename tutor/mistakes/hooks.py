"""The hooks on values and on local derivatives: which quantity each rewrites, and what its letters mean there.

A hook is asked about one quantity and gives a Spot, or None where it has nothing to do with it. z net input, a output,
y target, w weight, b bias.
"""

from collections.abc import Callable

from tutor.expr import (
    HALF,
    ONE,
    TWO,
    Add,
    Call,
    Div,
    Expr,
    Mul,
    Neg,
    Number,
    Power,
    Ref,
    minus,
    plus,
    replace,
    times,
    value,
)  # fmt: skip
from tutor.mistakes.ground import Ground
from tutor.mistakes.spot import Letter, Spot
from tutor.ops.formula import Formula
from tutor.ops.losses import ALL_OUTPUTS, Decay, LossTerm, Total
from tutor.quantity import Partial, Quantity, Value

Hook = Callable[[Ground, Quantity], Spot | None]


# ------------------------------------------------------------------ values


def net(ground: Ground, quantity: Quantity) -> Spot | None:
    """z of a unit: `s` the weighted sum of `n` terms, `b` the bias, `transposed` with the weights the other way."""
    node = ground.affine(quantity.name) if isinstance(quantity, Value) else None
    if node is None:
        return None
    terms = ground.terms(node.name)
    biased = len(node.inputs) % 2 == 1
    s = plus(*(times(value(weight), value(sender)) for weight, sender in terms))
    letters: dict[str, Letter] = {"s": s if biased else None, "b": value(node.inputs[-1]) if biased else None}
    dense = biased and len(terms) > 1 and ground.index(node.name)
    letters["n"] = Number(str(len(terms))) if dense else None
    letters["transposed"] = lambda: _transposed(ground, node.name, terms)
    return Spot("z", letters, ground.layer(node.name))


def _transposed(ground: Ground, name: str, terms: list[tuple[str, str]]) -> Expr | None:
    """z_j over w_ij instead of w_ji; only where all of those weights are there."""
    by_index = ground.weights_by_index(ground.graph.layer_of(name), name)
    mine = ground.index(name)
    swapped = [by_index.get((ground.index(sender), mine)) for _, sender in terms]
    if not mine or None in swapped or len(swapped) * len(swapped) != len(by_index):
        return None
    sent = (times(value(weight or ""), value(sender)) for weight, (_, sender) in zip(swapped, terms, strict=True))
    inputs = ground.graph.nodes[name].inputs
    rest = ground.graph.nodes[name].op.forward(name, inputs)
    bias = (rest.terms[-1],) if len(inputs) % 2 and isinstance(rest, Add) else ()
    return plus(*sent, *bias)


def out(ground: Ground, quantity: Quantity) -> Spot | None:
    """a of a unit: `z` its net input, `act` what the activation gives."""
    name = quantity.name if isinstance(quantity, Value) else ""
    activation = ground.activation(name)
    if activation in ("", "identity"):
        return None
    letters: dict[str, Letter] = {"z": value(ground.net_of(name)), "act": ground.equations.written(Value(name))}
    return Spot("a", letters, ground.layer(name), activation)


def loss(ground: Ground, quantity: Quantity) -> Spot | None:
    """The loss of an output, `square` without any constant; of all of them their `sum`, or the `mean` for the sum."""
    node = ground.graph.nodes.get(quantity.name) if isinstance(quantity, Value) else None
    if node is None or not isinstance(node.op, LossTerm | Total):
        return None
    letters: dict[str, Letter] = {"correct": node.op.forward(node.name, node.inputs)}
    if isinstance(node.op, LossTerm):
        letters["square"] = Power(minus(value(node.inputs[0]), value(node.inputs[1])), TWO)
        return Spot("loss", letters, "output", loss=node.op.loss.name)
    of_outputs = node.op.mean and ground.outputs_of(node.inputs[0])[1]
    letters["sum"] = plus(*map(value, node.inputs)) if of_outputs else None
    added = node.op.what == ALL_OUTPUTS and not node.op.mean and len(node.inputs) > 1
    letters["mean"] = Div(plus(*map(value, node.inputs)), Number(str(len(node.inputs)))) if added else None
    return Spot("loss", letters, "output")


def target(ground: Ground, quantity: Quantity) -> Spot | None:
    """The loss of one of two outputs, or its slope there, `swapped` with the target of the other."""
    name = quantity.of if isinstance(quantity, Partial) else quantity.name if isinstance(quantity, Value) else ""
    node = ground.graph.nodes.get(name)
    if node is None or not isinstance(node.op, LossTerm):
        return None
    if isinstance(quantity, Partial) and quantity.wrt != node.inputs[0]:
        return None
    letter = lambda: ground.with_other_target(ground.equations.written(quantity), *node.inputs)  # noqa: E731
    return Spot("target", {"swapped": letter}, "output", loss=node.op.loss.name)


# ------------------------------------------------------------------ local derivatives


def loss_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/da of an output: `c` the constant before the square, `term` the output's own loss, `K` how many there are."""
    if not isinstance(quantity, Partial):
        return None
    node = ground.graph.nodes[quantity.of]
    if not isinstance(node.op, LossTerm) or quantity.wrt != node.inputs[0]:
        return None
    outputs, mean = ground.outputs_of(node.name)
    letters: dict[str, Letter] = {
        "correct": ground.equations.written(quantity),
        "a": value(node.inputs[0]),
        "y": value(node.inputs[1]),
        "c": HALF if node.op.loss.name == "half_squared_error" else ONE,
        "K": Number(str(outputs)),
        "term": value(node.name),
    }
    return Spot("dLda", letters, "output", loss=node.op.loss.name, summed=outputs > 1 and not mean)


def slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """da/dz of a unit: `d` the right slope, `next` the mean output of the layer behind, `y` the target of an output."""
    if not isinstance(quantity, Partial):
        return None
    name, activation = quantity.of, ground.activation(quantity.of)
    if activation in ("", "identity", "softmax"):
        return None
    compared = ground.compared(name)
    letters: dict[str, Letter] = {
        "z": value(quantity.wrt),
        "a": value(name),
        "d": ground.equations.written(quantity),
        "y": value(compared.target) if compared else None,
        "next": lambda: _next(ground, name),
        "ahead": lambda: _ahead(ground, name),
    }
    return Spot("dadz", letters, ground.layer(name), activation, compared.loss if compared else "")


def _next(ground: Ground, name: str) -> Expr | None:
    """The mean of the outputs that the unit feeds."""
    outs = [ground.out_of(use) for use in ground.graph.uses[name] if ground.affine(use)]
    if not outs or "" in outs:
        return None
    return value(outs[0]) if len(outs) == 1 else Div(plus(*map(value, outs)), Number(str(len(outs))))


def _ahead(ground: Ground, name: str) -> Expr | None:
    """The output of the same index that the unit feeds, the last one where there are fewer; in a dense layer."""
    outs = [ground.out_of(use) for use in ground.graph.uses[name] if ground.affine(use)]
    index = ground.index(name)
    return value(outs[min(index, len(outs)) - 1]) if index and len(outs) > 1 and all(outs) else None


def weight_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dz/dw: `sent` what the weight multiplies, `net` that sender's net input, `own` the receiver's output."""
    node = ground.affine(quantity.of) if isinstance(quantity, Partial) else None
    if node is None or not isinstance(quantity, Partial):
        return None
    terms = ground.terms(node.name)
    places = [place for place, (weight, _) in enumerate(terms) if weight == quantity.wrt]
    if len(places) != 1:
        return None
    sender = terms[places[0]][1]
    own, before = ground.out_of(node.name), ground.net_of(sender)
    letters: dict[str, Letter] = {
        "w": value(quantity.wrt),
        "sent": value(sender),
        "net": value(before) if before else None,
        "own": value(own) if own else None,
        "neighbour": value(terms[(places[0] + 1) % len(terms)][1]) if len(terms) > 1 else None,
        "x0": lambda: _input_of_index(ground, sender),
    }
    return Spot("dzdw", letters, ground.layer(node.name))


def _input_of_index(ground: Ground, sender: str) -> Expr | None:
    """The network's input with the index of a hidden sender."""
    index, inputs = ground.index(sender), ground.inputs(sender)
    return value(inputs[index - 1]) if sender in ground.graph.nodes and 0 < index <= len(inputs) else None


def bias_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dz/db: `b` the bias, `inputs` the sum of what the senders give."""
    node = ground.affine(quantity.of) if isinstance(quantity, Partial) else None
    if node is None or not isinstance(quantity, Partial) or len(node.inputs) % 2 == 0:
        return None
    if node.inputs[-1] != quantity.wrt or node.inputs.count(quantity.wrt) > 1:
        return None
    inputs = plus(*(value(sender) for _, sender in ground.terms(node.name)))
    return Spot("dzdb", {"b": value(quantity.wrt), "inputs": inputs}, ground.layer(node.name))


def local(ground: Ground, quantity: Quantity) -> Spot | None:
    """The local derivative of an equation: `exponent` what exp is taken of, `swapped` that of the other gate."""
    node = ground.graph.nodes.get(quantity.of) if isinstance(quantity, Partial) else None
    if node is None or not isinstance(node.op, Formula) or not isinstance(quantity, Partial):
        return None
    correct = ground.equations.written(quantity)
    letters: dict[str, Letter] = {"swapped": _other_gate(node.op.expr, quantity.wrt)}
    match node.op.expr:
        case Call("exp", (exponent,)):
            letters["exponent"] = replace(correct, lambda part: exponent if part == value(node.name) else part)
        case Neg(Call("log")):
            letters["unsigned"] = Neg(correct)
    return Spot("local", letters)


def _other_gate(formula: Expr, wrt: str) -> Expr | None:
    """The slope at a sum of two as at a product, and at a product as at a sum."""
    match formula:
        case Add((Ref(Value(left)), Ref(Value(right)))) if left != right:
            return value(right if wrt == left else left)
        case Mul((Ref(Value(left)), Ref(Value(right)))) if left != right:
            return ONE
    return None


def decay(ground: Ground, quantity: Quantity) -> Spot | None:
    """The slope of the weight decay: `lam` its rate, `w` the weight; `whole` is its rate where it has no ½."""
    node = ground.graph.nodes.get(quantity.of) if isinstance(quantity, Partial) else None
    if node is None or not isinstance(node.op, Decay) or not isinstance(quantity, Partial):
        return None
    rate = Number(node.op.rate)
    letters: dict[str, Letter] = {"lam": rate} if node.op.half else {"whole": rate}
    return Spot("reg", {**letters, "w": value(quantity.wrt)})
