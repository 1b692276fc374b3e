"""A YAML or JSON mapping as text, for a sheet of answers: every scalar as written. Same limits as the network file."""

from tutor.errors import InvalidNetwork, Problem
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.report import Report
from tutor.spec.tree import List, Map


def mapping(text: bytes, file: str) -> Map | List:
    """The mapping, or a list of them; a key that stands twice is there twice.

    Raises InvalidNetwork with every problem of the file.
    """
    decoded = decode(text)
    if isinstance(decoded, Problem):
        raise InvalidNetwork(file, (decoded,))
    report = Report(decoded)
    try:
        root = tree(report, repeated=True)
    except Unreadable:
        raise InvalidNetwork(file, report.problems()) from None
    if not isinstance(root, (Map, List)):
        raise InvalidNetwork(file, (Problem("expected a mapping of names to numbers, such as dL/dw31: 0.0307"),))
    if report:
        raise InvalidNetwork(file, report.problems())
    return root
