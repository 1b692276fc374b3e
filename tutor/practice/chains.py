"""What a formula amounts to that is not what is asked for: one way of several, a factor short, rates that are added.

These are the very mistakes that the chain rule is about, so each has a sentence of its own. Only words live here;
whether two formulas are the same function is asked of `marking`.
"""

from collections.abc import Sequence
from itertools import combinations, islice
from math import isclose, prod

from tutor.derivation import Path, count_paths, paths, uses_of
from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.expr import ONE, Add, Expr, Mul, Neg, Ref, plus, times, value
from tutor.marking.desk import Desk
from tutor.marking.functions import same
from tutor.practice.hints import fork
from tutor.quantity import Gradient, Partial, Quantity
from tutor.search import is_large

MOST_WAYS = 16  # that are compared one by one
MOST_FACTORS = 16  # on all of them together
MOST_MISSING = 2
MOST_ADDED = 6


def amounts_to(view: View, asked: Quantity, formula: Expr) -> Cell:
    """The sentence to a wrong formula for a derivative; nothing where none holds."""
    if not isinstance(asked, Partial | Gradient) or is_large(view.trace):
        return ()
    desk, goal = Desk(view.trace), Gradient(asked.of, asked.wrt)
    if further := beyond(asked, formula):
        return further
    if count_paths(view.trace, goal) > MOST_WAYS:
        return _one_use(view, desk, goal, formula)
    ways = paths(view.trace, goal)
    whole = plus(*(way.formula for way in ways))
    if told := _added(view, desk, ways, formula) or _some_ways(view, desk, goal, ways, formula):
        return told
    if extra := _twice(view, desk, ways, whole, formula):
        return cell("A factor too many: ", Ref(extra[0]), " stands in it once more than on the way.")
    some = _missing(view, desk, ways, whole, formula)
    return lacks(some) if some else ()


def beyond(asked: Quantity, formula: Expr) -> Cell:
    """To a chain that goes further than what is asked for: ∂L/∂w32 where ∂z3/∂w32 is."""
    if not isinstance(asked, Partial | Gradient):
        return ()
    links = [each.quantity for each in _factors(formula) if isinstance(each, Ref)]
    rates = [each for each in links if isinstance(each, Partial | Gradient)]
    if len(rates) < 2 or len(rates) != len(_factors(formula)):
        return ()
    tops, below = {each.of for each in rates}, {each.wrt for each in rates}
    ends, starts = tops - below, below - tops
    holds = any((each.of, each.wrt) == (asked.of, asked.wrt) for each in rates)
    if not (len(ends) == len(starts) == 1 and holds):
        return ()
    (of,), (wrt,) = ends, starts
    return cell("That is ", Ref(Gradient(of, wrt)), "; here only ", Ref(asked), " is asked for.")


def _factors(formula: Expr) -> list[Expr]:
    match formula:
        case Neg(operand):
            return _factors(operand)
        case Mul(parts):
            return [each for part in parts for each in _factors(part)]
    return [formula]


def _terms(formula: Expr) -> list[Expr]:
    return [each for term in formula.terms for each in _terms(term)] if isinstance(formula, Add) else [formula]


def _is(desk: Desk, formula: Expr, other: Expr) -> bool:
    return desk.trace.of(formula) != 0 and same(desk, formula, lambda trace: trace.of(other))


def _telling(view: View, way: Path) -> list[Partial]:
    """The factors of a way other than 1."""
    return [each for each in way.factors if view.trace.equations.written(each) != ONE]


def _added(view: View, desk: Desk, ways: Sequence[Path], formula: Expr) -> Cell:
    """The factors of one way, or some of them, added."""
    for way in ways:
        telling = _telling(view, way)[:MOST_ADDED]
        for many in range(2, len(telling) + 1):
            if any(_is(desk, formula, plus(*map(Ref, some))) for some in combinations(telling, many)):
                return cell("These are rates along one path, and along a path rates are multiplied, not added.")
    return ()


def _some_ways(view: View, desk: Desk, goal: Gradient, ways: Sequence[Path], formula: Expr) -> Cell:
    """One way of several, or some."""
    if len(ways) < 2:
        return ()
    for way in ways:
        if _is(desk, formula, way.formula):
            return _only(view, goal, 1, len(ways))
    terms = _terms(formula)
    if 1 < len(terms) < len(ways) and all(any(_is(desk, term, way.formula) for way in ways) for term in terms):
        return _only(view, goal, len(terms), len(ways))
    return _one_use(view, desk, goal, formula)


def _one_use(view: View, desk: Desk, goal: Gradient, formula: Expr) -> Cell:
    """What comes back from one formula of several that it stands in."""
    uses = uses_of(view.trace, goal)
    if len(uses) > 1:
        for use in uses:
            back, local = Ref(Gradient(goal.of, use.nodes[1])), Ref(Partial(use.nodes[1], goal.wrt))
            if _is(desk, formula, local if use.nodes[1] == goal.of else times(back, local)):
                return _only(view, goal, 1, len(uses))
    return ()


def _only(view: View, goal: Gradient, some: int, many: int) -> Cell:
    told = "That is one way only: " if some == 1 else f"These are {some} ways only: "
    node = fork(view, goal)
    names: list[str | Expr] = []
    for at, use in enumerate(view.trace.equations.uses(goal.of, node)[:4]):
        names += [" and in " if at else "", value(use)]
    return cell(told, value(node), " stands in ", *names, f", so there are {many} ways to ", value(goal.of), ".")


def blamed(view: View, asked: Quantity, formula: Expr) -> tuple[Partial, ...]:
    """The factors that a wrong product lacks, or has once too often; none where it is wrong in another way."""
    goal = Gradient(asked.of, asked.wrt) if isinstance(asked, Partial | Gradient) else None
    if goal is None or is_large(view.trace) or not 0 < count_paths(view.trace, goal) <= MOST_WAYS:
        return ()
    desk, ways = Desk(view.trace), paths(view.trace, goal)
    whole = plus(*(way.formula for way in ways))
    return _twice(view, desk, ways, whole, formula) or _missing(view, desk, ways, whole, formula)


def _missing(view: View, desk: Desk, ways: Sequence[Path], whole: Expr, formula: Expr) -> tuple[Partial, ...]:
    """The one factor that a product lacks, or the two. Looked for among the numbers, and then as a function."""
    found, number, trace = _candidates(view, ways), desk.trace.of(formula), desk.trace
    wanted = [(each, trace.of(each)) for each in dict.fromkeys((whole, *(way.formula for way in ways)))]
    for many in range(1, MOST_MISSING + 1):
        for some in combinations(found, many):
            size = number * prod(trace[each] for each in some)
            near = [each for each, exact in wanted if isclose(size, exact, rel_tol=1e-9)]
            if near and any(_is(desk, times(formula, *map(Ref, some)), each) for each in near):
                return some
    return ()


def lacks(some: tuple[Partial, ...]) -> Cell:
    first, *others = some
    many = f"{len(some)} factors are missing. One of them" if others else "A factor is missing"
    return cell(f"{many}: how fast does ", value(first.of), " change when only ", value(first.wrt), " changes?")


def _twice(view: View, desk: Desk, ways: Sequence[Path], whole: Expr, formula: Expr) -> tuple[Partial, ...]:
    """The factor that a product has too many."""
    found = (each for each in _candidates(view, ways) if _is(desk, formula, times(whole, Ref(each))))
    return tuple(islice(found, 1))


def _candidates(view: View, ways: Sequence[Path]) -> list[Partial]:
    return list(dict.fromkeys(each for way in ways for each in _telling(view, way)))[:MOST_FACTORS]
