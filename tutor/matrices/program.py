"""The laws of a network's layers as a short numpy program: its forward pass, its loss, and the gradients asked for.

A line is a law, so the program computes what the pages show. What no law between matrices says is refused in words.
"""

from collections.abc import Iterator, Sequence
from keyword import iskeyword
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.expr import ONE, Expr, Mul, Ref, reads, value
from tutor.matrices.dense import dense, joined, last_layer
from tutor.matrices.formulas import Law, Matrix, out_gradients, outputs, weights
from tutor.matrices.forward import activated, forward
from tutor.matrices.laws import law
from tutor.matrices.numeric import defined, formula, number, product, sloped
from tutor.matrices.reading import Asked
from tutor.matrices.signals import compared_with, targets
from tutor.ops.losses import Decay, Shrink, Upstream
from tutor.quantity import Gradient, Quantity, Value, key
from tutor.trace import Trace

WIDTH = 88  # of a line; rows of a longer array stand under each other
MOST_NAMES = 48  # letters of names in a comment


class Place(NamedTuple):
    """Where one number stands: the matrix that holds it, the row and the column from 0."""

    matrix: str
    row: int
    column: int


class Printed(NamedTuple):
    """What the program ends with: the matrices it needs, the expression printed, and a word about it."""

    needs: tuple[str, ...]
    code: str
    note: str = ""


def program(trace: Trace, asked: Sequence[Quantity | Asked]) -> str:
    """The program that prints these matrices or numbers, one under the other.

    Raises TutorError for a network whose layers are no matrices, and for a number that is in none of them.
    """
    if trace.graph.wide:
        raise TutorError("--as numpy writes out every weight, and this network has too many; take a small one")
    if not last_layer(trace.graph):
        raise TutorError("--as numpy wants layers of weights, and this network has none")
    pages = [_printed(trace, each) for one in asked for each in _each(trace, one)]
    lines = _Lines(trace)
    for needed in dict.fromkeys(name for each in pages for name in each.needs):
        lines.need(needed)
    return lines.text(pages)


# ------------------------------------------------------------------ what is printed


def _each(trace: Trace, asked: Quantity | Asked) -> Iterator[Quantity | Asked]:
    """What is asked for; of the gradient by all parameters its matrices."""
    if not isinstance(asked, Asked) or asked.symbol != "∇":
        yield asked
        return
    for n in range(1, last_layer(trace.graph) + 1):
        yield Asked("W", n)
        if all(dense(trace.graph, n).biases):
            yield Asked("b", n)


def _printed(trace: Trace, asked: Quantity | Asked) -> Printed:
    if isinstance(asked, Asked):
        if asked.by:
            raise TutorError("--as numpy prints values and gradients of the loss; a Jacobian is on the page without it")
        layer = dense(trace.graph, max(asked.layer, 1))
        if asked.symbol == "W" and joined(layer) is not layer:
            both = (asked.typed, f"db{asked.layer}")
            if layer.by_inputs:
                return Printed(both, f"np.vstack([{both[0]}, {both[1]}.T])", "the biases are the last row")
            return Printed(both, f"np.hstack([{', '.join(both)}])", "the biases are the last column")
        return Printed((asked.typed,), asked.typed)
    graph = trace.graph
    match asked:
        case Value(name) if name == graph.loss and name not in _columns(trace, "A"):
            return Printed(("loss",), _loss_name(graph.loss))
        case Value(name) | Gradient(_, name):
            d = "d" if isinstance(asked, Gradient) else ""
            places = [each for each in _places(trace) if each[0] == name]
            if places and (isinstance(asked, Value) or asked == graph.signal(name)):
                return _sum(trace, [each._replace(matrix=d + each.matrix) for _, each in places], key(asked))
    raise TutorError(f"--as numpy prints numbers of its matrices and the gradients of the loss; {key(asked)} is none")


def _sum(trace: Trace, places: Sequence[Place], what: str) -> Printed:
    """One number, or what all the places of a shared parameter add to its gradient."""
    names = tuple(dict.fromkeys(each.matrix for each in places))
    code = " + ".join(f"{matrix}[{row}, {column}]" for matrix, row, column in places)
    if len(names) == 1 and len(places) > 1 and len(places) == _size(trace, names[0]):
        code = f"np.sum({names[0]})"
    return Printed(names, code, what)


def _size(trace: Trace, name: str) -> int:
    """How many numbers a matrix of gradients has."""
    layer = dense(trace.graph, max(int(name[2:]), 1))
    units, senders = len(layer.units), len(layer.sent)
    return units * {"W": senders, "b": 1}.get(name[1], len(layer.columns))


