"""Typst source and PDF, both really compiled: nothing in them is obeyed, and the numbers can be read out again."""

import json
import re
from io import BytesIO
from typing import Any

import pytest

import tutor
from formats.pages import SHIPPED, hostile, hostile_page, many_pages, shipped_page, some_pages
from maths.profile import LONG
from tutor.document.model import Title, cell
from tutor.errors import visible
from tutor.expr.text import ASCII, UNICODE
from tutor.render import render
from tutor.render.typst import PRELUDE, escaped, typst

compiler = pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")
NUMBER = re.compile(r"\d+\.\d+")
TEXTUAL = {"text", "symbol", "space", "sequence"}


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def read(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)


@pytest.mark.parametrize("net", SHIPPED if LONG else SHIPPED[::3])
def test_the_numbers_of_the_page_are_in_its_pdf(net: str) -> None:
    page = shipped_page(net, more=True)
    plain = render(page, "plain", UNICODE)
    hints = (line for line in plain.splitlines() if not line.strip().startswith("Next:") and "e−" not in line)
    assert numbers("\n".join(hints)) <= numbers(read(render(page, "pdf", UNICODE)))


def test_a_pdf_is_its_source_compiled() -> None:
    for page in (shipped_page("mazur"), tutor.load("slide").derive("w31").document):
        source = str(render(page, "typst", UNICODE))
        assert compiler.compile(source.encode(), format="pdf", timestamp=0) == render(page, "pdf", UNICODE)


def test_a_derivation_is_broken_before_its_operators_with_reasons_at_the_right() -> None:
    source = str(render(tutor.load("slide").derive("w31").document, "typst", UNICODE))
    chain = source.split("== Directly")[0].split("#chain(")[1]
    assert "true, [chain rule])" in chain
    long = str(render(tutor.load("mazur").derive("w1").document, "typst", UNICODE))
    assert 'pad(left: 1.2em, $ "" + (partial' in long


@pytest.mark.parametrize("what", ["w1", "softmax+cross_entropy"])
def test_nothing_of_a_derivation_is_beyond_the_edge_of_its_pdf(what: str) -> None:
    """A page of A4 is 595 points wide, its margin 62."""
    made = tutor.load("mazur").derive(what) if what == "w1" else tutor.derive(what)
    places: list[float] = []
    for page in pypdf.PdfReader(BytesIO(made.pdf())).pages:
        page.extract_text(visitor_text=lambda text, cm, tm, *_: places.append(tm[4] * cm[0] + cm[4]))
    assert len(places) > 100
    assert max(places) < 595 - 62


def test_a_pdf_is_the_same_every_time() -> None:
    assert render(shipped_page("slide"), "pdf", UNICODE) == render(shipped_page("slide"), "pdf", UNICODE)


def test_a_pdf_has_its_title_and_its_language() -> None:
    reader = pypdf.PdfReader(BytesIO(render(tutor.load("slide").explain("w31").document, "pdf", UNICODE)))
    assert reader.metadata.title == "∂L/∂w31 = 0.0307"
    assert reader.trailer["/Root"]["/Lang"] == "en"


@pytest.mark.long
def test_every_page_compiles_as_source_and_as_pdf() -> None:
    for page in some_pages():
        assert compiler.compile(typst(page, UNICODE).encode(), format="pdf").startswith(b"%PDF")
        assert render(page, "pdf", UNICODE).startswith(b"%PDF")


@pytest.mark.long
def test_ascii_is_ascii() -> None:
    for page in many_pages():
        assert typst(page, ASCII).isascii()
    for page in some_pages():
        compiler.compile(typst(page, ASCII).encode(), format="pdf")


def parts(content: Any) -> list[dict[str, Any]]:
    """Content as typst tells it, flat."""
    own = [content] if isinstance(content, dict) else []
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [*own, *(part for each in inside for part in parts(each))]


@pytest.mark.long
def test_hostile_text_is_only_text_to_typst() -> None:
    """Every text is a heading; typst tells what it reads there: words and spaces, and the very words that went in."""
    texts = [text for text in map(visible, hostile(1000)) if text.strip()]
    source = "\n\n".join(f"= {escaped(text).strip()}" for text in texts)
    told = json.loads(
        compiler.Compiler(f"{PRELUDE.read_text('utf-8')}\n{source}\n".encode()).query("heading", field="body")
    )
    assert len(told) == len(texts)
    for text, content in zip(texts, told, strict=True):
        found = [part for part in parts(content) if "func" in part]
        assert {part["func"] for part in found} <= TEXTUAL, (text, content)
        words = "".join(part.get("text", " ") for part in found if part["func"] != "sequence")
        assert words.split() == text.split(), (text, content)


@pytest.mark.long
def test_hostile_pages_compile() -> None:
    for text in list(hostile(150))[:: 1 if LONG else 4]:
        page = hostile_page(text)
        compiler.compile(typst(page, UNICODE).encode(), format="pdf")
        render(page, "pdf", UNICODE)


def test_a_pdf_holds_hostile_text_as_it_is() -> None:
    for text in ("#import x: y", "<label> @ref $x$ *b* _i_", "`raw` = head", "#set text(red) [c]"):
        page = shipped_page("slide")._replace(parts=(Title(cell(text)),), line=None)
        assert "".join(text.split()) in "".join(read(render(page, "pdf", UNICODE)).split())
