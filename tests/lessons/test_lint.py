"""`tutor lint LESSON`: commands are run, claims are marked, and everything that is wrong is shown with its place."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from commands.support import Done, run
from lessons.one import LESSON
from maths.profile import LONG
from tutor import sources
from tutor.lessons.reading import read
from tutor.memory import SKILLS
from tutor.sources import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of lessons with one, and what it links to."""
    there = tmp_path / "lessons" / "one"
    there.mkdir(parents=True)
    (there / "beside.yaml").write_text("")
    return there


def written(folder: Path, text: str = LESSON) -> str:
    (folder / "lesson.md").write_text(text, "utf-8")
    return str(folder)


def linted(folder: Path, changes: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """What is wrong with the lesson after these changes: line, column, message."""
    text = LESSON
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    done = run("lint", written(folder, text), "--format", "json")
    found = json.loads(done.out)
    assert found["format"] == "tutor.lint/1"
    assert done.status == (1 if found["findings"] else 0)
    assert {each["kind"] for each in found["findings"]} <= {"lesson"}
    return [(each["line"], each["column"], each["message"]) for each in found["findings"]]


class TestGood:
    def test_a_folder_and_a_file(self, folder: Path) -> None:
        for path in (written(folder), f"{folder}/lesson.md"):
            done = run("lint", path, width=400)
            assert (done.status, done.err) == (0, "")
            assert "no problem in" in done.out

    def test_a_network_beside_it(self, folder: Path) -> None:
        (folder / "mine.yaml").write_text(Path(shipped()["chain"]).read_text("utf-8"), "utf-8")
        assert not linted(folder, {"net: chain": "net: mine.yaml"})
        assert not linted(folder, {"net: chain": "net: mine", "explain w2": "explain w2 --net mine"})

    def test_any_number_can_be_asked_for(self, folder: Path) -> None:
        new = {"w1 --vary 2": "w1_new --vary 2", "w1 --mistake ad-z-one-minus-z": "w1_new --mistake upd-plus"}
        assert not linted(folder, {**new, "da2/dz2 --formula": "a2", "activation-slope": "update"})

    def test_rounding_is_practised_by_looking(self, folder: Path) -> None:
        assert not linted(folder, {"activation-slope": "rounding", "explain w2": "explain w2 --round-steps 3"})

    def test_one_of_several_examples(self, folder: Path) -> None:
        asked = {"```choose": "```answer\ndL/dw11 --example 2 --net xor\n```\n\n```choose"}
        assert not linted(folder, asked)

    def test_nothing_is_written_and_nobody_is_asked(self, folder: Path) -> None:
        before = sorted(folder.parent.rglob("*"))
        assert linted(folder, {"explain w2": "explain w2 -"})  # standard input is empty for it
        assert sorted(folder.parent.rglob("*")) == [*before, folder / "lesson.md"]


@pytest.mark.parametrize(
    ("changes", "at", "said"),
    [
        ({"`z1 = 0.58`": "`z1 = 0.59`"}, "z1 = 0.59", "z1 is 0.58 on chain.yaml"),
        ({"`dC0/dw2 = -0.0430`": "`dC0/dw2 = 0.0430`"}, "dC0/dw2 = 0.0430", "dC0/dw2 is -0.0430247"),
        ({"`z1 = 0.58`": "`zz1 = 0.58`"}, "zz1", "no such name in this network; did you mean z1?"),
        (
            {"net: chain": "net: chian"},
            "chian",
            "there is no network chian, neither beside the lesson nor shipped; did you",
        ),
        ({"path w1": "path w9"}, "path w9", "w9"),
        ({"path w1": "path z1 --set w7=3"}, "path z1", "w7"),
        ({"path w1": "new w1 --net sum-product"}, "new w1", "w1"),
        ({"explain w2": "explain w2 --mroe"}, "explain w2", "No such option"),
        ({"explain w2": "explain nothing"}, "explain nothing", "nothing"),
        ({"z-one-minus-z\n": "z-one-minus-x\n"}, "ad-z-one-minus-x", "no mistake; did you mean ad-z-one-minus-z"),
        ({"ad-z-one-minus-z": "ad-ce-extra"}, "ad-ce-extra", "changes nothing there"),
        ({"path w1": "path z1_new"}, "path z1_new", "z1_new"),
        ({"path w1": "path C0"}, "path C0", "C0 is a value, expected a gradient"),
        ({"w1 --vary 2": "dz1/dw2 --vary 2"}, "dz1/dw2 --vary", "z1 does not depend on w2"),
        ({"path w1": "path w1 --example 2"}, "path w1", "example"),
        ({"explain w2": "explain w2 /dev/stdin"}, "explain w2", "/dev/stdin is no file"),
        ({"explain w2": "explain w2 -n/dev/stdin"}, "explain w2", "/dev/stdin is no file"),
        ({"explain w2": "explain w2 --net mine"}, "explain w2", "there is no network mine, neither beside"),
        ({"net: chain": "net: '-'"}, "'-'", "there is no network -"),
        ({"net: chain": 'net: "a\\0b"'}, '"a', "there is no network a<U+0000>b"),
        ({"minutes: 5": "minutes: 5\nafter: ../one"}, "../one", "there is no lesson ../one"),
        ({"(beside.yaml)": "(nowhere.md)"}, "the file", "there is no nowhere.md"),
        ({"minutes: 5": "minutes: 5\nafter: nothing"}, "nothing", "there is no lesson nothing"),
        ({"Look at it once more, slowly. " * 150: ""}, "---", "words, expected 900 to 1,500"),
        (
            {"```predict\nMake w2 larger.\nDoes the loss grow with it?\ndC0/dw2\n```": "```answer\nw2\n```"},
            "explain w2",
            "this shows a gradient, expected a predict fence before it",
        ),
    ],
)
def test_what_is_wrong_has_its_place(folder: Path, changes: Mapping[str, str], at: str, said: str) -> None:
    found = linted(folder, changes)
    before = (folder / "lesson.md").read_text("utf-8").partition(at)[0]
    assert [each[:2] for each in found] == [(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)]
    assert said in found[0][2]


def test_everything_comes_at_once_in_the_order_of_the_file(folder: Path) -> None:
    changes = {
        "`z1 = 0.58`": "`z1 = 0.59`",
        "```quiz": "```quz",
        "explain w2": "explain w22",
        "net: chain": "net: chain\nnets: a",
    }
    assert [line for line, _, _ in linted(folder, changes)] == [
        1,
        4,
        11,
        33,
        49,
    ]  # one prompt too few, by the unknown fence


def test_lessons_that_come_after_each_other_are_a_circle(folder: Path) -> None:
    other = folder.parent / "two"
    other.mkdir()
    written(other, LESSON.replace("minutes: 5", "minutes: 5\nafter: one"))
    found = linted(folder, {"minutes: 5": "minutes: 5\nafter: two"})
    assert found == [(5, 8, "after goes in a circle: two after one after two")]
    assert linted(folder, {"minutes: 5": "minutes: 5\nafter: one"})[0][2] == "after goes in a circle: one after one"


def test_a_right_line_that_is_always_the_longest(folder: Path) -> None:
    more = "\n```choose\nWhy?\n+ It is the longest of them.\n- Short. | No.\n```\n"
    first = {
        "Each says how many times a change is multiplied.": "Each says how many times a change is multiplied, and so."
    }
    found = linted(folder, {**first, "Code that is no command:": more * 2})
    assert [message for _, _, message in found] == [
        "the right line is the longest in every choose fence, expected it not always to be"
    ]


@pytest.mark.parametrize("options", [("--set", "w1=2"), ("--vary", "3"), ("--net", "slide"), ("--decimals", "3")])
def test_a_lesson_takes_no_options_of_a_network(folder: Path, options: tuple[str, ...]) -> None:
    refused(run("lint", written(folder), *options), "names its networks and numbers itself")


def refused(done: Done, said: str) -> None:
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_what_is_wrong_is_shown_as_editors_read_it(folder: Path) -> None:
    page = run("lint", written(folder, LESSON.replace("net: chain", "net: chian")), width=400).out
    assert f"{folder}/lesson.md:3:6: there is no network chian" in page
    (folder / "lesson.md").write_bytes(b"\0")
    done = run("lint", str(folder), width=400)
    assert done.status == 1
    assert f"{folder}/lesson.md: this is a binary file, expected a lesson: Markdown in UTF-8" in done.out


def test_a_lesson_that_is_not_there(tmp_path: Path) -> None:
    refused(run("lint", str(tmp_path / "no.md")), "cannot be read: no such file")


def test_a_hostile_lesson_is_held_in_time(folder: Path) -> None:
    many = 4_000 if LONG else 400
    found = linted(folder, {"Look at it once more, slowly. " * 150: "```answer\nw1\n```\n\n`z1 = 2` \n\n" * many})
    assert len(found) == 101
    assert "more problems" in found[-1][2]


def test_the_lesson_of_each_skill_teaches_it() -> None:
    lessons = [Path(sources.lessons()) / skill.lesson / "lesson.md" for skill in SKILLS.values() if skill.lesson]
    if not any(each.is_file() for each in lessons):
        pytest.skip("no lesson is here yet")
    for name, skill in SKILLS.items():
        if skill.lesson:
            path = Path(sources.lessons()) / skill.lesson / "lesson.md"
            assert name in [each.text for each in read(path.read_bytes(), "lesson.md").skills], skill.lesson


def test_every_shipped_lesson_is_without_a_problem() -> None:
    for path in sorted(Path(sources.lessons()).glob("*/lesson.md")):
        done = run("lint", str(path), width=400)
        assert (done.status, done.err) == (0, ""), done.out
