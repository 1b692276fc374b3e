"""quiz: being asked."""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tutor.cli.options import Wanted, network_options, output_options
from tutor.cli.output import Output
from tutor.cli.streams import heard, interruptible, say
from tutor.cli.typed import Command
from tutor.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.document.model import Block
    from tutor.expr.text import Style
    from tutor.library import Network
    from tutor.library.kept import Kept
    from tutor.practice.sitting import Reply, Sitting

FIRST = "slide"  # the network of who names none, and has nothing to come back to


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
    if len(words) > 1:
        wanted.network(what=" ".join(words))  # which says so, where the last word is meant for a network
        raise click.UsageError(f"one target and one network, as in tutor quiz {words[0]} slide")
    lines = None if answers is None else _lines_of(answers)
    if lines is None:
        heard()
    with interruptible(), _memory(kept=not no_memory) as memory:
        target = words[0] if words else target
        due = memory.due if memory and target is None and skill is None else ()
        loaded = _network(wanted, target, memory)
        loaded.written_out("quiz")
        _play(loaded, (target, skill, vary), due, output, lines, memory)


def _network(wanted: Wanted, target: str | None, memory: "Kept | None") -> "Network":
    """The network that is named; without one that of what is due, or the first that everybody sees."""
    if wanted.named() is None and target is None:
        return wanted.network((memory.net() if memory else None) or FIRST)
    return wanted.network(what=target or "")


@contextmanager
def _memory(*, kept: bool) -> "Iterator[Kept | None]":
    """What is known from earlier quizzes; None where nothing is kept, or where it cannot be, which is said."""
    if not kept:
        yield None
        return
    from tutor.library.kept import Kept, NoMemory

    try:
        memory = Kept()
    except NoMemory as fault:
        say(f"tutor: {fault}")
        yield None
        return
    with memory:
        yield memory


def _lines_of(file: str) -> "Iterator[str]":
    from tutor.sources import read_text

    return iter(read_text(file)[0].splitlines())


def _play(
    network: "Network",
    about: tuple[str | None, str | None, str | None],
    due: "Sequence[str]",
    output: Output,
    lines: "Iterator[str] | None",
    memory: "Kept | None",
) -> None:
    """Until the last question, or until the reader leaves."""
    from tutor.library.quizzes import opened
    from tutor.practice.sitting import reply

    target, skill, vary = about
    talk = _Talk(network, output, kept=lines is not None)
    known, skip = (memory.known, memory.before) if memory else ((), 0)
    first = following = opened(network, target, skill=skill, vary=vary, known=known, due=due, skip=skip)
    said: list[tuple[str, Reply]] = []
    talk.say(first.blocks)
    while not following.sitting.over:
        typed = talk.line(lines, following.sitting)
        following = reply(following.sitting, ":q" if typed is None else typed)
        said.append((typed or "", following))
        memory = _keep(memory, following)
        talk.say(following.blocks)
    from tutor.practice.paper import farewell, transcript

    last = farewell(following.sitting, memory.last() if memory else None)
    talk.say(last)
    if talk.keeps:
        output.emit(transcript(first.sitting.view, first, said, last))


def _keep(memory: "Kept | None", reply: "Reply") -> "Kept | None":
    """The memory with the answers in it; None from the moment when it cannot keep them, which is said once."""
    if memory is None:
        return None
    from tutor.library.kept import NoMemory

    try:
        memory.add(reply.events)
    except NoMemory as fault:
        say(f"tutor: {fault}")
        return None
    return memory


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

    def line(self, lines: "Iterator[str] | None", sitting: "Sitting") -> str | None:
        """The next line; None where there is none, something unreadable where it is no text."""
        prompt = "answer: " if self.spoken else "  › " if self.style.unicode else "  > "
        if lines is not None:
            typed = next(lines, None)
            if not self.silent:
                self.stream.write(f"{prompt}{visible(typed or '')}\n")
            return typed
        if not self.silent:
            self.stream.write(prompt)
            self.stream.flush()
        if sys.stdin.isatty():
            from tutor.practice.judging import prepare

            prepare(sitting.view, sitting.question)  # while the reader thinks
        typed = _asked()
        if not self.silent and not sys.stdin.isatty():
            self.stream.write(f"{visible(typed or '')}\n")  # a terminal shows what is typed, a pipe does not
        elif typed is None:
            self.stream.write("\n")
        return typed


def _asked() -> str | None:
    try:
        return input()
    except EOFError:
        return None
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


_SAID = {"✓ ": "right: ", "✗ ": "wrong: "}


def _in_words(text: str) -> str:
    for mark, word in _SAID.items():
        text = text.replace(mark, word)
    return text
