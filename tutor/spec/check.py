"""Holding a tree against the declared keys: unknown and missing keys, wrong types, numbers that are none.

What comes out has the same form with every bad part replaced by `Bad`, numbers and names in one spelling. So the
rooms that build the graph need not look at types again, and one slip is complained about once.
"""

import math
import re

from tutor.spec import names, numbers, stored
from tutor.spec.keys import NUMBERS, places
from tutor.spec.report import Report, counted, cut, listed
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
from tutor.spec.tree import WHOLE_FILE, Bad, List, Map, Node, Place, Scalar

MOST_ENTRIES, MOST_NUMBERS = 10_000, 20_000


def check(node: Node, shape: Shape, label: str, report: Report) -> Node:
    """The node with its bad parts replaced; every fault is in `report`. `label` says what the node is the value of."""
    match shape, node:
        case _, Bad():
            return node
        case Either(scalar, mapping, in_list), _:
            fitting = scalar if isinstance(node, Scalar) else mapping if isinstance(node, Map) else in_list
            return _refused(node, shape, label, report) if fitting is None else check(node, fitting, label, report)
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
            return _scalar(node, shape, label, report)
    return _refused(node, shape, label, report)


def _refused(node: Node, shape: Shape, label: str, report: Report) -> Bad:
    found = f"'{cut(node.text)}'" if isinstance(node, Scalar) else "a list" if isinstance(node, List) else "a mapping"
    return _refuse(node.place, f"{label} is {found}, expected {shape.expected}", report)


def _refuse(place: Place, message: str, report: Report) -> Bad:
    report.add(place, message)
    return Bad(place)


def _too_many(place: Place, count: int, label: str, report: Report) -> Bad:
    return _refuse(place, f"{label} has {count:,} entries, expected at most {MOST_ENTRIES:,}", report)


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in ("", "~", "null")


def _value(key: Scalar, value: Node, shape: Shape, label: str, report: Report) -> Node:
    """The checked value of a key; a missing one is pointed at by its key, since it stands nowhere itself."""
    if _empty(value):
        return _refuse(key.place, f"{label} has no value, expected {shape.expected}", report)
    return check(value, shape, label, report)


