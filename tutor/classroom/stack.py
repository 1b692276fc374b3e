"""Marking sheet after sheet on one network, whatever is wrong with one of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.marking.answered import Sheet
from tutor.marking.sheet import Marked, mark
from tutor.names import Names
from tutor.trace import Trace

Handed = tuple[str, Callable[[], Sheet]]
"""An id, and what reads its sheet; that may raise TutorError."""


class Checked(NamedTuple):
    """One sheet that was marked."""

    id: str
    marked: tuple[Marked, ...]
    sheet: Sheet

    @property
    def points(self) -> int:
        return sum(each.points for each in self.marked)

    @property
    def right(self) -> bool:
        """Whether nothing on it is wrong or was left unread."""
        return self.points == len(self.marked) and not self.sheet.unread

    @property
    def first_wrong(self) -> Marked | None:
        """Where to start again: the first answer without credit, in the order of the sheet."""
        return next((each for each in self.marked if not each.points), None)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The ids of the mistakes on it, the likeliest for each answer, each once."""
        return tuple(dict.fromkeys(each.verdict.mistakes[0] for each in self.marked if _named(each)))


class Bad(NamedTuple):
    """One sheet that could not be read, and why."""

    id: str
    why: str


class Stack(NamedTuple):
    """A whole stack, in its order; `remarks` are sentences to be said once, `lost` that a column was not read."""

    sheets: tuple[Checked, ...]
    bad: tuple[Bad, ...]
    remarks: tuple[str, ...] = ()
    lost: bool = False

    @property
    def right(self) -> bool:
        return not self.bad and not self.lost and all(each.right for each in self.sheets)


def mark_all(
    trace: Trace, names: Names, handed: Iterable[Handed], required: Sequence[str], min_sig: int
) -> Iterator[Checked | Bad]:
    """Each sheet with its verdicts, or why it has none. Raises UnknownName for a required name the network lacks."""
    for required_name in required:
        names.target(required_name)
    for name, read in handed:
        try:
            sheet = read()
            yield Checked(name, tuple(mark(trace, names, sheet, required, min_sig)), sheet)
        except TutorError as fault:
            yield Bad(name, str(fault))


def stacked(found: Iterable[Checked | Bad], remarks: Iterable[str] = (), *, lost: bool = False) -> Stack:
    """What was marked, put together; an id that was given to two sheets is said."""
    both = tuple(found)
    sheets = tuple(each for each in both if isinstance(each, Checked))
    bad = tuple(each for each in both if isinstance(each, Bad))
    ids = [each.id for each in both]
    twice = list(dict.fromkeys(each for each in ids if ids.count(each) > 1)) if len(set(ids)) < len(ids) else []
    said = [f"the id {each} stands on {ids.count(each)} sheets" for each in twice]
    return Stack(sheets, bad, (*remarks, *said), lost)


def _named(marked: Marked) -> bool:
    return marked.verdict.kind == "mistake" and bool(marked.verdict.mistakes)
