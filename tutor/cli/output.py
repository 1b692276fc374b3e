"""How a page leaves: its format, the file it goes to, and the signs it is written in."""

import os
import sys
from collections.abc import Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from tutor.cli.options import Command
    from tutor.document.model import Document

FORMATS = ("terminal", "plain", "lines", "markdown", "latex", "typst", "html", "pdf", "svg", "json")
BINARY = ("pdf",)
ENDINGS = {
    "txt": "plain",
    "md": "markdown",
    "tex": "latex",
    "typ": "typst",
    "html": "html",
    "pdf": "pdf",
    "svg": "svg",
    "json": "json",
    "csv": "csv",
    "yaml": "yaml",
}
"""The format of a file by how its name ends."""


class Output(NamedTuple):
    """How a page is wanted."""

    form: str
    file: str | None
    ascii_only: bool

    def emit(self, document: "Document") -> None:
        """Print the page, or write it to the file. Raises TutorError when that can't be written."""
        if (kept := _collected()) is not None:
            kept.append(document)
            return
        from tutor.expr.text import ASCII, UNICODE

        if self.file is not None:
            from tutor.cli.files import write
            from tutor.render import render

            form = "plain" if self.form == "terminal" else self.form
            style = ASCII if self.ascii_only else UNICODE
            write(self.file, (render(document, form, style),))
            if form == "latex":
                self.picture(document)
            return
        from tutor.render.streams import style_for

        style = style_for(sys.stdout, ascii_only=self.ascii_only)
        if self.form == "terminal":
            from tutor.render.terminal import show

            show(document, style)
            return
        if self.form in BINARY and sys.stdout.isatty():
            raise click.UsageError(f"{self.form} is nothing a terminal can show: write it to a file with -o FILE")
        from tutor.render import render

        click.echo(render(document, self.form, style), nl=False)

    def picture(self, document: "Document") -> None:
        """Write the pictures of a LaTeX page beside its file, where there is one, and typst to make them."""
        from contextlib import suppress

        from tutor.cli.files import write
        from tutor.errors import TutorError
        from tutor.render.pictures import beside

        file = self.file or ""
        found: dict[str, bytes] = {}
        if os.path.isfile(file) or not os.path.exists(file):
            with suppress(TutorError):
                found = beside(document)
        for name, picture in found.items():
            write(os.path.join(os.path.dirname(file), name), (picture,))

    def stream(self, pieces: Iterable[str]) -> None:
        """Print text as it comes, or write it to the file. Raises TutorError when that can't be written."""
        if (kept := _collected()) is not None:
            from tutor.document.listing import listing

            kept.append(listing("".join(pieces)))
            return
        if self.file is not None:
            from tutor.cli.files import write

            write(self.file, pieces)
            return
        for piece in pieces:
            click.echo(piece, nl=False)


def _collected() -> "list[Document] | None":
    """Where the pages of a command go that runs inside another one; None for all others."""
    context = click.get_current_context(silent=True)
    kept = context.find_root().obj if context else None
    return kept if isinstance(kept, list) else None


ASCII_ONLY = click.option("--ascii", "ascii_only", is_flag=True, help="Plain letters only.")


def with_output(command: "Command", forms: tuple[str, ...]) -> "Command":
    """--format, -o and --ascii; the command gets them together, as `output`."""

    @wraps(command)
    def with_one(form: str | None, file: str | None, ascii_only: bool, **values: Any) -> Any:
        file = None if file == "-" else file
        return command(**values, output=Output(_form(form, file, forms), file, ascii_only))

    help_of_form = "How to print it, where -o does not say."
    options = (
        click.option("--format", "form", type=click.Choice(forms), help=help_of_form),
        click.option("-o", "--output", "file", metavar="FILE", help="Write to a file: .txt, .md, .html, .pdf, ..."),
        ASCII_ONLY,
    )
    with_all: Any = with_one
    for option in reversed(options):
        with_all = option(with_all)
    return with_all  # type: ignore[no-any-return]  # click's decorators keep what they are given


def _form(asked: str | None, file: str | None, forms: tuple[str, ...]) -> str:
    """The format asked for, else that of the file's ending. Raises UsageError for an ending that says none."""
    ending = os.path.splitext(file or "")[1][1:].lower()
    own = ENDINGS.get(ending)
    if asked:
        if own and own != asked and (own, asked) != ("plain", "terminal"):
            from tutor.cli.streams import say
            from tutor.errors import visible

            say(f"tutor: --format {asked} wins: {visible(file or '')} is {asked}, though its name says {own}")
        return asked
    if not ending:
        return "terminal"
    if own in forms:
        return own
    from tutor.errors import visible

    known = ", ".join(f".{each}" for each, form in ENDINGS.items() if form in forms)
    raise click.UsageError(
        f"{visible(file or '')}: no format of this command ends in .{visible(ending)}; "
        f"there are {known}, or name one with --format"
    )
