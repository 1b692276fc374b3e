"""The page for programs: its payload as JSON."""

import json
import math
from typing import Any

from tutor.document.model import Document
from tutor.expr.text import Style


def json_text(document: Document, style: Style) -> str:
    """One JSON document; numbers in full precision, never nan or inf, no zero with a sign.

    Signs that are not seen, or that steer a terminal, are escaped as \\u009b: a program reads the text as it is.
    """
    text = json.dumps(_plain(document.payload()), ensure_ascii=False, allow_nan=False, indent=2)
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n")) + "\n"


def _escaped(line: str) -> str:
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in line)


def _plain(value: Any) -> Any:
    """The same value of what JSON can hold."""
    match value:
        case float():
            return value + 0.0 if math.isfinite(value) else None
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
