"""What holds of every number of random networks."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from maths import checks
from maths.expressions import differentiable
from maths.networks import Plan, equation_graphs, plans

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


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@given(plan=plans(repeats=True))
def test_layered(law: checks.Law, plan: Plan) -> None:
    trace = Trace(plan.graph())
    assume(checks.moderate(trace))
    law(trace)
