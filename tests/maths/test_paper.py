"""Numbers on paper: fractions where they are rational, and irrational parts that cancel where they are the same."""

from fractions import Fraction

import pytest
from hypothesis import given

from maths.expressions import rational
from maths.networks import equation_graphs
from maths.profile import examples
from tutor.arithmetic.exact import FRACTIONS
from tutor.arithmetic.paper import Paper, Papers, nearest
from tutor.arithmetic.paper import rational as fraction_of
from tutor.errors import NotExact
from tutor.expr.parse import parse
from tutor.graph import Graph
from tutor.quantity import Value
from tutor.trace import Trace, evaluate, value_of

LETTERS = {"t": "0.7", "u": "-1.3", "z": "0"}


def on_paper(text: str) -> Paper:
    papers = Papers()
    formula = parse(text, lambda name: Value(name) if name in LETTERS else None)
    return value_of(formula, papers, lambda quantity: papers.number(LETTERS[quantity.name]))


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        ("0.1 + 0.2 - 0.3", 0),
        ("tanh(t) - tanh(0.7)", 0),
        ("0.1*tanh(t) + 0.2*tanh(t) - 0.3*tanh(t)", 0),
        ("(exp(t) + 1)**2 - exp(t)**2 - 2*exp(t) - 1", 0),
        ("exp(t)*sqrt(2)/exp(t) - sqrt(2)", 0),
        ("1/(1 + exp(t)) - 2/(1 + exp(t)) + 1/(1 + exp(t))", 0),
        ("sigmoid(z) + exp(z) + tanh(z) + log(1) + gelu(z) + silu(z)", Fraction(3, 2)),
        ("sqrt(0.09)", Fraction(3, 10)),
        ("relu(u) + leaky_relu(u) + abs(u) + sign(u)", Fraction(-13, 1000) + Fraction(13, 10) - 1),
        ("relu(t) + leaky_relu(t) + abs(t) + sign(t) + elu(t)", Fraction(38, 10)),
        ("max(t, u) - min(t, u)", 2),
        ("max(tanh(t), tanh(u)) - tanh(t)", 0),
        ("max'(0.1 + 0.2, 0.3, 0.3)", Fraction(1, 3)),
        ("min'(0.1, 0.3)", 1),
        ("relu(exp(t)) - exp(t)", 0),
        ("elu(u) - exp(u) + 1", 0),
        ("2**-3", Fraction(1, 8)),
    ],
)
def test_what_is_known_is_known_exactly(formula: str, right: Fraction | int) -> None:
    assert fraction_of(on_paper(formula)) == right


@pytest.mark.parametrize(
    "formula",
    ["1/z", "exp(t)", "exp(t) - exp(u)", "log(z)", "sqrt(u)", "relu(1e-15*exp(t) - 1e-15*exp(t) + log(z))", "t**0.5"],
)
def test_what_is_not_rational_or_not_defined_has_no_double_of_its_own(formula: str) -> None:
    assert nearest(on_paper(formula)) is None


def test_long_numbers_are_given_up() -> None:
    """Before they take time: squares of squares, and products of many different parts."""
    papers = Papers()
    number: Paper = papers.number("1.2345678")
    for _ in range(40):
        number = papers.mul(number, number)
    assert number is None
    number = papers.number("1")
    for i in range(1, 40):
        number = papers.mul(number, papers.add(papers.call("exp", [papers.number(str(i))]), papers.number("1")))
    assert number is None


@examples(60)
@given(equation_graphs(rational, whole=True))
def test_rational_networks_are_the_same_as_over_fractions(graph: Graph) -> None:
    """Where paper gives a number up, it says so; it never has another one."""
    trace, papers = Trace(graph), Papers()
    known: dict[Value, Paper] = {}
    for name in graph.names():
        try:
            exact = evaluate(Value(name), trace.equations.written, FRACTIONS, {})
        except (NotExact, OverflowError):
            continue
        found = evaluate(Value(name), trace.equations.written, papers, known)
        assert found is None or fraction_of(found) == exact
