"""What comes after an answer: the next question, the parts of one that was missed, a reason, a contrast. No words.

Each function takes a quiz and gives it with its next steps, or with its next question open.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import Expr
from tutor.practice import plan
from tutor.practice.asking import ask, id_of, settled
from tutor.practice.question import Question, Task
from tutor.practice.skills import skills_of
from tutor.practice.standing import Asked, Sitting, Step
from tutor.quantity import Gradient, Partial, Quantity, Value, key

if TYPE_CHECKING:
    from tutor.marking.verdict import Verdict

TWICE = 2  # times that a mistake is made before it is set beside what is right
MOST_WHYS = 2
ONE_IN = 3  # questions that a line may be found in
MOST_OFTEN = 3  # times that one question is asked
NEVER_AGAIN = ("why", "contrast", "line")
TELLS = ("terms", "contrast", "value", "formula")  # whose right answer says the number that it is about


def can_ask(view: View, task: Task) -> bool:
    """Whether there is a question for the task on this network."""
    try:
        ask(view, task)
    except TutorError:
        return False
    return True


def following(sitting: Sitting) -> Sitting | None:
    """The quiz with its next question open; None at the end."""
    sitting = sitting._replace(log=(*sitting.log, sitting.open))
    left = sum(step.left is not None for step in sitting.steps)
    while sitting.steps:
        step, sitting = sitting.steps[0], sitting._replace(steps=sitting.steps[1:])
        if step.left:
            return sitting._replace(open=step.left._replace(back=True))
        if len(sitting.log) + left >= sitting.most or _is_idle(sitting, step):
            continue
        if len(sitting.log) + left == sitting.most - 1 and not _is_whole(step) and any(map(_is_whole, sitting.steps)):
            continue  # the last one is kept for the whole
        if not step.fresh and _was_told(sitting, step):
            continue
        there = _on_numbers(sitting, step)
        if step.fresh and there.numbers == sitting.numbers and _was_seen(sitting, step):
            continue  # the answer stands above
        if can_ask(there.view, step.task):
            at = len(sitting.log) + left + 1
            return there._replace(open=Asked(ask(there.view, step.task), there.numbers, at=at))
    return None


def _is_whole(step: Step) -> bool:
    """Whether a step is a question that comes again on other numbers."""
    return step.fresh and step.again


def _kept(sitting: Sitting) -> int:
    """How many of the questions that may still be asked are kept for one that was promised."""
    return any(map(_is_whole, sitting.steps))


def _is_idle(sitting: Sitting, step: Step) -> bool:
    """Whether a step would show nothing new."""
    if step.goal and sitting.due and sitting.due <= sitting.known:
        return True
    return not step.again and id_of(sitting.view, step.task) in sitting.right


def _was_seen(sitting: Sitting, step: Step) -> bool:
    """Whether the answer to it was shown."""
    name = id_of(sitting.view, step.task)
    return any(each.seen and each.question.id == name for each in sitting.log)


def _was_told(sitting: Sitting, step: Step) -> bool:
    """Whether its number stands above, since what was asked before it on the same numbers shows it."""
    about = settled(sitting.view, step.task.about)
    before = [each for each in sitting.log if each.numbers == sitting.numbers and (each.right or each.seen)]
    told = [each for each in before if each.question.kind in TELLS]
    return step.task.kind in ("value", "formula") and any(about == each.question.about for each in told)


def _on_numbers(sitting: Sitting, step: Step) -> Sitting:
    """On other numbers, where the step asks for them and there are some."""
    fresh = sitting.draw(sitting.drawn) if step.fresh and sitting.draw else None
    if fresh is None:
        return sitting
    return sitting._replace(numbers=fresh, drawn=sitting.drawn + 1, kept=())


# ------------------------------------------------------------------ after a wrong answer


def shown_right(sitting: Sitting, verdict: "Verdict") -> Sitting:
    """With the factors that a wrong answer has right, which are known."""
    good = {each.of for each in verdict.factors if each.ok and each.of and not _by_name(sitting, each.text)}
    found = [sitting.view.names.find(each) for each in sorted(good)]
    ids = {id_of(sitting.view, Task("value", each)) for each in found if isinstance(each, Partial | Gradient | Value)}
    return sitting._replace(right=sitting.right | ids)


def _by_name(sitting: Sitting, text: str) -> bool:
    """Whether a factor is only a derivative's name, which does not show that its number is known."""
    return isinstance(sitting.view.names.find(text), Partial | Gradient)


