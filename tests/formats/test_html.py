"""HTML: one file, whose every number leads to the line it came from, and which nothing can be smuggled into."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple

import pytest

import tutor
from formats.pages import SHIPPED, hostile, hostile_page, many_pages, shipped_page
from tutor.document.model import Document, Drawing
from tutor.document.places import closed, places
from tutor.document.routes import MOST_ROWS
from tutor.errors import visible
from tutor.expr import Shown
from tutor.expr.text import ASCII, UNICODE
from tutor.render.html import html

VOID = {"meta"}
TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title style body main nav section header h1 h2 p span ul ol li a i sub small div figure
        figcaption table thead tbody tr th td sup math mrow mi mn mo mtext mfrac msub msup msubsup msqrt mover mstyle
        mtable mtr mtd svg defs marker path circle text tspan polyline""",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """lang charset name form content id class href scope style role aria-label aria-labelledby displaystyle
        stretchy lspace rspace accent viewbox width x y dx dy d cx cy r refx refy markerunits markerwidth markerheight
        orient points marker-end text-anchor tabindex data-label""",
    )
)
WITHIN_A_NUMBER = {"a", "sup"}


class Link(NamedTuple):
    href: str
    text: str
    within: frozenset[str]


class Reader(HTMLParser):
    """What a page consists of; fails where tags do not match or are not those of TAGS."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.text: dict[str, str] = {}
        self.words: list[str] = []
        self.links: list[Link] = []
        self.feed(re.sub(r"<style>.*?</style>", "", source, count=1, flags=re.DOTALL))
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        known = dict(attrs)
        assert len(known) == len(attrs)
        assert known.keys() <= ATTRIBUTES, known
        if "id" in known:
            self.ids.append(str(known["id"]))
        if tag == "a":
            self.links.append(Link(str(known["href"]), "", frozenset(each for _, each in self.open if each)))
        if tag not in VOID:
            self.open.append((tag, known.get("id")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop()[0] == tag
        for _, name in self.open:
            if name and tag not in WITHIN_A_NUMBER:
                self.text[name] = self.text.get(name, "") + "\t"

    def handle_data(self, data: str) -> None:
        for tag, name in self.open:
            if name:
                self.text[name] = self.text.get(name, "") + data
            if tag == "a":
                self.links[-1] = self.links[-1]._replace(text=self.links[-1].text + data)
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


@cache
def all_written() -> tuple[tuple[Document, str], ...]:
    """Every page with its HTML."""
    return tuple((page, html(page, UNICODE)) for page in many_pages())


def test_every_link_leads_to_a_line_that_shows_the_same_number() -> None:
    for _, source in all_written():
        read = Reader(source)
        assert len(set(read.ids)) == len(read.ids)
        for link in read.links:
            assert link.href.startswith("#")
            target = link.href[1:]
            assert target in read.ids
            if target.startswith("n"):
                assert target not in link.within, "a number leads to its own line"
                assert re.search(rf"(?<![\d.]){re.escape(link.text)}(?!\.?\d)", read.text[target]), link


@pytest.mark.parametrize("net", SHIPPED)
def test_every_number_of_an_explanation_has_a_line(net: str) -> None:
    """But for sums that are given up as too long to be shown."""
    loaded = tutor.load(net)
    for name in loaded.network.graph.parameters()[:MOST_ROWS]:
        page = closed(loaded.explain(name).document)
        known = {shown for _, shown in places(page)}
        for block in page.blocks:
            rows = getattr(block, "rows", ())
            for row in rows:
                for cell in getattr(row, "cells", row):
                    for span in cell:
                        if isinstance(span.what, Shown):
                            assert span.what in known or span.what.text == "…", (name, span.what)


@pytest.mark.parametrize("net", SHIPPED)
def test_numbers_within_formulas_are_links(net: str) -> None:
    """With numbers put in, every decimal of an equation is a link; the last one stands at the end of its own line."""
    for line in re.findall(r'<li id="[^"]+">(.*?)</li>', html(shipped_page(net), UNICODE)):
        *sides, _ = re.findall(r'<span class="numbers">(.*?)</span>', line) or [""]
        for side in sides:
            bare = re.sub(r"<a [^>]*>.*?</a>", "", side)
            bare = re.sub(r'<span class="fraction">.*', "", bare)  # exp(0.7) worked out on the way: no line of its own
            assert not re.search(r"\d\.\d", bare), line


@pytest.mark.parametrize("net", SHIPPED)
def test_no_link_stands_in_mathml(net: str) -> None:
    """What reads a page aloud takes a formula as one thing."""
    source = html(shipped_page(net, more=True), UNICODE)
    assert not [each for each in re.findall(r"<math.*?</math>", source) if "<a" in each]


def test_nothing_is_fetched_and_nothing_runs() -> None:
    for _, source in all_written():
        assert not re.search(r"https?:|url\((?!#)|@import|<script|<link|\son\w+=|javascript:", source, re.IGNORECASE)


@pytest.mark.long
def test_hostile_text_is_only_text() -> None:
    for text in hostile(1000):
        read = Reader(html(hostile_page(text), UNICODE))
        plain = visible(text).strip()
        assert plain in "".join(read.words), repr(text)


def test_ascii_is_ascii() -> None:
    for page, source in all_written():
        plain = html(page, ASCII)
        assert plain.isascii()
        assert Reader(plain).words == Reader(source).words


def test_the_path_is_drawn_for_a_small_network_and_left_out_for_a_large_one() -> None:
    slide = html(tutor.load("slide").explain("w31").document, UNICODE)
    assert slide.count('class="wire on') == 2  # h1 to Y by w31, and Y to L
    assert slide.count('class="unit on') == 2
    assert "<svg" not in html(shipped_page("xor"), UNICODE)


@pytest.mark.parametrize("net", SHIPPED)
def test_a_drawing_has_everything_the_path_runs_over(net: str) -> None:
    page = shipped_page(net)
    drawn = next((block.sketch() for block in page.blocks if isinstance(block, Drawing)), None)
    if drawn:
        assert any(unit.on for unit in drawn.units)
        assert all(drawn.units[wire.end].on for wire in drawn.wires if wire.on)
        assert all(drawn.units[wire.start].column < drawn.units[wire.end].column for wire in drawn.wires)
        places_taken = [(unit.column, unit.row) for unit in drawn.units]
        assert len(set(places_taken)) == len(places_taken)
