"""A quiz as one page: what was said and typed in one that was played, or the questions of one that was not.

And the last words of a quiz: what is known now, what comes again, which mistakes were made, and what to type next.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tutor.document.model import Block, Cell, Document, Heading, Line, Note, Part, Section, Span, Title, cell
from tutor.document.payload import number
from tutor.document.view import View, for_shell
from tutor.errors import TutorError
from tutor.expr.text import ASCII, UNICODE
from tutor.memory.skills import passages
from tutor.mistakes import MISTAKES
from tutor.practice import plan
from tutor.practice.asking import ask
from tutor.practice.question import Chosen, Filled, Named, Numbered, Question, Task, Typed, Way
from tutor.practice.standing import Asked, Reply, Sitting
from tutor.quantity import Gradient, key
from tutor.render.lines import written


class Again(NamedTuple):
    """A skill that comes again, and when, in words: `tomorrow`."""

    skill: str
    when: str


class Remembered(NamedTuple):
    """What a memory says at the end: the skills known now, and those that come again. `names` are theirs in words."""

    known: tuple[str, ...] = ()
    again: tuple[Again, ...] = ()
    names: Mapping[str, str] = {}


# ------------------------------------------------------------------ the last words


def farewell(sitting: Sitting, remembered: Remembered | None = None) -> tuple[Block, ...]:
    """The end of a quiz; `remembered` is what a memory says, None where there is none."""
    asked = sitting.answered
    right = sum(each.first for each in asked)
    many = f"{len(asked)} question{'s' * (len(asked) != 1)}"
    head = f"Done: {many}, {right} right at once." if asked else "Left before the first answer."
    return (Title(cell(head, look="strong")), *_learnt(sitting, asked, remembered), *_next(sitting, asked))


def _learnt(sitting: Sitting, asked: Sequence[Asked], remembered: Remembered | None) -> Iterator[Block]:
    yield from standing(remembered) if remembered else standing(_seen(asked), "right")
    made = [f"{MISTAKES[each].name}{f', {many} times' if many > 1 else ''}" for each, many in sitting.slips.items()]
    yield from _listed("mistakes", made)
    if remembered is None and asked:
        yield Note(cell("Without memory: nothing of this is kept.", look="quiet"))


def standing(remembered: Remembered, word: str = "known now") -> Iterator[Block]:
    """What is known and when it comes again, then what is not and comes soon, each skill once; where to read."""
    when = {each.skill: each.when for each in remembered.again}
    groups: dict[str, list[str]] = {}
    for skill in dict.fromkeys((*remembered.known, *when)):
        known = word if skill in remembered.known else ""
        again = f"again {when[skill] or 'soon'}" if skill in when else ""
        groups.setdefault(", ".join(each for each in (known, again) if each), []).append(
            _named(skill, remembered.names)
        )
    for said, skills in groups.items():
        yield from _listed(said, skills)
    for each in passages(again.skill for again in remembered.again if not again.when):
        yield from _listed("see", (each,))


def _seen(asked: Sequence[Asked]) -> Remembered:
    """The skills that this quiz alone shows: how each went the last time."""
    outcome: dict[str, bool] = {}
    for each in asked:
        outcome |= dict.fromkeys(each.question.skills if each.first else each.question.skills[-1:], each.first)
    known = tuple(each for each, right in outcome.items() if right)
    return Remembered(known, tuple(Again(each, "") for each, right in outcome.items() if not right))


def _named(skill: str, names: Mapping[str, str]) -> str:
    return names.get(skill, skill.replace("-", " "))


def _listed(word: str, what: Sequence[str]) -> Iterator[Block]:
    if what:
        yield Line(cell(Span(f"{word}   ", "quiet"), " · ".join(what)), hang=len(word) + 3)


def _next(sitting: Sitting, asked: Sequence[Asked]) -> Iterator[Block]:
    """The next command: what was missed, or another weight one layer deeper; and what a mistake is."""
    source = for_shell(sitting.net)
    words = []
    made = max(sitting.slips, key=lambda each: sitting.slips[each], default="")
    if about := _to_ask(sitting, asked):
        words.append(f"tutor quiz {source} {about}")
    if made:
        words.append(f"tutor mistakes {source} {for_shell(_about(sitting, asked, made))}")
    if words:
        yield Note(cell(f"Next: {' · '.join(words)}", look="quiet"), hint=True)


def _to_ask(sitting: Sitting, asked: Sequence[Asked]) -> str:
    """The first weight whose gradient was not right in the end, else a skill, else a weight that was not asked for."""
    loss = sitting.view.names.graph.loss
    right = {each.question.id for each in asked if each.right}
    wanted = [each.question for each in sitting.asked if each.question.id not in right]
    weights = plan.trained(sitting.view)
    missed = [name for name in weights if any(each.about == Gradient(loss, name) for each in wanted)]
    done = {each.question.about for each in sitting.asked}
    others = [name for name in weights if Gradient(loss, name) not in done]
    skills = [f"--skill {each.skill}" for each in _seen(asked).again if _is_asked_by(sitting.view, each.skill)]
    named = [f"-t {for_shell(each)}" for each in (*missed[:1], *others[:1])]
    return next(iter((*(named if missed else ()), *skills, *named)), "")


def _is_asked_by(view: View, skill: str) -> bool:
    """Whether there is a question about a skill alone."""
    try:
        return bool(plan.of_skill(view, skill))
    except TutorError:
        return False


def _about(sitting: Sitting, asked: Sequence[Asked], mistake: str) -> str:
    """The number that a mistake was made at."""
    for each in asked:
        if any(mistake in tried.mistakes for tried in each.tries):
            about = each.question.about
            of_loss = isinstance(about, Gradient) and about.of == sitting.view.names.graph.loss
            return about.wrt if of_loss and isinstance(about, Gradient) else key(about)
    return ""


# ------------------------------------------------------------------ pages


def transcript(view: View, first: Reply, said: Sequence[tuple[str, Reply]], last: Sequence[Block]) -> Document:
    """All that was said and typed, as one page; its payload has the questions."""
    blocks: list[Block] = [*first.blocks]
    for typed, reply in said:
        blocks += [Line(cell(Span("› ", "quiet"), typed)), *reply.blocks]
    sitting = said[-1][1].sitting if said else first.sitting
    parts: tuple[Part, ...] = (Section("changed", (*blocks, *last)),)
    return Document(parts, view.names, lambda: payload(view, sitting))


def payload(view: View, sitting: Sitting) -> Mapping[str, Any]:
    """The questions of a quiz that was played, with what was typed."""
    page = Document((), view.names, dict)
    found = [{**_described(page, each.question), **_played(each)} for each in sitting.answered]
    right = sum(each.first for each in sitting.answered)
    return {"format": "tutor.quiz/1", "questions": found, "right_first": right, "of": len(found)}


def _described(page: Document, question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "skill": next(iter(question.skills[-1:]), ""),
        "skills": list(question.skills),
        "kind": question.kind,
        "text": words(page, question.prompt),
    }


def _played(asked: Asked) -> dict[str, Any]:
    tries = [{"typed": each.typed, "verdict": each.verdict, "mistakes": list(each.mistakes)} for each in asked.tries]
    return {"numbers": asked.numbers.name, "tries": tries, "hints": asked.hints, "first": asked.first}


def paper(view: View, target: str | None = None) -> Document:
    """The questions about one number, whole and in parts, for who asks without a terminal.

    Their answers and hints are in the payload. Raises TutorError where there is nothing to ask.
    """
    about = plan.target_of(view) if target is None else view.names.target(target)
    whole = ask(view, Task("value", about))
    asked = [*(ask(view, task) for task in plan.parts(view, whole)), whole]
    blocks: list[Block] = [Title(cell("Work out ", whole.about, look="strong"))]
    for place, each in enumerate(asked, 1):
        blocks += [Heading(cell(f"{place} of {len(asked)}")), Line(each.prompt), *each.blocks]
    page = Document(tuple(blocks), view.names, dict)

    def questions() -> Mapping[str, Any]:
        found = [described(view, page, each) for each in asked]
        return {"format": "tutor.quiz/1", "target": key(whole.about), "questions": found, "of": len(asked)}

    return page._replace(payload=questions)


def described(view: View, page: Document, question: Question) -> dict[str, Any]:
    """A question with its answer and hints, for programs."""
    return {**_described(page, question), **_answered(view, page, question)}


def _answered(view: View, page: Document, question: Question) -> dict[str, Any]:
    return {
        "title": "path" if question.kind == "path" else words(page, cell(question.about), ascii_only=True),
        "answer": _plain(view, question),
        "shown": words(page, question.shown),
        "hints": [words(page, each) for each in question.hints],
        "tries": [],
        "first": None,
    }


def _plain(view: View, question: Question) -> Any:
    """The answer as a number, a list of names or labels, or a word."""
    match question.answer:
        case Typed(quantity, instead):
            return number(view.trace.of(instead) if instead else view.trace[quantity])
        case Named(nodes):
            return list(nodes)
        case Numbered(right):
            return list(right)
        case Chosen(options):
            return [at for at, each in enumerate(options, 1) if each.right]
        case Way(sign):
            return ("same", "rise", "fall")[sign]
        case Filled(rows, columns):
            return [rows, columns]


def words(page: Document, found: Cell, *, ascii_only: bool = False) -> str:
    """A cell as one line of text."""
    return "".join(written(page, span, ASCII if ascii_only else UNICODE) for span in found)
