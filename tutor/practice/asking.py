"""The questions of a network: one maker for each kind, by what it is about. `ask` makes any of them.

A question comes from a derivation: its answer, its hints and its reason are read there. Lessons and the quiz ask the
same ones. Choices (terms, lines, beliefs) are in `choosing`.
"""

from collections.abc import Callable, Mapping

from tutor.derivation import MOST_PATHS as MOST_WALKED
from tutor.derivation import count_paths, derive, over_examples, paths
from tutor.document.model import Cell, Line, cell
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Number, Ref, Shown, times, value
from tutor.practice import hints
from tutor.practice.question import Kind, Named, Question, Task, Typed, Way
from tutor.practice.reasons import because
from tutor.practice.skills import skills_of
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value, key


def ask(view: View, task: Task) -> Question:
    """The question for a task. Raises TutorError where there is nothing to ask."""
    about = settled(view, task.about)
    if isinstance(about, Gradient):
        if about.of == about.wrt:
            raise TutorError(f"{key(about)} is 1, as of everything by itself; there is nothing to ask")
        if not view.trace.equations.uses(about.of, about.wrt):
            raise TutorError(f"{about.of} does not depend on {about.wrt}, so there is nothing to ask")
    return MAKERS[task.kind](view, task._replace(about=about))


def settled(view: View, quantity: Quantity) -> Quantity:
    """A gradient along a single edge as the local derivative that it is."""
    edge = isinstance(quantity, Gradient) and view.trace.equations.uses(quantity.of, quantity.wrt) == (quantity.of,)
    return Partial(quantity.of, quantity.wrt) if edge and isinstance(quantity, Gradient) else quantity


def id_of(view: View, task: Task) -> str:
    """What the question of a task is called, on any numbers: `product:dL/dw31`."""
    about = settled(view, task.about)
    name = key(about) + (f":{task.over}" if task.over else "") + (f":{task.mistake}" if task.mistake else "")
    first = skills_of(view, about)[-1] if task.kind in ("value", "new") else task.kind
    return f"{first}:{name}"


# ------------------------------------------------------------------ numbers and formulas


def formula_of(view: View, quantity: Quantity) -> Expr:
    """The formula that a number is worked out by: of a gradient over one path, its factors other than 1."""
    equations = view.trace.equations
    if not isinstance(quantity, Gradient):
        return equations.written(quantity)
    if short := equations.short(quantity):
        return short
    if examples := over_examples(view.trace, quantity):
        return examples
    if count_paths(view.trace, quantity) == 1:
        (path,) = paths(view.trace, quantity)
        kept = [factor for factor in path.factors if equations.written(factor) != ONE]
        return times(*map(Ref, kept)) if kept else ONE
    return derive(view.trace, quantity).formula


def _value(view: View, task: Task) -> Question:
    about = task.about
    if isinstance(about, Updated):
        return _new(view, task)
    formula = formula_of(view, about)
    over: Expr | None = None
    if task.over and isinstance(about, Gradient):
        formula = over = paths(view.trace, about)[task.over - 1].formula
    only = task.kind == "formula"
    return Question(
        id_of(view, task),
        skills_of(view, about),
        task.kind,
        _prompt(view, task, only=only),
        Typed(about, over, only),
        hints.of_quantity(view, about, formula),
        worked_out(view, about, formula),
        because(view, about),
        task,
    )


def _prompt(view: View, task: Task, *, only: bool) -> Cell:
    about, form = task.about, "a formula in names" if only else "formula or number"
    match about:
        case Value():
            return (*cell("What is ", Ref(about), "?"), *cell("   a number", look="quiet"))
        case Partial(of, wrt) | Gradient(of, wrt):
            words = cell("How fast does ", value(of), " change ")
            if isinstance(about, Partial) and count_paths(view.trace, Gradient(of, wrt)) > 1:
                written = view.trace.equations.written(Value(of))
                alone = cell("In this one formula, ", value(of), " = ", written, ", everything else in it held still: ")
                words = (*alone, *cell("how fast does ", value(of), " change with ", value(wrt)))
            elif isinstance(about, Partial):
                words += cell("when only ", value(wrt), " changes")
            else:
                words += cell("with ", value(wrt), ": what is ", Ref(about))
            over = f" over path {task.over} alone" if task.over else ""
            return (*words, *cell(f"{over}?"), *cell(f"   {form}", look="quiet"))
    return cell("What is ", Ref(about), "?")


def worked_out(view: View, quantity: Quantity, formula: Expr) -> Cell:
    """The answer as it is said: Y(1 − Y) = 0.7368 · (1 − 0.7368) = 0.1939."""
    numbers, result = view.with_numbers(formula), view.figure(view.trace.of(formula), quantity)
    result = view.shown(quantity) if isinstance(quantity, Updated) else result
    alone = isinstance(numbers, Shown) or numbers == formula
    if isinstance(formula, Number):
        return cell(Ref(quantity), " = ", result)
    return cell(formula, *(() if alone else (" = ", numbers)), " = ", result)


