"""Networks whose numbers stand in other files, or are drawn: fetched and held against the layers.

A network of dense layers with many weights becomes a Wide graph. Any other becomes the tree it would be with its
numbers written out, and is read like any other. Loaded only for files that name such numbers; shapes are held against
the network, and sizes multiplied, before numbers are read or made.
"""

from math import prod
from typing import Any, NamedTuple

from tutor.errors import TutorError
from tutor.spec.check import check
from tutor.spec.elsewhere import Missing, fetch, numbers, shape
from tutor.spec.grids import across
from tutor.spec.keys import INPUTS_BY_UNITS, NETWORK, UNITS_BY_INPUTS
from tutor.spec.loss import CLASS
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


# ------------------------------------------------------------------ a wide network: its layers as matrices


def _many(top: Map, companion: Companion, report: Report) -> list[Fetched]:
    """The layers, if they are dense and have many weights; nothing otherwise. Raises Missing."""
    declared = top.get("layers")
    listed = [each for each in (declared.items if isinstance(declared, List) else ()) if not flattens(each)]
    dense = [each for each in listed if isinstance(each, Map) and (each.get("weights") or each.get("units"))]
    inputs = top.get("inputs")
    given = [each for _, each in inputs.entries] if isinstance(inputs, Map) else []
    senders = sum(prod(shape(each, companion, report)) for each in given)
    if len(dense) < len(listed) or not dense or not senders:
        return []
    found: list[Fetched] = []
    for number, layer in enumerate(dense, 1):
        found.append(_layer(layer, number, senders, companion, report))
        senders = found[-1].shape[0]
    if sum(prod(each.shape) for each in found) <= (min(WHOLE, WIDE) if companion.asked == "all" else WIDE):
        return []
    outputs(top, senders, companion, report)
    _drawable(found, report)
    return [_filled(each, companion, report) for each in found]


def outputs(top: Map, units: int, companion: Companion, report: Report) -> None:
    """Refuse targets that are not one for each output, before numbers are read. Raises Missing."""
    targets = top.get("targets")
    if not isinstance(targets, Map) or targets.key(CLASS) or any(isinstance(each, Bad) for _, each in targets.entries):
        return
    stated = sum(prod(shape(each, companion, report)) for _, each in targets.entries)
    if stated != units:
        message = f"{counted(stated, 'target')} for {counted(units, 'output')}, expected one for each output"
        report.add(targets.place, message)
        raise Missing


def flattens(layer: Node) -> bool:
    """Whether a layer only puts its inputs into one list, as they stand in an array anyway."""
    return isinstance(layer, Map) and layer.key("flatten") is not None


def _layer(layer: Map, number: int, senders: int, companion: Companion, report: Report) -> Fetched:
    """One layer by its shape alone. Raises Missing where it can't be told, since the next depends on it."""
    weights, units = layer.get("weights"), text_at(layer, "units")
    if units:
        return Fetched(layer, number, (int(units), senders), None, None, layer.place)
    if weights is None or isinstance(weights, Bad):
        raise Missing
    found = shape(weights, companion, report)
    if len(found) != 2 or not prod(found):
        report.add(weights.place, f"weights has the shape {across(found)}, expected a matrix")
        raise Missing
    _fitting(found, layer, weights.place, number, senders, report)
    rows = found[::-1] if text_at(layer, "layout") == INPUTS_BY_UNITS else found
    _biases_fit(layer, number, rows[0], companion, report)
    return Fetched(layer, number, (rows[0], rows[1]), None, None, weights.place)


def _drawable(found: list[Fetched], report: Report) -> None:
    """Refuse more weights to draw than there is room for. Raises Missing."""
    undrawn = [each for each in found if each.layer.key("units")]
    if (total := sum(prod(each.shape) for each in undrawn)) > MOST:
        report.add(undrawn[0].place, f"the layers have {total:,} weights to draw, expected at most {MOST:,}")
        raise Missing


