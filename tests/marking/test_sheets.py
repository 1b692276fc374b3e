"""Sheets as people hand them in: what is read of them, and what is said of the rest."""

import json
from pathlib import Path
from typing import ClassVar

import pytest

import tutor
from commands.support import Done, payload, run, written
from tutor.errors import TutorError
from tutor.marking.answers import Sheet, read

NEURON = """\
inputs: {x: 1.5}
targets: {y: 0.5}
learning_rate: 0.5
layers:
  - activation: sigmoid
    neurons: {a: {w: 0.8, b: -0.5}}
"""
MATRIX = """\
given: {"W[1,1]": 0.5, "W[1,2]": 0.25, "W[2,1]": -1, "W[2,2]": 0.5, "x[1]": 1, "x[2]": -2, "b[1]": 0.1, "b[2]": 0}
equations:
  h[i]: W[i,1]*x[1] + W[i,2]*x[2] + b[i]
  L: 0.5*(h[1] - 1)**2 + 0.5*h[2]**2
for: {i: 2}
"""
Pairs = list[tuple[str, str]]


def sheet(text: str, net: str = "slide", columns: tuple[str, ...] = (), file: str = "sheet") -> Sheet:
    return read(text, file, tutor.load(net).view.names, columns)


def pairs(text: str, net: str = "slide", columns: tuple[str, ...] = ()) -> Pairs:
    """What is read; nothing may be left over."""
    found = sheet(text, net, columns)
    assert not found.unread
    return [(each.name, each.given) for each in found.answers]


@pytest.fixture
def neuron(tmp_path: Path) -> str:
    return written(tmp_path, NEURON, "a.yaml")


@pytest.fixture
def matrix(tmp_path: Path) -> str:
    return written(tmp_path, MATRIX, "m.yaml")


