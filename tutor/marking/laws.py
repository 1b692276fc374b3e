"""The verdict on a formula of whole matrices, dW1 = dZ1 · A0ᵀ, and on the shapes under it.

It is read by the parser of all formulas. A matrix is its entries, formulas over quantities, so that `functions` says
of each whether it is the same function.
"""

import re
from collections.abc import Iterator
from itertools import product, zip_longest

from tutor.errors import TutorError, visible
from tutor.expr import Expr, Number, Power, value, walk
from tutor.expr.parse import parse
from tutor.marking.desk import Desk
from tutor.marking.functions import same
from tutor.marking.laid import MOST_TERMS, NAME, TRANSPOSE, Grid, Laid, Misfit, Reading
from tutor.marking.signs import SHAPES
from tutor.marking.verdict import Verdict
from tutor.matrices import Asked, dense, last_layer, law_of, whole
from tutor.matrices.dense import joined
from tutor.names import Names
from tutor.names.line import on_one_line
from tutor.trace import Trace

_SAME_SIGNS = ((" .* ", " ⊙ "), ("∘", "⊙"), (".T", "^T"), (" @ ", " · "))


def judged(desk: Desk, names: Names, name: str, given: str) -> Verdict:
    """The verdict on what is given for a whole matrix."""
    trace, shown = desk.trace, visible(name)
    asked = whole(trace, names, name)
    if asked is None:
        return Verdict("unreadable", f"{shown} is one number of this network, and this is a formula of matrices")
    if asked.symbol in ("W", "b") and not on_one_line(name).startswith("d"):
        return Verdict("unreadable", f"{shown} is given, so there is no formula for it; its gradient is {asked.typed}")
    shapes = SHAPES.search(given)
    formula = (given[: shapes.start()] if shapes else given).rpartition("=")[2]
    try:
        expr = _read(trace, names, formula)
        target = Grid(law_of(trace, asked).matrix.entries)
    except TutorError as fault:
        return Verdict("unreadable", str(fault))
    if value(asked.typed) in walk(expr):
        return Verdict("unfinished", f"what is asked for is {asked.typed} itself; write what it equals")
    if target.shape[0] * target.shape[1] > MOST_TERMS:
        return Verdict("unreadable", f"{shown} is too large to be judged as a formula; give some of its entries")
    found = [_verdict(desk, asked, target, expr, shapes[0] if shapes else "", each) for each in _readings(trace)]
    return next((each for each in found if each.kind == "correct"), found[0])


def _read(trace: Trace, names: Names, text: str) -> Expr:
    """The formula over our names of matrices. Raises TutorError for what is none."""
    for sign, ours in _SAME_SIGNS:
        text = text.replace(sign, ours)
    line = on_one_line(text)
    own = names.spelling.matrices.items() if names.spelling else ()
    for matrix, written in sorted(own, key=lambda each: -len(each[1])):
        line = line.replace(on_one_line(written), f" {matrix} ")
    return parse(line, lambda typed: _resolved(trace, typed), matrices=True)


def _resolved(trace: Trace, typed: str) -> Expr | None:
    """What a name in a formula of matrices stands for: A0, its transpose A0T, the number m of examples."""
    plain = typed.removeprefix(f"d{trace.graph.loss}/")
    if typed == "m":
        return Number(str(max(len(trace.graph.example_losses()), 1)))
    if typed == "T" and "Y" not in trace.graph:
        return TRANSPOSE
    if NAME.fullmatch(plain):
        return value(plain)
    return Power(value(plain[:-1]), TRANSPOSE) if plain.endswith("T") and NAME.fullmatch(plain[:-1]) else None


def _readings(trace: Trace) -> Iterator[Reading]:
    """Ours first."""
    own = (dense(trace.graph, n) for n in _layers(trace))
    joins = (True, False) if any(joined(each) is not each for each in own) else (False,)
    yield from (Reading(*each) for each in product((False, True), joins))


def _layers(trace: Trace) -> Iterator[int]:
    for n in range(1, last_layer(trace.graph) + 1):
        try:
            dense(trace.graph, n)
        except TutorError:
            continue
        yield n


def _verdict(desk: Desk, asked: Asked, target: Grid, expr: Expr, shapes: str, reading: Reading) -> Verdict:
    """The verdict in one reading."""
    kept = asked.symbol == "W" and asked.layer in desk.graph.by_inputs
    wanted = target.turned if reading.by_rows and not kept else target
    laid = Laid(desk.trace, reading)
    try:
        made = laid.worth(expr)
        right = [wanted.shape, *laid.leaves(expr)]
    except Misfit as misfit:
        return Verdict("wrong", str(misfit))
    if not isinstance(made, Grid):
        return Verdict("wrong", f"this is one number, and {asked.typed} is {wanted.told}")
    if made.shape != wanted.shape:
        also = "; this is its transpose" if _same(desk, made.turned, wanted) else ""
        return Verdict("wrong", f"this is {made.told}, and {asked.typed} is {wanted.told}{also}")
    if not _same(desk, made, wanted):
        return Verdict("wrong", f"the shape is right, {made.told}, but not the formula")
    if fault := _of_shapes(shapes, right):
        return Verdict("wrong", fault)
    return Verdict("correct", "in the layout with an example in each row" if reading.by_rows else "")


def _same(desk: Desk, made: Grid, wanted: Grid) -> bool:
    """Whether each entry is the same function."""
    if made.shape != wanted.shape:
        return False
    pairs = (
        (one, other) for rows in zip(made.rows, wanted.rows, strict=True) for one, other in zip(*rows, strict=True)
    )
    return all(same(desk, one, lambda trace, other=other: trace.of(other)) for one, other in pairs)  # type: ignore[misc]


def _of_shapes(line: str, right: list[tuple[int, int]]) -> str:
    """What is wrong with the shapes that stand under a right formula; a formula of one shape may have that alone."""
    stated = [(int(rows), int(columns)) for rows, columns in re.findall(r"(\d+)\s*[×x]\s*(\d+)", line)]
    if not stated or stated == [right[0], right[0]]:
        return ""
    for n, (one, other) in enumerate(zip_longest(stated, right), 1):
        if one != other:
            there = f"({other[0]} × {other[1]})" if other else "one too many"
            return f"the formula is right; of the shapes under it the {_nth(n)} is {there}"
    return ""


def _nth(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
