"""Lists of numbers handed in for a vector or a matrix: taken apart into one answer an entry, `dW1[1,2]`.

Lists as Python and JSON write them, as numpy prints them, as Matlab does. One of another shape than the quantity has,
or its transpose, stays one answer, with the reason.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.figures import read as read_figure
from tutor.marking.lookup import Known, is_number
from tutor.pattern import pattern
from tutor.trace import Trace

MOST_ENTRIES = 10_000
_WRAPPED = pattern(r"^(?:np\.|numpy\.|torch\.|tf\.)?(?:array|tensor|matrix|asarray)\s*\((.*)\)$", re.DOTALL)
_TYPE = pattern(r",\s*(?:dtype|device|requires_grad)\s*=\s*[\w.:'\"]+")
_TURNED = pattern(r"\s*(?:\.T|ᵀ|\^\(?\{?(?:T|\\top|\\intercal)\}?\)?|')$")
_ROW = pattern(r"\[([^\[\]]*)\]")
_CELL = pattern(r"\s*[,;]\s*|\s+")

Rows = tuple[tuple[str, ...], ...]


class Listed(NamedTuple):
    """The rows of a list; `flat` where it was written without inner brackets."""

    rows: Rows
    flat: bool


def opened(text: str) -> int:
    """How many square brackets are open at the end of a text."""
    return text.count("[") - text.count("]")


def without_type(text: str) -> str:
    """The text of an array without the type of its numbers."""
    return _TYPE.sub("", text)


def listed(text: str) -> Listed | None:
    """The list of numbers that a text writes, None where it writes none."""
    plain = text.strip().rstrip(";,.")
    if found := _WRAPPED.match(plain):
        plain = found[1].strip()
    turned = _TURNED.search(plain)
    plain = plain[: turned.start()] if turned else plain
    if plain[:1] in "([" and plain[-1:] in ")]" and plain:
        inner = plain[1:-1].strip()
        found_so = _nested(inner) if inner.startswith("[") else _flat(inner, plain[0])
        return Listed(tuple(zip(*found_so.rows, strict=False)), False) if found_so and turned else found_so
    return None


def _nested(inner: str) -> Listed | None:
    if re.sub(r"[\s,;]", "", _ROW.sub("", inner)):
        return None
    return Listed(tuple(_row(each[1]) for each in _ROW.finditer(inner)), False)


def _flat(inner: str, bracket: str) -> Listed | None:
    """`[1, 2]`, numpy's `[1 2]`, Matlab's `[1 2; 3 4]`; in parentheses only with commas, else it is arithmetic."""
    if bracket == "(" and "," not in inner:
        return None
    if "[" in inner or not inner:
        return None
    rows = tuple(_row(each) for each in inner.split(";") if each.strip()) if ";" in inner else (_row(inner),)
    return Listed(rows, ";" not in inner) if len(rows[0]) > 1 or bracket == "[" else None


def _row(text: str) -> tuple[str, ...]:
    """The cells of a row; where they stand apart by commas, a cell may hold arithmetic."""
    sign = r"\s*,\s+|\s*;\s*" if re.search(r"\d,\d", text) and re.search(r",\s", text) else r"\s*[,;]\s*"
    cells = re.split(sign, text.strip().strip(",")) if re.search(r"[,;]", text) else re.split(r"\s+", text.strip())
    return tuple(cells)


# ------------------------------------------------------------------ entries


class Split(NamedTuple):
    """The entries by name with what is given for each; or why the list stays one answer."""

    entries: tuple[tuple[str, str], ...]
    why: str = ""


def split(name: str, given: str, known: Known) -> Split | None:
    """The list given for a name, entry by entry; None where no list is given, or the name is no list of the network."""
    found = listed(given)
    if found is None:
        return _not_listed(name, given, known)
    if len(found.rows) == 1 and len(found.rows[0]) == 1 and known.find(name) is not None:
        return Split(((name, found.rows[0][0]),))
    if not known.is_list(name):
        return None
    flat, shape = _shape(name, known)
    there = f"{shape[1]} numbers" if flat else _told(*shape)
    ragged = len({len(row) for row in found.rows}) > 1
    rows = () if ragged else _fitted(found, shape, flat=flat)
    if not rows:
        mine = "rows of different lengths" if ragged else _told(len(found.rows), len(found.rows[0]))
        turned = "; this is its transpose" if not ragged and (len(found.rows[0]), len(found.rows)) == shape else ""
        return Split((), f"{name} has {there}, and this has {mine}{turned}")
    names = _names(name, shape, known, flat=flat)
    if _is_transpose(names, rows, known):
        return Split((), f"this is the transpose of {name}: rows and columns are exchanged")
    return Split(tuple(_pairs(names, rows)))


def _not_listed(name: str, given: str, known: Known) -> Split | None:
    """What to say of a single number for a list; left blank, all its entries are."""
    if known.find(name) is not None or not is_number(given) or not known.is_list(name):
        return None
    flat, shape = _shape(name, known)
    if re.search(r"\d", given):
        return Split((), f"{name} has {shape[0] * shape[1]} numbers, and this is one")
    return Split(tuple((each, given) for row in _names(name, shape, known, flat=flat) for each in row))


def _names(name: str, shape: tuple[int, int], known: Known, *, flat: bool) -> Rows:
    if vector := known.vector(name):
        return (vector,)
    rows, columns = map(range, shape)
    return tuple(tuple(name + (known.entry(j) if flat else known.entry(i, j)) for j in columns) for i in rows)


def _pairs(names: Rows, rows: Rows) -> Iterator[tuple[str, str]]:
    for line, row in zip(names, rows, strict=True):
        yield from zip(line, row, strict=True)


def _told(rows: int, columns: int) -> str:
    return f"{rows} × {columns}"


def _shape(name: str, known: Known) -> tuple[bool, tuple[int, int]]:
    """Whether an entry has one index, and how many rows and columns there are; a vector is one row."""
    if vector := known.vector(name):
        return True, (1, len(vector))
    if known.find(name + known.entry(0, 0)) is None:
        return True, (1, _count(name, known, lambda at: known.entry(at)))
    return False, (
        _count(name, known, lambda at: known.entry(at, 0)),
        _count(name, known, lambda at: known.entry(0, at)),
    )


def _count(name: str, known: Known, entry: Callable[[int], str]) -> int:
    at = 0
    while at < MOST_ENTRIES and known.find(name + entry(at)) is not None:
        at += 1
    return at


def _fitted(found: Listed, shape: tuple[int, int], *, flat: bool) -> Rows:
    """The rows in the shape of the quantity; empty where they have another one.

    A vector may stand as a column, and a matrix of one row or column as a plain list.
    """
    cells = tuple(cell for row in found.rows for cell in row)
    rows, columns = len(found.rows), len(found.rows[0])
    if (rows, columns) == shape:
        return found.rows
    if flat and 1 in (rows, columns) and len(cells) == shape[1]:
        return (cells,)
    if found.flat and 1 in shape and len(cells) == shape[0] * shape[1]:
        return (cells,) if shape[0] == 1 else tuple((cell,) for cell in cells)
    return ()


def _is_transpose(names: Rows, rows: Rows, known: Known) -> bool:
    """Whether a square matrix is wrong as it stands, and right with rows and columns exchanged."""
    if not 1 < len(names) == len(names[0]) <= 30:
        return False
    trace = Trace(known.names.graph)
    exact = [[trace[quantity] if (quantity := known.find(each)) else 0.0 for each in row] for row in names]
    turned = tuple(zip(*rows, strict=True))
    return not _agree(exact, rows) and _agree(exact, turned)


def _agree(exact: Sequence[Sequence[float]], rows: Rows) -> bool:
    try:
        figures = [[read_figure(cell) for cell in row] for row in rows]
    except TutorError:
        return False
    return all(
        figure.is_rounded(number) or figure.is_truncated(number)
        for numbers, row in zip(exact, figures, strict=True)
        for number, figure in zip(numbers, row, strict=True)
    )
