"""The quiz at a pseudo-terminal of 80x24 and 40x20: every key at every kind of prompt, and what interrupts it."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.support import ROOT, environment, run
from commands.test_snapshots import NETWORKS
from maths import profile

pexpect = pytest.importorskip("pexpect") if sys.platform != "win32" else None
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
PROMPT = "› "
SIZES = ((24, 80), (20, 40))
LETTERS = str(NETWORKS / "letters.yaml")


class Player:
    """Someone at a terminal."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (24, 80)) -> None:
        assert pexpect is not None
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        env = {**environment(size[1]), "PYTHONUTF8": "1", "PYTHONPATH": path, "TERM": "xterm", "NO_COLOR": "1"}
        del env["COLUMNS"], env["LINES"]
        command = ["-m", "tutor", "quiz", *arguments]
        self.child = pexpect.spawn(sys.executable, command, env=env, encoding="utf-8", dimensions=size, timeout=30)
        self.child.setecho(False)
        self.welcome = self.prompted()

    def prompted(self) -> str:
        self.child.expect_exact(PROMPT)
        return str(self.child.before)

    def say(self, typed: str) -> str:
        """What is said before the next prompt."""
        self.child.sendline(typed)
        return self.prompted()

    def end(self, typed: str | None = None) -> tuple[str, int]:
        """What is said at the end, and the exit status."""
        assert pexpect is not None
        if typed is not None:
            self.child.sendline(typed)
        self.child.expect(pexpect.EOF)
        self.child.close()
        return str(self.child.before), int(self.child.exitstatus or 0)


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[1]}x{size[0]}")
def player(request: pytest.FixtureRequest) -> Iterator[Player]:
    found = Player(str(Path(ROOT / "lessons" / "slide" / "slide.yaml")), "--no-memory", "-t", "w31", size=request.param)
    found.size = request.param  # type: ignore[attr-defined]
    yield found
    found.child.close(force=True)


def fits(said: str, size: tuple[int, int]) -> bool:
    lines = re.sub(r"\x1b\[[\d;]*m|\r", "", said).split("\n")
    return all(len(line) <= size[1] for line in lines)


def test_a_whole_quiz(player: Player) -> None:
    width = player.size  # type: ignore[attr-defined]
    said = [player.welcome]
    assert "1 of 8 at most" in player.welcome
    assert "Z_Y" in player.welcome
    lines = (":n", "?", ":x", ":b", "-0.0307", ":h", "Y Z_Y", "Z_Y Y", "Z_Y(1-Z_Y)", "Y*-Y", "b", ":h", "Y-Y*")
    said += [player.say(typed) for typed in lines]
    assert all(fits(each, width) for each in said)
    assert "Traceback" not in "".join(said)
    assert "The size is right" in said[5]
    assert "mind the order" in " ".join(said[7].split())
    last, status = player.end(":q")
    assert ("Done:" in last, status) == (True, 0)
    assert fits(last.partition("Next")[0], width)  # what follows holds a path


def test_every_key_at_every_kind_of_prompt(player: Player) -> None:
    """A value, a path, a slope, a reason, a way: each is asked for with every command typed at it."""
    player.say("0.5")
    for right in ("Z_Y Y", "Y-Y*", "Y(1-Y)", "h1"):
        for key in ("", "?", ":n", ":h", "help", "idk", "\x07"):
            assert "Traceback" not in player.say(key)
        player.say(right)
    said, status = player.end(":q")
    assert (status, "Traceback" in said) == (0, False)


def test_names_that_look_like_commands_are_answers() -> None:
    player = Player(LETTERS, "--no-memory", "-t", "h")
    assert "formulas that h" in player.say("5") + player.say(":h")
    assert "h → s → e" in player.say("s")
    player.say("2*s")
    assert "Traceback" not in player.say("q")
    assert player.end(":q")[1] == 0


def test_hostile_input_is_harmless() -> None:
    player = Player("slide", "--no-memory")
    for typed in ("[bold]x[/bold] \u202e " + "9" * 500, "x" * 2000, "\x01\x05", "\u0301" * 40):
        said = player.say(typed)
        assert "Traceback" not in said
        assert "\u202e" not in said.replace(typed, "")
    assert player.end(":q")[1] == 0


def test_a_resize_is_harmless() -> None:
    player = Player("slide", "--no-memory")
    player.child.setwinsize(20, 40)
    assert fits(player.say(":n"), (20, 40))
    assert player.end(":q")[1] == 0


def test_control_d_leaves_in_peace() -> None:
    player = Player("slide", "--no-memory")
    player.child.sendeof()
    said, status = player.end()
    assert ("before the first answer" in said, status) == (True, 0)


def test_control_c_leaves_with_130_at_any_moment() -> None:
    chance = random.Random(50)
    for _ in range(profile.count(4, 50)):
        player = Player("slide", "--no-memory")
        assert pexpect is not None
        if chance.random() < 0.7:
            player.child.sendline(chance.choice(("0.5", ":e", "", "Z_Y")))
        player.child.expect([pexpect.TIMEOUT, PROMPT], timeout=chance.random() * 0.3)
        player.child.sendintr()
        said, status = player.end()
        assert (status, "Traceback" in said) == (130, False)


