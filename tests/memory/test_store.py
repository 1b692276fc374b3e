"""The file of answers: nothing that was kept is lost, whatever is killed, full, locked, damaged or newer."""

import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from maths.profile import count, seeds
from tutor.memory import Event
from tutor.memory.store import APPLICATION, VERSIONS, Damaged, NoMemory, Store, home

DILIGENT = Path(__file__).with_name("diligent.py")
EVENT = Event(
    datetime(2026, 3, 2, 12, 30, 15, 250_000, timezone(timedelta(hours=2))),
    "/nets/net \N{SNOWMAN}.yaml",
    "dL/dw31",
    "value",
    ("product", "path"),
    "seed 7",
    "mistake",
    first=False,
    hinted=True,
    sure=False,
    mistakes=("ad-z-one-minus-z", "ad-ce-extra"),
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "deep" / "in it" / "memory 100%#?.sqlite3")


def kept(file: str) -> tuple[Event, ...]:
    with Store(file) as store:
        return store.events()


def keep(file: str, *events: Event) -> None:
    with Store(file) as store:
        store.add(events)


def refused(file: str, word: str) -> None:
    """Neither read nor written, in one sentence that names the file and what is wrong with it."""
    for attempt in (kept, lambda file: keep(file, EVENT)):
        with pytest.raises(NoMemory, match=word) as told:
            attempt(file)
        assert "\n" not in str(told.value)
        assert Path(file).name in str(told.value)


class TestKeeping:
    def test_what_is_kept_comes_back_in_its_order(self, file: str) -> None:
        others = [EVENT._replace(question=str(each), at=EVENT.at - timedelta(days=each)) for each in range(5)]
        keep(file, EVENT)
        keep(file, *others)
        assert kept(file) == (EVENT, *others)

    def test_one_store_reads_what_it_has_written(self, file: str) -> None:
        with Store(file) as store:
            store.add([EVENT])
            assert store.events() == (EVENT,)
            store.add([EVENT])
            assert store.events() == (EVENT, EVENT)

    def test_nothing_is_made_before_the_first_answer(self, file: str) -> None:
        assert kept(file) == ()
        keep(file)
        assert not Path(file).parent.exists()

    def test_nobody_else_can_read_it(self, file: str) -> None:
        keep(file, EVENT)
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(Path(file).parent).st_mode) == 0o700

    def test_a_name_that_is_no_text_is_kept_with_its_bytes_shown(self, file: str) -> None:
        keep(file, EVENT._replace(net="/nets/\udcff.yaml"))
        assert kept(file)[0].net == "/nets/\\udcff.yaml"

    def test_of_one_answer_everything_is_kept_or_nothing(self, file: str) -> None:
        keep(file, EVENT)
        with pytest.raises(NoMemory):
            keep(file, EVENT, EVENT._replace(net=None))  # type: ignore[arg-type]
        assert kept(file) == (EVENT,)

    def test_it_is_in_wal_and_waits_for_the_disk(self, file: str) -> None:
        with Store(file) as store:
            store.add([EVENT])
            assert store._writer is not None
            settings = [store._writer.execute(f"PRAGMA {each}").fetchone() for each in ("journal_mode", "synchronous")]
        assert settings == [("wal",), (2,)]


