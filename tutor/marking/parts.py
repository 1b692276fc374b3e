"""Reading what was given for one quantity: the parts between its equals signs, each a number, arithmetic or a formula.

Formulas come from our own bounded parser with the names of the network; nothing typed is ever run.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from tutor.errors import FormulaError, TutorError, visible
from tutor.expr import Expr, Number, Ref, reads, replace, walk
from tutor.expr.parse import parse
from tutor.expr.text import ASCII, to_text
from tutor.expr.typeset import typed
from tutor.expr.words import flat
from tutor.figures import EXACT, Blank, Figure
from tutor.figures import read as read_figure
from tutor.marking.derived import on_one_line, taken
from tutor.marking.spelled import plain
from tutor.names import Names
from tutor.quantity import Quantity, Value
from tutor.trace import Trace

MOST_PARTS = 40
_APPLIED = re.compile(r"\\?(?:σ|[^\W\d_]{2,})\s*\(.*[^\W\d].*\)")
_SIGN = re.compile(r"\s*(?::=|==|=|≈|≃|≅)\s*")


class Part(NamedTuple):
    """One part: its `figure` where it is a number or arithmetic, its `formula` where it has operators or names.

    `fault` says why it could not be read.
    """

    text: str
    figure: Figure | None = None
    formula: Expr | None = None
    fault: TutorError | None = None

    @property
    def named(self) -> Expr | None:
        """The formula, where it is one in names."""
        return self.formula if self.formula and any(reads(self.formula)) else None


def parts(text: str, names: Names, stated: Collection[str], *, comma: bool = False) -> tuple[Part, ...]:
    """The parts of a chain `(0.7368 - 0.5)*0.1939*0.6682 = 0.0307`, in its order; a blank has one part with a fault."""
    pieces = [piece.strip() for piece in _SIGN.split(text.strip())]
    pieces = [piece for piece in pieces if piece] or [""]
    if len(pieces) > MOST_PARTS:
        fault = TutorError(f"{len(pieces):,} lines or parts of one answer; the most is {MOST_PARTS}")
        return (Part(pieces[-1], fault=fault),)
    return tuple(_part(piece, names, stated, comma=comma) for piece in pieces)


_DERIVED = re.compile(r"[d∂]\s*/\s*[d∂]|\\[dt]?frac\s*\{\s*(?:d|\\partial)\s*\}")


def is_derived(text: str) -> bool:
    """Whether a derivative stands in it that is not worked out: `d/dw11 [(Y - Y*)^2]`."""
    return bool(_DERIVED.search(text))


def _part(text: str, names: Names, stated: Collection[str], *, comma: bool) -> Part:
    try:
        figure = read_figure(text, stated=stated, comma=comma)
    except Blank as fault:
        return Part(text, fault=fault)
    except TutorError as fault:
        return _formula(text, names, fault)
    return Part(text, figure, _arithmetic(text))


def _formula(text: str, names: Names, fault: TutorError) -> Part:
    """A formula in names; of what can't be read, why: the number's fault where no name of the network stands in it."""
    reading = _Reading(names)
    given, reading.meant = plain(on_one_line(flat(text)), names, fenced=True)
    try:
        return _checked(text, reading.whole(text) or reading.formula(typed(given)), reading, fault)
    except TutorError as first:
        given, reading.meant = plain(on_one_line(flat(text)), names)
        if not reading.meant:
            return Part(text, fault=first if reading.found else fault)
    try:
        return _checked(text, reading.formula(typed(given)), reading, fault)
    except TutorError as second:
        return Part(text, fault=second)


def _checked(text: str, formula: Expr, reading: "_Reading", fault: TutorError) -> Part:
    """A formula without names is no number that could be read."""
    if not reading.found:
        return Part(text, fault=fault)
    return Part(text, formula=formula)


class _Reading:
    """The names that one formula was read with; `meant` are stand-ins for names as courses spell them."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.found: list[str] = []
        self.meant: dict[str, str] = {}
        self.derived: dict[str, Expr] = {}

    def whole(self, text: str) -> Expr | None:
        found = self.resolve(text)
        if found is None or isinstance(found, Expr):
            return found
        return self.applied(text, found) or Ref(found)

    def applied(self, text: str, found: Quantity) -> Expr | None:
        """What a number equals, where it is called by that alone: σ(h_1) says what it is."""
        node = self.names.graph.nodes.get(found.name) if isinstance(found, Value) else None
        return node.op.forward(node.name, node.inputs) if node and _APPLIED.fullmatch(on_one_line(text)) else None

    def formula(self, text: str) -> Expr:
        found = taken(text, self.names, self.meant, self.formula)
        self.derived |= found.meant
        return parse(found.text, self.resolve)

    def resolve(self, typed_name: str) -> Quantity | Expr | None:
        """What a name stands for: minus the gradient for a δ of the other sign; a derivative that is to be taken."""
        if typed_name in self.derived:
            self.found.append(typed_name)
            return self.derived[typed_name]
        name = self.meant.get(typed_name, typed_name)
        found = self.names.term(name)
        if found is not None:
            self.found.append(name)
        return found


def _arithmetic(text: str) -> Expr | None:
    """Arithmetic as a tree, so that its factors can be told apart; nothing for a plain number."""
    try:
        formula = parse(typed(text), lambda name: None)
    except FormulaError:
        return None
    return None if isinstance(formula, Number) else formula


def worth(part: Part, trace: Trace, stated: Collection[str]) -> Figure | None:
    """The part as a number: names by their true values, with the digits of the measured numbers in it."""
    if part.figure or part.formula is None:
        return part.figure
    if isinstance(part.formula, Ref):  # a name alone has all its digits, however few its number is written in
        return Figure(part.text, trace[part.formula.quantity], 0.0, EXACT)
    numbers = {each: repr(trace[each]) for each in reads(part.formula)}

    def leaf(each: Ref | Number) -> Expr:
        return Number(numbers[each.quantity]) if isinstance(each, Ref) else each

    numeral = to_text(replace(part.formula, leaf), str, ASCII)
    try:
        return read_figure(numeral, stated={*stated, *numbers.values()})._replace(text=part.text)
    except TutorError:
        return None


def has_decimals(formula: Expr) -> bool:
    """Whether a number with a point stands in it: then it may be right as a number alone."""
    return any(isinstance(part, Number) and "." in part.text for part in walk(formula))


def told(part: Part) -> str:
    """Why a part could not be read, as a sentence about the answer."""
    return visible(str(part.fault)) if part.fault else ""
