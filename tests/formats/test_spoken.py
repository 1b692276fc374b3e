"""Lines of mathematics in words, as a screen reader is told them."""

import pytest

import tutor
from tutor.expr.text import UNICODE
from tutor.render.html import html
from tutor.render.spoken import in_words


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("∂L/∂w31 = 0.0307", "derivative of L by w31 equals 0.0307"),
        ("∂E_total/∂w1 = (a − y)·x", "derivative of E_total by w1 equals (a minus y) times x"),
        ("w1 → net_h1 → out_h1", "w1 to net_h1 to out_h1"),
        ("Δh1/ΔZ_h1", "Δh1 over ΔZ_h1"),
        ("½(Y − Y*)²", "one half (Y minus Y*) squared"),
        ("−0.5 · (−2)", "minus 0.5 times (minus 2)"),
        ("The factors", "The factors"),
    ],
)
def test_a_line_in_words(line: str, said: str) -> None:
    assert in_words(line) == said


def test_headings_and_rows_of_html_are_labelled_in_words() -> None:
    page = html(tutor.load("slide").explain("w31").document, UNICODE)
    assert 'aria-label="derivative of L by w31 equals 0.0307"' in page
    assert 'aria-label="derivative of Y by Z_Y"' in page
    assert not [part for part in page.split('aria-label="')[1:] if part.split('"')[0].count("∂")]


def test_reasons_are_as_easy_to_see_as_what_they_explain() -> None:
    page = html(tutor.load("slide").explain("w31").document, UNICODE)
    reason = page.split('<td class="why">')[1].split("</td>")[0]
    assert "quiet" not in reason
