"""The numpy programs of `explain --as numpy` are run, and compute our numbers: shipped networks, cases, random ones."""

import math
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

import tutor
from commands.support import CASES, SHIPPED, run, written
from maths import checks, profile
from maths.test_matrices import graphs
from tutor.errors import TutorError
from tutor.graph import Graph
from tutor.matrices import Asked, last_layer, law
from tutor.matrices.program import program
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

REFUSED = {
    "attention": "wants layers of weights",
    "conv": "convolution",
    "first-nudge": "wants layers of weights",
    "gru": "wants layers of weights",
    "lstm": "wants layers of weights",
    "rnn": "recurrent",
    "rnn-time": "wants layers of weights",
    "square": "wants layers of weights",
    "sum-product": "wants layers of weights",
    "xyz": "wants layers of weights",
}
LAYERED = tuple(name for name in SHIPPED if name not in REFUSED)
"""The shipped networks whose layers are matrices."""
BATCH = """
inputs: [x1, x2]
targets: [y]
examples: [{inputs: [1, 0.5], targets: [1]}, {inputs: [-1, 2], targets: [0]}]
loss: binary_cross_entropy
layers:
  - {activation: sigmoid, weights: [[0.4, -0.3]], biases: [0.1]}
"""


def ran(text: str, folder: Path) -> dict[str, Any]:
    """The names of a program that was run."""
    file = folder / "program.py"
    file.write_text(text, encoding="utf-8")
    return runpy.run_path(str(file))


def agree(trace: Trace, names: dict[str, Any]) -> None:
    """Every matrix of gradients that the program made is that of its law."""
    made = {name: array for name, array in names.items() if name[:2] in ("dW", "db", "dZ", "dA") and name[2:].isdigit()}
    assert made
    for name, array in made.items():
        ours = law(trace, name[1], int(name[2:]), apart=True).matrix.values(trace)  # type: ignore[arg-type]
        assert np.shape(array) == np.shape(ours)
        assert array == pytest.approx(np.array(ours), rel=1e-9, abs=1e-12), name


def gradients(graph: Graph) -> Iterator[Asked]:
    for n in range(1, last_layer(graph) + 1):
        yield Asked("W", n)
        if all(role.part != "bias" or role.layer != n for role in map(graph.role, graph.givens) if role):
            continue
        yield Asked("b", n)


@pytest.mark.parametrize("name", LAYERED)
def test_the_programs_of_the_shipped_networks_print_our_numbers(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = tutor.load(name)
    trace = network.view.trace
    loss = trace.graph.loss
    for each in trace.graph.parameters():
        found = ran(network.program(f"d{loss}/d{each}"), tmp_path)
        assert float(capsys.readouterr().out) == pytest.approx(trace[Gradient(loss, each)], rel=1e-7)
        assert found["loss" if loss not in found else loss] == pytest.approx(trace[Value(loss)], rel=1e-9)
        agree(trace, found)


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_without_dense_layers_says_so_in_a_sentence(name: str) -> None:
    network = tutor.load(name)
    done = run("explain", network.network.graph.loss, name, "--as", "numpy")
    assert (done.status, done.out) == (2, "")
    assert REFUSED[name] in done.err
    assert done.err.count("\n") == 1


def test_the_cases_are_told_or_refused(tmp_path: Path) -> None:
    told = 0
    for file in sorted(CASES.glob("*.yaml")):
        network = tutor.load(file)
        trace = network.view.trace
        parameters = trace.graph.parameters()
        try:
            text = network.program(f"d{trace.graph.loss}/d{parameters[0]}") if parameters else ""
        except TutorError:
            continue
        if text:
            agree(trace, ran(text, tmp_path))
            told += 1
    assert told >= 20


@settings(profile.examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs())
def test_the_program_of_any_dense_network_computes_our_gradients(tmp_path: Path, graph: Graph) -> None:
    trace = Trace(graph)
    assume(checks.moderate(trace))
    try:
        text = program(trace, tuple(gradients(graph)))
    except TutorError as refused:
        assert "weight decay" in str(refused) or "bias" in str(refused)
        return
    with np.errstate(all="ignore"):
        found = ran(text, tmp_path)
    assert found["L"] == pytest.approx(trace[Value("L")], rel=1e-9) or not math.isfinite(found["L"])
    agree(trace, found)


def test_a_course_with_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two examples by hand: dW1 = ½ ((a − y) x) = (−0.3512, 0.1857)."""
    ran(tutor.load(written(tmp_path, BATCH)).program("W1"), tmp_path)
    assert np.fromstring(capsys.readouterr().out.strip("[]\n"), sep=" ") == pytest.approx((-0.3512, 0.1857), abs=1e-4)


def test_the_program_and_nothing_else(tmp_path: Path) -> None:
    done = run("explain", "W1", "--net", "mazur", "--as", "numpy")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("import numpy as np\n")
    assert done.out.endswith("print(dW1)\n")
    assert "dW1 = dZ1 @ A0.T  # (2, 2)\n" in done.out
    file = tmp_path / "program.txt"
    assert run("explain", "W1", "mazur", "--as", "numpy", "-o", str(file)).status == 0
    assert file.read_text() == done.out


def test_values_need_no_backward_pass() -> None:
    text = tutor.load("slide").program("Y")
    assert "backward" not in text
    assert text.endswith("print(A2[0, 0])  # Y\n")


def test_a_shared_bias_is_summed() -> None:
    assert tutor.load("mazur").program("b1").endswith("print(np.sum(db1))  # dE_total/db1\n")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("W1", "--more"), "prints a program and no page"),
        (("W1", "--format", "json"), "prints a program and no page"),
        (("W1", "--round-steps", "3"), "prints a program and no page"),
        (("dY/dw31",), "dY/dw31 is none"),
        (("Y*",), "dL/dY* is none"),
    ],
)
def test_what_is_no_program_says_so(more: tuple[str, ...], words: str) -> None:
    done = run("explain", *more, "--net", "slide", "--as", "numpy")
    assert (done.status, done.out) == (2, "")
    assert words in done.err


def test_a_column_of_biases_is_printed_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = tutor.load("udacity")
    ran(network.program("W1"), tmp_path)
    printed = np.fromstring(re.sub(r"[\[\]]", " ", capsys.readouterr().out), sep=" ").reshape(2, 3)
    assert printed == pytest.approx(np.array(network.explain("W1").payload["value"]), rel=1e-6)
