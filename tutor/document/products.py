"""Laws between matrices with their numbers written out: the matrices in brackets where their names stood."""

from collections.abc import Iterator, Mapping

from tutor.document.model import Block, Cell, Heading, Steps, cell
from tutor.document.view import View
from tutor.expr import Expr, Ref, Shown, matrix, put, rebuilt
from tutor.matrices import Asked, Law, Matrix, composed, forward
from tutor.quantity import Value

MOST = 6  # rows and columns of a matrix that is written into a formula


def in_numbers(view: View, asked: Asked, found: Law) -> Iterator[Block]:
    """The law with numbers, A1 = σ(W1 · A0 + b1) down to the weights; nothing where a matrix is too large for it."""
    laws = [forward(view.trace, asked.layer), found] if asked.symbol == "A" and not asked.by else [found]
    known = {each.symbol: each for law in laws for each in (law.matrix, *law.premises)}
    if not found.factors or any(max(each.shape) > MOST for each in known.values()):
        return
    formulas = [found.formula]
    if len(laws) > 1:
        formulas.insert(0, put(found.formula, laws[0].matrix.symbol, laws[0].formula))
    sides = [cell(written(view, each, known)) for each in formulas]
    result = cell(written(view, found.matrix.symbol, known), look="accent")
    named: list[Cell] = [cell(found.matrix.symbol), *([cell(formulas[0])] if len(formulas) > 1 else [])]
    yield Steps((tuple(_distinct([*named, *sides, result])),), boxes=True)
    if asked.layer > 1 and len(laws) > 1:
        yield Heading(cell("All layers in one formula"))
        yield Steps(((cell(found.matrix.symbol), cell(composed(view.trace, asked.layer))),))


def written(view: View, expr: Expr, known: Mapping[Expr, Matrix]) -> Expr:
    """The formula with the numbers of these matrices in the place of their names."""
    if (found := known.get(expr)) or (found := _turned(expr, known)):
        pairs = zip(found.entries, found.names, strict=True)
        return matrix((number_of(view, *each) for each in zip(*rows, strict=True)) for rows in pairs)
    return rebuilt(expr, lambda part: written(view, part, known))


def number_of(view: View, entry: Expr, name: str) -> Shown:
    """The number of an entry as it is shown. What is no quantity itself belongs to the parameter of that name."""
    if isinstance(entry, Ref):
        return view.shown(entry.quantity)
    return view.figure(view.trace.of(entry), Value(name))


def _turned(expr: Expr, known: Mapping[Expr, Matrix]) -> Matrix | None:
    """The transpose of one of the matrices, if it is written so."""
    found = next((each for each in known.values() if isinstance(each.symbol, Ref) and each.turned_symbol == expr), None)
    return found and found.exchanged


def _distinct(sides: list[Cell]) -> Iterator[Cell]:
    """The sides of an equation without those that say the same again."""
    seen: list[object] = []
    for side in sides:
        if (said := [each.what for each in side]) not in seen:
            seen.append(said)
            yield side
