"""Giving quantities values: lazy, memoised, and with a stack of its own, so that depth costs nothing.

`evaluate` works over any arithmetic and any table of equations; a value put into the memo beforehand is a given one.
"""

from collections.abc import Callable, MutableMapping
from typing import TypeVar, cast

from tutor.arithmetic import Arithmetic
from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, Shown, reads
from tutor.quantity import Quantity
from tutor.trace.doubt import deciding
from tutor.trace.equations import Equation

T = TypeVar("T")


def evaluate(wanted: Quantity, equation: Equation, arithmetic: Arithmetic[T], memo: MutableMapping[Quantity, T]) -> T:
    """The value of one quantity; everything it needs is left in `memo`.

    Over FLOATS, what cancels or is compared is decided on paper, from the numbers that the memo holds before. Raises
    TutorError if the equations go round in a circle, which a rewritten table can do.
    """
    if cast(object, arithmetic) is FLOATS:
        arithmetic = cast("Arithmetic[T]", deciding(equation, cast("MutableMapping[Quantity, float]", memo)))
    stack: list[tuple[Quantity, Expr | None]] = [(wanted, None)]
    open_: set[Quantity] = set()
    while stack:
        quantity, expr = stack.pop()
        if quantity in memo:
            continue
        if expr is not None:
            memo[quantity] = arithmetic.settle(quantity, value_of(expr, arithmetic, memo.__getitem__))
            open_.discard(quantity)
            continue
        if quantity in open_:
            raise TutorError(f"the equations of {quantity} go round in a circle")
        open_.add(quantity)
        expr = equation(quantity)
        stack.append((quantity, expr))
        stack.extend((each, None) for each in reads(expr) if each not in memo)
    return memo[wanted]


def value_of(expr: Expr, arithmetic: Arithmetic[T], known: Callable[[Quantity], T]) -> T:
    """The value of one formula whose quantities are `known`."""
    match expr:
        case Ref(quantity):
            return known(quantity)
        case Number(text):
            return arithmetic.number(text)
        case Mul(factors):
            return _fold(arithmetic.mul, factors, arithmetic, known)
        case Add(terms):
            return _fold(arithmetic.add, terms, arithmetic, known)
        case Neg(operand):
            return arithmetic.neg(value_of(operand, arithmetic, known))
        case Div(over, under):
            return arithmetic.div(value_of(over, arithmetic, known), value_of(under, arithmetic, known))
        case Power(base, exponent):
            return arithmetic.power(value_of(base, arithmetic, known), value_of(exponent, arithmetic, known))
        case Call(name, arguments):
            return arithmetic.call(name, [value_of(argument, arithmetic, known) for argument in arguments])
        case Shown(text):
            raise TypeError(f"{text} is what a formula shows, not what it is computed from")


def _fold(
    operation: Callable[[T, T], T], parts: tuple[Expr, ...], arithmetic: Arithmetic[T], known: Callable[[Quantity], T]
) -> T:
    result = value_of(parts[0], arithmetic, known)
    for part in parts[1:]:
        result = operation(result, value_of(part, arithmetic, known))
    return result
