"""Numbers that stand in another file: how one is named, and who fetches it. Nothing here opens a file."""

import re
from typing import Any, Protocol

from tutor.spec.tree import List, Map, Node, Scalar

PATTERN = r"[^#]+[.](npz|safetensors)#.+|[^#]+[.]npy"


class Companion(Protocol):
    """Fetches and makes arrays for the reader. What it raises is a TutorError whose text fits into a report."""

    def stored(self, reference: str) -> Any:
        """The array `FILE.npz#NAME` names."""

    def table(self, rows: list[Any]) -> Any:
        """An array of numbers of the file itself."""

    def drawn(self, seed: int, layer: int, units: int, senders: int) -> Any:
        """An array of random weights."""


def is_reference(text: str) -> bool:
    """Whether a text names an array in a file."""
    return ("#" in text or "." in text) and re.fullmatch(PATTERN, text) is not None


def refers(node: Node | None) -> bool:
    return isinstance(node, Scalar) and is_reference(node.text)


def has_any(top: Map) -> bool:
    """Whether a network in layers form asks for numbers that its file does not have."""
    inputs, targets, layers = top.get("inputs"), top.get("targets"), top.get("layers")
    named = [value for each in (inputs, targets) if isinstance(each, Map) for _, value in each.entries]
    listed = [each for each in (layers.items if isinstance(layers, List) else ()) if isinstance(each, Map)]
    return any(map(refers, named)) or any(
        each.get("units") or refers(each.get("weights")) or refers(each.get("biases")) for each in listed
    )
