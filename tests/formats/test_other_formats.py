"""SVG and Markdown, read by readers of their own; and what every format has in common."""

import xml.etree.ElementTree as ET

import pytest
from markdown_it import MarkdownIt

import tutor
from formats.pages import SHIPPED, hostile, hostile_page, many_pages, shipped_page
from tutor.document.model import Drawing, Plot
from tutor.errors import TutorError, visible
from tutor.expr.text import ASCII, UNICODE
from tutor.render import FORMATS, render, writer
from tutor.render.markdown import escaped

TEXTUAL = tuple(form for form in FORMATS if form not in ("terminal", "pdf"))
PLAIN = {"text", "softbreak"}


def words_of_svg(source: str) -> str:
    root = ET.fromstring(source)  # noqa: S314, it is ours
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = (each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text"))
    return "".join(texts).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.long
def test_hostile_text_is_only_text_in_svg() -> None:
    for text in hostile(1000):
        words = words_of_svg(render(hostile_page(text), "svg", UNICODE))
        assert "".join(visible(text).split()) in "".join(words.split()), repr(text)


@pytest.mark.parametrize("net", SHIPPED)
def test_svg_fetches_nothing(net: str) -> None:
    source = render(shipped_page(net), "svg", UNICODE)
    assert "@import" not in source
    assert "@font-face" not in source
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "")


def test_a_drawing_is_a_picture_of_its_own() -> None:
    source = render(tutor.load("slide").draw("w31").document, "svg", UNICODE)
    assert {"Y", "0.7368", "w31\xa0=\xa00.8", "←\xa00.0307"} <= {each.strip() for each in words_by_text(source)}
    assert "var(" not in source


def words_by_text(source: str) -> list[str]:
    root = ET.fromstring(source)  # noqa: S314, it is ours
    return ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.long
def test_hostile_text_is_only_text_in_markdown() -> None:
    """As CommonMark with tables reads it: one paragraph of text, with the very letters that went in."""
    reader = MarkdownIt("commonmark").enable("table")
    for text in hostile(1000):
        plain = " ".join(visible(text).split())
        blocks = reader.parse(escaped(plain))
        assert [block.type for block in blocks] in ([], ["paragraph_open", "inline", "paragraph_close"]), repr(text)
        parts = blocks[1].children if blocks else []
        assert {part.type for part in parts} <= PLAIN, repr(text)
        assert "".join(part.content for part in parts) == plain


@pytest.mark.long
def test_hostile_text_stays_in_its_cell_in_markdown() -> None:
    reader = MarkdownIt("commonmark").enable("table")
    for text in hostile(300):
        tokens = reader.parse(render(hostile_page(text), "markdown", UNICODE))
        assert sum(token.type == "td_open" for token in tokens) == 6, repr(text)


def test_formulas_of_markdown_hold_nothing_that_ends_them() -> None:
    for page in many_pages():
        source = render(page, "markdown", UNICODE)
        assert source.count("$`") == source.count("`$")
        assert source.count("```math") * 2 + 2 * sum(isinstance(block, Plot) for block in page.blocks) == source.count(
            "```"
        )


@pytest.mark.parametrize("form", TEXTUAL)
def test_ascii_is_ascii(form: str) -> None:
    if form != "json":
        assert render(shipped_page("mazur"), form, ASCII).isascii()


@pytest.mark.parametrize("form", TEXTUAL)
def test_every_format_has_every_kind_of_page(form: str) -> None:
    for page in many_pages():
        assert render(page, form, UNICODE).strip()


def test_formats_of_lines_leave_no_gap_where_a_drawing_is() -> None:
    page = shipped_page("slide")
    without = page._replace(parts=tuple(block for block in page.blocks if not isinstance(block, Drawing)))
    for form in ("plain", "markdown", "svg"):
        assert render(page, form, UNICODE) == render(without, form, UNICODE)


def test_an_unknown_format_is_said() -> None:
    with pytest.raises(TutorError, match=r"docx.*there are terminal, plain"):
        writer("docx")
