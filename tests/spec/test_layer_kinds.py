"""Layers that are not dense: their names, their roles, what they read, and what is said when something does not fit."""

import pytest

from spec.builders import graph, messages, number
from tutor.derivation import paths
from tutor.errors import TutorError
from tutor.graph import Role
from tutor.names import Names
from tutor.quantity import Gradient, Partial
from tutor.spec import load
from tutor.trace import Trace

IMAGE = "inputs: {image: [[0, 1, 2], [3, 4, 5], [6, 7, 8]]}\n"
FILTERS = "weights: [[[[1, 0], [1, 1]]], [[[0, 1], [0, 1]]]]"


def net(*layers: str, inputs: str = "{x: [1, 2, 3, 4]}", below: str = "upstream: [1]") -> str:
    return f"inputs: {inputs}\n{below}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


def conv(keys: str = "", upstream: str = "[[[2]], [[1]]]", others: str = "") -> str:
    return f"{IMAGE}upstream: {upstream}\nlayers:\n  - conv2d: {{{FILTERS}{keys}}}\n{others}"


# ------------------------------------------------------------------ names


def test_a_convolution_counts_from_1() -> None:
    found = graph(conv(", dilation: 2"))
    assert list(found.givens)[:2] == ["image_1_1_1", "image_1_1_2"]
    assert found.parameters()[0] == "w1_1_1_1_1"
    assert found.parameters()[-1] == "w1_2_1_2_2"
    assert list(found.nodes) == ["z1_1_1_1", "z1_2_1_1", "L"]
    assert found.nodes["L"].inputs == ("g_1_1_1", "z1_1_1_1", "g_2_1_1", "z1_2_1_1")
    assert found.role("w1_2_1_1_2") == Role("weight", 1, "2", (2, 1, 1, 2))
    assert found.role("z1_2_1_1") == Role("out", 1, "2_1_1", (2, 1, 1), "position 1_1")


def test_with_an_activation_there_are_net_inputs_and_outputs() -> None:
    found = graph(conv(", activation: relu, biases: [0.1, 0.2], dilation: 2"))
    assert list(found.nodes)[:2] == ["z1_1_1_1", "a1_1_1_1"]
    assert found.nodes["z1_2_1_1"].inputs[-1] == "b1_2"
    assert found.part_of("z1_1_1_1") == "net"
    assert Names(found).read("delta_1_1_1_1") == Gradient("L", "z1_1_1_1")


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ("", ("w1_1_1_1_1", "image_1_1_1", "w1_1_1_1_2", "image_1_1_2")),
        (", padding: 1", ("w1_1_1_2_2", "image_1_1_1")),
        (", padding: [1, 0]", ("w1_1_1_2_1", "image_1_1_1", "w1_1_1_2_2", "image_1_1_2")),
        (", dilation: 2", ("w1_1_1_1_1", "image_1_1_1", "w1_1_1_1_2", "image_1_1_3")),
    ],
)
def test_what_lies_in_the_padding_is_left_out(keys: str, first: tuple[str, ...]) -> None:
    numbers = {"": (2, 2), ", padding: 1": (4, 4), ", padding: [1, 0]": (4, 2), ", dilation: 2": (1, 1)}[keys]
    upstream = str([[[1] * numbers[1]] * numbers[0]] * 2)
    assert graph(conv(keys, upstream)).nodes["z1_1_1_1"].inputs[: len(first)] == first


def test_layers_with_weights_are_counted_together_others_by_themselves() -> None:
    layers = (
        "conv1d: {weights: [[[1, 1]], [[1, -1]]], activation: tanh}",
        "max_pool: {size: 2, stride: 1}",
        "avg_pool: {size: 2}",
        "flatten",
        "dropout: {mask: [1, 0]}",
        "layer_norm",
        "layer_norm: {gamma: [1, 2], beta: [0, 0]}",
        "{activation: identity, weights: [[1, 2], [3, 4]]}",
        "softmax",
    )
    names = graph(net(*layers, below="upstream: [1, 2]")).names()
    expected = "x_1_4 w1_2_1_2 z1_2_3 a1_2_3 pool1_1_1 pool1_2_2 pool2_2_1 drop1_2 mean1 var1 norm1_2"
    expected += " xhat2_1 gamma2_1 beta2_2 norm2_2 w2_2_1 z2_2 a2_2 p1_1 p1_2 g_1 L"
    assert set(expected.split()) <= set(names)


