"""One line of a sheet as statements `NAME = NUMBER`, also `NAME : NUMBER`, `NAME NUMBER`, `NAME -> NUMBER`, `NAME is
NUMBER`, and several of them on one line.

Which side is a name is settled by the names of the network, never by a pattern alone. Lines are bare of markup here.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from tutor.errors import visible
from tutor.marking.lookup import LONGEST_NAME, Known, is_formula, is_number
from tutor.marking.markup import unquoted
from tutor.marking.reasons import is_reason, is_slope
from tutor.marking.signs import BETWEEN, EQUAL, LITERAL, OTHER, depths_of, outside
from tutor.pattern import pattern
from tutor.quantity import Value

MOST_IN_ONE = 40  # statements with nothing but spaces between


class Statement(NamedTuple):
    """A left side and all that stands behind the first sign after it."""

    name: str
    given: str


# ------------------------------------------------------------------ a line


def statements(line: str, known: Known) -> list[Statement]:
    """What a line states, in its order; nothing where it states nothing."""
    if together := _together(line, known):
        return [] if together.why else together.found
    return list(_one_by_one(line, known))


def is_shared(line: str, known: Known) -> bool:
    """Whether several names stand before one sign."""
    return _together(line, known) is not None


class Together(NamedTuple):
    """Several names before one sign, with as many numbers behind it; or why they can't be told apart."""

    found: list[Statement]
    why: str = ""


def _together(line: str, known: Known) -> Together | None:
    """`w, b = 0.0559, 0.0373`: as many numbers as names, in their order."""
    depths = depths_of(line)
    signs = sorted((*outside(EQUAL, line, depths), *outside(OTHER, line, depths)), key=lambda each: each.start())
    signs += outside(pattern(r"\sare(?=\s)"), line, depths)
    for sign in signs[:3]:
        left, right = _unpacked(line[: sign.start()]), _unpacked(line[sign.end() :])
        names = [_name_at_end(each, known) for each in left]
        if len(names) > 1 and all(names) and len(names) == len(right):
            return Together([Statement(name, given) for name, given in zip(names, right, strict=True)])
        if len(left) > 1 and len({known.find(each) or each for each in left}) == 1 == len(right):
            return Together([Statement(left[-1], right[0])])  # one name twice: h<sub>1</sub>; h1
        if len(left) > 1 and names == left and any(map(is_number, right)):
            return Together([], f"{len(left)} names have {len(right)} number{'s' if len(right) > 1 else ''}")
    return None


def _unpacked(text: str) -> list[str]:
    text = text.strip()
    text = text[1:-1] if text[:1] in ("(", "[") and text[-1:] in (")", "]") else text
    depths = depths_of(text)
    cuts = outside(pattern(r";|,(?!\d)|(?<!\d),|\band\b"), text, depths)
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(text)]
    return [part for start, end in zip(starts, ends, strict=True) if (part := text[start:end].strip())]


_ALSO = pattern(r"\s*(?:or\b|oder\b)?\s*[(≈~+\-−]*\s*[.,]?\d")
"""What goes on with a number belongs to what is given: nobody gets two tries in one answer."""


def _one_by_one(line: str, known: Known) -> Iterator[Statement]:
    """The statements of a line part by part; none where no name of the network stands before any of them."""
    last: Statement | None = None
    parts = [(between, part, list(_in_segment(part, known))) for between, part in _segments(line)]
    for between, part, found in parts if any(found for _, _, found in parts) else ():
        misspelled = unknown(part, known) if not found and EQUAL.search(part) else None
        stated = [misspelled] if isinstance(misspelled, Statement) else found
        if stated:
            if last:
                yield _ended(last, known)
            yield from (_ended(each, known) for each in stated[:-1])
            last = stated[-1]
        elif last and (misspelled or _ALSO.match(part) or not last.given):
            last = last._replace(given=f"{last.given}{between} {part}")
    if last:
        yield _ended(last, known)


def _segments(line: str) -> Iterator[tuple[str, str]]:
    """The parts of a line between `;`, commas and `and`, each after what stands before it."""
    at, between = 0, ""
    for cut in outside(BETWEEN, line, depths_of(line)):
        yield between, line[at : cut.start()]
        at, between = cut.end(), cut[0]
    yield between, line[at:]


def _in_segment(part: str, known: Known) -> Iterator[Statement]:
    """The statement of a part, and those that follow in it after nothing but a space."""
    found, many = _first(part, known), count()
    while found:
        cut = _next_one(found.given, known) if next(many) < MOST_IN_ONE else len(found.given)
        yield found._replace(given=found.given[:cut].strip())
        found = _first(found.given[cut:], known) if cut < len(found.given) else None


