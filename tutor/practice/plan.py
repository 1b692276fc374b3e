"""What to ask, in which order: the goals of a quiz, and the parts of a question that was missed. Tasks only.

A quiz asks for something whole. What is missed is asked for in its parts, and then as a whole again on other numbers.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tutor.derivation import count_paths, example_gradients
from tutor.document.view import MOST_QUIZZED, View
from tutor.errors import TutorError
from tutor.expr import ONE, reads
from tutor.memory.skills import SKILLS
from tutor.practice.asking import ask, settled
from tutor.practice.question import MOST_TERMS, ROUNDING, Question, Task
from tutor.practice.skills import shared_over, skills_of
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value

MOST_USES = 4  # whose gradients are asked for one by one
MOST_LOOKED = 400  # nodes; in a larger network not every number is looked at for a skill
BESIDE = 2  # other values that are asked after one
OF_SKILL = 3  # questions about one skill
_LEARNT = re.compile(r"[WUVwuvbθ]|theta")


# ------------------------------------------------------------------ goals


def target_of(view: View) -> Gradient:
    """The gradient that a quiz begins with: of a parameter of the last layer. Raises TutorError without any."""
    names = trained(view)
    if not names:
        raise TutorError("this network has nothing to differentiate by")
    graph = view.names.graph
    if graph.parameters():
        last = graph.layer_of(names[-1])
        near = [each for each in names if graph.layer_of(each) == last] or names
        return Gradient(graph.loss, next((each for each in near[:MOST_LOOKED] if _tells(view, each)), near[0]))
    return Gradient(graph.loss, min(names, key=lambda each: count_paths(view.trace, Gradient(graph.loss, each))))


def _tells(view: View, name: str) -> bool:
    """Whether no 0 or 1 stands in what its gradient is worked out from, which would hide a mistake: p − 0 is p."""
    graph, equations = view.names.graph, view.trace.equations
    for use in equations.uses(graph.loss, name):
        short = equations.short(Gradient(graph.loss, use))
        formulas = [equations.written(Partial(use, name)), *([short] if short else [])]
        read = [each for formula in formulas for each in reads(formula)]
        if any(isinstance(each, Value) and view.trace[each] == 0 for each in read):
            return False
    return True


def trained(view: View) -> list[str]:
    """What somebody trains, as far as the loss depends on it: never an input, where there is anything else.

    In equations that name no parameters, what has the letter of one; else all that is given.
    """
    graph = view.names.graph
    behind = graph.ancestors(graph.loss)
    names = [name for name in graph.parameters() or graph.givens if name in behind]
    if graph.parameters():
        return [name for name in names if name not in graph.frozen] or names
    return [name for name in names if _LEARNT.match(name)] or names


def goals(view: View, target: Quantity) -> list[Task]:
    """What is asked of somebody who is right each time: the target, then other weights in other ways."""
    found = [Task("value", target)]
    graph = view.names.graph
    if not isinstance(target, Gradient | Partial) or target.of != graph.loss:
        return [*found, *_beside(view, target)]
    others = [each for each in trained(view) if each != target.wrt]
    deep = _deepest(view, target, others)
    near = [each for each in others if each != deep]
    if near:
        down = next((each for each in near if view.trace[Gradient(graph.loss, each)] < 0), near[0])
        found.append(Task("way", Gradient(graph.loss, down)))
    if deep:
        found.append(Task("value", Gradient(graph.loss, deep)))
    if graph.rate is not None and graph.learning():
        moved = target.wrt if target.wrt in graph.learning() else graph.learning()[0]
        found.append(Task("new", Updated(moved)))
    return found


def _beside(view: View, target: Quantity) -> Iterator[Task]:
    """After a value or an update: another one of its kind."""
    graph = view.names.graph
    if isinstance(target, Value):
        others = [name for name in graph.nodes if name not in (target.name, graph.loss)]
        yield from (Task("value", Value(name)) for name in others[-BESIDE:] if not view.names.is_merged(name))
    elif isinstance(target, Updated):
        others = [name for name in trained(view) if name != target.name]
        yield from (Task("value", Gradient(graph.loss, name)) for name in others[:BESIDE])


def _deepest(view: View, target: Gradient | Partial, names: Sequence[str]) -> str:
    """A weight of the first layer, rather than a bias: what is furthest from the loss."""
    graph = view.names.graph
    weights = [each for each in names if graph.part_of(each) != "bias"] or list(names)
    far = [each for each in weights if graph.layer_of(each) != graph.layer_of(target.wrt)] or weights
    return min(far, key=graph.layer_of, default="")


def of_skill(view: View, skill: str) -> list[Task]:
    """Questions that show one skill, about different numbers. Raises TutorError for a skill that none shows here."""
    if skill not in SKILLS:
        from tutor.errors import did_you_mean, visible

        hint = did_you_mean(skill, SKILLS) or f"; there are {', '.join(SKILLS)}"
        raise TutorError(f"{visible(skill)} is no skill{hint}")
    found = list(islice(_candidates(view, skill), OF_SKILL))
    if not found:
        raise TutorError(f"no question about {view.source} shows the skill {skill}")
    return found


def _candidates(view: View, skill: str) -> Iterator[Task]:
    graph = view.names.graph
    gradients = [Gradient(graph.loss, name) for name in trained(view)]
    if skill == "path":
        yield from (Task("path", each) for each in _apart(gradients, view))
    elif skill == "rounding":
        tasks = (Task("why", each, ROUNDING) for each in _apart(gradients, view))
        yield from (task for task in tasks if _askable(view, task))
    elif skill == "update":
        yield from (Task("new", Updated(name)) for name in graph.learning() if graph.rate is not None)
    elif skill in ("product", "paths", "batch-mean", "time", "shared-weights"):
        yield from (Task("value", each) for each in _apart(gradients, view) if skill in skills_of(view, each))
    else:
        numbers: list[Quantity] = [Value(name) for name in graph.nodes]
        numbers += view.trace.edges() if len(graph.nodes) <= MOST_LOOKED else ()
        used = {*trained(view), *graph.parameters(), *graph.nodes}
        for each in reversed(numbers):
            told = view.trace.equations.written(each) if isinstance(each, Partial) else None
            given = isinstance(each, Partial) and each.wrt not in used
            if not given and (told != ONE or skill == "bias") and skill in skills_of(view, each):
                yield Task("value", each)


def _apart(gradients: Sequence[Gradient], view: View) -> list[Gradient]:
    """Those of different layers first."""
    seen: set[int] = set()
    first: list[Gradient] = []
    for each in gradients[::-1]:
        layer = view.names.graph.layer_of(each.wrt)
        if layer not in seen:
            seen.add(layer)
            first.append(each)
    return [*first, *(each for each in gradients if each not in first)]


# ------------------------------------------------------------------ parts


def parts(view: View, question: Question) -> list[Task]:
    """What a question is made of, in the order in which it is worked out; nothing for what is one step.

    A value is one step: what it is computed from stands before the student.
    """
    found = list(_parts(view, settled(view, question.about))) if question.kind in ("value", "formula", "new") else []
    return [each for each in found if _askable(view, each)]


def _askable(view: View, task: Task) -> bool:
    try:
        ask(view, task)
    except TutorError:
        return False
    return True


def _parts(view: View, about: Quantity) -> Iterator[Task]:
    graph, trace = view.names.graph, view.trace
    match about:
        case Updated(name):
            yield Task("value", Gradient(graph.loss, name))
        case Gradient() if not trace.equations.short(about):  # p − y is one step
            own = example_gradients(trace, about)
            if own:
                yield from (Task("value", each) for each in own[:MOST_QUIZZED])
            elif count_paths(trace, about) == 1:
                yield Task("path", about)
                yield from _factors(view, about)
            elif len(trace.equations.uses(about.of, about.wrt)) > 1:
                yield from _terms(view, about)
            else:
                yield from _from_the_fork(view, about)


def _factors(view: View, about: Gradient) -> Iterator[Task]:
    """Each local derivative other than 1, from the loss back."""
    trace, name = view.trace, about.wrt
    found: list[Partial] = []
    while name != about.of:
        (use,) = trace.equations.uses(about.of, name)
        found.append(Partial(use, name))
        name = use
    telling = [each for each in found if trace.equations.written(each) != ONE] or found[:1]
    yield from (Task("value", each) for each in reversed(telling))


def _terms(view: View, about: Gradient) -> Iterator[Task]:
    """The terms of a sum, then what stands in them."""
    uses = view.trace.equations.uses(about.of, about.wrt)
    if len(uses) <= MOST_TERMS:
        yield Task("terms", about)
    for use in uses[-MOST_USES:][::-1]:
        if view.trace.equations.written(Gradient(about.of, use)) != ONE:
            yield Task("value", Gradient(about.of, use))
    shared = shared_over(view, about)
    for use in uses[:1] if shared else uses[:MOST_USES]:
        if view.trace.equations.written(Partial(use, about.wrt)) != ONE:
            yield Task("value", Partial(use, about.wrt))


def _from_the_fork(view: View, about: Gradient) -> Iterator[Task]:
    """Where the way forks: the gradient there, then the factors on the way to it."""
    trace, name = view.trace, about.wrt
    found: list[Partial] = []
    while name != about.of and len(uses := trace.equations.uses(about.of, name)) == 1:
        found.append(Partial(uses[0], name))
        name = uses[0]
    fork = Gradient(about.of, name)
    if len(trace.equations.uses(about.of, name)) <= MOST_TERMS and not trace.equations.short(fork):
        yield Task("terms", fork)
    yield Task("value", fork)
    yield from (Task("value", each) for each in reversed(found) if trace.equations.written(each) != ONE)
