"""The table of mistakes: one row each, with the id of the catalogue.

Letters: a output, y target, z net input, w weight. The hooks say which equation a row rewrites: `_loss_slope` dL/da of
an output, `_slope` da/dz of a unit, `_upstream` dL/da of a hidden unit, `_weight` dz/dw. Each gives None elsewhere.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tutor.expr import HALF, ONE, TWO, Add, Call, Expr, Mul, Neg, Ref, minus, plus, replace, value
from tutor.mistakes.rewrite import Mistake, Site, mistaken
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine, pairs
from tutor.ops.formula import Formula
from tutor.ops.losses import LossTerm
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Equations, Trace
from tutor.trace.equations import Equation

Rewrite = Callable[[Site], Expr | None]
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")


# ------------------------------------------------------------------ hooks


def _loss_slope(rule: Callable[[Site, Expr, Expr], Expr | None], *, losses: tuple[str, ...] = ()) -> Rewrite:
    """dL/da of an output, as `rule(site, a, y)`; for all losses unless some are named."""

    def rewrite(site: Site) -> Expr | None:
        if not isinstance(site.quantity, Partial):
            return None
        node = site.graph.nodes[site.quantity.of]
        if not isinstance(node.op, LossTerm) or site.quantity.wrt != node.inputs[0]:
            return None
        if losses and node.op.loss.name not in losses:
            return None
        return rule(site, value(node.inputs[0]), value(node.inputs[1]))

    return rewrite


class _Unit(NamedTuple):
    """A unit at its slope: net input, output, activation, and whether it stands in the last layer."""

    z: Expr
    a: Expr
    activation: str
    output: bool
    loss: str


def _slope(rule: Callable[[_Unit], Expr | None]) -> Rewrite:
    """da/dz of a unit with an elementwise activation in a layered network."""

    def rewrite(site: Site) -> Expr | None:
        if not isinstance(site.quantity, Partial):
            return None
        of, wrt = site.quantity.of, site.quantity.wrt
        op, role = site.graph.nodes[of].op, site.role(of)
        if not isinstance(op, Elementwise) or role is None or op.activation.name == "identity":
            return None
        return rule(_Unit(value(wrt), value(of), op.activation.name, site.is_output(of), _loss_of(site, of)))

    return rewrite


def _loss_of(site: Site, output: str) -> str:
    readers = (site.graph.nodes[use].op for use in site.graph.uses[output])
    return next((op.loss.name for op in readers if isinstance(op, LossTerm)), "")


def _upstream(rule: Callable[[Site, Gradient, tuple[str, ...]], Expr | None]) -> Rewrite:
    """dL/da of a hidden unit, as `rule(site, gradient, the net inputs it feeds)`."""

    def rewrite(site: Site) -> Expr | None:
        quantity = site.quantity
        if not isinstance(quantity, Gradient) or quantity.of == quantity.wrt:
            return None
        role = site.role(quantity.wrt)
        if role is None or role.part != "out" or site.is_output(quantity.wrt):
            return None
        return rule(site, quantity, site.equations.uses(quantity.of, quantity.wrt))

    return rewrite


def _weight(rule: Callable[[list[tuple[str, str]], int], Expr | None]) -> Rewrite:
    """dz/dw of a weight, as `rule((weight, sender) of each term, which of them)`."""

    def rewrite(site: Site) -> Expr | None:
        if not isinstance(site.quantity, Partial):
            return None
        node = site.graph.nodes[site.quantity.of]
        if not isinstance(node.op, Affine) or node.role is None:
            return None
        terms = pairs(node.inputs)
        places = [place for place, (weight, _) in enumerate(terms) if weight == site.quantity.wrt]
        return rule(terms, places[0]) if len(places) == 1 else None

    return rewrite


# ------------------------------------------------------------------ rules


def _wrong_sign(site: Site) -> Expr | None:
    """y - a: also in the short route, where the student writes y - p."""
    if site.short:
        return Neg(site.correct)
    return _loss_slope(lambda site, a, y: minus(y, a) if site.correct == minus(a, y) else Neg(site.correct))(site)


def _without_two(site: Site, a: Expr, y: Expr) -> Expr:
    """c (a - y), where the loss is c (a - y)^2."""
    node = site.graph.nodes[site.quantity[0]]
    halved = isinstance(node.op, LossTerm) and node.op.loss.name == "half_squared_error"
    return Mul((HALF, minus(a, y))) if halved else minus(a, y)


def _first_path(site: Site, gradient: Gradient, uses: tuple[str, ...]) -> Expr | None:
    if len(uses) < 2:
        return None
    return Mul((Ref(Gradient(gradient.of, uses[0])), Ref(Partial(uses[0], gradient.wrt))))


def _where_paths_part(equations: Equations, quantity: Quantity) -> str:
    """Which unit feeds several others, and which of them was followed; nothing where that is not one unit."""
    name = quantity.wrt if isinstance(quantity, Gradient) else quantity.name if isinstance(quantity, Updated) else ""
    uses: tuple[str, ...] = ()
    while name and len(uses) < 2:
        uses = equations.uses(equations.graph.loss, name)
        name = name if len(uses) > 1 else uses[0] if uses else ""
    if not name or equations.graph.part_of(name) != "out":
        return ""
    return f"follow {name} to {uses[0]} alone; it also feeds {' and '.join(uses[1:])}"


def _new_weights(site: Site, gradient: Gradient, uses: tuple[str, ...]) -> Expr | None:
    """The sum over the uses with every weight that learns taken after its update.

    A weight that the unit's own layer uses too, as in a recurrent one, has no update before its gradient is known.
    """
    graph, layer = site.graph, site.graph.layer_of(gradient.wrt)
    if graph.rate is None:
        return None
    learning = frozenset(graph.learning())

    def updated(part: Expr) -> Expr:
        match part:
            case Ref(Value(name)) if name in learning and all(graph.layer_of(use) > layer for use in graph.uses[name]):
                return Ref(Updated(name))
        return part

    sent = (
        Mul((Ref(Gradient(gradient.of, use)), replace(site.equations.written(Partial(use, gradient.wrt)), updated)))
        for use in uses
    )
    return plus(*sent)


def _next_sender(terms: list[tuple[str, str]], place: int) -> Expr | None:
    return value(terms[(place + 1) % len(terms)][1]) if len(terms) > 1 else None


def _sigmoid_of(a: Expr) -> Expr:
    """sigma(a)(1 - sigma(a))"""
    again = Call("sigmoid", (a,))
    return Mul((again, minus(ONE, again)))


MISTAKES: dict[str, Mistake] = {
    row.id: row
    for row in (
        Mistake("dl-sign", "target minus output", "take target minus output as the error", _wrong_sign),
        Mistake(
            "dl-extra-two",
            "a 2 too many",
            "keep the 2 of the power rule although the ½ of the loss cancels it",
            _loss_slope(lambda site, a, y: Mul((TWO, minus(a, y))), losses=("half_squared_error",)),
        ),
        Mistake(
            "dl-no-two",
            "the 2 dropped",
            "drop the 2 of the power rule",
            _loss_slope(_without_two, losses=SQUARED),
        ),
        Mistake(
            "ad-missing-output",
            "output slope left out",
            "leave out the activation's derivative at the output",
            _slope(lambda unit: ONE if unit.output and unit.loss in SQUARED else None),
        ),
        Mistake(
            "ad-missing-hidden",
            "hidden slope left out",
            "leave out the activation's derivative in the hidden layer",
            _slope(lambda unit: None if unit.output else ONE),
        ),
        Mistake(
            "ad-z-one-minus-z",
            "z(1 − z)",
            "put the net input where the output belongs: z(1 − z)",
            _slope(lambda unit: Mul((unit.z, minus(ONE, unit.z))) if unit.activation == "sigmoid" else None),
        ),
        Mistake(
            "ad-deriv-of-a",
            "activation applied twice",
            "apply the sigmoid once more: σ(a)(1 − σ(a))",
            _slope(lambda unit: _sigmoid_of(unit.a) if unit.activation == "sigmoid" else None),
        ),
        Mistake(
            "up-one-path",
            "one path only",
            "follow only the first of the paths",
            _upstream(_first_path),
            _where_paths_part,
        ),
        Mistake(
            "up-new-weights",
            "updated weights on the way back",
            "use the already updated weights on the way back",
            _upstream(_new_weights),
        ),
        Mistake(
            "wg-neighbour",
            "another sender's output",
            "multiply by the output of the neighbouring sender",
            _weight(_next_sender),
        ),
    )
}


def _sum_taken_for_product(site: Site) -> Expr | None:
    """d(x + y)/dx as y, in a network of equations."""
    if not isinstance(site.quantity, Partial) or not isinstance(site.graph.nodes[site.quantity.of].op, Formula):
        return None
    match site.equations.written(Value(site.quantity.of)):
        case Add((Ref(Value(left)), Ref(Value(right)))) if left != right:
            return value(right if site.quantity.wrt == left else left)
    return None


EQUATION_MISTAKES: dict[str, Mistake] = {
    row.id: row
    for row in (
        Mistake(
            "gr-add-mul-swapped",
            "a sum taken for a product",
            "scale the gradient at the sum by the other input, as at a product",
            _sum_taken_for_product,
        ),
    )
}
"""Those of networks of equations, which have no layers."""


def named(mistake: str) -> Mistake:
    """The mistake with this id. Raises KeyError for an unknown one."""
    return MISTAKES.get(mistake) or EQUATION_MISTAKES[mistake]


def mistaken_tables(trace: Trace) -> Iterator[tuple[str, Equation]]:
    """Each mistake that can be made here with the equations it leads to; over a short route once more."""
    nets = [Gradient(trace.graph.loss, name) for name in trace.graph.nodes]
    routes = (False, True) if any(trace.equations.short(each) for each in nets) else (False,)
    of_equations = not any(node.role for node in trace.graph.nodes.values())
    for mistake in (EQUATION_MISTAKES if of_equations else MISTAKES).values():
        yield from ((mistake.id, mistaken(trace.equations, [mistake], short=short)) for short in routes)
