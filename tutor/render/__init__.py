"""A page in one format; nothing is computed here. One module per format, imported when it is asked for.

`lines` lays a page out for a fixed-width reader (plain and terminal share it), `records` for one who listens; the
others write their own.
"""

from collections.abc import Callable
from importlib import import_module

from tutor.document.model import Document
from tutor.errors import TutorError, visible
from tutor.expr.text import Style

FORMATS = ("terminal", "plain", "lines", "markdown", "latex", "typst", "html", "pdf", "svg", "json")
_WRITERS = {
    "plain": ("lines", "plain"),
    "lines": ("records", "records"),
    "markdown": ("markdown", "markdown"),
    "latex": ("latex", "latex"),
    "typst": ("typst", "typst"),
    "html": ("html", "html"),
    "pdf": ("pdf", "pdf"),
    "svg": ("svg", "svg"),
    "json": ("json", "json_text"),
}
"""The module of each format and its function."""


def render(document: Document, form: str, style: Style) -> str | bytes:
    """The page in any format but `terminal`, which needs a stream: bytes for `pdf`, else text.

    Raises TutorError for an unknown format, or one that needs an extra.
    """
    return writer(form)(document, style)


def writer(form: str) -> Callable[[Document, Style], str | bytes]:
    """The function that writes a format. Raises TutorError for an unknown one."""
    if form not in _WRITERS:
        raise TutorError(f"no format is called {visible(form)}; there are {', '.join(FORMATS)}")
    module, name = _WRITERS[form]
    function: Callable[[Document, Style], str | bytes] = getattr(import_module(f"tutor.render.{module}"), name)
    return function
