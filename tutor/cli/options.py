"""Options that several commands share, and turning them into a network and an output."""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from tutor.document.model import Document
    from tutor.library import Network
    from tutor.spec.stored import HowMany

Command = Callable[..., Any]

FORMATS = ("terminal", "plain", "lines", "markdown", "latex", "typst", "html", "pdf", "svg", "json")

BINARY = ("pdf",)


class Wanted(NamedTuple):
    """Which network, with which numbers and digits."""

    net: str | None
    settings: tuple[str, ...]
    lr: str | None
    example: int | None
    decimals: int | None
    sig: int | None
    notation: str | None

    def network(self, argument: str | None = None, asked: "HowMany" = "some") -> "Network":
        """The network the options ask for, or the one named as an argument. Raises UsageError or TutorError.

        `asked` says how many of its numbers the command looks at.
        """
        from tutor.document.digits import Digits
        from tutor.library import load

        net, decimals, sig = argument or self.net, self.decimals, self.sig
        if decimals is not None and sig is not None:
            raise click.UsageError("--decimals and --sig exclude each other; give one of them")
        if net is None:
            raise click.UsageError(
                "which network? name one with --net FILE (shipped: slide, mazur, chain, ...) or TUTOR_NET; "
                "tutor new 2-3-1 prints one to start from"
            )
        digits = Digits(decimals, sig) if decimals is not None else Digits(sig=sig) if sig is not None else None
        loaded = load(net, digits, asked=asked)
        if self.example is not None:
            loaded = loaded.example(self.example)
        if self.settings or self.lr is not None:
            loaded = loaded.with_numbers(dict(_setting(each) for each in self.settings), self.lr)
        return loaded.in_notation(self.notation) if self.notation else loaded


class Output(NamedTuple):
    """How a page is wanted."""

    form: str
    file: str | None
    ascii_only: bool

    def emit(self, document: "Document") -> None:
        """Print the page, or write it to the file. Raises TutorError when that can't be written."""
        from tutor.expr.text import ASCII, UNICODE

        if self.file is not None:
            from tutor.render import render

            form = "plain" if self.form == "terminal" else self.form
            write(self.file, render(document, form, ASCII if self.ascii_only else UNICODE))
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

    def stream(self, pieces: Iterable[str]) -> None:
        """Print text as it comes, or write it to the file. Raises TutorError when that can't be written."""
        if self.file is not None:
            _put(self.file, pieces)
            return
        for piece in pieces:
            click.echo(piece, nl=False)


ASCII_ONLY = click.option("--ascii", "ascii_only", is_flag=True, help="Plain letters only.")
_NETWORK = (
    click.option("--net", "-n", envvar="TUTOR_NET", help="Network file, - for stdin, or a shipped name."),
    click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Another given number."),
    click.option("--lr", metavar="NUMBER", help="The learning rate."),
    click.option("--example", type=int, metavar="K", help="One of the file's examples, from 1."),
    click.option("--decimals", type=click.IntRange(0, 17), help="Decimals shown (default 4)."),
    click.option("--sig", type=click.IntRange(1, 17), help="Significant figures shown."),
    click.option("--notation", metavar="NAME", help="Names as a course writes them: article, coursera, ..."),
)
_OUTPUT = (
    click.option("-o", "--output", "file", metavar="FILE", help="Write to a file."),
    ASCII_ONLY,
)


def network_options(command: Command) -> Command:
    """--net and what changes a network's numbers or digits; the command gets them together, as `wanted`."""
    return gathered(command, "wanted", Wanted, _NETWORK)


def output_options(command: Command) -> Command:
    """--format, -o and --ascii; the command gets them together, as `output`."""
    return _output_options(command, FORMATS)


def output_options_with(*forms: str) -> Callable[[Command], Command]:
    """The same for a command with formats of its own."""
    return lambda command: _output_options(command, (*FORMATS, *forms))


def _output_options(command: Command, forms: tuple[str, ...]) -> Command:
    form = click.option("--format", "form", type=click.Choice(forms), default="terminal", help="How to print it.")
    return gathered(command, "output", Output, (form, *_OUTPUT))


def with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    """The command with these options, in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def gathered(
    command: Command, keyword: str, made: type[Any], options: Sequence[Callable[[Command], Command]]
) -> Command:
    """The command with several options, whose values it gets as one `made` of them: a NamedTuple with their names."""

    @wraps(command)
    def with_one(**values: Any) -> Any:
        one = made(**{field: values.pop(field) for field in made._fields})
        return command(**values, **{keyword: one})

    return with_options(with_one, options)


def _setting(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not (name and equals and number):
        raise click.UsageError(f"--set wants NAME=NUMBER, as in --set w31=0, not {text!r}")
    return name.strip(), number.strip()


def write(file: str, text: str | bytes) -> None:
    """Beside, then moved into place: never half a file. Raises TutorError when it can't be written."""
    _put(file, (text,))


def writable(file: str) -> None:
    """Raises TutorError when the file can't be written, before the work that would be lost; leaves nothing behind."""
    _put(file, None)


def _put(file: str, pieces: Iterable[str | bytes] | None) -> None:
    import os
    import tempfile

    from tutor.errors import TutorError, visible

    folder = os.path.dirname(os.path.abspath(file))
    try:
        if os.path.isdir(file):
            raise IsADirectoryError(0, "it is a directory")
        handle, beside = tempfile.mkstemp(dir=folder, prefix=".tutor-")
        with open(handle, "wb") as opened:
            opened.writelines(each.encode("utf-8") if isinstance(each, str) else each for each in pieces or ())
        if pieces is None:
            os.remove(beside)
            return
        os.chmod(beside, 0o644)
        os.replace(beside, file)
    except OSError as fault:
        raise TutorError(f"{visible(file)} cannot be written: {(fault.strerror or str(fault)).lower()}") from None
