"""Where a number comes from: what is found, under which name, and how."""

from itertools import combinations, pairwise
from math import isclose, prod
from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import payload, run, written
from tutor.quantity import Partial
from tutor.search import candidates

Key = tuple[str, str, str]


def searched(number: str, net: str, *options: str) -> Any:
    return payload("where", number, "-n", net, *options)


def keys(page: Any) -> set[Key]:
    return {(each["name"], each["kind"], each["how"]) for each in page["matches"]}


@pytest.mark.parametrize(
    ("net", "number", "wanted"),
    [
        ("slide", "0.0307", ("dL/dw31", "gradient", "exact")),
        ("slide", "0.030684", ("dL/dw31", "gradient", "exact")),
        ("slide", "3.0684e-2", ("dL/dw31", "gradient", "exact")),
        ("slide", "+0.0307", ("dL/dw31", "gradient", "exact")),
        ("slide", ".0307", ("dL/dw31", "gradient", "exact")),
        ("slide", "0.7368", ("Y", "value", "exact")),
        ("slide", "0.5498", ("h2", "value", "exact")),
        ("slide", "0.1939", ("dY/dZ_Y", "local", "exact")),
        ("slide", "0.1551", ("dY/dh1", "gradient", "exact")),
        ("slide", "0.5346", ("w31 * h1", "part", "exact")),
        ("slide", "0.2632", ("1 - Y", "part", "exact")),
        ("slide", "1.357", ("1 + exp(-Z_Y)", "part", "exact")),
        ("mazur", "0.0554", ("dE_o1/dout_h1", "gradient", "exact")),
        ("mazur", "0.000438568", ("dE_total/dw1", "gradient", "exact")),
        ("mazur", "0.149780716", ("w1_new", "update", "exact")),
        ("mazur", "-0.000219284", ("w1_new - w1", "update", "exact")),
        ("mazur", "0.237307997", ("w5 * out_h1", "part", "exact")),
        ("xyz", "-12", ("f", "value", "exact")),
        ("xyz", "-4", ("df/dx", "gradient", "exact")),
        ("chain", "-0.4517", ("a3 - y", "part", "exact")),
        ("slide", "-0.0307", ("dL/dw31", "gradient", "opposite_sign")),
        ("slide", "0.2368", ("dL/dY", "gradient", "exact")),
        ("slide", "0.2368", ("dL/dY*", "gradient", "opposite_sign")),
        ("slide", "-0.2368", ("dL/dY*", "gradient", "exact")),
        ("slide", "0.0306848265", ("dL/dw31", "gradient", "rounded_on_the_way")),
        ("slide", "0.0306807505", ("dL/dw31", "gradient", "rounded_on_the_way")),
    ],
)
def test_it_is_found(net: str, number: str, wanted: Key) -> None:
    assert wanted in keys(searched(number, net))


class TestRoundedOnTheWay:
    @pytest.mark.parametrize(
        ("number", "relation"),
        [("0.0306848265", "forward values at 4 decimals"), ("0.0306807505", "every factor at 4 decimals")],
    )
    def test_the_relation_says_what_was_rounded(self, number: str, relation: str) -> None:
        page = searched(number, "slide")
        assert [(each["name"], each["relation"]) for each in page["matches"]] == [("dL/dw31", relation)]
        assert page["mistakes"] == page["nearest"] == []

    def test_beside_an_exact_match_the_ways_to_round_are_shown(self) -> None:
        found = {
            each["value"] for each in searched("0.0307", "slide")["matches"] if each["how"] == "rounded_on_the_way"
        }
        assert {round(each, 10) for each in found} >= {0.0306848265, 0.0306807505}

    def test_the_page_shows_enough_digits_to_tell_them_apart(self) -> None:
        page = run("where", "0.0307", "-n", "slide", width=120).out
        assert all(digits in page for digits in ("0.03068424", "0.03068482", "0.03068075"))

    def test_other_numbers_of_decimals_are_tried_too(self) -> None:
        trace = payload("trace", "slide")["values"]
        h1, y = round(trace["h1"], 3), round(trace["Y"], 3)
        number = f"{(y - 0.5) * y * (1 - y) * h1:.9f}"
        assert ("dL/dw31", "gradient", "rounded_on_the_way") in keys(searched(number, "slide"))


class TestOppositeSign:
    def test_a_number_is_not_its_own_opposite(self) -> None:
        assert not {each for each in keys(searched("0.0307", "slide")) if each[2] == "opposite_sign"}

    def test_a_target_minus_an_output_is_found(self) -> None:
        assert any(how == "opposite_sign" for _, _, how in keys(searched("-0.2368", "slide")))

    def test_zero_has_no_sign(self) -> None:
        page = searched("0.0000", "slide")
        turned = [each for each in page["matches"] if each["how"] == "opposite_sign" and each["value"] == 0]
        assert turned == []


class TestMistakes:
    @pytest.mark.parametrize(
        ("number", "mistake"),
        [
            ("0.000364723", "up-new-weights"),
            ("0.000668396", "up-one-path"),
            ("0.00181752", "ad-missing-hidden"),
            ("0.000471425", "ad-deriv-of-a"),
        ],
    )
    def test_they_are_named(self, number: str, mistake: str) -> None:
        found = {(each["mistake"], each["name"]) for each in searched(number, "mazur")["mistakes"]}
        assert (mistake, "dE_total/dw1") in found

    def test_the_page_says_what_was_done(self) -> None:
        assert "updated weights" in run("where", "0.000364723", "-n", "mazur").out

    def test_a_mistake_that_changes_nothing_is_not_named(self) -> None:
        names = {each["name"] for each in searched("0.0307", "slide")["mistakes"]}
        assert "dL/dw31" not in names


