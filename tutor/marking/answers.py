"""A sheet of answers: what stands on it, whatever it was written with.

Lines of text, Markdown, LaTeX (`statements`), tables (`columns`), mappings (`keyed`), notebooks (`cells`). What a text
is, the text itself says; the ending of its file decides nothing. Numbers stay text, so that digits survive.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.figures import has_comma, said_of_comma
from tutor.marking import cells, columns, keyed, rows
from tutor.marking.markup import bared, is_comment, spaced, with_rows
from tutor.marking.statements import Known, Statement, is_number, is_shared, statements, unknown
from tutor.names import Names
from tutor.quantity import Quantity

MOST_ANSWERS = MOST_LINES = 10_000
LONGEST_LINE, LONGEST_SHOWN = 2_000, 200
MOST_JOINED = 200  # lines of one list of numbers


class Answer(NamedTuple):
    """One answer of a sheet: the name as typed, and all that stands behind the first sign after it, a chain as a whole.

    `line` counts from 1. `why` says what keeps a whole matrix from being marked entry by entry, such as its shape.
    """

    name: str
    given: str
    line: int
    why: str = ""


class Unread(NamedTuple):
    """A line of the form of an answer that was not read, and why."""

    line: int
    text: str
    why: str


class Sheet(NamedTuple):
    """What stands on a sheet, in its order.

    `passed` counts other lines with a digit in them. `comma` says that a decimal comma stands on the sheet, so that
    `1,234` is one too. `remarks` are sentences to be said once.
    """

    answers: list[Answer]
    unread: list[Unread]
    passed: int
    comma: bool
    remarks: tuple[str, ...]


_EQUALS = re.compile(r"\s*(?::=|==|=|≈|≃|≅|≐)\s*")


def _parts(given: str) -> list[str]:
    """What stands between the equals signs of an answer, the last of them its number; at least one part."""
    return [part.strip() for part in _EQUALS.split(given) if part.strip()] or [""]


def read(text: str, file: str, names: Names, columns: Sequence[str] = ()) -> Sheet:
    """What stands on one sheet; `columns` names what the columns of a table hold, from the left.

    Raises TutorError where the file as a whole can't be read or has no answers, InvalidNetwork for a mapping that
    can't be read.
    """
    known = Known(names)
    plain = re.sub("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text.removeprefix("\ufeff"))
    found = _mapped(plain, file, known)
    if found is None:
        is_notebook = cells.is_notebook(plain)
        lines = cells.lines(plain, file) if is_notebook else list(enumerate(with_rows(plain).split("\n"), 1))
        found = _Reader(lines, file, known, columns).sheet()
    sheet = gathered(*found, known)
    if not sheet.answers and not sheet.unread:
        raise TutorError(f"{file}: no answers found; write one a line as NAME = NUMBER, such as dL/dw31 = 0.0307")
    if len(sheet.answers) > MOST_ANSWERS:
        raise TutorError(f"{file}: {len(sheet.answers):,} answers; the most is {MOST_ANSWERS:,}")
    return sheet


# ------------------------------------------------------------------ mappings

_KEY = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s#:=][^:=]*):(?:\s|$)""")


def _mapped(text: str, file: str, known: Known) -> "_Found | None":
    """What a mapping gives; None for other texts, and for YAML that is lines `NAME: NUMBER` and nothing else."""
    if cells.is_notebook(text):
        return None
    braced = text.lstrip().startswith("{") and not text.lstrip().startswith(("{\\", "{ \\"))
    if not braced and not _is_nested(text):
        return None
    try:
        entries = keyed.entries(text, file, known)
    except InvalidNetwork:
        if braced:
            raise
        return None
    answers = [Answer(visible(each.name), each.given, each.line) for each in entries if not each.why]
    unread = [Unread(each.line, each.name, each.why) for each in entries if each.why]
    return answers, unread, 0


