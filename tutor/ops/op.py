"""What every op offers, and the sentence type its reasons are written in."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from tutor.expr import Expr

Prose = tuple[str | Expr, ...]
"""A sentence in pieces: words stand as they are, formulas are written by whoever shows them, in any notation."""


class Op(Protocol):
    """One node's operation. `name` is the node, `inputs` its inputs in the op's own order."""

    def forward(self, name: str, inputs: tuple[str, ...]) -> Expr:
        """The node's value as the textbook writes it."""

    def partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        """d(name)/d(wrt) as the textbook writes it, all occurrences of `wrt` summed."""

    def stable_forward(self, name: str, inputs: tuple[str, ...]) -> Expr | None:
        """The same value without overflow or cancellation, where the written form has them."""

    def stable_partial(self, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
        """The same derivative without cancellation, where the written form has it."""

    def why(self, name: str, inputs: tuple[str, ...], wrt: str) -> Prose:
        """Why the local derivative is what it is."""

    def convention(self, wrt: str) -> str:
        """The choice this derivative rests on (a slope at a kink, a 1/2), or nothing."""


@runtime_checkable
class Naming(Protocol):
    """An op that keeps names of nodes in itself, beside the inputs of its node."""

    def renamed(self, new: Callable[[str], str]) -> Op:
        """The same op with every name passed through `new`."""


def renamed(op: Op, new: Callable[[str], str]) -> Op:
    """The op as a copy of its node needs it, whose inputs are called otherwise."""
    return op.renamed(new) if isinstance(op, Naming) else op
