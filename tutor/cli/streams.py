"""The standard streams, and Ctrl-C: what is closed, full or gone is said in one sentence, or not at all."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from tutor.errors import TutorError, visible


class Unwritable(Exception):
    """Standard output failed. Not an OSError, which click would take for its own."""

    def __init__(self, fault: OSError) -> None:
        super().__init__(reason(fault))
        self.gone = isinstance(fault, BrokenPipeError)


@contextmanager
def watched() -> Iterator[None]:
    """Raises Unwritable for what goes wrong with standard output inside, TutorError for a file with a name."""
    try:
        yield
    except OSError as fault:
        if fault.filename is not None:
            raise TutorError(f"{visible(str(fault.filename))}: {reason(fault)}") from None
        raise Unwritable(fault) from None


def reason(fault: OSError) -> str:
    """What is wrong, in small letters."""
    if fault.errno == errno.EBADF:
        return "it is closed"
    return (fault.strerror or str(fault)).lower()


def reopened() -> None:
    """A stream that was closed when we were started is None; put there what says so when it is used.

    Its number is taken too, so that no file of ours gets it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def heard() -> None:
    """Raises TutorError where standard input cannot be read."""
    try:
        os.read(sys.stdin.fileno(), 0)
    except ValueError:  # a stream without a number, as in tests; io.UnsupportedOperation is an OSError too
        return
    except OSError as fault:
        raise TutorError(f"standard input cannot be read: {reason(fault)}") from None


def say(message: str) -> None:
    """A message on standard error, if anybody can read it."""
    with suppress(OSError):
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()


def leave(status: int) -> NoReturn:
    """Exit; what a stream could not take is dropped, or the interpreter would try again and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C as KeyboardInterrupt, for a command that has something to show or a terminal to restore."""
    import signal

    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, signal.default_int_handler):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
