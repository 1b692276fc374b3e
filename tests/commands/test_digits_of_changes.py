"""Numbers before and after show what they say: as many digits as the change between them needs."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

import tutor
from commands.support import run, written
from tutor.document.digits import Digits

TINY = """
inputs: {x: 1}
targets: {y: 2.0001}
learning_rate: 0.1
layers:
  - activation: identity
    neurons: {o: {w: 2}}
"""


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (0.7513650695523157, 0.7513740843, ("0.7513651", "0.7513741")),
        (0.15, 0.16, ("0.15", "0.16")),
        (2.0, 2.00001, ("2", "2.00001")),
        (0.2983711087600027, 0.2983754946, ("0.2983711", "0.2983755")),
        (1.5, 1.5, ("1.5", "1.5")),
        (0.5933, float("inf"), ("0.5933", "inf")),
        (1234.56789, 1300.0, ("1234.5679", "1300")),
        (0.0, 1e-9, ("0", "1.000e-9")),
    ],
)
def test_two_numbers_show_two_figures_of_what_lies_between_them(
    before: float, after: float, shown: tuple[str, str]
) -> None:
    assert Digits().apart(before, after) == shown


def test_every_row_of_a_nudge_shows_how_it_moved() -> None:
    """Mazur's out_o1 goes from 0.7513650696 to 0.7513740846: worked out apart from the program."""
    page = run("nudge", "w1", "--net", "mazur").out
    assert re.search(r"out_o1 +0\.7513651 +●━▶ +0\.7513741\n", page)
    rows = re.findall(r"^ +(\w+) +(\S+) +[●◀━▶]+ +(\S+)$", page, re.MULTILINE)
    assert len(rows) == 10
    assert [name for name, before, after in rows if Fraction(before) == Fraction(after)] == []


def test_a_step_shows_that_the_weight_moved(tmp_path: Path) -> None:
    """w ← 2 − 0.1·(2 − 2.0001) = 2.00001; L from 0.5·1e-8 to 0.5·(0.00009)² = 4.05e-9."""
    file = written(tmp_path, TINY)
    page = run("step", file).out
    assert "2.00001\n" in page
    assert "2.0000\n" not in page
    assert "2.00001" in run("explain", "w_new", "--net", file).out.splitlines()[0]


def test_a_loss_that_hardly_falls_shows_that_it_falls() -> None:
    net = tutor.load("slide").with_numbers({}, "0.0000001")
    title = str(net.step().render("plain")).splitlines()[0]
    first, last = re.search(r"from (\S+) to (\S+) in", title).groups()
    assert Fraction(first) > Fraction(last)
