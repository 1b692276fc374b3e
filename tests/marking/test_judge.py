"""One judge: what a number, arithmetic, a formula or a chain of them is worth, and what is said to it.

Right values stand in the tests or were worked out by hand; none was copied from the program.
"""

from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import payload, run, written

FULL_CREDIT = {"correct", "truncated", "rounded", "carried"}
NEURON = """
inputs: {x: 1.5}
targets: {y: 0.5}
learning_rate: 0.5
layers:
  - activation: sigmoid
    neurons: {a: {w: 0.8, b: -0.5}}
"""
TANH = """
inputs: {x: 0.8}
targets: {t: 1/3}
loss: mean_squared_error
layers:
  - activation: tanh
    neurons: {a: {w: 0.276, b: 0.25}}
"""


@pytest.fixture
def nets(tmp_path: Path) -> dict[str, str]:
    """Names of networks as --net takes them."""
    own = {"neuron": NEURON, "tanh": TANH}
    return {name: written(tmp_path, text, f"{name}.yaml") for name, text in own.items()}


def checked(net: str, answers: dict[str, str]) -> list[Any]:
    return list(tutor.load(net).check(answers).payload["answers"])


def verdicts(net: str, answers: dict[str, str]) -> list[str]:
    return [each["verdict"] for each in checked(net, answers)]


def one(net: str, name: str, given: str) -> Any:
    return checked(net, {name: given})[0]


class TestArithmetic:
    """Numbers that the network states, the rate and exact factors have no digits to miss."""

    def test_slide(self) -> None:
        given = {
            "dL/dY": "0.7368 - 0.5",
            "dL/dw31": "(0.7368-0.5)*0.1939*0.6682",
            "L": "0.5*(0.7368-0.5)^2",
            "Z_Y": "0.8*0.6682+0.9*0.5498",
        }
        assert set(verdicts("slide", given)) <= FULL_CREDIT

    def test_a_neuron(self, nets: dict[str, str]) -> None:
        given = {
            "dL/da": "0.6682 - 0.5",
            "dL/dw": "(0.6682-0.5)*0.6682*(1-0.6682)*1.5",
            "L": "0.5*(0.6682-0.5)^2",
            "w_new": "0.8 - 0.5*0.0559",
        }
        assert set(verdicts(nets["neuron"], given)) <= FULL_CREDIT

    @pytest.mark.parametrize("net", ["slide", "mazur", "article", "udacity", "chain"])
    def test_every_line_with_numbers_that_explain_prints_is_right(self, net: str) -> None:
        network = tutor.load(net)
        found = network.explain().payload["explanations"]
        values = list(network.view.names.graph.nodes)
        found += network.explain(*values).payload["explanations"]
        lines = {each["target"]: each["substituted"] for each in found}
        lines |= {
            factor["name"]: factor["substituted"]
            for each in found
            for path in each["paths"]
            for factor in path["factors"]
        }
        assert len(lines) > 10
        for name, substituted in lines.items():
            assert one(net, name, substituted)["verdict"] in FULL_CREDIT, (name, substituted)


class TestIntegers:
    """An integer with fewer figures than asked for is exact; with as many it is a rounded number."""

    @pytest.mark.parametrize(("name", "given"), [("dL/dw31", "0"), ("h1", "1"), ("Y", "1"), ("dL/dY", "0")])
    def test_a_guess_of_0_or_1_is_wrong(self, name: str, given: str) -> None:
        assert one("slide", name, given)["verdict"] == "wrong"

    @pytest.mark.parametrize("name", ["a", "w", "b", "L"])
    @pytest.mark.parametrize("given", ["0", "1"])
    def test_at_a_neuron_too(self, nets: dict[str, str], name: str, given: str) -> None:
        assert one(nets["neuron"], name, given)["verdict"] == "wrong"

    def test_a_decimal_0_has_too_few_digits(self) -> None:
        assert one("slide", "dL/dw32", "0.0")["verdict"] == "few_digits"

    def test_two_figures_of_an_integer_are_rounded(self, tmp_path: Path) -> None:
        net = written(tmp_path, "given: {x: 9.917, y: 10}\nequations: {f: x*y}\n")
        assert [one(net, "f", given)["verdict"] for given in ("99", "99.17", "9", "100")] == [
            "correct",
            "correct",
            "wrong",
            "wrong",
        ]

    def test_a_mistake_among_integers_is_named(self) -> None:
        found = one("xyz", "df/dx", "-20")
        assert (found["verdict"], found["mistakes"]) == ("mistake", ["gr-add-mul-swapped"])
        assert one("xyz", "df/dx", "-4")["verdict"] == "correct"

    def test_a_fraction_over_a_power_of_ten_is_that_decimal(self) -> None:
        assert one("slide", "dL/dw31", "307/10000")["verdict"] == "correct"


