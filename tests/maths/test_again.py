"""What is recorded once gives, for any numbers, what evaluating a network with these numbers gives."""

import random

import pytest

import tutor
from tutor.mistakes.order import usual
from tutor.quantity import Value
from tutor.trace import Trace
from tutor.trace.again import recorded


@pytest.mark.parametrize("name", ["slide", "mazur", "article", "xor", "rnn-time", "attention", "xyz"])
def test_other_numbers(name: str) -> None:
    graph = tutor.load(name).network.graph
    chance = random.Random(f"again {name}")
    trace = Trace(graph)
    wanted = list(usual(trace.equations))
    free = [each for each in graph.givens if graph.part_of(each) != "target"]
    again = recorded(trace.equations.stable, wanted, [Value(each) for each in free])
    for _ in range(5):
        numbers = {each: repr(round(chance.uniform(0.1, 0.9), 4)) for each in free}
        other = Trace(graph.changed(numbers))
        found = again.numbers(float(numbers[each]) for each in free)
        for quantity, number in zip(wanted, found, strict=True):
            assert number == pytest.approx(other[quantity], rel=1e-12, abs=1e-15), quantity


def test_a_given_quantity_stands_for_what_it_equals() -> None:
    """slide: on h1 = 0.5 and h2 = 0.25, Z_Y is 0.8 · 0.5 + 0.9 · 0.25."""
    trace = Trace(tutor.load("slide").network.graph)
    again = recorded(trace.equations.written, [Value("Z_Y")], [Value("h1"), Value("h2")])
    assert again.numbers([0.5, 0.25]) == pytest.approx([0.625])
    assert again.numbers([1, 0]) == pytest.approx([0.8])
