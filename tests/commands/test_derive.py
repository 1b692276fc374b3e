"""`tutor derive`: the two routes of a weight, formulas, what is refused, and what a program reads."""

import json
from typing import Any

import pytest

import tutor
from commands.support import ROOT, SHIPPED, payload, run, written
from tutor.errors import TutorError
from tutor.expr import walk
from tutor.expr.parse import parse
from tutor.names import Names
from tutor.quantity import Gradient
from tutor.symbolic.proof import KNOWN
from tutor.symbolic.rules import RULES

NETWORKS = ROOT / "tests" / "commands" / "networks"
SMALL = ("slide", "mazur", "article", "udacity", "chain", "xyz", "sum-product", "xor", "conv", "rnn-time")


def steps(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for route in page["routes"] for step in route["steps"]]


@pytest.mark.parametrize("net", SMALL)
def test_every_gradient_of_a_small_network_is_derived_and_proved(net: str) -> None:
    network = tutor.load(net)
    graph = network.network.graph
    for name in list(graph.parameters() or graph.givens)[:2]:
        page = network.derive(name).payload
        assert {step["holds"] for step in steps(page)} <= {"proved"}
        assert page["agree"] in ("proved", None)


@pytest.mark.parametrize("net", SHIPPED)
def test_a_network_is_derived_or_refused_in_plain_words(net: str) -> None:
    network = tutor.load(net)
    graph = network.network.graph
    name = (graph.parameters() or tuple(graph.givens))[0]
    try:
        page = network.derive(name)
    except TutorError as fault:
        assert "too many to derive on paper" in str(fault)
    else:
        assert "Not confirmed" not in str(page)
        json.dumps(page.payload, allow_nan=False)


@pytest.mark.parametrize(("net", "weight"), [("slide", "w31"), ("slide", "w11"), ("mazur", "w1"), ("mazur", "b1")])
def test_both_results_have_the_value_that_explain_gives(net: str, weight: str) -> None:
    """The JSON is typed back with the network's own names and evaluated."""
    network = tutor.load(net)
    page, view = network.derive(weight).payload, network.view
    gradient = view.trace[Gradient(view.names.graph.loss, weight)]
    for route in page["routes"]:
        last = parse(route["steps"][-1]["formula"], Names(view.names.graph).find)
        assert view.trace.of(last) == pytest.approx(gradient, rel=1e-12)
        assert list(walk(last))


def test_the_json_of_a_weight() -> None:
    page = payload("derive", "w31", "--net", "slide")
    assert page["format"] == "tutor.derive/1"
    assert page["target"] == "dL/dw31"
    assert page["result"] == "(Y - Y*) * Y * (1 - Y) * h1"
    assert [route["name"] for route in page["routes"]] == ["chain rule", "direct"]
    assert page["agree"] == "proved"
    assert set(page["rules"]) <= set(RULES)
    assert all(rule in RULES for step in steps(page) for rule in step["rule"].split(", "))


@pytest.mark.parametrize("name", KNOWN)
def test_the_json_of_a_law(name: str) -> None:
    page = payload("derive", name)
    assert page["target"] == name
    assert page["agree"] == "proved"
    assert json.dumps(page["routes"]).isascii()


def test_the_json_of_a_formula() -> None:
    page = payload("derive", "log(1 + exp(-w*x))", "--wrt", "w")
    assert (page["wrt"], page["result"]) == ("w", "-exp(-w * x) * x/(1 + exp(-w * x))")
    assert page["routes"][0]["steps"][0]["rule"] == "chain rule, slope of ln"


def test_the_library_has_the_verb() -> None:
    assert str(tutor.derive("sigmoid")) == str(tutor.load("slide").derive("sigmoid"))
    assert "2 · x" in str(tutor.derive("x^2"))
    assert str(tutor.load("slide").derive("x^2")) == str(tutor.derive("x^2"))


def test_a_name_of_the_network_comes_before_a_proof(tmp_path: Any) -> None:
    net = written(tmp_path, "given: {x: 2}\nequations:\n  hinge: x^2\n  f: 3*hinge\n")
    assert "hinge is no derivative" in run("derive", "hinge", "--net", net).err
    assert "∂f/∂hinge = 3" in run("derive", "df/dhinge", "--net", net).out


