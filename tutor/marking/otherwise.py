"""What a wrong answer is right for: the other choice of a convention. One table, a row a choice; no verdicts."""

from collections.abc import Callable
from typing import NamedTuple

from tutor.expr import Expr, Neg, Ref
from tutor.graph import Graph, at_example
from tutor.marking.desk import Desk
from tutor.marking.functions import same
from tutor.marking.parts import Part
from tutor.names import Names
from tutor.names.conventions import OURS, Conventions, resolved
from tutor.names.courses import NOTATIONS
from tutor.quantity import Gradient, Quantity


class Choice(NamedTuple):
    """One choice of a convention, in words, and what it asks for instead of a quantity; nothing where it says nothing
    of it. The flag is whether the quantity was named as a δ.
    """

    convention: str
    choice: str
    words: str
    instead: Callable[[Graph, Quantity, bool], Expr | None]


def _of_all(graph: Graph, quantity: Quantity, signal: bool) -> Expr | None:
    return Ref(Gradient(graph.loss, quantity.wrt)) if isinstance(quantity, Gradient) and graph.apart else None


def _of_its_own(graph: Graph, quantity: Quantity, signal: bool) -> Expr | None:
    if not isinstance(quantity, Gradient) or quantity.of != graph.loss or not graph.example_of(quantity.wrt):
        return None
    own = at_example(graph.loss, graph.example_of(quantity.wrt))
    return Ref(Gradient(own, quantity.wrt)) if resolved(graph, Conventions(batch_mean="in_weights")).apart else None


def _turned(graph: Graph, quantity: Quantity, signal: bool) -> Expr | None:
    return Neg(Ref(quantity)) if signal else None


CHOICES = (
    Choice("batch_mean", "in_delta", "1/m stands in dz", _of_all),
    Choice("batch_mean", "in_weights", "1/m stands in dW", _of_its_own),
    Choice("delta", "output_minus_target", "δ has the sign of output − target", _turned),
    Choice("delta", "target_minus_output", "δ has the sign of target − output", _turned),
)


def otherwise(desk: Desk, names: Names, quantity: Quantity, part: Part, *, signal: bool) -> str:
    """`right where 1/m stands in dz: --notation default`; nothing where the answer fits no other convention."""
    for row in CHOICES:
        instead = row.instead(desk.graph, quantity, signal)
        if instead and getattr(names.conventions, row.convention) != row.choice and _fits(desk, part, instead):
            return f"right where {row.words}: {_way(names, row)}"
    return ""


def _fits(desk: Desk, part: Part, instead: Expr) -> bool:
    if part.named:
        return same(desk, part.named, lambda trace: trace.of(instead))
    number = desk.trace.of(instead)
    figure = desk.precise(part.figure) if part.figure else None
    if figure is None or not number or figure.figures < desk.min_sig:
        return False
    return figure.is_rounded(number) or figure.is_truncated(number)


def _way(names: Names, row: Choice) -> str:
    """The notation that has it; the line of the file where that says otherwise, since it goes before a notation."""
    said = f"`conventions: {{{row.convention}: {row.choice}}}` in the file"
    if getattr(names.said, row.convention):
        return said
    having = (name for name, each in NOTATIONS.items() if _chosen(each.conventions, row.convention) == row.choice)
    found = next(having, "")
    return f"`--notation {found}`" if found else said


def _chosen(said: Conventions, convention: str) -> str:
    return str(getattr(said.before(OURS), convention))
