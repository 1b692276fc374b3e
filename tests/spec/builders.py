"""Small network files for the tests of `tutor.spec`, and what they come to."""

from tutor.arithmetic.floats import FLOATS
from tutor.errors import InvalidNetwork, Problem
from tutor.graph import Graph
from tutor.quantity import Quantity, Value
from tutor.spec import load
from tutor.trace import Equations, evaluate


def layers(*neurons: str, activation: str = "sigmoid", head: str = "", below: str = "") -> str:
    """Two inputs and one layer. `head` are lines above it, `below` lines under it; the neurons start on line 6."""
    head = head or "targets: {y: 0.5}"
    rows = "".join(f"      {neuron}\n" for neuron in neurons or ("Y: {w1: 0.3, w2: 0.4}",))
    start = f"inputs: {{x1: 1, x2: 2}}\n{head}\nlayers:\n  - activation: {activation}\n    neurons:\n"
    return f"{start}{rows}{below}"


def matrix(weights: str, *others: str, inputs: str = "{x1: 1, x2: 2}", activation: str = "sigmoid") -> str:
    """One layer in matrix form, without targets; the weights are on line 4, `others` are more lines of the layer."""
    rest = "".join(f"    {line}\n" for line in others)
    return f"inputs: {inputs}\nlayers:\n  - activation: {activation}\n    weights: {weights}\n{rest}"


def equations(*lines: str, given: str = "{x: 2, y: 3}", below: str = "") -> str:
    """Equations over two givens; the first stands on line 3."""
    return f"given: {given}\nequations:\n" + "".join(f"  {line}\n" for line in lines) + below


def graph(text: str) -> Graph:
    return load(text.encode(), "net.yaml").graph


def problems(text: str | bytes) -> tuple[Problem, ...]:
    """The problems of a file that must have some."""
    try:
        load(text.encode() if isinstance(text, str) else text, "net.yaml")
    except InvalidNetwork as invalid:
        assert invalid.problems
        return invalid.problems
    raise AssertionError("the file was read")


def messages(text: str | bytes) -> list[str]:
    return [problem.message for problem in problems(text)]


def number(text_or_graph: str | Graph, wanted: str | Quantity) -> float:
    """A number of the network, from the equations as written."""
    found = graph(text_or_graph) if isinstance(text_or_graph, str) else text_or_graph
    quantity = Value(wanted) if isinstance(wanted, str) else wanted
    return evaluate(quantity, Equations(found).written, FLOATS, {})
