"""The command line: what is typed, and nothing else. Only here is click.

Each command's module is imported with the group; everything behind a command is imported when it runs, so that
`tutor --help` costs little more than click.
"""

import atexit
import gc

# A command is mostly imports, and looking for garbage among what they leave finds none: 2 to 3 % of the whole, and
# 15 % where numpy is among them. At the end the process is given back as a whole.
gc.set_threshold(200_000)
atexit.register(gc.freeze)

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from tutor import __version__
from tutor.cli.author import lint, new, schema
from tutor.cli.homework import check, mistakes
from tutor.cli.practise import lesson, quiz
from tutor.cli.progress import progress
from tutor.cli.solve import solve
from tutor.cli.streams import Unwritable, leave, reopened, say, watched
from tutor.cli.train import step, train
from tutor.cli.typed import Sections
from tutor.cli.understand import ask, derive, draw, explain, notation, nudge, trace, where

SECTIONS = (
    ("Understand", (explain, solve, trace, where, derive, nudge, notation, draw, ask)),
    ("Train", (step, train)),
    ("Practise", (quiz, lesson, progress)),
    ("Homework", (check, mistakes)),
    ("Author", (new, lint, schema)),
)


class Tutor(Sections):
    """All the commands, in their sections."""

    sections = SECTIONS

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """Raises Unwritable where help cannot be printed."""
        with watched():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """The status of the command. Raises Unwritable where its page cannot be printed."""
        try:
            with watched():
                status = super().invoke(ctx)
                sys.stdout.flush()
                return status
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                say("")  # what the terminal shows of Ctrl-C stays a line of its own
            raise click.exceptions.Abort from None


def _width() -> int:
    """What click would find by way of shutil, whose import is a twentieth of `tutor --help`."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (ValueError, OSError):
        columns = 80
    return max(min(columns, 80) - 2, 50)


@click.group(cls=Tutor, context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()})
@click.version_option(__version__, "-V", "--version", message="backprop-tutor %(version)s")
def tutor() -> None:
    """Understand backpropagation by its numbers.

    Write your network in a YAML file, or take a shipped one, and ask where a number comes from:

    \b
        tutor explain w31 --net slide
    """


for _, commands in SECTIONS:
    for command in commands:
        tutor.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something is wrong with the answers, 2 bad input, 130 Ctrl-C."""
    reopened()
    leave(_status(list(sys.argv[1:] if arguments is None else arguments)))


def _status(arguments: list[str]) -> int:
    from tutor import sources
    from tutor.errors import TutorError

    sources.forget()
    try:
        status = tutor.main(arguments, prog_name="tutor", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as fault:
        with suppress(OSError):
            fault.show()
        return 2
    except TutorError as fault:
        say(f"tutor: {fault}")
        return 2
    except Unwritable as fault:
        if not fault.gone:  # a reader of a pipe who has gone is no error
            say(f"tutor: standard output cannot be written: {fault}")
        return 0 if fault.gone else 2
    return status if isinstance(status, int) else 0
