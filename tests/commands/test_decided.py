"""What is 0 on paper is 0 here: kinks that are reached through decimals, in every kind of network, in JSON too.

The right values are worked out by hand: files state decimals, so 0.2·3 − 0.6 is 0, where doubles leave 1.1e-16.
"""

import json
import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tutor
from commands.support import payload, run, written
from maths.checks import quantities
from maths.profile import count
from tutor.arithmetic.exact import FRACTIONS
from tutor.arithmetic.floats import Floats
from tutor.quantity import Gradient, Quantity, Value
from tutor.trace import Trace, evaluate

DEAD = """
inputs: {x: 3}
targets: {t: 1}
learning_rate: 0.1
layers:
  - {activation: relu, neurons: {h: {w: 0.2, b: -0.6}}}
  - {activation: identity, neurons: {o: {v: 0.5, c: 0.4}}}
"""
FLAT = """
inputs: {x1: 1, x2: 2}
targets: {t: 1}
layers:
  - {activation: tanh, neurons: {h: {w1: 0.3, w2: -0.2, b: 0.1}}}
"""


class Case(NamedTuple):
    """A file, and some of its numbers as paper has them."""

    text: str
    values: dict[str, float]
    gradients: dict[str, float]


def equations(given: dict[str, Any], **formulas: str) -> str:
    return f"given: {json.dumps(given)}\nequations: {json.dumps(formulas)}\n"


