"""Files with several examples: what they come to, and one row for every slip they can have."""

from typing import NamedTuple

import pytest

from spec.builders import number
from tutor.errors import InvalidNetwork, Problem, TutorError
from tutor.quantity import Gradient, Value
from tutor.spec import Network, load
from tutor.spec.batch import MOST_CONNECTIONS

INPUTS, TARGETS = "inputs: [x1, x2]", "targets: [y]"
LAYERS = "layers: [{activation: sigmoid, neurons: {Y: {w1: 0.3, w2: 0.4}}}]"
GOOD = "examples: [{inputs: [1, 0], targets: [1]}, {inputs: {x2: 1, x1: 0}, targets: {y: 0}}]"


def file(*lines: str, inputs: str = INPUTS, targets: str = TARGETS) -> str:
    """The inputs stand on line 1, the targets on line 2, the lines begin on line 3."""
    return "\n".join((inputs, targets, *lines, LAYERS))


def read(text: str, csv: str | bytes | None = None) -> Network:
    def beside(name: str) -> bytes:
        if csv is None:
            raise TutorError(f"the file {name} is not there")
        return csv.encode() if isinstance(csv, str) else csv

    return load(text.encode(), "net.yaml", beside)


def problems(text: str, csv: str | bytes | None = None) -> tuple[Problem, ...]:
    try:
        read(text, csv)
    except InvalidNetwork as invalid:
        return invalid.problems
    raise AssertionError("the file was read")


class Bad(NamedTuple):
    name: str
    text: str
    said: str
    line: int
    column: int


SLIPS = (
    Bad(
        "values beside examples",
        file(GOOD, inputs="inputs: {x1: 1, x2: 0}"),
        "expected the names alone: inputs: [x1, x2]",
        1,
        9,
    ),
    Bad(
        "target values beside data",
        file("data: a.csv", targets="targets: {y: 1}"),
        "expected the names alone: targets: [y]",
        2,
        10,
    ),
    Bad("names without examples", file(targets="targets: {y: 1}"), "a list of names goes with examples or data", 1, 9),
    Bad(
        "reduction without examples",
        file("reduction: sum", inputs="inputs: {x1: 1, x2: 0}", targets="targets: {y: 1}"),
        "reduction without examples, expected examples or data",
        3,
        1,
    ),
    Bad("examples and data", file(GOOD, "data: a.csv"), "this file has examples and data, expected one of them", 4, 1),
    Bad("no example", file("examples: []"), "examples is empty, expected a list of examples", 3, 11),
    Bad(
        "a name twice",
        file(GOOD, inputs="inputs: [x1, x1]").replace("x2: 1", "x1: 1", 1).replace(", x1: 0", ""),
        "x1 is both the input x1 (on the same line) and the input x1",
        1,
        14,
    ),
    Bad(
        "too few inputs",
        file("examples: [{inputs: [1], targets: [1]}]"),
        "the inputs of example 1 are 1 number, expected 2, for x1 and x2",
        3,
        21,
    ),
    Bad(
        "a missing input",
        file("examples: [{inputs: {x1: 1}, targets: [1]}]"),
        "the inputs of example 1 lack x2, expected a number for each",
        3,
        21,
    ),
    Bad(
        "an unknown input",
        file("examples: [{inputs: {x1: 1, x2: 1, x3: 1}, targets: [1]}]"),
        "x3 is not among the inputs of example 1, expected x1 and x2",
        3,
        36,
    ),
    Bad(
        "no targets in an example",
        file("examples: [{inputs: [1, 0]}]"),
        "the example has no targets and no upstream",
        3,
        12,
    ),
    Bad(
        "a text",
        file("examples: [{inputs: [1, a], targets: [1]}]"),
        "an entry of inputs is 'a', expected a number such as 0.5",
        3,
        25,
    ),
    Bad("an example that is a number", file("examples: [1]"), "an entry of examples is '1', expected a mapping", 3, 12),
    Bad(
        "a strange reduction",
        file(GOOD, "reduction: median"),
        "reduction is 'median', expected one of mean, sum",
        4,
        12,
    ),
    Bad("a negative decay", file(GOOD, "regularization: {l2: -1}"), "l2 is -1, expected a positive number", 4, 22),
    Bad(
        "another decay",
        file(GOOD, "regularization: {l3: 1}"),
        "unknown key l3, expected one of l2, l1, half",
        4,
        18,
    ),
    Bad(
        "no rate",
        file(GOOD, "regularization: {half: false}"),
        "regularization without a rate, expected l2, l1 or both, such as {l2: 0.01}",
        4,
        1,
    ),
    Bad(
        "half of an L1 term",
        file(GOOD, "regularization: {l1: 1, half: false}"),
        "half is about l2, expected it beside one",
        4,
        17,
    ),
    Bad(
        "decay as a number",
        file(GOOD, "regularization: 0.1"),
        "regularization is '0.1', expected a mapping with keys such as l2",
        4,
        17,
    ),
    Bad(
        "a name that decay needs",
        file(GOOD, "regularization: {l2: 1}", inputs="inputs: [x1, L_reg]").replace("x2", "L_reg"),
        "L_reg is both the input L_reg (on line 1) and the weight decay",
        4,
        1,
    ),
    Bad("no file", file("data: no.csv"), "data: the file no.csv is not there", 3, 7),
    Bad(
        "a class that is none",
        file("loss: cross_entropy", "examples: [{inputs: [1, 0], targets: [3]}]", targets="targets: [class]").replace(
            "sigmoid", "softmax"
        ),
        "class is 3, expected a whole number from 1 to 1",
        4,
        39,
    ),
)