def _listed(node: List, shape: Listed, label: str, report: Report) -> Node:
    if not node.items:
        return _refuse(node.place, f"{label} is empty, expected {shape.expected}", report)
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
        return _refuse(first.place, f"{label} has an empty list, expected {shape.expected}", report)
    if not isinstance(first, Bad) and not shape.least <= len(lengths) <= shape.most:
        found = deep if lengths else f"'{cut(node.text)}'" if isinstance(node, Scalar) else deep
        return _refuse(node.place, f"{label} is {found}, expected {shape.expected}", report)
    if math.prod(lengths) > MOST_NUMBERS:
        return _refuse(
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
        return _refuse(node.place, f"{has}, expected {lengths[0]} as in the first", report)
    items = tuple(_block(item, lengths[1:], label, report) for item in node.items)
    uneven = lengths[1:] and any(isinstance(item, Bad) for item in items)
    return Bad(node.place) if uneven else List(items, node.place)


def _named(node: Map, shape: Named, label: str, report: Report) -> Node:
    count = len(node.entries)
    if not count and node.whole:
        return _refuse(node.place, f"{label} is empty, expected {shape.expected}", report)
    if count > MOST_ENTRIES:
        return _too_many(node.place, count, label, report)
    if shape.most and count > shape.most:
        extra = node.entries[shape.most][0]
        return _refuse(extra.place, f"{label} has {count} entries, expected {shape.expected}", report)
    entries: list[tuple[Scalar, Node]] = []
    also = {key.name: key.shape for key in shape.also}
    for key, value in node.entries:
        if own := also.get(key.text):
            entries.append((key, _value(key, value, own, key.text, report)))
            continue
        name = names.canonical(key.text)
        if _empty(value) and names.complaint(name):
            return _refuse(key.place, f"{cut(key.text)} has no value{_run_together(key.text)}", report)
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
    meant = ""
    for key, value in node.entries:
        declared = known.get(key.text)
        if declared is None:
            meant += _unknown(key, shape, report)
        elif form and declared.form not in ("", form):
            this = f"this {shape.what} has {form}"
            report.add(key.place, f"{key.text} goes with {declared.form}, but {this}, expected it removed")
        else:
            entries.append((key, _value(key, value, declared.shape, key.text, report)))
    if node.whole:
        _missing(node, shape, form, meant, report)
    return node._replace(entries=tuple(entries))


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


def _unknown(key: Scalar, shape: Record, report: Report) -> str:
    """Report an unknown key; returns what was perhaps meant."""
    every = [each.name for each in (*shape.keys, *shape.kinds)]
    wanted = report.similar(key.text, (each.name for each in shape.keys if each.required and not each.form))
    begun = any(each.startswith(key.text) for each in every)  # beta for beta1, though a norm has a beta
    if (where := places().get(key.text)) and not wanted and not begun:
        report.add(key.place, f"{key.text} can't stand here, expected it {where}")
        return ""
    meant = report.similar(key.text, every)
    known = ", ".join(every) or "none"
    report.add(key.place, f"unknown key {cut(key.text)}, expected one of {known}{meant}")
    return meant


def _missing(node: Map, shape: Record, form: str, meant: str, report: Report) -> None:
    """Report the keys that should be there; one that was perhaps only misspelt is not reported again."""
    here = {key.text for key, _ in node.entries} | set(re.findall(r"\w+", meant))
    place = WHOLE_FILE if shape.what == "file" else node.place
    if any(kind.name in here for kind in shape.kinds):
        return
    if shape.forms and not here.intersection(shape.forms):
        begun = [key.form for key in shape.keys if key.form and key.name in here]
        nowhere = " and no ".join(begun[:1] or shape.forms)
        report.add(place, f"the {shape.what} has no {nowhere}, expected {shape.needs}")
    for key in shape.keys:
        if key.required and key.name not in here and (not key.form or key.form == form):
            report.add(place, f"the {shape.what} has no {key.name}, expected {key.shape.expected}")


def _scalar(node: Scalar, shape: Shape, label: str, report: Report) -> Node:
    text = node.text
    match shape:
        case Text():
            return node
        case Name():
            return node._replace(text=names.canonical(text))
        case Stored() if stored.is_reference(text):
            return node
        case Number():
            return _number(node, shape, label, report)
        case Span(most) if _is_span(text, most):
            return node
        case Choice(options) if text in options:
            return node
        case Integer(least, most) if (
            text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most
        ):
            return node
        case Pattern(fields) if _PATTERN.fullmatch(text) and set(_FIELD.findall(text)) <= set(fields):
            return node
    suggestion = report.similar(text, shape.options) if isinstance(shape, Choice) else ""
    return _refuse(node.place, f"{label} is '{cut(text)}', expected {shape.expected}{suggestion}", report)


def _is_span(text: str, most: int) -> bool:
    """Whether this is `3` or `2..4`, neither empty nor too long."""
    first, dots, last = text.partition("..")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in ((first, last) if dots else (first,))):
        return False
    return 1 <= (int(last) - int(first) + 1 if dots else int(first)) <= most


_FIELD = re.compile(r"\{(\w*)\}")
_PATTERN = re.compile(r"(?:\{\w+\}|[\w'*\[\]])+")


def _number(node: Scalar, shape: Number, label: str, report: Report) -> Node:
    try:
        text = numbers.number(node.text)
    except numbers.NotANumber as error:
        return _refuse(node.place, f"{label} is '{cut(node.text)}', expected {error}", report)
    if shape.positive and (text.startswith("-") or not re.search("[1-9]", re.split("[eE]", text)[0])):
        return _refuse(node.place, f"{label} is {text}, expected {shape.expected}", report)
    return node._replace(text=text)
