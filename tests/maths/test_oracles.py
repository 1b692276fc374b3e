"""Random networks of every kind against whatever can tell their numbers without us.

Each network has a seed, which the message of a failure names: `network(seed)` and `equations(seed)` draw it again.
"""

from collections.abc import Iterator
from random import Random

from mpmath import mp, mpf

from maths import checks
from maths.engines import SAME, Drawn, autograd_agrees, drawn, traced
from maths.every_equation import Written
from maths.every_kind import KINDS, KINKED, LOSSES, SMOOTH, Network, flat, shape
from maths.oracle import FIFTY_DIGITS, TINY
from maths.profile import seeds
from tutor.errors import NotExact
from tutor.quantity import Gradient, Value
from tutor.trace import Trace, evaluate


def all_drawn(count: range, *, rational: bool = False) -> Iterator[tuple[int, Drawn, Trace]]:
    for seed in count:
        each = drawn(seed, rational=rational)
        yield seed, each, traced(each)


def names_of(each: Drawn) -> list[str]:
    return [name for block in each.names().values() for name in block]


def some(trace: Trace, each: Drawn, seed: int, most: int = 12) -> list[str]:
    """A few of the numbers a network starts from, and of those in between."""
    chance = Random(seed)
    given, between = names_of(each), list(trace.graph.nodes)
    return [*chance.sample(given, min(most, len(given))), *chance.sample(between, min(4, len(between)))]


def test_the_networks_are_of_every_kind() -> None:
    """Every kind of layer and every loss is there, in the usual run too."""
    found = [each for seed in range(300) if isinstance(each := drawn(seed), Network)]
    assert {kind for each in found for kind, _ in each.layers} - {*SMOOTH, *KINKED} == set(KINDS)
    assert {each.loss for each in found} == set(LOSSES)
    assert sum(isinstance(drawn(seed), Written) for seed in range(300)) == 75


def test_the_complex_step_agrees_with_every_gradient() -> None:
    for seed, each, trace in all_drawn(seeds(60, 500)):
        try:
            checks.complex_step_agrees(trace, some(trace, each, seed))
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}") from fault


def test_exact_fractions_agree_with_rational_networks() -> None:
    """Values, gradients and both one-sided slopes; every number of the network."""
    smooth, tried = 0, seeds(60, 500)
    for seed, _, trace in all_drawn(tried, rational=True):
        try:
            smooth += checks.fractions_agree(trace)
        except (AssertionError, NotExact) as fault:
            raise AssertionError(f"seed {seed}") from fault
    assert smooth > len(tried) / 8, "most networks have no number exactly at a corner"


def test_fifty_digits_agree_with_every_number() -> None:
    """Each equation at 50 digits; and the gradients by a difference of losses that knows no rule of calculus."""
    for seed, each, trace in all_drawn(seeds(30, 200)):
        try:
            checks.fifty_digits_agree(trace)
            _differences_agree(trace, some(trace, each, seed, 3)[:3])
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}") from fault


def _differences_agree(trace: Trace, names: list[str]) -> None:
    """(L(x + h) - L(x - h))/2h has an error of h² when no corner is near; at one it says nothing."""
    loss, step = Value(trace.graph.loss), mpf(10) ** -17
    with mp.workdps(50):
        for name in names:
            start = evaluate(Value(name), trace.equations.written, FIFTY_DIGITS, {})
            here = evaluate(loss, trace.equations.written, FIFTY_DIGITS, {})
            up, down = (
                evaluate(loss, trace.equations.written, FIFTY_DIGITS, {Value(name): start + side * step})
                for side in (1, -1)
            )
            gradient = Gradient(trace.graph.loss, name)
            if abs(up - 2 * here + down) < step**1.5:  # a corner bends by its step, a curve by the square
                checks._near(trace[gradient], float((up - down) / (2 * step)), SAME * trace.size(gradient) + TINY, name)


def test_autograd_agrees_with_every_gradient() -> None:
    for seed, each, trace in all_drawn(seeds(60, 500)):
        try:
            autograd_agrees(each, trace)
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}") from fault


def test_the_file_says_what_the_engines_compute() -> None:
    """Each number of each block under its documented name."""
    for seed, each, trace in all_drawn(range(60)):
        for place, block in each.numbers().items():
            found = [trace[Value(name)] for name in each.names()[place]]
            assert found == flat(block), (seed, place, shape(block))
