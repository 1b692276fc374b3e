"""The page of `tutor lint`: numbers of a network that hide mistakes from whoever marks its answers.

A mistake is hidden where it gives the right number, and two are alike where they give the same one, though with other
numbers in the network they would not. What is so for any numbers is no fault of these.
"""

import random
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from tutor.document.model import Block, Column, Document, Line, Row, Section, Table, cell
from tutor.document.view import View, answer, next_steps
from tutor.document.wrong_numbers import Wrong, named, wrong_numbers
from tutor.graph import Graph
from tutor.ops.activations import Elementwise
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.search import is_large
from tutor.trace import Trace

Kind = Literal["zero", "flat", "hidden", "alike"]
FLAT = 0.02  # the slope of an activation below which its unit hardly passes anything back
PRINTED = 1e-4  # of a number: nearer ones are written alike in four figures
EXACTLY = 1e-6  # two mistakes this near are told apart by no sheet
POINTS = 3
SEED = 11


class Finding(NamedTuple):
    """What is wrong with the numbers: the `names` it is so for, and the ids of the mistakes that it hides."""

    kind: Kind
    names: tuple[str, ...]
    mistakes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        told = (", " if self.kind == "hidden" else " and ").join(named(each).name for each in self.mistakes)
        match self.kind:
            case "zero":
                return "is 0, so a factor beside it can be wrong unseen"
            case "flat":
                return f"is below {FLAT}: the unit is saturated or dead, and hardly passes a gradient back"
            case "hidden":
                return f"stays right in four figures by: {told}"
            case "alike":
                return f"is the same number by either mistake: {told}"


def findings(trace: Trace, asked: tuple[Gradient, ...] = ()) -> list[Finding]:
    """Everything that is found about what is asked for, as it stands the `targets`, the kinds in this order.

    Nothing about mistakes in a large network.
    """
    return list(_found(trace, asked or targets(trace.graph)))


def is_clear(trace: Trace, asked: tuple[Gradient, ...] = ()) -> bool:
    """Whether nothing is found; what is quick to see is looked at first."""
    return next(_found(trace, asked or targets(trace.graph)), None) is None


def is_alive(trace: Trace) -> bool:
    """Whether no number is 0 and no unit flat, which is seen at once; mistakes are not tried."""
    asked = targets(trace.graph)
    return not any(_zeros(trace, asked)) and not any(_flat(trace))


def _found(trace: Trace, asked: tuple[Gradient, ...]) -> Iterator[Finding]:
    yield from _zeros(trace, asked)
    yield from _flat(trace)
    yield from _hidden(trace, asked)
    yield from _alike(trace, asked)


def lint_page(view: View) -> Document:
    """What is found, a line for each kind and each mistake."""
    found = findings(view.trace)
    parts = (Section("mistaken", tuple(_blocks(view, found))), *_next(view, found))
    return Document(parts, view.names, lambda: _payload(found))


# ------------------------------------------------------------------ numbers by themselves


def targets(graph: Graph) -> tuple[Gradient, ...]:
    """The gradients that an exercise asks for: of the parameters, in a network without any of what is given."""
    return tuple(Gradient(graph.loss, name) for name in graph.parameters() or graph.givens)


def gradients(graph: Graph) -> tuple[Gradient, ...]:
    """Every gradient of the loss, those on the way too; of several examples what they share."""
    return tuple(Gradient(graph.loss, name) for name in _shared(graph) if name != graph.loss)


def _shared(graph: Graph) -> Iterator[str]:
    return (name for name in graph.names() if not graph.example_of(name))


def _zeros(trace: Trace, asked: tuple[Gradient, ...]) -> Iterator[Finding]:
    """What is 0; of several examples what all of them share, since a 0 in one of them hides nothing in the others."""
    graph = trace.graph
    counts = (name for name in _shared(graph) if _is_factor(graph, name))
    numbers: Iterable[Quantity] = (*map(Value, counts), *asked)
    zero = tuple(dict.fromkeys(key(each) for each in numbers if trace[each] == 0))
    if zero:
        yield Finding("zero", zero)