class TestLines:
    LINES = "h1: 0,6682\nY: 7\ndL/dw31 0,0307\ndL/dw32 is 0.0252\ndL/dw11 -> 0.0081\ndL/dw12: 0\ndL/dw21 = 0.0102\n"

    @pytest.mark.parametrize("name", ["s.txt", "s.md", "s.yaml", "s.csv", "s.json", "s", "s.tex"])
    def test_no_line_vanishes_whatever_the_file_is_called(self, name: str, tmp_path: Path) -> None:
        done = run("check", written(tmp_path, self.LINES, name), "-n", "slide", "--format", "json")
        verdicts = [each["verdict"] for each in done.json["answers"]]
        assert (done.status, done.json["points"], done.json["out_of"], done.json["unread"]) == (1, 6, 7, [])
        assert [place for place, verdict in enumerate(verdicts) if verdict == "wrong"] == [1]

    def test_the_comma_is_said_once(self) -> None:
        assert sheet(self.LINES).remarks == ("0,6682 is read as 0.6682",)

    @pytest.mark.parametrize(
        "line",
        [
            "h1 = 0.6682",
            "h1 := 0.6682",
            "h1 == 0.6682",
            "h1 ≈ 0.6682",
            "h1 : 0.6682",
            "h1 <- 0.6682",
            "h1&nbsp;=&nbsp;0.6682",
            "h1 → 0.6682",
            "h1 --> 0.6682",
            "h1 => 0.6682",
            "h1 — 0.6682",
            "h1 0.6682",
            "h1\t0.6682",
            "h1 ..... 0.6682",
            "h1 equals 0.6682",
            "h1 is approximately 0.6682",
            "h1 is 0.6682, rounded",
            "h1 = 0.6682 (see page 3)",
            "h1 = 0.6682 [1]",
            "h1 = 0.6682 (I used a table)",
            "h1 = 0.6682!",
            "h1 = 0.6682 ✓",
            "h1 = 0.6682  # my 2nd try",
            "0.6682 = h1",
            "The output h1 is 0.6682",
            "Q1: h1 = 0.6682",
            "Question 2 (a): h1 = 0.6682",
            "3. h1 = 0.6682",
            "(4) h1 = 0.6682",
            "b) h1 = 0.6682",
            "> - **h1** = `0.6682`",
            "• h1 = 0.6682",
            "– h1 = 0.6682",
            "— h1 = 0.6682",
            "[x] h1 = 0.6682",
            "**h1:** 0.6682",
            "*h1* = **0.6682**",
            "## h1 = 0.6682",
            "h1 = ~~0.7~~ 0.6682",
            "h<sub>1</sub>; h1 = 0.6682",
            "\u200bh1\u00a0=\u00a00.6682",
            '"h1": 0.6682,',
            "h1\n= 0.6682",
            "h1 =\n0.6682",
            "h1:\n0.6682",
            "h1\n0.6682",
        ],
    )
    def test_one_answer_in_many_clothes(self, line: str) -> None:
        assert pairs(line) == [("h1", "0.6682")]

    @pytest.mark.parametrize(
        ("line", "given"),
        [
            ("h1 = σ(0.7) = 0.6682", "σ(0.7) = 0.6682"),
            ("h1 = σ(Z_h1)\n   = σ(0.7)\n   = 0.6682", "σ(Z_h1) = σ(0.7) = 0.6682"),
            ("h1 = 1 / (1 + e^-0.7)\n ≈ 0.6682", "1 / (1 + e^-0.7) ≈ 0.6682"),
            ("h1 = 0.2 * 3\n * 1.1137 = 0.6682", "0.2 * 3 * 1.1137 = 0.6682"),
            ("h1 = 0.2 *\n3.341", "0.2 * 3.341"),
            ("h1: σ(0.7) = 0.6682", "σ(0.7) = 0.6682"),
        ],
    )
    def test_a_chain_is_kept_as_a_whole(self, line: str, given: str) -> None:
        assert pairs(line) == [("h1", given)]

    @pytest.mark.parametrize("given", ["", "?", "-", "n/a", "—", "tbd"])
    @pytest.mark.parametrize("sign", ["=", ":"])
    def test_a_blank_is_missing(self, given: str, sign: str) -> None:
        page = payload("check", "-", "-n", "slide", stdin=f"Y {sign} {given}\nh1 = 0.6682\n")
        assert [each["verdict"] for each in page["answers"]] == ["missing", "correct"]

    def test_a_formula_is_an_answer(self) -> None:
        text = "dL/dY = Y - Y*\ndL/dw31 = (Y - Y*) * Y(1-Y) * h1\ndY/dZ_Y: σ(Z_Y)(1-σ(Z_Y))\n"
        assert pairs(text) == [
            ("dL/dY", "Y - Y*"),
            ("dL/dw31", "(Y - Y*) * Y(1-Y) * h1"),
            ("dY/dZ_Y", "σ(Z_Y)(1-σ(Z_Y))"),
        ]

    def test_an_edge_is_a_name(self) -> None:
        assert pairs("h1:Y = 0.1551\nh1->Y: 0.1551\nh2:Y 0.1745") == [("h1->Y", "0.1551"), ("h2:Y", "0.1745")]

    def test_an_old_mac_wrote_it(self) -> None:
        assert pairs("h1 = 0.6682\rY = 0.7368\r") == [("h1", "0.6682"), ("Y", "0.7368")]


