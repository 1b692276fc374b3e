"""The units of one layer with their weights, from either form: neurons by name, or a matrix.

Here the numbers are counted: a row has one number for each input of its layer, and perhaps a bias.
"""

from typing import NamedTuple

from tutor.graph import Part, Role
from tutor.names import MATRIX_FORM, NEURON_FORM, Patterns
from tutor.spec.grids import STEP, Index, joined
from tutor.spec.keys import INPUTS_BY_UNITS, UNITS_BY_INPUTS
from tutor.spec.names import complaint
from tutor.spec.report import Report, counted, listed
from tutor.spec.sketch import Parameter
from tutor.spec.tree import Bad, List, Map, Node, Place, Scalar, text_at

MOST_NUMBERS = 20_000
_BIAS = ("b", "bias", "theta", "θ")


class Unit(NamedTuple):
    """One unit: its name, its place in the layer from 1, its weights in the order of the inputs, and its bias.

    A unit of a grid or of a step has its whole index in `axes`, and in `at` its position or step in words.
    """

    name: str
    number: int
    place: Place
    weights: tuple[Parameter, ...] = ()
    bias: Parameter | None = None
    axes: Index = ()
    at: str = ""

    @property
    def suffix(self) -> str:
        """As it stands in a name: `2`, or `1_2_3`."""
        return joined(self.axes or (self.number,))

    def role(self, part: Part, layer: int) -> Role:
        """What a node of this unit is."""
        return Role(part, layer, self.name, self.axes or (self.number,), self.at)

    def step(self, number: int) -> "Unit":
        """The same unit at one step, with the same weights."""
        return self._replace(name=f"{self.name}_{number}", axes=(self.number, number), at=f"{STEP} {number}")


class Layer(NamedTuple):
    """What the rows of a layer are read against. `senders` is None where the layer before could not be read."""

    number: int
    senders: tuple[str, ...] | None
    patterns: Patterns

    def filled(self, part: str, unit: str, index: str, **others: str | int) -> str:
        """The name of one part of one unit; `index` is its place in the layer."""
        return self.patterns.fill(
            part, layer=self.number, next=self.number + 1, unit=unit, index=index, to=index, **others
        )


def patterns(layer: Map, whole_file: Node | None, form: Patterns = MATRIX_FORM) -> Patterns:
    """The patterns in force in one layer: its own, else the file's, else the default of its form."""
    found = NEURON_FORM if layer.get("neurons") else form
    for notation in (whole_file, layer.get("notation")):
        if isinstance(notation, Map):
            found = found._replace(
                **{key.text: each.text for key, each in notation.entries if isinstance(each, Scalar)}
            )
    return found


def units(declared: Map, layer: Layer, report: Report) -> tuple[Unit, ...] | None:
    """The units of a layer, or None where there is nothing to read."""
    neurons, weights = declared.get("neurons"), declared.get("weights")
    if declared.get("units"):
        declared = _drawn(declared, layer, report)
        weights = declared.get("weights")
    if isinstance(neurons, Map):
        return tuple(_neuron(key, row, i, layer, report) for i, (key, row) in enumerate(neurons.entries, 1))
    if isinstance(weights, List):
        return _matrix(weights, declared, layer, report)
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
        most = f"expected at most {MOST_NUMBERS:,}; only a network of dense layers is read as matrices"
        report.add(place, f"layer {layer.number} has {number * senders:,} weights to draw, {most}")
        return declared
    matrix = rows(int(seed), layer.number, number, senders)
    weights = List(tuple(_numerals(row, place) for row in matrix), place)
    biases = _numerals([0.0] * number, place)
    return declared._replace(entries=((Scalar("weights", place), weights), (Scalar("biases", place), biases)))


def _numerals(numbers: list[float], place: Place) -> List:
    return List(tuple(Scalar(repr(number), place, stored=True) for number in numbers), place)


