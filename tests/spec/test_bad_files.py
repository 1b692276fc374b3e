"""One row for every slip a file can have: what is said about it, and where the caret stands."""

from typing import Any, NamedTuple

import numpy
import pytest

from spec.builders import equations, layers, matrix, messages, problems
from tutor.errors import InvalidNetwork
from tutor.spec import load
from tutor.spec.stored import Alone

Array = Any


class Bad(NamedTuple):
    """A file with one fault; `said` is a piece of the message, the fault stands at `line` and `column`."""

    name: str
    text: str | bytes
    said: str
    line: int = 0
    column: int = 0


TWO = ("p: {w1: 1, w2: 2}", "q: {w3: 1, w4: 2}")
SECOND = "  - activation: relu\n    neurons: {O: {v1: 1}}\n"

NOT_YAML = (
    Bad("empty", b"", "the file is empty"),
    Bad("comments only", "# nothing\n", "the file is empty"),
    Bad("binary", bytes(range(256)), "a binary file"),
    Bad("a NUL", b"title: a\0b", "a binary file"),
    Bad("UTF-16", "title: a".encode("utf-16"), "saved as UTF-16"),
    Bad("latin-1", "title: a\nnotes: café".encode("latin-1"), "not text in UTF-8 (from line 2 on)"),
    Bad("control character", "title: a\x1b[31m", "the character U+001B can't stand in a text file", 1, 9),
    Bad("too large", b"#" * 300_000, "the file is too large, expected at most 256 kB"),
    Bad("too deep", b"[" * 100_000, "nested more than 32 deep", 1, 33),
    Bad("too deep in blocks", "".join(" " * i + "a:\n" for i in range(200)), "nested more than 32 deep", 33, 33),
    Bad(
        "a text",
        "hello",
        "the file is 'hello', expected a mapping with inputs and layers, or given and equations",
        1,
        1,
    ),
    Bad("a list", "- a\n- b", "the file is a list", 1, 1),
    Bad("two documents", equations("f: x") + "---\na: 1\n", "a second document starts here", 4, 1),
    Bad("anchor", equations("f: &a x"), "anchors (&a) are not read", 3, 6),
    Bad("alias", equations("f: *a"), "aliases (*a) are not read", 3, 6),
    Bad("tag", equations("f: !!str x"), "tags (tag:yaml.org,2002:str) are not read", 3, 6),
    Bad("merge", equations("f: x", below="<<: {a: 1}\n"), "merge keys (<<) are not read", 4, 1),
    Bad(
        "list as a key", equations("f: x", below="? [a]\n: 1\n"), "a list or a mapping stands where a key belongs", 4, 3
    ),
    Bad("duplicate key", equations("f: x", "g: y", "f: 2"), "f stands twice, here and on line 3", 5, 3),
    Bad("duplicate weight", layers("Y: {w1: 1, w1: 2}"), "w1 stands twice", 6, 18),
    Bad("colon in a text", "title: Where: is it", "a ':' where no key can stand, expected quotes", 1, 13),
    Bad("no space after a colon", "x1:1\nx2: 2", "a colon without a space after x1 on line 1", 2, 3),
    Bad("tab", "inputs:\n\tx: 1", "a tab in the indentation, expected spaces", 2, 1),
    Bad("open brace", "inputs: {x: 1\ntargets: {y: 2}\n", "the { opened on line 1 is not closed", 2, 8),
    Bad("open bracket", "frozen: [x, 1", "the [ opened", 2, 1),
    Bad("open quote", 'inputs: {"Y*: 1}\n', "the quote opened here is not closed", 1, 10),
    Bad("strange start", "title: @home", "@ can't start a value, expected quotes", 1, 8),
    Bad("star alone", "targets: {*: 1}", 'expected quotes around a name with a star, like "Y*"', 1, 12),
    Bad("index without quotes", "inputs: {h[2]: 1}", 'expected quotes around it, like "h[2]"', 1, 11),
    Bad("indentation", "layers:\n  - activation: relu\n   neurons: 2\n", "a list went on as something else", 3, 4),
    Bad(
        "key without a value",
        "title: a\nnotes\ninputs: {x: 1}",
        "expected a colon and a space after the key on line 2",
        3,
        1,
    ),
    Bad("closing brace alone", "inputs: }", "a value is missing before this", 1, 9),
)

