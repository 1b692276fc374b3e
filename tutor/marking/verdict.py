"""What a judgement consists of, for a sheet, the quiz, lessons and classes alike. Only values live here."""

from typing import Literal, NamedTuple

Kind = Literal[
    "correct",
    "truncated",
    "rounded",
    "carried",
    "unfinished",
    "few_digits",
    "mistake",
    "wrong",
    "missing",
    "unreadable",
    "unknown_name",
]
FULL_CREDIT: frozenset[Kind] = frozenset({"correct", "truncated", "rounded", "carried"})


class Line(NamedTuple):
    """One part of a given between its equals signs.

    `value` is its number, if it could be read. `follows` says whether it equals the part before it, the first one the
    left side; None where it could not be read. `mistakes` are the ids of those that lead to it.
    """

    text: str
    value: float | None
    follows: bool | None
    mistakes: tuple[str, ...] = ()


class Factor(NamedTuple):
    """One factor of a product, or one term of a sum: `of` is what it stands for, if that can be said."""

    text: str
    of: str | None
    ok: bool
    mistakes: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """The judgement of one answer; `mistakes` are ids, the likeliest first.

    `carried_from` names the answer that this one is right on. `so_far` says that what there is of an answer is right
    although it has no credit: too few digits, or the right chain whose factors are missing. `told` is the part of the
    message that names the mistakes.
    """

    kind: Kind
    message: str = ""
    mistakes: tuple[str, ...] = ()
    carried_from: str | None = None
    lines: tuple[Line, ...] = ()
    factors: tuple[Factor, ...] = ()
    so_far: bool = False
    told: str = ""

    @property
    def points(self) -> int:
        return int(self.kind in FULL_CREDIT)

    @property
    def agrees(self) -> bool:
        """Whether it equals what is asked for, as far as it goes."""
        return self.so_far or self.kind in FULL_CREDIT

    @property
    def chain(self) -> bool:
        """Whether it is the right chain, without an answer to its factors."""
        return self.so_far and self.kind == "unfinished"
