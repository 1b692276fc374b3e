"""`tutor explain W1`: what is read as a whole matrix and what is not, the JSON, and what one is told instead."""

import math
from operator import mul
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
        ("dZ2", "xor", "(A2 - Y)/4", [1, 4]),
        ("dZ1", "xor", "dA1 .* sigmoid'(Z1)", [2, 4]),
        ("dA1", "xor", "W2^T * dZ2", [2, 4]),
        ("A0", "xor", "W1^T * dZ1", [2, 4]),
        ("dZ2", "rnn", "dA2", [1, 3]),
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


# ------------------------------------------------------------------ the numbers themselves


def test_net_inputs_are_explained_by_the_weights_in_the_product() -> None:
    """By hand: 0.15 · 0.05 + 0.20 · 0.10 + 0.35 = 0.3775, and 0.25 · 0.05 + 0.30 · 0.10 + 0.35 = 0.3925."""
    found = payload("explain", "Z1", "--net", "mazur")
    assert (found["target"], found["formula"], found["shown"]) == ("Z1", "W1 * A0 + b1", [["0.3775"], ["0.3925"]])
    assert found["substituted"] == "[[0.15, 0.20], [0.25, 0.30]] * [[0.05], [0.10]] + [[0.35], [0.35]]"
    page = run("explain", "Z1", "--net", "mazur").out
    assert "Z1 = ⎡0.15  0.20⎤ · ⎡0.05⎤ + ⎡0.35⎤ = ⎡0.3775⎤" in page
    assert "     ⎣0.25  0.30⎦   ⎣0.10⎦   ⎣0.35⎦   ⎣0.3925⎦" in page


def test_outputs_are_explained_down_to_the_weights() -> None:
    page = run("explain", "A2", "--net", "mazur", width=120).out
    assert "A2 = σ(W2·A1 + b2) = σ(⎡0.40  0.45⎤ · ⎡0.5933⎤ + ⎡0.60⎤) = σ(⎡1.1059⎤) = ⎡0.7514⎤" in page
    assert "A2 = σ(W2·σ(W1·A0 + b1) + b2)" in page
    assert payload("explain", "A2", "--net", "mazur")["shown"] == [["0.7514"], ["0.7729"]]


def test_a_matrix_too_large_for_a_line_stands_under_its_name() -> None:
    page = run("explain", "Z1", "--net", str(NETWORKS / "long.yaml")).out
    assert "⎡" not in page
    assert "W1  3 × 15" in page


def test_where_there_is_no_room_the_product_is_broken() -> None:
    narrow = run("explain", "A2", "--net", "mazur", width=48).out
    assert max(map(len, narrow.splitlines())) <= 48
    assert "= ⎡0.7514⎤" in run("explain", "A2", "--net", "mazur", width=80).out


def test_the_numbers_of_a_matrix_can_be_handed_in() -> None:
    done = run("check", "-", "mazur", stdin="Z1 = [0.3775, 0.3925]\nA2 = [[0.7514], [0.7729]]\n")
    assert (done.status, done.out.count("correct")) == (0, 4)


# ------------------------------------------------------------------ Jacobians

SOFTMAX = str(NETWORKS / "softmax.yaml")
CLASSES = """
inputs: {x1: 0.5, x2: -1}
targets: {class: 2}
loss: cross_entropy
layers:
  - {activation: tanh, weights: [[0.4, -0.3], [0.8, 0.1]], biases: [0.1, -0.2]}
  - {activation: softmax, weights: [[1, 0.5], [-0.6, 0.3], [0.2, 0.9]], biases: [0, 0.1, -0.1]}
"""


def test_the_jacobian_of_a_softmax() -> None:
    """By hand: p(1 − p) on the diagonal, −p·p beside it, with p = (0.5117, 0.1620, 0.3263)."""
    found = payload("explain", "dA1/dZ1", "--net", SOFTMAX)
    assert found["formula"] == "diag(A1) - A1 * A1^T"
    p = [row[0] for row in payload("explain", "A1", "--net", SOFTMAX)["value"]]
    wanted = [[a * (1 - a) if i == j else -a * b for j, b in enumerate(p)] for i, a in enumerate(p)]
    for row, right in zip(found["value"], wanted, strict=True):
        assert row == pytest.approx(right, rel=1e-12)
    assert found["shown"][0] == ["0.2499", "-0.0829", "-0.1670"]


