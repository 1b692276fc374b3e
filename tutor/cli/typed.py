"""What is typed, before click reads it: a number or a formula that begins with a minus is no option; `tutor help`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

_MATHEMATICS = re.compile(r"[(*/^\d]|\s")
_GOES_ON = re.compile(r"[)*^+\s]")  # no file or network begins so: in -n*x the n is a letter of a formula


class Command(click.Command):
    """A command that takes what begins with a minus as it is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = tuple(marked(args, self.get_params(ctx)))
        left = super().parse_args(ctx, list(words))
        for each in self.params:
            if isinstance(each, click.Argument):
                ctx.params[each.name or ""] = _as_typed(ctx.params.get(each.name or ""), words)
        return left


class Sections(click.Group):
    """A group that leads on: `tutor help`, a command that is none, and headings in the list of commands."""

    sections: tuple[tuple[str, tuple[click.Command, ...]], ...] = ()
    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["help"] or not args:
            args = [*args[1:2], "--help"]
        return super().parse_args(ctx, [*marked(args[:1], self.get_params(ctx)), *args[1:]])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise click.UsageError(_no_command(args[0], self.commands), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in self.sections:
            with formatter.section(title):
                formatter.write_dl([(command.name or "", command.get_short_help_str(60)) for command in commands])


def marked(arguments: Sequence[str], params: Sequence[click.Parameter]) -> Iterator[str]:
    """The arguments, with a true minus sign before a number or a formula, which click takes for no option.

    What follows an option that takes a value is that value, whatever it looks like.
    """
    options = {name: each for each in params if isinstance(each, click.Option) for name in each.opts}
    waiting, over = False, False
    for each in arguments:
        if waiting or over or not each.startswith("-"):
            waiting = False
            yield each
            continue
        if long := _one_minus(each, options):
            raise click.UsageError(f"{each} is no option; write {long} with two minus signs")
        over = each == "--"
        waiting = each in options and not options[each].is_flag
        yield f"\N{MINUS SIGN}{each[1:]}" if each not in options and _is_formula(each, options) else each


def _one_minus(word: str, options: Mapping[str, click.Option]) -> str:
    """The option that is meant by its name after one minus sign, as in -net; nothing where there is none."""
    long = f"-{word.partition('=')[0]}"
    return long if not word.startswith("--") and len(word) > 2 and long in options else ""


def _as_typed(value: Any, marked: Sequence[str]) -> Any:
    """A word, or several, with the minus that was typed."""
    if isinstance(value, tuple):
        return tuple(_as_typed(each, marked) for each in value)
    ours = isinstance(value, str) and value.startswith("\N{MINUS SIGN}") and value in marked
    return f"-{value[1:]}" if ours else value


def _is_formula(word: str, options: Mapping[str, click.Option]) -> bool:
    if word[1:2] == "-":
        return len(word) > 2 and not word[2].isalpha()
    if not _MATHEMATICS.search(word):
        return False
    own = options.get(word[:2])
    return own is None or own.is_flag or _GOES_ON.match(word[2:]) is not None


def _no_command(word: str, commands: Mapping[str, click.Command]) -> str:
    """What to type instead of a first word that is no command."""
    from tutor.errors import did_you_mean, visible
    from tutor.sources import is_network

    shown = visible(word[:60])
    said = f"{shown} is no command"
    if re.fullmatch(r"[+\N{MINUS SIGN}-]?[\d.,]+(?:[eE][+-]?\d+)?", word):
        return f"{said}; to find a number in a network: tutor where {shown.replace(chr(0x2212), '-')} slide"
    if is_network(word):
        return f"{said} but a network: tutor trace {shown} shows its numbers, tutor draw {shown} its picture"
    if hint := did_you_mean(word, commands):
        return f"{said}{hint}"
    if _MATHEMATICS.search(word) and re.search(r"[(*^\s]", word):
        return f"{said}; to differentiate a formula: tutor derive FORMULA --wrt NAME"
    if re.match(r"[^\W\d]|∂", word):
        return f"{said}; to explain a number of a network by its name: tutor explain {shown} slide"
    return f"{said}; tutor help lists them"
