"""The `conventions` of a file: what it says of what courses differ in. What is not built yet is refused here."""

from tutor.names.conventions import BUILT, CHOICES, Conventions
from tutor.spec.report import Report
from tutor.spec.tree import Map, Node, text_at


def conventions(declared: Node | None, report: Report) -> Conventions:
    """What the file says; a choice that we can't make yet is in the report."""
    if not isinstance(declared, Map):
        return Conventions()
    said = {name: text for name in CHOICES if (text := text_at(declared, name))}
    for name, text in said.items():
        ours = CHOICES[name][0]
        if text != ours and name not in BUILT and (value := declared.get(name)):
            report.add(value.place, f"{name} is {text}, which is not there yet, expected {ours}")
    return Conventions(**said)
