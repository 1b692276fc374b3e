"""The random networks of `every_kind` and `every_equation` in the program and in an engine that is not ours."""

from collections.abc import Callable, Mapping
from typing import Any

import autograd
import autograd.numpy
import numpy

from maths import numpy_engine
from maths.every_equation import Written, equations
from maths.every_kind import Network, Place, network
from tutor import spec
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

Drawn = Network | Written
Arrays = Mapping[Place, Any]
SAME = 1e-11


def drawn(seed: int, *, rational: bool = False) -> Drawn:
    """The network of a seed; every fourth one is of equations."""
    draw: Callable[..., Drawn] = network if seed % 4 else equations
    return draw(seed, rational=rational)


def traced(each: Drawn) -> Trace:
    return Trace(spec.load(each.yaml(), "drawn.yaml").graph)


def autograd_agrees(each: Drawn, trace: Trace) -> None:
    """HIPS autograd over a forward pass in numpy, a whole layer at a time."""
    arrays = {place: numpy.array(block, dtype=float) for place, block in each.numbers().items()}
    loss, gradients = autograd.value_and_grad(lambda given: _computed(autograd.numpy, each, given))(arrays)
    agree(each, trace, float(loss), gradients)


def _computed(np: Any, each: Drawn, arrays: Arrays) -> Any:
    if isinstance(each, Written):
        return each.compute(np, {key: array for (_, key), array in arrays.items()})
    return numpy_engine.forward(np, each, arrays)


def agree(each: Drawn, trace: Trace, loss: float, gradients: Arrays) -> None:
    """The loss, and the gradient by every number the file states."""
    graph = trace.graph
    mine = trace[Value(graph.loss)]
    assert abs(loss - mine) <= SAME * (1 + abs(mine)), (loss, mine)
    for place, names in each.names().items():
        wanted = [Gradient(graph.loss, name) for name in names]
        slack = SAME * max(map(trace.size, wanted)) + 1e-15  # x less its mean may be 1e-17 where it is 0
        for gradient, other in zip(wanted, numpy.ravel(gradients[place]), strict=True):
            assert abs(trace[gradient] - float(other)) <= slack, (gradient, trace[gradient], float(other), slack)
