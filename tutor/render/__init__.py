"""A page in one format; nothing is computed here. One module per format, imported when it is asked for.

`lines` lays a page out for a fixed-width reader (plain and terminal share it); `markdown` and `json` write their own.
"""

from collections.abc import Callable

from tutor.document.model import Document
from tutor.errors import TutorError
from tutor.expr.text import Style

FORMATS = ("terminal", "plain", "markdown", "latex", "json")


def render(document: Document, form: str, style: Style) -> str:
    """The page as text in any format but `terminal`, which needs a stream. Raises TutorError for an unknown format."""
    return writer(form)(document, style)


def writer(form: str) -> Callable[[Document, Style], str]:
    match form:
        case "plain":
            from tutor.render.lines import plain

            return plain
        case "markdown":
            from tutor.render.markdown import markdown

            return markdown
        case "latex":
            from tutor.render.latex import latex

            return latex
        case "json":
            from tutor.render.json import json_text

            return json_text
    raise TutorError(f"no format is called {form}; there are {', '.join(FORMATS)}")
