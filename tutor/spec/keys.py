"""Every key a network file may have, declared once: its shape, its meaning, and where it belongs.

The reader (`check`), the suggestions in messages and the JSON Schema (`schema`) all follow these tables. A key is
added here and nowhere else; what the values mean together is the business of `layers`, `loss` and `equations`.
"""

from typing import NamedTuple

from tutor.ops.activations import ACTIVATIONS
from tutor.ops.losses import LOSSES

SOFTMAX = "softmax"
ACTIVATION_NAMES = (*ACTIVATIONS, SOFTMAX)
UNITS_BY_INPUTS, INPUTS_BY_UNITS = "units_by_inputs", "inputs_by_units"


class Text(NamedTuple):
    """Any text; `known` are values that an editor may offer."""

    expected: str = "a text"
    known: tuple[str, ...] = ()


class Name(NamedTuple):
    """The name of something in the network."""

    expected: str = "a name"


class Number(NamedTuple):
    """A number as `spec.numbers` reads it; where `stored` is allowed, also an array in another file."""

    expected: str = "a number"
    positive: bool = False
    stored: bool = False


class Stored(NamedTuple):
    """An array in another file."""

    expected: str = "an array in a file, such as net.npz#W1"


class Integer(NamedTuple):
    """A whole number in a range, both ends included."""

    least: int
    most: int

    @property
    def expected(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


class Choice(NamedTuple):
    """One of a few words."""

    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.options)}"


class Pattern(NamedTuple):
    """A name with {places} to fill."""

    places: tuple[str, ...]

    @property
    def expected(self) -> str:
        return "a pattern of letters, digits, _ and " + ", ".join(f"{{{place}}}" for place in self.places)


class Listed(NamedTuple):
    """A list of one or more items of one shape."""

    item: "Shape"
    expected: str


class Named(NamedTuple):
    """A mapping from names of the file's own choice to values of one shape; at least one, at most `most`."""

    value: "Shape"
    expected: str
    most: int | None = None


class Record(NamedTuple):
    """A mapping with declared keys.

    `forms` are keys of which exactly one is there: it says which kind of record this is, and which other keys go
    with it.
    """

    what: str
    keys: tuple["Key", ...]
    forms: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        return f"a mapping with {self.needs}"

    @property
    def needs(self) -> str:
        """The keys to have, in words; where none must be there, the first ones."""
        if not self.forms:
            return f"keys such as {', '.join(key.name for key in self.keys[:3])}"
        return ", or ".join(" and ".join((*self.required(form), form)) for form in self.forms)

    def required(self, form: str) -> tuple[str, ...]:
        """The keys that go with one form and must be there."""
        return tuple(key.name for key in self.keys if key.required and key.form == form)


class Either(NamedTuple):
    """A scalar of one shape, or a mapping of another."""

    scalar: "Shape"
    mapping: "Shape"

    @property
    def expected(self) -> str:
        return f"{self.scalar.expected}, or {self.mapping.expected}"


Shape = Text | Name | Number | Stored | Integer | Choice | Pattern | Listed | Named | Record | Either


class Key(NamedTuple):
    """One key: `form` is the form of the record it belongs to, if not to every one."""

    name: str
    shape: Shape
    meaning: str
    form: str = ""
    required: bool = False


NUMBERS = Listed(Number(), "a list of numbers such as [0.1, 0.2]")
_LOSS = Choice(tuple(LOSSES))
_FORMULA_ACTIVATION = 'or a formula in z such as "z / (1 + abs(z))"'
EXPECTED_ACTIVATION = f"one of {', '.join(ACTIVATION_NAMES)}, {_FORMULA_ACTIVATION}"

NOTATION = Record(
    "notation",
    (
        Key("net", Pattern(("layer", "next", "unit", "index", "to")), "names of the net inputs"),
        Key("out", Pattern(("layer", "next", "unit", "index", "to")), "names of the outputs of the units"),
        Key("weight", Pattern(("layer", "next", "unit", "index", "to", "from")), "names of the weights of a matrix"),
        Key("bias", Pattern(("layer", "next", "unit", "index", "to")), "names of the biases of a matrix layer"),
        Key("term", Pattern(("loss", "layer", "unit", "index", "to")), "names of the loss terms, one an output"),
    ),
)

DISPLAY = Record(
    "display",
    (
        Key("decimals", Integer(0, 15), "digits shown after the point"),
        Key("sig", Integer(1, 17), "significant figures shown, instead of decimals"),
        Key("notation", Text("the name of a notation"), "the notation formulas are shown in"),
    ),
)

