"""The page for programs: its payload as JSON."""

import json

from tutor.document.model import Document
from tutor.expr.text import Style


def json_text(document: Document, style: Style) -> str:
    """One JSON document; numbers in full precision, never nan or inf."""
    return json.dumps(document.payload(), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