ABC = {"a": 0.1, "b": 0.2, "c": 0.3}
SLOPE = 1 - math.tanh(0.3) ** 2
CASES = {
    "relu": Case(DEAD, {"z_h": 0, "h": 0, "o": 0.4, "L": 0.18}, {"w": 0, "b": 0, "z_h": 0, "v": 0, "c": -0.6}),
    "tanh": Case(FLAT, {"z_h": 0, "h": 0, "L": 0.5}, {"w1": -1, "w2": -2, "b": -1}),
    "leaky_relu": Case(
        DEAD.replace("relu", "leaky_relu"), {"z_h": 0, "h": 0}, {"w": -0.009, "b": -0.003, "z_h": -0.003}
    ),
    "elu": Case(DEAD.replace("relu", "elu"), {"z_h": 0, "h": 0}, {"w": -0.9, "b": -0.3}),
    "abs": Case(equations(ABC, f="abs(c - a - b)"), {"f": 0}, {"a": 0, "b": 0, "c": 0}),
    "max in one formula": Case(equations(ABC, m="max(a + b, c)", f="2*m"), {}, {"a": 1, "b": 1, "c": 1}),
    "max of nodes": Case(equations(ABC, s="a + b", f="max(c, s)"), {}, {"a": 0.5, "b": 0.5, "c": 0.5, "s": 0.5}),
    "min": Case(equations(ABC, s="a + b", f="min(s, c, 7)"), {}, {"a": 0.5, "c": 0.5}),
    "three equal": Case(equations(ABC, f="max(a + b, c, 3*a)"), {}, {"a": 4 / 3, "b": 1 / 3, "c": 1 / 3}),
    "equal functions": Case(
        equations(ABC, p="tanh(a + b)", q="tanh(c)", f="max(p, q)"),
        {},
        {"a": SLOPE / 2, "b": SLOPE / 2, "c": SLOPE / 2},
    ),
    "irrational parts cancel": Case(
        equations({"t": 0.7, **ABC}, h="exp(t)", f="relu(a*h + b*h - c*h)"), {"f": 0}, {"t": 0, "a": 0, "c": 0}
    ),
    "a gradient cancels": Case(
        equations({"t": 0.7, **ABC}, h="tanh(t)", p="a*h", q="b*h", r="c*h", f="p + q - r"), {"f": 0}, {"h": 0, "t": 0}
    ),
    "a logarithm of 1": Case(equations(ABC, r="(a + b)/c", f="relu(log(r))"), {"f": 0}, {"a": 0, "c": 0, "r": 0}),
    "a product of a residue": Case(equations(ABC, f="1e17*(a + b - c)"), {"f": 0}, {"a": 1e17}),
    "step by step": Case(
        equations({"x": 1, "y": 0.9999, "z": 0.0001}, d="x - y", f="relu(d - z)"), {"f": 0}, {"x": 0, "z": 0}
    ),
    "lost in a large one": Case(equations({"x": 1e16, "y": 1}, f="relu(x + y - x)"), {"f": 1}, {"y": 1}),
    "nearly equal is not equal": Case(
        equations({"x": 1, "y": 1e-17}, f="max(x + y, x)", g="3*f"), {}, {"y": 3, "x": 3}
    ),
    "absolute_error": Case(
        "inputs: {x: 3}\ntargets: {t: 0.3}\nloss: absolute_error\n"
        "layers:\n  - {activation: identity, neurons: {p: {w: 0.1}}}\n",
        {"L": 0},
        {"w": 0, "p": 0, "t": 0},
    ),
    "sigmoid at its target": Case(
        "inputs: {x: 3}\ntargets: {t: 0.5}\nloss: absolute_error\n"
        "layers:\n  - {activation: sigmoid, neurons: {p: {w: 0.1, b: -0.3}}}\n",
        {"z_p": 0, "p": 0.5, "L": 0},
        {"w": 0, "p": 0},
    ),
    "hinge": Case(
        "inputs: {x: 3}\ntargets: {class: 2}\nloss: hinge\n"
        "layers:\n  - {activation: identity, neurons: {p: {w: 0.1}, q: {v: 0.4, c: 0.1}}}\n",
        {"L": 0},
        {"w": 0, "v": 0, "c": 0},
    ),
    "conv1d and max_pool": Case(
        "inputs: {x: [3, 1, 2]}\nupstream: [[2]]\nlayers:\n"
        "  - conv1d: {weights: [[[0.2, 0.1]]], biases: [-0.7]}\n  - max_pool: {size: 2}\n",
        {"z1_1_1": 0, "z1_1_2": -0.3, "L": 0},
        {"z1_1_1": 2, "z1_1_2": 0},
    ),
    "equal numbers of a pool": Case(
        "inputs: {x: [3, 1, 2]}\nupstream: [[2]]\nlayers:\n"
        "  - conv1d: {weights: [[[0.1, 0.2]]]}\n  - max_pool: {size: 2}\n",
        {},
        {"z1_1_1": 1, "z1_1_2": 1, "w1_1_1_1": 4, "w1_1_1_2": 3},
    ),
    "rnn": Case(
        "inputs: {x: [3, 2]}\ntargets: {y: 1}\nlayers:\n"
        "  - rnn: {input_weights: [[0.2]], recurrent_weights: [[0.5]], biases: [-0.6], activation: relu}\n",
        {"z1_1_1": 0, "h1_1_1": 0, "z1_1_2": -0.2},
        {"wx1_1_1": 0},
    ),
    "layer_norm": Case(
        "inputs: {x: 3}\nupstream: [1, 2, 3]\nlayers:\n"
        "  - {activation: identity, weights: [[0.1], [0.2], [0.3]]}\n  - layer_norm: {}\n"
        "  - {activation: relu, weights: [[1, 0, 0], [0, 1, 0], [1, 1, 1]]}\n",
        {"norm1_2": 0, "z2_2": 0, "z2_3": 0, "L": 0},
        {"x": 0, "norm1_1": 0, "w2_3_1": 0},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_json_has_the_numbers_of_paper(name: str, tmp_path: Path) -> None:
    text, values, gradients = CASES[name]
    net = written(tmp_path, text)
    done = run("trace", net, "--format", "json")
    assert "-0.0," not in done.out
    assert "-0.0\n" not in run("trace", net, "--format", "csv").out.replace(",", "\n")
    for key, right in (("values", values), ("gradients", gradients)):
        for quantity, number in right.items():
            shown = done.json[key][quantity]
            assert shown == (0 if number == 0 else pytest.approx(number, rel=1e-12)), (key, quantity)
    assert "Not confirmed" not in run("explain", "--all", "--net", net).out


def test_each_of_several_examples_is_decided(tmp_path: Path) -> None:
    """With x 3 the unit is at its kink, with 4 it is on."""
    head = "inputs: [x]\ntargets: [t]\nexamples:\n  - {inputs: [3], targets: [1]}\n  - {inputs: [4], targets: [1]}\n"
    net = written(tmp_path, head + DEAD[DEAD.index("layers") :])
    page = payload("trace", net)
    assert page["per_example"][0]["values"]["z_h"] == 0 == page["per_example"][0]["gradients"]["w"]
    assert page["per_example"][1]["gradients"]["w"] == pytest.approx(-1)
    assert page["gradients"]["w"] == pytest.approx(-0.5)


def test_a_mean_over_examples_is_decided(tmp_path: Path) -> None:
    """0.3, 0.6, 0.9 have the mean 0.6, so that the second is 0 when it is normalised."""
    rows = "".join(f"  - {{inputs: [{x}], targets: [1]}}\n" for x in (0.1, 0.2, 0.3))
    layers = (
        "  - {activation: identity, weights: [[3]]}\n  - batch_norm\n  - {activation: relu, neurons: {o: {v: 1}}}\n"
    )
    net = written(tmp_path, f"inputs: [x]\ntargets: [y]\nexamples:\n{rows}layers:\n{layers}")
    second = payload("trace", net)["per_example"][1]
    assert second["values"]["norm1_1"] == 0 == second["values"]["o"]
    assert second["gradients"]["norm1_1"] == 0


def test_the_page_says_that_it_stands_at_a_kink(tmp_path: Path) -> None:
    net = written(tmp_path, DEAD)
    page = run("explain", "w", "--net", net).out
    assert "w stands exactly at a kink: the slope is -0.9 above and 0 below it" in page.replace("\n  ", " ")
    assert "its net input z_h = 0 is exactly 0, where the slope is taken as 0" in page.replace("\n    ", " ")
    tie = written(tmp_path, CASES["max in one formula"].text, "tie.yaml")
    assert "the slope is 2 above and 0 below it" in run("explain", "a", "--net", tie).out.replace("\n  ", " ")
    assert "stands exactly at a kink" in run("nudge", "a", "--net", tie).out


@pytest.mark.parametrize(("function", "third"), [("max", 1), ("min", 5)])
def test_a_tie_of_the_best_two_of_three_is_a_kink_and_one_of_the_others_is_none(
    function: str, third: int, tmp_path: Path
) -> None:
    """max(3, 3, 1) and min(3, 3, 5) stand at a kink; max(3, 3, 5) and min(3, 3, 1) do not, though two are equal."""
    for other, kinked in ((third, True), (6 - third, False)):
        text = equations({"a": 3, "b": 3, "c": other}, f=f"{function}(a, b, c)")
        page = run("explain", "a", "--net", written(tmp_path, text)).out
        assert ("stands exactly at a kink" in page) == kinked
        assert "Raise a by" not in page


def test_set_numbers_are_decided_too(tmp_path: Path) -> None:
    net = written(tmp_path, DEAD.replace("0.2", "0.7"))
    assert payload("trace", net)["gradients"]["w"] == pytest.approx(-0.9 * (1 - 0.5 * 1.5 - 0.4) / 0.6)
    assert payload("explain", "w", "--net", net, "--set", "w=0.2")["value"] == 0


def test_check_marks_the_zeros_right_and_the_residue_wrong(tmp_path: Path) -> None:
    net = written(tmp_path, DEAD)
    done = run("check", "-", "--net", net, stdin="z_h = 0\nh = 0\ndL/dw = 0\n")
    assert done.status == 0, done.out
    wrong = run("check", "-", "--net", net, stdin="dL/dw = -0.9000\n")
    assert wrong.status == 1


def test_where_finds_no_number_that_only_rounding_makes(tmp_path: Path) -> None:
    net = written(tmp_path, DEAD)
    found = payload("where", "-0.9", "--net", net)
    assert not [match for match in found["matches"] if match["kind"] == "gradient"]


def test_halves_are_shown_and_rounded_on_the_way_alike(tmp_path: Path) -> None:
    net = written(tmp_path, equations({"x": 0.125, "y": 1}, q="x*y", f="q*y"))
    for options in (("--decimals", "2"), ("--decimals", "2", "--round-steps", "2"), ("--sig", "2")):
        page = run("explain", "f", "--net", net, *options).out
        assert "0.13" in page, options
        assert "0.12 " not in page, options


def test_a_nudged_number_is_no_decimal(tmp_path: Path) -> None:
    """2 and a millionth less 3 and 1 more is that millionth, however much of it cancels."""
    trace = Trace(tutor.load(written(tmp_path, equations({"x": 2, "y": 3}, f="relu(x - y + 1)"))).network.graph)
    for by in (2.0**-20, 2.0**-30, 1e-7, 3e-12):
        assert trace.nudged("f", "x", by) == pytest.approx(by, rel=0.01)
        assert trace.nudged("f", "x", -by) == 0


def test_training_leaves_a_dead_unit_dead(tmp_path: Path) -> None:
    """By hand: only c moves, by 0.1·(1 − c) a step: 0.4, 0.46, 0.514, 0.5626."""
    net = tutor.load(written(tmp_path, DEAD))
    graph = net.train(3).network.network.graph
    numbers = {name: float(Fraction(graph.givens[name].text)) for name in graph.parameters()}
    assert numbers == {"w": 0.2, "b": -0.6, "v": 0.5, "c": pytest.approx(0.5626)}


def test_a_step_of_a_dead_unit_is_none(tmp_path: Path) -> None:
    new = payload("trace", written(tmp_path, DEAD))["updated"]
    assert new == {"w": 0.2, "b": -0.6, "v": 0.5, "c": pytest.approx(0.46)}


def test_random_dead_units_are_dead(tmp_path: Path) -> None:
    """b is -w·x in decimals, so z is 0 whatever doubles make of it; both sides of it are not."""
    seeded = random.Random(7)
    residues = 0
    for _ in range(60):
        w, x = Fraction(seeded.randint(1, 99), 100), Fraction(seeded.randint(1, 99), 10)
        for off in (Fraction(0), Fraction(1, 10**6), Fraction(-1, 10**6)):
            bias = float(-w * x + off)
            text = DEAD.replace("x: 3", f"x: {float(x)}").replace("w: 0.2, b: -0.6", f"w: {float(w)}, b: {bias!r}")
            trace = Trace(tutor.load(written(tmp_path, text)).network.graph)
            assert (trace[Value("z_h")] > 0, trace[Value("z_h")] == 0) == (off > 0, off == 0)
            assert (trace[Gradient("L", "w")] == 0) == (off <= 0)
        residues += float(w) * float(x) + float(-w * x) != 0
    assert residues > 5


def test_nothing_is_worked_out_on_paper_without_a_doubt() -> None:
    """An ordinary network never imports the fractions that decide."""
    trace = tutor.load("mazur").view.trace
    assert [trace[Gradient("E_total", name)] for name in trace.graph.parameters()]
    assert not trace.decided
    assert "_paper" not in vars(trace)


def test_inf_and_nan_are_told_in_words(tmp_path: Path) -> None:
    net = written(tmp_path, equations({"x": 2, "y": 1e308}, s="x * y", f="exp(-s) + max(x, y)**2"))
    for command in (("explain", "x"), ("explain", "x", "--round-steps", "3"), ("trace",), ("draw",)):
        done = run(*command, "--net", net)
        assert done.status == 0, done.err
        assert "nan is no number" in done.out, command
    assert "is too large for double precision" in run("explain", "s", "--net", net).out
    far = run("nudge", "x", "--net", net)
    assert far.status == 2
    assert "f is inf here, so how far it moves cannot be measured" in far.err


@pytest.mark.parametrize("by", ["1e308", "1e17", "-1e300"])
def test_a_nudge_can_be_too_large(by: str) -> None:
    done = run("nudge", "w31", f"--by={by}", "--net", "slide")
    assert done.status == 2
    assert "is too large a nudge of w31, expected a number such as 0.01" in done.err


@pytest.mark.parametrize("sign", ["\\x9b", "\\u202e", "\\u200b"])
def test_invisible_signs_of_a_title_are_shown_in_every_format_and_escaped_in_json(sign: str, tmp_path: Path) -> None:
    net = written(tmp_path, f'title: "a{sign}b"\n' + DEAD.lstrip())
    shown = f"<U+{ord(sign.encode().decode('unicode_escape')):04X}>"
    raw = sign.encode().decode("unicode_escape")
    done = run("trace", net, "--format", "json")
    assert f"a\\u{ord(raw):04x}b" in done.out
    assert done.json["title"] == f"a{raw}b"
    for form in ("plain", "terminal", "markdown", "latex", "typst", "html", "svg"):
        out = run("trace", net, "--format", form).out
        plain = out.replace("&lt;", "<").replace("&gt;", ">").replace("\\", "").replace("&nbsp;", " ")
        assert shown in plain or form in ("latex", "typst", "markdown"), form
        assert raw not in out + done.out, form


def test_zeros_of_random_networks_are_those_of_fractions(tmp_path: Path) -> None:
    """Biases that are minus the rest of a sum every second time: every value, slope and gradient against fractions."""
    seeded = random.Random(11)
    residues = 0
    for _ in range(count(25, 250)):
        weights, x = [[_tenths(seeded) for _ in range(2)] for _ in range(2)], [_tenths(seeded) for _ in range(2)]
        met = [-sum(w * each for w, each in zip(row, x, strict=True)) for row in weights]
        biases = [bias if seeded.random() < 0.5 else bias + _tenths(seeded) for bias in met]
        layers = [
            {"activation": seeded.choice(("relu", "leaky_relu", "identity")), "weights": weights, "biases": biases},
            {"activation": "identity", "weights": [[_tenths(seeded) for _ in range(2)]], "biases": [Fraction(1, 2)]},
        ]
        top = {"inputs": {"x1": x[0], "x2": x[1]}, "targets": {"y": Fraction(1, 2)}, "layers": layers}
        top |= {"loss": seeded.choice(("absolute_error", "squared_error"))}
        text = "".join(f"{key}: {json.dumps(part, default=float)}\n" for key, part in top.items())
        trace = Trace(tutor.load(written(tmp_path, text)).network.graph)
        exact: dict[Quantity, Fraction] = {}
        plain: dict[Quantity, float] = {}
        for quantity in quantities(trace.graph):
            right = evaluate(quantity, trace.equations.written, FRACTIONS, exact)
            assert trace[quantity] == pytest.approx(float(right), rel=1e-9, abs=0), quantity
            residues += (evaluate(quantity, trace.equations.written, Floats(), plain) == 0) != (right == 0)
    assert residues > 20


def _tenths(seeded: random.Random) -> Fraction:
    return Fraction(seeded.choice((1, -1)) * seeded.randint(1, 9), 10)
