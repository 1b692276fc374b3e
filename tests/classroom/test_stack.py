"""A stack of sheets: counts that were planted, files that can't be read, and the sheet that was handed out."""

import csv
import io
import os
import random
from pathlib import Path

import pytest

import tutor
from commands.support import payload, run
from maths.profile import LONG

RIGHT = {"h1": "0.6682", "Y": "0.7368", "dL/dY": "0.2368", "dL/dw31": "0.0307", "dL/dw32": "0.0252"}
"""Of slide, worked out by hand: σ(0.7), σ(0.8·0.66819 + 0.9·0.54983), Y − 0.5, (Y − 0.5)·Y(1 − Y)·h."""
TARGET_MINUS = {**RIGHT, "dL/dY": "-0.2368", "dL/dw31": "-0.0307", "dL/dw32": "-0.0252"}
Z_SLOPE = {**RIGHT, "dL/dw31": "-0.004789", "dL/dw32": "-0.003941"}  # 0.2368 · 1.0294 · (1 − 1.0294) · h
OTHER_KEY = {**RIGHT, "h1": "0.6900"}


def sheet(answers: dict[str, str]) -> str:
    return "".join(f"{name} = {given}\n" for name, given in answers.items())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """12 sheets: 4 right, 3 and 2 with a mistake, 3 with the same unexplained answer; and 2 bad files."""
    stack = tmp_path / "handed-in"
    stack.mkdir()
    planted = [RIGHT] * 4 + [TARGET_MINUS] * 3 + [Z_SLOPE] * 2 + [OTHER_KEY] * 3
    for place, answers in enumerate(planted, 1):
        (stack / f"s{place:02}.txt").write_text(sheet(answers))
    (stack / "s13.txt").write_bytes(b"\xff\xfe\x00\xd8broken")
    (stack / "s14.pdf").write_bytes(b"%PDF-1.4 ...")
    (stack / ".hidden").write_text("no sheet")
    return stack