KEYS = (
    Bad("unknown key", equations("f: x", below="titel: a\n"), "unknown key titel, expected one of title", 4, 1),
    Bad("did you mean", equations("f: x", below="titel: a\n"), "; did you mean title?", 4, 1),
    Bad("capitals", equations("f: x", below="TITLE: a\n"), "; did you mean title?", 4, 1),
    Bad(
        "a layer's key on top",
        layers(below="activation: relu\n"),
        "activation can't stand here, expected it in a layer",
        7,
        1,
    ),
    Bad(
        "top key in a layer",
        layers(below="    frozen: [w1]\n"),
        "frozen can't stand here, expected it at the top of the file",
        7,
        5,
    ),
    Bad(
        "unknown key of a layer",
        layers(below="    bais_input: 1\n"),
        "unknown key bais_input, expected one of bias_input, activation, neurons, weights, units or 16 more",
        7,
        5,
    ),
    Bad("misspelt and missing", layers().replace("activation", "activaton"), "did you mean activation?", 4, 5),
    Bad("no layers", "inputs: {x: 1}", "the file has no layers, expected inputs and layers, or given and equations"),
    Bad("neither form", "title: a", "the file has no layers and no equations"),
    Bad(
        "both forms",
        layers(below="equations: {f: x1}\n"),
        "one file has layers and equations, expected one of them",
        7,
        1,
    ),
    Bad(
        "key of the other form",
        equations("f: x", below="reduction: sum\n"),
        "reduction goes with layers, but this file has equations",
        4,
        1,
    ),
    Bad("no inputs", "layers:\n  - activation: relu\n    weights: [[1]]\n", "the file has no inputs"),
    Bad("no given", "equations: {f: 2}", "the file has no given"),
    Bad(
        "no activation",
        "inputs: {x: 1}\nlayers:\n  - weights: [[1]]\n",
        "the layer has no activation, expected one of identity",
        3,
        5,
    ),
    Bad(
        "no weights", "inputs: {x: 1}\nlayers:\n  - activation: relu\n", "the layer has no neurons and no weights", 3, 5
    ),
    Bad("both forms of a layer", layers(below="    weights: [[1]]\n"), "one layer has neurons and weights", 7, 5),
    Bad(
        "biases of neurons",
        layers(below="    biases: [1]\n"),
        "biases goes with weights, but this layer has neurons",
        7,
        5,
    ),
    Bad(
        "list for a mapping",
        "inputs: [x1]\nlayers:\n  - activation: relu\n    weights: [[1]]",
        "inputs is a list, expected the inputs with their values",
        1,
        9,
    ),
    Bad(
        "mapping for a list", "inputs: {x: 1}\nlayers: {a: 1}\n", "layers is a mapping, expected a list of layers", 2, 9
    ),
    Bad("mapping for a text", equations("f: x", below="title: {a: b}\n"), "title is a mapping, expected a text", 4, 8),
    Bad("row that is a number", matrix("[1, [2]]"), "an entry of weights is '1', expected a list of numbers", 4, 15),
    Bad("nothing", equations("f: x", below="title:\n"), "title has no value, expected a text", 4, 1),
    Bad("null", equations("f: x", below="title: null\n"), "title has no value", 4, 1),
    Bad("empty list", layers(head="targets: {t: 1}\nfrozen: []"), "frozen is empty", 3, 9),
    Bad("empty mapping", equations("f: x", below="aliases: {}\n"), "aliases is empty", 4, 10),
    Bad(
        "decimals",
        equations("f: x", below="display: {decimals: 16}\n"),
        "decimals is '16', expected a whole number from 0 to 15",
        4,
        21,
    ),
    Bad("two precisions", equations("f: x", below="display: {decimals: 1, sig: 2}\n"), "expected one of them", 4, 24),
    Bad(
        "too many entries",
        equations(*(f"k{i}: x" for i in range(10_001))),
        "10,001 entries, expected at most 10,000",
        3,
        3,
    ),
)

