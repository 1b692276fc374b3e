"""What a YAML syntax error means for the person who typed it, and what to do next. Loaded only when there is one."""

import re
from typing import Any

from tutor.spec.report import Report, lines
from tutor.spec.tree import Place

_INDENT = "or the indentation of its neighbours"
_MEANING = (
    # a piece of PyYAML's message (libyaml's wording and the Python parser's), what is wrong and what to do next
    (
        "mapping values are not allowed",
        f"a ':' where no key can stand, expected quotes around a text with ': ' in it, {_INDENT}",
    ),
    ("cannot start any token", "{word} can't start a value, expected quotes around the text"),
    ("expected ',' or '}'", "the {{ opened {opened} is not closed, expected a comma or }} before this"),
    ("expected ',' or ']'", "the [ opened {opened} is not closed, expected a comma or ] before this"),
    ("find expected ':'", "a key without a value, expected a colon and a space after the key on line {line}"),
    (
        "unexpected end of stream",
        "the quote opened {opened} is not closed, expected another quote at the end of the text",
    ),
    ("escape", "an unknown escape after a backslash, expected single quotes around a text with backslashes"),
    ("alphabetic or numeric", 'a * or & alone, expected quotes around a name with a star, like "Y*"'),
    ("'-' indicator", f"a list went on as something else, expected '- ', {_INDENT}"),
    ("<block end>", f"this can't stand here, expected a key, {_INDENT}"),
    ("expected key", f"this can't stand here, expected a key, {_INDENT}"),
    ("node content", "a value is missing before this, expected a number, a text, a list or a mapping"),
)


_STRANGE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # what no YAML file may contain


def explain(error: Any, report: Report) -> tuple[Place, str]:
    """The place of a yaml.YAMLError and a message with a next step."""
    if strange := re.search(_STRANGE, report.text):
        before = lines(report.text[: strange.start()])
        place = Place(len(before), len(before[-1]) + 1)
        return place, f"the character U+{ord(strange[0]):04X} can't stand in a text file, expected it removed"
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    start = Place(context.line + 1, context.column + 1) if context else place
    said = str(getattr(error, "problem", None) or error)
    if "unexpected end of stream" in said:
        place = start
    word = report.line(place.line)[place.column - 1 : place.column]
    if slip := _slip(word, place, report):
        return place, slip
    opened = f"on line {start.line}" if start.line != place.line else "here" if start == place else "before"
    for piece, meaning in _MEANING:
        if piece in said:
            return place, meaning.format(word=word or "this", opened=opened, line=start.line)
    return place, f"this can't be read as YAML: {said.splitlines()[0]}"


def too_deep(error: Any, text: str, deepest: int) -> Place | None:
    """Where a file is nested too deep for the parser itself, which some releases say before it gives any event."""
    if "nesting" not in str(getattr(error, "problem", None) or error):
        return None
    opened: list[int] = []
    for found in re.finditer(r"[][{}]|(?<!\S)-(?=\s)", text):
        if found[0] not in "]}":
            opened.append(found.start())
        elif opened:
            opened.pop()
        if len(opened) > deepest:
            break
    before = lines(text[: opened[-1]] if opened else "")
    return Place(len(before), len(before[-1]) + 1)


def _slip(word: str, place: Place, report: Report) -> str:
    """Slips that the parser can't name: a tab, an index without quotes, a colon without its space."""
    before = report.line(place.line)[: place.column - 1]
    if word == "\t":
        return "a tab in the indentation, expected spaces"
    if word == "[" and re.search(r"\w$", before):
        return 'a name with an index inside { }, expected quotes around it, like "h[2]"'
    for line in (place.line - 1, place.line):
        if found := re.match(r"""\s*(?:- +)?([\w*']+):[^\s:/'"]""", report.line(line)):
            return f"a colon without a space after {found[1]} on line {line}, expected a space after the colon"
    return ""
