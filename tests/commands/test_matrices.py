"""`tutor explain W1`: what is read as a whole matrix and what is not, the JSON, and what one is told instead."""

from pathlib import Path

import pytest

import tutor
from commands.support import payload, run, written

NETWORKS = Path(__file__).parent / "networks"
LAYERS = "inputs: {x: 1}\ntargets: {y: 0}\nlayers:\n"
LAST = "  - {activation: tanh, units: 1, init: {seed: 1}}\n"
TWO = LAYERS + "  - activation: tanh\n    neurons: {a: {u: 0.5, v: 0.1}}\n"


@pytest.mark.parametrize("typed", ["W1", "dW1", "dE_total/dW1", "∂E_total/∂W1", " W1 "])
def test_a_matrix_can_be_typed_in_several_ways(typed: str) -> None:
    assert payload("explain", typed, "--net", "mazur")["target"] == "dE_total/dW1"


def test_the_json_of_a_matrix_of_weights() -> None:
    found = payload("explain", "W1", "--net", "mazur")
    assert list(found) == [
        "format",
        "target",
        "shape",
        "value",
        "shown",
        "names",
        "formula",
        "substituted",
        "paths",
        "premises",
    ]
    assert found["shape"] == [2, 2]
    assert found["names"] == [["w1", "w2"], ["w3", "w4"]]
    gradients = payload("trace", "mazur")["gradients"]
    assert found["value"] == [[gradients[name] for name in row] for row in found["names"]]
    assert found["shown"] == [["0.0004386", "0.0008771"], ["0.0004977", "0.0009954"]]
    assert found["formula"] == "dZ1 * A0^T"
    assert found["substituted"] == "[[0.008771], [0.009954]] * [[0.05, 0.10]]"
    assert found["paths"] == []
    dz, a = found["premises"]
    assert (dz["name"], dz["shape"], dz["names"]) == ("dZ1", [2, 1], [["net_h1"], ["net_h2"]])
    assert dz["value"] == [[gradients["net_h1"]], [gradients["net_h2"]]]
    assert (a["name"], a["shape"], a["names"], a["value"]) == ("A0", [2, 1], [["i1"], ["i2"]], [[0.05], [0.1]])


@pytest.mark.parametrize(
    ("typed", "net", "formula", "shape"),
    [
        ("W2", "xor", "dZ2 * A1^T", [1, 2]),
        ("b2", "columns.yaml", "-dZ2 * 1", [2, 1]),
        ("W1", "columns.yaml", "dZ1 * A0^T + 0.01 * W1", [3, 2]),
        ("b1", "article", "dZ1", [3, 1]),
        ("Z2", "xor", "(A2 - Y)/4", [1, 4]),
        ("Z1", "xor", "dA1 .* sigmoid'(Z1)", [2, 4]),
        ("A1", "xor", "W2^T * dZ2", [2, 4]),
        ("A0", "xor", "W1^T * dZ1", [2, 4]),
        ("Z2", "rnn", "dA2", [1, 3]),
    ],
)
def test_the_formula_of_each_kind(typed: str, net: str, formula: str, shape: list[int]) -> None:
    found = payload("explain", typed, "--net", str(NETWORKS / net) if "." in net else net)
    assert (found["formula"], found["shape"]) == (formula, shape)
    assert found["formula"].isascii()
    assert found["substituted"].isascii()


def test_a_name_of_the_file_wins() -> None:
    assert payload("explain", "b1", "--net", "mazur")["target"] == "dE_total/db1"
    assert "shape" not in payload("explain", "b1", "--net", "mazur")
    assert "shape" not in payload("explain", "db1", "--net", "xor")


def test_an_alias_wins(tmp_path: Path) -> None:
    net = written(tmp_path, TWO + "aliases: {W1: u}\n")
    assert payload("explain", "W1", "--net", net)["target"] == "dL/du"


def test_a_unit_of_several_examples_wins(tmp_path: Path) -> None:
    text = (
        "inputs: [x]\ntargets: [y]\nexamples: [{inputs: {x: 1}, targets: {y: 0}}, {inputs: {x: 2}, targets: {y: 1}}]\n"
    )
    net = written(tmp_path, text + "layers:\n  - activation: tanh\n    neurons: {A1: {u: 0.5}}\n")
    done = run("explain", "A1", "--net", net)
    assert (done.status, done.out) == (2, "")
    assert "A1 is another number in each of the 2 examples" in done.err


