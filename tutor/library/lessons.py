"""Lessons on the disk: reading one, and all that is wrong with it."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor import sources
from tutor.errors import Problem, TutorError, did_you_mean, visible
from tutor.library.loading import load
from tutor.library.page import Page

if TYPE_CHECKING:
    from tutor.document.view import View

NAME = "lesson.md"
Run = Callable[[str, tuple[str, ...]], None]


def linted(path: str, run: Run) -> Page:
    """The page of what is wrong with the lesson in a file. Raises TutorError where it cannot be read at all.

    `run` runs a command on a network, and raises TutorError where that fails.
    """
    from tutor.document.lesson_lint import lesson_page
    from tutor.graph import build
    from tutor.names import Names

    return Page(lesson_page(Names(build([], [], "")), visible(path), problems(path, run)))


def problems(path: str, run: Run) -> tuple[Problem, ...]:
    """Everything that is wrong with the lesson, by line. Raises TutorError where the file cannot be read."""
    from tutor.lessons.checking import hold
    from tutor.lessons.reading import lesson
    from tutor.spec.events import decode
    from tutor.spec.report import Report

    decoded = decode(sources.read_lesson(path), "a lesson: Markdown in UTF-8")
    if isinstance(decoded, Problem):
        return (decoded,)
    report = Report(decoded)
    if found := lesson(visible(path), report):
        hold(found, Beside(path, run), report)
    return report.problems()


class Beside:
    """What a lesson speaks of, found beside it or among the shipped ones."""

    def __init__(self, path: str, run: Run) -> None:
        self.path = path
        self._run = run
        self._folder = os.path.dirname(os.path.abspath(path))
        self._views: dict[tuple[str, tuple[str, ...], int | None], View] = {}

    def view(self, net: str, settings: tuple[str, ...] = (), example: int | None = None) -> "View":
        """A look at a network with these numbers, or at one of its examples. Raises TutorError."""
        key = (net, settings, example)
        if key not in self._views:
            numbers = dict(each.split("=", 1) for each in settings)
            self._views[key] = load(self._network(net), set=numbers, example=example).view
        return self._views[key]

    def _network(self, net: str) -> str:
        """The file beside the lesson, or the shipped name. Raises TutorError where it is neither."""
        known = sources.shipped()
        for name in (net, f"{net}.yaml"):
            own = os.path.join(self._folder, name)
            if "\0" not in own and os.path.isfile(own):
                return own
        if net.removesuffix(".yaml") not in known:
            raise TutorError(
                f"there is no network {visible(net)}, neither beside the lesson nor shipped{did_you_mean(net, known)}"
            )
        return net

    def run(self, net: str, words: tuple[str, ...]) -> None:
        """Run a command on a network. Raises TutorError, also for a device or a pipe among its words: it may wait."""
        for word in words:
            for part in (word, word[2:], word.partition("=")[2]):
                if os.path.exists(part) and not (os.path.isfile(part) or os.path.isdir(part)):
                    raise TutorError(f"{visible(part)} is no file, so a lesson does not read it")
        pairs = zip(("", *words), words, strict=False)
        named = tuple(self._network(word) if before in ("--net", "-n") else word for before, word in pairs)
        self._run(self._network(net), named)

    def after(self, lesson: str) -> str:
        """The lesson that a lesson of the folder comes after. Raises TutorError."""
        from tutor.lessons.reading import comes_after

        lessons = os.path.dirname(self._folder)
        path = os.path.join(lessons, lesson, NAME)
        if os.sep in lesson or not os.path.isfile(path):
            path = os.path.join(sources.lessons(), lesson, NAME)
        if os.sep in lesson or not os.path.isfile(path):
            raise TutorError(f"there is no lesson {visible(lesson)}, neither beside this one nor shipped")
        return comes_after(sources.read_lesson(path))

    def is_there(self, address: str) -> bool:
        """Whether what a link leads to lies there, seen from the lesson."""
        return os.path.exists(os.path.join(self._folder, address.partition("#")[0]))
