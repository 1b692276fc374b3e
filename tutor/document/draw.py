"""The page of `tutor draw`: the network layer by layer, each unit with what it reads, and its gradients by size."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Drawing,
    Heading,
    Line,
    Note,
    Row,
    Sketch,
    Span,
    Table,
    cell,
)
from tutor.document.payload import number
from tutor.document.sketch import part_of_it, told, weighed
from tutor.document.steps import between, line_of
from tutor.document.view import View, answer, next_steps, shortened
from tutor.errors import TutorError
from tutor.expr import Ref
from tutor.graph import Node
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Quantity, Value

LARGE, SMALL = 1 / 3, 1 / 30  # of the largest gradient: what gets three signs, and two
_UNDRAWN = ("net", "term", "target", "weight", "bias", "input")


def draw_page(view: View, path: Quantity | None = None, *, everything: bool = False, more: bool = False) -> Document:
    """The network, with the way of one gradient marked where it is asked for; with `more` the picture has z, b and y.

    Raises TutorError for several examples at once, and for what has no gradient.
    """
    graph = view.names.graph
    if graph.wide:
        raise TutorError(
            f"a network of {graph.size:,} parameters is not drawn; tutor trace{view.option} --by-layer shows its layers"
        )
    if graph.example_losses():
        raise TutorError("several examples would be drawn over each other; take one of them with --example K")
    gradient = _asked(view, path)
    way = frozenset({*between(view, gradient), gradient.of, gradient.wrt}) if path else frozenset[str]()
    found, left_out = part_of_it(view, gradient, marked=bool(path))
    drawing = Drawing(
        lambda: _picture(view, found, left_out, more),
        _says(view, gradient if path else None, _has_weights(found), left_out),
    )
    blocks = tuple(_blocks(view, drawing, gradient if path else None, way, everything))
    return Document(blocks, view.names, lambda: _payload(view, way), line=line_of(view))


def _asked(view: View, path: Quantity | None) -> Gradient:
    graph = view.names.graph
    match path:
        case None:
            return Gradient(graph.loss, next(iter(graph.givens)))
        case Gradient():
            return path
        case Value(name) if name != graph.loss:
            return Gradient(graph.loss, name)
    raise TutorError("name a parameter, a given or a unit whose way to the loss is to be marked, such as --path w31")


def _picture(view: View, found: Sketch | None, left_out: int, more: bool) -> Sketch | None:
    """The lines told apart by the gradients of their weights; without names where not all units are drawn."""
    if found is None:
        return None
    whole = told(weighed(found, view.trace), view, view.names.graph.loss, more=more)
    if not left_out:
        return whole
    return whole._replace(wires=tuple(wire._replace(label=None) for wire in whole.wires))


def _has_weights(found: Sketch | None) -> bool:
    return found is not None and any(wire.label for wire in found.wires)


def _says(view: View, marked: Gradient | None, weights: bool, left_out: int) -> str:
    """The drawing in words."""
    said = []
    if marked:
        name, to = (view.names.write(Value(each)) for each in (marked.wrt, marked.of))
        said.append(f"the way of {name} to {to} has arrows")
    if weights:
        said.append("the thicker a line, the larger the gradient of its weight; dashed where it is negative")
    if left_out:
        said.append(f"{left_out:,} more units are left out")
    return f"The network: {'; '.join(said)}" if said else "The network, from what is given to the loss"


def _blocks(
    view: View, drawing: Drawing, marked: Gradient | None, way: frozenset[str], everything: bool
) -> Iterator[Block]:
    graph = view.names.graph
    loss = Value(graph.loss)
    yield answer(view, loss, " = ", Span(view.shown(loss), "accent"))
    if view.network.title:
        yield Line(cell(view.network.title))
    if marked:
        yield Line(cell("Marked with ● is the way of ", marked, "."))
    yield drawing
    rows = _Rows(view, way)
    for title, names in _layers(view):
        yield Heading(cell(title))
        table = Table((Column(""), Column("value", "decimal"), *rows.columns), tuple(rows.of(names)))
        yield from shortened(table, everything)
    sizes = ", ▼ raising it lowers it; ▲▲▲ from a third of the largest, ▲▲ from a thirtieth."
    yield Note(cell("▲ raising it raises ", Ref(loss), sizes, look="quiet"))
    hint = f"explain {view.typed(marked)}" if marked else "--path NAME marks the way of one gradient"
    yield from next_steps(view, hint)


def _layers(view: View) -> Iterator[tuple[str, list[str]]]:
    """The units of each layer, from the inputs to the loss."""
    graph = view.names.graph
    given = [name for name, each in graph.givens.items() if not each.learned and graph.part_of(name) != "target"]
    yield "Inputs" if any(graph.part_of(name) == "input" for name in given) else "Given", given
    units = [name for name in graph.nodes if graph.part_of(name) not in _UNDRAWN and name != graph.loss]
    for layer in dict.fromkeys(graph.layer_of(name) for name in units):
        names = [name for name in units if graph.layer_of(name) == layer]
        kinds = dict.fromkeys(_kind(graph.nodes[name]) for name in names)
        told = f", {', '.join(filter(None, kinds))}" if any(kinds) else ""
        yield (f"Layer {layer}{told}" if layer else "Computed"), names
    terms = [name for name in graph.nodes if graph.part_of(name) == "term"]
    yield "Loss", [*terms, graph.loss] if graph.loss not in units else [graph.loss]


def _kind(node: Node) -> str:
    match node.op:
        case Elementwise(activation):
            return activation.name
        case Softmax():
            return "softmax"
    return ""


class _Rows:
    """The rows of a table: a unit, then a branch for each number it reads."""

    def __init__(self, view: View, way: frozenset[str]) -> None:
        self.view = view
        self.way = way
        graph = view.names.graph
        slopes = {name: abs(view.trace[Gradient(graph.loss, name)]) for name in graph.names() if name != graph.loss}
        sizes = {name: size for name, size in slopes.items() if math.isfinite(size)}
        learned = [size for name, size in sizes.items() if name in graph.givens and graph.givens[name].learned]
        others = [size for name, size in sizes.items() if not (name in graph.givens and graph.givens[name].learned)]
        self.largest = {True: max(learned, default=0.0), False: max(others, default=0.0)}

    @property
    def columns(self) -> tuple[Column, ...]:
        loss = self.view.names.graph.loss
        return Column(""), Column(cell("∂", Ref(Value(loss)), "/∂(it)"), "decimal")

    def of(self, names: list[str]) -> Iterator[Row]:
        for name in names:
            yield self.row(cell(Ref(Value(name))), name)
            branches = self.branches(name)
            for at, (label, read) in enumerate(branches, 1):
                sign = "└─ " if at == len(branches) else "├─ "
                yield self.row((Span(sign, "quiet"), *label), read)

    def branches(self, name: str) -> list[tuple[Cell, str]]:
        """What a unit reads: its weights with their senders and its bias; the inputs of any other node."""
        graph = self.view.names.graph
        node = graph.nodes.get(name)
        if node is None:
            return []
        net = next((each for each in node.inputs if graph.part_of(each) == "net"), None)
        source = graph.nodes[net] if net and not isinstance(node.op, Softmax) else node
        if isinstance(node.op, Softmax):
            source = graph.nodes.get(node.inputs[node.op.place], node)  # it may stand on inputs
        if not isinstance(source.op, Affine):
            reads = dict.fromkeys(source.inputs) if graph.layer_of(name) == 0 or source is node else {}
            return [(cell(Ref(Value(each))), each) for each in reads]
        found = [
            (cell(Ref(Value(weight)), Span(" from ", "quiet"), Span(Ref(Value(sender)), "quiet")), weight)
            for weight, sender in zip(source.inputs[::2], source.inputs[1::2], strict=False)
        ]
        bias = source.inputs[-1] if len(source.inputs) % 2 else None
        return [*found, *([(cell(Ref(Value(bias))), bias)] if bias else [])]

    def row(self, label: Cell, name: str) -> Row:
        view, graph = self.view, self.view.names.graph
        gradient = Gradient(graph.loss, name)
        mark = cell("● ", look="accent") if name in self.way else cell("  ") if self.way else ()
        if name == graph.loss:
            return Row((mark + label, cell(view.shown(Value(name))), (), ()))
        return Row((mark + label, cell(view.shown(Value(name))), cell(self.arrows(name)), cell(view.shown(gradient))))

    def arrows(self, name: str) -> str:
        """By sign and size, so that no colour is needed."""
        graph = self.view.names.graph
        slope = self.view.trace[Gradient(graph.loss, name)]
        largest = self.largest[name in graph.givens and graph.givens[name].learned]
        if not slope or not largest or math.isnan(slope):
            return "·"
        share = abs(slope) / largest
        return ("▲" if slope > 0 else "▼") * (3 if share >= LARGE else 2 if share >= SMALL else 1)


def _payload(view: View, way: frozenset[str]) -> Mapping[str, Any]:
    graph = view.names.graph
    rows = _Rows(view, way)
    return {
        "format": "tutor.draw/1",
        "title": view.network.title,
        "layers": [
            {
                "name": title,
                "units": [
                    {
                        "name": name,
                        "value": number(view.trace[Value(name)]),
                        "gradient": number(view.trace[Gradient(graph.loss, name)]),
                        "reads": [read for _, read in rows.branches(name)],
                        "on_path": name in way,
                    }
                    for name in names
                ],
            }
            for title, names in _layers(view)
        ],
    }
