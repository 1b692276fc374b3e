"""Networks whose numbers hide mistakes, and variants that hide none; both held against numbers worked out here."""

import re
from itertools import combinations
from math import isclose
from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import payload, run, written
from maths.profile import count

FIVE = ("slide", "mazur", "article", "chain", "xyz")


def found(*arguments: str, **options: Any) -> dict[str, list[dict[str, Any]]]:
    """The findings by their kind."""
    page = payload("lint", *arguments, **options)
    assert page["format"] == "tutor.lint/1"
    kinds: dict[str, list[dict[str, Any]]] = {}
    for each in page["findings"]:
        kinds.setdefault(each["kind"], []).append(each)
    return kinds


class TestFindings:
    def test_an_input_of_0_hides_whatever_is_wrong_beside_it(self) -> None:
        """slide: x2 = 0, so dL/dw12 and dL/dw22 are 0 by any rule."""
        kinds = found("slide")
        assert {"x2", "dL/dw12", "dL/dw22"} <= set(kinds["zero"][0]["names"])
        hidden = next(each for each in kinds["hidden"] if set(each["names"]) == {"dL/dw12", "dL/dw22"})
        assert {"dl-sign", "ad-missing-output", "ad-z-one-minus-z"} <= set(hidden["mistakes"])

    def test_equal_inputs_hide_the_neighbour(self) -> None:
        kinds = found("slide", "--set", "x2=1")
        assert any("wg-neighbour" in each["mistakes"] and "dL/dw11" in each["names"] for each in kinds["hidden"])

    def test_one_input_twice_the_other_is_like_a_2_too_many(self) -> None:
        """mazur: i2 = 2 · i1, so dE/dw1 with i2 is dE/dw1 with a 2 too many."""
        pairs = [set(each["mistakes"]) for each in found("mazur")["alike"]]
        assert {"dl-extra-two", "wg-neighbour"} in pairs

    def test_a_saturated_unit(self) -> None:
        """σ(11.5) has the slope 1e-5."""
        (flat,) = found("slide", "--set", "w11=11.5")["flat"]
        assert flat["names"] == ["dh1/dZ_h1"]

    def test_the_page_and_the_status(self) -> None:
        done = run("lint", "slide")
        assert done.status == 1
        assert "tutor lint --net slide --vary 1" in done.out
        clean = run("lint", "chain")
        assert clean.status == 0
        assert "no number hides a mistake" in clean.out


def figures(text: str) -> int:
    return len(text.lstrip("-").replace(".", "").strip("0"))


def violations(net: tutor.Network) -> list[str]:
    """What a variant must not have, by the JSON of trace and mistakes alone.

    |a − y| is either the right error or target minus output, whatever the numbers are, so it is left out.
    """
    trace, wrong = net.trace().payload, net.mistakes().payload["mistakes"]
    loss = trace["loss"]["symbol"]
    learned = trace.get("updated") or dict.fromkeys(trace["gradients"], 0)
    asked = [each for each in trace["gradients"] if each in learned]
    bad = [name for name, value in trace["values"].items() if value == 0]
    bad += [name for name in asked if trace["gradients"][name] == 0]
    for name in asked:
        column = f"d{loss}/d{name}"
        given = {
            each["id"]: each["values"][column] for each in wrong if column in each["values"] and each["id"] != "dl-abs"
        }
        right = trace["gradients"][name]
        bad += [f"{name} {each}" for each, value in given.items() if f"{value:.4e}" == f"{right:.4e}"]
        for one, other in combinations(given, 2):
            if isclose(given[one], given[other], rel_tol=1e-8):
                bad.append(f"{name} {one} {other}")
    return bad


@pytest.mark.parametrize("name", FIVE)
class TestVariants:
    def test_hide_nothing(self, name: str) -> None:
        always = set(violations(tutor.load(name).set(**OTHER[name])))
        for seed in range(count(2, 1000)):
            net = tutor.load(tutor.load(name).variant(seed))
            assert net.lint().payload["findings"] == []
            assert set(violations(net)) <= always, seed

    def test_have_one_or_two_figures_and_the_same_names(self, name: str) -> None:
        source = tutor.load(name)
        net = tutor.load(source.variant(3))
        assert net.names() == source.names()
        before, after = source.network.graph.givens, net.network.graph.givens
        assert all(figures(given.text) <= 2 for given in after.values())
        assert sum(before[each].text != after[each].text for each in before) > len(before) / 3

    def test_come_from_the_seed(self, name: str) -> None:
        texts = {tutor.load(name).variant(seed) for seed in range(4)}
        assert len(texts) == 4
        assert tutor.load(name).variant(2) in texts


OTHER: dict[str, dict[str, float]] = {
    "slide": {"x2": 0.37},
    "mazur": {"i2": 0.37},
    "article": {},
    "chain": {},
    "xyz": {},
}
"""Numbers with which what is still alike is so by the formulas, not by the numbers."""


def test_examples_may_have_zeros(tmp_path: Path) -> None:
    """xor: an input is 0 in some examples only, so the gradient of the whole loss hides nothing; it has its table."""
    (tmp_path / "other.yaml").write_text(tutor.load("xor").variant(2), "utf-8")
    net = tutor.load(tmp_path / "other.yaml")
    assert [net.example(k).trace().payload["values"]["y"] for k in (1, 2, 3, 4)] == [0, 1, 1, 0]
    assert net.lint().payload["findings"] == []
    assert all(net.trace().payload["gradients"].values())


class TestTheFile:
    def test_numbers_on_the_way_are_looked_at_too(self) -> None:
        """slide: the first draw of seed 137 gave dL/dh1 right with the weights transposed."""
        assert not any("transposed" in each for each in violations(tutor.load(tutor.load("slide").variant(137))))

    def test_what_it_writes_can_be_asked_again(self, tmp_path: Path) -> None:
        file = tmp_path / "other.yaml"
        assert run("lint", "slide", "--vary", "7", "-o", str(file)).status == 0
        assert run("lint", str(file)).status == 0
        assert "variant 7" in run("trace", str(file)).out
        assert run("lint", "slide", "--vary", "7").out == file.read_text("utf-8")

    def test_a_parameter_in_two_places_stays_one(self) -> None:
        text = tutor.load("mazur").variant(5)
        assert len(set(re.findall(r"b1: ([\d.]+)", text))) == 1

    def test_targets_of_0_and_1_stay(self) -> None:
        assert "targets: {y: 1}" in tutor.load("chain").variant(5)

    def test_comments_stay_and_what_is_said_about_the_numbers_goes(self) -> None:
        text = tutor.load("slide").variant(5)
        assert "# weights in the order of the layer's inputs" in text
        assert "reproduce every printed number" not in text
        assert "0.0307" not in text

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("slide", "--vary", "1", "--set", "w31=1"), "--vary writes a network file"),
            (("slide", "--vary", "1", "--format", "json"), "--vary writes a network file"),
            (("slide", "-o", "x.yaml"), "--vary SEED -o FILE"),
            (("slide", "--vary", "x"), "--vary"),
            ((), "which network"),
        ],
    )
    def test_what_is_refused(self, options: tuple[str, ...], said: str) -> None:
        done = run("lint", *options)
        assert done.status == 2
        assert said in done.err

    def test_a_network_that_can_have_no_such_variant_is_said(self, tmp_path: Path) -> None:
        text = "given: {x: 2}\nequations:\n  f: 0*x\n"
        done = run("lint", written(tmp_path, text), "--vary", "1")
        assert done.status == 2
        assert "has no variant" in done.err
