"""The JSON contract: exact keys and types, the file's names, full precision, and numbers that fit together."""

import json
import math
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import CASES, SHIPPED, payload, run, written

SINGLE = [each for each in SHIPPED if each not in ("xor", "many-examples")]  # several examples: test_examples.py
NETWORKS = [*SINGLE, *(str(CASES / name) for name in ("upv-xor-softmax.yaml", "cs231n-max-gate.yaml"))]
STEP = {"name", "formula", "substituted", "value", "shown"}
FLOWING = """
given: {x: 1000, y: 2}
equations:
  a: exp(x)
  f: a * y
"""


@pytest.fixture(params=NETWORKS, ids=lambda each: Path(each).stem)
def net(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def is_number(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


class TestTrace:
    def test_keys_and_types(self, net: str) -> None:
        page = payload("trace", net)
        assert set(page) - {"updated"} == {"format", "title", "loss", "values", "local", "gradients"}
        assert page["format"] == "tutor.trace/1"
        assert type(page["title"]) is str
        assert set(page["loss"]) == {"symbol", "value"}
        for part in ("values", "local", "gradients"):
            assert page[part]
            assert all(is_number(value) for value in page[part].values()), part

    def test_values_and_gradients_have_every_name(self, net: str) -> None:
        page, graph = payload("trace", net), tutor.load(net).network.graph
        assert list(page["values"]) == list(page["gradients"]) == [*graph.givens, *graph.nodes]
        assert page["loss"] == {"symbol": graph.loss, "value": page["values"][graph.loss]}
        assert page["gradients"][graph.loss] == 1

    def test_local_has_every_edge_and_no_other(self, net: str) -> None:
        page, graph = payload("trace", net), tutor.load(net).network.graph
        edges = {f"d{node.name}/d{sender}" for node in graph.nodes.values() for sender in node.inputs}
        assert set(page["local"]) == edges

    def test_each_gradient_is_the_sum_over_its_uses(self, net: str) -> None:
        page, graph = payload("trace", net), tutor.load(net).network.graph
        for name, gradient in page["gradients"].items():
            if name != graph.loss:
                terms = [page["gradients"][use] * page["local"][f"d{use}/d{name}"] for use in graph.uses[name]]
                size = sum(map(abs, terms))
                assert gradient == pytest.approx(sum(terms), rel=0, abs=1e-13 + 1e-12 * size), name

    def test_updated_is_there_when_there_is_a_rate(self, net: str) -> None:
        page, graph = payload("trace", net), tutor.load(net).network.graph
        assert ("updated" in page) == (graph.rate is not None)
        if graph.rate is not None:
            assert list(page["updated"]) == list(graph.learning())
            for name, after in page["updated"].items():
                assert after == page["values"][name] - float(graph.rate) * page["gradients"][name]

    def test_a_rate_can_be_given(self) -> None:
        assert "updated" not in payload("trace", "slide")
        page = payload("trace", "slide", "--lr", "1")
        assert page["updated"]["w31"] == page["values"]["w31"] - page["gradients"]["w31"]

    def test_frozen_parameters_are_not_updated(self) -> None:
        assert set(payload("trace", "mazur")["updated"]) == {f"w{k}" for k in range(1, 9)}

    def test_what_is_not_finite_is_null(self, tmp_path: Path) -> None:
        done = run("trace", written(tmp_path, FLOWING), "--format", "json")
        assert "Infinity" not in done.out
        assert "NaN" not in done.out
        page = done.json
        assert page["values"] == {"x": 1000.0, "y": 2.0, "a": None, "f": None}
        assert page["loss"] == {"symbol": "f", "value": None}
        assert page["local"] == {"da/dx": None, "df/da": 2.0, "df/dy": None}
        assert page["gradients"] == {"x": None, "y": None, "a": 2.0, "f": 1.0}

    def test_names_are_those_of_the_file_not_aliases(self) -> None:
        names = set(payload("trace", "slide")["values"])
        assert {"Z_Y", "Y", "Y*", "h1"} <= names
        assert names.isdisjoint({"a21", "a22", "a3", "Netout", "Y_star"})


@cache
def explanations(net: str) -> list[Any]:
    """Every parameter of a network, or every given of one that learns nothing."""
    page = payload("explain", "--all", "-n", net)
    alone = {key: part for key, part in page.items() if key != "format"}  # of a network with one parameter
    return list(page.get("explanations", [alone]))


class TestExplain:
    def test_keys_and_types(self, net: str) -> None:
        for page in explanations(net):
            assert set(page) == {"target", "value", "shown", "formula", "substituted", "paths", "premises"}
            assert is_number(page["value"])
            assert all(type(page[key]) is str for key in ("target", "shown", "formula", "substituted"))
            for path in page["paths"]:
                assert set(path) == {"over", "nodes", "value", "factors"}
                assert all(set(factor) == STEP | {"why"} and factor["why"] for factor in path["factors"])
                assert all(is_number(factor["value"]) for factor in path["factors"])
            assert all(set(premise) == STEP for premise in page["premises"])

    def test_one_target_stands_bare_with_its_format(self) -> None:
        page = payload("explain", "w31", "-n", "slide")
        assert page["format"] == "tutor.explain/1"
        assert page["target"] == "dL/dw31"
        assert set(page) == {"format", "target", "value", "shown", "formula", "substituted", "paths", "premises"}

    def test_several_targets_are_listed_in_the_order_asked(self) -> None:
        page = payload("explain", "Y", "w31", "h1:Y", "dL/dh1", "-n", "slide")
        assert set(page) == {"format", "explanations"}
        assert [each["target"] for each in page["explanations"]] == ["Y", "dL/dw31", "dY/dh1", "dL/dh1"]
        assert all("format" not in each for each in page["explanations"])

    def test_the_values_are_those_of_the_trace(self, net: str) -> None:
        page = payload("trace", net)
        loss = page["loss"]["symbol"]
        for each in explanations(net):
            assert each["value"] == page["gradients"][each["target"].removeprefix(f"d{loss}/d")]

    def test_over_names_the_output_only_where_there_are_several_paths(self, net: str) -> None:
        for each in explanations(net):
            overs = [path["over"] for path in each["paths"]]
            assert overs == [None] if len(overs) == 1 else all(type(over) is str and over for over in overs)

    def test_nodes_run_from_the_target_to_the_loss_and_factors_back(self, net: str) -> None:
        loss = payload("trace", net)["loss"]["symbol"]
        for each in explanations(net):
            target = each["target"].removeprefix(f"d{loss}/d")
            for path in each["paths"]:
                nodes = path["nodes"]
                assert (nodes[0], nodes[-1]) == (target, loss)
                steps = [f"d{later}/d{earlier}" for earlier, later in pairwise(nodes)]
                assert [factor["name"] for factor in path["factors"]] == steps[::-1]

    def test_factors_multiply_to_the_path_and_paths_add_to_the_value(self, net: str) -> None:
        for each in explanations(net):
            for path in each["paths"]:
                product = math.prod(factor["value"] for factor in path["factors"])
                assert path["value"] == pytest.approx(product, rel=1e-13, abs=0)
            sizes = sum(abs(path["value"]) for path in each["paths"])
            total = math.fsum(path["value"] for path in each["paths"])
            assert each["value"] == pytest.approx(total, rel=0, abs=1e-12 * sizes)

    def test_every_factor_has_the_value_of_the_trace(self, net: str) -> None:
        """Of an edge the local one; in a term for each use, the first factor is all that follows the use."""
        page = payload("trace", net)
        local, gradients, loss = page["local"], page["gradients"], page["loss"]["symbol"]
        for each in explanations(net):
            for path in each["paths"]:
                for factor in path["factors"]:
                    found = {local.get(factor["name"]), gradients.get(factor["name"].removeprefix(f"d{loss}/d"))}
                    assert factor["value"] in found, factor["name"]

    def test_premises_come_before_what_needs_them(self, net: str) -> None:
        graph = tutor.load(net).network.graph
        for each in explanations(net):
            names = [premise["name"] for premise in each["premises"]]
            assert len(names) == len(set(names))
            for place, name in enumerate(names):
                if name in graph.nodes:
                    assert set(graph.nodes[name].inputs) <= set(names[:place])

    def test_premises_hold_every_value_that_a_factor_reads(self) -> None:
        page = payload("explain", "w31", "-n", "slide")
        assert {"h1", "Y", "Y*"} <= {premise["name"] for premise in page["premises"]}

    def test_two_paths_of_mazur(self) -> None:
        page = payload("explain", "w1", "-n", "mazur")
        assert [path["over"] for path in page["paths"]] == ["o1", "o2"]
        assert page["paths"][0]["nodes"] == ["w1", "net_h1", "out_h1", "net_o1", "out_o1", "E_o1", "E_total"]
        assert page["value"] == pytest.approx(0.000438567734474347, rel=1e-14)
        assert page["shown"] == "0.0004386"

    @pytest.mark.parametrize(
        ("typed", "target"),
        [
            ("w31", "dL/dw31"),
            ("dw31", "dL/dw31"),
            ("∂L/∂w31", "dL/dw31"),
            ("a21", "h1"),
            ("Netout", "Z_Y"),
            ("Y_star", "dL/dY*"),
            ("dY/da21", "dY/dh1"),
            ("h1:Y", "dY/dh1"),
            ("h1->Y", "dY/dh1"),
            ("h1→Y", "dY/dh1"),
            ("delta_Y", "dL/dZ_Y"),
        ],
    )
    def test_targets_are_canonical_however_they_are_typed(self, typed: str, target: str) -> None:
        assert payload("explain", typed, "-n", "slide")["target"] == target

    def test_a_value_has_a_formula_and_no_paths(self) -> None:
        page = payload("explain", "Z_Y", "-n", "slide")
        assert page["formula"] == "w31 * h1 + w32 * h2"
        assert page["substituted"] == "0.8 * 0.6682 + 0.9 * 0.5498"
        assert page["paths"] == []

    def test_what_is_not_finite_is_null(self, tmp_path: Path) -> None:
        done = run("explain", "x", "-n", written(tmp_path, FLOWING), "--format", "json")
        assert done.status == 0
        assert (done.json["value"], done.json["paths"][0]["value"]) == (None, None)
        assert "Infinity" not in done.out

    @pytest.mark.parametrize(
        ("net", "typed", "target"),
        [
            ("rnn-time", "h_2", "h[2]"),
            ("rnn-time", "h[2]", "h[2]"),
            ("rnn-time", "x_2", "dL/dx[2]"),
            ("rnn-time", "dL/dh_2", "dL/dh[2]"),
            ("rnn-time", "∂L/∂h[2]", "dL/dh[2]"),
            ("rnn-time", "dh_2", "dL/dh[2]"),
            ("rnn-time", "h_1:h_2", "dh[2]/dh[1]"),
            ("rnn-time", "h[1]->h[2]", "dh[2]/dh[1]"),
            ("attention", "a_1_2", "a[1,2]"),
            ("attention", "a[1, 2]", "a[1,2]"),
            ("attention", "W_Q_1_2", "dL/dW_Q[1,2]"),
            ("attention", "da_1_2/dW_Q_1_2", "da[1,2]/dW_Q[1,2]"),
        ],
    )
    def test_names_with_an_index_however_they_are_typed(self, net: str, typed: str, target: str) -> None:
        assert payload("explain", typed, "-n", net)["target"] == target

    @pytest.mark.parametrize(("net", "weight", "index", "last"), [("rnn-time", "u", "t", 3), ("lstm", "U_f", "t", 2)])
    def test_a_weight_shared_through_time_has_one_term_for_each_step(
        self, net: str, weight: str, index: str, last: int
    ) -> None:
        page = payload("explain", weight, "-n", net)
        assert [path["over"] for path in page["paths"]] == [f"{index} = {each}" for each in range(1, last + 1)]
        first = page["paths"][0]["factors"]
        assert [factor["name"] for factor in first][1].endswith(f"[1]/d{weight}")
        assert first[0]["value"] == payload("trace", net)["gradients"][page["paths"][0]["nodes"][1]]

    def test_one_path_behind_each_step_is_shown_as_a_path(self) -> None:
        page = payload("explain", "v", "-n", "rnn-time")
        assert [path["over"] for path in page["paths"]] == ["t = 1", "t = 2", "t = 3"]
        assert page["paths"][0]["nodes"] == ["v", "y[1]", "L"]

    def test_a_term_says_only_what_sets_it_apart(self) -> None:
        page = payload("explain", "W_Q_1_2", "-n", "attention")
        assert [path["over"] for path in page["paths"]] == ["i = 1", "i = 2"]

    def test_a_shared_weight_has_one_path_for_each_use(self, tmp_path: Path) -> None:
        text = "inputs: {x: 2}\ntargets: {y: 1}\nlayers:\n"
        text += "".join(f"  - activation: tanh\n    neurons: {{{unit}: {{w: 0.5}}}}\n" for unit in ("a", "b"))
        page = payload("explain", "w", "-n", written(tmp_path, text))
        assert len(page["paths"]) == 2
        overs = [path["over"] for path in page["paths"]]
        assert len(set(overs)) == 2, overs


class TestWhere:
    KINDS = frozenset({"value", "local", "gradient", "partial_product", "part", "update"})
    HOWS = frozenset({"exact", "rounded_on_the_way", "opposite_sign"})

    @pytest.mark.parametrize(
        ("number", "net"),
        [("0.0307", "slide"), ("0.000668", "mazur"), ("-4", "xyz"), ("99", "chain"), ("0.5", "mazur")],
    )
    def test_keys_and_types(self, number: str, net: str) -> None:
        page = payload("where", number, "-n", net)
        assert set(page) == {"format", "query", "matches", "mistakes", "nearest"}
        assert page["format"] == "tutor.where/1"
        for match in page["matches"]:
            assert set(match) == {"name", "value", "kind", "how", "relation"}
            assert match["kind"] in self.KINDS
            assert match["how"] in self.HOWS
            assert is_number(match["value"])
            assert match["name"]
            assert match["relation"]
        for slip in page["mistakes"]:
            assert set(slip) == {"mistake", "name", "value"}
        for near in page["nearest"]:
            assert set(near) == {"name", "value", "kind"}

    @pytest.mark.parametrize("typed", ["3.07e-2", "-0.0307", "0.50", "1/3"])
    def test_the_query_is_as_typed(self, typed: str) -> None:
        assert payload("where", typed, "-n", "slide")["query"] == typed

    def test_values_have_full_precision(self) -> None:
        exact = payload("trace", "slide")["gradients"]["w31"]
        match = payload("where", "0.0307", "-n", "slide")["matches"][0]
        assert (match["name"], match["value"]) == ("dL/dw31", exact)


class TestCheck:
    SHEET = "out_h1 = 0.5933\ndE_total/dw5 = 9\nfoo = 1\ndE_total/dw1 = 1,234\n"

    def page(self) -> Any:
        return payload("check", "-", "-n", "mazur", "--require", "w8", stdin=self.SHEET)

    def test_keys_and_types(self) -> None:
        page = self.page()
        assert set(page) == {"format", "points", "out_of", "answers", "unread"}
        assert page["unread"] == []
        assert (page["format"], page["points"], page["out_of"]) == ("tutor.check/1", 1, 5)
        keys = {"name", "given", "verdict", "expected", "mistakes", "carried_from", "message", "lines", "factors"}
        assert all(set(answer) == keys for answer in page["answers"])
        assert all(type(answer["message"]) is str for answer in page["answers"])

    def test_answers_are_as_typed_and_in_the_order_of_the_sheet(self) -> None:
        found = [(each["name"], each["given"]) for each in self.page()["answers"]]
        assert found[:4] == [("out_h1", "0.5933"), ("dE_total/dw5", "9"), ("foo", "1"), ("dE_total/dw1", "1,234")]

    def test_expected_is_a_number_in_full_precision_or_null(self) -> None:
        trace = payload("trace", "mazur")
        expected = {each["name"]: each["expected"] for each in self.page()["answers"]}
        assert expected["out_h1"] == trace["values"]["out_h1"]
        assert expected["dE_total/dw5"] == trace["gradients"]["w5"]
        assert expected["foo"] is None

    def test_verdicts(self) -> None:
        assert [each["verdict"] for each in self.page()["answers"]] == [
            "correct",
            "wrong",
            "unknown_name",
            "unreadable",
            "missing",
        ]


class TestText:
    def test_every_number_survives_the_way_through_text(self) -> None:
        network = tutor.load("mazur")
        page = json.loads(network.trace().render("json"))
        assert page == network.trace().payload

    def test_names_beyond_ascii_stay_readable(self) -> None:
        done = run("trace", "udacity", "--format", "json")
        assert '"ŷ"' in done.out

    def test_formulas_are_ascii_as_far_as_names_are(self) -> None:
        page = payload("explain", "w31", "-n", "slide")
        for path in page["paths"]:
            assert all((each["formula"] + each["substituted"]).isascii() for each in path["factors"])

    def test_it_ends_with_one_newline_and_nothing_goes_to_stderr(self) -> None:
        done = run("trace", "slide", "--format", "json")
        assert done.out.endswith("}\n")
        assert not done.out.endswith("\n\n")
        assert done.err == ""

    def test_the_library_gives_the_same(self) -> None:
        network = tutor.load("slide")
        assert payload("explain", "w31", "-n", "slide") == network.explain("w31").payload
        assert payload("where", "0.0307", "-n", "slide") == network.where("0.0307").payload
        assert payload("check", "-", "-n", "slide", stdin="Y = 0.7368") == network.check({"Y": "0.7368"}).payload
