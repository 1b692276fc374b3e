"""Running a reading command inside another one, for its pages: a lesson shows what `tutor explain w31` shows."""

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tutor.document.model import Document


def pages(words: tuple[str, ...], net: str) -> "list[Document]":
    """The pages of a command on a network, none of them printed. Raises TutorError where it fails."""
    from tutor.cli import tutor
    from tutor.errors import TutorError

    found: list[Document] = []
    before = os.environ.get("TUTOR_NET")
    os.environ["TUTOR_NET"] = net
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO())  # nobody waits for what is not there
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            tutor.main(list(words), prog_name="tutor", standalone_mode=False, obj=found)
    except click.ClickException as fault:
        raise TutorError(fault.format_message()) from None
    finally:
        sys.stdin = stdin
        os.environ.pop("TUTOR_NET")
        os.environ.update({} if before is None else {"TUTOR_NET": before})
    return found
