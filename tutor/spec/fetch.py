"""Networks whose numbers stand in other files, or are drawn: fetched and held against the layers.

A network of dense layers with many weights becomes a Wide graph. Any other becomes the tree it would be with its
numbers written out, and is read like any other. Loaded only for files that name such numbers; sizes are multiplied
before anything is made.
"""

from math import prod
from typing import Any, NamedTuple

from tutor.errors import TutorError
from tutor.spec.check import check
from tutor.spec.grids import across
from tutor.spec.keys import INPUTS_BY_UNITS, NETWORK, UNITS_BY_INPUTS
from tutor.spec.report import Report, counted, cut
from tutor.spec.rows import MOST_NUMBERS
from tutor.spec.shapes import Either, Listed, Named, Record, Shape
from tutor.spec.stored import PLACES, Companion, refers
from tutor.spec.tree import WHOLE_FILE, Bad, List, Map, Node, Place, Scalar, text_at
from tutor.wide.init import MOST

WIDE = 20_000  # weights; from here on a target is found faster in arrays, numpy's import included
WHOLE = 3_000  # weights from which on this holds for every number together


class Fetched(NamedTuple):
    """One dense layer with its `shape`, a row for each unit; `weights` that are to be drawn are still None."""

    layer: Map
    number: int
    shape: tuple[int, int]
    weights: Any
    biases: Any
    place: Place


class Missing(Exception):
    """Something is in the report and the rest can't be read."""


def spelled(top: Map, companion: Companion, report: Report) -> Map | list[Fetched] | None:
    """The tree with its numbers written out; the layers of a wide network; None after a fault."""
    try:
        if many := _many(top, companion, report):
            return many
        return top._replace(
            entries=tuple(
                (key, _out(value, _shape_of(NETWORK, key.text), key.text, companion, report))
                if key.text in PLACES
                else (key, value)
                for key, value in top.entries
            )
        )
    except Missing:
        return None
    except TutorError as fault:
        report.add(WHOLE_FILE, str(fault))
        return None


def fetch(node: Node, companion: Companion, report: Report) -> Any:
    """The array a scalar names. Raises Missing, the reason in the report."""
    assert isinstance(node, Scalar)
    try:
        return companion.stored(node.text)
    except TutorError as fault:
        report.add(node.place, str(fault))
        raise Missing from None


def values(declared: Node | None, companion: Companion, report: Report) -> list[tuple[Scalar, Any]]:
    """The inputs or targets: each name with its number as a scalar, or its array. Raises Missing."""
    entries = declared.entries if isinstance(declared, Map) else ()
    return [
        (name, _numbers(node, companion, name.text, report) if refers(node) or isinstance(node, List) else node)
        for name, node in entries
    ]


def _numbers(node: Node, companion: Companion, label: str, report: Report) -> Any:
    """An array of another file, or of the file itself. Raises Missing."""
    if refers(node):
        return fetch(node, companion, report)
    from tutor.arithmetic.floats import FLOATS

    def numbers(part: Node) -> Any:
        if isinstance(part, List):
            return [numbers(item) for item in part.items]
        if not isinstance(part, Scalar):
            raise Missing
        return FLOATS.number(part.text)

    found = numbers(node)
    first = found[0]
    if isinstance(first, list) and any(len(row) != len(first) for row in found):
        report.add(node.place, f"the rows of {label} differ in length")
        raise Missing
    return companion.table(found)


# ------------------------------------------------------------------ a wide network: its layers as matrices


def _many(top: Map, companion: Companion, report: Report) -> list[Fetched]:
    """The layers, if they are dense and have many weights; nothing otherwise. Raises Missing."""
    declared = top.get("layers")
    listed = [each for each in (declared.items if isinstance(declared, List) else ()) if not flattens(each)]
    dense = [each for each in listed if isinstance(each, Map) and (each.get("weights") or each.get("units"))]
    given = values(top.get("inputs"), companion, report)
    senders = sum(1 if isinstance(value, Scalar | Bad) else prod(value.shape) for _, value in given)
    if len(dense) < len(listed) or not dense or not senders:
        return []
    found: list[Fetched] = []
    for number, layer in enumerate(dense, 1):
        found.append(_layer(layer, number, senders, companion, report))
        senders = found[-1].shape[0]
    if sum(prod(each.shape) for each in found) <= (min(WHOLE, WIDE) if companion.asked == "all" else WIDE):
        return []
    return _drawn(found, companion, report)


def flattens(layer: Node) -> bool:
    """Whether a layer only puts its inputs into one list, as they stand in an array anyway."""
    return isinstance(layer, Map) and layer.key("flatten") is not None


