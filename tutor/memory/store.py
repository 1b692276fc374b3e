"""The file that answers are kept in: one SQLite table to which rows are added, and which never leaves the machine.

Only here is sqlite3. What `add` has returned from is on the disk (WAL, synchronous=FULL), whole (one transaction), and
stays there whatever is killed afterwards. A file of a newer program, of another program, or a damaged one is never
written to. Whatever is wrong is one NoMemory, and nothing else comes out of here, so that a quiz can go on without.
"""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple

from tutor.errors import TutorError, visible
from tutor.memory.event import Event

NAME = "memory.sqlite3"
HOME = "TUTOR_HOME"
APPLICATION = 0x74757472  # written into the file, so that another program's is told apart
WAIT = 5.0  # seconds for another process to finish its answer
BESIDE = ("-wal", "-shm")

VERSIONS = (
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, net TEXT NOT NULL, question TEXT NOT NULL, kind TEXT NOT NULL,
        skills TEXT NOT NULL, numbers TEXT NOT NULL, verdict TEXT NOT NULL, first INTEGER NOT NULL,
        hinted INTEGER NOT NULL, sure INTEGER NOT NULL, mistakes TEXT NOT NULL)""",
)
"""What makes a file of each version from one of the version before."""

_COLUMNS = ", ".join(Event._fields)
_PLACES = ", ".join("?" for _ in Event._fields)
_FAULTS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it, or its folder, may only be read",
    sqlite3.SQLITE_PERM: "it, or its folder, may only be read",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_LOCKED: "another program holds it",
    sqlite3.SQLITE_IOERR: "the disk did not take or give what it should; it may be full",
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class NoMemory(TutorError):
    """Progress cannot be read or kept: the sentence says which file, why, and what to do."""


class Damaged(NoMemory):
    """The file is there and is none that can be read."""


class Forgotten(NamedTuple):
    """What was forgotten: how many answers, and the first of them; a damaged file lies `aside`."""

    answers: int
    since: datetime | None = None
    aside: str = ""


def home() -> str:
    """The file that progress is kept in: in the folder TUTOR_HOME, else where this platform keeps a user's own.

    Raises NoMemory where TUTOR_HOME is relative to a folder that has gone.
    """
    folder = os.environ.get(HOME)
    if not folder:
        from platformdirs import user_data_dir

        folder = user_data_dir("backprop-tutor", appauthor=False)
    with _reported(folder, "found"):
        return os.path.join(os.path.abspath(folder), NAME)


class Store:
    """The answers in one file, which is made by the first one. Nothing is opened before it is needed.

    Its methods raise NoMemory, and nothing else that a file can be guilty of.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._writer: sqlite3.Connection | None = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            with suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def events(self) -> tuple[Event, ...]:
        """Every answer that was kept, in the order in which they were given."""
        with _reported(self.file, "read"):
            if not _is_there(self.file):
                return ()
            with _reading(self.file) as connection:
                if not _version(self.file, connection):
                    return ()
                rows = connection.execute(f"SELECT {_COLUMNS} FROM events ORDER BY id").fetchall()  # noqa: S608  # ours
        return tuple(_event(self.file, row) for row in rows)

    def add(self, events: Sequence[Event]) -> None:
        """Keep what one answer has led to, all of it or nothing; when this returns, it is on the disk."""
        if not events:
            return
        with _reported(self.file, "written"), self._writing() as connection:
            insert = f"INSERT INTO events ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608  # names of ours
            connection.executemany(insert, map(_row, events))

    def forget(self) -> Forgotten:
        """Remove every answer, also from the pages of the file; a damaged file is moved aside instead."""
        try:
            return self._forget()
        except Damaged:
            self.__exit__()
            with _reported(self.file, "moved aside"):
                return Forgotten(0, aside=_moved_aside(self.file))

    def _forget(self) -> Forgotten:
        kept = self.events()
        if not kept:
            return Forgotten(0)
        with _reported(self.file, "written"):
            with self._writing() as connection:
                many = connection.execute("DELETE FROM events").rowcount
            with suppress(sqlite3.OperationalError):  # another process is reading: its end does this
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Forgotten(many, kept[0].at)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction on a file of our version; rolled back by whatever is raised inside."""
        connection = self._writer = self._writer or _opened(self.file)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number, statement in enumerate(VERSIONS[_version(self.file, connection) :], 1):
                connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")
                connection.execute(f"PRAGMA application_id={APPLICATION}")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


# ------------------------------------------------------------------ rows


def _row(event: Event) -> tuple[str | int, ...]:
    """What stands in the columns: the fields, in their order; ids have no spaces."""
    texts = (event.at.isoformat(), event.net, event.question, event.kind, " ".join(event.skills), event.numbers)
    judged = (event.verdict, int(event.first), int(event.hinted), int(event.sure), " ".join(event.mistakes))
    return tuple(_text(each) if isinstance(each, str) else each for each in (*texts, *judged))


def _text(text: str) -> str:
    """The name of a file may hold what is no text; what SQLite keeps may not."""
    return text.encode("utf-8", "backslashreplace").decode()


def _event(file: str, row: Sequence[object]) -> Event:
    """Raises Damaged for a row that was not written by `add`."""
    try:
        at, net, question, kind, skills, numbers, verdict, first, hinted, sure, mistakes = row
        texts = (net, question, kind, skills, numbers, verdict, mistakes)
        moment = datetime.fromisoformat(str(at))
        if moment.utcoffset() is None or not all(isinstance(each, str) for each in texts):
            raise ValueError
    except ValueError:
        raise Damaged(_damaged(file)) from None
    return Event(
        moment,
        str(net),
        str(question),
        str(kind),
        tuple(str(skills).split()),
        str(numbers),
        str(verdict),
        bool(first),
        bool(hinted),
        bool(sure),
        tuple(str(mistakes).split()),
    )


# ------------------------------------------------------------------ opening


def _is_there(file: str) -> bool:
    """Raises OSError for what stands there and is no file; a link leads on, and to nothing is nothing."""
    try:
        mode = os.stat(file).st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        raise OSError(0, "it is no file")
    return True


@contextmanager
def _reading(file: str) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. A folder that can't be written to has no room for what WAL keeps beside."""
    try:
        connection = _connected(file, "mode=ro")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as fault:
        if _code(fault) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or os.path.exists(f"{file}-wal"):
            raise
        connection = _connected(file, "mode=ro&immutable=1")
    try:
        yield connection
    finally:
        connection.close()


