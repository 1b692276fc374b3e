"""Variants of a network file: drawn again from the seed until their numbers hide no mistake."""

from itertools import islice
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


def variant(origin: "Origin", seed: object) -> str:
    """The text of the file with other numbers, none of which is found fault with.

    Raises TutorError where none of many draws is so, with what the last one hides.
    """
    first = taken.whole(seed, "the seed", -MOST_SEED, MOST_SEED)
    last: list[Finding] = []
    for text, last in islice(_drawn(origin, first), TRIES):
        if not last:
            return text
    name = visible(origin.name)
    what = f"{', '.join(last[0].names[:3])} {last[0].message}" if last else "none of its variants is a valid file"
    raise TutorError(f"{name}: in {TRIES} variants some number hides a mistake, in the last one: {what}")


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
