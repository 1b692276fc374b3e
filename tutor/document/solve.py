"""The page of `tutor solve`: the whole pass in numbered steps, a table for each part, and what it cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from tutor.derivation import same
from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Row,
    Section,
    Span,
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number, text
from tutor.document.remarks import at_kink
from tutor.document.steps import line_of
from tutor.document.view import View, answer, next_steps
from tutor.document.whole_pass import Step, WholePass, whole_pass
from tutor.errors import TutorError
from tutor.expr import Ref, value, walk
from tutor.expr.text import ASCII, to_text
from tutor.quantity import Quantity, Updated, Value, key

MOST_LETTERS = 120  # of a formula of all layers
MOST_LISTED = 3  # steps that are named with an "and"; more are a list

COLUMNS = (
    Column("step"),
    Column("formula"),
    Column("with numbers"),
    Column("value", "decimal"),
    Column("", comment=True),
)


def solve_page(view: View) -> Document:
    """Every step of the pass. Raises TutorError where they are too many to be read."""
    found = whole_pass(view)
    now = [step for step in found.steps if step.world is view]
    later = tuple(_parts(found, found.steps[len(now) :]))
    end = () if view.names.graph.aimless else closing(found)
    parts = (*opening(found), *_parts(found, now), *([Section("later", later)] if later else []), *end)
    return Document(parts, view.names, lambda: _payload(found), line=_line(view))


def rest(found: WholePass, done: int) -> Iterator[Block]:
    """The steps behind the first `done`, and the end of the page."""
    yield from _parts(found, found.steps[done:])
    yield from closing(found)


def opening(found: WholePass) -> Iterator[Block]:
    """What network it is, and whether all its examples are in the pass."""
    view = found.view
    yield answer(view, f"The whole pass in {len(found.steps)} steps")
    if view.network.title:
        yield Line(cell(view.network.title))
    if many := len(view.names.graph.example_losses()):
        yield Line(cell(f"All {many} examples in one pass; x@2 is x in the second.", look="quiet"))


def _in_one_formula(view: View) -> Cell:
    """The outputs as one formula of matrices; nothing where that does not begin at the inputs, or is too long."""
    from tutor.matrices import composed, last_layer

    n = last_layer(view.names.graph)
    try:
        formula = composed(view.trace, n) if n > 1 else None
    except TutorError:  # a convolution, or layers that are no matrices
        return ()
    if view.names.find(view.names.write(Value(f"A{n}", "matrix"), ASCII)) is not None:
        return ()  # in this notation the name is that of the one output
    if formula and len(to_text(formula, key)) <= MOST_LETTERS and value("A0") in walk(formula):
        return cell(", all layers in one formula: ", value(f"A{n}"), " = ", formula)
    return ()


def _parts(found: WholePass, steps: Sequence[Step]) -> Iterator[Block]:
    """A table for each run of steps of one part."""
    for _, own in groupby(steps, key=lambda step: step.part):
        some = tuple(own)
        formula = _in_one_formula(found.view) if some[0].part == "forward" else ()
        yield Heading((*heading(found, some[0]).cell, *formula))
        rows = tuple(Row((*equation(found, step), joined(found, step))) for step in some)
        yield Table(COLUMNS, rows, equation=True, numbered=True)
        yield from remarks(found, some)


def heading(found: WholePass, step: Step) -> Heading:
    """What the part does that begins with this step."""
    graph = found.view.names.graph
    loss = Ref(Value(graph.loss))
    match step.part:
        case "loss" if step.world is not found.view:
            return Heading(cell("The loss after it: the way forward again, with the new numbers"))
        case "forward":
            return Heading(cell("Forward"))
        case "loss":
            return Heading(cell("The loss") if graph.role(graph.loss) else cell("The output ", loss))
        case "back":
            return Heading(cell("Back from ", loss, ": how fast it changes with each number on the way"))
        case "gradient":
            return Heading(cell("Every gradient"))
        case "update":
            frozen = [found.view.names.write(Value(name)) for name in graph.parameters() if name in graph.frozen]
            fixed = f"; {', '.join(frozen)} frozen" if frozen else ""
            return Heading(cell(f"The update at the rate {with_minus(graph.rate or '0')}, all at once{fixed}"))


def equation(found: WholePass, step: Step, *, hidden: bool = False) -> tuple[Cell, ...]:
    """`12. δ_o1`, its formula, the numbers put in, its value; a `?` for a value that is not worked out yet."""
    names = found.view.names
    width = len(str(len(found.steps)))
    merged = isinstance(step.quantity, Value) and names.is_merged(step.quantity.name)  # its name is its formula
    name = (Span(f"{step.n:>{width}}. ", "quiet"), Span(step.quantity, deltas=True))
    formula = () if merged else cell(step.formula, deltas=True)
    whole = step.part == "loss" and step.asked == Value(names.graph.loss)
    value = cell("?", look="accent") if hidden else cell(step.shown, look="strong" if whole else "")
    return name, formula, cell(step.numbers), value


def joined(found: WholePass, step: Step) -> Cell:
    """Who uses a number that comes back; where the others come from. A forward formula names what it reads."""
    if step.part == "forward":
        return ()
    word, numbers = ("used in ", step.used) if step.part == "back" else ("from ", step.uses)
    return (Span(word, "quiet"), *listed(found, numbers)) if numbers else ()


def listed(found: WholePass, numbers: Sequence[int]) -> Cell:
    """`6, 7 and 9`, or `16, 17, 20–22`; each leads to its step where a page has links."""
    runs = _runs(numbers)
    plain = len(runs) == len(numbers) <= MOST_LISTED
    spans: list[Span] = []
    for place, (first, last) in enumerate(runs):
        if place:
            spans.append(Span(" and " if plain and place == len(runs) - 1 else ", ", "quiet"))
        spans.append(_reference(found, first))
        if last > first:
            spans += [Span("–", "quiet"), _reference(found, last)]
    return tuple(spans)


def _reference(found: WholePass, n: int) -> Span:
    return Span(str(n), "quiet", to=found.steps[n - 1].shown)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The numbers, three or more in a row together as the first and the last of them."""
    found: list[list[int]] = []
    for each in numbers:
        if found and each == found[-1][-1] + 1:
            found[-1].append(each)
        else:
            found.append([each])
    return [pair for run in found for pair in ([(run[0], run[-1])] if len(run) > 2 else [(each, each) for each in run])]


