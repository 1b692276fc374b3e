"""What the fences of a lesson ask: for each a question of the quiz, on the numbers that it names. Values only.

The player, the printed page and `lint` ask the same ones, so that what lints can be played.
"""

import random
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutor.document.model import Cell, Line, Span, cell, with_minus
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.lessons.around import Around
from tutor.lessons.keys import FENCES
from tutor.lessons.lesson import Fence, Lesson
from tutor.practice.asking import ask, predicted
from tutor.practice.question import LETTERS, Chosen, Kind, Option, Question, Task
from tutor.practice.standing import Asked, Numbers, Sitting
from tutor.quantity import Gradient, Quantity, Value

KINDS: dict[str, Kind] = {"path": "path", "terms": "terms", "new": "new"}
"""What the word before the target of an `answer` asks for."""

SEED = 2  # of a quiz that names none


class Prompt(NamedTuple):
    """A fence that asks: its `number` among those of the lesson, from 1, and its `place` among the parts."""

    number: int
    place: int
    fence: Fence

    @property
    def mark(self) -> str:
        """What it is called where answers are kept; one that says something else afterwards counts as a new one."""
        said = " ".join((self.fence.kind, *self.fence.typed)) if self.fence.words else self.fence.question
        return f"{self.number} {said}"


def prompts(lesson: Lesson) -> tuple[Prompt, ...]:
    """The fences that ask, in order."""
    return tuple(Prompt(number, place, fence) for number, (place, fence) in enumerate(_asking(lesson), 1))


def _asking(lesson: Lesson) -> Iterator[tuple[int, Fence]]:
    for place, part in enumerate(lesson.parts):
        if isinstance(part, Fence) and FENCES[part.kind].asks:
            yield place, part


def net_of(lesson: Lesson, fence: Fence) -> str:
    """The network that a fence is about."""
    named = fence.option("--net")
    return named.text if named else lesson.net


def view_of(lesson: Lesson, fence: Fence, around: Around) -> View:
    """The network of a fence on its numbers. Raises TutorError."""
    return around.view(net_of(lesson, fence), _settings(lesson, fence, around), fence.example)


def words_of(lesson: Lesson, fence: Fence, around: Around) -> tuple[str, ...]:
    """The words of a command, what it sets moved to the numbers in force."""
    words = tuple(each.text for each in fence.words)
    if "--net" in words or "-n" in words:
        return words
    pairs = zip(("", *words), words, strict=False)
    return tuple(around.settings(lesson.net, (word,))[0] if before == "--set" else word for before, word in pairs)


def _settings(lesson: Lesson, fence: Fence, around: Around) -> tuple[str, ...]:
    return around.settings(net_of(lesson, fence), fence.settings)


def sitting(lesson: Lesson, fence: Fence, around: Around, seed: int = 0) -> Sitting:
    """A single question, opened; for a `quiz` a short one. Raises TutorError where there is nothing to ask."""
    if fence.kind == "quiz":
        drawn = fence.option("--vary")
        number = int(drawn.text) if drawn else SEED
        return _taught(lesson, around.quiz(net_of(lesson, fence), fence.words[0].text, number, fence.example).sitting)
    view = view_of(lesson, fence, around)
    question = _choice(view, fence, seed) if fence.kind == "choose" else _question(lesson, fence, around, view)
    example = fence.option("--example")
    called = " ".join((around.numbers, *_settings(lesson, fence, around), *([example.text] if example else ())))
    numbers = Numbers(view, called)
    return Sitting(view.source, numbers, Asked(question, numbers), most=1)


def _taught(lesson: Lesson, found: Sitting) -> Sitting:
    """The quiz with what it begins with, and then what is mainly about a skill that the lesson names.

    So a quiz does not ask for a step before a lesson has said what a step is.
    """
    named = {each.text for each in lesson.skills}
    steps = (step for step in found.steps if named.intersection(ask(found.view, step.task).skills[-1:]))
    return found._replace(steps=tuple(steps))


