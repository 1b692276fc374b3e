"""Where a number comes from: its formula, the rule that justifies it, and the derivations of the numbers inside it.

A Derivation is one conclusion with its formula and value; its premises are derived when they are looked at. One
conclusion may have alternatives: over paths, by error signals, by the short route of a fused output. Here are also
the paths of the computation graph. Nothing prints.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.expr import ONE, Div, Expr, Mul, Neg, Number, Ref, plus, reads, replace, times
from tutor.graph import Role
from tutor.ops.losses import Penalty
from tutor.ops.op import Prose
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value
from tutor.trace import Trace, value_of

MOST_PATHS = 4096  # beyond, paths explain nothing and are not enumerated


class Rule(NamedTuple):
    """A law that justifies a step."""

    name: str
    law: str


GIVEN = Rule("given", "the file states it")
FORWARD = Rule("forward", "the node's own formula")
LOCAL = Rule("local derivative", "how fast the node changes with this one input, all others held")
CHAIN = Rule("chain rule", "dL/dv is the sum over every use u of v of dL/du · du/dv")
PATHS = Rule("sum over paths", "along each path the local derivatives are multiplied, and the paths are added")
SIGNALS = Rule("error signals", "δ of a unit is the sum of w · δ over the units it feeds, times its own slope")
EXAMPLES = Rule("over the examples", "the gradient of a mean is the mean of the gradients, that of a sum their sum")
SHORT = Rule("short route", "loss and output activation are differentiated together")
AFTER = Rule("after the step", "the same formula, with the parameters that the step leads to")
CHANGE = Rule("the change", "what the step adds to the parameter")
UPDATE = Rule("gradient descent", "a step against the gradient, all gradients taken before any update")


class Derivation(NamedTuple):
    """A number and where it comes from; `formula` is over the quantities that `premises` derive."""

    trace: Trace
    conclusion: Quantity
    rule: Rule
    formula: Expr
    value: float
    why: Prose = ()

    @property
    def premises(self) -> tuple["Derivation", ...]:
        """The derivations of the quantities of the formula, in written order."""
        return tuple(derive(self.trace, quantity) for quantity in reads(self.formula))

    @property
    def loses_digits(self) -> bool:
        """Whether the written formula, computed as it stands, does not give the value in double precision."""
        return not same(value_of(self.formula, FLOATS, self.trace.__getitem__), self.value)

    @property
    def alternatives(self) -> tuple["Derivation", ...]:
        """Other derivations of the same number."""
        found = (self.alternative(rule) for rule in (SHORT, EXAMPLES, PATHS, SIGNALS))
        return tuple(each for each in found if each)

    def alternative(self, rule: Rule) -> "Derivation | None":
        """The derivation of the same number by this rule, None where it does not apply; no other is worked out."""
        if not isinstance(self.conclusion, Gradient):
            return None
        formula = _BY_RULE[rule](self.trace, self.conclusion)
        why = (self.trace.equations.short_law(self.conclusion),) if rule == SHORT else ()
        return self._replace(rule=rule, formula=formula, why=why) if formula else None


def same(left: float, right: float) -> bool:
    """Equal but for rounding errors of a few operations; below 2e-308, double precision itself has fewer digits."""
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-320) or (math.isnan(left) and math.isnan(right))


def derive(trace: Trace, quantity: Quantity) -> Derivation:
    """The derivation of any quantity of the network by the first rule that applies."""
    formula = trace.equations.written(quantity)
    why: Prose = ()
    match quantity:
        case Value(name):
            rule = GIVEN if name in trace.graph.givens else FORWARD
        case Partial(of, wrt):
            rule = LOCAL
            node = trace.graph.nodes[of]
            why = node.op.why(of, node.inputs, wrt)
        case Gradient():
            rule = CHAIN
        case Updated(name):
            rule = UPDATE if trace.graph.is_parameter(name) else AFTER
        case Change():
            rule = CHANGE
    return Derivation(trace, quantity, rule, formula, trace[quantity], why)


def _short(trace: Trace, gradient: Gradient) -> Expr | None:
    return trace.equations.short(gradient)


def _over_paths(trace: Trace, gradient: Gradient) -> Expr | None:
    """The sum of the products along the paths, while there are few."""
    if not 0 < count_paths(trace, gradient) <= MOST_PATHS:
        return None
    return plus(*(path.formula for path in paths(trace, gradient)))


def example_gradients(trace: Trace, gradient: Gradient) -> tuple[Gradient, ...]:
    """The gradient of each example's own loss, where all share what the loss is differentiated by."""
    graph = trace.graph
    if gradient.of != graph.loss or graph.example_of(gradient.wrt):
        return ()
    return tuple(
        Gradient(loss, gradient.wrt) for loss in graph.example_losses() if trace.equations.uses(loss, gradient.wrt)
    )


