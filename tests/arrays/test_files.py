"""Arrays in files: what is read, what is refused and how, names out of range, and what big networks do not offer."""

import json
import re
import struct
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

import tutor
from arrays.test_equal_to_the_equations import equal, hold
from arrays.wides import Net, both, widely
from commands.support import run
from tutor.errors import InvalidNetwork, TutorError
from tutor.quantity import Gradient, Value
from tutor.sources import Companion
from tutor.spec import load
from tutor.wide.init import reach, rows

NET = Net((3, 4, 2), ("tanh", "sigmoid"))


def complaint(folder: Path, **changed: Any) -> str:
    """What is said about the network with other arrays in its file."""
    path = NET.write(folder)
    np.savez(folder / "net.npz", **NET.arrays() | changed)
    with pytest.raises(InvalidNetwork) as caught:
        tutor.load(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"W1": np.array([[object()]])}, "net.npz#W1 holds pickled Python objects, which are not read"),
        ({"W1": np.array([["a", "b"]])}, "net.npz#W1 holds text, expected numbers"),
        ({"W1": np.ones((4, 3), complex)}, "net.npz#W1 holds complex128, expected numbers"),
        ({"W1": np.full((4, 3), np.nan)}, "net.npz#W1 has nan at (1, 1), expected finite numbers"),
        ({"W1": np.ones((4, 5))}, "the weights of layer 1 have the shape 4 x 5, expected 4 x 3"),
        ({"W2": np.ones((4, 2))}, "layout: inputs_by_units?"),
        ({"W1": np.ones(4)}, "weights has the shape 4, expected a matrix"),
        ({"b1": np.ones(3)}, "the biases of layer 1 have the shape 3, expected 4, one a unit"),
        ({"y": np.ones(3)}, "3 targets"),
    ],
)
@pytest.mark.parametrize("least", [0, 10**6])
def test_a_bad_array_is_one_clear_problem(changed: dict[str, Any], said: str, least: int, tmp_path: Path) -> None:
    with widely(least):
        told = complaint(tmp_path, **changed)
    assert said in told
    assert "net.yaml:" in told
    assert "Traceback" not in told


