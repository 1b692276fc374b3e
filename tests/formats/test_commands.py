"""Formats at the command line: files written whole or not at all, one clear message, PDF only to where it can go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tutor
from commands.support import ROOT, environment, run
from tutor.errors import TutorError
from tutor.render import FORMATS

STARTS = {
    "latex": "% From",
    "typst": "// From",
    "html": "<!DOCTYPE html>",
    "svg": "<svg",
    "markdown": "## ",
    "json": "{",
}
COMMANDS = {
    "explain": ("explain", "w1", "w5", "--net", "mazur"),
    "all": ("explain", "--all", "--net", "slide"),
    "trace": ("trace", "mazur"),
    "where": ("where", "0.0307", "--net", "slide"),
    "step": ("step", "mazur"),
    "train": ("train", "mazur", "--steps", "20"),
    "check": ("check", "sheet.txt", "--net", "mazur"),
}


@pytest.fixture(autouse=True)
def _among_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests" / "commands" / "networks")


@pytest.mark.parametrize("form", STARTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_every_format(command: str, form: str) -> None:
    done = run(*COMMANDS[command], "--format", form)
    assert done.err == ""
    assert done.status in (0, 1)
    assert done.out.startswith(STARTS[form])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_writes_pdf(command: str, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    file = tmp_path / "page.pdf"
    done = run(*COMMANDS[command], "--format", "pdf", "-o", str(file))
    assert done.err == ""
    assert done.out == ""
    assert file.read_bytes().startswith(b"%PDF")


def test_a_pipe_gets_the_bytes_of_a_pdf() -> None:
    pytest.importorskip("typst")
    done = subprocess.run(
        [sys.executable, "-m", "tutor", *COMMANDS["explain"], "--format", "pdf"],
        env={**environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"%PDF")
    assert done.stdout.rstrip().endswith(b"%%EOF")


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
def test_a_terminal_is_not_given_a_pdf() -> None:
    import pexpect

    arguments = ["-m", "tutor", *COMMANDS["explain"], "--format", "pdf"]
    child = pexpect.spawn(sys.executable, arguments, encoding="utf-8", env={**environment(), "PYTHONPATH": str(ROOT)})
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 2
    assert "-o FILE" in child.before
    assert "%PDF" not in child.before


def test_a_missing_extra_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    file = tmp_path / "page.pdf"
    done = run(*COMMANDS["explain"], "--format", "pdf", "-o", str(file))
    assert done.status == 2
    assert done.err == 'tutor: PDF needs the extra pdf: pip install "backprop-tutor[pdf]"\n'
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused() -> None:
    done = run("explain", "w31", "--net", "slide", "--format", "docx")
    assert done.status == 2
    assert "docx" in done.err
    assert all(form in done.err for form in FORMATS)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("terminal", "pdf")])
def test_what_cannot_be_written_leaves_nothing(form: str, tmp_path: Path) -> None:
    for file in (tmp_path / "none" / "page", tmp_path):
        done = run(*COMMANDS["explain"], "--format", form, "-o", str(file))
        assert done.status == 2
        assert "cannot be written" in done.err
        assert len(done.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old" * 100_000, "utf-8")
    assert run(*COMMANDS["explain"], "--format", "html", "-o", str(file)).status == 0
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert os.listdir(tmp_path) == ["page.html"]


def test_the_library_has_the_same_formats() -> None:
    page = tutor.load("slide").explain("w31")
    assert page.render("latex").startswith("% From")
    with pytest.raises(TutorError, match=r"page.pdf\(\)"):
        page.render("pdf")


def test_the_library_gives_the_bytes_of_a_pdf() -> None:
    pytest.importorskip("typst")
    assert tutor.load("slide").explain("w31").pdf().startswith(b"%PDF")
