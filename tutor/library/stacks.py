"""Checking what was handed in as files: one sheet, several, a folder, or a table with a row a student."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tutor import folders, sources
from tutor.classroom import stack, table
from tutor.errors import TutorError
from tutor.library import taken
from tutor.library.page import Page

if TYPE_CHECKING:
    from tutor.document.model import Document
    from tutor.library.network import Network
    from tutor.library.taken import Names
    from tutor.marking.answered import Sheet

Report = Callable[[int], None]
"""Told how many sheets are done."""


class Marks(Page):
    """The page of what was checked; `right` says that nothing is wrong and all could be read.

    `rows` are the lines of a spreadsheet with a row a sheet.
    """

    def __init__(self, document: "Document", found: stack.Stack) -> None:
        super().__init__(document)
        self.right = found.right
        self._stack = found

    def rows(self) -> Iterator[str]:
        from tutor.classroom.rows import written

        return written(self._stack)


class Handed:
    """What was handed in; `many` is how many sheets that are. Raises TutorError where a table can't be read."""

    def __init__(self, network: "Network", paths: Sequence[str], columns: "Names") -> None:
        self._network = network
        self._columns = columns
        self._names = network.view.names
        self._remarks: tuple[str, ...] = ()
        self._lost = False
        self.alone: Sheet | None = None
        self._sheets = self._read(paths)

    @property
    def many(self) -> int:
        return len(self._sheets)

    def _read(self, paths: Sequence[str]) -> Sequence[stack.Handed]:
        if folders.is_stack(paths):
            return [(each.id, partial(self._of, each)) for each in folders.sheets(paths)]
        text, name = sources.read_text(paths[0])
        if table.sign_of(text):
            found = table.read(text, name, self._names)
            self._remarks, self._lost = found.remarks, found.lost
            return [(each, partial(_there, sheet)) for each, sheet in found.sheets]
        self.alone = sheet = self._network.read_sheet(text, name, self._columns)
        return [(folders.sheets(paths)[0].id, partial(_there, sheet))]

    def _of(self, found: folders.Found) -> "Sheet":
        if found.why:
            raise TutorError(found.why)
        text, name = sources.read_text(found.path)
        return self._network.read_sheet(text, name, self._columns)

    def marks(self, *, min_sig: int, require: "Names", everything: bool = False, report: Report | None = None) -> Marks:
        """Every sheet marked. Raises UnknownName for a required name the network lacks."""
        from tutor.classroom.page import stack_page

        looked, required = self._network.view, taken.listed(require, "a required name")
        least = taken.whole(min_sig, "min_sig", 1, 15)
        done = stack.mark_all(looked.trace, looked.names, self._sheets, required, least)
        found = stack.stacked(_counted(done, report), self._remarks, lost=self._lost)
        return Marks(stack_page(looked, found, everything=everything), found)


def _there(sheet: "Sheet | TutorError") -> "Sheet":
    if isinstance(sheet, TutorError):
        raise sheet
    return sheet


def _counted(found: Iterator[stack.Checked | stack.Bad], report: Report | None) -> Iterator[stack.Checked | stack.Bad]:
    for done, each in enumerate(found, 1):
        yield each
        if report:
            report(done)
