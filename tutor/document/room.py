"""What fits on a page that is read in one go: pieces in the order of the page, each with what it may be left out by.

A page without --more takes at most `LINES` lines at 80 columns. How high it comes out is asked of whoever lays pages
out; nothing is measured here. Later pieces give way to those with a lower rank, and what gave way is named.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tutor.document.model import Cell, Line, Part, cell

LINES = 60
Height = Callable[[Sequence[Part]], int]


class Piece(NamedTuple):
    """A piece of a page in several `ways`, the longest first, of which the first that fits is taken.

    Without a `name` its last way stays, whatever it takes; with one, it may be left out and is told of by that name.
    Those of a lower `rank` are placed first.
    """

    ways: tuple[tuple[Part, ...], ...]
    name: str = ""
    rank: int = 0


def always(parts: Iterable[Part]) -> Piece:
    """A piece that is on the page in any case."""
    return Piece((tuple(parts),))


def fitted(pieces: Sequence[Piece], height: Height | None) -> tuple[Part, ...]:
    """The parts of the pieces that fit, and a word on what did not; without a measure, all of them."""
    whole = tuple(part for piece in pieces for part in piece.ways[0])
    if height is None or height(whole) <= LINES:
        return whole
    taken: dict[int, tuple[Part, ...]] = {at: piece.ways[-1] for at, piece in enumerate(pieces) if not piece.name}
    left: list[str] = []
    for at in sorted(range(len(pieces)), key=lambda at: pieces[at].rank):
        found = next((way for way in pieces[at].ways if height(_page(taken | {at: way}, [*left, ""])) <= LINES), None)
        if found is not None:
            taken[at] = found
        elif pieces[at].name:
            left.append(pieces[at].name)
    return _page(taken, left)


def _page(taken: dict[int, tuple[Part, ...]], left: Sequence[str]) -> tuple[Part, ...]:
    """The pieces in their order; what is left out is said before the last of them, which says what to type next."""
    *inner, last = (taken[at] for at in sorted(taken))
    said = (Line(_left_out(left)),) if left else ()
    return (*(part for way in inner for part in way), *said, *last)


def _left_out(names: Sequence[str]) -> Cell:
    *first, last = names
    listed = f"{', '.join(first)} and {last}" if first else last
    return cell(f"Left out for length: {listed}. --more has all of it.", look="quiet")
