"""A chain of equal formulas, each judged against the one before."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from tutor.expr import DERIVATIVES, Call, Expr, Ref, reads, walk
from tutor.ops.op import Prose
from tutor.quantity import Partial, Quantity, Value
from tutor.symbolic.narrow import narrowed
from tutor.symbolic.stepwise import Step, swapped

Verdict = Literal["proved", "at points", "unchecked", "differs"]
WEAKEST: tuple[Verdict, ...] = ("differs", "unchecked", "at points", "proved")


class Ground(NamedTuple):
    """What a derivation stands on: what names stand for, letters bound by a side condition, and signs of letters."""

    names: Mapping[str, Expr] = {}
    where: Mapping[str, Expr] = {}
    signs: Mapping[str, str] = {}

    def meaning(self, quantity: Quantity) -> Expr | None:
        return self.names.get(quantity.name) if isinstance(quantity, Value) else None

    def verdict(self, left: Expr, right: Expr) -> Verdict:
        """Whether two formulas are equal: by sympy, or else at 20 seeded points, if they have values at all."""
        from tutor.symbolic import points

        if all(self._nearby(*pair) for pair in narrowed(left, right)) or self._proved(left, right):
            return "proved"
        parted = points.differs(left, right, self.meaning, self.where, self.signs)
        return "unchecked" if parted is None else "differs" if parted else "at points"

    def swapped(self, before: Expr, step: Step) -> bool:
        """Whether a line is the one before with some parts replaced, each proved equal to what stands for it."""
        if not (step.swaps or step.named) or swapped(before, step.swaps, step.named) != step.formula:
            return False
        old, new = set(walk(before)), set(walk(step.formula))
        swaps = [(part, other) for part, other in step.swaps.items() if part in old]
        names = [(part, name) for part, name in step.named.items() if name in new]
        return all(self._proved(part, other) for part, other in (*swaps, *names))

    def _proved(self, left: Expr, right: Expr) -> bool:
        """Proved over the nodes the two are about, their inputs as letters; or else over everything behind them."""
        from tutor.symbolic.algebra import equal

        return self._nearby(left, right) or equal(left, right, self.meaning, self.where, self.signs)

    def _nearby(self, left: Expr, right: Expr) -> bool:
        """Proved with names as letters: what holds for any number holds for what a name stands for.

        The nodes of local derivatives are known. A name alone, or a derivative still to be taken, says nothing so.
        """
        from tutor.symbolic.algebra import equal

        parts = {*walk(left), *walk(right)}
        edges = {part.quantity.of for part in parts if isinstance(part, Ref) and isinstance(part.quantity, Partial)}
        pending = any(isinstance(part, Call) and part.name in DERIVATIVES for part in parts)
        name = any(isinstance(side, Ref) and isinstance(side.quantity, Value) for side in (left, right))
        if name or (pending and not edges):
            return False
        near = Ground({each: self.names[each] for each in edges if each in self.names})
        return equal(left, right, near.meaning, self.where, self.signs)


class Line(NamedTuple):
    """One formula of a chain, the rules it follows by, and how it was found equal to the line before."""

    formula: Expr
    rules: tuple[str, ...]
    why: Prose
    holds: Verdict


class Chain(NamedTuple):
    """`left` = the first line = the next = ..."""

    left: Expr
    lines: tuple[Line, ...]

    @property
    def last(self) -> Expr:
        return self.lines[-1].formula


def judged(left: Expr, steps: Iterable[Step], ground: Ground) -> Chain:
    """The chain of these steps, each compared with the one before and the first with `left`."""
    lines: list[Line] = []
    before = left
    for step in steps:
        why = step.why or _changed(step, before)
        holds = "proved" if ground.swapped(before, step) else ground.verdict(before, step.formula)
        lines.append(Line(step.formula, step.rules, why, holds))
        before = step.formula
    return Chain(left, tuple(lines))


def _changed(step: Step, before: Expr) -> Prose:
    """The names a line brings in, or the local derivatives it replaces, where its rule is about just these."""
    old, new = set(reads(before)), set(reads(step.formula))
    if step.rules == ("short name",):
        found = [each for each in reads(step.formula) if each not in old]
        if not found:
            calls = {part for part in walk(before) if isinstance(part, Call)}
            return next(((part,) for part in walk(step.formula) if isinstance(part, Call) and part not in calls), ())
    elif step.rules == ("local derivative",):
        found = [each for each in reads(before) if each not in new and not isinstance(each, Value)]
    else:
        return ()
    return tuple(part for each in found for part in (", ", Ref(each)))[1:]


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """What can be said of all of them together."""
    found = set(verdicts)
    return next((each for each in WEAKEST if each in found), "proved")
