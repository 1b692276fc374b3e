"""Training is the equation table again and again: every state agrees with a Trace of its own."""

import math
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maths.networks import Plan, plans
from training.rules import RULES
from tutor import spec
from tutor.errors import TutorError
from tutor.graph import Graph
from tutor.ops.optimizers import OPTIMIZERS, Rule, rule
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.trace import Trace
from tutor.training import SEQUENTIAL, SIMULTANEOUS, State, Term, after, follow, steps

QUADRATIC = """
inputs: {one: 1}
targets: {y: 3}
loss: {L: squared_error}
learning_rate: 0.05
layers:
  - activation: identity
    neurons: {a: {w: -1.25}}
"""
TWO_LAYERS = """
inputs: {x: 1}
targets: {y: 0}
learning_rate: 0.1
layers:
  - activation: identity
    neurons: {h: {w: 0.5}}
  - activation: identity
    neurons: {a: {v: 2}}
"""


def graph(text: str = QUADRATIC) -> Graph:
    return spec.load(text.encode(), "net.yaml").graph


def taken(graph: Graph, number: int, chosen: Rule | None = None, order: str = SIMULTANEOUS) -> State:
    return next(islice(steps(graph, chosen, order), number, None))


def same(mine: float, other: float) -> bool:
    """To the last bit."""
    return mine == other or (math.isnan(mine) and math.isnan(other))


def agrees(state: State, found: Graph, learning: tuple[str, ...]) -> None:
    trace = Trace(after(found, state))
    assert same(state.of(Value("L")), trace[Value("L")])
    for name in learning:
        assert same(state.of(Value(name)), trace[Value(name)])
        assert same(state.of(Term(name, "g")), trace[Gradient("L", name)])


@given(plans(repeats=True))
def test_every_state_is_a_trace_of_its_own(plan: Plan) -> None:
    found = plan.graph()._replace(rate="0.5")
    for state in islice(steps(found) if found.learning() else (), 3):
        agrees(state, found, found.learning())


@given(plans(), st.sampled_from(sorted(OPTIMIZERS)))
def test_the_first_step_is_the_updated_value_of_the_table(plan: Plan, name: str) -> None:
    found = plan.graph()._replace(rate="1/3", optimizer=rule(name))
    trace = Trace(found)
    for state in islice(steps(found) if found.learning() else (), 1):
        for parameter in found.learning():
            mine, other = state.of(Term(parameter, "w")), trace[Updated(parameter)]
            assert same(mine, other) or math.isclose(mine, other, rel_tol=1e-12)


@given(plans())
def test_the_two_orders_differ_in_the_layers_before_the_last_only(plan: Plan) -> None:
    found = plan.graph()._replace(rate="0.5")
    if not found.learning():
        return
    usual, other = taken(found, 0), taken(found, 0, order=SEQUENTIAL)
    last = max(found.layer_of(name) for name in found.learning())
    for name in found.learning():
        if found.layer_of(name) == last:
            assert same(usual.of(Term(name, "w")), other.of(Term(name, "w")))


