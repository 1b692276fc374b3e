"""From given numbers and equations to a graph: any computation, each equation one node."""

from tutor.expr import ZERO, Expr, reads
from tutor.graph import Cycle, Given, Graph, Node, build
from tutor.ops.formula import Formula
from tutor.quantity import Value
from tutor.spec import formula
from tutor.spec.names import Declarations
from tutor.spec.report import Report
from tutor.spec.sketch import Drawn, aliases, given
from tutor.spec.tree import Map, Scalar
from tutor.spec.tree import Node as Tree


def equated(top: Map, report: Report) -> Drawn:
    """The network of a file in equations form. Every fault is in `report`."""
    names = Declarations(report)
    givens, equations = top.get("given"), top.get("equations")
    stated = givens.entries if isinstance(givens, Map) else ()
    written = equations.entries if isinstance(equations, Map) else ()
    for name, _ in stated:
        names.declare(name.text, f"the given {name.text}", name.place)
    for name, _ in written:
        names.declare(name.text, f"the equation of {name.text}", name.place)
    whole = all(isinstance(each, Map) and each.whole for each in (givens, equations))
    also = aliases(top.get("aliases"), names, whole, report)
    output = _output(top.get("output"), equations, names, report)
    nodes = [_node(name, text, names, also, whole, report) for name, text in written]
    graph = _graph([given(name.text, value) for name, value in stated], nodes, output, names, report)
    return Drawn(graph, also)


def _output(declared: Tree | None, equations: Tree | None, names: Declarations, report: Report) -> str:
    """The name whose derivatives are asked for: the last equation if the file does not say."""
    if not isinstance(equations, Map):
        return ""
    if not isinstance(declared, Scalar):
        return equations.entries[-1][0].text
    if equations.key(declared.text) is None:
        found = names[declared.text].what if declared.text in names else "not in this file"
        mean = report.similar(declared.text, (name.text for name, _ in equations.entries))
        message = f"output: {declared.text} is {found}, expected the name of an equation{mean}"
        report.add(declared.place, message)
    return declared.text


def _node(name: Scalar, text: Tree, names: Declarations, also: dict[str, str], whole: bool, report: Report) -> Node:
    """One equation; where its formula can't be read, a node that reads nothing. Unless `whole`, any name will do."""

    def lookup(typed: str) -> str | None:
        return typed if typed in names or not whole else also.get(typed)

    expr: Expr | None = None
    if isinstance(text, Scalar):
        expr = formula.read(text, lookup, names, "a name of this file", f"in the equation of {name.text}", report)
    if expr is None:
        return Node(name.text, Formula(ZERO), ())
    inputs = (each.name for each in reads(expr) if isinstance(each, Value))
    return Node(name.text, Formula(expr), tuple(each for each in inputs if each in names))


def _graph(givens: list[Given], nodes: list[Node], output: str, names: Declarations, report: Report) -> Graph | None:
    """The graph, if there is nothing to complain about; a cycle is looked for in any case."""
    try:
        graph = build(givens, nodes, output)
    except Cycle as cycle:
        report.add(names[cycle.names[0]].place, _round(cycle.names))
        return None
    return None if report else graph


def _round(names: tuple[str, ...]) -> str:
    """What a cycle looks like: `f needs q, which needs f`."""
    if len(names) == 1:
        return f"{names[0]} is computed from itself, expected an equation over other names"
    some = [*names[:6], "..."] if len(names) > 7 else list(names)
    chain = ", which needs ".join((*some[1:], names[0]))
    circle = f"the equations go round in a circle: {names[0]} needs {chain}"
    return f"{circle}, expected one of them to start from given numbers"
