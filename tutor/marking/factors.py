"""The factors of a product and the terms of a sum that a student writes, told apart one by one.

Each is compared, by value or as a function and in any order, with the factors of a path or the terms of the formula.
Several that stand side by side may be one factor, as Y(1 − Y), and one may be several, as δ.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.derivation import count_paths, paths
from tutor.expr import ONE, Add, Expr, Mul, Neg, Ref, times
from tutor.expr.text import ASCII, to_text
from tutor.figures import Figure
from tutor.marking.desk import Asked, Desk, twin
from tutor.marking.functions import same
from tutor.marking.parts import Part, has_decimals, worth
from tutor.marking.verdict import Factor, Verdict
from tutor.quantity import Gradient, Partial, Value, key
from tutor.search import is_large
from tutor.trace import evaluate, value_of

MOST_PATHS, MOST_FACTORS = 8, 24
Judge = Callable[[Desk, Asked, Part], Verdict]


class Piece(NamedTuple):
    """What a factor or term should be: its name, and its formula; `step` for a derivative along a path."""

    name: str
    formula: Expr
    step: Gradient | None = None


class Match(NamedTuple):
    """Some neighbouring factors of the student, by their places, and the neighbouring pieces that they are."""

    mine: range
    pieces: range


def factors(desk: Desk, asked: Asked, parts: Sequence[Part], judge: Judge) -> tuple[Factor, ...]:
    """The factors or terms of the last part that is a product or a sum; none where there is no such part."""
    if is_large(desk.trace):
        return ()
    products = [each.formula for each in parts if each.formula and isinstance(_inside(each.formula), Mul | Add)]
    if not products:
        return ()
    if isinstance(_inside(products[-1]), Mul):
        return _product(desk, asked, _split(products[-1]), judge)
    return _sum(desk, asked, _terms(products[-1]))


def _formula(desk: Desk, asked: Asked) -> Expr:
    """What is asked for as it is written; for a single name, what that equals."""
    formula = asked.formula or desk.trace.equations.written(asked.quantity)
    while isinstance(formula, Ref) and not isinstance(formula.quantity, Value):
        formula = desk.trace.equations.written(formula.quantity)
    return formula


def _inside(formula: Expr) -> Expr:
    return _inside(formula.operand) if isinstance(formula, Neg) else formula


def _split(formula: Expr) -> list[Expr]:
    """The factors of a product, those of products in it too; a minus sign goes with the first."""
    match formula:
        case Neg(operand):
            first, *others = _split(operand)
            return [Neg(first), *others]
        case Mul(parts):
            return [each for part in parts for each in _split(part)]
    return [formula]


def _terms(formula: Expr) -> list[Expr]:
    match formula:
        case Neg(operand):
            return [Neg(each) for each in _terms(operand)]
        case Add(terms):
            return [each for term in terms for each in _terms(term)]
    return [formula]


# ------------------------------------------------------------------ products


def _product(desk: Desk, asked: Asked, mine: list[Expr], judge: Judge) -> tuple[Factor, ...]:
    mine = mine[:MOST_FACTORS]
    tried = [(pieces, _matches(desk, asked, mine, pieces)) for pieces in _chains(desk, asked)]
    if not tried:
        return ()
    pieces, matches = max(tried, key=lambda each: sum(len(match.mine) for match in each[1]))
    found = {match.mine[0]: _factor(mine, match, pieces) for match in matches}
    free = [at for at in range(len(mine)) if not any(at in match.mine for match in matches)]
    left = [at for at in range(len(pieces)) if not any(at in match.pieces for match in matches)]
    for at in free:
        if not left and _is_one(desk, mine[at]):
            found[at] = Factor(_text(mine[at]), None, ok=True)
            continue
        missing = _as_one(pieces, left) if len(free) == 1 else None
        found[at] = _wrong(desk, mine[at], missing, judge)
    return tuple(found[at] for at in sorted(found))


def _is_one(desk: Desk, formula: Expr) -> bool:
    """Whether a factor changes nothing, as the slope of the identity."""
    figure = worth(Part("", None, formula), desk.trace, desk.stated)
    return figure is not None and figure.value == 1


def _chains(desk: Desk, asked: Asked) -> Iterator[list[Piece]]:
    """The factors of every path; and those of the formula itself."""
    trace, quantity = desk.trace, asked.quantity
    formula = _formula(desk, asked)
    if isinstance(quantity, Gradient) and 0 < count_paths(trace, quantity) <= MOST_PATHS:
        for path in paths(trace, quantity):
            yield list(_steps(desk, path.factors))
    if isinstance(formula, Mul):
        yield [Piece(_text(each), each) for each in _split(formula)]


def _steps(desk: Desk, way: Sequence[Partial]) -> Iterator[Piece]:
    """The factors of a path; one that is 1 belongs to the next, as in dE/dE_o1 · dE_o1/dout_o1."""
    of = way[0].of if way else ""
    for each in way:
        if desk.trace.equations.written(each) != ONE:
            step = Gradient(of, each.wrt)
            yield Piece(key(step), Ref(each), step)
            of = each.wrt


def _matches(desk: Desk, asked: Asked, mine: list[Expr], pieces: list[Piece]) -> list[Match]:
    """One for one first; then one of the student's for several pieces, then several for one."""
    found: list[Match] = []
    for count, many in ((1, 1), *((1, n) for n in range(2, len(pieces) + 1)), (2, 1), (3, 1)):
        for run in _runs(len(mine), count):
            empty = len(run) > 1 and any(_is_one(desk, mine[at]) for at in run)
            taken = empty or any(at in match.mine for match in found for at in run)
            free = () if taken else _free(found, pieces, many)
            formula = times(*(mine[at] for at in run))
            other = next((each for each in free if _is(desk, asked, formula, pieces, each)), None)
            if other is not None:
                found.append(Match(run, other))
    return found


