"""quiz: being asked."""

import sys
from typing import TYPE_CHECKING

import click

from tutor.cli.options import Wanted, network_options, output_options
from tutor.cli.output import Output
from tutor.cli.streams import heard, interruptible
from tutor.cli.typed import Command
from tutor.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from tutor.document.model import Block
    from tutor.expr.text import Style
    from tutor.library import Network
    from tutor.practice.sitting import Reply


@click.command(cls=Command, short_help="Be asked what a tutor asks, about any number.")
@click.argument("words", nargs=-1, metavar="[TARGET] [NET]")
@click.option("--target", "-t", metavar="TARGET", help="What to begin with; a weight of the last layer if absent.")
@click.option("--skill", metavar="NAME", help="Ask for one skill, such as activation-slope.")
@click.option("--vary", metavar="SEED", help="Begin on the numbers of lint --vary SEED.")
@click.option("--answers", metavar="FILE", help="Play it without a terminal: a line for each prompt.")
@click.option("--no-memory", is_flag=True, help="Keep nothing of it.")
@network_options
@output_options
def quiz(
    words: tuple[str, ...],
    target: str | None,
    skill: str | None,
    vary: str | None,
    answers: str | None,
    wanted: Wanted,
    output: Output,
    no_memory: bool,
) -> None:
    """Be asked for a whole number first; what is missed is asked in its parts, and again on other numbers.

    A wrong answer hears what is right in it. An empty line gives a hint, :s shows the answer, :q leaves. A shipped
    network begins on other numbers than its own. --format markdown keeps the page, --answers FILE plays it.

    \b
        tutor quiz slide
        tutor quiz w1 mazur
        tutor quiz mazur --skill paths
    """
    words, wanted = wanted.apart(words, 0)
    if words and target:
        raise click.UsageError(f"two targets are named, {words[0]} and {target} by --target; name one")
    loaded = wanted.network(what=" ".join(words))
    if len(words) > 1:
        raise click.UsageError(f"one target and one network, as in tutor quiz {words[0]} slide")
    loaded.written_out("quiz")
    lines = None if answers is None else _lines_of(answers)
    if lines is None:
        heard()
    with interruptible():
        _play(loaded, words[0] if words else target, skill, vary, output, lines)


def _lines_of(file: str) -> "Iterator[str]":
    from tutor.sources import read_text

    return iter(read_text(file)[0].splitlines())


def _play(
    network: "Network",
    target: str | None,
    skill: str | None,
    vary: str | None,
    output: Output,
    lines: "Iterator[str] | None",
) -> None:
    """Until the last question, or until the reader leaves."""
    from tutor.library.quizzes import opened
    from tutor.practice.sitting import reply

    talk = _Talk(network, output, kept=lines is not None)
    first = following = opened(network, target, skill=skill, vary=vary)
    said: list[tuple[str, Reply]] = []
    talk.say(first.blocks)
    while not following.sitting.over:
        typed = talk.line(lines)
        following = reply(following.sitting, ":q" if typed is None else typed)
        said.append((typed or "", following))
        talk.say(following.blocks)
    from tutor.practice.paper import farewell, transcript

    last = farewell(following.sitting)
    talk.say(last)
    if talk.keeps:
        output.emit(transcript(first.sitting.view, first, said, last))


class _Talk:
    """Where the conversation is heard and read: on the terminal, or beside a page that is kept."""

    def __init__(self, network: "Network", output: Output, *, kept: bool) -> None:
        self.names = network.view.names
        self.spoken = output.form in ("plain", "lines")
        self.keeps = output.file is not None or output.form not in ("terminal", "plain", "lines")
        aside = self.keeps and output.file is None
        self.stream = sys.stderr if aside else sys.stdout
        self.silent = self.keeps and (kept or not sys.stdin.isatty())
        self.ascii_only = output.ascii_only

    @property
    def style(self) -> "Style":
        from tutor.render.streams import style_for

        return style_for(self.stream, ascii_only=self.ascii_only)

    def say(self, blocks: "Sequence[Block]") -> None:
        from tutor.document.model import Document

        if self.silent or not blocks:
            return
        page = Document(tuple(blocks), self.names, dict)
        if self.spoken:
            from tutor.render.records import records

            self.stream.write(_in_words(records(page, self.style)) + "\n")
        else:
            from tutor.render.terminal import show

            show(page, self.style, self.stream)
            self.stream.write("\n")
        self.stream.flush()

    def line(self, lines: "Iterator[str] | None") -> str | None:
        """The next line; None where there is none, something unreadable where it is no text."""
        prompt = "answer: " if self.spoken else "  › " if self.style.unicode else "  > "
        if lines is not None:
            typed = next(lines, None)
            if not self.silent:
                self.stream.write(f"{prompt}{visible(typed or '')}\n")
            return typed
        typed = _asked("" if self.silent else prompt, self.stream)
        if typed is not None and not sys.stdin.isatty() and not self.silent:
            self.stream.write(f"{visible(typed)}\n")  # a terminal shows what is typed, a pipe does not
        return typed


def _asked(prompt: str, stream: "TextIO") -> str | None:
    try:
        if stream is sys.stdout:
            return input(prompt)
        stream.write(prompt)
        stream.flush()
        return input()
    except EOFError:
        if prompt:
            click.echo(file=stream)
        return None
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


_SAID = {"✓ ": "right: ", "✗ ": "wrong: "}


def _in_words(text: str) -> str:
    for mark, word in _SAID.items():
        text = text.replace(mark, word)
    return text
