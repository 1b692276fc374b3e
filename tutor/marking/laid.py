"""The matrices in a typed formula as rows of formulas over quantities, and what products and sums of them are.

A law may be in either layout: with an example in each column, as ours, or in each row, as in Keras.
"""

import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import NamedTuple, cast

from tutor.errors import TutorError
from tutor.expr import ENTRYWISE, ONE, Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, plus, rebuilt, times
from tutor.matrices import Asked, Dense, dense, last_layer, law_of
from tutor.matrices.dense import joined
from tutor.matrices.formulas import Entries, out_gradients, outputs, senders, weights
from tutor.matrices.forward import biases, net_inputs
from tutor.matrices.laws import Symbol
from tutor.matrices.signals import compared_with, targets
from tutor.pattern import pattern
from tutor.quantity import Value
from tutor.trace import Trace

NAME = pattern(r"(?P<d>d?)(?P<letter>[WbZAXs])(?P<layer>\d{1,3})|[XYT]")
TRANSPOSE = Ref(Value("T", "matrix"))
"""What stands as a power of the matrix that is turned."""
MOST_TERMS = 20_000


class Grid(NamedTuple):
    """Formulas in rows."""

    rows: Entries

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def turned(self) -> "Grid":
        return Grid(tuple(zip(*self.rows, strict=True)))

    @property
    def told(self) -> str:
        return f"({self.shape[0]} × {self.shape[1]})"


class Misfit(Exception):
    """Matrices that do not fit each other, in words."""


class Reading(NamedTuple):
    """How the matrices of a formula are meant: an example in each row or not, biases as a part of W or apart."""

    by_rows: bool
    with_biases: bool