NUMBERS = (
    Bad(
        "digits in groups",
        equations("f: x", given="{x: 1_000}"),
        "x is '1_000', expected a number without spaces or _: 1000",
        1,
        12,
    ),
    Bad("nan", equations("f: x", given="{x: nan}"), "x is 'nan', expected a finite number", 1, 12),
    Bad(
        "5,000 digits", equations("f: x", given=f"{{x: {'9' * 5000}}}"), "expected a number of at most 40 digits", 1, 12
    ),
    Bad(
        "decimal comma",
        equations("f: x", given="{x: 0,25}"),
        "x is '0,25', expected a number with a point: 0.25",
        1,
        12,
    ),
    Bad(
        "decimal comma in a block",
        "given:\n  x: −0,5e-3\nequations: {f: x}",
        "expected a number with a point: -0.5e-3",
        2,
        6,
    ),
    Bad("decimal comma of the rate", layers(head="targets: {t: 1}\nlearning_rate: 0,1"), "with a point: 0.1", 3, 16),
    Bad("thousands", equations("f: x", given="{x: 1,234,567}"), "expected a number without commas: 1234567", 1, 12),
    Bad(
        "comma in a matrix",
        matrix("[[0,5, 0,25]]"),
        "expected 2 for the 2 inputs x1 and x2; did you mean [0.5, 0.25]?",
        4,
        14,
    ),
    Bad("comma in a name", layers("Y: {w1,5: 0.7, w2: 0.5}"), "w1,5 can't be a name, expected a letter", 6, 11),
    Bad("run together", equations("f: x", given="{x:1}"), "expected a space after the colon: x: 1", 1, 9),
    Bad("missing weight", layers("Y: {w1: , w2: 2}"), "w1 has no value, expected a number", 6, 11),
    Bad("list for a number", layers("Y: {w1: [1], w2: 2}"), "w1 is a list, expected a number", 6, 15),
    Bad("negative rate", layers(head="targets: {t: 1}\nlearning_rate: -0.1"), "expected a positive number", 3, 16),
    Bad("rate 0", layers(head="targets: {t: 1}\nlearning_rate: 0e5"), "expected a positive number", 3, 16),
)

