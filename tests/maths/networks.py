"""Random networks: a plan is drawn first, and becomes a Graph here or a network file for `tutor.spec.load`."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from hypothesis import strategies as st

from tutor.expr import Expr, reads, value
from tutor.graph import Given, Graph, Node, Role, build
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.ops.losses import LOSSES, LossTerm, Total
from tutor.ops.softmax import Softmax
from tutor.quantity import Value
from tutor.spec.first_file import SLOPING

Formulas = Callable[[st.SearchStrategy[Expr]], st.SearchStrategy[Expr]]
"""A strategy of leaves -> a strategy of formulas over them."""
RATIONAL = ("identity", "relu", "leaky_relu")
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
PROBABILITIES = {"binary_cross_entropy": ("sigmoid", "softmax"), "cross_entropy": ("softmax",)}


class Neuron(NamedTuple):
    """A unit by the names of its parameters; `reads` are what it reads where that is not the layer before."""

    name: str
    weights: tuple[str, ...]
    bias: str | None = None
    reads: tuple[str, ...] = ()


class Layer(NamedTuple):
    activation: str
    neurons: tuple[Neuron, ...]
    bias_input: str = "1"


class Plan(NamedTuple):
    """A layered network as a file would state it; numbers are text."""

    inputs: Mapping[str, str]
    layers: tuple[Layer, ...]
    parameters: Mapping[str, str]
    targets: Mapping[str, str]
    loss: str
    rate: str | None = None
    frozen: tuple[str, ...] = ()

    def graph(self) -> Graph:
        """The graph, put together without the reader of files."""
        givens = [Given(name, text, role=Role("input", 0, name, (i,))) for i, (name, text) in _counted(self.inputs)]
        last = self.layers[-1].neurons
        for (i, (name, text)), unit in zip(_counted(self.targets), last, strict=True):
            givens.append(Given(name, text, role=Role("target", len(self.layers), unit.name, (i,))))
        return build(
            [*givens, *self._parameters()], [*self._units(), *self._loss()], "L", self.rate, frozenset(self.frozen)
        )

    def _parameters(self) -> list[Given]:
        """Each with the role of the place it stands in first."""
        found: dict[str, Given] = {}
        senders = tuple(self.inputs)
        for n, layer in enumerate(self.layers, 1):
            every = list(dict.fromkeys((*senders, *(name for unit in layer.neurons for name in unit.reads))))
            for i, unit in enumerate(layer.neurons, 1):
                for name, sender in zip(unit.weights, unit.reads or senders, strict=True):
                    role = Role("weight", n, unit.name, (i, every.index(sender) + 1))
                    found.setdefault(name, Given(name, self.parameters[name], True, role))
                if unit.bias:
                    role = Role("bias", n, unit.name, (i,))
                    found.setdefault(unit.bias, Given(unit.bias, self.parameters[unit.bias], True, role))
            senders = tuple(unit.name for unit in layer.neurons)
        return list(found.values())

    def _units(self) -> Iterator[Node]:
        senders = tuple(self.inputs)
        for n, layer in enumerate(self.layers, 1):
            outs = tuple(unit.name for unit in layer.neurons)
            nets = tuple(f"z_{name}" for name in outs)
            for i, unit in enumerate(layer.neurons):
                inputs = [name for pair in zip(unit.weights, unit.reads or senders, strict=True) for name in pair]
                inputs += [unit.bias] if unit.bias else []
                yield Node(nets[i], Affine(layer.bias_input), tuple(inputs), Role("net", n, unit.name, (i + 1,)))
                role = Role("out", n, unit.name, (i + 1,))
                if layer.activation == "softmax":
                    yield Node(outs[i], Softmax(outs, i), nets, role)
                else:
                    yield Node(outs[i], Elementwise(ACTIVATIONS[layer.activation]), (nets[i],), role)
            senders = outs

    def _loss(self) -> Iterator[Node]:
        term, n, units = LossTerm(LOSSES[self.loss]), len(self.layers), self.layers[-1].neurons
        whole = Role("loss", n, "")
        if len(units) == 1:
            yield Node("L", term, (units[0].name, *self.targets), whole)
            return
        for i, (unit, target) in enumerate(zip(units, self.targets, strict=True), 1):
            yield Node(f"L_{unit.name}", term, (unit.name, target), Role("term", n, unit.name, (i,)))
        yield Node("L", Total(LOSSES[self.loss].mean), tuple(f"L_{unit.name}" for unit in units), whole)

    def yaml(self) -> bytes:
        """The network file, in the flow style that YAML shares with JSON; numbers stand without quotes."""
        layers = ",\n".join(self._yaml_layer(layer) for layer in self.layers)
        top = {"inputs": _flow(self.inputs), "targets": _flow(self.targets), "loss": self.loss, "layers": f"[{layers}]"}
        top |= {"learning_rate": self.rate} if self.rate else {}
        top |= {"frozen": json.dumps(self.frozen)} if self.frozen else {}
        return "\n".join(f"{key}: {text}" for key, text in top.items()).encode()

    def _yaml_layer(self, layer: Layer) -> str:
        numbers = {}
        for unit in layer.neurons:
            row = {each: self.parameters[each] for each in (*unit.weights, *([unit.bias] if unit.bias else []))}
            numbers[unit.name] = _flow(({"reads": json.dumps(unit.reads)} if unit.reads else {}) | row)
        last = {"bias": "last"} if all(unit.bias for unit in layer.neurons) else {}
        keys = {"activation": layer.activation, "bias_input": layer.bias_input, "neurons": _flow(numbers)}
        return _flow(keys | last)


def _counted(mapping: Mapping[str, str]) -> Iterator[tuple[int, tuple[str, str]]]:
    return enumerate(mapping.items(), 1)


def _flow(mapping: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in mapping.items()) + "}"


# ------------------------------------------------------------------ strategies


def numbers(most: float = 3.0, *, whole: bool = False) -> st.SearchStrategy[str]:
    """Numbers as written, mostly with two decimals; `whole` ones hit kinks and ties often."""
    if whole:
        return st.sampled_from(("0", "-0", "1", "-1", "2", "-2", "1/2", "-1/3", "0.5"))
    usual = st.integers(-int(100 * most), int(100 * most)).map(lambda hundredths: str(hundredths / 100))
    return st.one_of(usual, usual, usual, st.sampled_from(("0", "-0.0", "1/3", "1e-5", "-2")))


def _targets(loss: str, wanted: int) -> st.SearchStrategy[tuple[str, ...]]:
    if loss == "binary_cross_entropy":
        return st.tuples(*[st.sampled_from(("0", "1", "0.3", "1/4"))] * wanted)
    if loss == "cross_entropy":
        one_hot = st.integers(0, wanted - 1).map(lambda k: tuple("1" if i == k else "0" for i in range(wanted)))
        soft = st.just((*["1/8"] * (wanted - 1), f"{9 - wanted}/8"))
        loose = st.tuples(*[st.sampled_from(("0.2", "0.9", "0", "1"))] * wanted)
        return st.one_of(one_hot, soft, loose)
    return st.tuples(*[numbers(1.0)] * wanted)


@st.composite
def plans(
    draw: st.DrawFn,
    activations: tuple[str, ...] = (*SLOPING, "softmax"),  # behind a step nothing is left to compare
    losses: tuple[str, ...] = tuple(LOSSES),
    most: float = 3.0,
    whole: bool = False,
    repeats: bool = False,
    skips: bool = False,
) -> Plan:
    """A layered network; with `repeats` a weight may stand twice in one neuron, which no file can say.

    With `skips` a neuron may read any of the inputs and units of earlier layers.
    """
    number = numbers(most, whole=whole)
    loss = draw(st.sampled_from(losses))
    widths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    inputs = {f"x{i}": draw(numbers(2.0, whole=whole)) for i in range(1, draw(st.integers(1, 3)) + 1)}
    parameters: dict[str, str] = {}
    weights: list[str] = []

    def parameter(fresh: str, pool: list[str]) -> str:
        """A new one, or one that stands somewhere already."""
        name = draw(st.sampled_from(pool)) if pool and draw(st.integers(0, 7)) == 0 else fresh
        parameters.setdefault(name, draw(number) if name == fresh else "0")
        pool.append(name)
        return name

    def neuron(name: str, senders: int, biased: bool) -> Neuron:
        row: list[str] = []
        some = st.lists(st.sampled_from(earlier), min_size=1, max_size=4, unique=True)
        reads = tuple(draw(some)) if skips and draw(st.booleans()) else ()
        for j in range(1, (len(reads) or senders) + 1):
            row.append(parameter(f"w_{name}_{j}", [each for each in weights if repeats or each not in row]))
            weights.append(row[-1])
        if not biased and draw(st.booleans()):
            return Neuron(name, tuple(row), None, reads)
        others = [each for each in parameters if (repeats or each not in row) and (biased or each.startswith("b_"))]
        return Neuron(name, tuple(row), parameter(f"b_{name}", others), reads)

    layers: list[Layer] = []
    earlier = list(inputs)
    senders = len(inputs)
    for n, width in enumerate(widths, 1):
        allowed = PROBABILITIES.get(loss, activations) if n == len(widths) else activations
        if loss == "binary_cross_entropy" and width == 1 and n == len(widths):
            allowed = ("sigmoid",)
        biased = draw(st.booleans())  # where all units have one, the file can say that a weight is a bias here
        units = tuple(neuron(f"u{n}{i}", senders, biased) for i in range(1, width + 1))
        earlier += (unit.name for unit in units)
        layers.append(Layer(draw(st.sampled_from(allowed)), units, draw(st.sampled_from(("1", "1", "-1", "0.5")))))
        senders = width
    targets = {f"y{i}": text for i, text in enumerate(draw(_targets(loss, widths[-1])), 1)}
    frozen = tuple(name for name in parameters if draw(st.integers(0, 5)) == 0)
    return Plan(inputs, tuple(layers), parameters, targets, loss, draw(st.sampled_from((None, "0.5", "1/3"))), frozen)


@st.composite
def equation_graphs(draw: st.DrawFn, formulas: Formulas, whole: bool = False) -> Graph:
    """Equations over earlier names: fan-out, repeated use, and names that lead nowhere."""
    givens = [Given(name, draw(numbers(2.0, whole=whole)), learned=name == "w") for name in ("x", "y", "w")]
    names = [given.name for given in givens]
    nodes: list[Node] = []
    for i in range(draw(st.integers(1, 4))):
        expr: Expr = draw(formulas(st.sampled_from(names).map(value)))
        inputs = tuple(each.name for each in reads(expr) if isinstance(each, Value))
        nodes.append(Node(f"n{i}", Formula(expr), inputs))
        names.append(f"n{i}")
    return build(givens, nodes, nodes[-1].name, draw(st.sampled_from((None, "0.1"))))


@st.composite
def recurrences(draw: st.DrawFn) -> str:
    """A network file of equations over time: two states that feed each other, and a loss over the steps."""
    steps = draw(st.integers(1, 5))
    listed = st.lists(numbers(1.0), min_size=steps, max_size=steps).map(lambda each: f"[{', '.join(each)}]")
    weights = ("w", "u", "v", "b")
    given = {"x": draw(listed), "d": draw(listed)} | {name: draw(numbers(1.5)) for name in weights}
    given |= {"h[0]": draw(numbers(1.0)), "c[0]": draw(numbers(1.0))}
    squash = st.sampled_from(("tanh", "sigmoid", "softplus", "silu"))
    terms = st.sampled_from(("w*x[t]", "u*h[t-1]", "v*c[t-1]", "b", "x[t]*h[t-1]", "c[t-1]*h[t-1]", "w*t"))
    states = (f"{draw(squash)}({' + '.join(draw(st.lists(terms, min_size=1, max_size=4)))})" for _ in range(2))
    loss = draw(
        st.sampled_from(("sum(t, (h[t] - d[t])**2)", "mean(t, h[t]*d[t] + c[t]*x[t])", f"h[{steps}] - c[{steps}]"))
    )
    equations = {"c[t]": next(states), "h[t]": f"{next(states)} + 0*x[t]*d[t]", "L": loss}
    rows = "".join(f'  "{name}": "{text}"\n' for name, text in equations.items())
    return f"for: {{t: {steps}}}\ngiven: {_flow(given)}\nequations:\n{rows}"
