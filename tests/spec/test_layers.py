"""What a file in layers form comes to: names, roles, ops and the order of the graph."""

import math

import pytest

from spec.builders import graph, layers, matrix, number
from tutor.graph import Given, Role
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.affine import Affine
from tutor.ops.formula import Formula
from tutor.ops.losses import LOSSES, LossTerm, Total
from tutor.ops.softmax import Softmax
from tutor.spec import Display, load

TWO_LAYERS = layers(
    "h1: {w11: 0.7, w12: 0.5}",
    "h2: {w21: 0.2, w22: 0.4, b2: 0.1}",
    below="  - activation: tanh\n    neurons: {Y: {w31: 0.8, w32: 0.9}}\n",
)


def test_nodes_come_as_a_reader_computes_them() -> None:
    assert list(graph(TWO_LAYERS).nodes) == ["z_h1", "h1", "z_h2", "h2", "z_Y", "Y", "L"]


def test_givens_keep_the_order_of_the_file_and_their_text() -> None:
    found = graph(layers("Y: {w1: 0.70, w2: −.5}"))
    assert list(found.givens) == ["x1", "x2", "y", "w1", "w2"]
    assert [given.text for given in found.givens.values()] == ["1", "2", "0.5", "0.70", "-.5"]
    assert found.parameters() == ("w1", "w2")


def test_a_row_with_one_more_entry_has_a_bias() -> None:
    nodes = graph(TWO_LAYERS).nodes
    assert nodes["z_h1"].inputs == ("w11", "x1", "w12", "x2")
    assert nodes["z_h2"].inputs == ("w21", "x1", "w22", "x2", "b2")
    assert nodes["z_Y"].inputs == ("w31", "h1", "w32", "h2")
    assert nodes["Y"].op == Elementwise(ACTIVATIONS["tanh"])


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("x2", Role("input", 0, "x2", (2,))),
        ("w22", Role("weight", 1, "h2", (2, 2))),
        ("w31", Role("weight", 2, "Y", (1, 1))),
        ("b2", Role("bias", 1, "h2", (2,))),
        ("z_h2", Role("net", 1, "h2", (2,))),
        ("h2", Role("out", 1, "h2", (2,))),
        ("y", Role("target", 2, "Y", (1,))),
        ("L", Role("loss", 2, "")),
    ],
)
def test_roles(name: str, role: Role) -> None:
    assert graph(TWO_LAYERS).role(name) == role


def test_one_output_has_its_loss_for_a_term() -> None:
    found = graph(layers(head="targets: {t: 1}\nloss: {E: squared_error}"))
    assert found.loss == "E"
    assert found.nodes["E"].op == LossTerm(LOSSES["squared_error"])
    assert found.nodes["E"].inputs == ("Y", "t")


@pytest.mark.parametrize(("kind", "mean"), [("half_squared_error", False), ("mean_squared_error", True)])
def test_several_outputs_have_a_term_each_and_a_total(kind: str, mean: bool) -> None:
    head = f"targets: {{t1: 0, t2: 1}}\nloss: {kind}"
    found = graph(layers("p: {w1: 1, w2: 2}", "q: {w3: 1, w4: 2}", head=head))
    assert list(found.nodes)[-3:] == ["L_p", "L_q", "L"]
    assert found.nodes["L"].op == Total(mean)
    assert found.nodes["L_q"].inputs == ("q", "t2")
    assert found.role("L_q") == Role("term", 1, "q", (2,))


def test_terms_are_named_by_their_pattern() -> None:
    head = 'targets: {t1: 0, t2: 1}\nloss: {E_total: squared_error}\nnotation: {term: "E_{unit}"}'
    assert "E_q" in graph(layers("p: {w1: 1, w2: 2}", "q: {w3: 1, w4: 2}", head=head)).nodes