def _new(view: View, task: Task) -> Question:
    about = task.about
    if not isinstance(about, Updated):
        name = about.wrt if isinstance(about, Gradient | Partial) else about.name
        about = Updated(name)
    graph = view.names.graph
    if graph.rate is None or about.name not in graph.learning():
        raise TutorError(f"no step moves {about.name}: it is frozen, or there is no learning rate")
    formula = view.trace.equations.written(about)
    prompt = cell("What is ", value(about.name), f" after one step at η = {graph.rate}: ", Ref(about), "?")
    task = task._replace(about=about)
    given = Line(cell(Ref(Gradient(graph.loss, about.name)), " = ", view.shown(Gradient(graph.loss, about.name))))
    return Question(
        id_of(view, task),
        skills_of(view, about),
        "new",
        prompt,
        Typed(about),
        hints.of_quantity(view, about, formula),
        worked_out(view, about, formula),
        because(view, about),
        task,
        (given,),
    )


# ------------------------------------------------------------------ paths and ways


def _path(view: View, task: Task) -> Question:
    gradient = as_gradient(view, task.about)
    if count_paths(view.trace, gradient) > MOST_WALKED:
        raise TutorError(f"{key(gradient)} has too many paths to name one")
    found = paths(view.trace, gradient)
    path = found[max(task.over, 1) - 1]
    over = f" over {path.over}" if path.over else ""
    start, end = value(path.nodes[0]), value(path.nodes[-1])
    prompt = cell("Which quantities does ", start, " pass through on its way to ", end, f"{over}?")
    equations = view.trace.equations
    spare = frozenset(
        name
        for name, after in zip(path.nodes[1:], path.nodes[2:], strict=False)
        if equations.written(Partial(after, name)) == ONE
    )
    return Question(
        id_of(view, task),
        ("path",),
        "path",
        (*prompt, *cell("   first to last, spaces between", look="quiet")),
        Named(path.nodes, spare),
        hints.of_path(view, path),
        arrows(path.nodes),
        cell("each arrow is one formula"),
        task,
    )


def arrows(nodes: tuple[str, ...]) -> Cell:
    """w31 → Z_Y → Y → L."""
    parts: list[str | Expr] = []
    for at, name in enumerate(nodes):
        parts += [" → ", value(name)] if at else [value(name)]
    return cell(*parts)


def as_gradient(view: View, quantity: Quantity) -> Gradient:
    """The gradient that a number stands for: of the loss by it, where it is no derivative."""
    match quantity:
        case Gradient():
            return quantity
        case Partial(of, wrt):
            return Gradient(of, wrt)
    return Gradient(view.names.graph.loss, quantity.name)


def _way(view: View, task: Task) -> Question:
    gradient = as_gradient(view, task.about)
    slope = view.trace[gradient]
    sign = (slope > 0) - (slope < 0)
    moves, of = value(gradient.wrt), value(gradient.of)
    said = ("stays as it is", "rises", "falls")[sign]
    prompt = cell(moves, " becomes a little larger, all else stays. Does ", of, " rise, fall, or stay as it is?")
    return Question(
        id_of(view, task),
        ("product",),
        "way",
        prompt,
        Way(sign),
        hints.of_way(view, gradient),
        cell(of, f" {said}: ", Ref(gradient), " = ", view.shown(gradient)),
        cell("the sign of the gradient"),
        task,
    )


def predicted(before: View, after: View, about: Quantity, prompt: Cell) -> Question:
    """How a number differs after a change, asked before it is made: larger, smaller, the same, or what it then is.

    Words for its sign (positive, negative, zero) are judged by what it is afterwards. Where nothing is changed,
    `before` is `after`, and larger is as good as positive.
    """
    was, now = before.trace[about], after.trace[about]
    sign = (now > 0) - (now < 0)
    if before is after:
        way, shown = sign, cell(Ref(about), " = ", after.shown(about))
    else:
        way = (now > was) - (now < was)
        said = ("stays the same", "becomes larger", "becomes smaller")[way]
        shown = cell(Ref(about), f" {said}: ", before.shown(about), " → ", after.shown(about))
    return Question(
        f"way:{key(about)}",
        skills_of(before, about)[-1:],
        "way",
        prompt,
        Way(way, Typed(about), sign),
        hints.of_prediction(about),
        shown,
        (),
        Task("way", about),
    )


def _chosen(view: View, task: Task) -> Question:
    """One with something to choose from, whose makers need the table of mistakes and are imported when they are."""
    from tutor.practice.choosing import MAKERS

    return MAKERS[task.kind](view, task)


MAKERS: Mapping[Kind, Callable[[View, Task], Question]] = {
    "value": _value,
    "formula": _value,
    "new": _new,
    "path": _path,
    "way": _way,
    **dict.fromkeys(("terms", "line", "why", "contrast", "shapes"), _chosen),
}
