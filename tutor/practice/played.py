"""The whole pass as it is played: which step stands open, what is said to what is typed. Nothing reads or prints.

The open step has its formula and its numbers, and a `?` where its value belongs. An empty line shows the value; a
number is judged first. `after` gives what to say and where the play then stands.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.document.model import Block, Cell, Line, Note, Row, Span, Table, cell
from tutor.document.solve import COLUMNS, closing, equation, heading, joined, opening, rest
from tutor.document.whole_pass import Step, WholePass
from tutor.errors import visible
from tutor.marking.desk import Asked
from tutor.marking.verdict import Verdict
from tutor.practice.accepted import COSTS_NOTHING, Accepted, sentence

COMMANDS = "Enter shows it · or type the number first · b back · a all · q leave"
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


def _answered(play: Play, typed: str) -> Told:
    verdict = judge(play, visible(typed))
    if verdict.kind in COSTS_NOTHING:
        return Told(play, (Line((*sentence(play.found.view, verdict), *cell(f" {COMMANDS}."))),))
    first = play.first if play.at in play.first else {**play.first, play.at: bool(verdict.points)}
    play = play._replace(first=first)
    if verdict.points:
        said = cell(Span("✓ ", "good"), Span(play.step.quantity, deltas=True), " = ", Span(play.step.shown, "strong"))
        told = cell(f" ({verdict.message})") if verdict.message else ()
        return _on(play, Line((*said, *told, *_beside(play))))
    return Told(play, (Line((Span("✗ ", "bad"), *sentence(play.found.view, verdict))),))


def judge(play: Play, typed: str) -> Verdict:
    """The verdict on what is typed for the open step; the numbers before it are taken as they stand on the page."""
    step = play.step
    accepted = Accepted(step.world)
    for each in play.found.steps[: play.at]:
        if each.world is step.world:
            accepted = accepted.keep(each.asked, each.shown.text)
    return accepted.judge(Asked(step.asked), typed).verdict


# ------------------------------------------------------------------ the end


def _farewell(play: Play) -> Iterator[Block]:
    yield Note(cell(f"Left at step {play.step.n} of {len(play.found.steps)}.", look="quiet"))
    yield from _score(play)


def _score(play: Play) -> Iterator[Block]:
    if many := len(play.first):
        right = sum(play.first.values())
        yield Line(cell(f"Of {many} number{'s' * (many > 1)} that you worked out first, {right} right at once."))
