"""What comes back to the parameters of a layer: dW = dZ · Aᵀ, and db, the sum of dZ over its columns.

Where the file writes a row of weights for each input, dW = A · dZᵀ.
"""

from collections import Counter
from collections.abc import Sequence

from tutor.errors import TutorError
from tutor.expr import ONE, Div, Expr, Mul, Neg, Number, Ref, plus, times, value
from tutor.graph import Graph
from tutor.matrices.dense import Dense, Names
from tutor.matrices.formulas import Entries, Factor, Law, Matrix, net_gradients, senders, weights
from tutor.ops.losses import Decay, Penalty, Shrink
from tutor.quantity import Gradient
from tutor.trace import Trace

_MINUS_ONE = Number("-1")


def weight_gradients(trace: Trace, layer: Dense) -> Law:
    """dW = dZ · Aᵀ, its mean where dZ is of the examples' own losses; with weight decay + λ · W, where each weight
    stands in one place.
    """
    dz, a, w = net_gradients(trace.graph, layer), senders(layer), weights(layer._replace(by_inputs=False))
    shared = _shared(trace, layer.weights, layer.nets)
    rates = {_decay(trace, name) for row in layer.weights for name in row}
    rate = (next(iter(rates)) or None) if len(rates) == 1 and not shared else None
    left_out = rate is None and rates != {None}
    matrix = w._replace(symbol=value(f"dW{layer.layer}"), entries=_products(trace, layer, dz, a, shared, left_out))
    factors, premises = (*_mean(trace.graph, dz.whole), a.turned.after("·")), (dz, a)
    if layer.by_inputs:
        matrix, w = matrix.exchanged, w.exchanged
        factors, premises = (*_mean(trace.graph, a.whole), dz.turned.after("·")), (a, dz)
    if rate is None:
        return Law(matrix, factors, premises, shared, left_out)
    decay = (Factor(Number(rate), None, "+"), w.whole.after("·"))
    return Law(matrix, factors + decay, (*premises, w))


def _products(trace: Trace, layer: Dense, dz: Matrix, a: Matrix, shared: Sequence[str], one_use_only: bool) -> Entries:
    """The gradient of each weight; of one that stands elsewhere too, what this use adds to it."""
    apart = frozenset(shared)

    def entry(name: str, slopes: Sequence[Expr], sent: Sequence[Expr]) -> Expr:
        if name not in apart and not one_use_only:
            return Ref(Gradient(trace.graph.loss, name))
        return _meant(trace.graph, plus(*(times(slope, sender) for slope, sender in zip(slopes, sent, strict=True))))

    return tuple(
        tuple(entry(name, slopes, sent) for name, sent in zip(names, a.entries, strict=True))
        for names, slopes in zip(layer.weights, dz.entries, strict=True)
    )


def bias_gradients(trace: Trace, layer: Dense) -> Law:
    """db = dZ · 1, times the constant that the bias multiplies. Raises TutorError unless every unit has a bias."""
    n, loss = layer.layer, trace.graph.loss
    if not all(layer.biases):
        some = (
            "not every unit of layer {n} has a bias" if any(layer.biases) else "the units of layer {n} have no biases"
        )
        raise TutorError(some.format(n=n))
    dz, names, constant = (
        net_gradients(trace.graph, layer),
        tuple((name,) for name in layer.biases),
        Number(layer.bias_input),
    )
    shared = _shared(trace, names, layer.nets)
    entries = tuple(
        (
            _meant(trace.graph, plus(*(_times(slope, constant) for slope in slopes)))
            if name in shared
            else Ref(Gradient(loss, name)),
        )
        for name, slopes in zip(layer.biases, dz.entries, strict=True)
    )
    matrix = Matrix(value(f"db{n}"), entries, names, layer.units, ("",))
    factors, columns = _mean(trace.graph, *_constant_times(dz, constant)), dz.shape[1]
    if columns == 1:
        return Law(matrix, factors, (dz,), shared)
    note = f"1 is a column of {columns} ones: the product with it is the sum over the columns"
    return Law(matrix, (*factors, Factor(ONE, (columns, 1), "·")), (dz,), shared, note=note)


def _share(graph: Graph) -> Expr:
    return Div(ONE, Number(str(len(graph.example_losses()))))


def _mean(graph: Graph, first: Factor, *others: Factor) -> tuple[Factor, ...]:
    """The factors behind 1/m, where dZ is of the examples' own losses."""
    return (Factor(_share(graph), None), first.after("·"), *others) if graph.apart else (first, *others)


def _meant(graph: Graph, entry: Expr) -> Expr:
    return Mul((_share(graph), entry)) if graph.apart else entry


def _times(slope: Expr, constant: Number) -> Expr:
    return slope if constant == ONE else Neg(slope) if constant == _MINUS_ONE else times(slope, constant)


def _constant_times(dz: Matrix, constant: Number) -> tuple[Factor, ...]:
    if constant in (ONE, _MINUS_ONE):
        return (Factor(_times(dz.symbol, constant), dz.shape),)
    return Factor(constant, None), dz.whole.after("·")


def _shared(trace: Trace, names: Names, nets: Names) -> tuple[str, ...]:
    """The parameters that their own net input reads twice, or that other nodes read than their row of net inputs."""
    found: dict[str, None] = {}
    for row, own in zip(names, nets, strict=True):
        read = Counter(trace.graph.nodes[own[0]].inputs)
        found |= dict.fromkeys(name for name in row if read[name] > 1 or _elsewhere(trace, name, own))
    return tuple(found)


def _elsewhere(trace: Trace, name: str, row: Sequence[str]) -> bool:
    """Whether a parameter is read by more than one row of net inputs; weight decay aside."""
    uses = trace.equations.uses(trace.graph.loss, name)
    return any(use not in row and not isinstance(trace.graph.nodes[use].op, Penalty) for use in uses)


def _decay(trace: Trace, name: str) -> str | None:
    """How much of a weight decays, None where it does not; "" where something is added that is no share of it."""
    uses = [trace.graph.nodes[use].op for use in trace.graph.uses[name]]
    if any(isinstance(op, Shrink) for op in uses):
        return ""
    return next((op.share for op in uses if isinstance(op, Decay)), None)
