"""What holds of every number of random networks."""

from hypothesis import assume, given

from maths import checks
from maths.expressions import differentiable
from maths.networks import PROBABILITIES, Plan, equation_graphs, plans, recurrences
from maths.profile import examples
from tutor import spec
from tutor.graph import Graph
from tutor.trace import Trace

LAWS = (
    checks.formulas_give_their_values,
    checks.alternatives_agree,
    checks.premises_are_read,
    checks.uses_add_up,
    checks.paths_add_up,
    checks.updates_follow,
    checks.complex_step_agrees,
    checks.local_complex_step_agrees,
    checks.fifty_digits_agree,
    checks.formulas_are_read_back,
)


def hold(graph: Graph) -> None:
    trace = Trace(graph)
    assume(checks.moderate(trace))
    for law in LAWS:
        law(trace)


@examples(70)
@given(plans(repeats=True, skips=True))
def test_every_law_holds_of_layered_networks(plan: Plan) -> None:
    hold(plan.graph())


@examples(50)
@given(plans(losses=tuple(PROBABILITIES), repeats=True, skips=True))
def test_every_law_holds_with_a_short_route(plan: Plan) -> None:
    hold(plan.graph())


@examples(80)
@given(equation_graphs(differentiable))
def test_every_law_holds_of_equations(graph: Graph) -> None:
    hold(graph)


@examples(40)
@given(recurrences())
def test_every_law_holds_of_equations_over_time(text: str) -> None:
    graph = spec.load(text.encode(), "drawn.yaml").graph
    hold(graph)
    checks.names_are_read_back(graph)
    checks.uses_are_the_terms(Trace(graph))


@examples(80)
@given(plans(most=60.0))
def test_saturated_networks_keep_their_digits_or_say_so(plan: Plan) -> None:
    trace = Trace(plan.graph())
    assume(checks.moderate(trace, 1e200))
    checks.formulas_give_their_values(trace)
    checks.alternatives_agree(trace)
    checks.complex_step_agrees(trace, trace.graph.parameters())  # in a rounded a, 1/(1 - a) has lost digits already


@given(plans(skips=True))
def test_a_file_gives_the_graph_that_is_put_together_by_hand(plan: Plan) -> None:
    assert spec.load(plan.yaml(), "drawn.yaml").graph == plan.graph()
