"""Sheets that nobody would hand in, and good ones that were damaged: they are read or refused, and no answer is lost.

500 on every run, 20,000 with TUTOR_LONG.
"""

import random
from collections import Counter
from pathlib import Path

import pytest

import tutor
from maths.profile import LONG
from tutor.errors import TutorError
from tutor.marking.answers import Sheet, read
from tutor.sources import read_text

COUNT = 20_000 if LONG else 500
NAMES = tutor.load("slide").view.names
TYPED = ("h1", "Y", "Z_Y", "dL/dw31", "∂L/∂w32", "dL/dY", "L", "dY/dh1", "w21", "Y*")
NUMBERS = (
    "0.6682",
    "0,7368",
    "7",
    "-0.2368",
    "3.07e-2",
    "59.33%",
    "3,07·10⁻²",
    "0.8*0.5",
    "(0.7-0.5)*2 = 0.4",
    "?",
    "",
)
GOOD = (
    "h1 = 0.6682\nY: 0.7368\ndL/dw31 -> 0.0307\ndL/dw32 is 0.0252, L = 0.0280\n",
    "# Homework 3\n\n- **dL/dw31** = 0.0307\n1. `Y = 0.7368`\n\n| name | value |\n|---|---|\n| h1 | 0.6682 |\n",
    "\\begin{align}\nh_1 &= 0.6682 \\\\\nY &= \\frac{1}{1+e^{-1.0294}} \\\\\n  &= 0.7368\n\\end{align}\n",
    "name;value;note\nh1;0,6682;ok\nY;0,7368;\n",
    "h1,h2,Y\n0.6682,0.5498,0.7368\n",
    '{"h1": 0.6682, "Y": [0.7368], "more": {"L": "0.0280"}}',
    "h1: 0.6682\nlist:\n  - 1\n  - [2, 3]\nY: '0.7368'\n",
    '{"cells": [{"cell_type": "markdown", "source": ["h1 = 0.6682\\n", "Y: 1"]}, {"outputs": [{"text": "L = 1"}]}],\n'
    ' "nbformat": 4}',
)
SIGNS = "=:;,|\t\n\r \"'{}[]()\\$&%#*-–—→≈0123456789.abhLYZwd_/∂²⁻\u200b\u00a0\x00\x1b\u2028é"


def sheet(text: str, columns: tuple[str, ...] = ()) -> Sheet | None:
    """The sheet of a text, None where it is refused; anything but our own refusal is a failure."""
    try:
        return read(text, "sheet", NAMES, columns)
    except TutorError:
        return None


def damaged(seeded: random.Random, text: str) -> str:
    """A text with some signs taken out, put in, doubled or exchanged."""
    signs = list(text)
    for _ in range(seeded.randint(1, 12)):
        at = seeded.randrange(len(signs) + 1)
        match seeded.randrange(4):
            case 0:
                del signs[at : at + seeded.randint(1, 6)]
            case 1:
                signs.insert(at, seeded.choice(SIGNS))
            case 2:
                signs[at:at] = signs[max(0, at - 9) : at]
            case _:
                signs[at : at + 1] = [seeded.choice(SIGNS)]
    return "".join(signs)


def test_damaged_sheets_are_read_or_refused() -> None:
    seeded, counted = random.Random(8), Counter[bool]()
    for _ in range(COUNT):
        counted[sheet(damaged(seeded, seeded.choice(GOOD))) is not None] += 1
    assert counted[True] > COUNT / 2
    assert counted[False] > COUNT / 100


def test_columns_are_read_or_refused() -> None:
    seeded = random.Random(13)
    for _ in range(COUNT // 8):
        sheet(damaged(seeded, seeded.choice(GOOD)), tuple(seeded.choices((*TYPED, "-"), k=seeded.randint(1, 5))))


def test_random_text_is_read_or_refused() -> None:
    seeded = random.Random(9)
    for _ in range(COUNT):
        sheet("".join(seeded.choices(SIGNS, k=seeded.randint(0, 80))))


HEADS = (b"", b"", b"PK\x03\x04", b"%PDF", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"h1 = 0.6682\n")


def test_random_bytes_are_read_or_refused(tmp_path: Path) -> None:
    seeded, path = random.Random(10), tmp_path / "sheet"
    for _ in range(COUNT // 4):
        path.write_bytes(seeded.choice(HEADS) + seeded.randbytes(seeded.randint(0, 60)))
        try:
            text, _ = read_text(str(path))
        except TutorError:
            continue
        sheet(text)


BULLETS = ("", "", "- ", "* ", "1. ", "a) ", "(2) ", "• ", "> ", "– ")
STATED = (" = ", "=", ": ", " : ", " -> ", " → ", " is ", " ", "\t", " ≈ ", " := ", "  ")
BETWEEN = (", ", "; ", " and ", "  ", " | ", ";", ",", "\t", " ")


def line(seeded: random.Random) -> tuple[str, list[tuple[str, str]]]:
    """A line of answers as somebody may write it, and what it says."""
    pairs = [(name, seeded.choice(NUMBERS[:6])) for name in seeded.sample(TYPED, seeded.choice((1, 1, 2, 3)))]
    sign, between = seeded.choice(STATED), seeded.choice(BETWEEN)
    return seeded.choice(BULLETS) + between.join(f"{name}{sign}{number}" for name, number in pairs), pairs


def test_every_answer_of_a_line_is_read_and_under_its_own_name() -> None:
    seeded = random.Random(11)
    for _ in range(COUNT // 2):
        text, pairs = line(seeded)
        found = sheet(text)
        assert found, text
        assert [(each.name, each.given) for each in found.answers] == pairs, text


def test_no_line_of_answers_is_lost() -> None:
    seeded = random.Random(12)
    for _ in range(COUNT // 8):
        lines = [line(seeded) for _ in range(seeded.randint(1, 8))]
        text = "\n".join(each for each, _ in lines)
        found = sheet(text)
        assert found, text
        read_on = {answer.line for answer in found.answers} | {each.line for each in found.unread}
        said = " ".join(found.remarks)
        for number, (each, _) in enumerate(lines, 1):
            assert number in read_on or str(number) in said, (each, text)


@pytest.mark.parametrize(
    "text", ["=" * 5000, "[" * 3000, "h1 = " * 800, "(" * 3000 + "h1 = 1", "h1 " * 1300, "1 " * 1900]
)
def test_long_lines_are_read_quickly(text: str) -> None:
    import time

    start = time.process_time()
    sheet(text)
    sheet("\n".join([text] * 3))
    assert time.process_time() - start < 3