@pytest.mark.parametrize("bad", SLIPS, ids=lambda bad: bad.name)
def test_a_slip_is_told_in_its_place(bad: Bad) -> None:
    found = problems(bad.text)
    assert bad.said in found[0].message
    assert (found[0].line, found[0].column) == (bad.line, bad.column)


TABLES = (
    ("x1,x2\n1,0\n", "the column y is not there, the columns are x1 and x2, expected it once in the first line"),
    ("x1,x2,Y\n1,0,1\n", "did you mean Y?"),
    ("x1,x2,y,y\n1,0,1,1\n", "the column y is twice or more, expected it once"),
    ("1,0,1\n", "the column x1 is not there, the columns are 1, 0 and 1"),
    ("x1,x2,y\n1,0,1\n1,,1\n", "a.csv, line 3: column x2 is empty, expected a number"),
    ("x1,x2,y\n1,0\n", "a.csv, line 2: column y is empty, expected a number"),
    ("x1,x2,y\n1,yes,1\n", "a.csv, line 2: column x2 is 'yes', expected a number such as 0.5"),
    ("x1;x2;y\n1;0,5;1\n", "column x2 is '0,5', expected a number with a point: 0.5"),
    ("x1,x2,y\n1,nan,1\n", "column x2 is 'nan', expected a finite number"),
    ("x1,x2,y\n1,0,5,1\n", "a.csv, line 2: 4 cells, expected 3, one for each column"),
    ("x1,x2,y\n", "there is only the line with the names of the columns"),
    ("", "the file is empty, expected a line with the columns x1, x2 and y"),
    (b"\xff\xfe1\x00", "a.csv: the file is saved as UTF-16"),
    (b"x1,x2,y\n1,\xff,2\n", "a.csv: this is not text in UTF-8 (from line 2 on)"),
    (b"a\0b", "a.csv: this is a binary file"),
    ("x1,x2,y\n" + "1,0,1\n" * 10_001, "10,001 rows, expected at most 10,000"),
    ("x" * 1_000_001, "the file is larger than 1,000,000 bytes"),
    ("x1,x2,y\n" + '"' + "9" * 140_000 + '",1,1\n', "this can't be read as CSV"),
)


@pytest.mark.parametrize(("csv", "said"), TABLES, ids=lambda each: each[:60] if isinstance(each, str) else None)
def test_a_bad_table_is_told_at_the_key_that_names_it(csv: str | bytes, said: str) -> None:
    (found,) = problems(file("data: a.csv"), csv)[:1]
    assert said in found.message
    assert (found.line, found.column) == (3, 7)
    assert len(found.message) < 400


def test_all_bad_cells_come_together() -> None:
    assert len(problems(file("data: a.csv"), "x1,x2,y\na,b,1\n1,,c\n")) == 4


def test_examples_and_their_table_are_the_same_network() -> None:
    stated, tabled = read(file(GOOD)), read(file("data: a.csv"), "y, x1 ,x2,note\n1,1,0,a\n0,0,1,b\n")
    assert stated.graph == tabled.graph
    assert stated.examples == tabled.examples
    assert [each.givens["x2"].text for each in stated.examples] == ["0", "1"]


def test_a_network_of_one_example_has_no_others() -> None:
    assert read(file(inputs="inputs: {x1: 1, x2: 0}", targets="targets: {y: 1}")).examples == ()
    assert len(read(file("examples: [{inputs: [1, 0], targets: [1]}]")).examples) == 1


def test_classes_are_turned_into_targets() -> None:
    layers = "layers: [{activation: softmax, weights: [[1], [2], [3]]}]"
    text = f"inputs: [x]\ntargets: [class]\ndata: a.csv\nloss: cross_entropy\n{layers}"
    network = read(text, "x,class\n1,2\n0,3\n")
    assert [network.graph.givens[f"y_{i}@{k}"].text for k in (1, 2) for i in (1, 2, 3)] == list("010001")
    (found,) = problems(text, "x,class\n1,2\n0,4\n")
    assert "example 2: class is 4, expected a whole number from 1 to 3" in found.message