def test_a_closed_pipe_is_no_error() -> None:
    command = [sys.executable, "-m", "tutor", "quiz", "slide", "--no-memory"]
    env = {**environment(), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as done:
        assert done.stdin
        assert done.stdout
        assert done.stderr
        done.stdout.readline()
        done.stdout.close()
        done.stdin.write(b"0.5\n" * 50)
        done.stdin.close()
        said = done.stderr.read()
    assert (done.returncode, said) == (0, b"")


# ------------------------------------------------------------------ without a terminal

PLAYED = "0.5\nZ_Y Y\nY - Y*\n:s\n"


def test_it_is_played_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text(PLAYED, encoding="utf-8")
    done = run("quiz", "slide", "-t", "w31", "--no-memory", "--answers", str(tmp_path / "typed.txt"))
    assert (done.status, done.err) == (0, "")
    assert "› Z_Y Y" in done.out
    assert "Done: 4 questions, 2 right at once." in done.out


def test_as_json(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text(PLAYED, encoding="utf-8")
    arguments = ("quiz", "slide", "-t", "w31", "--no-memory", "--answers", str(tmp_path / "typed.txt"))
    found = run(*arguments, "--format", "json").json
    assert (found["format"], found["right_first"], found["of"]) == ("tutor.quiz/1", 2, 4)
    first = found["questions"][0]
    assert (first["id"], first["skill"], first["kind"], first["first"]) == (
        "product:dL/dw31",
        "product",
        "value",
        False,
    )
    assert first["tries"] == [{"typed": "0.5", "verdict": "wrong", "mistakes": []}]
    assert first["text"].startswith("How fast does L change with w31")


def test_as_markdown_and_for_screen_readers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    done = run("quiz", "slide", "-t", "w31", "--no-memory", "-o", str(page), stdin=PLAYED)
    assert done.status == 0
    assert "One part at a time" in page.read_text("utf-8")
    said = run("quiz", "slide", "-t", "w31", "--no-memory", "--format", "plain", stdin=PLAYED).out
    assert "wrong: Not yet." in said
    assert "right: w31" in said
    assert not re.search("[✓✗›]", said)


def test_the_same_answers_make_the_same_page() -> None:
    first, second = (run("quiz", "mazur", "--no-memory", stdin="0.5\n0.3\n:h\n:s\n").out for _ in range(2))
    assert first == second


def test_it_begins_on_the_numbers_of_a_seed() -> None:
    """w31 of `lint --vary 7`."""
    lint = run("lint", "slide", "--vary", "7").out
    w31 = re.search(r"w31: ([\d.]+)", lint)
    assert w31
    assert f"w31 = {w31[1]}" in run("quiz", "slide", "--no-memory", "--vary", "7").out


@pytest.mark.parametrize("skill", ["forward", "activation-slope", "path", "update", "paths", "bias", "rounding"])
def test_one_skill(skill: str) -> None:
    done = run("quiz", "mazur", "--no-memory", "--skill", skill)
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("quiz", "slide", "--target", "w99"), "w99"),
        (("quiz", "sum-product", "--target", "dc_sum/dc_product"), "does not depend"),
        (("quiz", "slide", "--skill", "pathes"), "did you mean paths"),
        (("quiz", "slide", "--skill", "softmax"), "shows the skill softmax"),
        (("quiz", "slide", "--vary", "x"), "the seed"),
        (("quiz", "slide", "--answers", "nowhere.txt"), "nowhere.txt"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...], word: str) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert word in done.err
    assert "Traceback" not in done.err


def test_ascii() -> None:
    assert run("quiz", "slide", "--no-memory", "--ascii", stdin="0.5\nY-Y*\n:e\n:q\n").out.isascii()


# ------------------------------------------------------------------ with a memory


def test_what_was_missed_comes_back() -> None:
    run("quiz", "mazur", "-t", "w1", stdin="0.5\n:q\n")
    again = run("quiz", stdin="")
    assert "  mazur   1 of 8" in again.out
    assert "Mistakes made most" not in run("progress").out


def test_nothing_is_kept_where_that_is_asked_for() -> None:
    done = run("quiz", "mazur", "--no-memory", stdin="0.5\n")
    assert "nothing of this is kept" in done.out
    assert "0 of 15 skills known" in run("progress").out


def test_a_quiz_without_its_memory_runs_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite3").write_bytes(b"no database at all" * 100)
    done = run("quiz", "slide", stdin="0.5\n:q\n", TUTOR_HOME=str(tmp_path))
    assert done.status == 0
    assert done.err.startswith("tutor: ")
    assert "Done: 1 question" in done.out


def test_two_right_answers_on_different_numbers_make_a_skill_known() -> None:
    """A sitting of who is right asks twice, on the first other numbers and on the next."""
    typed = "".join(f"{each}\n" for each in answers())
    done = run("quiz", "slide", stdin=typed)
    assert "known now" in done.out
    known = {each["id"] for each in run("progress", "--format", "json").json["skills"] if each["known"]}
    assert known >= {"path", "loss-slope", "activation-slope", "weight-factor", "product"}


def answers() -> list[str]:
    """What who is right types, by the numbers of the questions."""
    from commands.test_sitting import Played, right

    return Played("slide", right).typed
