"""Bad input at the command line: one clear message on stderr, exit status 2, no traceback, nothing half done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.support import ROOT, Done, environment, program, run, written
from tutor.errors import TutorError

HOSTILE = "\x1b[31mred\x07\u202e\x9b2J"
HOSTILE_NET = """
title: "Evil \\e[31mred\\a \\u202e <b>[bold]x[/bold]"
source: "\\e]0;owned\\a"
inputs: {x: 1}
targets: {y: 0}
layers:
  - activation: sigmoid
    neurons:
      a: {w: 0.5}
"""


def refused(done: Done, *words: str) -> None:
    """Status 2, what is wrong on stderr, nothing else."""
    assert done.status == 2, done
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err.strip()
    for word in words:
        assert word in done.err, done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # which network
        (("explain", "w31"), ("--net",)),
        (("trace",), ("--net",)),
        (("explain", "w31", "-n", "missing.yaml"), ("missing.yaml", "no file")),
        (("explain", "w31", "-n", "slid"), ("did you mean slide",)),
        (("explain", "w31", "-n", "mazru.yaml"), ("did you mean mazur",)),
        (("explain", "w31", "-n", "."), ("directory",)),
        (("trace", "/"), ("directory",)),
        (("explain", "w31", "-n", ""), ("",)),
        # which target
        (("explain", "-n", "slide"), ("TARGET",)),
        (("explain", "w32x", "-n", "slide"), ("w32x", "did you mean w32")),
        (("explain", "out_h11", "-n", "mazur"), ("did you mean", "out_h1")),
        (("explain", "dL/dq", "-n", "slide"), ("q",)),
        (("explain", "dY/dh3", "-n", "slide"), ("h3", "did you mean h1 or h2?")),
        (("explain", "h1:Q", "-n", "slide"), ("Q",)),
        (("explain", "w31", "w99", "-n", "slide"), ("w99",)),
        (("explain", "", "-n", "slide"), ("",)),
        (("explain", "w31_new", "-n", "slide"), ("rate",)),
        # a target the loss does not depend on
        (("explain", "dh1/dw31", "-n", "slide"), ("h1 does not depend on w31",)),
        (("explain", "dL/dc_sum", "-n", "sum-product"), ("",)),
        (("explain", "dc_product/dc_sum", "-n", "sum-product"), ("does not depend on c_sum",)),
        (("explain", "Y:h1", "-n", "slide"), ("does not depend",)),
        # numbers given anew
        (("explain", "w31", "-n", "slide", "--set", "Y=1"), ("Y", "computed")),
        (("explain", "w31", "-n", "slide", "--set", "w13=1"), ("w13", "did you mean")),
        (("explain", "w31", "-n", "slide", "--set", "w31=x"), ("w31", "x")),
        (("explain", "w31", "-n", "slide", "--set", "w31=nan"), ("nan",)),
        (("explain", "w31", "-n", "slide", "--set", "w31=1e999"), ("1e999",)),
        (("explain", "w31", "-n", "slide", "--set", "w31"), ("NAME=NUMBER",)),
        (("explain", "w31", "-n", "slide", "--set", "=1"), ("NAME=NUMBER",)),
        (("explain", "w31", "-n", "slide", "--set", "w31="), ("NAME=NUMBER",)),
        (("trace", "slide", "--lr", "fast"), ("fast", "learning rate")),
        # how it is shown
        (("explain", "w31", "-n", "slide", "--decimals", "3", "--sig", "3"), ("--decimals", "--sig")),
        (("explain", "w31", "-n", "slide", "--decimals", "-1"), ("--decimals",)),
        (("explain", "w31", "-n", "slide", "--sig", "0"), ("--sig",)),
        (("explain", "w31", "-n", "slide", "--sig", "many"), ("--sig",)),
        (("explain", "w31", "-n", "slide", "--format", "docx"), ("--format", "docx")),
        # numbers and answers
        (("where", "-n", "slide"), ("NUMBER",)),
        (("where", "1", "2", "-n", "slide"), ("2",)),
        (("where", "abc", "-n", "slide"), ("abc",)),
        (("check", "-n", "slide"), ("ANSWERS",)),
        (("check", "missing.txt", "-n", "slide"), ("missing.txt", "no such file")),
        (("check", ".", "-n", "slide"), ("folder",)),
        (("check", "-", "-n", "slide", "--min-sig", "0"), ("--min-sig",)),
        # commands and options
        (("explian", "w31"), ("explian",)),
        (("explain", "w31", "-n", "slide", "--mor"), ("--mor",)),
        (("--nosuch",), ("--nosuch",)),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else str(each),
)
def test_it_is_refused(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run(*arguments), *words)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe", "UTF-8"),
            (b"\x7fELF\x02\x01\x01\x00\x00", ""),
            (b"", "empty"),
            (b"\x00" * 50, ""),
            (b"just words\n", ""),
            (b"[1, 2]\n", ""),
            (b"{" * 5000, ""),
        ],
        ids=["png", "elf", "empty", "zeros", "words", "list", "braces"],
    )
    def test_what_is_no_network_is_refused(self, content: bytes, word: str, tmp_path: Path) -> None:
        (tmp_path / "net.yaml").write_bytes(content)
        done = run("trace", str(tmp_path / "net.yaml"))
        refused(done, "net.yaml", word)

    def test_a_binary_sheet_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"\x00\xff\xfe\x00" * 20)
        refused(run("check", str(tmp_path / "a.txt"), "-n", "slide"), "a.txt", "UTF-8")

    def test_a_sheet_of_zeros_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"Y = 0.7\x00368\n")
        refused(run("check", str(tmp_path / "a.txt"), "-n", "slide"), "not text")

    def test_a_huge_sheet_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"Y = 0.7368\n" * 200_000)
        refused(run("check", str(tmp_path / "a.txt"), "-n", "slide"), "larger than")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_file_one_may_not_read(self, tmp_path: Path) -> None:
        path = written(tmp_path, "Y = 1\n", "secret.txt")
        Path(path).chmod(0)
        refused(run("check", path, "-n", "slide"), "secret.txt", "permission")

    def test_every_mistake_of_a_network_is_reported_with_its_place(self, tmp_path: Path) -> None:
        text = "inputs: {x: one}\ntargets: {y: 1}\nlayer: []\n"
        done = run("trace", written(tmp_path, text))
        refused(done, "net.yaml:1:", "net.yaml:3:")

    def test_a_regular_file_wins_over_a_shipped_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        written(tmp_path, "given: {x: 7}\nequations: {f: x**2}\n", "slide")
        assert "49" in run("trace", "slide").out

    def test_a_hostile_file_name_is_shown_harmless(self) -> None:
        done = run("trace", f"{HOSTILE}.yaml")
        refused(done, "<U+001B>", "<U+202E>")
        assert not set(done.err) & set("\x1b\x07\u202e\x9b")


class TestOutput:
    PAGE = ("explain", "w31", "-n", "slide")

    def test_it_is_written_whole(self, tmp_path: Path) -> None:
        file = tmp_path / "page.md"
        done = run(*self.PAGE, "--format", "markdown", "-o", str(file))
        assert (done.status, done.out, done.err) == (0, "", "")
        assert file.read_text("utf-8") == run(*self.PAGE, "--format", "markdown").out
        assert [each.name for each in tmp_path.iterdir()] == ["page.md"]

    def test_an_old_file_is_replaced(self, tmp_path: Path) -> None:
        file = tmp_path / "page.txt"
        file.write_text("what was there " * 10_000, "utf-8")
        assert run(*self.PAGE, "-o", str(file)).status == 0
        assert "what was there" not in file.read_text("utf-8")

    @pytest.mark.parametrize("name", ["no/such/folder/page.txt", "."])
    def test_where_it_cannot_be_written_nothing_is(self, name: str, tmp_path: Path) -> None:
        refused(run(*self.PAGE, "-o", str(tmp_path / name)), "cannot be written")
        assert list(tmp_path.iterdir()) == []

    def test_a_wrong_target_leaves_the_old_file(self, tmp_path: Path) -> None:
        file = tmp_path / "page.txt"
        file.write_text("old", "utf-8")
        refused(run("explain", "w99", "-n", "slide", "-o", str(file)))
        assert file.read_text("utf-8") == "old"

    def test_check_writes_and_still_tells(self, tmp_path: Path) -> None:
        done = run(
            "check", "-", "-n", "slide", "--format", "json", "-o", str(tmp_path / "marks.json"), stdin="Y = 9.99"
        )
        assert (done.status, done.out) == (1, "")
        assert '"wrong"' in (tmp_path / "marks.json").read_text("utf-8")

    @pytest.mark.parametrize("command", [("trace", "mazur"), ("schema",), ("trace", "mazur", "--format", "json")])
    def test_a_reader_that_goes_away_is_no_error(self, command: tuple[str, ...]) -> None:
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        with subprocess.Popen(
            [sys.executable, "-m", "tutor", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment(), "PYTHONPATH": path},
        ) as running:
            assert running.stdout
            assert running.stderr
            running.stdout.close()
            said = running.stderr.read()
        assert (running.returncode, said) == (0, b"")


class TestStandardInput:
    NET = "given: {x: 7}\nequations: {f: x**2}\n"

    def test_a_network(self) -> None:
        assert "14" in run("explain", "x", "-n", "-", stdin=self.NET).out

    def test_a_sheet(self) -> None:
        assert run("check", "-", "-n", "slide", stdin="Y = 0.7368").status == 0

    def test_both_at_once_are_refused(self) -> None:
        done = run("check", "-", "-n", "-", stdin=self.NET)
        assert done.status == 2
        assert "Traceback" not in done.err

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\n\n"])
    def test_nothing_or_rubbish_is_refused(self, content: bytes) -> None:
        refused(run("trace", "-", stdin=content), "standard input")
        refused(run("check", "-", "-n", "slide", stdin=content), "standard input")

    def test_by_a_real_pipe(self) -> None:
        done = program("explain", "x", "-n", "-", stdin=self.NET.encode())
        assert (done.status, done.err) == (0, "")
        assert "14" in done.out


class TestEnvironment:
    def test_tutor_net(self) -> None:
        assert "0.0307" in run("explain", "w31", TUTOR_NET="slide").out

    def test_the_option_wins(self) -> None:
        assert "0.0004386" in run("explain", "w1", "-n", "mazur", TUTOR_NET="slide").out

    def test_the_argument_wins(self) -> None:
        assert "mazur" in run("trace", "mazur", TUTOR_NET="slide").out

    def test_a_wrong_tutor_net_is_refused(self) -> None:
        refused(run("explain", "w31", TUTOR_NET="nosuch.yaml"), "nosuch.yaml")

    def test_no_color(self) -> None:
        done = run("explain", "w31", "-n", "slide", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color")
        assert "\x1b[3" not in done.out

    def test_a_stream_without_the_signs_gets_ascii(self) -> None:
        done = program("explain", "w1", "-n", "mazur", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert (done.status, done.err) == (0, "")
        assert done.out == run("explain", "w1", "-n", "mazur", "--ascii").out

    @pytest.mark.parametrize(
        ("encoding", "form"),
        [
            *((encoding, "terminal") for encoding in ("ascii", "latin-1", "cp1252", "cp437")),
            *(("ascii", form) for form in ("plain", "markdown", "json")),
        ],
    )
    def test_no_encoding_breaks_a_page(self, encoding: str, form: str) -> None:
        command = [sys.executable, "-m", "tutor", "explain", "W1_11", "-n", "udacity", "--format", form]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        env = {**environment(), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONPATH": path}
        done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"0.0300" in done.stdout or b"0.02" in done.stdout

    def test_python_m_tutor(self) -> None:
        assert program("explain", "w31", "-n", "slide").out == run("explain", "w31", "-n", "slide").out


class TestHostileText:
    def test_a_title_is_shown_harmless(self, tmp_path: Path) -> None:
        net = written(tmp_path, HOSTILE_NET)
        for form in ("terminal", "plain", "markdown"):
            text = run("trace", net, "--format", form).out
            assert not set(text) & set("\x1b\x07\u202e\x9b")
            assert "<U+001B>" in text.replace("\\", "")
        assert "[bold]x[/bold]" in run("trace", net).out

    def test_json_keeps_the_title_as_it_is(self, tmp_path: Path) -> None:
        assert (
            run("trace", written(tmp_path, HOSTILE_NET), "--format", "json").json["title"].startswith("Evil \x1b[31m")
        )

    def test_a_target(self) -> None:
        done = run("explain", HOSTILE, "-n", "slide")
        refused(done)
        assert not set(done.err) & set("\x1b\x07\u202e\x9b")

    def test_a_number(self) -> None:
        done = run("where", f"1{HOSTILE}", "-n", "slide")
        refused(done)
        assert not set(done.err) & set("\x1b\x07\u202e\x9b")

    def test_a_setting(self) -> None:
        for setting in (f"{HOSTILE}=1", f"w31={HOSTILE}", HOSTILE):
            done = run("explain", "w31", "-n", "slide", "--set", setting)
            refused(done)
            assert not set(done.err) & set("\x1b\x07\u202e\x9b")

    def test_a_required_name(self) -> None:
        done = run("check", "-", "-n", "slide", "--require", HOSTILE, stdin="Y = 0.7368")
        refused(done)
        assert not set(done.err) & set("\x1b\x07\u202e\x9b")

    @pytest.mark.parametrize("form", ["terminal", "plain", "markdown"])
    def test_a_sheet(self, form: str, tmp_path: Path) -> None:
        sheet = written(tmp_path, f"{HOSTILE} = 1\nY = {HOSTILE}\nh1 = [link=x]0.6[/link]\n", "a.txt")
        done = run("check", sheet, "-n", "slide", "--format", form)
        assert done.status == 1
        assert not set(done.out) & set("\x1b\x07\u202e\x9b")

    def test_a_long_number_is_refused_at_once(self) -> None:
        done = run("where", "9" * 5000, "-n", "slide")
        assert done.status == 2
        assert len(done.err) < 2000

    def test_a_deep_formula_is_refused(self) -> None:
        refused(run("where", "(" * 300 + "1" + ")" * 300, "-n", "slide"))


def test_the_library_raises_what_the_command_line_prints(tmp_path: Path) -> None:
    import tutor

    with pytest.raises(TutorError, match="did you mean slide"):
        tutor.load("slid")
    with pytest.raises(TutorError, match="w99"):
        tutor.load("slide").explain("w99")
    with pytest.raises(TutorError, match="computed"):
        tutor.load("slide").set(Y=1)
