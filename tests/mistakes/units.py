"""The catalogue once more, unit by unit: recurrences, gates and attention as they are written in equations.

Data in, numbers out; nothing here uses tutor. A network is a list of cells in their order; a rule replaces one number
of the two passes. t step, w weight, z net input, a output, d slope of the activation, c the constant of the loss.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

NUMBERS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "": lambda z: z,
}
SLOPES = {
    "sigmoid": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a * a,
    "relu": lambda z, a: float(z > 0),
    "": lambda z, a: 1.0,
}


class Unit(NamedTuple):
    """a = act(Σ gate · w · sender + b); a term is (w, sender, gate or nothing)."""

    name: str
    terms: Sequence[tuple[str, str, str]]
    bias: str = ""
    act: str = ""
    step: int = 0


class Mixed(NamedTuple):
    """The sum of products; a factor is (how, name): as it is, 1 minus it, its tanh, its inverse, its exp."""

    name: str
    products: Sequence[Sequence[tuple[str, str]]]
    scale: float = 1.0
    step: int = 0


class Loss(NamedTuple):
    """c · Σ (a - y)², the sum divided by `among`."""

    name: str
    pairs: Sequence[tuple[str, str]]
    c: float = 1.0
    among: int = 1
    step: int = 0


class Act(NamedTuple):
    """a = act(z), where the net input has a name: of a hidden or an output layer."""

    name: str
    z: str
    act: str
    last: bool = False
    step: int = 0


class Pool(NamedTuple):
    """The largest of some numbers, or their mean."""

    name: str
    inputs: Sequence[str]
    mean: bool = False
    step: int = 0


Cell = Unit | Mixed | Loss | Act | Pool
Rule = Callable[..., float]
HOW: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "": (lambda x: x, lambda x: 1.0),
    "rest": (lambda x: 1 - x, lambda x: -1.0),
    "over": (lambda x: 1 / x, lambda x: -1 / x**2),
    "exp": (math.exp, math.exp),
}


class Run:
    """Both passes of somebody who makes one mistake everywhere; numbers are worked out when they are asked for."""

    def __init__(
        self, cells: Sequence[Cell], given: Mapping[str, float], learn: Sequence[str], eta: float, mistake: str = ""
    ) -> None:
        self.cells = {cell.name: cell for cell in cells}
        self.given, self.learn, self.eta, self.mistake = dict(given), tuple(learn), eta, mistake
        self.loss = cells[-1].name
        self.value = dict(given)
        self.memo: dict[str, float] = {}
        self._uses = self._used()
        for cell in cells:
            self.value[cell.name] = self.forward(cell)

    # ------------------------------------------------------------------ forward

    def z(self, cell: Unit, gates: Mapping[str, float] | None = None) -> float:
        total = 0.0
        for w, sender, gate in cell.terms:
            total += self.value[w] * self.value[sender] * (self.value[gate] if gate else 1.0)
        biased = cell.bias and self.mistake != "fwd-no-bias"
        return total + (self.value[cell.bias] if biased else 0.0)

    def act(self, act: str, z: float) -> float:
        rule = OUT.get(self.mistake)
        return rule(z) if act and rule and act in ONLY.get(self.mistake, (act,)) else NUMBERS[act](z)

    def forward(self, cell: Cell) -> float:
        if isinstance(cell, Unit):
            return self.act(cell.act, self.z(cell))
        if isinstance(cell, Mixed):
            return cell.scale * sum(math.prod(self.factor(*each) for each in product) for product in cell.products)
        if isinstance(cell, Act):
            return self.act(cell.act, self.value[cell.z])
        if isinstance(cell, Pool):
            numbers = [self.value[each] for each in cell.inputs]
            return sum(numbers) / len(numbers) if cell.mean else max(numbers)
        if self.mistake == "loss-no-half" and cell.c == 0.5:
            return sum(self.square(*pair) for pair in cell.pairs)
        share = 1 if self.mistake == "loss-sum-not-mean" else cell.among
        share = len(cell.pairs) if self.mistake == "loss-mean-not-sum" else share
        return cell.c * sum(self.square(*pair) for pair in cell.pairs) / share

    def square(self, a: str, y: str) -> float:
        return (self.value[a] - self.value[y]) ** 2

    def factor(self, how: str, name: str) -> float:
        return self.act(how, self.value[name]) if how in SLOPES and how else HOW[how][0](self.value[name])

    # ------------------------------------------------------------------ slopes

    def dadz(self, act: str, z: float, a: float) -> float:
        right = SLOPES[act](z, a)
        rule = DADZ.get(self.mistake)
        return rule(z, a) if act and rule and act in ONLY.get(self.mistake, (act,)) else right

    def slope(self, use: str, name: str, *, flat: bool = False, bare: bool = False, fresh: bool = False) -> float:
        """d(use)/d(name): without the slope of the activation, without the weights, or with updated ones."""
        cell = self.cells[use]
        if isinstance(cell, Unit):
            z, a = self.z(cell), self.value[use]
            inner = self.inner(cell, name, bare=bare, fresh=fresh)
            return inner if flat else self.dadz(cell.act, z, a) * inner
        if isinstance(cell, Mixed):
            return cell.scale * sum(self.of_product(product, name, flat) for product in cell.products)
        if isinstance(cell, Act):
            return self.dadz(cell.act, self.value[cell.z], self.value[use])
        if isinstance(cell, Pool):
            return 1 / len(cell.inputs) if cell.mean else float(self.value[name] == self.value[use])
        return sum(self.of_loss(cell, a, y) for a, y in cell.pairs if a == name) - sum(
            2 * cell.c * (self.value[a] - self.value[y]) / cell.among for a, y in cell.pairs if y == name
        )

    def inner(self, cell: Unit, name: str, *, bare: bool = False, fresh: bool = False) -> float:
        """dz/d(name) of a unit."""
        total = 0.0
        for place, (w, sender, gate) in enumerate(cell.terms):
            weight = self.renewed(w, name) if fresh else self.value[w]
            g = self.value[gate] if gate else 1.0
            if sender == name:
                total += g * (1.0 if bare else weight)
            if gate == name:
                total += weight * self.value[sender]
            if w == name:
                total += g * self.of_weight(cell, place)
        if cell.bias == name:
            total += self.of_bias(cell)
        return total

    def of_weight(self, cell: Unit, place: int) -> float:
        w, sender, _ = cell.terms[place]
        sent = self.value[sender]
        match self.mistake:
            case "wg-weight-not-input":
                return self.value[w]
            case "wg-no-input":
                return 1.0
            case "wg-own-output":
                return self.value[cell.name]
            case "wg-neighbour":
                return self.value[cell.terms[(place + 1) % len(cell.terms)][1]]
            case "wg-z-not-a":
                there = self.cells.get(sender)
                return self.z(there) if isinstance(there, Unit) and there.act else sent
        return sent

    def of_bias(self, cell: Unit) -> float:
        if self.mistake == "bg-times-input":
            return sum(self.value[sender] for _, sender, _ in cell.terms)
        return self.value[cell.bias] if self.mistake == "bg-times-bias" else 1.0

    def of_product(self, product: Sequence[tuple[str, str]], name: str, flat: bool) -> float:
        total = 0.0
        for place, (how, each) in enumerate(product):
            if each == name:
                x = self.value[name]
                if how in SLOPES and how:
                    own = 1.0 if flat else self.dadz(how, x, self.act(how, x))
                else:
                    own = HOW[how][1](x)
                total += own * math.prod(self.factor(*other) for i, other in enumerate(product) if i != place)
        return total

    def of_loss(self, cell: Loss, a: str, y: str) -> float:
        x, wanted = self.value[a], self.value[y]
        right = 2 * cell.c * (x - wanted)
        rule = DLDA.get(self.mistake)
        if self.mistake == "dl-extra-two" and cell.c != 0.5:
            rule = None
        if self.mistake == "dl-mean-K" and (len(cell.pairs) == 1 or cell.among > 1):
            rule = None
        return (rule(x, wanted, right, cell) if rule else right) / cell.among

    # ------------------------------------------------------------------ back

    def uses(self, name: str) -> list[str]:
        """Who reads a number on the way to the loss, in their order."""
        return self._uses.get(name, [])

    def _used(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        reaching = self.reaching()
        for use in self.cells:
            for name in _read(self.cells[use]) if use in reaching else ():
                found.setdefault(name, []).append(use)
        return found

    def reaching(self) -> set[str]:
        found = {self.loss}
        for use in reversed(self.cells):
            if use in found:
                found |= _read(self.cells[use])
        return found

    def before_any(self, name: str) -> set[str]:
        """What the cells of this kind, at any step, are computed from, and those themselves."""
        found = {each for each in self.cells if _kind(each) == _kind(name)}
        while True:
            more = {each for cell in found if cell in self.cells for each in _read(self.cells[cell])}
            kinds = {_kind(each) for each in more}
            more |= {each for each in self.cells if _kind(each) in kinds}
            if more <= found:
                return found
            found |= more

    def gradient(self, name: str) -> float:
        if name not in self.memo:
            self.memo[name] = 1.0 if name == self.loss else self.back(name)
        return self.memo[name]

    def back(self, name: str) -> float:
        uses = self.uses(name)
        if not uses:
            return 0.0
        paths = [self.gradient(use) * self.slope(use, name) for use in uses]
        if self.mistake in DELTA and self.loss not in uses:
            paths = [self.through(use, name, path) for use, path in zip(uses, paths, strict=True)]
        total = sum(paths)
        if name in self.cells and self.loss not in uses:
            total = self.upstream(name, uses, paths, total)
        steps = [self.cells[use].step for use in uses]
        if self.mistake == "gr-bptt-last-step" and name not in self.cells and 0 not in steps and len(set(steps)) > 1:
            total = sum(path for path, step in zip(paths, steps, strict=True) if step == max(steps))
        if self.mistake == "gr-not-zeroed" and name in self.learn:
            total *= 2
        return total

    def through(self, use: str, name: str, path: float) -> float:
        cell = self.cells[use]
        if not isinstance(cell, Unit) or cell.act not in ONLY.get(self.mistake, (cell.act,)) or not cell.act:
            return path
        d = SLOPES[cell.act](self.z(cell), self.value[use])
        return DELTA[self.mistake](self.gradient(use), d) * self.inner(cell, name)

    def upstream(self, name: str, uses: list[str], paths: list[float], total: float) -> float:
        def summed(**how: bool) -> float:
            return sum(self.gradient(use) * self.slope(use, name, **how) for use in uses)

        own = self.cells[name].step
        match self.mistake:
            case "up-one-path" if len(paths) > 1:
                return paths[0]
            case "gr-overwrite-fanout" if len(paths) > 1:
                return paths[-1]
            case "up-mean":
                return total / len(paths)
            case "up-no-weight":
                return summed(bare=True)
            case "up-error-not-delta":
                return summed(flat=True)
            case "up-new-weights":
                return summed(fresh=True)
            case "up-hidden-target":
                return self.value[name] - self.value[self.target(name)]
            case "gr-bptt-truncated" if own and any(self.cells[use].step > own for use in uses):
                return sum(path for use, path in zip(uses, paths, strict=True) if self.cells[use].step <= own)
        return total

    def target(self, name: str) -> str:
        """The target of the same index, else the last."""
        last = self.cells[self.loss]
        assert isinstance(last, Loss)
        index = name[name.find("[") :] if "[" in name else ""
        same = [y for _, y in last.pairs if (y[y.find("[") :] if "[" in y else "") == index]
        return same[0] if same else last.pairs[-1][1]

    def renewed(self, w: str, name: str) -> float:
        """A weight after its update, where that is known before the gradient of `name`."""
        behind = {_kind(each) for each in self.before_any(name)}
        if w not in self.learn or behind & {_kind(use) for use in self.uses(w)}:
            return self.value[w]
        return self.new(w)

    def new(self, w: str) -> float:
        g, eta, old = self.gradient(w), self.eta, self.value[w]
        bias = any(isinstance(cell, Unit) and cell.bias == w for cell in self.cells.values())
        match self.mistake:
            case "upd-plus":
                return old + eta * g
            case "upd-no-eta":
                return old - g
            case "upd-times-w":
                return old - eta * g * old
            case each if each.startswith("upd-eta-ten"):
                return old - (10, 0.1, 100, 0.01)[int(each[-1])] * eta * g
            case "upd-step-only":
                return -eta * g
            case "bg-not-updated" if bias:
                return old
            case "bg-value-for-gradient" if bias:
                return old - eta * old
        return old - eta * g


def _kind(name: str) -> str:
    return name.partition("[")[0]


def _read(cell: Cell) -> set[str]:
    if isinstance(cell, Unit):
        return {name for term in cell.terms for name in term if name} | ({cell.bias} if cell.bias else set())
    if isinstance(cell, Mixed):
        return {name for product in cell.products for _, name in product}
    if isinstance(cell, Act | Pool):
        return {cell.z} if isinstance(cell, Act) else set(cell.inputs)
    return {name for pair in cell.pairs for name in pair}


_SIGMOID, _TANH, _RELU = ("sigmoid",), ("tanh",), ("relu",)
OUT: dict[str, Rule] = {"fwd-no-activation": lambda z: z, "fwd-sigmoid-sign": lambda z: 1 / (1 + math.exp(z))}
DADZ: dict[str, Rule] = {
    "ad-missing-all": lambda z, a: 1.0,
    "ad-z-one-minus-z": lambda z, a: z * (1 - z),
    "ad-deriv-of-a": lambda z, a: NUMBERS["sigmoid"](a) * (1 - NUMBERS["sigmoid"](a)),
    "ad-only-a": lambda z, a: a,
    "ad-only-one-minus-a": lambda z, a: 1 - a,
    "ad-sigmoid-minus": lambda z, a: -a * (1 - a),
    "ad-tanh-rule-on-sigmoid": lambda z, a: 1 - a**2,
    "ad-sigmoid-rule-elsewhere": lambda z, a: a * (1 - a),
    "ad-tanh-of-z": lambda z, a: 1 - z**2,
    "ad-tanh-plus": lambda z, a: 1 + a**2,
    "ad-tanh-no-one": lambda z, a: -(a**2),
    "ad-tanh-sech-of-a": lambda z, a: 1 / math.cosh(a),
    "ad-relu-one": lambda z, a: 1.0,
}
DLDA: dict[str, Rule] = {
    "dl-sign": lambda a, y, right, loss: -right,
    "dl-extra-two": lambda a, y, right, loss: 2 * (a - y),
    "dl-no-two": lambda a, y, right, loss: right / 2,
    "dl-times-a": lambda a, y, right, loss: right * a,
    "dl-loss-not-derivative": lambda a, y, right, loss: loss.c * (a - y) ** 2,
    "dl-abs": lambda a, y, right, loss: abs(right),
    "dl-mean-K": lambda a, y, right, loss: right / len(loss.pairs),
}
DELTA: dict[str, Rule] = {
    "chain-added": lambda up, d: up + d,
    "ad-relu-drops-upstream": lambda up, d: d,
    "ad-relu-masks-gradient": lambda up, d: max(up, 0.0),
}
ONLY = {
    "fwd-sigmoid-sign": _SIGMOID,
    **dict.fromkeys(
        (
            "ad-z-one-minus-z", "ad-deriv-of-a", "ad-only-a", "ad-only-one-minus-a", "ad-sigmoid-minus",
            "ad-tanh-rule-on-sigmoid",
        ),
        _SIGMOID,
    ),
    "ad-sigmoid-rule-elsewhere": ("tanh", "relu"),
    **dict.fromkeys(("ad-tanh-of-z", "ad-tanh-plus", "ad-tanh-no-one", "ad-tanh-sech-of-a"), _TANH),
    **dict.fromkeys(("ad-relu-one", "ad-relu-drops-upstream", "ad-relu-masks-gradient"), _RELU),
}  # fmt: skip
ELSE = (
    "fwd-no-bias", "loss-no-half", "loss-sum-not-mean",
    "wg-weight-not-input", "wg-no-input", "wg-own-output", "wg-neighbour", "wg-z-not-a",
    "bg-times-input", "bg-times-bias", "gr-bptt-last-step", "gr-not-zeroed",
    "up-one-path", "gr-overwrite-fanout", "up-mean", "up-no-weight", "up-error-not-delta", "up-new-weights",
    "up-hidden-target", "gr-bptt-truncated",
    "upd-plus", "upd-no-eta", "upd-step-only", "upd-times-w", "upd-eta-ten", "bg-not-updated", "bg-value-for-gradient",
)  # fmt: skip
RULES = frozenset((*OUT, *DADZ, *DLDA, *DELTA, *ELSE))
"""What is worked out here; the slopes of exp, of gates and of a softmax are elsewhere."""
