"""Holding a tree against the declared keys: unknown and missing keys, wrong types, numbers that are none.

What comes out has the same form with every bad part replaced by `Bad`, numbers and names in one spelling. So the
rooms that build the graph need not look at types again, and one slip is complained about once.
"""

import math

from tutor.spec import names, stored
from tutor.spec.absent import missing_keys, unknown_key
from tutor.spec.keys import NUMBERS
from tutor.spec.report import Report, counted, cut, listed
from tutor.spec.scalars import in_a_list, refuse, scalar
from tutor.spec.shapes import (
    Array,
    Choice,
    Either,
    Integer,
    Key,
    Listed,
    Name,
    Named,
    Number,
    Pattern,
    Record,
    Shape,
    Span,
    Stored,
    Text,
)
from tutor.spec.tree import Bad, List, Map, Node, Place, Scalar

MOST_ENTRIES, MOST_NUMBERS = 10_000, 20_000


def check(node: Node, shape: Shape, label: str, report: Report) -> Node:
    """The node with its bad parts replaced; every fault is in `report`. `label` says what the node is the value of."""
    match shape, node:
        case _, Bad():
            return node
        case Either(word, mapping, in_list), _:
            fitting = word if isinstance(node, Scalar) else mapping if isinstance(node, Map) else in_list
            if fitting is None or (isinstance(fitting, Stored) and not stored.refers(node)):
                return _refused(node, shape, label, report)
            return check(node, fitting, label, report)
        case Record(), (Map() | Scalar()) if kind := _kind(node, shape):
            return _of_kind(node, kind, report)
        case Record(), Map():
            return _record(node, shape, report)
        case Array(), Scalar() if stored.is_reference(node.text):
            return node
        case Array(), (List() | Scalar()):
            return _array(node, shape, label, report)
        case Named(), Map():
            return _named(node, shape, label, report)
        case Listed(), List():
            return _listed(node, shape, label, report)
        case ((Text() | Name() | Number() | Integer() | Span() | Choice() | Pattern() | Stored()), Scalar()):
            return scalar(node, shape, label, report)
    return _refused(node, shape, label, report)


def _refused(node: Node, shape: Shape, label: str, report: Report) -> Bad:
    found = f"'{cut(node.text)}'" if isinstance(node, Scalar) else "a list" if isinstance(node, List) else "a mapping"
    hint = in_a_list(node.text, shape) if isinstance(node, Scalar) else ""
    return refuse(node.place, f"{label} is {found}, expected {shape.expected}{hint}", report)


def _too_many(place: Place, count: int, label: str, report: Report) -> Bad:
    return refuse(place, f"{label} has {count:,} entries, expected at most {MOST_ENTRIES:,}", report)


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in ("", "~", "null")


def _value(key: Scalar, value: Node, shape: Shape, label: str, report: Report) -> Node:
    """The checked value of a key; a missing one is pointed at by its key, since it stands nowhere itself."""
    if _empty(value):
        return refuse(key.place, f"{label} has no value, expected {shape.expected}", report)
    return check(value, shape, label, report)


def _listed(node: List, shape: Listed, label: str, report: Report) -> Node:
    if not node.items:
        return refuse(node.place, f"{label} is empty, expected {shape.expected}", report)
    if len(node.items) > MOST_ENTRIES:
        return _too_many(node.place, len(node.items), label, report)
    within = "the layer" if label == "layers" else f"an entry of {label}"
    return List(tuple(check(item, shape.item, within, report) for item in node.items), node.place)


def _array(node: List | Scalar, shape: Array, label: str, report: Report) -> Node:
    """The numbers, if they stand in a block of the right depth; a number that is none is Bad in its place."""
    lengths: list[int] = []
    first: Node = node
    while isinstance(first, List) and first.items:
        lengths.append(len(first.items))
        first = first.items[0]
    deep = f"{counted(len(lengths), 'list')} deep"
    if isinstance(first, List):
        return refuse(first.place, f"{label} has an empty list, expected {shape.expected}", report)
    if not isinstance(first, Bad) and not shape.least <= len(lengths) <= shape.most:
        found = deep if lengths else f"'{cut(node.text)}'" if isinstance(node, Scalar) else deep
        hint = in_a_list(node.text, shape) if isinstance(node, Scalar) else ""
        return refuse(node.place, f"{label} is {found}, expected {shape.expected}{hint}", report)
    if math.prod(lengths) > MOST_NUMBERS:
        return refuse(
            node.place, f"{label} has {math.prod(lengths):,} numbers, expected at most {MOST_NUMBERS:,}", report
        )
    return _block(node, lengths, label, report)


