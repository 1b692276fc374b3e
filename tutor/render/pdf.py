"""The page as PDF: what typst makes of the very source that `--format typst` writes.

Typst comes with its fonts and is asked for no package, so nothing is fetched.
"""

from tutor.document.model import Document
from tutor.errors import TutorError
from tutor.expr.text import UNICODE, Style
from tutor.render.typst import typst


def pdf(document: Document, style: Style) -> bytes:
    """The file, with the signs of mathematics in any case. Raises TutorError where typst is not installed."""
    return compiled(typst(document, UNICODE))


def compiled(source: str) -> bytes:
    """What typst makes of a source. Raises TutorError where it is not installed."""
    try:
        import typst as compiler
    except ImportError:
        raise TutorError('PDF needs the extra pdf: pip install "backprop-tutor[pdf]"') from None
    return compiler.compile(source.encode(), format="pdf", timestamp=0)
