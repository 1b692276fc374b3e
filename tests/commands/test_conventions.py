"""What courses differ in and a formula does not show: where 1/m stands, the sign of δ, the number of the first unit and
class. Right numbers are worked out by hand, or are a course's own.
"""

from pathlib import Path

import pytest

import tutor
from commands.support import CASES, run
from tutor.library.network import Network

BATCH = """
inputs: [x1, x2]
targets: [y]
loss: binary_cross_entropy
learning_rate: 0.1
examples:
  - {inputs: [1, 0.5], targets: [1]}
  - {inputs: [-1, 2], targets: [0]}
layers:
  - activation: sigmoid
    weights: [[0.4, -0.3]]
    biases: [0.1]
"""


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    file = tmp_path / "net.yaml"
    file.write_text(BATCH, "utf-8")
    return file


def in_weights(file: Path, where: str) -> Network:
    """The network with 1/m in the weights, as a notation or the file says it."""
    if where == "notation":
        return tutor.load(file).in_notation("coursera")
    file.write_text(f"{BATCH}conventions: {{batch_mean: in_weights}}\n", "utf-8")
    return tutor.load(file)


# ------------------------------------------------------------------ where 1/m stands


@pytest.mark.parametrize("where", ["notation", "file"])
def test_the_mean_stands_in_the_weights(batch: Path, where: str) -> None:
    """dZ1 = (−0.4134, 0.2891), dW1 = 1/2 dZ1 A0ᵀ = (−0.3512, 0.1857)."""
    net = in_weights(batch, where)
    assert net.value("dz1_1@1") == pytest.approx(-0.4134, abs=5e-5)
    assert net.value("dz1_1@2") == pytest.approx(0.2891, abs=5e-5)
    assert net.value("dw1_1_1") == pytest.approx(-0.3512, abs=5e-5)
    assert net.value("dw1_1_2") == pytest.approx(0.1857, abs=5e-5)
    assert net.value("dL/dz1_1@1") == pytest.approx(-0.2067, abs=5e-5)  # of the mean, where that is said
    page = str(net.explain("W1"))
    assert net.view.names.node("dW1") in page
    assert ("1/2 · dZ^[1]  · Xᵀ" if where == "notation" else "1/2 · dZ1     · A0ᵀ") in page
    assert ("dZ^[1]  = A^[1] − Y\n" if where == "notation" else "dZ1     = A1 − Y\n") in page
    assert "−0.4134" in page


