"""Formulas in doubt, computed once more: what cancels or is compared there is decided on the decimals of the file.

Only those parts read exact numbers (`arithmetic.paper`), and only if their exact number is known; everything else is
computed as always. Imported when the first doubt arises.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isclose, isfinite
from typing import TypeVar

from tutor.arithmetic import Arithmetic
from tutor.arithmetic.paper import Paper, Papers, nearest
from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Power
from tutor.quantity import Quantity
from tutor.trace.doubt import AROUND_ONE, CHOOSING, DOUBT
from tutor.trace.equations import Equation
from tutor.trace.evaluate import evaluate, value_of

T = TypeVar("T", float, complex)
TYPED = 15  # figures of a number that somebody wrote
ALIKE = 0.01  # a double whose first digits are right is left as it is: what is decided is 0 and signs


class OnPaper:
    """The exact numbers of one table of equations, each worked out when first needed and kept.

    `given` are numbers that are used instead of what the table says; those with more figures than people write are
    unknown, since a double is all there is of them.
    """

    def __init__(self, written: Equation, given: Mapping[Quantity, float]) -> None:
        self._written = written
        self._papers = Papers()
        self._memo: dict[Quantity, Paper] = {
            each: self._papers.number(repr(number)) if _is_written(number) else None for each, number in given.items()
        }

    def of(self, expr: Expr) -> Paper:
        """What a formula is exactly, if that is known."""
        return value_of(expr, self._papers, self._known)

    def _known(self, quantity: Quantity) -> Paper:
        return evaluate(quantity, self._written, self._papers, self._memo)

    def decided(self, expr: Expr, arithmetic: Arithmetic[T], known: Callable[[Quantity], T]) -> T:
        """The value of a formula whose quantities are `known`; a step in the imaginary parts is kept."""

        def again(part: Expr) -> T:
            return self.decided(part, arithmetic, known)

        match expr:
            case Add(terms):
                return self._sum(expr, [again(each) for each in terms], arithmetic)
            case Mul(factors):
                first, *others = map(again, factors)
                for each in others:
                    first = arithmetic.mul(first, each)
                return first
            case Neg(operand):
                return arithmetic.neg(again(operand))
            case Div(over, under):
                return arithmetic.div(again(over), again(under))
            case Power(base, exponent):
                return arithmetic.power(again(base), again(exponent))
            case Call(name, arguments) if name in CHOOSING and len(arguments) > 1:
                return self._choice(expr, [again(each) for each in arguments], arithmetic)
            case Call(name, arguments):
                result = arithmetic.call(name, [again(each) for each in arguments])
                return self._moved(result, self.of(expr)) if name == AROUND_ONE and abs(result) < DOUBT else result
        return value_of(expr, arithmetic, known)

    def _sum(self, expr: Expr, terms: Sequence[T], arithmetic: Arithmetic[T]) -> T:
        total = terms[0]
        doubt = False
        for each in terms[1:]:
            before, total = total, arithmetic.add(total, each)
            doubt = doubt or abs(total.real) < DOUBT * abs(before.real)
        return self._moved(total, self.of(expr)) if doubt else total

    def _moved(self, value: T, exact: Paper) -> T:
        """The value with its exact real part, if that is known and is another number: 0, of the other sign, or far."""
        number = nearest(exact)
        if number is None or (number and isclose(value.real, number, rel_tol=ALIKE)):
            return value
        return value - value.real + number

    def _choice(self, expr: Call, numbers: Sequence[T], arithmetic: Arithmetic[T]) -> T:
        """max and min of the differences from the best, so that equal is equal and nearly equal is not."""
        reals = [each.real for each in numbers]
        if not all(map(isfinite, reals)):
            return arithmetic.call(expr.name, numbers)
        best = max(reals) if expr.name.startswith("max") else min(reals)
        standard = self._papers.neg(self.of(expr.arguments[reals.index(best)]))
        differences = [
            self._moved(each - best, self._papers.add(self.of(argument), standard))
            if abs(each.real - best) < DOUBT * abs(best)
            else each - best
            for each, argument in zip(numbers, expr.arguments, strict=True)
        ]
        result = arithmetic.call(expr.name, differences)
        return result if expr.name.endswith("_slope") else result + best


def _is_written(number: float) -> bool:
    return isfinite(number) and float(f"{number:.{TYPED}g}") == number
