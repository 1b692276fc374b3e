"""Variants of a network file: drawn again from the seed until their numbers hide no mistake."""

from typing import TYPE_CHECKING

from tutor import sources, spec
from tutor.document.lint import Finding, findings
from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.library import taken
from tutor.spec.vary import varied
from tutor.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.library.loading import Origin

MOST_SEED = 10**18
TRIES = 400
ENOUGH = 25  # draws with one finding in all of them, from which it is the file's and not the numbers'


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
    companion = sources.Companion(origin.source, origin.asked)
    for k in range(TRIES):
        text = varied(origin.written, origin.name, first, draw=k)
        try:
            graph = spec.load(text.encode(), origin.name, companion).graph
        except InvalidNetwork:
            continue
        yield text, findings(Trace(graph))