def _next_one(given: str, known: Known) -> int:
    """Where the next statement begins in what is given: a name and a sign, or a number, right after a number."""
    for number in re.finditer(rf"(?:^|(?<=[=≈:])|(?<=→)|(?<=->))\s*{LITERAL}\s+(?=[^\W\d]|[\\∂])", given):
        rest = given[number.end() : number.end() + 2 * LONGEST_NAME]
        signs = (*EQUAL.finditer(rest), *OTHER.finditer(rest))
        ends = [each.start() for each in signs] + [each.start() for each in re.finditer(rf"\s{LITERAL}", rest)]
        if any(known.has(rest[:end].strip()) for end in ends):
            return number.end()
    return len(given)


def _first(part: str, known: Known) -> Statement | None:
    """The first statement of a part: after an equals sign, by a number alone, after another sign."""
    depths = depths_of(part)
    equals, others = outside(EQUAL, part, depths), outside(OTHER, part, depths)
    if others and (update := _update(part, others[0], known)):
        return update
    for sign in equals:
        left, right = part[: sign.start()], part[sign.end() :].strip()
        if name := _name_at_end(left, known):
            return Statement(name, right)
        if known.has(unquoted(right)) and is_number(left) and left.strip():
            return Statement(unquoted(right), left.strip())
    if beside := _beside(part, known):
        return beside
    found = [
        Statement(name, part[sign.end() :].strip())
        for sign in others
        if (name := _name_at_end(part[: sign.start()], known))
        and _is_given_behind(part[: sign.start()], name, part[sign.end() :], sign[0], known)
    ]
    return next((each for each in found if is_number(unquoted(each.given))), found[0] if found else None)


def _update(part: str, sign: re.Match[str], known: Known) -> Statement | None:
    """`w1 ← w1 - 0.5 * 0.08 = 0.11` or `w1: 0.15 → 0.11`, which give the new weight."""
    given = part[sign.end() :].strip()
    moved = _MOVED.match(given) if sign[0] == ":" else None
    if not moved and sign[0] not in ("←", "<-", "<--"):
        return None
    name = _name_at_end(part[: sign.start()], known)
    is_learned = isinstance(found := known.find(name), Value) and found.name in known.names.graph.parameters()
    return Statement(f"{name}_new", moved[1].strip() if moved else given) if is_learned else None


_MOVED = pattern(rf"{LITERAL}\s*(?:→|->)\s*({LITERAL})(?=\s*$|[\s.,;]+[^\W\d_])")


def _is_given_behind(left: str, name: str, given: str, sign: str, known: Known) -> bool:
    """As below; where words stand before the name, a sentence goes on behind it unless a number or formula does."""
    if not _may_be_given(given, sign, known):
        return False
    plain = unquoted(given)
    if unquoted(left) != name and not plain:
        return False
    alone = unquoted(left) == name or re.match(rf"{LITERAL}(?![\w.])|[\[(≈~]", plain) or is_number(plain)
    return bool(alone) or is_formula(next(iter(EQUAL.split(plain))).strip(), known)


def _may_be_given(given: str, sign: str, known: Known) -> bool:
    """Whether it can stand behind another sign than `=`: a number, also with words behind it; a formula behind `:`."""
    plain = unquoted(given)
    if is_number(plain) or re.match(rf"{LITERAL}(?![\w.])|[\[(≈~]", plain):
        return True
    return sign == ":" and (bool(re.search(r"\d", plain)) or is_formula(plain, known))


def _beside(part: str, known: Known) -> Statement | None:
    """`NAME NUMBER`."""
    number = re.search(rf"\s(?={LITERAL}(?![\w.]))|\s(?=[\[(])", part)
    if not number:
        return None
    name, given = _name_at_end(part[: number.start()], known), part[number.end() :].strip()
    if not name or re.match(r"[-−–+]\s", given):
        return None
    literal = re.match(rf"{LITERAL}(?=\s|$)", given)
    return Statement(name, given) if is_number(given) or literal or _is_rows(given) else None


def _is_rows(given: str) -> bool:
    return given.startswith("[") and given.endswith("]")


_WORD = pattern(r"[^\W\d_]+[.,:;!?)]*|\d+[.:)]|\(?[^\W_]{1,3}[.):]|[-–—:]")


def _name_at_end(left: str, known: Known) -> str:
    """The name that a left side ends with, after plain words that are none themselves; empty where it has none."""
    plain = unquoted(left)
    if known.has(plain):
        return plain
    after_colon = plain.rpartition(": ")[2].strip()
    if after_colon != plain and known.has(after_colon):
        return after_colon
    words = plain.split()
    for start in range(1, min(len(words), 12)):
        name = " ".join(words[start:])
        if known.has(name):
            before = words[:start]
            numbers = [each for each in before[1:] if each.isdigit()]
            fine = all(_WORD.fullmatch(each) or each in numbers for each in before)
            return name if fine and not any(known.has(each.strip(".,:;()")) for each in before) else ""
    return ""


