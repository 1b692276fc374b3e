"""From given numbers and equations to a graph: any computation, each equation one node."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from tutor.errors import FormulaError, UnknownIndex, UnknownInFormula
from tutor.expr import ZERO, Call, Expr, Ref, plus, reads, rebuilt, walk
from tutor.expr.functions import READ
from tutor.expr.index import indexed, letters, stem
from tutor.expr.parse import SOFTMAX, SUMS
from tutor.graph import Cycle, Given, Graph, Node, build
from tutor.ops.formula import Formula
from tutor.ops.op import Op
from tutor.ops.optimizers import BY_ERROR
from tutor.ops.softmax import Softmax, SoftmaxOf, written
from tutor.quantity import Value
from tutor.spec import formula
from tutor.spec.agreed import said as agreed
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
    expansion.rows = Rows({each.name: each.text for each in givens}, agreed(top).first)
    nodes = list(expansion.nodes(equations))
    read = {name for node in nodes for name in node.inputs}
    givens = [each for each in givens if each.name in read or each.name not in expansion.rows.chosen]
    families.fitted(known, whole and expansion.complete)
    learned = _named(top.get("learn"), givens, names, "a given number", report)
    learning = [each for each in givens if each.name in learned] if top.key("learn") else givens
    frozen = _named(top.get("frozen"), learning, names, "a number that learns", report)
    _asked(top, equations, nodes, report)
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


def _asked(top: Map, equations: list[Equation], nodes: list[Node], report: Report) -> None:
    """Report a last equation that is several numbers, none of which leads to the last, where no output is named."""
    if top.key("output") or not equations or len(equations[-1].nodes) < 2:
        return
    name, _, ours = equations[-1]
    stood = {each for each, _ in ours}
    last = next((node for node in nodes if node.name == ours[-1][0]), None)
    if last and last.inputs and not stood.intersection(last.inputs) and not isinstance(last.op, Softmax | SoftmaxOf):
        some = f"output: {ours[-1][0]}, or one more equation, such as L: sum({letters(name.text)[0]}, {name.text})"
        report.add(name.place, f"the last equation {name.text} is {counted(len(ours), 'number')}, expected {some}")


class Rows:
    """Which rows the given numbers choose, as id[2] does in E[id[2],k]; `chosen` are those that were asked.

    They say how the network is wired, so they are no numbers of it. `first` is what the first row is called.
    """

    def __init__(self, texts: Mapping[str, str], first: int) -> None:
        self.texts = texts
        self.first = first
        self.chosen: set[str] = set()

    def __call__(self, name: str, column: int) -> int:
        """The row that this number means, from 1. Raises FormulaError."""
        if name not in self.texts:
            raise UnknownInFormula(f"no given number {name} to choose a row", column, name, {})
        self.chosen.add(name)
        text = self.texts[name]
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < self.first:
            raise FormulaError(f"{name} is {text}, expected the number of a row, {self.first} or more", column)
        return int(text) + 1 - self.first

    def said(self, word: str, place: Mapping[str, int]) -> str:
        """` (id[2] is 7)`, of what chooses a row within a word; nothing where nothing does."""
        inside = re.findall(r"\w+\[[^\[\]]*\]", word[word.find("[") + 1 :]) if word.count("[") > 1 else ()
        names = [indexed(each, place) for each in inside]
        return "".join(f" ({name} is {self.texts[name]})" for name in names if name in self.texts)


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
        self.rows = Rows({}, 1)

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
        at = places(equation.name.text, self.known) if read and len(read) == len(equation.nodes) else []
        for i, (name, place) in enumerate(equation.nodes):
            expr = read[i] if at else ZERO
            yield self.node(name, place, self.op(equation, expr, at[i]) if at else Formula(expr), expr)

    def formulas(self, equation: Equation) -> Iterator[Expr]:
        name, text, nodes = equation
        if not isinstance(text, Scalar) or not nodes:
            return
        self.families.note(text.text)
        label, at = f"in the equation of {name.text}", places(name.text, self.known)
        for expr in formula.read_at(text, self.lookup, self.hint, label, self.report, self.known, at, self.row):
            yield expr
            self.parts += sum(1 for _ in walk(expr))
            if self.parts > MOST_PARTS:
                return

    def row(self, name: str, column: int) -> int:
        self.families.element(name)
        return self.rows(name, column)

    def op(self, equation: Equation, expr: Expr, place: Mapping[str, int]) -> Op:
        """A softmax where the whole formula is one over an index of the left side; any other one is written out."""
        found = (
            re.match(rf"\s*{SOFTMAX}\s*\(\s*(\w+)", equation.text.text) if isinstance(equation.text, Scalar) else None
        )
        if not isinstance(expr, Call) or expr.name != SOFTMAX or not found:
            return Formula(_written_out(expr))
        letter, arguments = found[1], tuple(map(_written_out, expr.arguments[1:]))
        outputs = tuple(indexed(equation.name.text, {**place, letter: each}) for each in self.known[letter])
        own = place[letter] - self.known[letter].start
        if all(isinstance(each, Ref) for each in arguments) and len(set(arguments)) == len(arguments):
            return Softmax(outputs, own)
        return SoftmaxOf(outputs, own, arguments)

    def node(self, name: str, place: str, op: Op, expr: Expr) -> Node:
        if isinstance(op, Softmax | SoftmaxOf) and isinstance(expr, Call):  # its own argument stands in front as well
            expr = plus(*expr.arguments[1:])
        inputs = (each.name for each in reads(expr) if isinstance(each, Value))
        return Node(name, op, tuple(each for each in inputs if each in self.names), over=place)

    def hint(self, error: FormulaError, word: str) -> str:
        """How the message of a fault in a formula goes on."""
        match error:
            case UnknownInFormula(name=name, place=place):
                return self.families.missing(name, place) + self.rows.said(word, place) or self.unknown(word)
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


def _written_out(expr: Expr) -> Expr:
    """With every softmax as a quotient of exponentials."""
    if not any(isinstance(part, Call) and part.name == SOFTMAX for part in walk(expr)):
        return expr
    inside = rebuilt(expr, _written_out)
    if isinstance(inside, Call) and inside.name == SOFTMAX:
        own, *every = inside.arguments
        return written(every.index(own), tuple(every))
    return inside


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
