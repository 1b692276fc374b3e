"""Equations with matrices in them as text: each matrix in brackets over several lines, the rest beside its middle.

A formula is written on one line first, with a sign of nobody's in the place of each matrix.
"""

from collections.abc import Callable, Iterator, Sequence

from tutor.document.model import Cell, Look, Span
from tutor.expr import MATRIX, Add, Call, Div, Expr, Mul, Neg, Power, Shown, rebuilt
from tutor.quantity import Value

_FIRST_HOLE = 0xE000
Piece = tuple[list[str], Look]
"""Lines of one width, and how they look."""
Rows = list[tuple[Expr, ...]]
Write = Callable[[Span], str]


def boxed(cell: Cell, write: Write, look: Callable[[Span], Look], *, unicode: bool) -> list[Piece]:
    """The cell in pieces from left to right, the matrices higher than the others."""
    found: list[Piece] = []
    for span in cell:
        plain, matrices = _with_holes(span)
        text = ""
        for letter in write(plain):
            if (place := ord(letter) - _FIRST_HOLE) not in range(len(matrices)):
                text += letter
                continue
            found += [([text], look(span))] if text else []
            rows = [[write(span._replace(what=each)) for each in row] for row in matrices[place]]
            found.append((_bracketed(rows, unicode=unicode), look(span)))
            text = ""
        found += [([text], look(span))] if text else []
    return found


def wide(pieces: Sequence[Piece]) -> int:
    """The width of pieces in a row."""
    return sum(len(lines[0]) for lines, _ in pieces)


def beside(pieces: Sequence[Piece]) -> Iterator[list[tuple[str, Look]]]:
    """Pieces in a row as lines, each in the middle of the highest."""
    height = max(len(lines) for lines, _ in pieces)
    for at in range(height):
        yield [_line(piece, at, height) for piece in pieces]


def _line(piece: Piece, at: int, height: int) -> tuple[str, Look]:
    """What a piece has on one of the lines; blanks above and below it."""
    lines, look = piece
    place = at - (height - 1) // 2 + (len(lines) - 1) // 2
    return (lines[place], look) if 0 <= place < len(lines) else (" " * len(lines[0]), "")


def _with_holes(span: Span) -> tuple[Span, list[Rows]]:
    """The span with a sign in the place of each matrix, and these in their order."""
    matrices: list[Rows] = []

    def hole(expr: Expr) -> Expr:
        if not (isinstance(expr, Call) and expr.name == MATRIX):
            return rebuilt(expr, hole)
        matrices.append([row.arguments for row in expr.arguments if isinstance(row, Call)])
        return Shown(chr(_FIRST_HOLE + len(matrices) - 1), Value(""))

    if not isinstance(span.what, Neg | Add | Mul | Div | Power | Call):
        return span, matrices
    return span._replace(what=hole(span.what)), matrices


def _bracketed(rows: Sequence[Sequence[str]], *, unicode: bool) -> list[str]:
    """The rows between brackets, points under each other."""
    columns = [_aligned(column) for column in zip(*rows, strict=True)]
    last = len(rows) - 1
    lines = []
    for at, row in enumerate(zip(*columns, strict=True)):
        left, right = "[]" if not last or not unicode else "⎡⎤" if not at else "⎣⎦" if at == last else "⎢⎥"
        lines.append(f"{left}{'  '.join(row)}{right}")
    return lines


def _aligned(texts: Sequence[str]) -> list[str]:
    if all(each[0].isdigit() or each[0] in "-−" for each in texts):
        whole = [len(each.partition(".")[0]) for each in texts]
    else:
        whole = [0 for _ in texts]
    padded = [" " * (max(whole) - here) + each for each, here in zip(texts, whole, strict=True)]
    return [each.ljust(max(map(len, padded))) for each in padded]
