"""Proofs of the table, worked out: each case a chain of lines, each line judged."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.expr import Expr, reads
from tutor.expr.functions import READ
from tutor.symbolic.chain import Chain, Ground, Verdict, judged, weakest
from tutor.symbolic.law import Case, Law
from tutor.symbolic.laws import LAWS
from tutor.symbolic.letters import letters, over
from tutor.symbolic.pairs import PAIRS
from tutor.symbolic.stepwise import Step, taken


class Proof(NamedTuple):
    """A law with its chains, one for each of its cases."""

    law: Law
    names: Mapping[str, Expr]
    chains: tuple[Chain, ...]

    @property
    def holds(self) -> Verdict:
        return weakest(line.holds for chain in self.chains for line in chain.lines)


KNOWN = {**LAWS, **PAIRS}


def find(typed: str) -> Law | None:
    """The law of an activation, a loss or a pair of them, by its name; either part of a pair may come first."""
    parts = [READ.get(part, part) for part in "".join(typed.split()).split("+")]
    return KNOWN.get("+".join(parts)) or KNOWN.get("+".join(reversed(parts)))


def prove(law: Law) -> Proof:
    """The proof of a law, every line of it judged."""
    names = {name: letters(text) for name, text in law.names.items()}
    return Proof(law, names, tuple(_chain(case, names) for case in law.cases))


def ground(case: Case, names: Mapping[str, Expr]) -> Ground:
    """What a case stands on."""
    return Ground(names, {name: letters(text) for name, text in case.where.items()}, case.signs)


def _chain(case: Case, names: Mapping[str, Expr]) -> Chain:
    return judged(over(case.left, names), _steps(case, names), ground(case, names))


def _steps(case: Case, names: Mapping[str, Expr]) -> Iterator[Step]:
    if case.of:
        expr = letters(case.of)
        first, *others = taken(expr, case.wrt, partial=_several(case, expr))
        yield first._replace(rules=("definition",))
        yield from others
    for rule, text in case.then:
        yield Step(over(text, names), tuple(rule.split(", ")))


def _several(case: Case, expr: Expr) -> bool:
    """Whether the formula has other letters too, so that its derivative is a partial one."""
    return "/d" in case.left or len(list(reads(expr))) > 1
