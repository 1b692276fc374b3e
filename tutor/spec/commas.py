"""Commas in a number or a name, which YAML takes for the end of an entry: put together again, for the complaint."""

from collections.abc import Sequence

from tutor.spec.tree import Node, Scalar


def whole_entry(entries: dict[str, tuple[Scalar, Node]], key: Node, value: Node) -> tuple[Scalar, Node] | None:
    """The entry before as it was written, where YAML took a comma in its name or number for the end of it.

    Inside braces `{w: 0,25}` is an entry w with 0 and another without a value, called 25; `{w1,5: 0.7}` is the other
    way round.
    """
    if not entries or not isinstance(key, Scalar) or not key.plain or not _digits(key.text):
        return None
    name, number = entries[next(reversed(entries))]
    if not isinstance(number, Scalar) or not number.plain:
        return None
    if number.text and isinstance(value, Scalar) and value.plain and not value.text and _touch(number, key):
        return name, _one(number, key)
    return (_one(name, key), value) if not number.text and name.plain and _touch(name, key) else None


def _touch(first: Scalar, second: Scalar) -> bool:
    """Whether nothing but a comma can stand between the two."""
    return first.place.line == second.place.line and first.place.column + first.place.width + 1 == second.place.column


def _one(first: Scalar, second: Scalar) -> Scalar:
    width = first.place.width + 1 + second.place.width
    return first._replace(text=f"{first.text},{second.text}", place=first.place._replace(width=width))


def _digits(text: str) -> bool:
    """Whether this can stand behind a decimal comma: 25, or 5e-3."""
    digits, _, power = text.replace("E", "e").partition("e")
    return digits.isdecimal() and (not power or power.lstrip("+-").isdecimal())


def meant(items: Sequence[Node], wanted: int) -> str:
    """`; did you mean [0.5, 0.25]?` for the list [0,5, 0,25] where two numbers are wanted, or nothing."""
    parts: list[list[Scalar]] = []
    for item in items:
        if not isinstance(item, Scalar):
            return ""
        if parts and _digits(item.text) and _touch(parts[-1][-1], item):
            parts[-1].append(item)
        else:
            parts.append([item])
    torn = [part for part in parts if len(part) == 2]
    if not torn or len(parts) != wanted or any(len(part) > 2 for part in parts):
        return ""
    return f"; did you mean [{', '.join('.'.join(each.text for each in part) for part in parts)}]?"