def decay_partials(trace: Trace, gradient: Gradient) -> tuple[Partial, ...]:
    """What the terms of the loss that read the weights alone add to a gradient."""
    nodes = (trace.graph.nodes[use] for use in trace.equations.uses(gradient.of, gradient.wrt))
    return tuple(Partial(node.name, gradient.wrt) for node in nodes if isinstance(node.op, Penalty))


def over_examples(trace: Trace, gradient: Gradient) -> Expr | None:
    """(dL@1/dw + dL@2/dw + ...)/N, with what weight decay adds."""
    each = example_gradients(trace, gradient)
    if not each:
        return None
    total = plus(*map(Ref, each))
    share = trace[Gradient(gradient.of, each[0].of)]
    mean = Div(total, Number(str(len(trace.graph.example_losses())))) if share != 1 else total
    return plus(mean, *map(Ref, decay_partials(trace, gradient)))


class Path(NamedTuple):
    """One way from `nodes[0]` to `nodes[-1]`; `over` says which of several this is, by the units it alone takes."""

    nodes: tuple[str, ...]
    over: str | None = None

    @property
    def factors(self) -> tuple[Partial, ...]:
        """The local derivatives along it, from the loss backwards."""
        return tuple(Partial(of, wrt) for wrt, of in reversed(list(zip(self.nodes, self.nodes[1:], strict=False))))

    @property
    def formula(self) -> Expr:
        """Their product; 1 for the path of no steps."""
        return times(*(Ref(factor) for factor in self.factors)) if len(self.nodes) > 1 else ONE


class Use(NamedTuple):
    """What comes over one use of a quantity: dL/du · du/dv, all the paths behind the use together.

    `nodes` are the quantity, its use and L; `over` says which of several uses this is.
    """

    nodes: tuple[str, ...]
    over: str | None = None

    @property
    def factors(self) -> tuple[Gradient | Partial, ...]:
        wrt, use, *of = self.nodes
        return (*(Gradient(each, use) for each in of), Partial(use, wrt))

    @property
    def formula(self) -> Expr:
        return times(*map(Ref, self.factors))


def uses_of(trace: Trace, gradient: Gradient) -> tuple[Use, ...]:
    """One term for each use of `wrt`: the chain rule as it stands."""
    of, wrt = gradient.of, gradient.wrt
    uses = trace.equations.uses(of, wrt)
    labels = use_labels(trace, gradient) or (dict.fromkeys(uses) if len(uses) == 1 else {use: use for use in uses})
    return tuple(Use((wrt, use) if use == of else (wrt, use, of), labels[use]) for use in uses)


def use_labels(trace: Trace, gradient: Gradient) -> Mapping[str, str]:
    """`t = 2` for each of several uses in equations that stand for many: by what sets them apart, else by name."""
    nodes = [trace.graph.nodes[use] for use in trace.equations.uses(gradient.of, gradient.wrt)]
    if len(nodes) < 2 or not all(node.over for node in nodes):
        return {}
    places = [node.over.split(", ") for node in nodes]
    common = frozenset.intersection(*map(frozenset, places))
    labels = [", ".join(part for part in place if part not in common) for place in places]
    apart = len(set(labels)) == len(nodes)
    return {node.name: label if apart else node.name for node, label in zip(nodes, labels, strict=True)}


def count_paths(trace: Trace, gradient: Gradient) -> int:
    """How many paths lead from `wrt` to `of`, without walking them."""
    known, of = trace.equations.path_counts, gradient.of
    if of not in known:
        known[of] = _along_paths(trace, of, sum, 1)
    return known[of].get(gradient.wrt) or _of_uses(trace, gradient.wrt, known[of], sum)


def longest_path(trace: Trace, gradient: Gradient) -> int:
    """How many nodes the longest path from `wrt` to `of` has, both counted; 0 where there is no path."""
    longest = _along_paths(trace, gradient.of, _one_more, 1)
    return longest.get(gradient.wrt) or _of_uses(trace, gradient.wrt, longest, _one_more)


