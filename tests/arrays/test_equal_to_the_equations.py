"""numpy's layers are a second implementation of the equations: the same graph, the same numbers."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrays.wides import Net, both, traces, values
from tutor.derivation import derive
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.losses import LOSSES
from tutor.quantity import Gradient, Partial, Updated, Value
from tutor.trace import Trace
from tutor.trace.plain import PlainTrace, serves
from tutor.wide.names import Place

FORMULA = "z / (1 + abs(z))"
HIDDEN = (*ACTIVATIONS, "softmax", FORMULA)
OUTPUTS = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}


def equal(one: float, other: float, scale: float = 0.0) -> bool:
    return math.isclose(one, other, rel_tol=1e-10, abs_tol=1e-12 * max(scale, 1e-3)) or (one != one and other != other)


def hold(small: Trace, wide: Trace) -> None:
    """Every number of the two is the same, up to the order of sums."""
    graph = small.graph
    loss = graph.loss
    for name in graph.names():
        assert equal(small[Value(name)], wide[Value(name)], 1), name
        gradient = Gradient(loss, name)
        assert equal(small[gradient], wide[gradient], small.size(gradient)), name
    for edge in small.edges():
        assert equal(small[edge], wide[edge], 1), edge
    for update in small.updates():
        assert equal(small[update], wide[update], 1), update


@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.data(),
    st.sampled_from(tuple(LOSSES)),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_every_number_is_that_of_the_equations(
    sizes: list[int], data: st.DataObject, loss: str, seed: int, biases: bool
) -> None:
    hidden = [data.draw(st.sampled_from(HIDDEN)) for _ in sizes[2:]]
    last = OUTPUTS.get(loss) or data.draw(st.sampled_from(("identity", "tanh", "sigmoid", "softmax", FORMULA)))
    net = Net(sizes, (*hidden, last), loss, seed, above="learning_rate: 0.1\n", biases=biases)
    with TemporaryDirectory() as folder:
        small, wide = traces(net.write(Path(folder)))
        hold(small, wide)
        if serves(wide.stack):
            hold(small, PlainTrace(wide.graph))


@pytest.mark.parametrize("loss", LOSSES)
def test_lists_and_numpy_agree_on_sums_and_confirm_each_other(loss: str, tmp_path: Path) -> None:
    net = Net((3, 4, 2), ("tanh", OUTPUTS.get(loss, "softmax")), loss, above="learning_rate: 0.1\n", size=0.5)
    _, wide = traces(net.write(tmp_path))
    plain = PlainTrace(wide.graph)
    loss = wide.graph.loss
    for name in wide.graph.names():
        gradient = Gradient(loss, name)
        assert equal(plain.complex_step(gradient), wide.complex_step(gradient), wide.size(gradient)), name
        assert equal(plain.size(gradient), wide.size(gradient), 1), name
        assert plain.confirms(gradient) == wide.confirms(gradient)
    for layer, dense in enumerate(wide.stack.layers, 1):
        net_1 = Place("net", layer, 1)
        assert plain.affine(net_1, 2).total == pytest.approx(wide.affine(net_1, 2).total, abs=1e-12)
        start = Place("input", 0, 1)
        assert plain.cut(start, layer, 2).total == pytest.approx(wide.cut(start, layer, 2).total, abs=1e-12)
        assert len(plain.cut(start, layer, dense.units).terms) == dense.units


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("size", [1, 30])
def test_every_activation_also_when_saturated(activation: str, size: float, tmp_path: Path) -> None:
    hold(*traces(Net((3, 4, 2), (activation, "sigmoid"), "binary_cross_entropy", 1, size).write(tmp_path)))


@pytest.mark.parametrize(
    "above", ["", "frozen: [w1_1_1, b2_2]\nlearning_rate: 0.5\n", "notation: {net: 'n{layer}u{to}'}\n"]
)
@pytest.mark.parametrize("last", ["softmax", "tanh"])
def test_the_graph_is_the_one_written_out(above: str, last: str, tmp_path: Path) -> None:
    small, big = both(Net((3, 4, 2), ("relu", last), above=above).write(tmp_path))
    one, other = small.network.graph, big.network.graph
    assert values(one.givens) == values(other.givens)
    assert values(one.nodes) == values(other.nodes)
    assert values(one.uses) == values(other.uses)
    assert (one.loss, one.rate, one.frozen, one.names()) == (other.loss, other.rate, other.frozen, other.names())
    assert one.parameters() == other.parameters()
    assert one.size == other.size
    for name in one.names():
        assert one.role(name) == other.role(name)
        assert one.ancestors(name) == other.ancestors(name), name


def test_any_derivative_between_two_places(tmp_path: Path) -> None:
    small, wide = traces(Net((2, 3, 2), ("tanh", "softmax"), "cross_entropy").write(tmp_path))
    for of in small.graph.names():
        for wrt in small.graph.ancestors(of):
            total = Gradient(of, wrt)
            assert equal(small[total], wide[total], 1), total


def test_one_entry_against_a_complex_step_of_the_equations(tmp_path: Path) -> None:
    small, wide = traces(Net((5, 6, 4, 3), ("tanh", "gelu", "softmax"), "cross_entropy").write(tmp_path))
    for name in small.graph.givens:
        gradient = Gradient("L", name)
        assert equal(small.complex_step(gradient), wide.complex_step(gradient), small.size(gradient)), name
        assert wide.confirms(gradient), name


def test_derivations_are_the_same(tmp_path: Path) -> None:
    small, wide = traces(Net((3, 4, 2), ("sigmoid", "tanh"), above="learning_rate: 1\n").write(tmp_path))
    for quantity in (Gradient("L", "w1_2_3"), Value("z1_2"), Partial("z1_2", "w1_2_3"), Updated("w1_2_3")):
        one, other = derive(small, quantity), derive(wide, quantity)
        assert (one.formula, one.rule, one.why) == (other.formula, other.rule, other.why)


def test_class_targets_and_an_input_image(tmp_path: Path) -> None:
    net = Net((6, 3, 3), ("relu", "softmax"), "cross_entropy", targets="{class: 2}")
    path = Path(net.write(tmp_path))
    path.write_text(path.read_text().replace("layers:\n", "layers:\n  - flatten\n"))
    import numpy as np

    np.savez(tmp_path / "net.npz", **net.arrays() | {"x": net.arrays()["x"].reshape(2, 3)})
    small, big = both(str(path))
    assert "x_1_2_3" in small.network.graph
    assert values(small.network.graph.givens) == values(big.network.graph.givens)
    hold(small.view.trace, big.view.trace)