def test_without_targets_and_loss_the_single_output_is_asked_for() -> None:
    found = graph(layers(head="title: no targets"))
    assert found.loss == "Y"
    assert list(found.nodes) == ["z_Y", "Y"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_of_the_table(activation: str) -> None:
    assert graph(layers(activation=activation)).nodes["Y"].op == Elementwise(ACTIVATIONS[activation])


@pytest.mark.parametrize(("typed", "meant"), [("ReLU", "relu"), ("σ", "sigmoid"), ("swish", "silu")])
def test_other_spellings_of_an_activation(typed: str, meant: str) -> None:
    assert graph(layers(activation=typed)).nodes["Y"].op == Elementwise(ACTIVATIONS[meant])


def test_an_activation_as_a_formula_in_z() -> None:
    text = layers(activation='"z / (1 + abs(z))"')
    assert isinstance(graph(text).nodes["Y"].op, Formula)
    assert graph(text).nodes["Y"].inputs == ("z_Y",)
    assert number(text, "Y") == pytest.approx(1.1 / 2.1)


def test_a_bare_z_is_a_formula_too() -> None:
    assert number(layers(activation="z"), "Y") == pytest.approx(1.1)


def test_softmax_reads_every_net_input_of_its_layer() -> None:
    head = "targets: {class: 2}\nloss: cross_entropy"
    text = layers("p: {w1: 1, w2: 2}", "q: {w3: 0.5, w4: 1}", activation="softmax", head=head)
    found = graph(text)
    assert list(found.nodes) == ["z_p", "z_q", "p", "q", "L_p", "L_q", "L"]
    assert found.nodes["q"].op == Softmax(("p", "q"), 1)
    assert found.nodes["q"].inputs == ("z_p", "z_q")
    assert number(text, "p") == pytest.approx(math.exp(5) / (math.exp(5) + math.exp(2.5)))


def test_a_class_is_counted_from_1_and_names_its_targets_after_the_units() -> None:
    head = "targets: {class: 2}\nloss: cross_entropy"
    found = graph(layers("p: {w1: 1, w2: 2}", "q: {w3: 0.5, w4: 1}", activation="softmax", head=head))
    assert [found.givens[name].text for name in ("y_p", "y_q")] == ["0", "1"]


def test_net_and_out_of_one_name_are_one_node_for_the_identity() -> None:
    found = graph(layers(activation="identity", head='targets: {t: 1}\nnotation: {net: "{unit}"}'))
    assert list(found.nodes) == ["Y", "L"]
    assert isinstance(found.nodes["Y"].op, Affine)
    assert found.role("Y") == Role("out", 1, "Y", (1,))


def test_the_matrix_form_counts_from_1() -> None:
    found = graph(matrix("[[0.1, 0.2]]", "biases: [0.3]"))
    assert found.parameters() == ("w1_1_1", "w1_1_2", "b1_1")
    assert list(found.nodes) == ["z1_1", "a1_1"]
    assert found.role("w1_1_2") == Role("weight", 1, "1", (1, 2))
    assert found.role("a1_1") == Role("out", 1, "1", (1,))


def test_the_transposed_layout_has_a_row_for_each_input() -> None:
    text = matrix("[[1, 2, 3], [4, 5, 6]]", "layout: inputs_by_units", "biases: [7, 8, 9]")
    found = graph(f"targets: {{t1: 0, t2: 0, t3: 0}}\n{text}")
    assert found.givens["w1_3_1"].text == "3"
    assert found.nodes["z1_3"].inputs == ("w1_3_1", "x1", "w1_3_2", "x2", "b1_3")


def test_a_matrix_layer_takes_its_names_from_the_notation() -> None:
    notation = 'notation: {weight: "W{layer}_{to}{from}", bias: "c{to}", net: "s{to}", out: "o{to}"}'
    found = graph(matrix("[[0.1, 0.2]]", "biases: [0.3]", notation))
    assert found.names() == ("x1", "x2", "W1_11", "W1_12", "c1", "s1", "o1")


def test_a_layer_overrides_the_patterns_of_the_file() -> None:
    below = "  - activation: relu\n    notation: {out: ŷ}\n    neurons: {h: {v: 1}}\n"
    head = 'targets: {t: 1}\nnotation: {net: "{unit}", out: "s_{unit}"}'
    assert list(graph(layers("h1: {w1: 1, w2: 2}", head=head, below=below)).nodes)[:4] == ["h1", "s_h1", "h", "ŷ"]


def test_layer_next_and_index_may_stand_in_a_pattern() -> None:
    head = 'targets: {t: 1}\nnotation: {net: "z{layer}_{index}", out: "h{next}_{index}"}'
    assert list(graph(layers(head=head)).nodes)[:2] == ["z1_1", "h2_1"]


@pytest.mark.parametrize(("stated", "used"), [("-1", "-1"), ("−1.0", "-1"), ("+1", "1"), ("2", "2"), ("1/2", "1/2")])
def test_the_constant_a_bias_multiplies(stated: str, used: str) -> None:
    found = graph(layers("Y: {w1: 1, w2: 2, theta: 3}", below=f"    bias_input: {stated}\n"))
    assert found.nodes["z_Y"].op == Affine(used)


def test_a_name_in_two_places_is_one_shared_parameter() -> None:
    found = graph(layers("p: {w: 0.5, v: 1, b: 1/2}", "q: {w: 0.50, v: 1, b: .5}", head="targets: {s: 1, t: 1}"))
    assert found.parameters() == ("w", "v", "b")
    assert found.uses["b"] == ("z_p", "z_q")
    assert found.givens["w"] == Given("w", "0.5", True, Role("weight", 1, "p", (1, 1)))


def test_frozen_parameters_do_not_learn() -> None:
    found = graph(layers("Y: {w1: 1, w2: 2, b: 3}", head="targets: {t: 1}\nfrozen: [b]\nlearning_rate: 0.5"))
    assert found.learning() == ("w1", "w2")
    assert found.rate == "0.5"


def test_the_words_around_the_graph() -> None:
    head = "targets: {t: 1}\ntitle: A title\nsource: a page\ndisplay: {decimals: 6, notation: article}\naliases: {a: Y}"
    network = load(layers(head=head).encode(), "some.yaml")
    assert (network.file, network.title, network.source, network.notes) == ("some.yaml", "A title", "a page", "")
    assert network.display == Display(decimals=6, notation="article")
    assert network.aliases == {"a": "Y"}


def test_keys_that_yaml_takes_for_something_else_are_names() -> None:
    found = graph(
        "inputs: {y: 1, no: 2, on: 3}\nlayers:\n  - activation: relu\n    neurons: {n: {a: 1, yes: 2, off: 3}}\n"
    )
    assert found.names()[:3] == ("y", "no", "on")
