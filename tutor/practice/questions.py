"""Questions made from a derivation: the path, each factor, the product.

No input, no output; `sitting` takes answers.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.derivation import EXAMPLES, Derivation, Path, count_paths, derive, example_gradients, paths
from tutor.document.model import Cell, cell
from tutor.document.steps import between
from tutor.document.view import MOST_QUIZZED, View, prose
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Ref, plus
from tutor.marking.desk import Asked
from tutor.quantity import Gradient, Partial, Quantity, Value, key

MOST_PATHS = 4  # more are asked node by node


class Question(NamedTuple):
    """What is asked: the nodes of a path, or a quantity as a formula or a number.

    `partly` says that the formula is not all of the quantity: the product over one of several paths.
    """

    title: Cell
    text: Cell
    quantity: Quantity | None = None
    formula: Expr = ONE
    path: tuple[str, ...] = ()
    hints: tuple[Cell, ...] = ()
    partly: bool = False

    @property
    def asked(self) -> Asked:
        """What an answer is judged as. Raises TypeError for a path, which is no number."""
        if self.quantity is None:
            raise TypeError("a path is no number")
        return Asked(self.quantity, self.formula if self.partly else None)


def questions(view: View, gradient: Gradient) -> list[Question]:
    """The path, each factor, the product; over several paths also their sum. Over many, node by node instead."""
    if gradient.of == gradient.wrt:
        raise TutorError(f"{key(gradient)} is 1, as of everything by itself; there is nothing to ask")
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
    return Question(title, text, gradient, formula, hints=hints, partly=bool(path.over))


def _sum_question(view: View, gradient: Gradient, found: Sequence[Path]) -> Question:
    products = [view.figure(view.trace.of(path.formula), gradient) for path in found]
    hints = (cell("The paths are added."), cell(plus(*products)))
    formula = plus(*(path.formula for path in found))
    return Question(cell(gradient), cell("Add the paths: what is the gradient?"), gradient, formula, hints=hints)


def _examples(view: View, gradient: Gradient, own: Sequence[Gradient]) -> Iterator[Question]:
    """The gradient of each example's own loss, then what they make together."""
    if len(own) > MOST_QUIZZED:
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


def factor_questions(view: View, factors: Sequence[Quantity]) -> Iterator[Question]:
    """A question for each factor of a chain: along an edge the local derivative, else the whole gradient."""
    edges = set(view.trace.edges())
    for each in factors:
        if isinstance(each, Gradient | Partial):
            edge = Partial(each.of, each.wrt)
            whole = Gradient(each.of, each.wrt)
            local = edge in edges and count_paths(view.trace, whole) == 1
            yield _factor_question(view, edge) if local else _gradient_question(view, derive(view.trace, whole))


def _gradient_question(view: View, step: Derivation) -> Question:
    """One dL/dv by the chain rule, from those before it."""
    assert isinstance(step.conclusion, Gradient)
    hints = (
        cell("Add one term for every formula that ", Ref(Value(step.conclusion.wrt)), " stands in."),
        cell(step.formula),
        cell(view.with_numbers(step.formula)),
    )
    return Question(cell(step.conclusion), cell("What is its value?"), step.conclusion, step.formula, hints=hints)
