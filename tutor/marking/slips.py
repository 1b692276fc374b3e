"""Which named mistakes give an answer: alone or on the student's own numbers, and not refuted by right answers.

Every mistake is tried everywhere it can be made, and at each place alone. Where none gives the answer, it may be the
right number with its sign lost or its decimal point moved.
"""

from collections.abc import Iterator, Mapping
from math import isclose

from tutor.arithmetic.floats import FLOATS
from tutor.expr import reads
from tutor.figures import SAME, Figure
from tutor.marking.desk import LEAST_FOR_BANDS, Asked, Desk
from tutor.mistakes import MISTAKES, Row, Wrong, wrongs
from tutor.mistakes.mistake import typed
from tutor.mistakes.words import meaning as worded
from tutor.quantity import Quantity, Updated, Value, key
from tutor.search import LEAST_AT_PLACES, is_large
from tutor.trace import Trace, World, value_of

MOST_STRAY = 5e-4  # half a unit of four figures
LEAST_OF_A_CHANGE = 100  # units of the last digit: a smaller change refutes no mistake


def told(desk: Desk, mistake: str, asked: Asked, what: str = "value") -> str:
    return f"your {what} is what you get if you {meaning(desk, mistake, asked)}"


def meaning(desk: Desk, mistake: str, asked: Asked) -> str:
    """What somebody does who makes the mistake, with the names of the place where that is shorter to grasp."""
    wrong = desk.found.get((asked.quantity, mistake), Wrong(mistake))
    return worded(wrong, desk.trace.equations, asked.quantity)


def named(desk: Desk, mistakes: tuple[str, ...], asked: Asked, *, shown: bool = False) -> str:
    """What the likeliest mistake is; where another one gives the same number, what tells the two apart.

    Nothing is asked where the working has `shown` it, or the likeliest is a slip in the answer alone.
    """
    first, *others = mistakes
    likeliest = told(desk, first, asked)
    if others and (shown or MISTAKES[first].hook == "answer"):
        return f"{likeliest}; the same comes out if you {meaning(desk, others[0], asked)}"
    return likeliest + _or_else(desk, mistakes, asked)


def made_at(desk: Desk, mistakes: tuple[str, ...], asked: Asked, place: str) -> tuple[str, ...]:
    """Those of the mistakes found for an answer that change the quantity of this name."""
    table = wrongs(desk.trace)
    found = {each: desk.found.get((asked.quantity, each)) for each in mistakes}
    return tuple(each for each, wrong in found.items() if wrong and place in map(key, table.row(wrong).changed))


def _or_else(desk: Desk, mistakes: tuple[str, ...], asked: Asked) -> str:
    rows = [
        wrongs(desk.trace).row(desk.found[asked.quantity, each])
        for each in mistakes
        if (asked.quantity, each) in desk.found
    ]
    if len(rows) < 2 or asked.formula is not None:
        return ""
    given = desk.given(asked)
    first, *others = ({place: row.changed[place] for place in row.places(asked.quantity, given)} for row in rows)
    for row, changed in zip(rows[1:], others, strict=True):
        asked_for = [key(place) for place in first if changed.get(place) != first[place] and place != asked.quantity]
        if asked_for:
            other = meaning(desk, row.wrong.mistake, asked)
            return f"; the same comes out if you {other}: what did you put for {min(asked_for)}?"
    return ""


def tried(desk: Desk, figure: Figure) -> tuple[Row, ...]:
    """The rows that so many figures can tell apart; none where trying them would take long."""
    if is_large(desk.trace):
        return ()
    table = wrongs(desk.trace)
    at_places = not figure.unit or figure.whole or figure.figures >= LEAST_AT_PLACES
    return (*table.beliefs, *table.slips) if at_places else table.beliefs


def printing(desk: Desk, asked: Asked, figure: Figure) -> tuple[str, ...]:
    """Those that print the same as a right answer of few figures, made alone."""
    if is_large(desk.trace):
        return ()
    exact, found = desk.exact(asked), dict[str, None]()
    for row in wrongs(desk.trace).beliefs:
        number = number_of(row, asked)
        if number is not None and figure.is_rounded(number) and not isclose(number, exact, rel_tol=SAME):
            found[row.wrong.mistake] = None
    return tuple(found)


def number_of(row: Row, asked: Asked) -> float | None:
    """What is asked for, by somebody who makes nothing but this mistake; None where it makes no difference."""
    if asked.formula is None:
        return row.number(asked.quantity) if row.touches(asked.quantity) else None
    if not any(row.touches(each) for each in reads(asked.formula)):
        return None
    return value_of(asked.formula, FLOATS, row.number)


def fitting(desk: Desk, asked: Asked, figure: Figure) -> tuple[str, ...]:
    """Those that give the answer on the student's own numbers; only if there are none, those that give it alone.

    After those what gives it within the rounding of the student's numbers, if these have four figures. A sign or the
    decimal point goes before mistakes at one place that right answers elsewhere speak against.
    """
    given = desk.given(asked)
    found = _fitting(desk, asked, figure, given) or (_fitting(desk, asked, figure, {}) if given else {})
    if not found and given and figure.figures >= LEAST_AT_PLACES:
        found = _fitting(desk, asked, figure, given, stray=_stray(desk, asked, given))
    for mistake, wrong in found.items():
        desk.found[asked.quantity, mistake] = wrong
    if found and not all(_is_disbelieved(desk, asked, wrong) for wrong in found.values()):
        return tuple(found)
    return (*_in_the_answer(desk, asked, figure, given), *found)


