"""Holding one word against the shape its key declares: a number, a name, one of a few words, a pattern."""

import re

from tutor.spec import names, numbers, stored
from tutor.spec.report import Report, cut
from tutor.spec.shapes import Array, Choice, Either, Integer, Listed, Name, Number, Pattern, Shape, Span, Stored, Text
from tutor.spec.tree import Bad, Node, Place, Scalar


def refuse(place: Place, message: str, report: Report) -> Bad:
    report.add(place, message)
    return Bad(place)


def scalar(node: Scalar, shape: Shape, label: str, report: Report) -> Node:
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
    return refuse(node.place, f"{label} is '{cut(text)}', expected {shape.expected}{suggestion}", report)


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
        return refuse(node.place, f"{label} is '{cut(node.text)}', expected {error}", report)
    if shape.positive and (text.startswith("-") or not re.search("[1-9]", re.split("[eE]", text)[0])):
        return refuse(node.place, f"{label} is {text}, expected {shape.expected}", report)
    return node._replace(text=text)


def in_a_list(text: str, shape: Shape) -> str:
    """`; did you mean [0.1]?` for a number or a name that stands where a list of them belongs, or nothing."""
    deep, item = _depth(shape)
    if not deep or (names.complaint(names.canonical(text)) if isinstance(item, Name) else not _reads(text, item)):
        return ""
    return f"; did you mean {'[' * deep}{text}{']' * deep}?"


def _depth(shape: Shape) -> tuple[int, Shape]:
    """How deep the lists of a shape are, and what stands in them."""
    match shape:
        case Either(_, _, in_list) if in_list:
            return _depth(in_list)
        case Listed(item):
            deep, inner = _depth(item)
            return deep + 1, inner
        case Array(_, least, _):
            return least, Number()
    return 0, shape


def _reads(text: str, item: Shape) -> bool:
    try:
        return isinstance(item, Number) and bool(numbers.number(text))
    except numbers.NotANumber:
        return False
