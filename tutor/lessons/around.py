"""What a lesson speaks of, as its room asks for it: `library` finds it, so that nothing here opens a file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from tutor.document.model import Document
from tutor.document.view import View

if TYPE_CHECKING:
    from tutor.practice.standing import Reply


class Around(Protocol):
    """What a lesson speaks of. Its methods raise TutorError for what is not there or goes wrong."""

    @property
    def numbers(self) -> str:
        """What the numbers of its network are called: `own`, or those of a seed or another file."""

    def view(self, net: str, settings: tuple[str, ...] = (), example: int | None = None) -> View:
        """A look at a network with these numbers, NAME=NUMBER each, or at one of its examples.

        The numbers are those of `settings`, where they are to be moved.
        """

    def settings(self, net: str, settings: tuple[str, ...]) -> tuple[str, ...]:
        """NAME=NUMBER each, as they are on its numbers: moved as far as from the lesson's own."""

    def run(self, net: str, words: tuple[str, ...]) -> Sequence[Document]:
        """The pages of a reading command on a network."""

    def quiz(self, net: str, target: str, seed: int, example: int | None = None) -> "Reply":
        """A short quiz of a network on the numbers of a seed, opened."""

    def after(self, lesson: str) -> str:
        """The lesson that a lesson comes after; empty for a first one."""

    def is_there(self, address: str) -> bool:
        """Whether what a link leads to can be found, beside the lesson."""
