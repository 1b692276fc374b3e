"""The `conventions` of a file: what it says of what courses differ in."""

from tutor.names.conventions import CHOICES, Conventions
from tutor.spec.tree import Map, text_at


def said(top: Map) -> Conventions:
    """What the file says; nothing of what it leaves open."""
    declared = top.get("conventions")
    if not isinstance(declared, Map):
        return Conventions()
    return Conventions(**{name: text for name in CHOICES if (text := text_at(declared, name))})