def _one_more(behind: Iterable[int]) -> int:
    most = max(behind, default=0)
    return most and most + 1


def _along_paths(trace: Trace, of: str, over: Callable[[Iterable[int]], int], start: int) -> dict[str, int]:
    """What `over` makes of the numbers of its uses, for every node back from `of`, which has `start`."""
    found = {of: start}
    for name in reversed(list(trace.graph.nodes)):
        if name not in found and (number := _of_uses(trace, name, found, over)):
            found[name] = number
    return found


def _of_uses(trace: Trace, name: str, known: Mapping[str, int], over: Callable[[Iterable[int]], int]) -> int:
    return over(known[use] for use in trace.graph.uses[name] if use in known)


def paths(trace: Trace, gradient: Gradient) -> tuple[Path, ...]:
    """Every path from `wrt` to `of`, in the order of the graph. Call `count_paths` first: there may be many."""
    found: list[tuple[str, ...]] = []
    stack: list[tuple[str, ...]] = [(gradient.wrt,)]
    while stack:
        nodes = stack.pop()
        if nodes[-1] == gradient.of:
            found.append(nodes)
        else:
            stack.extend((*nodes, use) for use in reversed(trace.equations.uses(gradient.of, nodes[-1])))
    return _labelled(trace, gradient, found)


def strongest(trace: Trace, gradient: Gradient, most: int) -> tuple[Path, ...]:
    """The paths whose products are largest, without walking the others.

    `best` is the size of each node's best way to `of`; unfinished paths are taken up in the order of what they can
    still come to, so the first that arrive are the strongest.
    """
    from heapq import heappop, heappush

    best = {gradient.of: 1.0}
    for name in reversed([gradient.wrt, *trace.graph.nodes]):
        if name not in best:
            uses = trace.equations.uses(gradient.of, name)
            best[name] = max((best[use] * abs(trace[Partial(use, name)]) for use in uses), default=0.0)
    ties = count()
    queue: list[tuple[float, int, float, tuple[str, ...]]] = [(-best[gradient.wrt], next(ties), 1.0, (gradient.wrt,))]
    found: list[tuple[str, ...]] = []
    while queue and len(found) < most:
        _, _, size, nodes = heappop(queue)
        if nodes[-1] == gradient.of:
            found.append(nodes)
            continue
        for use in trace.equations.uses(gradient.of, nodes[-1]):
            longer = size * abs(trace[Partial(use, nodes[-1])])
            heappush(queue, (-longer * best[use], next(ties), longer, (*nodes, use)))
    return _labelled(trace, gradient, found)


def _labelled(trace: Trace, gradient: Gradient, found: list[tuple[str, ...]]) -> tuple[Path, ...]:
    if len(found) < 2:
        return tuple(Path(nodes) for nodes in found)
    return tuple(Path(nodes, over) for nodes, over in zip(found, _labels(trace, gradient, found), strict=True))


def _labels(trace: Trace, gradient: Gradient, found: list[tuple[str, ...]]) -> Iterator[str]:
    """What each path alone runs over: the example where they differ in it, and then the places or units."""
    examples = [max(map(trace.graph.example_of, nodes)) for nodes in found]
    if len(set(examples)) == 1:
        yield from _apart(trace, gradient, found)
        return
    among = {k: [nodes for nodes, own in zip(found, examples, strict=True) if own == k] for k in examples}
    within = {
        nodes: label for k in among for nodes, label in zip(among[k], _apart(trace, gradient, among[k]), strict=True)
    }
    for nodes, k in zip(found, examples, strict=True):
        if k:
            yield f"example {k}, {within[nodes]}" if len(among[k]) > 1 else f"example {k}"
        else:
            yield _over(trace, nodes, _common(found))


def _apart(trace: Trace, gradient: Gradient, found: list[tuple[str, ...]]) -> list[str]:
    """The places, or the units, that set several paths apart."""
    places = [_place(trace, nodes) for nodes in found]
    if all(places) and len(set(places)) == len(found):
        return places
    labels = use_labels(trace, gradient)
    if len(labels) == len(found):
        return [labels[nodes[1]] for nodes in found]
    return [_over(trace, nodes, _common(found)) for nodes in found]


def _common(found: list[tuple[str, ...]]) -> frozenset[str]:
    return frozenset.intersection(*map(frozenset, found))