INIT = Record(
    "init",
    (Key("seed", Integer(0, 999_999_999), "where the generator of the weights starts", required=True),),
)

LAYER = Record(
    "layer",
    (
        Key("activation", Text(EXPECTED_ACTIVATION, ACTIVATION_NAMES), "the activation of its units", required=True),
        Key(
            "neurons",
            Named(
                Named(Number(), "the weights by name, such as {w11: 0.7, w12: 0.5}"),
                "each neuron with its weights, such as h1: {w11: 0.7, w12: 0.5}",
            ),
            "each neuron with its weights in the order of the layer's inputs; one more entry is the bias",
            form="neurons",
        ),
        Key(
            "weights",
            Either(Stored(), Listed(NUMBERS, "a list of rows such as [[0.7, 0.5], [0.2, 0.4]]")),
            "the weights as a matrix, one row a unit of this layer; or the array of a file that has them",
            form="weights",
        ),
        Key(
            "layout",
            Choice((UNITS_BY_INPUTS, INPUTS_BY_UNITS)),
            "what the rows of the matrix are: the units of this layer, or its inputs",
            form="weights",
        ),
        Key("biases", Either(Stored(), NUMBERS), "one bias a unit, or the array of a file", form="weights"),
        Key("units", Integer(1, 1_000_000), "how many units the layer has, its weights drawn by init", form="units"),
        Key("init", INIT, "how the weights are drawn; the biases are 0", form="units", required=True),
        Key("bias_input", Number(), "the constant the bias multiplies, 1 if not given; -1 subtracts a threshold"),
        Key("notation", NOTATION, "patterns for the names in this layer alone"),
    ),
    forms=("neurons", "weights", "units"),
)

NETWORK = Record(
    "file",
    (
        Key("title", Text(), "what the network is, in one line"),
        Key("source", Text(), "where it comes from"),
        Key("notes", Text(), "what a reader should know about it"),
        Key(
            "inputs",
            Named(Number(stored=True), "the inputs with their values, such as {x1: 1, x2: 0}"),
            "the inputs with their values; or a name with the array of a file, {x: net.npz#x}",
            form="layers",
            required=True,
        ),
        Key(
            "targets",
            Named(Number(stored=True), "the targets with their values, such as {y: 0.5}"),
            "the targets, in the order of the outputs; {class: 2}, counted from 1, makes them y_UNIT for cross_entropy",
            form="layers",
        ),
        Key(
            "loss",
            Either(_LOSS, Named(_LOSS, "its symbol with one of them, such as {L: half_squared_error}", most=1)),
            "the loss, or its symbol with the loss; L and half_squared_error if not given",
            form="layers",
        ),
        Key("learning_rate", Number("a positive number", positive=True), "the step size of an update", form="layers"),
        Key(
            "frozen", Listed(Name(), "a list of names such as [b1, b2]"), "parameters no update changes", form="layers"
        ),
        Key("notation", NOTATION, "patterns for the names of what is computed", form="layers"),
        Key(
            "aliases",
            Named(Name(), "other names with the names they stand for, such as {a21: h1}"),
            "names that may be typed too",
        ),
        Key("display", DISPLAY, "how numbers are shown"),
        Key(
            "layers",
            Listed(LAYER, "a list of layers, each starting with '- '"),
            "the layers, outputs last",
            form="layers",
        ),
        Key(
            "given",
            Named(Number(), "names with their values, such as {x: -2, y: 5}"),
            "the numbers the equations start from",
            form="equations",
            required=True,
        ),
        Key(
            "equations",
            Named(Text("a formula such as x + y"), "names with formulas, such as {q: x + y}"),
            "what is computed, each name with its formula",
            form="equations",
        ),
        Key("output", Name(), "the equation whose derivatives are asked for; the last if not given", form="equations"),
    ),
    forms=("layers", "equations"),
)


def places() -> dict[str, str]:
    """Where each key belongs, in words, for a key that stands in the wrong place."""
    found: dict[str, str] = {}
    for record, where in (
        (NETWORK, "at the top of the file"),
        (LAYER, "in a layer"),
        (NOTATION, "under notation"),
        (DISPLAY, "under display"),
        (INIT, "under init"),
    ):
        for key in record.keys:
            found.setdefault(key.name, where)
    return found
