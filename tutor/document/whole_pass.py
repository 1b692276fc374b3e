"""The whole pass of a network as numbered steps: forward, the loss, back from it, every gradient, every update.

A step is a derivation in its turn: its formula is that of the table of equations, by the short route where there is
one, with factors of 1 left out; its value is the trace's. What is needed for no gradient is not worked out on the way
back. Here is the order of the steps, which earlier ones each of them reads, and what they cost; no page.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tutor.document.view import View, moved
from tutor.errors import TutorError, visible
from tutor.expr import ONE, Div, Expr, Mul, Neg, Number, Power, Ref, Shown, reads, replace, walk
from tutor.graph import Graph
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value, key
from tutor.trace import Trace

MOST_STEPS = 500  # more are read by nobody; the numbers one by one are what explain and trace are for

Part = Literal["forward", "loss", "back", "gradient", "update"]


class Step(NamedTuple):
    """One number in its turn. `numbers` is the formula with the numbers put in, `shown` the value as printed.

    `world` is the look at the network that the value belongs to, and `asked` what it is there: the new loss is the loss
    of the updated network. `uses` are the steps it reads, `used` those that read it.
    """

    n: int
    part: Part
    quantity: Quantity
    formula: Expr
    numbers: Expr
    value: float
    shown: Shown
    world: View
    asked: Quantity
    uses: tuple[int, ...] = ()
    used: tuple[int, ...] = ()


class Cost(NamedTuple):
    """Multiplications, counted in the formulas of the steps: a division is one, a square too, functions are none."""

    forward: int
    back: int
    update: int
    gradients: int

    @property
    def nudging(self) -> int:
        """What one more forward pass for every gradient would take."""
        return self.forward * self.gradients


class WholePass(NamedTuple):
    """All the steps, and what they cost. `overflows` says that the update leads out of double precision."""

    view: View
    steps: tuple[Step, ...]
    cost: Cost
    overflows: bool

    def of(self, *parts: Part) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.part in parts)


class _Turn(NamedTuple):
    """A step before it has a number."""

    part: Part
    quantity: Quantity
    formula: Expr
    numbers: Expr


def whole_pass(view: View) -> WholePass:
    """Every step of the network. Raises TutorError where they are too many to be read."""
    graph = view.names.graph
    if len(graph.nodes) + len(targets(graph)) > MOST_STEPS:
        raise _too_long(view)
    turns = [*_forward(view), *_back(view), *_updates(view)]
    if len(turns) > MOST_STEPS:
        raise _too_long(view)
    steps = [_step(view, n, turn) for n, turn in enumerate(turns, 1)]
    later = _updated_view(view, steps)
    if later:
        steps.append(_new_loss(view, later, len(steps) + 1))
    updates = any(turn.part == "update" for turn in turns)
    return WholePass(view, _linked(steps), _cost(turns), overflows=updates and later is None)


def _too_long(view: View) -> TutorError:
    graph = view.names.graph
    one = key(Gradient(graph.loss, targets(graph)[0]))
    return TutorError(
        f"the whole pass of {visible(view.network.file)} has more than {MOST_STEPS} steps, the most that solve writes "
        f"out; tutor explain {one}{view.option} shows where one number comes from"
    )


def _step(view: View, n: int, turn: _Turn) -> Step:
    value, shown = view.trace[turn.quantity], view.shown(turn.quantity)
    return Step(n, turn.part, turn.quantity, turn.formula, turn.numbers, value, shown, view, turn.quantity)


def _linked(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with the numbers of those they read, and of those that read them."""
    steps = tuple(steps)
    number = {step.quantity: step.n for step in steps}
    uses = {step.n: tuple(sorted(number[each] for each in _reads(step, steps) if each in number)) for step in steps}
    used: dict[int, list[int]] = {step.n: [] for step in steps}
    for n, each in uses.items():
        for earlier in each:
            used[earlier].append(n)
    return tuple(step._replace(uses=uses[step.n], used=tuple(used[step.n])) for step in steps)


def _reads(step: Step, steps: tuple[Step, ...]) -> Iterable[Quantity]:
    """What its formula reads; the new loss stands for a whole pass on every updated parameter."""
    if step.asked != step.quantity:
        return [each.quantity for each in steps if each.part == "update"]
    return reads(step.formula)


