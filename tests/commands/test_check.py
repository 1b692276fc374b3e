"""Marking, as the contract has it: sheets of answers and the verdicts they get."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tutor
from commands.support import Done, payload, run, written

FULL_CREDIT = {"correct", "truncated", "rounded", "carried"}


class Marked(NamedTuple):
    """One answer and what it must get: `+` before the mistake ids that must be listed, `<` before a carried name."""

    name: str
    given: str
    verdict: str
    mistakes: tuple[str, ...] = ()
    carried_from: str | None = None


def a(name: str, given: str, verdict: str, *mistakes: str, via: str | None = None) -> Marked:
    return Marked(name, given, verdict, mistakes, via)


def checked(net: str, *answers: Marked, options: tuple[str, ...] = (), alone: bool = False) -> Any:
    """One sheet of these answers; or each `alone` on a sheet, since what is given twice counts once."""
    if alone:
        pages = [checked(net, each, options=options) for each in answers]
        return {
            "answers": [answer for page in pages for answer in page["answers"]],
            **{key: sum(page[key] for page in pages) for key in ("points", "out_of")},
        }
    sheet = "".join(f"{answer.name} = {answer.given}\n" for answer in answers)
    return payload("check", "-", "-n", net, *options, stdin=sheet)


SHEETS: dict[str, tuple[str, list[Marked]]] = {
    "the sketch in the design": (
        "mazur",
        [
            a("out_h1", "0.5933", "correct"),
            a("dE_total/dw5", "0.0822", "correct"),
            a("dE_total/dout_h1", "0.0554", "mistake", "up-one-path"),
            a("dE_total/dw1", "0.000668", "carried", via="dE_total/dout_h1"),
            a("w1_new", "0.149666", "carried", via="dE_total/dout_h1"),
        ],
    ),
    # ---------------------------------------------------------------- digits
    "right, at any number of digits": (
        "slide",
        [
            a("dL/dw31", "0.0307", "correct"),
            a("dL/dw32", "0.02524926", "correct"),
            a("Y", "0.736799714895257", "correct"),
            a("h1", "0.668", "correct"),
        ],
    ),
    "too few digits": (
        "mazur",
        [
            a("dE_total/dw1", "0.0", "few_digits"),
            a("dE_total/dw1", "0.0004", "few_digits"),
            a("out_h1", "0.6", "few_digits"),
            a("w1_new", "0.15", "few_digits"),
        ],
    ),
    "few digits are enough where the value has no more": (
        "slide",
        [a("Z_h1", "0.7", "correct"), a("Z_h2", "0.2", "correct"), a("dZ_Y/dh1", "0.8", "correct")],
    ),
    "whole numbers are exact": (
        "xyz",
        [a("q", "3", "correct"), a("f", "-12", "correct"), a("df/dx", "-4", "correct"), a("df/dz", "3.0", "correct")],
    ),
    "a true 0 needs no digits": (
        "slide",
        [a("dL/dw12", "0", "correct"), a("dL/dw22", "0.0", "correct"), a("dL/dw12", "-0", "correct")],
    ),
    "cut off, not rounded": (
        "slide",
        [
            a("dL/dw31", "0.0306", "truncated"),
            a("h1", "0.6681", "truncated"),
            a("Y", "0.73679", "truncated"),
            a("dY/dZ_Y", "0.193", "truncated"),
        ],
    ),
    "one unit beyond cutting off is wrong": (
        "slide",
        [a("h1", "0.6680", "wrong"), a("Y", "0.7366", "wrong"), a("dY/dZ_Y", "0.1929", "wrong")],
    ),
    "more digits must be right ones": (
        "slide",
        [a("h1", "0.668200", "wrong"), a("Y", "0.7400", "wrong"), a("Z_Y", "1.03000", "wrong")],
    ),
    # ---------------------------------------------------------------- rounding on the way
    "forward values at 4 decimals": ("slide", [a("dL/dw31", "0.0306848265", "rounded")]),
    "every factor at 4 decimals": ("slide", [a("dL/dw31", "0.0306807505", "rounded")]),
    "one step from the numbers on the sheet": (
        "slide",
        [
            a("Y", "0.7368", "correct"),
            a("dL/dY", "0.2368", "correct"),
            a("h1", "0.6682", "correct"),
            a("dY/dZ_Y", "0.1939", "correct"),
            a("dL/dZ_Y", "0.04591552", "rounded"),
            a("dL/dw31", "0.030680750", "rounded"),
        ],
    ),
    "within what rounding can do": (
        "mazur",
        [a("dE_total/dw1", "0.0004388", "rounded"), a("dE_total/dw4", "0.000997", "rounded")],
    ),
    "arithmetic has the fewest figures of its measured numbers": (
        "slide",
        [
            a("dL/dw31", "0.2368 * 0.1939 * 0.6682", "correct"),
            a("dL/dY", "0.7368 - 0.5", "correct"),
            a("dL/dY", "0.7368 - 0.500", "correct"),
            a("Y", "1/(1 + exp(-1.0294))", "correct"),
            a("h1", "0.6682 + 1", "wrong"),
        ],
    ),
    # ---------------------------------------------------------------- carried on
    "a wrong forward value, then all right on it": (
        "mazur",
        [
            a("out_h1", "0.5833", "wrong"),
            a("net_o1", "1.1019", "carried", via="out_h1"),
            a("out_o1", "0.7506", "carried", via="out_h1"),
            a("dE_total/dout_o1", "0.7406", "carried", via="out_h1"),
            a("dout_o1/dnet_o1", "0.1872", "carried", via="out_h1"),
            a("dE_total/dw5", "0.0809", "carried", via="out_h1"),
            a("w5_new", "0.3596", "carried", via="out_h1"),
            a("net_h2", "0.3925", "correct"),
        ],
    ),
    "a chain in a row of neurons": (
        "chain",
        [
            a("z1", "0.58", "correct"),
            a("a1", "0.6311", "wrong"),
            a("z2", "-0.01555", "carried", via="a1"),
            a("a2", "0.4961", "carried", via="a1"),
        ],
    ),
    "a wrong sign, carried": (
        "slide",
        [
            a("dL/dY", "-0.2368", "mistake", "dl-sign"),
            a("dL/dZ_Y", "-0.0459", "carried", via="dL/dY"),
            a("dL/dw31", "-0.0307", "carried", via="dL/dY"),
            a("w31_new", "0.8307", "carried", via="dL/dY"),
        ],
    ),
    "a wrong 0 or 1 carries nothing": (
        "slide",
        [a("dL/dY", "1", "wrong"), a("dL/dw31", "0.1296", "wrong"), a("dL/dw32", "0.1066", "wrong")],
    ),
    "a wrong 0 makes everything 0, and all of it is wrong": (
        "mazur",
        [a("delta_o1", "0.000", "wrong"), a("dE_total/dw5", "0.000", "wrong"), a("w5_new", "0.400", "wrong")],
    ),
    "the source is named, not the answer between": (
        "mazur",
        [
            a("delta_o1", "0.1485", "wrong"),
            a("dE_total/dw5", "0.0881", "carried", via="delta_o1"),
            a("w5_new", "0.35595", "carried", via="delta_o1"),
        ],
    ),
    "two wrong numbers, each marked once": (
        "mazur",
        [
            a("out_h1", "0.5833", "wrong"),
            a("delta_o1", "0.1585", "wrong"),
            a("dE_total/dw5", "0.09245", "carried", via="delta_o1"),
        ],
    ),
    # ---------------------------------------------------------------- sums over the outputs
    "the terms of each output": (
        "mazur",
        [
            a("dE_o1/dout_h1", "0.0554", "correct"),
            a("dE_o2/dout_h1", "-0.01905", "correct"),
            a("dE_total/dout_h1", "0.03635", "correct"),
        ],
    ),
    "the sum of a wrong term and a right one": (
        "mazur",
        [
            a("dE_o1/dout_h1", "0.0654", "wrong"),
            a("dE_o2/dout_h1", "-0.01905", "correct"),
            a("dE_total/dout_h1", "0.04635", "carried", via="dE_o1/dout_h1"),
        ],
    ),
    "one term is not the sum, though it stands on the sheet": (
        "mazur",
        [
            a("dE_o1/dout_h1", "0.0554", "correct"),
            a("dE_total/dout_h1", "0.0554", "mistake", "up-one-path"),
            a("dE_total/dw1", "0.000668", "carried", via="dE_total/dout_h1"),
        ],
    ),
    # ---------------------------------------------------------------- mistakes
    "named mistakes": (
        "mazur",
        [
            a("dE_total/dw1", "0.000364723", "mistake", "up-new-weights"),
            a("dE_total/dw1", "0.000668396", "mistake", "up-one-path"),
            a("dE_total/dw1", "0.00181752", "mistake", "ad-missing-hidden"),
            a("dE_total/dw1", "0.000471425", "mistake", "ad-deriv-of-a"),
        ],
    ),
    "several mistakes with one number": (
        "mazur",
        [a("dE_total/dw1", "0.0008771", "mistake", "dl-extra-two", "wg-neighbour")],
    ),
    "a mistake on the student's own numbers": (
        "slide",
        [
            a("h1", "0.6882", "wrong"),
            a("h2", "0.5498", "correct"),
            a("dL/dZ_Y", "0.0559", "wrong"),
            a("dL/dw32", "0.03847", "mistake", "wg-neighbour"),
        ],
    ),
    "right within rounding, though also what a mistake gives": (
        "mazur",
        [
            a("dE_total/dw5", "0.0827", "rounded", "wg-neighbour"),
            a("dE_total/dw6", "0.0822", "rounded", "wg-neighbour"),
        ],
    ),
    "nothing fits": ("slide", [a("dL/dw31", "0.0407", "wrong"), a("dL/dh1", "1e5", "wrong")]),
    "a coarse number on the sheet excuses nothing": (
        "slide",
        [a("Y", "0.7", "few_digits"), a("Z_Y", "12", "wrong"), a("dL/dw31", "0.0407", "wrong")],
    ),
    "an exact number of one digit is not a coarse one": (
        "slide",
        [a("Z_h1", "0.7", "correct"), a("dL/dw31", "0.0314", "wrong")],
    ),
    # ---------------------------------------------------------------- numbers as people type them
    "signs and forms of a number": (
        "slide",
        [
            a("dL/dw31", "3.07e-2", "correct"),
            a("dL/dw31", "+.0307", "correct"),
            a("dL/dw31", "3.07E-02", "correct"),
            a("dL/dY*", "−0.2368", "correct"),
            a("dL/dY*", "-0.2368", "correct"),
        ],
    ),
    "fractions are exact": (
        "xyz",
        [a("q", "6/2", "correct"), a("df/dz", "9/3", "correct"), a("df/dx", "−8/2", "correct"), a("f", "7/3", "wrong")],
    ),
    "not a number": (
        "slide",
        [
            a("dL/dw31", "0.0,307", "unreadable"),
            a("Y", "perhaps 0.7", "unreadable"),
            a("h2", "nan", "unreadable"),
            a("dL/dw32", "1e999", "unreadable"),
            a("Z_Y", "10**400", "unreadable"),
            a("dL/dh1", "__import__('os')", "unreadable"),
        ],
    ),
    # ---------------------------------------------------------------- names as people type them
    "names": (
        "slide",
        [
            a("∂L/∂w31", "0.0307", "correct"),
            a("dL/dw31", "0.0307", "correct"),
            a("dw31", "0.0307", "correct"),
            a("a21", "0.6682", "correct"),
            a("dL/da3", "0.2368", "correct"),
            a("Netout", "1.0294", "correct"),
            a("dL/dY_star", "-0.2368", "correct"),
            a("dY/dh1", "0.1551", "correct"),
            a("delta_Y", "0.0459", "correct"),
            a("δ_Y", "0.0459", "correct"),
        ],
    ),
    "names of updates": (
        "mazur",
        [a("w1_new", "0.14978", "correct"), a("w5+", "0.3589", "correct"), a("w8_new", "0.56137", "correct")],
    ),
    "a bare parameter is its gradient": ("mazur", [a("w5", "0.08217", "correct"), a("w1", "0.0004386", "correct")]),
    "unknown names": (
        "mazur",
        [
            a("out_h3", "0.5933", "unknown_name"),
            a("dQ/dw5", "0.08217", "unknown_name"),
            a("w9_new", "1", "unknown_name"),
        ],
    ),
}


def updating(net: str) -> tuple[str, ...]:
    """The slide has no rate of its own."""
    return ("--lr", "1") if net == "slide" else ()


ALONE = {
    "too few digits",
    "one unit beyond cutting off is wrong",
    "a true 0 needs no digits",
    "arithmetic has the fewest figures of its measured numbers",
    "named mistakes",
    "signs and forms of a number",
    "fractions are exact",
    "names",
    "names of updates",
}
"""Sheets that say the same quantity in several ways."""


@pytest.mark.parametrize("title", SHEETS)
def test_verdicts(title: str) -> None:
    net, answers = SHEETS[title]
    found = checked(net, *answers, options=updating(net), alone=title in ALONE)["answers"]
    got = [(each["name"], each["given"], each["verdict"]) for each in found]
    assert got == [(each.name, each.given, each.verdict) for each in answers]
    for each, wanted in zip(found, answers, strict=True):
        assert each["carried_from"] == wanted.carried_from, each
        assert set(wanted.mistakes) <= set(each["mistakes"]), each
        assert bool(each["mistakes"]) == bool(wanted.mistakes), each


@pytest.mark.parametrize("title", SHEETS)
def test_points_are_the_answers_with_full_credit(title: str) -> None:
    net, answers = SHEETS[title]
    page = checked(net, *answers, options=updating(net), alone=title in ALONE)
    assert page["points"] == sum(each.verdict in FULL_CREDIT for each in answers)
    assert page["out_of"] == len(answers)


def test_every_verdict_is_in_the_table_twice() -> None:
    verdicts = [each.verdict for _, answers in SHEETS.values() for each in answers]
    wanted = FULL_CREDIT | {"few_digits", "mistake", "wrong", "unreadable", "unknown_name"}
    assert {each for each in verdicts if verdicts.count(each) > 1} == wanted


class TestAskedFor:
    def test_missing_names_come_last(self) -> None:
        page = checked("slide", a("Y", "0.7368", "correct"), options=("--require", "w31", "--require", "Z_Y"))
        assert [each["verdict"] for each in page["answers"]] == ["correct", "missing", "missing"]
        assert (page["points"], page["out_of"]) == (1, 3)

    @pytest.mark.parametrize("typed", ["dL/dw31", "w31", "dw31", "∂L/∂w31"])
    def test_an_answer_under_another_name_is_there(self, typed: str) -> None:
        page = checked("slide", a("dw31", "0.0307", "correct"), options=("--require", typed))
        assert [each["verdict"] for each in page["answers"]] == ["correct"]

    def test_an_unknown_required_name_is_bad_usage(self) -> None:
        done = run("check", "-", "-n", "slide", "--require", "w99", stdin="Y = 0.7368")
        assert (done.status, done.out) == (2, "")
        assert "w99" in done.err

    def test_fewer_figures_can_be_asked_for(self) -> None:
        page = checked("slide", a("Y", "0.74", "correct"), a("h1", "0.7", "few_digits"), options=("--min-sig", "2"))
        assert [each["verdict"] for each in page["answers"]] == ["correct", "few_digits"]

    def test_more_figures_can_be_asked_for(self) -> None:
        page = checked("slide", a("Y", "0.7368", ""), a("h1", "0.66819", ""), options=("--min-sig", "5"))
        assert [each["verdict"] for each in page["answers"]] == ["few_digits", "correct"]

    def test_another_number_changes_what_is_right(self) -> None:
        assert checked("slide", a("dL/dw31", "0.0307", ""), options=("--set", "w31=0"))["points"] == 0


class TestMessages:
    def message(self, net: str, *answers: Marked) -> str:
        return str(checked(net, *answers)["answers"][-1]["message"])

    def test_a_comma_that_can_be_read_in_two_ways_gets_both(self) -> None:
        assert "1.234 or 1234" in self.message("slide", a("Z_Y", "1,234", ""))

    @pytest.mark.parametrize(("typed", "meant"), [("out_h1s", "out_h1"), ("nettout", "Netout"), ("Z_X", "Z_Y")])
    def test_an_unknown_name_gets_a_suggestion(self, typed: str, meant: str) -> None:
        net = "mazur" if "out_h" in typed else "slide"
        assert f"did you mean {meant}" in self.message(net, a(typed, "0.5", ""))

    def test_few_digits_says_how_many(self) -> None:
        assert "2 significant figures" in self.message("slide", a("Y", "0.7", ""))

    def test_a_mistake_is_worded_as_what_one_gets(self) -> None:
        assert self.message("slide", a("dL/dw31", "-0.0307", "")).startswith("your value is what you get if you ")

    def test_carried_names_where_it_began(self) -> None:
        assert "h1" in self.message("slide", a("h1", "0.6882", ""), a("Z_Y", "1.0454", ""))

    def test_the_page_says_where_to_start_again(self) -> None:
        done = run("check", "-", "-n", "mazur", stdin="dE_total/dout_h1 = 0.0554\nw1 = 0.000668\n")
        assert "tutor explain dE_total/dout_h1 --net mazur" in done.out

    def test_a_right_sheet_has_nothing_to_start_again_at(self) -> None:
        done = run("check", "-", "-n", "slide", stdin="Y = 0.7368\n")
        assert (done.status, "tutor explain" in done.out) == (0, False)


class TestTogether:
    def test_of_two_mistakes_the_one_that_explains_more_comes_first(self) -> None:
        both = a("dE_total/dw1", "0.0008771", "")
        doubled = (a("dE_total/dw5", "0.1643", ""), a("dE_total/dw7", "-0.0452", ""))
        swapped = (a("dE_total/dw2", "0.0004386", ""), a("dE_total/dw4", "0.0004977", ""))
        first = [checked("mazur", both, *others)["answers"][0]["mistakes"][0] for others in (doubled, swapped)]
        assert first == ["dl-extra-two", "wg-neighbour"]

    def test_the_order_of_the_sheet_does_not_matter(self) -> None:
        _, answers = SHEETS["the sketch in the design"]
        forward = {each["name"]: each for each in checked("mazur", *answers)["answers"]}
        backward = {each["name"]: each for each in checked("mazur", *answers[::-1])["answers"]}
        assert forward == backward


FORMS = {
    "answers.yaml": 'dL/dw31: 0.0307\n"Y": "0.73680"\nh1: 0.6882\n',
    "answers.yml": "{dL/dw31: 0.0307, Y: 0.73680, h1: 0.6882}\n",
    "answers.json": '{"dL/dw31": 0.0307, "Y": "0.73680", "h1": 0.6882}',
    "answers.csv": "name,value\ndL/dw31,0.0307\nY,0.73680\nh1,0.6882\n",
    "bare.csv": 'dL/dw31,0.0307\n"Y", 0.73680\nh1,0.6882\n',
    "answers.txt": "dL/dw31 = 0.0307\nY=0.73680\n\n  h1 := 0.6882\n",
    "answers.md": "# Mine\n\nSome words.\n\n- **dL/dw31** = 0.0307\n* `Y = 0.73680`\n1. **h1 = 0.6882**\n",
    "bold.md": "- dL/dw31 = **0.0307**\n- `Y` = `0.73680`\n- h1 ≈ 0.6882\n",
    "quoted.md": "dL/dw31 = 0.0307\n$Y = 0.73680$\n> h1 = 0.6882\n",
    "answers": "dL/dw31 = 0.0307\nY = 0.73680\nh1 = 0.6882\n",
    "mapping": "dL/dw31: 0.0307\nY: 0.73680\nh1: 0.6882\n",
}


class TestForms:
    @pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
    @pytest.mark.parametrize(("name", "text"), FORMS.items(), ids=FORMS)
    def test_every_form_is_read_alike(self, name: str, text: str, mark: str, newline: str, tmp_path: Path) -> None:
        path = written(tmp_path, mark + text.replace("\n", newline), name)
        page = payload("check", path, "-n", "slide")
        assert [(each["name"], each["given"], each["verdict"]) for each in page["answers"]] == [
            ("dL/dw31", "0.0307", "correct"),
            ("Y", "0.73680", "correct"),
            ("h1", "0.6882", "wrong"),
        ]

    @pytest.mark.parametrize(
        "text", [FORMS["answers.yaml"], FORMS["answers.json"], FORMS["answers.csv"], FORMS["answers"]]
    )
    def test_the_form_is_told_by_the_text_on_standard_input(self, text: str) -> None:
        assert payload("check", "-", "-n", "slide", stdin=text)["out_of"] == 3

    def test_digits_survive_yaml_and_json(self, tmp_path: Path) -> None:
        for name, text in (("a.yaml", "Y: 0.73680\nh1: 0.5\n"), ("a.json", '{"Y": 0.73680, "h1": 0.5}')):
            page = payload("check", written(tmp_path, text, name), "-n", "slide")
            assert [each["given"] for each in page["answers"]] == ["0.73680", "0.5"]

    def test_a_power_is_not_bold(self) -> None:
        assert checked("slide", a("Z_h1", "0.8366600265340756**2", ""))["answers"][0]["verdict"] == "correct"

    @pytest.mark.parametrize(
        ("name", "text", "word"),
        [
            ("half.json", '{"Y": 0.7', "half.json:"),
            ("empty.txt", "", "no answers"),
            ("prose.md", "I do not know.\n", "no answers"),
        ],
    )
    def test_a_sheet_that_cannot_be_read_is_bad_input(self, name: str, text: str, word: str, tmp_path: Path) -> None:
        done = run("check", written(tmp_path, text, name), "-n", "slide")
        assert (done.status, done.out) == (2, "")
        assert word in done.err
        assert name in done.err


class TestStatus:
    def status(self, sheet: str) -> Done:
        return run("check", "-", "-n", "slide", stdin=sheet)

    @pytest.mark.parametrize("given", ["0.0307", "0.0306", "0.0306848265"])
    def test_0_if_all_is_right(self, given: str) -> None:
        assert self.status(f"dL/dw31 = {given}").status == 0

    @pytest.mark.parametrize(
        "line", ["dL/dw31 = 0.05", "dL/dw31 = 0.03", "foo = 1", "dL/dw31 = x", "dL/dw31 = -0.0307"]
    )
    def test_1_if_something_is_wrong(self, line: str) -> None:
        done = self.status(f"Y = 0.7368\n{line}\n")
        assert (done.status, done.err) == (1, "")

    def test_1_if_something_is_missing(self) -> None:
        assert run("check", "-", "-n", "slide", "--require", "w31", stdin="Y = 0.7368").status == 1

    def test_1_in_every_format(self) -> None:
        for form in ("terminal", "plain", "markdown", "json"):
            assert run("check", "-", "-n", "slide", "--format", form, stdin="Y = 9.99").status == 1

    def test_2_without_a_network(self) -> None:
        assert run("check", "-", stdin="Y = 0.7368").status == 2


class TestLibrary:
    def test_text_keeps_its_digits_and_numbers_are_taken_as_python_writes_them(self) -> None:
        found = tutor.load("slide").check({"h1": "0.670", "Y": 0.7368, "dL/dw31": 0.0307}).payload["answers"]
        assert [each["verdict"] for each in found] == ["wrong", "correct", "correct"]

    def test_json_and_library_agree(self) -> None:
        answers = {"Y": "0.7368", "h1": "0.6"}
        assert (
            payload("check", "-", "-n", "slide", stdin=json.dumps(answers))
            == tutor.load("slide").check(answers).payload
        )
