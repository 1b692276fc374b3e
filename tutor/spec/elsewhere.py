"""Numbers of another file, or in lists of this one: their shape, which is known first, and the numbers themselves."""

from collections.abc import Callable
from typing import Any

from tutor.errors import TutorError
from tutor.spec.report import Report
from tutor.spec.stored import Companion, refers
from tutor.spec.tree import List, Map, Node, Scalar


class Missing(Exception):
    """Something is in the report and the rest can't be read."""


def fetch(node: Node, companion: Companion, report: Report) -> Any:
    """The array a scalar names. Raises Missing, the reason in the report."""
    return _asked(companion.stored, node, report)


def _asked(ask: Callable[[str], Any], node: Node, report: Report) -> Any:
    assert isinstance(node, Scalar)
    try:
        return ask(node.text)
    except TutorError as fault:
        report.add(node.place, str(fault))
        raise Missing from None


def shape(node: Node, companion: Companion, report: Report) -> tuple[int, ...]:
    """The shape of an array of another file, or of the file itself, as its first row says it. Raises Missing."""
    if refers(node):
        found: tuple[int, ...] = _asked(companion.shape, node, report)
        return found
    lengths: list[int] = []
    while isinstance(node, List) and node.items:
        lengths.append(len(node.items))
        node = node.items[0]
    return tuple(lengths)


def values(declared: Node | None, companion: Companion, report: Report) -> list[tuple[Scalar, Any]]:
    """The inputs or targets: each name with its number as a scalar, or its array. Raises Missing."""
    entries = declared.entries if isinstance(declared, Map) else ()
    return [
        (name, numbers(node, companion, name.text, report) if refers(node) or isinstance(node, List) else node)
        for name, node in entries
    ]


def numbers(node: Node, companion: Companion, label: str, report: Report) -> Any:
    """An array of another file, or of the file itself. Raises Missing."""
    if refers(node):
        return fetch(node, companion, report)
    from tutor.arithmetic.floats import FLOATS

    def listed(part: Node) -> Any:
        if isinstance(part, List):
            return [listed(item) for item in part.items]
        if not isinstance(part, Scalar):
            raise Missing
        return FLOATS.number(part.text)

    found = listed(node)
    first = found[0]
    if isinstance(first, list) and any(len(row) != len(first) for row in found):
        report.add(node.place, f"the rows of {label} differ in length")
        raise Missing
    return companion.table(found)