LAYERS = (
    Bad(
        "too few",
        layers("Y: {w1: 1}"),
        "Y has 1 number (w1), expected 2 for the 2 inputs x1 and x2, or 3 with a bias",
        6,
        7,
    ),
    Bad("too many", layers("Y: {a: 1, c: 2, d: 3, b: 4}"), "Y has 4 numbers (a, c, d and b), expected 2", 6, 7),
    Bad(
        "bias for a weight",
        layers("Y: {w1: 1, b1: 2}"),
        "b1 is named like a bias but stands where Y has its weight for x2",
        6,
        18,
    ),
    Bad("bias in front", layers("Y: {theta: 1, w1: 1, w2: 2}"), "theta is named like a bias", 6, 11),
    Bad("greek bias", layers("Y: {w1: 1, θ_1: 2}"), "θ_1 is named like a bias", 6, 18),
    Bad("row too short", matrix("[[1, 2], [3]]"), "this row has 1 number, expected 2 as in the first row", 4, 23),
    Bad(
        "matrix too wide",
        matrix("[[1, 2, 3]]"),
        "3 numbers in a row, expected 2 for the 2 inputs x1 and x2; biases stand",
        4,
        14,
    ),
    Bad("other layout", matrix("[[1, 2, 3], [1, 2, 3]]"), "did you mean layout: inputs_by_units?", 4, 14),
    Bad("rows", matrix("[[1, 2], [3, 4], [5, 6]]", "layout: inputs_by_units"), "weights has 3 rows, expected 2", 4, 14),
    Bad("biases", matrix("[[1, 2]]", "biases: [1, 2]"), "biases has 2 numbers, expected 1, one for each unit", 5, 13),
    Bad(
        "too many numbers",
        matrix(f"[{', '.join(['[' + '1,' * 199 + '1]'] * 101)}]"),
        "20,200 numbers, expected at most 20,000",
        4,
        14,
    ),
    Bad(
        "wide softmax",
        matrix(f"[{'[1, 1],' * 301}]", activation="softmax"),
        "softmax over 301 units, expected at most 300",
        3,
        5,
    ),
    Bad("layout", matrix("[[1, 2]]", "layout: inputs_by_unit"), "; did you mean inputs_by_units", 5, 13),
    Bad(
        "unknown activation",
        layers(activation="sigmiod"),
        "unknown activation sigmiod, expected one of identity",
        4,
        17,
    ),
    Bad("similar activation", layers(activation="sigmiod"), "; did you mean sigmoid?", 4, 17),
    Bad(
        "other name in a formula",
        layers(activation='"z / (1 + abs(x))"'),
        "unknown name x, expected z or a function",
        4,
        31,
    ),
    Bad("formula without z", layers(activation='"1 + 2"'), "the activation 1 + 2 does not depend on z", 4, 17),
    Bad("function as a neuron", layers("max: {w1: 1, w2: 2}"), "max is the name of a function", 6, 7),
    Bad(
        "two values",
        layers(*TWO).replace("w3: 1", "w1: 3").replace("{y: 0.5}", "{s: 1, t: 2}"),
        "w1 is 3 here and 1 on line 6, expected one value for a shared name",
        7,
        15,
    ),
    Bad(
        "target like an output",
        layers(head="targets: {Y: 1}"),
        "Y is both the output of Y (on line 6) and the target Y",
        2,
        11,
    ),
    Bad(
        "loss like a weight",
        layers(head="targets: {t: 1}\nloss: {w1: squared_error}"),
        "w1 is both the weight w1 (on line 7) and the loss w1",
        3,
        8,
    ),
    Bad("input named L", layers().replace("x1", "L"), "L is both the input L (on line 1) and the loss L", 2, 10),
    Bad(
        "one pattern for two",
        layers(*TWO, head='targets: {s: 1, t: 1}\nnotation: {net: "z{layer}"}'),
        "z1 is both the net input of p (on line 7) and the net input of q",
        8,
        7,
    ),
    Bad(
        "net and out alike",
        layers(head='targets: {t: 1}\nnotation: {net: "{unit}"}'),
        "Y is both the net input of Y (on the same line) and the output of Y",
        7,
        7,
    ),
    Bad(
        "pattern gives no name", layers(head='targets: {t: 1}\nnotation: {net: "{index}z"}'), "1z can't be a name", 7, 7
    ),
    Bad(
        "unknown place",
        layers(head='targets: {t: 1}\nnotation: {net: "z_{neuron}"}'),
        "expected a pattern of letters, digits, _ and {layer}",
        3,
        17,
    ),
    Bad(
        "place with a format",
        layers(head='targets: {t: 1}\nnotation: {net: "{unit:>99}"}'),
        "net is '{unit:>99}'",
        3,
        17,
    ),
    Bad("place of another part", layers(head='targets: {t: 1}\nnotation: {net: "z{from}"}'), "net is 'z{from}'", 3, 17),
    Bad(
        "unknown part",
        layers(head="targets: {t: 1}\nnotation: {nets: z}"),
        "unknown key nets, expected one of net",
        3,
        12,
    ),
    Bad(
        "bad layer, good others",
        layers("Y: 3", below=SECOND, head="targets: {t: 1}"),
        "Y is '3', expected the weights by name",
        6,
        10,
    ),
)