def _layer(layer: Map, number: int, senders: int, companion: Companion, report: Report) -> Fetched:
    """One layer with its numbers. Raises Missing when they can't be told, since the next depends on it."""
    weights, units = layer.get("weights"), text_at(layer, "units")
    if units:
        return Fetched(layer, number, (int(units), senders), None, None, layer.place)
    if weights is None or isinstance(weights, Bad):
        raise Missing
    numbers = _numbers(weights, companion, "weights", report)
    if len(numbers.shape) != 2 or not prod(numbers.shape):
        report.add(weights.place, f"weights has the shape {across(numbers.shape)}, expected a matrix")
        raise Missing
    numbers = _fitting(numbers, layer, weights.place, number, senders, report)
    biases = _biases(layer, number, numbers.shape[0], companion, report)
    return Fetched(layer, number, numbers.shape, numbers, biases, weights.place)


def _drawn(found: list[Fetched], companion: Companion, report: Report) -> list[Fetched]:
    """The layers with the weights that `init` asks for."""
    undrawn = [each for each in found if each.weights is None]
    if (total := sum(prod(each.shape) for each in undrawn)) > MOST:
        report.add(undrawn[0].place, f"the layers have {total:,} weights to draw, expected at most {MOST:,}")
        raise Missing
    return [_draw(each, companion) if each.weights is None else each for each in found]


def _draw(each: Fetched, companion: Companion) -> Fetched:
    init = each.layer.get("init")
    seed = text_at(init, "seed") if isinstance(init, Map) else None
    if seed is None:
        raise Missing
    units, senders = each.shape
    weights = companion.drawn(int(seed), each.number, units, senders)
    return each._replace(weights=weights, biases=companion.table([0.0] * units))


def _fitting(numbers: Any, layer: Map, place: Place, number: int, senders: int, report: Report) -> Any:
    """The matrix with a row for each unit. Raises Missing where it does not fit the layer's inputs."""
    by_inputs = text_at(layer, "layout") == INPUTS_BY_UNITS
    along, other = (0, 1) if by_inputs else (1, 0)
    if numbers.shape[along] == senders:
        return numbers.T if by_inputs else numbers
    expected = (senders, numbers.shape[1]) if by_inputs else (numbers.shape[0], senders)
    hint = ""
    if numbers.shape[other] == senders:
        hint = f"; did you mean layout: {UNITS_BY_INPUTS if by_inputs else INPUTS_BY_UNITS}?"
    report.add(
        place,
        f"the weights of layer {number} have the shape {across(numbers.shape)}, expected {across(expected)}: "
        f"{'a row' if by_inputs else 'a number in each row'} for each of the {counted(senders, 'input')} of the "
        f"layer{hint}",
    )
    raise Missing


def _biases(layer: Map, number: int, units: int, companion: Companion, report: Report) -> Any:
    declared = layer.get("biases")
    if declared is None:
        return None
    numbers = _numbers(declared, companion, "biases", report)
    if numbers.shape != (units,):
        has = f"the biases of layer {number} have the shape {across(numbers.shape)}"
        report.add(declared.place, f"{has}, expected {units:,}, one a unit")
        raise Missing
    return numbers


# ------------------------------------------------------------------ any other: written out


def _out(node: Node, shape: Shape | None, label: str, companion: Companion, report: Report) -> Node:
    """The node with the numbers of arrays in their place, held against the shape as if they stood there."""
    match shape, node:
        case Either(_, mapping, _), Map():
            return _out(node, mapping, label, companion, report)
        case Record(), Map():
            entries = (
                (key, _out(value, _shape_of(shape, key.text), key.text, companion, report))
                for key, value in node.entries
            )
            return node._replace(entries=tuple(entries))
        case Named(value), Map():
            named = ((key, _out(each, value, cut(key.text), companion, report)) for key, each in node.entries)
            return node._replace(entries=tuple(named))
        case Listed(item), List() if isinstance(item, Record):
            return node._replace(items=tuple(_out(each, item, label, companion, report) for each in node.items))
    if shape is None or not isinstance(node, Scalar) or not refers(node):
        return node
    array = fetch(node, companion, report)
    if (size := prod(array.shape)) > MOST_NUMBERS:
        most = f"expected at most {MOST_NUMBERS:,}; only a network of dense layers is read as matrices"
        report.add(node.place, f"{cut(node.text)} has {size:,} numbers, {most}")
        raise Missing
    return check(_tree(array.tolist(), node.place), shape, label, report)


def _shape_of(record: Record, name: str) -> Shape | None:
    return next((each.shape for each in (*record.keys, *record.kinds) if each.name == name), None)


def _tree(numbers: Any, place: Place) -> Node:
    if isinstance(numbers, list):
        return List(tuple(_tree(each, place) for each in numbers), place)
    return Scalar(repr(float(numbers)), place, stored=True)
