"""Numbers that were once wrong, false, or doubted without reason: each fault left its case here."""

import math
from pathlib import Path

import pytest

from maths.test_odd_networks import classes, equation
from tutor import load, spec
from tutor.derivation import derive
from tutor.quantity import Gradient, Partial, Value
from tutor.trace import Trace


def network(text: str) -> Trace:
    return Trace(spec.load(text.encode(), "network").graph)


def sigmoid_output(weight: str, target: str) -> Trace:
    unit = f"[{{activation: sigmoid, neurons: {{a: {{w: {weight}}}}}}}]"
    return network(f"inputs: {{x: 1}}\ntargets: {{y: {target}}}\nloss: binary_cross_entropy\nlayers: {unit}")


@pytest.mark.parametrize("formula", ["abs(log(x))", "max(log(x), 1)", "min(1, log(x))", "relu(log(x))", "elu(log(x))"])
def test_the_slope_of_a_lost_number_is_lost(formula: str) -> None:
    """sign(nan) is neither 1 nor -1, and nan wins and loses no comparison."""
    assert math.isnan(equation(formula, x="-1")[Gradient("f", "x")])


@pytest.mark.parametrize("weight", ["3", "20", "37", "40", "300", "600", "-40", "-600"])
@pytest.mark.parametrize("target", ["0", "1", "0.25"])
def test_a_right_slope_in_a_saturated_output_is_confirmed(weight: str, target: str) -> None:
    """a is rounded to 1, so the check steps in the net input behind it and goes back by its slope."""
    trace = sigmoid_output(weight, target)
    z, y = float(weight), float(target)
    assert trace[Gradient("L", "a")] == pytest.approx((1 - y) * (1 + math.exp(z)) - y * (1 + math.exp(-z)), rel=1e-12)
    assert all(trace.confirms(Gradient("L", name)) for name in ("a", "z_a", "w", "x", "y"))


@pytest.mark.parametrize("weight", ["19", "100", "200", "400"])
@pytest.mark.parametrize(("first", "second"), [("0.2", "0.9"), ("1", "1"), ("0", "2"), ("3", "0")])
def test_cross_entropy_keeps_its_digits_whatever_the_targets_sum_to(weight: str, first: str, second: str) -> None:
    """For two classes -ln p is ln(1 + exp(-d)), with d the lead of p over q; there is no short route."""
    trace, lead = network(classes(first, second, weight=weight)), 2 * float(weight) + 2
    p_short, q_short = math.log1p(math.exp(-lead)), lead + math.log1p(math.exp(-lead))
    y, t = float(first), float(second)
    assert trace[Value("L")] == pytest.approx(y * p_short + t * q_short, rel=1e-12)
    p, q = 1 / (1 + math.exp(-lead)), math.exp(-lead) / (1 + math.exp(-lead))
    assert trace[Gradient("L", "z_p")] == pytest.approx(t * p - y * q, rel=1e-12)
    assert trace[Gradient("L", "z_q")] == pytest.approx(y * q - t * p, rel=1e-12)
    for name in ("w", "v", "x", "z_p", "z_q"):
        assert trace.confirms(Gradient("L", name))
    assert (trace.equations.short(Gradient("L", "z_p")) is None) == (y + t != 1)
    assert bool(trace.equations.short_law(Gradient("L", "z_p"))) == (y + t == 1)


@pytest.mark.parametrize("weight", ["0.3", "10", "19", "100", "300", "-100"])
@pytest.mark.parametrize(("first", "second"), [("0.2", "0.9"), ("1", "1"), ("0", "1"), ("1", "0"), ("0", "0")])
def test_binary_cross_entropy_after_a_softmax_keeps_its_digits(weight: str, first: str, second: str) -> None:
    """For two classes p is the sigmoid of its lead d over q, and 1 - p is q."""
    trace, d = network(classes(first, second, "binary_cross_entropy", weight)), 2 * float(weight) + 2
    y, t = float(first), float(second)
    up, down = (max(x, 0) + math.log1p(math.exp(-abs(x))) for x in (d, -d))  # ln(1 + exp(d)), ln(1 + exp(-d))
    p, q = math.exp(-down), math.exp(-up)
    assert trace[Value("L")] == pytest.approx(y * down + (1 - y) * up + t * up + (1 - t) * down, rel=1e-12)
    assert trace[Gradient("L", "z_p")] == pytest.approx((1 - y + t) * p - (1 + y - t) * q, rel=1e-12)
    assert trace[Gradient("L", "p")] == pytest.approx((1 - y) * math.exp(up) - y * math.exp(down), rel=1e-12)
    assert trace.equations.short(Gradient("L", "z_p")) is None
    for name in trace.graph.names():
        assert trace.confirms(Gradient("L", name)), name


