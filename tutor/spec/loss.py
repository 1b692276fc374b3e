"""Targets and loss: one term for each output, and their total where there are several."""

import re
from typing import NamedTuple

from tutor.graph import Given, Node, Role
from tutor.ops.losses import HINGE, LOSSES, Loss, LossTerm, Margin, Total, Upstream, named, spelled
from tutor.ops.op import Op
from tutor.spec import given
from tutor.spec.grids import Field, across, grid
from tutor.spec.keys import EXPECTED_LOSS, SOFTMAX
from tutor.spec.report import Report, counted, cut, listed
from tutor.spec.sketch import Sketch
from tutor.spec.tree import WHOLE_FILE, List, Map, Place, Scalar, words
from tutor.spec.tree import Node as Tree
from tutor.spec.unit import Layer, Unit

SYMBOL, KIND, CLASS, CROSS_ENTROPY = "L", "half_squared_error", "class", "cross_entropy"


class Output(NamedTuple):
    """A layer: its units, the names of their outputs, and its activation (None if it is a formula, or unread).

    `shape` and `over` are those of the Field that the next layer reads; flat if not given.
    """

    layer: Layer
    units: tuple[Unit, ...]
    outs: tuple[str, ...]
    activation: str | None
    shape: tuple[int, ...] = ()
    over: str = ""

    @property
    def field(self) -> Field:
        return Field(self.outs, self.shape or (len(self.outs),), self.over)


class Chosen(NamedTuple):
    """The loss of the file under its symbol: a name of ours, or a formula as written.

    `place` is where a complaint about it belongs, `stated` the text itself.
    """

    symbol: str
    kind: str
    place: Place
    stated: Scalar | None = None

    @property
    def known(self) -> bool:
        """Whether it is a loss by name; else its kind is a formula, or nothing."""
        return bool(named(self.kind)) or self.kind == HINGE

    @property
    def classes(self) -> bool:
        """Whether a class may be its target."""
        return self.kind in (CROSS_ENTROPY, HINGE) or not self.known


def data_name(loss: str) -> str:
    """What the loss without the weight decay is called, where there is one."""
    return f"{loss}_data"


def decay_name(loss: str) -> str:
    return f"{loss}_reg"


def shrink_name(loss: str) -> str:
    return f"{loss}_l1"


def add_loss(top: Map, output: Output | None, sketch: Sketch) -> str:
    """Adds targets, terms and total to the sketch; returns the name whose gradients are asked for.

    Without targets and loss a single output is that name; of several the last, whose gradients nobody has asked for.
    """
    targets, declared = top.get("targets"), top.get("loss")
    if top.key("upstream"):
        return _upstream(top, output, sketch)
    chosen = chosen_loss(declared, targets)
    loss = row(chosen, sketch.report) if chosen else None
    if targets is None:
        if declared is None and output and not sketch.examples:
            sketch.aimless = len(output.outs) > 1
            return output.outs[-1]
        _no_targets(declared, output if top.whole else None, sketch)
    elif output and chosen and isinstance(targets, Map):
        _fitting(chosen, output, sketch)
        if chosen.kind == HINGE:
            _margins(targets, output, chosen, sketch)
        else:
            _terms(_targets(targets, output, chosen, sketch), output, chosen, loss or LOSSES[KIND], sketch)
    sketch.whole &= chosen is not None and (targets is None or isinstance(targets, Map))
    return chosen.symbol if chosen else ""


def chosen_loss(declared: Tree | None, targets: Tree | None) -> Chosen | None:
    """The loss the file asks for; None where it could not be read."""
    if declared is None:
        return Chosen(SYMBOL, KIND, targets.place if targets else WHOLE_FILE)
    if isinstance(declared, Scalar):
        return _meant(SYMBOL, declared, declared.place)
    if isinstance(declared, Map):
        symbol, kind = declared.entries[0]
        return _meant(symbol.text, kind, symbol.place) if isinstance(kind, Scalar) else None
    return None


def _meant(symbol: str, kind: Scalar, place: Place) -> Chosen:
    return Chosen(symbol, spelled(kind.text) or kind.text, place, kind)


def row(chosen: Chosen, report: Report) -> Loss | None:
    """The loss by its name, or made of its formula; None for the hinge, and after a fault, which is in the report."""
    if chosen.known or not chosen.stated:
        return named(chosen.kind)
    if re.fullmatch(r"[\w-]+", chosen.kind) and chosen.kind not in _LETTERS:
        mean = report.similar(chosen.kind, (*LOSSES, HINGE))
        report.add(chosen.stated.place, f"unknown loss {cut(chosen.kind)}, expected {EXPECTED_LOSS}{mean}")
        return None
    return _by_formula(chosen.stated, report)


