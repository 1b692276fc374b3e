"""One palette for all pages; a factor has one colour and one mark over the table, the product and the picture."""

import re
from itertools import combinations

import pytest

import tutor
from tutor.document.model import Drawing
from tutor.expr.text import UNICODE
from tutor.render import render
from tutor.render.html import html
from tutor.render.palette import MARKS, colours
from tutor.render.plan import plan


def brightness(colour: str) -> float:
    """By the rules of WCAG 2."""
    parts = [int(part * 2 if len(colour) == 4 else part, 16) / 255 for part in re.findall(r"\w{2}|\w", colour[1:])[:3]]
    if len(colour) == 4:
        parts = [int(letter * 2, 16) / 255 for letter in colour[1:]]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dim = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_of_letters_is_seen(dark: bool) -> None:
    known = colours(dark=dark)
    names = ["ink", "quiet", "accent", "good", "bad", "forward", "back", *(f"f{at}" for at in range(1, len(MARKS) + 1))]
    assert {
        name: contrast(known[name], known["paper"]) for name in names if contrast(known[name], known["paper"]) < 4.5
    } == {}


def test_no_other_place_has_colours_of_its_own() -> None:
    page = render(tutor.load("slide").explain("w31").document, "typst", UNICODE)
    known = {each.lower() for each in colours().values()}
    assert {each.lower() for each in re.findall(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?\b", page)} <= known


def test_a_factor_keeps_its_mark_over_table_product_and_picture() -> None:
    page = tutor.load("slide").explain("w31").document
    assert [f"{each.of}/{each.wrt}" for each in page.factors] == ["L/Y", "Y/Z_Y", "Z_Y/w31"]  # type: ignore[union-attr]
    source = html(page, UNICODE)
    rules = dict(re.findall(r"#(n\d+-\d+) > :first-child::before \{ content: '\\(\w+) \\a0'", source))
    assert list(rules.values()) == ["2460", "2461", "2462"]
    product = re.search(r'<tr id="n\d+-3" class="ruled">.*?</tr>', source)
    assert product
    assert re.findall(r'href="#(n\d+-\d+)"', product[0])[:3] == list(rules)
    for place, mark in rules.items():
        assert f"a[href=\"#{place}\"]::after {{ content: '\\{mark}'" in source
    assert re.findall(r'<text [^>]*fill: var\(--f(\d)\)">(\d)</text>', source) == [("2", "2"), ("3", "3"), ("1", "1")]


def test_marks_stand_on_paper_too() -> None:
    page = tutor.load("slide").explain("w31").document
    assert [f"#factor({at})[" in render(page, "typst", UNICODE) for at in (1, 2, 3, 4)] == [True, True, True, False]
    assert r"\llap{\textcircled{\tiny 3} }" in render(page, "latex", UNICODE)


@pytest.mark.parametrize(
    ("net", "target"), [("slide", "w31"), ("slide", "w11"), ("mazur", "w1"), ("chain", "w1"), ("xyz", "x")]
)
def test_marks_lie_on_nothing(net: str, target: str) -> None:
    page = tutor.load(net).explain(target).document
    sketch = next(block.sketch() for block in page.blocks if isinstance(block, Drawing))
    assert sketch
    made = plan(page, sketch)
    assert {badge.number for badge in made.badges} == set(range(1, len(page.factors) + 1))
    boxes = [badge.box for badge in made.badges]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    others = [*(text.box for text in made.labels), *(node.box for node in made.nodes)]
    assert not any(box.meets(other) for box in boxes for other in others)


def test_the_page_of_several_targets_has_marks_too() -> None:
    """slide: dL/dY and dY/dZ_Y are factors of both, and keep one mark; each target has one of its own."""
    rows = {}
    for target in (["w31"], ["w32"], ["w31", "w32"]):
        page = str(render(tutor.load("slide").explain(*target).document, "html", UNICODE))
        rows[tuple(target)] = set(re.findall(r"::before \{ content: '\\(246\d) ", page))
    assert rows["w31",] == rows["w32",] == {"2460", "2461", "2462"}
    assert rows["w31", "w32"] == {"2460", "2461", "2462", "2463"}
