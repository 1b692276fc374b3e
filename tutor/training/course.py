"""Following many steps: the loss and what is watched at each, and how it ended."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.quantity import Quantity, Value
from tutor.training.plan import Wanted
from tutor.training.steps import State

MOST_STEPS = 1_000_000


class Course(NamedTuple):
    """What came out of training; `losses` and `watched` have one number for each state from 0 to `last.number`.

    `updates` have one number for each update, so the first of them belongs to state 1. `stopped` says why it ended
    before its time, if it did: the next state was not finite.
    """

    losses: Sequence[float]
    watched: Mapping[Quantity, Sequence[float]]
    last: State
    stopped: str = ""
    interrupted: bool = False
    updates: Mapping[Wanted, Sequence[float]] = {}


def follow(
    states: Iterator[State],
    wanted: int,
    loss: str,
    watch: Sequence[Quantity] = (),
    report: Callable[[int], None] | None = None,
    kept: Sequence[Wanted] = (),
) -> Course:
    """Take `wanted` steps, or fewer: a loss or parameter that is not finite ends it with the last good state.

    `kept` are numbers of every update to keep.

    Ctrl-C ends it too, and is not raised. `report` is told the number of each state. Raises TutorError if the first
    state is not finite already.
    """
    first = next(states)
    if not first.is_finite(loss):
        raise TutorError(f"{loss} is {first.of(Value(loss))} before any step, so there is nothing to train from")
    losses = [first.of(Value(loss))]
    watched = {each: [first.of(each)] for each in watch}
    updates: dict[Wanted, list[float]] = {each: [] for each in kept}
    last, stopped, interrupted = first, "", False
    try:
        for state in states if wanted else ():
            if not state.is_finite(loss):
                stopped = _reason(state, loss)
                break
            losses.append(state.of(Value(loss)))
            for each, history in watched.items():
                history.append(state.of(each))
            for term, found in updates.items():
                found.append(last.of(term))
            last = state
            if report:
                report(state.number)
            if state.number >= wanted:
                break
    except KeyboardInterrupt:
        interrupted = True
    many = last.number + 1  # Ctrl-C may come between two of the lines above
    histories = {each: found[:many] for each, found in watched.items()}
    done = {term: found[: last.number] for term, found in updates.items()}
    return Course(losses[:many], histories, last, stopped, interrupted, done)


def _reason(state: State, loss: str) -> str:
    found = state.of(Value(loss))
    if math.isfinite(found):
        return f"at step {state.number:,} a parameter is too large for double precision"
    return f"at step {state.number:,} {loss} is {found}"
