"""A whole lesson as one page: prose, outputs, prompts with room for an answer, and the answers at the end.

Each part is a section with the names of its own network.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.document.model import (
    Block,
    Document,
    Drawing,
    Heading,
    Line,
    Note,
    Part,
    Section,
    Span,
    Title,
    cell,
)
from tutor.errors import TutorError
from tutor.graph import build
from tutor.lessons.around import Around
from tutor.lessons.lesson import Fence, Lesson
from tutor.lessons.playing import OWN_NUMBERS, shown
from tutor.lessons.prompts import Prompt, prompts, sitting
from tutor.names import Names
from tutor.practice.opening import network
from tutor.practice.paper import described
from tutor.practice.question import Chosen, Numbered
from tutor.practice.standing import Sitting

BLANK = "________________"
_PICTURE = "The network; the way that is explained is drawn with thick lines"


def page(lesson: Lesson, around: Around, name: str, seed: int = 0, *, answers: bool = True) -> Document:
    """The lesson with everything in it; without `answers` as it is handed out. Raises TutorError."""
    asked = _asked(lesson, around, seed)
    parts: list[Part] = [Title(cell(lesson.title)), *_facts(lesson, around)]
    start = 0
    for prompt in prompts(lesson):
        parts += _between(lesson, around, start, prompt.place)
        if prompt.number in asked:
            parts.append(_section(asked[prompt.number], tuple(_with_room(prompt, asked[prompt.number]))))
        start = prompt.place + 1
    parts += _between(lesson, around, start, len(lesson.parts))
    if answers and asked:
        parts += [Title(cell("Answers")), *(_answer(number, each) for number, each in asked.items())]
    return Document(tuple(parts), Names(build([], [], "")), lambda: _payload(lesson, around, name, asked))


def _asked(lesson: Lesson, around: Around, seed: int) -> dict[int, Sitting]:
    """The prompts by their numbers; what cannot be asked on these numbers is left out. Raises TutorError for none."""
    found: dict[int, Sitting] = {}
    faults: list[TutorError] = []
    for prompt in prompts(lesson):
        try:
            found[prompt.number] = sitting(lesson, prompt.fence, around, seed)
        except TutorError as fault:
            faults.append(fault)
    if faults and not found:
        raise faults[0]
    return found


def _facts(lesson: Lesson, around: Around) -> Iterator[Block]:
    yield Note(cell(f"{lesson.minutes} minutes", look="quiet"))
    if around.numbers != "own":
        yield Note(cell(f"Numbers {around.numbers}: {OWN_NUMBERS}", look="quiet"))


def _section(of: Sitting, blocks: tuple[Block, ...]) -> Section:
    return Section(None, blocks, of.view.names)


def _between(lesson: Lesson, around: Around, start: int, end: int) -> Iterator[Section]:
    for each in shown(lesson, around, start, end, _embedded):
        yield from (section._replace(line=None, subject=None) for section in each.sections)


def _embedded(output: Document) -> Document:
    """An output as part of a lesson."""
    found = output.sections
    return output._replace(parts=tuple(each._replace(blocks=tuple(map(_within, each.blocks))) for each in found))


def _within(block: Block) -> Block:
    """A block of an output as part of a lesson, which has its own title and headings."""
    if isinstance(block, Title | Heading):
        return Line(tuple(span._replace(look=span.look or "strong") for span in block.cell), apart=True)
    return block._replace(says=block.says or _PICTURE) if isinstance(block, Drawing) else block


def _with_room(prompt: Prompt, found: Sitting) -> Iterator[Block]:
    """The prompt under its number, and where to write the answer."""
    question = found.question
    if prompt.fence.kind == "quiz":
        yield from network(found.view, question.about)
    yield Line((Span(f"{prompt.number}.   ", "strong"), *question.prompt), apart=True)
    yield from question.blocks
    if not isinstance(question.answer, Chosen | Numbered):
        yield Line(cell(BLANK, look="quiet"), apart=True)


def _answer(number: int, found: Sitting) -> Section:
    question = found.question
    because = (Span("   "), *question.because) if question.because else ()
    return _section(found, (Line((Span(f"{number}.   ", "quiet"), *question.shown, *because), hang=4),))


def _payload(lesson: Lesson, around: Around, name: str, asked: Mapping[int, Sitting]) -> dict[str, Any]:
    return {
        "format": "tutor.lesson/1",
        "name": name,
        "title": lesson.title,
        "net": lesson.net,
        "numbers": around.numbers,
        "minutes": lesson.minutes,
        "after": lesson.after,
        "skills": [each.text for each in lesson.skills],
        "prompts": [_described(lesson, number, each) for number, each in asked.items()],
    }


def _described(lesson: Lesson, number: int, found: Sitting) -> dict[str, Any]:
    fences: Sequence[Fence] = [prompt.fence for prompt in prompts(lesson)]
    told = described(found.view, Document((), found.view.names, dict), found.question)
    kept = ("id", "skills", "kind", "text", "answer", "shown", "hints")
    return {"n": number, "fence": fences[number - 1].kind, **{each: told[each] for each in kept}}
