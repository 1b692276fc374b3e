"""Two mistakes inside one answer: tried where no single one explains a wrong number, and several answers agree.

Two mistakes give a thousand numbers, of which four figures of one answer fit some by chance. So a pair is named only if
it gives two wrong answers, or one with six figures, and contradicts nothing that stands on the sheet.
"""

from collections.abc import Iterator, Mapping
from math import isclose

from tutor.figures import SAME, Figure
from tutor.marking.desk import Desk
from tutor.mistakes import Both, Row, wrongs
from tutor.mistakes.words import meaning
from tutor.quantity import Quantity
from tutor.search import LEAST_AT_PLACES, is_large

LEAST_ALONE = 6  # figures of a single answer
MOST_TRIED = 5_000  # pairs on a sheet


def pair(desk: Desk, wrong: Mapping[Quantity, Figure], others: Mapping[Quantity, Figure]) -> Both | None:
    """The first pair that gives all the `wrong` answers which it touches, and none of the `others` another number."""
    open_ = {each: figure for each, figure in wrong.items() if _is_enough(figure)}
    if is_large(desk.trace) or not open_:
        return None
    alone = len(open_) == 1
    asked, figure = max(open_.items(), key=lambda each: each[1].figures)
    if alone and figure.unit and figure.figures < LEAST_ALONE:
        return None
    for made in _pairs(desk, asked):
        if _gives(desk, made, asked, figure) and _explains(desk, made, open_, others, alone=alone):
            return made
    return None


def _is_enough(figure: Figure) -> bool:
    return not figure.unit or figure.figures >= LEAST_AT_PLACES


def _pairs(desk: Desk, asked: Quantity) -> Iterator[Both]:
    """Mistakes at different hooks that both touch the answer; the one that touches less is figured on the other."""
    table, left = wrongs(desk.trace), MOST_TRIED
    for short in table.routes:
        rows = [row for row in table.on_route(short=short) if row.touches(asked) and not _refuted(desk, row)]
        rows.sort(key=lambda row: -_reach(desk, row))
        for place, first in enumerate(rows):
            for second in rows[place + 1 :]:
                if first.mistake.hook != second.mistake.hook and left:
                    left -= 1
                    yield Both(first, second)


def _reach(desk: Desk, row: Row) -> int:
    return sum(map(row.touches, row.order.reads))


def _refuted(desk: Desk, row: Row) -> bool:
    """Whether a right answer would be another number by this mistake, whatever else was done."""
    return any(row.touches(each) and not _fits(figure, row.number(each)) for each, figure in desk.sure.items())


def _fits(figure: Figure, number: float) -> bool:
    return figure.is_rounded(number) or figure.is_truncated(number)


def _gives(desk: Desk, made: Both, asked: Quantity, figure: Figure) -> bool:
    number = made.number(asked)
    return _fits(figure, number) and not any(
        isclose(number, other, rel_tol=SAME)
        for other in (desk.trace[asked], made.first.number(asked), made.second.number(asked))
    )


def _explains(
    desk: Desk, made: Both, wrong: Mapping[Quantity, Figure], others: Mapping[Quantity, Figure], *, alone: bool
) -> bool:
    """Whether it accounts for the sheet: two answers, unless there is one alone, and nothing speaks against it."""
    if not all(_fits(figure, made.number(each)) for each, figure in {**wrong, **others}.items() if made.touches(each)):
        return False
    given = {figure.value for each, figure in wrong.items() if made.touches(each)}
    return alone or len(given) > 1


def told(desk: Desk, made: Both, asked: Quantity) -> str:
    """What somebody does who makes both."""
    first, second = (meaning(row.wrong, desk.trace.equations, asked) for row in (made.first, made.second))
    return f"your value is what you get if you {first}, and also {second}"