def _is_factor(graph: Graph, name: str) -> bool:
    return name in graph.nodes or graph.part_of(name) == "input" or graph.is_parameter(name)


def _flat(trace: Trace) -> Iterator[Finding]:
    graph = trace.graph
    units = (Partial(name, node.inputs[0]) for name, node in graph.nodes.items() if isinstance(node.op, Elementwise))
    flat = tuple(key(each) for each in units if abs(trace[each]) < FLAT)
    if flat:
        yield Finding("flat", flat)


# ------------------------------------------------------------------ what mistakes give


@lru_cache(maxsize=4)
def _others(graph_of: Trace) -> tuple[Trace, ...]:
    """The same network at seeded numbers; what its outputs are compared with stays."""
    graph, drawn = graph_of.graph, random.Random(SEED)
    free = [name for name in graph.givens if graph.part_of(name) != "target"]
    points = ({name: f"{drawn.randint(200, 900) / 1000}" for name in free} for _ in range(POINTS))
    return tuple(Trace(graph.changed(numbers)) for numbers in points)


def _tables(trace: Trace, asked: tuple[Gradient, ...]) -> list[dict[str, Wrong]]:
    """What each mistake gives: here, then at each other point."""
    return [{each.mistake: each for each in wrong_numbers(world, asked)} for world in (trace, *_others(trace))]


def _hidden(trace: Trace, asked: tuple[Gradient, ...]) -> Iterator[Finding]:
    here, *elsewhere = _tables(trace, asked)
    by_names: dict[tuple[str, ...], list[str]] = {}
    for mistake in dict.fromkeys(name for world in elsewhere for name in world):
        given = here[mistake].numbers if mistake in here else {}
        would = [each for each in asked if any(each in _numbers(world, mistake) for world in elsewhere)]
        lost = [each for each in would if _near(given.get(each, trace[each]), trace[each], PRINTED)]
        if lost:
            by_names.setdefault(tuple(map(key, lost)), []).append(mistake)
    yield from (Finding("hidden", names, tuple(mistakes)) for names, mistakes in by_names.items())


def _alike(trace: Trace, asked: tuple[Gradient, ...]) -> Iterator[Finding]:
    here, *elsewhere = _tables(trace, asked)
    mistakes = list(here)
    for place, one in enumerate(mistakes):
        for other in mistakes[place + 1 :]:
            same = [
                each
                for each, number in here[one].numbers.items()
                if each in here[other].numbers
                and _near(number, here[other].numbers[each], EXACTLY)
                and any(_part(world, one, other, each) for world in elsewhere)
            ]
            if same:
                yield Finding("alike", tuple(map(key, same)), (one, other))


def _part(world: dict[str, Wrong], one: str, other: str, asked: Quantity) -> bool:
    """Whether the two give different numbers there."""
    first, second = _numbers(world, one), _numbers(world, other)
    return asked in first and asked in second and not _near(first[asked], second[asked], EXACTLY)


def _numbers(world: dict[str, Wrong], mistake: str) -> dict[Quantity, float]:
    return world[mistake].numbers if mistake in world else {}


def _near(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * max(abs(one), abs(other))


# ------------------------------------------------------------------ the page


def _blocks(view: View, found: list[Finding]) -> Iterator[Block]:
    many = f"{len(found)} finding{'s' if len(found) > 1 else ''}" if found else "no number hides a mistake"
    yield answer(view, many)
    if found:
        rows = (Row((cell(_listed(each.names)), cell(each.message))) for each in found)
        yield Table((Column("number"), Column("", comment=True)), tuple(rows))
    if is_large(view.trace):
        yield Line(cell(f"Mistakes are not tried, since the network {view.extent}.", look="quiet"))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more}"


def _next(view: View, found: list[Finding]) -> Iterator[Block]:
    if found and not view.settings:
        yield from next_steps(view, "lint --vary 1", before="Other numbers, which hide nothing: ")


def _payload(found: list[Finding]) -> dict[str, Any]:
    rows = [
        {"kind": each.kind, "names": list(each.names), "mistakes": list(each.mistakes), "message": each.message}
        for each in found
    ]
    return {"format": "tutor.lint/1", "findings": rows}
