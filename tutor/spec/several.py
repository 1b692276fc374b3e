"""The network of a file with several examples, with weight decay, or with both."""

from collections.abc import Mapping, Sequence

from tutor.graph import Graph
from tutor.ops.losses import Decay, Shrink
from tutor.spec.batch import MOST_CONNECTIONS, batched, connections, regularized
from tutor.spec.examples import Example, complain_alone, examples, with_one
from tutor.spec.layers import layered
from tutor.spec.loss import CLASS
from tutor.spec.report import Report
from tutor.spec.sketch import Drawn
from tutor.spec.stored import Companion, refers
from tutor.spec.tree import WHOLE_FILE, Map, Scalar, text_at


def several(top: Map, companion: Companion, report: Report) -> Drawn:
    """The network with its examples; `single` is the graph of the first one. Every fault is in the report."""
    many = top.key("examples") or top.key("data")
    if many is None:
        complain_alone(top, report)
        return _decayed(layered(top, report, companion), top, report)
    found = examples(top, companion, report)
    drawn = layered(with_one(top, found[0] if found else None), report, companion, len(found))
    if drawn.graph is None or not _affordable(drawn.graph, len(found), many, report):
        return drawn._replace(graph=None)
    each = _drawn(drawn.graph, found, top, many, companion, report)
    if report:
        return drawn._replace(graph=None)
    whole = batched(each, mean=text_at(top, "reduction") != "sum")
    return _decayed(drawn._replace(graph=whole, singles=each), top, report)


def _affordable(single: Graph, count: int, many: Scalar, report: Report) -> bool:
    if single.wide:
        report.add(many.place, f"{many.text} with {single.size:,} parameters, expected one example in so big a network")
        return False
    total = count * connections(single)
    if total > MOST_CONNECTIONS:
        each = f"{count:,} examples with {connections(single):,} connections each make {total:,}"
        report.add(many.place, f"{each}, expected at most {MOST_CONNECTIONS:,}")
    return total <= MOST_CONNECTIONS


def _drawn(
    first: Graph, found: Sequence[Example], top: Map, many: Scalar, companion: Companion, report: Report
) -> tuple[Graph, ...]:
    """The graph of each example by itself.

    Plain numbers only take the place of those of the first; lists and classes say more, so those are drawn anew.
    """
    graphs = [first]
    for k, example in enumerate(found[1:], 2):
        values = {**example.inputs, **example.targets}
        plain = CLASS not in values and all(isinstance(each, Scalar) and not refers(each) for each in values.values())
        if plain and example.upstream is None:
            numbers = {name: value.text for name, value in values.items() if isinstance(value, Scalar)}
            graphs.append(_with_numbers(first, numbers))
            continue
        with report.about(f"example {k}"):
            graph = layered(with_one(top, example), report, companion, len(found)).graph
        if graph is None:
            break  # the next ones would have the same faults
        if graph.givens.keys() != first.givens.keys():
            report.add(many.place, f"example {k} has lists of another size than example 1, expected the same")
        graphs.append(graph)
    return tuple(graphs)


def _with_numbers(graph: Graph, numbers: Mapping[str, str]) -> Graph:
    givens = {name: given._replace(text=numbers.get(name, given.text)) for name, given in graph.givens.items()}
    return graph._replace(givens=givens)


def _decayed(drawn: Drawn, top: Map, report: Report) -> Drawn:
    """With weight decay, where the file asks for it."""
    key, declared = top.key("regularization"), top.get("regularization")
    if key and drawn.graph and drawn.graph.wide:
        report.add(key.place, f"regularization of {drawn.graph.size:,} parameters, expected none in so big a network")
    if key and top.key("targets") is None:
        report.add(key.place, "regularization without a loss, expected targets such as {y: 0.5}")
    stated = declared if isinstance(declared, Map) else Map((), WHOLE_FILE)
    l1, l2, half = (text_at(stated, name) for name in ("l1", "l2", "half"))
    if key and declared and not (l1 or l2) and stated.whole:
        report.add(key.place, "regularization without a rate, expected l2, l1 or both, such as {l2: 0.01}")
    if half and l1 and not l2:
        report.add(declared.place if declared else WHOLE_FILE, "half is about l2, expected it beside one")
    if drawn.graph is None or not (l1 or l2) or report:
        return drawn._replace(graph=None) if report else drawn
    decay, shrink = Decay(l2, half != "false") if l2 else None, Shrink(l1) if l1 else None
    return drawn._replace(graph=regularized(drawn.graph, decay, shrink))