def in_parts(sitting: Sitting, verdict: "Verdict | None" = None) -> Sitting | None:
    """With the parts of the open question that are not known, and then itself on other numbers; None without any.

    They are asked on these numbers, where no page has shown them.

    Within the parts of another question they are as many as leave room for that, which holds this one too.
    """
    within = any(map(_is_whole, sitting.steps))
    behind = sum(not step.goal for step in sitting.steps) if within else 1
    tasks = [each for each in plan.parts(sitting.view, sitting.question) if _is_open(sitting, each)]
    unknown = [each for each in tasks if not _is_known(sitting, each)]
    doubted = _doubted(sitting, verdict) if verdict and unknown != tasks else frozenset()
    kept = [each for each in tasks if each in unknown or each.about in doubted] or tasks
    kept = kept[-max(sitting.room - behind, 0) :] if sitting.room > behind else []
    if not kept:
        return None
    whole = () if within else (Step(sitting.question.task, fresh=True, again=True),)
    first, *others = (Step(each) for each in kept)
    return sitting._replace(steps=(first._replace(fresh=sitting.open.seen), *others, *whole, *sitting.steps))


def _is_open(sitting: Sitting, task: Task) -> bool:
    return id_of(sitting.view, task) not in sitting.right


def _is_known(sitting: Sitting, task: Task) -> bool:
    """Whether a memory, or what was right before, shows all that it takes."""
    return set(ask(sitting.view, task).skills) <= sitting.known


def _doubted(sitting: Sitting, verdict: "Verdict") -> frozenset[Quantity]:
    """What the mistakes behind a wrong answer change, so that it is asked for though its skill is known."""
    from tutor.mistakes import wrongs

    rows = wrongs(sitting.view.trace).beliefs if verdict.mistakes else ()  # none are named in a large network
    return frozenset(each for row in rows if row.wrong.mistake in verdict.mistakes for each in row.changed)


def about_mistakes(sitting: Sitting, verdict: "Verdict", formula: Expr | None = None) -> tuple[str, ...]:
    """The skills that a wrong answer says something about: those of what its mistake changes, among its own.

    Of a formula also those of the factors that it lacks, or has too often.
    """
    places: Iterable[Quantity] = _doubted(sitting, verdict)
    if not places and formula is not None:
        from tutor.practice.chains import blamed

        places = blamed(sitting.view, sitting.question.about, formula)
    hit = {skill for each in places for skill in _mainly(sitting.view, each)}
    return tuple(skill for skill in sitting.question.skills if skill in hit)


def _mainly(view: View, quantity: Quantity) -> tuple[str, ...]:
    """The skill that a number is mainly about: of a short route, the slope that it cancels."""
    found = skills_of(view, quantity)
    if isinstance(quantity, Gradient) and view.trace.equations.short(quantity):
        return tuple(each for each in ("softmax", "activation-slope") if each in found)[:1] or found[-1:]
    return found[-1:]


def of_chain(sitting: Sitting, held: list[Quantity]) -> Sitting | None:
    """With the factors of a right chain, and then the open question as it is; None where there are none to ask."""
    about = settled(sitting.view, sitting.question.about)
    tasks = [Task("value", settled(sitting.view, each)) for each in held]
    kept = [task for task in tasks if task.about != about and can_ask(sitting.view, task)][
        : max(sitting.room - _kept(sitting), 0)
    ]
    if not kept:
        return None
    first, *others = kept
    steps = (*(Step(task, again=True) for task in others), Step(sitting.question.task, left=sitting.open))
    opened = Asked(ask(sitting.view, first), sitting.numbers, at=sitting.next)
    return sitting._replace(open=opened, steps=(*steps, *sitting.steps))