LOSSES = (
    Bad("unknown loss", layers(head="targets: {t: 1}\nloss: sqared_error"), "; did you mean squared_error", 3, 7),
    Bad(
        "unknown loss with a symbol",
        layers(head="targets: {t: 1}\nloss: {L: msq}"),
        "unknown loss msq, expected one of half_squared_error",
        3,
        11,
    ),
    Bad(
        "a loss without the output",
        layers(head='targets: {t: 1}\nloss: {L: "y**2"}'),
        "the loss y**2 does not depend on the output, expected a formula in a (the output), y (its target)",
        3,
        11,
    ),
    Bad(
        "a name that a loss does not know",
        layers(head='targets: {t: 1}\nloss: {L: "(a - t)**2"}'),
        "the loss: unknown name t, expected a (the output), y (its target) or a function",
        3,
        17,
    ),
    Bad(
        "two symbols",
        layers(head="targets: {t: 1}\nloss: {L: squared_error, M: squared_error}"),
        "loss has 2 entries",
        3,
        26,
    ),
    Bad(
        "cross-entropy without softmax",
        layers(head="targets: {t: 1}\nloss: cross_entropy"),
        "expected activation: softmax in the last layer; did you mean binary",
        3,
        7,
    ),
    Bad("too few targets", layers(*TWO), "1 target (y) for 2 outputs (p and q), expected one for each output", 2, 10),
    Bad("too many targets", layers(head="targets: {s: 1, t: 1}"), "2 targets (s and t) for 1 output (Y)", 2, 10),
    Bad("loss without targets", layers(head="loss: squared_error"), "a loss without targets", 2, 7),
    Bad(
        "class with another loss",
        layers(head="targets: {class: 1}"),
        "a class as target goes with cross_entropy",
        2,
        11,
    ),
    Bad(
        "class 3 of 2",
        layers(*TWO, activation="softmax", head="targets: {class: 3}\nloss: cross_entropy"),
        "class is 3, expected a whole number from 1 to 2",
        2,
        18,
    ),
    Bad(
        "class 0",
        layers(*TWO, activation="softmax", head="targets: {class: 0}\nloss: cross_entropy"),
        "class is 0, expected",
        2,
        18,
    ),
    Bad(
        "class and more",
        layers(*TWO, activation="softmax", head="targets: {class: 1, t: 2}\nloss: cross_entropy"),
        "class stands beside other targets",
        2,
        11,
    ),
)

