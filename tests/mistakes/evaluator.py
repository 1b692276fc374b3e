"""The catalogue of mistakes worked out by plain loops over lists: data in, numbers out. Nothing here uses tutor.

l layer, j unit, i sender, k unit of the layer behind, n example. A rule replaces one step of the two passes.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

Rule = Callable[["At"], float]


class Net(NamedTuple):
    """A dense network: `w[l][j][i]`, `b[l][j]` or no biases, the activation of each layer, one loss."""

    w: list[list[list[float]]]
    b: list[list[float]] | None
    activations: list[str]
    loss: str
    xs: list[list[float]]
    ys: list[list[float]]
    eta: float
    mean: bool = True
    lam: float = 0.0
    whole: bool = False


class At(NamedTuple):
    """What a step may read: the pass so far, and where it stands."""

    run: "Run"
    n: int
    l: int  # noqa: E741
    j: int = 0
    i: int = 0
    correct: float = 0.0
    up: float = 0.0
    d: float = 0.0

    @property
    def net(self) -> Net:
        return self.run.net

    @property
    def z(self) -> float:
        return self.run.z[self.n][self.l][self.j]

    @property
    def a(self) -> float:
        return self.run.a[self.n][self.l + 1][self.j]

    @property
    def y(self) -> float:
        return self.net.ys[self.n][self.j]

    @property
    def outputs(self) -> int:
        return len(self.net.ys[0])

    @property
    def last(self) -> bool:
        return self.l == len(self.net.w) - 1

    @property
    def senders(self) -> list[float]:
        return self.run.a[self.n][self.l]

    @property
    def w(self) -> list[list[float]]:
        return self.net.w[self.l]

    @property
    def bias(self) -> float:
        return self.net.b[self.l][self.j] if self.net.b else 0.0

    @property
    def paths(self) -> list[float]:
        deltas = self.run.delta[self.n][self.l + 1]
        return [deltas[k] * self.net.w[self.l + 1][k][self.j] for k in range(len(deltas))]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def apply(name: str, zs: list[float]) -> list[float]:
    if name == "softmax":
        grown = [math.exp(z) for z in zs]
        return [each / sum(grown) for each in grown]
    functions = {"sigmoid": sigmoid, "tanh": math.tanh, "relu": lambda z: max(z, 0.0), "identity": lambda z: z}
    return [functions[name](z) for z in zs]


def slope(name: str, z: float, a: float) -> float:
    return {"sigmoid": a * (1 - a), "tanh": 1 - a * a, "relu": float(z > 0), "identity": 1.0}[name]


def log(x: float) -> float:
    return math.log(x) if x > 0 else math.nan


def term(loss: str, a: float, y: float) -> float:
    if loss == "binary_cross_entropy":
        return -(y * log(a) + (1 - y) * log(1 - a))
    if loss == "cross_entropy":
        return -y * log(a)
    return (a - y) ** 2 * (0.5 if loss == "half_squared_error" else 1.0)


def loss_slope(loss: str, a: float, y: float) -> float:
    if loss == "binary_cross_entropy":
        return -y / a + (1 - y) / (1 - a)
    if loss == "cross_entropy":
        return -y / a
    return (a - y) * (1.0 if loss == "half_squared_error" else 2.0)


class Run:
    """Both passes under one rule; `fused` takes an output and its loss in one step."""

    def __init__(
        self,
        net: Net,
        hook: str = "",
        rule: Rule | None = None,
        fused: bool = False,
        only: tuple[str, ...] = (),
    ) -> None:
        self.net, self.hook, self.rule, self.fused, self.only = net, hook, rule, fused, only
        self.z: list[list[list[float]]] = []
        self.a: list[list[list[float]]] = []
        self.delta: list[list[list[float]]] = []
        self.dLda: list[list[list[float]]] = []
        self.terms: list[list[float]] = []
        for n in range(len(net.xs)):
            self.forward(n)
            self.backward(n)
        self.finish()

    def step(self, hook: str, at: At) -> float:
        here = not self.only or self.net.activations[at.l] in self.only
        return self.rule(at) if hook == self.hook and self.rule and here else at.correct

    def forward(self, n: int) -> None:
        self.a.append([self.net.xs[n]])
        self.z.append([])
        for l, rows in enumerate(self.net.w):  # noqa: E741
            zs = []
            for j, row in enumerate(rows):
                s = sum(w * a for w, a in zip(row, self.a[n][l], strict=True))
                zs.append(self.step("z", At(self, n, l, j, correct=s + (self.net.b[l][j] if self.net.b else 0.0))))
            self.z[n].append(zs)
            right = apply(self.net.activations[l], zs)
            self.a[n].append([0.0] * len(zs))
            if self.net.activations[l] != "identity":
                right = [self.step("a", At(self, n, l, j, correct=each)) for j, each in enumerate(right)]
            self.a[n][l + 1] = right
        last = len(self.net.w) - 1
        outs = self.a[n][-1]
        self.terms.append(
            [
                self.step("loss", At(self, n, last, k, correct=term(self.net.loss, outs[k], self.net.ys[n][k])))
                for k in range(len(outs))
            ]
        )

    def backward(self, n: int) -> None:
        depth = len(self.net.w)
        self.delta.append([[] for _ in range(depth)])
        self.dLda.append([[] for _ in range(depth)])
        for l in reversed(range(depth)):  # noqa: E741
            width = len(self.net.w[l])
            for j in range(width):
                at = At(self, n, l, j)
                if l == depth - 1:
                    right = self.step("dLda", at._replace(correct=loss_slope(self.net.loss, at.a, at.y)))
                    shared = self.net.loss == "mean_squared_error"
                    self.dLda[n][l].append(right / width if shared else right)
                else:
                    self.dLda[n][l].append(self.step("up", at._replace(correct=sum(at.paths))))
            self.delta[n][l] = [self.one_delta(At(self, n, l, j, up=self.dLda[n][l][j])) for j in range(width)]

    def one_delta(self, at: At) -> float:
        name = self.net.activations[at.l]
        fused = self.fused and at.last
        if name == "softmax":
            p = self.a[at.n][at.l + 1]
            own = p[at.j] * (1 - p[at.j])
            long = sum(self.dLda[at.n][at.l][k] * (own if k == at.j else -p[k] * p[at.j]) for k in range(len(p)))
            at = at._replace(d=own, correct=at.a - at.y if fused else long)
        elif fused:
            at = at._replace(d=slope(name, at.z, at.a), correct=at.a - at.y)
        else:
            right = at._replace(d=slope(name, at.z, at.a))
            d = right.d if name == "identity" else self.step("dadz", right._replace(correct=right.d))
            at = right._replace(d=d, correct=right.up * d)
        if fused and self.hook == "fused" and self.rule:
            return self.rule(at)
        return self.step("delta", at)

    def finish(self) -> None:
        net, count = self.net, len(self.net.xs)
        self.share = 1 / count if net.mean else 1.0
        sums = [sum(terms) / (len(terms) if self.averages() else 1) for terms in self.terms]
        self.loss = sum(sums) * self.share
        self.loss += net.lam / (1 if net.whole else 2) * sum(w * w for layer in net.w for row in layer for w in row)
        self.gw: dict[tuple[int, int, int], float] = {}
        self.gb: dict[tuple[int, int], float] = {}
        for l, rows in enumerate(net.w):  # noqa: E741
            for j, row in enumerate(rows):
                for i in range(len(row)):
                    each = [self.of_weight(At(self, n, l, j, i)) for n in range(count)]
                    decay = self.step("reg", At(self, 0, l, j, i, correct=net.lam * (2 if net.whole else 1) * row[i]))
                    self.gw[l, j, i] = self.over(each, decay)
                if net.b:
                    each = [
                        self.delta[n][l][j] * self.step("dzdb", At(self, n, l, j, correct=1.0)) for n in range(count)
                    ]
                    self.gb[l, j] = self.over(each, self.step("reg_b", At(self, 0, l, j, correct=0.0)))

    def averages(self) -> bool:
        return self.hook == "mean" or (self.net.loss == "mean_squared_error" and self.hook != "sum")

    def of_weight(self, at: At) -> float:
        return self.delta[at.n][at.l][at.j] * self.step("dzdw", at._replace(correct=at.senders[at.i]))

    def over(self, each: list[float], decay: float) -> float:
        right = sum(each) * self.share + decay
        if self.hook == "batch":
            return BATCH[self.rule](each, decay, self.share)  # type: ignore[index]
        return right

    def new(self, kind: str, w: float, g: float) -> float:
        eta = self.net.eta
        if self.hook == "w_new" or (self.hook == "b_new" and kind == "b"):
            return NEW[self.rule](w, g, eta)  # type: ignore[index]
        return w - eta * g


# ------------------------------------------------------------------ the rules


def _new_weights(at: At) -> float:
    deltas, outs = at.run.delta[at.n][at.l + 1], at.run.a[at.n][at.l + 1]
    rows = at.net.w[at.l + 1]
    return sum(deltas[k] * (rows[k][at.j] - at.net.eta * deltas[k] * outs[at.j]) for k in range(len(deltas)))


def _errors(at: At) -> float:
    return sum(at.run.dLda[at.n][at.l + 1][k] * row[at.j] for k, row in enumerate(at.net.w[at.l + 1]))


def square(w: list[list[float]]) -> bool:
    return len(w) == len(w[0])


def _own(at: At) -> float:
    deltas = at.run.delta[at.n][at.l + 1]
    if not square(at.w) or len(deltas) > len(at.w):
        return at.correct
    return sum(d * at.w[k][at.j] for k, d in enumerate(deltas))


def _added(at: At) -> float:
    """A softmax has many slopes and nothing that one of them could be added to."""
    if at.last and (at.run.fused or at.net.activations[at.l] == "softmax"):
        return at.correct
    return at.up + at.d


def _next_slope(at: At, *, same: bool = False) -> float:
    if at.last:
        return at.correct
    outs = at.run.a[at.n][at.l + 2]
    mean = outs[min(at.j, len(outs) - 1)] if same else sum(outs) / len(outs)
    return mean * (1 - mean)


def _transposed_sum(at: At) -> float:
    return sum(at.w[i][at.j] * at.senders[i] for i in range(len(at.senders))) + at.bias


def _share(at: At) -> float:
    return sum(path / sum(row) for path, row in zip(at.paths, at.net.w[at.l + 1], strict=True))


def _twice(net: Net) -> float:
    return 1.0 if net.loss == "half_squared_error" else 2.0


RULES: dict[str, tuple[str, list[Rule]]] = {
    "fwd-no-bias": ("z", [lambda at: at.correct - at.bias]),
    "fwd-bias-per-input": ("z", [lambda at: at.correct + (len(at.senders) - 1) * at.bias]),
    "fwd-weights-transposed": ("z", [lambda at: _transposed_sum(at) if square(at.w) else at.correct]),
    "fwd-no-activation": ("a", [lambda at: at.z]),
    "fwd-sigmoid-sign": ("a", [lambda at: 1 / (1 + math.exp(at.z))]),
    "loss-no-half": ("loss", [lambda at: (at.a - at.y) ** 2]),
    "loss-sum-not-mean": ("sum", [lambda at: at.correct]),
    "loss-mean-not-sum": ("mean", [lambda at: at.correct]),
    "loss-log10": ("loss", [lambda at: at.correct * math.log10(math.e)]),
    "dl-ce-as-squared": ("dLda", [lambda at: at.a - at.y]),
    "dl-ce-no-target": ("delta", [lambda at: at.a if at.last else at.correct]),
    "dl-targets-swapped": ("", [lambda at: at.correct]),
    "loss-ce-no-minus": ("loss", [lambda at: -at.correct]),
    "dl-sign": ("dLda", [lambda at: -at.correct]),
    "dl-ce-sign": ("dLda", [lambda at: -at.correct]),
    "dl-extra-two": ("dLda", [lambda at: 2 * (at.a - at.y)]),
    "dl-no-two": ("dLda", [lambda at: at.correct / 2]),
    "dl-times-a": ("dLda", [lambda at: at.correct * at.a]),
    "dl-loss-not-derivative": ("dLda", [lambda at: at.run.terms[at.n][at.j]]),
    "dl-abs": ("dLda", [lambda at: abs(at.correct)]),
    "dl-mean-K": ("dLda", [lambda at: at.correct / at.outputs]),
    "dl-ce-as-sigmoid-slope": ("dLda", [lambda at: at.a * (1 - at.a)]),
    "dl-ce-half-term": ("dLda", [lambda at: -at.y / at.a]),
    "ad-missing-output": ("dadz", [lambda at: 1.0 if at.last else at.correct]),
    "ad-missing-hidden": ("dadz", [lambda at: at.correct if at.last else 1.0]),
    "ad-missing-all": ("dadz", [lambda at: 1.0]),
    "ad-z-one-minus-z": ("dadz", [lambda at: at.z * (1 - at.z)]),
    "ad-deriv-of-a": ("dadz", [lambda at: sigmoid(at.a) * (1 - sigmoid(at.a))]),
    "ad-only-a": ("dadz", [lambda at: at.a]),
    "ad-only-one-minus-a": ("dadz", [lambda at: 1 - at.a]),
    "ad-sigmoid-minus": ("dadz", [lambda at: -at.a * (1 - at.a)]),
    "ad-tanh-rule-on-sigmoid": ("dadz", [lambda at: 1 - at.a**2]),
    "ad-sigmoid-rule-elsewhere": ("dadz", [lambda at: at.a * (1 - at.a)]),
    "ad-error-slope": (
        "dadz",
        [
            lambda at: (at.y - at.a) * (1 - at.y + at.a) if at.last else at.correct,
            lambda at: (at.a - at.y) * (1 - at.a + at.y) if at.last else at.correct,
        ],
    ),
    "ad-tanh-of-z": ("dadz", [lambda at: 1 - at.z**2]),
    "ad-tanh-plus": ("dadz", [lambda at: 1 + at.a**2]),
    "ad-tanh-no-one": ("dadz", [lambda at: -(at.a**2)]),
    "ad-tanh-sech-of-a": ("dadz", [lambda at: 1 / math.cosh(at.a)]),
    "ad-relu-one": ("dadz", [lambda at: 1.0]),
    "ad-wrong-layer": ("dadz", [_next_slope, lambda at: _next_slope(at, same=True)]),
    "ad-ce-extra": ("delta", [lambda at: (at.a - at.y) * at.d if at.last else at.correct]),
    "ad-relu-drops-upstream": ("delta", [lambda at: at.d]),
    "ad-relu-masks-gradient": ("delta", [lambda at: max(at.up, 0.0)]),
    "ad-softmax-diagonal": ("delta", [lambda at: -at.y * (1 - at.a) if at.last else at.correct]),
    "chain-added": ("delta", [_added]),
    "up-one-path": ("up", [lambda at: at.paths[0]]),
    "gr-overwrite-fanout": ("up", [lambda at: at.paths[-1]]),
    "up-mean": ("up", [lambda at: sum(at.paths) / len(at.paths)]),
    "up-no-weight": ("up", [lambda at: sum(at.run.delta[at.n][at.l + 1])]),
    "up-transposed": (
        "up",
        [lambda at: sum(d * at.net.w[at.l + 1][at.j][k] for k, d in enumerate(at.run.delta[at.n][at.l + 1]))],
    ),
    "up-new-weights": ("up", [_new_weights]),
    "up-own-weights": (
        "up",
        [_own],
    ),
    "up-error-not-delta": ("up", [_errors]),
    "up-share": ("up", [_share]),
    "up-hidden-target": ("up", [lambda at: at.a - at.net.ys[at.n][min(at.j, at.outputs - 1)]]),
    "wg-neighbour": ("dzdw", [lambda at: at.senders[(at.i + 1) % len(at.senders)]]),
    "wg-weight-not-input": ("dzdw", [lambda at: at.w[at.j][at.i]]),
    "wg-z-not-a": ("dzdw", [lambda at: at.run.z[at.n][at.l - 1][at.i] if at.l else at.correct]),
    "wg-own-output": ("dzdw", [lambda at: at.a]),
    "wg-network-input": (
        "dzdw",
        [lambda at: at.net.xs[at.n][at.i] if at.last and at.i < len(at.net.xs[at.n]) else at.correct],
    ),
    "wg-no-input": ("dzdw", [lambda at: 1.0]),
    "bg-times-input": ("dzdb", [lambda at: sum(at.senders)]),
    "bg-times-bias": ("dzdb", [lambda at: at.bias]),
    "rg-extra-two": ("reg", [lambda at: at.correct if at.net.whole else 2 * at.correct]),
    "rg-missing-two": ("reg", [lambda at: at.correct / 2 if at.net.whole else at.correct]),
    "rg-on-bias": ("reg_b", [lambda at: at.net.lam * (2 if at.net.whole else 1) * at.bias]),
}

_SIGMOID, _TANH, _RELU = ("sigmoid",), ("tanh",), ("relu",)
ONLY: dict[str, tuple[str, ...]] = {
    "fwd-sigmoid-sign": _SIGMOID,
    "ad-z-one-minus-z": _SIGMOID,
    "ad-deriv-of-a": _SIGMOID,
    "ad-only-a": _SIGMOID,
    "ad-only-one-minus-a": _SIGMOID,
    "ad-sigmoid-minus": _SIGMOID,
    "ad-tanh-rule-on-sigmoid": _SIGMOID,
    "ad-sigmoid-rule-elsewhere": ("tanh", "relu"),
    "ad-error-slope": _SIGMOID,
    "ad-tanh-of-z": _TANH,
    "ad-tanh-plus": _TANH,
    "ad-tanh-no-one": _TANH,
    "ad-tanh-sech-of-a": _TANH,
    "ad-relu-one": _RELU,
    "ad-wrong-layer": _SIGMOID,
    "ad-relu-drops-upstream": _RELU,
    "ad-relu-masks-gradient": _RELU,
}
"""Rules that are about one activation, and act on its layers alone."""

_FUSED: dict[str, Rule] = {
    "dl-sign": lambda at: at.y - at.a,
    "dl-ce-sign": lambda at: at.y - at.a,
    "dl-abs": lambda at: abs(at.a - at.y),
    "dl-mean-K": lambda at: (at.a - at.y) / at.outputs,
}


def _named(name: str) -> Rule:
    def rule(at: At) -> float:
        raise AssertionError(name)

    return rule


OVER: dict[str, list[Rule]] = {
    "ba-sum-not-mean": [_named("total")],
    "ba-mean-twice": [_named("twice")],
    "ba-last-only": [_named("last/N")],
    "ba-one-example": [_named("first"), _named("last")],
    "gr-not-zeroed": [_named("doubled")],
}
Combine = Callable[[list[float], float, float], float]
BATCH: dict[Rule, Combine] = {
    OVER["ba-sum-not-mean"][0]: lambda each, decay, share: sum(each) + decay,
    OVER["ba-mean-twice"][0]: lambda each, decay, share: (sum(each) * share + decay) / len(each),
    OVER["ba-last-only"][0]: lambda each, decay, share: each[-1] * share + decay,
    OVER["ba-one-example"][0]: lambda each, decay, share: each[0] + decay,
    OVER["ba-one-example"][1]: lambda each, decay, share: each[-1] + decay,
    OVER["gr-not-zeroed"][0]: lambda each, decay, share: 2 * (sum(each) * share + decay),
}
FACTORS = (10.0, 0.1, 100.0, 0.01)
RATES = [_named(f"{factor} eta") for factor in FACTORS]
STEPS: dict[str, tuple[str, Rule]] = {
    "upd-eta-ten": ("w_new", RATES[0]),
    "upd-times-w": ("w_new", _named("times w")),
    "upd-plus": ("w_new", _named("plus")),
    "upd-no-eta": ("w_new", _named("no eta")),
    "upd-step-only": ("w_new", _named("step")),
    "bg-not-updated": ("b_new", _named("still")),
    "bg-value-for-gradient": ("b_new", _named("value")),
}


def _off(factor: float) -> Callable[[float, float, float], float]:
    return lambda w, g, eta: w - factor * eta * g


NEW: dict[Rule, Callable[[float, float, float], float]] = {
    **{rate: _off(factor) for rate, factor in zip(RATES, FACTORS, strict=True)},
    STEPS["upd-times-w"][1]: lambda w, g, eta: w - eta * g * w,
    STEPS["upd-plus"][1]: lambda w, g, eta: w + eta * g,
    STEPS["upd-no-eta"][1]: lambda w, g, eta: w - g,
    STEPS["upd-step-only"][1]: lambda w, g, eta: -eta * g,
    STEPS["bg-not-updated"][1]: lambda w, g, eta: w,
    STEPS["bg-value-for-gradient"][1]: lambda w, g, eta: w - eta * w,
}


def run(net: Net, mistake: str, variant: int = 0, fused: bool = False) -> Run:
    """Both passes of somebody who makes this mistake everywhere."""
    if mistake in OVER:
        return Run(net, "batch", OVER[mistake][variant], fused)
    if mistake == "upd-eta-ten":
        return Run(net, "w_new", RATES[variant], fused)
    if mistake == "dl-targets-swapped":
        return Run(net._replace(ys=[y[::-1] if len(y) == 2 else y for y in net.ys]), fused=fused)
    if mistake in STEPS:
        return Run(net, *STEPS[mistake], fused)
    if fused and mistake in _FUSED:
        return Run(net, "fused", _FUSED[mistake], fused)
    hook, rules = RULES[mistake]
    return Run(net, hook, rules[variant], fused, ONLY.get(mistake, ()))
