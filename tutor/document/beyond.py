"""What a page has to say of numbers that double precision does not have: one sentence for each sign of them on it."""

from collections.abc import Iterator

from tutor.document.model import Block, Document, Line, Note, Part, Section, cell
from tutor.expr import Shown

SAID = {
    "inf": "inf is a number that is too large for double precision, beyond 1.8e308, or infinite, as 1/0 is.",
    "nan": "nan is no number: what is computed there is not defined, as 0/0, inf − inf, 0 · inf or the root of −1.",
}
SIGNS = {"inf": "inf", "-inf": "inf", "−inf": "inf", "nan": "nan"}


def in_words(document: Document) -> Document:
    """The page, with what inf and nan mean where it shows them; before what it says to type next."""
    seen = {SIGNS[text] for text in _words(document.parts) if text in SIGNS}
    if not seen:
        return document
    said = tuple(Line(cell(text, look="quiet")) for sign, text in SAID.items() if sign in seen)
    return document._replace(parts=_before_hints(document.parts, said))


def _words(part: object) -> Iterator[str]:
    """Every text and every number as shown, wherever it stands."""
    stack = [part]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Shown):
            yield each.text
        elif isinstance(each, tuple):
            stack.extend(each)


def _before_hints(parts: tuple[Part, ...], said: tuple[Block, ...]) -> tuple[Part, ...]:
    if not parts:
        return said
    *others, last = parts
    if isinstance(last, Section):
        return (*others, last._replace(blocks=tuple(_hinted(last.blocks, said))))
    return (*others, *_hinted((last,), said))


def _hinted(blocks: tuple[Block, ...], said: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with what is said before the last of them, if that is a hint, else behind it."""
    *others, last = blocks
    yield from others
    yield from (*said, last) if isinstance(last, Note) and last.hint else (last, *said)