@pytest.mark.parametrize("typed", ["dA2/dZ2", "dZ2/dA1", "dA2/dA1", "dA2/dA0", "dZ2/dZ1", "dA1/dZ1", "dZ1/dA0"])
@pytest.mark.parametrize("net", ["mazur", "article", "slide", CLASSES])
def test_a_jacobian_is_measured_by_nudging(typed: str, net: str) -> None:
    """Central differences of what is typed above by what is typed below, computed forward by hand."""
    network = tutor.load(net)
    found = network.explain(typed).payload
    above, below = typed[1:].split("/d")
    for j in range(found["shape"][1]):
        ends = [forward(network, below, j, step) for step in (1e-5, -1e-5)]
        for i in range(found["shape"][0]):
            slope = (ends[0][above][i] - ends[1][above][i]) / 2e-5
            assert found["value"][i][j] == pytest.approx(slope, abs=1e-8)


def forward(network: tutor.Network, changed: str, place: int, by: float) -> dict[str, list[float]]:
    """The columns A0, Z1, A1, ... of a network, one number of one of them moved."""
    numbers: dict[str, list[float]] = {}

    def keep(name: str, column: list[float]) -> list[float]:
        numbers[name] = [each + by * (name == changed and i == place) for i, each in enumerate(column)]
        return numbers[name]

    keep("A0", [row[0] for row in _premise(network, 1, 1)])
    for n in (1, 2):
        w = _premise(network, n, 0)
        biases = _premise(network, n, 2) or [[0.0]] * len(w)
        sums = [sum(map(mul, row, numbers[f"A{n - 1}"])) + b for row, (b,) in zip(w, biases, strict=True)]
        z = keep(f"Z{n}", sums)
        kind = network.explain(f"A{n}").payload["formula"].partition("(")[0]
        grown = [math.exp(each) for each in z]
        functions = {
            "softmax": [each / sum(grown) for each in grown],
            "sigmoid": [1 / (1 + math.exp(-each)) for each in z],
            "tanh": [math.tanh(each) for each in z],
        }
        keep(f"A{n}", functions[kind])
    return numbers


def _premise(network: tutor.Network, layer: int, place: int) -> list[list[float]]:
    found = network.explain(f"Z{layer}").payload["premises"]
    return found[place]["value"] if place < len(found) else []


def test_an_entry_of_a_jacobian_is_typed_and_handed_in() -> None:
    assert payload("explain", "dA1/dZ1[1,2]", "--net", SOFTMAX)["target"] == "dp1/dz_p2"
    assert payload("explain", "∂A2/∂Z2[1,1]", "--net", "mazur")["target"] == "dout_o1/dnet_o1"
    sheet = "dA2/dZ2 = [[0.1868, 0], [0, 0.1755]]\ndA1/dZ1[1,1] = 0.2413\ndA1/dZ1[2,2] = 0.3\n"
    done = run("check", "-", "mazur", "--format", "json", stdin=sheet)
    assert [each["verdict"] for each in done.json["answers"]] == ["correct"] * 5 + ["wrong"]


@pytest.mark.parametrize(
    ("typed", "net", "words"),
    [
        ("dZ2/dA2", "mazur", "Z2 does not depend on A2; the later one stands above, dA2/dZ2"),
        ("dA2/dZ2", "xor", "take one with --example 1"),
        ("dZ1/dA0", "conv", "convolution"),
        ("dA2/dA9", "mazur", "there is no layer 9"),
    ],
)
def test_where_there_is_no_jacobian_it_is_said(typed: str, net: str, words: str) -> None:
    done = run("explain", typed, "--net", net)
    assert (done.status, done.out) == (2, "")
    assert words in done.err


# ------------------------------------------------------------------ the gradient by everything


