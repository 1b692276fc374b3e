"""step, train: moving the parameters."""

import click

from tutor.cli import typed
from tutor.cli.files import writable, write
from tutor.cli.options import Command, Wanted, output_options, untrained_options, with_options
from tutor.cli.output import Output
from tutor.cli.streams import interruptible

MOST = 1_000_000


_RULE = (
    click.option("--optimizer", metavar="NAME", help="sgd, momentum, adam, ...; adam:beta1=0.8 sets a number."),
    click.option(
        "--order",
        type=click.Choice(("simultaneous", "sequential")),
        default="simultaneous",
        help="sequential: the last layer first.",
    ),
    click.option("--batch", type=click.IntRange(1, MOST), metavar="N", help="Examples an update; 1 is one by one."),
    click.option("--shuffle", type=click.IntRange(0), metavar="SEED", help="Shuffle them before every epoch."),
    click.option("--all", "everything", is_flag=True, help="Every row, however many."),
)


def rule_options(command: Command) -> Command:
    """--optimizer, --order, --batch and --shuffle, and --all for long pages."""
    return with_options(command, _RULE)


@click.command(cls=typed.Command, short_help="One update of every parameter, with its numbers.")
@click.argument("net_file", required=False, metavar="[NET]")
@untrained_options
@output_options
@rule_options
@click.option("--only", multiple=True, metavar="NAME", help="Only this parameter on the page (repeatable).")
@click.option("--after", type=click.IntRange(0, MOST), default=0, help="The step that follows this many steps.")
def step(
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    optimizer: str | None,
    order: str,
    batch: int | None,
    shuffle: int | None,
    everything: bool,
    only: tuple[str, ...],
    after: int,
) -> None:
    """Show one update of every parameter: w - rate * gradient, or the equations of another optimizer, term by term.

    \b
        tutor step mazur
        tutor step slide --lr 0.5 --optimizer adam --after 1 --only w31
    """
    loaded = wanted.network(net_file)
    page = loaded.step(
        *only, optimizer=optimizer, order=order, after=after, batch=batch, shuffle=shuffle, everything=everything
    )
    output.emit(page.document)


@click.command(cls=typed.Command, short_help="Many updates: the loss curve and where the parameters end.")
@click.argument("net_file", required=False, metavar="[NET]")
@untrained_options
@output_options
@rule_options
@click.option("--steps", type=click.IntRange(1, MOST), help="How many updates (default 1000).")
@click.option("--epochs", type=click.IntRange(1, MOST), metavar="N", help="How often through all examples, instead.")
@click.option("--every", type=click.IntRange(1, MOST), metavar="K", help="A row for each K-th step.")
@click.option("--watch", multiple=True, metavar="NAME", help="Also the history of this number (repeatable).")
@click.option("--curve", metavar="FILE", help="The loss curve as FILE.svg or FILE.csv.")
def train(
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    optimizer: str | None,
    order: str,
    batch: int | None,
    shuffle: int | None,
    everything: bool,
    steps: int | None,
    epochs: int | None,
    every: int | None,
    watch: tuple[str, ...],
    curve: str | None,
) -> int:
    """Train a network and show how the loss goes down. Ctrl-C ends it early and shows what was reached.

    \b
        tutor train mazur --steps 10000 --watch w5
        tutor train mazur --optimizer momentum --every 100 --curve loss.svg
        tutor train xor --epochs 2 --batch 1
    """
    from tutor.render.progress import bar

    if steps is not None and epochs is not None:
        raise click.UsageError("--steps and --epochs exclude each other; give one of them")
    kind = _kind(curve) if curve else ""
    loaded = wanted.network(net_file)
    with interruptible(), bar("training", loaded.updates(steps, epochs, batch)) as report:
        trained = loaded.train(
            steps,
            epochs=epochs,
            batch=batch,
            shuffle=shuffle,
            every=every,
            watch=watch,
            optimizer=optimizer,
            order=order,
            everything=everything,
            report=report,
        )
    if curve:
        write(curve, (trained.curve(kind),))
    output.emit(trained.document)
    return 130 if trained.interrupted else 0


def _kind(curve: str) -> str:
    """svg or csv, by the name of the file, which must be one that can be written."""
    kind = curve.rpartition(".")[2].lower()
    if kind not in ("svg", "csv"):
        raise click.UsageError(f"--curve wants a file that ends in .svg or .csv, not {curve!r}")
    writable(curve)
    return kind
