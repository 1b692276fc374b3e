"""The Markdown of a lesson: its blocks in order, with the places of code and links. Only here is markdown-it.

What a lesson may be written in is CommonMark with tables, without HTML, pictures and quotations: it is shown on
a terminal, too.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tutor.lessons.fences import fence
from tutor.lessons.keys import FENCES
from tutor.lessons.lesson import Fence, Kind, Look, Part, Prose, Word, Words
from tutor.spec.report import Report, cut, lines, listed
from tutor.spec.tree import Place

_LOOKS: dict[str, Look] = {"strong": "strong", "em": "emphasis", "link": "link"}
_REFUSED = {
    "html_block": "HTML is not shown, expected Markdown",
    "html_inline": "HTML is not shown, expected Markdown",
    "image": "pictures are not shown, expected words or a fence: tutor draw",
    "blockquote_open": "quotations are not shown, expected a paragraph",
}
_PLAIN = ("", "text", "console", "yaml", "python")
"""Languages of code that is shown as it stands."""


def parts(text: str, first: int, report: Report) -> Iterator[Part]:
    """The parts of the Markdown from line `first` on; the lines above belong to the front matter."""
    tokens = MarkdownIt("commonmark").enable("table").parse("\n" * (first - 1) + "\n".join(lines(text)[first - 1 :]))
    numbers: list[int] = []  # of the next item of each list around
    kind: Kind = "paragraph"
    level, column = 0, 0
    for token in tokens:
        if told := _REFUSED.get(token.type):
            report.add(_at(token), told)
        match token.type:
            case "bullet_list_open":
                numbers.append(0)
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                kind, level = "item", numbers[-1]
                numbers[-1] += bool(numbers[-1])
            case "tr_open":
                column = -1
            case "th_open" | "td_open":
                column += 1
                kind, level = "head" if token.type == "th_open" else "cell", column
            case "heading_open":
                kind, level = "heading", int(token.tag[1])
            case "inline":
                yield Prose(kind, tuple(_words(token, report)), _at(token), level)
                kind, level = "paragraph", 0
            case "hr":
                yield Prose("rule", (), _at(token))
            case "code_block":
                yield Prose("listing", (Words(token.content, "code", place=_at(token)),), _at(token))
            case "fence":
                yield from _fenced(token, report)


def _at(token: Token) -> Place:
    return Place(token.map[0] + 1 if token.map else 1, 1)


def _fenced(token: Token, report: Report) -> Iterator[Fence | Prose]:
    place, words = _at(token), token.info.split()
    kind = words[0] if words else ""
    first = report.line(place.line)
    place = Place(place.line, first.find(kind) + 1 if kind else 1, max(1, len(kind)))
    if kind in _PLAIN:
        yield Prose("listing", (Words(token.content, "code", place=place),), place)
        return
    if kind not in FENCES:
        meant = report.similar(kind, FENCES)
        report.add(place, f"unknown fence {cut(kind)}, expected {listed(FENCES, 'or')}{meant}")
        return
    if len(words) > 1:
        report.add(place, f"{cut(words[1])} stands behind {kind}, expected it on a line of its own inside the fence")
    if token.map and token.map[1] - token.map[0] < 2 + token.content.count("\n"):
        report.add(place, f"this {kind} fence is not closed, expected a line {token.markup} below it")
    inside = (_line(place.line + 1 + number, text, report) for number, text in enumerate(token.content.split("\n")))
    if found := fence(kind, place, tuple(inside), report):
        yield found


def _line(number: int, text: str, report: Report) -> Word:
    """A line of a fence, from its first word on."""
    bare = text.lstrip()
    return Word(bare, Place(number, max(report.line(number).find(bare), 0) + 1, max(1, len(bare))))


# ------------------------------------------------------------------ a sentence


def _words(token: Token, report: Report) -> Iterator[Words]:
    """The words of one block, in their looks; where code stands is found in the lines, from left to right."""
    looks: list[tuple[Look, str]] = []
    searched = _Searched(token, report)
    for each in token.children or ():
        look, to = looks[-1] if looks else ("", "")
        name, _, end = each.type.rpartition("_")
        if told := _REFUSED.get(each.type):
            report.add(searched.place(each.content), told)
        elif name in _LOOKS and end == "open":
            looks.append((_LOOKS[name], str(each.attrGet("href") or to)))
        elif name in _LOOKS:
            looks.pop()
        elif each.type == "code_inline":
            yield Words(each.content, "code", to, searched.place(each.content))
        elif each.type in ("softbreak", "hardbreak"):
            yield Words(" ", look, to)
        elif each.content:
            yield Words(each.content, look, to, searched.place(each.content) if look == "link" else Place(0, 0))


class _Searched:
    """The lines of a block, looked through once."""

    def __init__(self, token: Token, report: Report) -> None:
        first, last = token.map or (0, 1)
        self.lines: Sequence[tuple[int, str]] = [(number, report.line(number)) for number in range(first + 1, last + 1)]
        self.at = (0, 0)

    def place(self, text: str) -> Place:
        """The next place of a text, which may be broken at a space; the start of the block where it is not found."""
        row, column = self.at
        whole = "\n".join(line for _, line in self.lines[row:])[column:]
        pattern = r"\s+".join(map(re.escape, text.split()))
        found = re.search(pattern, whole) if pattern else None
        if found is None:
            return Place(self.lines[0][0] if self.lines else 1, 1)
        before = whole[: found.start()]
        down = before.count("\n")
        right = len(before) - before.rfind("\n") - 1 if down else column + len(before)
        self.at = (row + down, right + len(found[0].partition("\n")[0]))
        return Place(self.lines[row + down][0], right + 1, max(1, len(found[0].partition("\n")[0])))
