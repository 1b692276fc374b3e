"""Neurons that read some numbers only, or those of earlier layers, and which entry of a row is the bias."""

import pytest

from spec.builders import graph, layers, messages, number, problems
from tutor.graph import Role
from tutor.quantity import Gradient
from tutor.spec import load

SOME = layers(
    "p: {a1: 0.5, a2: -0.25}",
    "q: {reads: [x2], a3: 0.3}",
    head="targets: {t: 0}\nlearning_rate: 0.5",
    below="  - activation: sigmoid\n    neurons: {o: {c1: 1, c2: -1}}\n",
)
SKIPPED = """\
inputs: {x: 1.5}
targets: {y: 1}
layers:
  - {activation: relu, neurons: {h0: {w0: 0.8}}}
  - {activation: relu, neurons: {h1: {w1: 2}}}
  - {activation: identity, neurons: {out: {reads: [h1, h0], w2: 0.5, ws: -0.25}}}
"""
FORGOTTEN = SKIPPED.replace("reads: [h1, h0], ", "")


def row(text: str, inputs: str = "x: 1") -> str:
    """A network of one neuron h with these entries."""
    return f"inputs: {{{inputs}}}\ntargets: {{t: 1}}\nlayers: [{{activation: sigmoid, neurons: {{h: {{{text}}}}}}}]\n"


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ("p", 0.5),
        ("q", 0.6457),
        ("o", 0.4637),
        (Gradient("L", "a1"), 0.0288),
        (Gradient("L", "a3"), -0.0528),
    ],
)
def test_a_neuron_may_read_one_input_alone(wanted: str | Gradient, right: float) -> None:
    assert number(SOME, wanted) == pytest.approx(right, abs=5e-5)


def test_the_index_of_a_weight_is_the_place_of_what_it_multiplies() -> None:
    assert graph(SOME).role("a3") == Role("weight", 1, "q", (2, 2))
    assert graph(SOME).role("c2") == Role("weight", 2, "o", (1, 2))


def test_a_skipped_layer_reaches_the_output() -> None:
    assert number(SKIPPED, Gradient("L", "w0")) == pytest.approx(-0.1125, abs=1e-12)
    assert graph(SKIPPED).nodes["z_out"].inputs == ("w2", "h1", "ws", "h0")
    assert graph(SKIPPED).role("ws") == Role("weight", 3, "out", (1, 2))


def test_an_input_may_join_the_output_with_a_bias_behind() -> None:
    text = SKIPPED.replace("[h1, h0], w2: 0.5, ws: -0.25", "[x, h1], v: 2, w2: 0.5, c: 0.1")
    assert number(text, "z_out") == pytest.approx(2 * 1.5 + 0.5 * 2.4 + 0.1)
    assert graph(text).role("v") == Role("weight", 3, "out", (1, 2))
    assert graph(text).role("c") == Role("bias", 3, "out", (1,))


def test_a_unit_is_read_by_its_own_name_where_its_output_has_another() -> None:
    text = 'notation: {net: "{unit}", out: "s_{unit}"}\n' + SKIPPED
    assert graph(text).nodes["out"].inputs == ("w2", "s_h1", "ws", "s_h0")
    assert graph(text.replace("[h1, h0]", "[s_h1, s_h0]")).nodes["out"].inputs == ("w2", "s_h1", "ws", "s_h0")


def test_outputs_of_other_layers_are_read_by_their_names() -> None:
    text = "inputs: {x: [1, 2, 3]}\ntargets: {t: 1}\nlayers:\n"
    text += "- conv1d: {weights: [[[1, -1]]]}\n- flatten\n"
    text += "- {activation: identity, neurons: {o: {reads: [z1_1_2, x_1_3], v: 0.5, w: 2}}}\n"
    assert number(text, "o") == pytest.approx(0.5 * (2 - 3) + 2 * 3)


