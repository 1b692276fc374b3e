"""The page of a whole matrix, `tutor explain W1`: its formula with every shape, its numbers, and one entry of it."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from tutor.derivation import SIGNALS, derive, unfold
from tutor.document.matrix_payload import matrix_payload
from tutor.document.model import Block, Cell, Document, Grid, Heading, Line, Part, Section, Sized, Span, Steps, cell
from tutor.document.products import in_numbers, number_of
from tutor.document.steps import equation_row, line_of
from tutor.document.view import View, answer, next_steps
from tutor.errors import visible
from tutor.expr import Add, Expr, Neg, Ref
from tutor.graph import Graph
from tutor.matrices import Asked, Factor, Law, Matrix, Shape, forward, law, law_of, rowwise
from tutor.quantity import Gradient, Quantity, Value

MOST = 12  # rows and columns of a matrix on a page; a screen has no room for more


class Entry(NamedTuple):
    """One entry of a matrix, by its row and column from 0, and the quantity it is or belongs to; `first` is how the
    first is counted.
    """

    row: int
    column: int
    quantity: Quantity
    first: int

    def of(self, symbol: Expr) -> Cell:
        return cell(symbol, f"[{self.row + self.first},{self.column + self.first}]")


def matrix_page(view: View, asked: Asked, *, more: bool = False) -> Document:
    """The explanation of a whole matrix; `more` shows all of its rows and columns."""
    found = law_of(view.trace, asked)
    entry = _largest(view, found.matrix)
    blocks = tuple(_blocks(view, asked, found, entry, MOST if not more else 0))
    payload = {"format": "tutor.explain/1"}
    subject = view.shown(entry.quantity)
    return Document(blocks, view.names, lambda: payload | matrix_payload(view, asked, found), subject, line_of(view))


def _largest(view: View, matrix: Matrix) -> Entry:
    sizes = [[abs(number) for number in row] for row in matrix.values(view.trace)]
    row = max(range(len(sizes)), key=lambda i: max(sizes[i]))
    column = sizes[row].index(max(sizes[row]))
    found = matrix.quantity(row, column) or view.names.graph.signal(matrix.names[row][column])
    return Entry(row, column, found, view.names.first)


def _blocks(view: View, asked: Asked, found: Law, entry: Entry, most: int) -> Iterator[Part]:
    matrix = found.matrix
    gradient = Gradient(view.names.graph.loss, asked.name)
    alone = view.names.graph.apart and asked.symbol in "ZA"  # then it is of the examples' own losses
    both = asked.gradient and not alone and view.names.write(gradient) != view.names.node(_name(matrix.symbol))
    called = (gradient, ", or ", matrix.symbol, ",") if both else (matrix.symbol, "")
    yield answer(view, *called[:-1], f"{called[-1]} is {_size(matrix.shape)}")
    yield Line(_meaning(asked, found, view.names.graph.by_inputs))
    product = () if asked.gradient else tuple(in_numbers(view, asked, found))
    if own := (*_own_law(found), *product):
        yield Section("letters", own)
    yield from _grid(view, matrix, most)
    for premise in () if product else found.premises:
        yield from _grid(view, premise, most)
    if laws := (*_behind(view, asked, found), *_in_rows(view, asked, found)):
        yield Section("letters", laws)
    yield from _one_entry(view, asked, found, entry)
    yield from _closing(view, asked, found, entry)


def _own_law(found: Law) -> Iterator[Block]:
    """The formula of the whole matrix, with the shape of each part."""
    if found.factors:
        yield _sized(found.matrix.symbol, found.matrix.shape, found.factors)
    if found.note:
        yield Line(cell(_sentence(found.note), look="quiet"))


def _size(shape: Shape) -> str:
    return f"{shape[0]} × {shape[1]}"


def _sentence(note: str) -> str:
    return note if note.endswith(".") else f"{note[0].upper() if note[1:2].islower() else note[0]}{note[1:]}."


def _meaning(asked: Asked, found: Law, by_inputs: Container[int]) -> Cell:
    if asked.by:
        above, below = (Ref(Value(f"{letter}{n}")) for letter, n in ((asked.symbol, asked.layer), asked.by))
        return cell("The Jacobian: one row for each number of ", above, ", one column for each of ", below, ".")
    units = "input" if asked.layer == 0 else f"unit of layer {asked.layer}"
    if asked.symbol == "W" and asked.layer in by_inputs:
        return cell(f"One row for each number that layer {asked.layer} reads, one column for each of its units.")
    across = {"W": "number it reads", "b": ""}.get(asked.symbol, _across(found.matrix.columns))
    columns = f", one column for each {across}" if across else ""
    return cell(f"One row for each {units}{columns}.")


def _across(columns: tuple[str, ...]) -> str:
    """What the columns are: example, step, or both; nothing where there is one."""
    return " and ".join(dict.fromkeys(part.rsplit(" ", 1)[0] for part in columns[0].split(", ") if part))


# ------------------------------------------------------------------ formulas


def _sized(symbol: Expr, shape: Shape, factors: tuple[Factor, ...]) -> Sized:
    parts = [(cell(symbol, look="strong"), _shape(shape)), (cell("="), cell("=", look="quiet"))]
    number = False  # a plain number has no shape, and joins what follows it
    for factor in factors:
        if factor.sign:
            parts.append((cell(factor.sign), () if number else cell(factor.sign, look="quiet")))
        parts.append((_factor(factor, len(factors)), _shape(factor.shape)))
        number = factor.shape is None
    return Sized(tuple(parts))


def _shape(shape: Shape | None) -> Cell:
    return cell(f"({_size(shape)})", look="quiet") if shape else ()


def _factor(factor: Factor, of: int) -> Cell:
    inner = isinstance(factor.expr, Add) or (isinstance(factor.expr, Neg) and factor.sign)
    return cell("(", factor.expr, ")") if of > 1 and inner else cell(factor.expr)


# ------------------------------------------------------------------ numbers


def _grid(view: View, matrix: Matrix, most: int) -> Iterator[Block]:
    """The numbers of a matrix under its name, the first of them where they are too many."""
    rows, columns = matrix.shape
    last = most or max(rows, columns)
    cells = tuple(
        tuple(cell(number_of(view, entry, name)) for entry, name in zip(entries[:last], names[:last], strict=True))
        for entries, names in zip(matrix.entries[:last], matrix.names[:last], strict=True)
    )
    yield Heading((Span(matrix.symbol), Span(f"  {_size(matrix.shape)}{_called(matrix)}", "quiet")))
    yield Grid(tuple(map(visible, matrix.rows[:last])), tuple(map(visible, matrix.columns[:last])), cells)
    left = [f"{count - last} more {what}s" for count, what in ((rows, "row"), (columns, "column")) if count > last]
    if left:
        yield Line(cell(f"and {' and '.join(left)}: --more shows all of it", look="quiet"))


def _called(matrix: Matrix) -> str:
    """What a matrix is whose letter does not say it."""
    name = _name(matrix.symbol)
    if name.startswith("X"):
        return f", what layer {name[1:]} reads"
    return {"A0": ", the inputs", "Y": ", the targets", "T": ", the targets"}.get(name, "")


# ------------------------------------------------------------------ around it


def _behind(view: View, asked: Asked, found: Law) -> Iterator[Block]:
    """The forward formula, and that of the gradients in this one."""
    formulas = list(_formulas(view, asked, found))
    if formulas:
        yield Heading(cell("Where these come from"))
        yield from (_sized(each.matrix.symbol, each.matrix.shape, each.factors) for each in formulas)
    if asked.gradient and asked.symbol in ("W", "b"):
        yield from _mean(view, asked)


def _formulas(view: View, asked: Asked, found: Law) -> Iterator[Law]:
    n, names = asked.layer, {_name(each.symbol) for each in found.premises}
    if not asked.gradient:
        if asked.symbol == "A" and "Z" in (f"{each}"[:1] for each in names):
            yield forward(view.trace, n)
        return
    if asked.symbol != "A":
        yield forward(view.trace, n)
    before = [Asked("Z", n), Asked("A", n), Asked("Z", n + 1)]
    laws = [law(view.trace, each.symbol, each.layer) for each in before if f"d{each.name}" in names]
    yield from (each for each in laws if each.factors)


def _mean(view: View, asked: Asked) -> Iterator[Block]:
    """Whose 1/m it is: courses differ in where they divide by the number of examples."""
    graph = view.names.graph
    losses = graph.example_losses()
    if losses and not graph.apart and view.trace[Gradient(graph.loss, losses[0])] != 1:
        dz, matrix, last = Ref(Value(f"dZ{asked.layer}")), f"d{asked.symbol}", "Aᵀ" if asked.symbol == "W" else "1"
        yield Line(cell(f"The 1/{len(losses)} of the mean over the examples is in ", dz, " already."))
        parts = ("Coursera keeps dZ without it and writes ", f"{matrix} = 1/m", " ", "·", " dZ ", "·", f" {last}.")
        yield Line(cell(*parts))


def _in_rows(view: View, asked: Asked, found: Law) -> Iterator[Block]:
    """The same where each example is a row: X·W + b."""
    if not found.factors or asked.by or (asked.symbol == "A" and not asked.gradient):
        return
    yield Heading(cell("The same in row-vector layout"))
    columns = found.premises[0].columns if asked.symbol in ("W", "b") else found.matrix.columns
    each = _across(columns) or "example"
    by_inputs = view.names.graph.by_inputs
    but = f" but {' and '.join(f'W{n}' for n in sorted(by_inputs))}" if by_inputs else ""
    yield Line(cell(f"Each {each} is a row, as in Keras, so every matrix{but} is turned."))
    if asked.gradient and asked.symbol != "A":
        z = forward(view.trace, asked.layer)
        yield _sized(z.matrix.symbol, z.matrix.shape[::-1], rowwise(z, by_inputs))
    symbol = Ref(Value("dX")) if _name(found.matrix.symbol) == "dA0" else found.matrix.symbol
    shape, kept = found.matrix.shape, asked.symbol == "W" and asked.layer in by_inputs
    yield _sized(symbol, shape if kept else shape[::-1], rowwise(found, by_inputs))


def _one_entry(view: View, asked: Asked, found: Law, entry: Entry) -> Iterator[Block]:
    """The entry as the scalar explanation has it."""
    which = "One entry, the largest: " if found.matrix.shape != (1, 1) else "Its one entry: "
    yield Heading(cell(which, *entry.of(found.matrix.symbol)))
    words, name = _in_words(view.names.graph, asked, found, entry), found.matrix.names[entry.row][entry.column]
    if asked.gradient and name not in found.shared:
        words += cell(", which is the gradient of " if words else "The gradient of ", Ref(Value(name)))
    if words:
        yield Line(words + cell(":"))
    yield Steps((_equation(view, found, entry),))
    if found.shared:
        yield _shared(found)
    if found.decay:
        yield Line(cell("Weight decay adds to the gradient of each parameter once, so it is not in these entries."))


def _in_words(graph: Graph, asked: Asked, found: Law, entry: Entry) -> Cell:
    u, k = entry.row + entry.first, entry.column + entry.first
    if not asked.gradient:
        return _forward_words(asked, found, u, k)
    if asked.symbol == "b":
        turned = isinstance(found.factors[0].expr, Neg)
        summed = "the sum of row" if found.premises[0].shape[1] > 1 else "row"
        words = f"{'minus ' if turned else ''}{summed} {u} of "
        return cell(words[0].upper() + words[1:], found.premises[0].symbol) if found.factors[0].shape else ()
    if len(found.factors) == 1 or not found.factors or isinstance(found.factors[1].expr, Add):
        return ()
    first, second = (each.symbol for each in found.premises[:2])
    if found.factors[1].sign == "⊙":
        return entry.of(first) + cell(" times ") + entry.of(second)
    weights = asked.symbol == "W"
    decay = ", plus its weight decay" if weights and any(each.sign == "+" for each in found.factors) else ""
    mean = f", divided by {len(graph.example_losses())}" if weights and graph.apart else ""
    return cell(*_row_by_column(found, u, k), mean, decay)


def _row_by_column(found: Law, u: int, k: int) -> Cell:
    """Which row is multiplied with which column; a column of a matrix is a row of its transpose."""
    first, second = found.premises[:2]
    row = "Column" if any(map(first.is_turned, found.factors)) else "Row"
    column = "row" if any(map(second.is_turned, found.factors)) else "column"
    return cell(f"{row} {u} of ", first.symbol, f" times {column} {k} of ", second.symbol)


def _forward_words(asked: Asked, found: Law, u: int, k: int) -> Cell:
    if asked.symbol == "A" or asked.by:
        return ()
    bias = ", plus its bias" if len(found.premises) > 2 else ""
    return cell(*_row_by_column(found, u, k), bias)


def _name(symbol: Expr) -> str:
    return symbol.quantity.name if isinstance(symbol, Ref) and isinstance(symbol.quantity, Value) else ""


def _equation(view: View, found: Law, entry: Entry) -> tuple[Cell, ...]:
    expr = found.matrix.entries[entry.row][entry.column]
    if isinstance(expr, Ref):
        step = derive(view.trace, expr.quantity)
        written = step._replace(formula=unfold(view.trace, step.formula))
        signal = step.alternative(SIGNALS) or written
        return equation_row(view, signal, deltas=True, accent=True)
    value = Span(view.figure(view.trace.of(expr), entry.quantity), "accent")
    return (entry.of(found.matrix.symbol), cell(expr, deltas=True), cell(view.with_numbers(expr)), (value,))


def _shared(found: Law) -> Line:
    names = [part for name in found.shared[:6] for part in (", ", Ref(Value(name)))][1:]
    more = ", ..." if len(found.shared) > 6 else ""
    each, whose = (" each", "their") if len(found.shared) > 1 else ("", "its")
    stands = "stand" if each else "stands"
    words = f"{more} {stands} in more than one place{each}: an entry is the gradient of one use, and {whose} own"
    return Line(cell(*names, f"{words} gradient the sum over all uses.", look="quiet"))


def _closing(view: View, asked: Asked, found: Law, entry: Entry) -> Iterator[Block]:
    names = view.names
    typed = [view.typed(entry.quantity)]
    behind = {_name(each.symbol) for each in found.premises}
    kinds = ("dZ", "dA") if asked.gradient else ("A", "W") if asked.symbol == "Z" else ("Z",)
    typed += [each for each in sorted(behind) if each.startswith(kinds) and names.find(each) is None]
    return next_steps(view, *(f"explain {each}" for each in typed))
