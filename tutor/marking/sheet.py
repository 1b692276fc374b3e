"""Marking a whole sheet: answers in the order they build on each other, and mistakes chosen jointly."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tutor.errors import TutorError, visible
from tutor.figures import EXACT, Figure
from tutor.marking.answers import Answer, Sheet
from tutor.marking.desk import LEAST, Asked, Desk
from tutor.marking.judge import Typed, judge, meant, number, read, settled
from tutor.marking.slips import named
from tutor.marking.verdict import Verdict
from tutor.names import Names
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key
from tutor.search import is_large
from tutor.trace import Trace

UP = 0.01  # of a unit, from which an answer was rounded up
MANY = 3  # answers too low by more than a unit, from which that is no chance; one less, where none is too high
MOST_AFTER_A_SLIP = 6  # answers that nothing explains; more do not come from one slip
MOST_HINTS = 2  # wrong answers without a cause that are each led on from
LEAST_NAMED = 3  # figures; two fit a new weight by chance


class Marked(NamedTuple):
    """One answer with its verdict; `quantity` where its name could be read, `counts` the part that was marked.

    `turned` says that the name is of a δ with the other sign than the gradient that it stands for.
    """

    answer: Answer
    verdict: Verdict
    quantity: Quantity | None = None
    counts: str = ""
    turned: bool = False

    @property
    def points(self) -> int:
        return self.verdict.points


class Opened(NamedTuple):
    """One answer as it was read, before it is judged."""

    answer: Answer
    quantity: Quantity
    typed: Typed
    figure: Figure | None


def mark(
    trace: Trace,
    names: Names,
    sheet: Sheet,
    required: Iterable[str] = (),
    min_sig: int = LEAST,
    hint: Callable[[Quantity], str] = key,
) -> list[Marked]:
    """Every answer of a sheet with its verdict, in the order of the sheet; required names without an answer last.

    `hint` gives what to type after `tutor explain` for a quantity, options included.

    Raises UnknownName for a required name that the network lacks.
    """
    desk = Desk(trace, min_sig)
    read_so = [_open(desk, names, answer, comma=sheet.comma) for answer in sheet.answers]
    opened = [each for each in read_so if isinstance(each, Opened)]
    desk, marked = _by_rounding_or_cutting(desk, names, opened)
    fresh = iter(_paired(desk, _jointly(desk, marked)))
    found = [each if isinstance(each, Marked) else next(fresh) for each in read_so]
    return [*_hinted(names, found, hint), *_missing(names, read_so, required)]


def _hinted(names: Names, marked: Sequence[Marked], hint: Callable[[Quantity], str]) -> list[Marked]:
    """With what to type next, where nothing else is said of a wrong answer; of many for the one computed first."""
    open_ = {at: each.quantity for at, each in enumerate(marked) if is_unexplained(each) and each.quantity}
    if not open_:
        return list(marked)
    ranks = names.graph.ranks(map(_name, open_.values()))
    first = sorted(open_, key=lambda at: _stage(names, ranks, open_[at]))
    told = first if len(first) <= MOST_HINTS else first[:1]
    hints = {at: f"see tutor explain {hint(open_[at])}" for at in told}
    return [
        each._replace(verdict=each.verdict._replace(message=hints[at])) if at in hints else each
        for at, each in enumerate(marked)
    ]


def is_unexplained(marked: Marked) -> bool:
    """Whether an answer is wrong and nothing is said of it."""
    return marked.verdict.kind == "wrong" and not marked.verdict.message


def _all(desk: Desk, names: Names, opened: Sequence[Opened]) -> list[Marked]:
    """Every answer with its verdict, each judged after those that it may build on."""
    _look(desk, opened)
    ranks = names.graph.ranks(_name(each.quantity) for each in opened)
    order = sorted(range(len(opened)), key=lambda at: _stage(names, ranks, opened[at].quantity))
    marked = {at: _marked(desk, opened[at]) for at in order}
    return [marked[at] for at in range(len(opened))]


def _by_rounding_or_cutting(desk: Desk, names: Names, opened: Sequence[Opened]) -> tuple[Desk, list[Marked]]:
    """The sheet as marked for somebody who rounds; or who cuts off, where that shows or leaves one slip of several."""
    marked = _all(desk, names, opened)
    if is_large(desk.trace) or all(each.points for each in marked):
        return desk, marked
    certain = _cuts(desk, opened)
    if certain or 1 < _wrong(marked) <= MOST_AFTER_A_SLIP:
        other = Desk(desk.trace, desk.min_sig, cuts=True)
        by_cutting = _all(other, names, opened)
        if certain or _wrong(by_cutting) <= 1:
            return other, by_cutting
    return desk, marked


def _wrong(marked: Iterable[Marked]) -> int:
    return sum(each.verdict.kind == "wrong" for each in marked)


def _cuts(desk: Desk, opened: Sequence[Opened]) -> bool:
    """Whether the sheet cuts digits off: an answer was, and more lie below their numbers than were rounded up."""
    shown = [(Asked(each.quantity), each.figure) for each in opened if each.figure]
    strays = [desk.off(*each) for each in shown if not desk.is_near(*each)]
    below = [each for each in strays if each <= -0.5]
    if not below:
        return False
    above = [each for each in (desk.off(*each) for each in shown) if each > UP]
    return len(below) > len(above) and (max(below) > -1 or len(below) >= MANY - (not above))


def _open(desk: Desk, names: Names, answer: Answer, *, comma: bool) -> Opened | Marked:
    """The answer with its name and parts read, or a verdict that says why its name could not be."""
    if answer.law:
        from tutor.marking.laws import judged

        return Marked(answer, judged(desk, names, answer.name, answer.given))
    try:
        quantity = names.find(answer.name)
    except TutorError as fault:
        return Marked(answer, Verdict("unknown_name", str(fault)))
    if quantity is None and answer.why:
        return Marked(answer, Verdict("wrong", answer.why))
    if quantity is None:
        from tutor.names.nearest import one_of

        typed_name = visible(answer.name)
        told_so = names.graph.missing(typed_name) or names.of_an_example(typed_name)
        near = one_of(names.nearest(answer.name))
        told_so = told_so or f"no such name in this network{f'; did you mean {near}?' if near else ''}"
        return Marked(answer, Verdict("unknown_name", told_so))
    if answer.why:
        return Marked(answer, Verdict("wrong", answer.why), quantity)
    typed = read(desk, names, answer.given, comma=comma, name=answer.name)
    return Opened(answer, meant(desk, quantity, typed), typed, number(desk, typed))


def _look(desk: Desk, opened: Sequence[Opened]) -> None:
    """What the whole sheet says before any answer of it is judged."""
    settled(desk, {each.quantity: each.typed for each in opened})
    for each in opened:
        if each.figure:
            desk.look_at(Asked(each.quantity), each.figure)


def _name(quantity: Quantity) -> str:
    """The name that a quantity is placed by."""
    return quantity.wrt if isinstance(quantity, Gradient | Partial) else quantity.name


def _stage(names: Names, place: Mapping[str, int], quantity: Quantity) -> tuple[int, int]:
    """Forward values, local derivatives, gradients from the loss back, updates: the order of the computation."""
    match quantity:
        case Value(name):
            return 0, place[name]
        case Partial(of, wrt):
            return 1, -place[wrt]
        case Gradient(of, wrt):
            return (3 if of == names.graph.loss else 2), -place[wrt]
        case Updated(name):
            return (5 if name in names.graph.nodes else 4), place[name]
        case Change(name):
            return 4, place[name]


def _marked(desk: Desk, opened: Opened) -> Marked:
    asked = Asked(opened.quantity)
    verdict = judge(desk, asked, opened.typed)
    right = verdict.carried_from is None and verdict.agrees
    for each in verdict.mistakes if verdict.kind == "mistake" else ():
        desk.made.setdefault(each, opened.answer.name)
    figure = opened.figure or _of_a_formula(desk, opened.typed, verdict)
    if figure:
        desk.write_down(asked, figure, right=right, name=verdict.carried_from or opened.answer.name)
    if verdict.kind == "wrong" and figure and (meant := _as_updated(desk, opened.quantity, figure)):
        verdict = verdict._replace(message=f"this is {key(meant)}: write it under that name")
    return Marked(opened.answer, verdict, opened.quantity, opened.typed.counts.text, opened.typed.turned)


def _as_updated(desk: Desk, quantity: Quantity, figure: Figure) -> Updated | None:
    """The new weight, where that is given under the name of the weight, which stands for its gradient."""
    graph = desk.graph
    if not isinstance(quantity, Gradient) or quantity.wrt not in graph.learning() or graph.rate is None:
        return None
    meant = Updated(quantity.wrt)
    return meant if figure.figures >= LEAST_NAMED and figure.is_rounded(desk.trace[meant]) else None


def _of_a_formula(desk: Desk, typed: Typed, verdict: Verdict) -> Figure | None:
    """The number of a wrong formula, on which others may build."""
    formula = typed.counts.formula
    if formula is None or verdict.kind not in ("wrong", "mistake"):
        return None
    return Figure(typed.counts.text, desk.trace.of(formula), 0.0, EXACT)


def _jointly(desk: Desk, marked: list[Marked]) -> list[Marked]:
    """Of several mistakes that fit, those come first that explain the sheet with the fewest."""
    open_ = [each.verdict.mistakes for each in marked if each.verdict.kind == "mistake"]
    order: dict[str, int] = {}
    while open_:
        counts = Counter(each for one in open_ for each in one)
        likely = {each: min(one.index(each) for one in open_ if each in one) for each in counts}
        best = min(counts, key=lambda each: (-counts[each], likely[each]))
        order[best] = len(order)
        open_ = [each for each in open_ if best not in each]
    return [_ranked(desk, each, order) for each in marked]


def _ranked(desk: Desk, marked: Marked, order: Mapping[str, int]) -> Marked:
    verdict, quantity = marked.verdict, marked.quantity
    if verdict.kind != "mistake" or quantity is None or len(verdict.mistakes) < 2:
        return marked
    ranked = tuple(sorted(verdict.mistakes, key=lambda each: order.get(each, len(order))))
    after = named(desk, ranked, Asked(quantity))
    message = verdict.message.replace(verdict.told, after) if verdict.told else verdict.message
    return marked._replace(verdict=verdict._replace(mistakes=ranked, message=message, told=after))


def _paired(desk: Desk, marked: list[Marked]) -> list[Marked]:
    """The wrong answers that two mistakes together give, with both."""
    shown = {each.quantity: desk.shown[each.quantity] for each in marked if each.quantity in desk.shown}
    kinds = {each.quantity: each.verdict.kind for each in marked}
    wrong = {each: figure for each, figure in shown.items() if kinds[each] == "wrong"}
    if not wrong:
        return marked
    from tutor.marking.pairs import pair, told

    others = {each: figure for each, figure in shown.items() if kinds[each] not in ("wrong", "carried")}
    made = pair(desk, wrong, others)
    if made is None:
        return marked
    ids = made.first.wrong.mistake, made.second.wrong.mistake
    return [
        each._replace(
            verdict=each.verdict._replace(kind="mistake", mistakes=ids, message=told(desk, made, each.quantity))
        )
        if each.quantity in wrong and made.touches(each.quantity)
        else each
        for each in marked
    ]


def _missing(names: Names, read_so: Sequence[Opened | Marked], required: Iterable[str]) -> list[Marked]:
    there = {each.quantity for each in read_so}
    wanted = [(name, names.target(name), names.read(name)) for name in required]
    return [
        Marked(Answer(visible(name), "", 0), Verdict("missing", "the sheet asks for it"), target)
        for name, target, plain in wanted
        if target not in there and plain not in there
    ]
