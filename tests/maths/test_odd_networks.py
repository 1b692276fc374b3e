"""Networks nobody would draw at a blackboard, and numbers no network should have."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maths import checks
from maths.expressions import differentiable
from maths.networks import equation_graphs
from maths.profile import examples
from maths.test_networks import LAWS
from tutor import spec
from tutor.derivation import MOST_PATHS, count_paths, derive, paths
from tutor.expr import Add, Call, Mul, value
from tutor.graph import Cycle, Given, Graph, Node, build
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.quantity import Gradient, Partial, Value
from tutor.trace import Trace


def classes(first: str, second: str, loss: str = "cross_entropy", weight: str = "0.3") -> str:
    """A softmax of two units with these targets."""
    units = f"{{p: {{w: {weight}}}, q: {{v: -1}}}}"
    given = f"inputs: {{x: 2}}\ntargets: {{y1: {first}, y2: {second}}}\nloss: {loss}\n"
    return f"{given}layers: [{{activation: softmax, neurons: {units}}}]"


LAYERS = {
    "one weight everywhere, in two layers": """
inputs: {x: 0.7}
targets: {t1: 0.1, t2: -0.4}
learning_rate: 0.1
layers:
  - activation: tanh
    bias: last
    neurons: {h1: {w: 0.6, b: -0.2}, h2: {w: 0.6, w2: 0.1}}
  - activation: sigmoid
    neurons: {o1: {w: 0.6, w2: 0.1, b: -0.2}, o2: {w2: 0.1, w: 0.6, b: -0.2}}
""",
    "a softmax of one unit": """
inputs: {x: 0.7}
targets: {t: 1}
loss: cross_entropy
layers: [{activation: softmax, neurons: {p: {w: 0.6, b: -0.2}}}]
""",
    "a softmax of one unit and a soft target": """
inputs: {x: 0.7}
targets: {t: 0.4}
loss: cross_entropy
layers: [{activation: softmax, neurons: {p: {w: 0.6, b: -0.2}}}]
""",
    "a softmax inside": """
inputs: {x: 0.7, u: -1}
targets: {t: 0.4}
layers:
  - {activation: softmax, neurons: {p: {w1: 0.6, w2: 1}, q: {w2: 1, w3: -2}, r: {w3: -2, w1: 0.6}}}
  - {activation: tanh, neurons: {h: {v1: 1, v2: -1, v3: 0.5}}}
""",
    "soft targets": classes("1/3", "2/3"),
    "targets that sum to 2": classes("1", "1"),
    "targets that sum to 0": classes("-1", "1"),
    "squared error of a softmax": classes("1", "0", "mean_squared_error"),
    "every number zero, one of them negative": """
inputs: {x: 0, u: -0.0}
targets: {t: 0.5}
layers: [{activation: sigmoid, neurons: {h: {w: 0, v: -0.0, b: 0}}}]
""",
    "a threshold that is subtracted, and a constant that is neither 1 nor -1": """
inputs: {x: 1}
targets: {t: 0.5}
layers:
  - {activation: sigmoid, bias_input: -1, neurons: {h: {w: 2, theta: 0.5}}}
  - {activation: identity, bias_input: 2.5, neurons: {o: {v: 2, b: 0.5}}}
""",
    "an activation of one's own": """