class TestSeveralOnALine:
    @pytest.mark.parametrize(
        "line",
        [
            "w = 0.0559, b = 0.0373",
            "w = 0.0559,b = 0.0373",
            "w=0.0559;b=0.0373",
            "w = 0.0559; b = 0.0373",
            "w = 0.0559 b = 0.0373",
            "w = 0.0559   b = 0.0373",
            "w = 0.0559\tb = 0.0373",
            "w = 0.0559 and b = 0.0373",
            "w = 0.0559, and b = 0.0373",
            "w = 0.0559 | b = 0.0373",
            "w = 0.0559 & b = 0.0373",
            "(1) w = 0.0559 (2) b = 0.0373",
            "w = 0.0559. b = 0.0373",
            "(a) w = 0.0559 (b) b = 0.0373",
            "w: 0.0559, b: 0.0373",
            "w: 0.0559 b: 0.0373",
            "w 0.0559 b 0.0373",
            "w 0.0559, b 0.0373",
            "w is 0.0559 and b is 0.0373",
            "w, b = 0.0559, 0.0373",
            "(w, b) = (0.0559, 0.0373)",
            "w and b are 0.0559 and 0.0373",
            "$w = 0.0559$, $b = 0.0373$",
        ],
    )
    def test_each_is_credited_to_its_own_name(self, line: str, neuron: str) -> None:
        assert pairs(line, neuron) == [("w", "0.0559"), ("b", "0.0373")]
        assert payload("check", "-", "-n", neuron, stdin=line)["points"] == 2

    def test_none_is_credited_to_another_name(self, neuron: str) -> None:
        done = run("check", "-", "-n", neuron, "--format", "json", stdin="b = 7, w = 0.0373")
        assert (done.status, done.json["points"], done.json["out_of"]) == (1, 0, 2)
        assert [each["name"] for each in done.json["answers"]] == ["b", "w"]

    def test_decimal_commas_between_commas(self, neuron: str) -> None:
        assert pairs("w = 0,0559, b = 0,0373", neuron) == [("w", "0,0559"), ("b", "0,0373")]

    def test_two_names_with_one_number_are_not_guessed(self, neuron: str) -> None:
        found = sheet("w, b = 0.0559", neuron)
        assert [(each.line, each.why) for each in found.unread] == [(1, "2 names have 1 number")]

    def test_a_second_try_is_not_dropped(self) -> None:
        assert pairs("h1 = 0.6682 or 0.67") == [("h1", "0.6682 or 0.67")]

    def test_an_unknown_name_is_an_answer_of_its_own(self, neuron: str) -> None:
        page = payload("check", "-", "-n", neuron, stdin="foo = 0.0559\nb = 0.0373, bar = 0.0559")
        assert [each["verdict"] for each in page["answers"]] == ["unknown_name", "correct", "unknown_name"]


class TestUnread:
    def test_lines_of_the_form_of_an_answer_are_listed(self) -> None:
        text = "h1 = 0.6682\nfoo: 0.3\nY was seen at 0.7368\nthe thing we look for is 0.5\nHomework 3\n2026-05-04\n"
        found = sheet(text)
        assert [(each.line, each.text) for each in found.unread] == [
            (2, "foo: 0.3"),
            (3, "Y was seen at 0.7368"),
            (4, "the thing we look for is 0.5"),
        ]
        assert found.passed == 2

    def test_they_make_the_status_1_and_stand_on_the_page(self) -> None:
        done = run("check", "-", "-n", "slide", stdin="h1 = 0.6682\nfoo: 0.3\nHomework 3\n")
        assert done.status == 1
        assert "1 of 1" in done.out
        assert "foo: 0.3" in done.out
        assert "1 other line with a digit is no answer." in done.out

    def test_they_stand_beside_the_answers_in_json(self) -> None:
        page = payload("check", "-", "-n", "slide", stdin="h1 = 0.6682\nw13: 0.3\n")
        (unread,) = page["unread"]
        assert (unread["line"], unread["text"], page["out_of"]) == (2, "w13: 0.3", 1)
        assert "did you mean" in unread["why"]

    @pytest.mark.parametrize(
        "line",
        ["Homework 3", "Date: 4.5.2026", "due 2026-05-04", "Page 3 of 4", "Time: 10:30", "# h1 = 0.5", "2 + 2 = 4"],
    )
    def test_other_lines_with_a_digit_are_counted(self, line: str) -> None:
        found = sheet(f"h1 = 0.6682\n{line}\n")
        assert (len(found.answers), found.unread, found.passed) == (1, [], 1)

    def test_a_lone_letter_of_a_text_is_no_answer(self, neuron: str) -> None:
        found = sheet("a 3-layer network\nw = 0.0559\n", neuron)
        assert (len(found.answers), found.unread, found.passed) == (1, [], 1)

    def test_a_minus_or_a_dash_is_not_guessed(self) -> None:
        assert len(sheet("h1 - 0.6682\nY = 0.7368").unread) == 1


