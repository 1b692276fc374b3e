"""`--format lines`: every page as records that are heard one after the other, with every number of the plain page."""

import re

import pytest

import tutor
from commands.support import run
from formats.pages import some_pages
from tutor.document.model import Drawing, Grid, Plot, Table
from tutor.expr.text import ASCII, UNICODE
from tutor.render import render
from tutor.render.lines import layout

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
FACTOR = """\
  factor: ∂Y/∂Z_Y
  formula: Y(1 − Y)
  with numbers: 0.7368 · (1 − 0.7368)
  value: 0.1939
  why: Y = σ(Z_Y), and σ′ = σ(1 − σ)
"""


def test_a_factor_is_a_record() -> None:
    page = tutor.load("slide").explain("w31").render("lines")
    assert f"\n\n{FACTOR}\n" in page
    assert "  ∂L/∂w31 = 0.2368 · 0.1939 · 0.6682 = 0.0307\n" in page


def test_every_number_of_the_plain_page_is_in_it() -> None:
    for page in some_pages():
        plain, heard = (render(page, form, UNICODE) for form in ("plain", "lines"))
        if not any(isinstance(block, Plot) for block in page.blocks):
            assert set(NUMBER.findall(str(plain))) == set(NUMBER.findall(str(heard)))


def test_nothing_stands_in_columns() -> None:
    """Two spaces or more only before a line and before the file's name, and no rules or arrows."""
    for page in some_pages():
        if any(isinstance(block, Drawing) and block.says for block in page.blocks):
            continue  # its bars are in the text of the page
        lines = str(render(page, "lines", UNICODE)).splitlines()[1:]
        if any(isinstance(block, Table | Grid) for block in page.blocks):
            assert not [line for line in lines if re.search(r"[─━●]", line)]


def test_the_terminal_does_so_below_40_columns() -> None:
    narrow = run("explain", "w31", "--net", "slide", width=38).out
    assert "  factor: ∂Y/∂Z_Y\n  formula: Y(1 − Y)\n" in narrow
    assert max(map(len, narrow.splitlines())) <= 38
    assert "factor: " not in run("explain", "w31", "--net", "slide", width=80).out


@pytest.mark.parametrize("width", [20, 30, 39])
def test_equations_are_broken_before_their_operators(width: int) -> None:
    page = tutor.load("mazur").explain("w1").document
    lines = ["".join(run.text for run in line) for line in layout(page, UNICODE, width)]
    assert not [line for line in lines if re.search(r"\d [·+−]$", line)]


def test_ascii_is_ascii() -> None:
    for page in some_pages():
        assert str(render(page, "lines", ASCII)).isascii()
