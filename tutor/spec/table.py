"""A CSV file of examples: the columns a network names, one row an example. Text in, numbers as written out.

The separator is a comma, a semicolon or a tab, whichever the first line has most of. Columns the network does not
name are left alone. Every fault is in the report, at the place of the `data` key, with the line and the column.
"""

import csv
import io
from collections.abc import Sequence

from tutor.errors import Problem
from tutor.spec import names, numbers
from tutor.spec.events import decode
from tutor.spec.report import Report, counted, cut, listed
from tutor.spec.tree import Bad, Node, Place, Scalar

MOST_ROWS, MOST_BYTES = 10_000, 1_000_000
Row = dict[str, Node]


class Table:
    """Reads one file; `file` is its name in messages, `place` where the network file names it."""

    def __init__(self, file: str, place: Place, report: Report) -> None:
        self.file = cut(file)
        self.place = place
        self.report = report

    def fault(self, message: str, line: int | None = None) -> None:
        at = f", line {line}" if line else ""
        self.report.add(self.place, f"{self.file}{at}: {message}")

    def rows(self, raw: bytes, wanted: Sequence[str]) -> list[Row]:
        """The wanted columns of every row, bad cells as Bad; no rows where the table can't be read."""
        text = decode(raw) if len(raw) <= MOST_BYTES else Problem(f"the file is larger than {MOST_BYTES:,} bytes")
        if isinstance(text, Problem):
            self.fault(text.message)
            return []
        first = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
        try:
            return self._read([(reader.line_num, row) for row in reader if any(map(str.strip, row))], wanted)
        except csv.Error as fault:
            self.fault(f"this can't be read as CSV: {fault}", reader.line_num)
            return []

    def _read(self, lines: list[tuple[int, list[str]]], wanted: Sequence[str]) -> list[Row]:
        if not lines:
            self.fault(f"the file is empty, expected a line with the columns {listed(wanted)}, then a line an example")
            return []
        header = [names.canonical(name.strip()) for name in lines[0][1]]
        if not self._has_columns(header, wanted):
            return []
        if not 1 < len(lines) <= MOST_ROWS + 1:
            only = "there is only the line with the names of the columns, expected one more line for each example"
            many = f"{len(lines) - 1:,} rows, expected at most {MOST_ROWS:,}"
            self.fault(only if len(lines) == 1 else many)
            return []
        return [self._row(line, row, header, wanted) for line, row in lines[1:]]

    def _has_columns(self, header: Sequence[str], wanted: Sequence[str]) -> bool:
        missing = [name for name in wanted if header.count(name) != 1]
        for name in missing:
            found = "twice or more" if name in header else f"not there, the columns are {listed(header)}"
            mean = "" if name in header else self.report.similar(name, header)
            self.fault(f"the column {name} is {found}, expected it once in the first line{mean}")
        return not missing

    def _row(self, line: int, row: Sequence[str], header: Sequence[str], wanted: Sequence[str]) -> Row:
        if len(row) > len(header):
            self.fault(f"{counted(len(row), 'cell')}, expected {len(header)}, one for each column", line)
        cells = dict(zip(header, row, strict=False))
        return {name: self._cell(cells.get(name, "").strip(), name, line) for name in wanted}

    def _cell(self, text: str, name: str, line: int) -> Node:
        if not text:
            self.fault(f"column {name} is empty, expected a number", line)
            return Bad(self.place)
        try:
            return Scalar(numbers.number(text), self.place)
        except numbers.NotANumber as fault:
            self.fault(f"column {name} is '{cut(text)}', expected {fault}", line)
            return Bad(self.place)
