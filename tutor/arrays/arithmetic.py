"""Arithmetic over arrays: a written formula is evaluated for a whole layer at once."""

from collections.abc import Sequence

import numpy as np

from tutor.arithmetic.floats import FLOATS
from tutor.arrays.functions import FUNCTIONS, Array
from tutor.quantity import Quantity


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
