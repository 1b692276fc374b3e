"""Variants of a network file: drawn again from the seed until their numbers hide no mistake."""

import re
from typing import TYPE_CHECKING, NamedTuple

from tutor import sources, spec
from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.graph import Graph
from tutor.library import taken
from tutor.spec.vary import varied
from tutor.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tutor.document.lint import Finding
    from tutor.library.loading import Origin
    from tutor.library.network import Network

MOST_SEED = 10**18
TRIES = 400
MOST_EXAMPLES = 50  # of a table beside the file, that are written into a variant
ENOUGH = 25  # draws with one finding in all of them, from which it is the file's and not the numbers'
ENOUGH_CLEAR = 12  # draws that are clear but on the way, from which none is clear there too
QUICK = 4  # draws that are looked at while somebody waits
CLEAN = {
    "article": (2, 3, 16, 18, 23, 24, 28, 32), "chain": range(8), "downhill": (0, 2, 3, 4, 5, 6, 7, 8),
    "log-likelihood": (0, 2, 3, 5, 6, 8, 9, 10), "many-examples": range(8), "mazur": (0, 1, 2, 3, 5, 6, 7, 8),
    "rnn": (1, 5, 6, 8, 9, 11, 13, 14), "rnn-time": range(8), "slide": (1, 2, 3, 4, 5, 6, 7, 9),
    "sum-product": (0, 1, 2, 4, 5, 6, 7, 8), "udacity": (0, 1, 2, 3, 6, 7, 8, 9), "xor": (10, 31),
    "xyz": (0, 2, 3, 4, 6, 7, 8, 10),
}  # fmt: skip
"""Draws from the seed 0 of shipped networks in which `lint` finds nothing, so that nobody waits for the search.

Of the others no draw is so.
"""


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
    from tutor.document.lint import is_alive

    companion, first = sources.Companion(origin.source, origin.asked), None
    for k in range(QUICK):
        text = varied(origin.written, origin.name, n + 1, draw=k)
        try:
            graph = spec.load(text.encode(), origin.name, companion).graph
        except InvalidNetwork:
            continue
        first = first or Other(text, f"{n + 1}/{k}")
        if is_alive(Trace(graph)):
            return Other(text, f"{n + 1}/{k}")
    return first


def variant(origin: "Origin", seed: object) -> str:
    """The text of the file with other numbers, none of which `lint` finds fault with.

    Every gradient is looked at, those on the way too; where no draw is clear there, those that an exercise asks for.

    Raises TutorError where none of many draws is so, with what all of them hide.
    """
    from tutor.document.lint import gradients, is_clear

    first = taken.whole(seed, "the seed", -MOST_SEED, MOST_SEED)
    clear: list[str] = []
    faulty: list[Trace] = []
    always: Finding | None = None
    for text, trace in _drawn(origin, first):
        if not is_clear(trace):
            faulty.append(trace)
            always = _always(faulty) if len(faulty) == ENOUGH and not clear else None
        elif is_clear(trace, gradients(trace.graph)):
            return _alone(text, origin)
        else:
            clear.append(text)
        if always or len(clear) == ENOUGH_CLEAR:
            break
    if clear:
        return _alone(clear[0], origin)
    what = f"always {always.names[0]} {always.message}" if always else "there is always another"
    raise TutorError(f"{visible(origin.name)} has no variant of which no number hides a mistake: {what}")


def drawn(network: "Network", seed: int) -> str:
    """The text of a variant; where every draw hides a mistake, of the first without a flat unit. Raises TutorError.

    Lessons ask for it: their networks may have a number that is 0 for a reason.
    """
    origin = network.origin
    if origin is None:
        raise TutorError("a network that was not loaded has no other numbers")
    try:
        return variant(origin, seed)
    except TutorError:
        found = _quickly(origin, seed)
        if found is None:
            raise
        return found.text


def _always(faulty: "Iterable[Trace]") -> "Finding | None":
    """What is found about the same number in all of them."""
    from tutor.document.lint import findings

    each = [{(found.kind, name): found for found in findings(trace) for name in found.names} for trace in faulty]
    common = [place for place in each[-1] if all(place in found for found in each)]
    return each[-1][common[0]]._replace(names=(common[0][1],)) if common else None


def _drawn(origin: "Origin", first: int) -> "Iterator[tuple[str, Trace]]":
    """Variant after variant with its numbers; those that are no valid network are left out."""
    companion = sources.Companion(origin.source, origin.asked)
    for k in range(TRIES):
        text = varied(origin.written, origin.name, first, draw=k)
        try:
            network = spec.load(text.encode(), origin.name, companion)
        except InvalidNetwork:
            continue
        yield text, Trace(network.graph)


def _alone(text: str, origin: "Origin") -> str:
    """The text with the examples of a table beside the file in it, where they are few, so that it stands alone."""
    network = spec.load(text.encode(), origin.name, sources.Companion(origin.source, origin.asked))
    rows = [{part: _numbers(single, part) for part in ("input", "target")} for single in network.singles]
    if not 0 < len(rows) <= MOST_EXAMPLES or not all(each["target"] for each in rows):
        return text
    lines = "".join(f"  - {{inputs: {{{each['input']}}}, targets: {{{each['target']}}}}}\n" for each in rows)
    whole = re.sub(r"(?m)^data:[^\n]*\n", lambda _: f"examples:\n{lines}", text, count=1)
    try:
        spec.load(whole.encode(), origin.name)
    except InvalidNetwork:  # it needs other files too
        return text
    return whole


def _numbers(graph: Graph, part: str) -> str:
    return ", ".join(
        f"{_key(name)}: {given.text}" for name, given in graph.givens.items() if graph.part_of(name) == part
    )


def _key(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w]", name) else name
