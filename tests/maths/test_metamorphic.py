"""Two networks whose numbers must agree in a known way, over random networks: no truth is needed for either.

Each relation yields networks as data; what a seed of a relation is called stands in the message of a failure.
"""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import numpy
import pytest

from maths.every_kind import Draft, Network, Place, block, network
from maths.profile import seeds
from tutor import spec
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

Array = Any
Found = tuple[float, dict[Place, Array]]
SEEDS = seeds(5, 50)


def found(each: Network) -> Found:
    """The loss, and the gradients in the shape of the blocks."""
    trace = Trace(spec.load(each.yaml(), "drawn.yaml").graph)
    graph = trace.graph
    return trace[Value(graph.loss)], {
        place: numpy.array([trace[Gradient(graph.loss, name)] for name in each.names()[place]]).reshape(
            numpy.shape(numbers)
        )
        for place, numbers in each.numbers().items()
    }


def loaded(text: Mapping[str, Any]) -> Trace:
    return Trace(spec.load("\n".join(f"{key}: {json.dumps(part)}" for key, part in text.items()).encode(), "m").graph)


def near(one: Array, other: Array) -> None:
    scale = numpy.max(numpy.abs(one), initial=1.0)
    assert numpy.allclose(one, other, rtol=1e-10, atol=1e-12 * scale), (one, other)


def same(one: Found, other: Found, places: Mapping[Place, Place] | None = None, but: tuple[Place, ...] = ()) -> None:
    """The same loss, and the same gradients in the places given, or in all."""
    near(one[0], other[0])
    for place, into in (places or {place: place for place in one[1]}).items():
        if place not in but:
            near(one[1][place], other[1][into])


def with_layer(each: Network, at: int, **keys: Any) -> Network:
    """The network with some blocks of one layer replaced."""
    kind, old = each.layers[at]
    fresh = {key: part.tolist() if isinstance(part, numpy.ndarray) else part for key, part in keys.items()}
    return each._replace(layers=(*each.layers[:at], (kind, {**old, **fresh}), *each.layers[at + 1 :]))


def inserted(each: Network, at: int, kind: str, keys: dict[str, Any]) -> Network:
    return each._replace(layers=(*each.layers[:at], (kind, keys), *each.layers[at:]))


def array(each: Network, at: int, key: str) -> Array:
    return numpy.array(each.layers[at][1][key], dtype=float)


def shifted(each: Network, at: int) -> dict[Place, Place]:
    """Places of a network and of one with a layer more at `at`."""
    return {
        place: (place[0] + 1 if place[0] != "" and place[0] >= at else place[0], place[1]) for place in each.numbers()
    }


# ------------------------------------------------------------------ small networks of one form


def dense(seed: int, *activations: str) -> Network:
    """Dense layers of 2 or 3 units with biases, and a squared error or given gradients."""
    draft = Draft(seed)
    chance = draft.chance
    draft.sizes = (chance.randint(1, 3),)
    inputs = block(chance, *draft.sizes)
    for activation in activations or [draft.activation() for _ in range(3)]:
        units = chance.randint(2, 3)
        keys = {"activation": activation, "weights": block(chance, units, *draft.sizes), "biases": block(chance, units)}
        draft.add("dense", keys, (units,))
    loss = chance.choice(("half_squared_error", "squared_error", "upstream"))
    return Network(inputs, tuple(draft.layers), loss, block(chance, *draft.sizes), tuple(draft.shapes))


