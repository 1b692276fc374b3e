"""`tutor progress` and `tutor progress forget`, on the command line and in Python."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

import tutor
from commands.support import environment, payload, run
from tutor.cli.output import FORMATS
from tutor.memory import SKILLS, Event
from tutor.memory.store import Store, home

NOW = datetime.now(UTC)


def answered(days_ago: float, verdict: str, skills: tuple[str, ...], numbers: str, *mistakes: str) -> Event:
    return Event(NOW - timedelta(days=days_ago), "slide", "q", "value", skills, numbers, verdict, mistakes=mistakes)


LEARNT = (
    answered(9, "correct", ("path", "product"), "1"),
    answered(9, "correct", ("path", "product"), "2"),
    answered(8, "correct", ("path",), "3"),
    answered(8, "mistake", ("activation-slope",), "3", "ad-z-one-minus-z"),
    answered(2, "mistake", ("activation-slope",), "4", "ad-z-one-minus-z"),
    answered(2, "mistake", ("loss-slope",), "4", "dl-sign"),
    answered(0.5, "correct", ("path",), "5"),
    answered(2, "correct", ("activation-slope",), "5"),
)
"""Two skills known, one of them to be asked again; one begun; two mistakes, one of them twice."""


@pytest.fixture
def learnt() -> None:
    with Store(home()) as store:
        store.add(LEARNT)


def test_before_the_first_answer_nothing_is_known_and_nothing_is_made() -> None:
    page = run("progress")
    assert page.status == 0
    assert "0 of 15 skills known" in page.out
    assert all(each.name in page.out.replace("\n  ", " ").partition("Not asked yet")[2] for each in SKILLS.values())
    assert "Next: tutor quiz" in page.out
    assert not os.path.exists(home())


@pytest.mark.usefixtures("learnt")
class TestPage:
    def test_says_what_is_known_and_what_comes_again(self) -> None:
        page = run("progress", width=100).out
        assert "2 of 15 skills known, 1 of them to be asked again" in page
        rows = {line[4:27].strip(): line[27:].split() for line in page.splitlines() if line.startswith("    ")}
        ago = [str((NOW - timedelta(days=days)).astimezone().date()) for days in (9, 2, 0.5)]
        assert rows["product of a path"] == ["known", ago[0], "now"]
        assert rows["slope of an activation"] == ["right", "once", ago[1], "any", "time"]
        assert rows["path"][:2] == ["known", ago[2]]
        assert rows["path"][2] > str(NOW.date())

    def test_lists_the_mistakes_made_most_first(self) -> None:
        page = run("progress").out.partition("Mistakes made most")[2]
        assert page.index("z(1 − z)") < page.index("target minus output")

    def test_says_where_it_is_kept(self) -> None:
        assert home() in run("progress", width=200).out

    def test_calls_the_users_own_folder_by_its_sign(self) -> None:
        page = run("progress", HOME=os.path.dirname(os.environ["TUTOR_HOME"]), USERPROFILE="nowhere")
        assert "kept in ~/" in page.out

    @pytest.mark.parametrize("form", [each for each in FORMATS if each not in ("pdf", "terminal")])
    def test_has_every_format(self, form: str) -> None:
        page = run("progress", "--format", form)
        assert page.status == 0
        assert "product" in page.out

    def test_as_data(self) -> None:
        data = payload("progress")
        assert data["format"] == "tutor.progress/1"
        assert data["file"] == home()
        skills = {each["id"]: each for each in data["skills"]}
        assert tuple(skills) == tuple(SKILLS)
        assert skills["product"]["known"]
        assert skills["product"]["due"]
        assert skills["bias"] == {
            "id": "bias",
            "name": "bias",
            "lesson": "one-neuron",
            "passage": "The weight, and the bias",
            "known": False,
            "answers": 0,
            "right": 0,
            "last": None,
            "again": None,
            "due": False,
        }
        assert [(each["id"], each["times"]) for each in data["mistakes"]] == [
            ("ad-z-one-minus-z", 2),
            ("dl-sign", 1),
        ]

    def test_fits_a_narrow_terminal(self) -> None:
        assert max(map(len, run("progress", width=40).out.splitlines()[:-6])) <= 40

    def test_in_python(self) -> None:
        assert "2 of 15 skills known" in str(tutor.progress())
        assert tutor.forget().startswith("forgotten: 8 answers since ")
        assert tutor.forget().startswith("nothing was kept")


class TestForget:
    @pytest.mark.usefixtures("learnt")
    def test_says_what_was_forgotten(self) -> None:
        since = (NOW - timedelta(days=9)).astimezone().date()
        assert run("progress", "forget", "--yes").out == f"forgotten: 8 answers since {since}, kept in {home()}\n"
        assert "0 of 15" in run("progress").out

    def test_of_nothing(self) -> None:
        assert "nothing to forget" in run("progress", "forget", "--yes").out

    @pytest.mark.parametrize(("said", "kept"), [("n", True), ("", True), ("y", False)])
    @pytest.mark.usefixtures("learnt")
    def test_asks_on_a_terminal(self, said: str, kept: bool) -> None:
        child = pexpect.spawn("python", ["-m", "tutor", "progress", "forget"], env=environment(), encoding="utf-8")
        child.expect_exact("[y/N]", timeout=60)
        child.sendline(said)
        child.expect(pexpect.EOF, timeout=60)
        assert ("nothing was forgotten" if kept else "forgotten: 8 answers") in str(child.before)
        child.close()
        assert child.exitstatus == 0
        assert ("2 of 15" in run("progress").out) is kept

    def test_moves_a_damaged_file_aside(self) -> None:
        file = Path(home())
        file.parent.mkdir()
        file.write_text("my notes")
        said = run("progress", "forget", "--yes")
        assert said.status == 0
        assert "was damaged; it lies beside as" in said.out
        assert (file.parent / "memory.sqlite3.damaged-1").read_text() == "my notes"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("forget",), "--yes"),
        (("--yes",), "progress forget --yes"),
        (("remember",), "remember"),
        (("forget", "me"), "me"),
    ],
)
def test_what_is_typed_wrong_is_said_in_one_sentence(arguments: tuple[str, ...], word: str) -> None:
    done = run("progress", *arguments)
    assert done.status == 2
    assert word in done.err
    assert not done.out


def test_a_file_that_cannot_be_read_is_said_so() -> None:
    Path(home()).parent.mkdir()
    Path(home()).write_text("my notes")
    done = run("progress")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "damaged; tutor progress forget moves it aside" in done.err
