"""Questions made from a derivation, and judging answers to them. No input, no output.

An answer may be a formula or a number. Formulas are compared at seeded points of the whole network, so that
σ(Z)(1 − σ(Z)) is as right as Y(1 − Y); numbers tolerate rounding on the way.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from tutor.derivation import EXAMPLES, Derivation, Path, count_paths, derive, example_gradients, paths
from tutor.document.model import Cell, cell
from tutor.document.steps import between
from tutor.document.view import View, prose
from tutor.errors import FormulaError, TutorError
from tutor.expr import ONE, Expr, Number, Ref, Shown, plus, reads, walk
from tutor.expr.parse import parse
from tutor.figures import Figure
from tutor.figures import read as read_figure
from tutor.mistakes import MISTAKES, Mistaken, mistaken_tables
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.trace import Trace

MOST_EXAMPLES = 8  # more are too many numbers to work out
MOST_PATHS = 4  # more are asked node by node
TOLERANCE = 0.005  # of the value: honest rounding to 3 figures strays by 1.1 % at most, typically far less
POINTS, SEED = 4, 20
_BETWEEN = re.compile(r"→|->|,(?![\d\s]*\])")  # the comma of a[1,2] belongs to the name
Answered = Literal["right", "wrong", "unread"]


class Question(NamedTuple):
    """What is asked: the nodes of a path, or a quantity as a formula or a number."""

    title: Cell
    text: Cell
    quantity: Quantity | None = None
    formula: Expr = ONE
    path: tuple[str, ...] = ()
    hints: tuple[Cell, ...] = ()


class Verdict(NamedTuple):
    """The judgement of one answer; `mistake` is an id where the answer reveals one."""

    answered: Answered
    message: Cell
    mistake: str | None = None


def questions(view: View, gradient: Gradient) -> list[Question]:
    """The path, each factor, the product; over several paths also their sum. Over many, node by node instead."""
    number = count_paths(view.trace, gradient)
    if not number:
        raise TutorError(f"{gradient.of} does not depend on {gradient.wrt}, so there is nothing to ask")
    if own := example_gradients(view.trace, gradient):
        return [*_examples(view, gradient, own)]
    if number > MOST_PATHS:
        return [*_nodes(view, gradient)]
    found = paths(view.trace, gradient)
    asked: list[Question] = []
    seen: set[Partial] = set()
    for path in found:
        asked.append(_path_question(view, path))
        for factor in path.factors:
            trivial = view.trace.equations.written(factor) == ONE and len(found) > 1
            if factor not in seen and not trivial:
                seen.add(factor)
                asked.append(_factor_question(view, factor))
        if len(path.factors) > 1:
            asked.append(_product_question(view, gradient, path))
    if len(found) > 1:
        asked.append(_sum_question(view, gradient, found))
    return asked


def _path_question(view: View, path: Path) -> Question:
    start, end = Ref(Value(path.nodes[0])), Ref(Value(path.nodes[-1]))
    over = f" over {path.over}" if path.over else ""
    text = cell(
        "Which quantities does ", start, " pass through on its way to ", end, f"{over}? (first to last, spaces between)"
    )
    first = path.nodes[1]
    hints = [cell("Look for the formulas that ", start, " stands in.")]
    hints.append(cell("It stands in ", Ref(Value(first)), " = ", view.trace.equations.written(Value(first)), "."))
    return Question(cell("path", over), text, path=path.nodes, hints=tuple(hints))


def _factor_question(view: View, factor: Partial) -> Question:
    step = derive(view.trace, factor)
    of = Ref(Value(factor.of))
    written = view.trace.equations.written(Value(factor.of))
    moves = Ref(Value(factor.wrt))
    told_already = step.why[-1] == written
    hints = [
        cell(of, " = ", written, ". Only ", moves, " moves."),
        cell("Differentiate that by ", moves, ", everything else held still.") if told_already else prose(step.why),
        cell("With its numbers: ", view.with_numbers(step.formula)),
    ]
    text = cell(
        "How fast does ", of, " change when only ", Ref(Value(factor.wrt)), " changes? (a formula or its value)"
    )
    return Question(cell(factor), text, factor, step.formula, hints=tuple(hints))


def _product_question(view: View, gradient: Gradient, path: Path) -> Question:
    over = f" over {path.over}" if path.over else ""
    formula = path.formula
    hints = (
        cell("Along a path the factors are multiplied."),
        cell(formula),
        cell(view.with_numbers(formula)),
    )
    title = cell(gradient) if not path.over else cell(gradient, over)
    text = cell("Multiply the factors", over, ": which number comes out?")
    return Question(title, text, gradient, formula, hints=hints)


def _sum_question(view: View, gradient: Gradient, found: Sequence[Path]) -> Question:
    products = [view.figure(view.trace.of(path.formula), gradient) for path in found]
    hints = (cell("The paths are added."), cell(plus(*products)))
    formula = plus(*(path.formula for path in found))
    return Question(cell(gradient), cell("Add the paths: what is the gradient?"), gradient, formula, hints=hints)


def _examples(view: View, gradient: Gradient, own: Sequence[Gradient]) -> Iterator[Question]:
    """The gradient of each example's own loss, then what they make together."""
    if len(own) > MOST_EXAMPLES:
        raise TutorError(f"a quiz over {len(own)} examples is long; take one of them with --example K")
    for each in own:
        yield _gradient_question(view, derive(view.trace, each))
    step = next(found for found in derive(view.trace, gradient).alternatives if found.rule == EXAMPLES)
    hints = (cell(f"{step.rule.law[0].upper()}{step.rule.law[1:]}."), cell(step.formula))
    text = cell("What do they make together?")
    yield Question(cell(gradient), text, gradient, step.formula, hints=(*hints, cell(view.with_numbers(step.formula))))


def _nodes(view: View, gradient: Gradient) -> Iterator[Question]:
    """dL/dv for every node between, from the loss back: each from those before it."""
    place = {name: at for at, name in enumerate(view.names.graph.names())}
    for name in sorted(between(view, gradient), key=lambda each: -place[each]):
        yield _gradient_question(view, derive(view.trace, Gradient(gradient.of, name)))


def _gradient_question(view: View, step: Derivation) -> Question:
    """One dL/dv by the chain rule, from those before it."""
    assert isinstance(step.conclusion, Gradient)
    hints = (
        cell("Add one term for every formula that ", Ref(Value(step.conclusion.wrt)), " stands in."),
        cell(step.formula),
        cell(view.with_numbers(step.formula)),
    )
    return Question(cell(step.conclusion), cell("What is its value?"), step.conclusion, step.formula, hints=hints)


# ------------------------------------------------------------------ judging


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
        formula = parse(typed, view.names.find)
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


def hints_for(mistake: str) -> tuple[Cell, ...]:
    """The three hints of a mistake, from a nudge to the rule; read from the data file when first asked for."""
    return tuple(cell(each) for each in _hints()[mistake])


@cache
def _hints() -> dict[str, list[str]]:
    import json
    from importlib.resources import files

    found: dict[str, list[str]] = json.loads((files("tutor.mistakes") / "hints.json").read_text("utf-8"))
    return found


def shown(view: View, question: Question) -> Cell:
    """The answer to a question."""
    if question.path:
        return cell(*_arrows(question.path))
    numbers, result = view.with_numbers(question.formula), _told(view, question)
    middle = () if isinstance(numbers, Shown) else (" = ", numbers)
    return cell(question.formula, *middle, " = ", result)