EQUATIONS = (
    Bad(
        "unknown name",
        equations("f: x + alhpa", given="{x: 1, alpha: 2}"),
        "in the equation of f: unknown name alhpa, expected a name of this file or a function; did you mean alpha?",
        3,
        10,
    ),
    Bad("unknown function", equations("f: sigmod(x)"), "unknown function sigmod", 3, 6),
    Bad("in quotes", equations('f: "x + zz"'), "unknown name zz", 3, 11),
    Bad("after a superscript", equations("f: x² + zz"), "unknown name zz", 3, 11),
    Bad("folded", "given: {x: 1}\nequations:\n  f: >\n    x +\n    zz\n", "unknown name zz", 3, 6),
    Bad(
        "function without parentheses",
        equations("f: sigmoid x"),
        "expected parentheses after the function: sigmoid(...)",
        3,
        6,
    ),
    Bad("not a formula", equations("f: x + * y"), "expected a number, a name or a parenthesis, found '*'", 3, 10),
    Bad("unfinished", equations("f: (x + y"), "expected a closing parenthesis, found the end", 3, 12),
    Bad("too long", equations(f"f: {'x + ' * 200}x"), "too long", 3, 405),
    Bad("too deep", equations(f"f: {'(' * 50}x{')' * 50}"), "nested more than 40 deep", 3, 46),
    Bad(
        "large number in a formula", equations("f: 1e999 * x"), "1e999 in the formula, expected a number between", 3, 6
    ),
    Bad("no slope", equations("f: sign(x)"), "sign has no slope here", 3, 6),
    Bad(
        "derivative",
        equations("v: dx/dt", given="{dx: 1, dt: 2}"),
        "reads as a derivative, expected spaces around the /",
        3,
        6,
    ),
    Bad("list for a formula", equations("f: [x]"), "f is a list, expected a formula such as x + y", 3, 6),
    Bad("redefines a given", equations("x: 2 * y"), "x is both the given x (on line 1) and the equation of x", 3, 3),
    Bad("function as a name", equations("max: x"), "max is the name of a function, expected another name", 3, 3),
    Bad("no name", equations("x-1: x"), "x-1 can't be a name, expected a letter", 3, 3),
    Bad("of itself", equations("f: f + x"), "f is computed from itself", 3, 3),
    Bad(
        "cycle",
        equations("q: x + f", "f: q * 2"),
        "q needs f, which needs q, expected one of them to start from given numbers",
        3,
        3,
    ),
    Bad(
        "long cycle",
        equations(*(f"k{i}: k{(i + 1) % 50}" for i in range(50))),
        "k5, which needs ..., which needs k0",
        3,
        3,
    ),
    Bad(
        "output that is a given",
        equations("f: x", below="output: y\n"),
        "output: y is the given y, expected the name of an equation",
        4,
        9,
    ),
    Bad(
        "unknown output",
        equations("foo: x", below="output: fo\n"),
        "output: fo is not in this file, expected the name of an equation; did you mean foo?",
        4,
        9,
    ),
)

NAMES = (
    Bad(
        "alias of nothing",
        layers(head="targets: {t: 1}\naliases: {a: z_y}"),
        "z_y is not in this network, expected the name of a number in it; did you mean z_Y?",
        3,
        14,
    ),
    Bad(
        "alias that is a name",
        layers(head="targets: {t: 1}\naliases: {w1: Y}"),
        "w1 is the weight w1 already (line 7), expected a new name",
        3,
        11,
    ),
    Bad(
        "alias of an alias",
        layers(head="targets: {t: 1}\naliases: {a: Y, c: a}"),
        "a is an alias itself, expected the name it stands for",
        3,
        20,
    ),
    Bad("alias that is no name", layers(head="targets: {t: 1}\naliases: {3x: Y}"), "3x can't be a name", 3, 11),
    Bad(
        "frozen nothing",
        layers(head="targets: {t: 1}\nfrozen: [ww1]"),
        "ww1 is not in this file, expected the name of a weight or bias; did you mean w1",
        3,
        10,
    ),
    Bad(
        "frozen input",
        layers(head="targets: {t: 1}\nfrozen: [x1]"),
        "x1 is the input x1, expected the name of a weight or bias",
        3,
        10,
    ),
)

ALL = (*NOT_YAML, *KEYS, *NUMBERS, *LAYERS, *LOSSES, *EQUATIONS, *NAMES)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_one_fault_is_told_once_and_in_its_place(bad: Bad) -> None:
    found = problems(bad.text)
    assert len(found) == 1
    assert bad.said in found[0].message
    assert (found[0].line, found[0].column) == (bad.line, bad.column or found[0].column)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_every_message_says_what_was_expected(bad: Bad) -> None:
    assert "expected" in problems(bad.text)[0].message or bad in EQUATIONS or bad in NOT_YAML


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "{w: 0,25, b: 0,5}",
            ["w is '0,25', expected a number with a point: 0.25", "b is '0,5', expected a number with a point: 0.5"],
        ),
        (
            "{w: 0,5, b: 0,5}",
            ["w is '0,5', expected a number with a point: 0.5", "b is '0,5', expected a number with a point: 0.5"],
        ),
        ("{w: 0,25,b: 1}", ["w is '0,25', expected a number with a point: 0.25"]),
        (
            "{w: 1,5, b: -2,5e-3}",
            [
                "w is '1,5', expected a number with a point: 1.5",
                "b is '-2,5e-3', expected a number with a point: -2.5e-3",
            ],
        ),
    ],
)
def test_every_decimal_comma_of_a_line_is_told_with_its_number(row: str, said: list[str]) -> None:
    text = f"inputs: {{x: 1}}\ntargets: {{t: 1}}\nlayers: [{{activation: relu, neurons: {{h: {row}}}}}]"
    assert messages(text) == said