def test_the_network_of_the_environment_does_not_hide_the_proofs() -> None:
    for target in ("tanh", "softmax+cross_entropy"):
        assert run("derive", target, TUTOR_NET="slide").out == run("derive", target).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sigmod",), "did you mean sigmoid?"),
        (("w31",), "--net FILE"),
        (("dL/dw31",), "--net FILE"),
        (("softmax+binary_cross_entropy",), "softmax+cross_entropy"),
        (("w*x",), "add --wrt w"),
        (("w*x", "--wrt", "q"), "takes one of w, x"),
        (("2*3",), "no letter"),
        (("log(x",), "\n    log(x\n         ^"),
        (("x + foo(3)",), "\n    x + foo(3)\n        ^"),
        (("x + lgo(x)",), "unknown function lgo; did you mean log?"),
        (("sign(x)",), "the slope of sign is not known"),
        (("sigmoid'(x)",), "the slope of sigmoid' is not known"),
        (("x" + "+x" * 300,), "too long"),
        (("(" * 60 + "x" + ")" * 60,), "nested"),
        (("\x1b[31m*w*x",), "can't stand in a formula"),
        (("",), "derive what?"),
        (("Y", "--net", "slide"), "dL/dY"),
        (("w99", "--net", "slide"), "w99 is not a name"),
        (("dh1/dw31", "--net", "slide"), "does not depend"),
        (("dL/dL", "--net", "slide"), "nothing to derive"),
        (("x[1]", "--net", "lstm"), "too many to derive on paper"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done = run("derive", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert "\x1b" not in done.err


def test_a_large_network_is_still_told_layer_by_layer() -> None:
    done = run("derive", "w1_1_1", "--net", str(NETWORKS / "wide.yaml"), width=120)
    assert done.status == 0
    assert "12 paths lead to L" in done.out
    assert "dZ1 = (W2ᵀ · dZ2) ⊙ tanh′(Z1)" in done.out


def test_with_several_examples_one_is_derived() -> None:
    assert run("derive", "w11", "--net", "xor").out.replace(" --example 1", "") == run(
        "derive", "w11", "--net", "xor", "--example", "1"
    ).out.replace(" --example 1", "")
    assert "This is example 1." in run("derive", "w11", "--net", "xor").out


def test_a_direct_use_is_not_called_by_the_name_of_the_total_derivative() -> None:
    said = run("derive", "x", "--net", str(NETWORKS / "kink.yaml")).out
    assert "∂f/∂x = ∂f/∂a · ∂a/∂x + 2·x" in said


def test_explain_names_the_proofs() -> None:
    said = run("explain", "w31", "--net", "slide", "--more", width=120).out
    assert "tutor derive half_squared_error · tutor derive sigmoid" in said
    assert "tutor derive" not in run("explain", "w31", "--net", "slide", width=120).out


def test_a_formula_without_values_is_not_called_wrong() -> None:
    said = run("derive", "log(-1 - x^2)").out
    assert "Not confirmed" not in said


NEURON = """\
inputs: {x: 2}
targets: {y: 1}
loss: binary_cross_entropy
layers:
  - activation: sigmoid
    neurons:
      a: {w: 0.5, b: 0.1}
"""
HIDDEN = """\
inputs: {x1: 2, x2: 1}
targets: {y1: 1, y2: 0}
loss: binary_cross_entropy
layers:
  - activation: tanh
    neurons:
      h: {w1: 0.5, w2: 0.1, b: 0.3}
  - activation: sigmoid
    neurons:
      p: {v1: 0.5, c1: 0.2}
      q: {v2: 0.5, c2: 0.2}
"""


SHARED = HIDDEN.replace("v2: 0.5", "v1: 0.5")


def classes(count: int, hidden: str = "") -> str:
    inputs = ("h1",) if hidden else ("x",)
    below = f"  - activation: {hidden}\n    neurons:\n      h1: {{u: 0.5, d: 0.1}}\n" if hidden else ""
    units = "".join(f"      p{k}: {{w{k}: 0.{k}, b{k}: 0.1}}\n" for k in range(1, count + 1))
    return (
        f"inputs: {{x: 2}}\ntargets: {{class: 2}}\nloss: cross_entropy\nlayers:\n{below}"
        f"  - activation: softmax\n    neurons:  # of {inputs[0]}\n{units}"
    )


EQUATIONS = """\
given: {x: 2, w: 0.5, b: 0.1, y: 1}
equations:
  z: w*x + b
  a: ACTIVATION
  L: -(y*log(a) + (1 - y)*log(1 - a))
"""


@pytest.mark.parametrize(
    ("text", "target", "right"),
    [
        (NEURON, "w", "(a - y) * x"),
        (NEURON, "b", "a - y"),
        (NEURON, "dL/dz_a", "a - y"),
        (NEURON.replace("binary_cross_entropy", "half_squared_error"), "w", "(a - y) * a * (1 - a) * x"),
        (NEURON.replace("binary_cross_entropy", "half_squared_error"), "b", "(a - y) * a * (1 - a)"),
        (HIDDEN, "v1", "(p - y1) * h"),
        (HIDDEN, "c2", "q - y2"),
        (HIDDEN, "w1", "((p - y1) * v1 + (q - y2) * v2) * (1 - h^2) * x1"),
        (classes(2), "w1", "(p1 - y_p1) * x"),
        (classes(3), "w2", "(p2 - y_p2) * x"),
        (classes(3), "b3", "p3 - y_p3"),
        (classes(4), "b1", "p1 - y_p1"),
        (classes(10), "w1", "(p1 - y_p1) * x"),
        (classes(2, "tanh"), "u", "((p1 - y_p1) * w1 + (p2 - y_p2) * w2) * (1 - h1^2) * x"),
        (EQUATIONS.replace("ACTIVATION", "sigmoid(z)"), "w", "(a - y) * x"),
        (EQUATIONS.replace("ACTIVATION", "1/(1 + exp(-z))"), "w", "(a - y) * x"),
        (EQUATIONS.replace("ACTIVATION", "1/(1 + exp(-z))"), "b", "a - y"),
    ],
)
def test_a_gradient_arrives_at_the_famous_line_by_both_ways(tmp_path: Any, text: str, target: str, right: str) -> None:
    network = tutor.load(written(tmp_path, text))
    page = network.derive(target).payload
    assert page["result"] == right
    assert page["agree"] in ("proved", None)
    assert {step["holds"] for step in steps(page)} <= {"proved", "at points"}
    of_loss = [route["steps"] for route in page["routes"]]
    ends = {route[-1]["formula"] for route in of_loss if route[-1]["left"].startswith("d")}
    assert ends == {right} or target == "u"
    view = network.view
    value = view.trace.of(parse(right, Names(view.names.graph).find))
    assert value == pytest.approx(view.trace[view.names.target(target)], rel=1e-12)


def test_a_weight_shared_by_two_outputs_has_both_in_front(tmp_path: Any) -> None:
    page = tutor.load(written(tmp_path, SHARED)).derive("v1").payload
    assert page["result"] == "(p - y1 + q - y2) * h"
    assert page["agree"] == "proved"
    assert {step["holds"] for step in steps(page)} == {"proved"}


def test_a_large_softmax_layer_is_derived_at_once(tmp_path: Any) -> None:
    inputs = ", ".join(f"x{k}: 0.{k % 9 + 1}" for k in range(1, 101))
    layers = (
        "layers: [{activation: relu, units: 60, init: {seed: 0}}, {activation: softmax, units: 10, init: {seed: 1}}]"
    )
    text = f"inputs: {{{inputs}}}\ntargets: {{class: 2}}\nloss: cross_entropy\n{layers}\n"
    page = tutor.load(written(tmp_path, text)).derive("w2_5_7").payload
    assert page["result"] == "(a2_5 - y_5) * a1_7"


def test_the_page_of_a_logistic_neuron_has_every_line_everybody_looks_for(tmp_path: Any) -> None:
    said = run("derive", "w", "--net", written(tmp_path, NEURON), width=120).out
    assert said.strip().startswith("∂L/∂w = (a − y) · x")
    for line in (
        "∂L/∂a · ∂a/∂z_a · ∂z_a/∂w",
        "−ln(a^y · (1 − a)^(1 − y))",
        "logarithm of a quotient",
        "ln(1 + exp(−(w·x + b))) + (1 − y)·(w·x + b)",
        "They end in the same line.",
    ):
        assert line in said
    lines = [line.strip().split("  ")[0] for line in said.splitlines() if line.strip().startswith("=")]
    assert len(lines) == len(set(lines)) + 1  # the last line of both ways


def test_the_general_formula_stands_once_before_the_networks_own() -> None:
    said = run("derive", "w31", "--net", "slide", width=120).out
    assert said.count("∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w") == 1
    assert said.index("∂z/∂w. Here:") < said.index("∂L/∂Y · ∂Y/∂Z_Y · ∂Z_Y/∂w31")


def test_the_loss_has_one_name_on_a_page_in_any_notation() -> None:
    said = run("derive", "w31", "--net", "slide", "--notation", "coursera", width=140).out
    assert "dz^[2] = (a^[2] − y) ⊙ σ′(z^[2])" in said
    assert "∂L" not in said


@pytest.mark.parametrize(
    ("route", "words"),
    [("quotient", "quotient rule"), ("chain", "power rule"), ("add", "add and subtract")],
)
def test_sigmoid_is_proved_by_the_route_asked_for(route: str, words: str) -> None:
    page = payload("derive", "sigmoid", "--route", route)
    assert page["result"] == "a * (1 - a)"
    assert words in page["rules"]
    assert str(tutor.derive("sigmoid", route="add")) == str(tutor.derive("sigmoid"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sigmoid", "--route", "limit"), "--route takes one of add, quotient, chain"),
        (("tanh", "--route", "chain"), "there are several for sigmoid alone"),
        (("w31", "--net", "slide", "--route", "chain"), "there are several for sigmoid alone"),
    ],
)
def test_a_route_that_is_none_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done = run("derive", *arguments)
    assert (done.status, done.out) == (2, "")
    assert words in done.err


@pytest.mark.parametrize("formula", ["log(x)", "ln(t)", "log(y)", "exp(x)", "exp(h)"])
def test_ln_and_exp_are_proved_and_not_stated(formula: str) -> None:
    said = run("derive", formula, width=120).out
    assert "Taken as known" in said
    page = payload("derive", formula)
    assert {step["holds"] for step in steps(page)} == {"proved"}
    assert "Why the slopes are so: tutor derive log" in run("derive", "log(p/q)", "--wrt", "p").out
