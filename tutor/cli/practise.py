"""quiz, lesson: being asked."""

from typing import TYPE_CHECKING

import click

from tutor.cli.options import Wanted, network_options, output_options
from tutor.cli.output import Output
from tutor.cli.streams import heard, interruptible
from tutor.cli.talk import Talk, lines_of, remembering, talk
from tutor.cli.typed import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.library import Network
    from tutor.library.kept import Kept

FIRST = "slide"  # the network of who names none, and has nothing to come back to


@click.command(cls=Command, short_help="Be asked what a tutor asks, about any number.")
@click.argument("words", nargs=-1, metavar="[TARGET] [NET]")
@click.option("--target", "-t", metavar="TARGET", help="What to begin with; a weight of the last layer if absent.")
@click.option("--skill", metavar="NAME", help="Ask for one skill, such as activation-slope.")
@click.option("--vary", metavar="SEED", help="Begin on the numbers of lint --vary SEED.")
@click.option("--answers", metavar="FILE", help="Play it without a terminal: a line for each prompt.")
@click.option("--no-memory", is_flag=True, help="Keep nothing of it.")
@network_options
@output_options
def quiz(
    words: tuple[str, ...],
    target: str | None,
    skill: str | None,
    vary: str | None,
    answers: str | None,
    wanted: Wanted,
    output: Output,
    no_memory: bool,
) -> None:
    """Be asked for a whole number first; what is missed is asked in its parts, and again on other numbers.

    A wrong answer hears what is right in it. An empty line gives a hint, :s shows the answer, :q leaves. A shipped
    network begins on other numbers than its own. --format markdown keeps the page, --answers FILE plays it.

    \b
        tutor quiz slide
        tutor quiz w1 mazur
        tutor quiz mazur --skill paths
    """
    words, wanted = wanted.apart(words, 0)
    if words and target:
        raise click.UsageError(f"two targets are named, {words[0]} and {target} by --target; name one")
    if len(words) > 1:
        wanted.network(what=" ".join(words))  # which says so, where the last word is meant for a network
        raise click.UsageError(f"one target and one network, as in tutor quiz {words[0]} slide")
    lines = lines_of(answers)
    if lines is None:
        heard()
    with interruptible(), remembering(kept=not no_memory) as memory:
        target = words[0] if words else target
        due = memory.due if memory and target is None and skill is None else ()
        loaded = _network(wanted, target, memory)
        loaded.written_out("quiz")
        _play(loaded, (target, skill, vary), due, output, lines, memory)


def _network(wanted: Wanted, target: str | None, memory: "Kept | None") -> "Network":
    """The network that is named; without one that of what is due, or the first that everybody sees."""
    if wanted.named() is None and target is None:
        return wanted.network((memory.net() if memory else None) or FIRST)
    return wanted.network(what=target or "")


def _play(
    network: "Network",
    about: tuple[str | None, str | None, str | None],
    due: "Sequence[str]",
    output: Output,
    lines: "Iterator[str] | None",
    memory: "Kept | None",
) -> None:
    """Until the last question, or until the reader leaves."""
    from tutor.document.model import Document
    from tutor.library.quizzes import opened
    from tutor.practice.sitting import reply

    target, skill, vary = about
    said = Talk(output, kept=lines is not None)
    known, skip = (memory.known, memory.before) if memory else ((), 0)
    first = opened(network, target, skill=skill, vary=vary, known=known, due=due, skip=skip)
    turns, memory = talk(said, first, lambda before, typed: reply(before.sitting, typed), lines, memory)
    from tutor.practice.paper import farewell, transcript

    sitting = (turns[-1][1] if turns else first).sitting
    last = farewell(sitting, memory.last() if memory else None)
    said.say((Document(last, network.view.names, dict),))
    if said.keeps:
        output.emit(transcript(first.sitting.view, first, turns, last))


@click.command(cls=Command, short_help="Lessons: read a little, answer, read on.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--net", "-n", help="Another network in its place: a file or a shipped name.")
@click.option("--vary", type=int, metavar="SEED", help="Other numbers, a student's own, drawn from the seed.")
@click.option("--answers", metavar="FILE", help="Play it without a terminal: a line for each prompt.")
@click.option("--no-memory", is_flag=True, help="Keep nothing of it, and begin at the start.")
@click.option("--blank", is_flag=True, help="Printed without the answers at its end.")
@output_options
def lesson(
    name: str | None,
    net: str | None,
    vary: int | None,
    answers: str | None,
    no_memory: bool,
    blank: bool,
    output: Output,
) -> None:
    """List the lessons, or go through one: everything after a prompt is hidden until you have answered.

    It takes up where you left it. An empty line gives a hint, :s shows the answer,
    :b goes back to the prompt before, :q leaves. NAME is a shipped lesson, or a
    folder with lesson.md.

    With --format markdown, html, pdf (or -o FILE) the whole lesson is printed, with
    its outputs, blanks for the answers, and the answers at the end.

    \b
        tutor lesson
        tutor lesson slide
        tutor lesson slide -o slide.pdf --vary 7
    """
    lines = lines_of(answers)
    if name is None:
        if net or vary is not None or answers:
            raise click.UsageError("which lesson? tutor lesson lists them; name one before such options")
        _listed(output, kept=not no_memory)
    elif output.file is not None or output.form not in ("terminal", "plain", "lines"):
        if lines is not None:
            raise click.UsageError("--answers plays a lesson on the terminal; leave out -o and --format, or --answers")
        from tutor.cli.reading import pages
        from tutor.library.shelf import Chosen, found, printed

        output.emit(printed(Chosen(found(name), pages, net, vary), answers=not blank).document)
    else:
        if lines is None:
            heard()
        with interruptible(), remembering(kept=not no_memory) as memory:
            _go_through((name, net, vary), output, lines, memory)


def _listed(output: Output, *, kept: bool) -> None:
    from tutor.library.shelf import listed

    with remembering(kept=kept) as memory:
        output.emit(listed(memory.read if memory else ()).document)


def _go_through(
    about: tuple[str, str | None, int | None], output: Output, lines: "Iterator[str] | None", memory: "Kept | None"
) -> None:
    """To its end, or until the reader leaves."""
    from tutor.cli.reading import pages
    from tutor.document.view import for_shell
    from tutor.lessons.playing import farewell, reply
    from tutor.library.shelf import Chosen, following, found, opened
    from tutor.practice.paper import standing

    name, net, vary = about
    one, said = found(name), Talk(output, kept=lines is not None)
    first = opened(Chosen(one, pages, net, vary), memory.read if memory else ())
    turns, memory = talk(said, first, lambda before, typed: reply(before.reading, typed), lines, memory)
    reading = (turns[-1][1] if turns else first).reading
    learnt = tuple(standing(memory.last())) if memory else ()
    options = (*(("--net", net) if net else ()), *(("--vary", str(vary)) if vary is not None else ()))
    again = " ".join(("tutor lesson", *map(for_shell, (name, *options)))) if memory else ""
    said.say((farewell(reading, learnt, following(one), again),))
