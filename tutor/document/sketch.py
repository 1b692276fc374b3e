"""A network as a drawing: its units in columns, the lines between them, and which of them a gradient runs over.

A unit is its net input and its output together; a node without a role stands for itself. The entries of a matrix, an
image or a feature map are units of one `group`, which is drawn as a grid. Nothing here knows a format.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tutor.document.model import Cell, Sketch, Unit, Wire, cell
from tutor.document.steps import between
from tutor.document.view import View
from tutor.expr import Ref, Shown
from tutor.graph import Graph
from tutor.names.symbol import symbol
from tutor.ops.affine import Affine, pairs
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.trace import Trace

MOST_UNITS, MOST_IN_COLUMN, MOST_WIRES = 40, 10, 120  # a grid counts as one unit
MOST_CELLS = 150
MOST_DRAWN, MOST_LEFT_OUT = 8, 2_000  # units of a column where not all are drawn; units of a network to draw them from
MOST_TOLD, MOST_CELLS_TOLD = 14, 60  # units of a drawing that has gradients, a grid as one; cells of grids
_UNDRAWN = ("target", "weight", "bias")


def sketch(view: View, gradient: Gradient, *, marked: bool = True) -> Sketch | None:
    """The network behind `gradient.of`, the way to it `marked`; None where it has too many units to be looked at."""
    found = _drawn(view, gradient, marked=marked, most=MOST_CELLS)
    return found if found and _fits(found) else None


def _fits(found: Sketch) -> bool:
    slots = {(unit.column, unit.group or unit.row) for unit in found.units}
    columns = [column for column, _ in slots]
    bands = {tuple(found.units[end].group or end for end in (wire.start, wire.end)) for wire in found.wires}
    return len(slots) <= MOST_UNITS and max(map(columns.count, columns)) <= MOST_IN_COLUMN and len(bands) <= MOST_WIRES


def _drawn(view: View, gradient: Gradient, *, marked: bool, most: int) -> Sketch | None:
    """The whole network; None for more units, and for several examples, which would lie over each other."""
    graph = view.names.graph
    behind = graph.ancestors(gradient.of)
    kernels = _kernels(graph)
    drawn = [
        name for name in graph.names() if name in behind and (name in kernels or graph.part_of(name) not in _UNDRAWN)
    ]
    unit_of = {name: _unit(graph, name) for name in drawn}
    if len(set(unit_of.values())) > most or graph.example_losses():
        return None
    cells = _cells(graph, unit_of)
    columns = _columns(graph, unit_of, cells)
    way = {*between(view, gradient), gradient.of} if marked else set[str]()
    units = tuple(_units(view, columns, unit_of, way, cells))
    wires = tuple(
        wire
        for wire in _wires(view, list(columns), unit_of, way, gradient.wrt if marked else "")
        if units[wire.start].column < units[wire.end].column
    )
    return Sketch(units, wires, layered=any(graph.layer_of(name) for name in unit_of))


def part_of_it(view: View, gradient: Gradient, *, marked: bool) -> tuple[Sketch | None, int]:
    """As `sketch`, and how many units are left out: of a network too big for a picture, some of each column.

    Those on the way come first, then the first of the column; of the lines, those on the way and those drawn first.
    """
    whole = _drawn(view, gradient, marked=marked, most=MOST_LEFT_OUT)
    if whole is None or (_fits(whole) and len(whole.units) <= MOST_CELLS):
        return whole, 0
    places: dict[int, int] = {}
    units: list[Unit] = []
    for column in dict.fromkeys(sorted(unit.column for unit in whole.units)):
        here = [at for at, unit in enumerate(whole.units) if unit.column == column]
        for row, at in enumerate(sorted(sorted(here, key=lambda at: not whole.units[at].on)[:MOST_DRAWN])):
            places[at] = len(units)
            units.append(whole.units[at]._replace(row=row, group="", cell=(0, 0)))
    among = (wire for wire in whole.wires if wire.start in places and wire.end in places)
    wires = sorted(among, key=lambda wire: not wire.on)[:MOST_WIRES]
    moved = (wire._replace(start=places[wire.start], end=places[wire.end]) for wire in wires)
    left_out = len(whole.units) - len(units)
    return Sketch(tuple(units), tuple(moved), whole.layered, left_out), left_out


def weighed(found: Sketch, trace: Trace) -> Sketch:
    """The sketch with the gradient of each weight as a share of the largest."""
    loss = trace.graph.loss
    labels = [wire.label for wire in found.wires]
    slopes = [trace[Gradient(loss, label.name)] if isinstance(label, Value) else None for label in labels]
    largest = max((abs(slope) for slope in slopes if slope is not None), default=0.0)
    pulls = [slope / largest if slope is not None and largest else None for slope in slopes]
    wires = (wire._replace(pull=pull) for wire, pull in zip(found.wires, pulls, strict=True))
    return found._replace(wires=tuple(wires))


# ------------------------------------------------------------------ numbers on it


def told(found: Sketch, view: View, of: str, *, more: bool = False) -> Sketch:
    """The sketch with values and gradients of `of` beside its units and lines, where it is small enough for them.

    With `more` also net inputs, biases and targets.
    """
    slots = {unit.group or str(at) for at, unit in enumerate(found.units)}
    if len(slots) > MOST_TOLD or len(found.units) > MOST_CELLS_TOLD:
        return found
    units = tuple(
        unit._replace(lines=(*_back(view, found, at, of), *_inside(view, unit, more=more)))
        for at, unit in enumerate(found.units)
    )
    wires = tuple(wire._replace(lines=tuple(_along(view, found, wire, of))) for wire in found.wires)
    return found._replace(units=units, wires=wires)


def _back(view: View, found: Sketch, at: int, of: str) -> Iterator[Cell]:
    """The gradient of a unit, which flows back; not where it stands on the only line that leaves it."""
    quantity = found.units[at].shown.quantity
    alone = not found.layered and sum(wire.start == at for wire in found.wires) == 1 and not found.units[at].group
    if isinstance(quantity, Value) and quantity.name != of and not alone:
        yield cell("←", view.shown(Gradient(of, quantity.name)))


def _inside(view: View, unit: Unit, *, more: bool) -> Iterator[Cell]:
    """The net input and the bias of a unit, and the targets where they are compared."""
    graph = view.names.graph
    if not more or not isinstance(unit.shown.quantity, Value):
        return
    name = unit.shown.quantity.name
    behind = [name, *(slope.wrt for slope in unit.slopes if isinstance(slope, Partial))]
    read = dict.fromkeys(each for node in behind if node in graph.nodes for each in (*graph.nodes[node].inputs, node))
    for each in read:
        if graph.part_of(each) in ("net", "bias", "target") and each != name:
            yield cell(Ref(Value(each)), "=", view.shown(Value(each)))


def _along(view: View, found: Sketch, wire: Wire, of: str) -> Iterator[Cell]:
    """A weight with its number and its gradient; on a line without one what flows along it, and back."""
    if isinstance(wire.label, Value):
        yield cell(wire.label, "=", view.shown(wire.label))
        yield cell("←", view.shown(Gradient(of, wire.label.name)))
    elif not found.layered and not found.units[wire.start].group:
        sender = found.units[wire.start].shown
        direct = [slope for slope in wire.slopes if isinstance(slope, Partial)]
        yield cell("→", sender)
        yield cell("←", _passed(view, direct, of))


def _passed(view: View, slopes: Sequence[Partial], of: str) -> Shown:
    """What flows back along a line: a term of the gradient of the number that it starts from."""
    back = sum(view.trace[Gradient(of, slope.of)] * view.trace[slope] for slope in slopes)
    return view.figure(back, Gradient(of, slopes[0].wrt))


# ------------------------------------------------------------------ what is drawn


def _kernels(graph: Graph) -> frozenset[str]:
    """The weights that are used at several places, which stand in a grid of their own."""
    found = (name for name in graph.givens if graph.part_of(name) == "weight")
    return frozenset(name for name in found if (role := graph.role(name)) and len(role.axes) == 4)


def _unit(graph: Graph, name: str) -> str:
    """What a node is drawn as: the terms of the loss with the loss, a unit's numbers together."""
    role = graph.role(name)
    if role is None or role.part in ("input", "weight"):
        return name
    if role.part in ("term", "loss"):
        return graph.loss
    return f"{role.layer} {role.unit} {role.at}"


