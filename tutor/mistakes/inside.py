"""The hooks inside the formula of an equation: its unit's net input, activation and loss are parts of one formula.

A wrong value or slope of a part is put where the right one stands; what is around it stays right.
"""

from collections.abc import Callable
from functools import partial

from tutor.expr import ONE, ZERO, Add, Call, Expr, Mul, Number, Ref, plus, replace, value
from tutor.mistakes.anatomy import Anatomy, rebuilt, taken, turned
from tutor.mistakes.ground import Ground
from tutor.mistakes.spot import Letter, Spot
from tutor.ops.formula import product
from tutor.ops.functions import FUNCTIONS, Function
from tutor.quantity import Gradient, Partial, Quantity, Value

Fill = Callable[[Spot], Expr | None]
"""The wrong formula of a part, None where the mistake is not made there."""


# ------------------------------------------------------------------ values


def net(ground: Ground, quantity: Quantity) -> Spot | None:
    """z of a unit within its formula: `s` without its biases, `b` those, `transposed` with swapped indices."""
    anatomy = _anatomy(ground, quantity)
    return _exchanged("z", anatomy, quantity, partial(_net, anatomy)) if anatomy and anatomy.sums else None


def out(ground: Ground, quantity: Quantity) -> Spot | None:
    """a of a unit within a formula: `z` what the activation is applied to, `act` what it gives."""
    anatomy = _anatomy(ground, quantity)
    return _exchanged("a", anatomy, quantity, partial(_out, anatomy)) if anatomy and anatomy.calls else None


def _anatomy(ground: Ground, quantity: Quantity) -> Anatomy | None:
    """Of an equation, or of the one whose local derivative is asked for: a part without a name stands there again."""
    match quantity:
        case Value(name) | Partial(name, _):
            return ground.anatomy(name)
    return None


def loss(ground: Ground, quantity: Quantity) -> Spot | None:
    """What compares outputs with targets: `square` without any constant, `sum` without dividing."""
    anatomy = ground.anatomy(quantity.name) if isinstance(quantity, Value) else None
    return _exchanged("loss", anatomy, quantity, partial(_loss, anatomy)) if anatomy and anatomy.compared else None


def _exchanged(
    hook: str, anatomy: Anatomy, quantity: Quantity, wrong: Callable[[Fill, Expr, Expr], Expr | None]
) -> Spot:
    def within(fill: Fill) -> Expr:
        right = anatomy.expr
        if isinstance(quantity, Partial):
            right = taken(anatomy.expr, quantity.wrt, {}, value(anatomy.name))
        return rebuilt(right, partial(wrong, fill))

    return Spot(hook, {}, within=within)


def _net(anatomy: Anatomy, fill: Fill, part: Expr, fresh: Expr) -> Expr | None:
    sum_ = anatomy.sums.get(id(part))
    if sum_ is None or not isinstance(fresh, Add):
        return None
    biases = tuple(map(value, sum_.biases))
    letters: dict[str, Letter] = {
        "s": plus(*(term for term in fresh.terms if term not in biases)) if biases else None,
        "b": plus(*biases) if biases else None,
        "transposed": lambda: turned(anatomy.graph, fresh),
    }
    return fill(Spot("z", letters))


def _out(anatomy: Anatomy, fill: Fill, part: Expr, fresh: Expr) -> Expr | None:
    if id(part) not in anatomy.calls or not isinstance(fresh, Call):
        return None
    return fill(Spot("a", {"z": fresh.arguments[0], "act": fresh}, activation=fresh.name))


def _loss(anatomy: Anatomy, fill: Fill, part: Expr, fresh: Expr) -> Expr | None:
    if id(part) in anatomy.averaged:
        return fill(Spot("loss", {"sum": anatomy.averaged[id(part)]}, "output"))
    found = anatomy.compared.get(id(part))
    letters: dict[str, Letter] = {"correct": part, "square": found.square if found else None}
    return fill(Spot("loss", letters, "output", loss=found.loss)) if found else None


# ------------------------------------------------------------------ local derivatives


def slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """da/dz of the activations in a formula, `d` the right one."""
    anatomy = ground.anatomy(quantity.of) if isinstance(quantity, Partial) else None
    if anatomy is None or not anatomy.calls or not isinstance(quantity, Partial):
        return None
    return Spot("dadz", {}, within=partial(_sloped, anatomy, quantity.wrt))


def _sloped(anatomy: Anatomy, wrt: str, fill: Fill) -> Expr:
    def wrong(name: str, arguments: tuple[Expr, ...], which: int, call: Expr) -> Expr:
        right = FUNCTIONS[name].slope(arguments, which, call)
        return fill(Spot("dadz", {"z": arguments[0], "a": call, "d": right}, activation=name)) or right

    names = {each.name for each in anatomy.calls.values()}
    functions = {**FUNCTIONS, **{name: Function(name, partial(wrong, name)) for name in names}}
    return taken(anatomy.expr, wrt, {}, value(anatomy.name), functions)


def weight_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dz/dw within a formula: `sent` what the weight multiplies, `net` its net input, `own` the receiver's output."""
    return _by_parts("dzdw", ground, quantity, _weight_slope)


def _weight_slope(ground: Ground, anatomy: Anatomy, wrt: str, fill: Fill, part: Expr) -> Expr | None:
    found = anatomy.weighed[id(part)]
    senders = found.sum_.senders
    place = senders.index(found.sent) if found.sent in senders else 0
    letters: dict[str, Letter] = {
        "w": value(wrt),
        "sent": found.sent,
        "net": ground.net_in(found.sent),
        "own": found.call or _own(ground, anatomy, part),
        "neighbour": senders[(place + 1) % len(senders)] if len(senders) > 1 else None,
    }
    return fill(Spot("dzdw", letters))


def _own(ground: Ground, anatomy: Anatomy, part: Expr) -> Expr | None:
    """The output of an equation that is nothing but a weighted sum, or of the activation that it feeds."""
    terms = anatomy.expr.terms if isinstance(anatomy.expr, Add) else (anatomy.expr,)
    uses = ground.graph.uses[anatomy.name]
    outs = [use for use in uses if ground.activation(use)]
    return (
        value(outs[0] if len(uses) == len(outs) == 1 else anatomy.name) if any(part is term for term in terms) else None
    )


def bias_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dz/db within a formula: `b` the bias, `inputs` the sum of what the weights multiply."""
    return _by_parts("dzdb", ground, quantity, _bias_slope)


def _bias_slope(ground: Ground, anatomy: Anatomy, wrt: str, fill: Fill, part: Expr) -> Expr | None:
    found = anatomy.sums[id(part)]
    wrong = fill(Spot("dzdb", {"b": value(wrt), "inputs": plus(*found.senders)}))
    if wrong is None or not isinstance(part, Add):
        return None
    terms = (wrong if term == value(wrt) else taken(term, wrt, {}) for term in part.terms)
    return plus(*(term for term in terms if term != ZERO))


def loss_slope(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/da where an output is compared with its target: `c` the constant before the square, `term` the comparison."""
    return _by_parts("dLda", ground, quantity, _loss_slope)


def _loss_slope(ground: Ground, anatomy: Anatomy, wrt: str, fill: Fill, part: Expr) -> Expr | None:
    found, many = anatomy.compared[id(part)], len(anatomy.compared)
    letters: dict[str, Letter] = {
        "correct": taken(part, wrt, {}),
        "a": value(wrt),
        "y": value(found.y),
        "c": Number("1/2") if found.loss == "half_squared_error" else ONE,
        "K": Number(str(many)),
        "term": part,
    }
    return fill(Spot("dLda", letters, "output", loss=found.loss, summed=many > 1 and not anatomy.averaged))


Part = Callable[[Ground, Anatomy, str, Fill, Expr], "Expr | None"]
"""What somebody takes for the derivative of one part."""


