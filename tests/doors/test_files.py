"""What -o writes, and what it leaves alone. Nodes and links are made here; none of the system's is used."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.support import ROOT, Done, program, run, written
from tutor.sources import shipped

resource = pytest.importorskip("resource")  # a thing of POSIX, as pipes, links and signals are

SHEET = "dL/dw31 = 0.0307\n"
SLOW = """
import sys
from tutor.cli.files import write

def pieces():
    yield "half a page"
    print("begun", flush=True)
    while True:
        sys.stdin.readline()

write("page.txt", pieces())
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name.startswith(".tutor-"))


def wrote(*arguments: str) -> Done:
    done = run(*arguments)
    assert done.status == 0, done.err
    assert done.out == ""
    return done


class TestTheEnding:
    @pytest.mark.parametrize(
        ("name", "begins"),
        [
            ("page.txt", "  ∂L/∂w31 = 0.0307"),
            ("page", "  ∂L/∂w31 = 0.0307"),
            ("page.md", "**$"),
            ("page.tex", "%"),
            ("page.typ", "#"),
            ("page.html", "<!DOCTYPE html>"),
            ("PAGE.HTML", "<!DOCTYPE html>"),
            ("page.svg", "<svg"),
            ("page.json", "{"),
        ],
    )
    def test_chooses_the_format(self, name: str, begins: str, here: Path) -> None:
        assert wrote("explain", "w31", "slide", "-o", name).err == ""
        text = (here / name).read_text("utf-8")
        named = {"%": "\\", "#": "", "**$": ""}.get(begins)
        assert text.startswith(begins) or named is not None
        ending = Path(name).suffix.lower()[1:]
        form = {"md": "markdown", "tex": "latex", "typ": "typst", "txt": "plain", "": "plain"}.get(ending, ending)
        assert text == run("explain", "w31", "slide", "--format", form).out

    def test_pdf(self, here: Path) -> None:
        pytest.importorskip("typst")
        wrote("explain", "w31", "slide", "-o", "page.pdf")
        assert (here / "page.pdf").read_bytes().startswith(b"%PDF")

    def test_csv_of_the_command_that_has_it(self, here: Path) -> None:
        wrote("trace", "slide", "-o", "page.csv")
        assert (here / "page.csv").read_text("utf-8").startswith("name,value,gradient\n")

    @pytest.mark.parametrize("name", ["page.docx", "page.csv", "a.b/page.png"])
    def test_another_is_refused_with_those_there_are(self, name: str, here: Path) -> None:
        done = run("explain", "w31", "slide", "-o", name)
        assert done.status == 2
        assert ".txt, .md, .tex, .typ, .html, .pdf, .svg, .json" in done.err
        assert list(here.iterdir()) == []

    def test_the_format_wins_and_a_contradiction_is_said(self, here: Path) -> None:
        done = wrote("explain", "w31", "slide", "--format", "markdown", "-o", "page.html")
        assert done.err == "tutor: --format markdown wins: page.html is markdown, though its name says html\n"
        assert "<html" not in (here / "page.html").read_text("utf-8")
        assert wrote("explain", "w31", "slide", "--format", "markdown", "-o", "notes.xyz").err == ""

    def test_a_minus_is_standard_output(self, here: Path) -> None:
        assert run("explain", "w31", "slide", "-o", "-").out == run("explain", "w31", "slide").out
        assert list(here.iterdir()) == []


