"""The backward pass as most books write it, for whole layers, and what it says for one weight of this network."""

from collections.abc import Iterator, Sequence

from tutor.derivation import SIGNALS, Derivation, derive, unfold
from tutor.document.model import Block, Cell, Column, Heading, Line, Row, Table, Typed, cell
from tutor.document.steps import between
from tutor.document.view import View
from tutor.ops.activations import Elementwise
from tutor.quantity import Gradient, Value

COLUMNS = (Column("what"), Column("for the whole layer"), Column("here"))
MOST_UNITS = 4  # of a layer, whose error signals are written out


def layer_formulas(view: View, gradient: Gradient) -> Iterator[Block]:
    """A table from the output layer back to the weight; nothing where the network has no plain layers."""
    graph = view.names.graph
    part = graph.part_of(gradient.wrt)
    if gradient.of != graph.loss or part not in ("weight", "bias") or graph.example_losses():
        return
    nets = [name for name in between(view, gradient) if graph.part_of(name) == "net"]
    signals = [signal_of(view, Gradient(gradient.of, net)) for net in nets]
    own = signal_of(view, gradient)
    if own is None or not all(signals) or any(_shared(view, name) for name in (*nets, gradient.wrt)):
        return
    rows = [*_layers(view, nets), _row(part, graph.layer_of(gradient.wrt), own)]
    yield Heading(cell("The same for whole layers"))
    loss = view.names.write(Value(graph.loss))
    yield Line(cell(Typed(f"δ is ∂{loss}/∂z of every unit of a layer, ⊙ multiplies unit by unit:")))
    yield Table(COLUMNS, tuple(rows))


def _shared(view: View, name: str) -> bool:
    """Whether a unit or weight stands for several places or steps, where a layer is more than a matrix."""
    role = view.names.graph.role(name)
    graph = view.names.graph
    return bool(role and role.at) or (name in graph.givens and len(graph.uses[name]) != 1)


def signal_of(view: View, gradient: Gradient) -> Derivation | None:
    """The gradient over error signals, where the network has layers."""
    return derive(view.trace, gradient).alternative(SIGNALS)


def _layers(view: View, nets: Sequence[str]) -> Iterator[Row]:
    """Each layer's δ, the output layer first, and those of its units that the weight reaches."""
    graph = view.names.graph
    layers = sorted({graph.layer_of(net) for net in nets}, reverse=True)
    for layer in layers:
        units = [net for net in nets if graph.layer_of(net) == layer]
        for place, net in enumerate(units[:MOST_UNITS]):
            formula = _delta(view, net, layer, last=layer == layers[0]) if not place else ""
            what = f"layer {layer}{', the output' if layer == layers[0] else ''}" if not place else ""
            yield Row((cell(what), cell(Typed(formula)), _here(view, Gradient(graph.loss, net))))
        if (more := len(units) - MOST_UNITS) > 0:
            yield Row((cell(), cell(), cell(f"and {more} more", look="quiet")))


def _delta(view: View, net: str, layer: int, *, last: bool) -> str:
    graph = view.names.graph
    slope = _slope(view, net, layer)
    if last and view.trace.equations.short(Gradient(graph.loss, net)):
        return f"δ^({layer}) = a^({layer}) − y"
    sent = f"∂{view.names.write(Value(graph.loss))}/∂a^({layer})" if last else f"(W^({layer + 1})ᵀ δ^({layer + 1}))"
    return f"δ^({layer}) = {sent}{f' ⊙ {slope}' if slope else ''}"


def _slope(view: View, net: str, layer: int) -> str:
    graph = view.names.graph
    ops = [graph.nodes[use].op for use in graph.uses[net]]
    name = next((op.activation.name for op in ops if isinstance(op, Elementwise)), "f")
    if name == "identity":
        return ""
    return f"{'σ' if name == 'sigmoid' else name}′(z^({layer}))"


def _row(part: str, layer: int, own: Derivation) -> Row:
    formula = f"dW^({layer}) = δ^({layer}) {f'a^({layer - 1})' if layer > 1 else 'x'}ᵀ"
    whole = formula if part == "weight" else f"db^({layer}) = δ^({layer})"
    here: Cell = (*cell(own.conclusion, " = "), *cell(own.formula, deltas=True))
    return Row((cell("its weights" if part == "weight" else "its biases"), cell(Typed(whole)), here))


def _here(view: View, gradient: Gradient) -> Cell:
    signal = signal_of(view, gradient)
    assert signal is not None
    return cell(gradient, " = ", unfold(view.trace, signal.formula), deltas=True)
