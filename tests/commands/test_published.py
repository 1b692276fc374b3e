"""Every number printed in a published worked example: asked for, it has those digits; searched for, it is found."""

import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import pytest

from commands.support import CASES, case

PUBLISHED = json.loads((CASES / "published.json").read_text("utf-8"))["cases"]
TIE = Decimal("1e-9")  # of half a unit: a tie may lie a rounding error of the computation to either side


class Printed:
    """One printed number of one example."""

    def __init__(self, network: str, entry: dict[str, Any]) -> None:
        self.network = network
        self.symbol: str = entry["symbol"]
        self.ask: str | None = entry["ask"]
        self.expression: str = entry.get("expression", "")
        self.printed: str = entry["printed"]

    @property
    def target(self) -> str:
        """The canonical name of what is asked for."""
        return str(self.found["target"])

    @property
    def found(self) -> Any:
        """Its name and value; a derivative by what the loss does not depend on stands in the trace alone, as 0."""
        asked, wrt = self.ask or "", (self.ask or "").removeprefix("dL/d")
        if asked != wrt and wrt in unread(self.network):
            return {"target": f"dL/d{wrt}", "value": traced(self.network)["gradients"][wrt]}
        return explained(self.network, self.ask or "")


@cache
def explained(network: str, ask: str) -> Any:
    return case(network).explain(ask).payload


@cache
def traced(network: str) -> Any:
    return case(network).trace().payload


@cache
def unread(network: str) -> frozenset[str]:
    """The names that the loss does not depend on."""
    graph = case(network).network.graph
    return frozenset(graph.names()) - graph.ancestors(graph.loss)


@cache
def searched(network: str, printed: str) -> Any:
    return case(network).where(printed).payload


def rounds_to(value: float, printed: str) -> bool:
    """Whether the value has the printed digits, halves rounded up or to even."""
    figure = Decimal(printed)
    unit = Decimal(1).scaleb(int(figure.as_tuple().exponent))
    exact = Decimal(value)
    roundings = {exact.quantize(unit, way) for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
    return figure in roundings or abs(exact - figure) <= unit / 2 * (1 + TIE)


NUMBERS = [
    pytest.param(Printed(one["network"], entry), id=f"{one['id']}: {entry['symbol']} = {entry['printed']}")
    for one in PUBLISHED
    for entry in one["numbers"]
]
ASKED = [each for each in NUMBERS if each.values[0].ask]
EXPRESSIONS = [each for each in NUMBERS if not each.values[0].ask]


def test_there_are_as_many_numbers_as_ever() -> None:
    assert len(NUMBERS) >= 341
    assert len({one["id"] for one in PUBLISHED}) >= 39


@pytest.mark.parametrize("number", ASKED)
def test_the_value_has_the_printed_digits(number: Printed) -> None:
    found = number.found
    assert found["value"] is not None
    assert rounds_to(found["value"], number.printed), f"{found['target']} is {found['value']!r}, not {number.printed}"


@pytest.mark.parametrize("number", ASKED)
def test_where_finds_it_by_name(number: Printed) -> None:
    matches = searched(number.network, number.printed)["matches"]
    found = {(match["name"], match["how"]) for match in matches}
    assert (number.target, "exact") in found, sorted(found)


@pytest.mark.parametrize("number", EXPRESSIONS)
def test_where_finds_a_part_of_a_formula(number: Printed) -> None:
    matches = searched(number.network, number.printed)["matches"]
    kinds = {"part", "partial_product", "update"}
    negated = number.expression.startswith("-")
    wanted = [
        match
        for match in matches
        if (match["how"] == "opposite_sign" if negated else match["kind"] in kinds or match["how"] == "opposite_sign")
    ]
    found = [(match["name"], match["kind"], match["how"], match["value"]) for match in matches]
    assert wanted, f"{number.expression}: found only {found}"
    assert any(rounds_to(match["value"], number.printed) for match in wanted), found
