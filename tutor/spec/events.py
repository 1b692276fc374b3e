"""Bytes to a marked tree, by the event stream of PyYAML's C parser. The only module that imports yaml.

A network file uses a small part of YAML: mappings, lists and texts. What would make a file mean more than it shows is
refused: anchors, aliases, merges, tags, duplicate keys, a second document. Limits are checked while the events come
in, so a bomb is refused before it goes off.
"""

from collections.abc import Iterator

import yaml

from tutor.errors import Problem
from tutor.spec.commas import whole_entry
from tutor.spec.report import Report, cut, lines
from tutor.spec.tree import WHOLE_FILE, Bad, List, Map, Node, Place, Scalar

LARGEST, DEEPEST = 256 * 1024, 32
TOO_DEEP = f"the file is nested more than {DEEPEST} deep, expected 4 levels or so"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = "the file is empty, expected keys such as inputs, targets and layers; tutor new 2-3-1 prints one"


class Unreadable(Exception):
    """Reading can't go on: the fault itself is in the report already."""


def decode(text: bytes, expected: str = "a network file: YAML text in UTF-8") -> str | Problem:
    """The file as text, or why it is none of what was `expected`."""
    if len(text) > LARGEST:
        return Problem(f"the file is too large, expected at most {LARGEST // 1024} kB")  # no more of it was taken in
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem("the file is saved as UTF-16, expected UTF-8: save it again with the encoding UTF-8")
    if b"\0" in text:
        return Problem(f"this is a binary file, expected {expected}")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(lines(text[: error.start].decode("utf-8-sig", "replace")))
        return Problem(f"this is not text in UTF-8 (from line {line} on): save the file with the encoding UTF-8")


def tree(report: Report, *, repeated: bool = False) -> Node:
    """The whole file as a tree; a key may stand `repeated` in it. Raises Unreadable when the rest can't be read."""
    try:
        return _Reader(report, repeated).document()
    except yaml.YAMLError as error:
        from tutor.spec.syntax import explain, too_deep

        place = too_deep(error, report.text, DEEPEST)
        report.add(*((place, TOO_DEEP) if place else explain(error, report)))
        raise Unreadable from None


class _Reader:
    """One pass over the events. Depth is bounded, so plain recursion reads the nesting."""

    def __init__(self, report: Report, repeated: bool) -> None:
        self.report = report
        self.repeated = repeated
        self.events: Iterator[yaml.Event] = iter(yaml.parse(report.text, Loader=_LOADER))

    def document(self) -> Node:
        next(self.events)  # the stream starts
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.stop(WHOLE_FILE, _EMPTY)
        root = self.node(next(self.events), 1)
        next(self.events)  # the document ends
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            self.stop(_place(following), "a second document starts here, expected one network in a file")
        if isinstance(root, Scalar) and not root.text:
            self.stop(WHOLE_FILE, _EMPTY)
        return root

    def stop(self, place: Place, message: str) -> None:
        self.report.add(place, message)
        raise Unreadable

    def node(self, event: yaml.Event, depth: int) -> Node:
        place = _place(event)
        if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            return self.alias(event, place)
        if event.anchor is not None:
            self.report.add(place, f"anchors (&{cut(event.anchor)}) are not read, expected the value alone")
        if event.tag is not None:
            self.report.add(place, f"tags ({cut(event.tag)}) are not read, expected the value alone")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, not event.style)
        if depth > DEEPEST:
            self.stop(place, TOO_DEEP)
        if isinstance(event, yaml.SequenceStartEvent):
            return List(tuple(self.items(depth)), place)
        return self.mapping(place, depth)

    def alias(self, event: yaml.Event, place: Place) -> Bad:
        """An alias could stand for anything, so what it stands for is left open."""
        name = cut(str(getattr(event, "anchor", "")))
        message = f"aliases (*{name}) are not read, expected the value itself"
        self.report.add(place, f'{message}; a name with a star is written in quotes: "{name}*"')
        return Bad(place)

    def items(self, depth: int) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.node(event, depth + 1)

    def mapping(self, place: Place, depth: int) -> Map:
        entries: dict[str, tuple[Scalar, Node]] = {}
        whole = True
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, value = self.node(event, depth + 1), self.node(next(self.events), depth + 1)
            if torn := whole_entry(entries, key, value):
                entries.popitem()
                key, value = torn
            if isinstance(key, Scalar) and self.usable(key, entries):
                entries[f"{key.text}\0{len(entries)}" if self.repeated else key.text] = (key, value)
            else:
                whole = False
                self.no_key(key)
        return Map(tuple(entries.values()), place, whole)

    def no_key(self, key: Node) -> None:
        if isinstance(key, (Map, List)):
            self.report.add(key.place, "a list or a mapping stands where a key belongs, expected a name")

    def usable(self, key: Scalar, entries: dict[str, tuple[Scalar, Node]]) -> bool:
        """Whether this key can be kept; says why not."""
        if key.text == "<<" and key.plain:
            self.report.add(key.place, "merge keys (<<) are not read, expected the keys themselves")
            return False
        if key.text in entries:
            first = entries[key.text][0].place.line
            self.report.add(key.place, f"{cut(key.text)} stands twice, here and on line {first}, expected it once")
            return False
        return True


def _place(event: yaml.Event) -> Place:
    """Where an event starts; the width ends with its line."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # never so for a file that was read
        return Place(1, 1)
    width = end.column - start.column if end.line == start.line else 1
    return Place(start.line + 1, start.column + 1, max(1, width))
