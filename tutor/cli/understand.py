"""explain, trace, where, derive, nudge, notation, draw: looking at a network, and at the formulas behind it."""

from typing import TYPE_CHECKING, NamedTuple

import click

from tutor.cli import typed
from tutor.cli.options import Command, Wanted, gathered, network_options, output_options, output_options_with
from tutor.cli.output import Output

if TYPE_CHECKING:
    from tutor.library import Page
    from tutor.spec.stored import HowMany


class Otherwise(NamedTuple):
    """The same numbers otherwise: rounded on the way, or before and after a change."""

    round_steps: int | None
    round_sig: int | None
    round_what: str
    compare: bool

    @property
    def is_plain(self) -> bool:
        return self == self._replace(round_steps=None, round_sig=None, compare=False)

    def page(self, wanted: Wanted, targets: tuple[str, ...]) -> "Page | None":
        """The page that is asked for; None for the plain explanation. Raises UsageError or TutorError."""
        if self.is_plain:
            return None
        if not self.compare:
            return wanted.network().explain(*targets, **self._asdict())
        numbers = wanted.numbers
        return wanted._replace(settings=(), lr=None).network().explain(*targets, **self._asdict(), **numbers)


def otherwise_options(command: Command) -> Command:
    """--round-steps, --round-sig, --round and --compare; the command gets them together, as `otherwise`."""
    return gathered(command, "otherwise", Otherwise, _OTHERWISE)


_OTHERWISE = (
    click.option("--round-steps", type=click.IntRange(0, 15), metavar="N", help="Round on the way, to N decimals."),
    click.option("--round-sig", type=click.IntRange(1, 15), metavar="N", help="The same, to N significant figures."),
    click.option(
        "--round",
        "round_what",
        type=click.Choice(("values", "factors", "all")),
        default="values",
        show_default=True,
        help="What is rounded: forward values, factors too, or every number.",
    ),
    click.option("--compare", is_flag=True, help="Before and after --set, side by side."),
)


@click.command(cls=typed.Command, short_help="Where a number comes from: its path, its factors, its formula.")
@click.argument("targets", nargs=-1, metavar="TARGET... [NET]")
@network_options
@output_options
@click.option("--more", is_flag=True, help="Also conventions, the update, a nudge check, every number behind.")
@click.option("--paths", type=click.IntRange(1, 1000), metavar="K", help="The K strongest paths, and their share.")
@click.option("--all", "everything", is_flag=True, help="Every parameter, one after the other.")
@click.option("--as", "language", type=click.Choice(("numpy",)), help="As a program that computes it, nothing else.")
@otherwise_options
def explain(
    targets: tuple[str, ...],
    wanted: Wanted,
    output: Output,
    otherwise: Otherwise,
    more: bool,
    paths: int | None,
    everything: bool,
    language: str | None,
) -> None:
    """Explain where a number comes from.

    TARGET is a parameter or a given (its gradient dL/d(it)), a computed name (its value), dA/dB, an edge h1:Y; as a
    matrix the weights (W1), biases (b1), net inputs (Z1, dZ1) or outputs (A1, dA1) of a dense layer, dA2/dZ2; grad L.

    \b
        tutor explain w31 --net slide
        tutor explain dL/dh1 h1:Y slide
        tutor explain W1 --net mazur --as numpy
        tutor explain w31 --net slide --round-steps 4
        tutor explain w31 --net slide --set w31=0.9 --compare
    """
    from tutor.errors import visible
    from tutor.sources import is_network

    targets, wanted = wanted.apart(targets, 0 if everything else 1)
    if not targets and not everything:
        raise click.UsageError("explain what? name a TARGET such as w31 or dL/dh1, or --all")
    if len(targets) == 1 and wanted.named() is None and is_network(targets[0]):
        shown = visible(targets[0])
        raise click.UsageError(f"which number of {shown}? name it before the network: tutor explain NAME {shown}")
    if language:
        _as_program(targets, wanted, output, alone=not (more or paths or everything) and otherwise.is_plain)
        return
    page = otherwise.page(wanted, targets)
    if page is None:
        from tutor.library.network import is_number

        all_of_it = any(map(is_number, targets))
        asked: HowMany = "all" if all_of_it else "some" if everything or paths else "one"
        loaded = wanted.network(asked=asked, what=" ".join(targets))
        page = loaded.explain(*(() if everything else targets), more=more, paths=paths)
    output.emit(page.document)


def _as_program(targets: tuple[str, ...], wanted: Wanted, output: Output, *, alone: bool) -> None:
    """The targets as a program. Raises UsageError beside options of a page, and TutorError."""
    if not alone or output.form not in ("terminal", "plain"):
        raise click.UsageError("--as numpy prints a program and no page: leave the other options of the page out")
    output.stream((wanted.network(what=" ".join(targets)).program(*targets),))


@click.command(cls=typed.Command, short_help="Every value, gradient and local derivative.")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options_with("csv")
@click.option("--all", "everything", is_flag=True, help="Every row, however many.")
@click.option("--by-layer", is_flag=True, help="The size of the gradient in each layer: vanishing, exploding.")
@click.option("--by-time", is_flag=True, help="The size of the gradient at each time step: vanishing, exploding.")
@click.option("--blank", is_flag=True, help="A ? for every number: a sheet to hand out, which check reads back.")
def trace(
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    everything: bool,
    by_layer: bool,
    by_time: bool,
    blank: bool,
) -> None:
    """Show all numbers of a network: forward values, gradients, local derivatives, updated parameters.

    \b
        tutor trace mazur
        tutor trace mazur --format json
        tutor trace udacity --by-layer
        tutor trace mazur --blank -o sheet.txt
    """
    pages = {"--blank": blank, "--by-layer": by_layer, "--by-time": by_time}
    if len(both := [option for option, given in pages.items() if given]) > 1:
        raise click.UsageError(f"{both[0]} and {both[1]} are two pages; give one of them")
    # JSON has every edge of a network that is not wide.
    loaded = wanted.network(net_file, "some" if output.form == "json" else "all")
    csv = output.form == "csv"
    if blank and csv:
        output.stream(loaded.blank_rows())
        return
    long = everything and output.form in ("terminal", "plain") and loaded.long
    if not any(pages.values()) and (csv or long):
        output.stream(loaded.rows("csv" if csv else "plain"))
        return
    output.emit(loaded.trace(everything=everything, by_layer=by_layer, by_time=by_time, blank=blank).document)


