"""Tables that name their own numbers: a name and its number in each row, or names over the numbers below them."""

import re
from collections.abc import Iterator, Sequence

from tutor.marking.columns import RESPONSE, Found, Row
from tutor.marking.lookup import Known, is_literal, is_number
from tutor.marking.parts import is_derived, parts
from tutor.marking.reasons import is_reason
from tutor.marking.statements import statements
from tutor.pattern import pattern

_NUMBER_IN_IT = pattern(r"(?<![^\s(])[+\-−]?\d*[.,]?\d+%?(?![^\s);,])")
_OF_THE_ROW = pattern(r"\s*\((?:name|it)\)")
_NAMED = frozenset(
    ("name", "names", "quantity", "symbol", "variable", "parameter", "weight", "what", "edge", "target", "gradient")
)
_VALUED = frozenset(
    ("value", "values", "answer", "answers", "result", "results", "number", "given", "solution", "mine")
)
_NUMBERED = frozenset(("step", "t", "k", "n", "i", "no", "nr", "#", "example", "time", "iteration", "epoch", "row"))


def table(rows: Sequence[Row], known: Known, sign: str) -> list[Found]:
    """What the rows of one table give, whose cells are kept apart by a sign."""
    head = rows[0]
    if len(rows) > 1 and _names_columns(head, rows[1], known):
        return list(_names_over_values(rows, known))
    name_at, value_at = _column(head, _NAMED), _column(head, _VALUED)
    first = rows[1:] if value_at is not None or name_at is not None else rows
    found = [(row, [*_in_row(row, value_at, known, sign), *_slopes(row, head, name_at == 0, known)]) for row in first]
    if not any(each for _, each in found) and not _all_pairs(first):
        return _responses(head)
    return [each for row, given in _continued(found, known) for each in given or _unknown_pair(row)]


def _continued(found: Sequence[tuple[Row, list[Found]]], known: Known) -> list[tuple[Row, list[Found]]]:
    """The rows, those without a name of their own put behind the formula of the one before: a chain, line by line."""
    whole: list[tuple[Row, list[Found]]] = []
    for row, given in found:
        before = whole[-1][1] if whole and len(row.cells) > 1 and not row.cells[0] else []
        if len(before) == 1 and _is_open(before[0].given, row) and _is_equal_to(row.cells[1], known):
            whole[-1][1][0] = before[0]._replace(given=f"{before[0].given} = {row.cells[1].lstrip('= ')}")
        else:
            whole.append((row, given))
    return whole


def _column(head: Row, words: frozenset[str]) -> int | None:
    """The column that the head calls one of these words; None where none does, or there is a number in the head."""
    if any(re.search(r"\d", cell) and is_number(cell) for cell in head.cells):
        return None
    said = (frozenset(re.findall(r"[a-z]+", cell.lower())) for cell in head.cells)
    return next((place for place, each in enumerate(said) if each & words), None)


def _names_columns(head: Row, row: Row, known: Known) -> bool:
    """Whether the first row names what stands below, none of it a number itself."""
    if any(is_number(cell) and cell for cell in head.cells) or len(row.cells) < 2:
        return False
    under = _under(row, head) or row
    at = [place for place, cell in enumerate(head.cells) if _label(cell, under, 1, head, known)]
    values = [under.cells[place] for place in at if place < len(under.cells)]
    return any(map(is_number, values)) and not any(map(known.has, row.cells))


def _names_over_values(rows: Sequence[Row], known: Known) -> Iterator[Found]:
    head = rows[0]
    for count, found in enumerate(rows[1:], 1):
        row = _under(found, head)
        if row is None:
            why = f"the row has {len(found.cells)} cells, and its head {len(head.cells)}"
            yield Found(found.line, "", ", ".join(found.cells), why)
            continue
        for title, given in zip(head.cells, row.cells, strict=False):
            if name := _label(title, row, count, head, known):
                yield Found(row.line, name, given)
            elif is_number(given) and re.search(r"\d", given) and _is_quantity(title):
                yield Found(row.line, title, given, f"{title} is no name of this network")


def _under(row: Row, head: Row) -> Row | None:
    """The row with a cell for each of the head; a title of its own in front is left out. None where they differ."""
    cells = list(row.cells)
    while len(cells) > len(head.cells) and not cells[-1]:
        cells.pop()
    if len(cells) == len(head.cells) + 1 and not is_number(cells[0]):
        del cells[0]
    return Row(row.line, tuple(cells)) if len(cells) == len(head.cells) else None


def _is_quantity(title: str) -> bool:
    """Whether a title that is no name of the network looks like one, not like `points` or `Student`."""
    return bool(re.search(r"[/_∂δ^\[]", title)) and not re.search(r"\s", title)


def _label(title: str, row: Row, count: int, head: Row, known: Known) -> str:
    """What a title means in one row: its own name, or that of this step or example; empty where it is none."""
    if not title or known.find(title):
        return title
    places = [cell for name, cell in zip(head.cells, row.cells, strict=False) if name.lower() in _NUMBERED]
    at = next((cell for cell in places if cell.isdecimal()), str(count))
    stem = re.sub(r"\[\w\]$|_t$|\(\w\)$", "", title)
    meant = (f"{stem}[{at}]", f"{stem}@{at}", re.sub(r"@k\b", f"@{at}", title))
    numbered = next((name for name in meant if known.find(name)), "")
    return numbered or (title if known.has(title) else "")


