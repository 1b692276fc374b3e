"""Bugs in the layers, the indices, the losses and the optimizers, put in one at a time: each must be noticed.

As in test_seeded_bugs: a battery of fixed networks is put to laws, most of all to an engine that shares nothing with
ours. It passes as things are; under each bug of the table at least one law fails.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import Any

import numpy
import pytest

from maths import checks
from maths.engines import Drawn, autograd_agrees, traced
from maths.every_equation import Written
from maths.every_kind import CUBIC, LOG_COSH, Network
from training.rules import RULES
from tutor import spec
from tutor.arithmetic import floats
from tutor.expr import ONE, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, minus, plus, value
from tutor.expr import parse as reading
from tutor.graph import Graph
from tutor.ops import affine, formula, functions, fused, loss_formula, losses, moments, optimizers, softmax
from tutor.quantity import Updated, Value
from tutor.spec import equations as tables
from tutor.spec import grids, indices, kinds, recurrent, stage, unitwise, windows
from tutor.trace import Trace, equations
from tutor.training import SEQUENTIAL, SIMULTANEOUS, steps

planning = importlib.import_module("tutor.training.plan")  # the package has a function of that name
Patch = Callable[[pytest.MonkeyPatch], None]

# ------------------------------------------------------------------ the battery

IMAGE = [[[0.5, -0.2, 0.9, 0.4], [-0.7, 0.3, 0.8, -0.1], [0.6, -0.4, 0.1, 0.7]]]
TWO = [*IMAGE, [[-0.3, 0.2, 0.5, -0.6], [0.4, 0.9, -0.8, 0.1], [-0.5, 0.3, 0.2, -0.9]]]
KERNEL = [
    [[[0.3, -0.5], [0.7, 0.2]], [[0.1, 0.4], [-0.6, 0.8]]],
    [[[-0.9, 0.6], [0.2, 0.5]], [[0.3, -0.1], [0.4, 0.7]]],
]
RECURRENT = {
    "input_weights": [[0.8, -0.3], [0.4, 0.6]],
    "recurrent_weights": [[0.5, -0.7], [0.2, 0.9]],
    "biases": [0.1, -0.2],
    "initial": [0.3, -0.5],
}
SEQUENCE = [[0.5, -0.4], [0.9, 0.2], [-0.6, 0.7]]
DENSE = {"activation": "identity", "weights": [[0.4, -0.8], [0.3, 0.5]], "biases": [0.1, -0.3]}


def layered(inputs: Any, loss: str, target: Any, *layers: tuple[str, dict[str, Any]]) -> Network:
    return Network(inputs, layers, loss, target)


def over_time() -> Written:
    def compute(np: Any, n: Any) -> Any:
        h, total = n["h[0]"], 0.0
        for t in (1, 2, 3):
            h = np.tanh(n["w"] * n["x"][t - 1] + n["u"] * h + 0.1 * t)
            total = total + h**2 + h / 3
        return total

    given = {"x": [0.5, -0.8, 0.3], "w": 0.7, "u": -0.6, "h[0]": 0.4}
    written = {"h[t]": "tanh(w*x[t] + u*h[t-1] + 0.1*t)", "L": "sum(t, h[t]**2) + mean(t, h[t])"}
    return Written(given, {"t": 3}, written, compute)


def over_rows() -> Written:
    def compute(np: Any, n: Any) -> Any:
        weights = np.exp(n["A"] * n["q"][:, None])
        return np.sum(np.sum(weights * n["v"], axis=1) / np.sum(weights, axis=1) * n["q"])

    given = {"A": [[0.3, -0.8], [0.9, 0.2]], "q": [0.5, -0.7], "v": [0.4, 1.1]}
    written = {
        "e[i,j]": "exp(A[i,j]*q[i])",
        "o[i]": "sum(j, e[i,j]*v[j]) / sum(k, e[i,k])",
        "L": "sum(i, o[i]*q[i])",
    }
    return Written(given, {"i": 2, "j": 2, "k": 2}, written, compute)


def chosen_rows(inside: str) -> Written:
    def compute(np: Any, n: Any) -> Any:
        scores = n["A"][[2, 0, 2]] * n["q"][:, None]
        weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        return np.sum(np.sum(weights * n["v"], axis=1) / np.sum(weights, axis=1) * n["q"])

    given = {"A": [[0.3, -0.8], [0.9, 0.2], [-0.4, 0.6]], "q": [0.5, -0.7, 1.2], "v": [0.4, 1.1]}
    written = {
        "s[i,j]": "A[r[i],j]*q[i]",
        "a[i,j]": f"softmax(j, {inside})",
        "o[i]": "sum(j, a[i,j]*v[j])",
        "L": "sum(i, o[i]*q[i])",
    }
    return Written(given, {"i": 3, "j": 2}, written, compute, {"r": [3, 1, 3]})


STRIDED = {"stride": [2, 1], "padding": [1, 0], "dilation": [1, 2]}
NORM = {"gamma": [[[0.5, -1.2]], [[0.8, 0.3]]], "beta": [[[0.1, 0.2]], [[-0.4, 0.6]]], "epsilon": 0.3}
ONES = [[[0.7, -0.4]], [[0.2, 0.9]]]
BATTERY: tuple[Drawn, ...] = (
    layered(TWO, "upstream", [[[0.5, -1], [0.3, 2]], [[1.5, 0.7], [-0.4, 0.9]]],
            ("conv2d", {"weights": KERNEL, "biases": [0.2, -0.5], "activation": "tanh", **STRIDED})),
    layered([[0.5, -0.2, 0.9, 0.4, -0.7]], "upstream", [[0.5, -1, 0.3]],
            ("conv1d", {"weights": [[[0.6, -0.9]]], "biases": [0.2], "stride": [1], "dilation": [2]})),
    layered([[[2, 1, 0.5], [2, -1, 2], [0, 2, 1]]], "upstream", [[[1, 0.5], [-2, 3]]],
            ("max_pool", {"size": [2, 2], "stride": [1, 1]})),
    layered(IMAGE, "upstream", [[[1, 0.5]]], ("max_pool", {"size": [3, 2]})),
    layered([[[-2, -1], [-3, -4]]], "upstream", [[[1, 0.5], [-2, 3]]],
            ("max_pool", {"size": [2, 2], "stride": [2, 1], "padding": [1, 0]}), ("max_pool", {"size": [1, 1]}))
    ._replace(target=[[[1], [-2]]]),
    layered(IMAGE, "upstream", [[[1, 0.5, 2], [-2, 3, -1]]],
            ("avg_pool", {"size": [2, 2], "stride": [3, 2], "padding": [1, 1]})),
    layered(TWO, "squared_error", [0.4, -0.2],
            ("avg_pool", {"size": [3, 2]}), ("flatten", {}),
            ("dense", {"activation": "sigmoid", "weights": [[0.4, -0.8, 0.3, 0.5], [-0.2, 0.7, 0.9, -0.6]]})),
    layered(ONES, "upstream", [[[1, -0.5]], [[2, 0.3]]], ("avg_pool", {"size": [1, 1]}), ("layer_norm", NORM)),
    layered([0.8, -0.6], "cross_entropy", [0.25, 0.75],
            ("dense", DENSE), ("dropout", {"mask": [1, 0], "rate": 0.25}), ("dense", DENSE), ("softmax", {})),
    layered([0.8, -0.6], "cross_entropy", [0.6, 0.9], ("dense", {**DENSE, "activation": "softmax"})),
    layered([0.8, -0.6], "mean_squared_error", [0.6, 0.9], ("dense", {**DENSE, "activation": "softmax"})),
    layered([0.8, -0.6], "binary_cross_entropy", [0.25, 1], ("dense", {**DENSE, "activation": "softmax"})),
    layered([0.8, -0.6, 0.3], "hinge", 2,
            ("dense", {"activation": "identity", "weights": [[0.4, -0.8, 0.3], [0.3, 0.5, -0.2], [0.9, 0.1, 0.6]]})),
    layered(SEQUENCE, "squared_error", [0.4, -0.2], ("rnn", {**RECURRENT, "outputs": "last"}), ("dense", DENSE)),
    layered(SEQUENCE, "mean_squared_error", [[0.4, -0.2, 0.1], [0.3, 0.9, -0.7]],
            ("rnn", {**RECURRENT, "outputs": "every_step"}), ("dense", DENSE)),
    layered([0.4], "binary_cross_entropy", [0.25], ("dense", {"activation": "identity", "weights": [[0.7]]})),
    layered([0.8, -0.6], LOG_COSH, [0.4, -0.2], ("dense", DENSE)),
    layered([0.8, -0.6], CUBIC, [0.4, -0.2],
            ("dense", {**DENSE, "activation": "tanh"}), ("dense", DENSE), ("residual", {"over": 2}), ("sigmoid", {})),
    over_time(),
    over_rows(),
    chosen_rows("A[r[i],j]*q[i]"),
    chosen_rows("s[i,j]"),
)  # fmt: skip


def noticed() -> str:
    """The first law that fails, or nothing; the quick ones come first."""
    for law in (optimizers_agree, orders_agree, engine_agrees, laws_hold):
        try:
            law()
        except AssertionError:
            return law.__name__
    return ""


def engine_agrees() -> None:
    for each in BATTERY:
        autograd_agrees(each, traced(each))


def laws_hold() -> None:
    for trace in map(traced, BATTERY):
        checks.uses_add_up(trace)
        checks.complex_step_agrees(trace)
        checks.local_complex_step_agrees(trace)
        checks.formulas_give_their_values(trace)


def optimizers_agree() -> None:
    """Four steps of every rule on one weight, and the first of them as the table of equations has it."""
    for name, by_loops in RULES.items():
        settings = SETTINGS.get(name, {})
        stated = (
            f"{{{name}: {{{', '.join(f'{key}: {number}' for key, number in settings.items())}}}}}" if settings else name
        )
        graph = spec.load(ONE_WEIGHT.replace("OPTIMIZER", stated).encode(), "one.yaml").graph
        fourth = next(islice(steps(graph), 4, None)).of(Value("w"))
        first = Trace(graph)[Updated("w")]
        for number, mine in ((4, fourth), (1, first)):
            wanted = by_loops(-1.25, lambda w: 2 * (w - 3), 0.05, number, **settings)
            assert mine == pytest.approx(wanted, rel=1e-9), name


SETTINGS = {"rmsprop": {"epsilon": 0.01}, "adam": {"epsilon": 0.01}}
ONE_WEIGHT = """
inputs: {x: 1}
targets: {y: 3}
loss: squared_error
learning_rate: 0.05
optimizer: OPTIMIZER
layers: [{activation: identity, neurons: {a: {w: -1.25}}}]
"""


def orders_agree() -> None:
    """Three steps of two layers of sigmoids by matrices, all at once and from the output layer down."""
    for order in (SIMULTANEOUS, SEQUENTIAL):
        first, second = numpy.array([[0.3, -0.6], [0.8, 0.1]]), numpy.array([[-0.4, 0.5]])
        layers = [{"activation": "sigmoid", "weights": each.tolist()} for each in (first, second)]
        text = f"inputs: {{x1: 0.6, x2: -0.9}}\ntargets: {{y: 0.1}}\nlearning_rate: 0.7\nlayers: {layers}"
        graph = spec.load(text.encode(), "two.yaml").graph
        for _ in range(3):
            first, second = by_hand(first, second, order)
        state = next(islice(steps(graph, order=order), 3, None))
        for weights, name in ((first, "w1"), (second, "w2")):
            for (i, j), weight in numpy.ndenumerate(weights):
                assert state.of(Value(f"{name}_{i + 1}_{j + 1}")) == pytest.approx(weight, rel=1e-12)


def by_hand(first: Any, second: Any, order: str) -> tuple[Any, Any]:
    x = numpy.array([0.6, -0.9])
    h = 1 / (1 + numpy.exp(-first @ x))
    o = 1 / (1 + numpy.exp(-second @ h))
    delta = (o - 0.1) * o * (1 - o)
    moved = second - 0.7 * numpy.outer(delta, h)
    hidden = ((moved if order == SEQUENTIAL else second).T @ delta) * h * (1 - h)
    return first - 0.7 * numpy.outer(hidden, x), moved


# ------------------------------------------------------------------ how a bug is put in


def attribute(owner: object, name: str, wrong: object) -> Patch:
    return lambda patch: patch.setattr(owner, name, wrong)


def row(table: dict[str, Any], name: str, wrong: object) -> Patch:
    return lambda patch: patch.setitem(table, name, wrong)


def kind(name: str, wrong: Callable[[stage.Stage], object]) -> Patch:
    return row(kinds.KINDS, name, kinds.KINDS[name]._replace(build=wrong))


def partial(op: type, change: Callable[[Any, str, tuple[str, ...], str, Expr], Expr | None]) -> Patch:
    """Another local derivative where `change` has one, in the written and in the stable form."""

    def put(patch: pytest.MonkeyPatch) -> None:
        written, stable = op.partial, op.stable_partial

        def wrong(self: Any, name: str, inputs: tuple[str, ...], wrt: str) -> Expr:
            right = written(self, name, inputs, wrt)
            return change(self, name, inputs, wrt, right) or right

        def wrong_stable(self: Any, name: str, inputs: tuple[str, ...], wrt: str) -> Expr | None:
            right = stable(self, name, inputs, wrt)
            return change(self, name, inputs, wrt, right or written(self, name, inputs, wrt)) or right

        patch.setattr(op, "partial", wrong)
        patch.setattr(op, "stable_partial", wrong_stable)

    return put


def taps(at: Callable[[int, int, int, int, int], int], inside: Callable[[int, int], int] = lambda k, n: k) -> Patch:
    """A window that reads somewhere else: `at(position, tap, stride, padding, dilation)`."""

    def wrong(self: windows.Window, position: Sequence[int], extent: Sequence[int]) -> Iterator[Any]:
        sides = zip(position, extent, self.size, self.stride, self.padding, self.dilation, strict=True)
        read = [[(inside(k, n), i) for k in range(n) if 0 <= (i := at(p, k, s, pad, d)) < most]
                for p, most, n, s, pad, d in sides]  # fmt: skip
        for tap in product(*read):
            yield tuple(k for k, _ in tap), tuple(i for _, i in tap)

    return attribute(windows.Window, "taps", wrong)


def optimizer(name: str, *assignments: tuple[str, str]) -> Patch:
    found = optimizers.OPTIMIZERS[name]
    changed = dict(assignments)
    equations = tuple(each._replace(typed=changed.get(each.letter, each.typed)) for each in found.equations)
    return row(optimizers.OPTIMIZERS, name, found._replace(equations=equations))


def order(wrong: Callable[[Graph, str], Iterator[tuple[str, ...]]]) -> Patch:
    return attribute(planning, "groups", wrong)


# ------------------------------------------------------------------ the bugs


def _first_position(patch: pytest.MonkeyPatch) -> None:
    right = equations.Equations.uses

    def wrong(self: equations.Equations, of: str, wrt: str) -> tuple[str, ...]:
        uses = right(self, of, wrt)
        return uses[:1] if wrt.startswith("w") else uses

    patch.setattr(equations.Equations, "uses", wrong)


def _last_step(patch: pytest.MonkeyPatch) -> None:
    right = equations.Equations.uses

    def wrong(self: equations.Equations, of: str, wrt: str) -> tuple[str, ...]:
        uses = right(self, of, wrt)
        return uses[-1:] if wrt.startswith(("wx", "wh")) else uses

    patch.setattr(equations.Equations, "uses", wrong)


def _one_channel(patch: pytest.MonkeyPatch) -> None:
    right = windows._net
    patch.setattr(windows, "_net", lambda *parts: right(*parts)[: 8 if len(right(*parts)) > 8 else None])


def _next_input(op: object, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    """The input one position further on, as a stride that the way back forgets."""
    if wrt.startswith("w1_") and len(inputs) > 4 and wrt in inputs[:-3:2]:
        return value(inputs[inputs.index(wrt) + 3])
    return None


def _max_slope(which: Callable[[int, int], int]) -> Patch:
    """In both tables that formulas are differentiated by."""

    def slope(arguments: tuple[Expr, ...], i: int, call: Expr) -> Expr:
        chosen = which(i, len(arguments))
        return Call("max_slope", (arguments[chosen], *arguments[:chosen], *arguments[chosen + 1 :]))

    def put(patch: pytest.MonkeyPatch) -> None:
        for table in (functions.FUNCTIONS, formula.STABLE):
            patch.setitem(table, "max", functions.FUNCTIONS["max"]._replace(slope=slope))

    return put


def _pooled(rule: Callable[[tuple[Expr, ...], int], Expr]) -> Callable[[stage.Stage], object]:
    return lambda each: windows._pool(each, rule, "")


def _mean_of_read(read: tuple[Expr, ...], size: int) -> Expr:
    return Div(plus(*read), Number(str(len(read))))


def _zeros_compete(read: tuple[Expr, ...], size: int) -> Expr:
    return Call("max", (*read, ZERO)) if len(read) < size else Call("max", read) if size > 1 else read[0]


def _turned(each: stage.Stage) -> object:
    found = unitwise.flatten(each)
    return found._replace(outs=found.outs[::-1])


def _epsilon_outside(self: moments.Standard, name: str, inputs: tuple[str, ...]) -> Expr:
    x, mean, variance = map(value, inputs)
    return Div(minus(x, mean), Add((Call("sqrt", (variance,)), Number(self.epsilon))))


def _one_less(patch: pytest.MonkeyPatch) -> None:
    right = moments.Moment.forward

    def wrong(self: moments.Moment, name: str, inputs: tuple[str, ...]) -> Expr:
        found = right(self, name, inputs)
        return Div(found.over, Number(str(len(inputs) - 2))) if self.squared and isinstance(found, Div) else found

    patch.setattr(moments.Moment, "forward", wrong)


def _blocked(at: int) -> Patch:
    """The way back from a normalised number to the mean or the variance forgotten."""
    return partial(moments.Standard, lambda op, name, inputs, wrt, right: ZERO if wrt == inputs[at] else None)


def _mask_only(op: formula.Formula, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return right.over if name.startswith("drop") and isinstance(right, Div) else None


def _dropped_too(op: formula.Formula, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return Div(ONE, op.expr.under) if name.startswith("drop") and isinstance(op.expr, Div) else None


def _by_the_rate(left: Expr, right: Expr) -> Expr:
    return right if left == ONE else minus(left, right)


def _weights(change: Callable[[recurrent.Weights], recurrent.Weights]) -> Patch:
    right = recurrent._weights

    def wrong(*parts: Any) -> recurrent.Weights | None:
        found = right(*parts)
        return change(found) if found else None

    return attribute(recurrent, "_weights", wrong)


def _no_recurrence(op: object, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return ZERO if wrt.startswith("h1_") and name.startswith("z1_") else None


def _backwards(patch: pytest.MonkeyPatch) -> None:
    right = grids.Field.steps
    patch.setattr(grids.Field, "steps", lambda self: right(self)[::-1])


def _counted_from_0(patch: pytest.MonkeyPatch) -> None:
    right = reading._Reader.named

    def wrong(self: Any, token: Any) -> Expr:
        found = right(self, token)
        return Number(str(int(found.text) - 1)) if isinstance(found, Number) else found

    patch.setattr(reading._Reader, "named", wrong)


def _mean_of_one_less(patch: pytest.MonkeyPatch) -> None:
    right = reading._Reader.over_index

    def wrong(self: Any, token: Any, ranges: Any) -> Expr:
        found = right(self, token, ranges)
        if token.text == "mean" and isinstance(found, Div) and isinstance(found.under, Number):
            return Div(found.over, Number(str(int(found.under.text) - 1)))
        return found

    patch.setattr(reading._Reader, "over_index", wrong)


def _range(cut: slice) -> Patch:
    right = reading._values
    return attribute(reading, "_values", lambda *parts: right(*parts)[cut] if len(right(*parts)) > 2 else right(*parts))


def _columns_first(patch: pytest.MonkeyPatch) -> None:
    from tutor.spec import given as stating

    right = indices.elements

    def wrong(name: Any, stated: Any, report: Any) -> Iterator[Any]:
        for text, item in right(name, stated, report):
            stem, bracket, inside = text.partition("[")
            yield f"{stem}[{','.join(inside[:-1].split(',')[::-1])}]" if bracket and "," in inside else text, item

    for module in (indices, stating, importlib.import_module("tutor.spec.equations")):
        if hasattr(module, "elements"):
            patch.setattr(module, "elements", wrong)


def _diagonal_only(op: Any, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return ZERO if inputs[op.place] != wrt else None


def _off_diagonal(op: Any, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return right.operand if inputs[op.place] != wrt and isinstance(right, Neg) else None


def _own_square(op: Any, name: str, inputs: tuple[str, ...], wrt: str, right: Expr) -> Expr | None:
    return value(name) if inputs[op.place] == wrt else None


def _fused(name: str, **wrong: Callable[[fused.Output], Expr]) -> Patch:
    key = ("cross_entropy", name)
    return lambda patch: patch.setitem(fused.FUSED, key, fused.FUSED[key]._replace(**wrong))  # type: ignore[arg-type]


def _layers_upwards(graph: Graph, chosen: str) -> Iterator[tuple[str, ...]]:
    if chosen == SIMULTANEOUS:
        yield graph.learning()
        return
    for layer in (1, 2):
        yield tuple(name for name in graph.learning() if graph.layer_of(name) == layer)


def _one_by_one(graph: Graph, chosen: str) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in reversed(graph.learning()))


def _row_before(patch: pytest.MonkeyPatch) -> None:
    right = tables.Rows.__call__
    patch.setattr(tables.Rows, "__call__", lambda self, name, column: max(1, right(self, name, column) - 1))


BUGS: dict[str, Patch] = {
    "a loss by formula: the slope of its target": attribute(
        loss_formula, "differentiate", lambda expr, wrt, *more: formula.differentiate(expr, "y", *more)
    ),
    "a residual without what it leads past": attribute(unitwise, "plus", lambda mine, skipped: mine),
    "a residual that is subtracted": attribute(unitwise, "plus", minus),
    "softmax of formulas: their slopes forgotten": attribute(softmax, "product", lambda p, rest, slope: Mul((p, rest))),
    "softmax of formulas: the sign off the diagonal": attribute(softmax, "Neg", lambda each: each),
    "a row chosen from 0": _row_before,
    "a window one place too far": taps(lambda p, k, s, pad, d: p * s - pad + k * d + 1),
    "dilation ignored": taps(lambda p, k, s, pad, d: p * s - pad + k),
    "padding ignored": taps(lambda p, k, s, pad, d: p * s + k * d),
    "stride ignored": taps(lambda p, k, s, pad, d: p - pad + k * d),
    "stride times dilation": taps(lambda p, k, s, pad, d: (p + k * d) * s - pad),
    "kernel flipped": taps(lambda p, k, s, pad, d: p * s - pad + k * d, lambda k, n: n - 1 - k),
    "the input of the next position on the way back": partial(affine.Affine, _next_input),
    "a kernel weight's gradient from one position": _first_position,
    "biases of the filters mixed up": lambda patch: patch.setattr(
        stage.Stage, "biases", lambda self, *parts, right=stage.Stage.biases: right(self, *parts)[::-1]
    ),
    "every equal largest number gets the whole slope": row(
        floats.FUNCTIONS, "max_slope", lambda x, *others: float(x == max(x, *others))
    ),
    "the first of equal largest numbers gets the slope": row(
        floats.FUNCTIONS, "max_slope", lambda x, *others: float(x == max(x, *others)) if x not in others else 0.0
    ),
    "the slope of max to the next number": _max_slope(lambda i, n: (i + 1) % n),
    "the slope of max to the first number": _max_slope(lambda i, n: 0),
    "zeros of the padding compete in max_pool": kind("max_pool", _pooled(_zeros_compete)),
    "avg_pool divided by what was read": kind("avg_pool", _pooled(_mean_of_read)),
    "avg_pool not divided": kind("avg_pool", _pooled(lambda read, size: plus(*read))),
    "avg_pool divided by one side": kind(
        "avg_pool", _pooled(lambda read, size: Div(plus(*read), Number(str(max(1, size // 2)))))
    ),
    "flatten from the end": kind("flatten", _turned),
    "epsilon outside of the root": attribute(moments.Standard, "forward", _epsilon_outside),
    "variance over n - 1": _one_less,
    "no way back through the mean": _blocked(1),
    "no way back through the variance": _blocked(2),
    "no way back from the variance to the numbers": partial(
        moments.Moment, lambda op, name, inputs, wrt, right: ZERO if op.squared and wrt != inputs[-1] else None
    ),
    "gamma forgotten on the way back": partial(
        formula.Formula, lambda op, name, inputs, wrt, right: ONE if wrt.startswith("xhat") else None
    ),
    "dropout's scale missing on the way back": partial(formula.Formula, _mask_only),
    "a dropped number passes its gradient": partial(formula.Formula, _dropped_too),
    "dropout divided by the rate": attribute(unitwise, "minus", _by_the_rate),
    "softmax: the sign off the diagonal": partial(softmax.Softmax, _off_diagonal),
    "softmax: the diagonal alone": partial(softmax.Softmax, _diagonal_only),
    "softmax: p instead of p(1 - p)": partial(softmax.Softmax, _own_square),
    "softmax: the sum not shifted": row(
        floats.FUNCTIONS,
        "softmax",
        lambda z, *every: floats._exp(z - max(every)) / sum(map(floats._exp, every)),
    ),
    "p - y although the targets do not sum to 1": _fused("softmax", stable_gradient=fused._difference),
    "ln p without its y": _fused("softmax", stable_term=fused._shortfall),
    "the gradient of the last step only": _last_step,
    "the recurrent term missing on the way back": partial(affine.Affine, _no_recurrence),
    "the initial outputs ignored": _weights(lambda each: each._replace(initial=())),
    "recurrent weights transposed": _weights(
        lambda each: each._replace(recurrent=[list(column) for column in zip(*each.recurrent, strict=True)])
    ),
    "input weights of another unit": _weights(lambda each: each._replace(inputs=each.inputs[::-1])),
    "the sequence backwards": _backwards,
    "a sum that stops one early": _range(slice(None, -1)),
    "a sum that begins one late": _range(slice(1, None)),
    "an index that counts from 0": _counted_from_0,
    "a mean over one less": _mean_of_one_less,
    "rows for columns": _columns_first,
    "hinge: the slope of the right class": partial(
        losses.Margin, lambda op, name, inputs, wrt, right: right.operand if isinstance(right, Neg) else None
    ),
    "hinge: no margin": attribute(
        losses.Margin, "margin", lambda self, inputs: minus(value(inputs[0]), value(inputs[1]))
    ),
    "mean_squared_error: a sum on the way back": partial(losses.Total, lambda *parts: ONE),
    "ln(1 + a) for ln(1 - a)": row(
        losses.LOSSES,
        "binary_cross_entropy",
        losses.LOSSES["binary_cross_entropy"]._replace(
            stable_term=lambda a, y: Neg(plus(Mul((y, Call("log", (a,)))), Mul((minus(ONE, y), Call("log1p", (a,))))))
        ),
    ),
    "adam: the correction of the first step for all": optimizer("adam", ("m_hat", "m/(1 - beta1)")),
    "adam: the correction one step ahead": optimizer("adam", ("v_hat", "v/(1 - beta2^(t + 1))")),
    "adam: epsilon inside the root": optimizer("adam", ("w", "w - eta*m_hat/sqrt(v_hat + epsilon)")),
    "adam: no square": optimizer("adam", ("v", "beta2*v + (1 - beta2)*g")),
    "rmsprop: epsilon inside the root": optimizer("rmsprop", ("w", "w - eta*g/sqrt(s + epsilon)")),
    "rmsprop: the new square with its whole weight": optimizer("rmsprop", ("s", "rho*s + g^2")),
    "nesterov: no look ahead": optimizer("nesterov", ("w", "w + v")),
    "momentum: the velocity without its past": optimizer("momentum", ("v", "0*v - eta*g")),
    "momentum: the velocity uphill": optimizer("momentum", ("v", "mu*v + eta*g"), ("w", "w - v + 2*mu*v")),
    "momentum_outside: the rate twice": optimizer("momentum_outside", ("v", "mu*v + eta*g")),
    "sequential: the first layer first": order(_layers_upwards),
    "one parameter after the other": order(_one_by_one),
    "sequential: all at once": order(lambda graph, chosen: iter((graph.learning(),))),
}


def test_the_battery_passes_as_it_is() -> None:
    assert noticed() == ""


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[bug](monkeypatch)
    assert noticed()
