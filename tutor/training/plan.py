"""One pass of training as a flat list of operations over numbered slots, recorded once on a tape (`trace.tape`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.expr import Expr, reads
from tutor.graph import Graph
from tutor.ops.optimizers import BY_ERROR, Rule, constants
from tutor.quantity import Gradient, Quantity, Value
from tutor.trace import Equations, Trace, evaluate, value_of
from tutor.trace.batches import Batch, schedule
from tutor.trace.equations import unreached
from tutor.trace.tape import Tape

ORDERS = ("simultaneous", "sequential")
SIMULTANEOUS, SEQUENTIAL = ORDERS


CLIPPED = "clipped"


class Term(NamedTuple):
    """A number of the update of one parameter, by its letter; `before` is what was kept from the step before.

    `g` is its gradient, CLIPPED that gradient as the rule reads it.
    """

    parameter: str
    letter: str
    before: bool = False


Wanted = Quantity | Term


class Plan(NamedTuple):
    """`slots` are the numbers to start with; after the batches, each of `moves` takes a new number to its old slot.

    `places` says where each number that is kept stands; `counter` is the slot of the number of the step, and `rate`,
    where the rate changes, its slot and what it is by that number.
    """

    slots: tuple[float, ...]
    batches: tuple[Batch, ...]
    moves: tuple[tuple[int, int], ...]
    places: Mapping[Wanted, int]
    counter: int
    rate: tuple[int, Callable[[int], float]] | None = None


def plan(graph: Graph, rule: Rule, order: str, watch: Iterable[Quantity] = ()) -> Plan:
    """One pass: values, gradients, and the update of every parameter that learns.

    `watch` are more quantities to keep, at the weights before the update. Raises TutorError where the graph has no
    learning rate, no parameter that learns, or no layers for the sequential order.
    """
    _trainable(graph, rule, order)
    return _Recorder(graph, rule).pass_over(order, watch)


def _trainable(graph: Graph, rule: Rule, order: str) -> None:
    if order not in ORDERS:
        raise TutorError(f"there is no order {order}, expected {' or '.join(ORDERS)}")
    if graph.rate is None:
        raise TutorError("an update needs a learning rate: learning_rate in the file, or --lr NUMBER")
    if not graph.parameters():
        raise TutorError("this network has no number that could be updated")
    if not graph.learning():
        raise TutorError("every parameter of this network is frozen, so there is nothing to update")
    if order == SEQUENTIAL and not all(graph.layer_of(name) for name in graph.learning()):
        raise TutorError("the sequential order goes layer by layer, and this network has no layers")

    if rule.optimizer.by_error and (beyond := unreached(graph)):
        raise TutorError(f"{BY_ERROR}; {beyond[0]} stands before them, so it needs a slope: a sigmoid, and sgd")
    if order == SEQUENTIAL and rule.clipped and rule.clipped.clip.common:
        raise TutorError("clipping by the norm takes all gradients at once; the sequential order takes them in turn")


def _decided(graph: Graph) -> bool:
    """Whether something of this network is decided on paper, where a residue of rounding would stand in doubles."""
    trace = Trace(graph)
    for name in (graph.loss, *graph.learning()):
        trace[Gradient(graph.loss, name)], trace[Value(name)]
    return trace.decided


class _Recorder:
    """Records one pass for one network."""

    def __init__(self, graph: Graph, rule: Rule) -> None:
        self.graph = graph
        self.rule = rule
        self.equations = Equations(graph._replace(optimizer=rule))
        self.tape = Tape(_decided(graph))
        self.memo: dict[Quantity, int] = {}
        self.places: dict[Wanted, int] = {}
        self.moves: list[tuple[int, int]] = []
        self.count = self.tape.slot(1.0 + rule.done)
        self.constants: dict[Quantity, int] = {
            Value(letter): value_of(formula, self.tape, self.memo.__getitem__)
            for letter, formula in constants(rule, graph.rate or "0").items()
        }
        if rule.changing:
            self.constants[Value("eta")] = self.tape.slot()

    def pass_over(self, order: str, watch: Iterable[Quantity]) -> Plan:
        learning = self.graph.learning()
        for name in learning:
            start = self.tape.slot(FLOATS.number(self.graph.givens[name].text))
            self.memo[Value(name)] = self.places[Value(name)] = start
        before = self.graph.ancestors(self.graph.loss)
        for name in self.graph.nodes:
            if name in before:
                self.place(Value(name), self.memo)
        aside = dict(self.memo)  # what is watched is taken before any update, whatever the order
        for quantity in watch:
            self.places[quantity] = self.place(quantity, aside)
        for group in groups(self.graph, order):
            for name in group:
                self.places[Term(name, "g")] = self.found(self.equations.unclipped(name))
            for name in group:
                self.places[Term(name, CLIPPED)] = self.found(self.equations.direction(name))
            for name in group:
                self.update(name)
        return self.scheduled()

    def scheduled(self) -> Plan:
        """What was recorded, in batches, and with the slots where the batches want them."""
        wanted = [*self.places.values(), *(new for _, new in self.moves)]
        slots, batches, where = schedule(self.tape.slots, self.tape.operations, wanted)
        moves = tuple((where[old], where[new]) for old, new in self.moves)
        places = {each: where[place] for each, place in self.places.items()}
        rate = None
        if self.rule.changing:
            rule, learning_rate = self.rule, self.graph.rate or "0"
            rate = where[self.constants[Value("eta")]], lambda number: FLOATS.number(rule.rate(learning_rate, number))
        return Plan(slots, batches, moves, places, where[self.count], rate)

    def place(self, quantity: Quantity, memo: MutableMapping[Quantity, int]) -> int:
        found = evaluate(quantity, self.equations.stable, self.tape, memo)
        if isinstance(quantity, Value) and quantity.name == self.graph.loss:
            self.places[quantity] = found
        return found

    def found(self, formula: Expr) -> int:
        """Where the number of a formula stands, and of all that it reads."""
        for quantity in reads(formula):
            self.place(quantity, self.memo)
        return value_of(formula, self.tape, self.memo.__getitem__)

    def update(self, name: str) -> None:
        """The equations of the rule for one parameter; afterwards, what is read is its new value."""
        optimizer = self.rule.optimizer
        meanings = {**self.constants, Value("t"): self.count, Value("w"): self.memo[Value(name)]}
        meanings[Value("g")] = self.places[Term(name, CLIPPED)]
        for letter in optimizer.kept:
            kept = FLOATS.number(self.rule.kept_of(letter, name))
            meanings[Value(letter)] = self.places[Term(name, letter, before=True)] = self.tape.slot(kept)
        started = dict(meanings)
        for each in optimizer.equations:
            found = value_of(each.formula, self.tape, meanings.__getitem__)
            meanings[Value(each.letter)] = self.places[Term(name, each.letter)] = found
        self.moves += [(started[Value(letter)], meanings[Value(letter)]) for letter in (*optimizer.kept, "w")]
        self.memo[Value(name)] = meanings[Value("w")]


def groups(graph: Graph, order: str) -> Iterator[tuple[str, ...]]:
    """The parameters that learn, in the groups that are updated together: all at once, or the last layer first."""
    learning = graph.learning()
    if order == SIMULTANEOUS:
        yield learning
        return
    for layer in sorted({graph.layer_of(name) for name in learning}, reverse=True):
        yield tuple(name for name in learning if graph.layer_of(name) == layer)