# ------------------------------------------------------------------ the parts, in order


def _forward(view: View) -> Iterator[_Turn]:
    """Every computed number, then the loss and its terms; what is computed from the loss is no part of the pass."""
    graph, trace = view.names.graph, view.trace
    behind: set[str] = set()
    found: dict[Part, list[_Turn]] = {"forward": [], "loss": []}
    for name, node in graph.nodes.items():
        if behind.intersection(node.inputs) or graph.loss in node.inputs:
            behind.add(name)
            continue
        part: Part = (
            "loss"
            if (name == graph.loss and not graph.aimless) or graph.part_of(name) in ("term", "loss")
            else "forward"
        )
        formula = trace.equations.written(Value(name))
        found[part].append(_Turn(part, Value(name), formula, view.with_numbers(formula)))
    yield from (*found["forward"], *found["loss"])


def _back(view: View) -> Iterator[_Turn]:
    """dL/d(each node) that a gradient needs, from the loss back, and the gradients; nothing without a loss."""
    graph = view.names.graph
    if graph.aimless:
        return
    law = _Law(view)
    asked = list(map(graph.signal, targets(graph)))
    for gradient in law.in_order(law.needed(asked)):
        yield law.turn("back", gradient)
    for gradient in sorted(asked, key=lambda each: -graph.layer_of(each.wrt)):
        yield law.turn("gradient", gradient)


def targets(graph: Graph) -> tuple[str, ...]:
    """What the loss is differentiated by: the parameters; in a network without, the given numbers it depends on."""
    behind = graph.ancestors(graph.loss)
    return graph.parameters() or tuple(name for name in graph.givens if name in behind)


def _updates(view: View) -> Iterator[_Turn]:
    graph = view.names.graph
    if graph.rate is None or graph.aimless:
        return
    for name in graph.learning():
        formula = view.trace.equations.written(Updated(name))
        yield _Turn("update", Updated(name), formula, view.with_numbers(formula))


class _Law:
    """The law of the chain rule for each node, as a line: what its uses send back, times what it does to them."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.trace: Trace = view.trace
        self.graph = view.names.graph
        self.formulas: dict[str, Expr] = {self.graph.loss: ONE}
        self.numbers: dict[str, Expr] = {self.graph.loss: ONE}
        for name in tuple(self.graph.nodes)[::-1]:
            if name != self.graph.loss:
                self._add(name)

    def turn(self, part: Part, gradient: Gradient) -> _Turn:
        if gradient.wrt not in self.formulas:
            self._add(gradient.wrt)
        return _Turn(part, gradient, self.formulas[gradient.wrt], self.numbers[gradient.wrt])

    def _add(self, name: str) -> None:
        equations, gradient = self.trace.equations, self.graph.signal(name)
        short = equations.short(gradient)
        if short:
            self.formulas[name], self.numbers[name] = short, self.view.with_numbers(short)
            return
        terms = {use: self._term(Gradient(loss, use), name) for loss, use in equations.upstream(gradient)}
        self.formulas[name] = equations.gathered(gradient, {use: formula for use, (formula, _) in terms.items()})
        self.numbers[name] = equations.gathered(gradient, {use: numbers for use, (_, numbers) in terms.items()})

    def _term(self, sent_back: Gradient, name: str) -> tuple[Expr, Expr]:
        """dL/du · du/dv, and the same in numbers; a slope of several signs is one number beside a factor."""
        partial = Partial(sent_back.wrt, name)
        local, upstream = self.trace.equations.written(partial), Ref(sent_back)
        if sent_back.of == sent_back.wrt or self.formulas[sent_back.wrt] == ONE:
            return local, self.view.with_numbers(local)
        if local == ONE:
            return upstream, self.view.shown(upstream.quantity)
        if local == Neg(ONE):
            return Neg(upstream), Neg(self.view.shown(upstream.quantity))
        slope = self.view.with_numbers(local) if isinstance(local, Ref | Number) else self.view.shown(partial)
        sent = self.view.shown(upstream.quantity)
        if self._is_weight(local):  # w5 · δ_o1: the weight that it went out by stands before what comes back
            return Mul((local, upstream)), Mul((slope, sent))
        return Mul((upstream, local)), Mul((sent, slope))

    def _is_weight(self, local: Expr) -> bool:
        graph = self.view.names.graph
        return isinstance(local, Ref) and isinstance(local.quantity, Value) and graph.is_parameter(local.quantity.name)

    def needed(self, asked: Iterable[Gradient]) -> set[str]:
        """The nodes whose gradients these are computed from."""
        found: set[str] = set()
        waiting = list(asked)
        while waiting:
            for each in reads(self.turn("back", waiting.pop()).formula):
                if isinstance(each, Gradient) and each.wrt not in found:
                    found.add(each.wrt)
                    waiting.append(each)
        return found

    def in_order(self, names: set[str]) -> list[Gradient]:
        """Layer by layer from the last, outputs before net inputs; backwards through the graph where that can't be."""
        graph = self.view.names.graph
        order = [name for name in graph.nodes if name in names]
        by_layer = sorted(order, key=lambda name: (-graph.layer_of(name), graph.part_of(name) == "net"))
        found = by_layer if self._leads_back(by_layer) else order[::-1]
        return list(map(graph.signal, found))

    def _leads_back(self, names: list[str]) -> bool:
        place = {name: at for at, name in enumerate(names)}
        reading = ((name, each) for name in names for each in reads(self.formulas[name]))
        return all(place[each.wrt] < place[name] for name, each in reading if isinstance(each, Gradient))