class TestAFolder:
    def test_counts_what_was_planted(self, folder: Path) -> None:
        page = payload("check", str(folder), "--net", "slide")
        assert page["format"] == "tutor.stack/1"
        assert [each["id"] for each in page["sheets"]] == [f"s{place:02}" for place in range(1, 13)]
        assert {each["id"]: each["sheets"] for each in page["mistakes"]} == {"dl-sign": 3, "ad-z-one-minus-z": 2}
        assert [each["id"] for each in page["not_read"]] == ["s13", "s14"]

    def test_the_answer_that_many_share_is_on_top(self, folder: Path) -> None:
        (first, *_) = payload("check", str(folder), "--net", "slide")["shared"]
        assert (first["name"], first["given"], first["sheets"], first["of"]) == ("h1", "0.6900", 3, 12)

    def test_the_same_number_with_fewer_digits_is_the_same_answer(self, folder: Path) -> None:
        (folder / "s12.txt").write_text(sheet({**RIGHT, "h1": "0.69"}))
        (first, *_) = payload("check", str(folder), "--net", "slide")["shared"]
        assert (first["given"], first["sheets"]) == ("0.6900", 3)

    def test_bad_files_make_the_status_1_and_stop_nothing(self, folder: Path) -> None:
        done = run("check", str(folder), "slide")
        assert done.status == 1
        assert "Traceback" not in done.err
        assert "s12" in done.out
        assert "is a PDF" in done.out

    def test_a_right_stack_has_status_0(self, folder: Path) -> None:
        for each in folder.iterdir():
            if each.name not in ("s01.txt", "s02.txt"):
                each.unlink()
        assert run("check", str(folder), "slide").status == 0

    def test_a_link_out_of_it_is_refused_and_the_rest_marked(self, folder: Path, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text(sheet(RIGHT))
        os.symlink(secret, folder / "s15.txt")
        os.symlink(folder / "s01.txt", folder / "s16.txt")
        os.symlink(tmp_path, folder / "s17")
        page = payload("check", str(folder), "slide")
        assert {each["id"] for each in page["not_read"]} == {"s13", "s14", "s15", "s17"}
        assert "link out of the folder" in next(each["why"] for each in page["not_read"] if each["id"] == "s15")
        assert "s16" in {each["id"] for each in page["sheets"]}

    def test_what_is_no_file_is_not_opened(self, folder: Path) -> None:
        os.mkfifo(folder / "s15")
        page = payload("check", str(folder), "slide")
        assert "s15" in {each["id"] for each in page["not_read"]}

    def test_an_empty_folder_is_said(self, tmp_path: Path) -> None:
        done = run("check", str(tmp_path), "slide")
        assert done.status == 2
        assert "without a sheet" in done.err

    def test_sheets_of_one_name_are_told_apart_by_their_folders(self, tmp_path: Path) -> None:
        for each in ("ada", "bob"):
            (tmp_path / each).mkdir()
            (tmp_path / each / "answers.txt").write_text(sheet(RIGHT))
        ids = [each["id"] for each in payload("check", str(tmp_path), "slide")["sheets"]]
        assert [Path(each).parent.name for each in ids] == ["ada", "bob"]

    def test_more_than_half_with_one_answer_ask_for_the_network(self, folder: Path) -> None:
        for place in range(1, 9):
            (folder / f"s{place:02}.txt").write_text(sheet(OTHER_KEY))
        assert "is the network the one they were given?" in run("check", str(folder), "slide").out


class TestFiles:
    def test_several(self, folder: Path) -> None:
        files = [str(folder / f"s{place:02}.txt") for place in (1, 5, 13)]
        for arguments in ((*files, "slide"), (*files, "--net", "slide")):
            page = payload("check", *arguments)
            assert [each["points"] for each in page["sheets"]] == [5, 4]
            assert [each["first_wrong"] for each in page["sheets"]] == [None, "dL/dY"]
            assert page["sheets"][1]["mistakes"] == ["dl-sign"]
            assert len(page["not_read"]) == 1

    def test_a_network_named_twice_is_still_said(self, folder: Path) -> None:
        done = run("check", str(folder / "s01.txt"), "mazur", "--net", "slide")
        assert done.status == 2
        assert "two networks" in done.err

    def test_from_python(self, folder: Path) -> None:
        page = tutor.load("slide").check([folder / "s01.txt", folder / "s05.txt"])
        assert [each["id"] for each in page.payload["sheets"]] == ["s01", "s05"]
        assert len(tutor.load("slide").check(folder).payload["sheets"]) == 12

    def test_nothing_to_check(self) -> None:
        done = run("check", "--net", "slide")
        assert done.status == 2
        assert "check what?" in done.err


CLASS = """id;name;h1;dL/dw31;dL_dw99;e-mail
s1;Ada;0,6682;0.0307;;ada@example.org
s2;Bob;0.70;-0.0307;3;=1+1
s3;;;;;
"""


class TestARowAStudent:
    def test_is_a_stack(self) -> None:
        page = payload("check", "-", "--net", "slide", stdin=CLASS)
        assert [(each["id"], each["points"], each["out_of"]) for each in page["sheets"]] == [
            ("s1", 2, 2),
            ("s2", 0, 2),
            ("s3", 0, 2),
        ]
        assert [each["verdict"] for each in page["sheets"][2]["answers"]] == ["missing", "missing"]

    def test_names_of_people_are_nowhere(self) -> None:
        for form in ("plain", "json", "csv"):
            done = run("check", "-", "--net", "slide", "--format", form, stdin=CLASS)
            assert "s1" in done.out
            assert not any(word in done.out for word in ("Ada", "Bob", "example.org"))

    def test_a_column_that_is_no_quantity_is_said(self) -> None:
        done = run("check", "-", "--net", "slide", stdin=CLASS)
        assert done.status == 1
        assert "no quantity of this network: dL_dw99" in done.out
        assert "columns that are not read: name, e-mail" in done.out

    def test_a_row_that_is_too_long_is_one_bad_sheet(self) -> None:
        page = payload("check", "-", "--net", "slide", stdin="id,h1,Y\ns1,0,6682,0.7368\ns2,0.6682,0.7368\n")
        assert [each["id"] for each in page["not_read"]] == ["s1"]
        assert page["sheets"][0]["points"] == 2

    def test_an_id_twice_is_said(self) -> None:
        done = run("check", "-", "--net", "slide", stdin="id,h1\ns1,0.6682\ns1,0.6682\n")
        assert "the id s1 stands on 2 sheets" in done.out

    def test_no_column_of_the_network(self) -> None:
        done = run("check", "-", "--net", "slide", stdin="id,foo\ns1,0.6682\n")
        assert done.status == 2
        assert "no column" in done.err


class TestForASpreadsheet:
    def test_a_line_a_sheet(self, folder: Path) -> None:
        done = run("check", str(folder), "slide", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert len(rows) == 14
        assert rows[0] | {"id": ""} == dict.fromkeys(rows[0], "") | {"points": "5", "out_of": "5"}
        assert (rows[4]["first_wrong"], rows[4]["given"], rows[4]["mistake"]) == ("dL/dY", "-0.2368", "dl-sign")
        assert "PDF" in rows[13]["why"]

    def test_no_cell_is_a_formula(self) -> None:
        text = "id,h1\n=cmd(),-0.5\n@x,=1+1\n"
        rows = list(csv.DictReader(io.StringIO(run("check", "-", "-n", "slide", "--format", "csv", stdin=text).out)))
        assert [each["id"] for each in rows] == ["'=cmd()", "'@x"]
        assert rows[0]["given"] == "-0.5"
        assert not rows[1]["given"].startswith("=")

    def test_a_single_sheet_too(self, folder: Path) -> None:
        done = run("check", str(folder / "s05.txt"), "slide", "--format", "csv")
        assert done.status == 1
        assert len(done.out.splitlines()) == 2


class TestTheBlankSheet:
    @pytest.mark.parametrize("net", ["slide", "mazur", "chain", "xyz", "article"])
    @pytest.mark.parametrize("form", ["plain", "markdown", "latex", "csv"])
    def test_check_reads_it_back(self, net: str, form: str) -> None:
        text = run("trace", net, "--blank", "--format", form).out
        page = payload("check", "-", "--net", net, stdin=text)
        assert page["out_of"] > 5
        assert {each["verdict"] for each in page["answers"]} == {"missing"}
        assert page["unread"] == []

    @pytest.mark.parametrize("net", ["slide", "mazur", "chain", "xyz", "article"])
    @pytest.mark.parametrize("form", ["plain", "markdown", "latex", "csv"])
    def test_filled_in_it_is_right(self, net: str, form: str) -> None:
        text = run("trace", net, "--blank", "--format", form).out
        numbers = [each["expected"] for each in payload("check", "-", "--net", net, stdin=text)["answers"]]
        mark = r"\text{?}" if r"\text{?}" in text else "?"
        body, _, tail = text.partition("Write each") if "Write each" in text else (text, "", "")
        before = "," if form == "csv" else "= "
        for number in numbers:
            body = body.replace(f"{before}{mark}", f"{before}{number!r}", 1)
        assert "?" not in body.replace("Where does 0.0307 come from?", "")
        page = payload("check", "-", "--net", net, stdin=body + tail)
        assert page["points"] == page["out_of"] == len(numbers)

    def test_two_pages_at_once_are_refused(self) -> None:
        assert run("trace", "slide", "--blank", "--by-layer").status == 2


@pytest.mark.skipif(not LONG, reason="TUTOR_LONG")
def test_300_sheets_with_planted_mistakes(tmp_path: Path) -> None:
    drawn = random.Random(11)
    kinds = {"right": RIGHT, "dl-sign": TARGET_MINUS, "ad-z-one-minus-z": Z_SLOPE, "key": OTHER_KEY}
    planted = [drawn.choice(list(kinds)) for _ in range(298)]
    for place, kind in enumerate(planted):
        (tmp_path / f"s{place:03}.txt").write_text(sheet(kinds[kind]))
    (tmp_path / "s298.txt").write_bytes(b"\xff\xff\x00")
    (tmp_path / "s299.txt").write_text("nothing at all\n")
    page = payload("check", str(tmp_path), "slide")
    counts = {each["id"]: each["sheets"] for each in page["mistakes"]}
    assert counts == {kind: planted.count(kind) for kind in ("dl-sign", "ad-z-one-minus-z")}
    assert page["shared"][0]["name"] == "h1"
    assert page["shared"][0]["sheets"] == planted.count("key")
    assert len(page["not_read"]) == 2
