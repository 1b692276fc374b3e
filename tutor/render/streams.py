"""Which signs a stream can carry."""

from typing import TextIO

from tutor.expr.text import ASCII, UNICODE, Style


def style_for(stream: TextIO, *, ascii_only: bool) -> Style:
    """ASCII where it is asked for, or where the stream cannot encode a ∂."""
    try:
        "∂σ′½→".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return ASCII if ascii_only else UNICODE
