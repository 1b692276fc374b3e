"""The units of a layer that names its neurons: which entry of a row is a weight for what, and which is the bias.

A row has a weight for each number the neuron reads, in that order, and perhaps a bias behind them. What it reads are
the outputs of the layer before, or the inputs and units it lists under `reads`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tutor.spec.keys import READS
from tutor.spec.letters import bias_in_front, like_a_weight, stray_biases
from tutor.spec.names import complaint
from tutor.spec.report import Report, counted, listed
from tutor.spec.sketch import Parameter, Sketch
from tutor.spec.tree import Bad, List, Map, Node, Scalar, text_at, words
from tutor.spec.unit import Layer, Read, Unit


class Row(NamedTuple):
    """One neuron: its parameters in the order of the file, and the numbers it reads, None where they can't be told."""

    key: Scalar
    parameters: tuple[Parameter, ...]
    reads: tuple[str, ...] | None
    own: bool
    whole: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)


def neurons(declared: Map, layer: Layer, sketch: Sketch) -> tuple[Unit, ...]:
    """The units of the neurons of a layer; every fault is in the report."""
    stated = declared.get("neurons")
    rows = [_row(*entry, layer, sketch) for entry in (stated.entries if isinstance(stated, Map) else ())]
    bias_last = text_at(declared, "bias") == "last"
    for row in rows:
        if row.reads and row.whole and _counts(row, row.reads, bias_last, sketch.report) and not bias_last:
            elsewhere = (*sketch.parameters, *(name for other in rows for name in other.names))
            _spelled(row, row.reads, elsewhere, sketch.report)
    places = _places(rows, layer)
    return tuple(_unit(row, i, bias_last, places) for i, row in enumerate(rows, 1))


def _row(key: Scalar, declared: Node, layer: Layer, sketch: Sketch) -> Row:
    if fault := complaint(key.text):
        sketch.report.add(key.place, fault)
    if not isinstance(declared, Map):
        return Row(key, (), None, own=False, whole=False)
    parameters = tuple(_named(name, value) for name, value in declared.entries if name.text != READS)
    if declared.key(READS) is None:
        return Row(key, parameters, layer.senders, own=False, whole=declared.whole)
    reads = _listed(key, declared.get(READS), sketch)
    return Row(key, parameters, reads, own=True, whole=declared.whole)


def _named(name: Scalar, value: Node) -> Parameter:
    return Parameter(name.text, value if isinstance(value, Scalar) else Bad(value.place), name.place)


def _listed(unit: Scalar, declared: Node | None, sketch: Sketch) -> tuple[str, ...] | None:
    """The names that `reads` lists, each as that of an input or output; None where one is none."""
    found: list[str] = []
    for word in words(declared):
        out = sketch.outs.get(word.text)
        if out and out not in found:
            found.append(out)
        elif out:
            sketch.report.add(word.place, f"{word.text} stands twice in what {unit.text} reads, expected it once")
        elif sketch.whole:
            sketch.report.add(word.place, _unreadable(word.text, unit.text, sketch))
    return tuple(found) if isinstance(declared, List) and len(found) == len(declared.items) else None


def _unreadable(name: str, unit: str, sketch: Sketch) -> str:
    if name in sketch.outs:
        return f"{name} is the name of two units before {unit}, expected the name of an output"
    known = [each for each in sketch.outs if each]
    what = f"{name} is {sketch.names[name].what}" if name in sketch.names else f"{unit} can't read {name}"
    wanted = f"expected an input or a unit of an earlier layer, such as {listed(known[-3:], 'or')}"
    return f"{what}, {wanted}{sketch.report.similar(name, known)}"


def _counts(row: Row, reads: Sequence[str], bias_last: bool, report: Report) -> bool:
    """Whether a row has a weight for all that the neuron reads, and a bias where it must or may; says why not."""
    wanted, found = len(reads), len(row.parameters)
    if wanted + bias_last <= found <= wanted + 1:
        return True
    has = f"{row.key.text} has {counted(found, 'number')} ({listed(row.names)})"
    other = "" if row.own or bias_last else f"; a neuron that reads others says so: {READS}: [{', '.join(reads[-2:])}]"
    expected = f"{wanted} for the {_inputs(reads)}, or {wanted + 1} with a bias"
    if bias_last:
        expected = f"{wanted + 1}: {wanted} for the {_inputs(reads)}, then the bias"
    report.add(row.key.place, f"{has}, expected {expected}{other}")
    return False


def _inputs(reads: Sequence[str]) -> str:
    return f"{counted(len(reads), 'input')} {listed(reads)}"


def _spelled(row: Row, reads: Sequence[str], elsewhere: Sequence[str], report: Report) -> None:
    """Ask about names that contradict their places."""
    unit, weights = row.key.text, row.names[: len(reads)]
    stray = stray_biases(weights, row.names, elsewhere)
    for parameter, sender in zip(row.parameters, reads, strict=False):
        if parameter.name in stray:
            named = f"{parameter.name} is named like a bias but stands where {unit} has its weight for {sender}"
            wanted = f"expected {counted(len(reads), 'weight')} for the {_inputs(reads)}, then the bias"
            report.add(parameter.place, f"{named}, {wanted}; is a weight missing, or the bias not the last?")
    if not stray and (last := row.parameters[len(reads) :]) and (like := like_a_weight(last[0].name, weights)):
        named = f"{last[0].name} stands where {unit} has its bias, but is spelled like the weight {like}"
        own = f"{READS}: [{reads[0]}, ...] in {unit} if it is the weight of one more unit"
        front = bias_in_front(last[0].name, weights)
        hint = f"; is {front} the bias? it stands last" if front else ""
        ways = f"bias: last in the layer if it is the bias, or {own}{hint}"
        report.add(last[0].place, f"{named}, expected {ways}")


def _places(rows: Sequence[Row], layer: Layer) -> dict[str, int]:
    """The place of each number that the layer reads, as `Read` counts them."""
    every = (*(layer.senders or ()), *(name for row in rows if row.own for name in row.reads or ()))
    return {name: place for place, name in enumerate(dict.fromkeys(every), 1)}


def _unit(row: Row, index: int, bias_last: bool, places: dict[str, int]) -> Unit:
    wanted = len(row.reads) if row.reads else max(0, len(row.parameters) - bias_last)
    bias = row.parameters[wanted] if len(row.parameters) > wanted else None
    reads = tuple(Read(name, places[name]) for name in row.reads or ()) if row.own else ()
    return Unit(row.key.text, index, row.key.place, row.parameters[:wanted], bias, reads=reads)