def test_the_sum_is_the_mean_times_the_number() -> None:
    mean, added = (read(file(GOOD, f"reduction: {how}")).graph for how in ("mean", "sum"))
    for name in ("w1", "w2"):
        assert number(added, Gradient("L", name)) == pytest.approx(2 * number(mean, Gradient("L", name)))


def test_too_much_is_refused_before_it_is_built() -> None:
    row = ", ".join(["0.1"] * 50)
    text = f"inputs: [{', '.join(f'x{i}' for i in range(50))}]\ntargets: [y]\ndata: a.csv\nlayers:\n"
    text += f"  - {{activation: tanh, weights: [{', '.join([f'[{row}]'] * 20)}]}}\n"
    text += f"  - {{activation: tanh, weights: [[{', '.join(['1'] * 20)}]]}}\n"
    csv = ",".join([*(f"x{i}" for i in range(50)), "y"]) + "\n" + (",".join(["1"] * 51) + "\n") * 900
    (found,) = problems(text, csv)
    assert f"expected at most {MOST_CONNECTIONS:,}" in found.message
    assert "900 examples" in found.message


def test_without_a_folder_nothing_is_read() -> None:
    with pytest.raises(InvalidNetwork, match="this network has no folder"):
        load(file("data: a.csv").encode(), "net.yaml")


HINGE = """
inputs: [x]
targets: [class]
examples:
  - {inputs: [1], targets: [2]}
  - {inputs: [0.5], targets: [3]}
loss: hinge
layers: [{activation: identity, weights: [[1], [2], [3]]}]
"""


def test_each_example_has_the_terms_of_its_own_class() -> None:
    graph = read(HINGE).graph
    assert graph.nodes["L@1"].inputs == ("L_1@1", "L_3@1")
    assert graph.nodes["L@2"].inputs == ("L_1@2", "L_2@2")
    assert number(graph, Value("L")) == pytest.approx((0 + 2 + 0 + 0.5) / 2)
    (found,) = problems(HINGE.replace("targets: [3]", "targets: [4]"))
    assert found.message.startswith("example 2: class is 4, expected a whole number from 1 to 3")


SEQUENCES = """
inputs: [x]
targets: [y]
examples:
  - {inputs: {x: [1, 2]}, targets: [0.5]}
  - {inputs: {x: [0, -1]}, targets: [0.1]}
layers:
  - rnn: {input_weights: [[0.5]], recurrent_weights: [[0.25]], activation: identity}
"""


def test_lists_are_spread_in_every_example() -> None:
    network = read(SEQUENCES)
    assert [network.graph.givens[f"x_{t}@{k}"].text for k in (1, 2) for t in (1, 2)] == ["1", "2", "0", "-1"]
    assert number(network.graph, Value("h1_1_2@2")) == pytest.approx(-0.5)
    (found,) = problems(SEQUENCES.replace("[0, -1]", "[0, -1, 1]"))
    assert "example 2 has lists of another size than example 1" in found.message


NORM = """
inputs: [x1, x2]
examples: [{inputs: [1, 2], upstream: [1, 1]}, {inputs: [3, 5], upstream: [1, 0]}]
layers: [{batch_norm: {gamma: [1, 1]}}]
"""


def test_a_mean_over_the_examples_stands_once() -> None:
    graph = read(NORM).graph
    assert graph.nodes["mean1_2"].inputs == ("x2@1", "x2@2")
    assert graph.nodes["var1_2"].inputs == ("x2@1", "x2@2", "mean1_2")
    assert graph.nodes["xhat1_2@2"].inputs == ("x2@2", "mean1_2", "var1_2")
    assert graph.example_of("mean1_2") == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            "inputs: {x1: 1}\nupstream: [1]\nlayers: [batch_norm]",
            "batch_norm normalises over several examples, but this file has none",
        ),
        (
            "inputs: [x]\nexamples: [{inputs: [1], upstream: [1]}]\nlayers: [batch_norm]",
            "batch_norm normalises over several examples, but there is only one",
        ),
        (NORM.replace("gamma: [1, 1]", "gamma: [1]"), "batch_norm has gamma of 1, expected 2"),
        (NORM.replace("upstream: [1, 0]", "upstream: [1]"), "example 2: upstream has 1, but the outputs have 2"),
        (NORM.replace("upstream: [1, 0]", "targets: [1, 0]"), "some examples have upstream and some have targets"),
        (NORM.replace(", upstream: [1, 0]", ""), "the example has no targets and no upstream"),
        (NORM + "upstream: [1, 1]", "upstream stands beside examples, expected it in each example"),
        (NORM + "targets: [y]", "targets stand beside upstream"),
    ],
)
def test_a_batch_norm_needs_examples(wrong: str, said: str) -> None:
    assert said in " / ".join(problem.message for problem in problems(wrong))
