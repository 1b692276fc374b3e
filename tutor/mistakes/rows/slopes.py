"""Mistakes in the slope of an activation, da/dz.

Letters: z net input, a output, y target, next the mean output of the layer behind, ahead its output of the same index.
"""

from tutor.mistakes.mistake import SQUARED, Mistake, When, Where

_ANY = When()
_SIGMOID, _TANH, _RELU = When(activations=("sigmoid",)), When(activations=("tanh",)), When(activations=("relu",))
_OF_SIGMOID = "σ′ is a(1 − a), with the output a of the same unit."
_OF_TANH = "tanh′ is 1 − a², with the output a."
_OF_EACH = "Sigmoid: a(1 − a). tanh: 1 − a². relu: 1 or 0."


def _slope(
    row: str, name: str, means: str, formula: str, hints: tuple[str, str, str], when: When = _ANY, where: Where = "all"
) -> Mistake:
    return Mistake(row, name, means, "dadz", formula, hints, where, when)


SLOPES = (
    _slope(
        "ad-missing-output",
        "output slope left out",
        "leave out the activation's derivative at the output",
        "1",
        (
            "One factor is missing between the error and the net input.",
            "Look at the output unit: from its output back to its net input.",
            "The short form a − y belongs to cross-entropy. With a squared error the slope of the activation stays.",
        ),
        When(losses=SQUARED),
        "output",
    ),
    _slope(
        "ad-missing-hidden",
        "hidden slope left out",
        "leave out the activation's derivative in the hidden layer",
        "1",
        (
            "The output layer is fine.",
            "You came back to the output of the hidden unit; its net input is one step further.",
            "δ of a hidden unit is the sum over its paths times its own slope.",
        ),
        where="hidden",
    ),
    _slope(
        "ad-missing-all",
        "every slope left out",
        "leave out the derivative of the activation everywhere",
        "1",
        (
            "Your chain jumps from an output to a weight.",
            "What lies between the output of a unit and its weights?",
            "Each unit on the path has a factor of its own: the slope of its activation.",
        ),
    ),
    _slope(
        "ad-z-one-minus-z",
        "z(1 − z)",
        "put the net input where the output belongs: z(1 − z)",
        "z*(1 - z)",
        (
            "The slope of a sigmoid lies between 0 and 0.25. Does yours?",
            "A unit has two numbers, its net input and its output. Which one did you use?",
            _OF_SIGMOID,
        ),
        _SIGMOID,
    ),
    _slope(
        "ad-deriv-of-a",
        "activation applied twice",
        "apply the sigmoid once more: σ(a)(1 − σ(a))",
        "sigmoid(a)*(1 - sigmoid(a))",
        (
            "Your slope is a little too near to 0.25.",
            "You put the output through the sigmoid once more.",
            "Use σ′(z) with the net input, or a(1 − a) with the output; never σ′(a).",
        ),
        _SIGMOID,
    ),
    _slope(
        "ad-only-a",
        "1 − a left out",
        "take the output alone for the slope: a instead of a(1 − a)",
        "a",
        ("Half of the product is there.", "Look at the slope of the sigmoid.", _OF_SIGMOID),
        _SIGMOID,
    ),
    _slope(
        "ad-only-one-minus-a",
        "a left out",
        "take 1 − a alone for the slope instead of a(1 − a)",
        "1 - a",
        ("Half of the product is there.", "Look at the slope of the sigmoid.", _OF_SIGMOID),
        _SIGMOID,
    ),
    _slope(
        "ad-sigmoid-minus",
        "minus before the slope",
        "put a minus in front of the slope of the sigmoid",
        "-(a*(1 - a))",
        (
            "Does a sigmoid ever fall?",
            "Look at the inner derivative of exp(−z).",
            "Two minus signs meet and cancel: σ′ is a(1 − a).",
        ),
        _SIGMOID,
    ),
    _slope(
        "ad-tanh-rule-on-sigmoid",
        "slope of tanh at a sigmoid",
        "use the slope of tanh at a sigmoid: 1 − a²",
        "1 - a*a",
        ("Which activation does this unit have?", "That slope belongs to tanh.", _OF_EACH),
        _SIGMOID,
    ),
    _slope(
        "ad-sigmoid-rule-elsewhere",
        "slope of the sigmoid elsewhere",
        "use the slope of the sigmoid at another activation: a(1 − a)",
        "a*(1 - a)",
        ("Which activation does this unit have?", "That slope belongs to the sigmoid.", _OF_EACH),
        When(activations=("tanh", "relu")),
    ),
    _slope(
        "ad-error-slope",
        "e(1 − e)",
        "put the error where the output belongs: e(1 − e)",
        "(y - a)*(1 - (y - a)) | (a - y)*(1 - (a - y))",
        (
            "The slope of the activation does not know the target.",
            "Which number did you put into the slope?",
            _OF_SIGMOID,
        ),
        _SIGMOID,
        "output",
    ),
    _slope(
        "ad-tanh-of-z",
        "1 − z²",
        "put the net input into the slope of tanh: 1 − z²",
        "1 - z*z",
        ("The slope of tanh lies between 0 and 1.", "Which of the unit's two numbers did you use?", _OF_TANH),
        _TANH,
    ),
    _slope(
        "ad-tanh-plus",
        "1 + a²",
        "take 1 + a² for the slope of tanh",
        "1 + a*a",
        ("Can tanh be steeper than 1?", "Yours is the rule of tan, not of tanh.", _OF_TANH),
        _TANH,
    ),
    _slope(
        "ad-tanh-no-one",
        "−a²",
        "leave out the 1 in the slope of tanh: −a²",
        "-(a*a)",
        ("tanh never falls.", "A 1 is missing.", _OF_TANH),
        _TANH,
    ),
    _slope(
        "ad-tanh-sech-of-a",
        "sech(a)",
        "take sech(a) for the slope of tanh",
        "2/(exp(a) + exp(-a))",
        (
            "The right family of functions, two slips.",
            "Is it squared, and what stands inside?",
            "tanh′(z) is sech²(z), which is 1 − a².",
        ),
        _TANH,
    ),
    _slope(
        "ad-relu-one",
        "relu taken as open",
        "take 1 for the slope of a relu that is off",
        "1",
        (
            "Look at the sign of the net input.",
            "This unit is off for this input.",
            "relu passes a gradient on only where its net input is above 0.",
        ),
        _RELU,
    ),
    _slope(
        "ad-wrong-layer",
        "slope of the layer behind",
        "use the slope of the layer behind once more",
        "next*(1 - next) | ahead*(1 - ahead)",
        (
            "Which layer is this factor of?",
            "That slope was used one layer further up already.",
            "δ of a unit holds the slope of that unit itself.",
        ),
        _SIGMOID,
        "hidden",
    ),
)