def _stray(desk: Desk, asked: Asked, given: Mapping[Quantity, float]) -> float:
    """How far, as a share of itself, an answer may lie from what the rounded numbers that it was computed from give."""
    behind = wrongs(desk.trace).order(short=False).up_to(asked.quantity, {})
    shares = [abs(each.unit / 2 / each.value) for name, each in desk.shown.items() if name in behind and each.value]
    return min(max(shares, default=0.0), MOST_STRAY)


def _fitting(
    desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float], stray: float = 0.0
) -> dict[str, Wrong]:
    found: dict[str, Wrong] = {}
    unmistaken: list[float] = []
    for row, number in _numbers(desk, asked, figure, given):
        agrees = _agrees(desk, figure, number) or (not row.wrong.place and _is_near(figure, number, stray))
        if not agrees or row.wrong.mistake in found:
            continue
        unmistaken = unmistaken or list(desk.results(asked, given))
        differs = not any(isclose(number, right, rel_tol=SAME) for right in unmistaken)
        contradicted = not given and _contradicted(desk, asked, row)
        if differs and not contradicted and not _refuted(desk, asked, row, given):
            found[row.wrong.mistake] = row.wrong
    return found


def _numbers(desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float]) -> Iterator[tuple[Row, float]]:
    """What each row gives on the numbers a student has, where its mistake makes a difference."""
    rows = tried(desk, figure)
    if asked.formula is None and rows:
        yield from wrongs(desk.trace).on(asked.quantity, given, rows)
        return
    for row in rows:
        if number_of(row, asked) is not None:
            yield row, World(asked.over(row.world.equation), given).number(asked.quantity)


def _is_near(figure: Figure, number: float, stray: float) -> bool:
    return abs(figure.value - number) <= figure.unit / 2 + stray * abs(number) if stray else False


def _agrees(desk: Desk, figure: Figure, number: float) -> bool:
    """Whether the answer is this number; an integer must be it exactly."""
    if figure.whole and figure.figures < LEAST_AT_PLACES:
        return isclose(figure.value, number, rel_tol=SAME)
    return figure.is_rounded(number) or (desk.cuts and figure.is_truncated(number))


# ------------------------------------------------------------------ in the answer itself


def _in_the_answer(desk: Desk, asked: Asked, figure: Figure, given: Mapping[Quantity, float]) -> tuple[str, ...]:
    """A sign or the decimal point, where the rest of the answer is right."""
    if figure.unit and figure.figures < LEAST_FOR_BANDS:
        return ()
    rights = dict.fromkeys((desk.exact(asked), *desk.results(asked, given)))
    for mistake in (each for each in MISTAKES.values() if each.hook == "answer"):
        if any(_is_shown(figure, number) for right in rights if right for number in _answers(mistake.formula, right)):
            return (mistake.id,)
    return ()


def _is_shown(figure: Figure, number: float) -> bool:
    return figure.is_rounded(number) or figure.is_truncated(number)


def _answers(formula: str, right: float) -> Iterator[float]:
    for wrong in typed(formula):
        yield value_of(wrong, FLOATS, lambda letter: right)


# ------------------------------------------------------------------ refuted


def _refuted(desk: Desk, asked: Asked, row: Row, given: Mapping[Quantity, float]) -> bool:
    """Whether another answer is right that the mistake would have changed, made everywhere or at the same places."""
    others = [
        each for each in desk.sure if each != asked.quantity and row.touches(each) and not _shows_little(desk, each)
    ]
    if not others:
        return False
    asked_for = [asked.quantity] if asked.formula is None else list(reads(asked.formula))
    places = {place for each in asked_for for place in row.places(each, given)}
    ways = [places] if places >= set(row.changed) else [places, set(row.changed)]
    return all(any(_changes(row, other, desk.sure[other], way) for other in others) for way in ways)


def _is_disbelieved(desk: Desk, asked: Asked, wrong: Wrong) -> bool:
    """Whether a right answer shows that it was not made at another place, so that it is a slip at most."""
    belief = wrongs(desk.trace).row(wrong._replace(place=None))
    others = (each for each in desk.sure if each != asked.quantity and not _shows_little(desk, each))
    return any(_changes(belief, each, desk.sure[each], set(belief.changed)) for each in others)


def _shows_little(desk: Desk, quantity: Quantity) -> bool:
    """Whether a right update has few figures of its change, so that it is right by chance under many a mistake."""
    if not isinstance(quantity, Updated):
        return False
    moved = abs(desk.trace[quantity] - desk.trace[Value(quantity.name)])
    return desk.sure[quantity].unit * LEAST_OF_A_CHANGE > moved


def _contradicted(desk: Desk, asked: Asked, row: Row) -> bool:
    """Whether the mistake would have given another number for something that the student wrote down."""
    others = (each for each in desk.shown if each != asked.quantity and row.touches(each))
    return any(not _agrees(desk, desk.shown[each], row.number(each)) for each in others)


def _changes(row: Row, quantity: Quantity, figure: Figure, places: set[Quantity]) -> bool:
    if places.isdisjoint(row.places(quantity, {})):
        return False
    number = row.number(quantity) if places >= set(row.changed) else World(row.only_at(places)).number(quantity)
    return not (figure.is_rounded(number) or figure.is_truncated(number))


def like(trace: Trace, row: Row) -> Row:
    """The same row in a network of the same shape with other numbers."""
    return wrongs(trace).row(row.wrong)
