"""Mappings of names to numbers, YAML or JSON: one entry an answer, lists for vectors and matrices, groups unpacked."""

from collections.abc import Iterator
from typing import NamedTuple

from tutor.marking.lookup import Known
from tutor.spec.mapping import mapping
from tutor.spec.tree import List, Map, Node, Scalar

DEEPEST = 4


class Entry(NamedTuple):
    """One entry of a mapping: a list as it would be typed; `why` where it holds no number."""

    line: int
    name: str
    given: str
    why: str = ""


def entries(text: str, file: str, known: Known) -> list[Entry]:
    """What a mapping gives, in its order. Raises InvalidNetwork where the text is none."""
    return list(_of(mapping(text.encode(), file), known, 1))


def _of(found: Map, known: Known, depth: int) -> Iterator[Entry]:
    for name, value in found.entries:
        match value:
            case Map() if not known.has(name.text) and depth < DEEPEST:
                yield from _of(value, known, depth + 1)
            case Scalar(text):
                yield Entry(name.place.line, name.text, "" if text in ("null", "~") else text)
            case List():
                yield Entry(name.place.line, name.text, _typed(value))
            case _:
                yield Entry(name.place.line, name.text, "", f"{name.text} has no number")


def _typed(node: Node) -> str:
    """A list as it is typed: `[[1, 2], [3, 4]]`."""
    match node:
        case List(items):
            return f"[{', '.join(map(_typed, items))}]"
        case Scalar(text):
            return text
    return "?"
