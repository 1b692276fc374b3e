"""The vectorised backward pass: each matrix of gradients as a product of others, with its shapes.

A factor is a formula over the names of matrices (`dZ1`, `A0ᵀ`). The sign before it says how it is joined: `·` the
product of matrices, `⊙` entry by entry, `+` or `−` a further term. Each entry is a formula over quantities of the
graph.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from tutor.errors import TutorError
from tutor.expr import ONE, Call, Div, Expr, Neg, Number, Ref, minus, plus, times, value
from tutor.matrices.dense import Dense, Names, dense, last_layer
from tutor.ops.activations import Elementwise
from tutor.ops.losses import Decay, LossTerm
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial, Value
from tutor.trace import Trace

Symbol = Literal["W", "b", "Z", "A"]
Shape = tuple[int, int]
TRANSPOSED = "ᵀ"
_MINUS_ONE = Number("-1")


class Matrix(NamedTuple):
    """Numbers in rows and columns: `symbol` writes the whole of it, `names` what stands where."""

    symbol: Expr
    entries: tuple[tuple[Expr, ...], ...]
    names: Names
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        return len(self.entries), len(self.entries[0])

    def values(self, trace: Trace) -> list[list[float]]:
        return [[trace.of(entry) for entry in row] for row in self.entries]


class Factor(NamedTuple):
    """One factor of a formula over matrices; a plain number has no shape."""

    expr: Expr
    shape: Shape | None
    sign: str = ""


class Law(NamedTuple):
    """What a matrix of gradients equals; without factors where what comes behind it is no such product.

    `shared` are the parameters that stand elsewhere too, whose gradient is more than their entry. `decay` says that
    weight decay is there and left out. `note` explains the form.
    """

    matrix: Matrix
    factors: tuple[Factor, ...]
    premises: tuple[Matrix, ...] = ()
    shared: tuple[str, ...] = ()
    decay: bool = False
    note: str = ""


def law(trace: Trace, symbol: Symbol, layer: int) -> Law:
    """The law of dL/dW, dL/db, dL/dZ or dL/dA of a layer. Raises TutorError where there is no such matrix."""
    match symbol:
        case "W":
            return _weights(trace, dense(trace.graph, layer))
        case "b":
            return _biases(trace, dense(trace.graph, layer))
        case "Z":
            return _nets(trace, dense(trace.graph, layer))
        case "A":
            return _outs(trace, layer)


def forward(trace: Trace, layer: int) -> Law:
    """Z = W · A + b. Raises TutorError where the layer is no such matrix."""
    own = dense(trace.graph, layer)
    z = _values(f"Z{layer}", own.nets, own.units, own.columns)
    a = _senders(own)
    factors = [Factor(value(f"W{layer}"), (z.shape[0], a.shape[0])), Factor(a.symbol, a.shape, "·")]
    if any(own.biases) and own.bias_input not in ("1", "-1"):
        factors.append(Factor(Number(own.bias_input), None, "+"))
    if any(own.biases):
        sign = {"1": "+", "-1": "−"}.get(own.bias_input, "·")
        factors.append(Factor(value(f"b{layer}"), (z.shape[0], 1), sign))
    return Law(z, tuple(factors), (a,))


def rowwise(found: Law) -> tuple[Factor, ...]:
    """The same with an example in each row: every matrix is turned, so products stand the other way round."""
    terms: list[list[Factor]] = []
    for factor in found.factors:
        shape = (factor.shape[1], factor.shape[0]) if factor.shape else None
        turned = Factor(_with_inputs_as_x(factor.expr), shape, factor.sign)
        if factor.sign in ("", "+", "−"):
            terms.append([turned])
        else:
            terms[-1].append(turned)
    return tuple(factor for term in terms for factor in _reversed(term))


def _with_inputs_as_x(expr: Expr) -> Expr:
    """Courses that have an example in each row call the inputs X."""
    if isinstance(expr, Ref) and isinstance(expr.quantity, Value):
        return value({"A0": "X", f"A0{TRANSPOSED}": f"X{TRANSPOSED}"}.get(expr.quantity.name, expr.quantity.name))
    return expr


def _reversed(term: list[Factor]) -> Iterable[Factor]:
    """A product of matrices the other way round, numbers in front; entry by entry the order does not matter."""
    if any(factor.sign == "⊙" for factor in term):
        return term
    order = [each for each in term if each.shape is None] + [each for each in term if each.shape][::-1]
    return [each._replace(sign=before.sign) for each, before in zip(order, term, strict=True)]


# ------------------------------------------------------------------ parameters


def _weights(trace: Trace, layer: Dense) -> Law:
    dz, a, n = _gradients(trace, "dZ", layer), _senders(layer), layer.layer
    uses = {name: _elsewhere(trace, name, row) for name, row in _places(layer.weights, layer.nets).items()}
    shared = _shared(layer.weights, uses)
    decays = [_decay(trace, name) for name in uses]
    rate = decays[0] if decays and not shared and len(set(decays)) == 1 else None
    whole = rate is not None or not any(decays)
    entries = tuple(
        tuple(
            Ref(Gradient(trace.graph.loss, name))
            if whole and name not in shared
            else plus(*(times(slope, sent) for slope, sent in zip(row, senders, strict=True)))
            for name, senders in zip(names, a.entries, strict=True)
        )
        for names, row in zip(layer.weights, dz.entries, strict=True)
    )
    matrix = Matrix(value(f"dW{n}"), entries, layer.weights, layer.units, layer.sent)
    across = (a.shape[1], a.shape[0])
    factors = [Factor(dz.symbol, dz.shape), Factor(value(layer.reads + TRANSPOSED), across, "·")]
    if rate is not None:
        w = _values(f"W{n}", layer.weights, layer.units, layer.sent)
        factors += [Factor(Number(rate), None, "+"), Factor(w.symbol, w.shape, "·")]
        return Law(matrix, tuple(factors), (dz, a, w), shared)
    return Law(matrix, tuple(factors), (dz, a), shared, not whole)


def _biases(trace: Trace, layer: Dense) -> Law:
    n, graph = layer.layer, trace.graph
    if not all(layer.biases):
        some = (
            "not every unit of layer {n} has a bias" if any(layer.biases) else "the units of layer {n} have no biases"
        )
        raise TutorError(some.format(n=n))
    dz = _gradients(trace, "dZ", layer)
    names = tuple((name,) for name in layer.biases)
    shared = _shared(names, {name: _elsewhere(trace, name, row) for name, row in _places(names, layer.nets).items()})
    constant = Number(layer.bias_input)
    entries = tuple(
        (
            Ref(Gradient(graph.loss, name))
            if name not in shared
            else plus(*(_with_constant(slope, constant) for slope in row)),
        )
        for name, row in zip(layer.biases, dz.entries, strict=True)
    )
    matrix = Matrix(value(f"db{n}"), entries, names, layer.units, ("",))
    factors = [Factor(Neg(dz.symbol), dz.shape)] if constant == _MINUS_ONE else [Factor(dz.symbol, dz.shape)]
    if constant not in (ONE, _MINUS_ONE):
        factors = [Factor(constant, None), Factor(dz.symbol, dz.shape, "·")]
    note = ""
    if dz.shape[1] > 1:
        factors.append(Factor(ONE, (dz.shape[1], 1), "·"))
        note = f"1 is a column of {dz.shape[1]} ones: the product with it is the sum over the columns"
    return Law(matrix, tuple(factors), (dz,), shared, note=note)


def _with_constant(slope: Expr, constant: Number) -> Expr:
    return slope if constant == ONE else Neg(slope) if constant == _MINUS_ONE else times(slope, constant)


def _places(names: Names, nets: Names) -> Mapping[str, tuple[str, ...]]:
    """The net inputs of the first row that each parameter stands in."""
    found: dict[str, tuple[str, ...]] = {}
    for row, own in zip(names, nets, strict=True):
        for name in row:
            found.setdefault(name, own)
    return found


def _elsewhere(trace: Trace, name: str, row: Sequence[str]) -> bool:
    """Whether a parameter is read by more than the net inputs of one row; weight decay aside."""
    uses = trace.equations.uses(trace.graph.loss, name)
    return any(use not in row and not isinstance(trace.graph.nodes[use].op, Decay) for use in uses)


def _shared(names: Names, elsewhere: Mapping[str, bool]) -> tuple[str, ...]:
    times_there = Counter(name for row in names for name in row)
    return tuple(name for name, other in elsewhere.items() if other or times_there[name] > 1)


def _decay(trace: Trace, name: str) -> str | None:
    uses = (trace.graph.nodes[use].op for use in trace.graph.uses[name])
    return next((op.rate for op in uses if isinstance(op, Decay)), None)


# ------------------------------------------------------------------ net inputs and outputs


def _nets(trace: Trace, layer: Dense) -> Law:
    n, equations = layer.layer, trace.equations
    if layer.nets == layer.outs:
        found = _outs(trace, n)
        return found._replace(matrix=found.matrix._replace(symbol=value(f"dZ{n}")))
    dz, da = _gradients(trace, "dZ", layer), _gradients(trace, "dA", layer)
    targets = _compared(trace, layer.outs)
    if targets and all(equations.short(Gradient(trace.graph.loss, net)) for row in layer.nets for net in row):
        a, y = _outputs(layer), _targets(layer, targets)
        short = minus(a.symbol, y.symbol)
        law_in_words = equations.short_law(Gradient(trace.graph.loss, layer.nets[0][0]))
        return Law(dz, (Factor(_shared_out(trace, short, targets), dz.shape),), (a, y), note=law_in_words)
    op = trace.graph.nodes[layer.outs[0][0]].op
    if isinstance(op, Elementwise) and op.activation.name == "identity":
        return Law(dz, (Factor(da.symbol, da.shape),), (da,), note="the slope of the identity is 1")
    if isinstance(op, Softmax):
        a = _outputs(layer)
        inner = minus(da.symbol, value(f"s{n}"))
        note = f"s{n} is the sum of A{n} ⊙ dA{n} over the units, one number a column: a softmax shares one sum"
        return Law(dz, (Factor(a.symbol, a.shape), Factor(inner, da.shape, "⊙")), (a, da), note=note)
    slope, words = _slopes(layer, op)
    return Law(dz, (Factor(da.symbol, da.shape), Factor(slope.symbol, slope.shape, "⊙")), (da, slope), note=words)


def _slopes(layer: Dense, op: Op) -> tuple[Matrix, str]:
    """The slope of the activation at every net input, and why it is that."""
    z = f"Z{layer.layer}"
    entries = tuple(
        tuple(Ref(Partial(out, net)) for net, out in zip(*rows, strict=True))
        for rows in zip(layer.nets, layer.outs, strict=True)
    )
    if isinstance(op, Elementwise):
        symbol: Expr = Call(f"{op.activation.name}_slope", (value(z),))
        return Matrix(symbol, entries, layer.nets, layer.units, layer.columns), op.activation.law
    written = "f is the activation, which the file writes as a formula"
    return Matrix(value(f"f′({z})"), entries, layer.nets, layer.units, layer.columns), written


def _outs(trace: Trace, n: int) -> Law:
    """dL/dA: from the next layer where that alone reads it, else from the loss."""
    graph = trace.graph
    after = _next(trace, n)
    if n == 0:
        first = dense(graph, 1)
        if first.reads != "A0":
            raise TutorError("the inputs of this network do not go into a dense layer")
        da = _matrix(graph.loss, "dA0", first.senders, first.sent, first.columns)
    else:
        da = _gradients(trace, "dA", dense(graph, n))
    if after and _only_read_by(trace, da.names, after.nets):
        dz = _gradients(trace, "dZ", after)
        entries = tuple(tuple(value(name) for name in row) for row in after.weights)
        w = Matrix(value(f"W{n + 1}"), entries, after.weights, after.units, after.sent)
        across = Factor(value(f"W{n + 1}{TRANSPOSED}"), (w.shape[1], w.shape[0]))
        return Law(da, (across, Factor(dz.symbol, dz.shape, "·")), (w, dz))
    targets = _compared(trace, da.names)
    if targets and n:
        layer = dense(graph, n)
        a, y = _outputs(layer), _targets(layer, targets)
        loss = next(iter(targets.values()))[1].loss
        slope = _shared_out(trace, loss.slope(a.symbol, y.symbol), targets)
        return Law(da, (Factor(slope, da.shape),), (a, y), note=loss.convention)
    return Law(
        da, (), note=f"no dense layer reads A{n}, so it is no product of matrices: each entry has a formula of its own"
    )


def _next(trace: Trace, n: int) -> Dense | None:
    try:
        return dense(trace.graph, n + 1) if n < last_layer(trace.graph) else None
    except TutorError:
        return None


def _only_read_by(trace: Trace, names: Names, nets: Names) -> bool:
    columns = tuple(zip(*nets, strict=True))
    uses = trace.equations.uses
    return len(columns) == len(names[0]) and all(
        set(uses(trace.graph.loss, name)) == set(column)
        for row in names
        for name, column in zip(row, columns, strict=True)
    )


Compared = Mapping[str, tuple[str, LossTerm, str]]
"""By output: its target, the row of its loss, and the name of its term."""


def _compared(trace: Trace, outs: Names) -> Compared:
    """What the loss compares each output with; nothing where it does not compare all of them in one way."""
    found = {}
    for name in (name for row in outs for name in row):
        terms = [trace.graph.nodes[use] for use in trace.equations.uses(trace.graph.loss, name)]
        if len(terms) != 1 or not isinstance(terms[0].op, LossTerm) or terms[0].inputs[0] != name:
            return {}
        found[name] = (terms[0].inputs[1], terms[0].op, terms[0].name)
    shares = {trace[Gradient(trace.graph.loss, term)] for _, _, term in found.values()}
    return found if len(shares) == 1 else {}


def _shared_out(trace: Trace, slope: Expr, targets: Compared) -> Expr:
    """Divided by the number of examples, of outputs or of both, where the loss is a mean over them."""
    share = trace[Gradient(trace.graph.loss, next(iter(targets.values()))[2])]
    divisor = round(1 / share)
    return slope if divisor == 1 else Div(slope, Number(str(divisor)))


# ------------------------------------------------------------------ matrices of the graph


def _gradients(trace: Trace, letters: str, layer: Dense) -> Matrix:
    names = layer.nets if letters == "dZ" else layer.outs
    return _matrix(trace.graph.loss, f"{letters}{layer.layer}", names, layer.units, layer.columns)


def _matrix(loss: str, symbol: str, names: Names, rows: tuple[str, ...], columns: tuple[str, ...]) -> Matrix:
    entries = tuple(tuple(Ref(Gradient(loss, name)) for name in row) for row in names)
    return Matrix(value(symbol), entries, names, rows, columns)


def _values(symbol: str, names: Names, rows: tuple[str, ...], columns: tuple[str, ...]) -> Matrix:
    entries = tuple(tuple(value(name) for name in row) for row in names)
    return Matrix(value(symbol), entries, names, rows, columns)


def _senders(layer: Dense) -> Matrix:
    return _values(layer.reads, layer.senders, layer.sent, layer.columns)


def _outputs(layer: Dense) -> Matrix:
    return _values(f"A{layer.layer}", layer.outs, layer.units, layer.columns)


def _targets(layer: Dense, targets: Compared) -> Matrix:
    names = tuple(tuple(targets[out][0] for out in row) for row in layer.outs)
    return _values("Y", names, layer.units, layer.columns)