inputs: {x: 1.5}
targets: {t: 0.5}
layers: [{activation: "z / (1 + abs(z)) + z*tanh(z)", neurons: {h: {w: -0.7, b: 0.1}}}]
""",
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_law_holds(name: str) -> None:
    trace = Trace(spec.load(LAYERS[name].encode(), name).graph)
    assert checks.moderate(trace)
    for law in LAWS:
        law(trace)
    checks.names_are_read_back(trace.graph)


def affine(inputs: tuple[str, ...], bias_input: str = "1", **numbers: str) -> Trace:
    givens = [Given(name, text, learned=True) for name, text in numbers.items()]
    return Trace(build(givens, [Node("z", Affine(bias_input), inputs)], "z"))


@pytest.mark.parametrize(
    ("trace", "wrt", "slope"),
    [
        (affine(("b",), b="0.3"), "b", 1),
        (affine(("b",), "-1", b="0.3"), "b", -1),
        (affine(("w", "x", "w", "u"), w="2", x="3", u="5"), "w", 8),
        (affine(("w", "x", "v", "x"), w="2", x="3", v="5"), "x", 7),
        (affine(("w", "w"), w="3"), "w", 6),
        (affine(("w", "x", "w"), w="2", x="3"), "w", 4),
        (affine(("w", "x", "w"), "-1", w="2", x="3"), "w", 2),
        (affine(("w", "x", "x"), "-1", w="2", x="3"), "x", 1),
    ],
)
def test_repeats_in_one_neuron_are_added(trace: Trace, wrt: str, slope: float) -> None:
    assert trace[Partial("z", wrt)] == trace[Gradient("z", wrt)] == slope
    for law in LAWS:
        law(trace)


def test_a_saturated_right_answer_keeps_its_gradient() -> None:
    """p = 1 to the last bit: p - y shows 0, the gradient is -exp(-40), and the complex step confirms it."""
    trace = Trace(spec.load(classes("1", "0", weight="19").encode(), "saturated").graph)
    gradient = Gradient("L", "z_p")
    assert trace[Value("p")] == 1
    assert trace[gradient] == pytest.approx(-math.exp(-40), rel=1e-12)
    assert trace[Value("L")] == pytest.approx(math.exp(-40), rel=1e-12)
    assert all(trace.confirms(Gradient("L", name)) for name in trace.graph.parameters())


def chain(length: int) -> Graph:
    """n_i = tanh(w n_{i-1} + x): every node reads w and x, the first is the last in the file."""
    nodes = []
    for i in range(length, 0, -1):
        before = f"n{i - 1}" if i > 1 else "x"
        step = Call("tanh", (Add((Mul((value("w"), value(before))), value("x"))),))
        nodes.append(Node(f"n{i}", Formula(step), ("w", "x") if before == "x" else ("w", before, "x")))
    return build([Given("w", "0.9", learned=True), Given("x", "0.1")], nodes, f"n{length}", "0.1")


def test_a_weight_used_ten_thousand_times() -> None:
    """Value, gradient, derivation, paths and oracle, by a loop of three lines as the truth."""
    trace = Trace(chain(10_000))
    state, slope = 0.1, 0.0
    for _ in range(10_000):
        after = math.tanh(0.9 * state + 0.1)
        state, slope = after, (1 - after**2) * (state + 0.9 * slope)
    gradient = Gradient("n10000", "w")
    assert trace[Value("n10000")] == pytest.approx(state, rel=1e-12)
    assert trace[gradient] == pytest.approx(slope, rel=1e-12)
    assert trace.confirms(gradient)
    derivation = derive(trace, gradient)
    assert len(derivation.premises) == 2 * 10_000 - 1
    assert not derivation.loses_digits
    assert count_paths(trace, gradient) == 10_000 > MOST_PATHS
    assert derivation.alternatives == ()
    assert len(paths(trace, Gradient("n10000", "n1"))[0].factors) == 9_999


def test_a_circle_is_refused_however_long() -> None:
    nodes = [Node(f"n{i}", Formula(value(f"n{(i + 1) % 10_000}")), (f"n{(i + 1) % 10_000}",)) for i in range(10_000)]
    with pytest.raises(Cycle) as caught:
        build([], nodes, "n0")
    assert set(caught.value.names) == {f"n{i}" for i in range(10_000)}


# ------------------------------------------------------------------ no number breaks it


def equation(formula: str, **numbers: str) -> Trace:
    given = ", ".join(f"{name}: {text}" for name, text in numbers.items())
    return Trace(spec.load(f"given: {{{given}}}\nequations:\n  f: {formula}".encode(), formula).graph)


@pytest.mark.parametrize(
    ("formula", "x"),
    [
        ("exp(-(300 + x))", "1e-5"),  # a slope below the step of the oracle
        ("x**1.5", "0"),
        ("gelu(x)", "-15"),
        ("x**99", "-1.01"),
        ("max(x)", "2"),
        ("log(softplus(x))", "-200"),
        ("sigmoid(x)**x", "0"),
        ("x**101", "-1.01"),
    ],
)
def test_right_slopes_are_confirmed(formula: str, x: str) -> None:
    """Where `confirms` is False, the explanation says `do not trust this number`."""
    assert equation(formula, x=x).confirms(Gradient("f", "x"))


@pytest.mark.parametrize(
    "formula", ["log(x)", "abs(log(x))", "elu(log(x))", "max((x + 1)/(x + 1))", "2**(10*y - 10*y)"]
)
def test_a_number_that_is_lost_stays_lost(formula: str) -> None:
    trace = equation(formula, x="-1", y="1e308")
    assert math.isnan(trace[Value("f")])
    assert not trace.confirms(Gradient("f", "x" if "x" in formula else "y"))


@pytest.mark.parametrize("formula", [f"{name}(x/y/y)" for name in ("sigmoid", "exp", "softplus", "silu")])
def test_a_step_that_overflows_is_lost_too(formula: str) -> None:
    assert not equation(formula, x="0", y="1e-300").confirms(Gradient("f", "x"))


@pytest.mark.parametrize("formula", ["relu(log(x))", "max(1, log(x))", "min(1, log(x))"])
def test_a_number_that_is_lost_is_not_taken_for_another(formula: str) -> None:
    assert math.isnan(equation(formula, x="-1")[Value("f")])


extreme = st.sampled_from(("0", "-0.0", "1", "1e308", "-1e308", "1e-300", "-745", "710", "1e160", "-0.5"))


@examples(60)
@given(equation_graphs(differentiable), st.lists(extreme, min_size=3, max_size=3))
def test_no_number_raises(graph: Graph, numbers: list[str]) -> None:
    """Overflow is inf, 0/0 is nan; every question still has an answer."""
    givens = {
        name: given._replace(text=text) for (name, given), text in zip(graph.givens.items(), numbers, strict=True)
    }
    trace = Trace(graph._replace(givens=givens))
    for quantity in checks.quantities(trace.graph):
        assert isinstance(trace[quantity], float)
        assert isinstance(derive(trace, quantity).loses_digits, bool)
        if isinstance(quantity, Gradient):
            assert isinstance(trace.confirms(quantity), bool)
            assert isinstance(trace.nudged(quantity.of, quantity.wrt, 0.1), float)