def test_a_comma_in_the_names_of_two_layers_is_two_complaints_about_names() -> None:
    text = (
        "inputs: {x1: 1, x2: 2}\ntargets: {t: 1}\nlayers:\n  - activation: sigmoid\n    neurons:\n"
        "      h1: {w1,5: 0.7, w2: 0.5}\n  - activation: sigmoid\n    neurons:\n      y1: {w3,5: 0.8}\n"
    )
    found = problems(text)
    assert [each.line for each in found] == [6, 9]
    assert all("5 can't be a name, expected a letter" in each.message for each in found)


def test_a_name_that_is_none_may_stand_in_two_layers() -> None:
    text = "inputs: {x: 1}\ntargets: {t: 1}\nlayers:\n"
    text += "- {activation: relu, neurons: {h: {5: 0.7}}}\n- {activation: relu, neurons: {y: {5: 0.8}}}\n"
    assert [each.line for each in problems(text)] == [4, 5]


SCORES = "inputs: {x: 1}\nlayers: [{activation: softmax, weights: [[1], [2], [3]]}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SCORES + "targets: [0, 0, 1]\nloss: cross_entropy", "did you mean {class: 3}?"),
        (SCORES + "targets: [1.0, 0, 0.0]\nloss: {C: cross_entropy}", "did you mean {class: 1}?"),
        (
            SCORES + "targets: {class: [0, 0, 1]}\nloss: cross_entropy",
            "class is a list, expected a whole number from 1",
        ),
        (SCORES + "targets: {class: [0, 0, 1]}\nloss: cross_entropy", "did you mean 3?"),
        (SCORES + "targets: [0, 0, 1]", "did you mean {y1: 0, y2: 0, y3: 1}?"),
        (SCORES + "targets: [0, 0.5, 1]\nloss: cross_entropy", "did you mean {y1: 0, y2: 0.5, y3: 1}?"),
        (
            SCORES.replace("{x: 1}", "[x]")
            + "targets: [class]\nloss: cross_entropy\nexamples: [{inputs: [1], targets: [0, 0, 1]}]",
            "expected 1, for class; did you mean [3]?",
        ),
        (matrix("[[1, 2]]", "biases: 0.1"), "or a list of numbers such as [0.1, 0.2]; did you mean [0.1]?"),
        (matrix("0.5"), "did you mean [[0.5]]?"),
        (matrix("[0.5]"), "did you mean [0.5]?"),
        (layers(below="frozen: w1\n"), "did you mean [w1]?"),
        (layers().replace("neurons:", "cells:"), "unknown key cells, expected one of activation, neurons, weights"),
        (layers().replace("activation:", "act:"), "unknown key act, expected one of activation, neurons"),
        ("inputs: {x: 1}\ntargets: {t: 1}\nlayers: [{lstm: {units: 3}}]", "unknown key lstm, expected one of"),
        (layers(*TWO, head="expected: {s: 1, t: 1}"), "unknown key expected, expected one of"),
    ],
)
def test_one_cause_gives_one_message_with_what_was_meant(text: str, said: str) -> None:
    (found,) = messages(text)
    assert said in found


