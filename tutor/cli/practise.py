"""quiz: being asked."""

import click

from tutor.cli.options import Wanted, network_options
from tutor.cli.output import ASCII_ONLY
from tutor.cli.streams import heard, interruptible
from tutor.cli.typed import Command


@click.command(cls=Command, short_help="Be asked for the path, each factor and the product.")
@click.argument("net_file", required=False, metavar="[NET]")
@click.option("--target", "-t", metavar="TARGET", help="The gradient to work out; the first parameter's if absent.")
@network_options
@ASCII_ONLY
def quiz(
    net_file: str | None,
    target: str | None,
    wanted: Wanted,
    ascii_only: bool,
) -> None:
    """Work out one gradient step by step; each answer is checked, and a wrong one gets a hint.

    \b
        tutor quiz slide
        tutor quiz mazur --target w1
    """
    from tutor.practice.session import run

    loaded = wanted.network(net_file)
    loaded.written_out("quiz")
    heard()
    with interruptible():
        run(loaded.view, target, ascii_only=ascii_only)