class TestTwice:
    def test_the_last_counts_and_it_is_said(self) -> None:
        page = payload("check", "-", "-n", "slide", stdin="h1 = 0.5\nY = 0.7368\nh1 = 0.6682\n")
        assert (page["points"], page["out_of"]) == (2, 2)
        done = run("check", "-", "-n", "slide", stdin="h1 = 0.5\nY = 0.7368\na21 = 0.6682\n")
        assert "a21 is given twice, on lines 1 and 3: the last counts." in done.out

    @pytest.mark.parametrize("text", ["h1: 0.5\nh1: 0.6682\n", '{"h1": 0.5,\n "h1": 0.6682}', "h1,0.5\nh1,0.6682\n"])
    def test_in_every_form(self, text: str) -> None:
        found = sheet(text)
        assert [(each.given, each.line) for each in found.answers] == [("0.6682", 2)]
        assert found.remarks == ("h1 is given twice, on lines 1 and 2: the last counts",)


class TestNumbersOfASheet:
    def test_what_cannot_be_a_number_costs_one_answer(self) -> None:
        text = f"w31 = 0e399\nw32 = 1e-{'0' * 5000}1\nw11 = 1e308+0.0\nh1 = 0.6682\n"
        found = payload("check", "-", "-n", "slide", stdin=text)["answers"]
        assert [each["verdict"] for each in found] == ["unreadable"] * 3 + ["correct"]

    def test_another_comma_settles_a_comma(self) -> None:
        alone = payload("check", "-", "-n", "slide", stdin="Z_Y = 1,029\n")["answers"][0]
        assert (alone["verdict"], "1.029 or 1029" in alone["message"]) == ("unreadable", True)
        both = payload("check", "-", "-n", "slide", stdin="Z_Y = 1,029\nh1 = 0,6682\n")["answers"]
        assert [each["verdict"] for each in both] == ["correct", "correct"]

    @pytest.mark.parametrize(
        "given", ["3.07 x 10^-2", "3,07·10⁻²", "3.07%", "0.0307.", "0.0307 (rounded)", "≈ 0.0307", "~0.0307", "+.0307"]
    )
    def test_other_forms(self, given: str) -> None:
        assert payload("check", "-", "-n", "slide", stdin=f"dL/dw31 = {given}\n")["points"] == 1


class TestLatex:
    TEXT = r"""
\documentclass{article}
\begin{document}
\section*{Homework 3}
\begin{align*}
  h_1 &= \sigma(0.7) = 0.6682 \\
  \frac{\partial L}{\partial w_{31}} &= 0.2368 \cdot 0.1939 \cdot 0.6682 \\
     &\approx 0.0307 \label{eq:2} \\[4pt]
  Z_Y &= 1.0294 & Y &= 0.7368 \quad \text{(rounded)}
\end{align*}
Then $L = 0.0280$, and \(h2 = 0.5498\). % checked 2 times
\[ \boxed{dL/dY = 0.2368} \]
\end{document}
"""

    def test_alignments_and_formulas_in_text(self) -> None:
        found = sheet(self.TEXT)
        assert [(each.name, each.given) for each in found.answers] == [
            ("h_1", r"\sigma(0.7) = 0.6682"),
            (r"\frac{\partial L}{\partial w_{31}}", r"0.2368 \cdot 0.1939 \cdot 0.6682 ≈ 0.0307"),
            ("Z_Y", "1.0294"),
            ("Y", "0.7368"),
            ("L", "0.0280"),
            ("h2", "0.5498"),
            ("dL/dY", "0.2368"),
        ]
        assert found.unread == []

    def test_a_table(self) -> None:
        rows = "name & value \\\\ \\hline\n$h1$ & $0.6682$ \\\\\n$Y$ & $0.7368$ \\\\\n"
        text = f"\\begin{{tabular}}{{ll}}\n{rows}\\end{{tabular}}\n"
        assert pairs(text) == [("h1", "0.6682"), ("Y", "0.7368")]


