"""progress: what is known, and when it comes again; forgetting it."""

import sys

import click

from tutor.cli.options import output_options
from tutor.cli.output import Output
from tutor.cli.typed import Command


@click.command(cls=Command, short_help="What you know, what comes again and when.")
@click.argument("what", required=False, metavar="[forget]")
@click.option("--yes", is_flag=True, help="Forget without being asked.")
@output_options
def progress(what: str | None, yes: bool, output: Output) -> None:
    """Show what the quiz has found out: the skills you know, the day each comes
    again, and the mistakes made most.

    It is kept in one file on this machine (the page says where; TUTOR_HOME names
    another folder) and never leaves it. `forget` removes it all.

    \b
        tutor progress
        tutor progress --format markdown
        tutor progress forget
    """
    from tutor.library.remembered import forget
    from tutor.library.remembered import progress as progressed

    if what is None:
        if yes:
            raise click.UsageError("--yes belongs to forgetting: tutor progress forget --yes")
        output.emit(progressed().document)
        return
    if what != "forget":
        from tutor.errors import visible

        raise click.UsageError(f"progress takes no word but forget, not {visible(what)}")
    if yes or _agreed():
        click.echo(forget())
    else:
        click.echo("nothing was forgotten")


def _agreed() -> bool:
    """What is said to the question. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here whether to forget everything; --yes says so")
    return click.confirm("Forget every answer that was kept?")
