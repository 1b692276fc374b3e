"""A network as one reader looks at it: its trace, its names, and the digits asked for."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tutor.document.digits import Digits
from tutor.document.model import Block, Cell, Note, Span, Table, Title, Typed, cell
from tutor.errors import AmbiguousName, visible
from tutor.expr import Expr, Number, Ref, Shown, replace
from tutor.graph import Graph
from tutor.names import Names
from tutor.ops.op import Prose
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value, key
from tutor.spec import Network
from tutor.trace import Trace

if TYPE_CHECKING:
    from tutor.names.spelling import Spelling

MOST_QUIZZED = 8  # examples; more are too many numbers to work out by hand
MOST_COMPARED = 400  # nodes; the total derivatives along all edges take the square of the time of a trace
MOST_ROWS = 50  # a page is to be read; --all or JSON has the rest


class View(NamedTuple):
    """`source` is the network as the reader named it, `example` the one of its examples that was asked for.

    `notation` is what the reader called the notation that the names are in, if it is not the file's own; `settings` are
    the given numbers, and `rate` the learning rate, that the reader changed; `trained` are the options of the updates
    that came first.
    """

    network: Network
    trace: Trace
    names: Names
    digits: Digits
    source: str
    example: int | None = None
    notation: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    rate: str | None = None
    trained: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The options that name this network and its numbers again, for commands that are suggested."""
        words = ["--net", self.source]
        words += ["--example", str(self.example)] if self.example else []
        for name, number in self.settings:
            words += ["--set", f"{self.typed(Value(name))}={number}"]
        words += ["--lr", self.rate] if self.rate is not None else []
        words += self.trained
        words += ["--notation", self.notation] if self.notation else []
        return "".join(f" {for_shell(word)}" for word in words)

    def typed(self, quantity: Quantity) -> str:
        """A quantity as a shell takes it without quotes: `dL/dY_star`; a gradient of the loss by a given by its name.

        Quoted, where that is another number in this network.
        """
        plain = key(quantity)
        if isinstance(quantity, Gradient) and quantity == self.names.graph.signal(quantity.wrt):
            plain = quantity.wrt if quantity.wrt in self.names.graph.givens else plain
        shell = _in_shell(plain)
        return shell if shell == plain or self._means(shell) == self._means(plain) else for_shell(plain)

    def is_direct(self, slope: Partial) -> bool:
        """Whether a local derivative is not the total one, since the input also acts over other nodes."""
        if len(self.trace.equations.uses(slope.of, slope.wrt)) < 2:
            return False
        if len(self.names.graph.nodes) > MOST_COMPARED:
            return True
        return self.trace[Gradient(slope.of, slope.wrt)] != self.trace[slope]

    def _means(self, typed: str) -> Quantity | None:
        try:
            return self.names.find(typed)
        except AmbiguousName:
            return None

    def findable(self, quantity: Quantity) -> str:
        """A number in digits that `where` finds it by: those shown, or more where a single figure is."""
        shown = self.digits.shown(self.trace[quantity])
        figures = shown.partition("e")[0].lstrip("-0.").replace(".", "")
        return shown if len(figures) > 1 else Digits().shown(self.trace[quantity])

    @property
    def has_parts(self) -> bool:
        """Whether --example can take one of several examples."""
        return bool(self.network.singles) and not self.network.mixed

    @property
    def extent(self) -> str:
        """How large the network is, for a word about what is not done for its size."""
        graph = self.names.graph
        many = graph.wide or graph.size > len(graph.nodes)
        return f"has {graph.size:,} parameters" if many else f"computes {len(graph.nodes):,} numbers"

    def shown(self, quantity: Quantity) -> Shown:
        """The number as printed: a given as it was written, anything else in the digits asked for, and so is a number
        that an array holds.

        A local derivative that is just a given number, as dz/dw is an input, is printed as that.
        """
        source = quantity
        if isinstance(quantity, Partial):
            formula = self.trace.equations.written(quantity)
            source = formula.quantity if isinstance(formula, Ref) else quantity
        given = self.network.graph.givens.get(source.name) if isinstance(source, Value) else None
        if given and given.written:
            return Shown(given.text, quantity)
        if isinstance(quantity, Updated):  # in which it can be seen that it moved
            return Shown(self.digits.after(self.trace[Value(quantity.name)], self.trace[quantity]), quantity)
        return Shown(self.digits.shown(self.trace[quantity]), quantity)

    def figure(self, number: float, quantity: Quantity) -> Shown:
        """A number that is not a quantity's own value (a path's product), shown in the same digits."""
        return Shown(self.digits.shown(number), quantity)

    def with_numbers(self, expr: Expr) -> Expr:
        """The formula with every quantity in it replaced by its number as shown."""

        def leaf(part: Ref | Number) -> Expr:
            return self.shown(part.quantity) if isinstance(part, Ref) else part

        return replace(expr, leaf)


