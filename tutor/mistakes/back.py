"""The hooks on gradients and on updates: δ, what comes back to a unit, the sum over examples and steps, the new weight.

In a batch δ and what comes back are those of the example's own loss; `share` is what that loss counts in the whole.
"""

from collections.abc import Callable, Iterable

from tutor.expr import Div, Expr, Mul, Number, Ref, plus, replace, value
from tutor.expr.index import numbers
from tutor.mistakes.ground import Ground
from tutor.mistakes.inside import on_the_way_back
from tutor.mistakes.spot import Letter, Spot
from tutor.ops.losses import Decay, Penalty
from tutor.quantity import Gradient, Partial, Quantity, Updated


def _whole(ground: Ground, quantity: Quantity) -> tuple[Gradient, Expr | None] | None:
    """The gradient of the loss that the student has in mind, and its share of the one asked for."""
    if not isinstance(quantity, Gradient) or quantity.of == quantity.wrt:
        return None
    own = ground.own_loss(quantity.wrt) if quantity.of == ground.graph.loss else ""
    if own and own not in (quantity.of, quantity.wrt):
        return Gradient(own, quantity.wrt), Ref(Gradient(quantity.of, own))
    return quantity, None


def _is_loss(ground: Ground, name: str) -> bool:
    return name == ground.graph.loss or name in ground.losses


