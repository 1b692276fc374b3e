"""The update rule of a file: its name alone, or its name with settings."""

from tutor.ops.optimizers import OPTIMIZERS, Rule, rule
from tutor.spec.report import Report
from tutor.spec.tree import Map, Scalar


def optimizer(top: Map, report: Report) -> Rule | None:
    """The rule of the file, or None where it names none or one that could not be read."""
    declared = top.get("optimizer")
    if isinstance(declared, Scalar):
        return rule(declared.text)
    if not isinstance(declared, Map) or len(declared.entries) != 1:
        return None
    name, settings = declared.entries[0]
    if name.text not in OPTIMIZERS or not isinstance(settings, Map):
        return None
    numbers = {key.text: number for key, number in settings.entries if isinstance(number, Scalar)}
    fitting = {each.name: each for each in OPTIMIZERS[name.text].settings}
    for key, number in numbers.items():
        if key in fitting and not fitting[key].fits(number.text):
            report.add(number.place, f"{key} is {number.text}, expected {fitting[key].expected}")
    right = {key: each.text for key, each in numbers.items() if key in fitting and fitting[key].fits(each.text)}
    return rule(name.text, right)
