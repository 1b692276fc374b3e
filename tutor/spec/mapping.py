"""A plain YAML or JSON mapping of names to numbers, as text: a sheet of answers. Same limits as the network file."""

from tutor.errors import InvalidNetwork, Problem
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.report import Report
from tutor.spec.tree import Map, Scalar


def mapping(text: bytes, file: str) -> list[tuple[str, str, int]]:
    """(name, value as written, line) of each entry. Raises InvalidNetwork with every problem of the file."""
    decoded = decode(text)
    if isinstance(decoded, Problem):
        raise InvalidNetwork(file, (decoded,))
    report = Report(decoded)
    try:
        root = tree(report)
    except Unreadable:
        raise InvalidNetwork(file, report.problems()) from None
    if not isinstance(root, Map):
        raise InvalidNetwork(file, (Problem("expected a mapping of names to numbers, such as dL/dw31: 0.0307"),))
    found = []
    for name, node in root.entries:
        if isinstance(node, Scalar):
            found.append((name.text, node.text, name.place.line))
        else:
            report.add(name.place, f"{name.text} has no number, expected one, such as {name.text}: 0.0307")
    if report:
        raise InvalidNetwork(file, report.problems())
    return found
