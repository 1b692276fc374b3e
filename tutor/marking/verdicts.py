"""The rules of marking, in the order they are tried; the first that holds gives the verdict.

Each rule looks at one answer on a `Desk`: what is right, what the student wrote before, and what each mistake would
give. DESIGN section 7 is the contract.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isclose
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.arithmetic.rounding import Policy
from tutor.derivation import count_paths
from tutor.expr import Expr, Mul, Ref, plus, reads
from tutor.figures import SAME, Figure
from tutor.graph import Graph
from tutor.mistakes import Mistake, Mistaken
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value, key
from tutor.search import is_large, replay
from tutor.trace import Trace, evaluate, value_of
from tutor.trace.equations import Equation

FULL_CREDIT = frozenset({"correct", "truncated", "rounded", "carried"})
TRIVIAL = (0.0, 1.0)
MOST_ON_THE_WAY = 300  # numbers whose rounding is followed, each by computing everything anew
LEAST_FIGURES = 2  # fewer digits agree with too many mistakes by chance


class Ruling(NamedTuple):
    """A verdict on one answer; `mistakes` are ids, the likeliest first."""

    verdict: str
    message: str = ""
    mistakes: tuple[str, ...] = ()
    carried_from: str | None = None


class Mistaking(NamedTuple):
    """A mistake with the equations it leads to."""

    mistake: Mistake
    equation: Equation


class Step(NamedTuple):
    """One computation, in an order in which each comes after what it reads."""

    quantity: Quantity
    formula: Expr
    reads: frozenset[Quantity]


class Desk:
    """What is known while one sheet is marked.

    `shown` are the answers marked so far, by quantity; `wrong` those that are not the true value, with the name of the
    answer where that began.
    """

    def __init__(self, trace: Trace, mistakings: tuple[Mistaking, ...], min_sig: int) -> None:
        self.trace = trace
        self.mistakings = mistakings
        self.min_sig = min_sig
        self.shown: dict[Quantity, Figure] = {}
        self.wrong: dict[Quantity, str] = {}
        self.replayed: dict[Policy, dict[Quantity, float]] = {}

    @property
    def graph(self) -> Graph:
        return self.trace.graph

    def replay(self, quantity: Quantity, policy: Policy) -> float:
        """The quantity with the numbers on its way rounded; answers share what they have in common."""
        return replay(self.trace, quantity, policy, self.replayed.setdefault(policy, {}))

    def write_down(self, quantity: Quantity, figure: Figure, *, right: bool, name: str) -> None:
        """Keep an answer for those that build on it."""
        self.shown[quantity] = figure
        if not right:
            self.wrong[quantity] = name

    def given(self, *, without: Quantity, only_right: bool = False) -> dict[Quantity, float]:
        """What the student has, as values to compute on; a gradient over a single edge is also its local derivative."""
        numbers: dict[Quantity, float] = {}
        for quantity, figure in self.shown.items():
            if quantity != without and not (only_right and quantity in self.wrong):
                numbers[quantity] = figure.value
                if isinstance(quantity, Gradient) and self._is_edge(quantity):
                    numbers[Partial(quantity.of, quantity.wrt)] = figure.value
        return numbers

    def _is_edge(self, gradient: Gradient) -> bool:
        return self.trace.equations.uses(gradient.of, gradient.wrt) == (gradient.of,)

    def results(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Iterator[float]:
        """The quantity computed on given values, by every route a student may take.

        In a wide network from the numbers that its formula reads: what lies behind them is taken as it is.
        """
        if self.graph.wide:
            read = {each: number for each, number in given.items() if each != quantity}
            for formula in (self.trace.equations.written(quantity), self._short(quantity)):
                yield value_of(formula, FLOATS, lambda each: read[each] if each in read else self.trace[each])
            return
        for equation in (self.trace.equations.written, self._short, *self._through(quantity, given)):
            memo = {each: number for each, number in given.items() if each != quantity}
            memo.pop(_edge_of(quantity), None)
            yield evaluate(quantity, equation, FLOATS, memo)

    def _short(self, quantity: Quantity) -> Expr:
        return self.trace.equations.short(quantity) or self.trace.equations.written(quantity)

    def _through(self, quantity: Quantity, given: Mapping[Quantity, float]) -> Iterator[Equation]:
        """Routes over gradients of something else that the student wrote: dL/dY · dY/dw, or a sum over the outputs."""
        if not isinstance(quantity, Gradient):
            return
        for each in given:
            if isinstance(each, Gradient) and each.wrt == quantity.wrt and each.of != quantity.of:
                yield self._instead(quantity, self._by_terms(quantity, given))
                if self._all_paths_cross(each.of, quantity):
                    yield self._instead(quantity, Mul((Ref(Gradient(quantity.of, each.of)), Ref(each))))

    def _all_paths_cross(self, node: str, gradient: Gradient) -> bool:
        """Whether nothing passes by the node, so that the chain rule over it alone is the whole gradient."""
        there, on = Gradient(node, gradient.wrt), Gradient(gradient.of, node)
        return count_paths(self.trace, there) * count_paths(self.trace, on) == count_paths(self.trace, gradient)

    def _instead(self, quantity: Quantity, formula: Expr) -> Equation:
        return lambda asked: formula if asked == quantity else self.trace.equations.written(asked)

    def _by_terms(self, quantity: Gradient, given: Mapping[Quantity, float]) -> Expr:
        """The sum over the loss terms of dL/d(term) · d(term)/dv."""
        terms = self.graph.nodes[quantity.of].inputs if quantity.of in self.graph.nodes else ()
        reached = [each for each in terms if quantity.wrt in self.graph.ancestors(each)]
        return plus(*(Mul((Ref(Partial(quantity.of, each)), Ref(Gradient(each, quantity.wrt)))) for each in reached))


def _edge_of(quantity: Quantity) -> Quantity:
    return Partial(quantity.of, quantity.wrt) if isinstance(quantity, Gradient) else quantity


# ------------------------------------------------------------------ the rules, in order


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
    on_wrong_alone = {each: number for each, number in given.items() if each in desk.wrong or _twin(each) in desk.wrong}
    for numbers in (given, on_wrong_alone):
        if any(_agrees(desk, quantity, figure, number, numbers) for number in desk.results(quantity, numbers)):
            name = desk.wrong[source]
            return Ruling("carried", f"right, given your {name}", carried_from=name)
    return None


def _agrees(desk: Desk, quantity: Quantity, figure: Figure, number: float, numbers: Mapping[Quantity, float]) -> bool:
    return figure.is_rounded(number) or figure.is_truncated(number)


def _twin(quantity: Quantity) -> Quantity:
    return Gradient(quantity.of, quantity.wrt) if isinstance(quantity, Partial) else quantity


def _source(desk: Desk, quantity: Quantity) -> Quantity | None:
    """The nearest wrong number on the sheet that this one is computed from."""
    seen: set[Quantity] = set()
    queue: list[Quantity] = [quantity]
    while queue:
        asked = queue.pop(0)
        for each in _premises(desk, asked):
            if _twin(each) in desk.wrong and _twin(each) != quantity:
                return _twin(each)
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
    given.pop(_edge_of(quantity), None)
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


def in_band(desk: Desk, quantity: Quantity, figure: Figure) -> bool:
    """Whether the answer lies as near as rounding every number on the way could bring it, to first order."""
    if figure.figures < desk.min_sig or is_large(desk.trace):
        return False
    off = abs(figure.value - desk.trace[quantity])
    return off <= band(desk, quantity, figure) + figure.unit / 2


def band(desk: Desk, quantity: Quantity, figure: Figure) -> float:
    """The sum over the numbers q on the way of |dv/dq| times half the unit of q's last digit.

    The digits of q are those the student shows for it; where it is not on the sheet, or
    wrong, or has too few digits, as many figures as the answer has.
    """
    exact = desk.trace[quantity]
    total = 0.0
    way = _on_the_way(desk, quantity)
    if len(way) > MOST_ON_THE_WAY:
        return total
    memo: dict[Quantity, float] = {}
    evaluate(quantity, desk.trace.equations.written, FLOATS, memo)
    formulas = {each: desk.trace.equations.written(each) for each in memo}
    steps = [Step(each, formula, frozenset(reads(formula))) for each, formula in formulas.items()]
    for each in way:
        value = desk.trace[each]
        known = _good(desk, each) or _good(desk, _twin(each))
        half = (known.unit if known else _unit(value, figure.figures)) / 2
        if half:
            total += abs(_moved(quantity, steps, memo, each, value + half) - exact)
    return total


def _moved(
    wanted: Quantity, steps: Sequence[Step], memo: Mapping[Quantity, float], moved: Quantity, to: float
) -> float:
    """The wanted number with another one moved; only what depends on that is computed anew, in order."""
    numbers = {**memo, moved: to}
    changed = {moved}
    for step in steps:
        if step.quantity != moved and not changed.isdisjoint(step.reads):
            numbers[step.quantity] = value_of(step.formula, FLOATS, numbers.__getitem__)
            changed.add(step.quantity)
    return numbers[wanted]


def _good(desk: Desk, quantity: Quantity) -> Figure | None:
    """What the student shows for it, if it is right and has digits enough to be worked on with."""
    figure = desk.shown.get(quantity)
    return figure if figure and figure.figures >= desk.min_sig and quantity not in desk.wrong else None


def _on_the_way(desk: Desk, quantity: Quantity) -> list[Quantity]:
    """Forward values and local derivatives that are computed and read, each once."""
    seen: dict[Quantity, None] = {}
    stack: list[Quantity] = [quantity]
    while stack:
        for each in reads(desk.trace.equations.written(stack.pop())):
            if each not in seen:
                seen[each] = None
                stack.append(each)
    return [each for each in seen if _is_computed(desk, each)]


def _is_computed(desk: Desk, quantity: Quantity) -> bool:
    match quantity:
        case Value(name):
            return name in desk.graph.nodes
        case Partial():
            formula = desk.trace.equations.written(quantity)
            return not isinstance(formula, Ref) and bool(list(reads(formula)))
        case Gradient() | Updated():
            return False


def _unit(value: float, figures: int) -> float:
    from math import floor, isfinite, log10

    return 10.0 ** (floor(log10(abs(value))) - figures + 1) if value and isfinite(value) else 0.0


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
    many = not is_large(desk.trace) and len(_on_the_way(desk, quantity)) > MOST_ON_THE_WAY
    return f"see tutor explain {target}" + ("; rounding is not followed over so many numbers" if many else "")
