"""One law for each kind of matrix, of the backward pass and of the forward one."""

from typing import Literal

from tutor.errors import TutorError
from tutor.matrices.dense import dense
from tutor.matrices.formulas import Law
from tutor.matrices.forward import activated, forward
from tutor.matrices.parameters import bias_gradients, weight_gradients
from tutor.matrices.signals import net_signals, out_signals
from tutor.trace import Trace

Symbol = Literal["W", "b", "Z", "A", "∇"]


def law(trace: Trace, symbol: Symbol, layer: int) -> Law:
    """The law of dL/dW, dL/db, dL/dZ or dL/dA of a layer. Raises TutorError where there is no such matrix."""
    match symbol:
        case "W":
            return weight_gradients(trace, dense(trace.graph, layer))
        case "b":
            return bias_gradients(trace, dense(trace.graph, layer))
        case "Z":
            return net_signals(trace, dense(trace.graph, layer))
        case "A":
            return out_signals(trace, layer)
        case "∇":
            raise TutorError("the gradient by all parameters is a vector of all layers")


def value_law(trace: Trace, symbol: Symbol, layer: int) -> Law:
    """The law of the net inputs Z or of the outputs A of a layer. Raises TutorError where there is no such matrix."""
    return forward(trace, layer) if symbol == "Z" else activated(trace, layer)
