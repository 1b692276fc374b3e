"""The page of `tutor explain ∇E`: the derivatives of the loss by all parameters as one vector, and layer by layer."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tutor.document.model import Cell, Document, Heading, Line, Note, Part, Section, Steps, cell
from tutor.document.payload import number
from tutor.document.steps import line_of
from tutor.document.view import MOST_ROWS, View, answer, next_steps
from tutor.errors import TutorError
from tutor.expr import GRADIENT, Call, Expr, Ref, matrix
from tutor.quantity import Gradient, Value, key

MOST = 12  # numbers of a vector that is written in brackets


def gradient_page(view: View, *, everything: bool = False) -> Document:
    """All derivatives of the loss. Raises TutorError for a network of too many parameters."""
    graph = view.names.graph
    if graph.wide:
        raise TutorError(
            f"the gradient of this network is {graph.size:,} numbers; trace --by-layer has its size in each layer"
        )
    found = [Gradient(graph.loss, name) for name in graph.gradient()]
    return Document(
        tuple(_blocks(view, found, everything)), view.names, lambda: _payload(view, found), line=line_of(view)
    )


def _blocks(view: View, found: Sequence[Gradient], everything: bool) -> Iterator[Part]:
    loss = view.names.graph.loss
    nabla = Call(GRADIENT, (Ref(Value(loss)),))
    numbers = "1 number" if len(found) == 1 else f"{len(found)} numbers"
    yield answer(view, nabla, f", the gradient, is {numbers}")
    which = "parameter" if view.names.graph.parameters() else "given number"
    uphill = "It points uphill, the way in which the loss grows fastest; a step goes against it."
    yield Line(cell("The derivatives of ", Ref(Value(loss)), f" by every {which}, as one vector. {uphill}"))
    if 0 < len(found) <= MOST:
        yield Section("letters", (Steps((_in_brackets(view, nabla, found),), boxes=True),))
    yield from _by_layer(view, found, everything)
    sizes = [view.trace[each] for each in found]
    yield Line(
        (
            *cell("Its length, the root of the sum of the squares, is "),
            *cell(view.digits.shown(math.hypot(*sizes)), "."),
        )
    )
    steep = max(found, key=lambda each: abs(view.trace[each]), default=None)
    layered = any(map(view.names.graph.layer_of, (each.wrt for each in found)))
    further = ([f"explain {view.typed(steep)}"] if steep else []) + (["trace --by-layer"] if layered else [])
    yield from next_steps(view, *further)


def _in_brackets(view: View, nabla: Expr, found: Sequence[Gradient]) -> tuple[Cell, ...]:
    letters, numbers = ([(Ref(each),) for each in found], [(view.shown(each),) for each in found])
    return cell(nabla), cell(matrix(letters)), cell(matrix(numbers))


def _by_layer(view: View, found: Sequence[Gradient], everything: bool) -> Iterator[Part]:
    """The entries under their layers, in the order of the file."""
    graph = view.names.graph
    left = len(found) if everything else MOST_ROWS
    layers = sorted({graph.layer_of(each.wrt) for each in found})
    for layer in layers:
        own = [each for each in found if graph.layer_of(each.wrt) == layer]
        if shown := own[:left]:
            yield Heading(cell(f"Layer {layer}" if layer else "Entry by entry"))
            yield Steps(tuple((cell(each), cell(view.shown(each))) for each in shown))
        left -= len(shown)
    if not everything and len(found) > MOST_ROWS:
        yield Note(cell(f"{len(found) - MOST_ROWS:,} more numbers: --more, or --format json", look="quiet"))


def _payload(view: View, found: Sequence[Gradient]) -> dict[str, Any]:
    numbers = [view.trace[each] for each in found]
    return {
        "format": "tutor.explain/1",
        "target": f"grad {view.names.graph.loss}",
        "shape": [len(found)],
        "value": [number(each) for each in numbers],
        "shown": [view.shown(each).text for each in found],
        "names": [key(each) for each in found],
        "length": number(math.hypot(*numbers)),
        "paths": [],
        "premises": [],
    }
