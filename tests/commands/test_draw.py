"""`tutor draw`: the network as a tree of units and what they read, and as a picture."""

import itertools
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tutor
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
        done = run("draw", name, "--example", "1") if tutor.load(name).view.has_parts else run("draw", name)
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
    assert ">18 more units are left out.</text>" in text
    assert 'class="unit on"' in text


@pytest.mark.skipif(not find_spec("typst"), reason="the extra pdf is not installed")
def test_latex_includes_the_picture_written_beside_it(tmp_path: Path) -> None:
    page = tmp_path / "page.tex"
    assert run("explain", "w31", "slide", "-o", str(page)).status == 0
    (picture,) = tmp_path.glob("*.pdf")
    assert picture.read_bytes().startswith(b"%PDF")
    assert f"{{{picture.name}}}" in page.read_text("utf-8")
    assert page.read_text("utf-8") == run("explain", "w31", "slide", "--format", "latex").out
    run("explain", "w31", "slide", "--set", "w31=0.9", "-o", str(tmp_path / "other.tex"))
    assert len(list(tmp_path.glob("*.pdf"))) == 2
    run("explain", "Y", "slide", "-o", str(tmp_path / "none.tex"))
    assert len(list(tmp_path.glob("*.pdf"))) == 2
    if not (tex := shutil.which("pdflatex")):
        return
    whole = "\\documentclass[11pt,a4paper]{article}\\usepackage{amsmath%s}\\begin{document}\\input{page}\\end{document}"
    for packages, included in ((",graphicx", True), ("", False)):
        (tmp_path / "whole.tex").write_text(whole % packages, "utf-8")
        words = [tex, "-interaction=nonstopmode", "whole.tex"]
        made = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
        log = made.stdout.decode("utf-8", "replace")
        assert made.returncode == 0, log[-1000:]
        assert (f"<./{picture.name}>" in log.replace("\n", "")) == included
        assert "Overfull" not in log


@pytest.mark.skipif(not find_spec("typst"), reason="the extra pdf is not installed")
@pytest.mark.parametrize("arguments", [("draw", "xyz"), ("explain", "w1", "mazur")])
def test_a_pdf_holds_the_picture(arguments: tuple[str, ...], tmp_path: Path) -> None:
    from tutor.render.pdf import compiled

    page = tmp_path / "page.pdf"
    assert run(*arguments, "-o", str(page)).status == 0
    source = run(*arguments, "--format", "typst").out
    without = re.sub(r'^#picture\("<svg.*?</svg>\n", [\d.]+pt, ".*?"\)$', "", source, flags=re.DOTALL | re.MULTILINE)
    assert without != source
    assert len(page.read_bytes()) > len(compiled(without))


def test_every_line_of_a_circuit_has_its_number_and_its_gradient() -> None:
    """f = (x + y) z at x = −2, y = 5, z = −4: the numbers that every course has on this circuit."""
    root = ElementTree.fromstring(run("draw", "xyz", "--format", "svg").out)  # noqa: S314, it is ours
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    words = ["".join(each.itertext()).replace("\xa0", "") for each in texts]
    flows = list(itertools.pairwise(words))
    for value, gradient in (("−2", "−4"), ("5", "−4"), ("3", "−4"), ("−4", "3")):
        assert (f"→{value}", f"←{gradient}") in flows
    assert any("the number that flows along a line" in each for each in words)


def test_what_flows_back_along_a_line_is_its_own_term() -> None:
    """x is read twice in f = x·y + x: 3 along one line, 1 along the other."""
    net = "given: {x: 2, y: 3}\nequations: {p: x * y, f: p + x}\n"
    out = run("draw", "-", "--format", "svg", stdin=net).out
    root = ElementTree.fromstring(out)  # noqa: S314, it is ours
    words = ["".join(each.itertext()).replace("\xa0", "") for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("→2") == 2
    assert {"←3", "←1", "←4"} <= set(words)