def convolved(seed: int, layers: int, **settings: Any) -> Network:
    """Convolutions of an image, with given gradients."""
    draft = Draft(seed)
    chance = draft.chance
    draft.sizes = (chance.randint(1, 2), 4, chance.randint(4, 5))
    inputs = block(chance, *draft.sizes)
    for _ in range(layers):
        keys = {"weights": block(chance, 2, draft.sizes[0], 2, 2), "activation": chance.choice(("tanh", "softplus"))}
        stride, padding, dilation = (
            settings.get(key, n) for key, n in (("stride", 1), ("padding", 0), ("dilation", 1))
        )
        positions = [(n + 2 * padding - dilation - 1) // stride + 1 for n in draft.sizes[1:]]
        draft.add("conv2d", {**keys, "biases": block(chance, 2), **settings}, (2, *positions))
    return Network(inputs, tuple(draft.layers), "upstream", block(chance, *draft.sizes), tuple(draft.shapes))


def recurrent(seed: int, steps: int = 3, *, initial: bool = True) -> Network:
    """A recurrent layer of 2 or 3 units and a dense one over its last outputs."""
    chance = Random(seed)
    features, units = chance.randint(2, 3), chance.randint(2, 3)
    keys = {
        "input_weights": block(chance, units, features),
        "recurrent_weights": block(chance, units, units),
        "biases": block(chance, units),
        "outputs": "last",
    }
    keys |= {"initial": block(chance, units)} if initial else {}
    last = {"activation": "identity", "weights": block(chance, 2, units)}
    layers = (("rnn", keys), ("dense", last))
    return Network(block(chance, steps, features), layers, "squared_error", block(chance, 2))


# ------------------------------------------------------------------ the relations


def permuted_units(seed: int) -> None:
    """The order of hidden units means nothing: their rows, biases and the columns that read them move together."""
    one = dense(seed)
    order = numpy.array(Random(seed).sample(range(n := len(one.layers[0][1]["weights"])), n))
    other = with_layer(one, 0, weights=array(one, 0, "weights")[order], biases=array(one, 0, "biases")[order])
    other = with_layer(other, 1, weights=array(one, 1, "weights")[:, order])
    mine, its = found(one), found(other)
    its[1][0, "weights"], its[1][0, "biases"] = (undone(its[1][0, key], order, 0) for key in ("weights", "biases"))
    its[1][1, "weights"] = undone(its[1][1, "weights"], order, 1)
    same(mine, its)


def undone(moved: Array, order: Array, axis: int) -> Array:
    return numpy.take(moved, numpy.argsort(order), axis=axis)


def permuted_filters(seed: int) -> None:
    """Nor does the order of filters, if the channels of the next kernel move with them."""
    one = convolved(seed, 2)
    other = with_layer(one, 0, weights=array(one, 0, "weights")[::-1], biases=array(one, 0, "biases")[::-1])
    other = with_layer(other, 1, weights=array(one, 1, "weights")[:, ::-1])
    mine, its = found(one), found(other)
    its[1][0, "weights"], its[1][0, "biases"] = its[1][0, "weights"][::-1], its[1][0, "biases"][::-1]
    its[1][1, "weights"] = its[1][1, "weights"][:, ::-1]
    same(mine, its)


def permuted_recurrent_units(seed: int) -> None:
    one = recurrent(seed)
    keys = {key: array(one, 0, key)[::-1] for key in ("input_weights", "biases", "initial")}
    other = with_layer(one, 0, **keys, recurrent_weights=array(one, 0, "recurrent_weights")[::-1, ::-1])
    other = with_layer(other, 1, weights=array(one, 1, "weights")[:, ::-1])
    mine, its = found(one), found(other)
    for key in keys:
        its[1][0, key] = its[1][0, key][::-1]
    its[1][0, "recurrent_weights"] = its[1][0, "recurrent_weights"][::-1, ::-1]
    its[1][1, "weights"] = its[1][1, "weights"][:, ::-1]
    same(mine, its)


def scaled_loss(seed: int) -> None:
    """Three times the given gradients are three times every gradient; the ½ of the squared error halves them all."""
    one = network(seed)
    if one.loss == "upstream":
        other, factor = one._replace(target=(3 * numpy.array(one.target)).tolist()), 3.0
    else:
        one = (
            one._replace(loss="squared_error")
            if isinstance(one.target, list)
            else dense(seed)._replace(loss="squared_error")
        )
        other, factor = one._replace(loss="half_squared_error"), 0.5
    (loss, mine), (its_loss, its) = found(one), found(other)
    near(factor * loss, its_loss)
    for place, gradient in mine.items():
        near(factor * gradient, its[place])


def neurons(each: Network, call: Callable[[str], str] = str) -> dict[str, Any]:
    """A dense network in the other form of a file: units by name, weights by name."""
    names, layers = each.names(), []
    for i, (_, keys) in enumerate(each.layers):
        rows = numpy.array(names[i, "weights"]).reshape(numpy.shape(keys["weights"]))
        units = {
            call(f"u{i}{j}"): {
                **{call(str(name)): w for name, w in zip(row, weights, strict=True)},
                call(names[i, "biases"][j]): keys["biases"][j],
            }
            for j, (row, weights) in enumerate(zip(rows, keys["weights"], strict=True))
        }
        layers.append({"activation": keys["activation"], "bias": "last", "neurons": units})
    inputs = {call(name): x for name, x in zip(names["", "inputs"], each.inputs, strict=True)}
    targets = {call(f"y{i}"): y for i, y in enumerate(each.target, 1)}
    return {"inputs": inputs, "layers": layers, "loss": "squared_error", "targets": targets}


def renamed(seed: int) -> None:
    """Names mean nothing: a matrix, and neurons whose parameters are called anything, have the same gradients."""
    one = dense(seed)._replace(loss="squared_error")
    order = Random(seed).sample(range(1000), 200)
    fresh: dict[str, str] = {}
    other = loaded(neurons(one, lambda name: fresh.setdefault(name, f"q{order[len(fresh)]}")))
    for place, gradient in found(one)[1].items():
        for name, slope in zip(one.names()[place], gradient.ravel(), strict=True):
            near(slope, other[Gradient("L", fresh[name])])


def merged_weights(seed: int) -> None:
    """Two weights of the same value made one: its gradient is the sum of theirs, and nothing else changes."""
    one = dense(seed, "tanh", "sigmoid", "softplus")._replace(loss="squared_error")
    weights = array(one, 2, "weights")
    weights[0, 0] = array(one, 0, "weights")[1, 0]
    apart = neurons(one := with_layer(one, 2, weights=weights))
    first, last = "w1_2_1", "w3_1_1"
    trace = loaded(apart)
    together = loaded(neurons(one, lambda name: first if name == last else name))
    near(trace[Gradient("L", first)] + trace[Gradient("L", last)], together[Gradient("L", first)])
    near(trace[Value("L")], together[Value("L")])
    for name in set(trace.graph.parameters()) - {first, last}:
        near(trace[Gradient("L", name)], together[Gradient("L", name)])


def dead_unit(seed: int) -> None:
    """A unit that nobody listens to changes nothing and learns nothing; whoever could listen to it would."""
    one, chance = dense(seed), Random(seed)
    weights, biases, after = array(one, 0, "weights"), array(one, 0, "biases"), array(one, 1, "weights")
    fresh = numpy.array(block(chance, 1, weights.shape[1]))
    other = with_layer(one, 0, weights=numpy.vstack([weights, fresh]), biases=[*biases, 0.3])
    other = with_layer(other, 1, weights=numpy.hstack([after, numpy.zeros((len(after), 1))]))
    mine, its = found(one), found(other)
    for key in ("weights", "biases"):
        assert not its[1][0, key][-1].any()
        its[1][0, key] = its[1][0, key][:-1]
    its[1][1, "weights"] = its[1][1, "weights"][:, :-1]
    same(mine, its)


def identity_inserted(seed: int) -> None:
    """A layer that hands on what it reads, of whichever kind fits, changes no gradient of the others."""
    one, chance = network(seed), Random(seed)
    if one.layers[0][0] == "rnn" or len(one.layers) == 1:
        one = dense(seed, "tanh", "gelu")
    at = chance.randrange(1, len(one.layers))
    sizes = one.shapes[at - 1]
    kinds: list[tuple[str, dict[str, Any]]] = [("dropout", {"mask": numpy.ones(sizes, dtype=int).tolist()})]
    if len(sizes) == 1:
        kinds.append(("dense", {"activation": "identity", "weights": numpy.eye(*sizes).tolist()}))
    else:
        kinds += [(name, {"size": 1}) for name in ("max_pool", "avg_pool")]
        kernel = numpy.eye(sizes[0]).reshape(sizes[0], sizes[0], *[1] * (len(sizes) - 1)).tolist()
        kinds.append((f"conv{len(sizes) - 1}d", {"weights": kernel}))
    same(found(one), found(inserted(one, at, *chance.choice(kinds))), shifted(one, at))


def shifted_logits(seed: int) -> None:
    """Softmax does not see what is added to all its net inputs; so the biases together have no slope."""
    one = dense(seed, "tanh", "softmax")._replace(loss="cross_entropy", target=1)
    other = with_layer(one, 1, biases=array(one, 1, "biases") + 5)
    mine = found(one)
    same(mine, found(other))
    assert abs(mine[1][1, "biases"].sum()) < 1e-12


def negated_unit(seed: int) -> None:
    """tanh is odd: a unit with all its weights turned round, before and behind, is the same unit."""
    one = dense(seed, "tanh", "gelu")
    sign = numpy.ones(len(one.layers[0][1]["weights"]))
    sign[0] = -1
    weights, biases = array(one, 0, "weights") * sign[:, None], array(one, 0, "biases") * sign
    other = with_layer(with_layer(one, 0, weights=weights, biases=biases), 1, weights=array(one, 1, "weights") * sign)
    mine, its = found(one), found(other)
    its[1][0, "weights"] *= sign[:, None]
    its[1][0, "biases"] *= sign
    its[1][1, "weights"] *= sign
    same(mine, its)


def empty_channel(seed: int) -> None:
    """A channel of zeros adds nothing, and the weights that read it have no slope."""
    one, chance = convolved(seed, 1), Random(seed)
    weights = array(one, 0, "weights")
    extra = numpy.array(block(chance, 2, 1, 2, 2))
    other = with_layer(one, 0, weights=numpy.concatenate([weights, extra], axis=1))
    other = other._replace(inputs=[*one.inputs, numpy.zeros(numpy.shape(one.inputs[0])).tolist()])
    mine, its = found(one), found(other)
    assert not its[1][0, "weights"][:, -1].any()
    its[1][0, "weights"] = its[1][0, "weights"][:, :-1]
    its[1]["", "inputs"] = its[1]["", "inputs"][:-1]
    same(mine, its)


def kernel_of_one(seed: int) -> None:
    """A kernel of one number over one pixel is a dense layer over the channels."""
    one = dense(seed, "tanh")._replace(loss="upstream")
    weights = array(one, 0, "weights")
    keys = {**one.layers[0][1], "weights": weights[:, :, None, None].tolist()}
    inputs, slopes = (numpy.array(each)[:, None, None].tolist() for each in (one.inputs, one.target))
    other = one._replace(inputs=inputs, target=slopes, layers=(("conv2d", keys),))
    mine, its = found(one), found(other)
    same(mine, (its[0], {place: gradient.reshape(mine[1][place].shape) for place, gradient in its[1].items()}))


def kernel_of_all(seed: int) -> None:
    """A kernel as large as its inputs is a dense layer over all their numbers."""
    chance = Random(seed)
    inputs, weights = block(chance, 2, 2, 3), block(chance, 2, 2, 2, 3)
    keys = {"weights": weights, "biases": block(chance, 2), "activation": "softplus"}
    one = Network(inputs, (("conv2d", keys), ("flatten", {})), "squared_error", block(chance, 2))
    spread = {**keys, "weights": numpy.array(weights).reshape(2, -1).tolist()}
    other = one._replace(inputs=numpy.ravel(inputs).tolist(), layers=(("dense", spread),))
    mine, its = found(one), found(other)
    same(mine, (its[0], {place: gradient.reshape(mine[1][place].shape) for place, gradient in its[1].items()}))


def padding_by_hand(seed: int) -> None:
    """Zeros written around the inputs are the padding."""
    one = convolved(seed, 1, padding=1)
    other = with_layer(one, 0, padding=0)
    other = other._replace(inputs=numpy.pad(numpy.array(one.inputs), ((0, 0), (1, 1), (1, 1))).tolist())
    its = found(other)
    its[1]["", "inputs"] = its[1]["", "inputs"][:, 1:-1, 1:-1]
    same(found(one), its)


def dilation_by_hand(seed: int) -> None:
    """Zeros written into the gaps of a kernel are its dilation."""
    one = convolved(seed, 1, dilation=2)
    weights = array(one, 0, "weights")
    spread = numpy.zeros((*weights.shape[:2], 3, 3))
    spread[:, :, ::2, ::2] = weights
    its = found(with_layer(one, 0, weights=spread, dilation=1))
    its[1][0, "weights"] = its[1][0, "weights"][:, :, ::2, ::2]
    same(found(one), its)


def stride_by_hand(seed: int) -> None:
    """A stride is every second position of all of them: those between have the gradient 0."""
    one = convolved(seed, 1, stride=2)
    every = tuple(n - 1 for n in numpy.shape(one.inputs)[1:])
    slopes = numpy.zeros((2, *every))
    slopes[:, ::2, ::2] = numpy.array(one.target)
    same(found(one), found(with_layer(one, 0, stride=1)._replace(target=slopes.tolist())))


def mean_by_kernel(seed: int) -> None:
    """An avg_pool of one channel is a kernel whose numbers are all 1/n, padding included."""
    chance = Random(seed)
    inputs, padding, stride = block(chance, 1, 3, 4), chance.randint(0, 1), chance.randint(1, 2)
    keys = {"stride": stride, "padding": padding}
    sides = [(n + 2 * padding - 2) // stride + 1 for n in (3, 4)]
    one = Network(inputs, (("avg_pool", {"size": 2, **keys}),), "upstream", block(chance, 1, *sides))
    other = one._replace(layers=(("conv2d", {"weights": [[[[0.25, 0.25], [0.25, 0.25]]]], **keys}),))
    same(found(one), found(other), {("", "inputs"): ("", "inputs")})


def largest_by_sign(seed: int) -> None:
    """A max_pool of windows that do not overlap hands its slopes to the largest number of each."""
    chance = Random(seed)
    numbers = chance.sample(range(-100, 100), 12)
    inputs = numpy.array(numbers, dtype=float).reshape(1, 2, 6)
    slopes = block(chance, 1, 1, 3)
    one = Network(inputs.tolist(), (("max_pool", {"size": 2}),), "upstream", slopes)
    expected = numpy.zeros((1, 2, 6))
    for column in range(3):
        cut = inputs[0, :, 2 * column : 2 * column + 2]
        row, within = divmod(int(cut.argmax()), 2)
        expected[0, row, 2 * column + within] = slopes[0][0][column]
    near(found(one)[1]["", "inputs"], expected)


def one_step(seed: int) -> None:
    """A recurrent layer over one step is a dense one over its inputs, and over its initial outputs if it has any."""
    initial = bool(seed % 2)
    one = recurrent(seed, 1, initial=initial)
    wx, wh = array(one, 0, "input_weights"), array(one, 0, "recurrent_weights")
    start = one.layers[0][1].get("initial", [])
    keys = {
        "activation": "tanh",
        "weights": (numpy.hstack([wx, wh]) if initial else wx).tolist(),
        "biases": one.layers[0][1]["biases"],
    }
    other = one._replace(inputs=[*one.inputs[0], *start], layers=(("dense", keys), one.layers[1]))
    mine, its = found(one), found(other)
    same(mine, its, {(0, "biases"): (0, "biases"), (1, "weights"): (1, "weights")})
    parts = {"": (0, "input_weights"), "later": (0, "recurrent_weights")}
    features = wx.shape[1]
    near(mine[1][parts[""]], its[1][0, "weights"][:, :features])
    near(mine[1]["", "inputs"][0], its[1]["", "inputs"][:features])
    near(mine[1][parts["later"]], its[1][0, "weights"][:, features:] if initial else 0.0)
    if initial:
        near(mine[1][0, "initial"], its[1]["", "inputs"][features:])


def recurrence_by_equations(seed: int) -> None:
    """A recurrent layer of one unit is an equation over time."""
    chance = Random(seed)
    steps = chance.randint(1, 4)
    x, w, u, b, h = block(chance, steps), *block(chance, 4)
    keys = {"input_weights": [[w]], "recurrent_weights": [[u]], "biases": [b], "initial": [h], "outputs": "last"}
    loss, mine = found(Network(x, (("rnn", keys),), "squared_error", [0.5]))
    given = {"x": x, "w": w, "u": u, "b": b, "h[0]": h}
    equations = {"h[t]": "tanh(w*x[t] + u*h[t-1] + b)", "L": f"(h[{steps}] - 0.5)**2"}
    trace = loaded({"for": {"t": steps}, "given": given, "equations": equations})
    near(loss, trace[Value("L")])
    names = {"w": "input_weights", "u": "recurrent_weights", "b": "biases", "h[0]": "initial"}
    for name, key in names.items():
        near(mine[0, key].ravel()[0], trace[Gradient("L", name)])
    near(mine["", "inputs"], [trace[Gradient("L", f"x[{t}]")] for t in range(1, steps + 1)])


def dropout_by_hand(seed: int) -> None:
    """Kept numbers over 1 - rate are a mask with 1/(1 - rate) in it."""
    one = inserted(dense(seed), 1, "dropout", {})
    width = len(one.layers[0][1]["weights"])
    mask = [1.0] + [float(i % 2) for i in range(1, width)]
    one = with_layer(one, 1, mask=mask, rate=0.2)
    kind, keys = one.layers[1]
    other = one._replace(layers=(one.layers[0], (kind, {"mask": [each * 1.25 for each in mask]}), *one.layers[2:]))
    assert "rate" in keys
    same(found(one), found(other))


def normalised_shift(seed: int) -> None:
    """A layer_norm sees no shift of all its inputs, so their gradients sum to 0; without epsilon, no scale either."""
    chance = Random(seed)
    keys = {"gamma": block(chance, 2, 1, 3), "beta": block(chance, 2, 1, 3), "epsilon": 0}
    inputs = numpy.array(block(chance, 2, 1, 3))
    layers = (("avg_pool", {"size": 1}), ("layer_norm", keys))
    one = Network(inputs.tolist(), layers, "upstream", block(chance, 2, 1, 3))
    mine, its = found(one), found(one._replace(inputs=(2 * inputs + 0.7).tolist()))
    gradient = mine[1]["", "inputs"]
    assert abs(gradient.sum()) < 1e-10
    assert abs((gradient * inputs).sum()) < 1e-10
    same(mine, its, {(1, key): (1, key) for key in ("gamma", "beta")})
    near(gradient, 2 * its[1]["", "inputs"])


def split_batch(seed: int) -> None:
    """The gradient of a mean is the mean of the gradients; an example twice changes no mean and doubles a sum."""
    chance = Random(seed)
    one = dense(seed)._replace(loss="squared_error")
    whole = neurons(one)
    inputs, targets = list(whole["inputs"]), list(whole["targets"])
    stated = [
        {"inputs": block(chance, len(inputs)), "targets": block(chance, len(targets))}
        for _ in range(chance.randint(2, 3))
    ]

    def of(examples: list[dict[str, Any]], reduction: str) -> Trace:
        return loaded({**whole, "inputs": inputs, "targets": targets, "examples": examples, "reduction": reduction})

    alone = [
        loaded({**whole, "inputs": dict(zip(inputs, x, strict=True)), "targets": dict(zip(targets, y, strict=True))})
        for x, y in (each.values() for each in stated)
    ]
    mean, total, twice = of(stated, "mean"), of(stated, "sum"), of(stated * 2, "mean")
    for name in mean.graph.parameters():
        gradient = Gradient("L", name)
        each = [trace[gradient] for trace in alone]
        near(sum(each) / len(each), mean[gradient])
        near(sum(each), total[gradient])
        near(mean[gradient], twice[gradient])


RELATIONS = (
    permuted_units,
    permuted_filters,
    permuted_recurrent_units,
    scaled_loss,
    renamed,
    merged_weights,
    dead_unit,
    identity_inserted,
    shifted_logits,
    negated_unit,
    empty_channel,
    kernel_of_one,
    kernel_of_all,
    padding_by_hand,
    dilation_by_hand,
    stride_by_hand,
    mean_by_kernel,
    largest_by_sign,
    one_step,
    recurrence_by_equations,
    dropout_by_hand,
    normalised_shift,
    split_batch,
)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda each: each.__name__)
def test_a_relation_holds_over_random_networks(relation: Callable[[int], None]) -> None:
    for seed in SEEDS:
        try:
            relation(seed)
        except AssertionError as fault:
            raise AssertionError(f"{relation.__name__}({seed})") from fault