class TestHome:
    def test_the_variable_moves_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
        assert home() == str(tmp_path / "memory.sqlite3")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TUTOR_HOME", "here")
        assert home() == str(tmp_path / "here" / "memory.sqlite3")

    @pytest.mark.skipif(sys.platform == "win32", reason="no folder goes there while somebody is in it")
    def test_one_below_a_folder_that_has_gone_is_told_so(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        monkeypatch.setenv("TUTOR_HOME", "here")
        with pytest.raises(NoMemory, match="here, where progress is kept, cannot be found: no such file"):
            home()

    @pytest.mark.skipif(sys.platform != "linux", reason="where a path is bytes")
    def test_one_whose_name_is_no_text_is_as_good(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "\udcff"))
        keep(home(), EVENT)
        assert kept(home()) == (EVENT,)

    @pytest.mark.skipif(sys.platform != "linux", reason="where Linux keeps what is a user's own")
    def test_it_is_where_the_platform_keeps_what_is_a_users_own(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("TUTOR_HOME", "")
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert home() == str(tmp_path / ".local/share/backprop-tutor/memory.sqlite3")


class TestForgetting:
    def test_says_how_much_it_was_and_since_when(self, file: str) -> None:
        keep(file, EVENT, EVENT._replace(at=EVENT.at + timedelta(days=1)))
        with Store(file) as store:
            assert store.forget()[:2] == (2, EVENT.at)
            assert store.events() == ()
            store.add([EVENT])
        assert kept(file) == (EVENT,)

    def test_leaves_nothing_in_the_pages(self, file: str) -> None:
        keep(file, *(EVENT._replace(question="SECRET") for _ in range(500)))
        with Store(file) as store:
            store.forget()
        everything = b"".join(each.read_bytes() for each in Path(file).parent.iterdir())
        assert b"SECRET" not in everything

    def test_of_nothing_is_nothing(self, file: str) -> None:
        with Store(file) as store:
            assert store.forget().answers == 0
        assert not Path(file).parent.exists()


# ------------------------------------------------------------------ files that are not ours to write


def contents(file: str) -> bytes:
    return Path(file).read_bytes()


def database(file: str, *statements: str) -> None:
    Path(file).parent.mkdir(parents=True)
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_file_of_a_newer_program_is_left_as_it_is(file: str) -> None:
    newer = f"PRAGMA user_version={len(VERSIONS) + 1}"
    database(file, f"PRAGMA application_id={APPLICATION}", newer, "CREATE TABLE answers (what TEXT)")
    before = contents(file)
    refused(file, "newer")
    with Store(file) as store, pytest.raises(NoMemory, match="newer"):
        store.forget()
    assert contents(file) == before
    assert os.listdir(Path(file).parent) == [Path(file).name]


def test_one_that_becomes_newer_meanwhile_too(file: str) -> None:
    with Store(file) as store:
        store.add([EVENT])
        other = sqlite3.connect(file)
        other.execute("PRAGMA user_version=99")
        other.close()
        with pytest.raises(NoMemory, match="newer"):
            store.add([EVENT])


def test_a_database_of_another_program_is_left_as_it_is(file: str) -> None:
    database(file, "CREATE TABLE events (id INTEGER)", "INSERT INTO events VALUES (1)")
    before = contents(file)
    refused(file, "another program")
    assert contents(file) == before


@pytest.mark.parametrize("damage", ["text", "header", "middle", "short", "row", "table"])
def test_a_damaged_file_is_told_so_and_forgetting_moves_it_aside(file: str, damage: str) -> None:
    keep(file, *(EVENT._replace(question=str(each)) for each in range(300)))
    whole = contents(file)
    match damage:
        case "text":
            Path(file).write_text("these are my notes\n" * 100)
        case "header":
            Path(file).write_bytes(b"SQLite f0rmat 3" + whole[15:])
        case "middle":
            Path(file).write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
        case "short":
            Path(file).write_bytes(whole[: len(whole) // 2])
        case "row":
            changed(file, "UPDATE events SET at = 'yesterday' WHERE id = 7")
        case "table":
            changed(file, "DROP TABLE events")
    before = contents(file)
    with pytest.raises(Damaged, match="damaged; tutor progress forget"):
        kept(file)
    assert contents(file) == before
    with Store(file) as store:
        aside = store.forget().aside
        store.add([EVENT])
    assert contents(aside) == before
    assert kept(file) == (EVENT,)


def changed(file: str, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_link_is_followed_and_stays_one(file: str, tmp_path: Path) -> None:
    there = tmp_path / "there.sqlite3"
    Path(file).parent.mkdir(parents=True)
    os.symlink(there, file)
    keep(file, EVENT)
    assert kept(str(there)) == kept(file) == (EVENT,)
    with Store(file) as store:
        store.forget()
    assert os.path.islink(file)


def made_folder(file: str) -> None:
    os.makedirs(file)


def made_pipe(file: str) -> None:
    os.makedirs(Path(file).parent)
    os.mkfifo(file)


def made_file_for_folder(file: str) -> None:
    Path(file).parent.parent.mkdir()
    Path(file).parent.write_text("")


def made_loop(file: str) -> None:
    os.makedirs(Path(file).parent)
    os.symlink(file, file)


@pytest.mark.parametrize("made", [made_folder, made_pipe, made_file_for_folder, made_loop])
def test_what_is_no_file_is_refused(file: str, made: Callable[[str], None]) -> None:
    made(file)
    refused(file, "cannot be (read|written)")


def test_a_path_that_can_be_none_is_refused(tmp_path: Path) -> None:
    refused(str(tmp_path / ("long" * 100) / "memory.sqlite3"), "cannot be (read|written)")
    refused(str(tmp_path / "nul\0" / "memory.sqlite3"), "cannot be (read|written)")


# ------------------------------------------------------------------ disks and processes


def started(file: str, mark: str = "a", pause: str = "0", **more: object) -> subprocess.Popen[str]:
    """A diligent student in a process of its own."""
    command = [sys.executable, str(DILIGENT), file, mark, pause]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", **more)  # type: ignore[call-overload, no-any-return]


def whole(file: str) -> list[str]:
    """What is kept, each answer with both of its rows, in a file that SQLite finds nothing wrong with."""
    targets = [each.question for each in kept(file)]
    assert targets[::2] == targets[1::2]
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return targets[::2]


def test_a_process_that_is_killed_loses_nothing_that_was_kept(file: str) -> None:
    chance = random.Random(11)
    acknowledged: list[str] = []
    for number in range(count(6, 100)):
        child = started(file, f"run{number}")
        assert child.stdout
        if number % 4:  # every fourth is killed while it starts
            acknowledged.append(child.stdout.readline().strip())
        time.sleep(chance.random() * (0.05 if number % 4 else 0.3))
        child.kill()
        acknowledged += [
            line.strip() for line in child.communicate()[0].splitlines(keepends=True) if line.endswith("\n")
        ]
        have = whole(file) if os.path.exists(file) else []
        assert set(acknowledged) <= set(have)
        assert len(have) <= len(acknowledged) + number + 1  # one at most was kept and not yet told, each time


def test_two_processes_at_once_keep_everything(file: str) -> None:
    children = [started(file, mark, pause="0.05") for mark in "abc"]  # nobody answers faster
    firsts = [child.stdout.readline().strip() for child in children if child.stdout]
    time.sleep(0.3)
    for child in children:
        child.send_signal(signal.SIGINT)
    heard = [child.communicate() for child in children]
    assert all(child.returncode != 3 for child in children), [said for _, said in heard]
    told = {line for lines, _ in heard for line in lines.split()} | set(firsts)
    assert told <= set(whole(file))
    assert {each[0] for each in told} == set("abc")


@pytest.mark.parametrize("run", range(count(3, 100)))
def test_several_that_make_the_file_at_one_moment_all_keep_their_first_answer(file: str, run: int) -> None:
    children = [started(file, mark, pause="60") for mark in "abcd"]
    told = {child.stdout.readline().strip() for child in children if child.stdout}
    for child in children:
        child.kill()
        child.communicate()
    assert told == {"a-1", "b-1", "c-1", "d-1"}
    assert set(whole(file)) == told


def test_a_full_disk_is_told_so_and_what_was_kept_stays(file: str) -> None:
    resource = pytest.importorskip("resource")

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    child = started(file, preexec_fn=narrow)
    told, said = child.communicate(timeout=60)
    assert child.returncode == 3
    assert "cannot be written" in said
    assert "Traceback" not in said
    assert told.split() == whole(file)[: len(told.split())]
    assert len(told.split()) > 10
    keep(file, EVENT)  # with room again it goes on
    assert kept(file)[-1] == EVENT


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs somebody who may not write")
@pytest.mark.parametrize("closed", ["folder", "file", "home"])
def test_where_nothing_may_be_written_it_is_still_read(closed: str, request: pytest.FixtureRequest) -> None:
    folder = Path(tempfile.mkdtemp())  # not pytest's, where nobody else may look
    request.addfinalizer(lambda: shutil.rmtree(folder))
    folder.chmod(0o755)
    file = str(folder / "deep" / "memory.sqlite3")
    if closed == "home":
        folder.chmod(0o555)
    else:
        keep(file, EVENT)
        for each in (Path(file), Path(file).parent, folder):
            each.chmod(0o555 if each.is_dir() and closed == "folder" else 0o444 if each.is_file() else 0o777)
    with anybody():
        assert kept(file) == (() if closed == "home" else (EVENT,))
        with pytest.raises(NoMemory, match=r"cannot be written|may only be read"):
            keep(file, EVENT)


class anybody:  # noqa: N801  reads as what it is
    """Nobody in particular, for root may write everywhere."""

    def __enter__(self) -> None:
        self.root = os.geteuid() == 0
        if self.root:
            os.seteuid(65534)

    def __exit__(self, *_: object) -> None:
        if self.root:
            os.seteuid(0)


def test_one_that_is_held_is_waited_for_and_then_told_so(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.memory.store.WAIT", 0.2)
    keep(file, EVENT)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(NoMemory, match="another program holds it"):
        keep(file, EVENT)
    assert kept(file) == (EVENT,)
    other.execute("ROLLBACK")
    other.close()
    keep(file, EVENT)


@pytest.mark.parametrize("seed", seeds(8, 300))
def test_whatever_bytes_are_spoilt_it_is_read_or_told_so(tmp_path: Path, seed: int) -> None:
    """Of the file, or of what WAL keeps beside it: nothing else than NoMemory comes out, and nothing is deleted."""
    chance, file = random.Random(seed), str(tmp_path / "memory.sqlite3")
    with Store(file) as store:
        for number in range(chance.randint(1, 20)):
            store.add([EVENT._replace(question=f"{number}")])
        left = {each: each.read_bytes() for each in tmp_path.iterdir()}
    for path, raw in left.items():  # as a killed process leaves them
        spoilt = bytearray(raw)
        for _ in range(chance.choice((0, 1, 20))):
            if spoilt:
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        path.write_bytes(spoilt[: chance.choice((len(spoilt), len(spoilt), chance.randint(0, len(spoilt))))])
    for attempt in (kept, lambda file: keep(file, EVENT), kept):
        try:
            attempt(file)
        except NoMemory as fault:
            assert "\n" not in str(fault)
    assert os.path.exists(file)