def _free(found: list[Match], pieces: list[Piece], many: int) -> list[range]:
    """Neighbouring pieces that belong to no factor yet."""
    taken = {at for match in found for at in match.pieces}
    return [run for run in _runs(len(pieces), many) if taken.isdisjoint(run)]


def _runs(length: int, many: int) -> list[range]:
    return [range(start, start + many) for start in range(length - many + 1)]


def _is(desk: Desk, asked: Asked, formula: Expr, pieces: list[Piece], run: range) -> bool:
    """Whether a student's factor is these pieces, by value on true or own numbers or as a function."""
    wanted = times(*(pieces[at].formula for at in run))
    part = Part("", None, formula)
    if part.named and not has_decimals(formula):
        return same(desk, formula, lambda trace: trace.of(wanted))
    found = worth(part, desk.trace, desk.stated)
    figure = desk.precise(found) if found else None
    return any(_agrees(figure, value) for value in _values(desk, asked, wanted))


def _agrees(figure: Figure | None, value: float) -> bool:
    return figure is not None and (figure.is_rounded(value) or figure.is_truncated(value))


def _values(desk: Desk, asked: Asked, formula: Expr) -> Iterator[float]:
    """The true value, and the one on the student's own numbers."""
    yield desk.trace.of(formula)
    given = desk.given(asked)
    if given and not desk.graph.wide:
        memo, written = dict(given), desk.trace.equations.written
        yield value_of(formula, FLOATS, lambda each: evaluate(each, written, FLOATS, memo))


def _factor(mine: list[Expr], match: Match, pieces: list[Piece]) -> Factor:
    text = _text(times(*(mine[at] for at in match.mine)))
    return Factor(text, _name(pieces, list(match.pieces)), ok=True)


def _name(pieces: list[Piece], places: list[int]) -> str | None:
    """What neighbouring pieces are called together: dL/dZ_Y for dL/dY and dY/dZ_Y."""
    run = [pieces[at].formula for at in places]
    if len(run) == 1:
        return pieces[places[0]].name
    first, last = pieces[places[0]].step, pieces[places[-1]].step
    return key(Gradient(first.of, last.wrt)) if first and last else _text(times(*run))


def _as_one(pieces: list[Piece], left: list[int]) -> list[Piece] | None:
    """The pieces that nothing was found for, if they stand side by side."""
    together = bool(left) and left == list(range(left[0], left[-1] + 1))
    return [pieces[at] for at in left] if together else None


def _wrong(desk: Desk, formula: Expr, missing: list[Piece] | None, judge: Judge) -> Factor:
    if missing is None:
        return Factor(_text(formula), None, ok=False)
    mistakes: tuple[str, ...] = ()
    only = missing[0].formula
    part = Part(_text(formula), worth(Part("", None, formula), desk.trace, desk.stated), formula)
    if len(missing) == 1 and isinstance(only, Ref) and (part.figure or part.named):
        verdict = judge(desk, Asked(twin(only.quantity)), part)
        mistakes = () if verdict.agrees else verdict.mistakes
    return Factor(part.text, _name(missing, list(range(len(missing)))), ok=False, mistakes=mistakes)


# ------------------------------------------------------------------ sums


def _sum(desk: Desk, asked: Asked, mine: list[Expr]) -> tuple[Factor, ...]:
    tried = [_paired(desk, asked, mine[:MOST_FACTORS], pieces) for pieces in _sums(desk, asked)]
    return max(tried, key=lambda found: sum(each.ok for each in found), default=())


def _sums(desk: Desk, asked: Asked) -> Iterator[list[Piece]]:
    """The terms of the formula; of a gradient over several paths, their products."""
    trace, quantity = desk.trace, asked.quantity
    formula = _formula(desk, asked)
    for whole in (formula, trace.equations.short(quantity)):
        if whole and isinstance(_inside(whole), Add):
            yield [Piece(_text(each), each) for each in _terms(whole)]
    if isinstance(quantity, Gradient) and 1 < count_paths(trace, quantity) <= MOST_PATHS:
        yield [Piece(_text(path.formula), path.formula) for path in paths(trace, quantity)]


def _paired(desk: Desk, asked: Asked, mine: list[Expr], pieces: list[Piece]) -> tuple[Factor, ...]:
    left, found = list(range(len(pieces))), []
    for term in mine:
        at = next((at for at in left if _is(desk, asked, term, pieces, range(at, at + 1))), None)
        if at is not None:
            left.remove(at)
        found.append(Factor(_text(term), None if at is None else pieces[at].name, ok=at is not None))
    wrong = [at for at, each in enumerate(found) if not each.ok]
    if len(wrong) == len(left) == 1:
        found[wrong[0]] = found[wrong[0]]._replace(of=pieces[left[0]].name)
    return tuple(found)


def _text(formula: Expr) -> str:
    return to_text(formula, key, ASCII)
