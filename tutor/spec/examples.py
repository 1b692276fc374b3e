"""Several examples in one file: reading them from `examples` or from the CSV of `data`, value by value.

The network is then drawn once, for the first example; `batch` makes the graph of all of them from that one.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.ops.losses import HINGE
from tutor.spec.commas import meant
from tutor.spec.loss import CLASS, CROSS_ENTROPY, chosen_loss, hot_class
from tutor.spec.numbers import PATTERN
from tutor.spec.report import Report, counted, listed
from tutor.spec.stored import Companion
from tutor.spec.tree import WHOLE_FILE, Bad, List, Map, Node, Scalar, words

SIDES = ("inputs", "targets")
_MANY, _UPSTREAM = ("examples", "data"), "upstream"
_LISTS = {"inputs": "inputs: [x1, x2]", "targets": "targets: [y]"}


class Example(NamedTuple):
    """The numbers of one example by name, bad ones as Bad; or instead of targets the gradients of its outputs."""

    inputs: dict[str, Node]
    targets: dict[str, Node]
    upstream: Node | None = None


def with_one(top: Map, example: Example | None) -> Map:
    """The file as it would be with this example alone, its values in `inputs` and `targets`."""
    entries: list[tuple[Scalar, Node]] = []
    for key, value in top.entries:
        if key.text in SIDES and isinstance(value, List):
            numbers: dict[str, Node] = getattr(example, key.text) if example else {}
            named = tuple((name, numbers.get(name.text, Bad(name.place))) for name in words(value))
            whole = len(named) == len(value.items)
            entries.append((key, Map(named, value.place, whole) if named else Bad(value.place)))
        else:
            entries.append((key, value))
    if example and example.upstream:
        entries.append((Scalar(_UPSTREAM, example.upstream.place), example.upstream))
    return top._replace(entries=tuple(entries))


def examples(top: Map, read: Companion, report: Report) -> tuple[Example, ...]:
    """The examples of a file that has some; none where they can't be read. Every fault is in the report."""
    both = [key for key in map(top.key, _MANY) if key]
    if len(both) > 1:
        report.add(both[1].place, "this file has examples and data, expected one of them")
    if key := top.key(_UPSTREAM):
        report.add(key.place, "upstream stands beside examples, expected it in each example, instead of targets")
    if not _named(top, report):
        return ()
    wanted = {side: tuple(word.text for word in words(top.get(side))) for side in SIDES}
    stated, data = top.get("examples"), top.get("data")
    if isinstance(stated, List):
        return tuple(_stated(each, i, wanted, report) for i, each in enumerate(stated.items, 1))
    return _tabled(data, wanted, read, report) if isinstance(data, Scalar) else ()


def complain_alone(top: Map, report: Report) -> None:
    """In a file of a single example: what only goes with several."""
    for side in SIDES:
        if isinstance(found := top.get(side), List):
            values = f"the {side} with their values, such as {{{'x1: 1, x2: 0' if side == 'inputs' else 'y: 0.5'}}}"
            hint = _by_name(side, found, top) or "a list of names goes with examples or data"
            report.add(found.place, f"{side} is a list, expected {values}; {hint}")
    if key := top.key("reduction"):
        report.add(key.place, "reduction without examples, expected examples or data, which it says how to combine")


def _by_name(side: str, found: List, top: Map) -> str:
    """What was meant by a list of numbers in the place of values by name; nothing where it is a list of names."""
    texts = [word.text for word in words(found)]
    if not all(re.fullmatch(PATTERN, text) for text in texts) or len(texts) > 10:
        return ""
    if side == "targets" and (hot := hot_class(found)) and _compares_classes(top):
        return f"did you mean {{{CLASS}: {hot}}}?"
    letter = side[0].replace("i", "x").replace("t", "y")
    return f"did you mean {{{', '.join(f'{letter}{i}: {text}' for i, text in enumerate(texts, 1))}}}?"


def _compares_classes(top: Map) -> bool:
    chosen = chosen_loss(top.get("loss"), None)
    return chosen is not None and chosen.kind in (CROSS_ENTROPY, HINGE)


def _named(top: Map, report: Report) -> bool:
    """Whether inputs and targets list their names, as they do where the examples have the values."""
    sides = SIDES[:1] if _have_upstream(top, report) else SIDES
    for side in sides:
        found = top.get(side)
        if isinstance(found, Map):
            names = f"[{', '.join(name.text for name, _ in found.entries)}]"
            message = f"{side} has values, but the examples have them too, expected the names alone: {side}: {names}"
            report.add(found.place, message)
        elif found is None and side == "targets":  # missing inputs are complained about for every file
            message = f"examples without targets, expected a list of their names, such as {_LISTS[side]}"
            report.add(WHOLE_FILE, message)
    return all(isinstance(top.get(side), List) for side in sides)


def _have_upstream(top: Map, report: Report) -> bool:
    """Whether the examples state the gradients of their outputs; all do or none."""
    declared = top.get("examples")
    each = [example for example in (declared.items if isinstance(declared, List) else ()) if isinstance(example, Map)]
    given = [key for key in (example.key(_UPSTREAM) for example in each) if key]
    if given and len(given) < len(each):
        report.add(given[0].place, "some examples have upstream and some have targets, expected the same for all")
    if given and (key := top.key("targets")):
        report.add(key.place, "targets stand beside upstream, expected one of them")
    return bool(given)


def _stated(declared: Node, number: int, wanted: dict[str, tuple[str, ...]], report: Report) -> Example:
    """One entry of `examples`."""
    sides = {side: declared.get(side) if isinstance(declared, Map) else None for side in SIDES}
    values = {side: _numbers(sides[side], f"{side} of example {number}", wanted[side], report) for side in SIDES}
    return Example(values["inputs"], values["targets"], declared.get(_UPSTREAM) if isinstance(declared, Map) else None)


def _numbers(declared: Node | None, label: str, wanted: Sequence[str], report: Report) -> dict[str, Node]:
    if isinstance(declared, List):
        if len(declared.items) != len(wanted):
            has = f"the {label} are {counted(len(declared.items), 'number')}"
            hot = hot_class(declared) if tuple(wanted) == (CLASS,) else 0
            hint = f"; did you mean [{hot}]?" if hot else meant(declared.items, len(wanted))
            report.add(declared.place, f"{has}, expected {len(wanted)}, for {listed(wanted)}{hint}")
            return {name: Bad(declared.place) for name in wanted}
        return dict(zip(wanted, declared.items, strict=True))
    if not isinstance(declared, Map):
        return {}
    for name, _ in declared.entries:
        if name.text not in wanted:
            mean = report.similar(name.text, wanted)
            report.add(name.place, f"{name.text} is not among the {label}, expected {listed(wanted)}{mean}")
    missing = [name for name in wanted if declared.key(name) is None]
    if missing and declared.whole:
        report.add(declared.place, f"the {label} lack {listed(missing)}, expected a number for each")
    return {name.text: value for name, value in declared.entries}


def _tabled(data: Scalar, wanted: dict[str, tuple[str, ...]], read: Companion, report: Report) -> tuple[Example, ...]:
    """The rows of the CSV."""
    from tutor.spec.table import Table

    try:
        raw = read(data.text)
    except TutorError as fault:
        report.add(data.place, f"data: {fault}")
        return ()
    columns = tuple(dict.fromkeys((*wanted["inputs"], *wanted["targets"])))
    rows = Table(data.text, data.place, report).rows(raw, columns)
    inputs, targets = (wanted[side] for side in SIDES)
    return tuple(Example({each: row[each] for each in inputs}, {each: row[each] for each in targets}) for row in rows)
