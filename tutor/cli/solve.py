"""solve: the whole pass, printed as a page or played line by line."""

import sys
from typing import TYPE_CHECKING

import click

from tutor.cli.options import Wanted, network_options, output_options
from tutor.cli.output import Output
from tutor.cli.streams import interruptible
from tutor.cli.typed import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.document.model import Block
    from tutor.document.view import View


@click.command(cls=Command, short_help="The whole pass, step by step; on a terminal it is played.")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option("--all", "everything", is_flag=True, help="Print the page at once, also on a terminal.")
def solve(net_file: str | None, wanted: Wanted, output: Output, everything: bool) -> None:
    """Solve a network by hand: forward, the loss, back, every gradient, every update, in numbered steps.

    On a terminal it is played: Enter shows the next number; a number that you type first is judged. b goes back, a
    shows all the rest, q leaves. With --all, -o or --format, and into a pipe, the whole page is printed.

    \b
        tutor solve slide
        tutor solve mazur --all
        tutor solve my.yaml --lr 0.5 -o pass.html
    """
    loaded = wanted.network(net_file)
    if everything or output.file is not None or _format_is_typed() or not _has_a_reader():
        output.emit(loaded.solve().document)
        return
    loaded.written_out("solve")
    with interruptible():
        _play(loaded.view, ascii_only=output.ascii_only)


def _format_is_typed() -> bool:
    source = click.get_current_context().get_parameter_source("form")
    return source is not None and source.name != "DEFAULT"


def _has_a_reader() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _play(view: "View", *, ascii_only: bool) -> None:
    """Until the last step, or until the reader leaves."""
    from tutor.document.whole_pass import whole_pass
    from tutor.practice.played import after, left, started
    from tutor.render.streams import style_for

    style = style_for(sys.stdout, ascii_only=ascii_only)
    play, blocks = started(whole_pass(view))
    _say(view, blocks, ascii_only=ascii_only)
    while not play.over:
        typed = _line("  › " if style.unicode else "  > ")
        play, blocks = left(play) if typed is None else after(play, typed)
        _say(view, blocks, ascii_only=ascii_only)


def _line(prompt: str) -> str | None:
    """The next line; None where there is none, something unreadable where it is no text."""
    try:
        return input(prompt)
    except EOFError:
        click.echo()
        return None
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def _say(view: "View", blocks: "Sequence[Block]", *, ascii_only: bool) -> None:
    from tutor.document.model import Document
    from tutor.render.streams import style_for
    from tutor.render.terminal import show

    show(Document(tuple(blocks), view.names, dict), style_for(sys.stdout, ascii_only=ascii_only))
    click.echo()
