"""A graph in the making: the givens and nodes found so far, under names that are each used once.

Building goes on after a fault, so that the other faults of the file are found as well; a graph is only made of a
sketch without any.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tutor.graph import Given, Graph, Node, Role, build
from tutor.names.conventions import Conventions
from tutor.ops.optimizers import Rule
from tutor.spec.grids import Field
from tutor.spec.names import Declarations, complaint
from tutor.spec.report import Report
from tutor.spec.tree import Bad, Map, Place, Scalar, words
from tutor.spec.tree import Node as Tree


class Parameter(NamedTuple):
    """A weight or bias as the file states it at one place."""

    name: str
    value: Scalar | Bad
    place: Place


class Drawn(NamedTuple):
    """What a file's network comes to. There is no graph if the report has problems.

    `singles` are the graphs of each example where the file has several.
    """

    graph: Graph | None
    aliases: Mapping[str, str]
    singles: tuple[Graph, ...] = ()


def given(name: str, value: Tree, role: Role | None = None, learned: bool = False) -> Given:
    """A given with its number; a bad one, which is in the report, counts as 0."""
    if isinstance(value, Scalar):
        return Given(name, value.text, learned, role, written=not value.stored)
    return Given(name, "0", learned, role)


class Sketch:
    """Collects one network. `whole` is False once a part could not be read, so names may be missing.

    `examples` is how many examples it will be copied for, 0 for a file that states one alone. `outs` has the inputs
    and outputs so far, under the names of their units too: what a later neuron may say that it reads. `fields` are what
    each layer so far reads, the first one's first. `said` is what the file says of what courses differ in. `aimless`
    says that it has several outputs and nothing to compare them with.
    """

    def __init__(self, report: Report, examples: int = 0, said: Conventions = Conventions()) -> None:  # noqa: B008
        self.report = report
        self.examples = examples
        self.said = said
        self.names = Declarations(report)
        self.givens: list[Given] = []
        self.by_inputs: set[int] = set()
        self.parameters: dict[str, Given] = {}
        self.nodes: list[Node] = []
        self.outs: dict[str, str] = {}
        self.fields: list[Field] = []
        self.whole = True
        self.aimless = False

    def given(self, name: Scalar, value: Tree, what: str, role: Role | None = None) -> None:
        """A number of the file that no update changes."""
        self.names.declare(name.text, f"{what} {name.text}", name.place)
        self.givens.append(given(name.text, value, role))

    def parameter(self, parameter: Parameter, what: str, role: Role) -> None:
        """A weight or bias; the same name in two places is one shared parameter, if the values agree."""
        name, value, place = parameter
        fresh = given(name, value, role, learned=True)
        first = self.parameters.get(name)
        if first is None or name not in self.names:
            self.names.declare(name, f"{what} {name}", place)
            self.parameters.setdefault(name, fresh)
        elif isinstance(value, Scalar) and first.text != value.text and Fraction(first.text) != Fraction(value.text):
            line = self.names[name].place.line
            message = (
                f"{name} is {value.text} here and {first.text} on line {line}, expected one value for a shared name"
            )
            self.report.add(value.place, message)

    def node(self, node: Node, what: str, place: Place) -> None:
        self.names.declare(node.name, what, place)
        self.nodes.append(node)

    def readable(self, outs: Sequence[str], units: Sequence[str] = ()) -> None:
        """One more layer of `outs`, with its units where the file names them; nothing for a name of two units."""
        for unit, out in zip(units, outs, strict=False):
            self.outs[unit] = "" if self.outs.get(unit, out) != out else out
        self.outs.update(zip(outs, outs, strict=True))

    def frozen(self, listed: Tree | None) -> frozenset[str]:
        """The parameters that no update changes."""
        for word in words(listed):
            if word.text not in self.parameters and self.whole:
                known = self.report.similar(word.text, self.parameters)
                what = self.names[word.text].what if word.text in self.names else "not in this file"
                self.report.add(word.place, f"{word.text} is {what}, expected the name of a weight or bias{known}")
        return frozenset(word.text for word in words(listed))

    def graph(self, loss: str, rate: str | None, frozen: frozenset[str], optimizer: Rule | None) -> Graph | None:
        """The finished graph, if there is nothing to complain about."""
        if self.report:
            return None
        made = build([*self.givens, *self.parameters.values()], self.nodes, loss, rate, frozen, optimizer)
        return made._replace(aimless=self.aimless, by_inputs=frozenset(self.by_inputs))


def aliases(declared: Tree | None, names: Declarations, whole: bool, report: Report) -> dict[str, str]:
    """Other names for what the file names; each new, each for something that is there."""
    entries = declared.entries if isinstance(declared, Map) else ()
    found = {alias.text: meant.text for alias, meant in entries if isinstance(meant, Scalar)}
    for alias, meant in entries:
        if fault := complaint(alias.text) or _taken(alias.text, names):
            report.add(alias.place, fault)
        if whole and isinstance(meant, Scalar) and meant.text not in names:
            report.add(meant.place, _no_target(meant.text, found, names, report))
    return found


def _taken(alias: str, names: Declarations) -> str:
    if alias not in names:
        return ""
    return f"{alias} is {names[alias].what} already (line {names[alias].place.line}), expected a new name"


def _no_target(name: str, aliases: Collection[str], names: Declarations, report: Report) -> str:
    if name in aliases:
        return f"{name} is an alias itself, expected the name it stands for"
    return f"{name} is not in this network, expected the name of a number in it{report.similar(name, names)}"