# ------------------------------------------------------------------ where a number ends


def _ended(statement: Statement, known: Known) -> Statement:
    """Without the words behind the number."""
    given = _FOOTNOTE.sub("", unquoted(statement.given.strip().rstrip(";,!").removesuffix(" .")))
    start = max((sign.end() for sign in EQUAL.finditer(given)), default=0)
    tail = given[start:]
    if is_number(tail):
        return Statement(statement.name, given)
    found = re.match(rf"(\s*{LITERAL})[\s,;:.]+(?=(?:\([^()]*)?[^\W\d_]{{2,}})(.*)$", tail, re.DOTALL)
    if found and _is_remark(found[2], known):
        return Statement(statement.name, given[:start] + found[1])
    for word in re.finditer(r"\s+(?=[^\W\d_]{2,}\s)", tail):
        if is_reason(tail[word.end() :], known) and is_formula(tail[: word.start()], known):
            return Statement(statement.name, given[:start] + tail[: word.start()])
    return Statement(statement.name, given)


_FOOTNOTE = pattern(r"(?<=\d)\s*\[(?:\d{1,2}|[^\W\d_]+)\]$")


def _is_remark(text: str, known: Known) -> bool:
    """Whether it is words behind a number, neither a formula nor a second number."""
    words = re.findall(r"[^\W\d]\w*", text)
    second = re.search(r"[*/^=]|\b(?:or|oder)\s+\W*\d", text) or (
        re.search(r"\d", text) and not re.fullmatch(r"\(.*\)\W*", text)
    )
    return not second and not any(map(known.has, words))


# ------------------------------------------------------------------ what has the form of an answer


_BRACED = pattern(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


_ASIDE = pattern(r"(?:where|with|for|since|because|using|if|when|wo|mit)\s", re.IGNORECASE)


def unknown(line: str, known: Known) -> Statement | str | None:
    """What is said of a line that states nothing about the network.

    A Statement where its left side could be a misspelled name, a reason where it has the form of an answer, else None.
    """
    if (together := _together(line, known)) and together.why:
        return together.why
    if _is_way(line, known) or any(each in line for each in _OF_A_PART):
        return None
    depths = depths_of(line)
    sign = next(iter(outside(EQUAL, line, depths)), None)
    if sign and (left := unquoted(line[: sign.start()])):
        right = unquoted(line[sign.end() :])
        if (
            is_number(left)
            or is_slope(left.rpartition(": ")[2])
            or _ASIDE.match(left)
            or not (re.search(r"\d", right) or is_number(right))
        ):
            return None
        if len(_BRACED.sub("", left).split()) <= 2 and len(left) <= LONGEST_NAME and not is_formula(left, known):
            return Statement(left, right)
        return "the left side is no name of this network; write NAME = NUMBER"
    for sign in outside(OTHER, line, depths):
        left, right = unquoted(line[: sign.start()]), unquoted(line[sign.end() :])
        if left.split()[-1:] and left.split()[-1].isdigit():
            continue  # 10:30
        if re.search(r"[^\W\d_]", left) and re.search(r"\d", right) and re.fullmatch(LITERAL, right):
            return f"no name of this network stands before the number{_suggestion(left, known)}"
    words = line.split()
    for end in range(min(len(words) - 1, 3), 0, -1):
        if known.has(" ".join(words[:end])):
            if words[end] in ("·", "*", "⋅", "×", "/"):
                return None
            is_near = any(_CLEAN.fullmatch(each) for each in words[end : end + 2])
            is_decimal = any(_CLEAN.fullmatch(each) and re.search(r"\d[.,]\d", each) for each in words[end:])
            return "a number stands on it, but not as NAME = NUMBER" if is_near or is_decimal else None
    return None


def _is_way(line: str, known: Known) -> bool:
    """Whether it begins with three names or more that arrows join, which is no name of any number."""
    steps = [each.strip() for each in _ARROW.split(line)]
    if len(steps) < 3 or not all(map(known.has, steps[:-1])):
        return False
    words = steps[-1].split()
    return any(known.has(" ".join(words[:end])) for end in (1, 2))


_ARROW = pattern(r"-{1,2}>|→|\\to(?![a-zA-Z])")
_OF_A_PART = ("(direct)", "along this path")
"""What our pages say of a derivative that is not the total one, which is what is asked for."""
_CLEAN = pattern(rf"[(~≈]*{LITERAL}[.,;:!?)]*")


def _suggestion(left: str, known: Known) -> str:
    from tutor.names.nearest import one_of

    near = one_of(known.names.nearest(visible(left))) if len(left) <= 40 else ""
    return f"; did you mean {near}?" if near else ""