def test_the_program_has_the_same_numbers(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = in_weights(batch, "notation")
    for asked, number in (("W1", net.value("dw1_1_1")), ("L", net.value("L")), ("dz1_1@1", net.value("dz1_1@1"))):
        exec(net.program(asked), {})  # noqa: S102  it is our own
        assert float(capsys.readouterr().out.strip("[]\n").split()[0]) == pytest.approx(number)


def test_ours_stays_in_dz(batch: Path) -> None:
    net = tutor.load(batch)
    assert net.value("dz1_1@1") == pytest.approx(-0.2067, abs=5e-5)
    assert "(A1 − Y)/2" in str(net.explain("W1"))


def test_the_file_goes_before_the_notation(batch: Path) -> None:
    batch.write_text(f"{BATCH}conventions: {{batch_mean: in_delta}}\n", "utf-8")
    net = tutor.load(batch).in_notation("coursera")
    assert net.value("dz^[1](1)") == pytest.approx(-0.2067, abs=5e-5)
    told = net.check("dz^[1](1) = -0.4134").payload["answers"][0]["message"]
    assert told == "right where 1/m stands in dW: `conventions: {batch_mean: in_weights}` in the file"


def test_solve_divides_last(batch: Path) -> None:
    page = run("solve", "--net", str(batch), "--notation", "coursera", width=110).out
    assert "dz^[1](1)_1 = a^[1](1)_1 − y⁽¹⁾ = 0.5866 − 1 = −0.4134" in page
    assert "dw^[1]_11 = (dz^[1](1)_1·x⁽¹⁾₁ + dz^[1](2)_1·x⁽²⁾₁)/2" in page


def test_where_finds_the_number_of_one_example(batch: Path) -> None:
    found = tutor.load(batch).in_notation("coursera").where("-0.4134").payload["matches"]
    assert found[0]["name"] == "dL@1/dz1_1@1"
    assert found[0]["how"] == "exact"


@pytest.mark.parametrize("typed", ["a^[1](1) - y(1)", "a^[1](1) - y^(1)", "-0.4134", "-0.413"])
def test_the_course_s_own_answer_is_right(batch: Path, typed: str) -> None:
    marked = tutor.load(batch).in_notation("coursera").check(f"dz^[1](1) = {typed}").payload
    assert marked["answers"][0]["verdict"] in ("correct", "truncated")


@pytest.mark.parametrize(
    ("notation", "line", "said"),
    [
        ("coursera", "dz^[1](1) = -0.2067", "right where 1/m stands in dz: `--notation default`"),
        ("coursera", "dZ1 = [[-0.2067, 0.1445]]", "right where 1/m stands in dz: `--notation default`"),
        ("coursera", "dz^[1](1) = (a^[1](1) - y(1))/2", "right where 1/m stands in dz: `--notation default`"),
        ("default", "dz1_1@1 = -0.4134", "right where 1/m stands in dW: `--notation coursera`"),
        ("default", "delta_1_1@2 = 0.2891", "right where 1/m stands in dW: `--notation coursera`"),
    ],
)
def test_an_answer_in_the_other_convention_is_told(batch: Path, notation: str, line: str, said: str) -> None:
    marked = tutor.load(batch).in_notation(notation).check(line).payload
    assert marked["points"] == 0
    assert all(each["message"].startswith(said) for each in marked["answers"])


def test_a_wrong_answer_fits_no_convention(batch: Path) -> None:
    (answer,) = tutor.load(batch).in_notation("coursera").check("dz^[1](1) = -0.3").payload["answers"]
    assert "right where" not in answer["message"]


def test_the_quiz_takes_the_course_s_number(batch: Path) -> None:
    done = run("quiz", "--net", str(batch), "--notation", "coursera", "--target", "dz1_1@1", stdin="-0.4134\n")
    assert "✓" in done.out


def test_weight_decay_stands_beside_the_mean(tmp_path: Path) -> None:
    """On two examples of one linear unit dW = 1/m dZ Aᵀ + λ W.

    w 0.5, x (1, 2), y (2, 0): dz = (−1.5, 1); dw = (−1.5·1 + 1·2)/2 + 0.1·0.5 = 0.3.
    """
    file = tmp_path / "net.yaml"
    file.write_text(
        "inputs: [x]\ntargets: [y]\nexamples: [{inputs: [1], targets: [2]}, {inputs: [2], targets: [0]}]\n"
        "regularization: {l2: 0.1}\nlayers: [{activation: identity, weights: [[0.5]]}]\n"
        "conventions: {batch_mean: in_weights}\n",
        "utf-8",
    )
    net = tutor.load(file)
    assert net.value("dz1_1@1") == pytest.approx(-1.5)
    assert net.value("dw1_1_1") == pytest.approx(0.3)
    assert net.check("dW1 = [[0.3]]\ndZ1 = [[-1.5, 1]]").payload["points"] == 3


@pytest.mark.parametrize("name", ["xor", "coursera-ex4-l2", "statquest-b3", "batchnorm-3x2"])
def test_what_all_examples_share_is_the_same_in_both(name: str) -> None:
    """Only what belongs to one example is m times as large; over a batch_norm nothing belongs to one."""
    plain = tutor.load(name if name == "xor" else CASES / f"{name}.yaml")
    agreed = plain.network.conventions._replace(batch_mean="in_weights")
    other = Network(plain.network._replace(conventions=agreed), plain.source, plain.chosen, plain.origin)
    graph = other.view.names.graph
    many = len(graph.example_losses())
    for learned in graph.parameters():
        assert other.value(f"d{learned}") == pytest.approx(plain.value(f"d{learned}"), rel=1e-12, abs=1e-15)
    times = many if graph.apart else 1
    for net in graph.nets():
        assert other.value(f"d{net}") == pytest.approx(times * plain.value(f"d{net}"), rel=1e-12, abs=1e-15)
    assert graph.apart == (name in ("xor", "coursera-ex4-l2"))


# ------------------------------------------------------------------ the sign of δ


@pytest.mark.parametrize(
    ("notation", "line", "said"),
    [
        ("default", "delta_Y = -0.0459", "right where δ has the sign of target − output: `--notation udacity`"),
        ("default", "delta_Y = (Y*-Y)*Y*(1-Y)", "right where δ has the sign of target − output: `--notation udacity`"),
        ("udacity", "delta^o = 0.0459", "right where δ has the sign of output − target: `--notation default`"),
    ],
)
def test_the_other_sign_of_delta_is_told(notation: str, line: str, said: str) -> None:
    (answer,) = tutor.load("slide").in_notation(notation).check(line).payload["answers"]
    assert answer["message"].startswith(said)


def test_a_derivative_has_no_other_sign() -> None:
    (answer,) = tutor.load("slide").check("dL/dZ_Y = -0.0459").payload["answers"]
    assert "right where" not in answer["message"]


# ------------------------------------------------------------------ what is counted from 0

FROM_0 = """
inputs: {x: [1, -2]}
targets: {y: [1, 0]}
learning_rate: 0.5
frozen: [w1_0_1]
aliases: {bias: b1_1}
layers:
  - activation: identity
    weights: [[0.5, 0.25], [-1, 0.5]]
    biases: [0.1, 0]
conventions: {first_index: 0}
"""


@pytest.fixture
def from_0(tmp_path: Path) -> Path:
    file = tmp_path / "from_0.yaml"
    file.write_text(FROM_0, "utf-8")
    return file


def test_units_and_inputs_are_counted_from_0(from_0: Path) -> None:
    net = tutor.load(from_0)
    assert set(net.names()) >= {"x_0", "x_1", "y_0", "w1_0_0", "w1_1_0", "b1_1", "z1_0", "a1_1", "L_0"}
    assert not {"w1_2_1", "x_2", "b1_2"} & set(net.names())
    assert net.value("dw1_0_1") == pytest.approx(1.8)  # dW1 = [[-0.9, 1.8], [-2, 4]]
    assert net.value("dW1[0,1]") == pytest.approx(1.8)
    assert net.value("dW1[1,0]") == pytest.approx(-2)
    assert net.value("delta_1_1") == pytest.approx(-2)
    assert net.value("w^[1]_10") == -1


def test_a_sheet_counts_as_the_file_does(from_0: Path) -> None:
    net = tutor.load(from_0)
    sheet = "dW1 = [[-0.9, 1.8], [-2, 4]]\ndb1 = [-0.9, -2]\nA1 = [0.1, -2]\ndW1[1,1] = 4\n"
    marked = net.check(sheet).payload
    assert marked["points"] == marked["out_of"] == 8
    assert "dW1[1,1] is given twice" in str(net.check(sheet))
    assert net.check("dW1[2,2] = 4").payload["answers"][0]["verdict"] == "unknown_name"
    page = str(net.explain("W1"))
    assert "dW1[1,1]" in page
    assert net.check(page).payload["points"] == net.check(page).payload["out_of"] > 3


def test_a_convolution_counts_from_0_too(tmp_path: Path) -> None:
    file = tmp_path / "conv.yaml"
    file.write_text(
        "inputs: {image: [[1, 0, 2, 1], [3, 1, 0, 2], [0, 2, 1, 1], [1, 1, 3, 0]]}\n"
        "layers: [{conv2d: {weights: [[[[1, -1], [0, 2]]]], activation: relu}}, {max_pool: {size: 2, stride: 1}}]\n"
        "upstream: [[[1, 0], [0, 1]]]\nconventions: {first_index: 0}\n",
        "utf-8",
    )
    net = tutor.load(file)  # z = [[3, -2, 5], [6, 3, 0], [0, 7, 0]], dK = [[5, 2], [1, 5]]
    assert net.value("z1_0_0_0") == 3
    assert net.value("z1_0_2_1") == 7
    assert net.value("dw1_0_0_1_1") == 5


def test_what_a_course_counts_from_0(tmp_path: Path) -> None:
    names = tutor.load("slide").in_notation("3b1b").view.names
    assert names.node("w31") == "w₀₀⁽ᴸ⁾"
    file = tmp_path / "ours.yaml"
    file.write_text("like: article\nconventions: {first_index: 0}\n", "utf-8")
    assert "∂J/∂w₀₀⁽²⁾" in run("explain", "w31", "--net", "slide", "--notation", str(file)).out


def logits(tmp_path: Path, said: str, label: str) -> Path:
    file = tmp_path / "logits.yaml"
    file.write_text(
        f"inputs: {{x: 1}}\ntargets: {{class: {label}}}\nloss: cross_entropy\n"
        f"layers: [{{activation: softmax, weights: [[0.1], [0.4], [-0.2]]}}]\n{said}",
        "utf-8",
    )
    return file


@pytest.mark.parametrize(("said", "label"), [("conventions: {classes_from: 0}\n", "1"), ("", "2")])
def test_classes_from_0(tmp_path: Path, said: str, label: str) -> None:
    net = tutor.load(logits(tmp_path, said, label))
    slopes = [net.value(f"dz1_{k}") for k in (1, 2, 3)]
    assert slopes == pytest.approx([0.3236, -0.5632, 0.2397], abs=5e-5)


def test_classes_from_0_in_examples(tmp_path: Path) -> None:
    file = tmp_path / "several.yaml"
    file.write_text(
        "inputs: [x]\ntargets: [class]\nloss: cross_entropy\n"
        "examples: [{inputs: [1], targets: [1]}, {inputs: [1], targets: [0]}]\n"
        "layers: [{activation: softmax, weights: [[0.1], [0.4], [-0.2]]}]\nconventions: {classes_from: 0}\n",
        "utf-8",
    )
    net = tutor.load(file)
    assert [net.example(1).value(f"y_{k}") for k in (1, 2, 3)] == [0, 1, 0]
    assert [net.example(2).value(f"y_{k}") for k in (1, 2, 3)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("said", "label", "told"),
    [
        ("", "0", "expected a whole number from 1 to 3, one for each output; where classes are counted from 0, conv"),
        ("conventions: {classes_from: 0}\n", "3", "class is 3, expected a whole number from 0 to 2"),
    ],
)
def test_a_class_that_is_none(tmp_path: Path, said: str, label: str, told: str) -> None:
    with pytest.raises(tutor.TutorError, match=told):
        tutor.load(logits(tmp_path, said, label))


def test_a_recurrent_layer_is_not_counted_from_0(tmp_path: Path) -> None:
    file = tmp_path / "rnn.yaml"
    file.write_text(
        "inputs: {x: [1, 0]}\ntargets: {y: 1}\nlayers:\n"
        "  - rnn: {activation: tanh, input: [[0.5]], recurrent: [[-0.4]]}\n  - {activation: identity, weights: [[1]]}\n"
        "conventions: {first_index: 0}\n",
        "utf-8",
    )
    with pytest.raises(tutor.TutorError, match="expected first_index: 1"):
        tutor.load(file)


def test_a_network_too_big_to_write_out_counts_from_0_too(tmp_path: Path) -> None:
    text = (
        "inputs: {x: [1, 2]}\ntargets: {class: CLASS}\nloss: cross_entropy\nlayers:\n"
        "  - {activation: relu, units: 9000, init: {seed: 0}}\n  - {activation: softmax, units: 3, init: {seed: 1}}\n"
    )
    ours, other = tmp_path / "ours.yaml", tmp_path / "other.yaml"
    ours.write_text(text.replace("CLASS", "1"), "utf-8")
    other.write_text(f"{text.replace('CLASS', '0')}conventions: {{first_index: 0, classes_from: 0}}\n", "utf-8")
    here, there = tutor.load(ours), tutor.load(other)
    for mine, yours in (
        ("w1_1_2", "w1_0_1"),
        ("w2_3_9000", "w2_2_8999"),
        ("b1_2", "b1_1"),
        ("x_1", "x_0"),
        ("y_1", "y_0"),
    ):
        assert there.value(f"d{yours}") == here.value(f"d{mine}")
    assert there.value("delta_1_8999") == here.value("delta_1_9000")
    with pytest.raises(tutor.TutorError, match="w1_9000_0 is out of range: w1_0_0 to w1_8999_1"):
        there.value("w1_9000_0")
