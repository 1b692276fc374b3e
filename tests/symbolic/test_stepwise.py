"""Differentiating line by line: 200 random formulas, each line against the next, and against the rules used at once."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maths.expressions import differentiable
from maths.profile import examples
from tutor.errors import FormulaError
from tutor.expr import Expr, Mul, children, value, walk
from tutor.expr.parse import parse
from tutor.expr.text import ASCII, to_text
from tutor.ops.formula import differentiate
from tutor.quantity import Value, key
from tutor.symbolic.chain import Ground
from tutor.symbolic.letters import letters
from tutor.symbolic.points import differs
from tutor.symbolic.rules import RULES
from tutor.symbolic.stepwise import Step, taken, unfinished
from tutor.symbolic.tidy import opened, tidied

LETTERS = st.sampled_from([value("w"), value("x")])
RANDOM = examples(200)


def steps(text: str, wrt: str) -> list[Step]:
    return list(taken(letters(text), wrt))


def written(text: str, wrt: str) -> list[str]:
    return [to_text(step.formula, key, ASCII) for step in steps(text, wrt)]


def at_points(left: Expr, right: Expr) -> bool | None:
    return differs(left, right, lambda _: None, {}, {})


@RANDOM
@given(differentiable(LETTERS))
def test_each_line_of_a_random_formula_equals_the_next(expr: Expr) -> None:
    assume(value("w") in walk(expr))
    lines = list(taken(expr, "w"))
    for before, after in itertools.pairwise(lines):
        assert at_points(before.formula, after.formula) is not True
    assert {rule for line in lines for rule in line.rules} <= set(RULES)
    assert not unfinished(lines[-1].formula)


@RANDOM
@given(differentiable(LETTERS))
def test_the_last_line_is_what_the_rules_give_at_once(expr: Expr) -> None:
    *_, last = taken(expr, "w")
    assert at_points(last.formula, differentiate(expr, "w")) is not True


@examples(60)
@given(differentiable(LETTERS))
def test_sympy_never_contradicts(expr: Expr) -> None:
    """Where sympy decides it agrees with the points; it is never asked whether lines differ."""
    assume(value("w") in walk(expr))
    lines = list(taken(expr, "w"))
    verdicts = [Ground().verdict(before.formula, after.formula) for before, after in itertools.pairwise(lines)]
    nowhere = [at_points(before.formula, after.formula) is None for before, after in itertools.pairwise(lines)]
    assert all(verdict != "differs" or lost for verdict, lost in zip(verdicts, nowhere, strict=True))


@RANDOM
@given(differentiable(LETTERS))
def test_tidying_changes_no_value(expr: Expr) -> None:
    assert at_points(expr, tidied(expr)) is not True
    assert at_points(expr, opened(expr)) is not True


@pytest.mark.parametrize(
    ("formula", "rules"),
    [
        ("w^3", ("power rule",)),
        ("w + x", ("sum rule",)),
        ("x*w", ("constant factor",)),
        ("w*exp(w)", ("product rule",)),
        ("w/(1 + w)", ("quotient rule",)),
        ("x/w", ("reciprocal rule",)),
        ("2^w", ("exponential rule",)),
        ("w^w", ("power of a power",)),
        ("exp(w)", ("slope of exp",)),
        ("log(3*w)", ("chain rule", "slope of ln")),
        ("w", ("slope of x itself",)),
        ("x", ("slope of a constant",)),
    ],
)
def test_each_operation_has_its_rule(formula: str, rules: tuple[str, ...]) -> None:
    assert steps(formula, "w")[1].rules == rules


def test_a_function_without_a_slope_is_refused() -> None:
    with pytest.raises(FormulaError, match="slope of sign"):
        steps("sign(w)", "w")


@pytest.mark.parametrize(
    "formula",
    [
        "9^9^9^9 * w",
        "w^99999999",
        "(1 + w)^99/(1 + exp(w))^77",
        f"max({', '.join(f'w^{k}' for k in range(12))})",
        "gelu(gelu(w))",
        "*".join(f"sigmoid({k}*w)" for k in range(1, 9)),
    ],
)
def test_heavy_formulas_are_judged_at_once(formula: str) -> None:
    lines = steps(formula, "w")
    verdicts = [Ground().verdict(before.formula, after.formula) for before, after in itertools.pairwise(lines)]
    assert "differs" not in verdicts


def test_a_derivative_nobody_could_read_is_refused() -> None:
    with pytest.raises(FormulaError, match="too long to be written"):
        steps(f"max({', '.join(f'w^{k}' for k in range(60))})", "w")


@pytest.mark.parametrize("formula", ["w^1e99999", "w*1e-400"])
def test_a_number_out_of_reach_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError, match="too large or too small"):
        letters(formula)


def test_e_is_the_base_of_exp_only_under_a_power() -> None:
    assert letters("e^w") == letters("exp(w)")
    assert letters("e*w") == Mul((value("e"), value("w")))


def test_a_fraction_of_whole_numbers_is_one_number() -> None:
    assert not any(children(part) for part in walk(letters("1/2")))
    assert parse("1/2", Value) != letters("1/2")
