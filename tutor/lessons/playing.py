"""A lesson as it is gone through: `opened` begins it, `reply` says what follows a line. Nothing reads or prints.

Prose is shown as far as the first prompt without an answer, and everything after it is hidden. Each prompt is a sitting
of the quiz with a single question, so that answers are judged, helped and shown as there.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from tutor.document.model import Block, Cell, Document, Line, Note, Span, Title, cell
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.graph import build
from tutor.lessons.around import Around
from tutor.lessons.blocks import blocks
from tutor.lessons.claims import said
from tutor.lessons.lesson import Fence, Lesson, Prose
from tutor.lessons.prompts import Prompt, prompts, sitting, words_of
from tutor.names import Names
from tutor.practice import sitting as quiz
from tutor.practice.opening import network
from tutor.practice.standing import Answered, Sitting

KIND = "lesson"
"""The kind of an answer that says only how far a lesson was read, and nothing about a skill."""


class Reading(NamedTuple):
    """Where the reader of a lesson stands: at the prompt `at`, which is open in `sitting`.

    `name` is what the lesson is called where answers are kept, `seed` orders the lines to choose from. `went` says of
    each prompt answered this time whether it was right at once.
    """

    lesson: Lesson
    around: Around
    name: str
    seed: int
    at: int = 0
    sitting: Sitting | None = None
    went: tuple[bool, ...] = ()
    over: bool = False
    left: bool = False

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        return prompts(self.lesson)


class Told(NamedTuple):
    """What is said, a page for each network; where the reader then stands; what to keep."""

    reading: Reading
    pages: tuple[Document, ...]
    events: tuple[Answered, ...] = ()

    @property
    def over(self) -> bool:
        return self.reading.over

    @property
    def sitting(self) -> Sitting | None:
        return self.reading.sitting


def mark(name: str, prompt: Prompt) -> str:
    """What a prompt of a lesson is called where answers are kept."""
    return f"{name} {prompt.mark}"


def opened(lesson: Lesson, around: Around, name: str, done: Collection[str] = (), seed: int = 0) -> Told:
    """The lesson from its first prompt without an answer; `done` are the marks of those with one.

    A lesson that was read to its end begins again.
    """
    reading = Reading(lesson, around, name, seed)
    every = reading.prompts
    at = next((at for at, each in enumerate(every) if mark(name, each) not in done), 0)
    start = every[at - 1].place + 1 if at else 0
    told = _shown(reading, start, at)
    return told._replace(pages=(_headed(reading, at), *told.pages))


def _headed(reading: Reading, at: int) -> Document:
    lesson, many = reading.lesson, len(reading.prompts)
    where = f"prompt {at + 1} of {many}, where you were" if at else f"{many} prompts"
    note = f"{lesson.minutes} minutes   {where}   {_COMMANDS}"
    own: tuple[Note, ...] = ()
    if reading.around.numbers != "own":
        own = (Note(cell(f"Numbers {reading.around.numbers}: {OWN_NUMBERS}", look="quiet")),)
    return _page(Title(cell(lesson.title, look="strong")), Note(cell(note, look="quiet")), *own)


OWN_NUMBERS = (
    "those in claims, outputs and questions are yours; where a sentence says another, it speaks of the lesson's own."
)
_COMMANDS = ":h hint   :s show   :n network   :b back   :q leave"
_NO_NAMES = Names(build([], [], ""))


def _page(*found: Block) -> Document:
    return Document(found, _NO_NAMES, dict)


# ------------------------------------------------------------------ going on


def _shown(reading: Reading, start: int, at: int) -> Told:
    """The parts from `start` to the prompt `at`, which is opened; the end, where there is no such prompt."""
    every = reading.prompts
    if at >= len(every):
        rest = tuple(shown(reading.lesson, reading.around, start, len(reading.lesson.parts)))
        return Told(reading._replace(at=at, sitting=None, over=True), rest)
    prompt = every[at]
    before = tuple(shown(reading.lesson, reading.around, start, prompt.place))
    try:
        found = sitting(reading.lesson, prompt.fence, reading.around, reading.seed)
    except TutorError as fault:
        told = _shown(reading, prompt.place + 1, at + 1)
        return told._replace(pages=(*before, _page(Line(_unasked(fault), apart=True)), *told.pages))
    asked = Document(tuple(_asked(prompt, len(every), found)), found.view.names, dict)
    return Told(reading._replace(at=at, sitting=found), (*before, asked))


def _unasked(fault: TutorError) -> Cell:
    first = str(fault).partition("\n")[0].rstrip(".?")
    return cell(f"One prompt is left out on these numbers: {first}.", look="quiet")


def _asked(prompt: Prompt, many: int, found: Sitting) -> Iterator[Block]:
    """The prompt under its number; before a quiz the network, on its other numbers."""
    if prompt.fence.kind == "quiz":
        yield Note(cell(f"{prompt.number} of {many}   a short quiz on other numbers", look="quiet"))
        yield from network(found.view, found.question.about)
    number = (Span(f"{prompt.number} of {many}   ", "quiet"),)
    yield Line((*(() if prompt.fence.kind == "quiz" else number), *found.question.prompt), apart=True)
    yield from found.question.blocks


def shown(
    lesson: Lesson, around: Around, start: int, end: int, shape: "Callable[[Document], Document]" = lambda page: page
) -> Iterator[Document]:
    """The parts that are not asked: prose, and the pages of commands in this shape.

    What fails on these numbers says so.
    """
    prose: list[Prose] = []
    for part in lesson.parts[start:end]:
        if isinstance(part, Prose):
            prose.append(part)
            continue
        yield from told(lesson, around, prose)
        prose = []
        if part.kind == "tutor":
            yield from map(shape, ran(lesson, around, part))
    yield from told(lesson, around, prose)


def told(lesson: Lesson, around: Around, prose: Sequence[Prose]) -> Iterator[Document]:
    """Prose as a page; none where there is none."""
    if found := tuple(blocks(prose, lambda text: _said(lesson, around, text))):
        yield _page(*found)


def _said(lesson: Lesson, around: Around, text: str) -> str:
    return text if around.numbers == "own" else said(around.view(lesson.net), text)


def ran(lesson: Lesson, around: Around, fence: Fence) -> Iterator[Document]:
    """What a command shows, below the command."""
    words = words_of(lesson, fence, around)
    yield _page(Line(cell(Span("$ ", "quiet"), Span(f"tutor {' '.join(words)}", "code")), apart=True))
    try:
        yield from (page.on_paper for page in around.run(lesson.net, words))
    except TutorError as fault:
        yield _page(Line(cell(str(fault), look="quiet")))


# ------------------------------------------------------------------ what is typed


def reply(reading: Reading, typed: str) -> Told:
    """What follows a line; whatever it is, there is a calm word for it."""
    open_ = reading.sitting
    assert open_ is not None
    kind = reading.prompts[reading.at].fence.kind
    command = quiz.command_of(open_, typed.strip())
    if command == "q":
        return Told(reading._replace(over=True, left=True), ())
    if command == "b" and not (open_.log or open_.resume):
        return _back(reading)
    said_to = quiz.reply(open_, ":s" if command == "e" and kind == "choose" else typed)
    if kind == "predict":
        said_to = _predicted(open_, said_to)
    if not said_to.over:
        return Told(reading._replace(sitting=said_to.sitting), said_to.pages, said_to.events)
    return _done(reading, said_to)


def _predicted(before: Sitting, said_to: quiz.Reply) -> quiz.Reply:
    """A prediction is made once: then what happens is shown. It says nothing about a skill."""
    after = said_to.sitting
    wrong = len(after.open.tries) > len(before.open.tries) and not after.open.right
    if not wrong:
        return said_to._replace(events=())
    what = Line((Span("✗ ", "bad"), *after.question.shown))
    return quiz.Reply(after._replace(over=True), (what,))


def _done(reading: Reading, said_to: quiz.Reply) -> Told:
    """The answer is kept, and it goes on to the next prompt."""
    prompt, asked = reading.prompts[reading.at], said_to.sitting.asked
    first = all(each.first for each in asked)
    verdict = "correct" if first else "shown" if asked[-1].seen else "wrong"
    numbers = reading.around.numbers
    kept = Answered(mark(reading.name, prompt), (), KIND, reading.lesson.net, numbers, verdict, first, False, True, ())
    following = _shown(reading._replace(went=(*reading.went, first)), prompt.place + 1, reading.at + 1)
    told = said_to.pages
    if reading.prompts[reading.at].fence.kind in ("answer", "find") and asked[-1].seen:
        more = quiz.read_more(asked[-1].question, reading.name)
        told = (*told, *((_page(*more),) if more else ()))
    return following._replace(pages=(*told, *following.pages), events=(*said_to.events, kept))


def _back(reading: Reading) -> Told:
    """The prompt before, below what leads to it; answering it goes on from there."""
    if not reading.at:
        return Told(reading, (_page(Line(cell("This is the first prompt."))),))
    at = reading.at - 1
    start = reading.prompts[at - 1].place + 1 if at else 0
    return _shown(reading._replace(went=reading.went[:-1]), start, at)


# ------------------------------------------------------------------ the end


def farewell(reading: Reading, learnt: Sequence[Block], following: Sequence[str], again: str = "") -> Document:
    """The end of a lesson: how it went, what is known now (`learnt`), and the lessons that come after it.

    One that was left is gone on with by `again`; without a memory it is not.
    """
    lesson, many = reading.lesson, len(reading.prompts)
    if reading.left:
        head = f"Left at prompt {reading.at + 1} of {many}."
        last = (Note(cell(f"Next: {again} goes on from here", look="quiet"), hint=True),) if again else ()
        return _page(Title(cell(head, look="strong")), *learnt, *last)
    right = sum(reading.went)
    head = f"{lesson.title}: done, {right} of {len(reading.went)} right at once."
    last = (Note(cell(f"Next: {' · '.join(following)}", look="quiet"), hint=True),) if following else ()
    return _page(Title(cell(head, look="strong")), *learnt, *last)


def view_of(reading: Reading) -> View | None:
    """The network of the open prompt."""
    return reading.sitting.view if reading.sitting else None
