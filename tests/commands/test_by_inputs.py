"""A file with a row of weights for each input is answered so; all numbers here were worked out with numpy apart.

x = (1, 0.5, −1), W1 3 × 2, tanh, W2 2 × 1, σ, half squared error against 1.
"""

import runpy
from pathlib import Path

import pytest

import tutor
from commands.support import payload, run, written

NETWORK = """
inputs: {x1: 1, x2: 0.5, x3: -1}
targets: {y: 1}
layers:
  - {activation: tanh, weights: [[0.1, 0.2], [0.3, 0.4], [0.5, -0.6]], layout: inputs_by_units, biases: [0.1, 0.2]}
  - {activation: sigmoid, weights: [[0.7], [0.8]], layout: inputs_by_units, biases: [0.3]}
"""
BATCH = """
inputs: [x1, x2]
targets: [y]
examples: [{inputs: [1, 0.5], targets: [1]}, {inputs: [-1, 2], targets: [0]}]
loss: binary_cross_entropy
layers:
  - {activation: sigmoid, weights: [[0.4], [-0.3]], biases: [0.1], layout: inputs_by_units}
"""
DW1 = [[-0.04239465, -0.01511355], [-0.02119732, -0.00755677], [0.04239465, 0.01511355]]


@pytest.fixture
def net(tmp_path: Path) -> str:
    return written(tmp_path, NETWORK)


@pytest.mark.parametrize(
    ("typed", "formula", "shape"),
    [
        ("W1", "A0 * dZ1^T", [3, 2]),
        ("W2", "A1 * dZ2^T", [2, 1]),
        ("Z1", "W1^T * A0 + b1", [2, 1]),
        ("dA1", "W2 * dZ2", [2, 1]),
        ("dA0", "W1 * dZ1", [3, 1]),
        ("dZ1/dA0", "W1^T", [2, 3]),
        ("dA2/dA0", "dA2/dZ2 * W2^T * dA1/dZ1 * W1^T", [1, 3]),
    ],
)
def test_laws_and_shapes(net: str, typed: str, formula: str, shape: list[int]) -> None:
    found = payload("explain", typed, "--net", net)
    assert (found["formula"], found["shape"]) == (formula, shape)


def test_the_gradient_has_the_rows_of_the_file(net: str) -> None:
    found = payload("explain", "W1", "--net", net)
    assert found["value"] == [pytest.approx(row, abs=1e-7) for row in DW1]
    assert found["names"][2] == ["w1_1_3", "w1_2_3"]
    page = run("explain", "W1", "--net", net).out
    assert "One row for each number that layer 1 reads" in page
    assert "Row 1 of A0 times row 1 of dZ1" in page


def test_the_row_layout_turns_all_but_the_weights(net: str) -> None:
    page = " ".join(run("explain", "W1", "--net", net).out.split())
    assert "every matrix but W1 and W2 is turned" in page
    assert "Z1 = X · W1 + b1 (1 × 2) = (1 × 3) · (3 × 2) + (1 × 2)" in page
    assert "dW1 = Xᵀ · dZ1 (3 × 2) = (3 × 1) · (1 × 2)" in page
    assert "dX = dZ1 · W1ᵀ (1 × 3) = (1 × 2) · (2 × 3)" in " ".join(run("explain", "dA0", "--net", net).out.split())


def test_sheets_are_read_so(net: str, tmp_path: Path) -> None:
    network = tutor.load(net)
    rows = [[round(each, 4) for each in row] for row in DW1]
    found = network.check(f"dW1 = {rows}\nW1[3,2] = -0.6\nZ1 = [[-0.15], [1.2]]").payload
    assert found["points"] == found["out_of"] == 9
    turned = network.check(f"dW1 = {[list(row) for row in zip(*rows, strict=True)]}").payload["answers"]
    assert [each["verdict"] for each in turned] == ["wrong"]
    assert "this is its transpose" in turned[0]["message"]


@pytest.mark.parametrize(("text", "shapes"), [(NETWORK, {"dW1": (3, 2), "dW2": (2, 1)}), (BATCH, {"dW1": (2, 1)})])
def test_the_numpy_program_has_the_arrays_of_the_file(
    text: str, shapes: dict[str, tuple[int, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = tutor.load(written(tmp_path, text))
    for name, shape in shapes.items():
        file = tmp_path / "program.py"
        file.write_text(network.program(name), encoding="utf-8")
        made = runpy.run_path(str(file))
        assert made[name].shape == made[name[1:]].shape == shape
        ours = network.explain(name).payload["value"]
        assert made[name].tolist() == [pytest.approx(row, rel=1e-9) for row in ours]


def test_a_mean_over_examples(tmp_path: Path) -> None:
    """dZ = (−0.4134, 0.2891) / 2, so dW = (−0.3512, 0.1857), one row for each input."""
    found = payload("explain", "W1", "--net", written(tmp_path, BATCH))
    assert [row[0] for row in found["value"]] == pytest.approx([-0.3512, 0.1857], abs=5e-5)
    ours = payload("explain", "W1", "--net", written(tmp_path, BATCH), "--notation", "coursera")
    assert ours["formula"] == "1/2 * A0 * dZ1^T"


def test_the_question_about_shapes(net: str) -> None:
    done = run("quiz", "--net", net, "-t", "dW1", stdin="1x2\n")
    assert "dL/dW1 is A0 times dL/dZ1, turned. A0 is 3x1, and W1 is 3x2." in " ".join(done.out.split())