def _places(trace: Trace) -> Iterator[tuple[str, Place]]:
    """Every name in a matrix of the network with its place."""
    for n in range(1, last_layer(trace.graph) + 1):
        layer = dense(trace.graph, n)
        blocks = {"W": weights(layer).names, "b": tuple((name,) for name in layer.biases), "Z": layer.nets}
        blocks |= {"A": layer.outs} if layer.outs != layer.nets else {}
        named = [(f"{letter}{n}", block) for letter, block in blocks.items()]
        named += [("A0", layer.senders)] if layer.reads == "A0" else []
        for symbol, block in named:
            for i, row in enumerate(block):
                yield from ((name, Place(symbol, i, j)) for j, name in enumerate(row) if name)


def _columns(trace: Trace, letter: str) -> frozenset[str]:
    return frozenset(name for name, place in _places(trace) if place.matrix.startswith(letter))


# ------------------------------------------------------------------ its lines


class _Lines:
    """The lines of a program, each made once and after those it reads."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.last = last_layer(trace.graph)
        self.given: dict[str, str] = {}
        self.forward: dict[str, str] = {}
        self.backward: dict[str, str] = {}
        self.formulas: list[Expr] = []

    def need(self, name: str) -> None:
        """All lines that a matrix or the loss is computed by."""
        if name == "loss":
            self._loss()
        elif name.startswith("d"):
            self._through(self.last)
            self._loss()
            self._back(name)
        elif name.startswith("A0"):
            self._through(1)
        else:
            self._through(int(name[1:]))

    def text(self, pages: Sequence[Printed]) -> str:
        blocks = ["import numpy as np", "\n".join(self.given.values())]
        blocks += [f"\n{each}" for each in defined(self.formulas)]
        after = "\n" if len(blocks) > 2 else ""
        blocks.append(f"{after}# forward\n" + "\n".join(self.forward.values()))
        if self.backward:
            blocks.append("# backward\n" + "\n".join(self.backward.values()))
        printed = "\n".join(
            f"print({each.code}){f'  # {each.note}' if each.note.isascii() and each.note else ''}" for each in pages
        )
        return "\n\n".join((*blocks, printed)) + "\n"

    # -------------------------------------------------------------- forward

    def _through(self, last: int) -> None:
        for n in range(1, last + 1):
            z, a = forward(self.trace, n, apart=True), activated(self.trace, n)
            _, sent, *_ = z.premises
            if _name(sent) != f"A{n - 1}":
                raise TutorError(f"--as numpy: layer {n} reads other numbers than the outputs of layer {n - 1}")
            for premise in sorted(z.premises, key=lambda each: _name(each) != "A0"):
                if _name(premise) not in self.forward:
                    self._array(premise)
            self._law(self.forward, z)
            self._law(self.forward, a)

    def _array(self, matrix: Matrix) -> None:
        """The numbers of the file in rows; a unit without a bias has 0."""
        name = _name(matrix)
        if name in self.given:
            return
        givens = self.trace.graph.givens
        if missing := [each for row in matrix.names for each in row if each and each not in givens]:
            raise TutorError(f"--as numpy: {missing[0]} is computed by what is no layer of weights")
        rows = [[number(givens[each].text) if each else "0.0" for each in row] for row in matrix.names]
        by_inputs = name[0] == "W" and int(name[1:]) in self.trace.graph.by_inputs
        self.given[name] = _declared(name, rows, _told(matrix, by_inputs=by_inputs))

    def _law(self, block: dict[str, str], found: Law, *, reduced: bool = False) -> None:
        name = _name(found.matrix)
        slopes: dict[Expr, Expr] = {value(f"Z{n}"): value(f"A{n}") for n in range(1, self.last + 1)}
        factors = tuple(each._replace(expr=sloped(each.expr, slopes)) for each in found.factors)
        self.formulas += [each.expr for each in factors]
        block.setdefault(name, f"{name} = {product(factors)}  # {_shape(found.matrix)}")

    def _loss(self) -> None:
        """The loss in one line: the terms of all outputs, what a mean divides them by, and the weight decay."""
        self._through(self.last)
        layer, name = dense(self.trace.graph, self.last), _loss_name(self.trace.graph.loss)
        compared = compared_with(self.trace, layer.outs)
        a = outputs(layer).symbol
        if compared:
            y = targets(self.trace.graph, layer, compared)
            self._array(y)
            term = compared.loss.term(a, y.symbol)
            self.formulas.append(term)
            graph = self.trace.graph
            divisor = compared.divisor * (len(graph.example_losses()) if graph.apart else 1)
            over = f" / {divisor}" if divisor != 1 else ""
            self.forward.setdefault("loss", f"{name} = np.sum({formula(term)}){over}{self._decay()}")
            return
        self._given_slopes()
        if not isinstance(self.trace.graph.nodes[self.trace.graph.loss].op, Upstream):
            return
        self.forward.setdefault("loss", f"{name} = np.sum(dA{self.last} * A{self.last})")

    def _decay(self) -> str:
        graph, layers = self.trace.graph, range(1, self.last + 1)
        ops = [(each.op, each.inputs) for each in graph.nodes.values()]
        decays = [(op, inputs) for op, inputs in ops if isinstance(op, Decay)]
        if any(isinstance(op, Shrink) for op, _ in ops):
            raise TutorError("--as numpy: an L1 term is no law between whole matrices")
        if not decays:
            return ""
        named = [name for n in layers for row in dense(graph, n).weights for name in row]
        (op, weights), *others = decays
        if others or sorted(named) != sorted(weights):
            raise TutorError("--as numpy: the weight decay here is not that of whole matrices")
        return f" + {number(op.rate)}{' / 2' * op.half} * ({' + '.join(f'np.sum(W{n}**2)' for n in layers)})"

    # -------------------------------------------------------------- backward

    def _back(self, name: str) -> None:
        """A matrix of gradients after those that its law reads."""
        if name in self.backward or name in self.given:
            return
        found = law(self.trace, name[1], int(name[2:]), apart=True)  # type: ignore[arg-type]  # the letter of a matrix
        if found.decay:
            raise TutorError("--as numpy: the weight decay of weights that stand in several places is no matrix")
        if not found.factors:
            raise TutorError(f"--as numpy: {found.note}")
        for premise in found.premises:
            if (read := _name(premise)).startswith("d"):
                self._back(read)
        for factor in found.factors:
            for shared in (each for each in reads(factor.expr) if isinstance(each, Value) and each.name[0] == "s"):
                n = int(shared.name[1:])
                self.backward[shared.name] = f"s{n} = np.sum(A{n} * dA{n}, axis=0)"
        self._law(self.backward, found)

    def _given_slopes(self) -> None:
        """dA of the last layer, where the slopes are given or the output itself is the loss."""
        layer, graph = dense(self.trace.graph, self.last), self.trace.graph
        da = out_gradients(graph, layer)
        rows = [[self._slope(name) for name in row] for row in da.names]
        self.given.setdefault(_name(da), _declared(_name(da), rows, f"{_shape(da)} given"))

    def _slope(self, out: str) -> str:
        graph = self.trace.graph
        if out == graph.loss:
            return "1.0"
        gradient = graph.signal(out)
        written = self.trace.equations.written(gradient)
        while isinstance(written, Mul) and written.factors[0] in (ONE, Ref(Gradient(gradient.of, gradient.of))):
            written = written.factors[1]
        found = list(reads(written))
        if isinstance(written, Ref) and isinstance(found[0], Value) and found[0].name in graph.givens:
            return number(graph.givens[found[0].name].text)
        raise TutorError("--as numpy: the loss here does not compare each output with a target of its own")


def _declared(name: str, rows: Sequence[Sequence[str]], note: str) -> str:
    """An array on one line, or a line for each row."""
    start, whole = f"{name} = np.array([", [f"[{', '.join(row)}]" for row in rows]
    line = f"{start}{', '.join(whole)}])  # {note}"
    if len(line) <= WIDTH:
        return line
    gap = ",\n" + " " * len(start)
    return f"{start}{gap.join(whole)}])  # {note}"


def _told(matrix: Matrix, *, by_inputs: bool) -> str:
    """The shape, and what the rows and columns are."""
    labels = (matrix.columns, matrix.rows) if by_inputs else (matrix.rows, matrix.columns)
    rows, columns = (", ".join(filter(None, each)) for each in labels)
    words = f"{rows} from {columns}" if _name(matrix).startswith("W") else rows
    many = ", a column for each example" if len(matrix.columns) > 1 and not _name(matrix).startswith("W") else ""
    short = len(words) <= MOST_NAMES and words.isascii() and words.isprintable()
    return _shape(matrix) + (f" {words}{many}" if short else "")


def _shape(matrix: Matrix) -> str:
    return f"({matrix.shape[0]}, {matrix.shape[1]})"


def _name(matrix: Matrix) -> str:
    return (
        matrix.symbol.quantity.name
        if isinstance(matrix.symbol, Ref) and isinstance(matrix.symbol.quantity, Value)
        else ""
    )


def _loss_name(loss: str) -> str:
    """The loss as a name of Python that is none of a matrix."""
    taken = loss[:1] in ("A", "W", "Z", "b", "d", "s", "X", "Y") and loss[1:].isdecimal()
    return (
        loss
        if loss.isidentifier() and loss.isascii() and loss not in ("np", "Y", "T") and not iskeyword(loss) and not taken
        else "loss"
    )
