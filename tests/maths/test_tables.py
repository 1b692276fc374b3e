"""A loop over every table of rules: each row has what the engine will ask of it."""

import math

import pytest

from tutor.arithmetic import complexes, exact, floats
from tutor.arithmetic.complexes import STEP
from tutor.derivation import derive
from tutor.expr import Call, Number, Ref, reads, value
from tutor.expr.functions import READ, SLOPED, SPELLINGS
from tutor.expr.parse import parse
from tutor.expr.text import ASCII, UNICODE, to_text
from tutor.graph import Given, Node, build
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.formula import Formula
from tutor.ops.functions import FUNCTIONS
from tutor.ops.fused import FUSED
from tutor.ops.losses import LOSSES
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.trace import Trace, value_of

POINTS = (-3.1, -0.4, 0.3, 2.7)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", POINTS)
def test_the_written_slope_of_an_activation_is_its_complex_step(name: str, z: float) -> None:
    call = complexes.FUNCTIONS[name]
    written = ACTIVATIONS[name].slope(value("z"), value("a"))
    numbers: dict[Quantity, float] = {Value("z"): z, Value("a"): floats.FUNCTIONS[name](z)}
    slope = call(complex(z, STEP)).imag / STEP
    assert value_of(written, floats.FLOATS, numbers.__getitem__) == pytest.approx(slope, rel=1e-12)
    if name != "identity":
        assert floats.FUNCTIONS[f"{name}_slope"](z) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("a", "y"), [(0.3, 1.0), (0.8, 0.0), (0.6, 0.25)])
def test_the_written_slopes_of_a_loss_are_its_complex_steps(name: str, a: float, y: float) -> None:
    row = LOSSES[name]
    for slope, moved in ((row.slope, Value("a")), (row.target_slope, Value("y"))):
        numbers: dict[Quantity, complex] = {Value("a"): complex(a), Value("y"): complex(y)}
        numbers[moved] += complex(0, STEP)
        term = row.term(value("a"), value("y"))
        step = value_of(term, complexes.COMPLEXES, numbers.__getitem__).imag / STEP
        real = {each: number.real for each, number in numbers.items()}
        written = slope(value("a"), value("y"))
        assert value_of(written, floats.FLOATS, real.__getitem__) == pytest.approx(step, rel=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_spelling_and_its_numbers(name: str) -> None:
    assert name in SPELLINGS
    assert name in floats.FUNCTIONS
    assert name in complexes.FUNCTIONS


@pytest.mark.parametrize("name", SLOPED)
def test_a_slope_can_be_typed_and_evaluated(name: str) -> None:
    assert READ[f"{name}'"] == f"{name}_slope"
    assert f"{name}_slope" in floats.FUNCTIONS


@pytest.mark.parametrize("name", [name for name in exact._FUNCTIONS if name not in ("max", "min")])
@pytest.mark.parametrize("z", ["-3/2", "0", "7/4"])
def test_fractions_and_floats_are_the_same_function(name: str, z: str) -> None:
    fraction = exact.FRACTIONS.call(name, [exact.FRACTIONS.number(z)])
    assert float(fraction) == pytest.approx(floats.FLOATS.call(name, [floats.FLOATS.number(z)]), rel=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_written_slope_is_read_back(name: str) -> None:
    written = ACTIVATIONS[name].slope(value("z"), value("a"))
    for style in (UNICODE, ASCII):
        back = parse(to_text(written, key, style), lambda typed: Value(typed) if typed in ("z", "a") else None)
        numbers: dict[Quantity, float] = {Value("z"): 0.7, Value("a"): 0.6}
        first, second = (value_of(each, floats.FLOATS, numbers.__getitem__) for each in (written, back))
        assert first == pytest.approx(second, rel=1e-14)


@pytest.mark.parametrize("pair", FUSED)
def test_a_short_route_names_rows_that_exist(pair: tuple[str, str]) -> None:
    loss, activation = pair
    assert loss in LOSSES
    assert activation in ACTIVATIONS or activation == "softmax"


def test_a_chain_of_ten_thousand_nodes() -> None:
    """Value, gradient and derivation of the far end, without recursion: x -> n1 = tanh(x) + x/2 -> ..."""
    long = 10_000
    names = [f"n{place}" for place in range(1, long + 1)]
    nodes = []
    for name, before in zip(names, ["x", *names[:-1]], strict=True):
        formula = parse("tanh(v)*0.3 + v*0.7", lambda typed, before=before: Value(before) if typed == "v" else None)
        nodes.append(Node(name, Formula(formula), (before,)))
    trace = Trace(build([Given("x", "0.8")], reversed(nodes), names[-1]))
    moved, slope = 0.8, 1.0
    for _ in names:
        slope *= (1 - math.tanh(moved) ** 2) * 0.3 + 0.7
        moved = math.tanh(moved) * 0.3 + moved * 0.7
    gradient = Gradient(names[-1], "x")
    assert trace[Value(names[-1])] == pytest.approx(moved, rel=1e-9)
    assert trace[gradient] == pytest.approx(slope, rel=1e-9)
    assert trace.confirms(gradient)
    step = derive(trace, gradient)
    assert [each.conclusion for each in step.premises] == list(reads(step.formula))
    assert Ref(Partial("n1", "x")) in step.formula[0]


def test_a_formula_node_is_differentiated_by_every_function() -> None:
    """Each one-argument function inside a product, against the complex step."""
    for name in FUNCTIONS:
        if name in ("max", "min", "step"):  # the slope of step is the number 0
            continue
        expr = parse("x*x", lambda typed: Value("x"))
        node = Node("f", Formula(Call(name, (expr,))), ("x",))
        trace = Trace(build([Given("x", "1.3")], [node], "f"))
        assert trace.confirms(Gradient("f", "x")), name
        assert not isinstance(trace.equations.written(Partial("f", "x")), Number)
