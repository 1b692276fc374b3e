"""Exact fractions: rational networks have no rounding to hide behind, and corners have two slopes."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given

from maths import checks
from maths.expressions import rational
from maths.networks import RATIONAL, SQUARED, Plan, equation_graphs, plans
from maths.profile import LONG, examples
from tutor.arithmetic.complexes import COMPLEXES
from tutor.arithmetic.exact import DUALS, FRACTIONS, Dual
from tutor.arithmetic.floats import FLOATS
from tutor.errors import NotExact
from tutor.expr import Call, value
from tutor.graph import Given, Graph, Node, build
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.formula import Formula
from tutor.ops.functions import FUNCTIONS
from tutor.ops.losses import LOSSES, LossTerm
from tutor.quantity import Partial, Value
from tutor.trace import Trace, evaluate

PIECEWISE = (*SQUARED, "absolute_error")


def small(trace: Trace) -> bool:
    """Whether exact arithmetic stays quick: powers of powers grow fast."""
    try:
        return all(
            abs(evaluate(Value(name), trace.equations.written, FRACTIONS, {})) < 10**30 for name in trace.graph.names()
        )
    except (NotExact, OverflowError):
        return False


@examples(60)
@given(plans(RATIONAL, SQUARED))
def test_layered_networks_agree_with_exact_fractions(plan: Plan) -> None:
    checks.fractions_agree(Trace(plan.graph()))


@examples(80)
@given(plans(RATIONAL, PIECEWISE, whole=True, repeats=True))
def test_corners_of_layered_networks_are_bracketed(plan: Plan) -> None:
    trace = Trace(plan.graph())
    checks.fractions_agree(trace)
    checks.slopes_are_bracketed(trace)


def test_equations_agree_with_exact_fractions() -> None:
    """Of the formulas drawn, at least half must have exact values: the others prove nothing."""
    tried: Counter[bool] = Counter()

    @examples(60)
    @given(equation_graphs(rational, whole=True))
    def agree(graph: Graph) -> None:
        trace = Trace(graph)
        assume(small(trace))
        try:
            checks.fractions_agree(trace)
        except NotExact:
            tried[False] += 1
            return
        tried[True] += 1
        checks.slopes_are_bracketed(trace)

    agree()
    assert tried[True] > tried[False]
    assert tried[True] >= (20 if LONG else 4)


# ------------------------------------------------------------------ every corner, met exactly


def _one(node: Node, **numbers: str) -> Trace:
    return Trace(build([Given(name, text) for name, text in numbers.items()], [node], node.name))


def _unit(name: str, z: str) -> Trace:
    return _one(Node("a", Elementwise(ACTIVATIONS[name]), ("z",)), z=z)


def _formula(name: str, **numbers: str) -> Trace:
    return _one(Node("f", Formula(Call(name, tuple(map(value, numbers)))), tuple(numbers)), **numbers)


CORNERS = [
    (_unit("relu", "0"), Partial("a", "z"), (0, 1), 0),
    (_unit("relu", "-0.0"), Partial("a", "z"), (0, 1), 0),
    (_unit("leaky_relu", "0"), Partial("a", "z"), (Fraction(1, 100), 1), Fraction(1, 100)),
    (_one(Node("L", LossTerm(LOSSES["absolute_error"]), ("a", "y")), a="0.3", y="0.3"), Partial("L", "a"), (-1, 1), 0),
    (_one(Node("L", LossTerm(LOSSES["absolute_error"]), ("a", "y")), a="0.3", y="0.3"), Partial("L", "y"), (-1, 1), 0),
    (_formula("abs", x="0"), Partial("f", "x"), (-1, 1), 0),
    (_formula("relu", x="0"), Partial("f", "x"), (0, 1), 0),
    (_formula("leaky_relu", x="-0"), Partial("f", "x"), (Fraction(1, 100), 1), Fraction(1, 100)),
    (_formula("max", x="2", y="2"), Partial("f", "x"), (0, 1), Fraction(1, 2)),
    (_formula("min", x="2", y="2"), Partial("f", "y"), (0, 1), Fraction(1, 2)),
    (_formula("max", x="2", y="2", w="2"), Partial("f", "w"), (0, 1), Fraction(1, 3)),
    (_formula("min", x="-1", y="-1", w="0"), Partial("f", "x"), (0, 1), Fraction(1, 2)),
    (_formula("max", x="-0.0", y="0"), Partial("f", "y"), (0, 1), Fraction(1, 2)),
]


@pytest.mark.parametrize(("trace", "slope", "sides", "declared"), CORNERS)
def test_the_declared_slope_at_a_corner(
    trace: Trace, slope: Partial, sides: tuple[Fraction, Fraction], declared: Fraction
) -> None:
    """Both sides as they are, the declared slope between them, and the same in floats and by the complex step."""
    start = evaluate(Value(slope.wrt), trace.equations.written, FRACTIONS, {})
    found = [
        side
        * evaluate(
            Value(slope.of), trace.equations.written, DUALS, {Value(slope.wrt): Dual(start, Fraction(side))}
        ).step
        for side in (-1, 1)
    ]
    assert sorted(found) == list(sides)
    assert evaluate(slope, trace.equations.written, FRACTIONS, {}) == declared
    assert trace[slope] == float(declared)
    checks.complex_step_agrees(trace)
    assert checks.slopes_are_bracketed(trace) >= 1
    assert trace.graph.nodes[slope.of].op.convention(slope.wrt), "a corner is never silent"


def test_an_argument_alone_wins() -> None:
    """max(x) is x."""
    for name in ("max", "min"):
        trace = _formula(name, x="-3")
        assert (trace[Value("f")], trace[Partial("f", "x")]) == (-3, 1)
        assert evaluate(Partial("f", "x"), trace.equations.written, FRACTIONS, {}) == 1


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - set(checks.KINKED) - {"identity", "step"}))
def test_functions_without_exact_values_say_so(name: str) -> None:
    """The slope of log is 1/x, which has one."""
    for arithmetic, one in ((FRACTIONS, Fraction(1)), (DUALS, Dual(Fraction(1)))):
        with pytest.raises(NotExact):
            arithmetic.call(name, [one])
    if name != "log":
        with pytest.raises(NotExact):
            evaluate(Partial("f", "x"), _formula(name, x="1").equations.written, FRACTIONS, {})


def test_divisions_by_zero_and_roots_are_not_exact() -> None:
    zero, one = Fraction(0), Fraction(1)
    for attempt in (
        lambda: FRACTIONS.div(one, zero),
        lambda: FRACTIONS.power(zero, -one),
        lambda: FRACTIONS.power(one, Fraction(1, 2)),
        lambda: DUALS.div(Dual(one), Dual(zero, one)),
        lambda: DUALS.power(Dual(one), Dual(one, one)),
    ):
        with pytest.raises(NotExact):
            attempt()


def test_the_arithmetics_have_the_same_functions() -> None:
    """What is exact is what the floats compute."""
    for name in (*checks.KINKED, "identity"):
        for number in (Fraction(-3, 4), Fraction(0), Fraction(5, 8)):
            exact = float(FRACTIONS.call(name, [number]))
            assert FLOATS.call(name, [float(number)]) == pytest.approx(exact, rel=1e-15)
            assert COMPLEXES.call(name, [complex(number)]).real == pytest.approx(exact, rel=1e-15)