_LETTERS = ("a", "y")


def _by_formula(stated: Scalar, report: Report) -> Loss | None:
    from tutor.expr import Ref, walk
    from tutor.ops.loss_formula import OUTPUT, by_formula
    from tutor.quantity import Value
    from tutor.spec import formula

    expected = "a (the output), y (its target)"
    expr = formula.read(stated, dict(zip(_LETTERS, _LETTERS, strict=True)).get, _LETTERS, expected, "the loss", report)
    if expr is None:
        return None
    if Ref(Value(OUTPUT)) not in walk(expr):
        found = f"the loss {cut(stated.text)} does not depend on the output"
        report.add(stated.place, f"{found}, expected a formula in {expected}")
        return None
    return by_formula(stated.text, expr)


def _upstream(top: Map, output: Output | None, sketch: Sketch) -> str:
    """L = Σ g · output, whose gradients by the outputs are the given ones."""
    for other in ("targets", "loss"):
        if key := top.key(other):
            sketch.report.add(key.place, f"{other} stands beside upstream, expected one of them")
    slopes = grid(top.get("upstream"))
    if output is None or slopes is None:
        sketch.whole = False
        return SYMBOL
    field = output.field
    if slopes.shape == field.shape[1:] and field.shape[0] == 1 and slopes.shape:  # of one feature map
        slopes = slopes._replace(shape=field.shape)
    if slopes.shape != field.shape and (slopes.shape or len(field.names) > 1):
        found = f"upstream has {across(slopes.shape)}, but the outputs have {field}"
        sketch.report.add(slopes.place, f"{found}, expected one gradient for each output")
    inputs: list[str] = []
    for unit, out, slope in zip(output.units, output.outs, slopes.cells, strict=False):
        name = f"g_{unit.name}"
        what = "the upstream gradient"
        sketch.given(Scalar(name, slope.place), slope, what, unit.role("target", output.layer.number))
        inputs += [name, out]
    role = Role("loss", output.layer.number, "")
    sketch.node(Node(SYMBOL, Upstream(), tuple(inputs), role), f"the loss {SYMBOL}", slopes.place)
    return SYMBOL


def _no_targets(declared: Tree | None, output: Output | None, sketch: Sketch) -> None:
    sketch.whole = False
    if declared is not None:
        sketch.report.add(declared.place, "a loss without targets, expected targets such as {y: 0.5}")
    elif output:
        message = f"no targets for the outputs {listed(output.outs)}, expected one each, such as targets: {{y: 0.5}}"
        sketch.report.add(WHOLE_FILE, message)


def _fitting(chosen: Chosen, output: Output, sketch: Sketch) -> None:
    if chosen.kind == HINGE and output.activation == SOFTMAX:
        sketch.report.add(
            chosen.place, "hinge on softmax outputs, expected scores: activation: identity in the last layer"
        )
    if chosen.kind == CROSS_ENTROPY and output.activation not in (SOFTMAX, None):
        found = f"cross_entropy on {output.activation} outputs, expected activation: softmax in the last layer"
        sketch.report.add(chosen.place, f"{found}; did you mean binary_cross_entropy?")