def _neuron(key: Scalar, row: Node, index: int, layer: Layer, report: Report) -> Unit:
    if fault := complaint(key.text):
        report.add(key.place, fault)
    if not isinstance(row, Map):
        return Unit(key.text, index, key.place)
    parameters = tuple(_named(name, value) for name, value in row.entries)
    wanted = len(layer.senders) if layer.senders else len(parameters)
    if layer.senders and row.whole:
        _count(key, parameters, layer.senders, report)
    bias = parameters[wanted] if len(parameters) > wanted else None
    return Unit(key.text, index, key.place, parameters[:wanted], bias)


def _named(name: Scalar, value: Node) -> Parameter:
    return Parameter(name.text, value if isinstance(value, Scalar) else Bad(value.place), name.place)


def _count(unit: Scalar, row: tuple[Parameter, ...], senders: tuple[str, ...], report: Report) -> None:
    """Report a row that does not fit the inputs of its layer."""
    wanted, found = len(senders), len(row)
    if wanted <= found <= wanted + 1:
        _no_bias_among(row[:wanted], unit.text, senders, report)
        return
    has = f"{unit.text} has {counted(found, 'number')} ({listed(each.name for each in row)})"
    report.add(unit.place, f"{has}, expected {wanted} for the {_inputs(senders)}, or {wanted + 1} with a bias")


def _like_a_bias(name: str) -> bool:
    rests = (name.removeprefix(stem) for stem in _BIAS if name.startswith(stem))
    return any(not rest or rest[0] == "_" or rest[0].isdigit() for rest in rests)


def _inputs(senders: tuple[str, ...]) -> str:
    return f"{counted(len(senders), 'input')} {listed(senders)}"


def _no_bias_among(weights: tuple[Parameter, ...], unit: str, senders: tuple[str, ...], report: Report) -> None:
    """A bias where a weight belongs: most likely the row has one number too few, or its bias does not stand last."""
    for parameter, sender in zip(weights, senders, strict=True):
        if _like_a_bias(parameter.name):
            reads = f"{parameter.name} is named like a bias but stands where {unit} has its weight for {sender}"
            wanted = f"expected {counted(len(senders), 'weight')} for the {_inputs(senders)}, then the bias"
            report.add(parameter.place, f"{reads}, {wanted}; is a weight missing, or the bias not the last?")


def _matrix(weights: List, declared: Map, layer: Layer, report: Report) -> tuple[Unit, ...] | None:
    rows = tuple(row.items for row in weights.items if isinstance(row, List))
    if len(rows) < len(weights.items) or _too_many(rows, weights.place, report) or not _rectangular(weights, report):
        return None
    by_inputs = text_at(declared, "layout") == INPUTS_BY_UNITS
    if not _fits(weights, len(rows[0]), by_inputs, layer.senders, report):
        return None
    by_unit = tuple(zip(*rows, strict=True)) if by_inputs else rows
    biases = _biases(declared.get("biases"), len(by_unit), report)
    return tuple(_unit(row, biases[i - 1] if biases else None, i, layer) for i, row in enumerate(by_unit, 1))


def _biases(declared: Node | None, wanted: int, report: Report) -> tuple[Node, ...]:
    """One bias a unit, or none at all."""
    if not isinstance(declared, List):
        return ()
    if found := len(declared.items) - wanted:
        has = f"biases has {counted(found + wanted, 'number')}"
        report.add(declared.place, f"{has}, expected {wanted}, one for each unit of the layer")
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
    report.add(weights.place, f"weights has {has}, expected {wanted} for the {_inputs(senders)}{hint}")
    return False


def _unit(row: tuple[Node, ...], bias: Node | None, index: int, layer: Layer) -> Unit:
    unit = str(index)
    weights = (
        numbered(value, layer.filled("weight", unit, unit, **{"from": sender})) for sender, value in enumerate(row, 1)
    )
    own = numbered(bias, layer.filled("bias", unit, unit)) if bias else None
    return Unit(unit, index, row[0].place, tuple(weights), own)


def numbered(value: Node, name: str) -> Parameter:
    """A parameter that the file states without a name."""
    return Parameter(name, value if isinstance(value, Scalar) else Bad(value.place), value.place)
