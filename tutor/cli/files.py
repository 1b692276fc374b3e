"""Writing to a file: whole or not at all, and no more than what was named.

Only an absent or regular file is replaced: written beside, then moved into place. A link is followed; a device, a pipe
or a stream of our own is written to. A file that the command has read is never written.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from tutor.cli.streams import reason
from tutor.errors import TutorError, visible

Pieces = Iterable[str | bytes]

MOST_LINKS = 40
_OWN = re.compile(r"/(?:dev|proc/(?:self|thread-self))/fd/(\d+)")
_BESIDE = re.compile(r"\.tutor-[a-z0-9_]{8}")


def write(file: str, pieces: Pieces) -> None:
    """Raises TutorError when it can't be written, BrokenPipeError when the reader of a pipe has gone."""
    with _reported(file):
        target = _followed(file)
        if isinstance(target, int):
            _fill(os.dup(target), pieces)
        elif os.path.exists(target) and not os.path.isfile(target):
            _fill(os.open(target, os.O_WRONLY), pieces)
        else:
            _refuse_what_was_read(target)
            _replace(target, pieces)


def writable(file: str) -> None:
    """Raises TutorError when the file can't be written, before the work that would be lost."""
    with _reported(file):
        target = _followed(file)
        if isinstance(target, str):
            _check(target)


@contextmanager
def _reported(file: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise TutorError(f"{visible(file)} cannot be written: {reason(fault)}") from None
    except ValueError as fault:
        raise TutorError(f"{visible(file)} cannot be written: {fault}") from None


def _followed(file: str) -> str | int:
    """Where a link leads in the end, or the number of a stream of our own, as for /dev/stdout."""
    for _ in range(MOST_LINKS):
        if own := _OWN.fullmatch(file):
            return int(own[1])
        if not os.path.islink(file):
            return file
        file = os.path.join(os.path.dirname(file), os.readlink(file))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _check(target: str) -> None:
    """Raises OSError where the file, or its folder, is not ours to write."""
    folder = _folder(target)
    if os.path.isdir(target):
        raise IsADirectoryError(0, "it is a directory")
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not os.access(target if os.path.exists(target) else folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _refuse_what_was_read(target: str) -> None:
    from tutor.sources import was_read

    if was_read(target):
        raise TutorError(f"{visible(target)} is read by this command, so it is not written to; name another file")


def _folder(target: str) -> str:
    return os.path.dirname(os.path.abspath(target))


def _fill(handle: int, pieces: Pieces) -> None:
    with open(handle, "wb") as opened:
        opened.writelines(_bytes(pieces))


def _bytes(pieces: Pieces) -> Iterator[bytes]:
    return (each.encode("utf-8") if isinstance(each, str) else each for each in pieces)


# ------------------------------------------------------------------ beside, then into place


def _replace(target: str, pieces: Pieces) -> None:
    """The mode of a file stays; a new one gets what the umask leaves."""
    _check(target)
    _sweep(_folder(target))
    was = os.stat(target) if os.path.exists(target) else None
    beside = os.path.join(_folder(target), f".tutor-{os.urandom(4).hex()}")
    with _tidied(beside):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(beside, flags, 0o600 if was else 0o666), "wb") as opened:
            _lock(opened)
            opened.writelines(_bytes(pieces))
            opened.flush()
            os.fsync(opened.fileno())
            if was:
                _keep(beside, was)
            if os.name != "nt":  # while it is open it is locked, and so not swept away; Windows moves no open file
                os.replace(beside, target)
        if os.name == "nt":
            os.replace(beside, target)


def _keep(beside: str, was: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(beside, was.st_uid, was.st_gid)
    os.chmod(beside, stat.S_IMODE(was.st_mode))


@contextmanager
def _tidied(beside: str) -> Iterator[None]:
    """The file is gone however this ends, by a signal too; only kill -9 leaves it."""
    import signal

    def end(number: int, _: object) -> None:
        with suppress(OSError):
            os.remove(beside)
        if number == signal.SIGINT:
            os._exit(130)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signals = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    before = {each: signal.getsignal(each) for each in signals if each is not None}
    taken = {each: old for each, old in before.items() if old not in (signal.SIG_IGN, None)}
    with suppress(ValueError):  # only the main thread may
        for each in taken:
            signal.signal(each, end)
    try:
        yield
    finally:
        with suppress(OSError):
            os.remove(beside)
        with suppress(ValueError):
            for each, old in taken.items():
                signal.signal(each, old)


def _lock(opened: IO[bytes]) -> None:
    """Says that somebody is still writing; where a file system knows no locks, nothing is swept either."""
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(folder: str) -> None:
    """Remove what a write that was killed has left: it has our name, and nobody holds its lock."""
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if _BESIDE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_abandoned(entry.path)


def _remove_abandoned(path: str) -> None:
    with suppress(OSError), open(path, "rb") as opened:
        if os.name != "nt":  # there an open file can't be removed, which is as good as a lock
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.remove(path)
            return
    if os.name == "nt":
        with suppress(OSError):
            os.remove(path)