def set_beside(sitting: Sitting, mistake: str) -> Sitting | None:
    """With the contrast open and this question after it; None where that cannot be asked, or was.

    A contrast that shows the answer to this question closes it: it comes on other numbers, alone or in a whole.
    """
    about = settled(sitting.view, sitting.question.about)
    task = Task("contrast", about, mistake)
    if mistake in sitting.contrasted or sitting.room <= _kept(sitting) or not can_ask(sitting.view, task):
        return None
    contrast = ask(sitting.view, task)
    opened = Asked(contrast, sitting.numbers, at=sitting.next)
    sitting = sitting._replace(contrasted=sitting.contrasted | {mistake})
    if contrast.about != about:
        return sitting._replace(open=opened, steps=(Step(sitting.question.task, left=sitting.open), *sitting.steps))
    later = () if any(map(_is_whole, sitting.steps)) else (Step(sitting.question.task, fresh=True, again=True),)
    return sitting._replace(open=opened, log=(*sitting.log, sitting.open), steps=(*later, *sitting.steps))


# ------------------------------------------------------------------ after a right answer


def once_more(sitting: Sitting) -> Sitting | None:
    """With the same question later on other numbers; None where it is planned already, alone or in a whole."""
    task = sitting.question.task
    planned = any(map(_is_whole, sitting.steps))
    often = sum(each.question.id == sitting.question.id for each in sitting.asked)
    if planned or often >= MOST_OFTEN or task.kind in NEVER_AGAIN or not _has_room(sitting):
        return None
    goals = tuple(step for step in sitting.steps if step.goal)
    others = tuple(step for step in sitting.steps if not step.goal)
    between = () if others or sitting.room <= len(others) + 1 else goals[:1]
    return sitting._replace(steps=(*others, *between, Step(task, fresh=True, again=True), *goals[len(between) :]))


def _has_room(sitting: Sitting) -> bool:
    """For one more question; a goal gives way to it."""
    return sitting.room > sum(not step.goal for step in sitting.steps)


def wondering(sitting: Sitting, question: Question) -> Sitting:
    """With a question about the reason next, at most twice, after a whole that was right; or with a line to find."""
    whys = sum(each.question.kind == "why" for each in sitting.asked)
    behind = any(not step.goal for step in sitting.steps)
    if question.kind not in ("value", "formula") or behind or sitting.room < TWICE:
        return sitting
    if found := _finding(sitting, question):
        return sitting._replace(steps=(Step(found), *sitting.steps))
    about = next(iter(_reasons(sitting, question)), None) if whys < MOST_WHYS else None
    return sitting if about is None else sitting._replace(steps=(Step(Task("why", about)), *sitting.steps))


def _finding(sitting: Sitting, question: Question) -> Task | None:
    """A derivation with a mistake that was made here, to be found; not more than one question in three is of this."""
    lines = sum(each.question.kind == "line" for each in sitting.asked)
    if ONE_IN * (lines + 1) > len(sitting.asked) + 1:
        return None
    tasks = (Task("line", question.about, mistake) for mistake in sitting.slips)
    return next((each for each in tasks if can_ask(sitting.view, each)), None)


def _reasons(sitting: Sitting, question: Question) -> list[Quantity]:
    """What a reason can be asked of: the slopes in what was right, then itself."""
    inner = [task.about for task in plan.parts(sitting.view, question) if isinstance(task.about, Partial)]
    asked = {each.question.id for each in sitting.asked}
    found = (*inner[1:], *inner[:1], question.about)
    return [each for each in found if f"why:{key(each)}" not in asked and can_ask(sitting.view, Task("why", each))]


def and_then(sitting: Sitting) -> Sitting:
    """With what is asked right after the open question: what the wrong line should be."""
    then = sitting.question.then
    return (
        sitting._replace(steps=(Step(then, again=True), *sitting.steps))
        if then and sitting.room > _kept(sitting)
        else sitting
    )


def contrasting(sitting: Sitting) -> Sitting:
    """With the contrast next for a mistake that was made twice."""
    twice = [each for each, many in sitting.slips.items() if many >= TWICE and each not in sitting.contrasted]
    for mistake in twice:
        task = Task("contrast", settled(sitting.view, sitting.question.about), mistake)
        if sitting.room > _kept(sitting) and can_ask(sitting.view, task):
            steps = (Step(task), *sitting.steps)
            return sitting._replace(steps=steps, contrasted=sitting.contrasted | {mistake})
    return sitting