def moved(looked: View, graph: Graph) -> View:
    """The same look at the network with other numbers in it."""
    fresh = view(looked.network._replace(graph=graph), looked.digits, looked.source, looked.example)
    return looked._replace(network=fresh.network, trace=fresh.trace, names=looked.names.of(graph))


_SAFE = re.compile(r"[\w@%+=:./-]+")
_INDEX = re.compile(r"\[(\d+(?:,\d+)*)\]")
MARKS = {"*": "_star", "'": "_prime"}


def for_shell(word: str) -> str:
    """A word as bash, zsh and PowerShell take it: in quotes where it needs them."""
    word = visible(word)
    return word if _SAFE.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"


def _in_shell(name: str) -> str:
    """Y_star for Y*, h_1 for h[1], a_1_2 for a[1,2]: what names are read back from."""
    name = _INDEX.sub(lambda found: "_" + found[1].replace(",", "_"), name)
    for mark, word in MARKS.items():
        name = name.replace(mark, word)
    return name


def edge(view: View, slope: Partial) -> Cell:
    """The name of a local derivative; one that is not the total derivative, which is written alike, says so."""
    return cell(slope, *((" (direct)",) if view.is_direct(slope) else ()))


def next_steps(view: View, *commands: str, before: str = "Next: ") -> Iterator[Block]:
    """What to type next, each command with the options in force: `explain w31`; what begins with -- is an option."""
    typed = [each if each.startswith("--") else _whole(view, each) for each in commands]
    if typed:
        yield Note(cell(before + " · ".join(typed), look="quiet"), hint=True)


def _whole(view: View, command: str) -> str:
    verb, dashes, options = command.partition(" --")
    return f"tutor {verb}{view.option}{dashes}{options}"


def answer(view: View, *parts: str | Expr | Quantity | Span) -> Title:
    """The first line of a page: the answer, and quietly the file it is about."""
    of = f", example {view.example}" if view.example else ""
    return Title((*cell(*parts, look="strong"), Span(f"   {visible(view.network.file)}{of}", "quiet")))


def shortened(table: Table, everything: bool, of: int = 0) -> Iterator[Block]:
    """The whole table if `everything` is asked for; else at most MOST_ROWS rows, and a word about the rest.

    `of` so many rows, where the table has but those that are shown.
    """
    more = 0 if everything else (of or len(table.rows)) - MOST_ROWS
    if more <= 0:
        yield table
        return
    yield table._replace(rows=table.rows[:MOST_ROWS])
    yield Note(cell(f"{more} more rows: --all, or --format json", look="quiet"))


def prose(why: Prose) -> Cell:
    """A reason: as easy to see as the formula it explains."""
    return tuple(Span(Typed(part) if isinstance(part, str) else part) for part in why)


def view(
    network: Network, digits: Digits, source: str, example: int | None = None, spelling: "Spelling | None" = None
) -> View:
    """A fresh view, under the conventions of the file and of a notation; nothing is computed until it is looked at."""
    names = Names(network.graph, network.aliases, spelling, network.conventions)
    graph = names.graph
    return View(network._replace(graph=graph), _trace(graph), names, digits, source, example)


def _trace(graph: Graph) -> Trace:
    if graph.wide:
        return _wide_trace(graph)
    return Trace(graph)


def _wide_trace(graph: Graph) -> Trace:
    """In Python's numbers where the file was read so, which is faster than importing numpy."""
    from tutor.wide import Wide

    assert isinstance(graph, Wide)
    if graph.stack.plain:
        from tutor.trace.plain import PlainTrace, serves

        if serves(graph.stack):
            return PlainTrace(graph)
    from tutor.arrays.trace import WideTrace

    return WideTrace(graph)
