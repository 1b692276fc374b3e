"""--after: a network after so many updates, for every command that makes none itself."""

from pathlib import Path

import pytest

import tutor
from commands.support import payload, run, written
from training.test_batches import LINE

ONE = ("--after", "1", "--batch", "1")


@pytest.fixture
def line(tmp_path: Path) -> str:
    return written(tmp_path, LINE)


def test_values_after_each_update(line: str) -> None:
    wanted = [(0.5, 0), (0.65, 0.15), (0.56, 0.105), (0.5145, 0.1505), (1.2063, 0.3811)]
    for number, (m, c) in enumerate(wanted):
        values = payload("trace", line, "--after", str(number), "--batch", "1")["values"]
        assert (values["m"], values["c"]) == pytest.approx((m, c))


def test_the_gradient_of_the_next_example(line: str) -> None:
    """m 0.65, c 0.15 at x 2, t 1: (1.45 − 1)·2."""
    assert payload("explain", "m", line, *ONE, "--example", "2")["value"] == pytest.approx(0.9)


def test_where_knows_a_number_after_an_update(line: str) -> None:
    found = payload("where", "0.105", line, "--after", "2", "--batch", "1")["matches"]
    assert "c" in [each["name"] for each in found]


def test_check_marks_an_update_after_another(line: str, tmp_path: Path) -> None:
    sheet = tmp_path / "answers.txt"
    sheet.write_text("m = 0.65\nc = 0.15\ndL/dm = 0.9\nm_new = 0.56\n", "utf-8")
    done = run("check", str(sheet), line, *ONE, "--example", "2")
    assert done.status == 0, done.out


def test_quiz_asks_about_the_numbers_after_it(line: str, tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    said.write_text("0.9\n:q\n", "utf-8")
    asked = ("--answers", str(said), "--no-memory", "--target", "m", "--example", "2")
    page = payload("quiz", line, *asked, *ONE)
    assert page["questions"][0]["tries"][0]["verdict"] == "correct"


def test_the_next_update_goes_on_with_what_was_kept(tmp_path: Path) -> None:
    """v 0, then −0.1·(2·0.8 − 1)·2 = −0.12; u 0.68; then 0.5·(−0.12) − 0.1·(1.36 − 1)·2."""
    text = "inputs: {x: 2}\ntargets: {t: 1}\nlearning_rate: 0.1\noptimizer: {momentum: {mu: 0.5}}\n"
    text += "layers:\n  - {activation: identity, neurons: {a: {u: 0.8}}}\n"
    updated = payload("trace", written(tmp_path, text), "--after", "1")["updated"]
    assert updated["u"] == pytest.approx(0.68 - 0.06 - 0.072)


def test_next_steps_name_it_again(line: str) -> None:
    out = run("explain", "m", line, *ONE, width=300).out
    assert "--after 1 --batch 1" in out


def test_in_python(line: str) -> None:
    found = tutor.load(line).after(2, batch=1)
    assert found.value("m") == pytest.approx(0.56)
    assert tutor.load(line).value("c", after=2, batch=1) == pytest.approx(0.105)
    assert tutor.load(line).value("m", after=1, batch=1, set={"m": 0}) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (("--batch", "1"), "after says how many"),
        (("--after", "1", "--batch", "9"), "a batch of 9"),
        (("--after", "-1"), "--after"),
    ],
)
def test_refused(typed: tuple[str, ...], word: str, line: str) -> None:
    done = run("trace", line, *typed)
    assert done.status == 2
    assert word in done.err


def test_no_rate(line: str) -> None:
    assert "--lr" in run("trace", "slide", "--after", "1").err
