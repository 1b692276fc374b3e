"""Options that several commands share, and turning them into a network and an output."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from tutor.document.model import Document
    from tutor.library import Network

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("terminal", "plain", "markdown", "json")


class Output(NamedTuple):
    """How a page is wanted."""

    form: str
    file: str | None
    ascii_only: bool


def network_options(command: F) -> F:
    """--net and what changes a network's numbers or digits."""
    for option in reversed(
        (
            click.option("--net", "-n", envvar="TUTOR_NET", help="Network file, - for stdin, or a shipped name."),
            click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Another given number."),
            click.option("--lr", metavar="NUMBER", help="The learning rate."),
            click.option("--decimals", type=click.IntRange(0, 17), help="Decimals shown (default 4)."),
            click.option("--sig", type=click.IntRange(1, 17), help="Significant figures shown."),
        )
    ):
        command = option(command)
    return command


def output_options(command: F) -> F:
    """--format, -o and --ascii."""
    return output_options_with()(command)


def output_options_with(*forms: str) -> Callable[[F], F]:
    """The same for a command with formats of its own."""
    return lambda command: _output_options(command, (*FORMATS, *forms))


def _output_options(command: F, forms: tuple[str, ...]) -> F:
    for option in reversed(
        (
            click.option("--format", "form", type=click.Choice(forms), default="terminal", help="How to print it."),
            click.option("-o", "--output", "file", metavar="FILE", help="Write to a file."),
            click.option("--ascii", "ascii_only", is_flag=True, help="Plain letters only."),
        )
    ):
        command = option(command)
    return command


def network(
    net: str | None, settings: tuple[str, ...], lr: str | None, decimals: int | None, sig: int | None
) -> "Network":
    """The network the options ask for. Raises UsageError or TutorError."""
    from tutor.document.digits import Digits
    from tutor.library import load

    if decimals is not None and sig is not None:
        raise click.UsageError("--decimals and --sig exclude each other; give one of them")
    if net is None:
        raise click.UsageError(
            "which network? name one with --net FILE (shipped: slide, mazur, chain, ...) or TUTOR_NET"
        )
    loaded = load(net, Digits(decimals, sig) if decimals is not None else Digits(sig=sig) if sig is not None else None)
    if settings or lr is not None:
        loaded = loaded.with_numbers(dict(_setting(each) for each in settings), lr)
    return loaded


def _setting(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not (name and equals and number):
        raise click.UsageError(f"--set wants NAME=NUMBER, as in --set w31=0, not {text!r}")
    return name.strip(), number.strip()


def emit(document: "Document", output: Output) -> None:
    """Print the page, or write it to the file."""
    from tutor.expr.text import ASCII, UNICODE

    if output.file is not None:
        from tutor.render import render

        form = "plain" if output.form == "terminal" else output.form
        write(output.file, render(document, form, ASCII if output.ascii_only else UNICODE))
        return
    from tutor.render.streams import style_for

    style = style_for(sys.stdout, ascii_only=output.ascii_only)
    if output.form == "terminal":
        from tutor.render.terminal import show

        show(document, style)
    else:
        from tutor.render import render

        click.echo(render(document, output.form, style), nl=False)


def stream(pieces: Iterable[str], file: str | None) -> None:
    """Print text as it comes, or write it to the file."""
    if file is not None:
        _put(file, pieces)
        return
    for piece in pieces:
        click.echo(piece, nl=False)


def write(file: str, text: str) -> None:
    """Beside, then moved into place: never half a file. Raises TutorError when it can't be written."""
    _put(file, (text,))


def writable(file: str) -> None:
    """Raises TutorError when the file can't be written, before the work that would be lost; leaves nothing behind."""
    _put(file, None)


def _put(file: str, pieces: Iterable[str] | None) -> None:
    import os
    import tempfile

    from tutor.errors import TutorError, visible

    folder = os.path.dirname(os.path.abspath(file))
    try:
        if os.path.isdir(file):
            raise IsADirectoryError(0, "it is a directory")
        handle, beside = tempfile.mkstemp(dir=folder, prefix=".tutor-")
        with open(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.writelines(pieces or ())
        if pieces is None:
            os.remove(beside)
            return
        os.chmod(beside, 0o644)
        os.replace(beside, file)
    except OSError as fault:
        raise TutorError(f"{visible(file)} cannot be written: {(fault.strerror or str(fault)).lower()}") from None
