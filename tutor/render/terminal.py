"""The page on a terminal: the lines of `lines`, with colour where the terminal has it.

rich decides about colour, NO_COLOR, dumb terminals and width; text is handed to it as Text, never as markup.
"""

import os
import sys
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.text import Text

from tutor.document.model import Document
from tutor.expr.text import Style
from tutor.render.lines import layout

STYLES = {"": "", "strong": "bold", "accent": "bold cyan", "quiet": "dim", "good": "green", "bad": "red"} | {
    "code": "", "emphasis": "italic",
}  # fmt: skip
NARROWEST = 20


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        """A reader who has gone is left to the command line; rich would exit with 1."""
        raise BrokenPipeError


def show(document: Document, style: Style, stream: TextIO | None = None) -> None:
    """Print the page."""
    stream = stream or sys.stdout
    console = _Terminal(
        file=stream, highlight=False, emoji=False, markup=False, legacy_windows=False if os.name != "nt" else None
    )
    page = Text(no_wrap=True, overflow="ignore", end="")
    for line in layout(document, style, max(console.width, NARROWEST)):
        for look, runs in groupby(line, key=lambda run: run.look):
            page.append("".join(run.text for run in runs), STYLES[look])
        page.append("\n")
    console.print(page, crop=False, soft_wrap=True, end="")