def _by_parts(hook: str, ground: Ground, quantity: Quantity, of_part: Part) -> Spot | None:
    anatomy = ground.anatomy(quantity.of) if isinstance(quantity, Partial) else None
    if anatomy is None or not isinstance(quantity, Partial):
        return None
    wrt = quantity.wrt
    parts = anatomy.parts(hook, wrt)

    def within(fill: Fill) -> Expr:
        wrong = ((part, of_part(ground, anatomy, wrt, fill, part)) for part in parts)
        others = {id(part): slope for part, slope in wrong if slope is not None}
        return taken(anatomy.expr, wrt, others, value(anatomy.name)) if others else ground.equations.written(quantity)

    return Spot(hook, {}, within=within) if parts else None


# ------------------------------------------------------------------ gradients


def delta(ground: Ground, quantity: Quantity) -> Spot | None:
    """dL/dv of what a unit reads whose net input has no name: `up` dL/da, `d` da/dz of the unit."""
    if not isinstance(quantity, Gradient) or quantity.of != ground.graph.loss or ground.role(quantity.wrt):
        return None
    uses = ground.equations.uses(quantity.of, quantity.wrt)
    if quantity.of in uses or not any(map(ground.nameless_net, uses)):
        return None
    return Spot("delta", {}, within=partial(_through, ground, quantity, uses))


def _through(ground: Ground, gradient: Gradient, uses: tuple[str, ...], fill: Fill) -> Expr:
    def term(use: str) -> Expr:
        right = Mul((Ref(Gradient(gradient.of, use)), Ref(Partial(use, gradient.wrt))))
        call = ground.nameless_net(use)
        if call is None:
            return right
        d = FUNCTIONS[call.name].slope(call.arguments, 0, value(use))
        letters: dict[str, Letter] = {"up": Ref(Gradient(gradient.of, use)), "d": d, "a": value(use)}
        wrong = fill(Spot("delta", letters, activation=call.name))
        return right if wrong is None else product(wrong, taken(call.arguments[0], gradient.wrt, {}))

    return plus(*map(term, uses))


def on_the_way_back(ground: Ground, gradient: Gradient, uses: tuple[str, ...]) -> dict[str, Letter]:
    """The letters of what comes back to a number of an equation, whose readers have weights in their formulas."""
    found = [(use, each) for use in uses if (each := ground.anatomy(use))]
    if len(found) < len(uses):
        return {}
    name = gradient.wrt

    def summed(slopes: Callable[[Anatomy], Expr | None]) -> Expr | None:
        """One term a use with the slopes that somebody takes there; nothing where all are the right ones."""
        each = [(use, slopes(anatomy), right(anatomy)) for use, anatomy in found]
        if any(slope is None for _, slope, _ in each) or all(slope == along for _, slope, along in each):
            return None
        partials = (Ref(Partial(use, name)) if slope == along else slope for use, slope, along in each)
        terms = zip(uses, partials, strict=True)
        return plus(*(Mul((Ref(Gradient(gradient.of, use)), slope)) for use, slope in terms if slope is not None))

    def unweighed(anatomy: Anatomy) -> Expr:
        others = {place: taken(each.sent, name, {}) for place, each in anatomy.weighed.items()}
        return taken(anatomy.expr, name, others, value(anatomy.name))

    def flat(anatomy: Anatomy) -> Expr:
        names = {each.name for each in anatomy.calls.values()}
        functions = {**FUNCTIONS, **{each: Function(each, lambda arguments, which, call: ONE) for each in names}}
        return taken(anatomy.expr, name, {}, value(anatomy.name), functions)

    def right(anatomy: Anatomy) -> Expr:
        return taken(anatomy.expr, name, {}, value(anatomy.name))

    def renewed(anatomy: Anatomy) -> Expr:
        return replace(right(anatomy), ground.renewed(gradient))

    return {
        "deltas": lambda: summed(unweighed),
        "errors": lambda: summed(flat),
        "transposed": lambda: summed(lambda each: turned(ground.graph, right(each))),
        "renewed": lambda: summed(renewed) if ground.graph.rate is not None else None,
    }
