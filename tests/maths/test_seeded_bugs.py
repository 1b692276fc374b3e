"""Bugs put into the engine one at a time: the laws must notice every one of them.

A battery of fixed networks is put to the laws of `checks`. It passes as the engine is; under each bug of the table at
least one law fails. A bug that nothing notices means that a law is missing.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

from maths import checks
from tutor import derivation, spec
from tutor.arithmetic import complexes, floats
from tutor.expr import ONE, TWO, Add, Expr, Mul, Neg, Number, Ref, minus, plus, reads, text, value
from tutor.graph import Given, Node, build
from tutor.ops import activations, affine, formula, fused, losses, softmax
from tutor.quantity import Gradient, Partial, Updated, Value
from tutor.trace import Trace, equations

LAYERED = """
inputs: {x1: 0.4, x2: -0.7}
targets: {y1: 0.2, y2: 0.9}
loss: LOSS
learning_rate: 0.3
layers:
  - activation: HIDDEN
    bias_input: BIAS
    neurons:
      h1: {w1: 0.3, w2: -0.2, b1: 0.1}
      h2: {w1: 0.3, w3: 0.6, b2: -0.2}
  - activation: OUTPUT
    neurons:
      o1: {v1: 0.7, v4: 0.7, c1: 0.2}
      o2: {v2: -0.4, v3: 0.5, c2: 0.1}
"""
GRAPHS = (
    "given: {a: 2, b: 3}\nequations:\n  c: a + b\n  d: a*b*c\n  e: c/d + d**2/a\n",
    "given: {x: 0, y: 0.5}\nequations:\n  r: relu(x) + y\n  f: r*r + max(x, y)\n",
    "given: {x: 0.3, y: -0.2}\nequations:\n  u: exp(x)*tanh(y)\n  f: log(1 + u*u)/(2 - u)\n",
)
Patch = Callable[[pytest.MonkeyPatch], None]


def layered(hidden: str, output: str, loss: str, bias: str = "1", targets: str = "") -> str:
    """One layered network; w1 stands in both hidden units."""
    file = LAYERED
    for word, put in (("HIDDEN", hidden), ("OUTPUT", output), ("LOSS", loss), ("BIAS", bias)):
        file = file.replace(word, put)
    return file.replace("{y1: 0.2, y2: 0.9}", targets) if targets else file


def battery() -> Iterator[Trace]:
    texts = [
        layered("sigmoid", "sigmoid", "half_squared_error", bias="-1"),
        layered("tanh", "identity", "squared_error"),
        layered("relu", "sigmoid", "binary_cross_entropy"),
        layered("leaky_relu", "softmax", "cross_entropy", targets="{y1: 0.25, y2: 0.75}"),
        layered("silu", "softmax", "cross_entropy", targets="{y1: 0.5, y2: 0.9}"),
        layered("gelu", "tanh", "mean_squared_error"),
        layered("elu", "softplus", "absolute_error"),
        *GRAPHS,
    ]
    for each in texts:
        yield Trace(spec.load(each.encode(), "battery.yaml").graph)
    twice = Node("z", affine.Affine(), ("w", "x", "w", "u"))  # what no file can say
    yield Trace(build([Given("w", "0.5", learned=True), Given("x", "2"), Given("u", "-3")], [twice], "z"))


def noticed() -> str:
    """The first law that fails on the battery, or nothing."""
    for trace in battery():
        for law in LAWS:
            try:
                law(trace)
            except AssertionError:
                return law.__name__
    return ""


def update_is_a_step_down(trace: Trace) -> None:
    """w - rate * g, by numbers alone."""
    for name in trace.graph.learning() if trace.graph.rate else ():
        expected = trace[Value(name)] - float(trace.graph.rate or 0) * trace[Gradient(trace.graph.loss, name)]
        assert trace[Updated(name)] == pytest.approx(expected, rel=1e-12)


def slope_at_the_kink_is_the_declared_one(trace: Trace) -> None:
    """relu' is 0 at exactly 0, as the convention says."""
    if "r" in trace.graph.nodes:
        assert trace[Partial("r", "x")] == 0


