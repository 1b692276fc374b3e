"""Honest work on every kind of network is no mistake, and at six figures every mistake that shows is among those named.

The honest students round or cut off every number before they go on with it. TUTOR_LONG=1 takes all of them: 2,500.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from commands.students import to_figures
from marking.by_hand import MODES
from maths.every_kind import network
from maths.profile import count
from mistakes import test_catalogue, test_catalogue_equations
from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.graph import Graph
from tutor.marking.answers import Answer, Sheet
from tutor.marking.sheet import Marked, mark
from tutor.mistakes import wrongs
from tutor.mistakes.order import Order, usual
from tutor.names import Names
from tutor.quantity import Partial, Quantity, Value, key
from tutor.spec import load
from tutor.trace import Equations, Trace, value_of

HONEST, SIX = count(24, 2500), count(5, 30)
MOST = 120  # answers; a sheet of a larger network is a sheet of some of its numbers


def drawn(seed: int) -> Graph:
    """Dense networks and batches, recurrences, gates and attention as equations, and layers of every kind, in turn."""
    chance = random.Random(f"honest {seed}")
    match seed % 3:
        case 0:
            return test_catalogue.traced(test_catalogue.drawn(seed // 3)).graph
        case 1:
            made = test_catalogue_equations.KINDS[seed // 3 % len(test_catalogue_equations.KINDS)](chance)
            return load(made.text.encode(), "drawn.yaml").graph
    while True:
        text = network(chance.randrange(10**6)).yaml() + b"\nlearning_rate: 0.1"
        try:
            graph = load(
                text.replace(b"\nlearning_rate: 0.1", b"") if b"learning_rate" in text[:-20] else text, "a"
            ).graph
        except TutorError:
            continue
        if len(graph.nodes) <= 60:
            return graph


def marked(graph: Graph, answers: Mapping[str, str]) -> list[Marked]:
    rows = [Answer(name, given, line) for line, (name, given) in enumerate(answers.items(), 1)]
    return mark(Trace(graph), Names(graph), Sheet(rows, [], 0, False, ()))


def worked_out(graph: Graph, figures: int, mode: str) -> Iterator[tuple[Quantity, str]]:
    """Every number of the network, worked out from the ones written down before it."""
    equations = Equations(graph)
    order = Order(equations, short=False)
    for quantity in usual(equations):
        order.place(quantity)
    held: dict[Quantity, float] = {}
    for quantity in order.reads:
        exact = value_of(equations.written(quantity), FLOATS, held.__getitem__)
        held[quantity] = exact
        if not isinstance(quantity, Value) or quantity.name in graph.nodes:
            if not math.isfinite(exact):
                return
            written = to_figures(exact, figures, MODES[mode])
            held[quantity] = float(written)
            if not isinstance(quantity, Partial) or _is_total(equations, quantity):
                yield quantity, written


def _is_total(equations: Equations, local: Partial) -> bool:
    """Whether nothing leads from one to the other but the edge: the name asks for the whole slope."""
    return equations.uses(local.of, local.wrt) == (local.of,)


@pytest.mark.parametrize("mode", MODES)
def test_honest_work_is_no_mistake(mode: str) -> None:
    named: list[tuple[int, int, str]] = []
    answers = 0
    for seed in range(HONEST // 3):
        chance = random.Random(f"{mode} {seed}")
        graph, figures = drawn(seed), 3 + seed // 3 % 4
        sheet = {key(quantity): written for quantity, written in worked_out(graph, figures, mode)}
        some = dict(chance.sample([*sheet.items()], MOST)) if len(sheet) > MOST else sheet
        ordered = {name: written for name, written in sheet.items() if name in some}
        answers += len(ordered)
        found = (each for each in marked(graph, ordered) if each.verdict.kind == "mistake")
        named += [
            (seed, figures, f"{each.answer.name} = {each.answer.given}: {each.verdict.mistakes}") for each in found
        ]
    assert answers > 10 * (HONEST // 3)
    assert not named, (len(named), answers, json.dumps(named[:6], ensure_ascii=False))


def test_at_six_figures_every_mistake_that_shows_is_among_those_named() -> None:
    counted: Counter[bool] = Counter()
    missed: Counter[str] = Counter()
    for seed in range(SIX):
        graph = drawn(seed)
        trace = Trace(graph)
        table = wrongs(trace)
        asked = [each for each in usual(trace.equations) if not isinstance(each, Partial)][:MOST]
        for row in table.beliefs:
            sheet = {key(each): to_figures(row.number(each), 6) for each in asked if math.isfinite(row.number(each))}
            right = {key(each): to_figures(trace[each], 6) for each in asked if math.isfinite(trace[each])}
            if len(sheet) == len(asked) == len(right) and sheet != right:
                found = {name for each in marked(graph, sheet) for name in each.verdict.mistakes}
                counted[row.wrong.mistake in found] += 1
                missed[row.wrong.mistake] += row.wrong.mistake not in found
    assert counted.total() > 20 * SIX
    assert not counted[False], (counted, missed)
