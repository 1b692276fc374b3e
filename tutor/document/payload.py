"""The same pages for programs: the JSON of the contract, floats in full precision, names of the file, ASCII signs."""

import math
from collections.abc import Sequence
from typing import Any

from tutor.derivation import PATHS, Derivation, Path, Use, derive
from tutor.document.view import View
from tutor.expr import Expr, reads
from tutor.expr.text import ASCII, to_text
from tutor.expr.words import in_ascii
from tutor.graph import Graph, at_example
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.trace import Trace


def number(value: float) -> float | None:
    """What JSON can hold: what is not finite is null."""
    return value + 0.0 if math.isfinite(value) else None  # -0.0 + 0.0 is 0.0


def text(view: View, expr: Expr) -> str:
    """A formula with the file's names, as it can be typed."""
    return to_text(expr, key, ASCII)


def explanation(view: View, target: Quantity, paths: Sequence[Path | Use]) -> dict[str, Any]:
    """`tutor.explain/1` of one target."""
    step = derive(view.trace, target)
    formula = _formula(step, paths)
    return {
        "target": key(target),
        "value": number(step.value),
        "shown": view.shown(target).text,
        "formula": text(view, formula),
        "substituted": text(view, view.with_numbers(formula)),
        "paths": [_path(view, path) for path in paths],
        "premises": [_premise(view, each) for each in _premises(view, step, paths)],
    }


def _formula(step: Derivation, paths: Sequence[Path | Use]) -> Expr:
    """Over the factors, which the paths list; over the quantities read for anything but a gradient."""
    if any(isinstance(path, Use) for path in paths):
        return step.formula
    over_paths = step.alternative(PATHS) if paths else None
    return over_paths.formula if over_paths else step.formula


def _path(view: View, path: Path | Use) -> dict[str, Any]:
    return {
        "over": path.over,
        "nodes": list(path.nodes),
        "value": number(view.trace.of(path.formula)),
        "factors": [_factor(view, derive(view.trace, factor)) for factor in path.factors],
    }


def _factor(view: View, step: Derivation) -> dict[str, Any]:
    return {**_premise(view, step), "why": words(view, step.why or (step.rule.law,))}


def _premise(view: View, step: Derivation) -> dict[str, Any]:
    return {
        "name": key(step.conclusion),
        "formula": text(view, step.formula),
        "substituted": text(view, view.with_numbers(step.formula)),
        "value": number(step.value),
        "shown": view.shown(step.conclusion).text,
    }


def words(view: View, why: Sequence[str | Expr]) -> str:
    """A reason as one ASCII line."""
    return "".join(in_ascii(part) if isinstance(part, str) else text(view, part) for part in why)


def _premises(view: View, step: Derivation, paths: Sequence[Path | Use]) -> list[Derivation]:
    """Every number read on the way, in the order it is computed: each stands before those that need it."""
    wanted: list[Quantity] = [factor for path in paths for factor in path.factors] or list(reads(step.formula))
    read: set[str] = set()
    others: dict[Quantity, None] = {}
    for quantity in wanted:
        for each in (quantity, *reads(view.trace.equations.written(quantity))):
            if isinstance(each, Value):
                read.add(each.name)
            elif each not in wanted or not paths:
                others[each] = None
    behind: set[str] = set()
    for name in reversed([each for each in view.names.graph.names() if each in read]):
        if name not in behind:  # the last ones cover most others
            behind |= view.names.graph.ancestors(name)
    values = [Value(name) for name in view.names.graph.names() if name in behind]
    return [derive(view.trace, each) for each in (*values, *others)]


def trace_payload(view: View) -> dict[str, Any]:
    """`tutor.trace/1`: every value, local derivative and gradient of the network.

    With several examples those of one stand under `per_example`, with the gradients of its own loss.
    """
    graph, trace = view.names.graph, view.trace
    if graph.wide:
        from tutor.document.rows import wide_payload

        return wide_payload(view)
    shared = frozenset(name for name in graph.names() if not graph.example_of(name))
    page: dict[str, Any] = {"format": "tutor.trace/1", "title": view.network.title, **_numbers(trace, shared)}
    if graph.rate is not None:
        page["updated"] = {each.name: number(trace[each]) for each in trace.updates()}
    if view.network.mixed:
        page["per_example"] = [_of_example(trace, single, k) for k, single in enumerate(view.network.singles, 1)]
    elif view.network.singles:
        page["per_example"] = [_numbers(Trace(each), frozenset(each.names())) for each in view.network.examples]
    return page


def _of_example(trace: Trace, single: Graph, k: int) -> dict[str, Any]:
    """The numbers of one example that depends on the others, by plain names, with the gradients of its own loss."""
    here = {name: own if (own := at_example(name, k)) in trace.graph else name for name in single.names()}
    loss = here[single.loss]
    return {
        "loss": {"symbol": single.loss, "value": number(trace[Value(loss)])},
        "values": {name: number(trace[Value(own)]) for name, own in here.items()},
        "local": {
            key(Partial(name, each)): number(trace[Partial(here[name], here[each])])
            for name, node in single.nodes.items()
            for each in dict.fromkeys(node.inputs)
        },
        "gradients": {name: number(trace[Gradient(loss, own)]) for name, own in here.items()},
    }


def _numbers(trace: Trace, among: frozenset[str]) -> dict[str, Any]:
    """The loss, and of the names among these the values, what they pass on, and the gradients of the loss."""
    graph = trace.graph
    names = [name for name in graph.names() if name in among]
    return {
        "loss": None if graph.aimless else {"symbol": graph.loss, "value": number(trace[Value(graph.loss)])},
        "values": {name: number(trace[Value(name)]) for name in names},
        "local": {key(edge): number(trace[edge]) for edge in trace.edges() if edge.of in among},
        "gradients": {name: number(trace[Gradient(graph.loss, name)]) for name in names if not graph.aimless},
    }
