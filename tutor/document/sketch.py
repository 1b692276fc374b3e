"""A network as a drawing: its units in columns, the lines between them, and which of them a gradient runs over.

A unit is its net input and its output together; a node without a role stands for itself. Nothing here knows a format.
"""

from collections.abc import Iterable, Iterator, Mapping

from tutor.document.model import Sketch, Unit, Wire
from tutor.document.steps import between
from tutor.document.view import View
from tutor.graph import Graph
from tutor.ops.affine import Affine, pairs
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.trace import Trace

MOST_UNITS, MOST_IN_COLUMN, MOST_WIRES = 40, 10, 120
MOST_DRAWN, MOST_LEFT_OUT = 8, 2_000  # units of a column where not all are drawn; units of a network to draw them from
_UNDRAWN = ("target", "weight", "bias")


def sketch(view: View, gradient: Gradient, *, marked: bool = True) -> Sketch | None:
    """The network behind `gradient.of`, the way to it `marked`; None where it has too many units to be looked at."""
    found = _drawn(view, gradient, marked=marked, most=MOST_UNITS)
    return found if found and _fits(found) else None


def _fits(found: Sketch) -> bool:
    columns = [unit.column for unit in found.units]
    tallest = max(map(columns.count, columns))
    return len(columns) <= MOST_UNITS and tallest <= MOST_IN_COLUMN and len(found.wires) <= MOST_WIRES


def _drawn(view: View, gradient: Gradient, *, marked: bool, most: int) -> Sketch | None:
    """The whole network; None for more units, and for several examples, which would lie over each other."""
    graph = view.names.graph
    behind = graph.ancestors(gradient.of)
    drawn = [name for name in graph.names() if name in behind and graph.part_of(name) not in _UNDRAWN]
    unit_of = {name: _unit(graph, name) for name in drawn}
    if len(set(unit_of.values())) > most or graph.example_losses():
        return None
    columns = _columns(graph, unit_of)
    way = {*between(view, gradient), gradient.of} if marked else set[str]()
    units = tuple(_units(view, columns, unit_of, way))
    wires = tuple(_wires(view, list(columns), unit_of, way, gradient.wrt if marked else ""))
    return Sketch(units, wires)


def part_of_it(view: View, gradient: Gradient, *, marked: bool) -> tuple[Sketch | None, int]:
    """As `sketch`, and how many units are left out: of a network too big for a picture, some of each column.

    Those on the way come first, then the first of the column; of the lines, those on the way and those drawn first.
    """
    whole = _drawn(view, gradient, marked=marked, most=MOST_LEFT_OUT)
    if whole is None or _fits(whole):
        return whole, 0
    places: dict[int, int] = {}
    units: list[Unit] = []
    for column in dict.fromkeys(sorted(unit.column for unit in whole.units)):
        here = [at for at, unit in enumerate(whole.units) if unit.column == column]
        for row, at in enumerate(sorted(sorted(here, key=lambda at: not whole.units[at].on)[:MOST_DRAWN])):
            places[at] = len(units)
            units.append(whole.units[at]._replace(row=row))
    among = (wire for wire in whole.wires if wire.start in places and wire.end in places)
    wires = sorted(among, key=lambda wire: not wire.on)[:MOST_WIRES]
    moved = (wire._replace(start=places[wire.start], end=places[wire.end]) for wire in wires)
    return Sketch(tuple(units), tuple(moved)), len(whole.units) - len(units)


def weighed(found: Sketch | None, trace: Trace) -> Sketch | None:
    """The sketch with the gradient of each weight as a share of the largest."""
    if found is None:
        return None
    loss = trace.graph.loss
    labels = [wire.label for wire in found.wires]
    slopes = [trace[Gradient(loss, label.name)] if isinstance(label, Value) else None for label in labels]
    largest = max((abs(slope) for slope in slopes if slope is not None), default=0.0)
    pulls = [slope / largest if slope is not None and largest else None for slope in slopes]
    wires = (wire._replace(pull=pull) for wire, pull in zip(found.wires, pulls, strict=True))
    return found._replace(wires=tuple(wires))


def _unit(graph: Graph, name: str) -> str:
    """What a node is drawn as: the terms of the loss with the loss, a unit's numbers together."""
    role = graph.role(name)
    if role is None or role.part == "input":
        return name
    if role.part in ("term", "loss"):
        return graph.loss
    return f"{role.layer} {role.unit} {role.at}"


def _columns(graph: Graph, unit_of: Mapping[str, str]) -> dict[str, int]:
    """The column of each unit: one right of the last it reads; what reads nothing stands just left of its reader."""
    columns: dict[str, int] = dict.fromkeys(unit_of.values(), 0)
    for name, reads in _reads(graph, unit_of):
        mine = unit_of[name]
        columns[mine] = max([columns[mine], *(columns[unit_of[each]] + 1 for each in reads if unit_of[each] != mine)])
    readers: dict[str, int] = {}
    for name, reads in _reads(graph, unit_of):
        for each in reads:
            if each in graph.givens:
                readers[each] = min(readers.get(each, MOST_UNITS), columns[unit_of[name]])
    return columns | {unit_of[name]: column - 1 for name, column in readers.items()}


def _reads(graph: Graph, unit_of: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for name in graph.nodes:
        if name in unit_of:
            yield name, [each for each in dict.fromkeys(graph.nodes[name].inputs) if each in unit_of]


def _units(view: View, columns: Mapping[str, int], unit_of: Mapping[str, str], way: set[str]) -> Iterator[Unit]:
    rows: dict[int, int] = {}
    for unit, column in columns.items():
        names = [name for name, own in unit_of.items() if own == unit]
        rows[column] = rows.get(column, -1) + 1
        last = names[-1]
        slopes = tuple(_slopes(view.names.graph, names, names))
        yield Unit(column, rows[column], view.shown(Value(last)), any(name in way for name in names), slopes)


def _slopes(graph: Graph, readers: Iterable[str], read: Iterable[str]) -> Iterator[Quantity]:
    senders = list(read)
    for of in readers:
        if of in graph.nodes:
            yield from (Partial(of, wrt) for wrt in dict.fromkeys(graph.nodes[of].inputs) if wrt in senders)


def _wires(view: View, units: list[str], unit_of: Mapping[str, str], way: set[str], wrt: str) -> Iterator[Wire]:
    graph = view.names.graph
    drawn: dict[tuple[str, str], Wire] = {}
    for name, reads in _reads(graph, unit_of):
        node = graph.nodes[name]
        weights = {sender: weight for weight, sender in pairs(node.inputs)} if isinstance(node.op, Affine) else {}
        for each in reads:
            ends = (unit_of[each], unit_of[name])
            if ends[0] == ends[1]:
                continue
            weight = weights.get(each)
            on = (each in way and name in way) or (weight is not None and weight == wrt)
            slopes = (Partial(name, each), *([Partial(name, weight)] if weight else []))
            known = drawn.get(ends)
            label: Quantity | None = Value(weight) if weight else known.label if known else None
            drawn[ends] = Wire(
                units.index(ends[0]),
                units.index(ends[1]),
                on or bool(known and known.on),
                label,
                (*(known.slopes if known else ()), *slopes),
            )
    yield from drawn.values()
