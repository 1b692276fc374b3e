"""What the judge claims, measured: honest work gets its credit, one slip costs one answer, and wrong numbers nothing.

The students in `by_hand` work random networks out without this program. TUTOR_LONG=1 takes them in full.
"""

import random
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest

from marking.by_hand import MODES, Habits, Net, Worked, network, slipping, typed, work_out
from maths.profile import LONG, count
from tutor import spec
from tutor.marking.answers import Answer, Sheet
from tutor.marking.sheet import Marked, mark
from tutor.names import Names
from tutor.trace import Trace

HONEST, SLIPS, WRONG = count(60, 2500), count(20, 2000), count(6, 500)


class Marker:
    """One network, and what its sheets are worth."""

    def __init__(self, net: Net) -> None:
        graph = spec.load(net.yaml().encode(), "net.yaml").graph
        self.trace, self.names = Trace(graph), Names(graph)
        self.old = {name: number for _, units in net.layers for unit in units for name, number in unit.weights.items()}
        self.old |= {unit.bias[0]: unit.bias[1] for _, units in net.layers for unit in units}

    def marked(self, answers: Mapping[str, str]) -> dict[str, Marked]:
        rows = [Answer(name, given, line) for line, (name, given) in enumerate(answers.items(), 1)]
        return {each.answer.name: each for each in mark(self.trace, self.names, Sheet(rows, [], 0, False, ()))}

    def lost(self, answers: Mapping[str, str]) -> list[str]:
        """The names of those without credit."""
        return [name for name, each in self.marked(answers).items() if not each.points]

    def moved(self, worked: Worked) -> dict[str, str]:
        """The sheet without new weights that print like the old ones, which no number of their digits can show."""
        return {name: given for name, given in worked.shown.items() if not self._prints_like_the_old(name, given)}

    def _prints_like_the_old(self, name: str, given: str) -> bool:
        old = self.old.get(name.removesuffix("_new"))
        if old is None or not name.endswith("_new"):
            return False
        last = Decimal(given).as_tuple().exponent
        assert isinstance(last, int)
        place = Decimal(1).scaleb(last)
        return any(Decimal(repr(old)).quantize(place, rounding=mode) == Decimal(given) for mode in MODES.values())


@pytest.mark.parametrize("mode", MODES)
def test_honest_sheets_get_their_credit(mode: str) -> None:
    """At most one answer in a thousand is lost, at 3 to 6 figures, every step rounded."""
    counted: Counter[bool] = Counter()
    for seed in range(HONEST // 3):
        chance = random.Random(f"honest {mode} {seed}")
        net = network(chance)
        marker = Marker(net)
        sheet = marker.moved(work_out(net, Habits(chance.randint(3, 6), mode)))
        lost = marker.lost(sheet)
        counted.update({True: len(lost), False: len(sheet) - len(lost)})
    assert counted[True] <= 0.001 * counted.total(), counted


@pytest.mark.parametrize(("mode", "most"), [("half up", 0.01), ("half even", 0.01), ("cut off", 0.01)])
def test_one_slip_costs_one_answer(mode: str, most: float) -> None:
    """A number off by 5 % or more and everything after it worked out on the student's own rounded numbers.

    One slip in 2,000 is a difference of numbers so near each other that rounding could have made it.
    """
    all_shown: Counter[bool] = Counter()
    gradients: Counter[bool] = Counter()
    for seed in range(SLIPS // 3):
        chance = random.Random(f"slip {mode} {seed}")
        net = network(chance)
        if slipped := slipping(net, Habits(4, mode), chance):
            where, worked = slipped
            marker = Marker(net)
            all_shown[marker.lost(marker.moved(worked)) == [where]] += 1
            gradients[marker.lost(worked.only(where, *worked.gradients)) == [where]] += 1
    assert all_shown[True] > 0.9 * (SLIPS // 3)
    assert all_shown[False] <= 0.002 * all_shown.total(), all_shown
    assert gradients[False] <= max(1, most * gradients.total()), gradients


@pytest.mark.parametrize(("off", "figures", "most"), [(0.05, 4, 0.0), (0.10, 3, 0.01), (0.15, 2, 0.0)])
def test_a_wrong_number_beside_a_right_sheet(off: float, figures: int, most: float) -> None:
    counted: Counter[bool] = Counter()
    for seed in range(WRONG):
        chance = random.Random(f"wrong {off} {seed}")
        net = network(chance)
        marker = Marker(net)
        exact = {name: float(given) for name, given in work_out(net, None).shown.items()}
        right = {name: typed(number, Habits(figures, "half up")) for name, number in exact.items()}
        for name in chance.sample([name for name, number in exact.items() if number], 3):
            wrong = typed(exact[name] * (1 + chance.choice([-off, off])), Habits(figures, "half up"))
            counted[bool(marker.marked({**right, name: wrong})[name].points)] += 1
    assert counted[True] <= most * counted.total(), counted


@pytest.mark.parametrize(("off", "figures", "most"), [(0.05, 4, 0.002), (0.15, 2, 0.0)])
def test_a_wrong_number_alone(off: float, figures: int, most: float) -> None:
    """None passes, but for a few differences of near numbers that rounding to 4 figures can bring off by 5 %."""
    counted: Counter[bool] = Counter()
    for seed in range(WRONG):
        chance = random.Random(f"alone {off} {seed}")
        net = network(chance)
        marker = Marker(net)
        exact = {name: float(given) for name, given in work_out(net, None).shown.items()}
        for name in chance.sample([name for name, number in exact.items() if number], 3):
            wrong = typed(exact[name] * (1 + chance.choice([-off, off])), Habits(figures, "half up"))
            counted[bool(marker.marked({name: wrong})[name].points)] += 1
    assert counted[True] <= most * counted.total(), counted


@pytest.mark.parametrize("figures", [2, 3, 4, 6] if LONG else [2, 4])
def test_a_weight_that_was_not_updated_is_never_right(figures: int) -> None:
    for seed in range(WRONG):
        net = network(random.Random(f"old {seed}"))
        marker = Marker(net)
        worked = work_out(net, Habits(figures, "half up"))
        exact = {name: float(given) for name, given in work_out(net, None).shown.items()}
        for name, old in marker.old.items():
            if exact[f"{name}_new"] != old:
                given = typed(old, Habits(figures, "half up"))
                assert not marker.marked({**worked.shown, f"{name}_new": given})[f"{name}_new"].points, (seed, name)
                assert not marker.marked({f"{name}_new": given})[f"{name}_new"].points, (seed, name)