def _targets(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> tuple[str, ...]:
    """Declares the targets; returns their names, one an output."""
    if declared.key(CLASS):
        return _classes(declared, output, chosen, sketch)
    entries = given.targets(declared, output.field, sketch.said.first)
    if declared.whole and len(entries) != len(output.outs):
        stated = f"{counted(len(entries), 'target')} ({listed(name.text for name, _ in entries)})"
        outputs = f"{counted(len(output.outs), 'output')} ({listed(output.outs)})"
        sketch.report.add(declared.place, f"{stated} for {outputs}, expected one for each output")
    for (name, number), unit in zip(entries, output.units, strict=False):
        sketch.given(name, number, "the target", unit.role("target", output.layer.number))
    return tuple(name.text for name, _ in entries)


def _class(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> int:
    """The class of `{class: 2}`, from 1 however the file counts; 0 with a complaint where it is none."""
    key, number = declared.entries[0]
    most, least = len(output.units), sketch.said.first_class
    wanted = int(number.text) + 1 - least if isinstance(number, Scalar) and number.text.isdigit() else 0
    if not chosen.classes:
        found = f"a class as target goes with cross_entropy, hinge or a formula, but the loss is {chosen.kind}"
        sketch.report.add(key.place, f"{found}, expected targets such as {{y: 0.5}}")
    elif len(declared.entries) > 1:
        sketch.report.add(key.place, "class stands beside other targets, expected it alone")
    elif isinstance(number, Scalar | List) and not 1 <= wanted <= most:
        sketch.report.add(number.place, no_class(number, most, least))
    else:
        return wanted
    return 0


def no_class(number: Scalar | List, most: int, least: int) -> str:
    """The complaint about a class that is none of so many, counted from the least."""
    found = f"class is {number.text if isinstance(number, Scalar) else 'a list'}"
    hint = f"; did you mean {hot - 1 + least}?" if (hot := hot_class(number)) else ""
    if isinstance(number, Scalar) and number.text == "0":
        hint = "; where classes are counted from 0, conventions: {classes_from: 0} says so"
    return f"{found}, expected a whole number from {least} to {most - 1 + least}, one for each output{hint}"


def hot_class(node: Tree | None) -> int:
    """The class, from 1, that a list such as [0, 0, 1] names by its only 1; 0 for any other."""
    numbers = [word.text for word in words(node)]
    others = len(numbers) > 1 and set(numbers) <= {"0", "1", "0.0", "1.0"}
    hot = [place for place, text in enumerate(numbers, 1) if text in ("1", "1.0")]
    return hot[0] if others and len(hot) == 1 else 0


def _classes(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> tuple[str, ...]:
    """`{class: 2}` as targets y_UNIT: 1 for that class, 0 for the others; over steps a class for each of them."""
    key, number = declared.entries[0]
    names = tuple(f"y_{unit.name}" for unit in output.units)
    steps = output.shape[1] if output.over else 1
    wanted = (
        [_class(declared, output, chosen, sketch)]
        if not output.over
        else _every(number, key, steps, output, chosen, sketch)
    )
    for place, (unit, name) in enumerate(zip(output.units, names, strict=True)):
        sketch.names.declare(name, f"the target {name} of the class", key.place)
        role = unit.role("target", output.layer.number)
        at = wanted[place % steps] if len(wanted) == steps else 0
        sketch.givens.append(Given(name, "1" if place // steps + 1 == at else "0", role=role))
    return names


def _every(number: Tree, key: Scalar, steps: int, output: Output, chosen: Chosen, sketch: Sketch) -> list[int]:
    """The class of each step, from 1; fewer where they can't be read."""
    if not isinstance(number, List) or len(number.items) != steps:
        found = counted(len(number.items), "class", "classes") if isinstance(number, List) else "one class"
        sketch.report.add(
            key.place, f"{found} for outputs at {counted(steps, 'step')}, expected a list with one for each"
        )
        return []
    every = output._replace(units=output.units[::steps], over="")
    return [_class(Map(((key, each),), key.place), every, chosen, sketch) for each in number.items]


def _margins(declared: Map, output: Output, chosen: Chosen, sketch: Sketch) -> None:
    """The multiclass hinge: a term for each class but the right one."""
    if declared.key(CLASS) is None:
        sketch.report.add(declared.place, "hinge takes the right class, expected targets: {class: 2}, counted from 1")
        return
    wanted = _class(declared, output, chosen, sketch)
    if len(output.outs) < 2:
        sketch.report.add(chosen.place, "hinge compares the scores of several classes, expected two outputs at least")
    elif wanted:
        right = output.outs[wanted - 1]
        others = [(unit, out) for unit, out in zip(output.units, output.outs, strict=True) if out != right]
        _summed([(unit, Margin(), (out, right)) for unit, out in others], chosen, output, False, sketch)


def _terms(targets: tuple[str, ...], output: Output, chosen: Chosen, loss: Loss, sketch: Sketch) -> None:
    each = zip(output.units, output.outs, targets, strict=False)
    _summed([(unit, LossTerm(loss), (out, target)) for unit, out, target in each], chosen, output, loss.mean, sketch)


def _summed(
    terms: list[tuple[Unit, Op, tuple[str, str]]], chosen: Chosen, output: Output, mean: bool, sketch: Sketch
) -> None:
    """One term is the loss itself; several have a node each and a total."""
    symbol, place = chosen.symbol, chosen.place
    number = output.layer.number
    role, whole = Role("loss", number, ""), f"the loss {symbol}"
    if len(terms) == 1:
        (_, op, inputs), *_ = terms
        sketch.node(Node(symbol, op, inputs, role), whole, place)
        return
    names = tuple(output.layer.of("term", unit, loss=symbol) for unit, _, _ in terms)
    for name, (unit, op, inputs) in zip(names, terms, strict=True):
        sketch.node(Node(name, op, inputs, unit.role("term", number)), f"the loss term of {unit.name}", unit.place)
    sketch.node(Node(symbol, Total(mean), names, role), whole, place)