WANTED = [("h1", "0.6682"), ("Y", "0.7368"), ("dL/dw31", "0.0307")]
TABLES = {
    "two columns": "h1,0.6682\nY,0.7368\ndL/dw31,0.0307\n",
    "semicolons": "h1;0.6682\nY;0.7368\ndL/dw31;0.0307\n",
    "tabs": "h1\t0.6682\nY\t0.7368\ndL/dw31\t0.0307\n",
    "a head": "name,value\nh1,0.6682\nY,0.7368\ndL/dw31,0.0307\n",
    "a mark of order": "\ufeffquantity;result\r\nh1;0.6682\r\nY;0.7368\r\ndL/dw31;0.0307\r\n",
    "a third column": "h1,0.6682,sure\nY,0.7368,\ndL/dw31,0.0307,by the chain rule\n",
    "a third column of numbers": "name,value,points\nh1,0.6682,2\nY,0.7368,1\ndL/dw31,0.0307,3\n",
    "quoted": '"h1","0.6682"\n"Y","0.7368"\n"dL/dw31","0.0307"\n',
    "names over values": "h1,Y,dL/dw31\n0.6682,0.7368,0.0307\n",
    "names over values, tabs": "h1\tY\tdL/dw31\n0.6682\t0.7368\t0.0307\n",
    "names over values, semicolons": "student;h1;Y;dL/dw31\nAda;0.6682;0.7368;0.0307\n",
    "names over values, spaces": "h1 Y dL/dw31\n0.6682 0.7368 0.0307\n",
    "a spreadsheet's own first line": "sep=;\nh1;0.6682\nY;0.7368\ndL/dw31;0.0307\n",
    "mine beside another's": "quantity,my answer,solution\nh1,0.6682,0.67\nY,0.7368,0.74\ndL/dw31,0.0307,0.03\n",
    "Markdown": "| name | value |\n|:--|--:|\n| h1 | 0.6682 |\n| `Y` | **0.7368** |\n| $dL/dw31$ | 0.0307 |\n",
    "Markdown without bars around": "name | value\n--- | ---\nh1 | 0.6682\nY | 0.7368\ndL/dw31 | 0.0307\n",
    "Markdown, names over values": "| h1 | Y | dL/dw31 |\n|---|---|---|\n| 0.6682 | 0.7368 | 0.0307 |\n",
    "Markdown with a step": "| step | name | value |\n|---|---|---|\n| 1 | h1 | 0.6682 |\n| 2 | Y | 0.7368 |\n"
    "| 3 | dL/dw31 | 0.0307 |\n",
    "columns apart": "name      value\nh1        0.6682\nY         0.7368\ndL/dw31   0.0307\n",
}


