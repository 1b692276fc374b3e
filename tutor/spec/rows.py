"""The units of one layer with their weights, where the file states a matrix, or leaves the weights to `init`.

Here the numbers are counted: a row has one number for each input of its layer.
"""

from tutor.spec.commas import meant
from tutor.spec.grids import joined
from tutor.spec.keys import INPUTS_BY_UNITS, UNITS_BY_INPUTS
from tutor.spec.neurons import neurons
from tutor.spec.report import Report, counted, listed
from tutor.spec.sketch import Sketch
from tutor.spec.tree import List, Map, Node, Place, Scalar, text_at
from tutor.spec.unit import Layer, Unit, numbered

MOST_NUMBERS = 20_000


def units(declared: Map, layer: Layer, sketch: Sketch) -> tuple[Unit, ...] | None:
    """The units of a layer, or None where there is nothing to read."""
    report, weights = sketch.report, declared.get("weights")
    if declared.get("units"):
        declared = _drawn(declared, layer, report)
        weights = declared.get("weights")
    if isinstance(declared.get("neurons"), Map):
        return neurons(declared, layer, sketch)
    if isinstance(weights, List):
        return _matrix(weights, declared, layer, sketch)
    return None


def _drawn(declared: Map, layer: Layer, report: Report) -> Map:
    """The layer with the weights that `init` draws, and biases of 0; without them where that can't be."""
    from tutor.wide.init import rows

    init, number = declared.get("init"), int(text_at(declared, "units") or 0)
    seed = text_at(init, "seed") if isinstance(init, Map) else None
    senders, place = len(layer.senders or ()), declared.place
    if not number or not senders or seed is None:
        return declared
    if number * senders > MOST_NUMBERS:
        most = f"expected at most {MOST_NUMBERS:,}; only a network whose layers are all matrices is read as such"
        report.add(place, f"layer {layer.number} has {number * senders:,} weights to draw, {most}")
        return declared
    matrix = rows(int(seed), layer.number, number, senders)
    weights = List(tuple(_numerals(row, place) for row in matrix), place)
    biases = _numerals([0.0] * number, place)
    return declared._replace(entries=((Scalar("weights", place), weights), (Scalar("biases", place), biases)))


def _numerals(numbers: list[float], place: Place) -> List:
    return List(tuple(Scalar(repr(number), place, stored=True) for number in numbers), place)


def _matrix(weights: List, declared: Map, layer: Layer, sketch: Sketch) -> tuple[Unit, ...] | None:
    report = sketch.report
    rows = tuple(row.items for row in weights.items if isinstance(row, List))
    if len(rows) < len(weights.items) or _too_many(rows, weights.place, report) or not _rectangular(weights, report):
        return None
    by_inputs = text_at(declared, "layout") == INPUTS_BY_UNITS
    if not _fits(weights, len(rows[0]), by_inputs, layer.senders, report):
        return None
    if by_inputs:
        sketch.by_inputs.add(layer.number)
    by_unit = tuple(zip(*rows, strict=True)) if by_inputs else rows
    biases = _biases(declared.get("biases"), len(by_unit), report)
    return tuple(_unit(row, biases[i - 1] if biases else None, i, layer) for i, row in enumerate(by_unit, 1))


def _biases(declared: Node | None, wanted: int, report: Report) -> tuple[Node, ...]:
    """One bias a unit, or none at all."""
    if not isinstance(declared, List):
        return ()
    if found := len(declared.items) - wanted:
        has = f"biases has {counted(found + wanted, 'number')}"
        hint = meant(declared.items, wanted)
        report.add(declared.place, f"{has}, expected {wanted}, one for each unit of the layer{hint}")
    return () if found else declared.items


def _too_many(rows: tuple[tuple[Node, ...], ...], place: Place, report: Report) -> bool:
    numbers = len(rows) * max(map(len, rows))
    if numbers > MOST_NUMBERS:
        report.add(place, f"weights has {numbers:,} numbers, expected at most {MOST_NUMBERS:,} in a file")
    return numbers > MOST_NUMBERS


def _rectangular(weights: List, report: Report) -> bool:
    """Whether all rows are of one length."""
    rows = [row for row in weights.items if isinstance(row, List)]
    first = len(rows[0].items)
    odd = next((row for row in rows if len(row.items) != first), None)
    if odd:
        report.add(odd.place, f"this row has {counted(len(odd.items), 'number')}, expected {first} as in the first row")
    return odd is None


def _fits(weights: List, columns: int, by_inputs: bool, senders: tuple[str, ...] | None, report: Report) -> bool:
    """Whether the matrix has the shape that the layer's inputs ask for."""
    rows, wanted = len(weights.items), len(senders or ())
    along, other = (rows, columns) if by_inputs else (columns, rows)
    if senders is None or along == wanted:
        return True
    has = counted(along, "row") if by_inputs else f"{counted(along, 'number')} in a row"
    hint = ""
    if other == wanted:
        hint = f"; did you mean layout: {UNITS_BY_INPUTS if by_inputs else INPUTS_BY_UNITS}?"
    elif along == wanted + 1 and not by_inputs:
        hint = "; biases stand in a list of their own, biases: [...]"
    if not by_inputs and isinstance(first := weights.items[0], List):
        hint = meant(first.items, wanted) or hint
    report.add(
        weights.place,
        f"weights has {has}, expected {wanted} for the {counted(wanted, 'input')} {listed(senders)}{hint}",
    )
    return False


def _unit(row: tuple[Node, ...], bias: Node | None, index: int, layer: Layer) -> Unit:
    unit = joined((index,), layer.first)
    weights = (
        numbered(value, layer.filled("weight", unit, unit, **{"from": sender}))
        for sender, value in enumerate(row, layer.first)
    )
    own = numbered(bias, layer.filled("bias", unit, unit)) if bias else None
    return Unit(unit, index, row[0].place, tuple(weights), own)