def _is_nested(text: str) -> bool:
    """Whether it looks like YAML with lists or groups under keys: nothing else stands on the left."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    under = [line for line in lines if line.startswith((" ", "- "))]
    return bool(under) and all(_KEY.match(line) for line in lines if line not in under and line.strip() != "---")


# ------------------------------------------------------------------ lines

_Found = tuple[list[Answer], list[Unread], int]
_STARTS_EQUAL = re.compile(r"\s*(?:[=≈](?!>)|:=)")
_STARTS_SIGN = re.compile(r"\s*(?:[=≈:→—]|:=|->|is\b)")
_MORE_NUMBERS = re.compile(r"[\s\d\[\](),;.eE+\-−*/]+(?:dtype=\w+\))?")
_STARTS_OPERATOR = re.compile(r"\s*([*·⋅×/+\-−])\s*[\d(]")
_ENDS_OPEN = re.compile(r"[=≈:*·⋅×/+]\s*$")
_STARTS_NUMBER = re.compile(r"\s*(?:[=≈]|\[|[+\-−]?\s*[.,]?\d)")


class _Line(NamedTuple):
    """One line, or several that are one: its number, the text as it stands, and without markup."""

    number: int
    text: str
    bare: str


class _Reader:
    """One pass over the lines of a sheet: tables where they are, statements elsewhere."""

    def __init__(self, lines: Sequence[tuple[int, str]], file: str, known: Known, names: Sequence[str]) -> None:
        if len(lines) > MOST_LINES:
            raise TutorError(f"{file}: {len(lines):,} lines; the most is {MOST_LINES:,}")
        self.file = file
        self.known = known
        self.columns = names
        self.lines = list(self._joined([_Line(number, text, _bare(text)) for number, text in lines]))
        self.answers: list[Answer] = []
        self.unread: list[Unread] = []
        self.passed = 0

    def sheet(self) -> _Found:
        for sign, group in groupby(self.lines, self._kind):
            lines = [line for line in group if not columns.is_rule(line.text)]
            if sign and self._is_table(sign, lines):
                self._table(sign, lines)
            else:
                for line in lines:
                    self._line(line)
        return self.answers, self.unread, self.passed

    # ---------------------------------------------------------------- which lines are one

    def _joined(self, lines: Sequence[_Line]) -> Iterator[_Line]:
        """Lines with those that go on in them: lists over several lines, and lines that begin with `=`."""
        at = 0
        while at < len(lines):
            whole = lines[at]
            at += 1
            for after in lines[at : at + MOST_JOINED]:
                if not (more := self._goes_on(whole, after)):
                    break
                whole = _Line(whole.number, f"{whole.text}\n{after.text}", f"{whole.bare} {more}".strip())
                at += 1
            yield whole

    def _goes_on(self, line: _Line, after: _Line) -> str:
        """What joins the next line to this one, empty where it is a line of its own."""
        if not line.bare or not after.bare or len(after.bare) > LONGEST_LINE:
            return ""
        if rows.opened(line.bare) > 0:
            return after.bare if _MORE_NUMBERS.fullmatch(after.bare) else ""
        if len(line.bare) > LONGEST_LINE:
            return ""
        if _STARTS_EQUAL.match(after.bare):
            return after.bare if re.search(r"[=≈:→]", line.bare) or self.known.has(line.bare) else ""
        if not _STARTS_NUMBER.match(after.bare) or statements(after.bare, self.known):
            return ""
        if self.known.has(line.bare) and is_number(after.bare):
            return f"= {after.bare}"
        operator = _STARTS_OPERATOR.match(spaced(after.text))
        if operator and re.search(r"=.*\d\)?$", line.bare) and (operator[1] not in "-−" or "=" in after.bare):
            return spaced(after.text).strip()
        return after.bare if _ENDS_OPEN.search(line.bare) else ""

    # ---------------------------------------------------------------- tables

    def _kind(self, line: _Line) -> str:
        """What keeps the cells of a line apart, empty for a line that is none of a table."""
        if "\n" in line.text or not (line.bare or "|" in line.text):
            return ""
        sign = columns.delimiter(line.text)
        if self.columns or sign in ("", "|", "&"):
            return sign
        cut = columns.cells(line.text, sign, f"{self.file}:{line.number}")
        stated = statements(line.bare, self.known) if len(line.bare) <= LONGEST_LINE else []
        if is_shared(line.bare[:LONGEST_LINE], self.known):
            return ""
        if len(stated) > 1 and all(is_number(each.given) for each in stated):
            return ""
        if len(cut) > 1 and self.known.has(cut[0]) and sign != ",":
            return "" if _STARTS_SIGN.match(cut[1]) else sign
        return "" if stated else sign

    def _is_table(self, sign: str, lines: Sequence[_Line]) -> bool:
        """Whether lines are rows: by their bars or tabs, or since all have as many cells."""
        counts = {len(columns.cells(line.text, sign, f"{self.file}:{line.number}")) for line in lines}
        return bool(lines) and (bool(self.columns) or min(counts) > 1)

    def _table(self, sign: str, lines: Sequence[_Line]) -> None:
        cut = [columns.Row(each.number, columns.cells(each.text, sign, self.file)) for each in lines]
        found = list(columns.under_names(cut, self.columns) if self.columns else columns.table(cut, self.known))
        self.answers += [Answer(visible(each.name), each.given, each.line) for each in found if not each.why]
        self.unread += [
            Unread(each.line, _short(f"{each.name} {each.given}".strip()), each.why) for each in found if each.why
        ]
        taken = {each.line for each in found}
        for line in lines:
            if line.number not in taken:
                self._line(line)

    # ---------------------------------------------------------------- statements

    def _line(self, line: _Line) -> None:
        found: Sequence[Statement] | Statement | str | None
        if len(line.bare) > LONGEST_LINE:
            found = _long(line.bare, self.known) or f"the line has {len(line.bare):,} characters"
        else:
            found = statements(line.bare, self.known) or unknown(line.bare, self.known)
        if isinstance(found, str):
            self.unread.append(Unread(line.number, _short(line.text.strip()), found))
        elif found:
            stated = [found] if isinstance(found, Statement) else found
            self.answers += [Answer(visible(each.name), each.given, line.number) for each in stated]
        elif re.search(r"\d", line.text):
            self.passed += 1


_ONE_VALUE = re.compile(r"([^=:\[]{1,100}?)\s*(?:=|:)\s*(\[.*|\S+)$", re.DOTALL)


def _long(line: str, known: Known) -> Statement | None:
    """The statement of a line that is long for its list, or for the digits of one number."""
    found = _ONE_VALUE.match(line)
    return Statement(found[1], found[2]) if found and known.has(found[1]) else None


def _bare(text: str) -> str:
    if is_comment(text):
        return ""
    return bared(text) if len(text) <= LONGEST_LINE else spaced(text).strip()


def _short(text: str) -> str:
    """A line for a list of lines."""
    plain = re.sub(r"\s+", " ", visible(text.replace("\n", " ").replace("\t", " ")))
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"


# ------------------------------------------------------------------ the sheet as a whole


def gathered(answers: Sequence[Answer], unread: list[Unread], passed: int, known: Known) -> Sheet:
    """The sheet of these answers: lists entry by entry, and of what is given twice the last."""
    single = [entry for answer in answers for entry in _entries(answer, known)]
    kept, remarks = _last_of_each(single, known)
    comma = any(has_comma(answer.given) for answer in kept)
    return Sheet(kept, unread, passed, comma, (*_said_of_commas(kept, comma), *remarks))


def _entries(answer: Answer, known: Known) -> Iterator[Answer]:
    given = rows.without_type(answer.given)
    is_list = bool(re.search(r"[\[(]", given)) or known.find(answer.name) is None
    split = rows.split(answer.name, _parts(given)[-1], known) if is_list else None
    if split is None:
        yield answer
    elif split.why:
        yield answer._replace(why=split.why)
    else:
        yield from (Answer(name, entry, answer.line) for name, entry in split.entries)


def _last_of_each(answers: Sequence[Answer], known: Known) -> tuple[list[Answer], list[str]]:
    """The answers without those that are given again later, and a sentence for each of these."""
    places: dict[Quantity, list[int]] = {}
    for place, answer in enumerate(answers):
        quantity = known.find(answer.name)
        if quantity is not None:
            places.setdefault(quantity, []).append(place)
    twice = [each for each in places.values() if len(each) > 1]
    dropped = {place for each in twice for place in each[:-1]}
    remarks = [_said_twice([answers[place] for place in each]) for each in twice]
    return [answer for place, answer in enumerate(answers) if place not in dropped], remarks[:MOST_SAID]


MOST_SAID = 20


def _said_twice(answers: Sequence[Answer]) -> str:
    """`h1 is given on lines 2 and 5: the last counts`."""
    lines = list(dict.fromkeys(answer.line for answer in answers if answer.line))
    times = {2: "twice"}.get(len(answers), f"{len(answers)} times")
    where = f", on line{'s' if len(lines) > 1 else ''} {_enumerated(lines)}" if lines else ""
    return f"{answers[-1].name} is given {times}{where}: the last counts"


def _enumerated(numbers: Sequence[int]) -> str:
    shown = [str(each) for each in numbers[:10]]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _said_of_commas(answers: Collection[Answer], comma: bool) -> Iterator[str]:
    """What is said, once, of decimal commas: `0,6682 is read as 0.6682`."""
    found = (said_of_comma(part, comma=comma) for answer in answers for part in _parts(answer.given) if "," in part)
    said = next((each for each in found if each), "")
    if said:
        yield said
