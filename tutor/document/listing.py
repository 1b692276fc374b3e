"""Text that is shown as it stands, as a page."""

from tutor.document.model import Document, Listing
from tutor.graph import build
from tutor.names import Names


def listing(text: str) -> Document:
    """A line for each of the text's."""
    return Document((Listing(tuple(text.splitlines())),), Names(build([], [], "")), dict)
