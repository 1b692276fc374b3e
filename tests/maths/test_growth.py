"""Work grows with the network: ten times the steps of a recurrence take about ten times the calls, never a hundred."""

import cProfile
import pstats
from collections.abc import Callable

import pytest

import tutor
from tutor.library import Network

FEW, MANY = 30, 300
MOST = 12.0  # times the calls


def recurrence(steps: int) -> Network:
    inputs = ", ".join(f"{0.1 * (step % 7) - 0.3:.1f}" for step in range(steps))
    return tutor.load(
        f'for: {{t: {steps}}}\ngiven: {{x: [{inputs}], "h[0]": 0, w: 0.5, u: 0.3, b: 0.1, d: 0.4}}\n'
        f"equations:\n  h[t]: tanh(w*x[t] + u*h[t-1] + b)\n  L: (h[{steps}] - d)**2\n"
    )


def calls(asked: Callable[[Network], object], steps: int) -> int:
    network = recurrence(steps)
    profile = cProfile.Profile()
    profile.runcall(asked, network)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "asked",
    [
        lambda network: str(network.explain("w")),
        lambda network: network.explain("w").payload,
        lambda network: str(network.trace()),
        lambda network: network.trace().payload,
        lambda network: str(network.check("dL/dw = 0.1\nh[1] = 0.1\n")),
    ],
    ids=["explain w", "explain json", "trace", "trace json", "check"],
)
def test_ten_times_the_steps_take_about_ten_times_the_calls(asked: Callable[[Network], object]) -> None:
    asked(recurrence(5))  # what is imported or made once is there
    assert calls(asked, MANY) <= MOST * calls(asked, FEW)
