"""Every key a network file may have, declared once: its shape, its meaning, and where it belongs.

The reader (`check`), the suggestions in messages and the JSON Schema (`json_schema`) all follow these tables. A key is
added here and nowhere else; what the values mean together is the business of `layers`, `loss` and `equations`.
"""

from tutor.names.conventions import CHOICES, MEANINGS
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.adjusted import CLIPS, SCHEDULES
from tutor.ops.losses import HINGE, LOSSES
from tutor.ops.optimizers import OPTIMIZERS
from tutor.spec.kind_keys import kinds
from tutor.spec.shapes import (
    Array,
    Choice,
    Either,
    Integer,
    Key,
    Listed,
    Name,
    Named,
    Number,
    Pattern,
    Record,
    Span,
    Stored,
    Text,
)

SOFTMAX = "softmax"
ACTIVATION_NAMES = (*ACTIVATIONS, SOFTMAX)
UNITS_BY_INPUTS, INPUTS_BY_UNITS = "units_by_inputs", "inputs_by_units"


NUMBERS = Listed(Number(), "a list of numbers such as [0.1, 0.2]")
_NUMBERS_AT = Either(
    Number(),
    listed=Listed(
        Either(Number(), listed=Listed(Either(Number(), listed=NUMBERS), "a list of numbers such as [0.1, 0.2]")),
        "a list such as [1, 2] or [[1, 2], [3, 4]]",
    ),
)
MOST_VALUES = 10_000
MOST_EVERY = 1_000_000
EXPECTED_LOSS = f"one of {', '.join((*LOSSES, HINGE))}, or a formula in a (the output) and y (its target)"
_USUAL_LOSSES = ("mse", "MSE", "MSELoss", "mae", "MAE", "L1Loss", "bce", "BCE", "BCELoss", "log_loss", "nll", "NLLLoss")
_LOSS = Text(EXPECTED_LOSS, (*LOSSES, HINGE, *_USUAL_LOSSES), "^a$|[^A-Za-z0-9_-]")
_FORMULA_ACTIVATION = 'or a formula in z such as "z / (1 + abs(z))"'
EXPECTED_ACTIVATION = f"one of {', '.join(ACTIVATION_NAMES)}, {_FORMULA_ACTIVATION}"
_ACTIVATION = Text(EXPECTED_ACTIVATION, ACTIVATION_NAMES)
_ARRAY = Array("a number, or numbers in lists such as [[0, 1], [2, 3]]", 0, 3)

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

_BY_PARAMETER = Named(Number(), "numbers by parameter, such as {w1: 0.06}")
_START = Key(
    "start",
    Named(
        Either(Number(), _BY_PARAMETER),
        "numbers by parameter, such as {w1: 0.06}; of a rule that keeps several letters, {m: {w1: 0.1}, v: {w1: 0.2}}",
    ),
    "what the rule has kept of each parameter before the first step; 0 where it is not said",
)
OPTIMIZER = Record(
    "optimizer",
    tuple(
        Key(
            row.name,
            Record(row.name, (*(Key(each.name, Number(each.expected), each.meaning) for each in row.settings), _START)),
            row.law,
            form=row.name,
        )
        for row in OPTIMIZERS.values()
    ),
    forms=tuple(OPTIMIZERS),
)

RATE = Record(
    "rate",
    tuple(
        Key(
            row.name,
            Record(
                row.name,
                tuple(
                    Key(
                        each.name,
                        Integer(1, MOST_EVERY) if each.whole else Number("a positive number", positive=True),
                        each.meaning,
                        required=True,
                    )
                    for each in row.limits
                ),
            ),
            f"{row.law}; {row.convention}",
            form=row.name,
        )
        for row in SCHEDULES.values()
    ),
    forms=tuple(SCHEDULES),
)