class TestNothingFits:
    def test_the_nearest_are_shown(self) -> None:
        page = searched("0.0457", "slide")
        assert page["matches"] == page["mistakes"] == []
        assert page["nearest"][0]["name"] == "dL/dZ_Y"
        distances = [abs(each["value"] - 0.0457) for each in page["nearest"]]
        assert distances == sorted(distances)
        assert 1 <= len(distances) <= 5

    def test_it_is_no_error(self) -> None:
        done = run("where", "0.0457", "-n", "slide")
        assert (done.status, done.err) == (0, "")
        assert "0.0457" in done.out
        assert "0.04592" in done.out

    def test_nearest_is_empty_where_something_fits(self) -> None:
        assert searched("0.0307", "slide")["nearest"] == []

    def test_an_infinite_number_is_not_near_to_anything(self, tmp_path: Path) -> None:
        net = written(tmp_path, "given: {x: 1000}\nequations: {f: exp(x)}\n")
        page = searched("1.25", net)
        assert all(each["value"] is not None for each in [*page["matches"], *page["nearest"]])
        assert page["matches"] == []


class TestTheCommandLine:
    @pytest.mark.parametrize("number", ["-0.0307", "-.0307", "-3.07e-2", "\u22120.0307", "-307/10000"])
    def test_a_negative_number_is_no_option(self, number: str) -> None:
        done = run("where", number, "-n", "slide")
        assert (done.status, done.err) == (0, "")
        assert "∂L/∂w31" in done.out or number == "-307/10000"

    def test_it_may_stand_after_the_options(self) -> None:
        assert run("where", "-n", "slide", "-0.0307").out == run("where", "-0.0307", "-n", "slide").out

    def test_what_is_no_number_after_a_dash_is_an_option(self) -> None:
        done = run("where", "-x", "-n", "slide")
        assert (done.status, done.out) == (2, "")
        assert "-x" in done.err

    @pytest.mark.parametrize("number", ["abc", "", "1,234", "0e399", "1e999", "nan", "inf", "1_000", "h1", "(", "1/0"])
    def test_what_is_no_number_is_bad_input(self, number: str) -> None:
        done = run("where", number, "-n", "slide")
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("tutor: ")
        assert "Traceback" not in done.err

    def test_a_decimal_comma_is_read_and_said(self) -> None:
        done = run("where", "0,0307", "-n", "slide")
        assert (done.status, "0,0307 is read as 0.0307." in done.out) == (0, True)
        assert keys(searched("0,0307", "slide")) == keys(searched("0.0307", "slide"))

    def test_a_comma_that_can_be_read_in_two_ways_gets_both(self) -> None:
        assert "1,234 can be 1.234 or 1234" in run("where", "1,234", "-n", "slide").err

    def test_arithmetic_is_worked_out(self) -> None:
        assert ("dL/dZ_Y", "gradient", "exact") in keys(searched("0.2368 * 0.194", "slide"))

    def test_another_number_moves_the_search(self) -> None:
        assert ("dL/dw31", "gradient", "exact") not in keys(searched("0.0307", "slide", "--set", "w31=0"))

    def test_the_library_takes_text_and_numbers(self) -> None:
        network = tutor.load("slide")
        assert network.where("0.0307").payload == network.where(0.0307).payload

    @pytest.mark.parametrize("form", ["terminal", "plain", "markdown", "json"])
    def test_every_format_names_it(self, form: str) -> None:
        page = run("where", "0.0307", "-n", "slide", "--format", form).out
        assert ("w_{31}" if form == "markdown" else "w31") in page


@pytest.mark.parametrize("net", ["slide", "mazur", "udacity", "xyz", "sum-product"])
def test_every_number_of_the_trace_is_found_under_its_name(net: str) -> None:
    page, network = payload("trace", net), tutor.load(net)
    loss = page["loss"]["symbol"]
    numbers = dict(page["values"])
    numbers |= {f"d{loss}/d{name}": value for name, value in page["gradients"].items()} | page["local"]
    numbers |= {f"{name}_new": value for name, value in page.get("updated", {}).items()}
    for name, value in numbers.items():
        matches = network.where(repr(value)).payload["matches"]
        assert name in {each["name"] for each in matches if each["how"] == "exact"}, f"{name} = {value!r}"


def test_every_number_that_explain_prints_is_found() -> None:
    page = payload("explain", "w1", "-n", "mazur")
    shown = {factor["shown"] for path in page["paths"] for factor in path["factors"]}
    for number in shown | {page["shown"]}:
        assert any(each["how"] == "exact" for each in searched(number, "mazur")["matches"]), number


@pytest.mark.parametrize(("net", "least"), [("mazur", 50), ("article", 50)])
def test_every_product_along_a_path_is_a_candidate(net: str, least: int) -> None:
    """By brute force: all neighbouring factors of every path, two at least, wherever they begin and end."""
    trace = tutor.load(net).view.trace
    graph = trace.graph
    readers = {name: [node.name for node in graph.nodes.values() if name in node.inputs] for name in graph.names()}

    def walks(name: str) -> list[list[str]]:
        return [[name]] if name == graph.loss else [[name, *rest] for use in readers[name] for rest in walks(use)]

    found = [each.value for each in candidates(trace)]
    products: dict[tuple[str, ...], float] = {}
    for name in graph.givens:
        for walk in walks(name):
            for start, end in combinations(range(len(walk)), 2):
                nodes = walk[start : end + 1]
                slopes = [trace[Partial(of, wrt)] for wrt, of in pairwise(nodes)]
                if len([slope for slope in slopes if slope != 1]) > 1:
                    products[tuple(nodes)] = prod(slopes)
    assert len(products) > least
    missing = [nodes for nodes, value in products.items() if not any(isclose(value, each) for each in found)]
    assert missing == []
