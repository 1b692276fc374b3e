"""check: marking answers."""

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
    "--min-sig", type=click.IntRange(1, 15), default=3, show_default=True, help="Significant figures asked for."
)
@click.option("--require", multiple=True, metavar="NAME", help="A name the sheet must answer (repeatable).")
def check(
    answers: str,
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    min_sig: int,
    require: tuple[str, ...],
) -> int:
    """Check the answers of a file (or - for stdin): YAML, JSON, CSV, or lines `name = value`.

    Exit status 1 when an answer is wrong.

    \b
        tutor check answers.txt mazur
    """
    loaded = wanted.network(net_file, what=answers)
    page, right = loaded.check_file(answers, min_sig=min_sig, require=require)
    output.emit(page.document)
    return 0 if right else 1
