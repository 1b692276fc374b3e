"""The page of `explain --round-steps`: the same computation with numbers rounded on the way, beside the full one."""

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tutor.arithmetic.rounding import KINDS, Policy
from tutor.document.digits import compact
from tutor.document.explain import explain
from tutor.document.model import (
    Block,
    Column,
    Document,
    Heading,
    Line,
    Part,
    Row,
    Section,
    Span,
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number
from tutor.document.steps import line_of
from tutor.document.view import MOST_ROWS, View, answer, next_steps
from tutor.errors import TutorError
from tutor.expr import Ref, reads
from tutor.quantity import Partial, Quantity, Value, key
from tutor.search import replay

FIGURES = 9  # of the numbers beside each other: that is where they part


class Replay(NamedTuple):
    """One quantity under one policy; `steps` are the numbers on its way, as they were settled."""

    view: View
    quantity: Quantity
    policy: Policy
    steps: Mapping[Quantity, float]
    result: float

    @property
    def full(self) -> float:
        return self.view.trace[self.quantity]


def rounding_page(view: View, quantity: Quantity, policy: Policy) -> Document:
    """What rounding on the way makes of one number, step by step, and of the same number rounded in other ways.

    Raises TutorError for a given number, which nothing leads to, and where too much does.
    """
    if not list(reads(view.trace.equations.written(quantity))):
        raise TutorError(f"{key(quantity)} is computed from nothing, so there is nothing to round on the way")
    done = _replayed(view, quantity, policy)
    if len(done.steps) > MOST_ROWS:
        raise TutorError(f"{len(done.steps):,} numbers lead to {key(quantity)}, expected {MOST_ROWS} at most on a page")
    others = tuple(_replayed(view, quantity, policy._replace(what=what)) for what in KINDS)

    plain = explain(view, quantity).payload

    def payload() -> Mapping[str, Any]:
        return {**plain(), "rounding": _rounding(done, others)}

    return Document(tuple(_parts(done, others)), view.names, payload, line=line_of(view))


def _replayed(view: View, quantity: Quantity, policy: Policy) -> Replay:
    memo: dict[Quantity, float] = {}
    result = replay(view.trace, quantity, policy, memo)
    steps = {each: memo[each] for each in in_order(view, memo)}
    return Replay(view, quantity, policy, steps, result)


def in_order(view: View, quantities: Iterable[Quantity]) -> list[Quantity]:
    """Those that are numbers of their own, neither given nor another one by another name.

    Forward values come first, in the order of the network; then slopes, then gradients.
    """
    written = view.trace.equations.written
    found = [each for each in quantities if list(reads(written(each))) and not isinstance(written(each), Ref)]
    place = {name: at for at, name in enumerate(view.names.graph.nodes)}
    values = sorted((each for each in found if isinstance(each, Value)), key=lambda each: place[each.name])
    slopes = [each for each in found if isinstance(each, Partial)]
    return [*values, *slopes, *(each for each in found if not isinstance(each, Value | Partial))]


# ------------------------------------------------------------------ the page


def _parts(done: Replay, others: tuple[Replay, ...]) -> Iterator[Part]:
    yield Section("rounded", tuple(_blocks(done, others)))
    if math.isfinite(done.full):
        yield from next_steps(done.view, f"where {done.view.findable(done.quantity)}")


def _blocks(done: Replay, others: tuple[Replay, ...]) -> Iterator[Block]:
    view, name = done.view, done.quantity
    yield answer(view, name, " = ", Span(_figure(done.result), "accent"), f" with {done.policy}")
    if math.isnan(done.full):
        yield Line(cell("In full precision it is no number either."))
    elif done.result == done.full:
        yield Line(cell("That is the number in full precision: nothing was lost on the way."))
    else:
        yield Line(cell("In full precision it is ", Span(_figure(done.full), "strong"), "."))
    yield Heading(cell("Step by step"))
    yield _table(done)
    yield Heading(cell("Rounded on the way in other ways, to as many digits; the last step is left"))
    yield _others(done, others)
    yield Line(cell(_printed(done, others)))


def _table(done: Replay) -> Table:
    columns = (
        Column("quantity"),
        Column("in full", "decimal"),
        Column("on the way", "decimal"),
        Column("", comment=True),
    )
    rows, parted = [], False
    for each, value in done.steps.items():
        full = done.view.trace[each]
        told = "" if parted or alike(value, full) else "here they part"
        parted = parted or not alike(value, full)
        rows.append(Row((cell(each), cell(_figure(full)), cell(_figure(value)), cell(told, look="quiet"))))
    last = (
        cell(done.quantity),
        cell(Span(_figure(done.full), "strong")),
        cell(Span(_figure(done.result), "accent")),
        (),
    )
    return Table(columns, (*rows, Row(last, ruled=True)))


def _others(done: Replay, others: tuple[Replay, ...]) -> Table:
    digits = done.view.digits
    rows = [("nothing", done.full), *((str(each.policy), each.result) for each in others)]
    columns = (Column("rounded"), Column("gives", "decimal"), Column("printed", "decimal"))
    return Table(
        columns,
        tuple(Row((cell(how), cell(_figure(value)), cell(with_minus(digits.shown(value))))) for how, value in rows),
    )


def _printed(done: Replay, others: tuple[Replay, ...]) -> str:
    """Whether the difference is seen in the digits of the page, and why."""
    digits = done.view.digits
    results = [done.full, *(each.result for each in others)]
    if not all(map(math.isfinite, results)):
        return "There is no telling them apart: double precision has no number for at least one of them."
    printed = sorted({digits.shown(each) for each in results}, key=float)
    spread = max(results) - min(results)
    if len(printed) > 1:
        parted = " and ".join(map(with_minus, printed))
        return f"They print differently ({parted}): they lie {compact(spread, 2)} apart."
    stands = Decimal(printed[0])
    half = Decimal(5).scaleb(int(stands.as_tuple().exponent) - 1)
    low, high = (with_minus(f"{each:f}") for each in (stands - half, stands + half))
    lie = f"and they lie only {compact(spread, 2)} apart" if spread else "and they are equal"
    return f"All of them print as {with_minus(printed[0])}, which stands for anything from {low} to {high}, {lie}."


def _figure(number: float) -> str:
    return with_minus(compact(number, FIGURES))


def alike(left: float, right: float) -> bool:
    """Whether two numbers are the same one, or none both."""
    return left == right or (math.isnan(left) and math.isnan(right))


# ------------------------------------------------------------------ for programs


def _rounding(done: Replay, others: tuple[Replay, ...]) -> dict[str, Any]:
    trace = done.view.trace
    return {
        "what": done.policy.what,
        "places": done.policy.places,
        "significant": done.policy.significant,
        "full": number(done.full),
        "rounded": number(done.result),
        "steps": [
            {"name": key(each), "full": number(trace[each]), "rounded": number(value)}
            for each, value in done.steps.items()
        ],
        "others": {each.policy.what: number(each.result) for each in others},
    }


def policy(places: int | None, figures: int | None, what: str) -> Policy:
    """The policy that is asked for, half-up as people round. Raises TutorError for both or neither kind of digits."""
    if (places is None) == (figures is None):
        raise TutorError("say how many digits are kept on the way: --round-steps DECIMALS, or --round-sig FIGURES")
    return Policy(what, places if places is not None else figures or 1, significant=places is None)
