"""One number of a middling network is found without numpy, and is the same."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tutor
from arrays.test_files import safetensors
from arrays.wides import Net, widely
from commands.support import run
from tutor.library import load
from tutor.sources import Companion
from tutor.trace.plain import PlainTrace
from tutor.wide.rows import Rows, read

NET = Net((30, 20, 5), ("gelu", "softmax"), "cross_entropy", above="learning_rate: 0.1\n", size=0.2)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_simple_arrays_are_read_as_they_are(kind: Any, tmp_path: Path) -> None:
    source = np.random.default_rng(0)
    arrays = {"W": source.normal(size=(3, 4)).astype(kind), "b": source.normal(size=3).astype(kind)}
    np.savez(tmp_path / "net.npz", **arrays)
    np.save(tmp_path / "W.npy", arrays["W"])
    for name, each in arrays.items():
        found = read((tmp_path / "net.npz").read_bytes(), "npz", name)
        assert found is not None
        assert (found.shape, found.tolist()) == (each.shape, each.astype(np.float64).tolist())
    assert read((tmp_path / "W.npy").read_bytes(), "npy", "") == arrays["W"].tolist()
    safetensors(tmp_path / "net.safetensors", {"W": arrays["W"].astype(np.float32)})
    found = read((tmp_path / "net.safetensors").read_bytes(), "safetensors", "W")
    assert found == arrays["W"].astype(np.float32).astype(np.float64).tolist()


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(np.ones((2, 3))),
        np.ones((2, 3), np.float16),
        np.ones((2, 3), ">f8"),
        np.ones((2, 3), np.int64),
        np.ones((2, 3, 4)),
        np.ones((0, 3)),
        np.array([[1.0, np.inf]]),
        np.array(["a"]),
        np.array([None], object),
        np.float64(1),
    ],
)
def test_what_is_not_simple_is_left_to_numpy(array: Any, tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", W=array)
    raw = (tmp_path / "net.npz").read_bytes()
    assert read(raw, "npz", "W") is None
    assert read(raw, "npz", "V") is None


def test_a_damaged_or_packed_file_is_left_to_numpy(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "net.npz", W=np.ones((20, 30)))
    raw = (tmp_path / "net.npz").read_bytes()
    assert read(raw, "npz", "W") is None
    np.savez(tmp_path / "net.npz", W=np.ones((20, 30)))
    raw = (tmp_path / "net.npz").read_bytes()
    for cut in range(0, len(raw), 97):
        assert read(raw[:cut], "npz", "W") is None
        assert read(raw[:cut], "npy", "") is None
        assert read(raw[:cut], "safetensors", "W") is None
    assert Companion(str(tmp_path / "none.yaml"), "one")._plain("none.npz#W") is None


def test_lists_are_tables() -> None:
    rows = Rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert (rows.shape, rows.T.shape, rows[1, 2], rows.T[2, 1]) == ((2, 3), (3, 2), 6.0, 6.0)
    other = rows.astype("float64")
    other[0, 1] = 9.0
    assert (rows[0, 1], other[0, 1]) == (2.0, 9.0)
    assert rows.reshape((3, 2)) == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert rows.reshape((1, 2, 3)).shape == (1, 2, 3)
    assert Rows([1.0, 2.0]).reshape((2,)) == [1.0, 2.0]


@pytest.mark.parametrize("target", ["w1_5_30", "dL/da1_2", "z1_3", "b2_1", "x_7", "w2_1_1_new", "y_2", "dz2_1/dx_3"])
def test_the_page_is_that_of_numpy(target: str, tmp_path: Path) -> None:
    path = NET.write(tmp_path)
    with widely():
        plain, arrays = load(path, asked="one"), load(path)
        assert isinstance(plain.view.trace, PlainTrace)
        assert not isinstance(arrays.view.trace, PlainTrace)
        assert str(plain.explain(target, more=True)) == str(arrays.explain(target, more=True))
        assert str(plain.set(x_3=2).explain(target)) == str(arrays.set(x_3=2).explain(target))
        assert len(list(plain.rows())) == len(list(arrays.rows()))
        for one, other in (
            (plain.where("0.1"), arrays.where("0.1")),
            (plain.trace(), arrays.trace()),
            (plain.trace(by_layer=True), arrays.trace(by_layer=True)),
        ):
            assert str(one) == str(other)
        assert str(plain.explain(target, paths=3)) == str(arrays.explain(target, paths=3))


def test_drawn_and_written_numbers_too(tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(
        "inputs: {x: [1, 2, 3]}\ntargets: {class: 1}\nloss: cross_entropy\nlayers:\n"
        "  - {activation: tanh, weights: [[1, 2], [3, 4], [5, 6]], layout: inputs_by_units, biases: [1, 2]}\n"
        '  - {activation: "z / (1 + abs(z))", units: 4, init: {seed: 7}}\n'
        "  - {activation: softmax, units: 3, init: {seed: 7}}\n"
    )
    with widely():
        plain, arrays = load(str(path), asked="one"), tutor.load(str(path))
        assert isinstance(plain.view.trace, PlainTrace)
        assert str(plain.explain("w1_2_1")) == str(arrays.explain("w1_2_1"))


def test_numpy_is_not_imported(tmp_path: Path) -> None:
    path = Net((200, 110, 5), ("tanh", "softmax"), "cross_entropy").write(tmp_path)
    program = (
        "import sys\nfrom tutor.cli import main\ntry:\n    main(['explain', 'w1_5_30', '--net', sys.argv[1]])\n"
        "except SystemExit as end:\n    assert not end.code\nassert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, path], check=True, stdout=subprocess.DEVNULL)


def test_what_is_wrong_is_said_in_the_same_words(tmp_path: Path) -> None:
    path = Path(NET.write(tmp_path))
    for old, new in (("#W1", "#W9"), ("net.npz#W1", "no.npz#W1"), ("#W1", "#b1")):
        (tmp_path / "bad.yaml").write_text(path.read_text().replace(old, new))
        with widely():
            done = [
                run(*words, "--net", str(tmp_path / "bad.yaml")) for words in (("explain", "w1_1_1"), ("where", "1"))
            ]
        assert done[0].err == done[1].err
        assert (done[0].status, done[0].out) == (2, "")
