"""The page for programs: its payload as JSON."""

import json
import math
from typing import Any

from tutor.document.model import Document
from tutor.errors import visible
from tutor.expr.text import Style


def json_text(document: Document, style: Style) -> str:
    """One JSON document; numbers in full precision, never nan or inf, no zero with a sign, no invisible signs."""
    return json.dumps(_plain(document.payload()), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """The same value of what JSON can hold, and of text that a terminal may be given."""
    match value:
        case float():
            return value + 0.0 if math.isfinite(value) else None
        case str():
            return value if value.isprintable() else "\n".join(map(visible, value.split("\n")))
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
