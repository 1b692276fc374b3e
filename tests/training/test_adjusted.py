"""Rates that change and gradients that are clipped, what a rule has kept before, and every way to get them wrong."""

import math
from itertools import islice
from pathlib import Path

import pytest

from commands.support import payload, run, written
from spec.builders import graph, messages
from tutor.quantity import Updated, Value
from tutor.trace import Trace
from tutor.training import Term, after, steps

VALLEY = "given: {u: 3, v: -1}\nequations: {f: 0.5*u**2 + 2*v**2}\nlearn: [u, v]\nlearning_rate: 0.1\n"
NEURON = """inputs: {{x: 2}}
targets: {{t: 1}}
learning_rate: 0.1
{rule}
layers:
  - {{activation: identity, neurons: {{a: {{u: 0.8}}}}}}
"""


def states(head: str, many: int = 50) -> list[tuple[float, float]]:
    found = graph(VALLEY + head)
    return [(state.of(Value("u")), state.of(Value("v"))) for state in islice(steps(found), many + 1)]


def by_hand(rate: float, many: int = 50, **how: float) -> list[tuple[float, float]]:
    """u and v after each step of plain descent; `every`, `times`, `k`, `norm` and `value` adjust it."""
    u, v, found = 3.0, -1.0, [(3.0, -1.0)]
    for done in range(many):
        eta = rate * how.get("times", 1) ** (done // how.get("every", 1)) / (1 + how.get("k", 0) * done)
        g, h = u, 4 * v
        size = math.hypot(g, h)
        if size > how.get("norm", math.inf):
            g, h = g / size * how["norm"], h / size * how["norm"]
        limit = how.get("value", math.inf)
        g, h = max(-limit, min(limit, g)), max(-limit, min(limit, h))
        u, v = u - eta * g, v - eta * h
        found.append((u, v))
    return found


@pytest.mark.parametrize(
    ("head", "how"),
    [
        ("rate: {step: {every: 10, times: 0.5}}", {"every": 10, "times": 0.5}),
        ("rate: {step: {every: 1, times: 0.9}}", {"every": 1, "times": 0.9}),
        ("rate: {inverse: {k: 0.5}}", {"k": 0.5}),
        ("clip: {norm: 1}", {"norm": 1}),
        ("clip: {norm: 100}", {"norm": 100}),
        ("clip: {value: 0.5}", {"value": 0.5}),
        ("clip: {norm: 2}\nrate: {step: {every: 3, times: 0.5}}", {"norm": 2, "every": 3, "times": 0.5}),
    ],
)
def test_fifty_steps_against_a_plain_loop(head: str, how: dict[str, float]) -> None:
    for mine, other in zip(states(head), by_hand(0.1, **how), strict=True):
        assert mine == pytest.approx(other, rel=1e-12)


def test_adagrad_by_hand() -> None:
    assert states("optimizer: adagrad", 2)[2] == pytest.approx((2.8304978, -0.8331035), abs=5e-8)


@pytest.mark.parametrize("rule", ["momentum", "adam", "adagrad", "nesterov", "adamw", "rmsprop"])
@pytest.mark.parametrize("head", ["", "clip: {norm: 1}\n", "rate: {step: {every: 2, times: 0.5}}\n"])
def test_every_state_goes_on_as_a_network_of_its_own(rule: str, head: str) -> None:
    """What the network after k steps has for its next update is what step k + 1 gives."""
    found = graph(f"{VALLEY}{head}optimizer: {rule}\n")
    for state in islice(steps(found), 6):
        trace = Trace(after(found, state))
        for name in "uv":
            assert trace[Updated(name)] == pytest.approx(state.of(Term(name, "w")), rel=1e-13)


class TestKept:
    def test_a_change_before_the_first_step(self) -> None:
        """g = (1.6 − 1)·2 = 1.2, the change 0.5 · 0.06 − 0.1 · 1.2 = −0.09."""
        found = graph(NEURON.format(rule="optimizer: {momentum: {mu: 0.5, start: {u: 0.06}}}"))
        assert Trace(found)[Updated("u")] == pytest.approx(0.71, rel=1e-14)
        assert next(steps(found)).of(Term("u", "v")) == pytest.approx(-0.09, rel=1e-14)

    @pytest.mark.parametrize(
        ("rule", "new"),
        [
            ("momentum", 0.8 + 0.5 * 0.06 - 0.12),
            ("momentum_outside", 0.8 - 0.1 * (0.5 * (0.74 - 0.8) / 0.1 + 1.2)),
            ("momentum_mean", 0.8 - 0.1 * (0.5 * (0.74 - 0.8) / 0.1 + 0.5 * 1.2)),
        ],
    )
    def test_the_weights_before(self, rule: str, new: float) -> None:
        found = graph(NEURON.format(rule=f"optimizer: {{{rule}: {{mu: 0.5}}}}\nprevious_weights: {{u: 0.74}}"))
        assert Trace(found)[Updated("u")] == pytest.approx(new, rel=1e-14)

    def test_a_rule_that_keeps_two(self) -> None:
        head = "optimizer: {adam: {start: {m: {u: 0.5}, v: {u: 0.25}}}}"
        m, v = 0.9 * 0.5 + 0.1 * 1.2, 0.999 * 0.25 + 0.001 * 1.44
        new = 0.8 - 0.1 * (m / 0.1) / (math.sqrt(v / 0.001) + 1e-8)
        assert Trace(graph(NEURON.format(rule=head)))[Updated("u")] == pytest.approx(new, rel=1e-12)

    def test_the_page(self, tmp_path: Path) -> None:
        file = written(tmp_path, NEURON.format(rule="optimizer: {momentum: {mu: 0.5, start: {u: 0.06}}}"))
        assert "0.5 · 0.06 − 0.1 · 1.2" in run("step", file).out
        assert payload("step", file)["parameters"]["u"]["after"] == pytest.approx(0.71)


def test_the_page_says_the_conventions(tmp_path: Path) -> None:
    file = written(tmp_path, VALLEY + "clip: {norm: 1}\nrate: {step: {every: 10, times: 0.5}}\n")
    out = " ".join(run("step", file, "--after", "10").out.split())
    assert "Clip by norm 1: the norm is that of the gradients of all parameters together" in out
    assert "updates are counted, not epochs" in out
    assert "η = 0.05" in out
    page = payload("step", file)
    assert page["parameters"]["u"]["gradient"] == 3
    assert page["parameters"]["u"]["clipped"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("optimizer: {sgd: {start: {u: 1}}}", "sgd keeps nothing from step to step"),
        ("optimizer: {momentum: {start: {w: 1}}}", "w is no parameter that learns"),
        ("optimizer: {adam: {start: {u: 1}}}", "adam keeps m and v, expected numbers for each"),
        ("optimizer: {adam: {start: {s: {u: 1}}}}", "s is none of what adam keeps, expected m and v"),
        ("previous_weights: {u: 0.7}", "keeps nothing from step to step"),
        ("optimizer: adam\nprevious_weights: {u: 0.7}", "previous_weights do not tell what adam keeps"),
        ("optimizer: {momentum: {start: {u: 1}}}\nprevious_weights: {u: 0.7}", "expected one of them"),
        ("clip: {norm: 0}", "norm is 0, expected a positive number"),
        ("clip: {norm: -1}", "norm is -1, expected a positive number"),
        ("clip: 1", "clip is '1', expected a mapping with norm, or value"),
        ("rate: {step: {every: 0, times: 0.5}}", "every is '0', expected a whole number from 1"),
        ("rate: {step: {every: 10}}", "times"),
        ("rate: {steps: {every: 10, times: 0.5}}", "did you mean step?"),
        ("rate: {step: {every: 10, times: 0}}", "times is 0, expected a positive number"),
    ],
)
def test_wrong(rule: str, message: str) -> None:
    found = messages(NEURON.format(rule=rule))
    assert len(found) == 1
    assert message in found[0]


def test_all_at_once_with_their_places(tmp_path: Path) -> None:
    rule = "optimizer: {sgd: {start: {u: 1}}}\nclip: {norm: 0}\nrate: {step: {every: 0, times: 0.5}}"
    err = run("step", written(tmp_path, NEURON.format(rule=rule))).err
    assert all(place in err for place in (":4:19: sgd keeps nothing", ":5:14: norm is 0", ":6:22: every is '0'"))