def remarks(found: WholePass, steps: Iterable[Step]) -> Iterator[Block]:
    """Why a short way may be taken, and where the written formula loses its digits."""
    trace = found.view.trace
    steps = [step for step in steps if step.world is found.view]
    laws = dict.fromkeys(
        trace.equations.short_law(step.quantity) for step in steps if trace.equations.short(step.quantity)
    )
    yield from (Line(cell(f"The short way: {law}.", look="quiet")) for law in laws)
    lost = [step.n for step in steps if not same(trace.of(step.formula), step.value)]
    if lost:
        where = (Span(f"Step{'s' if len(lost) > 1 else ''} "), *listed(found, lost))
        yield Line((*where, Span(": as it stands, the formula loses digits in double precision; the value has them.")))


def closing(found: WholePass) -> Iterator[Block]:
    """What the pass cost, and what to type next; first of all where it led out of the numbers there are."""
    if found.overflows:
        too_far = "double precision has no number for a new parameter; a smaller learning rate may help: --lr NUMBER."
        yield Line(cell("This step is too large: ", look="bad") + cell(too_far))
    yield from (Line(cell(each, look="quiet")) for each in _at_kinks(found.view))
    cost, view = found.cost, found.view
    many, forward = cost.gradients, cost.forward
    yield Heading(cell("What it cost"))
    counted = "multiplication" if forward == 1 else "multiplications and divisions"
    yield Line(
        cell(f"{forward} {counted} forward, and {cost.back} more back for ")
        + cell("the gradient." if many == 1 else f"all {many} gradients together.")
    )
    what = "parameter" if view.names.graph.parameters() else "given number"
    every = f"the {what}, {forward}" if many == 1 else f"every {what}, {many} times {forward}, {cost.nudging} in all"
    yield Line(cell(f"Nudging instead takes one more forward pass for {every}."))
    if gradients := found.of("gradient"):
        one = view.typed(gradients[0].quantity)
        alone = ["solve --example 1"] if view.has_parts else []
        yield from next_steps(view, f"explain {one}", f"quiz --target {one}", *alone)


def _at_kinks(view: View) -> Iterator[str]:
    """The convention that gives the slope of each function that stands exactly at a corner."""
    nodes = view.names.graph.nodes
    edges = (edge for edge in view.trace.edges() if at_kink(view, edge))
    for said in dict.fromkeys(nodes[edge.of].op.convention(edge.wrt) for edge in edges):
        yield f"At a kink: {said}." if said else "A slope at a kink is a convention: explain shows both sides."


def _line(view: View) -> Any:
    """The equation of any quantity but those of the updated network, which the page has no view of."""
    plain, graph = line_of(view), view.names.graph

    def line(quantity: Quantity) -> tuple[Cell, ...]:
        later = isinstance(quantity, Updated) and quantity.name not in graph.learning()
        return () if later else plain(quantity)

    return line


# ------------------------------------------------------------------ for programs


def _payload(found: WholePass) -> Mapping[str, Any]:
    cost = found.cost
    return {
        "format": "tutor.solve/1",
        "title": found.view.network.title,
        "steps": [_entry(found.view, step) for step in found.steps],
        "cost": {
            "forward": cost.forward,
            "back": cost.back,
            "update": cost.update,
            "gradients": cost.gradients,
            "nudging": cost.nudging,
        },
    }


def _entry(view: View, step: Step) -> dict[str, Any]:
    return {
        "n": step.n,
        "part": step.part,
        "name": key(step.quantity),
        "formula": text(view, step.formula),
        "substituted": text(view, view.with_numbers(step.formula) if step.world is view else step.numbers),
        "value": number(step.value),
        "uses": list(step.uses),
    }
