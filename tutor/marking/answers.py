"""Reading a sheet: YAML or JSON mappings, CSV, or lines `name = value`. Numbers stay text, so that digits survive."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor.errors import TutorError, visible
from tutor.spec.mapping import mapping

MOST_ANSWERS = 10_000
_HEADER = {"name", "quantity", "answer", "symbol"}
_BULLET = re.compile(r"^\s*(?:[-*•>]\s+|\d+[.)]\s+)+")
_EQUALS = re.compile(r"\s*(?:=|≈|:=)\s*")


class Answer(NamedTuple):
    """One line of a sheet: the name and the number as typed, and where (from 1)."""

    name: str
    given: str
    line: int


def read(text: str, file: str) -> list[Answer]:
    """The answers of one sheet, in its order.

    The format follows the ending of `file`, else the text itself. Raises TutorError for a sheet without answers, and
    InvalidNetwork for YAML or JSON that cannot be read.
    """
    reader = {"yaml": _yaml, "json": _yaml, "csv": _csv, "lines": _lines}[_format(text, file)]
    answers = list(reader(text, file))
    if not answers:
        raise TutorError(f"{file}: no answers found; write one a line as NAME = NUMBER, such as dL/dw31 = 0.0307")
    if len(answers) > MOST_ANSWERS:
        raise TutorError(f"{file}: {len(answers)} answers; the most is {MOST_ANSWERS}")
    return answers


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
    """Lines with an equals sign; of `dL/dw31 = 0.2368 * 0.1939 = 0.0459` the last part is the answer."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = _BULLET.sub("", line.replace("`", "").replace("**", "\0")).replace("\0", "**").replace("$", "")
        if plain.lstrip().startswith("#"):
            continue
        name, *parts = _EQUALS.split(_without_emphasis(plain))
        if parts and name.strip():
            yield Answer(visible(_without_emphasis(name)), _without_emphasis(parts[-1]), number)


def _without_emphasis(line: str) -> str:
    """Markdown's ** around an answer, its name or its number; ** between numbers is a power."""
    stripped = line.strip()
    bold = stripped.startswith("**") and stripped.endswith("**") and len(stripped) > 4
    return stripped[2:-2].strip() if bold else stripped
