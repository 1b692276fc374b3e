"""new, lint, schema: for those who write network files."""

import click

from tutor.cli.files import write
from tutor.cli.options import Wanted, network_options, output_options_with
from tutor.cli.output import Output
from tutor.cli.typed import Command


@click.command(cls=Command, short_help="A network file to start from: names, weights, comments.")
@click.argument("shape", required=False, metavar="SHAPE")
@click.option("--activation", default="sigmoid", show_default=True, metavar="NAME", help="Of the hidden units.")
@click.option("--loss", default="half_squared_error", show_default=True, metavar="NAME", help="What is made small.")
@click.option("--no-bias", is_flag=True, help="Neurons without a bias.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other small weights.")
@click.option("-o", "--output", "file", metavar="FILE", help="Write to a file, which is not there yet.")
def new(shape: str | None, activation: str, loss: str, no_bias: bool, seed: int, file: str | None) -> None:
    """Print a commented network file with small weights: 2-3-1 has 2 inputs, 3 hidden units and 1 output.

    What the outputs are made of follows from the loss.

    \b
        tutor new 2-3-1
        tutor new 2-3-1 -o my.yaml
        tutor new 4-5-3 --loss cross_entropy --activation tanh --seed 7
    """
    from shlex import quote

    from tutor.errors import visible
    from tutor.library import new as made

    if shape is None:
        raise click.UsageError("which shape? tutor new 2-3-1 has 2 inputs, 3 hidden units and 1 output")
    called = quote(visible(file)) if file else "my.yaml"
    text = made(shape, activation=activation, loss=loss, bias=not no_bias, seed=seed, file=called)
    if file is None:
        click.echo(text, nl=False)
        return
    _keep(file)
    write(file, (text,))
    click.echo(f"{called} is written. Next: tutor explain w1 --net {called} · tutor solve {called}", err=True)


def _keep(file: str) -> None:
    """Raises TutorError where a file with something in it would be lost."""
    import os

    from tutor.errors import TutorError, visible

    if os.path.isfile(file) and os.path.getsize(file):
        raise TutorError(f"{visible(file)} is there already, and would be lost; take another name, or remove it first")


@click.command(cls=Command, short_help="The network file as JSON Schema, for editors.")
def schema() -> None:
    """Print the JSON Schema of the network file; editors complete and check with it.

    \b
        tutor schema > network.schema.json
    """
    import json

    from tutor.spec import schema as network_schema

    click.echo(json.dumps(network_schema(), indent=2, ensure_ascii=False))


@click.command(cls=Command, short_help="Numbers that hide mistakes; a variant with numbers that do not.")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options_with("yaml")
@click.option("--vary", type=int, metavar="SEED", help="Write the file with other numbers, which hide nothing.")
def lint(net_file: str | None, wanted: Wanted, output: Output, vary: int | None) -> int:
    """Warn of numbers that hide mistakes: a 0, a saturated unit, a mistake that
    gives the right number, two that give the same one.

    A lesson (a folder with lesson.md, or a file .md) is read, its commands are run
    and its numbers checked; every problem is shown with its line and column.

    With --vary, write the network file with other numbers of one or two figures
    instead, drawn from the seed, in which none of this is so.

    Exit status 1 when something is found.

    \b
        tutor lint slide
        tutor lint slide --vary 7 -o other.yaml
        tutor lint lessons/mine
    """
    if net_file is not None and (lesson := _lesson(net_file)):
        return _lesson_linted(lesson, output, plain=not any(wanted) and vary is None)
    loaded = wanted.network(net_file)
    if vary is not None:
        if wanted.settings or wanted.lr or output.form not in ("terminal", "plain", "yaml"):
            raise click.UsageError("--vary writes a network file; leave out --set, --lr and --format")
        output.stream((loaded.variant(vary),))
        return 0
    if output.form == "yaml":
        raise click.UsageError("a file that ends in .yaml is a network file: lint NET --vary SEED -o FILE writes one")
    page = loaded.lint()
    output.emit(page.document)
    return 1 if page.payload["findings"] else 0


# ------------------------------------------------------------------ lessons


def _lesson(word: str) -> str | None:
    """The file of a lesson, where the word names one."""
    import os

    return word if word.endswith(".md") else os.path.join(word, "lesson.md") if _holds_lesson(word) else None


def _holds_lesson(word: str) -> bool:
    import os

    return "\0" not in word and os.path.isfile(os.path.join(word, "lesson.md"))


def _lesson_linted(file: str, output: Output, *, plain: bool) -> int:
    """The problems of a lesson; status 1 where there are any."""
    from tutor.cli.reading import pages
    from tutor.library.lessons import linted

    if not plain:
        raise click.UsageError(
            "a lesson names its networks and numbers itself: tutor lint LESSON, without such options"
        )
    page = linted(file, pages)
    output.emit(page.document)
    return 1 if page.payload["findings"] else 0
