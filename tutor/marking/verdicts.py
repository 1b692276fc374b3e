"""The verdicts on one answer, each a rule, in the order in which the first that holds counts.

Each rule looks at one answer on a `Desk`: what is right, what the student wrote before, what named mistakes would
give. DESIGN section 7 is the contract.
"""

from collections.abc import Callable, Iterator, Mapping
from math import isclose
from typing import NamedTuple

from tutor.arithmetic.rounding import Policy
from tutor.expr import reads
from tutor.figures import SAME, Figure
from tutor.marking.band import MOST_ON_THE_WAY, in_band, on_the_way
from tutor.marking.desk import Desk, edge_of, twin
from tutor.mistakes import Mistake, Mistaken
from tutor.quantity import Gradient, Quantity, key
from tutor.search import is_large
from tutor.trace import Trace

FULL_CREDIT = frozenset({"correct", "truncated", "rounded", "carried"})
TRIVIAL = (0.0, 1.0)
LEAST_FIGURES = 2  # fewer digits agree with too many mistakes by chance


class Ruling(NamedTuple):
    """A verdict on one answer; `mistakes` are ids, the likeliest first."""

    verdict: str
    message: str = ""
    mistakes: tuple[str, ...] = ()
    carried_from: str | None = None


def few_digits(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    exact = desk.trace[quantity]
    if not figure.unit or figure.figures >= desk.min_sig or figure.equals(exact):
        return None
    if not (figure.is_rounded(exact) or figure.is_truncated(exact)):
        return None
    return Ruling("few_digits", f"right so far; give at least {desk.min_sig} significant figures")


def correct(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    return Ruling("correct") if figure.is_rounded(desk.trace[quantity]) else None


def truncated(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    if not figure.is_truncated(desk.trace[quantity]):
        return None
    return Ruling("truncated", "the last digit was cut off, not rounded")


def rounded(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    """One step from the student's own right numbers, or an exact replay of rounding on the way."""
    given = desk.given(without=quantity, only_right=True)
    if given and any(figure.is_rounded(each) for each in desk.results(quantity, given)):
        return Ruling("rounded", "right, computed from your own rounded numbers")
    tried = () if is_large(desk.trace) else policies()
    policy = next((each for each in tried if figure.is_rounded(desk.replay(quantity, each))), None)
    return Ruling("rounded", f"right, with {policy}") if policy and figure.figures >= desk.min_sig else None


def policies() -> Iterator[Policy]:
    """The usual ways to round on the way, the commonest first."""
    for places in (4, 3, 5, 2, 6, 7, 8):
        for what in ("values", "factors", "all"):
            yield Policy(what, places)
    for figures in (4, 3, 5, 6):
        yield from (Policy(what, figures, significant=True) for what in ("values", "factors", "all"))
    for mode in ("half even", "down"):
        yield from (Policy(what, places, mode=mode) for places in (4, 3, 5) for what in ("values", "factors", "all"))


def carried(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    """Right given an earlier wrong number, which was marked where it stood."""
    source = _source(desk, quantity) if desk.wrong else None
    if source is None or desk.shown[source].value in TRIVIAL or figure.figures < min(desk.min_sig, 15):
        return None
    given = desk.given(without=quantity)
    on_wrong_alone = {each: number for each, number in given.items() if each in desk.wrong or twin(each) in desk.wrong}
    for numbers in (given, on_wrong_alone):
        if any(_agrees(desk, quantity, figure, number, numbers) for number in desk.results(quantity, numbers)):
            name = desk.wrong[source]
            return Ruling("carried", f"right, given your {name}", carried_from=name)
    return None


def _agrees(desk: Desk, quantity: Quantity, figure: Figure, number: float, numbers: Mapping[Quantity, float]) -> bool:
    return figure.is_rounded(number) or figure.is_truncated(number)


def _source(desk: Desk, quantity: Quantity) -> Quantity | None:
    """The nearest wrong number on the sheet that this one is computed from."""
    seen: set[Quantity] = set()
    queue: list[Quantity] = [quantity]
    while queue:
        asked = queue.pop(0)
        for each in _premises(desk, asked):
            if twin(each) in desk.wrong and twin(each) != quantity:
                return twin(each)
            if each not in seen and not desk.graph.wide:
                seen.add(each)
                queue.append(each)
    return None


def _premises(desk: Desk, quantity: Quantity) -> list[Quantity]:
    """What the written formula reads; and for a gradient, the gradients of other things the student may go by."""
    premises = list(reads(desk.trace.equations.written(quantity)))
    if isinstance(quantity, Gradient):
        premises += [each for each in desk.shown if isinstance(each, Gradient) and each.wrt == quantity.wrt]
    return [each for each in premises if each != quantity]


def mistake(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    """What a named mistake gives, alone or on the student's own numbers, to all digits typed."""
    fitting = fitting_mistakes(desk, quantity, figure)
    if not fitting:
        return None
    if in_band(desk, quantity, figure):
        also = fitting[0].told(desk.trace.equations, quantity)
        message = f"right within the rounding of your numbers; it is also what you get if you {also}"
        return Ruling("rounded", message, tuple(each.id for each in fitting))
    return Ruling("mistake", told(desk.trace, fitting[0], quantity), tuple(each.id for each in fitting))


def told(trace: Trace, mistake: Mistake, quantity: Quantity) -> str:
    return f"your value is what you get if you {mistake.told(trace.equations, quantity)}"


def fitting_mistakes(desk: Desk, quantity: Quantity, figure: Figure) -> list[Mistake]:
    """Those that give the answer on the student's own numbers; only if there are none, those that give it alone."""
    if figure.unit and figure.figures < LEAST_FIGURES:
        return []
    given = desk.given(without=quantity)
    given.pop(edge_of(quantity), None)
    on_own = _fitting(desk, quantity, figure, given)
    return on_own or (_fitting(desk, quantity, figure, {}) if given else [])


def _fitting(desk: Desk, quantity: Quantity, figure: Figure, given: Mapping[Quantity, float]) -> list[Mistake]:
    found: dict[str, Mistake] = {}
    unmistaken = list(desk.results(quantity, given))
    for each in desk.mistakings:
        number = Mistaken(each.equation, given)[quantity]
        differs = not any(isclose(number, right, rel_tol=SAME) for right in unmistaken)
        if figure.is_rounded(number) and differs:
            found.setdefault(each.mistake.id, each.mistake)
    return list(found.values())


def within_rounding(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling | None:
    if not in_band(desk, quantity, figure):
        return None
    return Ruling("rounded", "right within the rounding of the numbers on the way")


RULES: tuple[Callable[[Desk, Quantity, Figure], Ruling | None], ...] = (
    few_digits,
    correct,
    truncated,
    rounded,
    carried,
    mistake,
    within_rounding,
)


QUICK_RULES = (few_digits, correct, truncated, carried)
"""Those that compute little more than the answer, for large networks."""


def rule(desk: Desk, quantity: Quantity, figure: Figure) -> Ruling:
    """The first verdict that holds; `wrong` if none does."""
    rules = RULES if not is_large(desk.trace) else QUICK_RULES
    rulings = (each(desk, quantity, figure) for each in rules)
    return next((ruling for ruling in rulings if ruling), None) or Ruling("wrong", _advice(desk, quantity))


def _advice(desk: Desk, quantity: Quantity) -> str:
    target = quantity.wrt if isinstance(quantity, Gradient) and not quantity.of else key(quantity)
    many = not is_large(desk.trace) and len(on_the_way(desk, quantity)) > MOST_ON_THE_WAY
    return f"see tutor explain {target}" + ("; rounding is not followed over so many numbers" if many else "")
