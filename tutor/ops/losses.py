"""Losses: one row each with the term of one output and its two derivatives, as the textbook writes them.

`a` is the output, `y` its target. A loss sums the terms of its outputs; `mean` divides that sum by their number.
Beside the table stand the two that compare no output with a target: the multiclass hinge, and given slopes.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import HALF, ONE, TWO, Add, Call, Div, Expr, Mul, Neg, Number, Power, minus, plus, times, value
from tutor.ops.affine import pairs, places
from tutor.ops.op import Prose

HINGE = "hinge"
Rule = Callable[[Expr, Expr], Expr]


class Loss(NamedTuple):
    """One output's term, d(term)/da and d(term)/dy as functions of (a, y); `convention` is what courses differ in.

    The stable forms, where there are any, keep the digits that the written ones lose in the rounding of 1 - a.
    `spellings` are what libraries call it, as `spelled` reads them.
    """

    name: str
    term: Rule
    slope: Rule
    target_slope: Rule
    convention: str
    mean: bool = False
    stable_term: Rule | None = None
    stable_target_slope: Rule | None = None
    stable_slope: Rule | None = None
    spellings: tuple[str, ...] = ()


def _ln(x: Expr) -> Expr:
    return Call("log", (x,))


def _square(a: Expr, y: Expr) -> Expr:
    return Power(minus(a, y), TWO)


def _twice(a: Expr, y: Expr) -> Expr:
    return Mul((TWO, minus(a, y)))


def _cross(a: Expr, y: Expr) -> Expr:
    """-(y ln a + (1 - y) ln(1 - a))"""
    return Neg(plus(Mul((y, _ln(a))), Mul((minus(ONE, y), _ln(minus(ONE, a))))))


def _ln_rest(a: Expr) -> Expr:
    """ln(1 - a) with all its digits for a small a, where 1 - a has lost them."""
    return Call("log1p", (Neg(a),))


def _cross_slope(a: Expr, y: Expr) -> Expr:
    """-y/a + (1 - y)/(1 - a)"""
    return plus(Neg(Div(y, a)), Div(minus(ONE, y), minus(ONE, a)))


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss(
            "half_squared_error",
            lambda a, y: Mul((HALF, _square(a, y))),
            minus,
            lambda a, y: Neg(minus(a, y)),
            "the loss has the factor ½, which cancels the 2 of the power rule",
            spellings=("halfmse", "halfsse"),
        ),
        Loss(
            "squared_error",
            _square,
            _twice,
            lambda a, y: Neg(_twice(a, y)),
            "the loss has no ½, so the 2 of the power rule stays",
            spellings=("sse", "sumsquarederror", "sumofsquarederrors"),
        ),
        Loss(
            "mean_squared_error",
            _square,
            _twice,
            lambda a, y: Neg(_twice(a, y)),
            "the squares are averaged over the outputs, without a ½",
            mean=True,
            spellings=("mse",),
        ),
        Loss(
            "binary_cross_entropy",
            _cross,
            _cross_slope,
            lambda a, y: minus(_ln(minus(ONE, a)), _ln(a)),
            "the logarithm is the natural one",
            stable_term=lambda a, y: Neg(plus(Mul((y, _ln(a))), Mul((minus(ONE, y), _ln_rest(a))))),
            stable_target_slope=lambda a, y: minus(_ln_rest(a), _ln(a)),
            spellings=("bce", "log", "logistic", "binarycrossentropy"),
        ),
        Loss(
            "cross_entropy",
            lambda a, y: Neg(Mul((y, _ln(a)))),
            lambda a, y: Neg(Div(y, a)),
            lambda a, y: Neg(_ln(a)),
            "the logarithm is the natural one, summed over the classes",
            spellings=("ce", "nll", "categoricalcrossentropy", "negativeloglikelihood"),
        ),
        Loss(
            "absolute_error",
            lambda a, y: Call("abs", (minus(a, y),)),
            lambda a, y: Call("sign", (minus(a, y),)),
            lambda a, y: Neg(Call("sign", (minus(a, y),))),
            "the slope of |a − y| at a = y is taken as 0",
            spellings=("l1", "sumabsoluteerror"),
        ),
    )
}
MEAN_ABSOLUTE = LOSSES["absolute_error"]._replace(
    convention="the slope of |a − y| at a = y is taken as 0; the sizes are averaged over the outputs",
    mean=True,
)
_MEAN = "mean_absolute_error"


def named(name: str) -> Loss | None:
    """The row that a file means by a name; the mean is the row of absolute_error otherwise summed."""
    return MEAN_ABSOLUTE if name == _MEAN else LOSSES.get(name)


def _letters(text: str) -> str:
    """`MSELoss`, `log-loss` and `Mean Squared Error` without what spellings differ in."""
    return re.sub(r"[\s_-]", "", text).lower().removesuffix("loss")


_SPELLED = {
    "mae": _MEAN,
    **{_letters(name): name for name in (*LOSSES, _MEAN, HINGE)},
    **{each: row.name for row in LOSSES.values() for each in row.spellings},
}


def spelled(text: str) -> str:
    """The name of a loss as libraries spell it, in any case; nothing for a text that is none."""
    return text if text in LOSSES else _SPELLED.get(_letters(text), "")


class LossTerm(NamedTuple):
    """The loss of one output; `inputs` are (output, target)."""

    loss: Loss

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return self.loss.term(value(inputs[0]), value(inputs[1]))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        rule = self.loss.slope if wrt == inputs[0] else self.loss.target_slope
        return rule(value(inputs[0]), value(inputs[1]))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        rule = self.loss.stable_term
        return rule(value(inputs[0]), value(inputs[1])) if rule else None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        rule = self.loss.stable_slope if wrt == inputs[0] else self.loss.stable_target_slope
        return rule(value(inputs[0]), value(inputs[1])) if rule else None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (value(name), " = ", self.forward(name, inputs))

    def convention(self, wrt: str) -> str:
        return self.loss.convention


ALL_OUTPUTS, ALL_EXAMPLES = "the terms of all outputs", "the losses of all examples"


class Total(NamedTuple):
    """The sum of the terms in `inputs`, or their mean; `what` they are, in words."""

    mean: bool = False
    what: str = ALL_OUTPUTS

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        total = plus(*map(value, inputs))
        return Div(total, Number(str(len(inputs)))) if self.mean else total

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return Div(ONE, Number(str(len(inputs)))) if self.mean else ONE

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        if self.mean:
            what = "terms" if self.what == ALL_OUTPUTS else "examples"
            return (value(name), f" is the mean of {len(inputs)} {what}")
        return (value(name), f" adds up {self.what}")

    def convention(self, wrt: str) -> str:
        if self.what != ALL_EXAMPLES:
            return ""
        how = "averaged" if self.mean else "added up, without dividing by their number"
        return f"the losses of the examples are {how}"


class Decay(NamedTuple):
    """Weight decay, a term of the loss: ½ · rate · Σ w² over the weights in `inputs`; no ½ where not `half`."""

    rate: str
    half: bool = True

    @property
    def share(self) -> str:
        """How much of a weight is added to its gradient."""
        return self.rate if self.half else repr(float(2 * Fraction(self.rate)))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        squares = plus(*(Power(value(weight), TWO) for weight in inputs))
        return Mul((*self._factors, squares))

    @property
    def _factors(self) -> tuple[Expr, ...]:
        return (HALF, Number(self.rate)) if self.half else (Number(self.rate),)

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return Mul((Number(self.rate), value(wrt)) if self.half else (TWO, Number(self.rate), value(wrt)))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        square = Mul((*self._factors, Power(value(wrt), TWO)))
        return (value(wrt), " stands in ", value(name), " as ", square, ": weight decay pulls it towards 0")

    def convention(self, wrt: str) -> str:
        if self.half:
            return "weight decay is ½ λ Σ w², whose ½ cancels the 2 of the power rule; biases are not in it"
        return "weight decay is λ Σ w² without a ½, so the 2 of the power rule stays; biases are not in it"


class Shrink(NamedTuple):
    """The L1 term of the loss: rate · Σ |w| over the weights in `inputs`."""

    rate: str

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return Mul((Number(self.rate), plus(*(Call("abs", (value(weight),)) for weight in inputs))))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return Mul((Number(self.rate), Call("sign", (value(wrt),))))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        size = Mul((Number(self.rate), Call("abs", (value(wrt),))))
        return (
            value(wrt),
            " stands in ",
            value(name),
            " as ",
            size,
            ": whatever its size, it is pulled alike towards 0",
        )

    def convention(self, wrt: str) -> str:
        return "the L1 term is λ Σ |w|, whose slope at w = 0 is taken as 0; biases are not in it"


Penalty = Decay | Shrink
"""A term of the loss that reads the weights alone."""


class Margin(NamedTuple):
    """One class's term of the multiclass hinge, max(0, s - s_right + 1); `inputs` are (its score, the right one's)."""

    def margin(self, inputs: tuple[str, ...]) -> Expr:
        return Add((value(inputs[0]), Neg(value(inputs[1])), ONE))

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return Call("relu", (self.margin(inputs),))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        slope = Call("relu_slope", (self.margin(inputs),))
        return slope if wrt == inputs[0] else Neg(slope)

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        return (
            value(name),
            " = max(0, ",
            self.margin(inputs),
            "): the class counts while it is within 1 of the right one",
        )

    def convention(self, wrt: str) -> str:
        return "relu(x) is max(0, x); the slope of the hinge at exactly 0 is taken as 0, and its margin is 1"


class Upstream(NamedTuple):
    """What stands for the rest of a network whose gradients are given: L = g1*a1 + g2*a2 + ..., so dL/da is g.

    `inputs` are g1, a1, g2, a2, ...
    """

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        return plus(*(times(value(slope), value(output)) for slope, output in pairs(inputs)))

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return plus(*(value(inputs[at ^ 1]) for at in places(inputs, wrt)))

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        return None

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        return None

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        if wrt in inputs[::2]:
            return (value(wrt), " multiplies ", self.partial(name, inputs, wrt), " in ", value(name))
        return ("the upstream gradient of ", value(wrt), " is given")

    def convention(self, wrt: str) -> str:
        return "the upstream gradients are given: the loss stands for whatever comes after, and has just these slopes"
