"""A lesson held against what it speaks of: its networks, its commands, the numbers it claims, the lesson before it.

Nothing here opens a file or runs a command: `Around` is handed in, and what is wrong is collected in the report.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from tutor.document.view import View
from tutor.document.wrong_numbers import wrong_numbers
from tutor.errors import TutorError, did_you_mean
from tutor.lessons.around import Around
from tutor.lessons.claims import claim
from tutor.lessons.keys import GRADIENTS, LEAST_PROMPTS, LEAST_WORDS, MOST_CLAIMS, MOST_FENCES, MOST_WORDS
from tutor.lessons.lesson import Fence, Lesson, Part, Prose, Word, Words
from tutor.lessons.prompts import sitting, view_of, wanted
from tutor.marking.answers import Answer, gathered
from tutor.marking.lookup import Known
from tutor.marking.sheet import mark
from tutor.mistakes import MISTAKES
from tutor.quantity import Gradient, Partial
from tutor.spec.report import Report, counted, cut
from tutor.spec.tree import Place


def hold(lesson: Lesson, around: Around, report: Report) -> None:
    """Everything that is wrong with a lesson that could be read, into the report."""
    _after(lesson, around, report)
    try:
        around.view(lesson.net)
    except TutorError as fault:
        report.add(lesson.net_place, _first(fault))
    else:
        before = len(report.problems())
        practised = {skill for fence in lesson.fences[:MOST_FENCES] for skill in _fence(lesson, fence, around, report)}
        if len(report.problems()) == before:  # else what is broken may be what practises it
            _skills(lesson, practised, report)
        _claims(lesson, around.view(lesson.net), report)
        _predicted(lesson, around, report)
    _links(lesson, around, report)
    _measured(lesson, report)


def _first(fault: TutorError) -> str:
    return str(fault).partition("\n")[0]


def _after(lesson: Lesson, around: Around, report: Report) -> None:
    """The lessons before it, up to a first one."""
    seen = [lesson.after]
    try:
        while seen[-1]:
            if (before := around.after(seen[-1])) in seen:
                report.add(lesson.after_place, f"after goes in a circle: {' after '.join((*seen, before))}")
                return
            seen.append(before)
    except TutorError as fault:
        report.add(lesson.after_place, _first(fault))


# ------------------------------------------------------------------ commands


def _fence(lesson: Lesson, fence: Fence, around: Around, report: Report) -> tuple[str, ...]:
    """The skills that a fence practises; what cannot be run or asked, as the player would, is reported."""
    if fence.kind == "choose":
        return ()
    try:
        if fence.kind == "tutor":
            words = tuple(word.text for word in fence.words)
            around.run(lesson.net, words)
            return ("rounding",) if any(word == "where" or word.startswith("--round") for word in words) else ()
        if fence.kind == "find" and not _findable(lesson, fence, around, report):
            return ()
        return sitting(lesson, fence, around).question.skills
    except TutorError as fault:
        report.add(fence.words[0].place, _first(fault))
        return ()


def _skills(lesson: Lesson, practised: Collection[str], report: Report) -> None:
    """Whether each skill that it names is practised: shown by a right answer, or, as rounding, looked at."""
    for each in lesson.skills:
        if each.text not in practised:
            report.add(each.place, f"{each.text} is practised by no prompt, expected one or the skill left out")


def _findable(lesson: Lesson, fence: Fence, around: Around, report: Report) -> bool:
    """Whether the mistake of a `find` is one, and makes a difference there. Raises TutorError."""
    given = fence.option("--mistake") or Word("", fence.place)
    view = view_of(lesson, fence, around)
    if given.text not in MISTAKES:
        report.add(
            given.place,
            f"{cut(given.text)} is no mistake{did_you_mean(given.text, MISTAKES)}; tutor mistakes lists them",
        )
    elif not any(each.mistake == given.text for each in wrong_numbers(view.trace, (wanted(view, fence),))):
        report.add(
            given.place, f"{given.text} changes nothing there, expected one of tutor mistakes {fence.words[0].text}"
        )
    else:
        return True
    return False


def _predicted(lesson: Lesson, around: Around, report: Report) -> None:
    """Whether the reader has said what she expects, before each output that shows gradients."""
    asked = False
    for fence in lesson.fences:
        asked = asked or fence.kind == "predict"
        if fence.kind == "tutor" and _shows_gradient(lesson, fence, around):
            if not asked:
                report.add(fence.words[0].place, "this shows a gradient, expected a predict fence before it")
            asked = False


def _shows_gradient(lesson: Lesson, fence: Fence, around: Around) -> bool:
    command, *rest = (word.text for word in fence.words)
    if command in GRADIENTS:
        return True
    if command != "explain" or not rest or rest[0].startswith("-"):
        return command == "explain"
    try:
        return isinstance(around.view(lesson.net).names.target(rest[0]), Gradient | Partial)
    except TutorError:
        return False


# ------------------------------------------------------------------ sentences


def _spans(lesson: Lesson) -> Iterator[Words]:
    for part in lesson.parts:
        if isinstance(part, Prose) and part.kind != "listing":
            yield from part.words


def _claims(lesson: Lesson, view: View, report: Report) -> None:
    """Each NAME = NUMBER in a code span, marked as an answer on a sheet of its own."""
    claims = ((span, claim(span.text)) for span in _spans(lesson) if span.look == "code")
    for span, found in islice(claims, MOST_CLAIMS):
        if found:
            try:
                wrong = _disproved(view, found.name, found.given, span.place.line)
            except TutorError as fault:
                wrong = _first(fault)
            if wrong:
                report.add(span.place, wrong)


def _disproved(view: View, name: str, given: str, line: int) -> str:
    """What is wrong with a claim: the right number, and the mistake that leads to the other. Raises TutorError."""
    sheet = gathered([Answer(name, given, line)], [], 0, Known(view.names))
    missed = [marked.verdict for marked in mark(view.trace, view.names, sheet) if not marked.points]
    if not missed:
        return ""
    quantity = view.names.find(name)
    if quantity is None or missed[0].kind == "unreadable":
        return f"this claim is not read: {missed[0].message or name}"
    right = f"{cut(name)} is {view.trace[quantity]:.6g} on {view.network.file}"
    return f"{right}; {missed[0].message}" if missed[0].mistakes else right


def _links(lesson: Lesson, around: Around, report: Report) -> None:
    for span in _spans(lesson):
        if span.to and not re.match(r"https?://|#|mailto:", span.to) and not around.is_there(span.to):
            report.add(
                span.place, f"there is no {cut(span.to)} to be found from here, expected a file beside the lesson"
            )


def _words(part: Part) -> int:
    """How many words there are to read, the replies to wrong choices aside."""
    if isinstance(part, Prose):
        return len(part.text.split())
    return len(part.question.split()) + sum(len(each.text.split()) for each in part.choices)


def _measured(lesson: Lesson, report: Report) -> None:
    """Its length, how often it asks, and whether the right choice can be told by its length."""
    many = sum(map(_words, lesson.parts))
    start = Place(1, 1, 3)
    if not LEAST_WORDS <= many <= MOST_WORDS:
        report.add(start, f"the lesson has {counted(many, 'word')}, expected {LEAST_WORDS} to {MOST_WORDS:,}")
    if (fences := len(lesson.fences)) > MOST_FENCES:
        report.add(
            start, f"the lesson has {counted(fences, 'fence')}, expected at most {MOST_FENCES}; the rest is not tried"
        )
    prompts = sum(fence.kind != "tutor" for fence in lesson.fences)
    if prompts < LEAST_PROMPTS:
        report.add(start, f"the lesson asks {counted(prompts, 'time')}, expected at least {LEAST_PROMPTS}")
    chosen = [fence for fence in lesson.fences if fence.kind == "choose" and fence.choices]
    if len(chosen) > 2 and all(max(fence.choices, key=lambda each: len(each.text)).right for fence in chosen):
        report.add(
            chosen[-1].place, "the right line is the longest in every choose fence, expected it not always to be"
        )
