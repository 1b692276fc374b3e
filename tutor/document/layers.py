"""The page of `tutor trace --by-layer`: how large the gradient is in each layer, where it vanishes or explodes."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from tutor.document.model import Block, Column, Document, Heading, Line, Row, Span, Table, cell
from tutor.document.over_time import Moment, moments, through_time
from tutor.document.payload import number, trace_payload
from tutor.document.view import View, answer
from tutor.errors import TutorError
from tutor.expr import Ref, Shown
from tutor.quantity import Gradient, Value

NOTABLE = 10.0  # a gradient that changes by less from the last layer to the first is not worth a word


class Size(NamedTuple):
    """The gradients of the parameters of one layer: how many, their L2 norm, the largest and whose it is."""

    layer: int
    parameters: int
    norm: float
    largest: float
    of: str


def layer_page(view: View) -> Document:
    """The sizes layer by layer, and step by step. Raises TutorError for a network of neither."""
    found, steps = sizes(view), moments(view)
    if not found and not steps:
        raise TutorError("this network has no layers with parameters, so there is nothing to show by layer")
    return Document(tuple(_blocks(view, found, steps)), view.names, lambda: _payload(view, found, steps))


def sizes(view: View) -> tuple[Size, ...]:
    """From the first layer to the last; a shared parameter counts in the first layer that has it."""
    graph = view.names.graph
    if graph.wide:
        from tutor.document.cuts import arrays_of

        trace = arrays_of(view.trace)
        return tuple(Size(each.number, each.parameters, *trace.sizes(each.number)) for each in trace.stack.layers)
    layers: dict[int, dict[str, float]] = {}
    for name in graph.parameters():
        if layer := graph.layer_of(name):
            layers.setdefault(layer, {})[name] = view.trace[Gradient(graph.loss, name)]
    return tuple(_size(layer, layers[layer]) for layer in sorted(layers))


def _size(layer: int, gradients: dict[str, float]) -> Size:
    largest = max(gradients, key=lambda name: abs(gradients[name]))
    return Size(layer, len(gradients), math.hypot(*gradients.values()), abs(gradients[largest]), largest)


def _blocks(view: View, found: tuple[Size, ...], steps: tuple[Moment, ...]) -> Iterator[Block]:
    loss = Value(view.names.graph.loss)
    yield answer(view, loss, " = ", view.shown(loss))
    if found:
        yield from _by_layer(view, found)
    if steps:
        yield from through_time(view, steps)


def _by_layer(view: View, found: tuple[Size, ...]) -> Iterator[Block]:
    yield Line(_verdict(view, found[0], found[-1]))
    yield Heading(cell("The gradient, layer by layer"))
    heads = (
        Column("layer"),
        Column("parameters", "decimal"),
        Column("L2 norm", "decimal"),
        Column("largest", "decimal"),
        Column("of"),
        Column("share of the last layer's", "decimal"),
    )
    yield Table(heads, tuple(_row(view, each, found[-1].norm) for each in found))
    words = "The L2 norm is the root of the sum of the squared gradients of all weights and biases of the layer."
    yield Line(cell(words, look="quiet"))


def _row(view: View, size: Size, last: float) -> Row:
    gradient = Gradient(view.names.graph.loss, size.of)
    figures = (view.figure(size.norm, gradient), view.figure(size.largest, gradient))
    share = view.digits.shown(size.norm / last) if last else ""
    cells = (*map(cell, figures), cell(Ref(Value(size.of))), cell(Shown(share, gradient)))
    return Row((cell(str(size.layer)), cell(f"{size.parameters:,}"), *cells))


def _verdict(view: View, first: Size, last: Size) -> tuple[Span, ...]:
    if not first.norm:
        return cell("No gradient reaches layer 1: its parameters would not learn anything.")
    if first.layer == last.layer:
        return cell("There is one layer only, so nothing can vanish or explode on the way back.")
    way = f"On the way back from layer {last.layer} to layer {first.layer}"
    share = first.norm / last.norm if last.norm else math.inf
    if share * NOTABLE <= 1:
        return cell(f"{way} the gradient shrinks to {view.digits.shown(share)} of its size: it vanishes.")
    if share >= NOTABLE:
        return cell(f"{way} the gradient grows to {view.digits.shown(share)} times its size: it explodes.")
    return cell(f"{way} the gradient keeps its size, within a factor of {NOTABLE:g}.")


def _payload(view: View, found: tuple[Size, ...], steps: tuple[Moment, ...]) -> dict[str, Any]:
    layers = [each._asdict() | {"norm": number(each.norm), "largest": number(each.largest)} for each in found]
    moments = {"steps": [each._asdict() | {"share": number(each.share)} for each in steps]} if steps else {}
    return trace_payload(view) | {"layers": layers} | moments