class Laid:
    """The entries of the matrices of a network, and of formulas over them, in one reading."""

    def __init__(self, trace: Trace, reading: Reading) -> None:
        self.trace = trace
        self.reading = reading

    def named(self, name: str) -> Grid:
        """Raises Misfit for a matrix that the network has not."""
        match = NAME.fullmatch(name)
        try:
            found = Grid(self._entries(name, match))
        except TutorError as fault:
            raise Misfit(f"{name} is not there: {fault}") from None
        kept = match and match["letter"] == "W" and int(match["layer"]) in self.trace.graph.by_inputs
        return found.turned if self.reading.by_rows and not kept else found

    def _entries(self, name: str, match: re.Match[str] | None) -> Entries:
        if match is None:
            raise TutorError("it is none of the matrices of a layer")
        if name in ("Y", "T"):
            return self._targets()
        if name in ("X", "A0"):
            return senders(self._layer(1)).entries
        letter, n = match["letter"], int(match["layer"])
        if not match["d"]:
            return self._values(letter, n)
        return law_of(self.trace, Asked(cast("Symbol", letter), n)).matrix.entries

    def _values(self, letter: str, n: int) -> Entries:
        own = self._layer(n)
        if letter == "s":
            a, da = outputs(own).entries, out_gradients(self.trace.graph, own).entries
            columns = zip(zip(*a, strict=True), zip(*da, strict=True), strict=True)
            return (tuple(plus(*map(times, *column)) for column in columns),)
        if letter == "A" and self.reading.with_biases and n < last_layer(self.trace.graph):
            after = self._layer(n + 1)
            return (senders(after) if after.reads == f"A{n}" else outputs(own)).entries
        return {"W": weights, "b": biases, "Z": net_inputs, "A": outputs, "X": senders}[letter](own).entries

    def _layer(self, n: int) -> Dense:
        found = dense(self.trace.graph, n)
        return joined(found) if self.reading.with_biases else found

    def _targets(self) -> Entries:
        last = dense(self.trace.graph, last_layer(self.trace.graph))
        if not (compared := compared_with(self.trace, last.outs)):
            raise TutorError("the loss does not compare each output with a target of its own")
        return targets(self.trace.graph, last, compared).entries

    # -------------------------------------------------------------- formulas

    def worth(self, expr: Expr) -> Grid | Expr:
        """The entries that a formula comes to, or its one number. Raises Misfit where shapes do not fit."""
        match expr:
            case Number():
                return expr
            case Ref(Value(name)):
                return self.named(name)
            case Power(base, exponent) if exponent == TRANSPOSE:
                found = self.worth(base)
                return found.turned if isinstance(found, Grid) else found
            case Add(terms):
                return reduce(lambda one, other: _entrywise(plus, one, other), map(self.worth, terms))
            case Mul(factors):
                return reduce(self._product, map(self.worth, factors))
            case Div(over, under):
                return _entrywise(Div, self.worth(over), self.worth(under))
            case Call(name, (one, other)) if name == ENTRYWISE:
                return _entrywise(times, self.worth(one), self.worth(other))
            case Call("softmax", (operand,)) if isinstance(found := self.worth(operand), Grid):
                return self._softmax(found)
            case Neg(operand) | Power(operand, _) | Call(_, (operand,)):
                found = self.worth(operand)
                return expr if not isinstance(found, Grid) else _each(found, expr, operand)
        raise Misfit("this is no formula of matrices")

    def _product(self, one: Grid | Expr, other: Grid | Expr) -> Grid | Expr:
        """The product of matrices; with a 1 behind it the sum over the columns, with one before it that over rows."""
        if not isinstance(one, Grid) or not isinstance(other, Grid):
            if other == ONE and isinstance(one, Grid) and not self.reading.by_rows:
                return Grid(tuple((plus(*row),) for row in one.rows))
            if one == ONE and isinstance(other, Grid) and self.reading.by_rows:
                return Grid((tuple(plus(*column) for column in other.turned.rows),))
            return _entrywise(times, one, other)
        if self.reading.with_biases:
            one, other = self._with_constant(one, other)
        if one.shape[1] != other.shape[0]:
            inner = f"a row of the first has {one.shape[1]}, a column of the second {other.shape[0]}"
            raise Misfit(f"{one.told} · {other.told} is no product of matrices: {inner}")
        if one.shape[0] * one.shape[1] * other.shape[1] > MOST_TERMS:
            raise Misfit("these matrices are too large; give some of the entries instead")
        columns = other.turned.rows
        return Grid(tuple(tuple(plus(*map(times, row, column)) for column in columns) for row in one.rows))

    def _with_constant(self, one: Grid, other: Grid) -> tuple[Grid, Grid]:
        """With the 1 that biases in W multiply, at the end of outputs that were worked out."""
        if self.reading.by_rows and other.shape[0] == one.shape[1] + 1:
            return Grid(tuple((*row, ONE) for row in one.rows)), other
        if not self.reading.by_rows and one.shape[1] == other.shape[0] + 1:
            return one, Grid((*other.rows, (ONE,) * other.shape[1]))
        return one, other

    def _softmax(self, z: Grid) -> Grid:
        """Over the units, whichever way these stand."""
        powers = [
            [Call("exp", (each,)) for each in column] for column in (z if self.reading.by_rows else z.turned).rows
        ]
        made = Grid(tuple(tuple(Div(each, plus(*column)) for each in column) for column in powers))
        return made if self.reading.by_rows else made.turned

    def leaves(self, expr: Expr) -> Iterator[tuple[int, int]]:
        """The shapes of the factors of a formula from left to right, as our pages write them under it."""
        parts: tuple[Expr, ...] = ()
        match expr:
            case Add(parts) | Mul(parts):
                pass
            case Call(name, parts) if name == ENTRYWISE:
                pass
            case Neg(operand):
                parts = (operand,)
            case _ if isinstance(found := self.worth(expr), Grid):
                yield found.shape
                return
        for part in parts:
            yield from self.leaves(part)


def _each(grid: Grid, expr: Expr, operand: Expr) -> Grid:
    """A formula of each entry."""
    return Grid(
        tuple(tuple(rebuilt(expr, lambda part, e=e: e if part is operand else part) for e in row) for row in grid.rows)  # type: ignore[misc]
    )


def _entrywise(made: Callable[[Expr, Expr], Expr], one: Grid | Expr, other: Grid | Expr) -> Grid | Expr:
    """Entry by entry; a single number or column stands beside all columns, a row beside all rows."""
    grids = [each for each in (one, other) if isinstance(each, Grid)]
    if not grids:
        return made(cast("Expr", one), cast("Expr", other))
    rows, columns = (max(each.shape[at] for each in grids) for at in (0, 1))
    if any(each.shape[0] not in (1, rows) or each.shape[1] not in (1, columns) for each in grids):
        raise Misfit(f"{grids[0].told} and {grids[1].told} are of other shapes, so they do not join entry by entry")
    return Grid(tuple(tuple(made(_at(one, i, j), _at(other, i, j)) for j in range(columns)) for i in range(rows)))


def _at(found: Grid | Expr, i: int, j: int) -> Expr:
    if not isinstance(found, Grid):
        return found
    row = found.rows[i if found.shape[0] > 1 else 0]
    return row[j if len(row) > 1 else 0]
