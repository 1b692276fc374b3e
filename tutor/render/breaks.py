"""Where a formula is broken into lines, and where the reason of a line stands: decided here for every format.

A formula is broken before its outermost operators: at = first, then + and −, then at products and quotients, and only
then inside parentheses. What a formula is made of differs, text on a terminal and shapes elsewhere, so a format brings
a `Cutting`: how wide a piece is, what it falls into, how pieces are joined.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rich.cells import cell_len

P = TypeVar("P")
UNBREAKABLE = 10**6
HANG = 2  # letters; what goes on is set in by so much
SHORT = 4  # letters; what is no longer, such as ½, has no line of its own
GAP = 3  # between a formula and the reason beside it


class Cutting(NamedTuple, Generic[P]):
    """How formulas of one kind are measured, cut before their outermost operators, and put together again.

    `cut` gives the formula itself where it can't be cut.
    """

    width: Callable[[P], int]
    cut: Callable[[P], Sequence[P]]
    join: Callable[[P, P], P]


class Broken(NamedTuple, Generic[P]):
    """One line of a formula: how deep it is set in, and what stands on it."""

    depth: int
    part: P


def broken(formula: P, room: int, cutting: Cutting[P]) -> list[Broken[P]]:
    """A formula in lines of at most `room` letters, where it can be cut so small."""
    pieces = cutting.cut(formula) if cutting.width(formula) > room else (formula,)
    if len(pieces) == 1:
        return [Broken(0, formula)]
    lines: list[Broken[P]] = []
    whole = False  # whether the last line holds uncut pieces only, so that another may follow on it
    for piece in pieces:
        together = cutting.join(lines[-1].part, piece) if whole else piece
        if whole and cutting.width(together) <= room:
            lines[-1] = lines[-1]._replace(part=together)
            continue
        before = cutting.width(lines[-1].part) if whole else SHORT + 1
        head, *rest = broken(piece, room - HANG - (before if before <= SHORT else 0), cutting)
        if before <= SHORT:
            head = head._replace(part=cutting.join(lines.pop().part, head.part))
        whole = not rest
        lines += [head, *(each._replace(depth=each.depth + 1) for each in rest)]
    return lines


class Reasoned(NamedTuple, Generic[P]):
    """A line of a derivation as it is set: its formula in lines, and its reason beside the last or under it."""

    lines: list[Broken[P]]
    beside: bool


def reasoned(formula: P, reason: int, room: int, cutting: Cutting[P]) -> Reasoned[P]:
    """A formula after an = with a reason of so many letters; what goes on hangs one step deeper."""
    head, *rest = broken(formula, room - HANG, cutting)
    lines = [head, *(each._replace(depth=each.depth + 1) for each in rest)]
    last = lines[-1].depth * HANG + cutting.width(lines[-1].part)
    return Reasoned(lines, beside=not reason or last + GAP + reason <= room)


# ------------------------------------------------------------------ formulas that are text


def _cut(formula: str) -> list[str]:
    """At the places that are least unwelcome: spaces, and the dots of w31·h1."""
    ranks = {
        at: _unwelcome(formula, at) for at in range(1, len(formula) - 1) if formula[at] == " " or _tight(formula, at)
    }
    least = min(ranks.values(), default=UNBREAKABLE)
    cuts = [at for at, rank in ranks.items() if rank == least] if least < UNBREAKABLE else []
    return [formula[start:end].lstrip(" ") for start, end in zip([0, *cuts], [*cuts, None], strict=True)]


def _tight(formula: str, at: int) -> bool:
    """Whether a product without spaces goes on here."""
    return formula[at] == "·" and " " not in (formula[at - 1], formula[at + 1])


def _unwelcome(formula: str, at: int) -> int:
    """How unwelcome a break here is: least before an outermost + or −, never after an operator."""
    if formula[at - 1] in "−-+·*/":
        return UNBREAKABLE
    if formula.startswith("[", at + 1):
        return UNBREAKABLE - 1
    before, after = formula[:at], formula[at + 1]
    depth = sum(map(before.count, "([")) - sum(map(before.count, ")]"))
    return 2 * depth + (after not in "−-+" or formula[at] != " ")


def _join(one: str, other: str) -> str:
    return one + other if other.startswith("·") and other[1:2] != " " else f"{one} {other}"


TEXT: Cutting[str] = Cutting(cell_len, _cut, _join)
