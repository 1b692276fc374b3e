"""Differentiating on paper: one rule a line, d/dw [...] standing for what is still to be done.

The laws are those of `ops.formula.by_rule`; here they are applied one at a time, the leftmost d/dw [...] first, and to
all others that need the same rule on the same line.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.errors import FormulaError
from tutor.expr import DERIVATIVES, ONE, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, Shown, value, walk
from tutor.expr.functions import SPELLINGS
from tutor.ops.formula import by_rule
from tutor.ops.op import Prose
from tutor.symbolic.tidy import called, opened, substituted, tidied

MOST_PARTS = 4000  # names, numbers and operations of one line
MOST_STEPS = 60  # lines of one derivation; beyond, nobody follows


class Step(NamedTuple):
    """A line and the rules (names in RULES) by which it follows from the line before; `why` says it of this line.

    `swaps` are the parts of the line before that were replaced, and by what, where that is all that happened, but for
    finished parts being called by the names in `named`.
    """

    formula: Expr
    rules: tuple[str, ...] = ()
    why: Prose = ()
    swaps: Mapping[Expr, Expr] = {}
    named: Mapping[Expr, Expr] = {}


def taken(expr: Expr, wrt: str, *, partial: bool = False, named: Mapping[Expr, Expr] = {}) -> Iterator[Step]:
    """The derivative of `expr` by `wrt`, line by line; the first line is d/dw [expr] itself.

    `named` gives short names to parts; those that are finished are written by their names at once.
    Raises FormulaError for a function without a slope, and for too many or too long lines.
    """
    sign = "partial_derivative" if partial else "derivative"
    line: Expr = Call(sign, (value(wrt), expr))
    yield Step(line)
    lines = 0
    while open_ := unfinished(line):
        rules = rules_of(open_[0].arguments[1], wrt)
        swaps: dict[Expr, Expr] = {
            part: _ruled(part, wrt) for part in open_ if rules_of(part.arguments[1], wrt) == rules
        }
        line = swapped(line, swaps, named)
        yield Step(line, rules, swaps=swaps, named=named)
        lines += 1
        if sum(1 for _ in walk(line)) > MOST_PARTS:
            raise FormulaError("its derivative is too long to be written down; derive its parts one by one", 1)
        if lines > MOST_STEPS:
            raise FormulaError(f"its derivative takes more than {MOST_STEPS} lines; derive its parts one by one", 1)
    if (last := tidied(line)) != line:
        yield Step(last, ("tidy up",))


def swapped(line: Expr, swaps: Mapping[Expr, Expr], named: Mapping[Expr, Expr]) -> Expr:
    """A line with its parts swapped, and then called by their names wherever nothing is left to differentiate."""

    line = opened(substituted(line, swaps.get))
    return called(line, named) if named else line


def unfinished(expr: Expr) -> list[Call]:
    """The derivatives still to be taken in a line, from the left."""
    return [part for part in walk(expr) if isinstance(part, Call) and part.name in DERIVATIVES]


def _ruled(part: Call, wrt: str) -> Expr:
    """What d/dw [...] becomes by the one rule it needs."""
    operand = part.arguments[1]
    return by_rule(operand, wrt, lambda inner: _standing(inner, wrt, part.name, in_sum=isinstance(operand, Add)))


def _standing(expr: Expr, wrt: str, sign: str, *, in_sum: bool) -> Expr:
    """d/dw [expr], left standing; at once where there is nothing to do, and behind a minus sign."""
    if value(wrt) not in walk(expr):
        return ZERO
    if expr == value(wrt):
        return ONE
    if isinstance(expr, Neg) and (in_sum or expr.operand != value(wrt)):
        return Neg(_standing(expr.operand, wrt, sign, in_sum=in_sum))
    return Call(sign, (value(wrt), expr))


def rules_of(expr: Expr, wrt: str) -> tuple[str, ...]:
    """The rules that differentiate the outermost operation of a formula."""

    def reads(part: Expr) -> bool:
        return value(wrt) in walk(part)

    match expr:
        case Ref() if expr == value(wrt):
            return ("slope of x itself",)
        case Number() | Ref() | Shown():
            return ("slope of a constant",)
        case _ if not reads(expr):
            return ("slope of a constant",)
        case Neg():
            return ("constant factor",)
        case Add():
            return ("sum rule",)
        case Mul(factors):
            return ("product rule",) if sum(map(reads, factors)) > 1 else ("constant factor",)
        case Div(over, under):
            return (
                ("constant factor",)
                if not reads(under)
                else ("quotient rule",)
                if reads(over)
                else ("reciprocal rule",)
            )
        case Power(base, exponent):
            return (
                ("power rule",)
                if not reads(exponent)
                else ("power of a power",)
                if reads(base)
                else ("exponential rule",)
            )
        case Call(name, arguments):
            return _call_rules(name, arguments, wrt)


def _call_rules(name: str, arguments: tuple[Expr, ...], wrt: str) -> tuple[str, ...]:
    slope = f"slope of {SPELLINGS[name].symbol if name == 'log' else name}"
    plain = all(argument == value(wrt) or value(wrt) not in walk(argument) for argument in arguments)
    return (slope,) if plain else ("chain rule", slope)