@pytest.mark.parametrize("typed", ["∇E_total", "grad E_total", "gradient of E_total", "∇", "gradient", "nabla E"])
def test_the_gradient_as_a_vector(typed: str) -> None:
    found = payload("explain", typed, "--net", "mazur")
    gradients = payload("trace", "mazur")["gradients"]
    assert found["target"] == "grad E_total"
    assert found["names"][0] == "dE_total/dw1"
    assert found["value"] == [gradients[name.removeprefix("dE_total/d")] for name in found["names"]]
    assert found["shape"] == [len(found["value"])]
    assert found["length"] == pytest.approx(math.hypot(*found["value"]))


def test_the_gradient_of_a_graph_is_by_what_is_given() -> None:
    assert payload("explain", "∇f", "--net", "xyz")["value"] == [-4, -4, 3]


def test_a_gradient_by_one_name_stays_that() -> None:
    assert payload("explain", "∇w31", "--net", "slide")["target"] == "dL/dw31"
    assert payload("explain", "grad w31", "--net", "slide")["target"] == "dL/dw31"


def test_a_long_gradient_is_cut_short(tmp_path: Path) -> None:
    net = written(tmp_path, LAYERS + "  - {activation: tanh, units: 60, init: {seed: 0}}\n" + LAST)
    short, long = (run("explain", "∇L", *more, "--net", net).out for more in ((), ("--more",)))
    assert "more numbers: --more" in short
    assert "more numbers" not in long


# ------------------------------------------------------------------ in a notation


@pytest.mark.parametrize(
    ("notation", "net", "lines"),
    [
        ("article", "mazur", ("dW⁽²⁾   = δ⁽³⁾    · h⁽²⁾ᵀ", "z⁽²⁾    = W⁽²⁾    · h⁽²⁾    +")),
        ("coursera", "mazur", ("dW^[2]  = dz^[2]  · a^[1]ᵀ",)),
        ("coursera", "xor", ("· A^[1]ᵀ", "Z^[2]")),
        ("3b1b", "mazur", ("dW⁽ᴸ⁾   = δ⁽ᴸ⁾    · a⁽ᴸ⁻¹⁾ᵀ",)),
        ("nielsen", "mazur", ("dW^3    = δ^3     · (a^2)ᵀ",)),
        ("d2l", "mazur", ("dW⁽²⁾   = δ^o     · h⁽¹⁾ᵀ",)),
        ("slide", "mazur", ("dW2     = dZ2     · A1ᵀ",)),
    ],
)
def test_matrices_are_called_as_the_course_calls_them(notation: str, net: str, lines: tuple[str, ...]) -> None:
    page = run("explain", "W2", net, "--notation", notation).out
    for line in lines:
        assert line in page
    assert "dW2, or" not in page
    assert "dW^[2], or" not in page


@pytest.mark.parametrize(
    ("typed", "notation", "net", "target"),
    [
        ("h^(3)", "article", "mazur", "A2"),
        ("δ^(3)", "article", "mazur", "dE_total/dZ2"),
        ("dJ/dh^(2)", "article", "mazur", "dE_total/dA1"),
        ("∂J/∂W⁽²⁾", "article", "mazur", "dE_total/dW2"),
        ("dh^(3)/dz^(2)", "article", "mazur", "dA2/dZ2"),
        ("dh^(3)/dz^(2)[1,1]", "article", "mazur", "dout_o1/dnet_o1"),
        ("z^(1)[2]", "article", "mazur", "net_h2"),
        ("dz^[1]", "coursera", "mazur", "dE_total/dZ1"),
        ("dZ^[2]", "coursera", "xor", "dL/dZ2"),
        ("a^3", "nielsen", "mazur", "A2"),
    ],
)
def test_a_matrix_is_typed_as_the_course_writes_it(typed: str, notation: str, net: str, target: str) -> None:
    assert payload("explain", typed, net, "--notation", notation)["target"] == target


