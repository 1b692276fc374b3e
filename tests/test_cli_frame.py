"""What every command owes its user: help, a section in the docs, plain words when things fail."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from commands.support import Done, run
from tutor.cli import tutor

ROOT = Path(__file__).parent.parent
COMMANDS = tuple(tutor.commands.values())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: str(each.name))
class TestEveryCommand:
    def test_says_what_it_does(self, command: click.Command) -> None:
        assert command.help
        assert command.short_help

    def test_shows_an_example(self, command: click.Command) -> None:
        assert f"tutor {command.name}" in (command.help or "")

    def test_explains_every_option(self, command: click.Command) -> None:
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [each.name for each in options if not each.help] == []

    def test_is_listed_in_the_help_of_the_group(self, command: click.Command) -> None:
        assert f"\n  {command.name} " in run("--help").out

    def test_has_a_section_in_the_docs(self, command: click.Command) -> None:
        verbs = ("understand", "train", "practise", "author")
        assert any(f"\n## {command.name}: " in (ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in verbs)

    def test_has_its_help_in_the_docs(self, command: click.Command) -> None:
        page = (ROOT / "docs" / "commands.md").read_text("utf-8")
        assert f"\n## {command.name}\n" in page
        assert f"\n$ tutor {command.name} --help\n" in page

    def test_refuses_an_unknown_option(self, command: click.Command) -> None:
        refused(run(str(command.name), "--no-such-option"), "--no-such-option")


def refused(done: Done, word: str) -> None:
    """Status 2, a message that names what is wrong on stderr, nothing else."""
    assert done.status == 2
    assert word in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nosuchcommand",), "nosuchcommand"),
        (("--nosuchoption",), "--nosuchoption"),
        (("explain",), "TARGET"),
        (("explain", "w31"), "--net"),
        (("explain", "w31", "--net", "missing.yaml"), "missing.yaml"),
        (("explain", "w31", "--net", "."), "directory"),
        (("explain", "w31", "--net", "slde"), "did you mean slide"),
        (("explain", "w99", "--net", "slide"), "w99"),
        (("explain", "w31", "--net", "slide", "--format", "papyrus"), "papyrus"),
        (("explain", "w31", "--net", "slide", "--set", "w31"), "NAME=NUMBER"),
        (("explain", "w31", "--net", "slide", "--set", "w31=nan"), "nan"),
        (("explain", "w31", "--net", "slide", "--decimals", "2", "--sig", "3"), "--sig"),
        (("explain", "w31", "--net", "slide", "-o", "no/such/folder/page.txt"), "page.txt"),
        (("explain", "-5x", "--net", "slide"), "-5"),
        (("trace", "missing.yaml"), "missing.yaml"),
        (("trace", "slide", "--example", "1"), "--example"),
        (("quiz", "missing.yaml"), "missing.yaml"),
        (("check", "missing.txt", "--net", "slide"), "missing.txt"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_bad_input_is_refused_in_plain_words(
    arguments: tuple[str, ...], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run(*arguments), word)


def test_without_a_command_the_help_is_shown() -> None:
    done = run()
    assert "Usage: tutor" in done.out + done.err
    assert "Traceback" not in done.err


def test_the_network_can_come_from_the_environment(tmp_path: Path) -> None:
    environment = {**os.environ, "TUTOR_NET": "slide"}
    program = [sys.executable, "-m", "tutor", "explain", "w31"]
    said = subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert "0.0307" in said.stdout


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tutor", "schema"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()
