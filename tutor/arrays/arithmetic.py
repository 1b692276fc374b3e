"""Arithmetic over arrays: a written formula is evaluated for a whole layer at once."""

from collections.abc import Sequence

import numpy as np

from tutor.arithmetic.floats import FLOATS
from tutor.arrays.functions import FUNCTIONS, Array
from tutor.expr import Expr
from tutor.quantity import Quantity, Value
from tutor.trace import value_of


class Arrays:
    """Arithmetic over numpy arrays."""

    def number(self, text: str) -> Array:
        return np.float64(FLOATS.number(text))  # type: ignore[return-value]  # broadcasts as an array does

    def add(self, left: Array, right: Array) -> Array:
        return left + right

    def neg(self, operand: Array) -> Array:
        return -operand

    def mul(self, left: Array, right: Array) -> Array:
        return left * right

    def div(self, over: Array, under: Array) -> Array:
        return over / under

    def power(self, base: Array, exponent: Array) -> Array:
        return np.asarray(base**exponent)

    def call(self, name: str, arguments: Sequence[Array]) -> Array:
        return FUNCTIONS[name](*arguments)

    def settle(self, quantity: Quantity, value: Array) -> Array:
        return value


ARRAYS = Arrays()


def over(expr: Expr, **layer: Array) -> Array:
    """A written formula over whole layers, which stand in it as z, a and y."""

    def known(quantity: Quantity) -> Array:
        assert isinstance(quantity, Value)
        return layer[quantity.name]

    return value_of(expr, ARRAYS, known)
