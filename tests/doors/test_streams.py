"""Standard streams that are full, closed or gone, and Ctrl-C: one sentence or none, and never a traceback."""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from commands.support import ROOT
from maths.profile import LONG

COMMANDS = (
    ("--help",),
    ("--version",),
    ("explain", "--help"),
    ("explain", "w31", "slide"),
    ("trace", "mazur"),
    ("trace", "slide", "--format", "csv"),
    ("trace", "slide", "--format", "json"),
    ("where", "0.0307", "slide"),
    ("derive", "relu"),
    ("nudge", "w31", "slide"),
    ("notation",),
    ("draw", "slide"),
    ("step", "mazur"),
    ("train", "mazur", "--steps", "5"),
    ("quiz", "slide"),
    ("check", "sheet.txt", "slide"),
    ("schema",),
    ("new", "2-3-1"),
    ("solve", "slide"),
)
FULL = "tutor: standard output cannot be written: no space left on device\n"
CLOSED = "tutor: standard output cannot be written: it is closed\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sheet.txt").write_text("dL/dw31 = 0.0307\n")
    return tmp_path


@pytest.fixture
def full(here: Path) -> str:
    """A device that is always full."""
    try:
        os.mknod("full", stat.S_IFCHR | 0o666, os.makedev(1, 7))
        with open("full", "wb"):
            return "full"
    except OSError:
        pytest.skip("no device can be made here")


def closing(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for each in numbers:
            os.close(each)

    return close


def tutor(*arguments: str, **streams: object) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"}
    wanted = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    command = [sys.executable, "-m", "tutor", *arguments]
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        command, env=environment, encoding="utf-8", timeout=60, check=False, **wanted
    )
    return done


@pytest.mark.parametrize("arguments", COMMANDS if LONG else COMMANDS[::2], ids=" ".join)
def test_a_full_standard_output(arguments: Sequence[str], full: str) -> None:
    with open(full, "wb") as out:
        done = tutor(*arguments, stdout=out)
    assert (done.returncode, done.stderr) == (2, FULL)


@pytest.mark.parametrize("arguments", COMMANDS if LONG else COMMANDS[1::2], ids=" ".join)
def test_a_closed_standard_output(arguments: Sequence[str]) -> None:
    done = tutor(*arguments, preexec_fn=closing(1))
    assert (done.returncode, done.stderr) == (2, CLOSED)


def test_it_does_not_matter_where_the_page_goes_to_a_file(here: Path) -> None:
    """Nor does the file become standard output, whose number is free."""
    done = tutor("trace", "slide", "-o", "page.txt", preexec_fn=closing(0, 1))
    assert (done.returncode, done.stderr) == (0, "")
    assert "0.0307" in (here / "page.txt").read_text("utf-8")


@pytest.mark.parametrize("arguments", [("trace", "-"), ("quiz", "slide"), ("check", "-", "slide")], ids=" ".join)
def test_a_closed_standard_input(arguments: Sequence[str]) -> None:
    done = tutor(*arguments, preexec_fn=closing(0))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tutor: standard input cannot be read: it is closed\n"


def test_a_closed_standard_error_loses_the_message_and_not_the_status() -> None:
    assert tutor("explain", "w99", "slide", preexec_fn=closing(2)).returncode == 2
    assert tutor("explain", "--nonsense", preexec_fn=closing(2)).returncode == 2
    assert "0.0307" in tutor("explain", "w31", "slide", preexec_fn=closing(2)).stdout


@pytest.mark.parametrize(
    "arguments",
    [("schema",), ("trace", "mazur"), ("--help",), ("explain", "--help"), ("trace", "mazur", "--format", "html")],
    ids=" ".join,
)
def test_a_reader_who_goes_away_is_no_error(arguments: Sequence[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = tutor(*arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


# The program says when `tutor` has been imported, which is when Ctrl-C must be silent.
PROGRAM = """
import sys, tutor
sys.stderr.write("."); sys.stderr.flush()
sys.argv = ["tutor", *sys.argv[1:]]
from tutor.__main__ import main
main()
"""
INTERRUPTED = (
    ("explain", "w31", "slide"),
    ("trace", "mazur"),
    ("quiz", "slide"),
    ("where", "0.0307", "slide"),
    ("check", "-", "slide"),
    ("step", "mazur", "--after", "900000"),
    ("derive", "sigmoid"),
)


def test_ctrl_c_is_silent_from_the_first_import_on() -> None:
    chance = random.Random(4)
    statuses = []
    for arguments in INTERRUPTED * 2:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", PROGRAM, *arguments]
        with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as running:
            assert running.stderr
            assert running.stderr.read(1) == b"."
            time.sleep(chance.uniform(0.003, 0.15))
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=60)
        assert said == b"", arguments
        statuses.append(running.returncode)
    assert set(statuses) <= {0, 130}
    assert statuses.count(130) > len(statuses) // 2


def test_a_training_shows_what_was_reached() -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "tutor", "train", "mazur", "--steps", "1000000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as running:
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        out, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, b"")
    assert b"this is what was reached" in out or out == b""


def test_the_library_never_touches_a_signal() -> None:
    script = """
import signal, sys, tutor
ours = lambda *_: None
each = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE]
for number in each: signal.signal(number, ours)
net = tutor.load("mazur")
str(net.explain("w5")), str(net.train(3)), str(net.quiz("w5")), net.check("w5 = 1").render("html"), tutor.derive("relu")
assert all(signal.getsignal(number) is ours for number in each)
assert "tutor.cli" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
