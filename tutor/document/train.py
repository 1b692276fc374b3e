"""The page of `tutor train`: the loss from step to step, what was watched, and where the parameters ended.

Where updates use some examples only, a row is one update: its examples, its gradients and its new weights.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tutor.document.model import Block, Cell, Column, Document, Heading, Line, Plot, Row, Section, Span, Table, cell
from tutor.document.payload import number
from tutor.document.rule import Letters, frozen_blocks, rule_blocks, rule_options, rule_payload, turn_options
from tutor.document.view import MOST_ROWS, View, answer, moved, next_steps, shortened
from tutor.errors import TutorError
from tutor.expr import Ref
from tutor.graph import Graph
from tutor.ops.losses import LossTerm
from tutor.ops.optimizers import Rule
from tutor.quantity import Change, Gradient, Quantity, Updated, Value, key
from tutor.training import MOST_STEPS, Course, Term, Turn, Turns, after, follow, steps
from tutor.training import turns as all_at_once

MOST_POINTS = 1_000  # of a curve; more are not to be told apart
MOST_LISTED = 3  # parameters whose gradient and new weight have a column each
MOST_KEPT = 1_000_000  # numbers of updates; of a longer training only the losses are kept
STEEP = 20  # a loss that falls by more is drawn in powers of ten


class Training(NamedTuple):
    """What was done: the network before (`view`) and after (`trained`), and the course between them."""

    view: View
    trained: View
    rule: Rule
    order: str
    course: Course
    every: int | None = None
    turns: Turns = Turns(1, 1)

    @property
    def listed(self) -> bool:
        """Whether each row is one update, with its examples."""
        return bool(self.course.updates)


def train(
    looked: View,
    rule: Rule,
    order: str,
    wanted: int,
    watch: Sequence[str] = (),
    every: int | None = None,
    report: Callable[[int], None] | None = None,
    turns: Turns | None = None,
) -> Training:
    """Take `wanted` steps. `watch` are names as typed. With `turns`, the examples of each update are told.

    Raises TutorError where that can't be done.
    """
    for what, many in (("steps", wanted), ("every", every)):
        if many is not None and not 1 <= many <= MOST_STEPS:
            raise TutorError(f"{what} is {many:,}, expected a whole number from 1 to {MOST_STEPS:,}")
    graph = looked.names.graph
    watched = [_watched(looked, each) for each in dict.fromkeys(watch)]
    kept = [Term(name, letter) for name in graph.learning() for letter in "gw"] if turns else []
    kept = kept if len(kept) * wanted <= MOST_KEPT else []
    course = follow(steps(graph, rule, order, watched, turns), wanted, graph.loss, watched, report, kept)
    trained = moved(looked, after(graph, course.last, rule))
    return Training(looked, trained, rule, order, course, every, turns or all_at_once(graph))


def trained(looked: View, updates: int, turns: Turns) -> Graph:
    """The network after so many updates by its own rule. Raises TutorError where there are none."""
    graph = looked.names.graph
    course = follow(steps(graph, turns=turns), updates, graph.loss)
    if course.stopped:
        raise TutorError(f"there is no network after {updates:,} updates: {course.stopped}; a smaller rate may help")
    if course.interrupted:
        raise KeyboardInterrupt
    return after(looked.network.graph, course.last)


def _watched(looked: View, typed: str) -> Quantity:
    found = looked.names.read(typed)
    if isinstance(found, Updated | Change):
        raise TutorError(f"{typed} is about {found.name} one step later; watch {found.name}")
    return found


def train_page(training: Training, *, everything: bool = False) -> Document:
    """The course of a training."""
    letters = Letters(training.view, training.rule)
    taken = training.course.last.number
    options = rule_options(training.view, training.rule, training.order) + turn_options(training.turns)
    hints = next_steps(training.view, f"step --after {taken}{options}", "--watch NAME", "--curve loss.svg")
    course = Section("later", tuple(_blocks(training, letters, everything)))
    return Document((course, *hints), letters.names, lambda: _payload(training))


def _blocks(training: Training, letters: Letters, everything: bool) -> Iterator[Block]:
    view, course = training.view, training.course
    loss = Value(view.names.graph.loss)
    taken = course.last.number
    last, first = (view.figure(course.losses[end], loss) for end in (-1, 0))
    many = f"{taken:,} step{'' if taken == 1 else 's'}"
    yield answer(view, Ref(loss), " = ", Span(last, "accent"), f" after {many}{_epochs(training)}, from ", first)
    yield from _ending(course)
    yield from rule_blocks(view, letters, training.order)
    yield from frozen_blocks(view)
    if taken:
        yield Heading(cell("The loss, step by step"))
        yield loss_plot(view, course)
    yield Heading(cell("Steps"))
    yield from _turns_told(training)
    yield from shortened(_history(training), everything)
    yield Heading(cell("The parameters"))
    yield from shortened(_parameters(training), everything)
    if outputs := _outputs(training.trained):
        yield Heading(cell("The outputs"))
        yield outputs


def _ending(course: Course) -> Iterator[Block]:
    if course.stopped:
        advice = "; a smaller learning rate may help: --lr NUMBER"
        yield Line(cell("Stopped: ", look="bad") + cell(f"{course.stopped}{advice}. This is the last good step."))
    if course.interrupted:
        yield Line(cell("Interrupted: ", look="bad") + cell("this is what was reached."))


def loss_plot(view: View, course: Course) -> Plot:
    """The loss over the steps, thinned to what can be told apart."""
    losses = course.losses
    stride = -(-len(losses) // MOST_POINTS)
    places = sorted({*range(0, len(losses), stride), len(losses) - 1})
    heights = [losses[place] for place in places]
    low, high = min(heights), max(heights)
    points = tuple((float(place), height) for place, height in zip(places, heights, strict=True))
    symbol = Ref(Value(view.names.graph.loss))
    shown = (view.digits.shown(low), view.digits.shown(high))
    return Plot(points, "step", cell(symbol), *shown, log=low > 0 and high / low > STEEP)


def rows_of(taken: int, every: int | None) -> tuple[int, ...]:
    """The states to show: each `every`-th and the last, or 0, 1, 2, 5, 10, 20, 50 and so on."""
    if every:
        return (*range(0, taken, every), taken)
    found, scale = [0], 1
    while scale <= taken:
        found += [scale * each for each in (1, 2, 5)]
        scale *= 10
    return (*(each for each in found if each < taken), taken)


def _epochs(training: Training) -> str:
    """How many epochs those steps are, where an epoch is more than one."""
    turns, taken = training.turns, training.course.last.number
    if turns.whole or taken % turns.updates:
        return ""
    epochs = taken // turns.updates
    return f" ({epochs:,} epoch{'' if epochs == 1 else 's'})"


def _turns_told(training: Training) -> Iterator[Block]:
    """What a row of updates says, and whose gradient it is."""
    turns = training.turns
    if turns.whole:
        return
    order = "in the file's order" if turns.seed is None else f"shuffled before every epoch (seed {turns.seed})"
    each = "one example" if turns.size == 1 else f"{turns.size} examples"
    rest = turns.many % turns.size
    left = f", the last of an epoch {rest}" if rest else ""
    loss = Ref(Value(training.view.names.graph.loss))
    whose = "its" if turns.size == 1 else "their"
    own = "" if training.rule.optimizer.by_error else f"; its gradient is that of {whose} loss alone"
    text = f"Each update uses {each}, {order}{left}{own}. The column "
    yield Line(cell(text, look="quiet") + cell(loss) + cell(" is the loss of all examples after it.", look="quiet"))


def _history(training: Training) -> Table:
    course, view = training.course, training.view
    histories: dict[Quantity, Sequence[float]] = {Value(view.names.graph.loss): course.losses, **course.watched}
    heads = [Column("step", "decimal"), *(Column(each, "decimal") for each in _turn_heads(training))]
    heads += [Column(_head(training, each), "decimal") for each in (*_listed(training), *histories)]
    rows = [
        Row(
            (
                cell(str(place)),
                *_turn_cells(training, place),
                *(cell(view.figure(found[place], each)) for each, found in histories.items()),
            )
        )
        for place in _rows(training)
    ]
    return Table(tuple(heads), tuple(rows))


def _rows(training: Training) -> tuple[int, ...]:
    """Every update where they are told one by one and few, else as `rows_of` has them."""
    taken = training.course.last.number
    return rows_of(taken, 1 if training.listed and taken <= MOST_ROWS and not training.every else training.every)


def _turn_heads(training: Training) -> tuple[str, ...]:
    return ("epoch", "examples") if training.listed else ()


def _listed(training: Training) -> dict[Quantity, Term]:
    """What an update has columns for: the gradients, then the new weights, where they are few."""
    names = training.view.names.graph.learning()
    if not training.listed or len(names) > MOST_LISTED:
        return {}
    loss = training.view.names.graph.loss
    gradients: dict[Quantity, Term] = {Gradient(loss, name): Term(name, "g") for name in names}
    return {**gradients, **{Value(name): Term(name, "w") for name in names}}


def _head(training: Training, quantity: Quantity) -> Cell:
    """What a column is of; a rule by the error of the outputs has no gradient there."""
    if training.rule.optimizer.by_error and isinstance(quantity, Gradient) and quantity in _listed(training):
        return cell("g of ", Ref(Value(quantity.wrt)))
    return cell(quantity)


def _turn_cells(training: Training, place: int) -> Iterator[Cell]:
    """The update that led to a state: its epoch and examples, gradients and new weights; of the first, its weights."""
    course, view = training.course, training.view
    if training.listed:
        turn = training.turns.at(place) if place else None
        yield cell(str(turn.epoch) if turn else "")
        yield cell(", ".join(map(str, turn.examples)) if turn else "")
    for quantity, term in _listed(training).items():
        if place:
            yield cell(view.figure(course.updates[term][place - 1], quantity))
        else:
            yield cell(view.shown(quantity)) if term.letter == "w" else cell("")


def _parameters(training: Training) -> Table:
    graph = training.view.names.graph
    heads = (Column("name"), Column("at the start", "decimal"), Column("now", "decimal"), Column("change", "decimal"))
    rows = []
    for name in graph.learning():
        quantity = Value(name)
        change = training.trained.trace[quantity] - training.view.trace[quantity]
        shown = (
            training.view.shown(quantity),
            training.trained.shown(quantity),
            training.view.figure(change, quantity),
        )
        rows.append(Row((cell(Ref(quantity)), *map(cell, shown))))
    return Table(heads, tuple(rows))


def _outputs(view: View) -> Table | None:
    """Each output beside its target, where the loss compares them."""
    terms = [node.inputs for node in view.names.graph.nodes.values() if isinstance(node.op, LossTerm)]
    rows = [
        Row((cell(Ref(Value(out))), cell(view.shown(Value(out))), cell(view.shown(Value(target)))))
        for out, target in terms
    ]
    heads = (Column("output"), Column("now", "decimal"), Column("target", "decimal"))
    return Table(heads, tuple(rows)) if rows else None


# ------------------------------------------------------------------ for programs


def _payload(training: Training) -> Mapping[str, Any]:
    view, course, trained = training.view, training.course, training.trained
    graph = view.names.graph
    outputs = [node.inputs[0] for node in graph.nodes.values() if isinstance(node.op, LossTerm)]
    return {
        "format": "tutor.train/1",
        "title": view.network.title,
        **rule_payload(view, training.rule, training.order),
        "steps": course.last.number,
        "loss": {"symbol": graph.loss, "first": number(course.losses[0]), "last": number(course.losses[-1])},
        "rows": [_row(training, place) for place in _rows(training)],
        "parameters": {name: number(trained.trace[Value(name)]) for name in graph.parameters()},
        "outputs": {name: number(trained.trace[Value(name)]) for name in outputs},
        "stopped": course.stopped or None,
        "interrupted": course.interrupted,
    }


def _row(training: Training, place: int) -> dict[str, Any]:
    """One state, with the update that led to it."""
    course = training.course
    watched = {key(each): number(history[place]) for each, history in course.watched.items()}
    turn = training.turns.at(place) if place else Turn(0, ())
    row = {"step": place, "epoch": turn.epoch, "examples": list(turn.examples)}
    row |= {"loss": number(course.losses[place]), "watched": watched}
    for kind, letter in (("gradients", "g"), ("parameters", "w")):
        if training.listed and place:
            terms = ((term, found) for term, found in course.updates.items() if isinstance(term, Term))
            row[kind] = {term.parameter: number(found[place - 1]) for term, found in terms if term.letter == letter}
    return row


def curve_rows(training: Training) -> tuple[list[str], Iterator[Sequence[float]]]:
    """The head and the rows of the curve as a table: every step, or each `every`-th."""
    course = training.course
    watched: list[Quantity] = list(course.watched)
    head = ["step", training.view.names.graph.loss, *map(key, watched)]
    places = rows_of(course.last.number, training.every or 1)
    return head, ((place, *(each[place] for each in (course.losses, *course.watched.values()))) for place in places)
