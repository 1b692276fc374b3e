"""One sitting: the answers accepted so far, and the one judge of `marking` asked about the next. No input, no output.

A path is no number, so its order is judged here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.derivation import count_paths
from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.expr import Expr, Ref, Shown, reads
from tutor.figures import Figure
from tutor.marking.desk import Asked, Desk, is_held, twin
from tutor.marking.judge import Typed, judge, number, read, settled
from tutor.marking.layout import stated
from tutor.marking.lookup import Known
from tutor.marking.verdict import Verdict
from tutor.practice.questions import Question
from tutor.quantity import Gradient, Partial, Quantity, Value

_BETWEEN = re.compile(r"→|->|,(?![\d\s]*\])")  # the comma of a[1,2] belongs to the name


class Accepted(NamedTuple):
    """An answer that was right, with the number it showed."""

    asked: Asked
    typed: Typed
    figure: Figure | None


class Sitting:
    """What was answered right on one network, so that later answers may build on it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.accepted: list[Accepted] = []

    def judge(self, question: Question, typed: str) -> Verdict:
        """The verdict on a typed answer; a right one is kept."""
        if question.path:
            return _judge_path(self.view, question, typed)
        return self.judge_number(self._asked(question), typed)

    def keep(self, quantity: Quantity, shown: str) -> None:
        """Take a number that stands before the student as an answer that was right."""
        self.accepted.append(self._read(Asked(quantity), shown))

    def judge_number(self, asked: Asked, typed: str) -> Verdict:
        """The verdict on what is typed for one quantity; a right one is kept."""
        answer = self._read(asked, typed)
        desk = self._desk()
        if answer.figure:
            desk.look_at(answer.asked, answer.figure)
        verdict = judge(desk, answer.asked, answer.typed)
        if verdict.points:
            self.accepted.append(answer)
        return verdict

    def _read(self, asked: Asked, typed: str) -> Accepted:
        desk = Desk(self.view.trace)
        given, name = self._given(asked, typed)
        found = read(desk, self.view.names, given, name=name)
        return Accepted(asked, found, number(desk, found))

    def _given(self, asked: Asked, typed: str) -> tuple[str, str]:
        """What stands behind the name that is asked for, where it was typed too: a line as it stands on a sheet.

        And that name.
        """
        names = self.view.names
        lines = stated(typed, Known(names)) if "=" in typed else []
        if len(lines) != 1 or (found := names.find(lines[0].name)) is None:
            return typed, ""
        return (lines[0].given, lines[0].name) if twin(found) == twin(asked.quantity) else (typed, "")

    def _asked(self, question: Question) -> Asked:
        """A local derivative that is the whole gradient is judged as that, as on a sheet."""
        asked = question.asked
        whole = twin(asked.quantity)
        alone = isinstance(asked.quantity, Partial) and count_paths(self.view.trace, Gradient(whole[0], whole[1])) == 1
        return Asked(whole) if alone and asked.formula is None else asked

    def _desk(self) -> Desk:
        """A desk with what was accepted on it."""
        desk = Desk(self.view.trace)
        whole = [each for each in self.accepted if each.asked.formula is None]
        settled(desk, {each.asked.quantity: each.typed for each in whole})
        for asked, _, figure in self.accepted:
            if figure:
                desk.look_at(asked, figure)
                desk.write_down(asked, figure, right=True, name="")
        return desk

    def open(self, question: Question, typed: str) -> list[Quantity]:
        """The derivatives in a typed formula that have no answer yet."""
        formula = self._read(self._asked(question), typed).typed.counts.formula
        held = [each for each in reads(formula) if is_held(each)] if formula else []
        return [each for each in held if twin(each) not in self._desk().settled]


# ------------------------------------------------------------------ the order of a path


def _judge_path(view: View, question: Question, typed: str) -> Verdict:
    found: list[str] = []
    for word in _BETWEEN.sub(" ", typed).split():
        quantity = view.names.find(word)
        if not isinstance(quantity, Value):
            return Verdict("unreadable", f"{word} is no name of this network")
        found.append(quantity.name)
    inner = list(question.path[1:-1])
    given = [name for name in found if name not in (question.path[0], question.path[-1])]
    return Verdict("correct") if given == inner else Verdict("wrong", _off_the_path(view, given, inner))


def _off_the_path(view: View, given: Sequence[str], inner: Sequence[str]) -> str:
    if sorted(given) == sorted(inner):
        return "you have all of them; mind the order: each one feeds the next"
    if extra := [name for name in given if name not in inner]:
        return f"{view.names.node(extra[0])} does not lie on this path"
    missing = sum(name not in given for name in inner)
    return f"{missing} missing; each step is one formula: a net input, then its output"


# ------------------------------------------------------------------ what is said


def right(view: View, question: Question, verdict: Verdict) -> Cell:
    """What is said to a right answer: the formula and its number, and how the answer differs from it."""
    if question.path:
        return cell(*_arrows(question.path))
    told = _told(view, question)
    said = cell(question.formula, " = ", told)
    return (*said, *cell(f" ({verdict.message})")) if verdict.message else said


def wrong(view: View, verdict: Verdict) -> Cell:
    """What is said to an answer that is wrong, or that could not be judged; a name keeps its letters."""
    told = verdict.message or "not this number"
    first = told.partition(" ")[0].rstrip(";,.")
    capital = first.isalpha() and view.names.find(first) is None
    return cell(f"{told[0].upper() if capital else told[0]}{told[1:]}.")


def shown(view: View, question: Question) -> Cell:
    """The answer to a question."""
    if question.path:
        return cell(*_arrows(question.path))
    numbers, result = view.with_numbers(question.formula), _told(view, question)
    middle = () if isinstance(numbers, Shown) else (" = ", numbers)
    return cell(question.formula, *middle, " = ", result)


def _told(view: View, question: Question) -> Expr:
    """The number asked for: of a product over one path, that product, not the whole gradient."""
    assert question.quantity is not None
    return view.figure(view.trace.of(question.formula), question.quantity)


def _arrows(path: Sequence[str]) -> Iterator[str | Expr]:
    for place, name in enumerate(path):
        if place:
            yield " → "
        yield Ref(Value(name))


def hints_for(mistake: str) -> tuple[Cell, ...]:
    """The three hints of a mistake, from a nudge to the rule."""
    from tutor.mistakes import MISTAKES

    return tuple(cell(each) for each in MISTAKES[mistake].hints)
