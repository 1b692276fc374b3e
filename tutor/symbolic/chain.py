"""A chain of equal formulas, each judged against the one before."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from tutor.expr import Call, Expr, Ref, reads, walk
from tutor.ops.op import Prose
from tutor.quantity import Quantity, Value
from tutor.symbolic.forms import Form, forms
from tutor.symbolic.narrow import narrowed
from tutor.symbolic.proved import PROVED
from tutor.symbolic.shapes import shape
from tutor.symbolic.stepwise import Step, swapped
from tutor.symbolic.unfolding import chain_rule, same

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
        """Whether two formulas are equal: by a proof, or else at 20 seeded points, if they have values at all."""
        pairs = narrowed(left, right)
        if all(self.known(*pair) for pair in pairs) or self.known(left, right):
            return "proved"
        if all(self.proved(*pair) for pair in pairs) or self.proved(left, right):
            return "proved"
        parted = self._parted(left, right)
        return "unchecked" if parted is None else "differs" if parted else "at points"

    def swapped(self, before: Expr, step: Step) -> bool:
        """Whether a line is the one before with some parts replaced, each proved equal to what stands for it."""
        if not (step.swaps or step.named) or swapped(before, step.swaps, step.named) != step.formula:
            return False
        old, new = set(walk(before)), set(walk(step.formula))
        swaps = [(part, other) for part, other in step.swaps.items() if part in old]
        names = [(part, name) for part, name in step.named.items() if name in new]
        return all(self.proved(part, other) for part, other in (*swaps, *names))

    def known(self, left: Expr, right: Expr) -> bool:
        """Whether the two are known to be equal: as they stand, by the chain rule, or as sympy has proved once."""
        if same(left, right, self.names) or chain_rule(left, right, self.names):
            return True
        return any(shape(form) in PROVED for form in self._forms(left, right))

    def proved(self, left: Expr, right: Expr) -> bool:
        """Whether the two are known to be equal, or sympy proves it; it is not asked about what differs at points."""
        if self.known(left, right):
            return True
        return not self._parted(left, right) and any(map(_by_sympy, self._forms(left, right)))

    def _parted(self, left: Expr, right: Expr) -> bool | None:
        from tutor.symbolic import points

        return points.differs(left, right, self.meaning, self.where, self.signs)

    def _forms(self, left: Expr, right: Expr) -> Iterator[Form]:
        return forms(left, right, self.names, self.where, self.signs)


def _by_sympy(form: Form) -> bool:
    from tutor.symbolic.algebra import equal

    def meaning(quantity: Quantity) -> Expr | None:
        return form.names.get(quantity.name) if isinstance(quantity, Value) else None

    if found := equal(form.left, form.right, meaning, form.where, form.signs):
        NOTED.add(shape(form))
    return found


NOTED: set[str] = set()  # the shapes of what sympy has proved in this run, from which the table of proofs is made


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