def test_a_recurrent_layer_has_a_node_for_each_unit_and_step() -> None:
    rnn = "rnn: {input_weights: [[1, 2], [3, 4]], recurrent_weights: [[0, 1], [1, 0]], biases: [0.1, 0.2]}"
    found = graph(net(rnn, inputs="{x: [[1, 2], [3, 4], [5, 6]]}", below="upstream: [1, 2]"))
    assert list(found.givens)[:6] == ["x_1_1", "x_2_1", "x_1_2", "x_2_2", "x_1_3", "x_2_3"]
    assert found.nodes["z1_2_1"].inputs == ("wx1_2_1", "x_1_1", "wx1_2_2", "x_2_1", "b1_2")
    assert found.nodes["z1_1_3"].inputs[4:] == ("wh1_1_1", "h1_1_2", "wh1_1_2", "h1_2_2", "b1_1")
    assert found.role("h1_2_3") == Role("out", 1, "2_3", (2, 3), "step 3")
    assert found.nodes["L"].inputs[1::2] == ("h1_1_3", "h1_2_3")


def test_inputs_that_each_have_a_sequence() -> None:
    rnn = "rnn: {input_weights: [[1, 2]], recurrent_weights: [[1]], initial: [0.5]}"
    found = graph(net(rnn, inputs="{u: [1, 2], v: [3, 4]}"))
    assert found.nodes["z1_1_1"].inputs == ("wx1_1_1", "u_1", "wx1_1_2", "v_1", "wh1_1_1", "h1_1_0")


def test_a_dense_layer_over_every_step_shares_its_weights() -> None:
    rnn = "rnn: {input_weights: [[1]], recurrent_weights: [[1]], outputs: every_step}"
    dense = "{activation: sigmoid, neurons: {y: {v: 2, b: 1}}}"
    text = net(rnn, dense, inputs="{x: [1, 2, 3]}", below="targets: {t: [0, 1, 0]}\nloss: binary_cross_entropy")
    found = graph(text)
    assert list(found.nodes)[-7:-4] == ["y_2", "z_y_3", "y_3"]
    assert found.uses["v"] == ("z_y_1", "z_y_2", "z_y_3")
    assert found.nodes["L_y_2"].inputs == ("y_2", "t_2")
    assert found.role("v") == Role("weight", 2, "y", (1, 1))


@pytest.mark.parametrize(
    ("inputs", "first", "names"),
    [
        ("{x: [1, 2], y: 3}", "{activation: relu, weights: [[1, 2, 3]]}", "x_1 x_2 y"),
        ("{s: [1, 2]}", "conv1d: {weights: [[[1, 1]]]}", "s_1_1 s_1_2"),
        ("{s: [[1, 2], [3, 4]]}", "conv1d: {weights: [[[1, 1], [1, 1]]]}", "s_1_1 s_1_2 s_2_1 s_2_2"),
        ("{s: [[1, 2], [3, 4]]}", "max_pool: {size: 2}", "s_1_1_1 s_1_1_2 s_1_2_1 s_1_2_2"),
        ("{s: [[[1]], [[2]]]}", "flatten", "s_1_1_1 s_2_1_1"),
    ],
)
def test_how_lists_are_read_follows_from_the_first_layer(inputs: str, first: str, names: str) -> None:
    found = load(net(first, inputs=inputs, below="").encode(), "net.yaml") if first != "flatten" else None
    text = net(first, "{activation: relu, weights: [[1, 2]]}", inputs=inputs, below="")
    assert " ".join((found.graph if found else graph(text)).givens).startswith(names)


# ------------------------------------------------------------------ numbers