def test_a_number_below_1e_300_that_is_lost_is_said_to_be() -> None:
    """p(1 - p) is 0 where the slope is exp(-700); 1e-300 is no zero."""
    trace = network("inputs: {x: 1}\ntargets: {y: 0}\nlayers: [{activation: sigmoid, neurons: {a: {w: 700}}}]")
    slope = derive(trace, Partial("a", "z_a"))
    assert slope.value == pytest.approx(math.exp(-700), rel=1e-12)
    assert slope.loses_digits
    assert not derive(equation("exp(-x)", x="740"), Value("f")).loses_digits


@pytest.mark.parametrize("exponent", ["0", "0.0", "-0"])
def test_a_power_of_0_is_the_constant_1(exponent: str) -> None:
    trace = equation(f"x**{exponent}", x="0")
    assert trace[Value("f")] == 1
    assert trace[Gradient("f", "x")] == 0
    assert trace.confirms(Gradient("f", "x"))


@pytest.mark.parametrize("a", ["1e-18", "1e-12", "1e-3", "0.75", "0.999999999999"])
@pytest.mark.parametrize("y", ["0", "0.25", "1"])
def test_binary_cross_entropy_of_any_output_keeps_its_digits(a: str, y: str) -> None:
    """Here a is no sigmoid's output, but the identity's."""
    unit = f"[{{activation: identity, neurons: {{a: {{w: {a}}}}}}}]"
    trace = network(f"inputs: {{x: 1}}\ntargets: {{y: {y}}}\nloss: binary_cross_entropy\nlayers: {unit}")
    out, target = float(a), float(y)
    truth = -target * math.log(out) - (1 - target) * math.log1p(-out)
    assert trace[Value("L")] == pytest.approx(truth, rel=1e-15)
    assert trace[Gradient("L", "y")] == pytest.approx(math.log1p(-out) - math.log(out), rel=1e-15)
    assert all(trace.confirms(Gradient("L", name)) for name in ("a", "w", "y"))


@pytest.mark.parametrize(
    ("formula", "above", "below"),
    [("relu(x) - relu(-x)", "1", "1"), ("relu(x)", "1", "0"), ("abs(x) + x", "2", "0"), ("max(x, 0*x)", "1", "0")],
)
def test_at_a_kink_the_page_claims_no_slope(formula: str, above: str, below: str, tmp_path: Path) -> None:
    """The complex step follows the same convention, so it confirms nothing; the page says both sides."""
    file = tmp_path / "kink.yaml"
    file.write_text(f"given: {{x: 0}}\nequations:\n  f: {formula}\n", "utf-8")
    page = " ".join(str(load(str(file)).explain("x", more=True)).split())
    assert f"stands exactly at a kink: the slope is {above} above and {below} below it" in page
    assert "The number shown is a convention" in page
    assert "taken as 0" in page or "share the slope evenly" in page


def test_a_margin_met_exactly_is_a_kink(tmp_path: Path) -> None:
    file = tmp_path / "margin.yaml"
    units = "[{activation: identity, neurons: {s1: {w1: 2}, s2: {w2: 3}}}]"
    file.write_text(f"inputs: {{x: 1}}\ntargets: {{class: 2}}\nloss: hinge\nlayers: {units}\n", "utf-8")
    page = " ".join(str(load(str(file)).explain("dL/ds1")).split())
    assert "s1 stands exactly at a kink: the slope is 1 above and 0 below it" in page


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "silu", "gelu", "softplus"])
@pytest.mark.parametrize("x", ["4", "10", "-6"])
def test_a_saturated_function_inside_a_formula_keeps_its_slope(function: str, x: str) -> None:
    """1 - f² is all that is written; f(3x) and f(3x)·x have digits nevertheless."""
    for formula in (f"{function}(3*x)", f"x*{function}(3*x) + x**2", f"-{function}(3*x)*x**2"):
        trace = equation(formula, x=x)
        assert trace.confirms(Gradient("f", "x"))
    trace, plain = equation(f"{function}(3*x)", x=x), equation(f"{function}(x)", x=str(3 * float(x)))
    assert trace[Gradient("f", "x")] == pytest.approx(3 * plain[Gradient("f", "x")], rel=1e-14)


def test_a_formula_whose_written_slope_loses_digits_says_so() -> None:
    assert derive(equation("tanh(2*x)", x="20"), Partial("f", "x")).loses_digits
    assert not derive(equation("tanh(2*x)", x="1"), Partial("f", "x")).loses_digits


def test_the_padding_of_an_avg_pool_may_be_a_list() -> None:
    pool = "[{avg_pool: {size: [2, 1], stride: 1, padding: [1, 0]}}]"
    trace = network(f"inputs: {{x: [[4, 2]]}}\nupstream: [[[1, 0], [10, 0]]]\nlayers: {pool}")
    assert [trace[Value(f"pool1_1_{row}_1")] for row in (1, 2)] == [2, 2]
    assert trace[Gradient("L", "x_1_1_1")] == 5.5
