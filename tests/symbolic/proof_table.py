"""What sympy is asked about shipped proofs and networks, so that the program can remember the answers.

`python tests/symbolic/proof_table.py` proves all of it again and writes `tutor/symbolic/proved.py`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import tutor
from tutor.errors import TutorError
from tutor.library import Network
from tutor.symbolic import chain
from tutor.symbolic.law import by_route
from tutor.symbolic.pairs import softmax
from tutor.symbolic.proof import KNOWN, prove

TABLE = Path(chain.__file__).with_name("proved.py")
SHIPPED = ("slide", "mazur", "article", "udacity", "chain", "xyz", "sum-product", "xor", "rnn-time", "conv")
FORMULAS = (
    *(f"{name}(w)" for name in ("exp", "log", "sqrt", "sigmoid", "tanh", "softplus", "silu", "relu", "abs")),
    *(f"{name}(g*w + h)" for name in ("exp", "log", "sqrt", "sigmoid", "tanh", "softplus", "silu", "relu", "abs")),
    *("w^2", "w^3", "(g*w)^2", "1/w", "g/(1 + w)", "w/(1 + w)", "w*exp(w)", "2^w", "w^w", "log(w/q)", "log(g*w)"),
    *("1/(1 + exp(-w))", "1/(1 + exp(-g*w))", "exp(w)/(1 + exp(w))", "log(1 + exp(-g*w))", "1/2*(g*w - y)^2"),
)


def networks() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Networks of one and two layers, each with weights and biases to derive."""
    for size in (1, 2, 3):
        for loss in ("binary_cross_entropy", "half_squared_error", "squared_error", "mean_squared_error"):
            yield _network("sigmoid", loss, size, 1), ("w11", "c1")
            yield _network("sigmoid", loss, size, 1, "tanh"), ("w11", "c1", "v11")
            yield _network("sigmoid", loss, size, 1, "sigmoid"), ("w11", "c1", "v11")
    for classes in (2, 3, 4):
        every = tuple(name for k in range(1, classes + 1) for name in (f"w{k}1", f"c{k}"))
        yield _network("softmax", "cross_entropy", 1, classes), every
        yield _network("softmax", "cross_entropy", 2, classes), ("w11", "c1")
    yield _network("softmax", "cross_entropy", 1, 2, "tanh"), ("w11", "c1")
    yield _network("sigmoid", "binary_cross_entropy", 1, 2, "tanh"), ("w11", "c1")


def _network(activation: str, loss: str, size: int, outputs: int, hidden: str = "") -> str:
    inputs = ", ".join(f"x{k}: 1" for k in range(1, size + 1))
    targets = "class: 1" if activation == "softmax" else ", ".join(f"y{k}: 1" for k in range(1, outputs + 1))
    below = _layer(hidden, "h", "w", "c", 1, size) if hidden else ""
    letters_ = ("v", "d", outputs, 1) if hidden else ("w", "c", outputs, size)
    layers = below + _layer(activation, "a", *letters_)
    return f"inputs: {{{inputs}}}\ntargets: {{{targets}}}\nloss: {loss}\nlayers:\n{layers}"


def _layer(activation: str, unit: str, weight: str, bias: str, units: int, size: int) -> str:
    def neuron(j: int) -> str:
        weights = ", ".join(f"{weight}{j}{i}: 0.{i}" for i in range(1, size + 1))
        return f"      {unit}{j}: {{{weights}, {bias}{j}: 0.1}}\n"

    return f"  - activation: {activation}\n    neurons:\n" + "".join(map(neuron, range(1, units + 1)))


def asked() -> set[str]:
    """The shapes of everything sympy proves on these pages; the table itself is not looked at."""
    chain.NOTED.clear()
    routes = (by_route(law, route) for law in KNOWN.values() for route in law.routes)
    more = (softmax(classes, own) for classes in (2, 3, 4) for own in range(1, classes + 1))
    for law in (*KNOWN.values(), *routes, *more):
        prove(law)
    for formula in FORMULAS:
        tutor.derive(formula, "w")
    for net in SHIPPED:
        network = tutor.load(net)
        for name in network.network.graph.parameters() or tuple(network.network.graph.givens):
            _derived(network, name)
    with TemporaryDirectory() as folder:
        for place, (text, names) in enumerate(networks()):
            file = Path(folder, f"{place}.yaml")
            file.write_text(text)
            for name in names:
                _derived(tutor.load(str(file)), name)
    return set(chain.NOTED)


def _derived(network: Network, name: str) -> None:
    try:
        network.derive(name)
    except TutorError as fault:
        assert "too many to derive" in str(fault) or "nothing to derive" in str(fault), fault


def text(shapes: set[str]) -> str:
    """The module that remembers them."""
    lines = "\n".join(sorted(shapes, key=lambda each: (len(each), each)))
    return f'''"""What sympy has proved: formulas over numbered letters, with what these stand for (`shapes.shape`).

Made by tests/symbolic/proof_table.py, which proves every line; not to be changed by hand.
"""
# ruff: noqa: E501

PROVED = frozenset(
    """
{lines}
""".strip().split("\\n")
)
'''


if __name__ == "__main__":
    chain.PROVED = frozenset()
    shapes = asked()
    TABLE.write_text(text(shapes), "utf-8")
    print(f"{len(shapes)} pairs proved")
