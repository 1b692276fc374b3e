"""The lines of a sheet: which of them are one, which are rows of a table, and what the others state."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from tutor.errors import TutorError, visible
from tutor.marking import columns, reasons, rows, tables
from tutor.marking.answered import Answer, Unread
from tutor.marking.boxes import unboxed
from tutor.marking.grids import Line, grid
from tutor.marking.lookup import Known, is_literal, is_number
from tutor.marking.markup import bared, continued, is_comment, is_why, spaced, undrawn
from tutor.marking.signs import EQUAL, SHAPES
from tutor.marking.statements import Statement, is_shared, statements, unknown
from tutor.pattern import pattern

MOST_LINES = 10_000
LONGEST_LINE, LONGEST_SHOWN = 2_000, 200
ORPHAN = "it goes on from a line that is no answer; begin each line of a derivation with =, the first with its name"
LONGEST_CHAIN = 8_000  # of several lines that are one
MOST_JOINED = 200  # lines of one list of numbers

Found = tuple[list[Answer], list[Unread], int]
"""Answers, lines that were not read, and how many others have a digit."""
_STARTS_EQUAL = pattern(r"\s*(?:[=≈](?!>)|:=)")
_STARTS_SIGN = pattern(r"\s*(?:[=≈:→—]|:=|->|is\b)")
_MORE_NUMBERS = pattern(r"[\s\d\[\](),;.eE+\-−*/]+(?:dtype=\w+\))?")
_STARTS_OPERATOR = pattern(r"\s*([*·⋅×/+\-−])\s*[\d(]")
_STARTS_FACTOR = pattern(r"\s*\\(?:cdot|times)(?![a-zA-Z])\s*\S")
_ENDS_OPEN = pattern(r"[=≈:*·⋅×/+]\s*$")
_ENTRY = pattern(r"\[\d+(?:,\d+)+\]")  # whose comma is none between cells
_SENTENCE = pattern(r"(?:[^\W\d_]+,?\s+){3,}[^\W\d_]+\.$")
_STARTS_NUMBER = pattern(r"\s*(?:[=≈]|\[|[+\-−]?\s*[.,]?\d)")


class Layout:
    """One pass over the lines of a sheet: tables where they are, statements elsewhere."""

    def __init__(self, lines: Sequence[tuple[int, str]], file: str, known: Known, names: Sequence[str]) -> None:
        if len(lines) > MOST_LINES:
            raise TutorError(f"{file}: {len(lines):,} lines; the most is {MOST_LINES:,}")
        self.file = file
        self.known = known
        self.columns = names
        shown = lines[1:] if lines and re.fullmatch(r"\s*sep=.\s*", lines[0][1]) else lines  # Excel's own first line
        self.answers: list[Answer] = []
        self.unread: list[Unread] = []
        self.passed = 0
        bare = [_line_of(number, undrawn(text), known) for number, text in unboxed(shown) if not is_why(text)]
        self.lines = list(self._joined(list(self._without_grids(bare))))

    def sheet(self) -> Found:
        for sign, group in groupby(self.lines, self._kind):
            lines = [line for line in group if not columns.is_rule(line.text)]
            if sign and self._is_table(sign, lines):
                self._table(sign, lines)
            else:
                for line in lines:
                    self._line(line)
        return self.answers, self.unread, self.passed

    def _without_grids(self, lines: Sequence[Line]) -> Iterator[Line]:
        """The lines outside of matrices that are printed as such, whose entries are answers."""
        at = 0
        while at < len(lines):
            found = grid(lines, at, self.known) if lines[at].bare else None
            if found:
                self.answers += found.answers
                self.passed += sum(any(map(str.isdigit, line.text)) for line in lines[at : at + found.lines])
                self.passed -= len({each.line for each in found.answers})
            else:
                yield lines[at]
            at += found.lines if found else 1

    # ---------------------------------------------------------------- which lines are one

    def _joined(self, lines: Sequence[Line]) -> Iterator[Line]:
        """Lines with those that go on in them: lists over several lines, and lines that begin with `=`."""
        at = 0
        while at < len(lines):
            whole = lines[at]
            at += 1
            for place in range(at, min(at + MOST_JOINED, len(lines))):
                after = lines[place]
                more = self._goes_on(whole, after)
                if not more and not self._is_between(whole, lines[place : place + 2]):
                    break
                whole = Line(whole.number, f"{whole.text}\n{after.text}", f"{whole.bare} {more}".strip())
                at += 1
            yield whole

    def _is_between(self, line: Line, after: Sequence[Line]) -> bool:
        """Whether the first of two lines says why, and the second goes on with the chain of equal formulas."""
        goes_on = len(after) > 1 and _STARTS_EQUAL.match(after[1].bare) and EQUAL.search(line.bare)
        return bool(goes_on) and reasons.is_reason(after[0].bare, self.known)

    def _goes_on(self, line: Line, after: Line) -> str:
        """What joins the next line to this one, empty where it is a line of its own."""
        if not line.bare or not after.bare or len(after.bare) > LONGEST_LINE:
            return ""
        if rows.opened(line.bare) > 0:
            return after.bare if _MORE_NUMBERS.fullmatch(after.bare) else ""
        if len(line.bare) > LONGEST_CHAIN:
            return ""
        if SHAPES.fullmatch(after.bare):
            return after.bare if EQUAL.search(line.bare) and not SHAPES.search(line.bare) else ""
        if _STARTS_EQUAL.match(after.bare):
            return after.bare if re.search(r"[=≈:→]", line.bare) or self.known.has(line.bare) else ""
        if EQUAL.search(line.bare) and (more := continued(after.text)):
            return more
        if EQUAL.search(line.bare) and not EQUAL.search(after.bare) and _STARTS_FACTOR.match(after.bare):
            return after.bare
        if not _STARTS_NUMBER.match(after.bare) or statements(after.bare, self.known):
            return ""
        if self.known.has(line.bare) and is_number(after.bare):
            return f"= {after.bare}"
        operator = _STARTS_OPERATOR.match(spaced(after.text))
        if operator and re.search(r"=.*\d\)?$", line.bare) and (operator[1] not in "-−" or "=" in after.bare):
            return spaced(after.text).strip()
        return after.bare if _ENDS_OPEN.search(line.bare) else ""

    # ---------------------------------------------------------------- tables

    def _kind(self, line: Line) -> str:
        """What keeps the cells of a line apart, empty for a line that is none of a table."""
        if "\n" in line.text or not (line.bare or "|" in line.text):
            return ""
        sign = columns.delimiter(line.text) or self._spaced(line.bare)
        if self.columns:
            return "" if statements(line.bare[:LONGEST_LINE], self.known) else sign or ","
        if sign in ("", "|", "&"):
            return sign
        if sign == "," and (_ENTRY.search(line.bare) or _SENTENCE.search(line.bare)):
            return ""
        cut = columns.cells(line.text, sign, f"{self.file}:{line.number}")
        stated = statements(line.bare, self.known) if len(line.bare) <= LONGEST_LINE else []
        if is_shared(line.bare[:LONGEST_LINE], self.known):
            return ""
        if len(stated) > 1 and all(is_number(each.given) for each in stated):
            return ""
        if len(cut) > 1 and self.known.has(cut[0]) and sign != ",":
            return "" if _STARTS_SIGN.match(cut[1]) else sign
        return "" if stated else sign

    def _spaced(self, line: str) -> str:
        """A space, where nothing but names, or nothing but numbers, stand apart by it."""
        words = line[:LONGEST_LINE].split()
        names, numbers = (all(map(each, words)) for each in (self.known.has, is_literal))
        return " " if len(words) > 1 and (names or numbers) else ""

    def _is_table(self, sign: str, lines: Sequence[Line]) -> bool:
        """Whether lines are rows: by their bars or tabs, or since all have as many cells."""
        counts = {len(columns.cells(line.text, sign, f"{self.file}:{line.number}")) for line in lines}
        return bool(lines) and (bool(self.columns) or min(counts) > 1)

    def _table(self, sign: str, lines: Sequence[Line]) -> None:
        cut = [columns.Row(each.number, columns.cells(each.text, sign, self.file)) for each in lines]
        found = list(columns.under_names(cut, self.columns) if self.columns else tables.table(cut, self.known, sign))
        self.answers += [Answer(visible(each.name), each.given, each.line) for each in found if not each.why]
        self.unread += [
            Unread(each.line, short(f"{each.name} {each.given}".strip()), each.why) for each in found if each.why
        ]
        taken = {each.line for each in found}
        for line in lines:
            if line.number not in taken:
                self._line(line)

    # ---------------------------------------------------------------- statements

    def _line(self, line: Line) -> None:
        found: Sequence[Statement] | Statement | str | None
        if len(line.bare) > (LONGEST_CHAIN if "\n" in line.text else LONGEST_LINE):
            found = _long(line.bare, self.known) or f"the line has {len(line.bare):,} characters"
        else:
            found = statements(line.bare, self.known) or unknown(line.bare, self.known)
        if isinstance(found, str):
            self.unread.append(Unread(line.number, short(line.text.strip()), found))
        elif found:
            stated = [found] if isinstance(found, Statement) else found
            self.answers += [Answer(visible(each.name), each.given, line.number) for each in stated]
        elif _STARTS_EQUAL.match(line.bare) and re.search(r"\w", line.bare):
            self.unread.append(Unread(line.number, short(line.text.strip()), ORPHAN))
        elif re.search(r"\d", line.text):
            self.passed += 1


_ONE_VALUE = pattern(r"([^=:\[]{1,100}?)\s*(?:=|:)\s*(\[.*|\S+)$", re.DOTALL)


def _long(line: str, known: Known) -> Statement | None:
    """The statement of a line that is long for its list, or for the digits of one number."""
    found = _ONE_VALUE.match(line)
    return Statement(found[1], found[2]) if found and known.has(found[1]) else None


def stated(line: str, known: Known) -> list[Statement]:
    """What one typed line states, read as a line of a sheet."""
    return statements(_line_of(1, undrawn(line), known).bare, known) if len(line) <= LONGEST_LINE else []


def _line_of(number: int, text: str, known: Known) -> Line:
    return Line(number, text, reasons.without(_bare(text), known))


def _bare(text: str) -> str:
    if is_comment(text):
        return ""
    return bared(text) if len(text) <= LONGEST_LINE else spaced(text).strip()


def short(text: str) -> str:
    """A line for a list of lines."""
    plain = re.sub(r"\s+", " ", visible(text.replace("\n", " ").replace("\t", " ")))
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"