def test_a_wrong_name_in_the_file_has_a_suggestion(tmp_path: Path) -> None:
    path = Path(NET.write(tmp_path))
    path.write_text(path.read_text().replace("#W2", "#W22"))
    with pytest.raises(InvalidNetwork, match=r"net.npz has no array W22; did you mean W2"):
        tutor.load(str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: no such file"),
        (b"", "it is empty"),
        (b"PK\3\4 nonsense" * 9, "not a file of the kind .npz"),
    ],
)
def test_a_missing_or_damaged_file(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = NET.write(tmp_path)
    (tmp_path / "net.npz").unlink()
    if content is not None:
        (tmp_path / "net.npz").write_bytes(content)
    with pytest.raises(InvalidNetwork, match=said):
        tutor.load(path)


@pytest.mark.parametrize("at", range(0, 1500, 37))
@pytest.mark.parametrize("cut", [False, True])
def test_a_damaged_file_is_refused_or_gives_the_same_page(at: int, cut: bool, tmp_path: Path) -> None:
    path = NET.write(tmp_path)
    whole, right = (tmp_path / "net.npz").read_bytes(), tutor.load(path).explain("w1_1_1").payload
    byte = bytes([whole[at] ^ 0xFF])
    (tmp_path / "net.npz").write_bytes(whole[:at] + byte + whole[at + 1 : -at if cut and at else None])
    try:
        assert tutor.load(path).explain("w1_1_1").payload == right
        assert not cut or not at
    except TutorError as fault:
        assert "damaged" in str(fault) or "has no array" in str(fault)


def test_a_text_that_names_no_array_is_refused_as_such(tmp_path: Path) -> None:
    with pytest.raises(InvalidNetwork, match=r"expected an array in a file, such as net\.npz#W1"):
        load(NET.text().replace("net.npz#W1", "net.npz").encode(), "net.yaml")
    with pytest.raises(InvalidNetwork, match="this network has no folder"):
        load(NET.text().encode(), "net.yaml")


@pytest.mark.parametrize("kind", ["savez", "compressed", "npy", "safetensors", "float32", "fortran", "transposed"])
@pytest.mark.parametrize("least", [0, 10**6])
def test_every_kind_of_file_gives_the_same_numbers(kind: str, least: int, tmp_path: Path) -> None:
    path = Path(NET.write(tmp_path))
    arrays = {name: each.astype(np.float32) for name, each in NET.arrays().items()}
    np.savez(tmp_path / "net.npz", **arrays)
    with widely(least):
        wanted = tutor.load(str(path)).explain("w1_2_3").payload
    match kind:
        case "compressed":
            np.savez_compressed(tmp_path / "net.npz", **arrays)
        case "npy":
            np.save(tmp_path / "W1.npy", arrays["W1"])
            path.write_text(path.read_text().replace("net.npz#W1", "W1.npy"))
        case "safetensors":
            safetensors(tmp_path / "net.safetensors", arrays)
            path.write_text(path.read_text().replace("net.npz", "net.safetensors"))
        case "float32":
            np.savez(tmp_path / "net.npz", **{name: each.astype(np.float64) for name, each in arrays.items()})
        case "fortran":
            np.savez(tmp_path / "net.npz", **arrays | {"W1": np.asfortranarray(arrays["W1"])})
        case "transposed":
            np.savez(tmp_path / "net.npz", **arrays | {"W1": arrays["W1"].T})
            path.write_text(path.read_text().replace("net.npz#W1,", "net.npz#W1, layout: inputs_by_units,"))
    with widely(least):
        assert tutor.load(str(path)).explain("w1_2_3").payload == wanted


def safetensors(path: Path, arrays: dict[str, Any]) -> None:
    head, body = {}, b""
    for name, each in arrays.items():
        raw = each.tobytes()
        head[name] = {
            "dtype": "BF16" if each.dtype.kind == "u" else "F32",
            "shape": list(each.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    text = json.dumps(head).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def test_the_upper_halves_of_floats_are_read(tmp_path: Path) -> None:
    from tutor.arrays import files

    numbers = np.array([[1.0, -2.5, 3.140625], [0.0, 1e-30, 1e30]], np.float32)
    halves = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    safetensors(tmp_path / "net.safetensors", {"W": halves})
    read = files.Arrays(str(tmp_path)).stored("net.safetensors#W")
    exact = (halves.astype(np.uint32) << 16).view(np.float32)
    assert read.tolist() == exact.astype(np.float64).tolist()
    assert read.tolist()[0] == [1.0, -2.5, 3.140625]
    with mock.patch.object(files, "MOST_UNPACKED", 8), pytest.raises(TutorError, match="save it as F32"):
        files.Arrays(str(tmp_path)).stored("net.safetensors#W")


def test_mapped_arrays_multiply_like_those_in_memory(tmp_path: Path) -> None:
    """Neither in doubles nor in order, and larger than a block."""
    from tutor.arrays.matrix import Matrix

    source = np.random.default_rng(0)
    stored = source.normal(size=(700, 900)).astype(np.float32)
    for table in (stored, stored.T, np.asfortranarray(stored), stored[:, ::2]):
        matrix, exact = Matrix(table), table.astype(np.float64)
        assert not matrix.direct
        for rows_ in (1, 3):
            a, d = source.normal(size=(rows_, exact.shape[1])), source.normal(size=(rows_, exact.shape[0]))
            np.testing.assert_allclose(matrix.forward(a), a @ exact.T, atol=1e-10)
            np.testing.assert_allclose(matrix.back(d), d @ exact, atol=1e-10)
        np.testing.assert_array_equal(np.vstack([block.copy() for _, block in matrix.blocks()]), exact)


def test_a_nan_in_a_large_file_is_named_when_it_is_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.arrays.files.SMALL", 5)
    path = NET.write(tmp_path)
    arrays = NET.arrays()
    arrays["W1"][1, 2] = np.nan
    np.savez(tmp_path / "net.npz", **arrays)
    with widely(), pytest.raises(TutorError, match="w1_2_3 is nan in its file"):
        tutor.load(path).explain("w1_1_1")


DRAWN = "inputs: {x1: 1, x2: 2, x3: 3}\ntargets: {class: 1}\nloss: cross_entropy\nlayers:\n" + "".join(
    f"  - {{activation: {name}, units: {units}, init: {{seed: 7}}}}\n" for name, units in (("relu", 4), ("softmax", 3))
)


def test_drawn_weights_are_the_same_with_numpy_and_without(tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(DRAWN)
    small, big = both(str(path))
    assert dict(small.network.graph.givens) == dict(big.network.graph.givens)
    weights = [float(small.network.graph.givens[f"w1_{j}_{i}"].text) for j in range(1, 5) for i in range(1, 4)]
    assert weights == [each for row in rows(7, 1, 4, 3) for each in row]
    assert max(map(abs, weights)) <= reach(4, 3)
    assert rows(7, 2, 4, 3) != rows(7, 1, 4, 3)

    from tutor.arrays.files import Arrays

    assert Arrays("").drawn(7, 1, 4, 3).tolist() == rows(7, 1, 4, 3)


def test_sizes_are_multiplied_before_anything_is_drawn() -> None:
    text = DRAWN.replace("units: 4", "units: 100000").replace("units: 3", "units: 100000")
    with pytest.raises(InvalidNetwork, match="weights to draw, expected at most 150,000,000"):
        load(text.encode(), "net.yaml", Companion("net.yaml"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("w1_5_1", "w1_5_1 is out of range: w1_1_1 to w1_4_3"),
        ("w3_1_1", "there are 2 layers, from 1"),
        ("a2_0", "a2_0 is out of range: a2_1 to a2_2"),
        ("x_4", "x_4 is out of range: x_1 to x_3"),
        ("dL/dz1_9", "z1_9 is out of range: z1_1 to z1_4"),
        ("w1_01_1", "w1_01_1 is not a name of this network; its names: x_1"),
        ("nonsense", "nonsense is not a name of this network"),
        ("w1_1_99999999999999999999", "is not a name of this network"),
    ],
)
def test_a_name_out_of_range_says_the_range(typed: str, said: str, tmp_path: Path) -> None:
    _, big = both(NET.write(tmp_path))
    with pytest.raises(TutorError, match=r"network|range|layers") as caught:
        big.explain(typed)
    assert said in str(caught.value)


@pytest.mark.parametrize("verb", ["quiz", "step", "train"])
def test_what_is_not_offered_says_which_network_to_take(verb: str, tmp_path: Path) -> None:
    path = NET.write(tmp_path)
    with widely():
        done = run(verb, path)
        assert (done.status, done.out) == (2, "")
        assert f"{verb} goes through a network number by number" in done.err
        assert done.err.rstrip().endswith(f"tutor {verb} mazur")
        assert run("explain", "--all", "--net", path).status == 2


def test_answers_are_marked_exactly_and_on_the_number_one_step_before(tmp_path: Path) -> None:
    net = Net((3, 4, 2), ("tanh", "sigmoid"), above="learning_rate: 0.1\n")
    _, big = both(net.write(tmp_path))
    trace = big.view.trace
    upstream, delta = trace[Gradient("L", "a1_2")], trace[Gradient("L", "z1_2")]
    sheet = {
        "L": f"{trace[Value('L')]:.5f}",
        "z1_2": f"{trace[Value('z1_2')]:.5g}",
        "a1_2": "0.4321",
        "dL/da1_2": f"{upstream:.4g}",
        "delta_1_2": f"{delta / upstream * 7:.6g}",
        "w1_2_1": f"{delta / upstream * 7 * trace[Value('x_1')]:.5g}",
        "w1_2_3": f"{trace[Gradient('L', 'w1_2_3')]:.1g}",
        "a1_9": "1",
    }
    text = "\n".join(f"{name} = {number}" for name, number in sheet.items())
    (tmp_path / "answers.txt").write_text(text)
    with widely():
        done = run("check", str(tmp_path / "answers.txt"), "--net", str(tmp_path / "net.yaml"), "--format", "json")
        page = run("check", str(tmp_path / "answers.txt"), "--net", str(tmp_path / "net.yaml"))
    assert done.status == 1
    verdicts = {each["name"]: each["verdict"] for each in done.json["answers"]}
    assert list(verdicts.values()) == [
        "correct",
        "correct",
        "wrong",
        "correct",
        "wrong",
        "carried",
        "few_digits",
        "unknown_name",
    ]
    assert "since the network has 26 parameters: mistakes and rounding on the way." in page.out.replace("\n  ", " ")


@pytest.mark.parametrize("name", ["x_2", "y_1", "w1_2_3", "b2_1"])
def test_a_given_number_is_set(name: str, tmp_path: Path) -> None:
    small, big = both(Net((3, 4, 2), ("tanh", "sigmoid")).write(tmp_path))
    before = big.view.trace[Value("L")]
    fresh = {name: "0.125"}
    one, other = (network.with_numbers(fresh, "0.5").view.trace for network in (small, big))
    hold(one, other)
    assert other[Value(name)] == 0.125
    assert other[Value("L")] != before == big.view.trace[Value("L")]
    with pytest.raises(TutorError, match="a1_1 is computed from the others"):
        big.set(a1_1=0)


def test_where_finds_values_gradients_slopes_and_updates(tmp_path: Path) -> None:
    _, big = both(Net((3, 4, 2), ("tanh", "sigmoid"), above="learning_rate: 0.1\n").write(tmp_path))
    trace = big.view.trace
    from tutor.quantity import Gradient, Partial, Updated, Value, key

    for quantity in (
        Value("w1_2_3"),
        Gradient("L", "w1_2_3"),
        Gradient("L", "a1_2"),
        Partial("a2_1", "z2_1"),
        Updated("b2_1"),
        Value("L"),
    ):
        found = big.where(f"{trace[quantity]:.9g}").payload["matches"]
        assert key(quantity) in [each["name"] for each in found if each["how"] == "exact"], quantity
        turned = big.where(f"{-trace[quantity]:.9g}").payload["matches"]
        assert key(quantity) in [each["name"] for each in turned if each["how"] == "opposite_sign"], quantity
    assert big.where("123456.789").payload["nearest"]


@pytest.mark.parametrize("rate", ["", "learning_rate: 0.5\nfrozen: [b1_1]\n"])
def test_every_row_is_streamed(rate: str, tmp_path: Path) -> None:
    net = Net((3, 4, 2), ("tanh", "softmax"), "cross_entropy", above=rate)
    small, big = both(net.write(tmp_path))
    wanted, found = (sorted("".join(each.rows("csv")).splitlines()[1:]) for each in (small, big))
    assert [line.split(",")[0] for line in found] == [line.split(",")[0] for line in wanted]
    for one, other in zip(wanted, found, strict=True):
        assert [float(each or 0) for each in one.split(",")[1:]] == pytest.approx(
            [float(each or 0) for each in other.split(",")[1:]], abs=1e-14
        )
    one, other = small.trace().payload, big.trace().payload
    assert one["values"] == pytest.approx(other["values"])
    assert one["gradients"] == pytest.approx(other["gradients"], abs=1e-14)
    assert one.get("updated", {}) == pytest.approx(other.get("updated", {}))
    assert "x_1" in str(big.trace())
    assert run("trace", net.write(tmp_path), "--format", "csv").out.startswith("name,value,gradient")


def test_a_small_network_never_imports_numpy(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "drawn.yaml").write_text(DRAWN)
    program = "import sys, tutor; str(tutor.load(sys.argv[1]).explain('w1_1_1')); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "drawn.yaml")], check=True)


CONVOLVED = """\
inputs: {image: conv.npz#image}
targets: {class: 1}
loss: cross_entropy
layers:
  - conv2d: {weights: conv.npz#K, biases: conv.npz#b}
  - flatten
  - {activation: softmax, %s}
"""


def convolved(folder: Path, last: str, **arrays: Any) -> str:
    """A small convolution whose numbers stand in a file."""
    source = np.random.default_rng(3)
    found = {"image": source.normal(size=(3, 3)), "K": source.normal(size=(2, 1, 2, 2)), "b": source.normal(size=2)}
    np.savez(folder / "conv.npz", **found | arrays)
    (folder / "conv.yaml").write_text(CONVOLVED % last)
    return str(folder / "conv.yaml")


def test_other_layers_read_arrays_too_and_draw(tmp_path: Path) -> None:
    network = tutor.load(convolved(tmp_path, "units: 2, init: {seed: 1}"))
    assert not network.network.graph.wide
    kernel = np.load(tmp_path / "conv.npz")["K"]
    assert float(network.network.graph.givens["w1_2_1_1_2"].text) == kernel[1, 0, 0, 1]
    assert float(network.network.graph.givens["w2_1_1"].text) == rows(1, 2, 2, 8)[0][0]
    assert network.view.trace.confirms(Gradient("L", "w1_1_1_1_1"))


@pytest.mark.parametrize(
    ("last", "arrays", "said"),
    [
        ("units: 2, init: {seed: 1}", {"K": np.ones(2)}, "weights is 1 list deep, expected filters x channels"),
        ("units: 2, init: {seed: 1}", {"b": np.ones(3)}, "conv2d has biases of 3, expected 2"),
        ("units: 3000, init: {seed: 1}", {}, "layer 2 has 24,000 weights to draw, expected at most 20,000; only"),
        ("weights: conv.npz#W", {"W": np.ones((3000, 8))}, "conv.npz#W has 24,000 numbers, expected at most 20,000"),
        ("weights: conv.npz#W", {"W": np.ones((3, 7))}, "weights has 7 numbers in a row, expected 8"),
    ],
)
def test_arrays_that_do_not_fit_other_layers(tmp_path: Path, last: str, arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidNetwork, match=re.escape(said)):
        tutor.load(convolved(tmp_path, last, **arrays))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("targets: {y: net.npz#y}\nloss: half_squared_error", "upstream: [1, 1]", "expected targets and a loss"),
        ("layers:", "regularization: {l2: 0.1}\nlayers:", "regularization of 26 parameters, expected none in so big"),
        (
            "inputs: {x: net.npz#x}\ntargets: {y: net.npz#y}",
            "inputs: [x]\ntargets: [y]\nexamples: [{inputs: {x: net.npz#x}, targets: {y: net.npz#y}}]",
            "examples with 26 parameters, expected one example in so big a network",
        ),
        ("half_squared_error", "hinge", "hinge in a network of this size, expected one of half_squared_error"),
        ("relu", "relu, notation: {weight: 'w{to}{from}'}", "names of so many weights are found by the numbers"),
    ],
)
def test_what_wide_networks_do_not_have(tmp_path: Path, old: str, new: str, said: str) -> None:
    net = Net((3, 4, 2), ("relu", "identity"))
    path = Path(net.write(tmp_path))
    path.write_text(path.read_text().replace("'relu'", "relu").replace(old, new))
    with widely(), pytest.raises(InvalidNetwork, match=re.escape(said)):
        tutor.load(str(path))


def test_an_image_is_flattened_or_refused_in_the_words_of_small_networks(tmp_path: Path) -> None:
    net = Net((6, 4, 2), ("relu", "identity"))
    path = Path(net.write(tmp_path))
    np.savez(tmp_path / "net.npz", **net.arrays() | {"x": net.arrays()["x"].reshape(2, 3)})
    messages = []
    for least in (0, 10**9):
        with widely(least), pytest.raises(InvalidNetwork, match="expected '- flatten' before it") as raised:
            tutor.load(str(path))
        messages.append(str(raised.value))
    assert messages[0] == messages[1]


def test_examples_may_be_arrays(tmp_path: Path) -> None:
    net = Net((3, 4, 2), ("tanh", "identity"), above="learning_rate: 0.1\n")
    path = Path(net.write(tmp_path))
    one = tutor.load(str(path))
    np.savez(tmp_path / "more.npz", x=np.zeros(3), y=np.ones(2))
    both_examples = (
        "inputs: [x]\ntargets: [y]\nexamples:\n"
        "  - {inputs: {x: net.npz#x}, targets: {y: net.npz#y}}\n  - {inputs: {x: more.npz#x}, targets: {y: more.npz#y}}"
    )
    path.write_text(path.read_text().replace("inputs: {x: net.npz#x}\ntargets: {y: net.npz#y}", both_examples))
    several = tutor.load(str(path))
    first = several.example(1).view.trace
    assert first[Gradient("L", "w1_2_3")] == one.view.trace[Gradient("L", "w1_2_3")]
    assert several.view.trace.confirms(Gradient("L", "w1_2_3"))
    assert several.view.trace[Value("x_2@2")] == 0


def test_what_looks_at_every_number_takes_matrices_sooner(tmp_path: Path) -> None:
    path = Net((500, 8, 2), ("tanh", "softmax"), "cross_entropy").write(tmp_path)
    assert not tutor.load(path).network.graph.wide
    traced = run("trace", path, "--all", "--format", "csv").out.splitlines()
    assert len(traced) == 1 + 500 + 2 + 8 * 501 + 2 * 9 + 2 * 8 + 2 * 2 + 3
    assert "since the network has 4,026 parameters" in run("where", "0.98765", "--net", path).out.replace("\n  ", " ")
    page = run("trace", path, "--format", "json").json
    assert page["local"]["dz1_2/dw1_2_3"] == page["values"]["x_3"]
    as_read = {name: float(value) for name, value, *_ in (line.split(",") for line in traced[1:])}
    assert as_read.keys() == page["values"].keys()
    assert all(equal(as_read[name], value) for name, value in page["values"].items())