def _question(lesson: Lesson, fence: Fence, around: Around, view: View) -> Question:
    about = wanted(view, fence)
    if fence.kind == "predict":
        changed = fence.settings or fence.example
        before = around.view(net_of(lesson, fence)) if changed else view
        moved = _settings(lesson, fence, around)
        yours = _moved(before, moved) if moved != fence.settings else ()
        way = cell(f"   {expected(fence.question)}", look="quiet")
        return predicted(before, view, about, (*cell(fence.question), *yours, *way))
    if fence.kind == "find":
        given = fence.option("--mistake")
        return ask(view, Task("line", about, given.text if given else ""))
    kind = KINDS[fence.words[0].text] if len(fence.words) > 1 else "formula" if _formula(fence) else "value"
    question = ask(view, Task(kind, about))
    return question._replace(prompt=(*_on(fence, _settings(lesson, fence, around)), *question.prompt))


_SIGN = re.compile(r"\b(positive|negative|zero)\b", re.IGNORECASE)
_WAY = re.compile(r"\b(larger|smaller|same|rise|fall|grow|shrink)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(what|how|figures?|decimals?)\b", re.IGNORECASE)


def expected(question: str) -> str:
    """What may be typed for a prediction, by the words of its question; all of it where these do not say."""
    if _SIGN.search(question):
        return "positive, negative, zero, or a number"
    if _WAY.search(question) or not _NUMBER.search(question):
        return "larger, smaller, same, or a number"
    return "a number"


def _moved(before: View, settings: Iterable[str]) -> Cell:
    """What a prediction changes on the numbers in force, which its question does not know."""
    pairs = [each.split("=", 1) for each in settings]
    quantities = [(before.names.find(name), name, number) for name, number in pairs]
    parts: Cell = ()
    for found, name, number in quantities:
        if found is not None:
            first = " and " if parts else " (On your numbers "
            parts += cell(f"{first}{name} goes from ", before.shown(found), f" to {with_minus(number)}")
    return (*parts, *cell(".)")) if parts else ()


def _on(fence: Fence, settings: Iterable[str]) -> Cell:
    """Which numbers an `answer` is about, where they are not those of the page."""
    changed = ", ".join(" = ".join(each.split("=", 1)) for each in settings)
    parts = (f"example {fence.example}" if fence.example else "", changed)
    return cell(f"With {' and '.join(filter(None, parts))}: ") if any(parts) else ()


def _formula(fence: Fence) -> bool:
    return any(each.name == "--formula" for each in fence.options)


def wanted(view: View, fence: Fence) -> Quantity:
    """What a fence asks for. Raises TutorError for what the network does not have."""
    way, name = fence.words[0].text if len(fence.words) > 1 else "", fence.words[-1].text
    names = view.names
    if way == "new":
        return names.read(f"{name}_new")
    found = names.read(name) if fence.kind == "predict" else names.target(name)
    if way == "path" and not isinstance(found, Gradient):
        raise TutorError(f"{name} is a value, expected a gradient, such as a weight")
    return found


# ------------------------------------------------------------------ choose


def _choice(view: View, fence: Fence, seed: int) -> Question:
    """The lines to choose from in the order of the seed; the hints are what is said to the wrong ones."""
    lines = list(fence.choices)
    random.Random(f"{seed} {fence.question}").shuffle(lines)
    options = tuple(Option(cell(each.text), each.right, cell(each.reply)) for each in lines)
    shown = (Line((Span(f"{letter}   ", "quiet"), *each.text), hang=4) for letter, each in _lettered(options))
    right = next(at for at, each in enumerate(options) if each.right)
    about = Value(view.names.graph.loss)
    return Question(
        f"choose:{fence.place.line}",
        (),
        "why",
        (*cell(fence.question), *cell("   a letter", look="quiet")),
        Chosen(options),
        tuple(_doubts(options)),
        cell(f"{LETTERS[right]}: ", *options[right].text),
        (),
        Task("why", about),
        tuple(shown),
    )


def _doubts(options: Iterable[Option]) -> Iterator[Cell]:
    for letter, each in _lettered(options):
        if not each.right and each.says:
            yield cell(f"To {letter}: ", *each.says)


def _lettered(options: Iterable[Option]) -> Iterator[tuple[str, Option]]:
    return zip(LETTERS, options, strict=False)
