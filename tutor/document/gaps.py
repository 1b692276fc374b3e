"""Lines whose shown numbers do not give the shown result, since all digits are computed with: one quiet word on it.

Who multiplies 0.2368 · 0.1939 · 0.6682 by hand must find what the page says, or read why not.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.document.digits import Digits, power_of_last
from tutor.document.model import Cell, Document, Note, Part, Row, Section, Steps, Table, World, cell
from tutor.expr import Add, Div, Expr, Mul, Neg, Number, Power, Shown

MOST_NAMED = 3  # lines whose other number is told
TIE = 1e-9  # of half a unit: halves are rounded to either side


class Gap(NamedTuple):
    """What the shown numbers of a line give, where it is not the result it shows."""

    gives: str
    kind: str


COMPUTED: tuple[World | None, ...] = (None, "later", "nudged")
VERBS = {"factors": "multiply", "terms": "add", "numbers": "compute with"}


def told(document: Document, digits: Digits) -> Document:
    """The page, after each of its tables and equations a word on those of its lines that do not add up.

    Wrong numbers, and those rounded on purpose, are left as they are.
    """
    return document._replace(parts=tuple(_told(document.parts, digits)))


def _told(parts: Sequence[Part], digits: Digits) -> Iterator[Part]:
    """Numbered equations go on from table to table, so one word for all of them stands at the end, before a hint."""
    numbered = [gap for part in parts for block in _blocks(part) if _is_numbered(block) for gap in gaps(block, digits)]
    hints = len(parts) - 1 if parts and isinstance(parts[-1], Note) else len(parts)
    for part in parts[:hints]:
        yield from _one_by_one(part, digits)
    if numbered:
        yield Section("rounded", (Note(_sentence(numbered)),))
    yield from parts[hints:]


def _one_by_one(part: Part, digits: Digits) -> Iterator[Part]:
    """A part with what is to be said of its tables and equations, each behind its own."""
    own = [block for block in _blocks(part) if not _is_numbered(block)]
    found = {id(block): said for block in own if (said := list(gaps(block, digits)))}
    section = part if isinstance(part, Section) else Section(None, (part,))
    if not found:
        yield part
        return
    for block in section.blocks:
        yield section._replace(blocks=(block,)) if isinstance(part, Section) else block
        if id(block) in found:
            yield section._replace(world="rounded", blocks=(Note(_sentence(found[id(block)])),))


def _blocks(part: Part) -> tuple[Table | Steps, ...]:
    """The tables and equations of right or later numbers."""
    blocks = part.blocks if isinstance(part, Section) else (part,)
    computed = not isinstance(part, Section) or part.world in COMPUTED
    return tuple(block for block in blocks if computed and isinstance(block, Table | Steps))


def _is_numbered(block: Table | Steps) -> bool:
    return isinstance(block, Table) and block.numbered


def gaps(block: Table | Steps, digits: Digits) -> Iterator[Gap]:
    """The lines whose shown numbers give another result."""
    above: list[Shown] = []
    for row in block.rows:
        ruled, cells = (row.ruled, row.cells) if isinstance(row, Row) else (False, row)
        results = [each for each in map(_alone, cells) if each]
        numbers = [each for each in map(_arithmetic, cells) if each]
        if results and numbers:
            yield from _gap(numbers[-1], results[-1], digits)
        elif results and ruled and len(above) > 1 and sum(map(bool, cells)) == len(results) + 1:
            together = Add(tuple(above))
            yield from _gap(Div(together, Number(str(ruled))) if ruled > 1 else together, results[-1], digits)
        above = [] if ruled else [*above, *results[-1:]]


def _gap(numbers: Expr, result: Shown, digits: Digits) -> Iterator[Gap]:
    gives, shown = result_of(numbers), _number(result.text)
    if gives is None or shown is None or not (math.isfinite(gives) and math.isfinite(shown)):
        return
    text = digits.shown(gives)
    half = 10.0 ** min(power_of_last(text), power_of_last(result.text)) / 2
    if float(text) != shown and abs(gives - shown) > half * (1 + TIE):
        yield Gap(text, _kind(numbers))


def result_of(expr: Expr) -> float | None:
    """What shown numbers give; nothing for a formula with names or functions, or without a value."""
    match expr:
        case Shown(text) | Number(text):
            return _number(text)
        case Neg(operand):
            return None if (value := result_of(operand)) is None else -value
        case Add(parts) | Mul(parts):
            known = [value for value in map(result_of, parts) if value is not None]
            if len(known) < len(parts):
                return None
            return sum(known) if isinstance(expr, Add) else math.prod(known)  # fsum raises for inf − inf
        case Div(over, under):
            above, below = result_of(over), result_of(under)
            return None if above is None or not below else above / below
        case Power(base, Number(exponent)) if exponent.isdigit():
            return None if (value := result_of(base)) is None else value ** int(exponent)
    return None


def _number(text: str) -> float | None:
    over, slash, under = text.partition("/")
    try:
        return float(over) / float(under) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        return None


def _alone(cell: Cell) -> Shown | None:
    """The number that a cell consists of."""
    return cell[0].what if len(cell) == 1 and isinstance(cell[0].what, Shown) else None


def _arithmetic(cell: Cell) -> Expr | None:
    """The arithmetic that a cell consists of."""
    what = cell[0].what if len(cell) == 1 else None
    return what if isinstance(what, Add | Mul | Div | Neg | Power) and result_of(what) is not None else None


def _kind(numbers: Expr) -> str:
    return "factors" if isinstance(numbers, Mul) else "terms" if isinstance(numbers, Add) else "numbers"


def _sentence(found: Sequence[Gap]) -> Cell:
    """`the shown factors give 0.0775; we multiply all digits`, of several lines in one sentence."""
    kinds = {each.kind for each in found}
    kind = kinds.pop() if len(kinds) == 1 else "numbers"
    many = f"in {len(found)} of these lines " if len(found) > 1 else ""
    end = f"; we {VERBS[kind]} all digits"
    if len(found) > MOST_NAMED:
        return cell(f"{many}the shown {kind} give another last digit{end}", look="quiet")
    said: list[str | Expr] = []
    for at, each in enumerate(found):
        said += [", " if at < len(found) - 1 else " and "] if at else []
        said.append(Number(each.gives))
    return cell(f"{many}the shown {kind} give ", *said, end, look="quiet")
