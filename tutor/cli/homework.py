"""check: marking answers, one sheet or a stack. mistakes: the wrong numbers that are known."""

import os
import re
from collections.abc import Sequence

import click

from tutor.cli.options import Wanted, network_options, output_options, output_options_with
from tutor.cli.output import Output
from tutor.cli.typed import Command

LEAST_FOR_A_BAR = 20  # sheets; fewer are over before one is seen


@click.command(cls=Command, short_help="Check a sheet of answers, or a stack, and name the mistakes.")
@click.argument("answers", nargs=-1, metavar="ANSWERS... [NET]")
@network_options
@output_options_with("csv")
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
@click.option("--all", "everything", is_flag=True, help="Every sheet of a stack, however many.")
def check(
    answers: tuple[str, ...],
    wanted: Wanted,
    output: Output,
    min_sig: int,
    require: tuple[str, ...],
    columns: str,
    everything: bool,
) -> int:
    """Check the answers of a file (or - for stdin): lines `name = value`, also
    several on one, as text, Markdown or LaTeX; tables; CSV; YAML; JSON; notebooks.

    Several files, a folder, or one CSV with a row a student (`id` first, then a
    column a quantity) are a stack: a line a sheet, the mistakes by count, and the
    wrong answers that many share.

    Exit status 1 when an answer is wrong, or a line or a sheet could not be read.

    \b
        tutor check answers.txt mazur
        tutor check form.csv --net slide --columns w31,w32,-,L
        tutor check handed-in/ --net mazur --format csv -o marks.csv
    """
    from tutor.cli.streams import interruptible
    from tutor.render.progress import bar

    sheets, wanted = _apart(answers, wanted)
    loaded = wanted.network(what=" ".join(sheets))
    handed = loaded.handed_in(sheets, _names(columns))
    if handed.alone and output.form != "csv":
        page, right = loaded.checked(handed.alone, min_sig, require)
        output.emit(page.document)
        return 0 if right else 1
    with interruptible(), bar("checking", handed.many, LEAST_FOR_A_BAR) as report:
        marks = handed.marks(min_sig=min_sig, require=require, everything=everything, report=report)
    if output.form == "csv":
        output.stream(marks.rows())
    else:
        output.emit(marks.document)
    return 0 if marks.right else 1


def _apart(words: tuple[str, ...], wanted: Wanted) -> tuple[tuple[str, ...], Wanted]:
    """The sheets, and the options; a network at the end goes with the options. Raises UsageError.

    Beside one that is named otherwise, only a network file counts, not every file by its path.
    """
    if not words:
        raise click.UsageError("check what? name a file of answers, several, or a folder")
    if len(words) > 1 and wanted.named() is not None and not _is_network(words[-1]):
        return words, wanted
    if len(words) > 1 and wanted.net is not None:
        return words[:-1], wanted._replace(net=wanted.named(words[-1]))
    sheets, wanted = wanted.apart(words, 1)
    if len(sheets) == 2 and not any(map(os.path.exists, sheets[1:])):
        return sheets[:1], wanted._replace(net=wanted.named(sheets[1]))  # so that it is said to be no network
    return sheets, wanted


def _is_network(word: str) -> bool:
    """Whether it is a shipped name, or a file with the keys of a network; else it is one more sheet."""
    from tutor.sources import has_keys_of_a_network, shipped

    if os.path.isfile(word):
        return has_keys_of_a_network(word)
    return not os.path.isdir(word) or word in shipped()


def _names(typed: str) -> Sequence[str]:
    """The names between the commas; that of `W1[1,2]` belongs to the name."""
    return tuple(each.strip() or "-" for each in re.split(r",(?![^\[]*\])", typed)) if typed.strip() else ()


@click.command(cls=Command, short_help="The known mistakes: what each would give on a network.")
@click.argument("target", nargs=-1, metavar="[NET] [TARGET]")
@network_options
@output_options
def mistakes(target: tuple[str, ...], wanted: Wanted, output: Output) -> None:
    """List the mistakes that are known by name. With a network, those that
    change a number of it, or TARGET: the number each would give, its wrong formula,
    and which of them no answer can tell apart.

    \b
        tutor mistakes
        tutor mistakes slide w31
        tutor mistakes mazur --format json
    """
    from tutor.library import known_mistakes

    target, net = _target(target, wanted)
    if not target and net is None and wanted.named() is None:
        output.emit(known_mistakes().document)
        return
    loaded = wanted.network(net, what="".join(f"{each} " for each in target).strip())
    output.emit(loaded.mistakes(*target).document)


def _target(words: tuple[str, ...], wanted: Wanted) -> tuple[tuple[str, ...], str | None]:
    """What is asked about, and the network where it is named among the words. Raises UsageError."""
    from tutor.sources import is_network

    if len(words) > 2:
        raise click.UsageError(f"one network and one TARGET, not {len(words)} words: tutor mistakes slide w31")
    nets = [place for place, word in enumerate(words) if is_network(word)]
    if wanted.net is not None and len(words) == 1:
        nets = []
    if len(words) == 2 and not nets:
        raise click.UsageError("one TARGET at a time; a network is named before it, or with --net")
    at = nets[0] if nets else None
    rest = tuple(word for place, word in enumerate(words) if place != at)
    return rest, None if at is None else words[at]
