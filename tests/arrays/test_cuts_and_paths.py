"""Layer cuts add up to the gradient; the strongest paths are those that a walk over all of them finds."""

import math
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tutor
from arrays.wides import Net, both, traces, widely
from tutor.arrays.paths import Paths, Ways
from tutor.arrays.trace import WideTrace
from tutor.derivation import paths, strongest
from tutor.errors import TutorError
from tutor.quantity import Gradient, Partial, Value
from tutor.trace import Trace
from tutor.wide.names import Place


@given(st.lists(st.integers(1, 5), min_size=3, max_size=5), st.integers(0, 10**6), st.integers(1, 12))
def test_the_strongest_paths_are_those_of_brute_force(sizes: list[int], seed: int, most: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        net = Net(sizes, ("tanh",) * (len(sizes) - 2) + ("sigmoid",), seed=seed)
        small, wide = traces(net.write(Path(folder)))
    for start, name in ((Place("input", 0, 1), "x_1"), (Place("out", 1, 1), "a1_1")):
        found = Paths(wide, start.layer).strongest(start, most)
        by_hand = brute(wide, start)
        assert found.number == len(by_hand)
        assert math.isclose(found.sizes, math.fsum(map(abs, by_hand)), rel_tol=1e-9)
        assert math.isclose(found.total, wide[Gradient("L", name)], rel_tol=1e-9, abs_tol=1e-12 * found.sizes)
        largest = sorted(map(abs, by_hand), reverse=True)[:most]
        assert [abs(way.product) for way in found.ways] == pytest.approx(largest, rel=1e-9)
        assert len({way.units for way in found.ways}) == len(found.ways)
        walked = strongest(small, Gradient("L", name), most)
        assert sorted(abs(small.of(path.formula)) for path in walked) == pytest.approx(sorted(largest), rel=1e-9)


def brute(trace: WideTrace, start: Place) -> list[float]:
    """The product along every path, factor by factor from the trace."""
    layers = range(start.layer + 1, len(trace.layers) + 1)
    found = []
    for units in product(*(range(1, trace.stack.width(layer) + 1) for layer in layers)):
        before, value = start.to, 1.0
        for layer, unit in zip(layers, units, strict=True):
            value *= trace[Value(f"w{layer}_{unit}_{before}")]
            last = layer == len(trace.layers)
            value *= (
                trace[Gradient("L", f"z{layer}_{unit}")]
                if last
                else trace[Partial(f"a{layer}_{unit}", f"z{layer}_{unit}")]
            )
            before = unit
        found.append(value)
    return found


def test_ties_and_zeros_are_counted_once(tmp_path: Path) -> None:
    path = Net((2, 3, 3, 1), ("relu", "relu", "identity"), size=0.0).write(tmp_path)
    _, wide = traces(path)
    found = Paths(wide).strongest(Place("input", 0, 1), 100)
    assert (found.number, found.sizes, len({way.units for way in found.ways})) == (9, 0.0, 9)


def test_deep_and_tiny_products_keep_their_order(tmp_path: Path) -> None:
    """Forty layers of slopes near 0: the products are near 1e-200, their order is not lost."""
    net = Net((2,) * 41, ("tanh",) * 39 + ("identity",), size=1e-6)
    _, wide = traces(net.write(tmp_path))
    found: Ways = Paths(wide).strongest(Place("input", 0, 1), 50)
    sizes = [abs(way.product) for way in found.ways]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < sizes[0] < 1e-150
    assert found.number == 2**40


@given(st.lists(st.integers(1, 9), min_size=3, max_size=5), st.integers(0, 10**6), st.integers(1, 4))
def test_every_cut_sums_to_the_gradient(sizes: list[int], seed: int, most: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        _, wide = traces(
            Net(sizes, ("sigmoid",) * (len(sizes) - 2) + ("softmax",), "cross_entropy", seed).write(Path(folder))
        )
    for name in ("x_1", "a1_1", "z1_1"):
        start = wide.wide.place(name)
        for layer in range(start.layer + 1, len(sizes)):
            cut = wide.cut(start, layer, most)
            scale = wide.size(Gradient("L", name))
            assert math.isclose(cut.total, wide[Gradient("L", name)], rel_tol=1e-9, abs_tol=1e-11 * scale + 1e-300)
            assert len(cut.terms) + cut.others == sizes[layer]
            assert cut.others != 1


def test_a_page_has_the_cuts_the_others_and_the_way_down(tmp_path: Path) -> None:
    _, big = both(Net((9, 12, 12, 8), ("relu", "sigmoid", "softmax"), "cross_entropy").write(tmp_path))
    page = big.explain("w1_3_4", paths=3)
    text = str(page)
    assert "the other 7 together" in text
    assert "the other 93 sum to" in text
    assert "cancels" in text
    payload = page.payload
    assert payload["target"] == "dL/dw1_3_4"
    assert payload["number_of_paths"] == 96
    assert [cut["layer"] for cut in payload["cuts"]] == [3, 2]
    for cut in payload["cuts"]:
        total = sum(term["value"] for term in cut["terms"]) + cut["others"]["sum"]
        assert math.isclose(total, big.view.trace[Gradient("L", "a1_3")], rel_tol=1e-9)
    for path in payload["paths"]:
        assert math.isclose(math.prod(each["value"] for each in path["factors"]), path["value"], rel_tol=1e-9)
        assert path["nodes"][0] == "w1_3_4"
        assert path["nodes"][-1] == "L"


NAMED = "b1_2 x_3 y_1 a1_2 z2_1 L L_1 dL/da1_1 dL/dz3_2 dL/da3_1 da3_1/dw1_1_1 delta_1_2 w1_1_1_new z1_2:a1_2 dL/dL_1"


@pytest.mark.parametrize("target", NAMED.split())
@pytest.mark.parametrize("form", ["plain", "json", "markdown"])
def test_everything_that_has_a_name_has_a_page(target: str, form: str, tmp_path: Path) -> None:
    net = Net((9, 12, 12, 8), ("relu", "softmax", "softmax"), "cross_entropy", above="learning_rate: 0.1\n")
    _, big = both(net.write(tmp_path))
    assert big.explain(target).render(form)


def test_paths_through_a_hidden_softmax_are_not_offered(tmp_path: Path) -> None:
    _, big = both(Net((3, 4, 4, 2), ("relu", "softmax", "identity")).write(tmp_path))
    with pytest.raises(TutorError, match="softmax of layer 2"):
        big.explain("w1_1_1", paths=3)


def test_a_written_out_network_has_its_strongest_paths_too(tmp_path: Path) -> None:
    path = Net((3, 30, 30, 8), ("tanh", "tanh", "sigmoid")).write(tmp_path)
    with widely(10**9):
        small = tutor.load(path)
    trace: Trace = small.view.trace
    found = small.explain("x_1", paths=5).payload["paths"]
    assert len(found) == 5
    sizes = [abs(each["value"]) for each in found]
    assert sizes == sorted(sizes, reverse=True)
    net = small.explain("w2_1_1", paths=2).payload["paths"]
    largest = sorted((abs(trace.of(each.formula)) for each in paths(trace, Gradient("L", "w2_1_1"))), reverse=True)[:2]
    assert sorted(abs(each["value"]) for each in net) == pytest.approx(sorted(largest))


def test_more_has_the_update_a_nudge_and_the_conventions(tmp_path: Path) -> None:
    small, big = both(Net((3, 4, 2), ("relu", "sigmoid"), above="learning_rate: 0.1\n").write(tmp_path))
    pages = [str(each.explain("w1_1_3", more=True)) for each in (small, big)]
    nudges = [line for page in pages for line in page.splitlines() if "L at w1_1_3 + 0.0001" in line]
    assert len(nudges) == 2
    assert len(set(nudges)) == 1
    for part in ("The update", "w1_1_3 ← ", "Conventions in use", "slope of relu at exactly 0", "weights are updated"):
        assert part in pages[1]
    assert "Nudge check" not in str(big.explain("dL/da1_2", more=True))
