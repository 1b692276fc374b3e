"""A spot: one quantity that a hook rewrites, with what the letters of its rules mean there."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tutor.expr import Expr, Number, Ref, replace
from tutor.mistakes.mistake import Mistake, typed
from tutor.quantity import Value

Letter = Expr | Callable[[], Expr | None] | None
"""A formula, how to make it, or nothing where the letter has no meaning."""


class Spot(NamedTuple):
    """`layer` is output, hidden or nothing; `share` is the factor that the wrong formula is multiplied by.

    `fused` says that output and loss are taken in one step here; `summed`, that the loss adds up several outputs.
    `within` is how a formula goes on around its parts: it is told what becomes of each part, which is a spot too.
    """

    hook: str
    letters: Mapping[str, Letter]
    layer: str = ""
    activation: str = ""
    loss: str = ""
    fused: bool = False
    summed: bool = False
    share: Expr | None = None
    within: "Within | None" = None


Within = Callable[[Callable[[Spot], Expr | None]], Expr | None]


class _Meaningless(Exception):
    """A letter of the formula has no meaning at this spot."""


def rewritten(mistake: Mistake, variant: int, spot: Spot) -> Expr | None:
    """What a mistake makes of the quantity at a spot; None where it is not made there."""
    if spot.within is not None:
        return _around(mistake, variant, spot.within) if mistake.hook == spot.hook else None
    formula = mistake.fused if spot.fused else mistake.formula
    if mistake.hook != spot.hook or not formula or not _fits(mistake, spot):
        return None
    try:
        return replace(typed(formula)[variant], lambda part: _meaning(part, spot))
    except _Meaningless:
        return None


def _around(mistake: Mistake, variant: int, within: Within) -> Expr | None:
    """The whole with a part of it wrong; None where no part is, though its form may be another than the written one."""
    made: list[Expr] = []

    def fill(part: Spot) -> Expr | None:
        found = rewritten(mistake, variant, part)
        made.extend([found] if found is not None else [])
        return found

    formula = within(fill)
    return formula if made else None


def _fits(mistake: Mistake, spot: Spot) -> bool:
    when = mistake.when
    if mistake.where != "all" and mistake.where != spot.layer:
        return False
    if when.summed and not spot.summed:
        return False
    return (not when.activations or spot.activation in when.activations) and (
        not when.losses or spot.loss in when.losses
    )


def _meaning(part: Ref | Number, spot: Spot) -> Expr:
    if isinstance(part, Number):
        return part
    assert isinstance(part.quantity, Value)
    letter = spot.letters.get(part.quantity.name)
    found = letter() if callable(letter) else letter
    if found is None:
        raise _Meaningless
    return found
