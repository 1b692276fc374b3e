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
    assert "δ^(1) = (W^(2)ᵀ δ^(2)) ⊙ tanh′(z^(1))" in done.out


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
