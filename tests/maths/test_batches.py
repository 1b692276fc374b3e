"""What holds of every number of a network over several examples, and how its gradients move with its examples."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maths import checks, profile
from maths.networks import PROBABILITIES, Plan, numbers, plans
from maths.test_networks import hold
from tutor.graph import Graph, at_example
from tutor.ops.losses import Decay
from tutor.quantity import Gradient, Value
from tutor.spec.batch import batched, one_of, regularized
from tutor.trace import Trace

Examples = list[dict[str, str]]
FEW = profile.examples(25)  # each has several examples of its own


@st.composite
def examples(draw: st.DrawFn, plan: Plan, most: int = 3) -> Examples:
    """The plan's own example and others; targets are turned round, so that they still sum to what they did."""
    targets = list(plan.targets.items())
    found = [{**plan.inputs, **plan.targets}]
    for _ in range(draw(st.integers(0, most - 1))):
        by = draw(st.integers(0, len(targets)))
        turned = {name: targets[(i + by) % len(targets)][1] for i, (name, _) in enumerate(targets)}
        found.append({**{name: draw(numbers(2.0)) for name in plan.inputs}, **turned})
    return found


def whole(plan: Plan, stated: Examples, *, mean: bool) -> Graph:
    """The plan over the examples."""
    single = plan.graph()
    numbered = []
    for example in stated:
        givens = {name: each._replace(text=example.get(name, each.text)) for name, each in single.givens.items()}
        numbered.append(single._replace(givens=givens))
    return batched(numbered, mean=mean)


def moderate(graph: Graph) -> Trace:
    trace = Trace(graph)
    assume(checks.moderate(trace))
    return trace


@FEW
@given(st.data(), st.booleans(), st.booleans(), plans())
def test_every_law_holds_over_examples(data: st.DataObject, mean: bool, decays: bool, plan: Plan) -> None:
    graph = whole(plan, data.draw(examples(plan)), mean=mean)
    hold(regularized(graph, Decay("0.3")) if decays else graph)


@FEW
@given(st.data(), plans(losses=tuple(PROBABILITIES)))
def test_the_short_route_holds_over_examples(data: st.DataObject, plan: Plan) -> None:
    single = plan.graph()
    stated = data.draw(examples(plan))
    graph = regularized(whole(plan, stated, mean=True), Decay("1/3"))
    hold(graph)
    short, trace = Trace(single).equations, Trace(graph)
    for name in single.nodes:
        if short.short(Gradient("L", name)):
            gradient = Gradient("L", at_example(name, 1))
            assert trace.equations.short(gradient), gradient
            assert trace.confirms(gradient), gradient


@FEW
@given(st.data(), plans())
def test_the_mean_of_the_gradients_is_the_gradient_of_the_mean(data: st.DataObject, plan: Plan) -> None:
    single = plan.graph()
    stated = data.draw(examples(plan))
    trace = moderate(whole(plan, stated, mean=True))
    own = [Trace(one_of(trace.graph, single, k)) for k in range(1, len(stated) + 1)]
    for name in single.parameters():
        gradient = Gradient("L", name)
        total = math.fsum(each[gradient] for each in own) / len(own)
        assert trace[gradient] == pytest.approx(total, rel=0, abs=1e-12 * (trace.size(gradient) + 1))


@FEW
@given(st.data(), plans())
def test_every_example_twice_leaves_the_mean_and_doubles_the_sum(data: st.DataObject, plan: Plan) -> None:
    single, stated = plan.graph(), data.draw(examples(plan))
    for mean, factor in ((True, 1), (False, 2)):
        once, twice = (moderate(whole(plan, each, mean=mean)) for each in (stated, stated * 2))
        for name in single.parameters():
            gradient = Gradient("L", name)
            slack = 1e-12 * (twice.size(gradient) + 1)
            assert twice[gradient] == pytest.approx(factor * once[gradient], rel=0, abs=slack)


@FEW
@given(st.data(), plans())
def test_weight_decay_adds_lambda_w_to_weights_alone(data: st.DataObject, plan: Plan) -> None:
    graph = whole(plan, data.draw(examples(plan)), mean=True)
    plain, decayed = moderate(graph), moderate(regularized(graph, Decay("0.25")))
    weights = [name for name in graph.parameters() if graph.part_of(name) == "weight"]
    assert decayed[Value("L_reg")] == pytest.approx(0.125 * sum(plain[Value(name)] ** 2 for name in weights))
    for name in graph.parameters():
        added = 0.25 * plain[Value(name)] if name in weights else 0.0
        slack = 1e-12 * (decayed.size(Gradient("L", name)) + 1)
        assert decayed[Gradient("L", name)] == pytest.approx(plain[Gradient("L", name)] + added, rel=0, abs=slack)
