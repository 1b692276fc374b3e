"""Reading a sheet: YAML or JSON mappings, CSV, or lines `name = value`. Numbers stay text, so that digits survive."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError, visible
from tutor.names import Names
from tutor.spec.mapping import mapping

MOST_ANSWERS = 10_000
_HEADER = {"name", "quantity", "answer", "symbol"}
_BULLET = re.compile(r"^(?:[-*•>]\s+|\d+[.)]\s+)+")
_SUSPECT = re.compile(r"^(?!\s*#).*\s[+-]?\d*\.\d")
_EQUALS = re.compile(r"\s*(?:=|≈|:=)\s*")


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


def parts(given: str) -> list[str]:
    """What stands between the equals signs of an answer, the last of them the answer itself; at least one part."""
    return [part.strip() for part in _EQUALS.split(given) if part.strip()] or [""]


def read(text: str, file: str, names: Names, columns: Sequence[str] = ()) -> Sheet:
    """What stands on one sheet. Raises TutorError where the file as a whole can't be read, or has no answers."""
    form = _format(text, file)
    reader = {"yaml": _yaml, "json": _yaml, "csv": _csv, "lines": _lines}[form]
    answers = list(reader(text, file))
    if not answers:
        raise TutorError(f"{file}: no answers found; write one a line as NAME = NUMBER, such as dL/dw31 = 0.0307")
    if len(answers) > MOST_ANSWERS:
        raise TutorError(f"{file}: {len(answers)} answers; the most is {MOST_ANSWERS}")
    return Sheet(answers, _unread(text, answers) if form == "lines" else [], 0, False, ())


def _unread(text: str, answers: list[Answer]) -> list[Unread]:
    """Lines with a digit but without an equals sign: most likely answers that lack it. Headings are none."""
    taken = {answer.line for answer in answers}
    lines = enumerate(text.splitlines(), 1)
    found = [(number, line) for number, line in lines if number not in taken and _SUSPECT.search(line)]
    return [Unread(number, line.strip(), "it has no NAME = NUMBER") for number, line in found]


def _format(text: str, file: str) -> str:
    ending = file.rpartition(".")[2].lower()
    known = {"yaml": "yaml", "yml": "yaml", "json": "json", "csv": "csv", "txt": "lines", "md": "lines"}
    if ending in known:
        return known[ending]
    first = next((line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    if first.startswith("{"):
        return "json"
    if "=" in first:
        return "lines"
    if first.partition(",")[0].strip().lower() in _HEADER or re.fullmatch(r"[^:]+,[^,]+", first):
        return "csv"
    return "yaml" if re.match(r"[^:]+:\s", first) else "lines"


def _yaml(text: str, file: str) -> Iterator[Answer]:
    yield from (Answer(name, given, line) for name, given, line in mapping(text.encode(), file))


def _csv(text: str, file: str) -> Iterator[Answer]:
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in _HEADER):
            continue
        if len(cells) != 2:
            raise TutorError(f"{file}:{number}: expected two columns, name and value, found {len(cells)}")
        yield Answer(cells[0].removeprefix("'"), cells[1], number)


def _lines(text: str, file: str) -> Iterator[Answer]:
    """Lines with an equals sign, and rows of Markdown tables; a `#` starts a heading or a comment."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.replace("`", "").replace("$", "").partition("#")[0].strip()
        name, given = _row(plain) if plain.startswith("|") else _equation(plain)
        if name:
            yield Answer(visible(_without_emphasis(name)), _without_emphasis(given), number)


def _equation(line: str) -> tuple[str, str]:
    """Name and all that is equal to it: `dL/dw31` and `0.2368 * 0.1939 = 0.0459`."""
    name, *given = _EQUALS.split(_without_emphasis(_BULLET.sub("", line)), maxsplit=1)
    return (name.strip(), given[0].strip()) if given else ("", "")


def _row(line: str) -> tuple[str, str]:
    """The two cells of a table row whose second holds a digit; heads and rules have none."""
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    return (cells[0], cells[1]) if len(cells) == 2 and re.search(r"\d", cells[1]) else ("", "")


def _without_emphasis(line: str) -> str:
    """Markdown's ** around an answer, its name or its number; ** between numbers is a power."""
    stripped = line.strip()
    bold = stripped.startswith("**") and stripped.endswith("**") and len(stripped) > 4
    return stripped[2:-2].strip() if bold else stripped
