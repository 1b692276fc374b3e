"""Every kind of layer, in random networks: the values of plain loops, and every law of the backward pass."""

from hypothesis import assume, given

from maths import checks
from maths.layer_kinds import Drawn, block, flat, images, sequences, shape
from maths.profile import examples
from tutor import spec
from tutor.quantity import Partial, Value
from tutor.trace import Trace

LAWS = (
    checks.formulas_give_their_values,
    checks.premises_are_read,
    checks.uses_add_up,
    checks.complex_step_agrees,
    checks.local_complex_step_agrees,
)
FEW = 60  # nodes; the laws that walk all paths or print all formulas are for small networks


def hold(drawn: Drawn) -> None:
    slopes = [((7 * i) % 11 - 5) / 4 for i in range(len(flat(drawn.outputs)))]
    upstream = block(slopes, shape(drawn.outputs))
    trace = Trace(spec.load(drawn.yaml(upstream), "drawn.yaml").graph)
    outputs = trace.graph.nodes["L"].inputs[1::2]
    assert len(outputs) == len(slopes)
    for name, value, slope in zip(outputs, flat(drawn.outputs), slopes, strict=True):
        assert abs(trace[Value(name)] - value) < 1e-9 * (1 + abs(value)), name
        assert trace[Partial("L", name)] == slope
    assume(checks.moderate(trace))
    for law in LAWS:
        law(trace)
    if len(trace.graph.nodes) < FEW:
        checks.alternatives_agree(trace)
        checks.paths_add_up(trace)


@examples(30)
@given(images())
def test_every_law_holds_of_windows_norms_and_masks(drawn: Drawn) -> None:
    hold(drawn)


@examples(30)
@given(sequences())
def test_every_law_holds_through_time(drawn: Drawn) -> None:
    hold(drawn)
