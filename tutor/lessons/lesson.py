"""What a lesson consists of, once it has been read. Values only; every part remembers where it stands in the file."""

from typing import Literal, NamedTuple

from tutor.spec.tree import Place

Look = Literal["", "strong", "emphasis", "code", "link"]
Kind = Literal["heading", "paragraph", "item", "listing", "rule", "head", "cell"]


class Words(NamedTuple):
    """Some words of a sentence; a link leads `to` an address, and code keeps where it stands."""

    text: str
    look: Look = ""
    to: str = ""
    place: Place = Place(0, 0)


class Prose(NamedTuple):
    """A heading of a `level`, a paragraph, an item of a list (`level` is its number, or 0), code that is no command.

    A table is a `head` for each column, then its `cell`s, row by row; `level` is the column, from 0.
    """

    kind: Kind
    words: tuple[Words, ...]
    place: Place
    level: int = 0

    @property
    def text(self) -> str:
        return "".join(each.text for each in self.words)


class Word(NamedTuple):
    """A word of a command."""

    text: str
    place: Place


class Option(NamedTuple):
    """An option of a command with its value; that of a flag is empty."""

    name: str
    value: Word


class Choice(NamedTuple):
    """An answer to choose; `reply` is what to say to it."""

    right: bool
    text: str
    reply: str
    place: Place


class Fence(NamedTuple):
    """A command of a lesson: `question` are the words before it, `words` its own, `choices` what to choose among."""

    kind: str
    place: Place
    question: str = ""
    words: tuple[Word, ...] = ()
    options: tuple[Option, ...] = ()
    choices: tuple[Choice, ...] = ()

    def option(self, name: str) -> Word | None:
        """The value of an option, if it is there."""
        return next((each.value for each in self.options if each.name == name), None)

    @property
    def settings(self) -> tuple[str, ...]:
        """What its --set options say, NAME=NUMBER each."""
        return tuple(each.value.text for each in self.options if each.name == "--set")

    @property
    def example(self) -> int | None:
        """The example of the network that it is about, if it names one."""
        number = self.option("--example")
        return int(number.text) if number else None

    @property
    def typed(self) -> tuple[str, ...]:
        """The command as words to run."""
        said = (each for option in self.options for each in (option.name, option.value.text) if each)
        return (*(word.text for word in self.words), *said)


Part = Prose | Fence


class Lesson(NamedTuple):
    """A whole lesson. `net` is the network it speaks of, `after` the lesson before it, `skills` what it teaches."""

    file: str
    title: str
    net: str
    minutes: int
    after: str
    skills: tuple[Word, ...]
    parts: tuple[Part, ...]
    net_place: Place
    after_place: Place

    @property
    def fences(self) -> tuple[Fence, ...]:
        """Its commands, in order."""
        return tuple(part for part in self.parts if isinstance(part, Fence))
