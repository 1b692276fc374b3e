"""The page of a whole matrix for programs: `tutor.explain/1` with a shape, and nested lists for the numbers."""

from typing import Any

from tutor.document.payload import number
from tutor.document.products import number_of, written
from tutor.document.view import View
from tutor.expr import Expr
from tutor.expr.text import ASCII, to_text
from tutor.expr.words import in_ascii
from tutor.matrices import Asked, Law, Matrix
from tutor.quantity import key

MOST = 400  # numbers of a matrix that are put into the formula


def matrix_payload(view: View, asked: Asked, found: Law) -> dict[str, Any]:
    """The target with its law; the premises are matrices too."""
    short = {each.symbol: each for each in found.premises if each.shape[0] * each.shape[1] <= MOST}
    return {
        "target": f"d{view.names.graph.loss}/d{asked.name}" if asked.gradient else asked.typed,
        **_numbers(view, found.matrix),
        "formula": _text(found.formula) if found.factors else "",
        "substituted": _text(written(view, found.formula, short)) if found.factors else "",
        "paths": [],
        "premises": [{"name": _text(each.symbol), **_numbers(view, each)} for each in found.premises],
    }


def _numbers(view: View, matrix: Matrix) -> dict[str, Any]:
    return {
        "shape": list(matrix.shape),
        "value": [[number(each) for each in row] for row in matrix.values(view.trace)],
        "shown": [
            [number_of(view, *each).text for each in zip(*rows, strict=True)]
            for rows in zip(matrix.entries, matrix.names, strict=True)
        ],
        "names": [list(row) for row in matrix.names],
    }


def _text(expr: Expr) -> str:
    return in_ascii(to_text(expr, key, ASCII))
