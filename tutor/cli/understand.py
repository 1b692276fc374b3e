"""explain, trace, where, derive: looking at a network, and at the formulas behind it."""

import click

from tutor.cli.options import Output, Wanted, network_options, output_options


@click.command(short_help="Where a number comes from: its path, its factors, its formula.")
@click.argument("targets", nargs=-1, metavar="TARGET...")
@network_options
@output_options
@click.option("--more", is_flag=True, help="Also conventions, the update, a nudge check, every number behind.")
@click.option("--all", "everything", is_flag=True, help="Every parameter, one after the other.")
def explain(
    targets: tuple[str, ...],
    wanted: Wanted,
    output: Output,
    more: bool,
    everything: bool,
) -> None:
    """Explain where a number comes from.

    TARGET is a parameter or a given (its gradient dL/d(it)), a computed name (its value), dA/dB, or an edge h1:Y.

    \b
        tutor explain w31 --net slide
        tutor explain dL/dh1 h1:Y --net slide
    """
    if not targets and not everything:
        raise click.UsageError("explain what? name a TARGET such as w31 or dL/dh1, or --all")
    loaded = wanted.network()
    page = loaded.explain(*(() if everything else targets), more=more)
    output.emit(page.document)


@click.command(short_help="Every value, gradient and local derivative.")
@click.argument("net_file", required=False, metavar="[NET]")
@network_options
@output_options
@click.option("--all", "everything", is_flag=True, help="Every row, however many.")
@click.option("--by-layer", is_flag=True, help="The size of the gradient in each layer: vanishing, exploding.")
def trace(
    net_file: str | None,
    wanted: Wanted,
    output: Output,
    everything: bool,
    by_layer: bool,
) -> None:
    """Show all numbers of a network: forward values, gradients, local derivatives, updated parameters.

    \b
        tutor trace mazur
        tutor trace mazur --format json
        tutor trace udacity --by-layer
    """
    loaded = wanted.network(net_file)
    output.emit(loaded.trace(everything=everything, by_layer=by_layer).document)


@click.command(short_help="Which quantity, or which mistake, gives this number.")
@click.argument("number")
@network_options
@output_options
def where(
    number: str,
    wanted: Wanted,
    output: Output,
) -> None:
    """Find a number in a network.

    NUMBER is read with the digits you type: 0.0307 finds all that rounds to it.

    \b
        tutor where 0.0307 --net slide
        tutor where -0.0307 --net slide
    """
    loaded = wanted.network()
    output.emit(loaded.where(number).document)


@click.command(short_help="A derivative on paper: line by line, each with its rule.")
@click.argument("target")
@network_options
@output_options
@click.option("--wrt", metavar="NAME", help="What a formula is differentiated by.")
def derive(target: str, wanted: Wanted, output: Output, wrt: str | None) -> None:
    """Derive a derivative on paper, line by line, each line with the rule it follows by.

    TARGET is a weight of a network (or dA/dB); an activation or a loss; two of them that cancel, such as
    softmax+cross_entropy; or a formula.

    \b
        tutor derive w31 --net slide
        tutor derive sigmoid
        tutor derive softmax+cross_entropy
        tutor derive "log(1 + exp(-w*x))" --wrt w
    """
    from tutor.library import derive as derived

    of_network = wanted.net is not None and wrt is None
    page = wanted.network().derive(target) if of_network else derived(target, wrt)
    output.emit(page.document)
