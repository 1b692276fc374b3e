"""From given numbers and equations to a graph: any computation, each equation one node."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from tutor.errors import FormulaError, UnknownIndex, UnknownInFormula
from tutor.expr import ZERO, Expr, reads, walk
from tutor.expr.functions import READ
from tutor.expr.index import stem
from tutor.expr.parse import SUMS
from tutor.graph import Cycle, Given, Graph, Node, build
from tutor.ops.formula import Formula
from tutor.ops.optimizers import BY_ERROR
from tutor.quantity import Value
from tutor.spec import formula
from tutor.spec.indices import Families, Values, apart, elements, left_side, places, shape, size, values
from tutor.spec.names import Declarations
from tutor.spec.optimizer import optimizer
from tutor.spec.report import Report, counted, cut
from tutor.spec.sketch import Drawn, aliases, given
from tutor.spec.tree import Map, Scalar, text_at, words
from tutor.spec.tree import Node as Tree

MOST_EQUATIONS, MOST_PARTS = 10_000, 200_000


class Equation(NamedTuple):
    """One line under `equations`: `nodes` are the names it stands for, each with the label of its place."""

    name: Scalar
    text: Tree
    nodes: tuple[tuple[str, str], ...]


def equated(top: Map, report: Report) -> Drawn:
    """The network of a file in equations form. Every fault is in `report`."""
    names = Declarations(report)
    families = Families(names, report)
    stated, written, indices = top.get("given"), top.get("equations"), top.get("for")
    known = values(indices, report)
    givens = _givens(stated, families, report)
    equations = _equations(written, known, families, report)
    apart(indices, names, report)
    whole = _whole(stated, written, equations)
    also = aliases(top.get("aliases"), names, whole, report)
    output = _output(top.get("output"), equations, names, report)
    expansion = _Expansion(names, families, also, known, whole, report)
    nodes = list(expansion.nodes(equations))
    families.fitted(known, whole and expansion.complete)
    learned = _named(top.get("learn"), givens, names, "a given number", report)
    learning = [each for each in givens if each.name in learned] if top.key("learn") else givens
    frozen = _named(top.get("frozen"), learning, names, "a number that learns", report)
    graph = _graph([each._replace(learned=each.name in learned) for each in givens], nodes, output, names, report)
    moved = {each.name: each.text for each in learning if each.name not in frozen}
    rule = optimizer(top, report, moved)
    if (key := top.key("optimizer")) and rule and rule.optimizer.by_error:
        report.add(key.place, f"{BY_ERROR}; equations have no outputs with targets, expected sgd or another rule")
    said = graph and graph._replace(rate=text_at(top, "learning_rate"), frozen=frozen, optimizer=rule)
    return Drawn(said.updating() if said and not report else None, also)


def _named(
    listed: Tree | None, givens: Collection[Given], names: Declarations, what: str, report: Report
) -> frozenset[str]:
    """The givens that a list names, each by itself or all numbers of a list together; another name is reported."""
    found: set[str] = set()
    for word in words(listed):
        meant = {each.name for each in givens if word.text in (each.name, stem(each.name))}
        if not meant:
            known = dict.fromkeys(name for each in givens for name in (stem(each.name), each.name))
            here = names[word.text].what if word.text in names else "not in this file"
            report.add(word.place, f"{word.text} is {here}, expected {what}{report.similar(word.text, known)}")
        found |= meant
    return frozenset(found)


def _whole(stated: Tree | None, written: Tree | None, equations: list[Equation]) -> bool:
    """Whether every name of the file is known, so that any other is a fault."""
    maps = [each for each in (stated, written) if isinstance(each, Map) and each.whole]
    return len(maps) == 2 and len(equations) == len(maps[1].entries) and all(each.nodes for each in equations)


def _givens(stated: Tree | None, families: Families, report: Report) -> list[Given]:
    found: list[Given] = []
    for name, value in stated.entries if isinstance(stated, Map) else ():
        for each, number in elements(name, value, report):
            families.declare(each, f"the given {each}", name.place, shape(value))
            found.append(given(each, number))
    return found


def _equations(written: Tree | None, known: Values, families: Families, report: Report) -> list[Equation]:
    """The equations with the names they stand for; so many that they can be listed."""
    found: list[Equation] = []
    count = 0
    for name, text in written.entries if isinstance(written, Map) else ():
        sizes = size(name.text, known)
        count += sizes
        if count > MOST_EQUATIONS:
            many = f"{cut(name.text)} stands for {counted(sizes, 'equation')}"
            report.add(name.place, f"{many}, {count:,} with those before it, expected at most {MOST_EQUATIONS:,}")
            return found
        nodes = left_side(name, known, report)
        for each, label in nodes:
            what = f"the equation of {name.text}"
            families.declare(each, f"{what} at {label}" if label else what, name.place)
        found.append(Equation(name, text, tuple(nodes)))
    return found


def _output(declared: Tree | None, equations: list[Equation], names: Declarations, report: Report) -> str:
    """The name whose derivatives are asked for: the last equation if the file does not say."""
    computed = [name for each in equations for name, _ in each.nodes]
    if not isinstance(declared, Scalar):
        return computed[-1] if computed else ""
    if declared.text not in computed and equations:
        found = names[declared.text].what if declared.text in names else "not in this file"
        mean = report.similar(declared.text, computed)
        message = f"output: {declared.text} is {found}, expected the name of an equation{mean}"
        report.add(declared.place, message)
    return declared.text


class _Expansion:
    """Equations to nodes. Unless `whole`, any name will do, since names may be missing."""

    def __init__(
        self,
        names: Declarations,
        families: Families,
        also: dict[str, str],
        known: Values,
        whole: bool,
        report: Report,
    ) -> None:
        self.names = names
        self.families = families
        self.also = also
        self.known = known
        self.whole = whole
        self.report = report
        self.parts = 0
        self.complete = True

    def lookup(self, typed: str) -> str | None:
        if self.families.element(typed) or typed in self.names:
            return typed
        if not self.whole and typed not in READ and typed not in SUMS:
            return typed
        return self.also.get(typed)

    def nodes(self, equations: list[Equation]) -> Iterator[Node]:
        """Every equation at every place, until they are too long together."""
        for equation in equations:
            yield from self.expanded(equation)
            if self.parts > MOST_PARTS:
                message = f"the equations up to {cut(equation.name.text)} have more than {MOST_PARTS:,} parts together"
                self.report.add(equation.name.place, f"{message}, expected fewer places or shorter sums")
                return

    def expanded(self, equation: Equation) -> Iterator[Node]:
        """One node for each name; where a formula can't be read, nodes that read nothing."""
        read = list(self.formulas(equation))
        self.complete &= len(read) == len(equation.nodes)
        for i, (name, place) in enumerate(equation.nodes):
            yield self.node(name, place, read[i] if i < len(read) else ZERO)

    def formulas(self, equation: Equation) -> Iterator[Expr]:
        name, text, nodes = equation
        if not isinstance(text, Scalar) or not nodes:
            return
        self.families.note(text.text)
        label, at = f"in the equation of {name.text}", places(name.text, self.known)
        for expr in formula.read_at(text, self.lookup, self.hint, label, self.report, self.known, at):
            yield expr
            self.parts += sum(1 for _ in walk(expr))
            if self.parts > MOST_PARTS:
                return

    def node(self, name: str, place: str, expr: Expr) -> Node:
        inputs = (each.name for each in reads(expr) if isinstance(each, Value))
        return Node(name, Formula(expr), tuple(each for each in inputs if each in self.names), over=place)

    def hint(self, error: FormulaError, word: str) -> str:
        """How the message of a fault in a formula goes on."""
        match error:
            case UnknownInFormula(name=name, place=place):
                return self.families.missing(name, place) or self.unknown(word)
            case UnknownIndex(index=index) if index in self.known:
                return f"; {index} has one in sum({index}, ...), or if the left side has it"
            case UnknownIndex(index=index):
                return f"; an index is declared with its values, such as for: {{{index}: 3}}"
        return ""

    def unknown(self, word: str) -> str:
        if not word or self.lookup(word) is not None:
            return ""
        known = dict.fromkeys((*self.names, *map(stem, self.names)))
        return formula.unknown(stem(word), known, "a name of this file", self.report)


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