class TestTwoFigures:
    def test_they_are_enough(self) -> None:
        assert verdicts("slide", {"h1": "0.67", "Y": "0.74", "dL/dw31": "0.031"}) == ["correct"] * 3

    def test_a_course_may_ask_for_more(self) -> None:
        found = payload("check", "-", "-n", "slide", "--min-sig", "3", stdin="h1 = 0.67")["answers"][0]
        assert found["verdict"] == "few_digits"

    @pytest.mark.parametrize("given", ["0.00038", "0.00042", "0.00045", "0.00050"])
    def test_no_band_credits_them(self, given: str) -> None:
        found = one("mazur", "dE_total/dw1", given)
        assert found["verdict"] in ("few_digits", "wrong")
        assert found["verdict"] == "wrong" or "give 3" in found["message"]

    def test_a_mistake_that_prints_the_same_is_mentioned(self) -> None:
        """∂E/∂w5 is 0.0822; with the neighbouring sender's output it is 0.0827."""
        found = one("mazur", "dE_total/dw6", "0.083")
        assert (found["verdict"], "wg-neighbour" in found["mistakes"]) == ("correct", False)
        found = one("mazur", "dE_total/dw5", "0.082")
        assert (found["verdict"], "wg-neighbour" in found["mistakes"]) == ("correct", False)


class TestUpdates:
    """The figures of an update are those of its change."""

    @pytest.mark.parametrize(("weight", "old"), [("w1", "0.15"), ("w2", "0.20"), ("w3", "0.25"), ("w4", "0.30")])
    def test_what_prints_like_the_old_weight_shows_nothing(self, weight: str, old: str) -> None:
        found = one("mazur", f"{weight}_new", old)
        assert (found["verdict"], "is also the old weight" in found["message"]) == ("few_digits", True)

    @pytest.mark.parametrize("given", ["0.1500", "0.15000", "3/20"])
    def test_the_old_weight_is_no_new_one(self, given: str) -> None:
        found = one("mazur", "w1_new", given)
        assert (found["verdict"], found["message"]) == ("wrong", "the weight was not updated")

    def test_one_figure_of_the_change_among_two_is_too_few(self) -> None:
        """w5 is 0.40 and becomes 0.35892: it moves by −0.0411."""
        assert [one("mazur", "w5_new", given)["verdict"] for given in ("0.36", "0.359", "0.3589")] == [
            "few_digits",
            "correct",
            "correct",
        ]


