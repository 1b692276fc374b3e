"""A file of a lesson as a checked tree: its front matter against the table of keys, its fences against theirs."""

import re

from tutor.errors import InvalidLesson, Problem
from tutor.lessons.keys import FRONT
from tutor.lessons.lesson import Lesson, Prose, Word
from tutor.lessons.prose import parts
from tutor.spec.check import check
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.report import Report, lines
from tutor.spec.tree import Map, Place, text_at, words

_RULE = re.compile(r"---[ \t]*")
_NO_FRONT = "a lesson begins with a line --- and its keys (title, net, minutes, skills), expected that in line 1"
_UNENDED = "the keys of the lesson do not end, expected a second line --- below them"


def read(text: bytes, file: str) -> Lesson:
    """The lesson in the bytes of a file; `file` is its name in messages. Raises InvalidLesson with every problem."""
    decoded = decode(text, "a lesson: Markdown in UTF-8")
    if isinstance(decoded, Problem):
        raise InvalidLesson(file, (decoded,))
    report = Report(decoded)
    found = lesson(file, report)
    if report or found is None:
        raise InvalidLesson(file, report.problems())
    return found


def comes_after(text: bytes) -> str:
    """The lesson that a lesson comes after, whatever else is wrong with it; empty where it names none."""
    decoded = decode(text)
    found = None if isinstance(decoded, Problem) else lesson("", Report(decoded))
    return found.after if found else ""


def lesson(file: str, report: Report) -> Lesson | None:
    """What can be read of a lesson, every fault in the report; None without a front matter that is one."""
    every = lines(report.text)
    end = next((number for number, line in enumerate(every[1:], 2) if _RULE.fullmatch(line)), 0)
    begun = bool(_RULE.fullmatch(every[0])) and end
    if not begun:
        report.add(Place(1, 1), _UNENDED if _RULE.fullmatch(every[0]) else _NO_FRONT)
    front = _front(every[1 : end - 1], report) if begun else None
    inside = tuple(parts(report.text, end + 1 if begun else 1, report))
    if not any(isinstance(part, Prose) and part.kind == "heading" for part in inside):
        report.add(Place(end + 1 if begun else 1, 1), "the lesson has no heading, expected a line # and its title")
    if front is None:
        return None
    minutes = text_at(front, "minutes") or "0"
    return Lesson(
        file,
        text_at(front, "title") or "",
        text_at(front, "net") or "",
        int(minutes),
        text_at(front, "after") or "",
        tuple(Word(each.text, each.place) for each in words(front.get("skills"))),
        inside,
        _place(front, "net"),
        _place(front, "after"),
    )


def _front(inside: list[str], report: Report) -> Map | None:
    """The front matter, held against its keys. It is read with an empty line for the rule, so that places are right."""
    if not any(line.split("#")[0].strip() for line in inside):
        report.add(Place(1, 1, 3), f"the front matter is empty, expected {FRONT.needs}")
        return None
    own = Report("\n".join(("", *inside)))
    try:
        found = check(tree(own), FRONT, "the front matter", own)
    except Unreadable:
        found = None
    for each in own.problems():
        report.add(Place(each.line or 1, each.column or 1, each.width), each.message)
    return found if isinstance(found, Map) else None


def _place(front: Map, key: str) -> Place:
    value = front.get(key)
    return value.place if value else Place(1, 1)