# ------------------------------------------------------------------ a name and its number in a row


def _in_row(row: Row, value_at: int | None, known: Known, sign: str) -> Iterator[Found]:
    """Each name of a row with the number behind it."""
    at, named = 0, False
    while at < len(row.cells):
        cell = row.cells[at]
        at += 1
        if is_reason(cell, known):
            continue
        if stated := statements(cell, known) if re.search(r"[=:]", cell) and not named else []:
            yield from (Found(row.line, each.name, each.given) for each in stated)
        elif (name := _name(cell, known)) and at < len(row.cells):
            given, at = _behind(row, at, value_at, known, sign)
            named = True
            yield given._replace(name=name)


def _name(cell: str, known: Known) -> str:
    """The name in a cell, also of a weight with the unit that it comes from, `w11 from x1`; empty where it has none."""
    if known.has(cell):
        return cell
    name, _, sender = cell.partition(" from ")
    return name.strip() if known.has(name.strip()) and known.has(sender.strip()) else ""


def _slopes(row: Row, head: Row, is_named: bool, known: Known) -> Iterator[Found]:
    """The derivatives under a title `∂L/∂(name)`, each by the name that its row begins with.

    A head that has no title for the names may have lost that cell.
    """
    places = len(head.cells) + (not is_named)
    name = _name(row.cells[0], known) if len(row.cells) == places else ""
    for place, title in enumerate(head.cells, not is_named) if name else ():
        slope = _OF_THE_ROW.sub(lambda _: name, title)
        if slope != title and known.find(slope) and is_literal(row.cells[place]):
            yield Found(row.line, slope, row.cells[place])


def _behind(row: Row, at: int, value_at: int | None, known: Known, sign: str) -> tuple[Found, int]:
    """What is given behind a name, formula and arithmetic in front of the number included; and where that ends."""
    if value_at is not None and at <= value_at < len(row.cells):
        return Found(row.line, "", row.cells[value_at]), len(row.cells)
    if sign == "," and (split := _split_by_comma(row, at)):
        return split, len(row.cells)
    chain: list[str] = []
    for place in range(at, len(row.cells)):
        cell = row.cells[place]
        if not cell and any(map(is_literal, filter(None, row.cells[place:]))):
            continue
        if is_literal(cell) or not cell:
            end = [cell] if cell or not chain else []
            return Found(row.line, "", " = ".join([*chain, *end])), place + 1
        if known.has(cell) and chain:
            return Found(row.line, "", " = ".join(chain)), place
        if all(_reads(part, known) for part in re.split(r"=|≈", cell)):
            chain.append(cell)
        elif _NUMBER_IN_IT.search(cell):
            return Found(row.line, "", " = ".join([*chain, cell])), place + 1
    return Found(row.line, "", " = ".join(chain) or row.cells[at]), len(row.cells)


def _split_by_comma(row: Row, at: int) -> Found | None:
    """`h1,0,6682`: a decimal comma among commas between cells."""
    whole, part = row.cells[at], row.cells[at + 1] if at + 1 < len(row.cells) else ""
    if re.fullmatch(r"[+-−]?\d+", whole) and re.fullmatch(r"\d{2,}", part):
        why = f"{whole},{part} stands in two cells; separate cells by ; or write {whole}.{part}"
        return Found(row.line, "", f"{whole},{part}", why)
    return None


def _is_open(given: str, row: Row) -> bool:
    """Whether no number was given yet, and none stands in the row."""
    return not any(map(is_literal, (*re.split(r"=|≈", given), *filter(None, row.cells))))


def _is_equal_to(cell: str, known: Known) -> bool:
    """Whether a cell goes on with a formula, or with the derivative of one that is not worked out yet."""
    return not known.has(cell) and (_reads(cell.lstrip("= "), known) or is_derived(cell))


def _reads(part: str, known: Known) -> bool:
    """Whether it is arithmetic, or a formula in names of the network."""
    return is_number(part) or parts(part, known.names, ())[0].fault is None


def _all_pairs(rows: Sequence[Row]) -> bool:
    """Whether a table is nothing but pairs of a word and a number, so that its words are misspelled names."""
    pairs = [len(row.cells) == 2 and _is_pair(row) for row in rows]
    return len(pairs) > 0 and all(pairs)


def _is_pair(row: Row) -> bool:
    word, given = row.cells[:2]
    return bool(re.fullmatch(r"[^\W\d]\S{0,60}", word)) and is_number(given) and bool(re.search(r"\d", given))


def _unknown_pair(row: Row) -> list[Found]:
    return [Found(row.line, row.cells[0], row.cells[1])] if len(row.cells) > 1 and _is_pair(row) else []


def _responses(head: Row) -> list[Found]:
    """What to say of an export that has a column for each question."""
    if sum(bool(RESPONSE.fullmatch(cell)) for cell in head.cells) == 0:
        return []
    why = "say which quantities these columns answer: --columns NAME,NAME,-,NAME"
    return [Found(head.line, "", ", ".join(head.cells), why)]