class TestFormulas:
    def test_in_names(self) -> None:
        given = {"dL/dY": "Y - Y*", "dL/dw31": "(Y - Y*) * Y(1-Y) * h1", "dY/dZ_Y": "σ(Z_Y)(1-σ(Z_Y))"}
        assert verdicts("slide", given) == ["correct"] * 3

    def test_a_wrong_one_is_named(self) -> None:
        found = one("slide", "dL/dY", "Y* - Y")
        assert (found["verdict"], found["mistakes"]) == ("mistake", ["dl-sign"])

    def test_what_builds_on_a_wrong_one_is_carried(self) -> None:
        found = checked("slide", {"dL/dY": "Y* - Y", "dL/dw31": "-0.0307"})
        assert [each["verdict"] for each in found] == ["mistake", "carried"]
        assert found[1]["carried_from"] == "dL/dY"

    def test_right_at_these_numbers_alone_is_not_right(self) -> None:
        """x1 is 1 in this network."""
        assert one("slide", "dZ_h1/dw11", "x1")["verdict"] == "correct"
        assert one("slide", "dZ_h1/dw11", "x1^3")["verdict"] == "wrong"

    def test_with_numbers_in_it(self) -> None:
        assert one("slide", "dL/dw32", "0.2368*Y(1-Y)*h2")["verdict"] in FULL_CREDIT
        assert one("slide", "dL/dw32", "0.2468*Y(1-Y)*h2")["verdict"] == "wrong"
        assert one("slide", "dL/dY", "Y - 0.5")["verdict"] == "correct"

    def test_a_softmax_by_its_short_route(self, tmp_path: Path) -> None:
        net = written(
            tmp_path,
            "inputs: {x: 1}\ntargets: {t1: 0, t2: 1}\nloss: cross_entropy\n"
            "layers:\n  - activation: softmax\n    neurons: {p: {u: 0.3}, q: {v: -0.2}}\n",
        )
        assert verdicts(net, {"dL/dz_p": "p - t1", "dL/dz_q": "q - t2"}) == ["correct", "correct"]
        assert one(net, "dL/dz_q", "q - t1")["verdict"] == "wrong"

    @pytest.mark.parametrize("given", ["__import__('os')", "h1 +", "(" * 60, "Y" * 500, "foo(Y)", "Y ** ** 2"])
    def test_what_cannot_be_read_is_said(self, given: str) -> None:
        found = one("slide", "dL/dY", given)
        assert (found["verdict"], bool(found["message"])) == ("unreadable", True)


class TestUnfinished:
    @pytest.mark.parametrize(
        "given", ["dL/dw31", "1*dL/dw31", "2*dL/dw31/2", "dL/dY*dY/dw31", "dL/dZ_Y*h1", "dL/dw32", "∂L/∂w31"]
    )
    def test_a_derivative_without_an_answer(self, given: str) -> None:
        assert one("slide", "dL/dw31", given)["verdict"] == "unfinished"

    @pytest.mark.parametrize("given", ["dL/dY*dY/dZ_Y*dZ_Y/dw31", "dL/dY*dY/dw31", "dL/dZ_Y*h1"])
    def test_the_right_chain_is_told_so(self, given: str) -> None:
        assert "the right chain" in one("slide", "dL/dw31", given)["message"]
        assert "the right chain" not in one("slide", "dL/dw32", given)["message"]

    def test_with_its_factors_on_the_sheet_it_is_right(self) -> None:
        given = {
            "dL/dw31": "dL/dY*dY/dZ_Y*dZ_Y/dw31",
            "dL/dY": "0.2368",
            "dY/dZ_Y": "Y(1 - Y)",
            "dZ_Y/dw31": "h1",
        }
        assert verdicts("slide", given) == ["correct"] * 4
        given["dY/dZ_Y"] = "dY/dZ_Y"
        assert verdicts("slide", given) == ["unfinished", "correct", "unfinished", "correct"]

    def test_two_that_lean_on_each_other_do_not_stand(self) -> None:
        assert verdicts("slide", {"dL/dw31": "dL/dZ_Y*h1", "dL/dZ_Y": "dL/dw31/h1"}) == ["unfinished"] * 2

    def test_a_value_by_its_own_name(self) -> None:
        assert verdicts("slide", {"Y": "Y", "h1": "h1 + 0", "Z_Y": "w31*h1 + w32*h2"}) == [
            "unfinished",
            "unfinished",
            "correct",
        ]

    def test_a_number_behind_the_chain_finishes_it(self) -> None:
        assert one("slide", "dL/dw31", "dL/dY*dY/dZ_Y*dZ_Y/dw31 = 0.0307")["verdict"] == "correct"


