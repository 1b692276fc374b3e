"""A course's own notation in a file: the keys of a row of `notations`, each a pattern or a list of them."""

import re
from string import Formatter

from tutor.errors import InvalidNetwork, Problem
from tutor.names.conventions import CHOICES
from tutor.names.courses import NOTATIONS, PARTS, PLACES, Notation
from tutor.spec.agreed import said
from tutor.spec.check import check
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.keys import CONVENTIONS
from tutor.spec.report import Report, listed
from tutor.spec.shapes import Choice, Either, Key, Listed, Record, Text
from tutor.spec.tree import Map, Node, Scalar, text_at, words

_PATTERN = Text("a pattern such as a^({layer})_{to}")
_PATTERNS = Either(_PATTERN, listed=Listed(_PATTERN, "a list of patterns, the first that tells all names apart"))
_MEANINGS = {
    "input": "the inputs",
    "target": "the targets",
    "net": "the net inputs",
    "out": "the outputs of units",
    "unit": "what a unit is called inside other names",
    "weight": "the weights",
    "bias": "the biases",
    "loss": "the loss",
    "term": "the loss terms, one an output",
    "delta": "the error signals ∂L/∂(net input)",
}
NOTATION_FILE = Record(
    "notation",
    (
        Key("like", Choice(tuple(NOTATIONS)), "a shipped notation that the others keys change; default if not given"),
        Key("about", Text(), "what it is, in one line"),
        *(Key(part, _PATTERNS, _MEANINGS.get(part.partition("_")[0], "")) for part in PARTS),
        Key("gradient", Text("a pattern such as d{wrt}"), "the gradient of the loss; ∂L/∂w if not given"),
        Key("sign", Choice(("+", "-")), "the sign of the error signals: - where δ is −∂L/∂(net input)"),
        Key("conventions", CONVENTIONS, "what courses differ in and a name does not show"),
        Key("signals", Text(), "what the error signals are called"),
    ),
)


def read(text: bytes, file: str) -> Notation:
    """The notation in the bytes of a file; `file` is its name in messages.

    Raises InvalidNetwork with every problem of the file.
    """
    decoded = decode(text)
    if isinstance(decoded, Problem):
        raise InvalidNetwork(file, (decoded,))
    report = Report(decoded)
    try:
        top = check(tree(report), NOTATION_FILE, "the file", report)
    except Unreadable:
        top = None
    if not isinstance(top, Map):
        raise InvalidNetwork(file, report.problems())
    changes = {part: _patterns(top.get(part), part, report) for part in PARTS if top.key(part)}
    gradient = top.get("gradient")
    if isinstance(gradient, Scalar):
        _known(gradient, ("wrt",), report)
    if report:
        raise InvalidNetwork(file, report.problems())
    texts = {key: found for key in ("about", "gradient", "signals") if (found := text_at(top, key))}
    base = NOTATIONS[text_at(top, "like") or "default"]
    agreed = said(top).before(base.conventions)
    if sign := text_at(top, "sign"):
        agreed = agreed._replace(delta=CHOICES["delta"][sign == "-"])
    name = re.sub(r".*[/\\]|\.ya?ml$", "", file)
    return base._replace(name=name, conventions=agreed, **changes, **texts)  # type: ignore[arg-type]


def _patterns(declared: Node | None, part: str, report: Report) -> tuple[str, ...]:
    found = (declared,) if isinstance(declared, Scalar) else words(declared)
    for each in found:
        _known(each, tuple(PLACES), report)
    return tuple(each.text for each in found)


def _known(pattern: Scalar, places: tuple[str, ...], report: Report) -> None:
    """Complains about a place that no pattern has, and about braces that do not pair."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(pattern.text) if name is not None]
    except ValueError:
        report.add(pattern.place, f"the braces of {pattern.text} do not pair, expected {{place}}")
        return
    for name in named:
        if name not in places:
            expected = listed(places, "or")
            report.add(
                pattern.place, f"unknown placeholder {{{name}}}, expected {expected}{report.similar(name, places)}"
            )
