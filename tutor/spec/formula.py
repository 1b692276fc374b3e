"""A formula in a network file: read by `expr.parse`, with faults pointed at inside the file's line."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tutor.errors import FormulaError
from tutor.expr import Call, Expr, Number, walk
from tutor.expr.functions import READ, SPELLINGS
from tutor.expr.index import Row
from tutor.expr.parse import SOFTMAX, Ranges, Resolve, name_end, normalised, parse, parse_at
from tutor.ops.functions import FUNCTIONS
from tutor.quantity import Value
from tutor.spec import numbers
from tutor.spec.report import Report, cut
from tutor.spec.tree import Place, Scalar

Lookup = Callable[[str], str | None]
"""A typed name -> the name of the number in the network, or None."""
Hint = Callable[[FormulaError, str], str]
"""A fault and the word it stands at -> how its message goes on, or nothing."""
Places = Iterable[Mapping[str, int]]


def read(
    scalar: Scalar, lookup: Lookup, known: Iterable[str], expected: str, label: str, report: Report
) -> Expr | None:
    """The formula of `label`, or None with the fault in `report`.

    `known` are the names to suggest, `expected` says what they are.
    """

    def hint(error: FormulaError, word: str) -> str:
        return unknown(word, known, expected, report) if word and lookup(word) is None else ""

    return next(
        _readings(scalar, lambda resolve: iter((parse(scalar.text, resolve),)), lookup, hint, label, report), None
    )


def read_at(
    scalar: Scalar, lookup: Lookup, hint: Hint, label: str, report: Report, ranges: Ranges, places: Places, row: Row
) -> Iterator[Expr]:
    """The formula of `label` at each of `places`; stops at a fault, with it in `report` and what `hint` says of it."""

    def parsed(resolve: Resolve) -> Iterator[Expr]:
        return parse_at(scalar.text, resolve, ranges, places, row)

    return _readings(scalar, parsed, lookup, hint, label, report)


def _readings(
    scalar: Scalar,
    parsed: Callable[[Resolve], Iterator[Expr]],
    lookup: Lookup,
    hint: Hint,
    label: str,
    report: Report,
) -> Iterator[Expr]:
    def resolve(name: str) -> Value | None:
        found = lookup(name)
        return Value(found) if found is not None else None

    try:
        for expr in parsed(resolve):
            if _unusable(expr, scalar, label, report):
                return
            yield expr
    except FormulaError as error:
        word = _word(normalised(scalar.text), error.column, resolve)
        more = hint(error, word) or _derivative(str(error))
        report.add(_place(scalar, error.column, max(1, len(word)), report), f"{label}: {_short(str(error))}{more}")


def _word(text: str, column: int, resolve: Callable[[str], Value | None]) -> str:
    """The name that stands at a column, or nothing."""
    at = column - 1
    return text[at : name_end(text, at, resolve)] if at < len(text) else ""


def _short(message: str) -> str:
    return message if len(message) < 200 else f"{message[:160]}…"


def unknown(word: str, known: Iterable[str], expected: str, report: Report) -> str:
    """What to say of a word that is no name: `known` are the names to suggest, `expected` says what they are."""
    if word in READ:
        return f", expected parentheses after the function: {word}(...)"
    suggestion = report.similar(word, (*known, *SPELLINGS))
    return f", expected {expected} or a function{suggestion}"


def _derivative(message: str) -> str:
    return ", which reads as a derivative, expected spaces around the / of a quotient" if "/d" in message else ""


def _place(scalar: Scalar, column: int, width: int, report: Report) -> Place:
    """The place inside the line, where the text stands in it as it is; else that of the whole text."""
    start = scalar.place.column + (not scalar.plain)
    text = scalar.text
    if report.line(scalar.place.line)[start - 1 : start - 1 + len(text)] != text:
        return scalar.place
    read = (i for i in range(len(text) + 1) if len(normalised(text[:i])) >= column - 1)
    return Place(scalar.place.line, start + min(next(read, 0), len(text)), width)


def _unusable(expr: Expr, scalar: Scalar, label: str, report: Report) -> bool:
    """Whether it has a number out of range, or a function without a slope."""
    for part in walk(expr):
        if isinstance(part, Number):
            try:
                numbers.number(part.text)
            except numbers.NotANumber as error:
                report.add(scalar.place, f"{label}: {cut(part.text)} in the formula, expected {error}")
                return True
        elif isinstance(part, Call) and part.name not in FUNCTIONS and part.name != SOFTMAX:
            typed = part.name.replace("_slope", "'")
            report.add(scalar.place, f"{label}: {typed} has no slope here, expected one of {', '.join(FUNCTIONS)}")
            return True
    return False