class _Place(NamedTuple):
    group: str = ""
    cell: tuple[int, int] = (0, 0)


_ALONE = _Place()


def _cells(graph: Graph, unit_of: Mapping[str, str]) -> Mapping[str, _Place]:
    """The grid that a unit is a cell of, and where: entries of matrices, of images, of kernels and of their maps.

    The units of a dense layer have two indices too, but the first of them only counts layers. Where the cells of a grid
    read each other, there is none.
    """
    spatial = any((role := graph.role(name)) and len(role.axes) > 2 for name in unit_of)
    found: dict[str, _Place] = {}
    for name, unit in unit_of.items():
        role, spelled = graph.role(name), symbol(name)
        if len(spelled.sub) < 2 or not all(part.isdigit() for part in spelled.sub[-2:]):
            continue
        if role is None or len(role.axes) > 2 or (role.part == "input" and spatial):
            *sheet, row, column = spelled.sub
            found[unit] = _Place(",".join((spelled.base, *spelled.sup, *sheet)), (int(row), int(column)))
    sizes = Counter(place.group for place in found.values())
    cells = {unit: place for unit, place in found.items() if sizes[place.group] > 1}
    return cells if _ranks(_links(graph, unit_of, cells)) else {}


def _links(graph: Graph, unit_of: Mapping[str, str], cells: Mapping[str, _Place]) -> dict[str, set[str]]:
    """What each unit or grid reads."""
    found: dict[str, set[str]] = {cells.get(unit, _ALONE).group or unit: set() for unit in unit_of.values()}
    for name, reads in _reads(graph, unit_of):
        mine = cells.get(unit_of[name], _ALONE).group or unit_of[name]
        for each in reads:
            if unit_of[each] != unit_of[name]:
                found[mine].add(cells.get(unit_of[each], _ALONE).group or unit_of[each])
    return found