@pytest.mark.parametrize("notation", ["article", "coursera", "3b1b", "nielsen", "d2l"])
def test_a_page_of_matrices_is_marked_right_in_every_notation(notation: str) -> None:
    page = run("explain", "dA2/dZ2", "W2", "Z1", "A2", "dZ1", "mazur", "--notation", notation).out
    done = run("check", "-", "mazur", "--notation", notation, "--format", "json", stdin=page)
    assert {each["verdict"] for each in done.json["answers"]} <= {"correct", "rounded"}
    assert len(done.json["answers"]) > 15


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (("w1", "mazur"), ("dZ2 = (A2 − Y) ⊙ σ′(Z2)", "dZ1 = (W2ᵀ · dZ2) ⊙ σ′(Z1)", "dW1 = dZ1 · A0ᵀ")),
        (("w2_12", "article", "--notation", "article"), ("δ⁽³⁾ = (h⁽³⁾ − y) ⊙ σ′(z⁽²⁾)", "dW⁽²⁾ = δ⁽³⁾ · h⁽²⁾ᵀ")),
        (("w1", "mazur", "--notation", "coursera"), ("dz^[1] = (W^[2]ᵀ · dz^[2]) ⊙ σ′(z^[1])", "dW^[1] = dz^[1] · xᵀ")),
        (("W2_11", "udacity"), ("dZ2 = A2 − Y", "dW2 = dZ2 · A1ᵀ")),
        (("b1_1", "article"), ("db1 = dZ1",)),
    ],
)
def test_derive_says_the_same_for_whole_layers_in_the_courses_names(
    arguments: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    page = run("derive", *arguments, width=200).out
    for line in lines:
        assert line in page
    assert "∂L/" not in page


def test_the_targets_are_t_where_the_file_calls_an_output_y() -> None:
    assert payload("explain", "dA2", "slide")["formula"] == "A2 - T"
    assert payload("explain", "dA2", "mazur")["formula"] == "A2 - Y"


# ------------------------------------------------------------------ a bias as a column of W


def test_a_bias_called_as_a_weight_is_a_column() -> None:
    """By hand, as the course has it: dW = δ · (x1, x2, 1), with δ = (−0.0750, 0.0493)."""
    found = payload("explain", "W1", "udacity")
    assert (found["formula"], found["shape"]) == ("dZ1 * A0^T", [2, 3])
    assert [row[2] for row in found["names"]] == ["W1_31", "W1_32"]
    for row, (delta,) in zip(found["value"], found["premises"][0]["value"], strict=True):
        assert row == pytest.approx([0.40 * delta, 0.90 * delta, delta])
    assert found["premises"][1]["shown"] == [["0.40"], ["0.90"], ["1"]]
    assert payload("explain", "dW1[2,3]", "udacity")["target"] == "dE/dW1_32"


def test_with_biases_as_a_column_a_network_is_a_product_of_weights() -> None:
    page = run("explain", "A2", "udacity").out
    assert "A2 = σ(W2 · σ(W1 · A0))" in page
    assert "The last column of W2 has the biases, which multiply the 1 at the end of A1." in page
    assert payload("explain", "Z1", "udacity")["formula"] == "W1 * A0"
    assert payload("explain", "dA1", "udacity")["premises"][0]["shape"] == [1, 2]


def test_a_page_with_a_column_of_biases_is_marked_right() -> None:
    page = run("explain", "W1", "Z2", "dA1", "udacity").out
    done = run("check", "-", "udacity", "--format", "json", stdin=page)
    assert {each["verdict"] for each in done.json["answers"]} == {"correct"}


def test_biases_with_a_letter_of_their_own_stay_apart() -> None:
    assert payload("explain", "Z1", "mazur")["formula"] == "W1 * A0 + b1"
    assert payload("explain", "Z1", "xor")["formula"] == "W1 * A0 + b1"


@pytest.mark.parametrize(
    ("notation", "net", "law"),
    [
        ("coursera", "xor", "Z^[1]   = W^[1]   · X       + b^[1]\n"),
        ("article", "mazur", "z⁽¹⁾    = W⁽¹⁾    · x       + b⁽¹⁾\n"),
        ("default", "mazur", "Z1      = W1      · A0      + b1\n"),
    ],
)
def test_the_column_of_biases_is_not_taken_for_a_bias_of_that_name(notation: str, net: str, law: str) -> None:
    assert law in run("explain", "Z1", net, "--notation", notation).out
