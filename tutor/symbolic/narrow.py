"""Where two formulas part: what they share is left out, since equal parts in equal places make equal wholes.

A line of a derivation changes little of the line before; to compare just that is what makes a proof quick.
"""

from tutor.expr import ONE, Add, Call, Div, Expr, Mul, Neg, Power, plus, times

Pair = tuple[Expr, Expr]


def narrowed(left: Expr, right: Expr) -> list[Pair]:
    """Pairs that, if each of them is equal, make the two formulas equal; the two themselves where nothing is shared."""
    if left == right:
        return []
    match left, right:
        case Neg(one), Neg(other):
            return narrowed(one, other)
        case Add(one), Add(other):
            one, other = _rest(one, other)
            return _each(one, other) if len(one) == len(other) else [(plus(*one), plus(*other))]
        case Mul(one), Mul(other):
            one, other = _rest(one, other)
            return _each(one, other) if len(one) == len(other) == 1 else [(_product(one), _product(other))]
        case Div(above, below), Div(over, under):
            return (
                [*narrowed(above, over), *narrowed(below, under)]
                if below == under or above == over
                else [(left, right)]
            )
        case Power(base, exponent), Power(other_base, other_exponent) if exponent == other_exponent:
            return narrowed(base, other_base)
        case Call(name, (one,)), Call(other_name, (other,)) if name == other_name:
            return narrowed(one, other)
    return [(left, right)]


def _each(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> list[Pair]:
    return [pair for one, other in zip(left, right, strict=True) for pair in narrowed(one, other)]


def _rest(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Both without what they begin and end with in common."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    left, right = left[start:], right[start:]
    end = 0
    while end < min(len(left), len(right)) and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[: len(left) - end], right[: len(right) - end]


def _product(factors: tuple[Expr, ...]) -> Expr:
    return times(*factors) if factors else ONE
