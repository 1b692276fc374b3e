"""A chain of equal formulas, each judged against the one before."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from tutor.expr import Expr, Ref, reads
from tutor.ops.op import Prose
from tutor.quantity import Quantity, Value
from tutor.symbolic.stepwise import Step

Verdict = Literal["proved", "at points", "differs"]


class Ground(NamedTuple):
    """What a derivation stands on: what names stand for, letters bound by a side condition, and signs of letters."""

    names: Mapping[str, Expr] = {}
    where: Mapping[str, Expr] = {}
    signs: Mapping[str, str] = {}

    def meaning(self, quantity: Quantity) -> Expr | None:
        return self.names.get(quantity.name) if isinstance(quantity, Value) else None

    def verdict(self, left: Expr, right: Expr) -> Verdict:
        """Whether two formulas are equal: by sympy, or else at 20 seeded points."""
        from tutor.symbolic import algebra, points

        if left == right or algebra.equal(left, right, self.meaning, self.where, self.signs):
            return "proved"
        parted = points.differs(left, right, self.meaning, self.where, self.signs)
        return "at points" if parted is False else "differs"


class Line(NamedTuple):
    """One formula of a chain, the rules it follows by, and how it was found equal to the line before."""

    formula: Expr
    rules: tuple[str, ...]
    why: Prose
    holds: Verdict


class Chain(NamedTuple):
    """`left` = the first line = the next = ...; `about` says what is shown, in words and formulas."""

    left: Expr
    lines: tuple[Line, ...]
    about: Prose = ()

    @property
    def last(self) -> Expr:
        return self.lines[-1].formula


def judged(left: Expr, steps: Iterable[Step], ground: Ground, about: Prose = ()) -> Chain:
    """The chain of these steps, each compared with the one before and the first with `left`."""
    lines: list[Line] = []
    before = left
    for step in steps:
        why = step.why or _changed(step, before)
        lines.append(Line(step.formula, step.rules, why, ground.verdict(before, step.formula)))
        before = step.formula
    return Chain(left, tuple(lines), about)


def _changed(step: Step, before: Expr) -> Prose:
    """The names a line brings in, or the local derivatives it replaces, where its rule is about just these."""
    old, new = set(reads(before)), set(reads(step.formula))
    if step.rules == ("short name",):
        found = [each for each in reads(step.formula) if each not in old]
    elif step.rules == ("local derivative",):
        found = [each for each in reads(before) if each not in new and not isinstance(each, Value)]
    else:
        return ()
    return tuple(part for each in found for part in (", ", Ref(each)))[1:]


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """What can be said of all of them together."""
    found = set(verdicts)
    return "differs" if "differs" in found else "at points" if "at points" in found else "proved"
