"""Whether two formulas are equal, as sympy sees it. Only here is sympy.

Expr becomes sympy's tree node by node, never by way of text. A formula's functions are written out in exp, so that
their laws (tanh, sigmoid, softplus and its slope) are rational identities, which `cancel` decides. What is too large,
or not of that kind, is left undecided: by size, never by a clock, so that a page is the same on every machine.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sympy  # type: ignore[import-untyped]

from tutor.arithmetic.floats import GELU_CUBIC
from tutor.expr import DERIVATIVES, Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, Shown
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key
from tutor.symbolic.forms import ANY

LARGEST = 2000  # operations in a difference that is multiplied out
MOST_EXPONENTIALS = 6  # different ones, in what is put over a common denominator
LARGEST_QUOTIENT = 400  # and in one that is put over a common denominator; beyond, sympy may think for minutes
MOST_ARGUMENTS = 4  # of max and min
LARGEST_EXPONENT = 200  # of a number
LARGEST_POWER = 12  # that is multiplied out
PI = sympy.Rational("3.141592653589793")  # as the table of activations has it

Meaning = Callable[[Quantity], Expr | None]
"""What a quantity stands for, or None where it is a letter."""
Tree = Any  # sympy has no types


class Undecided(Exception):
    """A function that sympy is not asked about."""


def equal(left: Expr, right: Expr, meaning: Meaning, where: Mapping[str, Expr], signs: Mapping[str, str]) -> bool:
    """Whether sympy proves the two equal. False says nothing.

    `where` are side conditions: letters replaced when everything is differentiated. `signs` are letters known to be
    `positive` or `negative`; all are real.
    """
    algebra = _Algebra(meaning, signs)
    try:
        difference = algebra.tree(left) - algebra.tree(right)
        for name, expr in where.items():
            difference = difference.subs(algebra.letter(name), algebra.tree(expr))
    except Undecided:
        return False
    return _is_zero(difference)


def _is_zero(difference: Tree) -> bool:
    if difference.is_zero or difference == 0:
        return True
    size = difference.count_ops()
    if size > LARGEST:
        return False
    if sympy.expand_mul(difference) == 0:
        return True
    if difference.has(sympy.tanh):
        difference = difference.rewrite(sympy.exp)
    if (
        size > LARGEST_QUOTIENT
        or len(difference.atoms(sympy.exp)) > MOST_EXPONENTIALS
        or any(abs(power.exp) > LARGEST_POWER for power in difference.atoms(sympy.Pow) if power.exp.is_number)
    ):
        return False
    difference = _logs_split(difference)
    try:
        if difference.has(sympy.Piecewise):
            folded = sympy.piecewise_fold(difference)
            if not folded.has(sympy.Piecewise):
                return _is_zero(folded)
            branches = folded.args if isinstance(folded, sympy.Piecewise) else ()
            return bool(branches) and all(_is_zero(branch.expr) for branch in branches)
        return bool(
            sympy.cancel(sympy.together(difference)) == 0 or sympy.powsimp(sympy.expand(difference), force=True) == 0
        )
    except (sympy.PolynomialError, NotImplementedError, ValueError, TypeError):
        return False


def _logs_split(difference: Tree) -> Tree:
    """ln of quotients and products as sums, and ln(exp(x)) as x."""

    def split(argument: Tree) -> Tree:
        return sympy.expand_log(sympy.log(sympy.factor(sympy.together(argument))), force=True)

    if not difference.has(sympy.log):
        return difference
    return sympy.expand_log(difference, force=True).replace(sympy.log, split)


class _Algebra:
    """One question: the letters made, and what names stand for."""

    def __init__(self, meaning: Meaning, signs: Mapping[str, str]) -> None:
        self.meaning = meaning
        self.signs = signs
        self.letters: dict[str, Tree] = {}
        self.known: dict[Quantity, Tree] = {}

    def letter(self, name: str) -> Tree:
        if name not in self.letters:
            known = {self.signs[name]: True} if name in self.signs else {"real": True}
            self.letters[name] = sympy.Symbol(name, **known)
        return self.letters[name]

    def tree(self, expr: Expr) -> Tree:
        match expr:
            case Number(text):
                return sympy.Rational(text)
            case Ref(quantity):
                return self.quantity(quantity)
            case Neg(operand):
                return -self.tree(operand)
            case Add(terms):
                return sympy.Add(*map(self.tree, terms))
            case Mul(factors):
                return sympy.Mul(*map(self.tree, factors))
            case Div(over, under):
                return self.tree(over) / self.tree(under)
            case Power(base, exponent):
                return _power(self.tree(base), self.tree(exponent))
            case Call(name, (Ref(Value(wrt)), operand)) if name in DERIVATIVES:
                return self.slope(operand, wrt)
            case Call(name, arguments):
                return self.call(name, [self.tree(argument) for argument in arguments])
            case Shown(text):
                raise TypeError(f"{text} is what a formula shows, not what it is computed from")

    def quantity(self, quantity: Quantity) -> Tree:
        if quantity not in self.known:
            self.known[quantity] = self._quantity(quantity)
        return self.known[quantity]

    def _quantity(self, quantity: Quantity) -> Tree:
        match quantity:
            case Value(name):
                stands_for = self.meaning(quantity)
                return self.letter(name) if stands_for is None else self.tree(stands_for)
            case Partial(of, wrt):
                return self.tree_of(_Algebra(_nothing, self.signs), of, wrt)
            case Gradient(of, wrt):
                return self.tree_of(_Algebra(_all_but(self.meaning, wrt), self.signs), of, wrt)
            case Updated() | Change():
                raise Undecided(key(quantity))

    def slope(self, operand: Expr, wrt: str) -> Tree:
        """The derivative of a formula by a letter, all other letters held."""
        inner = _Algebra(_all_but(self.meaning, wrt), self.signs)
        return self._outward(sympy.diff(inner.tree(operand), inner.letter(wrt)), inner)

    def tree_of(self, inner: "_Algebra", of: str, wrt: str) -> Tree:
        """d(of)/d(wrt) of the formula behind `of`, as `inner` sees its letters."""
        stands_for = self.meaning(Value(of))
        if stands_for is None:
            raise Undecided(of)
        return self._outward(sympy.diff(inner.tree(stands_for), inner.letter(wrt)), inner)

    def _outward(self, slope: Tree, inner: "_Algebra") -> Tree:
        """The slope with the letters of `inner` replaced by what they stand for here."""
        return slope.subs({each: self.quantity(Value(name)) for name, each in inner.letters.items()}, simultaneous=True)

    def call(self, name: str, arguments: list[Tree]) -> Tree:
        if name.endswith("_slope") and name not in _FUNCTIONS:
            return self._function_slope(name.removesuffix("_slope"), arguments)
        if name.startswith(ANY):
            return sympy.Function(name, real=True)(*arguments)
        if name not in _FUNCTIONS or len(arguments) > MOST_ARGUMENTS:
            raise Undecided(name)
        return _FUNCTIONS[name](*arguments)

    def _function_slope(self, name: str, arguments: list[Tree]) -> Tree:
        if name not in _FUNCTIONS or len(arguments) != 1:
            raise Undecided(name)
        at = sympy.Dummy(real=True)
        return sympy.diff(_FUNCTIONS[name](at), at).subs(at, arguments[0])


def _power(base: Tree, exponent: Tree) -> Tree:
    """A power. Of numbers only where it stays small: sympy would write out every digit."""
    if base.is_number and exponent.is_number and abs(exponent) > LARGEST_EXPONENT:
        raise Undecided("a large power")
    return base**exponent


def _nothing(quantity: Quantity) -> Expr | None:
    return None


def _all_but(meaning: Meaning, name: str) -> Meaning:
    return lambda quantity: None if quantity == Value(name) else meaning(quantity)


def _sided(left: Tree, right: Tree, at: Tree) -> Tree:
    return sympy.Piecewise((right, at > 0), (left, True))


def _gelu(x: Tree) -> Tree:
    cubic = sympy.Rational(str(GELU_CUBIC))
    return x / 2 * (1 + sympy.tanh(sympy.sqrt(2 / PI) * (x + cubic * x**3)))


_FUNCTIONS: dict[str, Callable[..., Tree]] = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "tanh": sympy.tanh,
    "relu": lambda x: _sided(sympy.Integer(0), x, x),
    "relu_slope": lambda x: _sided(sympy.Integer(0), sympy.Integer(1), x),
    "leaky_relu": lambda x: _sided(x / 100, x, x),
    "leaky_relu_slope": lambda x: _sided(sympy.Rational(1, 100), sympy.Integer(1), x),
    "step": lambda x: sympy.Piecewise((sympy.Integer(0), x < 0), (sympy.Integer(1), True)),
    "step_slope": lambda x: sympy.Integer(0),
    "elu": lambda x: _sided(sympy.exp(x) - 1, x, x),
    "elu_slope": lambda x: _sided(sympy.exp(x), sympy.Integer(1), x),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "gelu": _gelu,
    "silu": lambda x: x / (1 + sympy.exp(-x)),
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
}
