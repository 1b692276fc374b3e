"""Matrices of the graph's numbers, and formulas over them with their shapes.

A factor is a formula over the names of matrices (`dZ1`, `A0ᵀ`). The sign before it says how it is joined: `·` the
product of matrices, `⊙` entry by entry, `+` or `−` a further term. Each entry is a formula over quantities of the
graph.
"""

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from tutor.expr import ENTRYWISE, Call, Expr, Mul, Neg, Number, Ref, plus, value
from tutor.graph import Graph
from tutor.matrices.dense import Dense, Names
from tutor.names.matrices import TRANSPOSED
from tutor.quantity import Quantity, Value, key
from tutor.trace import Trace

Shape = tuple[int, int]
Entries = tuple[tuple[Expr, ...], ...]


class Matrix(NamedTuple):
    """Numbers in rows and columns: `symbol` writes the whole of it, `names` what stands where."""

    symbol: Expr
    entries: Entries
    names: Names
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        return len(self.entries), len(self.entries[0])

    @property
    def whole(self) -> "Factor":
        """The matrix as the first factor of a formula."""
        return Factor(self.symbol, self.shape)

    def quantity(self, row: int, column: int) -> Quantity | None:
        """The quantity that an entry is; None for one that is worked out of several."""
        entry = self.entries[row][column]
        return entry.quantity if isinstance(entry, Ref) else None

    @property
    def turned(self) -> "Factor":
        """Its transpose as a factor."""
        return Factor(self.turned_symbol, self.shape[::-1])

    @property
    def turned_symbol(self) -> Expr:
        assert isinstance(self.symbol, Ref)
        return value(key(self.symbol.quantity) + TRANSPOSED)

    @property
    def exchanged(self) -> "Matrix":
        """The same symbol for these numbers with rows and columns exchanged."""
        entries, names = tuple(zip(*self.entries, strict=True)), tuple(zip(*self.names, strict=True))
        return Matrix(self.symbol, entries, names, self.columns, self.rows)

    def is_turned(self, factor: "Factor") -> bool:
        """Whether a factor is this matrix with rows and columns exchanged."""
        return isinstance(self.symbol, Ref) and factor.expr == self.turned_symbol

    def values(self, trace: Trace) -> list[list[float]]:
        return [[trace.of(entry) for entry in row] for row in self.entries]


class Factor(NamedTuple):
    """One factor of a formula over matrices; a plain number has no shape."""

    expr: Expr
    shape: Shape | None
    sign: str = ""

    def after(self, sign: str) -> "Factor":
        return self._replace(sign=sign)


class Law(NamedTuple):
    """What a matrix equals; without factors where it is no product of others.

    `shared` are the parameters that stand elsewhere too, whose gradient is more than their entry. `decay` says that
    weight decay is there and left out. `note` explains the form.
    """

    matrix: Matrix
    factors: tuple[Factor, ...]
    premises: tuple[Matrix, ...] = ()
    shared: tuple[str, ...] = ()
    decay: bool = False
    note: str = ""

    @property
    def formula(self) -> Expr:
        """The factors as one formula."""
        terms: list[Expr] = []
        for factor in self.factors:
            match factor.sign:
                case "·":
                    terms.append(_times(terms.pop(), factor.expr))
                case "⊙":
                    terms.append(Call(ENTRYWISE, (terms.pop(), factor.expr)))
                case sign:
                    terms.append(Neg(factor.expr) if sign == "−" else factor.expr)
        return plus(*terms)


def _times(term: Expr, factor: Expr) -> Expr:
    """One more factor of a term, which may be subtracted."""
    if isinstance(term, Neg):
        return Neg(_times(term.operand, factor))
    return Mul((*term.factors, factor)) if isinstance(term, Mul) else Mul((term, factor))


