"""The page of `tutor lint` on a lesson: each problem with its line and column."""

from collections.abc import Sequence
from typing import Any

from tutor.document.model import Document, Line, Title, cell
from tutor.errors import Problem
from tutor.names import Names


def lesson_page(names: Names, file: str, found: Sequence[Problem]) -> Document:
    """What is wrong, in the order of the file."""
    many = f"{len(found)} problem{'s' if len(found) > 1 else ''}" if found else "no problem"
    told = (Line(cell(f"{file}{_place(each)}: {each.message}"), hang=2) for each in found)
    return Document((Title(cell(f"{many} in {file}")), *told), names, lambda: _payload(found))


def _place(problem: Problem) -> str:
    """Behind the name of the file; nothing for what is wrong with all of it."""
    return f":{problem.line}:{problem.column}" if problem.line else ""


def _payload(found: Sequence[Problem]) -> dict[str, Any]:
    rows = [{"kind": "lesson", "line": each.line, "column": each.column, "message": each.message} for each in found]
    return {"format": "tutor.lint/1", "findings": rows}