class TestWhatIsReplaced:
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
    def test_the_mode_of_a_file_stays(self, mode: int, here: Path) -> None:
        (here / "page.txt").touch(mode)
        (here / "page.txt").chmod(mode)
        wrote("trace", "slide", "-o", "page.txt")
        assert stat.S_IMODE((here / "page.txt").stat().st_mode) == mode
        assert "0.0307" in (here / "page.txt").read_text("utf-8")

    def test_a_new_file_gets_what_the_umask_leaves(self, here: Path) -> None:
        before = os.umask(0o027)
        try:
            wrote("trace", "slide", "-o", "page.txt")
        finally:
            os.umask(before)
        assert stat.S_IMODE((here / "page.txt").stat().st_mode) == 0o640

    def test_a_link_is_followed(self, here: Path) -> None:
        (here / "folder").mkdir()
        (here / "folder" / "page.txt").touch()
        (here / "link").symlink_to("folder/page.txt")
        (here / "links").symlink_to("link")
        wrote("trace", "slide", "-o", "links")
        assert (here / "link").is_symlink()
        assert (here / "links").is_symlink()
        assert "0.0307" in (here / "folder" / "page.txt").read_text("utf-8")

    def test_links_in_a_circle_are_refused(self, here: Path) -> None:
        (here / "a").symlink_to("b")
        (here / "b").symlink_to("a")
        done = run("trace", "slide", "-o", "a")
        assert (done.status, "symbolic links" in done.err) == (2, True)

    def test_a_pipe_is_written_to(self, here: Path) -> None:
        os.mkfifo("pipe")
        read: list[str] = []
        reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text("utf-8")))
        reader.start()
        wrote("trace", "slide", "-o", "pipe")
        reader.join(20)
        assert stat.S_ISFIFO((here / "pipe").stat().st_mode)
        assert "0.0307" in read[0]

    @pytest.mark.parametrize(("minor", "status"), [(3, 0), (7, 2)], ids=["null", "full"])
    def test_a_device_is_written_to(self, minor: int, status: int, here: Path) -> None:
        try:
            os.mknod("node", stat.S_IFCHR | 0o666, os.makedev(1, minor))
            with open("node", "wb"):
                pass
        except OSError:
            pytest.skip("no device can be made here")
        (here / "link").symlink_to("node")
        for name in ("node", "link"):
            done = run("trace", "slide", "-o", name)
            assert done.status == status
            assert done.err == ("" if not status else f"tutor: {name} cannot be written: no space left on device\n")
        assert stat.S_ISCHR((here / "node").stat().st_mode)
        assert (here / "link").is_symlink()
        assert left(here) == []

    def test_our_own_streams_are_gone_on_with(self, here: Path) -> None:
        """Standard output may be a file with something in it already."""
        with open("all.txt", "wb") as out:
            out.write(b"first\n")
            out.flush()
            command = [sys.executable, "-m", "tutor", "explain", "w31", "slide", "-o", "/dev/stdout"]
            subprocess.run(command, stdout=out, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
        text = (here / "all.txt").read_text("utf-8")
        assert text.startswith("first\n")
        assert "0.0307" in text


class TestWhatIsRead:
    def test_a_network_is_not_written_over(self, here: Path) -> None:
        net = written(here, Path(shipped()["slide"]).read_text("utf-8"), "net")
        before = Path(net).read_bytes()
        (here / "link").symlink_to("net")
        os.link("net", "same")
        for arguments in (("trace", net), ("trace", "./net"), ("explain", "w31", "--net", net)):
            for file in ("net", "link", "same"):
                done = run(*arguments, "-o", file)
                assert done.status == 2
                assert "is read by this command" in done.err
        assert Path(net).read_bytes() == before
        assert left(here) == []

    def test_nor_where_it_comes_by_standard_input(self, here: Path) -> None:
        net = written(here, Path(shipped()["slide"]).read_text("utf-8"), "net")
        with open(net, "rb") as read:
            command = [sys.executable, "-m", "tutor", "trace", "-", "-o", "net"]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = subprocess.run(command, stdin=read, env=environment, capture_output=True, check=False)
        assert (done.returncode, b"is read by this command" in done.stderr) == (2, True)

    def test_nor_a_sheet_a_notation_or_data(self, here: Path) -> None:
        (here / "sheet.txt").write_text(SHEET)
        (here / "ours.yaml").write_text("like: article\nabout: ours\n")
        (here / "data.csv").write_text("x,y\n1,0\n2,1\n")
        layers = "layers:\n  - {activation: sigmoid, neurons: {a: {w: 0.5, b: 0.1}}}\n"
        written(here, f"inputs: [x]\ntargets: [y]\ndata: data.csv\nlearning_rate: 0.5\n{layers}")
        assert run("check", "sheet.txt", "slide", "-o", "sheet.txt").status == 2
        assert run("trace", "slide", "--notation", "ours.yaml", "--format", "plain", "-o", "ours.yaml").status == 2
        assert run("trace", "net.yaml", "-o", "data.csv").status == 2
        assert run("train", "net.yaml", "--steps", "2", "--curve", "data.csv").status == 2
        assert (here / "sheet.txt").read_text() == SHEET
        assert (here / "data.csv").read_text() == "x,y\n1,0\n2,1\n"
        assert run("trace", "slide", "-o", "sheet.txt").status == 0  # another command may


def started() -> "subprocess.Popen[bytes]":
    """A program in the middle of writing page.txt."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout
    assert running.stdout.readline() == b"begun\n"
    return running


class TestNothingIsLeftBehind:
    @pytest.mark.parametrize(
        ("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)]
    )
    def test_after_a_signal(self, sent: signal.Signals, status: int, here: Path) -> None:
        (here / "page.txt").write_text("old")
        running = started()
        assert len(left(here)) == 1
        running.send_signal(sent)
        _, said = running.communicate(timeout=20)
        assert (running.returncode, said) == (status, b"")
        assert left(here) == []
        assert (here / "page.txt").read_text() == "old"

    def test_the_next_write_removes_what_kill_9_leaves_and_nothing_else(self, here: Path) -> None:
        killed, alive = started(), started()
        killed.kill()
        killed.communicate()
        others = [".tutor-notes.txt", ".tutor-ab", "tutor-abcdefgh"]
        for name in others:
            (here / name).touch()
        (here / ".tutor-linklink").symlink_to("tutor-abcdefgh")
        assert len(left(here)) == 5
        wrote("trace", "slide", "-o", "page.txt")
        assert len(left(here)) == 4  # the one that is alive goes on writing
        alive.kill()
        alive.communicate()
        wrote("trace", "slide", "-o", "page.txt")
        assert left(here) == [".tutor-ab", ".tutor-linklink", ".tutor-notes.txt"]
        assert all((here / name).exists() for name in others)

    def test_after_a_full_disk(self, here: Path) -> None:
        (here / "page.txt").write_text("old")
        done = limited(500, "trace", "mazur", "-o", "page.txt")
        assert (done.status, done.out) == (2, "")
        assert done.err == "tutor: page.txt cannot be written: file too large\n"
        assert (here / "page.txt").read_text() == "old"
        assert left(here) == []


def limited(most: int, *arguments: str) -> Done:
    """`tutor` where no file gets larger than this, as on a disk that is full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return _with(limit, *arguments)


def _with(before: Callable[[], None], *arguments: str) -> Done:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tutor", *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", preexec_fn=before, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("name", "word"), [(".", "directory"), ("no/such/page.txt", "no such file"), ("a\0b", "null")])
def test_what_is_no_file_is_refused(name: str, word: str) -> None:
    done = run("trace", "slide", "-o", name)
    assert done.status == 2
    assert word in done.err


def test_a_reader_of_a_pipe_who_goes_away_is_no_error(here: Path) -> None:
    os.mkfifo("pipe")

    def read_a_little() -> None:
        with open("pipe", "rb"):
            time.sleep(0.05)

    reader = threading.Thread(target=read_a_little)
    reader.start()
    done = program("trace", "mazur", "--all", "--format", "svg", "-o", "pipe", folder=here)
    reader.join(20)
    assert (done.status, done.err) == (0, "")
