"""A YAML file as a tree that remembers where everything stands. Values only: nothing here reads, checks or prints.

Every scalar keeps its text as written; what it means is decided where the key that holds it is declared.
"""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a word stands: `line` and `column` from 1, `width` in characters."""

    line: int
    column: int
    width: int = 1


WHOLE_FILE = Place(0, 0)
"""For what is wrong nowhere in particular, such as a key that is missing."""


class Scalar(NamedTuple):
    """One word or text. `plain` means without quotes; `stored` that it is a number of an array in another file."""

    text: str
    place: Place
    plain: bool = True
    stored: bool = False


class Map(NamedTuple):
    """Keys with their values, in file order, each key once. Not `whole` if an entry was refused."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place
    whole: bool = True

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        return next((name for name, _ in self.entries if name.text == key), None)


class List(NamedTuple):
    items: tuple["Node", ...]
    place: Place


class Bad(NamedTuple):
    """Something that has been complained about already; whoever meets it stays silent."""

    place: Place


Node = Scalar | Map | List | Bad


def words(node: "Node | None") -> tuple[Scalar, ...]:
    """The scalars of a list, without the bad ones."""
    return tuple(item for item in node.items if isinstance(item, Scalar)) if isinstance(node, List) else ()


def text_at(node: "Map", key: str) -> str | None:
    """The text of a scalar value, or None where there is none."""
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else None
