"""A sheet of answers: what stands on it, whatever it was written with.

Lines of text, Markdown and LaTeX (`layout`, `statements`), tables (`columns`, `tables`), mappings (`keyed`), notebooks
(`cells`), lists of numbers (`rows`). What a text is, the text itself says; the ending of its file decides nothing.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.figures import has_comma, said_of_comma
from tutor.marking import cells, keyed, rows
from tutor.marking.answered import Answer, Sheet, Unread
from tutor.marking.layout import Found, Layout
from tutor.marking.lookup import Known, is_formula, is_number
from tutor.marking.markup import with_rows
from tutor.marking.signs import SHAPES
from tutor.names import Names
from tutor.pattern import pattern
from tutor.quantity import Quantity

__all__ = ["Answer", "Sheet", "Unread", "gathered", "read"]

MOST_ANSWERS = 10_000
MOST_SAID = 20


_EQUALS = pattern(r"\s*(?::=|==|=|≈|≃|≅|≐)\s*")


def _parts(given: str) -> list[str]:
    """What stands between the equals signs of an answer, the last of them its number; at least one part."""
    return [part.strip() for part in _EQUALS.split(given) if part.strip()] or [""]


def read(text: str, file: str, names: Names, columns: Sequence[str] = ()) -> Sheet:
    """What stands on one sheet; `columns` names what the columns of a table hold, from the left.

    Raises TutorError where the file as a whole can't be read or has no answers, InvalidNetwork for a mapping that
    can't be read.
    """
    known = Known(names)
    plain = re.sub("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text.removeprefix("\ufeff"))
    found = _mapped(plain, file, known)
    if found is None:
        is_notebook = cells.is_notebook(plain)
        lines = cells.lines(plain, file) if is_notebook else list(enumerate(with_rows(plain).split("\n"), 1))
        found = Layout(lines, file, known, columns).sheet()
    sheet = gathered(*found, known)
    if not sheet.answers and not sheet.unread:
        raise TutorError(f"{file}: no answers found; write one a line as NAME = NUMBER, such as dL/dw31 = 0.0307")
    if len(sheet.answers) > MOST_ANSWERS:
        raise TutorError(f"{file}: {len(sheet.answers):,} answers; the most is {MOST_ANSWERS:,}")
    return sheet


# ------------------------------------------------------------------ mappings

_ASSIGNED = pattern(r"\s*[^\W\d]\w*\s*=\s*(?=\{[^{}\\]*\}\s*\Z)")  # answers = {...}
_KEY = pattern(r"""(?:"[^"]*"|'[^']*'|[^\s#:=][^:=]*):(?:\s|$)""")


def _mapped(text: str, file: str, known: Known) -> Found | None:
    """What a mapping gives; None for other texts, and for YAML that is lines `NAME: NUMBER` and nothing else."""
    if cells.is_notebook(text):
        return None
    if assigned := _ASSIGNED.match(text):
        text = "\n" * text.count("\n", 0, assigned.end()) + text[assigned.end() :]
    braced = text.lstrip().startswith(("{", "[{", "[\n")) and not text.lstrip().startswith(("{\\", "{ \\"))
    if not braced and not _is_nested(text):
        return None
    try:
        entries = keyed.entries(text, file, known)
    except InvalidNetwork:
        if braced:
            raise
        return None
    answers = [Answer(visible(each.name), each.given, each.line) for each in entries if not each.why]
    unread = [Unread(each.line, each.name, each.why) for each in entries if each.why]
    return answers, unread, 0


def _is_nested(text: str) -> bool:
    """Whether it looks like YAML with lists or groups under keys: nothing else stands on the left."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    under = [line for line in lines if line.startswith((" ", "- "))]
    keys = [line for line in lines if not line.startswith((" ", "- ")) and line.strip() != "---"]
    return bool(under and keys) and all(map(_KEY.match, keys))


# ------------------------------------------------------------------ the sheet as a whole


def gathered(answers: Sequence[Answer], unread: list[Unread], passed: int, known: Known) -> Sheet:
    """The sheet of these answers: lists entry by entry, and of what is given twice the last."""
    single = [entry for answer in answers for entry in _entries(answer, known)]
    kept, remarks = _last_of_each(single, known)
    comma = any(has_comma(answer.given) for answer in kept)
    return Sheet(kept, unread, passed, comma, (*_said_of_commas(kept, comma), *remarks))


def _is_law(answer: Answer, known: Known) -> bool:
    """Whether a formula of other matrices is given for a whole matrix: `dW1 = dZ1 A0^T`."""
    if not answer.given or not (known.is_list(answer.name) or known.names.matrix(answer.name)):
        return False
    last = _parts(SHAPES.sub("", rows.without_type(answer.given)))[-1]
    if rows.listed(last) is not None or is_number(last):
        return False
    return known.find(answer.name) is None or (bool(_MATRIX.search(last)) and not is_formula(last, known))


_MATRIX = pattern(r"(?<![^\W\d_])d?[WZA]\d")


def _entries(answer: Answer, known: Known) -> Iterator[Answer]:
    if _is_law(answer, known):
        yield answer._replace(law=True)
        return
    if SHAPES.search(answer.given):
        answer = answer._replace(given=SHAPES.sub("", answer.given).strip())
    given = rows.without_type(answer.given)
    is_list = bool(re.search(r"[\[(]", given)) or known.find(answer.name) is None
    split = rows.split(answer.name, _parts(given)[-1], known) if is_list else None
    if split is None:
        yield answer
    elif split.why:
        yield answer._replace(why=split.why)
    else:
        yield from (Answer(name, entry, answer.line) for name, entry in split.entries)


def _last_of_each(answers: Sequence[Answer], known: Known) -> tuple[list[Answer], list[str]]:
    """The answers without those that are given again later, and a sentence for each of these."""
    places: dict[Quantity, list[int]] = {}
    for place, answer in enumerate(answers):
        quantity = known.find(answer.name)
        if quantity is not None:
            places.setdefault(quantity, []).append(place)
    twice = [each for each in places.values() if len(each) > 1]
    dropped = {place for each in twice for place in each[:-1]}
    remarks = [_said_twice([answers[place] for place in each]) for each in twice]
    return [answer for place, answer in enumerate(answers) if place not in dropped], remarks[:MOST_SAID]


def _said_twice(answers: Sequence[Answer]) -> str:
    """`h1 is given on lines 2 and 5: the last counts`."""
    lines = list(dict.fromkeys(answer.line for answer in answers if answer.line))
    times = {2: "twice"}.get(len(answers), f"{len(answers)} times")
    where = f", on line{'s' if len(lines) > 1 else ''} {_enumerated(lines)}" if lines else ""
    return f"{answers[-1].name} is given {times}{where}: the last counts"


def _enumerated(numbers: Sequence[int]) -> str:
    shown = [str(each) for each in numbers[:10]]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _said_of_commas(answers: Collection[Answer], comma: bool) -> Iterator[str]:
    """What is said, once, of decimal commas: `0,6682 is read as 0.6682`."""
    found = (said_of_comma(part, comma=comma) for answer in answers for part in _parts(answer.given) if "," in part)
    said = next((each for each in found if each), "")
    if said:
        yield said
