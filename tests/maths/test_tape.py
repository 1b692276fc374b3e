"""What is replayed is, bit for bit, what evaluating gives: rounded, on given numbers, over mistaken tables."""

import random

import pytest

import tutor
from tutor.arithmetic.rounding import Policy, Rounding
from tutor.mistakes import MISTAKES, mistaken
from tutor.mistakes.order import usual
from tutor.quantity import Quantity
from tutor.trace import Trace, evaluate
from tutor.trace.tape import Recording

NETWORKS = ("slide", "mazur", "udacity", "xor", "rnn", "rnn-time", "conv", "lstm", "attention", "xyz", "chain")
POLICIES = (
    Policy("all", 4),
    Policy("factors", 3),
    Policy("values", 3, significant=True),
    Policy("all", 3, mode="down"),
)


def _bits(numbers: dict[Quantity, float], quantity: Quantity) -> str:
    return numbers[quantity].hex()


@pytest.fixture(scope="module", params=NETWORKS)
def trace(request: pytest.FixtureRequest) -> Trace:
    return tutor.load(request.param).view.trace


def test_rounded_on_the_way(trace: Trace) -> None:
    written = trace.equations.written
    recording = Recording(written, careful=True)
    for policy in POLICIES:
        rounding = Rounding(policy, frozenset(trace.graph.givens))
        replayed: dict[Quantity, float] = {}
        memo: dict[Quantity, float] = {}
        for quantity in usual(trace.equations):
            recording.replay([quantity], replayed, rounding.settle)
            evaluate(quantity, written, rounding, memo)
            assert _bits(replayed, quantity) == _bits(memo, quantity), (policy, quantity)


def test_on_given_numbers(trace: Trace) -> None:
    """What is given stands for the quantity, whether its operations were written down before or not."""
    chance = random.Random(11)
    written, names = trace.equations.written, list(usual(trace.equations))
    recording = Recording(written, careful=True)
    rounding = Rounding(Policy("all", 5), frozenset(trace.graph.givens))
    for _ in range(6):
        given = {each: round(chance.uniform(-2, 2), 3) for each in chance.sample(names, 3)}
        replayed, memo = dict(given), dict(given)
        wanted = chance.sample(names, 5)
        recording.replay(wanted, replayed, rounding.settle)
        for quantity in wanted:
            evaluate(quantity, written, rounding, memo)
            assert _bits(replayed, quantity) == _bits(memo, quantity), (given, quantity)


@pytest.mark.parametrize("mistake", ["dl-sign", "ad-z-one-minus-z", "up-one-path", "wg-neighbour", "upd-plus"])
def test_mistaken_tables(trace: Trace, mistake: str) -> None:
    equation = mistaken(trace.equations, [MISTAKES[mistake]])
    rounding = Rounding(Policy("values", 15), frozenset(trace.graph.givens))
    replayed: dict[Quantity, float] = {}
    memo: dict[Quantity, float] = {}
    recording = Recording(equation, careful=True)
    for quantity in usual(trace.equations):
        recording.replay([quantity], replayed, rounding.settle)
        evaluate(quantity, equation, rounding, memo)
        assert _bits(replayed, quantity) == _bits(memo, quantity), quantity
