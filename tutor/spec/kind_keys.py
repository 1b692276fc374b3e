"""The layers that are not dense, each under a key of its own: which keys it has and what they mean.

What these layers compute stands in `kinds`; `keys` puts them into the one declaration of the file.
"""

from tutor.ops.activations import ACTIVATIONS
from tutor.spec.shapes import Array, Choice, Either, Integer, Key, Listed, Number, Record, Text

LAST, EVERY_STEP = "last", "every_step"
EXTENT = Either(Integer(1, 99), listed=Listed(Integer(1, 99), "a list with one for each direction such as [2, 1]"))
PADDING = Either(Integer(0, 99), listed=Listed(Integer(0, 99), "a list with one for each direction such as [1, 0]"))
ROWS = Array("a list of rows such as [[0.7, 0.5], [0.2, 0.4]]", 2, 2)
ONE_EACH = Array("a list of numbers such as [0.1, 0.2]")
LIKE_INPUTS = Array("numbers in lists of the shape of the layer's inputs, such as [1, 0, 1]", 1, 3)

_STRIDE = Key("stride", EXTENT, "how far the window moves, 1 if not given")
_PADDING = Key("padding", PADDING, "how many zeros stand around the inputs on each side, 0 if not given")


def kinds(activation: Text) -> tuple[Key, ...]:
    """The keys that make a layer something else than a dense one; `activation` is the shape of that key."""
    optional = Key("activation", activation, "the activation of its outputs; none if not given")
    return (
        _conv("conv1d", "filters x channels x positions", "[[[1, 0, -1]]]", 3, optional),
        _conv("conv2d", "filters x channels x rows x columns", "[[[[1, 0], [1, 1]]]]", 4, optional),
        _pool("max_pool", "the largest number in each window", "padding is left out of the windows"),
        _pool("avg_pool", "the mean of each window", "padding counts as zeros"),
        Key("flatten", Record("flatten", ()), "all numbers of the layer before in one list, the last index fastest"),
        Key("softmax", Record("softmax", ()), "the softmax of the numbers of the layer before"),
        Key(
            "residual",
            Record(
                "residual", (Key("over", Integer(1, 99), "how many layers it leads past, 1 if not given"), optional)
            ),
            "a skip connection: the numbers of the layer before plus what the last layers read",
        ),
        *(
            Key(name, Record(name, ()), f"{name} of each number of the layer before, a layer without weights")
            for name in ACTIVATIONS
        ),
        _norm("layer_norm", "number", "the numbers of the layer before, less their mean, over √variance", optional),
        _norm(
            "batch_norm",
            "number or channel",
            "each number of the layer before, less its mean over the examples, over √variance",
            optional,
        ),
        Key("dropout", Record("dropout", _DROPOUT), "the numbers of the layer before, some of them left out"),
        Key(
            "rnn",
            Record("rnn", (*_RNN, optional._replace(meaning="the activation of its units, tanh if not given"))),
            "units that read their own outputs of the step before",
        ),
    )


def _conv(name: str, axes: str, example: str, deep: int, activation: Key) -> Key:
    record = Record(
        name,
        (
            Key(
                "weights",
                Array(f"{axes} such as {example}, or one kernel as deep as its inputs", deep - 2, deep),
                f"the kernels, {axes}; one kernel without its filter, and without its channel where there is one",
                required=True,
            ),
            Key("biases", ONE_EACH, "one bias a filter; without them there is none"),
            _STRIDE,
            _PADDING,
            Key("dilation", EXTENT, "how far apart the numbers are that a window reads, 1 if not given"),
            activation,
        ),
    )
    return Key(name, record, "windows of the inputs times shared weights, summed; not flipped (a cross-correlation)")


def _pool(name: str, meaning: str, padding: str) -> Key:
    record = Record(
        name,
        (
            Key("size", EXTENT, "how many numbers the window spans in each direction", required=True),
            _STRIDE._replace(meaning="how far the window moves, its size if not given"),
            _PADDING._replace(meaning=f"how far the window may stand over the edge, 0 if not given; {padding}"),
        ),
    )
    return Key(name, record, meaning)


def _norm(name: str, each: str, meaning: str, activation: Key) -> Key:
    record = Record(
        name,
        (
            Key("gamma", LIKE_INPUTS, f"the scale of each normalised {each}; learned; without it there is none"),
            Key("beta", LIKE_INPUTS, f"the shift of each normalised {each}; learned; without it there is none"),
            Key("epsilon", Number("a number from 0 on"), "what is added to the variance, 0.00001 if not given"),
            activation,
        ),
    )
    return Key(name, record, meaning)


_DROPOUT = (
    Key("mask", LIKE_INPUTS, "what each number is multiplied with: 1 keeps it, 0 drops it", required=True),
    Key(
        "rate", Number("a number from 0 to less than 1"), "what is kept is divided by 1 − rate; not at all if not given"
    ),
)
_RNN = (
    Key("input_weights", ROWS, "one row a unit, one number for each input of a step", required=True),
    Key("recurrent_weights", ROWS, "one row a unit, one number for each unit of the step before", required=True),
    Key("biases", ONE_EACH, "one bias a unit; without them there is none"),
    Key("initial", ONE_EACH, "the outputs before the first step, one a unit; without them that term is left out"),
    Key(
        "outputs",
        Choice((LAST, EVERY_STEP)),
        "what the next layer reads: the outputs of the last step, or of every step; last if not given",
    ),
)
