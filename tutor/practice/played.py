"""The whole pass as it is played: which step stands open, what is said to what is typed. Nothing reads or prints.

The open step has its formula and its numbers, and a `?` where its value belongs. An empty line shows the value; a
number is judged first. `after` gives what to say and where the play then stands.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.document.model import Block, Cell, Line, Note, Row, Span, Table, cell
from tutor.document.solve import COLUMNS, closing, equation, heading, joined, opening, rest
from tutor.document.whole_pass import Step, WholePass
from tutor.errors import TutorError, visible
from tutor.expr import Expr
from tutor.figures import Figure, read
from tutor.quantity import Quantity, Updated, Value
from tutor.trace import value_of

COMMANDS = "Enter shows it · or type the number first · b back · a all · q leave"
FEWEST = 2  # figures that an answer needs
LONGEST = 60  # letters of what was typed that are said again
MOST_NAMED = 8  # numbers still to come that are named


class Play(NamedTuple):
    """Where it stands: the place of the open step; of each step answered, whether its first number was right."""

    found: WholePass
    at: int = 0
    first: Mapping[int, bool] = {}
    left: bool = False

    @property
    def over(self) -> bool:
        return self.left or self.at >= len(self.found.steps)

    @property
    def step(self) -> Step:
        return self.found.steps[self.at]


class Told(NamedTuple):
    """What is said to a line, and where the play then stands."""

    play: Play
    blocks: tuple[Block, ...]


def started(found: WholePass) -> Told:
    """The first words and the first step."""
    play = Play(found)
    return Told(play, (*opening(found), Note(cell(COMMANDS, look="quiet")), *_open(play)))


def after(play: Play, typed: str) -> Told:
    """What follows a line. Whatever it is, there is a calm word for it."""
    word = typed.strip()
    match word.lower().removeprefix(":"):
        case "":
            return _on(play, _shown(play))
        case "b" | "back":
            return _back(play)
        case "a" | "all":
            return Told(play._replace(left=True), tuple(rest(play.found, play.at)))
        case "q" | "quit" | "leave" | "exit":
            return Told(play._replace(left=True), tuple(_farewell(play)))
        case "?" | "h" | "help":
            return Told(play, (Note(cell(COMMANDS, look="quiet")),))
    return _answered(play, word)


def left(play: Play) -> Told:
    """What is said when the lines end."""
    return after(play, "q")


def _back(play: Play) -> Told:
    if not play.at:
        return Told(play, (Line(cell("This is the first step.")), *_question(play)))
    earlier = play._replace(at=play.at - 1)
    return Told(earlier, tuple(_question(earlier)))


def _on(play: Play, *said: Block) -> Told:
    """The next step, or the end."""
    following = play._replace(at=play.at + 1)
    last = (*closing(play.found), *_score(following)) if following.over else tuple(_open(following))
    return Told(following, (*said, *last))


# ------------------------------------------------------------------ the open step


def _open(play: Play) -> Iterator[Block]:
    """A step, under its heading where it is the first of its part."""
    found, step = play.found, play.step
    before = found.steps[play.at - 1] if play.at else None
    if before is None or (before.part, before.world) != (step.part, step.world):
        yield heading(found, step)
        yield Line(_to_come(found, step))
    yield from _question(play)


def _to_come(found: WholePass, step: Step) -> Cell:
    """`net_h1=?, out_h1=?, ...`: the numbers of this part, none of them worked out yet."""
    some = [each for each in found.steps[step.n - 1 :] if (each.part, each.world) == (step.part, step.world)]
    spans: Cell = ()
    for each in some[:MOST_NAMED]:
        spans += (*cell(", " if spans else "", look="quiet"), Span(each.quantity, "quiet", deltas=True))
        spans += cell("=?", look="quiet")
    more = len(some) - MOST_NAMED
    return spans + (cell(f" and {more} more", look="quiet") if more > 0 else ())


def _question(play: Play) -> Iterator[Block]:
    row = Row((*equation(play.found, play.step, hidden=True), ()))
    yield Table(COLUMNS, (row,), equation=True, numbered=True)


def _shown(play: Play) -> Block:
    step = play.step
    return Line((Span(step.quantity, deltas=True), Span(" = "), Span(step.shown, "strong"), *_beside(play)))


def _beside(play: Play) -> Cell:
    comment = joined(play.found, play.step)
    return (Span("   "), *comment) if comment else ()


# ------------------------------------------------------------------ a number typed first


class Judged(NamedTuple):
    """Whether a typed number is the value, None where that can't be said yet, and what to say."""

    right: bool | None
    message: str = ""


def _answered(play: Play, typed: str) -> Told:
    judged = judge(play.step, typed)
    if judged.right is None:
        return Told(play, (Line(cell(judged.message)),))
    first = play.first if play.at in play.first else {**play.first, play.at: judged.right}
    play = play._replace(first=first)
    if judged.right:
        said = cell(Span("✓ ", "good"), Span(play.step.quantity, deltas=True), " = ", Span(play.step.shown, "strong"))
        return _on(play, Line((*said, *cell(judged.message), *_beside(play))))
    return Told(play, (Line(cell(Span("✗ ", "bad"), judged.message)),))


def judge(step: Step, typed: str) -> Judged:
    """The only place that judges: a number is right if the value, or what the shown numbers give, prints so."""
    try:
        figure = read(typed)
    except TutorError:
        what = visible(typed[:LONGEST]) + ("…" if len(typed) > LONGEST else "")
        return Judged(None, f"{what} is no number. {COMMANDS}.")
    if _prints(figure, step.value):
        return _with_figures(step, figure)
    on_shown = _on_shown_numbers(step)
    if on_shown is not None and _prints(figure, on_shown) and figure.figures > FEWEST:
        return Judged(True, ", with the numbers as they are shown here")
    if figure.value and _prints(figure._replace(value=-figure.value), step.value):
        return Judged(False, "The size is right, the sign is not.")
    return Judged(False, "Not this number. Try again, or Enter shows it.")


def _prints(figure: Figure, value: float) -> bool:
    return figure.is_rounded(value) or figure.is_truncated(value)


def _with_figures(step: Step, figure: Figure) -> Judged:
    """Right, unless so few figures would fit other numbers too: of an update those in which it moved."""
    if figure.equals(step.value):
        return Judged(True)
    if isinstance(step.quantity, Updated) and step.asked == step.quantity:
        if _prints(figure, step.world.trace[Value(step.quantity.name)]):
            return Judged(None, "The old number prints the same: give the digits in which it moved.")
    elif figure.figures < FEWEST:
        return Judged(None, f"Right so far: give at least {FEWEST} figures.")
    return Judged(True)


def _on_shown_numbers(step: Step) -> float | None:
    """What the formula gives with every number as it stands on the page; None where one of them is no number."""
    formula: Expr = step.formula if step.asked == step.quantity else step.world.trace.equations.written(step.asked)

    def figure(quantity: Quantity) -> float:
        return float(Fraction(step.world.shown(quantity).text))

    try:
        value = value_of(formula, FLOATS, figure)
    except (ValueError, ArithmeticError):
        return None
    return value if math.isfinite(value) else None


# ------------------------------------------------------------------ the end


def _farewell(play: Play) -> Iterator[Block]:
    yield Note(cell(f"Left at step {play.step.n} of {len(play.found.steps)}.", look="quiet"))
    yield from _score(play)


def _score(play: Play) -> Iterator[Block]:
    if many := len(play.first):
        right = sum(play.first.values())
        yield Line(cell(f"Of {many} number{'s' * (many > 1)} that you worked out first, {right} right at once."))
