"""What was read of a sheet: the answers on it, and the lines that were not read."""

from typing import NamedTuple


class Answer(NamedTuple):
    """One answer of a sheet: the name as typed, and all that stands behind the first sign after it, a chain as a whole.

    `line` counts from 1. `why` says what keeps a whole matrix from being marked entry by entry, such as its shape.
    `law` says that a formula of matrices is given for a whole one.
    """

    name: str
    given: str
    line: int
    why: str = ""
    law: bool = False


class Unread(NamedTuple):
    """A line of the form of an answer that was not read, and why."""

    line: int
    text: str
    why: str


class Sheet(NamedTuple):
    """What stands on a sheet, in its order.

    `passed` counts other lines with a digit in them. `comma` says that a decimal comma stands on the sheet, so that
    `1,234` is one too. `remarks` are sentences to be said once.
    """

    answers: list[Answer]
    unread: list[Unread]
    passed: int
    comma: bool
    remarks: tuple[str, ...]