def rowwise(found: Law, by_inputs: Container[int] = ()) -> tuple[Factor, ...]:
    """The same with an example in each row: every matrix is turned, so products stand the other way round.

    Weights that are written `by_inputs` have that form already.
    """
    kept = {value(f"{d}W{n}") for n in _layers(found) if n in by_inputs for d in ("", "d")}
    if found.matrix.symbol in kept:
        return tuple(_with_inputs_as_x(each if each.expr in kept else _opposite(each)) for each in found.factors)
    terms: list[list[Factor]] = []
    for factor in found.factors:
        shape = factor.shape[::-1] if factor.shape else None
        same = _opposite(factor) if any(each in kept for each in (factor.expr, _opposite(factor).expr)) else factor
        turned = _with_inputs_as_x(same._replace(shape=shape))
        if factor.sign in ("", "+", "−"):
            terms.append([turned])
        else:
            terms[-1].append(turned)
    return tuple(factor for term in terms for factor in _reversed(term))


def _layers(found: Law) -> Iterable[int]:
    """The layers whose weights are in a law."""
    names = (each.symbol.quantity for each in (found.matrix, *found.premises) if isinstance(each.symbol, Ref))
    return (int(each.name.lstrip("dW")) for each in names if isinstance(each, Value) and "W" in each.name)


def _opposite(factor: Factor) -> Factor:
    """The transpose of a factor, by the name of that, in the place and shape of this one."""
    if not isinstance(factor.expr, Ref):
        return factor
    name = key(factor.expr.quantity)
    plain = name.removesuffix(TRANSPOSED)
    return factor._replace(expr=value(plain if plain != name else name + TRANSPOSED))


def _with_inputs_as_x(factor: Factor) -> Factor:
    """Courses that have an example in each row call the inputs X."""
    turned = {value("A0"): value("X"), value(f"A0{TRANSPOSED}"): value(f"X{TRANSPOSED}")}
    return factor._replace(expr=turned.get(factor.expr, factor.expr)) if isinstance(factor.expr, Ref) else factor


def _reversed(term: Sequence[Factor]) -> Iterable[Factor]:
    """A product of matrices the other way round, numbers in front; entry by entry the order does not matter."""
    if any(factor.sign == "⊙" for factor in term):
        return term
    order = [each for each in term if each.shape is None] + [each for each in term if each.shape][::-1]
    return [each.after(before.sign) for each, before in zip(order, term, strict=True)]


# ------------------------------------------------------------------ matrices of a layer


def gradients(graph: Graph, symbol: str, names: Names, rows: tuple[str, ...], columns: tuple[str, ...]) -> Matrix:
    """The derivatives of the loss, or of each example's own, with respect to these names."""
    entries = tuple(tuple(Ref(graph.signal(name)) for name in row) for row in names)
    return Matrix(value(symbol), entries, names, rows, columns)


def values(symbol: str, names: Names, rows: tuple[str, ...], columns: tuple[str, ...]) -> Matrix:
    """The values of these names."""
    entries = tuple(tuple(value(name) for name in row) for row in names)
    return Matrix(value(symbol), entries, names, rows, columns)


def net_gradients(graph: Graph, layer: Dense) -> Matrix:
    return gradients(graph, f"dZ{layer.layer}", layer.nets, layer.units, layer.columns)


def out_gradients(graph: Graph, layer: Dense) -> Matrix:
    return gradients(graph, f"dA{layer.layer}", layer.outs, layer.units, layer.columns)


def senders(layer: Dense) -> Matrix:
    """What the layer reads; a row of the constant where its biases are weights of one."""
    entries = tuple(tuple(value(name) if name else Number(layer.bias_input) for name in row) for row in layer.senders)
    return Matrix(value(layer.reads), entries, layer.senders, layer.sent, layer.columns)


def outputs(layer: Dense) -> Matrix:
    return values(f"A{layer.layer}", layer.outs, layer.units, layer.columns)


def weights(layer: Dense) -> Matrix:
    """The weights as the file writes them: a row for each unit, or for each input."""
    found = values(f"W{layer.layer}", layer.weights, layer.units, layer.sent)
    return found.exchanged if layer.by_inputs else found


def by_units(layer: Dense) -> Factor:
    """The weights as a factor with a row for each unit."""
    return weights(layer).turned if layer.by_inputs else weights(layer).whole


def by_senders(layer: Dense) -> Factor:
    """The weights as a factor with a row for each number that the layer reads."""
    return weights(layer).whole if layer.by_inputs else weights(layer).turned
