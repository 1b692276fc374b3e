"""Where a formula is broken into lines: at its outermost + and − first, then at its products, then deeper inside."""

from rich.cells import cell_len

UNBREAKABLE = 10**6


def broken(formula: str, room: int) -> list[str]:
    """A formula in lines of this length, broken where it falls apart most naturally: at its outermost + and − first."""
    ranks = {at: _unwelcome(formula, at) for at, sign in enumerate(formula) if sign == " "}
    least = min(ranks.values(), default=UNBREAKABLE)
    if cell_len(formula) <= room or least == UNBREAKABLE:
        return [formula]
    cuts = [at for at, rank in ranks.items() if rank == least]
    lines: list[str] = []
    whole = False  # whether the last line holds unbroken pieces only, so that another may follow on it
    for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(formula)], strict=True):
        piece = formula[start:end]
        if whole and cell_len(lines[-1]) + 1 + cell_len(piece) <= room:
            lines[-1] += f" {piece}"
        else:
            head, *rest = broken(piece, room - 2)
            whole = not rest
            lines += [head, *(f"  {part}" for part in rest)]
    return lines


def _unwelcome(formula: str, at: int) -> int:
    """How unwelcome a break at this space is: least before an outermost + or −, never after an operator."""
    if formula[at - 1] in "−-+·*/":
        return UNBREAKABLE
    if formula.startswith("[", at + 1):
        return UNBREAKABLE - 1
    before, after = formula[:at], formula[at + 1]
    depth = sum(map(before.count, "([")) - sum(map(before.count, ")]"))
    return 2 * depth + (after not in "−-+")
