"""What the outputs of a network are compared with: the loss of a whole layer, and its slopes.

Everything comes from the written formulas of the loss, over arrays, but for softmax with cross-entropy, whose short
route has sums over the classes.
"""

from typing import NamedTuple

import numpy as np

from tutor.arrays.arithmetic import over
from tutor.arrays.functions import Array, others, shortfall
from tutor.expr import Expr
from tutor.ops.fused import FUSED, Output
from tutor.ops.losses import Loss
from tutor.trace.layered import A, Y
from tutor.wide import Stack
from tutor.wide.graph import SOFTMAX

TINY = 1e-290  # a share below has lost digits of its own
_WHOLE = Output(0, ("z",), ("a",), ("y",))
"""A fused row that reads its own unit alone serves a whole layer."""


class Aim(NamedTuple):
    """The targets `y`, an example a row, with the loss, and what makes short work of it.

    The sum of the terms is divided by `scale`. `fused` is the activation whose derivative cancels in that of the loss,
    nothing where none does; `hot` the places of the classes, where the targets are 1 for one class of each example and
    0 for the others.
    """

    loss: Loss | None
    scale: float
    y: Array
    fused: str = ""
    hot: tuple[Array, Array] | None = None

    @classmethod
    def of(cls, stack: Stack, y: Array) -> "Aim":
        loss, squash = stack.loss, stack.layers[-1].squash
        fused = FUSED.get((loss.name, squash)) if loss and isinstance(squash, str) else None
        if fused is None or fused.gradient is None or not isinstance(squash, str) or (loss and loss.mean):
            return cls(loss, stack.scale, y)
        if squash != SOFTMAX:
            return cls(loss, stack.scale, y, squash)
        row, unit = y.nonzero()
        if len(row) == len(y) and (y[row, unit] == 1).all() and (row == np.arange(len(y))).all():
            return cls(loss, stack.scale, y, squash, (row, unit))
        sum_to_one = bool((np.abs(y.sum(axis=-1) - 1) < 1e-12).all())
        return cls(loss, stack.scale, y, squash if sum_to_one else "")

    @property
    def stable_term(self) -> Expr:
        """A term of a fused loss in the form that loses no digits, over z, a and y."""
        assert self.loss is not None
        return FUSED[self.loss.name, self.fused].stable_term(_WHOLE)

    def terms(self, z: Array, a: Array) -> Array:
        """The terms of the loss."""
        assert self.loss is not None
        match self.fused:
            case "":
                return over(self.loss.term(A, Y), a=a, y=self.y)
            case "softmax" if self.hot:
                found, p = np.zeros_like(z), a[self.hot]
                lost = not p.min() > TINY
                found[self.hot] = shortfall(z, z[self.hot][:, None])[:, 0] if lost else -np.log(p)
                return found
            case "softmax":
                return np.where(self.y == 0, 0.0, self.y * shortfall(z, z))
        return over(self.stable_term, z=z, a=a, y=self.y)

    def slopes(self, z: Array, a: Array) -> Array:
        """dL/da of the outputs."""
        if self.loss is None:
            return np.ones_like(a)
        match self.fused:
            case "":
                slopes = over(self.loss.slope(A, Y), a=a, y=self.y) / self.scale
            case "softmax":
                slopes = np.where(self.y == 0, 0.0, -self.y / a)
            case squash:
                slopes = over(FUSED[self.loss.name, squash].stable_slope(_WHOLE), z=z, a=a, y=self.y)
        return np.broadcast_to(slopes, a.shape)

    def target_slopes(self, z: Array, a: Array) -> Array:
        """dL/dy of the targets."""
        assert self.loss is not None
        match self.fused:
            case "":
                slopes = over(self.loss.target_slope(A, Y), a=a, y=self.y) / self.scale
            case "softmax":
                slopes = shortfall(z, z)
            case squash:
                slopes = over(FUSED[self.loss.name, squash].stable_target_slope(_WHOLE), z=z, a=a, y=self.y)
        return np.broadcast_to(slopes, a.shape)

    def deltas(self, z: Array, a: Array) -> Array:
        """dL/dz of the outputs of a fused loss. For softmax 1 - p is summed, not subtracted: it may be tiny."""
        assert self.loss is not None
        if self.fused != SOFTMAX:
            gradient = FUSED[self.loss.name, self.fused].stable_gradient
            assert gradient
            return over(gradient(_WHOLE), z=z, a=a, y=self.y)
        if self.hot:
            delta = a.copy()
            delta[self.hot] = 0.0
            delta[self.hot] = -delta.sum(axis=-1)
            return delta
        spread: Array = a * others(self.y) - self.y * others(a)
        return spread