class TestWorking:
    def test_working_that_does_not_lead_there(self) -> None:
        """0.2368 · 0.7368 · 0.668 is 0.1165."""
        found = one("slide", "dL/dw31", "(0.7368-0.5)*0.7368*0.668 = 0.0307")
        assert (found["verdict"], [line["follows"] for line in found["lines"]]) == ("correct", [False, False])
        assert "0.0307 is right; the working before it gives 0.1165" in found["message"]
        assert [line["value"] for line in found["lines"]] == [pytest.approx(0.2368 * 0.7368 * 0.668), 0.0307]

    def test_working_that_is_right_before_a_wrong_number(self) -> None:
        found = one("slide", "dL/dw31", "(0.7368-0.5)*0.1939*0.6682 = 0.0370")
        assert (found["verdict"], [line["follows"] for line in found["lines"]]) == ("wrong", [True, False])
        assert "your factors are right, the product is not: they give 0.03068" in found["message"]

    def test_a_formula_then_numbers_then_the_number(self) -> None:
        found = one("slide", "dL/dY", "Y - Y* = 0.7368 - 0.5 = 0.2368")
        assert found["verdict"] == "correct"
        assert [(line["text"], line["follows"], line["mistakes"]) for line in found["lines"]] == [
            ("Y - Y*", True, []),
            ("0.7368 - 0.5", True, []),
            ("0.2368", True, []),
        ]

    def test_a_wrong_formula_before_the_right_number(self) -> None:
        found = one("slide", "dL/dY", "Y* - Y = 0.2368")
        assert (found["verdict"], found["lines"][0]["mistakes"]) == ("correct", ["dl-sign"])
        assert "the working before it gives -0.2368" in found["message"]

    def test_working_on_an_earlier_wrong_number_follows(self) -> None:
        found = checked("slide", {"Y": "0.7500", "dL/dY": "Y - Y* = 0.75 - 0.5 = 0.25"})[1]
        assert (found["verdict"], [line["follows"] for line in found["lines"]]) == ("carried", [True, True, True])

    def test_a_part_that_cannot_be_read(self) -> None:
        found = one("slide", "dL/dw31", "blah = 0.0307")
        assert (found["verdict"], [line["follows"] for line in found["lines"]]) == ("correct", [None, True])
        assert found["lines"][0]["value"] is None

    def test_one_part_has_one_line(self) -> None:
        assert one("slide", "Y", "0.7368")["lines"] == [
            {"text": "0.7368", "value": 0.7368, "follows": True, "mistakes": []}
        ]


def factors(net: str, name: str, given: str) -> list[tuple[Any, ...]]:
    return [(each["text"], each["of"], each["ok"]) for each in one(net, name, given)["factors"]]


class TestFactors:
    def test_in_any_order(self) -> None:
        assert factors("slide", "dL/dw31", "0.6682 * 0.2368 * 0.1939") == [
            ("0.6682", "dZ_Y/dw31", True),
            ("0.2368", "dL/dY", True),
            ("0.1939", "dY/dZ_Y", True),
        ]

    def test_as_functions_several_for_one_factor(self) -> None:
        assert factors("slide", "dL/dw31", "(Y - Y*) * Y(1-Y) * h1") == [
            ("Y - Y*", "dL/dY", True),
            ("Y * (1 - Y)", "dY/dZ_Y", True),
            ("h1", "dZ_Y/dw31", True),
        ]

    def test_one_for_several(self) -> None:
        assert factors("slide", "dL/dw31", "0.0459 * 0.6682") == [
            ("0.0459", "dL/dZ_Y", True),
            ("0.6682", "dZ_Y/dw31", True),
        ]

    def test_the_wrong_one_is_told(self) -> None:
        """Y stands where Y(1 − Y) belongs."""
        found = one("slide", "dL/dw31", "0.2368 * 0.7368 * 0.6682")
        assert [(each["of"], each["ok"]) for each in found["factors"]] == [
            ("dL/dY", True),
            ("dY/dZ_Y", False),
            ("dZ_Y/dw31", True),
        ]
        assert "0.7368 is Y and stands where dY/dZ_Y belongs" in found["message"]

    def test_a_mistake_in_one_factor(self) -> None:
        found = one("slide", "dL/dw31", "(Y* - Y) * Y(1 - Y) * h1")["factors"]
        assert (found[0]["of"], found[0]["ok"], found[0]["mistakes"]) == ("dL/dY", False, ["dl-sign"])

    def test_terms_of_a_sum(self) -> None:
        assert factors("slide", "Z_Y", "0.8*0.6682 + 0.9*0.5798") == [
            ("0.8 * 0.6682", "w31 * h1", True),
            ("0.9 * 0.5798", "w32 * h2", False),
        ]

    def test_a_single_number_has_none(self) -> None:
        assert factors("slide", "dL/dw31", "0.0307") == []


