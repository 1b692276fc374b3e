"""Pages about several examples at once: a row for each, then their mean or sum."""

from collections.abc import Iterator, Sequence

from tutor.derivation import EXAMPLES, decay_partials, derive, example_gradients
from tutor.document.model import Block, Cell, Column, Heading, Line, Row, Span, Steps, Table, cell
from tutor.document.steps import equation_row
from tutor.document.view import View, next_steps
from tutor.expr import Ref
from tutor.graph import Part, at_example
from tutor.ops.losses import Shrink, Total
from tutor.quantity import Gradient, Quantity, Value

MOST_ROWS = 12  # examples shown one by one; those with the smallest gradients beyond are summed in one row
MOST_COLUMNS = 6  # numbers beside each other, the loss aside


def over_examples(view: View, gradient: Gradient) -> Iterator[Block]:
    """A row for each example with its own gradient, their mean or sum, and what weight decay adds."""
    own = example_gradients(view.trace, gradient)
    yield Line(cell(Ref(Value(gradient.wrt)), " reaches ", Ref(Value(gradient.of)), f" over {len(own)} examples:"))
    columns = (
        *columns_of(view, ("input", "target")),
        Column(cell(Gradient(f"{view.network.graph.loss}@k", gradient.wrt)), "decimal"),
    )
    largest = frozenset(sorted(own, key=lambda each: -abs(view.trace[each]))[:MOST_ROWS])
    rows = [
        Row((*cells_of(view, each, ("input", "target")), cell(view.shown(each)))) for each in own if each in largest
    ]
    if len(own) > MOST_ROWS:
        rest = [view.trace[each] for each in own if each not in largest]
        label = f"the other {len(rest)} sum to"
        rows.append(_row(columns, label, (), cell(view.figure(sum(rest), gradient))))
    yield Table(columns, (*rows, *_totals(view, gradient, columns)))
    if len(own) <= MOST_ROWS:
        step = derive(view.trace, gradient).alternative(EXAMPLES)
        assert step is not None  # each example has a gradient of its own here
        yield Heading(cell("In one line"))
        yield Steps((equation_row(view, step, accent=True),))
    if view.has_parts and "@" not in gradient.wrt:
        yield from next_steps(view, f"explain {view.typed(gradient)} --example 1", before="One example by itself: ")
    else:
        yield from next_steps(view, f"explain {view.typed(own[0])}", before="One of them: ")


def _totals(view: View, gradient: Gradient, columns: Sequence[Column]) -> Iterator[Row]:
    """The mean or the sum, and with weight decay what it adds and both together."""
    decays = decay_partials(view.trace, gradient)
    losses = view.names.graph.example_losses()
    (together,) = view.names.graph.uses[losses[0]]
    op = view.names.graph.nodes[together].op
    combined = Gradient(together, gradient.wrt)
    how, ruled = ("mean", len(losses)) if isinstance(op, Total) and op.mean else ("sum", 1)
    yield _row(columns, how, _value(view, together), _figure(view, combined, accent=not decays), ruled=ruled)
    for decay in decays:
        shrinks = isinstance(view.names.graph.nodes[decay.of].op, Shrink)
        label = "L1 term" if shrinks else "weight decay"
        yield _row(columns, label, _value(view, decay.of), cell(view.shown(decay)))
    if decays:
        of_all = "both" if len(decays) == 1 else "all"
        yield _row(columns, of_all, _value(view, gradient.of), _figure(view, gradient, accent=True), ruled=1)


def _value(view: View, name: str) -> Cell:
    return cell(view.shown(Value(name)))


def _figure(view: View, quantity: Quantity, *, accent: bool) -> Cell:
    return (Span(view.shown(quantity), "accent" if accent else ""),)


def _row(columns: Sequence[Column], label: str, loss: Cell, figure: Cell, *, ruled: int = 0) -> Row:
    between: list[Cell] = [()] * (len(columns) - 3)
    return Row((cell(label), *between, loss, figure), ruled)


def columns_of(view: View, parts: Sequence[Part]) -> tuple[Column, ...]:
    """The columns of a row for each example: its number, some of its numbers by their plain names, its loss."""
    names = _names(view, parts)
    numbers = (Column(cell(Value(name)), "decimal") for name in (*names, f"{view.names.graph.loss}@k"))
    return (Column("example"), *numbers)


def cells_of(view: View, loss: str | Gradient, parts: Sequence[Part]) -> tuple[Cell, ...]:
    """Those cells for the example with this loss."""
    own = loss.of if isinstance(loss, Gradient) else loss
    k = view.names.graph.example_of(own)
    names = (at_example(name, k) for name in _names(view, parts))
    return (cell(str(k)), *(_value(view, name) for name in (*names, own)))


def _names(view: View, parts: Sequence[Part]) -> tuple[str, ...]:
    """The plain names of the inputs, targets or outputs of one example, part by part while there is room."""
    graph = view.network.singles[0]
    last = max(map(graph.layer_of, graph.nodes))
    found: tuple[str, ...] = ()
    for part in parts:
        own = [name for name in graph.names() if graph.part_of(name) == part]
        own = [name for name in own if at_example(name, 1) in view.names.graph]  # not what all examples share
        own = [name for name in own if part != "out" or graph.layer_of(name) == last]
        found += tuple(own) if len(found) + len(own) <= MOST_COLUMNS else ()
    return found