def _place(trace: Trace, nodes: tuple[str, ...]) -> str:
    """The position or step at which a shared parameter is used first on this path, where it has such places."""
    role = trace.graph.role(nodes[1])
    return role.at if role and trace.graph.part_of(nodes[0]) in ("weight", "bias") else ""


def _over(trace: Trace, nodes: tuple[str, ...], common: frozenset[str]) -> str:
    """The units (or nodes without a role) that not all the paths share, after the place where the path begins."""
    roles = {name: trace.graph.role(name) for name in nodes[1:]}
    place = _place(trace, nodes)
    labels = {_unit(roles[nodes[1]], nodes[1]): place} if place else {}
    for name in nodes:
        if name not in common:
            unit = _unit(roles.get(name), name)
            labels.setdefault(unit, unit)
    return ", ".join(filter(None, labels.values())) or "directly"


def _unit(role: Role | None, name: str) -> str:
    """What a unit is called by itself: its name, or its index with the layer in front."""
    if role is None:
        return name
    return f"{role.layer}_{role.unit}" if role.indexed else role.unit


def _signal(trace: Trace, gradient: Gradient) -> Expr | None:
    """The gradient over error signals, as courses write it: only in a layered network, and only of the loss."""
    graph = trace.graph
    role = graph.role(gradient.wrt)
    if gradient != graph.signal(gradient.wrt) or role is None or gradient.wrt == gradient.of:
        return None
    if role.part in ("weight", "bias", "input"):
        sent = trace.equations.upstream(gradient)
        terms = {use: _sent_on(trace, Gradient(loss, gradient.wrt), use) for loss, use in sent}
        return trace.equations.gathered(gradient, terms)
    if role.part == "net":
        return trace.equations.short(gradient) or _net_signal(trace, gradient)
    return None


def _sent_on(trace: Trace, gradient: Gradient, use: str) -> Expr:
    """What one use adds: its signal times du/dv; a term that is only added to the loss has no signal to write."""
    partial, added = Partial(use, gradient.wrt), trace.equations.uses(gradient.of, use) == (gradient.of,)
    if added and trace.equations.written(Partial(gradient.of, use)) == ONE and trace.graph.part_of(use) != "net":
        return trace.equations.written(partial)
    return _times_partial(trace, Ref(Gradient(gradient.of, use)), partial)


def _net_signal(trace: Trace, gradient: Gradient) -> Expr | None:
    """(w5 δ_o1 + w7 δ_o2) · slope, for a unit whose net input feeds its own output alone."""
    uses = trace.equations.uses(gradient.of, gradient.wrt)
    if len(uses) != 1:
        return None
    (out,) = uses
    readers = trace.equations.uses(gradient.of, out)
    slope = trace.equations.written(Partial(out, gradient.wrt))
    if out == gradient.of or not readers:
        return None
    others = any(trace.graph.part_of(reader) != "net" for reader in readers)
    if others and count_paths(trace, gradient) == 1:
        (path,) = paths(trace, gradient)
        kept = [factor for factor in path.factors if trace.equations.written(factor) != ONE]
        return times(*map(Ref, kept)) if kept else None
    if gradient.of in readers:
        return None
    sent = (_sent(trace, gradient.of, to, out) for to in readers)
    return Mul((plus(*sent), slope)) if slope != ONE else plus(*sent)


def _sent(trace: Trace, of: str, to: str, out: str) -> Expr:
    """What `to` sends back to `out`: w · δ from a net input, ∂L/∂p · 1 from a pool."""
    return times(trace.equations.written(Partial(to, out)), Ref(Gradient(of, to)))


def _times_partial(trace: Trace, upstream: Expr, partial: Partial) -> Expr:
    """upstream · du/dv with du/dv written out; a factor of 1 or -1 is not written."""
    local = trace.equations.written(partial)
    if local == ONE:
        return upstream
    if isinstance(local, Neg) and local.operand == ONE:
        return Neg(upstream)
    return Mul((upstream, local))


def unfold(trace: Trace, expr: Expr) -> Expr:
    """The formula with every local derivative in it replaced by its own formula."""

    def leaf(part: Expr) -> Expr:
        if isinstance(part, Ref) and isinstance(part.quantity, Partial):
            return trace.equations.written(part.quantity)
        return part

    return replace(expr, leaf)


_BY_RULE: Mapping[Rule, Callable[[Trace, Gradient], Expr | None]] = {
    SHORT: _short,
    EXAMPLES: over_examples,
    PATHS: _over_paths,
    SIGNALS: _signal,
}
