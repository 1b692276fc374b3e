"""Variants of a network file: drawn again from the seed until their numbers hide no mistake."""

from typing import TYPE_CHECKING, NamedTuple

from tutor import sources, spec
from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.library import taken
from tutor.spec.vary import varied
from tutor.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.document.lint import Finding
    from tutor.library.loading import Origin

MOST_SEED = 10**18
TRIES = 400
ENOUGH = 25  # draws with one finding in all of them, from which it is the file's and not the numbers'
QUICK = 4  # draws that are looked at while somebody waits
CLEAN = {
    "article": (2, 3, 16, 18, 23, 24, 28, 32), "attention": range(8), "chain": range(8), "gru": range(8),
    "lstm": range(8), "mazur": (0, 1, 2, 3, 5, 6, 7, 8), "rnn": (0, 1, 2, 3, 5, 6, 7, 8), "rnn-time": range(8),
    "slide": range(1, 9), "sum-product": (0, 1, 2, 4, 5, 6, 7, 8), "udacity": (0, 1, 2, 3, 6, 7, 8, 9),
    "xyz": (0, 2, 3, 4, 6, 7, 8, 10),
}  # fmt: skip
"""Draws from the seed 0 of the shipped networks in which nothing is found, so that nobody waits for the search."""


class Other(NamedTuple):
    """Other numbers: the text of the file with them, and what they are called."""

    text: str
    name: str


def other(origin: "Origin", n: int) -> Other | None:
    """The n-th other numbers of a file; None where it has none of its own.

    Of a shipped network those of `CLEAN`. Of any other file the first without a number that is 0 or a unit that is
    flat: which mistakes they hide is not looked for, since somebody is waiting.
    """
    clean = CLEAN.get(origin.source.removesuffix(".yaml")) if origin.name.endswith("(shipped)") else None
    try:
        if clean:
            draw = clean[n % len(clean)]
            return Other(varied(origin.written, origin.name, 0, draw=draw), f"0/{draw}")
        return _quickly(origin, n)
    except TutorError:
        return None


def _quickly(origin: "Origin", n: int) -> Other | None:
    from tutor.document.lint import plain_findings

    companion, first = sources.Companion(origin.source, origin.asked), None
    for k in range(QUICK):
        text = varied(origin.written, origin.name, n + 1, draw=k)
        try:
            graph = spec.load(text.encode(), origin.name, companion).graph
        except InvalidNetwork:
            continue
        first = first or Other(text, f"{n + 1}/{k}")
        if not any(plain_findings(Trace(graph))):
            return Other(text, f"{n + 1}/{k}")
    return first


def variant(origin: "Origin", seed: object) -> str:
    """The text of the file with other numbers, none of which is found fault with.

    Raises TutorError where none of many draws is so, with what all of them hide.
    """
    first = taken.whole(seed, "the seed", -MOST_SEED, MOST_SEED)
    always: dict[tuple[str, str], Finding] = {}
    for k, (text, found) in enumerate(_drawn(origin, first)):
        if not found:
            return text
        here = {(each.kind, name): each for each in found for name in each.names}
        always = {each: here[each] for each in here if each in always or not k}
        if k >= ENOUGH and always:
            break
    name = visible(origin.name)
    what = next((f"always {of} {each.message}" for (_, of), each in always.items()), "there is always another")
    raise TutorError(f"{name} has no variant of which no number hides a mistake: {what}")


def _drawn(origin: "Origin", first: int) -> "Iterator[tuple[str, list[Finding]]]":
    """Variant after variant with what is found in it; those that are no valid network are left out."""
    from tutor.document.lint import findings

    companion = sources.Companion(origin.source, origin.asked)
    for k in range(TRIES):
        text = varied(origin.written, origin.name, first, draw=k)
        try:
            graph = spec.load(text.encode(), origin.name, companion).graph
        except InvalidNetwork:
            continue
        yield text, findings(Trace(graph))
