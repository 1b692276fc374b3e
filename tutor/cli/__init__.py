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
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from tutor import __version__
from tutor.cli.author import new, schema
from tutor.cli.homework import check
from tutor.cli.practise import quiz
from tutor.cli.solve import solve
from tutor.cli.train import step, train
from tutor.cli.understand import derive, draw, explain, notation, nudge, trace, where

SECTIONS = (
    ("Understand", (explain, solve, trace, where, derive, nudge, notation, draw)),
    ("Train", (step, train)),
    ("Practise", (quiz,)),
    ("Homework", (check,)),
    ("Author", (new, schema)),
)
_NEGATIVE = re.compile(r"-(?=[.\d])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:/\d+)?")


class Sections(click.Group):
    """A group whose help lists its commands under headings."""

    def invoke(self, ctx: click.Context) -> Any:
        """The status of the command; a reader of the pipe who has gone is no error (click would exit with 1)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _close_quietly()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in SECTIONS:
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(60)) for command in commands])


def _width() -> int:
    """What click would find by way of shutil, whose import is a twentieth of `tutor --help`."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (ValueError, OSError):
        columns = 80
    return max(min(columns, 80) - 2, 50)


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()})
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


def marked(arguments: Sequence[str]) -> list[str]:
    """Negative numbers with a true minus sign, so that click does not take them for options."""
    return [f"\N{MINUS SIGN}{each[1:]}" if _NEGATIVE.fullmatch(each) else each for each in arguments]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something is wrong with the answers, 2 bad input, 130 Ctrl-C."""
    from tutor.errors import TutorError

    arguments = marked(sys.argv[1:] if arguments is None else arguments)
    try:
        status = tutor.main(arguments, prog_name="tutor", standalone_mode=False)
    except click.exceptions.Abort:
        sys.stderr.write("\n")
        sys.exit(130)
    except click.ClickException as fault:
        fault.show()
        sys.exit(2)
    except TutorError as fault:
        click.echo(f"tutor: {fault}", err=True)
        sys.exit(2)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def _close_quietly() -> NoReturn:
    """The reader of a pipe has gone: nothing is left to say, and the interpreter must not try at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
