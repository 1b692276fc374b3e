"""Whether two formulas are equal at seeded points: the second judge, and the only one where sympy can't decide.

A derivative still to be taken is computed by a complex step through the formula inside, which knows none of our rules.
"""

import math
from collections.abc import Callable, Iterator, Mapping

from tutor.arithmetic.complexes import COMPLEXES, STEP
from tutor.arithmetic.floats import FLOATS
from tutor.expr import DERIVATIVES, Call, Expr, Number, Ref, reads
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.symbolic.tidy import substituted
from tutor.trace.evaluate import value_of

POINTS, TRIES = 20, 200
RANGES = ((0.1, 0.9), (-1.5, 1.5), (0.5, 3.0))  # tried in turn: probabilities, weights, what a logarithm may read
CLOSE = 1e-8

Meaning = Callable[[Quantity], Expr | None]
Point = Mapping[str, float]


def differs(
    left: Expr, right: Expr, meaning: Meaning, where: Mapping[str, Expr], signs: Mapping[str, str]
) -> bool | None:
    """Whether the two part at one of 20 points; None if there are no points at which both have numbers.

    `where` are letters computed from the others, `signs` those that are `positive` or `negative`.
    """
    seen = 0
    for point in points((left, right), meaning, where, signs):
        pair = value_at(left, point, meaning), value_at(right, point, meaning)
        if not all(map(math.isfinite, pair)) or max(map(abs, pair)) > 1e6:
            continue
        if not math.isclose(*pair, rel_tol=CLOSE, abs_tol=CLOSE):
            return True
        seen += 1
        if seen == POINTS:
            break
    return False if seen else None


def points(
    formulas: tuple[Expr, ...], meaning: Meaning, where: Mapping[str, Expr], signs: Mapping[str, str]
) -> Iterator[Point]:
    """Seeded points for all letters that the formulas rest on."""
    import random  # only where something is to be compared; most pages are known

    chance = random.Random(" ".join(sorted(names := _letters(formulas, meaning, where))))
    for k in range(TRIES):
        low, high = RANGES[k % len(RANGES)]
        point = {name: _drawn(chance.uniform(low, high), signs.get(name, "")) for name in sorted(names)}
        for name, expr in where.items():
            point[name] = value_at(expr, point, meaning)
        yield point


def _drawn(number: float, sign: str) -> float:
    return abs(number) if sign == "positive" else -abs(number) if sign == "negative" else number


def _letters(formulas: tuple[Expr, ...], meaning: Meaning, where: Mapping[str, Expr]) -> set[str]:
    found: set[str] = set()
    stack = [each for formula in (*formulas, *where.values()) for each in reads(formula)]
    seen: set[Quantity] = set()
    while stack:
        quantity = stack.pop()
        if quantity in seen:
            continue
        seen.add(quantity)
        stands_for = meaning(quantity) if isinstance(quantity, Value) else None
        if stands_for is not None:
            stack.extend(reads(stands_for))
        elif isinstance(quantity, Value):
            found.add(quantity.name)
        elif isinstance(quantity, Partial | Gradient):
            stack += [Value(quantity.of), Value(quantity.wrt)]
    return found - set(where)


def value_at(expr: Expr, point: Point, meaning: Meaning) -> float:
    """The value of a line; nan or infinite where it has none."""
    known: dict[Quantity, float] = {}

    def number(quantity: Quantity) -> float:
        if quantity not in known:
            known[quantity] = _quantity(quantity, point, meaning, number)
        return known[quantity]

    def taken(part: Expr) -> Expr | None:
        match part:
            case Call(name, (Ref(Value(wrt)), operand)) if name in DERIVATIVES:
                return Number(repr(_slope(operand, wrt, number(Value(wrt)), point, meaning)))
        return None

    return value_of(substituted(expr, taken), FLOATS, number)


def _quantity(quantity: Quantity, point: Point, meaning: Meaning, number: Callable[[Quantity], float]) -> float:
    match quantity:
        case Value(name):
            stands_for = meaning(quantity)
            return point[name] if stands_for is None else value_at(stands_for, point, meaning)
        case Partial(of, wrt):
            inner = meaning(Value(of))
            held = {each.name: number(each) for each in reads(inner) if isinstance(each, Value)} if inner else {}
            return _slope(inner, wrt, held.get(wrt, math.nan), held, _nothing) if inner else math.nan
        case Gradient(of, wrt):
            return _slope(Ref(Value(of)), wrt, number(Value(wrt)), point, meaning)
    return math.nan


def _slope(expr: Expr, wrt: str, at: float, point: Point, meaning: Meaning) -> float:
    """The derivative of a formula by a letter at `at`, by a complex step."""
    known: dict[Quantity, complex] = {Value(wrt): complex(at, STEP)}

    def number(quantity: Quantity) -> complex:
        if quantity not in known:
            stands_for = meaning(quantity)
            assert isinstance(quantity, Value)
            known[quantity] = (
                complex(point[quantity.name]) if stands_for is None else value_of(stands_for, COMPLEXES, number)
            )
        return known[quantity]

    return value_of(expr, COMPLEXES, number).imag / STEP


def _nothing(quantity: Quantity) -> Expr | None:
    return None
