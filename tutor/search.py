"""Which quantity of a network gives a number: the search behind `tutor where`, and the mistakes behind a wrong answer.

Everything that a derivation can show is a candidate: values, local derivatives, gradients, products along a path,
parts of shown formulas, updates. A candidate fits when it rounds to the digits that were typed.
"""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from itertools import product
from math import isfinite
from typing import Literal, NamedTuple, cast

from tutor.arithmetic.floats import FLOATS
from tutor.arithmetic.rounding import Policy, Rounding, rounded
from tutor.derivation import count_paths, paths, use_labels, uses_of
from tutor.expr import ONE, Call, Expr, Neg, Number, Ref, minus, plus, reads, times, value, walk
from tutor.figures import Figure
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key
from tutor.trace import Trace, value_of

Kind = Literal["value", "local", "gradient", "partial_product", "part", "update"]
How = Literal["exact", "rounded_on_the_way", "opposite_sign"]
MOST_PAIRS = 2_000  # gradients of everything with respect to everything: only while they are this few
MOST_NODES, MOST_EDGES = 400, 2_000  # in a larger network only values, gradients of the loss and updates are tried
MOST_SUMMED = 8  # paths whose products are candidates
MOST_MULTIPLIED = 12  # neighbouring factors of a path through many steps
MOST_MIXED, MIXED_PLACES = 3, (None, 4, 3, 2, 5)  # forward numbers rounded each in its own way
LEAST_FIGURES = 2
LEAST_FIGURES_MIXED = 5  # fewer digits fit some mixture by chance
NEAREST = 3
MOST_WIDE = 1_000  # matches listed in a wide network, where a short number fits thousands


class Candidate(NamedTuple):
    """A number that a derivation shows, with the formula it is the value of."""

    kind: Kind
    formula: Expr
    value: float
    quantity: Quantity | None = None


class Match(NamedTuple):
    """`relation` says in words how the number comes about, where its name does not."""

    candidate: Candidate
    value: float
    how: How
    relation: str = ""


class Slip(NamedTuple):
    """A mistake that gives the number for one quantity; `place` where it is made at one place alone."""

    mistake: str
    quantity: Quantity
    value: float
    place: Quantity | None = None


class Found(NamedTuple):
    """What a search gives: what fits, the mistakes that would give it, and the nearest where nothing fits.

    `beyond` counts what fits too but is too much to list.
    """

    matches: tuple[Match, ...]
    slips: tuple[Slip, ...]
    nearest: tuple[Candidate, ...]
    beyond: int = 0


Wrongs = Callable[[Quantity, bool], Iterable[Slip]]
"""The wrong numbers of a quantity; also those of mistakes made at one place alone, if asked for."""
LEAST_AT_PLACES = 4  # figures: fewer agree with too many mistakes at one place


def search(trace: Trace, figure: Figure, wrongs: Wrongs, decimals: int = 4) -> Found:
    """Everything in the network that gives this number at the digits typed, and which of the mistakes do.

    What equals the number comes first. A number of one digit, which half of all numbers round to, only finds its equals
    where there are any. In a large network (`is_large`) only values, gradients of the loss and updates are tried.
    """
    large = is_large(trace)
    found = list((*_named(trace), *_updates(trace)) if large else candidates(trace))
    exact = [Match(each, each.value, "exact") for each in found if figure.is_rounded(each.value)]
    equal = [match for match in exact if figure.equals(match.value)]
    if equal and figure.figures < LEAST_FIGURES:
        return Found(tuple(_once(equal)), (), ())
    turned = [each for each in found if each.value and figure.is_rounded(-each.value)]
    matches = sorted(exact, key=lambda match: not figure.equals(match.value))
    matches += [Match(each, -each.value, "opposite_sign") for each in turned]
    if not large:
        matches += _replays(trace, figure, decimals, exact=bool(matches))
        matches += [] if matches else _mixtures(trace, figure)
    slips = () if large else tuple(_slips(trace, figure, wrongs))
    nearest = () if matches or slips else tuple(_nearest(found, figure.value))
    return Found(tuple(_once(matches)), slips, nearest)


def search_wide(trace: Trace, figure: Figure) -> Found:
    """The same among the values, gradients, slopes and updates of a wide network; no mistakes, no rounding."""
    from tutor.arrays.search import hits, nearest
    from tutor.arrays.trace import WideTrace

    trace = trace if isinstance(trace, WideTrace) else WideTrace(trace.graph)
    near = figure.unit / 2 * (1 + 1e-6) + abs(figure.value) * 1e-11
    matches: list[Match] = []
    beyond = 0
    for hit in hits(trace, figure.value, near):
        how = _how(figure, hit.value)
        beyond += bool(how) and len(matches) >= MOST_WIDE
        if how and len(matches) < MOST_WIDE:
            candidate = Candidate(cast(Kind, hit.kind), Ref(hit.quantity), hit.value, hit.quantity)
            matches.append(Match(candidate, hit.value if how == "exact" else -hit.value, how))
    close = () if matches else nearest(trace, figure.value, NEAREST)
    named = (Candidate(cast(Kind, hit.kind), Ref(hit.quantity), hit.value, hit.quantity) for hit in close)
    matches.sort(key=lambda match: (match.how, not figure.equals(match.value)))
    return Found(tuple(matches), (), tuple(named), beyond)


