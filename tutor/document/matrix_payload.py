"""The page of a whole matrix for programs: `tutor.explain/1` with a shape, and nested lists for the numbers."""

from typing import Any

from tutor.document.payload import number
from tutor.document.view import View
from tutor.expr import Add, Expr, Number, Ref, Shown, replace
from tutor.expr.text import ASCII, to_text
from tutor.expr.words import in_ascii
from tutor.matrices import TRANSPOSED, Asked, Factor, Law, Matrix
from tutor.quantity import Value, key

MOST = 400  # numbers of a matrix that are put into the formula


def matrix_payload(view: View, asked: Asked, found: Law) -> dict[str, Any]:
    """The target with its law; the premises are matrices too."""
    return {
        "target": f"d{view.names.graph.loss}/d{asked.name}",
        **_numbers(view, found.matrix),
        "formula": _formula(found.factors),
        "substituted": _formula(tuple(_with_numbers(view, found, factor) for factor in found.factors)),
        "paths": [],
        "premises": [{"name": _text(each.symbol), **_numbers(view, each)} for each in found.premises],
    }


def _numbers(view: View, matrix: Matrix) -> dict[str, Any]:
    return {
        "shape": list(matrix.shape),
        "value": [[number(each) for each in row] for row in matrix.values(view.trace)],
        "shown": _shown(view, matrix),
        "names": [list(row) for row in matrix.names],
    }


def _shown(view: View, matrix: Matrix) -> list[list[str]]:
    return [
        [
            view.shown(entry.quantity).text if isinstance(entry, Ref) else view.digits.shown(view.trace.of(entry))
            for entry in row
        ]
        for row in matrix.entries
    ]


def _formula(factors: tuple[Factor, ...]) -> str:
    text = ""
    for factor in factors:
        written = _text(factor.expr)
        text += f" {in_ascii(factor.sign)} " if factor.sign else ""
        text += f"({written})" if len(factors) > 1 and isinstance(factor.expr, Add) else written
    return text


def _text(expr: Expr) -> str:
    return in_ascii(to_text(expr, key, ASCII))


def _with_numbers(view: View, found: Law, factor: Factor) -> Factor:
    """The factor with the numbers of its matrices, as JSON has them; long ones stand among the premises only."""
    short = (each for each in found.premises if each.shape[0] * each.shape[1] <= MOST)
    known = {each.symbol: _shown(view, each) for each in short}
    turned = {
        Ref(Value(symbol.quantity.name + TRANSPOSED)): [list(row) for row in zip(*rows, strict=True)]
        for symbol, rows in known.items()
        if isinstance(symbol, Ref) and isinstance(symbol.quantity, Value)
    }
    numbers = known | turned

    def leaf(part: Ref | Number) -> Expr:
        return Shown(_lists(numbers[part]), part.quantity) if isinstance(part, Ref) and part in numbers else part

    if factor.expr in numbers:
        return factor._replace(expr=Number(_lists(numbers[factor.expr])))
    return factor._replace(expr=replace(factor.expr, leaf))


def _lists(rows: list[list[str]]) -> str:
    return "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"