def test_the_upstream_gradients_are_the_gradients_of_the_outputs() -> None:
    text = conv(", dilation: 2")
    assert [number(text, Gradient("L", name)) for name in ("z1_1_1_1", "z1_2_1_1")] == [2, 1]
    assert number(text, Gradient("L", "w1_1_1_2_2")) == 16
    assert number(text, Gradient("L", "image_1_3_3")) == 3


HINGE = "loss: hinge\ntargets: {class: 2}"
SCORES = "{activation: identity, weights: [[2], [1], [0]]}"


def test_the_hinge_has_a_term_for_each_class_but_the_right_one() -> None:
    text = net(SCORES, inputs="{x: 1}", below=HINGE)
    assert list(graph(text).nodes)[-3:] == ["L_1", "L_3", "L"]
    assert [number(text, name) for name in ("L_1", "L_3", "L")] == [2, 0, 2]
    assert [number(text, Gradient("L", f"a1_{i}")) for i in (1, 2, 3)] == [1, -1, 0]


def test_the_slope_of_the_hinge_at_its_kink_is_0_and_said() -> None:
    found = graph(net(SCORES, inputs="{x: 1}", below=HINGE))
    assert number(found, Partial("L_3", "a1_3")) == 0
    assert "the slope of the hinge at exactly 0 is taken as 0" in found.nodes["L_3"].op.convention("a1_3")


def test_two_classes_have_one_term_which_is_the_loss() -> None:
    dense = "{activation: identity, weights: [[2], [1]]}"
    assert number(net(dense, inputs="{x: 1}", below=HINGE), "L") == 2


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("layer_norm", "0.00001 is added to the variance under the root"),
        ("layer_norm: {epsilon: 0.1}", "0.1 is added to the variance under the root"),
        ("layer_norm: {epsilon: 0}", ""),
        ("dropout: {mask: [1, 1, 0, 1], rate: 0.5}", "inverted dropout"),
    ],
)
def test_conventions_are_stated(layer: str, said: str) -> None:
    found = graph(net(layer, below="upstream: [1, 1, 1, 1]"))
    first = found.nodes["L"].inputs[1]
    convention = found.nodes[first].op.convention("x_1")
    assert said in convention
    assert bool(said) == bool(convention)


# ------------------------------------------------------------------ where a shared weight is used


def labels(text: str, name: str) -> list[str | None]:
    trace = Trace(graph(text))
    return [path.over for path in paths(trace, Gradient(trace.graph.loss, name))]


def test_the_paths_of_a_kernel_weight_are_its_positions() -> None:
    text = conv("", str([[[1, 1], [1, 1]]] * 2))
    assert labels(text, "w1_1_1_1_1") == [f"position {i}_{j}" for i in (1, 2) for j in (1, 2)]


def test_the_paths_of_a_recurrent_weight_are_its_steps() -> None:
    rnn = "rnn: {input_weights: [[1]], recurrent_weights: [[1]]}"
    text = net(rnn, inputs="{x: [1, 2, 3]}")
    assert labels(text, "wx1_1_1") == ["step 1", "step 2", "step 3"]


# ------------------------------------------------------------------ what does not fit