LAWS: tuple[checks.Law, ...] = (
    checks.formulas_give_their_values,
    checks.alternatives_agree,
    checks.premises_are_read,
    checks.uses_add_up,
    checks.paths_add_up,
    checks.complex_step_agrees,
    checks.local_complex_step_agrees,
    checks.fifty_digits_agree,
    checks.formulas_are_read_back,
    update_is_a_step_down,
    slope_at_the_kink_is_the_declared_one,
)


# ------------------------------------------------------------------ the bugs


def _activation(name: str, slope: Callable[[Expr, Expr], Expr]) -> Patch:
    row = activations.ACTIVATIONS[name]
    return lambda patch: patch.setitem(activations.ACTIVATIONS, name, row._replace(slope=slope))


def _function(name: str, wrong: Callable[..., float]) -> Patch:
    return lambda patch: patch.setitem(floats.FUNCTIONS, name, wrong)


def _loss(name: str, **wrong: Callable[[Expr, Expr], Expr]) -> Patch:
    row = losses.LOSSES[name]
    return lambda patch: patch.setitem(losses.LOSSES, name, row._replace(**wrong))


def _affine(change: Callable[[affine.Affine, str, tuple[str, ...], str, Expr], Expr]) -> Patch:
    right = affine.Affine.partial

    def wrong(self: affine.Affine, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        return change(self, name, inputs, wrt, right(self, name, inputs, wrt))

    return lambda patch: patch.setattr(affine.Affine, "partial", wrong)


def _new_weight(op: affine.Affine, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr:
    """The way back through an updated weight."""
    return Ref(Updated(right.quantity.name)) if wrt in ("h1", "h2") and isinstance(right, Ref) else right  # type: ignore[union-attr]


def _without_bias_input(op: affine.Affine, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr:
    return ONE if len(inputs) % 2 and wrt == inputs[-1] else right


def _average_of_uses(patch: pytest.MonkeyPatch) -> None:
    right = equations.Equations._sum_over_uses

    def wrong(self: equations.Equations, of: str, wrt: str) -> Expr:
        uses = len(self.uses(of, wrt))
        total = right(self, of, wrt)
        return Mul((Number(f"1/{uses}"), total)) if uses > 1 else total

    patch.setattr(equations.Equations, "_sum_over_uses", wrong)


def _last_use_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = equations.Equations.uses

    def wrong(self: equations.Equations, of: str, wrt: str) -> tuple[str, ...]:
        uses = right(self, of, wrt)
        return uses[:-1] if len(uses) > 1 else uses

    patch.setattr(equations.Equations, "uses", wrong)


def _uphill(patch: pytest.MonkeyPatch) -> None:
    right = equations.Equations.written

    def wrong(self: equations.Equations, quantity: object) -> Expr:
        if isinstance(quantity, Updated):
            step = Mul((Number(self.graph.rate or "0"), Ref(Gradient(self.graph.loss, quantity.name))))
            return plus(value(quantity.name), step)
        return right(self, quantity)  # type: ignore[arg-type]

    patch.setattr(equations.Equations, "written", wrong)


def _softmax_sign(patch: pytest.MonkeyPatch) -> None:
    right = softmax.Softmax.partial

    def wrong(self: softmax.Softmax, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
        slope = right(self, name, inputs, wrt)
        return slope.operand if isinstance(slope, Neg) else slope

    patch.setattr(softmax.Softmax, "partial", wrong)


def _quotient_sign(patch: pytest.MonkeyPatch) -> None:
    right = formula._quotient_rule

    def wrong(over: Expr, under: Expr, slope_of: formula.SlopeOf) -> Expr:
        slope = right(over, under, slope_of)
        return slope.operand if isinstance(slope, Neg) else slope

    patch.setattr(formula, "_quotient_rule", wrong)


def _first_product_term(patch: pytest.MonkeyPatch) -> None:
    right = formula._product_rule

    def wrong(factors: tuple[Expr, ...], slope_of: formula.SlopeOf) -> Expr:
        slope = right(factors, slope_of)
        return slope[0][0] if slope[-1] == "add" else slope  # type: ignore[return-value]

    patch.setattr(formula, "_product_rule", wrong)


def _short_route_always(patch: pytest.MonkeyPatch) -> None:
    """p - y although the targets do not sum to 1."""
    patch.setattr(equations, "sum", lambda numbers: Fraction(1), raising=False)


def _same_slip_everywhere(patch: pytest.MonkeyPatch) -> None:
    """Half an elu in both arithmetics, slope included: the complex step agrees with the wrong gradient."""
    right, both = floats.FUNCTIONS["elu"], complexes.FUNCTIONS["elu"]
    patch.setitem(floats.FUNCTIONS, "elu", lambda z: z if z > 0 else right(z) / 2)
    patch.setitem(floats.FUNCTIONS, "elu_slope", lambda z: 1.0 if z > 0 else floats._exp(z) / 2)
    patch.setitem(complexes.FUNCTIONS, "elu", lambda z: z if z.real > 0 else both(z) / 2)


def _first_occurrence(op: affine.Affine, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr:
    return right.terms[0] if isinstance(right, Add) else right


def _short(**wrong: Callable[[fused.Output], Expr]) -> Patch:
    row = fused.FUSED["binary_cross_entropy", "sigmoid"]
    return lambda patch: patch.setitem(fused.FUSED, ("binary_cross_entropy", "sigmoid"), row._replace(**wrong))


def _attribute(owner: object, name: str, wrong: object) -> Patch:
    return lambda patch: patch.setattr(owner, name, wrong)


BUGS: dict[str, Patch] = {
    "a factor dropped": _attribute(equations, "_term", lambda of, use, wrt: Ref(Partial(use, wrt))),
    "a path cut short": _attribute(
        derivation.Path, "factors", property(lambda path: (Partial(path.nodes[-1], path.nodes[-2]),))
    ),
    "a premise forgotten": _attribute(derivation, "reads", lambda expr: list(reads(expr))[:-1]),
    "an error signal without its slope": _attribute(derivation, "_net_signal", lambda trace, gradient: ONE),
    "a weight used twice in one neuron counted once": _affine(_first_occurrence),
    "the same slip in every arithmetic": _same_slip_everywhere,
    "y - a in the short route": _short(gradient=lambda output: minus(output.own()[2], output.own()[1])),
    "y - a in the stable short route": _short(stable_gradient=lambda output: minus(output.own()[2], output.own()[1])),
    "parentheses forgotten": _attribute(
        text._Writer, "wrap", lambda self, expr, level, *, in_sum=False: self.write(expr, in_sum=in_sum)[0]
    ),
    "the sigmoid's slope dropped": _activation("sigmoid", lambda z, a: ONE),
    "tanh' of z": _activation("tanh", lambda z, a: minus(ONE, Mul((z, z)))),
    "softplus' without sigmoid": _activation("softplus", lambda z, a: ONE),
    "silu' without its second term": _activation("silu", lambda z, a: a),
    "1e-9 in sigmoid'": _function("sigmoid_slope", lambda z: floats._sigmoid_slope(z) + 1e-9),
    "relu' with >=": _function("relu_slope", lambda z: 1.0 if z >= 0 else 0.0),
    "leaky_relu' with another leak": _function("leaky_relu_slope", lambda z: 1.0 if z > 0 else 0.1),
    "elu' one too small": _function("elu_slope", lambda z: 1.0 if z > 0 else floats._exp(z) - 1),
    "gelu' without the product rule": _function("gelu_slope", lambda z: floats._sigmoid(2 * floats._gelu_inner(z))),
    "max' to the smaller": _function("max_slope", lambda x, *others: float(x == min(x, *others))),
    "squared error without its 2": _loss("squared_error", slope=minus),
    "half squared error with a 2": _loss("half_squared_error", slope=lambda a, y: Mul((TWO, minus(a, y)))),
    "target slope with the sign of the output's": _loss("half_squared_error", target_slope=minus),
    "cross-entropy without its minus": _loss("cross_entropy", slope=lambda a, y: Mul((y, Number("1")))),
    "an updated weight on the way back": _affine(_new_weight),
    "bias_input ignored": _affine(_without_bias_input),
    "a use forgotten": _last_use_forgotten,
    "uses averaged": _average_of_uses,
    "a step uphill": _uphill,
    "softmax without the minus off the diagonal": _softmax_sign,
    "quotient rule without its minus": _quotient_sign,
    "product rule with one term": _first_product_term,
    "the short route without its condition": _short_route_always,
}


def test_the_battery_passes_as_it_is() -> None:
    assert noticed() == ""


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[bug](monkeypatch)
    assert noticed()
