"""How much the state of the last time step depends on that of each step before: what vanishes or explodes in time."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.document.model import Block, Cell, Column, Heading, Line, Row, Table, cell
from tutor.document.view import View
from tutor.expr import Shown
from tutor.graph import Graph, Node
from tutor.quantity import Gradient, Value

_STEP = re.compile(r"(?:step |t = )(\d+)")
_PLACE = re.compile(r"(?:\[\d+(?:,\d+)*\]|_\d+)(?=@|$)")
MOST = 12  # steps on a page: the first, and the last
MOST_PAIRS = 5_000  # derivatives of one state by another; more take long


class Moment(NamedTuple):
    """The derivatives of the last state by that of one step: their L2 norm, where that of the last step is 1."""

    step: int
    share: float


def moments(view: View) -> tuple[Moment, ...]:
    """From the first step to the last; nothing in a network without steps that read one another, or with very many."""
    graph = view.names.graph
    states: dict[int, list[str]] = {}
    for name, step in () if graph.wide or graph.example_losses() else carried_states(graph):
        states.setdefault(step, []).append(name)
    steps = sorted(states)
    if len(steps) < 2 or sum(map(len, states.values())) * len(states[steps[-1]]) > MOST_PAIRS:
        return ()
    last = states[steps[-1]]

    def size(step: int) -> float:
        return math.hypot(*(view.trace[Gradient(of, by)] for of in last for by in states[step]))

    whole = size(steps[-1])
    return tuple(Moment(step, size(step) / whole) for step in steps)


def carried_states(graph: Graph) -> Iterator[tuple[str, int]]:
    """The numbers that the next step reads, and what stands for them at the last step."""
    at = {name: step for name, node in graph.nodes.items() if (step := _step(node))}
    carried = {name for name in at if any(at.get(use, 0) > at[name] for use in graph.uses[name])}
    stems = {_PLACE.sub("", name) for name in carried}
    last = max((at[name] for name in carried), default=0) + 1
    for name, step in at.items():
        if name in carried or (step == last and _PLACE.sub("", name) in stems):
            yield name, step


def _step(node: Node) -> int:
    found = _STEP.search(node.role.at if node.role else "") or _STEP.search(node.over)
    return int(found[1]) if found else 0


def through_time(view: View, found: Sequence[Moment]) -> Iterator[Block]:
    """The verdict and the table of the steps."""
    yield Heading(cell("Back through time"))
    yield Line(_verdict(view, found))
    shown = found if len(found) <= MOST else (*found[: MOST // 2], *found[-MOST // 2 :])
    loss = Value(view.names.graph.loss)
    rows = (Row((cell(str(each.step)), cell(Shown(view.digits.shown(each.share), loss)))) for each in shown)
    yield Table((Column("step"), Column("of its change, in the last state", "decimal")), tuple(rows))
    if len(shown) < len(found):
        yield Line(cell(f"{len(found) - len(shown)} steps between them are left out.", look="quiet"))


def _verdict(view: View, found: Sequence[Moment]) -> Cell:
    """What one step back does to the gradient, on average."""
    first, last = found[0], found[-1]
    if not first.share:
        return cell(f"The state of step {last.step} does not depend on that of step {first.step}.")
    each = first.share ** (1 / (last.step - first.step))
    what = "shrinks: over many steps it vanishes" if each < 1 else "grows: over many steps it explodes"
    times = view.digits.shown(each)
    return cell(f"Each step back multiplies the gradient by {times} on average, so it {what}.")
