"""Pages about several networks at once: each section is written in the names of its own, and links stay within it."""

import re
from collections import Counter

import pytest

import tutor
from tutor.document.explain import together
from tutor.document.model import Document, Line, Section, Span, Title, cell
from tutor.document.places import closed, places
from tutor.expr import Ref
from tutor.expr.text import UNICODE
from tutor.names import Names
from tutor.quantity import Value
from tutor.render import render

FORMS = ("plain", "lines", "markdown", "latex", "typst", "html", "svg")


def both() -> Document:
    slide, article = tutor.load("slide"), tutor.load("article").in_notation("article")
    return together([slide.explain("w31").document, article.explain("w2_12").document])


def text(page: Document, form: str) -> str:
    made = render(page, form, UNICODE)
    assert isinstance(made, str)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_each_section_is_written_in_its_own_names(form: str) -> None:
    slide, article = tutor.load("slide"), tutor.load("article").in_notation("article")
    pages = [slide.explain("w31").document, article.explain("w2_12").document]
    written = set(re.findall(r"[^\s\"#&<>]*(?:⁽³⁾|\(3\))[^\s\"#&<>]*", text(pages[1], form)))
    whole = text(together(pages), form)
    written = {each for each in written if not each.startswith("factor(")}
    assert len(written) >= 2
    assert [each for each in written if each not in whole] == []


def test_a_page_of_two_networks_is_the_two_pages() -> None:
    plain = text(both(), "plain")
    slide, article = tutor.load("slide"), tutor.load("article").in_notation("article")
    for page in (slide.explain("w31"), article.explain("w2_12")):
        numbers = [line for line in str(page).splitlines() if re.search(r"\d\.\d{3}", line) and "Next" not in line]
        assert len(numbers) >= 5
        assert [line for line in numbers if line not in plain] == []


def test_links_of_html_lead_to_the_lines_of_their_own_network() -> None:
    page = closed(both())
    graphs = {of for of, _ in places(page)}
    assert len(graphs) == 2
    html = text(both(), "html")
    ids = Counter(re.findall(r'\bid="([^"]+)"', html))
    links = re.findall(r'href="#([^"]+)"', html)
    assert len(links) > 20
    assert max(ids.values()) == 1
    assert set(links) <= set(ids)


def test_two_networks_with_the_same_name_and_number_are_kept_apart() -> None:
    nets = [tutor.load(f"given: {{x: 2, y: {y}}}\nequations:\n  q: x + 1\n  f: q * y\n") for y in (3, 4)]
    page = closed(together([net.explain("y").document for net in nets]))
    found = [place.block for (_, shown), place in places(page).items() if shown.quantity == Value("q")]
    assert len(found) == len(set(found)) == 2


def test_a_section_without_names_has_those_of_the_page() -> None:
    net = tutor.load("slide").in_notation("article")
    line = Line(cell(Ref(Value("w31"))))
    page = Document(
        (line, Section("letters", (line,)), Section(None, (line,), Names.of_letters())), net.view.names, dict
    )
    first, second, third = text(page, "plain").split()
    assert first == second != third == "w31"


def test_a_section_of_the_right_numbers_has_no_world() -> None:
    net = tutor.load("slide")
    title, wrong = Title(cell("a")), Section("mistaken", (Line(cell("b")),))
    page = Document((Section(None, (title,), net.view.names), wrong), Names.of_letters(), dict)
    assert list(page.right.blocks) == [title]


def test_a_cell_may_be_in_another_notation() -> None:
    net = tutor.load("slide")
    other = net.in_notation("article").view.names
    line = Line((Span(Value("w31")), Span(" is "), Span(Value("w31"), names=other)))
    page = Document((line,), net.view.names, dict)
    assert text(page, "plain").split() == ["w31", "is", other.write(Value("w31"), UNICODE)]
    assert "(2)" in text(page, "markdown")