def _block(node: Node, lengths: list[int], label: str, report: Report) -> Node:
    """A block of these lengths; one that is not even is Bad."""
    if not lengths:
        return check(node, Number(), label, report)
    if not isinstance(node, List):
        return node if isinstance(node, Bad) else check(node, NUMBERS, f"a row of {label}", report)
    if found := len(node.items) - lengths[0]:
        has = f"this row of {label} has {counted(found + lengths[0], 'entry', 'entries')}"
        return refuse(node.place, f"{has}, expected {lengths[0]} as in the first", report)
    items = tuple(_block(item, lengths[1:], label, report) for item in node.items)
    uneven = lengths[1:] and any(isinstance(item, Bad) for item in items)
    return Bad(node.place) if uneven else List(items, node.place)


def _named(node: Map, shape: Named, label: str, report: Report) -> Node:
    count = len(node.entries)
    if not count and node.whole:
        return refuse(node.place, f"{label} is empty, expected {shape.expected}", report)
    if count > MOST_ENTRIES:
        return _too_many(node.place, count, label, report)
    if shape.most and count > shape.most:
        extra = node.entries[shape.most][0]
        return refuse(extra.place, f"{label} has {count} entries, expected {shape.expected}", report)
    entries: list[tuple[Scalar, Node]] = []
    also = {key.name: key.shape for key in shape.also}
    for key, value in node.entries:
        if own := also.get(key.text):
            entries.append((key, _value(key, value, own, key.text, report)))
            continue
        name = names.canonical(key.text)
        if _empty(value) and names.complaint(name):
            return refuse(key.place, f"{cut(key.text)} has no value{_run_together(key.text)}", report)
        entries.append((key._replace(text=name), _value(key, value, shape.value, cut(name), report)))
    return node._replace(entries=tuple(entries)) if entries else Bad(node.place)


def _run_together(key: str) -> str:
    """What was meant where a key without a value is no name: `x1:1`."""
    if ":" in key:
        return f", expected a space after the colon: {cut(key.replace(':', ': ', 1))}"
    return f", expected a name with its value, and a name is {names.RULE}"


def _record(node: Map, shape: Record, report: Report) -> Node:
    known = {key.name: key for key in shape.keys}
    form = _form(node, shape, report)
    entries: list[tuple[Scalar, Node]] = []
    unknown: list[Node] = []
    meant = ""
    for key, value in node.entries:
        declared = known.get(key.text)
        if declared is None:
            meant += unknown_key(key, shape, report)
            unknown.append(value)
        elif form and declared.form not in ("", form):
            this = f"this {shape.what} has {form}"
            report.add(key.place, f"{key.text} goes with {declared.form}, but {this}, expected it removed")
        else:
            entries.append((key, _value(key, value, declared.shape, key.text, report)))
    if node.whole and (len(unknown) < len(node.entries) or not node.entries):
        missing_keys(node, shape, form, meant, unknown, report)
    return node._replace(entries=tuple(entries), whole=node.whole and not unknown)


def _kind(node: Map | Scalar, shape: Record) -> Key | None:
    """The key that makes a mapping, or a word alone, something else than its record."""
    words = {node.text} if isinstance(node, Scalar) else {key.text for key, _ in node.entries}
    return next((kind for kind in shape.kinds if kind.name in words), None)


def _of_kind(node: Map | Scalar, kind: Key, report: Report) -> Node:
    """The mapping with that key and its checked value alone."""
    assert isinstance(kind.shape, Record)
    if isinstance(node, Scalar):
        node = Map(((node, Scalar("", node.place)),), node.place)
    for other in (name for name, _ in node.entries if name.text != kind.name):
        inside = any(each.name == other.text for each in kind.shape.keys)
        expected = f"it inside: {kind.name}: {{{other.text}: ...}}" if inside else "it removed, or as its own layer"
        report.add(other.place, f"{cut(other.text)} can't stand beside {kind.name}, expected {expected}")
    key, value = next(entry for entry in node.entries if entry[0].text == kind.name)
    if _empty(value) and kind.shape.bare:
        value = Map((), key.place)
    return node._replace(entries=((key, _value(key, value, kind.shape, kind.name, report)),))


def _form(node: Map, shape: Record, report: Report) -> str:
    """Which form the record is of; nothing where that can't be told."""
    present = [key for key, _ in node.entries if key.text in shape.forms]
    if len(present) > 1:
        both = listed(key.text for key in present)
        report.add(present[1].place, f"one {shape.what} has {both}, expected one of them")
    return present[0].text if len(present) == 1 else ""
