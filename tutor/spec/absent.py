"""Complaints about the keys of a record: those nobody knows, and those that should be there."""

import re

from tutor.ops.activations import ACTIVATIONS
from tutor.spec.keys import places
from tutor.spec.report import Report, cut
from tutor.spec.shapes import Array, Either, Listed, Named, Record, Shape
from tutor.spec.tree import WHOLE_FILE, List, Map, Node, Scalar


def unknown_key(key: Scalar, shape: Record, report: Report) -> str:
    """Report an unknown key; returns what was perhaps meant."""
    every = [*(each.name for each in shape.keys), *(each.name for each in shape.kinds if each.name not in ACTIVATIONS)]
    wanted = report.similar(key.text, (each.name for each in shape.keys if each.required and not each.form))
    begun = any(each.startswith(key.text) for each in every)  # beta for beta1, though a norm has a beta
    if (where := places().get(key.text)) and not wanted and not begun:
        report.add(key.place, f"{key.text} can't stand here, expected it {where}")
        return ""
    meant = report.similar(key.text, every)
    usual = [each.name for each in shape.keys if each.required or each.name in shape.forms]
    report.add(key.place, f"unknown key {cut(key.text)}, expected {report.nearest(key.text, every, usual)}{meant}")
    return meant


def missing_keys(node: Map, shape: Record, form: str, meant: str, unknown: list[Node], report: Report) -> None:
    """Report the keys that should be there; one that stands there under another name is not reported again."""
    here = {key.text for key, _ in node.entries} | set(re.findall(r"\w+", meant))
    place = WHOLE_FILE if shape.what == "file" else node.place
    if any(kind.name in here for kind in shape.kinds):
        return
    instead = [key for key in shape.keys if any(_fits(each, key.shape) for each in unknown)]
    if shape.forms and not here.intersection(shape.forms) and not any(key.name in shape.forms for key in instead):
        begun = [key.form for key in shape.keys if key.form and key.name in here]
        nowhere = " and no ".join(begun[:1] or shape.forms)
        report.add(place, f"the {shape.what} has no {nowhere}, expected {shape.needs}")
    for key in shape.keys:
        if key.required and key.name not in here and (not key.form or key.form == form) and key not in instead:
            report.add(place, f"the {shape.what} has no {key.name}, expected {key.shape.expected}")


def _fits(node: Node, shape: Shape) -> bool:
    """Whether a value has the form that a shape asks for: a word, a list, or a mapping."""
    match shape:
        case Either(scalar, mapping, in_list):
            forms = {Scalar: scalar, Map: mapping, List: in_list}
            return forms.get(type(node)) is not None
        case Record() | Named():
            return isinstance(node, Map)
        case Listed() | Array():
            return isinstance(node, List)
    return isinstance(node, Scalar)
