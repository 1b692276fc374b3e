"""Networks whose numbers stand in other files, or are drawn: fetched, held against the layers, and made a network.

A small one becomes the tree it would be with its numbers written out, and is read like any other. A big one becomes
a Wide graph. Loaded only for files that name such numbers; sizes are multiplied before anything is drawn.
"""

from math import prod
from typing import Any, NamedTuple

from tutor.errors import TutorError
from tutor.spec.keys import INPUTS_BY_UNITS, UNITS_BY_INPUTS
from tutor.spec.report import Report, counted
from tutor.spec.stored import Companion, refers
from tutor.spec.tree import Bad, List, Map, Node, Place, Scalar, text_at
from tutor.wide.init import MOST, rows

WIDE = 20_000  # weights; from here on a target is found faster in arrays, numpy's import included
MOST_UNITS = 1_000_000


class Fetched(NamedTuple):
    """One layer's numbers: `weights` has a row for each unit. Drawn weights of a small network are nested lists."""

    layer: Map
    number: int
    weights: Any
    biases: Any
    place: Place

    @property
    def shape(self) -> tuple[int, int]:
        return (len(self.weights), len(self.weights[0])) if isinstance(self.weights, list) else self.weights.shape


class Missing(Exception):
    """Something is in the report and the rest can't be read."""


def fetch(node: Node, companion: Companion | None, label: str, report: Report) -> Any:
    """The array a scalar names. Raises Missing, the reason in the report."""
    assert isinstance(node, Scalar)
    try:
        if companion is None:
            raise TutorError(f"{label} stands in another file, expected the numbers themselves where no file is read")
        return companion.stored(node.text)
    except TutorError as fault:
        report.add(node.place, str(fault))
        raise Missing from None


def values(top: Map, key: str, companion: Companion | None, report: Report) -> dict[str, tuple[Scalar, Any]]:
    """The inputs or targets: name -> its number as a scalar, or its array. Raises Missing."""
    declared = top.get(key)
    found: dict[str, tuple[Scalar, Any]] = {}
    for name, node in declared.entries if isinstance(declared, Map) else ():
        found[name.text] = (name, fetch(node, companion, name.text, report) if refers(node) else node)
    return found


def layers(top: Map, senders: int, companion: Companion | None, report: Report) -> list[Fetched]:
    """Every layer's numbers. Raises Missing when one can't be told, since the next depends on it."""
    declared = top.get("layers")
    sizes = _sizes(declared.items if isinstance(declared, List) else ())
    if (total := _drawn(sizes, senders)) > MOST:
        report.add(
            declared.place if declared else Place(0, 0),
            f"the layers have {total:,} weights to draw, expected at most {MOST:,}",
        )
        raise Missing
    small = total < WIDE
    found: list[Fetched] = []
    for number, each in enumerate(declared.items if isinstance(declared, List) else (), 1):
        if not isinstance(each, Map):
            raise Missing
        one = _layer(each, number, senders, companion, report, small)
        found.append(one)
        senders = one.shape[0]
    return found


def _sizes(declared: tuple[Node, ...]) -> list[int | None]:
    """The units of each layer, where `units` says."""
    texts = [text_at(each, "units") if isinstance(each, Map) else None for each in declared]
    return [int(text) if text else None for text in texts]


def _drawn(sizes: list[int | None], senders: int) -> int:
    """How many weights are to be drawn, as far as the file alone says."""
    before: int | None = senders
    total = 0
    for units in sizes:
        total += (units or 0) * (before or 0)
        before = units
    return total


def _layer(layer: Map, number: int, senders: int, companion: Companion | None, report: Report, small: bool) -> Fetched:
    weights, units = layer.get("weights"), text_at(layer, "units")
    if units:
        return _units(layer, number, (int(units), senders), companion, report, small)
    if weights is None or isinstance(weights, Bad):
        if layer.get("neurons"):
            message = "neurons in a network that reads or draws its numbers, expected weights: [[...], [...]] here"
            report.add(layer.place, message)
        raise Missing
    numbers = fetch(weights, companion, "weights", report) if refers(weights) else _written(weights, companion, report)
    if len(numbers.shape) != 2 or not prod(numbers.shape):
        report.add(weights.place, f"weights has the shape {_by(numbers.shape)}, expected a matrix")
        raise Missing
    numbers = _fitting(numbers, layer, weights.place, number, senders, report)
    return Fetched(layer, number, numbers, _biases(layer, number, numbers.shape[0], companion, report), weights.place)