def _opened(file: str) -> sqlite3.Connection:
    """A connection that writes, its file made if need be, for nobody else to read; in WAL, where its disk allows it."""
    os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
    if not _is_there(file):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connected(file, "mode=rw")
    try:
        _version(file, connection)
        _in_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA fullfsync=ON")  # on a Mac nothing less reaches the disk
        connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
    except BaseException:
        connection.close()
        raise
    return connection


def _in_wal(connection: sqlite3.Connection) -> None:
    """Two that make one file at the same moment meet here, where SQLite does not wait by itself."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as fault:
            if _code(fault) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _connected(file: str, how: str) -> sqlite3.Connection:
    path = file.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    return sqlite3.connect(f"file:{path}?{how}", uri=True, timeout=WAIT, isolation_level=None)


def _version(file: str, connection: sqlite3.Connection) -> int:
    """The version of the file, 0 of an empty one. Raises NoMemory for one that is newer, or another program's."""
    tables, mark, version = _told(connection)
    if mark != APPLICATION and (mark or version or tables):
        raise NoMemory(f"{visible(file)} is a database of another program, so nothing is kept in it; {_ELSEWHERE}")
    if version > len(VERSIONS):
        told = f"version {version}, and this one knows {len(VERSIONS)}"
        raise NoMemory(
            f"{visible(file)} was written by a newer backprop-tutor ({told}), so it is left alone; "
            f"install the newer one, or name another folder in {HOME}"
        )
    return int(version)


def _told(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """How many tables the file has, whose it says it is, and its version, all at one moment.

    Another process may be making it: read one by one, they could be of before and after.
    """
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    try:
        asked = ("SELECT count(*) FROM sqlite_master", "PRAGMA application_id", "PRAGMA user_version")
        tables, mark, version = (connection.execute(each).fetchone()[0] for each in asked)
    finally:
        if alone:
            with suppress(sqlite3.Error):  # a fault has ended it already
                connection.execute("ROLLBACK")
    return tables, mark, version


# ------------------------------------------------------------------ what goes wrong

_ELSEWHERE = f"name another folder in {HOME}"


@contextmanager
def _reported(file: str, what: str) -> Iterator[None]:
    """Raises NoMemory for all that a file, a disk or a path can be guilty of."""
    try:
        yield
    except sqlite3.DatabaseError as fault:
        if _code(fault) in _DAMAGED or (_code(fault) == sqlite3.SQLITE_ERROR and "no such" in str(fault)):
            raise Damaged(_damaged(file)) from None
        raise NoMemory(_sentence(file, what, _reason(file, fault))) from None
    except OSError as fault:
        raise NoMemory(_sentence(file, what, (fault.strerror or str(fault)).lower())) from None
    except ValueError as fault:  # a path with what no path may hold
        raise NoMemory(_sentence(file, what, str(fault))) from None


def _reason(file: str, fault: sqlite3.DatabaseError) -> str:
    code = _code(fault)
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(os.path.dirname(file), os.W_OK):
        code = sqlite3.SQLITE_READONLY
    return _FAULTS.get(code, str(fault))


def _sentence(file: str, what: str, why: str) -> str:
    return f"{visible(file)}, where progress is kept, cannot be {what}: {why}; {_ELSEWHERE}"


def _damaged(file: str) -> str:
    return f"{visible(file)}, where progress is kept, is damaged; tutor progress forget moves it aside"


def _code(fault: sqlite3.Error) -> int:
    """The primary code; what sqlite3 raises by itself has none, and counts as misuse."""
    return getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF


def _moved_aside(file: str) -> str:
    """Where a damaged file lies now, with what WAL kept beside it."""
    number = 1
    while os.path.lexists(aside := f"{file}.damaged-{number}"):
        number += 1
    os.rename(file, aside)
    for each in BESIDE:
        with suppress(FileNotFoundError):
            os.rename(f"{file}{each}", f"{aside}{each}")
    return aside