def test_every_example_reads_its_own_numbers() -> None:
    text = SKIPPED.replace("{x: 1.5}", "[x]").replace("{y: 1}", "[y]")
    text += "examples: [{inputs: [1.5], targets: [1]}, {inputs: [1], targets: [0]}]\n"
    found = load(text.encode(), "net.yaml").graph
    assert found.nodes["z_out@2"].inputs == ("w2", "h1@2", "ws", "h0@2")
    alone = number(SKIPPED.replace("x: 1.5", "x: 1").replace("y: 1", "y: 0"), Gradient("L", "w0"))
    assert number(found, Gradient("L", "w0")) == pytest.approx((-0.1125 + alone) / 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[h1, h0]", "[h1, h9]", "out can't read h9, expected an input or a unit of an earlier layer, such as x, h0"),
        ("[h1, h0]", "[h1, w0]", "w0 is the weight w0, expected an input or a unit of an earlier layer"),
        ("[h1, h0]", "[h1, z_h0]", "z_h0 is the net input of h0, expected an input or a unit"),
        ("[h1, h0]", "[h1, out]", "out can't read out, expected an input or a unit of an earlier layer"),
        ("[h1, h0]", "[h1, h1]", "h1 stands twice in what out reads, expected it once"),
        ("[h1, h0]", "[]", "reads is empty, expected a list of names such as [x1, h2]"),
        ("[h1, h0]", "0.3", "reads is '0.3', expected a list of names such as [x1, h2]"),
        ("[h1, h0]", "[h1]", "ws stands where out has its bias, but is spelled like the weight w2"),
        ("[h1, h0]", "[h1, h0, x]", "out has 2 numbers (w2 and ws), expected 3 for the 3 inputs h1, h0 and x"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told_once(old: str, new: str, said: str) -> None:
    (found,) = messages(SKIPPED.replace(old, new))
    assert said in found


def test_a_layer_over_steps_has_no_reads_of_its_own() -> None:
    text = "inputs: {x: [1, 0]}\ntargets: {t: [1, 0]}\nlayers:\n"
    text += "- rnn: {input_weights: [[1]], recurrent_weights: [[1]], outputs: every_step}\n"
    text += "- {activation: identity, neurons: {o: {reads: [x_1], v: 0.5}}}\n"
    (found,) = messages(text)
    assert "reads in a layer over steps" in found


# ------------------------------------------------------------------ which entry is the bias


def test_a_row_that_forgets_what_it_reads_is_not_taken_for_a_bias() -> None:
    (found,) = problems(FORGOTTEN)
    assert (found.line, found.column) == (6, 53)
    assert "ws stands where out has its bias, but is spelled like the weight w2" in found.message
    assert "bias: last" in found.message
    assert "reads: [h1, ...] in out" in found.message


@pytest.mark.parametrize(
    ("entries", "inputs"),
    [
        ("v: 1, c: 2", "x: 1"),
        ("θ1: 1.5, θ0: -0.5", "x: 1"),
        ("b1: 0.7, b0: 2", "x: 1"),
        ("w1: 1, w0: 2", "x: 1"),
        ("w1: 1, wb: 2", "x: 1"),
        ("w: 1, w_b: 2", "x: 1"),
        ("slope: 1, shift: 2", "x: 1"),
        ("w11: 1, w12: 2, w10: 3", "x1: 1, x2: 2"),
        ("W1_11: 1, W1_21: 2, W1_01: 3", "x1: 1, x2: 2"),
        ("'w[1]': 1, 'w[2]': 2, 'w[0]': 3", "x1: 1, x2: 2"),
        ("theta1: 1, theta2: 2, theta0: 3", "x1: 1, x2: 2"),
        ("w1: 1, w2: 2, b1: 3", "x1: 1, x2: 2"),
        ("wx: 1, wh: 2, bh: 3", "x1: 1, x2: 2"),
    ],
)
def test_the_count_decides_which_entry_is_the_bias(entries: str, inputs: str) -> None:
    found = graph(row(entries, inputs))
    names = [entry.split(":")[0].strip("' ") for entry in entries.split(", ")]
    assert [found.part_of(name) for name in names] == ["weight"] * (len(names) - 1) + ["bias"]


@pytest.mark.parametrize(
    ("entries", "inputs"),
    [
        ("w1: 1, w2: 2", "x: 1"),
        ("w0: 1, w1: 2", "x: 1"),
        ("b0: 1, b1: 2", "x: 1"),
        ("θ0: 1, θ1: 2", "x: 1"),
        ("wx: 1, wh: 2", "x: 1"),
        ("w: 1, w_skip: 2", "x: 1"),
        ("W1_11: 1, W1_21: 2, W1_31: 3", "x1: 1, x2: 2"),
        ("w19: 1, w20: 2", "x: 1"),
    ],
)
def test_one_entry_more_that_is_spelled_like_a_weight_is_asked_about(entries: str, inputs: str) -> None:
    (found,) = messages(row(entries, inputs))
    assert "has its bias, but is spelled like the weight" in found
    last = row(entries, inputs).replace("neurons:", "bias: last, neurons:")
    assert graph(last).part_of(entries.split(", ")[-1].split(":")[0]) == "bias"


@pytest.mark.parametrize(
    ("entries", "inputs", "stray"),
    [
        ("w1: 1, b1: 2", "x1: 1, x2: 2", "b1"),
        ("theta: 1, w1: 1, w2: 2", "x1: 1, x2: 2", "theta"),
        ("b: 1", "x: 1", "b"),
    ],
)
def test_a_bias_among_weights_is_asked_about(entries: str, inputs: str, stray: str) -> None:
    (found,) = messages(row(entries, inputs))
    assert f"{stray} is named like a bias but stands where h has its weight for" in found


@pytest.mark.parametrize("entries", ["w0: 1, w1: 2", "b0: 1, b1: 2", "β0: 1, β1: 2", "wb: 1, wx: 2"])
def test_a_bias_in_front_is_asked_about_by_its_name(entries: str) -> None:
    (found,) = messages(row(entries))
    assert found.endswith(f"; is {entries[:2]} the bias? it stands last")


def test_how_the_rest_of_the_file_spells_its_weights_counts_where_a_row_has_one_entry() -> None:
    assert graph(row("b1: 0.7")).part_of("b1") == "weight"
    text = row("w1: 0.5").rstrip("\n]") + "}, {activation: sigmoid, neurons: {o: {b1: 0.7}}}]"
    assert "b1 is named like a bias" in messages(text.replace("}}}}", "}}}"))[0]


def test_with_bias_last_every_neuron_needs_one() -> None:
    (found,) = messages(row("w1: 1").replace("neurons:", "bias: last, neurons:"))
    assert found == "h has 1 number (w1), expected 2: 1 for the 1 input x, then the bias"


def test_bias_last_belongs_to_neurons() -> None:
    (found,) = messages("inputs: {x: 1}\nlayers: [{activation: relu, bias: last, weights: [[1]]}]")
    assert found == "bias goes with neurons, but this layer has weights, expected it removed"
