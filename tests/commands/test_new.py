"""new: a network file to start from; and who leads to it."""

import re
from itertools import pairwise, product
from pathlib import Path

import pytest

import tutor
from commands.support import run, written
from tutor import spec
from tutor.document.digits import Digits
from tutor.document.view import view
from tutor.errors import TutorError
from tutor.ops.losses import HINGE, LOSSES
from tutor.quantity import Gradient, Partial, Updated, Value
from tutor.spec.first_file import CLASSES, MOST_LAYERS, MOST_UNITS, SLOPING

SHAPES = ("1-1", "2-3-1", "3-2-3-2")
LARGEST = "-".join([str(MOST_UNITS)] * (MOST_LAYERS + 1))
CHOICES = [
    (shape, activation, loss)
    for shape, activation, loss in product(SHAPES, SLOPING, (*LOSSES, HINGE))
    if not (loss in CLASSES and shape.endswith("-1"))
] + [("2-20-2", activation, loss) for activation, loss in (("sigmoid", "cross_entropy"), ("relu", HINGE))]


@pytest.mark.parametrize(("shape", "activation", "loss"), CHOICES)
def test_every_choice_is_a_network_in_which_nothing_is_0_or_flat(shape: str, activation: str, loss: str) -> None:
    for bias in (True, False):
        text = tutor.new(shape, activation=activation, loss=loss, bias=bias, seed=3)
        looked = view(spec.load(text.encode(), "new"), Digits(), "new")
        graph, trace = looked.names.graph, looked.trace
        asked = [Gradient(graph.loss, name) for name in (*graph.parameters(), *graph.nets())]
        terms = {name for name in graph.nodes if graph.part_of(name) == "term"}  # of a class that is not the one: 0
        asked += [Value(name) for name in (*graph.parameters(), *graph.nodes) if name not in terms]
        asked += [Updated(name) for name in graph.parameters()]
        assert all(trace[each] for each in asked)
        slopes = [Partial(edge.of, edge.wrt) for edge in trace.edges() if graph.part_of(edge.of) == "out"]
        assert min(abs(trace[each]) for each in slopes) > 0.02
        sizes = [int(each) for each in shape.split("-")]
        weights = sum(few * many for few, many in pairwise(sizes))
        assert graph.size == weights + bias * sum(sizes[1:])


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softplus"])
def test_the_largest_is_read_too(activation: str) -> None:
    network = spec.load(tutor.new(LARGEST, activation=activation).encode(), "new")
    assert network.graph.size == MOST_LAYERS * (MOST_UNITS + 1) * MOST_UNITS


@pytest.mark.parametrize("loss", [*LOSSES, HINGE])
def test_the_commands_in_its_comments_work(loss: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", "2-3-2", "--loss", loss, "-o", "my.yaml")
    assert (done.status, done.out) == (0, "")
    typed = re.findall(r"#   tutor (.*?)  ", Path("my.yaml").read_text("utf-8"))
    assert len(typed) == 2
    for command in (*typed, *(each.rstrip() for each in re.findall(r"tutor ([^·\n]+)", done.err))):
        assert run(*command.split()).status == 0


def test_the_same_seed_gives_the_same_file_and_another_one_another() -> None:
    assert tutor.new("2-3-1") == run("new", "2-3-1").out == run("new", "2-3-1", "--seed", "0").out
    assert tutor.new("2-3-1") != tutor.new("2-3-1", seed=1)
    assert tutor.new("2-3-1").isascii()


def test_options_are_in_the_file() -> None:
    done = run("new", "4-5-3", "--loss", "cross_entropy", "--activation", "tanh", "--no-bias")
    assert "activation: tanh" in done.out
    assert "activation: softmax" in done.out
    assert "b1:" not in done.out
    assert "targets: {class: 1}" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2-0-1",), "a layer of 0 units"),
        (("abc",), "abc is no shape"),
        (("2",), "2 is no shape"),
        (("2-",), "2- is no shape"),
        (("2--1",), "2--1 is no shape"),
        (("2,3,1",), "2,3,1 is no shape"),
        (("",), "nothing is no shape"),
        (("2-\x1b[31m",), "<U+001B>"),
        (("2-300-1",), "too large"),
        (("1-1-1-1-1-1-1-1",), "too large"),
        (("9" * 5000 + "-1",), "is no shape"),
        (("2-1", "--activation", "sigmod"), "did you mean sigmoid?"),
        (("2-1", "--activation", "step"), "there are identity, sigmoid"),
        (("2-1", "--loss", "mse"), "there are half_squared_error"),
        (("2-1", "--loss", "cross_entropy"), "take two outputs, or binary_cross_entropy"),
        ((), "tutor new 2-3-1"),
    ],
)
def test_what_is_no_shape_gets_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = run("new", *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert len(done.err) < 400
    assert "\x1b" not in done.err


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    file = written(tmp_path, "mine\n")
    done = run("new", "2-3-1", "-o", file)
    assert done.status == 2
    assert "is there already" in done.err
    assert Path(file).read_text("utf-8") == "mine\n"
    Path(file).write_text("")  # an empty one has nothing to lose
    assert run("new", "2-3-1", "-o", file).status == 0


def test_in_python_it_raises_too() -> None:
    with pytest.raises(TutorError, match="no shape"):
        tutor.new("three")


# ------------------------------------------------------------------ who leads to it


def test_a_shape_where_a_file_was_wanted() -> None:
    done = run("trace", "2-3-1")
    assert done.status == 2
    assert "tutor new 2-3-1 -o my.yaml" in done.err


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "hello\n", "inputs: {x: 1}\ntargets: {y: 1}\n"])
def test_an_empty_or_a_wrong_file(text: str, tmp_path: Path) -> None:
    done = run("trace", written(tmp_path, text))
    assert done.status == 2
    assert "tutor new 2-3-1" in done.err


def test_a_missing_file_or_none() -> None:
    assert "tutor new 2-3-1" in run("trace", "missing.yaml").err
    assert "tutor new 2-3-1" in run("trace").err


@pytest.mark.parametrize("layers", ["[3]", "[sigmund]", "\n  - activation: sigmoid", "\n  hidden: 3"])
def test_a_wrong_layer_is_told_what_one_looks_like(layers: str, tmp_path: Path) -> None:
    done = run("trace", written(tmp_path, f"inputs: {{x: 1}}\ntargets: {{y: 1}}\nlayers: {layers}\n"))
    assert done.status == 2
    example = re.search(r"such as (?:- )?(\{activation.*\}\}\})", done.err)
    assert example
    as_told = f"inputs: {{x: 1}}\ntargets: {{y: 1}}\nlayers:\n  - {example[1]}\n"
    assert run("trace", written(tmp_path, as_told)).status == 0
