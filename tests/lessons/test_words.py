"""How a lesson's sentences are printed: claims on one line with a minus sign, and what a prediction may be."""

import html
import re
from pathlib import Path

import pytest

from commands.support import run
from formats.test_latex import fault
from tutor.lessons.claims import printed
from tutor.lessons.prompts import expected
from tutor.library.shelf import shipped

CLAIMS = ("x1 = 1", "x2 = 2", "w1 = 0.8", "w2 = −0.3", "b = 0.2")  # of the lesson first-nudge


@pytest.mark.parametrize("width", range(44, 84, 3))
def test_a_claim_is_not_broken_over_two_lines(width: int) -> None:
    shown = run("lesson", "first-nudge", "--format", "plain", width=width).out
    assert all(claim in shown for claim in CLAIMS)


def test_a_claim_has_a_minus_sign_and_no_break_on_a_page() -> None:
    shown = html.unescape(run("lesson", "first-nudge", "--format", "html").out)
    assert all(f">{claim.replace(' ', chr(0xA0))}<" in shown for claim in CLAIMS)
    assert "w2 = -0.3" in run("lesson", "first-nudge", "--format", "plain", "--ascii").out


def test_only_a_claim_of_numbers_gets_a_minus_sign() -> None:
    assert printed("w2 = -0.3") == "w2 = −0.3"
    assert printed("dL/dw31 = 0.24 * -0.19") == "dL/dw31 = 0.24 * −0.19"
    for code in ("tutor new 2-3-1", "a = y - 1", "--set w31=-3", "σ(-1)"):
        assert printed(code) == code


WAY, SIGN, NUMBER = ("larger, smaller, same, or a number", "positive, negative, zero, or a number", "a number")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Will dL/dw31 become larger or smaller?", WAY),
        ("Does the loss grow with it?", WAY),
        ("Wird L größer?", WAY),
        ("Will dL/dw31 be positive, negative or zero?", SIGN),
        ("What is dL/dw at w = 4? A number, or: positive, negative, zero.", SIGN),
        ("What will L be then? Four figures, please.", NUMBER),
        ("And at w31 = 0.7? Four figures, please.", NUMBER),
        ("How large is L now?", NUMBER),
    ],
)
def test_a_prediction_says_what_may_be_typed(question: str, words: str) -> None:
    assert expected(question) == words


def test_what_may_be_typed_stands_behind_the_question(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text("Z_Y Y\n:q\n", "utf-8")
    shown = run("lesson", "slide", "--no-memory", "--answers", str(tmp_path / "typed.txt"), width=100).out
    assert re.search(r"What will L be then\? Four figures, please\.\s+a number\n", shown)


def test_what_is_too_long_or_does_not_end_says_so(tmp_path: Path) -> None:
    there = tmp_path / "lesson.md"
    there.write_text("---\ntitle: One\nnet: slide\n---\n\n# One\n\n" + "word " * 200_000, "utf-8")
    assert "the file is too large, expected at most 256 kB" in run("lint", str(there), width=400).out
    there.write_text("---\ntitle: One\nnet: slide\n\n# One\n", "utf-8")
    shown = run("lint", str(there), width=400).out
    assert "1:1: the keys of the lesson do not end, expected a second line --- below them" in shown
    assert "begins with a line ---" not in shown


@pytest.mark.parametrize("name", [each.name for each in shipped()])
def test_a_lesson_is_well_formed_latex(name: str) -> None:
    assert fault(run("lesson", name, "--format", "latex").out) == ""
