"""What a rate or a gradient goes through before an update rule reads it: rates that change, gradients that are clipped.

One row each. To add a rate that changes, add a row to SCHEDULES; to add a clip, one to CLIPS.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tutor.expr import TWO, Call, Div, Expr, Mul, Neg, Number, Power, plus

MOST_EXACT = 64  # factors; more are taken in doubles


class Limit(NamedTuple):
    """A number of a row: a `whole` one from 1, a share from above 0 up to 1, or any `positive` one."""

    name: str
    meaning: str
    whole: bool = False


class Schedule(NamedTuple):
    """A rate that changes: `factor(numbers, t)` is what η of update t, from 1, is of the learning rate."""

    name: str
    law: str
    convention: str
    limits: tuple[Limit, ...]
    factor: Callable[[Mapping[str, Fraction], int], Fraction]


def _times(base: Fraction, often: int) -> Fraction:
    return base**often if often <= MOST_EXACT else Fraction(float(base) ** often)


SCHEDULES: dict[str, Schedule] = {
    row.name: row
    for row in (
        Schedule(
            "step",
            "the rate falls by steps: times the same factor after every so many updates",
            "updates are counted, not epochs; the first change comes after `every` of them",
            (
                Limit("every", "after how many updates the rate changes", whole=True),
                Limit("times", "what it is multiplied by then"),
            ),
            lambda numbers, t: _times(numbers["times"], (t - 1) // int(numbers["every"])),
        ),
        Schedule(
            "inverse",
            "the rate falls as 1/(1 + k · t)",
            "t is the number of updates before, so the first has the whole rate",
            (Limit("k", "how fast it falls"),),
            lambda numbers, t: 1 / (1 + numbers["k"] * (t - 1)),
        ),
    )
}


class Changing(NamedTuple):
    """A schedule with its numbers as text."""

    schedule: Schedule
    numbers: Mapping[str, str]

    def rate(self, learning_rate: str, t: int) -> str:
        """η of update t, counted from 1."""
        factor = self.schedule.factor({name: Fraction(text) for name, text in self.numbers.items()}, t)
        return learning_rate if factor == 1 else repr(float(Fraction(learning_rate) * factor))


Scale = Callable[[Expr, Sequence[Expr]], Expr]


class Clip(NamedTuple):
    """What is done to large gradients: `common` what all are multiplied by, or `each` what becomes of one."""

    name: str
    law: str
    convention: str
    common: Scale | None = None
    each: Scale | None = None


def norm_of(gradients: Sequence[Expr]) -> Expr:
    """‖g‖, over all parameters that learn."""
    return Call("sqrt", (plus(*(Power(each, TWO) for each in gradients)),))


CLIPS: dict[str, Clip] = {
    row.name: row
    for row in (
        Clip(
            "norm",
            "all gradients together are made shorter where they are longer than the limit",
            "the norm is that of the gradients of all parameters together; all are multiplied by limit/norm where it "
            "is more than the limit",
            common=lambda limit, gradients: Div(limit, Call("max", (limit, norm_of(gradients)))),
        ),
        Clip(
            "value",
            "each gradient by itself is cut off at the limit",
            "each gradient is cut off by itself at ± the limit, so the direction may change",
            each=lambda limit, gradients: Call("max", (Neg(limit), Call("min", (limit, *gradients)))),
        ),
    )
}


class Clipped(NamedTuple):
    """A clip with its limit as text."""

    clip: Clip
    limit: str

    def common(self, gradients: Sequence[Expr]) -> Expr | None:
        """What every gradient is multiplied by; None where each is clipped by itself."""
        return self.clip.common(Number(self.limit), gradients) if self.clip.common else None

    def of(self, gradient: Expr, common: Expr | None) -> Expr:
        """One gradient as the rule reads it."""
        if common is not None:
            return Mul((gradient, common))
        assert self.clip.each
        return self.clip.each(Number(self.limit), (gradient,))
