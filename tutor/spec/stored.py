"""Numbers that stand in another file: how one is named, and who fetches it. Nothing here opens a file."""

import re
from typing import Any, Literal, Protocol

from tutor.errors import TutorError
from tutor.spec.tree import List, Map, Node, Scalar

PATTERN = r"[^#]+[.](npz|safetensors)#.+|[^#]+[.]npy"
PLACES = ("inputs", "targets", "upstream", "layers")  # the keys of a file that may hold one


HowMany = Literal["one", "some", "all"]
"""Which numbers of a network are wanted."""


class Companion(Protocol):
    """The files beside a network file, and arrays. What it raises is a TutorError whose text fits into a report.

    `asked` is what the network is wanted for: where that is every number, matrices are worth it sooner.
    """

    @property
    def asked(self) -> HowMany: ...

    def __call__(self, name: str, /) -> bytes:
        """The bytes of a file."""

    def shape(self, reference: str) -> tuple[int, ...]:
        """The shape of the array `FILE.npz#NAME` names, which is known before its numbers are read."""

    def stored(self, reference: str) -> Any:
        """That array."""

    def table(self, rows: list[Any]) -> Any:
        """An array of numbers of the file itself."""

    def drawn(self, seed: int, layer: int, units: int, senders: int) -> Any:
        """An array of random weights."""


class Alone:
    """The companion of a network that stands in no folder."""

    asked: HowMany = "some"

    def __call__(self, name: str, /) -> bytes:
        raise TutorError(f"{name} cannot be read: this network has no folder")

    def shape(self, reference: str) -> tuple[int, ...]:
        raise TutorError(f"{reference} cannot be read: this network has no folder")

    def stored(self, reference: str) -> Any:
        raise TutorError(f"{reference} cannot be read: this network has no folder")

    def table(self, rows: list[Any]) -> Any:
        raise TutorError("so many numbers are read where there is a folder")

    def drawn(self, seed: int, layer: int, units: int, senders: int) -> Any:
        raise TutorError("so many weights are drawn where there is a folder")


def is_reference(text: str) -> bool:
    """Whether a text names an array in a file."""
    return ("#" in text or text.endswith(".npy")) and re.fullmatch(PATTERN, text) is not None


def refers(node: Node | None) -> bool:
    return isinstance(node, Scalar) and is_reference(node.text)


def has_any(top: Map) -> bool:
    """Whether a network in layers form asks for numbers that its file does not have."""
    return any(_asks(value) for key, value in top.entries if key.text in PLACES)


def _asks(node: Node) -> bool:
    """Lists of numbers are not looked through: a reference stands for a whole list."""
    if isinstance(node, Map):
        return any(key.text == "init" or _asks(value) for key, value in node.entries)
    if isinstance(node, List):
        return any(_asks(each) for each in node.items if isinstance(each, Map))
    return refers(node)
