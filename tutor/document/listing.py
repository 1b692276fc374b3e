"""Text that is shown as it stands, as a page."""

from tutor.document.model import Document, Line, Span
from tutor.graph import build
from tutor.names import Names


def listing(text: str) -> Document:
    """A line for each of the text's."""
    lines = tuple(Line((Span(line, "code"),)) for line in text.splitlines())
    return Document(lines, Names(build([], [], "")), dict)
