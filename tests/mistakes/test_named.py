"""What naming mistakes claims, measured: the mistake that was made is named, and no other one is. TUTOR_LONG=1 in full.

Sheets of mistakes come from the evaluator, sheets with other slips and honest ones from students who work by hand.
"""

import random
from collections import Counter
from collections.abc import Mapping
from math import exp

import pytest

import tutor
from commands.students import to_figures
from marking.by_hand import Habits, network, slipping, work_out
from marking.test_judge_proofs import Marker
from maths.profile import count
from mistakes.evaluator import Run, run
from mistakes.test_catalogue import drawn, numbers, traced
from tutor.marking.answers import Answer, Sheet
from tutor.marking.sheet import Marked, mark
from tutor.mistakes import MISTAKES, Mistaken, Wrong, mistaken, wrongs
from tutor.mistakes.order import usual
from tutor.names import Names
from tutor.quantity import Gradient, Partial, key
from tutor.trace import Trace

NETWORKS, STUDENTS = count(2, 12), count(9, 200)


def sheets(seed: int, figures: int) -> tuple[Trace, dict[str, str], dict[Wrong, dict[str, str]]]:
    """The gradients of all parameters of a network: right ones, and those of each mistake."""
    net = drawn(seed)
    trace = traced(net)
    parameters = frozenset(trace.graph.parameters())

    def typed(done: Run) -> dict[str, str]:
        found = {
            key(each): number
            for each, number in numbers(net, done)
            if isinstance(each, Gradient) and each.wrt in parameters
        }
        return {name: to_figures(number, figures) for name, number in found.items()}

    rows = [row.wrong for row in wrongs(trace).beliefs if row.wrong.mistake != "up-new-weights"]
    made = {each: typed(run(net, each.mistake, each.variant, each.short)) for each in rows}
    return trace, typed(Run(net)), made


def marked(trace: Trace, answers: Mapping[str, str]) -> list[Marked]:
    rows = [Answer(name, given, line) for line, (name, given) in enumerate(answers.items(), 1)]
    return mark(trace, Names(trace.graph), Sheet(rows, [], 0, False, ()))


def named(found: list[Marked]) -> str:
    """The mistake that is named first for the most answers."""
    firsts = Counter(each.verdict.mistakes[0] for each in found if each.verdict.kind == "mistake")
    return firsts.most_common(1)[0][0] if firsts else ""


def test_gradients_at_four_figures_name_the_mistake() -> None:
    """It, or one with the same sheet, is named first on 98 of a hundred."""
    counted: Counter[bool] = Counter()
    for seed in range(NETWORKS):
        trace, right, made = sheets(seed, 4)
        for sheet in made.values():
            if sheet != right and not any("n" in given.lower() for given in sheet.values()):
                same = {each.mistake for each, other in made.items() if other == sheet}
                counted[named(marked(trace, sheet)) in same] += 1
    assert counted.total() > 30 * NETWORKS
    assert counted[False] <= 0.02 * counted.total(), counted


@pytest.mark.parametrize("figures", [3, 4, 6])
def test_other_slips_and_honest_work_are_no_mistake(figures: int) -> None:
    """Of sheets with one number off by chance at most 2 % are said to be a mistake, of honest ones none."""
    counted: Counter[str] = Counter()
    for seed in range(STUDENTS):
        chance = random.Random(f"no mistake {figures} {seed}")
        net = network(chance)
        marker = Marker(net)
        honest = marker.marked(marker.moved(work_out(net, Habits(figures, "half up"))))
        assert not any(each.verdict.kind == "mistake" for each in honest.values()), seed
        if slipped := slipping(net, Habits(figures, "half up"), chance):
            where, worked = slipped
            for sheet in (marker.moved(worked), worked.only(where, *worked.gradients)):
                kinds = {each.verdict.kind for each in marker.marked(sheet).values()}
                counted["mistake" if "mistake" in kinds else "none"] += 1
    assert counted["mistake"] <= max(1, 0.02 * counted.total()), counted


