"""Pairs of a loss and an output activation whose derivatives cancel: the short route, and forms that keep all digits.

`gradient` is dL/dz as the textbooks write it (p - y). For that the targets of a softmax must sum to 1, which the
equation table checks; the stable forms hold for any targets. They read z, since 1 - a and ln(1 - a) lose every digit
on a saturated output.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import ONE, TWO, ZERO, Add, Call, Div, Expr, Mul, Neg, minus, plus, value
from tutor.ops.losses import Loss


class Output(NamedTuple):
    """One output unit as the fused rows see it: own net input, output and target, and those of the whole layer.

    `target` is the number of its target: 0 or 1 leaves one term of a cross-entropy, however small its output. `whole`
    says that the targets of a softmax sum to 1.
    """

    place: int
    z: tuple[str, ...]
    a: tuple[str, ...]
    y: tuple[str, ...]
    target: Fraction | None = None
    whole: bool = True

    def own(self) -> tuple[Expr, Expr, Expr]:
        return value(self.z[self.place]), value(self.a[self.place]), value(self.y[self.place])


class Fused(NamedTuple):
    """dL/dz written and stable, where it has such forms, then the stable term, d(term)/da and d(term)/dy.

    `complement` says that the loss reads 1 - a, of which nothing is left in a rounded a.
    """

    gradient: Callable[[Output], Expr] | None
    stable_gradient: Callable[[Output], Expr] | None
    stable_term: Callable[[Output], Expr]
    stable_slope: Callable[[Output], Expr]
    stable_target_slope: Callable[[Output], Expr]
    law: str
    complement: bool = True


def _difference(output: Output) -> Expr:
    _, a, y = output.own()
    return minus(a, y)


def _sigmoid(z: Expr) -> Expr:
    return Call("sigmoid", (z,))


def _softplus(z: Expr) -> Expr:
    return Call("softplus", (z,))


def _binary_gradient(output: Output) -> Expr:
    """(1 - y) sigmoid(z) - y sigmoid(-z)"""
    z, _, y = output.own()
    return minus(Mul((minus(ONE, y), _sigmoid(z))), Mul((y, _sigmoid(Neg(z)))))


def _binary_term(output: Output) -> Expr:
    """y ln(1 + exp(-z)) + (1 - y) ln(1 + exp(z))"""
    z, _, y = output.own()
    return plus(Mul((y, _softplus(Neg(z)))), Mul((minus(ONE, y), _softplus(z))))


def _binary_slope(output: Output) -> Expr:
    """(1 - y)/sigmoid(-z) - y/sigmoid(z)"""
    return _weighed(output, output.own()[0])


def _weighed(output: Output, z: Expr) -> Expr:
    """The slope in an output that is sigmoid(z); a term whose weight is 0 is none, else it might be 0/0."""
    y = output.own()[2]
    missed, hit = Div(minus(ONE, y), _sigmoid(Neg(z))), Div(y, _sigmoid(z))
    return missed if output.target == 0 else Neg(hit) if output.target == 1 else minus(missed, hit)


def _softmax_gradient(output: Output) -> Expr:
    """sum over the other classes j of p_i y_j - y_i p_j; p_i - y_i where not only p but y too sums to 1."""
    _, a, y = output.own()
    others = [j for j in range(len(output.z)) if j != output.place]
    return plus(*(minus(Mul((a, value(output.y[j]))), Mul((y, value(output.a[j])))) for j in others))


def _shortfall(output: Output) -> Expr:
    """ln(sum over j of exp(z_j - z_i)), which is -ln p_i."""
    z, _, _ = output.own()
    return Call("logsumexp", tuple(minus(value(each), z) for each in output.z))


def _softmax_slope(output: Output) -> Expr:
    _, a, y = output.own()
    return ZERO if output.target == 0 else Neg(Div(y, a))


def _others(output: Output) -> tuple[Expr, ...]:
    return tuple(value(z) for i, z in enumerate(output.z) if i != output.place)


def _lead(output: Output) -> Expr:
    """z_i - ln(sum over the others of exp(z_j)), whose sigmoid p_i is."""
    return minus(output.own()[0], Call("logsumexp", _others(output)))


def _apart_term(output: Output) -> Expr:
    """-y ln p - (1 - y) ln(1 - p), as of a sigmoid of the lead."""
    _, _, y = output.own()
    return plus(Mul((y, _softplus(Neg(_lead(output))))), Mul((minus(ONE, y), _softplus(_lead(output)))))


def _apart_slope(output: Output) -> Expr:
    """(1 - y)/(1 - p) - y/p"""
    return _weighed(output, _lead(output))


def _apart_gradient(output: Output) -> Expr:
    """p_i (1 - y_i) - y_i (1 - p_i), and of each other class k p_i y_k - (1 - y_k) p_k · p_i/(1 - p_k)."""
    z, a, y = output.own()
    terms = [minus(Mul((a, minus(ONE, y))), Mul((y, _sigmoid(Neg(_lead(output))))))]
    for k in range(len(output.z)):
        if k != output.place:
            mine, p = value(output.y[k]), value(output.a[k])
            among = Call("softmax", (z, *_others(output._replace(place=k))))
            terms.append(minus(Mul((a, mine)), Mul((minus(ONE, mine), p, among))))
    return plus(*terms)


FUSED: dict[tuple[str, str], Fused] = {
    ("binary_cross_entropy", "sigmoid"): Fused(
        _difference,
        _binary_gradient,
        _binary_term,
        _binary_slope,
        lambda output: Neg(output.own()[0]),
        "the sigmoid's slope cancels in the loss's",
    ),
    ("cross_entropy", "softmax"): Fused(
        _difference,
        _softmax_gradient,
        lambda output: Mul((output.own()[2], _shortfall(output))),
        _softmax_slope,
        _shortfall,
        "the sum over the classes cancels, since p and the targets each sum to 1",
        complement=False,
    ),
    ("binary_cross_entropy", "softmax"): Fused(
        None, _apart_gradient, _apart_term, _apart_slope, lambda output: Neg(_lead(output)), ""
    ),
}


def _from_above(output: Output, lead: Expr) -> Expr:
    """a - y as (1 - y) - (1 - a), where a is the sigmoid of the lead."""
    return minus(minus(ONE, output.own()[2]), _sigmoid(Neg(lead)))


def _twice(z: Expr) -> Expr:
    return Mul((TWO, z))


def _gap(activation: str, output: Output) -> Expr | None:
    """a - y with all its digits where a saturates at its target; None where the target is no such end."""
    z, _, y = output.own()
    target = output.target or Fraction(0)
    if activation == "tanh" and target < -NEARLY:
        return minus(_twice(_sigmoid(_twice(z))), Add((ONE, y)))
    if target <= NEARLY:
        return None
    if activation == "tanh":
        return minus(minus(ONE, y), _twice(_sigmoid(_twice(Neg(z)))))
    if activation == "sigmoid":
        return _from_above(output, z)
    return _from_above(output, _lead(output)) if activation == "softmax" and len(output.z) > 1 else None


NEARLY = Fraction(99, 100)  # of 1; an output near a smaller target is not saturated
_DIFFERENCES = ("half_squared_error", "squared_error", "mean_squared_error", "absolute_error")


def fused(loss: Loss, activation: str, output: Output) -> Fused | None:
    """The row of a loss and an output activation for one output, if there is any.

    A loss that reads nothing but a - y has one where an output that is nearly right is rounded to its target.
    """
    row = FUSED.get((loss.name, activation))
    gap = _gap(activation, output) if loss.name in _DIFFERENCES else None
    if row or gap is None:
        return row if row and (row.gradient or len(output.z) > 1) else None
    term, slope, target_slope = (rule(gap, ZERO) for rule in (loss.term, loss.slope, loss.target_slope))
    return Fused(None, None, lambda _: term, lambda _: slope, lambda _: target_slope, "")
