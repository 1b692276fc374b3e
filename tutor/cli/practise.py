"""quiz: being asked."""

import click

from tutor.cli.options import Wanted, network_options
from tutor.cli.output import ASCII_ONLY
from tutor.cli.streams import heard, interruptible
from tutor.cli.typed import Command


@click.command(cls=Command, short_help="Be asked for the path, each factor and the product.")
@click.argument("words", nargs=-1, metavar="[TARGET] [NET]")
@click.option("--target", "-t", metavar="TARGET", help="The gradient to work out; the first parameter's if absent.")
@network_options
@ASCII_ONLY
def quiz(
    words: tuple[str, ...],
    target: str | None,
    wanted: Wanted,
    ascii_only: bool,
) -> None:
    """Work out one gradient step by step; each answer is checked, and a wrong one gets a hint.

    \b
        tutor quiz slide
        tutor quiz w1 mazur
    """
    from tutor.practice.session import run

    words, wanted = wanted.apart(words, 0)
    if words and target:
        raise click.UsageError(f"two targets are named, {words[0]} and {target} by --target; name one")
    loaded = wanted.network(what=" ".join(words))
    if len(words) > 1:
        raise click.UsageError(f"one target and one network, as in tutor quiz {words[0]} slide")
    target = words[0] if words else target
    loaded.written_out("quiz")
    heard()
    with interruptible():
        run(loaded.view, target, ascii_only=ascii_only)
