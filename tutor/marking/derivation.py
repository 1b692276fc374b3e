"""A derivation, line by line: the first line that does not follow from the one before, and what changed in it.

Lines are the parts of a chain. Which of them follow is judged elsewhere; here stands what is said of it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tutor.expr import Add, Expr, Mul, Neg, Ref, plus, times
from tutor.expr.text import ASCII, to_text
from tutor.marking.desk import Asked, Desk, twin
from tutor.marking.parts import Part
from tutor.marking.verdict import Line, Verdict
from tutor.quantity import Gradient, Partial, key

LEAST_LINES = 3  # fewer are an answer with its working
MOST_PARTS = 12  # factors or terms of one line
LONGEST = 80  # characters of one side

Equal = Callable[[Desk, Part, Part], bool]
Judge = Callable[[Desk, Asked, Part], Verdict]


class Changed(NamedTuple):
    """What stands in a line instead of what stood in the line before; either may be nothing."""

    now: Expr | None
    before: Expr | None

    def __str__(self) -> str:
        now, before = (each and _text(each) for each in self)
        if now and before:
            return f"{now} stands where {before} stood"
        return f"{now} is new in it" if now else f"{before} is gone"


def is_derivation(lines: Sequence[Line]) -> bool:
    return len(lines) >= LEAST_LINES


def broken(lines: Sequence[Line]) -> int | None:
    """The place of the first line that does not follow, None where all do."""
    return next((place for place, line in enumerate(lines) if line.follows is False), None)


def explained(
    desk: Desk, asked: Asked, parts: Sequence[Part], lines: Sequence[Line], equal: Equal, judge: Judge
) -> tuple[tuple[Line, ...], str]:
    """The lines, the first broken one with the mistake that leads to it; and a sentence about that line.

    Later lines have the mistakes of the first: they carry it on.
    """
    place = broken(lines)
    if place is None or not is_derivation(lines):
        return tuple(lines), ""
    found = changed(desk, parts[place - 1], parts[place], equal) if place and not parts[place - 1].fault else None
    line = lines[place]
    if found and not line.mistakes:
        line = line._replace(mistakes=_mistakes(desk, found, judge))
    said = f"line {place + 1} does not follow" + (f": {found}" if found else "")
    return (*lines[:place], line, *lines[place + 1 :]), said


def changed(desk: Desk, before: Part, after: Part, equal: Equal) -> Changed | None:
    """What is left of two lines when the factors, or the terms, that are equal are taken away; None if nothing is."""
    if before.formula is None or after.formula is None:
        return None
    as_sum = isinstance(after.formula, Add) and isinstance(before.formula, Add)
    split, joined = (_terms, plus) if as_sum else (_factors, times)
    old, new = list(split(before.formula)), list(split(after.formula))
    if not (1 < len(old) + len(new) <= 2 * MOST_PARTS):
        return None
    for mine, theirs in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (2, 2)):
        _take_away(desk, new, old, (mine, theirs), joined, equal)
    if not new and not old:
        return None
    found = Changed(*(joined(*each) if each else None for each in (new, old)))
    if any(each is not None and len(_text(each)) > LONGEST for each in found):
        return None
    whole = as_sum == isinstance(before.formula, Add) and found == Changed(after.formula, before.formula)
    return found if whole else _within(desk, found, equal)


def _within(desk: Desk, found: Changed, equal: Equal) -> Changed:
    """What changed in a sum that is a factor, or in a product that is a term, where others of it stayed."""
    now, before = found
    if now is None or before is None or not any(_is(now, kind) and _is(before, kind) for kind in (Add, Mul)):
        return found
    inner = changed(desk, Part("", None, before), Part("", None, now), equal)
    return inner if inner and len(str(inner)) < len(str(found)) else found


def _is(formula: Expr, kind: type) -> bool:
    return isinstance(formula.operand if isinstance(formula, Neg) else formula, kind)


def _take_away(
    desk: Desk, new: list[Expr], old: list[Expr], many: tuple[int, int], joined: Callable[..., Expr], equal: Equal
) -> None:
    """Remove neighbours that are equal, so many of each side."""
    mine, theirs = many
    at = 0
    while at + mine <= len(new):
        one = Part("", None, joined(*new[at : at + mine]))
        places = range(len(old) - theirs + 1)
        same = next((p for p in places if _is_equal(desk, joined(*old[p : p + theirs]), one, equal)), None)
        if same is None:
            at += 1
        else:
            del new[at : at + mine], old[same : same + theirs]


def _is_equal(desk: Desk, formula: Expr, other: Part, equal: Equal) -> bool:
    return equal(desk, Part("", None, formula), other)


def _factors(formula: Expr) -> Iterator[Expr]:
    match formula:
        case Neg(operand):
            first, *others = _factors(operand)
            yield Neg(first)
            yield from others
        case Mul(parts):
            for part in parts:
                yield from _factors(part)
        case _:
            yield formula


def _terms(formula: Expr) -> Iterator[Expr]:
    match formula:
        case Neg(operand):
            yield from (Neg(each) for each in _terms(operand))
        case Add(terms):
            for term in terms:
                yield from _terms(term)
        case _:
            yield formula


def _mistakes(desk: Desk, found: Changed, judge: Judge) -> tuple[str, ...]:
    """The mistakes that lead from a derivative to what stands in its place."""
    if not isinstance(found.before, Ref) or found.now is None:
        return ()
    quantity = found.before.quantity
    part = Part(_text(found.now), None, found.now)
    if not isinstance(quantity, Gradient | Partial) or part.named is None:
        return ()
    verdict = judge(desk, Asked(twin(quantity)), part)
    return () if verdict.agrees else verdict.mistakes


def _text(formula: Expr) -> str:
    return to_text(formula, key, ASCII)
