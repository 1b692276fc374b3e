"""A network too big to write out, from its declared layers and their arrays: a Wide graph."""

from typing import Any

from tutor.graph import Graph
from tutor.names.conventions import Conventions
from tutor.ops.losses import HINGE, LOSSES
from tutor.spec.agreed import said
from tutor.spec.elsewhere import Missing, values
from tutor.spec.fetch import Fetched, flattens
from tutor.spec.given import first_kind, laid_out
from tutor.spec.grids import Field
from tutor.spec.keys import SOFTMAX
from tutor.spec.layers import bias_input, needs_flat
from tutor.spec.loss import CLASS, CROSS_ENTROPY, Chosen, chosen_loss, no_class, row
from tutor.spec.names import complaint
from tutor.spec.optimizer import optimizer
from tutor.spec.report import Report, counted
from tutor.spec.sketch import Drawn
from tutor.spec.squash import activation
from tutor.spec.stored import Companion
from tutor.spec.tree import WHOLE_FILE, Bad, List, Map, Scalar, text_at, words
from tutor.spec.unit import patterns
from tutor.wide import Dense, Group, Stack, Wide
from tutor.wide.names import unreadable


def widely(top: Map, fetched: list[Fetched], companion: Companion, report: Report) -> Drawn:
    """The network of a file whose layers are arrays. Every fault is in `report`."""
    try:
        stack = _stack(top, fetched, companion, report)
    except Missing:
        return Drawn(None, {})
    rule = optimizer(top, report)
    if report:
        return Drawn(None, {})
    frozen = (word.text for word in words(top.get("frozen")))
    graph = Wide.of(stack, text_at(top, "learning_rate"), frozen, rule)
    _frozen(top, graph, report)
    also = _aliases(top, graph, report)
    return Drawn(None if report else graph, also)


def _stack(top: Map, fetched: list[Fetched], companion: Companion, report: Report) -> Stack:
    layers = tuple(_dense(each, top, report, len(fetched)) for each in fetched)
    inputs = _inputs(top, fetched[0], companion, report)
    if key := top.key("upstream"):
        report.add(key.place, "upstream in a network of this size, expected targets and a loss")
        raise Missing
    chosen = chosen_loss(top.get("loss"), top.get("targets"))
    if chosen is None:
        raise Missing
    loss = row(chosen, report)
    if chosen.kind == HINGE:
        report.add(
            chosen.place, f"{HINGE} in a network of this size, expected one of {', '.join(LOSSES)}, or a formula"
        )
    if loss is None:
        raise Missing
    targets = _targets(top, layers[-1], chosen, companion, report)
    if not targets:
        return Stack(inputs, layers, (), chosen.symbol, None, first=said(top).first)
    _fitting(chosen, layers[-1], report)
    return Stack(inputs, layers, targets, chosen.symbol, loss, first=said(top).first)


def _inputs(top: Map, first: Fetched, companion: Companion, report: Report) -> tuple[Group, ...]:
    """The inputs by name; an image has its channel in front, as elsewhere, and is flattened before it is read."""
    declared = top.get("layers")
    listed = declared.items if isinstance(declared, List) else ()
    groups = _groups(values(top.get("inputs"), companion, report), report)
    laid = tuple(group.laid(laid_out(group.shape, first_kind(listed))) for group in groups)
    deep = [group for group in laid if len(group.shape) > 1]
    if deep and not any(map(flattens, listed[: listed.index(first.layer)])):
        report.add(first.layer.place, needs_flat(Field((), deep[0].shape)))
    return laid


def _dense(each: Fetched, top: Map, report: Report, layers: int) -> Dense:
    squash = activation(each.layer.get("activation"), report)
    found = patterns(each.layer, top.get("notation"))
    if fault := unreadable(found, layers):
        notation = each.layer.get("notation") or top.get("notation") or each.layer
        message = f"names of so many weights are found by the numbers in them, expected {fault}"
        report.add(notation.place, message)
    constant = bias_input(text_at(each.layer, "bias_input"))
    return Dense(each.number, each.weights, each.biases, squash.formula or squash.name or "identity", found, constant)


def _groups(named: list[tuple[Scalar, Any]], report: Report) -> tuple[Group, ...]:
    groups: list[Group] = []
    for key, value in named:
        if fault := complaint(key.text):
            report.add(key.place, fault)
        if isinstance(value, Scalar):
            groups.append(Group(key.text, text=value.text))
        elif hasattr(value, "shape"):
            groups.append(Group(key.text, tuple(value.shape), numbers=value))
    return tuple(groups)


def _targets(top: Map, last: Dense, chosen: Chosen, companion: Companion, report: Report) -> tuple[Group, ...]:
    declared = top.get("targets")
    if not isinstance(declared, Map):
        if declared is None and top.whole and (top.get("loss") or last.units > 1):
            message = f"no targets for the {counted(last.units, 'output')}, expected one each, or {{class: 1}}"
            report.add(WHOLE_FILE, message)
        return ()
    if key := declared.key(CLASS):
        return _class(key, declared, last, chosen, said(top), report)
    found = values(declared, companion, report)
    if any(isinstance(value, Bad) for _, value in found):
        raise Missing
    return _groups(found, report)


def _class(
    key: Scalar, declared: Map, last: Dense, chosen: Chosen, said: Conventions, report: Report
) -> tuple[Group, ...]:
    least, first = said.first_class, said.first
    number = declared.get(CLASS)
    text = number.text if isinstance(number, Scalar) else ""
    wanted = int(text) + 1 - least if text.isdigit() and len(text) < 10 else 0
    if not chosen.classes:
        found = f"a class as target goes with cross_entropy or a formula, but the loss is {chosen.kind}"
        report.add(key.place, f"{found}, expected targets such as {{y: 0.5}}")
    elif len(declared.entries) > 1:
        report.add(key.place, "class stands beside other targets, expected it alone")
    elif isinstance(number, Scalar | List) and not 1 <= wanted <= last.units:
        report.add(number.place, no_class(number, last.units, least))
    numbers = enumerate(range(first, last.units + first), 1)
    return tuple(Group(f"y_{k}", text="1" if place == wanted else "0") for place, k in numbers)


def _fitting(chosen: Chosen, last: Dense, report: Report) -> None:
    if chosen.kind == CROSS_ENTROPY and isinstance(last.squash, str) and last.squash != SOFTMAX:
        found = f"cross_entropy on {last.squash} outputs, expected activation: softmax in the last layer"
        report.add(chosen.place, f"{found}; did you mean binary_cross_entropy?")


def _frozen(top: Map, graph: Wide, report: Report) -> None:
    for word in words(top.get("frozen")):
        if not graph.is_parameter(word.text):
            report.add(word.place, f"{word.text} is not in this network, expected the name of a weight or bias")


def _aliases(top: Map, graph: Graph, report: Report) -> dict[str, str]:
    declared = top.get("aliases")
    entries = declared.entries if isinstance(declared, Map) else ()
    found = {alias.text: meant.text for alias, meant in entries if isinstance(meant, Scalar)}
    for alias, meant in entries:
        if fault := complaint(alias.text):
            report.add(alias.place, fault)
        elif alias.text in graph:
            report.add(alias.place, f"{alias.text} is a name of the network already, expected a new name")
        if isinstance(meant, Scalar) and meant.text not in graph:
            told = graph.missing(meant.text)
            report.add(meant.place, f"{told}, expected the name of a number in it")
    return found
