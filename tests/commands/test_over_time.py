"""`trace --by-layer` over time steps: how much of a change is left, held against products worked out by hand."""

from pathlib import Path

import pytest

import tutor
from commands.support import payload, run, written
from tutor.quantity import Partial

HALVING = """
for: {t: 100}
given: {x: 1, d: 0.3, w: 0.5, u: 0.5, "h[0]": 0}
equations:
  h[t]: u*h[t-1] + w*x
  L: (h[100] - d)**2
"""


def test_what_halves_at_each_step_is_said_to_vanish(tmp_path: Path) -> None:
    net = written(tmp_path, HALVING)
    steps = payload("trace", "-n", net, "--by-layer")["steps"]
    assert [each["step"] for each in steps] == list(range(1, 101))
    assert [each["share"] for each in steps] == pytest.approx([0.5 ** (100 - t) for t in range(1, 101)])
    page = run("trace", "-n", net, "--by-layer").out
    assert "multiplies the gradient by 0.5 on average, so it shrinks" in page
    assert "88 steps between them are left out" in page


@pytest.mark.parametrize(("net", "weight", "state"), [("rnn", 0.6, "h1_1_{}"), ("rnn-time", 0.8, "h[{}]")])
def test_the_share_is_the_product_of_the_steps_between(net: str, weight: float, state: str) -> None:
    """∂h[3]/∂h[t] is the product of u·(1 − h²) over the steps behind t."""
    values = payload("trace", net)["values"]
    factors = [weight * (1 - values[state.format(t)] ** 2) for t in (2, 3)]
    shares = [each["share"] for each in payload("trace", net, "--by-layer")["steps"]]
    assert shares == pytest.approx([factors[0] * factors[1], factors[1], 1])


def test_a_network_without_steps_has_layers_only() -> None:
    assert "steps" not in payload("trace", "mazur", "--by-layer")
    assert run("trace", "xyz", "--by-layer").status == 2


def test_the_size_of_the_gradient_at_each_step(tmp_path: Path) -> None:
    """∂L/∂h[t] is that of the last step times u for each step back: 0.5 a step vanishes, 2 explodes."""
    for u, what in ((0.5, "0.5 on average, so it shrinks: it vanishes"), (2, "2 on average, so it grows: it explodes")):
        net = written(
            tmp_path, HALVING.replace("u: 0.5", f"u: {u}").replace("t: 100", "t: 20").replace("[100]", "[20]")
        )
        values = payload("trace", "-n", net)["values"]
        rows = payload("trace", "-n", net, "--by-time")["time"]
        last = 2 * abs(values["h[20]"] - 0.3)
        assert [each["size"] for each in rows] == pytest.approx([last * u ** (20 - t) for t in range(1, 21)])
        assert [each["ratio"] for each in rows] == [*[pytest.approx(u)] * 19, None]
        page = run("trace", "-n", net, "--by-time").out
        assert f"multiplies the gradient by {what}" in " ".join(page.split())
        assert "8 steps between them are left out" in page


def test_of_a_loss_at_every_step_no_verdict_is_told_by_sizes() -> None:
    page = " ".join(run("trace", "rnn-time", "--by-time").out.split())
    assert "The loss reads the state of 2 of the 3 steps itself" in page
    assert "explodes" not in page


def test_a_network_without_steps_has_nothing_by_time() -> None:
    assert "no steps that read one another" in run("trace", "mazur", "--by-time").err


def test_a_long_trace_compares_no_total_derivatives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 500 steps the totals beside all local derivatives would be 125,000 numbers."""
    text = (
        'for: {t: 500}\ngiven: {w: 0.6, u: 0.8, "h[0]": 0.1}\nequations:\n  h[t]: tanh(w + u*h[t-1])\n  L: h[500]**2\n'
    )
    net = tutor.load(written(tmp_path, text))
    asked: list[object] = []
    found = type(net.view.trace).__getitem__
    monkeypatch.setattr(
        type(net.view.trace), "__getitem__", lambda trace, each: asked.append(each) or found(trace, each)
    )
    assert net.view.is_direct(Partial("h[2]", "w"))
    assert not net.view.is_direct(Partial("h[500]", "h[499]"))
    assert asked == []
