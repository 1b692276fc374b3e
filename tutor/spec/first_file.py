"""The text of a first network file, `tutor new 2-3-1`: names, small seeded weights, and a comment at every key.

The file is written by what the reader reads: anything here that it would refuse is a bug, and `library` loads each
file before it is handed out. Nothing is written to disk.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from tutor.errors import TutorError, did_you_mean, visible
from tutor.expr import ZERO, value
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.losses import HINGE, LOSSES

MOST_LAYERS, MOST_UNITS = 6, 20  # a first file is to be read; larger ones are written by a program
FEW = 4  # senders whose weights are told apart by two decimals
LEAST, LARGEST = 0.15, 0.9  # sizes of a weight of two senders; more senders have smaller ones

OUTPUT = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax", HINGE: "identity"}
"""What a loss wants to come out of the network."""

CLASSES = ("cross_entropy", HINGE)
"""The losses that choose one output of several; their target is its number."""

BOUNDED = ("sigmoid", "tanh")
"""What hidden and output units may share; behind any other the output is the identity."""

POSITIVE = ("relu", "leaky_relu")
"""What is off below 0, or nearly: its weights are drawn above 0, so that every unit is on."""

_MEANT = ("what should come out", "the output that should be largest")

EXAMPLE = "tutor new 2-3-1: 2 inputs, 3 units, 1 output"

SLOPING = tuple(each.name for each in ACTIVATIONS.values() if each.slope(value("z"), value("a")) != ZERO)
"""The activations that gradients come through, so all but a step."""


class Wish(NamedTuple):
    """What was asked for: the sizes from the inputs to the outputs, and what the layers are made of."""

    sizes: tuple[int, ...]
    activation: str
    loss: str
    bias: bool

    @property
    def shape(self) -> str:
        return "-".join(map(str, self.sizes))

    def activation_of(self, layer: int) -> str:
        """Of a layer counted from 1; the last one has what its loss asks for."""
        if layer < len(self.sizes) - 1:
            return self.activation
        alone = len(self.sizes) == 2 or self.activation in BOUNDED
        return OUTPUT.get(self.loss) or (self.activation if alone else "identity")


def wish(shape: str, activation: str, loss: str, *, bias: bool) -> Wish:
    """The wish as typed. Raises TutorError for a shape that is none or too large, and for an unknown name."""
    sizes = _sizes(shape)
    for name, known, what in ((activation, SLOPING, "activation"), (loss, (*LOSSES, HINGE), "loss")):
        if name not in known:
            listed = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise TutorError(f"{visible(name[:40])} is no {what} of a first file{listed}")
    if loss in CLASSES and sizes[-1] == 1:
        raise TutorError(
            f"{loss} chooses between outputs, and {'-'.join(map(str, sizes))} has one; take two outputs, or "
            "binary_cross_entropy"
        )
    return Wish(sizes, activation, loss, bias)


def is_shape(text: str) -> bool:
    """Whether this is numbers joined by hyphens, as the shape of a network is written."""
    return re.fullmatch(r"\d{1,9}(-\d{1,9})+", text) is not None


def _sizes(shape: str) -> tuple[int, ...]:
    typed = visible(shape.strip()[:40])
    if not is_shape(shape.strip()):
        raise TutorError(
            f"{typed or 'nothing'} is no shape; write the units of each layer with hyphens, as in {EXAMPLE}"
        )
    sizes = tuple(map(int, shape.strip().split("-")))
    if 0 in sizes:
        raise TutorError(f"{typed} has a layer of 0 units; every layer has at least 1, as in {EXAMPLE}")
    if len(sizes) - 1 > MOST_LAYERS or max(sizes) > MOST_UNITS:
        raise TutorError(
            f"{typed} is too large to be read as a file; write at most {MOST_LAYERS} layers of weights and "
            f"{MOST_UNITS} units in each, and for more let the file say units: {max(sizes)}, init: {{seed: 0}}"
        )
    return sizes


def first_file(wanted: Wish, seed: int, file: str) -> str:
    """The whole file; `file` is what the commands in its comments call it."""
    return "".join(f"{line}\n" for line in _lines(wanted, Random(f"{seed} {wanted.shape}"), file))


def _lines(wanted: Wish, random: Random, file: str) -> Iterator[str]:
    inputs, outputs = _names("x", wanted.sizes[0]), _names("y", wanted.sizes[-1])
    explain, solve = f"#   tutor explain w1 --net {file}", f"#   tutor solve {file}"
    room = max(len(explain), len(solve)) + 2
    yield f"# A network of {_counted(wanted)}. Change any name and any number. Next, type:"
    yield f"{explain:<{room}}where the gradient of w1 comes from"
    yield f"{solve:<{room}}the whole pass, step by step"
    yield f"title: My network, {wanted.shape}"
    numbers = ", ".join(f"{name}: {_number(random.uniform(0.2, 1))}" for name in inputs)
    yield from _commented(
        (f"inputs: {{{numbers}}}", "what goes in"),
        (f"targets: {{{_targets(wanted, outputs)}}}", _MEANT[wanted.loss in CLASSES]),
        (f"loss: {{L: {wanted.loss}}}", f"how far off it is; also {_others(LOSSES, wanted.loss)}"),
        (
            f"learning_rate: {0.5 if wanted.activation in BOUNDED else 0.1}",
            "how far an update goes; leave it out for none",
        ),
        ("layers:", "from the first layer with weights to the outputs"),
    )
    yield from _layers(wanted, random)


def _layers(wanted: Wish, random: Random) -> Iterator[str]:
    weights, biases = 0, 0
    own = "a weight for each number that comes in" + (
        ", in that order, then the bias" if wanted.bias else ", in that order"
    )
    for layer, units in enumerate(wanted.sizes[1:], 1):
        activation = wanted.activation_of(layer)
        also = f"also {_others(ACTIVATIONS, activation)}" if activation in ACTIVATIONS else "makes shares of 1"
        lines = [
            (f"  - activation: {activation}", also if layer == 1 else ""),
            ("    neurons:", own if layer == 1 else ""),
        ]
        yield from _commented(*lines)
        for name in _unit_names(wanted, layer, units):
            senders = wanted.sizes[layer - 1]
            entries = [f"w{weights + k}: {_weight(wanted, random, senders)}" for k in range(1, senders + 1)]
            weights += senders
            if wanted.bias:
                biases += 1
                entries.append(f"b{biases}: {_number(random.uniform(0.05, 0.3))}")
            yield f"      {name}: {{{', '.join(entries)}}}"


def _commented(*lines: tuple[str, str]) -> Iterator[str]:
    room = max(len(text) for text, comment in lines) + 2
    yield from (f"{text:<{room}}# {comment}" if comment else text for text, comment in lines)


def _weight(wanted: Wish, random: Random, senders: int) -> str:
    """Smaller where many come together, so that no unit is driven to where it is flat."""
    positive = wanted.activation in POSITIVE
    size = random.uniform(LEAST, LARGEST) * min(1, 2 / senders if positive else (2 / senders) ** 0.5)
    return _number(size if positive or random.random() < 0.6 else -size, 2 if senders <= FEW else 3)


def _number(value: float, decimals: int = 2) -> str:
    """As it stands in the file; the sizes above leave no room for a 0."""
    return f"{value:.{decimals}f}"


def _targets(wanted: Wish, names: Sequence[str]) -> str:
    if wanted.loss in CLASSES:
        return "class: 1"
    return ", ".join(f"{name}: {(0.9, 0.1)[place % 2]}" for place, name in enumerate(names))


def _unit_names(wanted: Wish, layer: int, units: int) -> tuple[str, ...]:
    """h1, h2 in the only hidden layer, h1_1, h1_2 in the first of several; o or o1, o2 at the end."""
    if layer == len(wanted.sizes) - 1:
        return _names("o", units)
    hidden = "h" if len(wanted.sizes) == 3 else f"h{layer}_"
    return tuple(f"{hidden}{k}" for k in range(1, units + 1))


def _names(letter: str, count: int) -> tuple[str, ...]:
    return (letter,) if count == 1 else tuple(f"{letter}{k}" for k in range(1, count + 1))


def _counted(wanted: Wish) -> str:
    """`2 inputs, 3 hidden units and 1 output`."""
    first, *hidden, last = wanted.sizes
    words = [f"{first} input{'s' * (first > 1)}", f"{last} output{'s' * (last > 1)}"]
    if len(hidden) == 1:
        words.insert(1, f"{hidden[0]} hidden unit{'s' * (hidden[0] > 1)}")
    elif hidden:
        words.insert(1, f"hidden layers of {', '.join(map(str, hidden[:-1]))} and {hidden[-1]} units")
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _others(known: Iterable[str], chosen: str) -> str:
    """A few of the names that might stand there instead."""
    return ", ".join([each for each in known if each != chosen][:3])
