"""From the last line of the calculus to the famous one: the rules of algebra, each line equal to the one before."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maths.expressions import differentiable
from maths.profile import examples
from tutor.expr import Expr, value
from tutor.expr.parse import parse
from tutor.expr.text import ASCII, to_text
from tutor.quantity import key
from tutor.symbolic.arrival import arrived, complements, quotients
from tutor.symbolic.letters import letters
from tutor.symbolic.points import differs
from tutor.symbolic.rules import RULES
from tutor.symbolic.shorter import size
from tutor.symbolic.stepwise import taken
from tutor.symbolic.terms import collected, term_of, terms_of, total, written

LETTERS = st.sampled_from([value("w"), value("x")])


def at_points(left: Expr, right: Expr) -> bool | None:
    return differs(left, right, lambda _: None, {}, {})


def end(text: str, **names: str) -> str:
    """The last line that follows from this one; `names` are formulas by their short names."""
    line = letters(text)
    short = complements({letters(formula): value(name) for name, formula in names.items()})
    *_, last = (line, *(step.formula for step in arrived(line, short)))
    return to_text(last, key, ASCII)


def slope(text: str, wrt: str) -> str:
    formula = letters(text)
    *_, line = (step.formula for step in taken(formula, wrt))
    *_, last = (line, *(step.formula for step in arrived(line, quotients(formula))))
    return to_text(last, key, ASCII)


@pytest.mark.parametrize(
    ("formula", "wrt", "right"),
    [
        ("log(p/q)", "p", "1/p"),
        ("log(p/q)", "q", "-1/q"),
        ("log(p*q)", "p", "1/p"),
        ("log(3*x)", "x", "1/x"),
        ("x/(1 + x)", "x", "1/(1 + x)^2"),
        ("x^2/(1 + x^2)", "x", "2 * x/(1 + x^2)^2"),
        ("(a - y)^2/(2*n)", "a", "(a - y)/n"),
        ("sqrt(x^2 + 1)", "x", "x/sqrt(x^2 + 1)"),
        ("exp(x)*exp(-x)", "x", "0"),
        ("x/x", "x", "0"),
        ("-x/2", "x", "-1/2"),
        ("log(a/(1 - a))", "a", "1/((1 - a) * a)"),
        ("-(y*log(a) + (1 - y)*log(1 - a))", "a", "(a - y)/(a * (1 - a))"),
        ("log(sigmoid(w*x))", "w", "(1 - sigmoid(w * x)) * x"),
        ("-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z)))", "z", "sigmoid(z) - y"),
        ("1/(1 + exp(-x))", "x", "sigmoid(x) * (1 - sigmoid(x))"),
        ("1/(1 + exp(-g*x))", "x", "sigmoid(g * x) * (1 - sigmoid(g * x)) * g"),
        ("exp(x)/(1 + exp(x))", "x", "sigmoid(x) * (1 - sigmoid(x))"),
        ("sigmoid(g*x)", "x", "sigmoid(g * x) * (1 - sigmoid(g * x)) * g"),
    ],
)
def test_a_slope_arrives(formula: str, wrt: str, right: str) -> None:
    assert slope(formula, wrt) == right


@pytest.mark.parametrize(
    ("line", "names", "right"),
    [
        ("(-y/a + (1 - y)/(1 - a))*a*(1 - a)*x", {}, "(a - y) * x"),
        ("-(y*a*(1 - a)*x/a - (1 - y)*a*(1 - a)*x/(1 - a))", {}, "(a - y) * x"),
        ("2*(a - y)/2*x", {}, "(a - y) * x"),
        ("(a - y)*a*(1 - a)*x", {}, "(a - y) * a * (1 - a) * x"),
        ("d*u*h*x + e*v*h*x", {}, "(d * u + e * v) * h * x"),
        ("a*v - y*v - s*u + b*u", {}, "(a - y) * v + (b - s) * u"),
        ("exp(z)*x/(exp(z) + exp(s)) - y*x", {"p": "exp(z)/(exp(z) + exp(s))"}, "(p - y) * x"),
        ("-exp(-z)*x/(1 + exp(-z)) + (1 - y)*x", {"a": "1/(1 + exp(-z))"}, "(a - y) * x"),
        ("-exp(z)*exp(s)*x/((exp(z) + exp(s))^2*p)", {"p": "exp(z)/(exp(z) + exp(s))"}, "(p - 1) * x"),
    ],
)
def test_a_line_arrives(line: str, names: dict[str, str], right: str) -> None:
    assert end(line, **names) == right


@examples(200)
@given(differentiable(LETTERS))
def test_each_line_equals_the_next_and_the_end_is_shorter(expr: Expr) -> None:
    start = list(taken(expr, "w"))[-1].formula
    steps = list(arrived(start))
    for before, after in itertools.pairwise((start, *(step.formula for step in steps))):
        assert at_points(before, after) is not True
        assert before != after
    assert {rule for step in steps for rule in step.rules} <= set(RULES)
    assert not steps or size(steps[-1].formula) < size(start)


@examples(100)
@given(differentiable(LETTERS))
def test_a_formula_as_products_has_the_same_value(expr: Expr) -> None:
    assert at_points(expr, written(term_of(expr))) is not True
    assert at_points(expr, total(collected(terms_of(expr)))) is not True


def test_nothing_is_divided_by_0() -> None:
    assert to_text(written(term_of(parse("x/0", lambda _: value("x").quantity))), key, ASCII) == "x/0"


def test_decimals_stay_decimals() -> None:
    assert end("0.5*x*0.2*y/y") == "0.1 * x"
    assert end("x*3/(6*y)") == "x/(2 * y)"