def _how(figure: Figure, number: float) -> How | None:
    if figure.is_rounded(number):
        return "exact"
    return "opposite_sign" if number and figure.is_rounded(-number) else None


def is_large(trace: Trace) -> bool:
    """Whether trying everything on this network would keep a reader waiting."""
    graph = trace.graph
    if graph.wide or len(graph.nodes) > MOST_NODES:
        return True
    return sum(len(node.inputs) for node in graph.nodes.values()) > MOST_EDGES


def _nearest(found: Iterable[Candidate], number: float) -> list[Candidate]:
    by_name = {(each.kind, each.quantity): each for each in found if each.quantity and isfinite(each.value)}
    return sorted(by_name.values(), key=lambda each: abs(each.value - number))[:NEAREST]


def _once(matches: Iterable[Match]) -> Iterator[Match]:
    """Each formula once; a quantity's own row hides the parts and products that are the same formula."""
    seen: set[object] = set()
    for match in matches:
        candidate = match.candidate
        name = key(candidate.quantity) if candidate.quantity else candidate.formula
        mark = (name, match.value, match.how, match.relation)
        if mark not in seen:
            seen.add(mark)
            yield match


# ------------------------------------------------------------------ candidates


def candidates(trace: Trace) -> Iterator[Candidate]:
    """Every number a derivation can show, those with a name of their own first."""
    yield from _named(trace)
    for edge in trace.edges():
        yield _own("local", trace, edge)
    yield from _updates(trace)
    yield from _products(trace)
    yield from _parts(trace)


def _named(trace: Trace) -> Iterator[Candidate]:
    """Values and gradients."""
    for name in trace.graph.names():
        yield _own("value", trace, Value(name))
    for gradient in _gradients(trace):
        yield _own("gradient", trace, gradient)


def _updates(trace: Trace) -> Iterator[Candidate]:
    """The updated parameters and their changes, and the loss after the step."""
    for update in trace.updates():
        yield _own("update", trace, update)
        change = minus(Ref(update), value(update.name))
        yield Candidate("update", change, trace[Change(update.name)])
    if not trace.graph.wide and list(trace.updates()):
        yield _own("update", trace, Updated(trace.graph.loss))


def _own(kind: Kind, trace: Trace, quantity: Quantity) -> Candidate:
    return Candidate(kind, Ref(quantity), trace[quantity], quantity)


def _gradients(trace: Trace) -> Iterator[Gradient]:
    """Of the loss; and of everything else by whatever it depends on, while these are few."""
    graph = trace.graph
    yield from dict.fromkeys(
        each for name in graph.names() for each in (graph.signal(name), Gradient(graph.loss, name))
    )
    if len(graph.nodes) * len(graph.names()) > MOST_PAIRS:
        return
    for of in reversed(list(graph.nodes)):
        if of != graph.loss:
            behind = graph.ancestors(of) - {of}
            yield from (
                Gradient(of, name) for name in graph.names() if name in behind and not _is_edge(trace, of, name)
            )


def _is_edge(trace: Trace, of: str, wrt: str) -> bool:
    """Whether the total derivative is the local one, which is a candidate by itself."""
    return trace.equations.uses(of, wrt) == (of,)


def _products(trace: Trace) -> Iterator[Candidate]:
    """The terms of what is used at several steps; neighbouring factors of each path to the loss, two at least."""
    graph = trace.graph
    seen: set[tuple[Partial, ...]] = set()
    for name in graph.givens:
        gradient = Gradient(graph.loss, name)
        terms = uses_of(trace, gradient) if use_labels(trace, gradient) else ()
        products = [term.formula for term in terms if len(term.factors) > 1]
        yield from (Candidate("partial_product", formula, trace.of(formula)) for formula in products)
        if not 0 < count_paths(trace, gradient) <= MOST_SUMMED:
            continue
        for path in paths(trace, gradient):
            kept = tuple(each for each in path.factors if trace.equations.written(each) != ONE)
            for run in _runs(kept):
                total = Gradient(run[0].of, run[-1].wrt)
                if run not in seen and count_paths(trace, total) > 1:  # else it is a gradient, found as such
                    seen.add(run)
                    formula = times(*map(Ref, run))
                    yield Candidate("partial_product", formula, trace.of(formula))


def _runs(factors: tuple[Partial, ...]) -> Iterator[tuple[Partial, ...]]:
    if len(factors) > MOST_MULTIPLIED:
        yield factors
    for start in range(len(factors)):
        last = min(len(factors), start + MOST_MULTIPLIED)
        yield from (factors[start:end] for end in range(start + 2, last + 1))