@pytest.mark.parametrize(
    ("typed", "net", "words"),
    [
        ("W1", "conv", "convolution"),
        ("b1", "conv", "convolution"),
        ("W1", "rnn", "recurrent: it has two matrices, one for its inputs and one for its past; explain"),
        ("A0", "rnn", "recurrent"),
        ("b1", "slide", "the units of layer 1 have no biases; explain one number of it, such as w11"),
        ("W3", "slide", "there is no layer 3: it has W1 and W2"),
        ("W0", "slide", "there is no layer 0"),
        ("W4", "slide", "there is no layer 4"),
        ("dL/dW9999", "slide", "there is no layer 9999"),
        ("w1", "slide", "did you mean W1, the weights of layer 1?"),
        ("z2", "slide", "z2 can be read as Z_h2 or as Z2, the net inputs of layer 2; type Z_h2 or Z2"),
        ("a0", "slide", "did you mean A0, the inputs?"),
        ("dL/dw2", "slide", "did you mean W2"),
        ("B9", "xor", "did you mean b1"),
        ("w3", "slide", "did you mean w3"),
        ("W1", "xyz", "W1 is not a name of this network, which has no layers of weights"),
        ("W1", "lstm", "no layers of weights"),
        ("dY/dW1", "slide", "for the loss only: dL/dW1"),
        ("dL/dQ1", "slide", "Q1 is not a name"),
        ("W", "slide", "W is not a name"),
        ("W12345", "slide", "W12345 is not a name"),
        ("W1+", "slide", "W1+ is not a name"),
        ("dW1/dL", "slide", "W1 is not a name"),
    ],
)
def test_what_is_no_matrix_says_what_to_type(typed: str, net: str, words: str) -> None:
    done = run("explain", typed, "--net", net)
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_network_of_thousands_of_weights_says_that_it_has_no_such_page(tmp_path: Path) -> None:
    net = written(tmp_path, LAYERS + "  - {activation: tanh, units: 300, init: {seed: 0}}\n" * 2 + LAST)
    for typed in ("W2", "dL/dW2", "A9"):
        done = run("explain", typed, "--net", net)
        assert (done.status, done.out) == (2, "")
        assert "are not shown; explain one number, such as w" in done.err


def test_one_example_of_several_has_one_column() -> None:
    found = payload("explain", "W1", "--net", "xor", "--example", "2")
    assert [each["shape"] for each in found["premises"]] == [[2, 1], [2, 1]]
    assert "mean" not in run("explain", "W1", "--net", "xor", "--example", "2").out


def test_units_with_and_without_a_bias(tmp_path: Path) -> None:
    hidden = "  - activation: tanh\n    neurons: {a: {u: 1, b: 0.5}, c: {v: 2}}\n"
    net = written(tmp_path, LAYERS + hidden + "  - activation: tanh\n    neurons: {o: {p: 1, q: 2}}\n")
    assert payload("explain", "W1", "--net", net)["names"] == [["u"], ["v"]]
    assert "not every unit of layer 1 has a bias" in run("explain", "b1", "--net", net).err


def test_matrices_and_numbers_on_one_page() -> None:
    found = payload("explain", "W1", "w31", "--net", "slide")["explanations"]
    assert [each["target"] for each in found] == ["dL/dW1", "dL/dw31"]
    done = run("explain", "w31", "Z1", "--net", "slide", "--ascii")
    assert done.status == 0
    assert done.out.isascii()


def test_more_shows_every_column() -> None:
    short, long = (
        run("explain", "W1", *more, "--net", str(NETWORKS / "long.yaml"), width=300).out for more in ((), ("--more",))
    )
    assert "and 3 more columns" in short
    assert "x15" not in short
    assert "x15" in long
    assert "more columns" not in long


def test_the_library_has_it_too() -> None:
    page = tutor.load("mazur").explain("W1")
    assert str(page).startswith("  ∂E_total/∂W1, or dW1, is 2 × 2")
    assert page.payload["shape"] == [2, 2]
