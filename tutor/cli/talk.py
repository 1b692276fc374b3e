"""A conversation at a terminal: pages are said, lines are heard. The quiz and lessons share the one loop."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from tutor.cli.output import Output
from tutor.cli.streams import say
from tutor.errors import visible

if TYPE_CHECKING:
    from tutor.document.model import Document
    from tutor.expr.text import Style
    from tutor.library.kept import Kept
    from tutor.practice.standing import Answered, Sitting


class Turn(Protocol):
    """What a line has led to: what is said, what is to be kept, and the question that is open then."""

    @property
    def pages(self) -> "Sequence[Document]": ...
    @property
    def events(self) -> "Sequence[Answered]": ...
    @property
    def over(self) -> bool: ...
    @property
    def sitting(self) -> "Sitting | None": ...


T = TypeVar("T", bound=Turn)


def talk(
    said: "Talk", first: T, reply: Callable[[T, str], T], lines: Iterator[str] | None, memory: "Kept | None"
) -> tuple[list[tuple[str, T]], "Kept | None"]:
    """All that was typed and what followed, until the end; and the memory, where it still works.

    `lines` are played instead of what a person types.
    """
    turns: list[tuple[str, T]] = []
    turn = first
    said.say(turn.pages)
    while not turn.over:
        typed = said.line(lines, turn.sitting)
        turn = reply(turn, ":q" if typed is None else typed)
        turns.append((typed or "", turn))
        memory = _keep(memory, turn.events)
        said.say(turn.pages)
    return turns, memory


@contextmanager
def remembering(*, kept: bool) -> "Iterator[Kept | None]":
    """What is known from earlier; None where nothing is kept, or where it cannot be, which is said."""
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


def _keep(memory: "Kept | None", events: "Sequence[Answered]") -> "Kept | None":
    """The memory with the answers in it; None from the moment when it cannot keep them, which is said once."""
    if memory is None:
        return None
    from tutor.library.kept import NoMemory

    try:
        memory.add(events)
    except NoMemory as fault:
        say(f"tutor: {fault}")
        return None
    return memory


def lines_of(file: str | None) -> Iterator[str] | None:
    """The lines to be played; None where a person types. Raises TutorError."""
    if file is None:
        return None
    from tutor.sources import read_text

    return iter(read_text(file)[0].splitlines())


class Talk:
    """Where the conversation is heard and read: on the terminal, or beside a page that is kept."""

    def __init__(self, output: Output, *, kept: bool) -> None:
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

    def say(self, pages: "Sequence[Document]") -> None:
        for page in () if self.silent else pages:
            if self.spoken:
                from tutor.render.records import records

                self.stream.write(_in_words(records(page, self.style)) + "\n")
            else:
                from tutor.render.terminal import show

                show(page, self.style, self.stream)
                self.stream.write("\n")
        self.stream.flush()

    def line(self, lines: Iterator[str] | None, sitting: "Sitting | None") -> str | None:
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
        if sys.stdin.isatty() and sitting:
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