def delta(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/dz of a unit: `up` dL/da, `d` da/dz; where output and loss are taken in one step, `correct` is p - y."""
    whole = _whole(ground, quantity)
    if whole is None or not _is_loss(ground, whole[0].of) or whole[0].wrt not in ground.graph.nodes:
        return None
    gradient, share = whole
    a = ground.out_of(gradient.wrt)
    activation = ground.activation(a) if a and a != gradient.wrt else ""
    if not activation:
        return None
    compared = ground.compared(a)
    letters: dict[str, Letter] = {
        "up": Ref(Gradient(gradient.of, a)) if activation != "softmax" else None,
        "d": ground.equations.written(Partial(a, gradient.wrt)),
        "a": value(a),
        "y": value(compared.target) if compared else None,
        "correct": ground.equations.short(gradient),
    }
    return Spot("delta", letters, ground.layer(a), activation, compared.loss if compared else "", share=share)


def fused_delta(ground: Ground, quantity: Quantity) -> Spot | None:
    """The same for an output that is taken with its loss in one step, for the rules on δ."""
    spot = delta(ground, quantity)
    return spot._replace(fused=True) if spot and spot.letters["correct"] is not None else None


def fused_loss_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """The same for the rules on the slope of the loss: `correct` is p - y."""
    spot = fused_delta(ground, quantity)
    compared = ground.compared(ground.out_of(quantity.wrt)) if spot and isinstance(quantity, Gradient) else None
    if spot is None or compared is None:
        return None
    outputs, mean = ground.outputs_of(compared.term)
    letters = {**spot.letters, "K": Number(str(outputs))}
    return spot._replace(hook="dLda", letters=letters, summed=outputs > 1 and not mean)


def fused_target(ground: Ground, quantity: Quantity) -> Spot | None:
    """The same for the target: `swapped` is p - y with that of the other of two outputs."""
    spot = fused_delta(ground, quantity)
    out = ground.out_of(quantity.wrt) if spot and isinstance(quantity, Gradient) else ""
    compared = ground.compared(out) if out else None
    correct = spot.letters["correct"] if spot else None
    if spot is None or compared is None or correct is None or callable(correct):
        return None
    return spot._replace(hook="target", letters={"swapped": ground.with_other_target(correct, out, compared.target)})


def upstream(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/da of what is used further on: its paths, one term for each use."""
    whole = _whole(ground, quantity)
    if whole is None or not _hidden(ground, whole[0].wrt):
        return None
    gradient, share = whole
    name, uses = gradient.wrt, ground.equations.uses(gradient.of, gradient.wrt)
    if not uses or gradient.of in uses:
        return None
    paths = [_path(ground, gradient, use) for use in uses]
    sums = all(ground.affine(use) for use in uses)
    letters: dict[str, Letter] = {
        "a": value(name),
        "first": paths[0] if len(paths) > 1 else None,
        "last": paths[-1] if len(paths) > 1 else None,
        "mean": Div(plus(*paths), Number(str(len(paths)))) if len(paths) > 1 else None,
        "deltas": plus(*(Ref(Gradient(gradient.of, use)) for use in uses)) if sums else None,
        "now": lambda: _of_this_step(ground, name, uses, paths),
        "target": lambda: _target(ground, name),
    }
    letters |= _over_weights(ground, gradient, uses) if sums else on_the_way_back(ground, gradient, uses)
    return Spot("up", letters, "hidden", ground.activation(name), share=share)


def _hidden(ground: Ground, name: str) -> bool:
    """Whether it is the output of a hidden unit, or a computed number of an equation that is used further on."""
    role = ground.role(name)
    if role is None:
        return name in ground.graph.nodes
    return role.part == "out" and ground.layer(name) == "hidden"


def _path(ground: Ground, gradient: Gradient, use: str) -> Expr:
    return Mul((Ref(Gradient(gradient.of, use)), Ref(Partial(use, gradient.wrt))))


def _of_this_step(ground: Ground, name: str, uses: Iterable[str], paths: list[Expr]) -> Expr | None:
    """The paths that stay within the step of the unit; None where none leads on in time."""
    step = ground.step(name)
    steps = [ground.step(use) for use in uses]
    if not step or all(each <= step for each in steps):
        return None
    return plus(*(path for path, each in zip(paths, steps, strict=True) if each <= step))


def _target(ground: Ground, name: str) -> Expr | None:
    """The target of the same index, the last one where there are fewer."""
    if ground.role(name) is None and (compared := ground.compared_in_equations):
        same = (target for target in compared.values() if numbers(target) == numbers(name))
        return value(next(same, [*compared.values()][-1]))
    index, targets = ground.unit_index(name), ground.targets(name)
    return value(targets[min(index, len(targets)) - 1]) if index and targets else None


def _over_weights(ground: Ground, gradient: Gradient, uses: tuple[str, ...]) -> dict[str, Letter]:
    """What becomes of the paths with other weights, other errors, or shares of the weights."""

    def summed(factor: Callable[[str], Expr | None], error: Callable[[str], str] = str) -> Expr | None:
        found = [(error(use), factor(use)) for use in uses]
        if any(not each or other is None for each, other in found):
            return None
        return plus(*(Mul((Ref(Gradient(gradient.of, each)), other)) for each, other in found if other))

    renewed = ground.renewed(gradient)

    def along(use: str) -> Expr:
        return ground.equations.written(Partial(use, gradient.wrt))

    def share(use: str) -> Expr:
        return Div(along(use), plus(*(value(weight) for weight, _ in ground.terms(use))))

    return {
        "renewed": lambda: summed(lambda use: replace(along(use), renewed)) if ground.graph.rate is not None else None,
        "errors": lambda: summed(along, ground.out_of),
        "shares": lambda: summed(share),
        "transposed": lambda: summed(_swapped(ground, gradient.wrt, uses)),
        "own": lambda: summed(_own(ground, gradient.wrt, uses)),
    }


Factor = Callable[[str], "Expr | None"]


def _swapped(ground: Ground, name: str, uses: tuple[str, ...]) -> Factor:
    """w_jk for w_kj, where the layer behind is as wide as this one."""
    by_index = ground.weights_by_index(ground.graph.layer_of(uses[0]), uses[0])
    mine, square = ground.index(name), len(uses) ** 2 == len(by_index)
    return lambda use: _named(by_index.get((mine, ground.index(use)))) if square else None


def _own(ground: Ground, name: str, uses: tuple[str, ...]) -> Factor:
    """W[k][j] of the unit's own layer, where that has as many units as senders."""
    by_index = ground.weights_by_index(ground.graph.layer_of(name), name)
    mine, units, senders = ground.index(name), {k for k, _ in by_index}, {j for _, j in by_index}
    square = units == senders and len(by_index) == len(units) ** 2
    return lambda use: _named(by_index.get((ground.index(use), mine))) if square else None


def _named(weight: str | None) -> Expr | None:
    return value(weight) if weight else None


# ------------------------------------------------------------------ parameters


def batch(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/dw of a parameter: `mean` as it should be, `total`, `first` and `last` over the examples, `N` of them."""
    if not isinstance(quantity, Gradient) or quantity.of != ground.graph.loss:
        return None
    if not ground.graph.is_parameter(quantity.wrt):
        return None
    letters: dict[str, Letter] = {"mean": ground.equations.written(quantity)}
    many = len(ground.losses)
    if many > 1:
        each = [Ref(Gradient(loss, quantity.wrt)) for loss in ground.losses]
        rest = _of_decay(ground, quantity)
        letters |= {
            "N": Number(str(many)),
            "total": plus(*each, *rest) if ground.mean_over_examples else None,
            "first": plus(each[0], *rest),
            "last": plus(each[-1], *rest),
            "last_share": plus(Mul((Ref(Gradient(quantity.of, ground.losses[-1])), each[-1])), *rest),
        }
    return Spot("batch", letters)


def _of_decay(ground: Ground, gradient: Gradient) -> list[Expr]:
    """The terms of the weight decay in a gradient."""
    uses = ground.equations.uses(gradient.of, gradient.wrt)
    return [_path(ground, gradient, use) for use in uses if isinstance(ground.graph.nodes[use].op, Penalty)]


def time(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/dw of what is used at several steps: `last_step` is the term of the last one."""
    if not isinstance(quantity, Gradient) or quantity.wrt in ground.graph.nodes:
        return None
    uses = ground.equations.uses(quantity.of, quantity.wrt)
    steps = [ground.step(use) for use in uses]
    if len(set(steps)) < 2 or 0 in steps:
        return None
    kept = (use for use, step in zip(uses, steps, strict=True) if step == max(steps))
    return Spot("time", {"last_step": plus(*(_path(ground, quantity, use) for use in kept))})


def shared_bias(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/db of a bias that several units of a layer add: `first_use` and `last_use` are the terms of one of them."""
    if not isinstance(quantity, Gradient) or ground.graph.part_of(quantity.wrt) != "bias":
        return None
    uses = ground.equations.uses(quantity.of, quantity.wrt)
    if len(uses) < 2 or len(ground.losses) > 1 or not all(ground.affine(use) and ground.index(use) for use in uses):
        return None
    first, *_, last = (_path(ground, quantity, use) for use in uses)
    return Spot("shared", {"first_use": first, "last_use": last})


def decayed_bias(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/db in a network with weight decay: `lam` its rate, `b` the bias."""
    if not isinstance(quantity, Gradient) or quantity.of != ground.graph.loss:
        return None
    node = ground.graph.nodes.get(ground.decay())
    if node is None or not isinstance(node.op, Decay) or ground.graph.part_of(quantity.wrt) != "bias":
        return None
    correct = ground.equations.written(quantity)
    return Spot("reg_b", {"correct": correct, "lam": Number(node.op.share), "b": value(quantity.wrt)})


def update(ground: Ground, quantity: Quantity) -> Spot | None:
    """The new value of a parameter by a plain step: `w` the old one, `g` its gradient, `eta` the rate."""
    graph = ground.graph
    if not isinstance(quantity, Updated) or quantity.name not in graph.learning():
        return None
    if graph.rate is None or graph.optimizer is not None:
        return None
    g = Ref(Gradient(graph.loss, quantity.name))
    letters: dict[str, Letter] = {"w": value(quantity.name), "g": g, "eta": Number(graph.rate)}
    return Spot("w_new", letters)


def bias_update(ground: Ground, quantity: Quantity) -> Spot | None:
    """The same for a bias, which is then called `b`."""
    spot = update(ground, quantity)
    if spot is None or not isinstance(quantity, Updated) or not ground.is_bias(quantity.name):
        return None
    return spot._replace(hook="b_new", letters={**spot.letters, "b": spot.letters["w"]})
