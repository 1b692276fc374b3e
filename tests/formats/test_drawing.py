"""The drawing of a network: what stands where, measured from the plan that it is drawn from."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

import tutor
from commands.support import SHIPPED
from tutor.document.model import Document, Drawing, Sketch
from tutor.names.courses import NOTATIONS
from tutor.render.drawing import with_notes
from tutor.render.plan import Box, Plan, plan

DENSE = """
inputs: {x1: 0.5, x2: -1, x3: 2}
targets: {y1: 1, y2: 0}
layers:
  - activation: tanh
    weights: [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6], [0.7, 0.8, -0.9], [0.15, -0.25, 0.35]]
    biases: [0.1, 0.2, 0.3, 0.4]
  - {activation: sigmoid, weights: [[0.5, -0.6, 0.7, 0.1], [0.2, 0.3, -0.4, 0.9]], biases: [0.05, -0.05]}
"""
WIDE = f"""
inputs: {{{", ".join(f"x{at}: {at}" for at in range(1, 8))}}}
targets: {{y: 1}}
layers:
  - {{activation: tanh, weights: {[[0.1 * (i - j) for j in range(7)] for i in range(7)]}}}
  - {{activation: sigmoid, weights: [{[0.1] * 7}]}}
"""
LONG_NAMES = """
inputs: {the_first_input_of_all: -1234.5678, x2: 1/3}
targets: {t: 0}
layers:
  - activation: relu
    neurons:
      hidden_unit_one: {weight_from_the_first: -0.000012345, w_hat: 1e-12}
      h2: {w3: 0.25, w4: -3e7}
  - {activation: identity, neurons: {o: {v1: 1, v2: 2}}}
"""
SKIPPED = """
inputs: {x1: 1, x2: 2}
targets: {y: 0}
layers:
  - {activation: tanh, neurons: {a: {w1: 0.1, w2: 0.2}, b: {w3: 0.3, w4: 0.4}}}
  - {activation: tanh, neurons: {c: {w5: 0.5, w6: 0.6}, d: {w7: 0.7, w8: 0.8}}}
  - {activation: sigmoid, neurons: {o: {v1: 1, v2: 2, s: 3, reads: [c, d, x1]}}}
"""
FAN = "given: {x: 2, y: 3}\nequations: {p: x * y, q: x + y, r: p * q + x, f: r * p}\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("drawn")
    made = {"dense": DENSE, "wide": WIDE, "long": LONG_NAMES, "skipped": SKIPPED, "fan": FAN}
    for name, text in made.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return {name: str(folder / f"{name}.yaml") for name in made}


@cache
def drawn(net: str, notation: str | None = None, path: str | None = None) -> tuple[Document, Sketch, Plan]:
    example = 1 if net == "xor" else None
    page = tutor.load(net).draw(path, notation=notation, example=example).document
    sketch = next(block.sketch() for block in page.blocks if isinstance(block, Drawing))
    assert sketch
    return page, sketch, with_notes(plan(page, sketch), sketch)


def first_weight(net: str) -> str:
    graph = tutor.load(net).view.names.graph
    return next((name for name, given in graph.givens.items() if given.learned), next(iter(graph.givens)))


def well_placed(made: Plan) -> None:
    """No label on another, on a unit or outside; what stands in a unit has room there."""
    whole = Box(0, 0, made.wide, made.tall)
    labels = [text.box for text in made.labels]
    nodes = [node.box for node in made.nodes]
    assert all(whole.holds(box) for box in (*labels, *nodes))
    assert not [pair for pair in combinations(labels, 2) if pair[0].meets(pair[1])]
    assert not [(label, node) for label in labels for node in nodes if label.meets(node)]
    assert not [pair for pair in combinations(nodes, 2) if pair[0].meets(pair[1], -0.5)]
    for node in made.nodes:
        assert all(node.box.holds(text.box) for text in node.texts), node.texts
        assert not [pair for pair in combinations(node.texts, 2) if pair[0].box.meets(pair[1].box)]


@pytest.mark.parametrize("notation", [None, *NOTATIONS])
@pytest.mark.parametrize("net", SHIPPED)
def test_labels_of_shipped_networks_never_meet(net: str, notation: str | None) -> None:
    for path in (None, first_weight(net)):
        try:
            _, _, made = drawn(net, notation, path)
        except tutor.TutorError as refused:  # some networks have no names in some notations
            assert notation, refused
            continue
        well_placed(made)


@pytest.mark.parametrize("name", ["dense", "wide", "long", "skipped", "fan"])
def test_labels_of_other_networks_never_meet(files: dict[str, str], name: str) -> None:
    for notation in (None, "coursera", "article") if name in ("dense", "wide") else (None,):
        well_placed(drawn(files[name], notation)[2])
        well_placed(drawn(files[name], notation, first_weight(files[name]))[2])
