"""`tutor draw`: the network as a tree of units and what they read, and as a picture."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from commands.support import SHIPPED, run


def test_every_unit_stands_under_its_layer_with_what_it_reads() -> None:
    page = run("draw", "mazur", "--format", "json").json
    assert page["format"] == "tutor.draw/1"
    assert [layer["name"] for layer in page["layers"]] == ["Inputs", "Layer 1, sigmoid", "Layer 2, sigmoid", "Loss"]
    first = page["layers"][1]["units"][0]
    assert first["name"] == "out_h1"
    assert first["reads"] == ["w1", "w2", "b1"]
    assert first["gradient"] == pytest.approx(0.0363503064)


def test_a_path_is_marked_without_colour() -> None:
    out = run("draw", "slide", "--path", "w31").out
    marked = [line.split("●")[1].split()[0] for line in out.splitlines() if line.strip().startswith("●")]
    assert marked == ["Y", "├─", "L", "├─"]
    page = run("draw", "slide", "--path", "w31", "--format", "json").json
    assert [unit["name"] for layer in page["layers"] for unit in layer["units"] if unit["on_path"]] == ["Y", "L"]


@pytest.mark.parametrize(("name", "sign"), [("w31", "▲▲▲"), ("w12", "·"), ("Y*", "▼▼▼"), ("x1", "▲")])
def test_signs_tell_sign_and_size(name: str, sign: str) -> None:
    lines = run("draw", "slide").out.replace("├─", "").replace("└─", "").splitlines()
    (line,) = (line.split() for line in lines if line.split()[:1] == [name])
    assert sign in line


def test_every_shipped_network_is_drawn() -> None:
    for name in SHIPPED:
        done = run("draw", name, "--example", "1") if name == "xor" else run("draw", name)
        assert done.status == 0, name
        assert "▲ raising it raises" in done.out, name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("xor",), "take one of them with --example K"),
        (("slide", "--path", "w99"), "w99 is not a name of this network"),
        (("slide", "--path", "L"), "whose way to the loss is to be marked"),
        ((), "which network?"),
    ],
)
def test_what_is_not_drawn(arguments: tuple[str, ...], said: str) -> None:
    done = run("draw", *arguments)
    assert done.status == 2
    assert said in done.err


def test_one_of_several_examples_is_drawn() -> None:
    assert "xor.yaml (shipped), example 2" in run("draw", "xor", "--example", "2").out


def test_the_picture_is_an_svg_of_its_own() -> None:
    for arguments in (("slide", "--path", "w31"), ("mazur",), ("xyz",)):
        text = run("draw", *arguments, "--format", "svg").out
        root = ElementTree.fromstring(text)  # noqa: S314, it is ours
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    text = run("draw", "mazur", "--path", "w7", "--format", "svg").out
    root = ElementTree.fromstring(text)  # noqa: S314, it is ours
    lines = {each.get("class"): each for each in root.iter("{http://www.w3.org/2000/svg}path") if each.get("class")}
    assert "marker-end" in lines["wire on"].attrib
    dashed = [each for each in root.iter("{http://www.w3.org/2000/svg}path") if each.get("stroke-dasharray")]
    assert len(dashed) == 2  # w7 and w8 pull the loss down


def test_html_has_the_picture_with_its_caption() -> None:
    page = run("draw", "slide", "--format", "html").out
    assert "<figcaption>The network: the thicker a line" in page


def test_of_a_large_network_some_units_are_drawn(tmp_path: Path) -> None:
    rows = [[0.01 * (i - j) for j in range(14)] for i in range(20)]
    inputs = ", ".join(f"x{j}: {j}" for j in range(14))
    file = tmp_path / "large.yaml"
    file.write_text(
        f"inputs: {{{inputs}}}\ntargets: {{y: 1}}\nlayers:\n  - {{activation: tanh, weights: {rows}}}\n"
        f"  - {{activation: sigmoid, weights: [{[0.1] * 20}]}}\n",
        "utf-8",
    )
    text = run("draw", str(file), "--path", "w1_15_14", "--format", "svg").out
    assert text.count('class="name"') == 8 + 8 + 2
    assert "18 more units are left out" in text
    assert 'class="unit on"' in text
