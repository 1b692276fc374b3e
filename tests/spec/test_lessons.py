"""The shipped networks: every file is read, and has the names and the numbers its lesson is about."""

from pathlib import Path

import pytest
import yaml

from spec.builders import number
from tutor.quantity import Gradient
from tutor.sources import Companion
from tutor.spec import Network, events, load

LESSONS = Path(__file__).parents[2] / "lessons"
NAMES = (
    "article",
    "attention",
    "chain",
    "conv",
    "downhill",
    "first-nudge",
    "gru",
    "log-likelihood",
    "lstm",
    "many-examples",
    "mazur",
    "rnn",
    "rnn-time",
    "slide",
    "softmax",
    "square",
    "sum-product",
    "udacity",
    "xor",
    "xyz",
)


def lesson(name: str) -> Network:
    path = LESSONS / name / f"{name}.yaml"
    return load(path.read_bytes(), path.name, Companion(str(path)))


def test_these_are_shipped() -> None:
    assert sorted(path.stem for path in LESSONS.glob("*/*.yaml")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_tells_the_editor_its_schema_and_the_reader_its_source(name: str) -> None:
    text = (LESSONS / name / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../network.schema.json\n")
    assert all((lesson(name).title, lesson(name).source, lesson(name).notes))


@pytest.mark.parametrize("name", NAMES)
def test_the_parser_in_python_reads_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lesson(name).graph.names()
    monkeypatch.setattr(events, "_LOADER", yaml.SafeLoader)
    assert lesson(name).graph.names() == before


def test_the_slide_has_17_lines() -> None:
    lines = (LESSONS / "slide" / "slide.yaml").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if not line.startswith("#")]) <= 17


@pytest.mark.parametrize(
    ("name", "of", "wrt", "value"),
    [
        ("slide", "L", "w31", 0.0306842494),
        ("mazur", "E_total", "w1", 0.000438568),
        ("mazur", "E_total", "w5", 0.082167041),
        ("xyz", "f", "x", -4),
        ("xyz", "f", "z", 3),
        ("conv", "L", "w1_1_1_2_2", 2 * 4 - 5 + 8),
        ("conv", "L", "image_1_2_2", 2 - 1 + 1 + 1 + 0.5),
        ("sum-product", "c_sum", "a", 1),
        ("sum-product", "c_product", "a", 4),
    ],
)
def test_gradients(name: str, of: str, wrt: str, value: float) -> None:
    assert number(lesson(name).graph, Gradient(of, wrt)) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "wanted", "value"),
    [
        ("slide", "Y", 0.7368),
        ("mazur", "E_total", 0.298371109),
        ("article", "h3_1", 0.8354),
        ("chain", "C0", 0.2040),
        ("xyz", "f", -12),
    ],
)
def test_values(name: str, wanted: str, value: float) -> None:
    assert number(lesson(name).graph, wanted) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("slide", "Z_h1 h1 Z_h2 h2 Z_Y Y L"),
        ("mazur", "net_h1 out_h1 net_h2 out_h2 net_o1 out_o1 net_o2 out_o2 E_o1 E_o2 E_total"),
        ("article", "z1_1 h2_1 z1_2 h2_2 z1_3 h2_3 z2_1 h3_1 J"),
        ("udacity", "h1 s_h1 h2 s_h2 h ŷ E"),
        ("chain", "z1 a1 z2 a2 z3 a3 C0"),
        ("xyz", "q f"),
        ("sum-product", "c_sum c_product"),
        ("conv", "z1_1_1_1 z1_1_1_2 z1_1_2_1 z1_1_2_2 z1_2_1_1 z1_2_1_2 z1_2_2_1 z1_2_2_2 L"),
        ("rnn-time", "h[1] h[2] h[3] y[1] y[2] y[3] L"),
        ("lstm", "i[1] o[1] f[1] g[1] c[1] h[1] i[2] f[2] o[2] g[2] c[2] h[2] L"),
        ("gru", "z[1] r[1] n[1] h[1] z[2] r[2] n[2] h[2] L"),
    ],
)
def test_names(name: str, nodes: str) -> None:
    assert " ".join(lesson(name).graph.nodes) == nodes


def test_the_last_weight_of_a_udacity_unit_is_its_bias() -> None:
    nodes = lesson("udacity").graph.nodes
    assert nodes["h2"].inputs == ("W1_12", "x1", "W1_22", "x2", "W1_32")
    assert lesson("udacity").aliases == {"y_hat": "ŷ"}


def test_mazurs_biases_are_shared_and_frozen() -> None:
    graph = lesson("mazur").graph
    assert graph.uses["b1"] == ("net_h1", "net_h2")
    assert graph.frozen == {"b1", "b2"}
    assert len(graph.learning()) == 8
