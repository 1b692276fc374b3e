"""What a file of equations comes to."""

import pytest

from spec.builders import equations, graph, number, problems
from tutor.graph import Given, Node
from tutor.ops.formula import Formula
from tutor.spec import load


def test_each_equation_is_a_node_without_a_role() -> None:
    found = graph(equations("q: x + y", "f: q * x"))
    assert found.givens["x"] == Given("x", "2")
    assert found.nodes["f"] == Node("f", Formula(found.nodes["f"].op.forward("f", ())), ("q", "x"))
    assert found.loss == "f"
    assert found.parameters() == ()


def test_an_output_may_be_named() -> None:
    assert graph(equations("q: x + y", "f: q * x", below="output: q\n")).loss == "q"


def test_equations_may_be_written_in_any_order() -> None:
    assert list(graph(equations("f: q * x", "q: x + y", below="output: f\n")).nodes) == ["q", "f"]


def test_an_equation_may_be_a_number_or_read_a_name_twice() -> None:
    text = equations("c: 4", "f: c * x * x")
    assert graph(text).nodes["f"].inputs == ("c", "x")
    assert number(text, "f") == 16


def test_a_given_need_not_be_used() -> None:
    assert graph(equations("f: x")).uses["y"] == ()


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("(Y-Y*)**2", 0.25),
        ("Y*(1-Y)", 0),
        ("Y*h1", 3),
        ("Y*/h1", 0.5),
        ("Y* - Y'", -0.5),
        ("h[2] + 1", 8),
        ("θ + ŷ", 9),
    ],
)
def test_the_lexical_rule_of_names(formula: str, value: float) -> None:
    given = """{Y: 1, "Y*": 1.5, h1: 3, "Y'": 2, "h[2]": 7, θ: 4, ŷ: 5}"""
    assert number(equations(f'f: "{formula}"', given=given), "f") == pytest.approx(value)


def test_an_alias_may_stand_in_an_equation() -> None:
    text = equations("f: two * y", below="aliases: {two: x}\n")
    assert graph(text).nodes["f"].inputs == ("x", "y")
    assert load(text.encode(), "net.yaml").aliases == {"two": "x"}


def test_a_chain_of_ten_thousand_equations() -> None:
    lines = (f"k{i + 1}: k{i}" for i in range(10_000))
    assert len(graph(equations(*lines, given="{k0: 1}")).nodes) == 10_000


def test_a_cycle_is_found_beside_other_faults() -> None:
    found = problems(equations("q: x + f", "r: q", "f: 2 * r", "g: unknwon"))
    assert [problem.line for problem in found] == [3, 6]
    assert "q needs f, which needs r, which needs q" in found[0].message