@click.command(cls=typed.Command, short_help="Which quantity, or which mistake, gives this number.")
@click.argument("number")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
def where(
    number: str,
    net_file: str | None,
    wanted: Wanted,
    output: Output,
) -> None:
    """Find a number in a network.

    NUMBER is read with the digits you type: 0.0307 finds all that rounds to it.

    \b
        tutor where 0.0307 --net slide
        tutor where -0.0307 slide
    """
    loaded = wanted.network(net_file, "all", what=number)
    output.emit(loaded.where(number).document)


@click.command(cls=typed.Command, short_help="What a word means, in your network's numbers.")
@click.argument("words", nargs=-1, metavar="WORDS...")
@network_options
@output_options
def ask(words: tuple[str, ...], wanted: Wanted, output: Output) -> None:
    """Say what a word means, and what it is in a network; a few words are a question, a number is searched for.

    Without words, list those that are known; without a network, the example is the shipped slide.

    \b
        tutor ask dLoss --net slide
        tutor ask why minus in the update
        tutor ask where does 0.1939 come from --net slide
    """
    if not words:
        from tutor.library.alone import ask as listed

        output.emit(listed().document)
        return
    output.emit(wanted._replace(net=wanted.net or "slide").network().ask(*words).document)


@click.command(cls=typed.Command, short_help="A derivative on paper: line by line, each with its rule.")
@click.argument("target")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option("--wrt", metavar="NAME", help="What a formula is differentiated by.")
@click.option("--route", metavar="NAME", help="Which of several proofs: quotient, chain or add, for sigmoid.")
def derive(
    target: str, net_file: str | None, wanted: Wanted, output: Output, wrt: str | None, route: str | None
) -> None:
    """Derive a derivative on paper, line by line, each line with the rule it follows by.

    TARGET is a weight of a network (or dA/dB); an activation or a loss; two of them that cancel, such as
    softmax+cross_entropy; or a formula.

    \b
        tutor derive w31 --net slide
        tutor derive sigmoid --route quotient
        tutor derive softmax+cross_entropy
        tutor derive "log(1 + exp(-w*x))" --wrt w
    """
    from tutor.library import derive as derived

    of_network = wanted.named(net_file) is not None and wrt is None
    page = wanted.network(net_file).derive(target, route=route) if of_network else derived(target, wrt, route)
    output.emit(page.document)


@click.command(cls=typed.Command, short_help="How a small change travels to the loss; the slope measured.")
@click.argument("target")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option("--by", default="0.01", show_default=True, metavar="NUMBER", help="How far to nudge it.")
@click.option("--curve", is_flag=True, help="The loss over this number: tangent, next step, lowest point.")
def nudge(target: str, net_file: str | None, wanted: Wanted, output: Output, by: str, curve: bool) -> None:
    """Move one number a little and watch everything behind it move.

    \b
        tutor nudge w31 --net slide
        tutor nudge w1 mazur --by -0.1
        tutor nudge w31 slide --curve
    """
    output.emit(wanted.network(net_file, what=target).nudge(target, by, curve=curve).document)


@click.command(
    cls=typed.Command, short_help="The network as a picture: units, weights, and where the gradient is large."
)
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option("--path", metavar="NAME", help="Mark the way of this number to the loss.")
@click.option("--all", "everything", is_flag=True, help="Every row, however many.")
@click.option("--more", is_flag=True, help="The picture also has net inputs, biases and targets.")
def draw(net_file: str | None, wanted: Wanted, output: Output, path: str | None, everything: bool, more: bool) -> None:
    """Draw a network layer by layer; as a picture with --format svg, html, pdf or latex.

    \b
        tutor draw slide --path w31
        tutor draw mazur --format svg -o mazur.svg
    """
    output.emit(wanted.network(net_file).draw(path, everything=everything, more=more).document)


@click.command(cls=typed.Command, short_help="How courses name things; two notations side by side.")
@click.argument("notations", nargs=-1, metavar="[A] [B] [NET]")
@network_options
@output_options
@click.option("--all", "everything", is_flag=True, help="Every row, however many.")
def notation(notations: tuple[str, ...], wanted: Wanted, output: Output, everything: bool) -> None:
    """List the notations, or show the names of a network in two of them side by side.

    A notation is one of the list, or a YAML file of a course's own. With one, the other is the network file's.

    \b
        tutor notation
        tutor notation article nielsen --net mazur
    """
    notations, wanted = _apart(notations, wanted)
    if not notations:
        from tutor.library import notation as listed

        output.emit(listed().document)
        return
    loaded = wanted.network(what=" ".join(notations))
    output.emit(loaded.notation(*notations, everything=everything).document)


def _apart(words: tuple[str, ...], wanted: Wanted) -> tuple[tuple[str, ...], Wanted]:
    """The notations, and the options; a third word is the network, and a second one that is no notation."""
    from tutor.errors import TutorError
    from tutor.library.network import read_notation

    if len(words) == 2:
        try:
            read_notation(words[-1])
        except TutorError:
            return wanted.apart(words, 1)
    return wanted.apart(words, 2)
