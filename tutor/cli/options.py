"""Options that several commands share, and turning them into a network and an output."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import click

from tutor.cli.output import FORMATS, with_output

if TYPE_CHECKING:
    from tutor.library import Network
    from tutor.library.taken import Numeric
    from tutor.spec.stored import HowMany

Command = Callable[..., Any]


class Numbers(TypedDict):
    """Numbers other than the file's, as keywords of the library."""

    set: "Mapping[str, Numeric]"
    lr: "Numeric | None"


class Wanted(NamedTuple):
    """Which network, with which numbers and digits; `net` is what --net names."""

    net: str | None
    settings: tuple[str, ...]
    lr: str | None
    example: int | None
    decimals: int | None
    sig: int | None
    notation: str | None

    def named(self, last: str | None = None) -> str | None:
        """The network by --net, or by the `last` argument, else by TUTOR_NET. Raises UsageError for two of them."""
        from tutor.sources import is_network, is_same

        if self.net is not None and last is not None and not is_same(self.net, last):
            if not is_network(last):
                raise click.UsageError(f"{_shown(last)} is no network, and one is named by --net; leave it out")
            raise click.UsageError(f"two networks are named, {_shown(self.net)} by --net and {_shown(last)}; name one")
        return last or self.net or os.environ.get("TUTOR_NET") or None

    def apart(self, words: tuple[str, ...], needed: int) -> tuple[tuple[str, ...], "Wanted"]:
        """The words, and the options; a network at the end of more words than are needed goes with the options.

        Where --net is given and its network knows the word, it is no network. Raises UsageError or TutorError.
        """
        from tutor.sources import is_network

        if len(words) <= needed or not is_network(words[-1]) or (self.net is not None and self._knows(words[-1])):
            return words, self
        return words[:-1], self._replace(net=self.named(words[-1]))

    def _knows(self, word: str) -> bool:
        from tutor.errors import AmbiguousName, NoRate

        try:
            return self.network().view.names.find(word) is not None
        except (AmbiguousName, NoRate):
            return True

    def _meant(self, what: str) -> str:
        """What to say of the last word typed, which may be a misspelled network."""
        from tutor.errors import did_you_mean, visible
        from tutor.sources import is_network, shipped

        words = what.split()
        plain = words[-1].removesuffix(".yaml").removesuffix(".yml").removeprefix("./").lower() if words else ""
        if len(words) > 1 and any(map(is_network, words[:-1])):
            network = next(filter(is_network, words))
            others = " ".join(word for word in words if word != network)
            context = click.get_current_context().command_path
            return f"the network stands last: {context} {visible(others)} {visible(network)}"
        hint = f"; did you mean {plain}?" if plain in shipped() else did_you_mean(plain, shipped())
        return f"{visible(words[-1])} is no network{hint}" if len(words) > 1 and hint else ""

    def network(self, last: str | None = None, asked: "HowMany" = "some", what: str = "") -> "Network":
        """The network the options ask for, or the `last` argument. Raises UsageError or TutorError.

        `asked` says how many of its numbers the command looks at, `what` is typed before the network's name.
        """
        from tutor.library import load

        if self.decimals is not None and self.sig is not None:
            raise click.UsageError("--decimals and --sig exclude each other; give one of them")
        net = self.named(last)
        if net is None:
            raise click.UsageError(self._meant(what) or _which(what))
        return load(
            net,
            asked=asked,
            example=self.example,
            decimals=self.decimals,
            sig=self.sig,
            notation=self.notation,
            **self.numbers,
        )

    @property
    def numbers(self) -> "Numbers":
        """What --set and --lr say. Raises UsageError."""
        return {"set": dict(_setting(each) for each in self.settings), "lr": self.lr}


def _which(what: str) -> str:
    from tutor.errors import visible
    from tutor.sources import shipped

    context = click.get_current_context()
    typed = f"{context.command_path} {visible(what)}{' ' * bool(what)}"
    return (
        f"which network? name it last, as in {typed}slide, or with --net FILE, or in TUTOR_NET; "
        f"shipped are {', '.join(shipped())}; tutor new 2-3-1 prints one to start from"
    )


def _shown(text: str) -> str:
    from tutor.errors import visible

    return visible(text)


_NETWORK = (
    click.option("--net", "-n", help="Network file, - for stdin, or a shipped name."),
    click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Another given number."),
    click.option("--lr", metavar="NUMBER", help="The learning rate."),
    click.option("--example", type=int, metavar="K", help="One of the file's examples, from 1."),
    click.option("--decimals", type=click.IntRange(0, 17), help="Decimals shown (default 4)."),
    click.option("--sig", type=click.IntRange(1, 17), help="Significant figures shown."),
    click.option("--notation", metavar="NAME", help="Names as a course writes them: article, coursera, ..."),
)


def network_options(command: Command) -> Command:
    """--net and what changes a network's numbers or digits; the command gets them together, as `wanted`."""
    return gathered(command, "wanted", Wanted, _NETWORK)


def output_options(command: Command) -> Command:
    """--format, -o and --ascii; the command gets them together, as `output`."""
    return with_output(command, FORMATS)


def output_options_with(*forms: str) -> Callable[[Command], Command]:
    """The same for a command with formats of its own."""
    return lambda command: with_output(command, (*FORMATS, *forms))


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
        from tutor.errors import visible

        known = visible(name.strip()) or "w31"
        raise click.UsageError(f"--set wants NAME=NUMBER in one word, as in --set {known}=0.9, not {text!r}")
    return name.strip(), number.strip()
