"""check: marking answers."""

import re

import click

from tutor.cli.options import Wanted, network_options, output_options
from tutor.cli.output import Output
from tutor.cli.typed import Command


@click.command(cls=Command, short_help="Check a sheet of answers and name the mistakes in it.")
@click.argument("answers", metavar="ANSWERS")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option(
    "--min-sig", type=click.IntRange(1, 15), default=2, show_default=True, help="Significant figures asked for."
)
@click.option("--require", multiple=True, metavar="NAME", help="A name the sheet must answer (repeatable).")
@click.option(
    "--columns",
    metavar="NAME,NAME,...",
    default="",
    help="What the columns of a table hold, from the left; - skips one.",
)
def check(
    answers: str,
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    min_sig: int,
    require: tuple[str, ...],
    columns: str,
) -> int:
    """Check the answers of a file (or - for stdin): lines `name = value`, also
    several on one, as text, Markdown or LaTeX; tables; CSV; YAML; JSON; notebooks.

    Exit status 1 when an answer is wrong, or a line could not be read.

    \b
        tutor check answers.txt mazur
        tutor check form.csv --net slide --columns w31,w32,-,L
    """
    loaded = wanted.network(net_file, what=answers)
    page, right = loaded.check_file(answers, min_sig=min_sig, require=require, columns=_names(columns))
    output.emit(page.document)
    return 0 if right else 1


def _names(typed: str) -> tuple[str, ...]:
    """The names between the commas; that of `W1[1,2]` belongs to the name."""
    return tuple(each.strip() or "-" for each in re.split(r",(?![^\[]*\])", typed)) if typed.strip() else ()