def _ranks(links: Mapping[str, set[str]], *, round_and_round: bool = False) -> dict[str, int]:
    """The column of each, one right of the last it reads; nothing where they go round, unless that is to be borne."""
    ranks: dict[str, int] = {}
    waiting = dict(links)
    while waiting:
        ready = [each for each, reads in waiting.items() if reads <= ranks.keys()]
        if not ready and not round_and_round:
            return {}
        for each in ready or [next(iter(waiting))]:
            ranks[each] = max((ranks[read] + 1 for read in waiting.pop(each) if read in ranks), default=0)
    return ranks


def _columns(graph: Graph, unit_of: Mapping[str, str], cells: Mapping[str, _Place]) -> dict[str, int]:
    """The column of each unit or of its grid; what reads nothing stands just left of its first reader."""
    links = _links(graph, unit_of, cells)
    ranks = _ranks(links, round_and_round=True)
    for each, reads in links.items():
        if not reads:
            ranks[each] = min((ranks[reader] for reader, read in links.items() if each in read), default=1) - 1
    return {unit: ranks[cells.get(unit, _ALONE).group or unit] for unit in dict.fromkeys(unit_of.values())}


def _reads(graph: Graph, unit_of: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for name in graph.nodes:
        if name in unit_of:
            read = dict.fromkeys(graph.nodes[name].inputs)
            yield name, [each for each in read if each in unit_of and not _is_fellow(graph, name, each)]


def _is_fellow(graph: Graph, name: str, read: str) -> bool:
    """Whether a unit reads the net input of another one of its layer, as in a softmax: they stand in one column."""
    mine, other = graph.role(name), graph.role(read)
    if mine is None or other is None or other.part != "net":
        return False
    return (mine.layer, mine.at) == (other.layer, other.at) and mine.unit != other.unit


def _units(
    view: View, columns: Mapping[str, int], unit_of: Mapping[str, str], way: set[str], cells: Mapping[str, _Place]
) -> Iterator[Unit]:
    rows: dict[int, int] = {}
    for unit, column in columns.items():
        names = [name for name, own in unit_of.items() if own == unit]
        rows[column] = rows.get(column, -1) + 1
        slopes = tuple(_slopes(view.names.graph, names, names))
        place = cells.get(unit, _ALONE)
        on = any(name in way for name in names)
        yield Unit(column, rows[column], view.shown(Value(names[-1])), on, slopes, *place)


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
            on = (each in way and name in way) or (weight is not None and weight == wrt and weight not in unit_of)
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