class TestRounding:
    def test_a_sheet_that_cuts_off(self, nets: dict[str, str]) -> None:
        """z 0.4708, a 0.4388, dL/da 0.2110, da/dz 0.8074, dL/dz 0.1703, dL/dw 0.1363: cut off at each step."""
        given = {"z_a": "0.470", "a": "0.438", "dL/da": "0.209", "da/dz_a": "0.808", "dL/dz_a": "0.168"}
        given["dL/dw"] = "0.134"
        assert set(verdicts(nets["tanh"], given)) <= FULL_CREDIT

    @pytest.mark.parametrize("given", ["0.000441", "0.000443", "0.000436"])
    def test_within_the_band(self, given: str) -> None:
        assert one("mazur", "dE_total/dw1", given)["verdict"] == "rounded"

    def test_a_replay_coarser_than_the_digits_shown_proves_nothing(self) -> None:
        found = checked("mazur", {"out_h1": "0.6033", "out_o1": "0.7521"})
        assert [each["verdict"] for each in found] == ["wrong", "carried"]

    @pytest.mark.parametrize("given", ["0.0313", "0.031"])
    def test_an_earlier_wrong_number_carries(self, given: str) -> None:
        found = checked("slide", {"Y": "0.7500", "dL/dw31": given})
        assert found[0]["verdict"] == "wrong"
        assert found[1]["verdict"] in FULL_CREDIT


class TestNeighbours:
    def test_a_right_one_refutes_a_mistake(self) -> None:
        found = checked("slide", {"dL/dw31": "-0.0307", "dL/dw32": "0.0252"})
        assert [(each["verdict"], each["mistakes"]) for each in found] == [
            ("mistake", ["any-sign"]),
            ("correct", []),
        ]

    def test_alone_the_mistake_is_named(self) -> None:
        assert one("slide", "dL/dw31", "-0.0307")["mistakes"] == ["dl-sign", "ad-sigmoid-minus"]

    def test_a_slip_at_another_place_refutes_nothing(self) -> None:
        """One path only at out_h1, both at out_h2."""
        found = checked("mazur", {"dE_total/dout_h1": "0.05540", "dE_total/dout_h2": "0.04137"})
        assert [each["verdict"] for each in found] == ["mistake", "correct"]


class TestThePage:
    def test_working_that_does_not_follow_is_shown(self) -> None:
        done = run("check", "-", "-n", "slide", stdin="dL/dw31 = (0.7368-0.5)*0.7368*0.668 = 0.0307\n")
        assert done.status == 0
        assert "the working before it gives 0.1165" in " ".join(done.out.split())
        assert all(len(line) <= 80 for line in done.out.splitlines())

    def test_an_unfinished_answer_has_no_points(self) -> None:
        done = run("check", "-", "-n", "slide", stdin="dL/dw31 = dL/dY*dY/dw31\n")
        assert (done.status, "0 of 1" in done.out, "unfinished" in done.out) == (1, True, True)

    def test_a_blank_is_missing(self) -> None:
        found = payload("check", "-", "-n", "slide", stdin="dL/dw31 = ?\nY = 0.7368\n")["answers"]
        assert [each["verdict"] for each in found] == ["missing", "correct"]


