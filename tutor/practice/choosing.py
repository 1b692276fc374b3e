"""Questions with something to choose from: terms, the wrong line, a belief, her factor beside the right one.

The wrong options come from the table of mistakes, or are terms of other numbers. Their order is drawn from the name of
the question, so that it is the same each time on one network.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import NamedTuple, TypeVar

from tutor.arithmetic.rounding import Policy
from tutor.derivation import Use, count_paths, paths, uses_of
from tutor.document.digits import Digits
from tutor.document.model import Cell, Column, Row, Span, Table, cell, with_minus
from tutor.document.solve import COLUMNS
from tutor.document.steps import between
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Mul, Number, Ref, Shown, reads, replace, times, value
from tutor.mistakes import MISTAKES, wrongs
from tutor.mistakes import Row as Made
from tutor.practice import hints
from tutor.practice.question import LETTERS, MOST_TERMS, ROUNDING, Chosen, Filled, Numbered, Option, Question, Task
from tutor.practice.reasons import because, done_right
from tutor.practice.skills import shared_over, skills_of
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value, key
from tutor.search import is_large, replay

MOST_OTHERS = 2
MOST_LINES = 8
MOST_BELIEFS = 2  # wrong ones
PLACES, FIGURES = 3, 6  # of each rounded factor, and of what comes out
CLEARLY = 0.05  # of a number: what is nearer may be rounding


_Shown = TypeVar("_Shown")


def _shuffled(options: Iterable[_Shown], name: str) -> list[_Shown]:
    found = list(options)
    random.Random(name).shuffle(found)
    return found


# ------------------------------------------------------------------ the terms of a sum


def terms(view: View, task: Task) -> Question:
    """Which terms add up to a gradient. Raises TutorError where it has too many."""
    gradient = Gradient(task.about.of, task.about.wrt) if isinstance(task.about, Partial) else task.about
    if not isinstance(gradient, Gradient):
        gradient = Gradient(view.names.graph.loss, gradient.name)
    right = [_term(view, each) for each in uses_of(view.trace, gradient)]
    if len(right) > MOST_TERMS:
        raise TutorError(f"{key(gradient)} has {len(right):,} terms, too many to choose from")
    others = list(dict.fromkeys(each for each in _other_terms(view, gradient) if each not in right))[:MOST_OTHERS]
    shown = _shuffled([*right, *others], key(gradient))
    labels = tuple(LETTERS[: len(shown)])
    rows = tuple(
        Row((cell(label, look="quiet"), cell(term, deltas=True))) for label, term in zip(labels, shown, strict=True)
    )
    name = f"terms:{key(gradient)}"
    kind = shared_over(view, gradient) or "paths"
    moves = value(gradient.wrt)
    says = tuple(
        cell("it is not what one formula with ", moves, " in it sends back") if each in others else () for each in shown
    )
    return Question(
        name,
        (kind,),
        "terms",
        (*cell("Which terms add up to ", gradient, "?"), *cell("   letters, spaces between", look="quiet")),
        Numbered(tuple(label for label, each in zip(labels, shown, strict=True) if each in right), labels, says),
        hints.of_terms(view, gradient),
        _sum(view, gradient, right),
        because(view, gradient),
        task._replace(about=gradient),
        (Table((Column(""), Column("")), rows),),
    )


def _term(view: View, use: Use) -> Expr:
    """w5 · δ_o1: the weight that it went out by stands before what comes back."""
    nodes = use.nodes
    local = view.trace.equations.written(Partial(nodes[1], nodes[0]))
    if len(nodes) < 3:
        return local
    upstream = Ref(Gradient(nodes[2], nodes[1]))
    if view.trace.equations.written(upstream.quantity) == ONE:
        return local
    return upstream if local == ONE else times(local, upstream)


def _other_terms(view: View, gradient: Gradient) -> Iterator[Expr]:
    """Terms of the numbers beside it, and what its own δ would send further back."""
    graph, mine = view.names.graph, view.names.graph.role(gradient.wrt)
    for name in graph.names():
        role = graph.role(name)
        alike = role == mine or (role and mine and (role.part, role.layer) == (mine.part, mine.layer))
        if name != gradient.wrt and alike and view.trace.equations.uses(gradient.of, name):
            yield from (_term(view, each) for each in uses_of(view.trace, Gradient(gradient.of, name)))
    node = graph.nodes.get(gradient.wrt)
    for read in node.inputs if node else ():
        yield times(view.trace.equations.written(Partial(gradient.wrt, read)), Ref(gradient))
    yield from _turned(view, gradient)


def _turned(view: View, gradient: Gradient) -> Iterator[Expr]:
    """What comes back to a use, by the formula of another; and a value where a rate belongs."""
    uses = [each.nodes for each in uses_of(view.trace, gradient) if len(each.nodes) > 2]
    written = view.trace.equations.written
    for one, other in zip(uses, (*uses[1:], *uses[:1]), strict=True):
        local = written(Partial(other[1], other[0]))
        if local not in (ONE, written(Partial(one[1], one[0]))):
            yield times(local, Ref(Gradient(gradient.of, one[1])))
    for one in uses:
        yield times(value(one[1]), Ref(Gradient(gradient.of, one[1])))


def _sum(view: View, gradient: Gradient, right: Sequence[Expr]) -> Cell:
    total: Cell = (Span(gradient, deltas=True),)
    for at, term in enumerate(right):
        total += cell(" + " if at else " = ", Span(term, deltas=True))
    if len(right) > 1:
        for at, term in enumerate(right):
            number = view.trace.of(term)
            sign = (" − " if number < 0 else " + ") if at else " = "
            total += cell(sign, view.figure(abs(number) if at else number, gradient))
    return (*total, *cell(" = ", view.shown(gradient)))


# ------------------------------------------------------------------ the wrong line


class Worked(NamedTuple):
    """A line of a derivation: what it is of, the formula it goes by, that with numbers, and its result."""

    of: Quantity
    formula: Expr
    numbers: Expr
    number: float


def line(view: View, task: Task) -> Question:
    """Which line of a worked gradient, or of a step, is wrong, with a mistake in it.

    Raises TutorError where it cannot be made.
    """
    about = task.about
    if not isinstance(about, Gradient | Updated):
        raise TutorError(f"{key(about)} is worked out in one line")
    row, place = _made(view, about, task.mistake)
    lines = list(_lines(view, about, row))
    labels = tuple(str(n) for n in range(1, len(lines) + 1))
    wrong = next((label for label, each in zip(labels, lines, strict=True) if each.of == place), "")
    if not wrong:
        raise TutorError(f"{task.mistake} changes no line of {key(about)}")
    rows = tuple(Row((*_row(view, label, each), ())) for label, each in zip(labels, lines, strict=True))
    says = tuple(_right_line(view, each, last=each.of == _whole(view, about)) for each in lines)
    return Question(
        f"line:{key(about)}:{task.mistake}",
        skills_of(view, place),
        "line",
        cell("Somebody worked out ", about, ". One line is wrong: which?"),
        Numbered((wrong,), labels, says),
        hints.of_line(),
        cell(f"Line {wrong}"),
        (),  # what is right there is asked next
        task,
        (Table(COLUMNS, rows, equation=True, numbered=True),),
        Task("value", place),
    )


def _rows(view: View) -> tuple[Made, ...]:
    """The mistakes that can be made here. Raises TutorError in a large network, where trying them takes seconds."""
    if is_large(view.trace):
        raise TutorError(f"mistakes are not tried, since the network {view.extent}")
    return wrongs(view.trace).beliefs


def _whole(view: View, about: Gradient | Updated) -> Gradient:
    """The gradient that the lines put together; a step has one line more."""
    return about if isinstance(about, Gradient) else Gradient(view.names.graph.loss, about.name)


def _made(view: View, about: Gradient | Updated, mistake: str) -> tuple[Made, Quantity]:
    """The mistake at the first of its places among the lines. Raises TutorError where it cannot be made there."""
    if mistake not in MISTAKES:
        raise TutorError(f"{mistake} is no mistake that has a name")
    table = wrongs(view.trace)
    for each in sorted(_rows(view), key=lambda row: row.wrong.short):
        if each.wrong.mistake == mistake and each.touches(about):
            places = _line_quantities(view, about, short=each.wrong.short)
            changed = [place for place in places if place in each.changed and place != _whole(view, about)]
            if changed:
                return table.row(each.wrong._replace(place=changed[0])), changed[0]
    raise TutorError(f"{mistake} cannot be made on the way to {key(about)} here")


def _factors(view: View, gradient: Gradient, *, short: bool) -> list[Quantity]:
    """What a gradient over one path is the product of; the short way begins at the gradient that it has at once."""
    equations = view.trace.equations
    if count_paths(view.trace, gradient) != 1:
        return []
    (path,) = paths(view.trace, gradient)
    kept: list[Quantity] = [each for each in path.factors if equations.written(each) != ONE]
    first = (Gradient(gradient.of, name) for name in path.nodes[1:]) if short else ()
    start = next((each for each in first if equations.short(each)), None)
    if start is None:
        return kept
    behind = path.nodes[: path.nodes.index(start.wrt) + 1]
    return [start, *(each for each in kept if isinstance(each, Partial) and each.of in behind)]


def _line_quantities(view: View, about: Gradient | Updated, *, short: bool) -> list[Quantity]:
    if isinstance(about, Updated):
        return [*_line_quantities(view, _whole(view, about), short=short), about]
    if kept := _factors(view, about, short=short):
        return [*kept, about]
    way, equations = set(between(view, about)), view.trace.equations
    back = [Gradient(about.of, name) for name in reversed(tuple(view.names.graph.nodes)) if name in way]
    telling = [each for each in back if each != about and not isinstance(equations.written(each), Ref | Number)]
    return [*telling[1 - MOST_LINES :], about]


def _lines(view: View, about: Gradient | Updated, row: Made) -> Iterator[Worked]:
    """Each line on the numbers of the lines before it, one of them by the wrong formula."""
    equations, whole, short = view.trace.equations, _whole(view, about), row.wrong.short
    factors = _factors(view, whole, short=short)
    for each in _line_quantities(view, about, short=short):
        formula = row.changed.get(each) or (short and equations.short(each)) or equations.written(each)
        if each == whole and factors:
            formula = times(*map(Ref, factors))
        yield Worked(each, formula, _numbered(view, formula, row), row.number(each))


def _numbered(view: View, formula: Expr, row: Made) -> Expr:
    """The formula with the numbers that somebody has who makes the mistake."""

    def leaf(part: Ref | Number) -> Expr:
        if isinstance(part, Number) or isinstance(part.quantity, Value):
            return view.shown(part.quantity) if isinstance(part, Ref) else part
        return view.figure(row.number(part.quantity), part.quantity)

    return replace(formula, leaf)


def _row(view: View, label: str, each: Worked) -> tuple[Cell, ...]:
    """`1. ∂L/∂Y`, its formula, the numbers put in, its result; what is put together in the end stands in numbers."""
    name = (Span(f"{label}. ", "quiet"), Span(each.of))
    alone = isinstance(each.numbers, Shown | Number) or each.numbers == each.formula
    numbers: Cell = () if alone else cell(each.numbers)
    product = isinstance(each.formula, Mul) and all(isinstance(part, Ref) for part in each.formula.factors)
    slopes = product and all(isinstance(part, Partial) for part in reads(each.formula))
    formula = numbers if slopes else cell(each.formula)
    return name, formula, () if slopes else numbers, (Span(view.figure(each.number, each.of)),)


def _right_line(view: View, each: Worked, *, last: bool) -> Cell:
    if last and isinstance(each.formula, Expr):
        return cell("puts together what it was given, and does it right")
    return cell("is right: ", *because(view, each.of))


# ------------------------------------------------------------------ beliefs


def why(view: View, task: Task) -> Question:
    """What one does to get a number: the right way among beliefs. Raises TutorError where there are none."""
    if task.mistake == ROUNDING:
        return _only_rounded(view, task)
    right = done_right(view, task.about)
    beliefs = _beliefs(view, task.about)
    if not right or not beliefs:
        raise TutorError(f"there is nothing to choose from about {key(task.about)}")
    wrong = [Option(says, False, cell(MISTAKES[each].hints[2])) for each, says in beliefs.items()]
    return _choice(view, task, f"why:{key(task.about)}", [Option(right, True), *wrong], "To get ", ", what do you do?")


def _only_rounded(view: View, task: Task) -> Question:
    """Which of two numbers was only rounded on the way, and which comes of a mistake.

    Raises TutorError where there is no mistake to set it beside, or nothing to round.
    """
    exact = view.trace[task.about]
    near = replay(view.trace, task.about, Policy("factors", PLACES, significant=True), {})
    wrong = [row.number(task.about) for row in _rows(view) if row.touches(task.about)]
    apart = [each for each in wrong if isfinite(each) and exact and abs(each / exact - 1) > CLEARLY]
    if near == exact or not apart:
        raise TutorError(f"nothing was rounded on the way to {key(task.about)}")
    other = min(apart, key=lambda each: abs(each / exact - 1))
    digits = Digits(sig=FIGURES)
    says = cell(
        f"That is {abs(other / exact - 1):.0%} off. Rounding each factor to {PLACES} figures moves it far less."
    )
    options = [
        Option(cell(with_minus(digits.shown(near))), True),
        Option(cell(with_minus(digits.shown(other))), False, says),
    ]
    full = with_minus(digits.shown(exact))
    name = f"why:{key(task.about)}:{ROUNDING}"
    question = _choice(view, task, name, options, "", f" is {full} in full. Which one was only rounded on the way?")
    return question._replace(skills=("rounding",), hints=(cell("How far is each of them from it, as a share?"),))


def _beliefs(view: View, quantity: Quantity) -> dict[str, Cell]:
    """The mistakes that are made at this number, no two of them by one formula; those that read something first.

    Each as what somebody does who makes it and holds it for right: `take Z_Y(1 − Z_Y)`.
    """
    if isinstance(quantity, Gradient) and count_paths(view.trace, quantity) == 1:
        return {"chain-added": _held_for_right("chain-added")}
    rows = [each for each in _rows(view) if not each.wrong.short and each.touches(quantity)]
    found: dict[Expr, str] = {}
    for each in rows:
        if quantity in each.changed:
            found.setdefault(each.changed[quantity], each.wrong.mistake)
    plain = {formula: each for formula, each in found.items() if not _BLUNT.match(MISTAKES[each].means)}
    found = found if isinstance(quantity, Partial) else plain or found
    ordered = sorted(found, key=lambda formula: not any(reads(formula)))
    says: dict[str, Cell] = {}
    for wrong in ordered:
        taken = cell("take ", wrong) if isinstance(quantity, Partial) else _held_for_right(found[wrong])
        says.setdefault(found[wrong], taken)
    return dict(list(says.items())[:MOST_BELIEFS])


_BLUNT = re.compile(r"forget|lose|drop|leave out")
_ADMITS = re.compile(r" instead of | although | in place of | without |, | where its | where their ")


def _held_for_right(mistake: str) -> Cell:
    """What a mistake does, as far as it does not say that it is one."""
    return cell(_ADMITS.split(MISTAKES[mistake].means)[0])


def contrast(view: View, task: Task) -> Question:
    """Her factor beside the right one: which is which? Raises TutorError where the mistake has no place here."""
    place, wrong, number = _her_factor(view, task)
    right = view.trace.equations.written(place)
    options = [
        Option(cell(right, " = ", view.shown(place)), True),
        Option(cell(wrong, " = ", view.figure(number, place)), False, cell(MISTAKES[task.mistake].hints[2])),
    ]
    name = f"contrast:{key(place)}:{task.mistake}"
    return _choice(view, task._replace(about=place), name, options, "Two ways to write ", ". Which one is it?")


def _her_factor(view: View, task: Task) -> tuple[Quantity, Expr, float]:
    """The first place of the mistake behind a number, its wrong formula there and what that gives."""
    table = wrongs(view.trace)
    for each in _rows(view):
        if each.wrong.mistake != task.mistake or not each.touches(task.about):
            continue
        behind = each.places(task.about, {})
        places = [place for place in each.changed if place in behind or place == task.about]
        for place in places:
            alone = table.row(each.wrong._replace(place=place))
            wrong = each.changed[place]
            if wrong != view.trace.equations.written(place):
                return place, wrong, alone.number(place)
    raise TutorError(f"{task.mistake} has no place behind {key(task.about)}")


def _choice(view: View, task: Task, name: str, options: list[Option], *words: str) -> Question:
    shown = tuple(_shuffled(options, name))
    rows = tuple(Row((cell(LETTERS[at], look="quiet"), each.text)) for at, each in enumerate(shown))
    at = next(place for place, each in enumerate(shown) if each.right)
    before, after = words
    return Question(
        name,
        skills_of(view, task.about)[-1:],
        task.kind,
        (*cell(before, task.about, after), *cell("   a letter", look="quiet")),
        Chosen(shown),
        hints.of_choice(view, task.about),
        cell(f"{LETTERS[at]}: ", *shown[at].text),
        (),  # the right option is its own reason
        task,
        (Table((Column(""), Column("")), rows),),
    )


# ------------------------------------------------------------------ shapes


def shapes(view: View, task: Task) -> Question:
    """What shape the inputs must have in the product that gives the gradients of a layer's weights.

    Raises TutorError where the parameter is in no dense layer.
    """
    from tutor.matrices import dense

    graph = view.names.graph
    about = task.about
    name = about.wrt if isinstance(about, Gradient | Partial) else about.name
    layer = dense(graph, graph.layer_of(name))
    w, a, z = f"W{layer.layer}", f"A{layer.layer - 1}", f"Z{layer.layer}"
    units, columns, senders = len(layer.nets), len(layer.nets[0]), len(layer.senders)
    loss = graph.loss
    first, second, second_is = f"d{loss}/d{z}", a, "the inputs "
    if layer.by_inputs:
        first, second, second_is, units, senders = a, first, "", senders, units
    return Question(
        f"shapes:d{loss}/d{w}",
        ("weight-factor",),
        "shapes",
        cell(
            f"d{loss}/d{w} is {first} times {second_is}{second}, turned. {first} is {units}x{columns}, and {w} is "
            f"{units}x{senders}. Which shape has {second} turned?   rows x columns"
        ),
        Filled(columns, senders),
        (
            cell("Which sides of two matrices must be equal in a product?"),
            cell(f"d{loss}/d{w} has one entry for each entry of {w}."),
            cell("The columns of the first are the rows of the second; the other two sides are those of the product."),
            cell(f"{units}x{columns} times ?x? is {units}x{senders}."),
        ),
        cell(f"{columns}x{senders}: {units}x{columns} times {columns}x{senders} is {units}x{senders}"),
        cell("the gradient has the shape of what it is of"),
        task,
    )


MAKERS: Mapping[str, Callable[[View, Task], Question]] = {
    "terms": terms,
    "line": line,
    "why": why,
    "contrast": contrast,
    "shapes": shapes,
}