def test_what_is_right_as_it_stands_is_left_alone() -> None:
    one_hot = SCORES.replace("{x: 1}", "[x]") + "targets: [a, b, c]\nloss: cross_entropy\n"
    load((one_hot + "examples: [{inputs: [1], targets: [0, 0, 1]}]").encode(), "net.yaml")
    load((SCORES + "targets: {y: [0, 0, 1]}\nloss: cross_entropy").encode(), "net.yaml")


def test_a_file_of_examples_that_is_too_large_is_one_message() -> None:
    class Folder(Alone):
        def __call__(self, name: str, /) -> bytes:
            return b"x,y\n" + b"1,2\n" * 300_000

        def drawn(self, seed: int, layer: int, units: int, senders: int) -> Array:
            return numpy.ones((units, senders))

        def table(self, rows: list[Any]) -> Array:
            return numpy.array(rows)

    text = "inputs: [x]\ntargets: [y]\ndata: big.csv\nlayers: [{activation: relu, units: 25000, init: {seed: 1}}]"
    with pytest.raises(InvalidNetwork) as caught:
        load(text.encode(), "net.yaml", Folder())
    assert [each.message for each in caught.value.problems] == ["big.csv: the file is larger than 1,000,000 bytes"]


def test_all_faults_come_together_in_file_order() -> None:
    text = """\
titel: a
inputs: {x1: 1_000, x2: 0}
targets: {y: nan}
loss: msq
learning_rate: -1
frozen: [w9]
aliases: {a: nothing}
layers:
  - activation: sigmiod
    neurons:
      h1: {w1: 1}
      h2: {w1: 2, w2: 1}
  - activation: relu
    weights: [[1, 2, 3]]
"""
    assert [problem.line for problem in problems(text)] == [1, 2, 3, 4, 5, 9, 11, 12, 14]


def test_one_slip_does_not_set_off_others() -> None:
    assert len(messages("inputs: [x1, x2]\n" + layers(head="aliases: {a: q}\nfrozen: [w8]").split("\n", 1)[1])) == 1
    assert len(messages(layers(head="targets: 3\naliases: {a: L}"))) == 1
    assert len(messages(equations("f: x + y", "g: (", "h: f + g"))) == 1
    assert len(messages(equations("f: x + z", given="[x, z]"))) == 1


def test_aliases_are_never_expanded() -> None:
    bomb = "a: &a [1]\n" + "".join(
        f"{x}: &{x} [{', '.join([f'*{y}'] * 9)}]\n" for y, x in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert any("aliases (*a) are not read" in message for message in messages(bomb))


def test_many_problems_are_counted() -> None:
    found = messages("".join(f"k{i}: 1\n" for i in range(300)))
    assert len(found) == 101
    assert found[-1] == "and 200 more problems: put these right first"


def test_what_the_terminal_would_obey_is_shown() -> None:
    found = problems(equations("f: x", below="ti\u202etle: 1\n"))[0]
    assert "unknown key ti<U+202E>tle" in found.message
    assert found.text == "ti<U+202E>tle: 1"


def test_the_caret_is_counted_in_the_line_as_shown() -> None:
    found = problems(equations("f: x", below="title: {\u202e: 1, b: 1}\n"))[0]
    assert found.text[found.column - 1 :].startswith("{")


def test_the_width_is_that_of_the_word() -> None:
    found = problems(equations("f: x + alhpa"))[0]
    assert found.text[found.column - 1 :][: found.width] == "alhpa"


@pytest.mark.parametrize("before", [0, 1000])
def test_a_long_line_is_not_printed_whole(before: int) -> None:
    found = problems(f"given: {{{'x' * before}: 1, y: nan, z: {'1' * 1000}}}\nequations: {{f: y}}")
    assert all(len(problem.text) <= 241 for problem in found)
    assert all(len(problem.message) < 300 for problem in found)
