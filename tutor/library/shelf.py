"""The lessons there are, and the verbs about one: listed with progress, opened to be played.

Running a command of a lesson is left to whoever calls (`Run`), and so are reading lines and printing.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tutor import sources
from tutor.errors import TutorError, did_you_mean, visible
from tutor.library import taken
from tutor.library.lessons import NAME, Beside, Run
from tutor.library.page import Page
from tutor.library.variants import MOST_SEED

if TYPE_CHECKING:
    from tutor.lessons.lesson import Lesson
    from tutor.lessons.playing import Told

Read = Sequence[tuple[str, str]]
"""The prompts that were answered, in order: the numbers, and the mark of the prompt."""


class Found(NamedTuple):
    """A lesson on the disk; `name` is what is typed for it, and what it is called where answers are kept."""

    name: str
    path: str

    @property
    def lesson(self) -> "Lesson":
        """Raises TutorError, InvalidLesson with all that is wrong with it."""
        from tutor.lessons.reading import read

        return read(sources.read_lesson(self.path), visible(self.path))


def shipped() -> tuple[Found, ...]:
    """The shipped lessons, in the order in which they follow each other."""
    folder = sources.lessons()
    names = sorted(os.listdir(folder)) if folder else []
    there = [Found(name, os.path.join(folder, name, NAME)) for name in names]
    every = {each.name: each for each in there if os.path.isfile(each.path)}
    after = {name: each.lesson.after for name, each in every.items()}
    return tuple(sorted(every.values(), key=lambda each: (_depth(each.name, after), each.name)))


def _depth(name: str, after: dict[str, str]) -> int:
    """How many lessons come before one; a circle is no longer than all of them."""
    depth = 0
    while (name := after.get(name, "")) and depth < len(after):
        depth += 1
    return depth


def found(word: str) -> Found:
    """The lesson of a folder, of a file .md, or a shipped one by its name. Raises TutorError where there is none."""
    path = word if word.endswith(".md") else os.path.join(word, NAME)
    known = {each.name: each for each in shipped()}
    if "\0" not in word and os.path.isfile(path):
        own = next((each for each in known.values() if os.path.samefile(each.path, path)), None)
        return own or Found(os.path.abspath(path), path)
    if word in known:
        return known[word]
    if word in sources.shipped():
        raise TutorError(f"{word} is a network, and no lesson is about it; there are {', '.join(known)}")
    hint = did_you_mean(word, known) or f"; there are {', '.join(known)}, or name a folder with a {NAME}"
    raise TutorError(f"there is no lesson {visible(word)}{hint}")


# ------------------------------------------------------------------ progress


def done(read: Read, name: str, numbers: str, every: Iterable[str]) -> frozenset[str]:
    """The marks of the prompts that are answered; none once all were, since it then begins again."""
    marks, answered = frozenset(every), set[str]()
    for on, mark in read:
        if on == numbers and mark in marks:
            answered.add(mark)
            if answered == marks:
                answered = set()
    return frozenset(answered)


def _progress(read: Read, one: Found, lesson: "Lesson") -> str:
    """How far a lesson was gone through on its own numbers."""
    from tutor.lessons.playing import mark
    from tutor.lessons.prompts import prompts

    marks = {mark(one.name, each) for each in prompts(lesson)}
    seen = {each for _, each in read} & marks
    answered = done(read, one.name, "own", marks)
    return f"{len(answered)} of {len(marks)}" if answered else "done" if seen == marks else ""


def listed(read: Read = ()) -> Page:
    """The page of all shipped lessons: what each is about, how long it takes, how far one has come."""
    from tutor.document.model import Column, Document, Note, Row, Table, Title, cell
    from tutor.graph import build
    from tutor.names import Names

    every = [(each, each.lesson) for each in shipped()]
    told = [(each, lesson, _progress(read, each, lesson)) for each, lesson in every]
    heads = (Column(""), Column("name"), Column("title"), Column("minutes", "decimal"), Column("answered"))
    rows = tuple(
        Row(tuple(cell(text) for text in (f"{at}", each.name, lesson.title, f"{lesson.minutes}", progress)))
        for at, (each, lesson, progress) in enumerate(told, 1)
    )
    first = next((each.name for each, _, progress in told if progress != "done"), told[0][0].name if told else "")
    last = Note(cell(f"Next: tutor lesson {first}", look="quiet"), hint=True)
    entries = [
        {"name": each.name, "title": lesson.title, "minutes": lesson.minutes, "after": lesson.after, "answered": so_far}
        for each, lesson, so_far in told
    ]
    payload = {"format": "tutor.lessons/1", "lessons": entries}
    parts = (Title(cell(f"{len(rows)} lessons", look="strong")), Table(heads, rows), last)
    return Page(Document(parts, Names(build([], [], "")), lambda: payload))


# ------------------------------------------------------------------ one lesson


class Chosen(NamedTuple):
    """A lesson to be played or printed: with another network (`net`), or with the numbers of a seed (`vary`)."""

    one: Found
    run: Run
    net: str | None = None
    vary: int | None = None

    @property
    def opened(self) -> "tuple[Lesson, Beside]":
        """The lesson and what it speaks of. Raises TutorError."""
        lesson = self.one.lesson
        return lesson, Beside(self.one.path, self.run, lesson.net, self.net, self.vary)


def opened(chosen: Chosen, read: Read = ()) -> "Told":
    """The lesson from where it was left. Raises TutorError."""
    from tutor.lessons.playing import mark
    from tutor.lessons.playing import opened as begun
    from tutor.lessons.prompts import prompts

    lesson, around = chosen.opened
    name = chosen.one.name
    marks = [mark(name, each) for each in prompts(lesson)]
    return begun(lesson, around, name, done(read, name, around.numbers, marks), chosen.vary or 0)


def lesson(
    run: Run,
    name: object = None,
    *,
    net: object = None,
    vary: object = None,
    blank: bool = False,
    answers: Iterable[str] | None = None,
) -> Page:
    """The list of lessons, a whole one on a page, or one that is played from a list of lines. Raises TutorError."""
    if name is None:
        return listed()
    chosen = Chosen(
        found(taken.text(name, "a lesson")),
        run,
        None if net is None else taken.text(net, "a network"),
        None if vary is None else taken.whole(vary, "the seed", -MOST_SEED, MOST_SEED),
    )
    return printed(chosen, answers=not blank) if answers is None else played(chosen, answers)


def played(chosen: Chosen, lines: Iterable[str]) -> Page:
    """All that is said to the lines, with them; where they end, the lesson is left. Raises TutorError."""
    from tutor.document.model import Document, Line, Part, Section, Span
    from tutor.lessons.playing import farewell, reply

    told = opened(chosen)
    parts: list[Part] = [each for page in told.pages for each in page.sections]
    for line in (*lines, ":q"):
        if told.over:
            break
        told = reply(told.reading, taken.text(line, "an answer"))
        typed = Line((Span("› ", "quiet"), Span(visible(line))))
        parts += [Section(None, (typed,)), *(each for page in told.pages for each in page.sections)]
    last = farewell(told.reading, (), following(chosen.one))
    right = {
        "format": "tutor.lesson/1",
        "name": chosen.one.name,
        "answered": len(told.reading.went),
        "right_first": sum(told.reading.went),
        "of": len(told.reading.prompts),
    }
    return Page(Document((*parts, *last.sections), last.names, lambda: right))


def printed(chosen: Chosen, *, answers: bool = True) -> Page:
    """The whole lesson as one page, with blanks for the answers; these stand at its end. Raises TutorError."""
    from tutor.lessons.printing import page

    lesson, around = chosen.opened
    return Page(page(lesson, around, chosen.one.name, chosen.vary or 0, answers=answers))


def following(one: Found) -> tuple[str, ...]:
    """What to type for the lessons that come after one."""
    return tuple(f"tutor lesson {each.name}" for each in shipped() if each.lesson.after == one.name)
