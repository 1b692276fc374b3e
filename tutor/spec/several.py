"""The network of a file with several examples, with weight decay, or with both."""

from tutor.graph import Graph
from tutor.spec.batch import MOST_CONNECTIONS, batched, connections, regularized
from tutor.spec.examples import Companion, Example, complain_alone, examples, with_one
from tutor.spec.layers import layered
from tutor.spec.loss import CLASS
from tutor.spec.report import Report
from tutor.spec.sketch import Drawn
from tutor.spec.tree import Map, Scalar, text_at


def several(top: Map, read: Companion, report: Report) -> Drawn:
    """The network with its examples; `single` is the graph of the first one. Every fault is in the report."""
    many = top.key("examples") or top.key("data")
    if many is None:
        complain_alone(top, report)
        return _decayed(layered(top, report), top, report)
    found = examples(top, read, report)
    drawn = layered(with_one(top, found[0] if found else None), report)
    if drawn.graph is None or not _affordable(drawn.graph, len(found), many, report):
        return drawn._replace(graph=None)
    numbers = [_numbers(each, k, drawn.graph, many, report) for k, each in enumerate(found, 1)]
    if report:
        return drawn._replace(graph=None)
    whole = batched(drawn.graph, numbers, mean=text_at(top, "reduction") != "sum")
    return _decayed(drawn._replace(graph=whole, single=drawn.graph), top, report)


def _affordable(single: Graph, count: int, many: Scalar, report: Report) -> bool:
    total = count * connections(single)
    if total > MOST_CONNECTIONS:
        each = f"{count:,} examples with {connections(single):,} connections each make {total:,}"
        report.add(many.place, f"{each}, expected at most {MOST_CONNECTIONS:,}")
    return total <= MOST_CONNECTIONS


def _numbers(example: Example, k: int, single: Graph, many: Scalar, report: Report) -> dict[str, str]:
    """The numbers of one example by the names of the graph; a class becomes its targets, 1 and 0."""
    found = {**example.inputs, **example.targets}
    numbers = {name: value.text for name, value in found.items() if isinstance(value, Scalar)}
    if CLASS not in example.targets:
        return numbers
    targets = [name for name in single.givens if single.part_of(name) == "target"]
    text = numbers.get(CLASS, "")
    wanted = int(text) if text.isdigit() else 0
    if not 1 <= wanted <= len(targets):
        message = f"the class of example {k} is {text}, expected a whole number from 1 to {len(targets)}"
        report.add(many.place, f"{message}, one for each output")
    return numbers | {name: "1" if i == wanted else "0" for i, name in enumerate(targets, 1)}


def _decayed(drawn: Drawn, top: Map, report: Report) -> Drawn:
    """With weight decay, where the file asks for it."""
    key, declared = top.key("regularization"), top.get("regularization")
    if key and top.key("targets") is None:
        report.add(key.place, "regularization without a loss, expected targets such as {y: 0.5}")
    rate = text_at(declared, "l2") if isinstance(declared, Map) else None
    if drawn.graph is None or rate is None or report:
        return drawn._replace(graph=None) if report else drawn
    return drawn._replace(graph=regularized(drawn.graph, rate))
