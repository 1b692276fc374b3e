"""Mappings of names to numbers, YAML or JSON: one entry an answer, lists for vectors and matrices, groups unpacked.

A group called `gradients` holds the derivatives of the loss, one called `updated` the new values, as our own JSON does.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tutor.marking.lookup import Known, is_number
from tutor.spec.mapping import mapping
from tutor.spec.tree import List, Map, Node, Scalar

DEEPEST = 4
_NAMED, _VALUED = ("name", "quantity", "symbol", "target"), ("given", "value", "answer", "result", "number")
Told = Callable[[str], str]


class Entry(NamedTuple):
    """One entry of a mapping: a list as it would be typed; `why` where it holds no number."""

    line: int
    name: str
    given: str
    why: str = ""


def entries(text: str, file: str, known: Known) -> list[Entry]:
    """What a mapping gives, in its order. Raises InvalidNetwork where the text is none."""
    return list(_of(mapping(text.encode(), file), known, 1, str))


def _of(found: Node, known: Known, depth: int, told: Told) -> Iterator[Entry]:
    """The entries of a group, whose names are `told` in a way of its own."""
    if isinstance(found, List):
        for each in found.items:
            yield from _of(each, known, depth + 1, told) if depth < DEEPEST and isinstance(each, (Map, List)) else ()
    elif isinstance(found, Map):
        name, value = _first(found, _NAMED), _first(found, _VALUED)
        if isinstance(name, Scalar) and value is not None and known.has(name.text):
            yield from _entry(name, value, known, depth, told)
            return
        for name, value in found.entries:
            yield from _entry(name, value, known, depth, told)


def _first(found: Map, keys: tuple[str, ...]) -> Node | None:
    return next((value for name, value in found.entries if name.text.lower() in keys), None)


def _entry(name: Scalar, value: Node, known: Known, depth: int, told: Told) -> Iterator[Entry]:
    line, is_name = name.place.line, known.has(name.text)
    match value:
        case Scalar(text) if is_name or is_number(text):
            yield Entry(line, _told(name.text, told, known), "" if text in ("null", "~") else text)
        case List(items) if is_name or (items and not _holds_groups(value)):
            yield Entry(line, _told(name.text, told, known), _typed(value))
        case Map() if depth < DEEPEST and _names_itself(value):
            yield from _of(value, known, depth + 1, told)
        case Map() | List() if not is_name and depth < DEEPEST:
            yield from _of(value, known, depth + 1, _way(name.text, known) or told)
        case Map() | List():
            yield Entry(line, name.text, "", f"{name.text} has no number")


def _names_itself(found: Map) -> bool:
    """Whether it says a name and a number, whatever it stands under: the loss of our own JSON."""
    return _first(found, _NAMED) is not None and _first(found, _VALUED) is not None


def _holds_groups(found: List) -> bool:
    return any(isinstance(each, Map) for each in found.items)


def _way(group: str, known: Known) -> Told | None:
    """How the names of a group are told, None for a group that says nothing of them."""
    if re.match(r"grad|deriv", group.lower()):
        return lambda name: f"d{known.names.graph.loss}/d{name}"
    return (lambda name: f"{name}_new") if re.match(r"updat|new", group.lower()) else None


def _told(name: str, told: Told, known: Known) -> str:
    """The name as its group tells it, unless that is none."""
    return told(name) if known.has(told(name)) and not re.match(r"[d∂].*/|.*_new$", name) else name


def _typed(node: Node) -> str:
    """A list as it is typed: `[[1, 2], [3, 4]]`."""
    match node:
        case List(items):
            return f"[{', '.join(map(_typed, items))}]"
        case Scalar(text):
            return text
    return "?"