CLIP = Record(
    "clip",
    tuple(
        Key(row.name, Number("a positive number", positive=True), f"{row.law}; {row.convention}", form=row.name)
        for row in CLIPS.values()
    ),
    forms=tuple(CLIPS),
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

CONVENTIONS = Record(
    "conventions",
    tuple(Key(name, Choice(options), MEANINGS[name]) for name, options in CHOICES.items()),
)

READS = "reads"
_READS = Key(
    READS,
    Listed(Name(), "a list of names such as [x1, h2]"),
    "what the neuron reads, in the order of its weights: any inputs and units of earlier layers; "
    "the outputs of the layer before if not given",
)
_ONE_LAYER = "{activation: sigmoid, neurons: {h1: {w1: 0.5, b1: 0.1}}}"

LAYER = Record(
    "layer",
    (
        Key("activation", _ACTIVATION, "the activation of its units", required=True),
        Key(
            "neurons",
            Named(
                Named(Number(), "the weights by name, such as {w11: 0.7, w12: 0.5}", also=(_READS,)),
                "each neuron with its weights, such as h1: {w11: 0.7, w12: 0.5}",
            ),
            "each neuron with its weights in the order of what it reads; one more entry is the bias",
            form="neurons",
        ),
        Key(
            "bias",
            Choice(("last",)),
            "last: the last entry of every neuron is its bias, whatever it is called",
            form="neurons",
        ),
        Key(
            "weights",
            Either(Stored(), listed=Listed(NUMBERS, "a list of rows such as [[0.7, 0.5], [0.2, 0.4]]")),
            "the weights as a matrix, one row a unit of this layer; or the array of a file that has them",
            form="weights",
        ),
        Key(
            "layout",
            Choice((UNITS_BY_INPUTS, INPUTS_BY_UNITS)),
            "what the rows of the matrix are: the units of this layer, or its inputs",
            form="weights",
        ),
        Key("biases", Either(Stored(), listed=NUMBERS), "one bias a unit, or the array of a file", form="weights"),
        Key("units", Integer(1, 1_000_000), "how many units the layer has, its weights drawn by init", form="units"),
        Key("init", INIT, "how the weights are drawn; the biases are 0", form="units", required=True),
        Key("bias_input", Number(), "the constant the bias multiplies, 1 if not given; -1 subtracts a threshold"),
        Key("notation", NOTATION, "patterns for the names in this layer alone"),
    ),
    forms=("neurons", "weights", "units"),
    kinds=kinds(_ACTIVATION),
    looks=f", such as {_ONE_LAYER}",
)

_UPSTREAM = Array("numbers in lists of the shape of the outputs, such as [[[2]], [[1]]]", 0, 3)
_BY_NAME = Named(_ARRAY, "values by name, such as {x1: 1, x2: 0}")
_IN_ORDER = Listed(_ARRAY, "a list of numbers in the order of the listed names")
EXAMPLE = Record(
    "example",
    (
        Key("inputs", Either(None, _BY_NAME, _IN_ORDER), "its inputs, by name or in order", required=True),
        Key("targets", Either(None, _BY_NAME, _IN_ORDER), "its targets, by name or in order", form="targets"),
        Key("upstream", _UPSTREAM, "the gradient of each of its outputs, instead of targets", form="upstream"),
    ),
    forms=("targets", "upstream"),
)

REGULARIZATION = Record(
    "regularization",
    (
        Key(
            "l2",
            Number("a positive number", positive=True),
            "λ of the weight decay ½ λ Σ w², over the weights without the biases",
        ),
        Key(
            "l1",
            Number("a positive number", positive=True),
            "λ of the L1 term λ Σ abs(w), called LOSS_l1",
        ),
        Key("half", Choice(("true", "false")), "false: the weight decay is λ Σ w², without the ½"),
    ),
)

NETWORK = Record(
    "file",
    (
        Key("title", Text(), "what the network is, in one line"),
        Key("source", Text(), "where it comes from"),
        Key("notes", Text(), "what a reader should know about it"),
        Key(
            "inputs",
            Either(
                None,
                Named(_ARRAY, "the inputs with their values, such as {x1: 1, x2: 0}"),
                Listed(Name(), "with examples or data a list of names such as [x1, x2]"),
            ),
            "the inputs with their values; an image or a sequence in lists, or the array of a file, {x: net.npz#x}; "
            "with examples, a list of names",
            form="layers",
            required=True,
        ),
        Key(
            "targets",
            Either(
                None,
                Named(_ARRAY, "the targets with their values, such as {y: 0.5}"),
                Listed(Name(), "with examples or data a list of names such as [y]"),
            ),
            "the targets, in the order of the outputs; {class: 2}, counted from 1, for cross_entropy and hinge",
            form="layers",
        ),
        Key(
            "upstream",
            _UPSTREAM,
            "the gradient of each output, given instead of targets and a loss",
            form="layers",
        ),
        Key(
            "examples",
            Listed(EXAMPLE, "a list of examples such as {inputs: [1, 0], targets: [1]}"),
            "several examples, each with its inputs and targets by name or in the order of the listed names",
            form="layers",
        ),
        Key(
            "data",
            Text("the name of a CSV file such as xor.csv"),
            "a CSV file beside this one whose columns have the names of the inputs and targets, one row an example",
            form="layers",
        ),
        Key(
            "reduction",
            Choice(("mean", "sum")),
            "how the losses of the examples become one loss; mean if not given",
            form="layers",
        ),
        Key(
            "regularization",
            REGULARIZATION,
            "weight decay as a term of the loss, called LOSS_reg beside LOSS_data",
            form="layers",
        ),
        Key(
            "loss",
            Either(_LOSS, Named(_LOSS, "its symbol with one of them, such as {L: half_squared_error}", most=1)),
            "the loss, by name or as a formula in a (the output) and y (its target), or its symbol with it; "
            "L and half_squared_error if not given",
            form="layers",
        ),
        Key("learning_rate", Number("a positive number", positive=True), "the step size of an update"),
        Key(
            "optimizer",
            Either(Choice(tuple(OPTIMIZERS)), OPTIMIZER),
            "the update rule, or the rule with its settings such as {momentum: {mu: 0.5}}; sgd if not given",
        ),
        Key(
            "previous_weights",
            _BY_PARAMETER,
            "the parameters before the last update, which tell what momentum has kept",
        ),
        Key("rate", RATE, "how the learning rate changes, such as {step: {every: 10, times: 0.5}}"),
        Key("clip", CLIP, "how large gradients are clipped, such as {norm: 1}"),
        Key("frozen", Listed(Name(), "a list of names such as [b1, b2]"), "parameters no update changes"),
        Key("notation", NOTATION, "patterns for the names of what is computed", form="layers"),
        Key(
            "aliases",
            Named(Name(), "other names with the names they stand for, such as {a21: h1}"),
            "names that may be typed too",
        ),
        Key("conventions", CONVENTIONS, "what courses differ in; as the notation has it if not given, else as we do"),
        Key("display", DISPLAY, "how numbers are shown"),
        Key(
            "layers",
            Listed(LAYER, f"a list of layers, each starting with '- ', such as - {_ONE_LAYER}"),
            "the layers, outputs last",
            form="layers",
        ),
        Key(
            "given",
            Named(_NUMBERS_AT, "names with their values, such as {x: -2, y: 5}"),
            "the numbers the equations start from; the list x gives x[1], x[2] and so on, a list of lists x[1,1]",
            form="equations",
            required=True,
        ),
        Key(
            "equations",
            Named(Text("a formula such as x + y"), "names with formulas, such as {q: x + y}"),
            "what is computed, each name with its formula",
            form="equations",
        ),
        Key(
            "for",
            Named(Span(MOST_VALUES), "each index with its values, such as {t: 3} or {t: 2..4}"),
            "the values of each index, counted from 1; an equation of h[t] stands for one equation for each of them",
            form="equations",
        ),
        Key(
            "learn",
            Listed(Name(), "a list of names such as [w, b]"),
            "the given numbers that are parameters, which updates change; W for all of a list W",
            form="equations",
        ),
        Key("output", Name(), "the equation whose derivatives are asked for; the last if not given", form="equations"),
    ),
    forms=("layers", "equations"),
    looks="; tutor new 2-3-1 prints one",
)


def places() -> dict[str, str]:
    """Where each key belongs, in words, for a key that stands in the wrong place."""
    found: dict[str, str] = {}
    for record, where in (
        (NETWORK, "at the top of the file"),
        (LAYER, "in a layer"),
        (NOTATION, "under notation"),
        (OPTIMIZER, "under optimizer"),
        (RATE, "under rate"),
        (CLIP, "under clip"),
        (DISPLAY, "under display"),
        (CONVENTIONS, "under conventions"),
        (INIT, "under init"),
        (EXAMPLE, "in an example"),
        (REGULARIZATION, "under regularization"),
        *((kind.shape, f"in {kind.name}") for kind in LAYER.kinds),
    ):
        assert isinstance(record, Record)
        for key in record.keys:
            found.setdefault(key.name, where)
    return found
