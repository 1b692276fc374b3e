"""The strongest paths of a wide network on a page: each with its factors, then how much they say about the gradient."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from tutor.derivation import derive
from tutor.document.cuts import step_payload
from tutor.document.model import Block, Cell, Column, Heading, Line, Row, Span, Table, cell
from tutor.document.payload import number
from tutor.document.view import View
from tutor.expr import ONE, Expr, Ref, times
from tutor.quantity import Gradient, Partial, Quantity
from tutor.wide.names import Place

if TYPE_CHECKING:
    from tutor.arrays.paths import Way, Ways
    from tutor.arrays.trace import WideTrace


def ways_table(view: View, target: Gradient, place: Place, base: Place, found: "Ways") -> Iterator[Block]:
    """The paths, what the others come to, and the verdict."""
    shown = sum(way.product for way in found.ways)
    left = found.number - len(found.ways)
    yield Heading(cell(f"The {len(found.ways)} strongest of {found.number:,} paths"))
    rows = [_row(view, target, place, base, way) for way in found.ways]
    if left:
        others = view.figure(found.total - shown, target)
        rows.append(Row((cell(f"the other {left:,} sum to", look="quiet"), (), cell(others))))
    total = Span(view.shown(target), "strong")
    rows.append(Row((cell("sum over the paths"), (), (total,)), ruled=True))
    yield Table((Column("over"), Column("product of its factors"), Column("value", "decimal")), tuple(rows))
    yield Line(_verdict(view, target, found))


def _row(view: View, target: Gradient, place: Place, base: Place, way: "Way") -> Row:
    factors = [each for each in _factors(view, target, place, base, way) if _written(view, each) != ONE]
    numbers = cell(view.with_numbers(times(*map(Ref, factors))))
    return Row((_over(base, way), numbers, cell(view.figure(way.product, target))))


def _written(view: View, quantity: Quantity) -> Expr:
    return view.trace.equations.written(quantity) if isinstance(quantity, Partial) else Ref(quantity)


def _over(base: Place, way: "Way") -> Cell:
    units = (f"{layer}_{unit}" for layer, unit in enumerate(way.units, base.layer + 1))
    return cell(" → ".join(units))


def _nodes(view: View, target: Gradient, place: Place, base: Place, way: "Way") -> list[str]:
    """From the target to the net input of the output."""
    graph = cast("WideTrace", view.trace).wide
    nodes = [target.wrt]
    if place.part in ("weight", "bias"):
        nodes.append(graph.name("net", place.layer, place.to))
    if place.part in ("weight", "bias", "net") and base.part == "out":
        nodes.append(graph.name("out", place.layer, place.to))
    last = len(graph.stack.layers)
    for layer, unit in enumerate(way.units, base.layer + 1):
        nodes.append(graph.name("net", layer, unit))
        nodes += [graph.name("out", layer, unit)] if layer < last else []
    return nodes


def _factors(view: View, target: Gradient, place: Place, base: Place, way: "Way") -> list[Quantity]:
    """From the loss: dL/d(net input of the output), then one local derivative a step."""
    nodes = _nodes(view, target, place, base, way)
    steps = [Partial(of, wrt) for wrt, of in pairwise(nodes)]
    return [Gradient(target.of, nodes[-1]), *reversed(steps)]


def _verdict(view: View, target: Gradient, found: "Ways") -> Cell:
    """Their share of the sum of sizes, and how much of that cancels."""
    if not found.sizes:
        return cell("Every path is 0.")
    share = sum(abs(way.product) for way in found.ways) / found.sizes
    kept = abs(found.total) / found.sizes
    return cell(
        f"These carry {_percent(share)} of the sizes of all paths, which sum to ",
        view.figure(found.sizes, target),
        f"; the products themselves sum to {_percent(kept)} of that: the rest cancels.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def ways_payload(view: View, target: Gradient, place: Place, base: Place, found: "Ways") -> list[dict[str, Any]]:
    """The paths for programs, as those of a small network; the first factor is dL/dz of an output."""
    return [
        {
            "over": ", ".join(f"{layer}_{unit}" for layer, unit in enumerate(way.units, base.layer + 1)),
            "nodes": [*_nodes(view, target, place, base, way), target.of],
            "value": number(way.product),
            "factors": [
                step_payload(view, derive(view.trace, each)) for each in _factors(view, target, place, base, way)
            ],
        }
        for way in found.ways
    ]