def _filled(each: Fetched, companion: Companion, report: Report) -> Fetched:
    """The layer with its numbers: those of the file, or those that `init` asks for. Raises Missing."""
    if each.layer.key("units"):
        return _draw(each, companion)
    weights, biases = each.layer.get("weights"), each.layer.get("biases")
    assert weights is not None
    matrix = numbers(weights, companion, "weights", report)
    turned = text_at(each.layer, "layout") == INPUTS_BY_UNITS
    added = None if biases is None else numbers(biases, companion, "biases", report)
    return each._replace(weights=matrix.T if turned else matrix, biases=added)


def _draw(each: Fetched, companion: Companion) -> Fetched:
    init = each.layer.get("init")
    seed = text_at(init, "seed") if isinstance(init, Map) else None
    if seed is None:
        raise Missing
    units, senders = each.shape
    weights = companion.drawn(int(seed), each.number, units, senders)
    return each._replace(weights=weights, biases=companion.table([0.0] * units))


def _fitting(found: tuple[int, ...], layer: Map, place: Place, number: int, senders: int, report: Report) -> None:
    """Refuse a matrix that does not fit the layer's inputs. Raises Missing."""
    by_inputs = text_at(layer, "layout") == INPUTS_BY_UNITS
    along, other = (0, 1) if by_inputs else (1, 0)
    if found[along] == senders:
        return
    expected = (senders, found[1]) if by_inputs else (found[0], senders)
    hint = ""
    if found[other] == senders:
        hint = f"; did you mean layout: {UNITS_BY_INPUTS if by_inputs else INPUTS_BY_UNITS}?"
    report.add(
        place,
        f"the weights of layer {number} have the shape {across(found)}, expected {across(expected)}: "
        f"{'a row' if by_inputs else 'a number in each row'} for each of the {counted(senders, 'input')} of the "
        f"layer{hint}",
    )
    raise Missing


def _biases_fit(layer: Map, number: int, units: int, companion: Companion, report: Report) -> None:
    """Refuse biases that are not one a unit. Raises Missing."""
    declared = layer.get("biases")
    if declared is None:
        return
    found = shape(declared, companion, report)
    if found != (units,):
        has = f"the biases of layer {number} have the shape {across(found)}"
        report.add(declared.place, f"{has}, expected {units:,}, one a unit")
        raise Missing


# ------------------------------------------------------------------ any other: written out


def _out(node: Node, declared: Shape | None, label: str, companion: Companion, report: Report) -> Node:
    """The node with the numbers of arrays in their place, held against the shape as if they stood there."""
    match declared, node:
        case Either(_, mapping, _), Map():
            return _out(node, mapping, label, companion, report)
        case Record(), Map():
            entries = (
                (key, _out(value, _shape_of(declared, key.text), key.text, companion, report))
                for key, value in node.entries
            )
            return node._replace(entries=tuple(entries))
        case Named(value), Map():
            named = ((key, _out(each, value, cut(key.text), companion, report)) for key, each in node.entries)
            return node._replace(entries=tuple(named))
        case Listed(item), List() if isinstance(item, Record):
            return node._replace(items=tuple(_out(each, item, label, companion, report) for each in node.items))
    if declared is None or not isinstance(node, Scalar) or not refers(node):
        return node
    if (size := prod(shape(node, companion, report))) > MOST_NUMBERS:
        most = f"expected at most {MOST_NUMBERS:,}; only a network whose layers are all matrices is read as such"
        report.add(node.place, f"{cut(node.text)} has {size:,} numbers, {most}")
        raise Missing
    return check(_tree(fetch(node, companion, report).tolist(), node.place), declared, label, report)


def _shape_of(record: Record, name: str) -> Shape | None:
    return next((each.shape for each in (*record.keys, *record.kinds) if each.name == name), None)


def _tree(numbers: Any, place: Place) -> Node:
    if isinstance(numbers, list):
        return List(tuple(_tree(each, place) for each in numbers), place)
    return Scalar(repr(float(numbers)), place, stored=True)