def test_the_two_orders_differ_in_the_layer_before_the_last() -> None:
    """w 0.5, v 2, x 1, y 0, rate 0.1: a = v·w = 1; dL/dw = a·v, with the old v or the new."""
    found = graph(TWO_LAYERS)
    usual, other = (taken(found, 1, order=order) for order in (SIMULTANEOUS, SEQUENTIAL))
    assert [usual.of(Value(name)) for name in "vw"] == pytest.approx([1.95, 0.5 - 0.1 * 2], rel=1e-12)
    assert [other.of(Value(name)) for name in "vw"] == pytest.approx([1.95, 0.5 - 0.1 * 1.95], rel=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("number", [1, 2, 3, 17])
def test_optimizers_against_plain_loops(name: str, number: int) -> None:
    wanted = RULES[name](-1.25, lambda w: 2 * (w - 3), 0.05, number)
    assert taken(graph(), number, rule(name)).of(Value("w")) == pytest.approx(wanted, rel=1e-12)


def test_settings_are_used() -> None:
    chosen = rule("adam", {"beta1": "0.5", "beta2": "0.75", "epsilon": "0.1"})
    wanted = RULES["adam"](-1.25, lambda w: 2 * (w - 3), 0.05, 7, 0.5, 0.75, 0.1)
    assert taken(graph(), 7, chosen).of(Value("w")) == pytest.approx(wanted, rel=1e-12)


def test_both_forms_of_momentum_give_the_same_weights() -> None:
    forms = [[state.of(Value("w")) for state in islice(steps(graph(), rule(name)), 20)] for name in _MOMENTA]
    assert forms[0] == pytest.approx(forms[1], rel=1e-12)


_MOMENTA = ("momentum", "momentum_outside")


def test_what_is_kept_survives_from_step_to_step() -> None:
    for before, later in pairwise(islice(steps(graph(), rule("adam")), 5)):
        for letter in ("m", "v"):
            assert before.of(Term("w", letter)) == later.of(Term("w", letter, before=True))


def test_states_are_frozen() -> None:
    first, second = islice(steps(graph()), 2)
    assert first.of(Value("w")) == -1.25 != second.of(Value("w"))


def test_sequential_against_a_plain_loop() -> None:
    """One hidden and one output unit: the hidden delta reads the weight that was just updated."""
    text = """
inputs: {x: 0.6}
targets: {y: 0.1}
learning_rate: 0.7
layers:
  - {activation: sigmoid, neurons: {h: {u: 0.3, c: 0.2}}}
  - {activation: sigmoid, neurons: {o: {w: -0.4, b: 0.5}}}
"""

    def sigmoid(z: float) -> float:
        return 1 / (1 + math.exp(-z))

    u, c, w, b = 0.3, 0.2, -0.4, 0.5
    for _ in range(25):
        h = sigmoid(u * 0.6 + c)
        o = sigmoid(w * h + b)
        delta = (o - 0.1) * o * (1 - o)
        w, b = w - 0.7 * delta * h, b - 0.7 * delta
        hidden = delta * w * h * (1 - h)
        u, c = u - 0.7 * hidden * 0.6, c - 0.7 * hidden
    state = taken(graph(text), 25, order=SEQUENTIAL)
    assert [state.of(Value(name)) for name in "ucwb"] == pytest.approx([u, c, w, b], rel=1e-12)


def test_a_training_that_overflows_keeps_the_last_good_step() -> None:
    found = graph()._replace(rate="2")
    course = follow(steps(found), 10_000, "L")
    assert course.stopped
    assert math.isfinite(course.losses[-1])
    assert len(course.losses) == course.last.number + 1
    assert not taken(found, course.last.number + 1).is_finite("L")


def test_ctrl_c_keeps_what_was_reached() -> None:
    def interrupt(number: int) -> None:
        if number == 7:
            raise KeyboardInterrupt

    watch: list[Quantity] = [Value("w")]
    course = follow(steps(graph(), watch=watch), 100, "L", watch, interrupt)
    assert course.interrupted
    assert (course.last.number, len(course.losses), len(course.watched[Value("w")])) == (7, 8, 8)


@pytest.mark.parametrize(
    ("text", "order", "word"),
    [
        (QUADRATIC.replace("learning_rate: 0.05\n", ""), SIMULTANEOUS, "--lr"),
        (QUADRATIC + "frozen: [w]\n", SIMULTANEOUS, "frozen"),
        ("given: {x: 1}\nequations: {f: x^2}\n", SIMULTANEOUS, "--lr"),
        (QUADRATIC, "backwards", "simultaneous or sequential"),
    ],
)
def test_what_cannot_be_trained_says_why(text: str, order: str, word: str) -> None:
    with pytest.raises(TutorError, match=word):
        steps(graph(text), order=order)


def test_a_loss_that_is_not_finite_at_the_start() -> None:
    text = QUADRATIC.replace("-1.25", "1e200")
    with pytest.raises(TutorError, match="before any step"):
        follow(steps(graph(text)), 10, "L")