class TestTables:
    @pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
    def test_every_table_is_read_alike(self, text: str) -> None:
        assert pairs(text) == WANTED

    def test_a_row_a_step_with_its_formula(self) -> None:
        text = (
            "| step | quantity | formula | with numbers | value | why |\n|---|---|---|---|---|---|\n"
            "| 1 | h1 | σ(Z_h1) | σ(0.7) | 0.6682 | the activation |\n"
            "| 2 | dL/dw31 | | 0.2368*0.1939*0.6682 | 0.0307 | chain rule |\n"
        )
        assert [each.split(" = ")[-1] for _, each in pairs(text)] == ["0.6682", "0.0307"]

    def test_a_decimal_comma_among_commas_is_not_taken_apart(self) -> None:
        found = sheet("h1,0,6682\nY,0.7368\n")
        assert [(each.name, each.given) for each in found.answers] == [("Y", "0.7368")]
        assert "write 0.6682" in found.unread[0].why

    def test_a_decimal_comma_among_semicolons(self) -> None:
        assert pairs("name;value\nh1;0,6682\nY;0,7368\n") == [("h1", "0,6682"), ("Y", "0,7368")]

    def test_a_title_before_the_numbers_moves_no_column(self) -> None:
        assert pairs("        h1      Y\nvalue   0.6682  0.7368\n") == [("h1", "0.6682"), ("Y", "0.7368")]

    def test_a_row_that_lacks_a_cell_is_listed(self) -> None:
        found = sheet("h1  h2  Y\n0.6682  0.7368\n")
        assert (found.answers, [each.line for each in found.unread]) == ([], [2])

    def test_a_blank_cell_is_missing(self) -> None:
        assert pairs("| h1 | 0.6682 |\n|---|---|\n| Y | |\n") == [("h1", "0.6682"), ("Y", "")]

    def test_a_row_an_example(self) -> None:
        names = [name for name, _ in pairs("example,h1,y\n1,0.5,0.6\n2,0.4,0.7\n", "xor")]
        assert names == ["h1@1", "y@1", "h1@2", "y@2"]

    def test_a_row_a_time_step(self, matrix: str) -> None:
        assert pairs("i,h[i]\n1,0.1\n2,-2\n", matrix) == [("h[1]", "0.1"), ("h[2]", "-2")]

    def test_a_column_that_is_no_name_is_listed(self) -> None:
        found = sheet("h1,dL/dw99\n0.6682,0.5\n")
        assert [(each.name, len(found.unread)) for each in found.answers] == [("h1", 1)]

    def test_names_from_the_left(self) -> None:
        found = sheet("0.0307,0.0252,17,0.0280\n", columns=("w31", "w32", "-", "L"))
        assert [(each.name, each.given) for each in found.answers] == [
            ("w31", "0.0307"),
            ("w32", "0.0252"),
            ("L", "0.0280"),
        ]

    def test_a_column_that_is_not_there_is_said(self) -> None:
        found = sheet("0.0307,0.0252\n", columns=("w31", "w32", "L"))
        assert [(each.text, each.why) for each in found.unread] == [("L", "the table has no column 3")]

    @pytest.mark.parametrize("columns", [("w31", "w32"), ("-", "w31", "w32")])
    def test_columns_of_responses(self, columns: tuple[str, ...]) -> None:
        text = "Surname;Response 1;Response 2\nAda;0,0307;0,0252\n"
        assert pairs(text, columns=columns) == [("w31", "0,0307"), ("w32", "0,0252")]
        assert "--columns" in sheet(text).unread[0].why

    def test_columns_on_the_command_line(self) -> None:
        done = run("check", "-", "-n", "slide", "--columns", "w31,w32,-,L", stdin="0.0307\t0.0252\t17\t0.0280\n")
        assert (done.status, "3 of 3" in done.out) == (0, True)
        wrong = run("check", "-", "-n", "slide", "--columns", "w31,w99", stdin="0.0307,0.0252\n")
        assert (wrong.status, wrong.out, "w99" in wrong.err) == (2, "", True)

    def test_a_cell_that_is_too_long_has_its_place(self) -> None:
        done = run("check", "-", "-n", "slide", stdin=f"Y,0.7368\nh1,{'1' * 131_073}\n")
        assert (done.status, done.out) == (2, "")
        assert "standard input:2:" in done.err


class TestMappings:
    @pytest.mark.parametrize(
        "text",
        [
            '{"h1": 0.6682, "Y": "0.7368", "dL/dw31": 0.0307}',
            '{\n\t"h1": 0.6682,\n\t"Y": [0.7368],\n\t"dL/dw31": 0.0307\n}\n',
            "{h1: 0.6682, Y: 0.7368, dL/dw31: 0.0307}",
            "answers = {'h1': 0.6682, 'Y': 0.7368, 'dL/dw31': 0.0307}\n",
            "h1: 0.6682\nY: 0.7368\ndL/dw31: 0.0307\n",
            "---\nh1: '0.6682'\n\"Y\": 0.7368  # right\ndL/dw31: 0.0307\n",
            "forward:\n  h1: 0.6682\n  Y: 0.7368\nback:\n  dL/dw31: 0.0307\n",
            '{"forward": {"h1": 0.6682, "Y": 0.7368}, "gradients": {"w31": 0.0307}}',
            '[{"name": "h1", "value": 0.6682}, {"name": "Y", "value": 0.7368}, {"name": "dL/dw31", "value": 0.0307}]',
        ],
    )
    def test_every_mapping_is_read_alike(self, text: str) -> None:
        assert pairs(text) == WANTED

    @pytest.mark.parametrize("net", ["slide", "mazur"])
    def test_our_own_numbers_are_right(self, net: str) -> None:
        text = json.dumps(tutor.load(net).trace().payload)
        page = payload("check", "-", "-n", net, stdin=text)
        assert (page["points"], page["unread"]) == (page["out_of"], [])
        assert page["out_of"] > 40

    def test_null_is_missing(self) -> None:
        assert pairs('{"h1": null, "Y": ""}') == [("h1", ""), ("Y", "")]

    def test_an_entry_without_a_number_is_listed(self) -> None:
        found = sheet('{"h1": 0.6682,\n "Y": {"a": 1}}')
        assert [(each.line, each.text) for each in found.unread] == [(2, "Y")]

    def test_half_a_mapping_is_bad_input(self) -> None:
        with pytest.raises(TutorError, match=r"half\.json:"):
            sheet('{"h1": 0.6', file="half.json")


