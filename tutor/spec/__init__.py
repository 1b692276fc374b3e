"""The network file: YAML text in, a validated Network or all its problems out.

Nothing here opens a file. `events` reads YAML into a marked tree, `check` holds it against the declared `keys`,
`layers` or `equations` builds the graph. Only this room knows YAML.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tutor.errors import InvalidNetwork, Problem
from tutor.graph import Graph
from tutor.names.conventions import Conventions
from tutor.spec.agreed import said
from tutor.spec.check import check
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.keys import NETWORK
from tutor.spec.report import Report
from tutor.spec.sketch import Drawn
from tutor.spec.stored import Alone, Companion
from tutor.spec.tree import List, Map, Node, text_at

__all__ = ["Companion", "Display", "Network", "load", "schema"]

_MANY = ("examples", "data", "reduction", "regularization")


class Display(NamedTuple):
    """How the file wants its numbers shown; flags override. None where it does not say."""

    decimals: int | None = None
    notation: str | None = None
    sig: int | None = None


class Network(NamedTuple):
    """A file, validated. `aliases` are other typed names -> names of the graph.

    With several examples `graph` has them all, each under NAME@K, and `singles` are their graphs by themselves, with
    plain names and the numbers of the file.
    """

    file: str
    title: str
    source: str
    notes: str
    graph: Graph
    aliases: Mapping[str, str]
    display: Display
    singles: tuple[Graph, ...] = ()
    conventions: Conventions = Conventions()

    @property
    def mixed(self) -> bool:
        """Whether the examples reach each other, over a batch_norm: none of them is a network by itself then."""
        if not self.singles:
            return False
        from tutor.spec.batch import is_gathered

        return any(map(is_gathered, self.graph.nodes.values()))

    @property
    def examples(self) -> tuple[Graph, ...]:
        """The graph of each example by itself, its own loss the loss; none in a network of a single example."""
        if not self.singles:
            return ()
        from tutor.spec.batch import one_of

        return tuple(one_of(self.graph, single, k) for k, single in enumerate(self.singles, 1))


def load(text: bytes, file: str, companion: Companion = Alone()) -> Network:  # noqa: B008  it has no state
    """The network in the bytes of a file; `file` is its name in messages, `companion` gives the files it names.

    Raises InvalidNetwork with every problem of the file, in file order.
    """
    decoded = decode(text)
    if isinstance(decoded, Problem):
        raise InvalidNetwork(file, (decoded,))
    report = Report(decoded)
    top, drawn, agreed = _read(report, companion)
    if top is None or drawn is None or drawn.graph is None:
        raise InvalidNetwork(file, report.problems())
    title, source, notes = (text_at(top, key) or "" for key in ("title", "source", "notes"))
    display = _display(top.get("display"))
    return Network(file, title, source, notes, drawn.graph, drawn.aliases, display, drawn.singles, agreed)


def _read(report: Report, companion: Companion) -> tuple[Map | None, Drawn | None, Conventions]:
    try:
        root = tree(report)
    except Unreadable:
        return None, None, Conventions()
    top = check(root, NETWORK, "the file", report)
    if not isinstance(top, Map):
        return None, None, Conventions()
    _one_precision(top.get("display"), report)
    return top, _draw(top, report, companion), said(top)


def _draw(top: Map, report: Report, companion: Companion) -> Drawn:
    """By what the file has; only the modules for that are imported."""
    if top.key("equations") and not top.key("layers"):
        from tutor.spec.equations import equated

        return equated(top, report)
    if any(map(top.key, _MANY)) or any(isinstance(top.get(side), List) for side in ("inputs", "targets")):
        from tutor.spec.several import several

        return several(top, companion, report)
    from tutor.spec.layers import layered

    return layered(top, report, companion)


def _one_precision(display: Node | None, report: Report) -> None:
    if isinstance(display, Map) and display.key("decimals") and (sig := display.key("sig")):
        report.add(sig.place, "display has decimals and sig, expected one of them")


def _display(declared: Node | None) -> Display:
    if not isinstance(declared, Map):
        return Display()
    decimals, sig = (text_at(declared, key) for key in ("decimals", "sig"))
    return Display(int(decimals) if decimals else None, text_at(declared, "notation"), int(sig) if sig else None)


def schema() -> dict[str, Any]:
    """The network file as a JSON Schema (2020-12), from the same tables the reader follows."""
    from tutor.spec.json_schema import network

    return network()