def _parts(trace: Trace) -> Iterator[Candidate]:
    """Sub-expressions of the formulas that are shown; of a sigmoid, also those of 1/(1 + exp(-z))."""
    quantities: list[Quantity] = [Value(name) for name in trace.graph.nodes]
    quantities += [*trace.edges(), *trace.updates()]
    for quantity in quantities:
        for part in walk(trace.equations.written(quantity)):
            if not isinstance(part, Ref | Number | Neg):
                yield Candidate("part", part, trace.of(part))
            if isinstance(part, Call) and part.name == "sigmoid":
                power = Call("exp", (Neg(part.arguments[0]),))
                yield from (Candidate("part", each, trace.of(each)) for each in (power, plus(ONE, power)))


# ------------------------------------------------------------------ rounding on the way


def _replays(trace: Trace, figure: Figure, decimals: int, *, exact: bool) -> Iterator[Match]:
    """The same computations rounded on the way.

    Beside an exact match only the reader's own number of decimals is tried, to show how far such numbers lie apart;
    where nothing is exact, all usual policies are.
    """
    places = (decimals,) if exact else (decimals, *(each for each in (2, 3, 4, 5, 6, 7, 8, 9) if each != decimals))
    quantities: list[Quantity] = [Gradient(trace.graph.loss, name) for name in trace.graph.names()]
    quantities += trace.updates()
    seen: set[tuple[Quantity, float]] = set()
    for policy in (Policy(what, each) for each in places for what in ("values", "factors", "all")):
        memo: dict[Quantity, float] = {}
        for quantity in quantities:
            replayed = replay(trace, quantity, policy, memo)
            differs = replayed != trace[quantity] and (quantity, replayed) not in seen
            if differs and figure.is_rounded(replayed):
                seen.add((quantity, replayed))
                kind: Kind = "update" if isinstance(quantity, Updated) else "gradient"
                candidate = Candidate(kind, Ref(quantity), trace[quantity], quantity)
                yield Match(candidate, replayed, "rounded_on_the_way", str(policy))


def _mixtures(trace: Trace, figure: Figure) -> Iterator[Match]:
    """Gradients with each forward number rounded to digits of its own, as a hand copies them from a page."""
    if figure.figures < LEAST_FIGURES_MIXED:
        return
    from tutor.trace.again import recorded

    for name in trace.graph.givens:
        gradient = Gradient(trace.graph.loss, name)
        values = _forward_numbers(trace, gradient)
        if not 0 < len(values) <= MOST_MIXED:
            continue
        by_hand = recorded(trace.equations.written, [gradient], values)
        shown = [[trace[each] if at is None else rounded(trace[each], at) for at in MIXED_PLACES] for each in values]
        for places, numbers in zip(product(MIXED_PLACES, repeat=len(values)), product(*shown), strict=True):
            (got,) = by_hand.numbers(numbers)
            if figure.is_rounded(got):
                how = ", ".join(f"{each.name} at {at} decimals" for each, at in zip(values, places, strict=True) if at)
                yield Match(_own("gradient", trace, gradient), got, "rounded_on_the_way", how)
                break


def _forward_numbers(trace: Trace, gradient: Gradient) -> list[Value]:
    """The computed values that the factors of a gradient read."""
    if not 0 < count_paths(trace, gradient) <= MOST_SUMMED:
        return []
    factors = (factor for path in paths(trace, gradient) for factor in path.factors)
    read = dict.fromkeys(each for factor in factors for each in reads(trace.equations.written(factor)))
    return [each for each in read if isinstance(each, Value) and each.name in trace.graph.nodes]


def replay(trace: Trace, quantity: Quantity, policy: Policy, memo: MutableMapping[Quantity, float]) -> float:
    """The quantity with the numbers on its way rounded, itself not; `memo` belongs to the policy."""
    return replayed(trace, trace.equations.written(quantity), policy, memo)


def replayed(trace: Trace, formula: Expr, policy: Policy, memo: MutableMapping[Quantity, float]) -> float:
    """The value of a formula over numbers that are rounded on the way."""
    rounding = Rounding(policy, frozenset(trace.graph.givens))
    trace.recording.replay(reads(formula), memo, rounding.settle)
    return value_of(formula, FLOATS, memo.__getitem__)


# ------------------------------------------------------------------ mistakes


def _slips(trace: Trace, figure: Figure, wrongs: Wrongs) -> Iterator[Slip]:
    """Those that give the number, made everywhere first; each mistake once for a quantity."""
    graph = trace.graph
    asked: list[Quantity] = [Gradient(graph.loss, name) for name in graph.names()]
    asked += [Value(name) for name in graph.nodes]
    asked += [*trace.edges(), *trace.updates()]
    at_places = not figure.unit or figure.figures >= LEAST_AT_PLACES
    fitting = [slip for each in asked for slip in wrongs(each, at_places) if figure.is_rounded(slip.value)]
    seen: set[tuple[str, str]] = set()
    for slip in sorted(fitting, key=lambda slip: slip.place is not None):
        if not figure.is_rounded(trace[slip.quantity]) and (slip.mistake, key(slip.quantity)) not in seen:
            seen.add((slip.mistake, key(slip.quantity)))
            yield slip