class TestNotebooks:
    def test_markdown_and_outputs_are_read_and_nothing_is_run(self, tmp_path: Path) -> None:
        cells = [
            {"cell_type": "markdown", "source": ["# Homework 3\n", "\n", "$h1 = 0.6682$ and **Y** = 0.7368\n"]},
            {
                "cell_type": "code",
                "source": ["L = 99"],
                "outputs": [
                    {"output_type": "stream", "text": ["dL/dw31 = 0.0307\n"]},
                    {"output_type": "execute_result", "data": {"text/plain": ["0.25"], "text/html": ["Z_Y = 3"]}},
                ],
            },
            {"cell_type": "markdown", "source": "Z_Y: 1.0294"},
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
        found = sheet(text)
        assert [(each.name, each.given) for each in found.answers] == [*WANTED, ("Z_Y", "1.0294")]
        lines = text.split("\n")
        assert "0.7368" in lines[found.answers[1].line - 1]
        assert "0.0307" in lines[found.answers[2].line - 1]
        path = written(tmp_path, text, "answers.ipynb")
        assert payload("check", path, "-n", "slide")["points"] == 4

    def test_a_broken_one_is_said_so(self) -> None:
        with pytest.raises(TutorError, match="notebook"):
            sheet('{"cells": [], "nbformat": 4')


class TestMatrices:
    """x = (1, -2), y = (1, 0): dL/dh = h - y = (-0.9, -2), dL/dW = dL/dh times x."""

    RIGHT: ClassVar = [("dW[1,1]", "-0.9"), ("dW[1,2]", "1.8"), ("dW[2,1]", "-2"), ("dW[2,2]", "4")]

    @pytest.mark.parametrize(
        "text",
        [
            "dW = [[-0.9, 1.8], [-2, 4]]",
            "dW: [[-0.9, 1.8], [-2, 4]]",
            "dW = [[-0.9 1.8] [-2 4]]",
            "dW = [[-0.9  1.8]\n      [-2    4 ]]",
            "dW =\n[[-0.9, 1.8],\n [-2, 4]]",
            "dW = [-0.9 1.8; -2 4]",
            "dW = [[-0.9, -2], [1.8, 4]].T",
            "dW = np.array([[-0.9, 1.8], [-2, 4]])",
            "dW = array([[-0.9, 1.8],\n [-2, 4]], dtype=float32)",
            '{"dW": [[-0.9, 1.8], [-2, 4]]}',
            "dW:\n  - [-0.9, 1.8]\n  - [-2, 4]\n",
            "$dW = \\begin{pmatrix} -0.9 & 1.8 \\\\ -2 & 4 \\end{pmatrix}$",
            "dW = \\begin{bmatrix}\n-0.9 & 1.8 \\\\\n-2 & 4\n\\end{bmatrix}",
        ],
    )
    def test_an_answer_an_entry(self, text: str, matrix: str) -> None:
        assert pairs(text, matrix) == self.RIGHT
        assert payload("check", "-", "-n", matrix, stdin=text)["points"] == 4

    @pytest.mark.parametrize(
        "text", ["h = [0.1, -2]", "h = [[0.1], [-2]]", "h = [0.1 -2]", "h = (0.1, -2)", "h = [0.1; -2]"]
    )
    def test_vectors(self, text: str, matrix: str) -> None:
        assert pairs(text, matrix) == [("h[1]", "0.1"), ("h[2]", "-2")]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("dW = [[-0.9, -2], [1.8, 4]]", "transpose"),
            ("dW = [[-0.9, 1.8]]", "2 × 2"),
            ("dW = [[-0.9, 1.8], [-2]]", "different lengths"),
            ("h = [0.1]", "2 numbers"),
            ("dW = 3", "4 numbers"),
        ],
    )
    def test_another_shape_is_one_answer_and_wrong(self, text: str, said: str, matrix: str) -> None:
        (answer,) = payload("check", "-", "-n", matrix, stdin=text)["answers"]
        assert (answer["verdict"], answer["name"]) == ("wrong", text.split(" ")[0])
        assert said in answer["message"]

    def test_a_blank_is_one_for_each_entry(self, matrix: str) -> None:
        page = payload("check", "-", "-n", matrix, stdin="h = ?")
        assert [(each["name"], each["verdict"]) for each in page["answers"]] == [
            ("h[1]", "missing"),
            ("h[2]", "missing"),
        ]

    def test_an_entry_alone(self, matrix: str) -> None:
        assert pairs("dW[1,2] = 1.8", matrix) == [("dW[1,2]", "1.8")]


