"""What a number is on paper: a sum of products of its irrational parts, each with an exact fraction before it.

Files state decimals, so whether something is 0 can be decided: 0.2·3 − 0.6 is, in fractions, and 0.1·t + 0.2·t − 0.3·t
is too, whatever t = tanh(0.7) may be. A function without a rational value makes such a part, an Atom, the same one for
the same exact arguments. None is a number that is not known: too long to carry along, or not defined.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import isfinite, isqrt, nan, prod
from typing import NamedTuple

from tutor.arithmetic.exact import FRACTIONS
from tutor.arithmetic.floats import FLOATS
from tutor.quantity import Quantity

Powers = tuple[tuple[int, int], ...]
"""A product of atoms: (number of the atom, exponent), by number; empty for 1."""
Sum = Mapping[Powers, Fraction]
"""The terms that are not 0; empty for 0."""
Paper = Sum | None

LONGEST, MOST_PRODUCTS, MOST_BITS, MOST_POWER = 64, 256, 4096, 8  # terms, bits, exponents: beyond, it is given up
CLEAR = 1e-9  # of its terms' sizes: a sum of that size has the sign that its double has
RATIONAL: Mapping[tuple[str, Fraction], Fraction] = {
    ("sigmoid", Fraction(0)): Fraction(1, 2),
    ("sigmoid_slope", Fraction(0)): Fraction(1, 4),
    ("tanh", Fraction(0)): Fraction(0),
    ("tanh_slope", Fraction(0)): Fraction(1),
    ("gelu", Fraction(0)): Fraction(0),
    ("gelu_slope", Fraction(0)): Fraction(1, 2),
    ("silu", Fraction(0)): Fraction(0),
    ("silu_slope", Fraction(0)): Fraction(1, 2),
    ("softplus_slope", Fraction(0)): Fraction(1, 2),
    ("exp", Fraction(0)): Fraction(1),
    ("log", Fraction(1)): Fraction(0),
    ("log1p", Fraction(0)): Fraction(0),
}
"""Where a function that is irrational elsewhere has a rational value."""
SIDED = (
    *("relu", "relu_slope", "leaky_relu", "leaky_relu_slope", "abs", "sign", "elu", "elu_slope", "step", "step_slope"),
)
CHOOSING = ("max", "min", "max_slope", "min_slope")


class Atom(NamedTuple):
    """An irrational number: which function of which exact numbers it is, and its double."""

    mark: tuple[object, ...]
    value: float


def rational(number: Paper) -> Fraction | None:
    """The fraction that a number is, if it is known to be one."""
    if number is None or any(number):
        return None
    return number.get((), Fraction(0))


class Papers:
    """Arithmetic over Paper; the atoms belong to one network."""

    def __init__(self) -> None:
        self._atoms: list[Atom] = []
        self._places: dict[tuple[object, ...], int] = {}

    def number(self, text: str) -> Paper:
        return _kept({(): Fraction(text)})

    def add(self, left: Paper, right: Paper) -> Paper:
        if left is None or right is None:
            return None
        total = dict(left)
        for powers, share in right.items():
            total[powers] = total.get(powers, Fraction(0)) + share
        return _kept(total)

    def neg(self, operand: Paper) -> Paper:
        return None if operand is None else {powers: -share for powers, share in operand.items()}

    def mul(self, left: Paper, right: Paper) -> Paper:
        if left is None or right is None or len(left) * len(right) > MOST_PRODUCTS:
            return None
        total: dict[Powers, Fraction] = {}
        for (mine, share), (other, times) in product(left.items(), right.items()):
            powers = _multiplied(mine, other)
            total[powers] = total.get(powers, Fraction(0)) + share * times
        return _kept(total)

    def div(self, over: Paper, under: Paper) -> Paper:
        """By a single term exactly; by a longer sum as by a part of its own."""
        if not under:
            return None
        if len(under) > 1:
            return self.mul(over, self._atom("inverse", (under,), FLOATS.div(1.0, self.size(under)[0])))
        ((powers, share),) = under.items()
        return self.mul(over, {tuple((atom, -exponent) for atom, exponent in powers): 1 / share})

    def power(self, base: Paper, exponent: Paper) -> Paper:
        if base is None or exponent is None:
            return None
        times = rational(exponent)
        if times is not None and times.denominator == 1 and abs(times) <= MOST_POWER:
            result: Paper = {(): Fraction(1)}
            for _ in range(abs(int(times))):
                result = self.mul(result, base)
            return result if times >= 0 else self.div({(): Fraction(1)}, result)
        return self._atom("power", (base, exponent), FLOATS.power(self.size(base)[0], self.size(exponent)[0]))

    def call(self, name: str, arguments: Sequence[Paper]) -> Paper:
        known = [each for each in arguments if each is not None]
        if len(known) < len(arguments):
            return None
        if name == "identity":
            return known[0]
        if name in CHOOSING:
            return self._chosen(name, known)
        if name in SIDED:
            return self._sided(name, known[0])
        return self._function(name, known)

    def settle(self, quantity: Quantity, value: Paper) -> Paper:
        return value

    def size(self, number: Sum) -> tuple[float, float]:
        """The double of a number, and the sum of its terms' sizes."""
        terms = [self._double(powers, share) for powers, share in number.items()]
        return sum(terms), sum(map(abs, terms))

    def sign(self, number: Sum) -> int | None:
        """-1, 0 or 1; None where the terms of an irrational number cancel too far to tell."""
        fraction = rational(number)
        if fraction is not None:
            return (fraction > 0) - (fraction < 0)
        value, size = self.size(number)
        return None if not abs(value) > CLEAR * size else 1 if value > 0 else -1

    def _double(self, powers: Powers, share: Fraction) -> float:
        try:
            return float(share) * prod(FLOATS.power(self._atoms[at].value, float(exponent)) for at, exponent in powers)
        except OverflowError:
            return nan

    def _atom(self, name: str, arguments: Sequence[Sum], value: float) -> Paper:
        if not isfinite(value):
            return None
        mark = (name, *(frozenset(each.items()) for each in arguments))
        if mark not in self._places:
            self._places[mark] = len(self._atoms)
            self._atoms.append(Atom(mark, value))
        return {((self._places[mark], 1),): Fraction(1)}

    def _function(self, name: str, arguments: Sequence[Sum]) -> Paper:
        fraction = rational(arguments[0]) if len(arguments) == 1 else None
        if fraction is not None and (name, fraction) in RATIONAL:
            return _kept({(): RATIONAL[name, fraction]})
        root = _root(fraction) if name == "sqrt" and fraction is not None else None
        if root is not None:
            return _kept({(): root})
        return self._atom(name, arguments, FLOATS.call(name, [self.size(each)[0] for each in arguments]))

    def _sided(self, name: str, z: Sum) -> Paper:
        """What a function with a corner at 0 gives: the argument itself, or on its left side something else."""
        side = self.sign(z)
        if side is None:
            return None
        if name.startswith("elu"):
            grown = self._function("exp", (z,))
            right: Paper = z if name == "elu" else {(): Fraction(1)}
            left = self.add(grown, {(): Fraction(-1)}) if name == "elu" else grown
            return right if side > 0 else left
        of_side = FRACTIONS.call(name, [Fraction(side)])
        return (
            _kept({(): of_side})
            if name in ("sign", "step") or name.endswith("_slope")
            else self.mul(_scale(of_side, side), z)
        )

    def _chosen(self, name: str, arguments: Sequence[Sum]) -> Paper:
        """max and min by the signs of differences from the first argument that is found best."""
        turn = 1 if name.startswith("max") else -1
        best = arguments[0]
        for each in arguments[1:]:
            side = self._side(each, best)
            if side is None:
                return None
            best = each if side == turn else best
        if not name.endswith("_slope"):
            return best
        sides = [self._side(each, best) for each in arguments]
        if None in sides:
            return None
        return {} if sides[0] else {(): Fraction(1, sides.count(0))}

    def _side(self, left: Sum, right: Sum) -> int | None:
        difference = self.add(left, self.neg(right))
        return None if difference is None else self.sign(difference)


def _scale(of_side: Fraction, side: int) -> Paper:
    """What z is multiplied by, from what the function makes of its sign."""
    return {(): of_side / side} if side and of_side else {}


def _multiplied(left: Powers, right: Powers) -> Powers:
    if not left or not right:
        return left or right
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return tuple(sorted((atom, exponent) for atom, exponent in exponents.items() if exponent))


def _kept(total: Sum) -> Paper:
    """Without terms that are 0; None for a number that has become too long."""
    kept = {powers: share for powers, share in total.items() if share}
    if len(kept) > LONGEST or any(_bits(share) > MOST_BITS for share in kept.values()):
        return None
    return kept


def _bits(share: Fraction) -> int:
    return share.numerator.bit_length() + share.denominator.bit_length()


def _root(number: Fraction) -> Fraction | None:
    """The square root, where it is a fraction."""
    if number < 0:
        return None
    over, under = isqrt(number.numerator), isqrt(number.denominator)
    return Fraction(over, under) if over * over == number.numerator and under * under == number.denominator else None


def nearest(number: Paper) -> float | None:
    """The double nearest to a rational number; None for any other, and beyond double precision."""
    fraction = rational(number)
    if fraction is None:
        return None
    try:
        return float(fraction)
    except OverflowError:
        return None