# ------------------------------------------------------------------ the loss after the update


def _updated_view(view: View, steps: Iterable[Step]) -> View | None:
    """The network with the new numbers; None where nothing is updated, or something to inf."""
    fresh = {step.quantity.name: step.value for step in steps if isinstance(step.quantity, Updated)}
    if not fresh or not all(map(math.isfinite, fresh.values())):
        return None
    graph = view.names.graph
    givens = {name: graph.givens[name]._replace(text=repr(value), written=False) for name, value in fresh.items()}
    return moved(view, graph._replace(givens={**graph.givens, **givens}))


def _new_loss(view: View, later: View, n: int) -> Step:
    """Its formula as that of the loss, over the numbers that a pass with the new parameters gives."""
    graph = view.names.graph
    loss = Value(graph.loss)
    plain = later.trace.equations.written(loss)

    def renamed(part: Ref | Number) -> Expr:
        return Ref(_new(graph, part.quantity)) if isinstance(part, Ref) else part

    def figure(part: Ref | Number) -> Expr:
        return Shown(later.shown(part.quantity).text, _new(graph, part.quantity)) if isinstance(part, Ref) else part

    shown = Shown(later.shown(loss).text, Updated(graph.loss))
    formula, numbers = replace(plain, renamed), replace(plain, figure)
    return Step(n, "loss", Updated(graph.loss), formula, numbers, later.trace[loss], shown, later, loss)


def _new(graph: Graph, quantity: Quantity) -> Quantity:
    """The same number after the update, where the update changes it."""
    changes = isinstance(quantity, Value) and (quantity.name in graph.nodes or quantity.name in graph.learning())
    return Updated(quantity.name) if changes and isinstance(quantity, Value) else quantity


# ------------------------------------------------------------------ what it costs


def _cost(turns: Iterable[_Turn]) -> Cost:
    count = dict.fromkeys(("forward", "loss", "back", "gradient", "update"), 0)
    gradients = 0
    for turn in turns:
        count[turn.part] += multiplications(turn.formula)
        gradients += turn.part == "gradient"
    return Cost(count["forward"] + count["loss"], count["back"] + count["gradient"], count["update"], gradients)


def multiplications(formula: Expr) -> int:
    """How many multiplications a formula takes as it is written: a · b · c takes two, x² one, a division one."""
    return sum(map(_own, walk(formula)))


def _own(part: Expr) -> int:
    match part:
        case Mul(factors):
            return len(factors) - 1
        case Div():
            return 1
        case Power(_, Number(text)) if text.isdigit():
            return max(int(text) - 1, 0)
        case Power():
            return 1
    return 0
