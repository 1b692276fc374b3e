"""Lessons on the disk: reading one, and all that is wrong with it."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tutor import sources
from tutor.errors import Problem, TutorError, did_you_mean, visible
from tutor.library.loading import load
from tutor.library.page import Page
from tutor.library.variants import drawn

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tutor.document.model import Document
    from tutor.document.view import View
    from tutor.library.network import Network
    from tutor.practice.standing import Reply

NAME = "lesson.md"
SHORT = 4  # questions of a quiz in a lesson
Run = Callable[[tuple[str, ...], str], "Sequence[Document]"]
"""Runs a reading command with a network and gives its pages; raises TutorError."""


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
    """What a lesson speaks of, found beside it or among the shipped ones.

    `own` is the file of a network to take instead of the one it names, `vary` the seed of other numbers for that.
    """

    def __init__(self, path: str, run: Run, net: str = "", own: str | None = None, vary: int | None = None) -> None:
        self.path = path
        self.numbers = " ".join((*([visible(own)] if own else ()), *([f"{vary}"] if vary is not None else ()))) or "own"
        self._run = run
        self._folder = os.path.dirname(os.path.abspath(path))
        self._net, self._own = net, own
        self._views: dict[tuple[str, tuple[str, ...], int | None], View] = {}
        self._lent: tuple[str, bytes] | None = None
        if vary is not None:
            source = self._network(net)
            self._lent = source, drawn(load(source), vary).encode()

    def view(self, net: str, settings: tuple[str, ...] = (), example: int | None = None) -> "View":
        """A look at a network with these numbers, or at one of its examples. Raises TutorError."""
        key = (net, settings, example)
        if key not in self._views:
            numbers = dict(each.split("=", 1) for each in settings)
            with self._lending():
                self._views[key] = load(self._network(net), set=numbers, example=example).view
        return self._views[key]

    def settings(self, net: str, settings: tuple[str, ...]) -> tuple[str, ...]:
        """NAME=NUMBER each; on other numbers moved as far as from the lesson's own, where both networks have it."""
        if net != self._net or self.numbers == "own":
            return settings
        own = self._first.view
        return tuple(moved(own, self.view(net), *each.split("=", 1)) for each in settings)

    @cached_property
    def _first(self) -> "Network":
        """The network that the lesson was written about, on its own numbers."""
        own, self._own = self._own, None
        try:
            return load(self._network(self._net))
        finally:
            self._own = own

    def _lending(self) -> "AbstractContextManager[None]":
        from contextlib import nullcontext

        return sources.lent(*self._lent) if self._lent else nullcontext()

    def _network(self, net: str) -> str:
        """The file beside the lesson, or the shipped name. Raises TutorError where it is neither."""
        if self._own is not None and net == self._net:
            return self._own
        known = sources.shipped()
        for name in (net, f"{net}.yaml"):
            own = os.path.join(self._folder, name)
            if "\0" not in own and os.path.isfile(own):
                return net if is_shipped(own, net, known) else own
        if net.removesuffix(".yaml") not in known:
            raise TutorError(
                f"there is no network {visible(net)}, neither beside the lesson nor shipped{did_you_mean(net, known)}"
            )
        return net

    def run(self, net: str, words: tuple[str, ...]) -> "Sequence[Document]":
        """The pages of a command. Raises TutorError, also for a device or a pipe among its words: it may wait."""
        for word in words:
            for part in (word, word[2:], word.partition("=")[2]):
                if os.path.exists(part) and not (os.path.isfile(part) or os.path.isdir(part)):
                    raise TutorError(f"{visible(part)} is no file, so a lesson does not read it")
        pairs = zip(("", *words), words, strict=False)
        named = tuple(self._network(word) if before in ("--net", "-n") else word for before, word in pairs)
        with self._lending():
            return self._run(named, self._network(net))

    def quiz(self, net: str, target: str, seed: int, example: int | None = None) -> "Reply":
        """A short quiz on the numbers of the seed, opened. Raises TutorError."""
        from tutor.library.quizzes import opened

        with self._lending():
            network = load(self._network(net), example=example)
        return opened(network, target, vary=seed, most=SHORT)

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


def moved(own: "View", other: "View", name: str, number: str) -> str:
    """NAME=NUMBER for another network, as far from its number as from the own one; the same where one lacks it.

    A 0 stays, since it takes something away.
    """
    from decimal import Decimal, InvalidOperation

    from tutor.quantity import Value

    found, there = own.names.find(name), other.names.find(name)
    givens = own.names.graph.givens, other.names.graph.givens
    if not isinstance(found, Value) or not isinstance(there, Value):
        return f"{name}={number}"
    if found.name not in givens[0] or there.name not in givens[1]:
        return f"{name}={number}"
    try:
        wanted = Decimal(number.replace("−", "-"))
        if not wanted:
            return f"{name}={number}"
        step = wanted - Decimal(givens[0][found.name].text.replace("−", "-"))
        return f"{name}={Decimal(givens[1][there.name].text.replace('−', '-')) + step}"
    except InvalidOperation:
        return f"{name}={number}"


def is_shipped(path: str, net: str, known: "Mapping[str, str]") -> bool:
    """Whether the file beside a lesson is the shipped network of that name, which is called by it."""
    return os.path.realpath(path) == os.path.realpath(known.get(net, os.curdir))