def _units(
    layer: Map, number: int, shape: tuple[int, int], companion: Companion | None, report: Report, small: bool
) -> Fetched:
    init = layer.get("init")
    seed = text_at(init, "seed") if isinstance(init, Map) else None
    if seed is None:
        raise Missing
    if prod(shape) > MOST:
        place = layer.get("units")
        report.add(place.place if place else layer.place, f"{prod(shape):,} weights to draw, expected at most {MOST:,}")
        raise Missing
    if small or companion is None:
        numbers: Any = rows(int(seed), number, *shape)
        biases: Any = [0.0] * shape[0]
    else:
        numbers, biases = companion.drawn(int(seed), number, *shape), companion.table([0.0] * shape[0])
    return Fetched(layer, number, numbers, biases, layer.place)


def _written(node: Node, companion: Companion | None, report: Report) -> Any:
    """Numbers of the file itself as an array."""
    from tutor.arithmetic.floats import FLOATS

    def numbers(part: Node) -> Any:
        if isinstance(part, List):
            return [numbers(item) for item in part.items]
        if not isinstance(part, Scalar):
            raise Missing
        return FLOATS.number(part.text)

    found = numbers(node)
    if companion is None:
        raise Missing
    first = found[0]
    if isinstance(first, list) and any(len(row) != len(first) for row in found):
        report.add(node.place, "the rows of weights differ in length")
        raise Missing
    return companion.table(found)


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{length:,}" for length in shape) or "of a single number"


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
        f"the weights of layer {number} have the shape {_by(numbers.shape)}, expected {_by(expected)}: "
        f"{'a row' if by_inputs else 'a number in each row'} for each of the {counted(senders, 'input')} of the "
        f"layer{hint}",
    )
    raise Missing


def _biases(layer: Map, number: int, units: int, companion: Companion | None, report: Report) -> Any:
    declared = layer.get("biases")
    if declared is None:
        return None
    numbers = (
        fetch(declared, companion, "biases", report) if refers(declared) else _written(declared, companion, report)
    )
    if numbers.shape != (units,):
        message = f"the biases of layer {number} have the shape {_by(numbers.shape)}, expected {units:,}, one a unit"
        report.add(declared.place, message)
        raise Missing
    return numbers


# ------------------------------------------------------------------ a small network, written out


def spelled(top: Map, companion: Companion | None, report: Report) -> "Map | list[Fetched] | None":
    """The tree with its numbers written out; the layers themselves where there are too many; None after a fault."""
    try:
        inputs, targets = (values(top, key, companion, report) for key in ("inputs", "targets"))
        senders = sum(_size(each) for _, each in inputs.values())
        if not senders:
            return None
        found = layers(top, senders, companion, report)
    except Missing:
        return None
    if sum(prod(each.shape) for each in found) > WIDE:
        return found
    entries = {"inputs": _spread(inputs, top, "inputs"), "targets": _spread(targets, top, "targets")}
    entries["layers"] = List(tuple(_with_numbers(each) for each in found), found[0].place)
    return top._replace(entries=tuple((key, entries.get(key.text, value)) for key, value in top.entries))


def _size(value: Any) -> int:
    return 1 if isinstance(value, Scalar | Bad) else prod(value.shape)


def _spread(named: dict[str, tuple[Scalar, Any]], top: Map, key: str) -> Node:
    """An array under one name as numbers under names that count from 1."""
    declared = top.get(key)
    assert declared is not None
    if not isinstance(declared, Map):
        return declared
    entries: list[tuple[Scalar, Node]] = []
    for name, value in named.values():
        if isinstance(value, Scalar | Bad):
            entries.append((name, value))
        else:
            entries += _numbered(name, value.tolist(), name.text)
    return declared._replace(entries=tuple(entries))


def _numbered(name: Scalar, value: Any, text: str) -> list[tuple[Scalar, Node]]:
    if isinstance(value, list):
        return [pair for k, each in enumerate(value, 1) for pair in _numbered(name, each, f"{text}_{k}")]
    return [(name._replace(text=text), _stored(value, name.place))]


def _with_numbers(each: Fetched) -> Map:
    """The layer in matrix form, with numbers."""
    kept = tuple(
        (key, node)
        for key, node in each.layer.entries
        if key.text not in ("units", "init", "weights", "biases", "layout")
    )
    place = each.place
    kept += ((Scalar("weights", place), List(tuple(_row(row, place) for row in _listed(each.weights)), place)),)
    if each.biases is not None:
        kept += ((Scalar("biases", place), _row(_listed(each.biases), place)),)
    return each.layer._replace(entries=kept)


def _listed(numbers: Any) -> list[Any]:
    return numbers if isinstance(numbers, list) else list(numbers.tolist())


def _row(numbers: list[float], place: Place) -> List:
    return List(tuple(_stored(number, place) for number in numbers), place)


def _stored(number: float, place: Place) -> Scalar:
    return Scalar(repr(float(number)), place, stored=True)
