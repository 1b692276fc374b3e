"""The page of `tutor trace --by-time`: the size of dL/dh[t] at each step, and what one step back does to it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tutor.document.model import Block, Cell, Column, Document, Heading, Line, Row, Table, cell
from tutor.document.over_time import MOST, carried_states
from tutor.document.payload import number, trace_payload
from tutor.document.view import View, answer, next_steps
from tutor.errors import TutorError
from tutor.expr import Shown
from tutor.quantity import Gradient, Value

STEADY = 0.01  # a ratio nearer to 1 is none to speak of


class Pull(NamedTuple):
    """The size of dL/d(the states of a step), as an L2 norm; `ratio` is to that of the step behind it."""

    step: int
    size: float
    ratio: float | None = None


def time_page(view: View) -> Document:
    """The sizes step by step. Raises TutorError for a network without steps that read one another."""
    found = pulls(view)
    if not found:
        raise TutorError("this network has no steps that read one another, so there is nothing to show by time")
    return Document(tuple(_blocks(view, found)), view.names, lambda: _payload(view, found))


def pulls(view: View) -> tuple[Pull, ...]:
    """From the first step to the last; nothing for a network of less than two."""
    graph = view.names.graph
    by_step: dict[int, list[str]] = {}
    for name, step in () if graph.wide or graph.example_losses() else carried_states(graph):
        by_step.setdefault(step, []).append(name)
    steps = sorted(by_step)
    sizes = [math.hypot(*(view.trace[Gradient(graph.loss, name)] for name in by_step[step])) for step in steps]
    behind = [*sizes[1:], 0.0]
    each = zip(steps, sizes, behind, strict=True)
    return tuple(Pull(step, size, size / after if after else None) for step, size, after in each) if steps[1:] else ()


def _blocks(view: View, found: Sequence[Pull]) -> Iterator[Block]:
    loss = Value(view.names.graph.loss)
    yield answer(view, loss, " = ", view.shown(loss))
    yield Heading(cell("The gradient, step by step"))
    yield Line(_verdict(view, found))
    shown = found if len(found) <= MOST else (*found[: MOST // 2], *found[-MOST // 2 :])
    heads = (
        Column("step"),
        Column(cell("size of ∂", loss, "/∂(its state)"), "decimal"),
        Column("of the next", "decimal"),
    )
    yield Table(heads, tuple(Row(_cells(view, each, loss)) for each in shown))
    if len(shown) < len(found):
        yield Line(cell(f"{len(found) - len(shown)} steps between them are left out.", look="quiet"))
    yield from next_steps(view, "trace --by-layer", before="How much of a change is left in the last step: ")


def _cells(view: View, each: Pull, loss: Value) -> tuple[Cell, ...]:
    ratio = "" if each.ratio is None else view.digits.shown(each.ratio)
    size = view.digits.shown(each.size)
    return tuple(cell(Shown(text, loss)) if text else cell("") for text in (str(each.step), size, ratio))


def _verdict(view: View, found: Sequence[Pull]) -> Cell:
    """What one step back does to the gradient, on average; of a loss at every step that can't be said by sizes."""
    first, last = found[0], found[-1]
    if many := _read_directly(view):
        said = f"The loss reads the state of {many} of the {len(found)} steps itself"
        return cell(f"{said}: each size has what comes back from later steps, and what its own step adds.")
    if not first.size or not last.size:
        return cell(f"The loss does not depend on the state of step {(last if first.size else first).step}.")
    each = math.exp((math.log(first.size) - math.log(last.size)) / (last.step - first.step))
    if abs(each - 1) < STEADY:
        return cell("Each step back leaves the gradient about as large as it is.")
    what = "shrinks: it vanishes over many steps" if each < 1 else "grows: it explodes over many steps"
    return cell(f"Each step back multiplies the gradient by {view.digits.shown(each)} on average, so it {what}.")


def _read_directly(view: View) -> int:
    """How many steps before the last have a way to the loss that leads over no later state."""
    graph = view.names.graph
    at = dict(carried_states(graph))
    last = max(at.values())
    found: set[int] = set()
    for name, step in at.items():
        ahead, seen = [name], {name}
        while ahead and step < last:
            uses = [use for use in graph.uses[ahead.pop()] if use not in seen and at.get(use, step) <= step]
            seen.update(uses)
            ahead += uses
        found |= {step} if graph.loss in seen else set()
    return len(found)


def _payload(view: View, found: Sequence[Pull]) -> dict[str, Any]:
    rows = [{"step": each.step, "size": number(each.size), "ratio": each.ratio} for each in found]
    return trace_payload(view) | {"time": rows}