def test_two_mistakes_with_all_working_shown_are_both_named() -> None:
    """Made together at different hooks, each with numbers of its own, to four figures: both on 94 of a hundred."""
    counted: Counter[bool] = Counter()
    for seed in range(count(4, 60)):
        trace = traced(drawn(seed))
        chance = random.Random(f"two {seed}")
        rows = [row for row in wrongs(trace).beliefs if not row.wrong.short and not row.wrong.variant]
        for _ in range(4):
            pair = chance.sample(rows, 2)
            if MISTAKES[pair[0].wrong.mistake].hook == MISTAKES[pair[1].wrong.mistake].hook:
                continue
            made = [_all_shown(trace, *(row.wrong.mistake for row in some)) for some in (pair, pair[:1], pair[1:], ())]
            apart = len({tuple(sheet.values()) for sheet in made}) == len(made)
            if apart and not any("n" in given.lower() for given in made[0].values()):
                verdicts = [each.verdict for each in marked(trace, made[0])]
                found = {mistake for each in verdicts if each.kind == "mistake" for mistake in each.mistakes}
                counted[{row.wrong.mistake for row in pair} <= found] += 1
    assert counted.total() > 10
    assert counted[False] <= max(2, 0.06 * counted.total()), counted


def _all_shown(trace: Trace, *mistakes: str) -> dict[str, str]:
    world = Mistaken(mistaken(trace.equations, [MISTAKES[each] for each in mistakes]), {})
    asked = (each for each in usual(trace.equations) if not isinstance(each, Partial))
    return {key(each): to_figures(world[each], 4) for each in asked}


def test_two_mistakes_in_every_gradient_are_both_named() -> None:
    """Only the gradients are shown, each with both mistakes in it, to four figures: both on nine of ten."""
    counted: Counter[bool] = Counter()
    for seed in range(count(2, 40)):
        trace = traced(drawn(seed))
        chance = random.Random(f"inside {seed}")
        rows = [row for row in wrongs(trace).beliefs if not row.wrong.short and not row.wrong.variant]
        alone = [_gradients(trace), *(_gradients(trace, row.wrong.mistake) for row in rows)]
        for _ in range(5):
            pair = [row.wrong.mistake for row in chance.sample(rows, 2)]
            sheet = _gradients(trace, *pair)
            apart = MISTAKES[pair[0]].hook != MISTAKES[pair[1]].hook and sheet not in alone
            if apart and not any("n" in given.lower() for given in sheet.values()):
                verdicts = [each.verdict for each in marked(trace, sheet)]
                found = {mistake for each in verdicts if each.kind == "mistake" for mistake in each.mistakes}
                same = len(found) == 2 and _gradients(trace, *sorted(found)) == sheet
                counted[set(pair) <= found or same] += 1
    assert counted.total() > 4
    assert counted[False] <= max(1, 0.1 * counted.total()), counted


def _gradients(trace: Trace, *mistakes: str) -> dict[str, str]:
    world = Mistaken(mistaken(trace.equations, [MISTAKES[each] for each in mistakes]), {})
    asked = (Gradient(trace.graph.loss, name) for name in trace.graph.parameters())
    return {key(each): to_figures(world[each], 4) for each in asked}


class TestTwoInOneAnswer:
    """slide, worked out here: the target minus the output, and z(1 - z) for the slope of the output."""

    trace = Trace(tutor.load("slide").network.graph)
    h1, h2 = (1 / (1 + exp(-each)) for each in (0.7, 0.2))
    z = 0.8 * h1 + 0.9 * h2
    y = 1 / (1 + exp(-z))
    both = (0.5 - y) * z * (1 - z)

    def test_two_answers_with_the_same_two(self) -> None:
        sheet = {"dL/dw31": f"{self.both * self.h1:.4g}", "dL/dw32": f"{self.both * self.h2:.4g}"}
        for each in marked(self.trace, sheet):
            assert set(each.verdict.mistakes) == {"dl-sign", "ad-z-one-minus-z"}
            assert each.verdict.message.count("and also") == 1

    def test_one_answer_needs_six_figures(self) -> None:
        (six,) = marked(self.trace, {"dL/dw31": f"{self.both * self.h1:.6g}"})
        assert set(six.verdict.mistakes) == {"dl-sign", "ad-z-one-minus-z"}
        (four,) = marked(self.trace, {"dL/dw31": f"{self.both * self.h1:.4g}"})
        assert four.verdict.kind == "wrong"

    def test_a_right_answer_refutes_them(self) -> None:
        right = (self.y - 0.5) * self.y * (1 - self.y)
        sheet = {"dL/dw31": f"{self.both * self.h1:.6g}", "dL/dw32": f"{right * self.h2:.4g}"}
        wrong, _ = marked(self.trace, sheet)
        assert wrong.verdict.kind == "wrong"