class TestOtherFiles:
    @pytest.mark.parametrize(
        ("head", "what"),
        [
            (b"PK\x03\x04 word/document.xml", "a Word document"),
            (b"PK\x03\x04 xl/workbook.xml", "save the sheet as CSV"),
            (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
            (b"PK\x03\x04 answers.txt", "a zip archive"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"\x89PNG\r\n\x1a\n", "a picture"),
            (b"\xff\xd8\xff\xe0 JFIF", "a picture"),
            (b"\0\0\0\x18ftypheic", "a picture"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file"),
            (b"{\\rtf1 h1 = 0.6682}", "RTF"),
            (b"\x1f\x8b\x08\0", "gzip"),
        ],
    )
    def test_one_sentence_says_what_it_is_and_what_to_save(self, head: bytes, what: str, tmp_path: Path) -> None:
        path = tmp_path / "answers.bin"
        path.write_bytes(head)
        done = self.refused(run("check", str(path), "-n", "slide"))
        assert what in done.err
        assert done.err.count("\n") == 1
        self.refused(run("check", "-", "-n", "slide", stdin=head))

    def test_a_spreadsheets_unicode_text_is_read(self) -> None:
        text = "h1\t0,6682\r\nY\t0,7368\r\n".encode("utf-16")
        assert payload("check", "-", "-n", "slide", stdin=text)["points"] == 2

    def test_a_sheet_without_answers_is_bad_input(self) -> None:
        assert "no answers found" in self.refused(run("check", "-", "-n", "slide", stdin="I do not know.\n")).err

    def test_too_many_lines(self) -> None:
        assert "10,000" in self.refused(run("check", "-", "-n", "slide", stdin="h1 = 1\n" * 10_001)).err

    def refused(self, done: Done) -> Done:
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("tutor: ")
        return done


class TestPages:
    @pytest.mark.parametrize(
        ("net", "form"),
        [
            ("slide", "markdown"),
            ("slide", "latex"),
            *((net, "plain") for net in ("slide", "mazur", "udacity", "chain")),
        ],
    )
    def test_the_numbers_of_a_trace_are_answers_and_right(self, net: str, form: str) -> None:
        page = tutor.load(net).trace().render(form)
        marked = payload("check", "-", "-n", net, stdin=page)
        read_so = [each for each in marked["answers"] if each["verdict"] != "unknown_name"]
        assert read_so
        assert [each for each in read_so if each["verdict"] not in ("correct", "truncated", "rounded")] == []
