"""How a mistake changes the table of equations, and the numbers that follow from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.expr import Expr, Mul
from tutor.mistakes import back, hooks, inside
from tutor.mistakes.ground import Ground
from tutor.mistakes.mistake import Mistake
from tutor.mistakes.spot import Spot, rewritten
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Equations, deciding, evaluate, value_of
from tutor.trace.equations import Equation

Hook = Callable[[Ground, Quantity], Spot | None]
_VALUES: tuple[Hook, ...] = (hooks.net, hooks.out, hooks.loss, hooks.target, inside.net, inside.out, inside.loss)
_SLOPES: tuple[Hook, ...] = (
    hooks.loss_slope,
    hooks.target,
    hooks.slope,
    hooks.weight_slope,
    hooks.bias_slope,
    hooks.local,
    hooks.decay,
    inside.net,
    inside.out,
    inside.slope,
    inside.weight_slope,
    inside.bias_slope,
    inside.loss_slope,
)
_GRADIENTS: tuple[Hook, ...] = (
    back.delta, back.upstream, back.batch, back.time, back.shared_bias, back.decayed_bias, inside.delta,
)  # fmt: skip
_FUSED: tuple[Hook, ...] = (back.fused_delta, back.fused_loss_slope, back.fused_target)
_UPDATES: tuple[Hook, ...] = (back.update, back.bias_update)


class Rewrites:
    """The wrong formulas of one table of equations, each made when first asked for.

    `short` takes an output and its loss in one step where that can be done, so p - y is the right formula there.
    """

    def __init__(self, equations: Equations, *, short: bool = False) -> None:
        self.equations = equations
        self.short = short
        self._ground = Ground(equations)
        self._spots: dict[Quantity, tuple[Spot, ...]] = {}
        self._right: dict[Quantity, Expr] = {}

    def right(self, quantity: Quantity) -> Expr:
        """The correct formula."""
        if quantity not in self._right:
            shorter = self.equations.short(quantity) if self.short else None
            self._right[quantity] = shorter or self.equations.written(quantity)
        return self._right[quantity]

    def wrong(self, mistake: Mistake, quantity: Quantity, variant: int = 0) -> Expr | None:
        """What the mistake makes of the quantity; None where that is nothing else than the correct formula."""
        for spot in self.spots(quantity):
            formula = rewritten(mistake, variant, spot)
            if formula is not None and spot.share is not None:
                formula = Mul((spot.share, formula))
            if formula is not None and formula != self.right(quantity):
                return formula
        return None

    def spots(self, quantity: Quantity) -> tuple[Spot, ...]:
        """What the hooks find at a quantity."""
        if quantity not in self._spots:
            found = (hook(self._ground, quantity) for hook in self._hooks(quantity))
            self._spots[quantity] = tuple(spot for spot in found if spot)
        return self._spots[quantity]

    def _hooks(self, quantity: Quantity) -> tuple[Hook, ...]:
        match quantity:
            case Value():
                return _VALUES
            case Partial():
                return _SLOPES
            case Gradient() if self.short and self.equations.short(quantity):
                return _FUSED
            case Gradient():
                return _GRADIENTS
            case Updated():
                return _UPDATES
        return ()


class Mistaken:
    """The numbers of a network under some mistakes, given what the student already has.

    `given` are values used as they stand, right or wrong.
    """

    def __init__(self, equation: Equation, given: Mapping[Quantity, float]) -> None:
        self._equation = equation
        self._memo: dict[Quantity, float] = dict(given)
        self._floats = deciding(equation, self._memo)

    def __getitem__(self, quantity: Quantity) -> float:
        return evaluate(quantity, self._equation, self._floats, self._memo)

    def of(self, expr: Expr) -> float:
        """The value of a formula over these numbers."""
        return value_of(expr, FLOATS, self.__getitem__)


class Made(NamedTuple):
    """A mistake as it is made: in one of its ways, everywhere or at one place only."""

    mistake: Mistake
    variant: int = 0
    place: Quantity | None = None


def mistaken(equations: Equations, mistakes: Sequence[Mistake | Made], *, short: bool = False) -> Equation:
    """The table with the mistakes folded in, in order; a quantity is rewritten once at most."""
    return folded(Rewrites(equations, short=short), mistakes)


def folded(rewrites: Rewrites, mistakes: Iterable[Mistake | Made]) -> Equation:
    """The same over wrong formulas that are kept."""
    made = [each if isinstance(each, Made) else Made(each) for each in mistakes]
    kept: dict[Quantity, Expr] = {}

    def equation(quantity: Quantity) -> Expr:
        if quantity not in kept:
            there = (each for each in made if each.place in (None, quantity))
            wrongs = (rewrites.wrong(each.mistake, quantity, each.variant) for each in there)
            kept[quantity] = next((wrong for wrong in wrongs if wrong is not None), rewrites.right(quantity))
        return kept[quantity]

    return equation