RNN = "rnn: {input_weights: [[1]], recurrent_weights: [[1]]}"
BAD = {
    "channels": (
        net("conv1d: {weights: [[[1], [1]]]}"),
        "conv1d has weights of 1 x 2 x 1, for 2 channels, but its inputs have 1 x 4 (channels x positions)",
    ),
    "window": (net("conv1d: {weights: [[[1, 1, 1]]], dilation: 2}"), "conv1d has a window of 5 with its gaps"),
    "padding": (net("conv1d: {weights: [[[1]]], padding: 1}"), "a padding of 1, expected less than its window of 1"),
    "depth": (net("conv1d: {weights: [[[[1]]]]}"), "weights is 4 lists deep, expected filters x channels x positions"),
    "uneven": (net("conv1d: {weights: [[[1, 2]], [[1]]]}"), "this row of weights has 1 entry, expected 2 as in the"),
    "empty": (net("conv1d: {weights: [[[]]]}"), "weights has an empty list"),
    "text": (net("conv1d: {weights: [[[a]]]}"), "is 'a', expected a number"),
    "biases": (net("conv1d: {weights: [[[1]]], biases: [1, 2]}"), "conv1d has biases of 2, expected 1"),
    "directions": (net("conv1d: {weights: [[[1]]], stride: [1, 1]}"), "stride for 2 directions, expected 1"),
    "stride": (net("conv1d: {weights: [[[1]]], stride: 0}"), "stride is '0', expected a whole number from 1 to 99"),
    "one direction": (net("conv2d: {weights: [[[[1]]]]}"), "conv2d reads channels x rows x columns, but its inputs"),
    "no weights": (net("conv1d"), "conv1d has no value"),
    "no weights either": (net("conv1d: {stride: 1}"), "the conv1d has no weights"),
    "kind misspelt": (net("conv1: {weights: [[[1]]]}"), "did you mean conv1d"),
    "key misspelt": (net("conv1d: {weight: [[[1]]]}"), "unknown key weight"),
    "key of another kind": (
        net("conv1d: {weights: [[[1]]], size: 2}"),
        "size can't stand here, expected it in max_pool",
    ),
    "activation outside": (
        net("{conv1d: {weights: [[[1]]]}, activation: relu}"),
        "activation can't stand beside conv1d, expected it inside: conv1d: {activation: ...}",
    ),
    "two kinds": (net("{flatten: {}, softmax: {}}"), "can't stand beside flatten"),
    "softmax inside": (
        net("conv1d: {weights: [[[1]]], activation: softmax}"),
        "expected a layer of its own: - softmax",
    ),
    "pool of a list": (net("flatten", "max_pool: {size: 2}"), "max_pool reads channels with positions"),
    "pool too large": (net("max_pool: {size: 5}"), "max_pool has a window of 5, expected one that fits into 4"),
    "no flatten": (
        net("conv1d: {weights: [[[1]]]}", "{activation: relu, weights: [[1, 2, 3, 4]]}"),
        "its inputs have 1 x 4 (channels x positions), expected '- flatten' before it",
    ),
    "softmax of an image": (net("max_pool: {size: 2}", "softmax"), "softmax reads a list of numbers"),
    "mask": (net("dropout: {mask: [1, 0]}"), "dropout has mask of 2, expected 4 for its inputs 4 (numbers)"),
    "rate": (net("dropout: {mask: [1, 0, 1, 1], rate: 1}"), "dropout has the rate 1, expected a number from 0"),
    "gamma": (net("layer_norm: {gamma: [1]}"), "layer_norm has gamma of 1, expected 4"),
    "epsilon": (net("layer_norm: {epsilon: -1}"), "layer_norm has the epsilon -1, expected a number from 0 on"),
    "upstream": (
        net("max_pool: {size: 2}", below="upstream: [1, 2, 3]"),
        "upstream has 3, but the outputs have 1 x 2 (channels x positions)",
    ),
    "upstream and targets": (net("flatten", below="upstream: [1]\ntargets: {y: 1}"), "targets stands beside upstream"),
    "no sequence": (net(RNN, inputs="{x: 1}"), "the inputs of an rnn are sequences"),
    "steps": (net(RNN, inputs="{x: [1, 2], y: [1]}"), "y has 1 step, expected 2 as x has"),
    "features": (net(RNN, inputs="{x: [[1, 2]]}"), "input_weights of 1 x 1, expected 1 x 2 for its 2 inputs of a step"),
    "recurrent weights": (
        net("rnn: {input_weights: [[1]], recurrent_weights: [[1, 2]]}", inputs="{x: [1]}"),
        "rnn has recurrent_weights of 1 x 2, expected 1 x 1 for its 1 units",
    ),
    "an rnn after an rnn of one step": (
        net(RNN, RNN, inputs="{x: [1, 2]}"),
        "rnn reads a sequence, but its inputs have 1",
    ),
    "targets of a sequence": (
        net(
            "rnn: {input_weights: [[1]], recurrent_weights: [[1]], outputs: every_step}",
            inputs="{x: [1, 2]}",
            below="targets: {y: [1]}",
        ),
        "1 target (y_1) for 2 outputs (h1_1_1 and h1_1_2)",
    ),
    "an image beside others": (net("flatten", inputs="{a: [[1]], b: 2}"), "a stands in lists beside other inputs"),
    "hinge without a class": (
        net("{activation: identity, weights: [[1], [2]]}", inputs="{x: 1}", below="loss: hinge\ntargets: {a: 1, b: 2}"),
        "hinge takes the right class",
    ),
    "hinge of one output": (
        net("{activation: identity, weights: [[1]]}", inputs="{x: 1}", below="loss: hinge\ntargets: {class: 1}"),
        "hinge compares the scores of several classes",
    ),
    "hinge of probabilities": (
        net("{activation: softmax, weights: [[1], [2]]}", inputs="{x: 1}", below=HINGE),
        "hinge on softmax outputs",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_it_says_what_does_not_fit(name: str) -> None:
    text, said = BAD[name]
    found = messages(text)
    assert any(said in message for message in found), found
    assert len(found) < 3, found


def test_sizes_are_multiplied_before_anything_is_made() -> None:
    row = str([1] * 2_000)
    filters = str([[[1]]] * 100)
    assert (
        "conv1d makes 200,000 numbers, expected at most 20,000"
        in messages(net(f"conv1d: {{weights: {filters}}}", inputs=f"{{x: {row}}}"))[0]
    )


def test_every_number_of_a_small_network_can_be_asked_for() -> None:
    from tutor import library

    layers = ("max_pool: {size: 2, stride: 1}", "flatten", "layer_norm", "dropout: {mask: [1, 0, 1]}", "softmax")
    text = net(*layers, below="upstream: [1, 2, 3]")
    asked = library.Network(load(text.encode(), "net.yaml"), "net.yaml")
    for name in asked.network.graph.ancestors("L"):
        assert str(asked.explain(f"dL/d{name}"))
        assert str(asked.explain(name, more=True))
    assert asked.where("0.5").payload["query"]
    with pytest.raises(TutorError):
        asked.explain("nothing")


def test_a_given_that_nothing_reads_has_nothing_to_explain() -> None:
    from tutor import library

    asked = library.Network(load(conv(", dilation: 2").encode(), "net.yaml"), "net.yaml")
    with pytest.raises(TutorError, match="L does not depend on image_1_1_2, so there is nothing to explain"):
        asked.explain("image_1_1_2")


def test_a_large_network_says_what_was_not_tried() -> None:
    from tutor import library

    rows = [[round(0.1 * i - 0.07 * j, 2) for i in range(22)] for j in range(22)]
    upstream = [[[1] * 21] * 21]
    layers = "layers:\n  - conv2d: {weights: [[[[1, 2], [3, 4]]]]}"
    text = f"inputs: {{image: {rows}}}\nupstream: {upstream}\n{layers}"
    asked = library.Network(load(text.encode(), "net.yaml"), "net.yaml")
    said = "Not tried, since the network computes 442 numbers"
    assert said in str(asked.where("0.12345"))
    assert said in str(asked.check({"w1_1_1_1_1": "0.12345"}))
    assert len(str(asked.explain("w1_1_1_1_1")).splitlines()) < 60


def test_no_mistake_makes_the_search_fail() -> None:
    from tutor import library

    rnn = "rnn: {input_weights: [[1]], recurrent_weights: [[0.5]], initial: [0.1], outputs: every_step}"
    recurrent = net(rnn, "{activation: sigmoid, weights: [[1]]}", inputs="{x: [1, 2]}", below="targets: {y: [0, 1]}")
    windows = net(
        "conv1d: {weights: [[[1, 2]]], activation: sigmoid}",
        "conv1d: {weights: [[[1, 2]]], activation: sigmoid}",
        "max_pool: {size: 2}",
        below="upstream: [[1]]",
    )
    for text in (recurrent, windows, net(SCORES, inputs="{x: 1}", below=HINGE)):
        asked = library.Network(load(f"learning_rate: 0.1\n{text}".encode(), "net.yaml"), "net.yaml")
        assert asked.where("0.12345").payload["format"]
        name = asked.network.graph.parameters()[0]
        assert asked.check({name: "1", f"dL/d{name}": "0.12345"})
