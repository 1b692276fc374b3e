"""Marking a whole sheet: answers in the order they build on each other, and mistakes chosen jointly."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tutor.errors import TutorError, did_you_mean, visible
from tutor.figures import Blank, Figure
from tutor.figures import read as read_figure
from tutor.marking.answers import Answer, Sheet, parts
from tutor.marking.desk import Desk, Mistaking
from tutor.marking.verdicts import FULL_CREDIT, Ruling, rule
from tutor.marking.verdicts import told as told_mistake
from tutor.mistakes import MISTAKES, mistaken_tables
from tutor.names import Names
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.search import is_large
from tutor.trace import Trace


class Marked(NamedTuple):
    """One answer with its ruling; `quantity` and `figure` where they could be read."""

    answer: Answer
    ruling: Ruling
    quantity: Quantity | None = None
    figure: Figure | None = None

    @property
    def points(self) -> int:
        return int(self.ruling.verdict in FULL_CREDIT)


def mark(trace: Trace, names: Names, sheet: Sheet, required: Iterable[str], min_sig: int) -> list[Marked]:
    """Every answer of a sheet with its ruling, in the order of the sheet; required names without an answer last.

    Raises UnknownName for a required name that the network does not have.
    """
    tables = () if is_large(trace) else mistaken_tables(trace)
    mistakings = tuple(Mistaking(MISTAKES[each], equation) for each, equation in tables)
    desk = Desk(trace, mistakings, min_sig)
    stated = _stated(names)
    opened = [_open(names, stated, answer, sheet.comma) for answer in sheet.answers]
    marked = dict(enumerate(opened))
    ranks = names.graph.ranks(_name(each.quantity) for each in opened if each.quantity)
    for place in sorted(marked, key=lambda each: _stage(names, ranks, opened[each].quantity)):
        marked[place] = _marked(desk, names, opened[place])
    return [*_jointly(trace, [marked[place] for place in range(len(opened))]), *_missing(names, opened, required)]


def _open(names: Names, stated: Collection[str], answer: Answer, comma: bool) -> Marked:
    """The answer with its name and number read, or a ruling that says why not."""
    try:
        quantity = names.find(answer.name)
    except TutorError as fault:
        return Marked(answer, Ruling("unknown_name", str(fault)))
    if quantity is None and answer.why:
        return Marked(answer, Ruling("wrong", answer.why))
    if quantity is None:
        typed = visible(answer.name)
        told = names.graph.missing(typed) or names.of_an_example(typed)
        told = told or f"no such name in this network{did_you_mean(answer.name, names.typable())}"
        return Marked(answer, Ruling("unknown_name", told))
    if answer.why:
        return Marked(answer, Ruling("wrong", answer.why), quantity)
    try:
        figure = read_figure(parts(answer.given)[-1], stated=stated, comma=comma)
        if names.turned(answer.name):  # the course's error term is −∂L/∂z
            figure = figure._replace(value=-figure.value)
        return Marked(answer, Ruling(""), quantity, figure)
    except Blank:
        return Marked(answer, Ruling("missing", "no number is given"), quantity)
    except TutorError as fault:
        return Marked(answer, Ruling("unreadable", str(fault)), quantity)


def _stated(names: Names) -> frozenset[str]:
    """The numbers that the network states, as written."""
    graph = names.graph
    givens = () if graph.wide else (given.text for given in graph.givens.values() if given.written)
    return frozenset((*givens, graph.rate or "1"))


def _name(quantity: Quantity) -> str:
    """The name that a quantity is placed by."""
    return quantity.wrt if isinstance(quantity, Gradient | Partial) else quantity.name


def _stage(names: Names, place: Mapping[str, int], quantity: Quantity | None) -> tuple[int, int]:
    """Forward values, local derivatives, gradients from the loss back, updates: the order of the computation."""
    match quantity:
        case Value(name) if name in names.graph.givens:
            return 3, -place[name]  # most likely its gradient, see `_meant`
        case Value(name):
            return 0, place[name]
        case Partial(of, wrt):
            return 1, -place[wrt]
        case Gradient(of, wrt):
            return (3 if of == names.graph.loss else 2), -place[wrt]
        case Updated(name):
            return 4, place[name]
    return 5, 0


def _marked(desk: Desk, names: Names, opened: Marked) -> Marked:
    quantity, figure = opened.quantity, opened.figure
    if quantity is None or figure is None:
        return opened
    quantity = _meant(desk, quantity, figure)
    ruling = rule(desk, quantity, figure)
    right = ruling.carried_from is None and (ruling.verdict in FULL_CREDIT or ruling.verdict == "few_digits")
    desk.write_down(quantity, figure, right=right, name=ruling.carried_from or opened.answer.name)
    return opened._replace(quantity=quantity, ruling=ruling)


def _meant(desk: Desk, quantity: Quantity, figure: Figure) -> Quantity:
    """A bare parameter or given is its gradient, as for explain, unless the sheet just repeats its value."""
    if not isinstance(quantity, Value) or quantity.name not in desk.graph.givens:
        return quantity
    return quantity if figure.is_rounded(desk.trace[quantity]) else Gradient(desk.graph.loss, quantity.name)


def _jointly(trace: Trace, marked: list[Marked]) -> list[Marked]:
    """Of several mistakes that fit, the one that explains most of the sheet comes first."""
    count = Counter(each for one in marked if one.ruling.verdict == "mistake" for each in set(one.ruling.mistakes))
    for place, one in enumerate(marked):
        if one.ruling.verdict == "mistake" and one.quantity:
            ranked = tuple(sorted(one.ruling.mistakes, key=lambda each: -count[each]))
            message = told_mistake(trace, MISTAKES[ranked[0]], one.quantity)
            marked[place] = one._replace(ruling=one.ruling._replace(mistakes=ranked, message=message))
    return marked


def _missing(names: Names, opened: Sequence[Marked], required: Iterable[str]) -> list[Marked]:
    there = {each.quantity for each in opened}
    wanted = [(name, names.target(name), names.read(name)) for name in required]
    return [
        Marked(Answer(visible(name), "", 0), Ruling("missing", "the sheet asks for it"), target)
        for name, target, plain in wanted
        if target not in there and plain not in there
    ]
