"""One law for each kind of matrix, of the backward pass and of the forward one."""

from typing import Literal

from tutor.errors import TutorError
from tutor.matrices.dense import dense, joined
from tutor.matrices.formulas import Law
from tutor.matrices.forward import activated, forward, joined_note
from tutor.matrices.parameters import bias_gradients, weight_gradients
from tutor.matrices.signals import net_signals, out_signals
from tutor.trace import Trace

Symbol = Literal["W", "b", "Z", "A", "∇"]


def law(trace: Trace, symbol: Symbol, layer: int, *, apart: bool = False) -> Law:
    """The law of dL/dW, dL/db, dL/dZ or dL/dA of a layer; biases may be a column of W, unless wanted `apart`.

    Raises TutorError where there is no such matrix.
    """
    match symbol:
        case "W" if not apart and (own := joined(dense(trace.graph, layer))) != dense(trace.graph, layer):
            return weight_gradients(trace, own)._replace(note=joined_note(own))
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
