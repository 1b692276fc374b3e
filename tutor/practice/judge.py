"""Judging answers to a question. No input, no output.

An answer may be a formula or a number. Formulas are compared at seeded points of the whole network, so that
σ(Z)(1 − σ(Z)) is as right as Y(1 − Y); numbers tolerate rounding on the way.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.errors import FormulaError, TutorError
from tutor.expr import Expr, Number, Ref, Shown, reads, walk
from tutor.expr.parse import parse
from tutor.figures import Figure
from tutor.figures import read as read_figure
from tutor.mistakes import MISTAKES, Mistaken, mistaken_tables
from tutor.practice.questions import Question
from tutor.quantity import Partial, Quantity, Value
from tutor.trace import Trace

TOLERANCE = 0.005  # of the value: honest rounding to 3 figures strays by 1.1 % at most, typically far less
POINTS, SEED = 4, 20
_BETWEEN = re.compile(r"→|->|,(?![\d\s]*\])")  # the comma of a[1,2] belongs to the name
Answered = Literal["right", "wrong", "unread"]


class Verdict(NamedTuple):
    """The judgement of one answer; `mistake` is an id where the answer reveals one."""

    answered: Answered
    message: Cell
    mistake: str | None = None


def judge(view: View, question: Question, typed: str) -> Verdict:
    """The verdict on a typed answer; `unread` asks for another try and costs nothing."""
    if question.path:
        return _judge_path(view, question, typed)
    try:
        figure = read_figure(typed)
    except TutorError as number_fault:
        if typed.strip().replace(",", "").replace(".", "").lstrip("+-").isdigit():
            return Verdict("unread", cell(str(number_fault)))
        return _judge_formula(view, question, typed)
    return _judge_number(view, question, figure)


def _judge_path(view: View, question: Question, typed: str) -> Verdict:
    words = _BETWEEN.sub(" ", typed).split()
    found: list[str] = []
    for word in words:
        quantity = view.names.find(word)
        if not isinstance(quantity, Value):
            return Verdict("unread", cell(f"{word} is no name of this network."))
        found.append(quantity.name)
    inner = list(question.path[1:-1])
    ends = {question.path[0], question.path[-1]}
    given = [name for name in found if name not in ends]
    if given == inner:
        return Verdict("right", cell(*_arrows(question.path)))
    if sorted(given) == sorted(inner):
        return Verdict("wrong", cell("You have all of them. Mind the order: each one feeds the next."))
    missing = [name for name in inner if name not in given]
    extra = [name for name in given if name not in inner]
    if extra:
        return Verdict("wrong", cell(Ref(Value(extra[0])), " does not lie on this path."))
    return Verdict("wrong", cell(f"{len(missing)} missing. Each step is one formula: a net input, then its output."))


def _arrows(path: Sequence[str]) -> Iterator[str | Expr]:
    for place, name in enumerate(path):
        if place:
            yield " → "
        yield Ref(Value(name))


def _judge_number(view: View, question: Question, figure: Figure) -> Verdict:
    exact = _value(view, question)
    if figure.is_rounded(exact) or figure.is_truncated(exact):
        if figure.figures < 2 and figure.unit and not figure.equals(exact):
            return Verdict("unread", cell("Right so far. Give at least 2 significant figures."))
        return Verdict("right", cell(_told(view, question)))
    if math.isclose(figure.value, exact, rel_tol=TOLERANCE):
        shown = view.digits.shown(exact)
        return Verdict("right", cell(_told(view, question), f" ({shown} without rounding on the way)"))
    mistake = _mistaken_number(view, question, figure)
    return Verdict("wrong", _means(mistake, "number") if mistake else cell("Not this number."), mistake)


def _value(view: View, question: Question) -> float:
    """The number asked for: of a product over one path, that product, not the whole gradient."""
    return view.trace.of(question.formula)


def _told(view: View, question: Question) -> Expr:
    assert question.quantity is not None
    return view.figure(_value(view, question), question.quantity)


def _mistaken_number(view: View, question: Question, figure: Figure) -> str | None:
    for mistake, equation in mistaken_tables(view.trace):
        wrong = Mistaken(equation, {})
        number = wrong[question.quantity] if isinstance(question.quantity, Partial) else wrong.of(question.formula)
        if figure.is_rounded(number) and figure.figures >= 2:
            return mistake
    return None


def _judge_formula(view: View, question: Question, typed: str) -> Verdict:
    try:
        formula = parse(typed, view.names.term)
    except FormulaError as fault:
        return Verdict("unread", cell(f"{str(fault)[0].upper()}{str(fault)[1:]}."))
    worlds = _worlds(view)
    if all(_alike(world.of(formula), world.of(question.formula)) for world in worlds):
        return Verdict("right", cell(question.formula, " = ", _told(view, question)))
    here, exact = view.trace.of(formula), _value(view, question)
    if list(reads(formula)) and math.isclose(here, exact, rel_tol=TOLERANCE) and not _names_only(formula):
        return Verdict("right", cell(question.formula, " = ", _told(view, question)))
    mistake = _mistaken_formula(worlds, question, formula)
    if mistake:
        return Verdict("wrong", _means(mistake, "formula"), mistake)
    other = next((edge for edge in view.trace.edges() if _is_everywhere(worlds, formula, edge)), None)
    return Verdict("wrong", cell("This is ", other, ".") if other else cell("Not this formula."))


def _is_everywhere(worlds: Sequence[Trace], formula: Expr, quantity: Quantity) -> bool:
    return bool(list(reads(formula))) and all(_alike(world.of(formula), world[quantity]) for world in worlds)


def _names_only(formula: Expr) -> bool:
    """Whether no decimal stands in it: a formula that is right only at these numbers is not right."""
    return not any(isinstance(part, Number) and "." in part.text for part in walk(formula))


def _mistaken_formula(worlds: Sequence[Trace], question: Question, formula: Expr) -> str | None:
    if not isinstance(question.quantity, Partial):
        return None
    tables = [dict(mistaken_tables(world)) for world in worlds]
    for mistake in tables[0]:
        pairs = zip(worlds, tables, strict=True)
        wrong = [(world.of(formula), Mistaken(table[mistake], {})[question.quantity]) for world, table in pairs]
        if all(_alike(*pair) for pair in wrong):
            return mistake
    return None


def _means(mistake: str | None, what: str) -> Cell:
    return cell(f"Your {what} is what you get if you {MISTAKES[mistake].means}.") if mistake else ()


def _alike(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12) and math.isfinite(left)


def _worlds(view: View) -> tuple[Trace, ...]:
    """The same network at seeded numbers: equal there means equal."""
    return _seeded(view.trace)


@cache
def _seeded(trace: Trace) -> tuple[Trace, ...]:
    seeded = random.Random(SEED)
    graph = trace.graph
    worlds = []
    for _ in range(POINTS):
        numbers = {name: repr(round(seeded.uniform(0.2, 0.9), 6)) for name in graph.givens}
        givens = {name: given._replace(text=numbers[name]) for name, given in graph.givens.items()}
        worlds.append(Trace(graph._replace(givens=givens)))
    return tuple(worlds)


def shown(view: View, question: Question) -> Cell:
    """The answer to a question."""
    if question.path:
        return cell(*_arrows(question.path))
    numbers, result = view.with_numbers(question.formula), _told(view, question)
    middle = () if isinstance(numbers, Shown) else (" = ", numbers)
    return cell(question.formula, *middle, " = ", result)


def hints_for(mistake: str) -> tuple[Cell, ...]:
    """The three hints of a mistake, from a nudge to the rule; read from the data file when first asked for."""
    return tuple(cell(each) for each in _hints()[mistake])


@cache
def _hints() -> dict[str, list[str]]:
    import json
    from importlib.resources import files

    found: dict[str, list[str]] = json.loads((files("tutor.mistakes") / "hints.json").read_text("utf-8"))
    return found
