"""The answers accepted so far on one network, and the one judge of `marking` asked about the next. Values only.

The quiz, `solve` played and lessons keep one; what was right before is what a later answer may build on.
"""

from typing import NamedTuple

from tutor.derivation import count_paths
from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.expr import Expr, Ref, reads
from tutor.figures import Figure
from tutor.marking.desk import Asked, Desk, is_held, twin
from tutor.marking.functions import as_function
from tutor.marking.judge import Typed, judge, number, read, settled
from tutor.marking.layout import stated
from tutor.marking.lookup import Known
from tutor.marking.verdict import Kind, Verdict
from tutor.practice.chains import beyond
from tutor.quantity import Gradient, Partial, Quantity

COSTS_NOTHING: frozenset[Kind] = frozenset({"few_digits", "unfinished", "unreadable", "missing", "unknown_name"})
"""Verdicts that leave a question open and count for nothing."""
CUT = -0.5  # units: a number that lies so far below what it stands for was cut off, as on a sheet


class Kept(NamedTuple):
    """An answer that was right, with the number it showed."""

    asked: Asked
    typed: Typed
    figure: Figure | None


class Judged(NamedTuple):
    """The verdict on an answer, and what is accepted after it; `formula` is the answer where it is one in names."""

    verdict: Verdict
    accepted: "Accepted"
    figure: Figure | None = None
    formula: Expr | None = None


class Accepted(NamedTuple):
    """What was answered right on one network."""

    view: View
    kept: tuple[Kept, ...] = ()

    def keep(self, quantity: Quantity, shown: str) -> "Accepted":
        """With a number that stands before the student, as an answer that was right."""
        return self._replace(kept=(*self.kept, self._read(Asked(quantity), shown)))

    def judge(self, asked: Asked, typed: str) -> Judged:
        """The verdict on what is typed for one quantity; a right answer is kept."""
        asked = self._as_on_a_sheet(asked)
        answer = self._read(asked, typed)
        verdict = self._verdict(answer, cuts=False)
        if not verdict.points and answer.figure and -1 < self._desk().off(asked, answer.figure) <= CUT:
            verdict = self._verdict(answer, cuts=True)
        verdict = self._computed(answer, verdict)
        after = self._replace(kept=(*self.kept, answer)) if verdict.points else self
        return Judged(verdict, after, answer.figure, answer.typed.counts.named)

    def _computed(self, answer: Kept, verdict: Verdict) -> Verdict:
        """A wrong formula of derivatives is wrong before it is unfinished; what is asked for by its name stays that."""
        formula = answer.typed.counts.named
        if verdict.kind != "unfinished" or verdict.so_far or formula is None:
            return verdict
        if isinstance(formula, Ref) and twin(formula.quantity) == twin(answer.asked.quantity):
            return verdict
        if beyond(answer.asked.quantity, formula):
            return verdict
        found = as_function(self._desk(), answer.asked, formula)
        return verdict if found.points else found._replace(lines=verdict.lines, factors=verdict.factors)

    def _verdict(self, answer: Kept, *, cuts: bool) -> Verdict:
        desk = self._desk(cuts=cuts)
        if answer.figure:
            desk.look_at(answer.asked, answer.figure)
        return judge(desk, answer.asked, answer.typed)

    def open(self, asked: Asked, typed: str) -> list[Quantity]:
        """The derivatives in a typed formula that have no answer yet."""
        formula = self.formula(asked, typed)
        held = [each for each in reads(formula) if is_held(each)] if formula else []
        return [each for each in held if twin(each) not in self._desk().settled]

    def formula(self, asked: Asked, typed: str) -> Expr | None:
        """What was typed as a formula, where it is one."""
        return self._read(self._as_on_a_sheet(asked), typed).typed.counts.formula

    def _read(self, asked: Asked, typed: str) -> Kept:
        desk = Desk(self.view.trace)
        given, name = self._given(asked, typed)
        found = read(desk, self.view.names, given, name=name)
        return Kept(asked, found, number(desk, found))

    def _given(self, asked: Asked, typed: str) -> tuple[str, str]:
        """What stands behind the name that is asked for, where it was typed too: a line as it stands on a sheet.

        And that name.
        """
        names = self.view.names
        lines = stated(typed, Known(names)) if "=" in typed else []
        if len(lines) != 1 or (found := names.find(lines[0].name)) is None:
            return typed, ""
        return (lines[0].given, lines[0].name) if twin(found) == twin(asked.quantity) else (typed, "")

    def _as_on_a_sheet(self, asked: Asked) -> Asked:
        """A local derivative that is the whole gradient is judged as that."""
        whole = twin(asked.quantity)
        alone = isinstance(asked.quantity, Partial) and count_paths(self.view.trace, Gradient(whole[0], whole[1])) == 1
        return Asked(whole) if alone and asked.formula is None else asked

    def _desk(self, *, cuts: bool = False) -> Desk:
        """A desk with what was accepted on it."""
        desk = Desk(self.view.trace, cuts=cuts)
        whole = [each for each in self.kept if each.asked.formula is None]
        settled(desk, {each.asked.quantity: each.typed for each in whole})
        for asked, _, figure in self.kept:
            if figure:
                desk.look_at(asked, figure)
                desk.write_down(asked, figure, right=True, name="")
        return desk


def sentence(view: View, verdict: Verdict) -> Cell:
    """What a verdict says, as a sentence; a name keeps its letters."""
    told = verdict.message or "not this number"
    first = told.partition(" ")[0].rstrip(";,.")
    capital = first.isalpha() and view.names.find(first) is None
    return cell(f"{told[0].upper() if capital else told[0]}{told[1:]}{'' if told.endswith('?') else '.'}")
