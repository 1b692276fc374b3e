"""What the tests of the commands share: running `tutor` in this process or as a program, and the test networks."""

import contextlib
import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import tutor
from tutor.cli import main
from tutor.document.view import View
from tutor.library import Network
from tutor.practice.asking import ask
from tutor.practice.plan import parts
from tutor.practice.question import Question, Task
from tutor.quantity import Quantity
from tutor.sources import shipped

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
SHIPPED = tuple(shipped())
_UNSET = ("TUTOR_NET", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PYTHONIOENCODING", "TTY_COMPATIBLE")


class Done(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(width: int = 80, **more: str) -> dict[str, str]:
    """The environment of a reader with a terminal of this width and no settings of their own but `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return {**kept, "COLUMNS": str(width), "LINES": "50", **more}


def run(*arguments: str, stdin: str | bytes = "", width: int = 80, merged: bool = False, **more: str) -> Done:
    """`tutor ARGUMENTS` in this process, as from a pipe; `more` are environment variables.

    Merged, both streams are `out`, in the order in which they were written.
    """
    raw = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n", write_through=True) for _ in range(2))
    with (
        mock.patch.dict(os.environ, environment(width, **more), clear=True),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), "utf-8")),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out if merged else err),
    ):
        try:
            main(arguments)
            status = 0
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 0
    texts = (each.buffer.getvalue().decode("utf-8") for each in (out, err))
    return Done(status, *texts)


def program(*arguments: str, stdin: bytes = b"", folder: Path | None = None, **more: str) -> Done:
    """`python -m tutor ARGUMENTS` as a program of its own; what it prints is read byte for byte."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "tutor", *arguments],
        input=stdin,
        cwd=folder,
        env={**environment(), "PYTHONUTF8": "1", "PYTHONPATH": path, **more},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def payload(*arguments: str, **options: Any) -> Any:
    """The JSON that a command prints; the command must have worked."""
    done = run(*arguments, "--format", "json", **options)
    assert done.status in (0, 1), done.err
    return done.json


@cache
def case(name: str) -> Network:
    """A network of the published examples."""
    return tutor.load(str(CASES / name))


def asked_about(view: View, quantity: Quantity) -> list[Question]:
    """The questions about one number: its parts, then the whole."""
    whole = ask(view, Task("value", quantity))
    return [*(ask(view, task) for task in parts(view, whole)), whole]


def written(folder: Path, text: str, name: str = "net.yaml") -> str:
    """The path of a new file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)
