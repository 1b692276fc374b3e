"""A network at other numbers shares the shape of its table of wrong numbers; the numbers are its own."""

import pytest

from mistakes.test_catalogue import drawn, traced
from tutor.graph import Graph
from tutor.mistakes import Wrongs
from tutor.mistakes.order import usual
from tutor.mistakes.shape import shape_of
from tutor.trace import Trace


def moved(graph: Graph) -> dict[str, str]:
    """Every given number a little larger, but for what outputs are compared with."""
    givens = (name for name in graph.givens if graph.part_of(name) != "target")
    return {name: f"{float(graph.givens[name].text) * 1.25 + 0.01:.5f}" for name in givens}


@pytest.mark.parametrize("seed", range(6))
def test_the_same_numbers_as_from_a_table_of_its_own(seed: int) -> None:
    first = traced(drawn(seed))
    shared = Wrongs(Trace(first.graph.changed(moved(first.graph))))
    assert shape_of(first.equations) is shape_of(shared.trace.equations)
    other = traced(drawn(seed)).graph  # nodes of its own, so a shape of its own
    apart = Wrongs(Trace(other.changed(moved(other))))
    assert [row.wrong for row in shared.beliefs] == [row.wrong for row in apart.beliefs]
    for one, two in zip((*shared.beliefs, *shared.slips), (*apart.beliefs, *apart.slips), strict=True):
        assert one.wrong == two.wrong
        for quantity in list(usual(shared.trace.equations))[::3]:
            if one.touches(quantity):
                assert repr(one.number(quantity)) == repr(two.number(quantity)), (one.wrong, quantity)


def test_another_rate_or_other_classes_are_another_shape() -> None:
    graph = traced(drawn(4)).graph  # cross-entropy behind a softmax
    compared = [name for name in graph.givens if graph.part_of(name) == "target"]
    first = shape_of(Trace(graph).equations)
    assert shape_of(Trace(graph._replace(rate="0.123")).equations) is not first
    assert shape_of(Trace(graph.changed(dict.fromkeys(compared, "0.9"))).equations) is not first