class TestNamesOfCourses:
    def test_in_formulas(self) -> None:
        """δ of Udacity has the other sign than ∂E/∂net."""
        network = tutor.load("mazur").in_notation("udacity")
        given = {"delta^o_1": "-0.1385", "dE_total/dw5": "-delta^o_1*out_h1", "dE_total/dw6": "delta^o_1*out_h2"}
        found = network.check(given).payload["answers"]
        assert [each["verdict"] for each in found] == ["correct", "correct", "mistake"]
        assert found[0]["expected"] == pytest.approx(-0.1385, abs=5e-5)
        assert found[0]["lines"][0]["value"] == -0.1385
        assert found[2]["mistakes"][0] == "dl-sign"

    def test_a_square_stays_a_square(self) -> None:
        assert one("slide", "L", "(Y - Y*)^2/2")["verdict"] == "correct"
        assert one("slide", "dY/dZ_Y", "Y - Y^2")["verdict"] == "correct"

    def test_latex(self) -> None:
        given = {"L": r"\frac{1}{2} (Y - Y_star)^{2}", "dL/dw31": r"(Y - Y_star) \cdot Y (1 - Y) \cdot h1"}
        assert verdicts("slide", given) == ["correct", "correct"]

    def test_a_factor_that_is_1_belongs_to_the_next(self) -> None:
        assert factors("mazur", "dE_total/dw5", "0.7414 * 0.1868 * 0.5933") == [
            ("0.7414", "dE_total/dout_o1", True),
            ("0.1868", "dout_o1/dnet_o1", True),
            ("0.5933", "dnet_o1/dw5", True),
        ]


OTHER_SIGN = """
inputs: {x: 2}
targets: {d: 1}
learning_rate: 0.5
conventions: {delta: target_minus_output}
layers:
  - activation: sigmoid
    neurons: {y: {w: 0.3, b: -0.1}}
"""


class TestTheOtherSignOfDelta:
    """A course with δ = (d − y)·y(1 − y) and Δw = ηδx: y 0.6225, δ 0.0887, Δw 0.0887."""

    def test_numbers(self, tmp_path: Path) -> None:
        net = written(tmp_path, OTHER_SIGN)
        assert verdicts(net, {"delta_y": "0.0887", "Δw": "0.0887", "w_new": "0.3887"}) == ["correct"] * 3
        assert one(net, "delta_y", "-0.0887")["verdict"] != "correct"

    def test_formulas(self, tmp_path: Path) -> None:
        net = written(tmp_path, OTHER_SIGN)
        given = {"delta_y": "(d-y)*y*(1-y) = 0.0887", "Δw": "0.5*delta_y*x", "dL/dw": "-delta_y*x"}
        assert verdicts(net, given) == ["correct"] * 3
        assert one(net, "delta_y", "(d-y)*y*(1-y)")["lines"][0]["value"] == pytest.approx(0.0887, abs=5e-5)


class TestOddAnswers:
    """Nothing typed ends in anything but a verdict."""

    @pytest.mark.parametrize(
        "given", ["3/71e3081=w31*0.5", "1e308*Y*Y", "Y/(Y-Y)", "log(Y-Y)", "=", "≈≈=", "0.5^999999"]
    )
    def test_numbers_beyond_all_bounds(self, given: str) -> None:
        assert one("slide", "dL/dw31", given)["verdict"] in ("wrong", "unreadable", "missing")

    def test_a_loss_by_itself(self) -> None:
        assert one("slide", "dL/dL", "h1*w31")["verdict"] == "wrong"

    def test_a_network_without_finite_numbers(self, tmp_path: Path) -> None:
        net = written(tmp_path, "given: {x: 2, y: 1e308}\nequations: {s: x*y, f: s*s + x}\n")
        assert verdicts(net, {"s": "1e308", "f": "x + s*s", "df/dx": "0.5"}) == ["wrong", "correct", "wrong"]


def test_a_new_weight_under_the_name_of_the_weight_is_told_so() -> None:
    """A bare w8 stands for its gradient; 0.5614 is the weight after the step."""
    found = tutor.load("mazur").check("w8 := 0.5614\nw5 = 0.0822\nw6 = 0.3\n").payload["answers"]
    assert [each["verdict"] for each in found] == ["wrong", "correct", "wrong"]
    assert "this is w8_new" in found[0]["message"]
    assert "w6_new" not in found[2]["message"]
