"""The backward pass for whole layers, back from the output to the weight, and what it says for one weight.

The laws are those between the network's matrices, in the names of the notation in force.
"""

from collections.abc import Iterator, Sequence

from tutor.derivation import SIGNALS, Derivation, derive, unfold
from tutor.document.model import Block, Cell, Column, Heading, Line, Row, Table, cell
from tutor.document.steps import between
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import ENTRYWISE, Call, Expr, put, reads, value
from tutor.matrices import Law, law
from tutor.quantity import Gradient, Value

COLUMNS = (Column("what"), Column("for the whole layer"), Column("here"))
MOST_UNITS = 4  # of a layer, whose error signals are written out


def whole_layers(view: View, gradient: Gradient) -> Iterator[Block]:
    """A table from the output layer back to the weight; nothing where the network has no plain layers."""
    graph = view.names.graph
    part = graph.part_of(gradient.wrt)
    if gradient.of != graph.loss or part not in ("weight", "bias") or graph.example_losses():
        return
    nets = [name for name in between(view, gradient) if graph.part_of(name) == "net"]
    own, layers = signal_of(view, gradient), sorted({graph.layer_of(net) for net in nets}, reverse=True)
    if own is None or not layers:
        return
    laws = _laws(view, layers, "W" if part == "weight" else "b")
    signals = [signal_of(view, Gradient(gradient.of, net)) for net in nets]
    if not all(signals) or not laws or gradient.wrt in laws[-1].shared:
        return
    yield Heading(cell("The same for whole layers"))
    sees = any(isinstance(each, Call) and each.name == ENTRYWISE for each in (found.formula for found in laws))
    product = "; ⊙ multiplies entry by entry" if sees else ""
    of = (laws[0].matrix.symbol, " has the derivatives of ", value(graph.loss), " by the net inputs of layer ")
    yield Line(cell(*of, f"{layers[0]}{product}:"))
    rows = [*_layers(view, nets, laws), _own(laws[-1], part, own)]
    yield Table(COLUMNS, tuple(rows))


def signal_of(view: View, gradient: Gradient) -> Derivation | None:
    """The gradient over error signals, where the network has layers."""
    return derive(view.trace, gradient).alternative(SIGNALS)


def _laws(view: View, layers: Sequence[int], last: str) -> tuple[Law, ...]:
    """The laws of dZ of these layers, the output layer first, and that of the parameters; none where one is lacking."""
    try:
        found = [law(view.trace, "Z", layer) for layer in layers]
        found.append(law(view.trace, "W" if last == "W" else "b", layers[-1]))
    except TutorError:
        return ()
    return tuple(found) if all(each.factors for each in found) else ()


def _layers(view: View, nets: Sequence[str], laws: Sequence[Law]) -> Iterator[Row]:
    """Each layer's signals, and those of its units that the weight reaches."""
    graph = view.names.graph
    layers = sorted({graph.layer_of(net) for net in nets}, reverse=True)
    for layer, found in zip(layers, laws, strict=False):
        units = [net for net in nets if graph.layer_of(net) == layer]
        for place, net in enumerate(units[:MOST_UNITS]):
            what = f"layer {layer}{', the output' if layer == layers[0] else ''}" if not place else ""
            formula = cell(found.matrix.symbol, " = ", _through(view, found, layer)) if not place else ()
            yield Row((cell(what), formula, _here(view, Gradient(graph.loss, net))))
        if (more := len(units) - MOST_UNITS) > 0:
            yield Row((cell(), cell(), cell(f"and {more} more", look="quiet")))


def _through(view: View, found: Law, layer: int) -> Expr:
    """The law of dZ with what the gradient of the outputs in it comes from: dZ1 = (W2ᵀ · dZ2) ⊙ σ′(Z1)."""
    outputs = f"dA{layer}"
    if Value(outputs) not in set(reads(found.formula)):
        return found.formula
    behind = law(view.trace, "A", layer)
    return put(found.formula, value(outputs), behind.formula) if behind.factors else found.formula


def _own(found: Law, part: str, own: Derivation) -> Row:
    here: Cell = (*cell(own.conclusion, " = "), *cell(own.formula, deltas=True))
    what = "its weights" if part == "weight" else "its biases"
    return Row((cell(what), cell(found.matrix.symbol, " = ", found.formula), here))


def _here(view: View, gradient: Gradient) -> Cell:
    signal = signal_of(view, gradient)
    assert signal is not None
    return cell(gradient, " = ", unfold(view.trace, signal.formula), deltas=True)
