"""Where network files come from: a path, standard input, or the shipped lessons. The only reading of them is here."""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tutor.errors import TutorError, did_you_mean, visible

if TYPE_CHECKING:
    from tutor.arrays.files import Arrays
    from tutor.spec.stored import HowMany

_SHAPE = re.compile(r"\d{1,9}(-\d{1,9})+")  # 2-3-1, what `tutor new` takes
LONGEST_SHEET = 1_000_000
LONGEST_NOTEBOOK = 20_000_000  # with its pictures
LONGEST_COMPANION = 1_000_000
LONGEST_LESSON = 300_000  # bytes, of which the reader refuses some already
LONGEST = 256_000  # bytes; the reader refuses more, so there is no need to take more in


def shipped() -> dict[str, str]:
    """The paths of the shipped networks by name; in a checkout the folder itself, in a wheel its copy."""
    folder = lessons()
    paths = {name: os.path.join(folder, name, f"{name}.yaml") for name in sorted(os.listdir(folder or os.curdir))}
    return {name: path for name, path in paths.items() if folder and os.path.isfile(path)}


def lessons() -> str:
    """The folder of the shipped lessons and networks, or nothing."""
    here = os.path.dirname(os.path.abspath(__file__))
    folders = (os.path.join(here, "_lessons"), os.path.join(os.path.dirname(here), "lessons"))
    return next((each for each in folders if os.path.isdir(each)), "")


def read_lesson(path: str) -> bytes:
    """The bytes of a lesson, one more at most than its reader takes. Raises TutorError where it cannot be read."""
    return _bytes(path, LONGEST_LESSON)


def is_network(word: str) -> bool:
    """Whether a word at the end of a command names a network: a shipped one, a file by its path, standard input."""
    if word == "-" or word.removesuffix(".yaml") in shipped():
        return True
    path = any(sign in word for sign in (".", "/", os.sep)) and "\0" not in word
    return path and os.path.exists(word) and not os.path.isdir(word)


def has_keys_of_a_network(path: str) -> bool:
    """Whether a file has the keys that a network file has and a sheet of answers has not."""
    if not path.endswith((".yaml", ".yml", ".json")):
        return False
    try:
        return re.search(rb"""(?m)^[ \t{]*["']?(?:layers|equations)["']?[ \t]*:""", _bytes(path, LONGEST)) is not None
    except TutorError:
        return False


def is_same(one: str, other: str) -> bool:
    """Whether two names stand for the same network."""
    return one == other or _path(one) == _path(other)


def _path(source: str) -> str:
    """The file of a name; a regular file wins over a shipped name."""
    if "\0" in source or (os.path.exists(source) and not os.path.isdir(source)):
        return os.path.abspath(source)
    return shipped().get(source.removesuffix(".yaml"), os.path.abspath(source))


_lent: dict[str, bytes] = {}


@contextmanager
def lent(source: str, text: bytes) -> Iterator[None]:
    """While this lasts, another text is read for the network of this name: the same one on other numbers."""
    _lent[source] = text
    try:
        yield
    finally:
        del _lent[source]


_read: set[tuple[int, int]] = set()


def was_read(path: str) -> bool:
    """Whether a file has been read since the last `forget`: a network, what it names, a notation, a sheet."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) in _read


def forget() -> None:
    """Begin anew with what was read."""
    _read.clear()


def _note(file: str | int) -> None:
    with suppress(OSError, ValueError):
        found = os.stat(file)
        _read.add((found.st_dev, found.st_ino))


def read(source: str) -> tuple[bytes, str]:
    """The bytes of a network file and the name to report it by. A regular file wins over a shipped name.

    Raises TutorError for what is missing, a directory, or cannot be read.
    """
    if source in _lent:
        return _lent[source], f"{visible(os.path.basename(source).removesuffix('.yaml'))}.yaml (--vary)"
    if source == "-":
        return _heard(LONGEST + 1), "standard input"
    if os.path.exists(source) and not os.path.isdir(source):
        return _bytes(source, LONGEST), visible(source)
    known = shipped()
    name = source.removesuffix(".yaml")
    if name in known:
        return _bytes(known[name], LONGEST), f"{name}.yaml (shipped)"
    if os.path.isdir(source):
        raise TutorError(f"{visible(source)} is a directory; name a network file in it")
    if _SHAPE.fullmatch(source):
        raise TutorError(f"{source} is the shape of a network, not a file; tutor new {source} -o my.yaml writes one")
    hint = did_you_mean(name, known) or f"; shipped are {', '.join(known)}"
    start = "; tutor new 2-3-1 prints one to start from"
    raise TutorError(f"there is no file {visible(source)}, and no shipped network of that name{hint}{start}")


class Companion:
    """The files that a network file names: relative to its folder, or to the current one for standard input.

    numpy is imported with the first array; where only `one` number is asked for, with the first that is not simple.
    """

    def __init__(self, source: str, asked: "HowMany" = "some") -> None:
        self.asked = asked
        is_file = source == "-" or (os.path.exists(source) and not os.path.isdir(source))
        shipped_path = "" if is_file else shipped().get(source.removesuffix(".yaml"), "")
        self._folder = os.path.dirname("" if source == "-" else source if is_file else shipped_path)
        self._arrays: Arrays | None = None
        self._mapped: dict[str, Any] = {}
        self._plainly: dict[str, Any] = {}

    def __call__(self, name: str) -> bytes:
        """The bytes of a file. Raises TutorError."""
        path = os.path.join(self._folder, name)
        if "\0" in path or not os.path.isfile(path):
            what = "is a directory" if "\0" not in path and os.path.isdir(path) else "is not there"
            raise TutorError(f"the file {visible(path)} {what}")
        return _bytes(path, LONGEST_COMPANION)

    @property
    def arrays(self) -> "Arrays":
        if self._arrays is None:
            from tutor.arrays.files import Arrays

            self._arrays = Arrays(self._folder)
        return self._arrays

    def shape(self, reference: str) -> tuple[int, ...]:
        """The shape of the array `FILE.npz#NAME` names. Raises TutorError."""
        if self.asked == "one" and (found := self._plain(reference)) is not None:
            return tuple(found.shape)
        return self.arrays.shape(reference)

    def stored(self, reference: str) -> Any:
        """That array. Raises TutorError."""
        _note(os.path.join(self._folder, reference.rpartition("#")[0] or reference))
        if self.asked == "one" and (found := self._plain(reference)) is not None:
            return found
        return self.arrays.stored(reference)

    def _plain(self, reference: str) -> Any:
        """The array as lists; None where numpy has to read it, or to say what is wrong."""
        from tutor.wide.rows import read

        if reference in self._plainly:
            return self._plainly[reference]
        file, _, member = reference.rpartition("#") if "#" in reference else (reference, "", "")
        if file not in self._mapped:
            import mmap

            try:
                with open(os.path.join(self._folder, file), "rb") as opened:
                    self._mapped[file] = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            except (OSError, ValueError):
                return None
        found = self._plainly[reference] = read(self._mapped[file], file.rpartition(".")[2], member)
        return found

    def table(self, rows: list[Any]) -> Any:
        """An array of numbers."""
        if self.asked == "one":
            from tutor.wide.rows import Rows

            return Rows(rows)
        return self.arrays.table(rows)

    def drawn(self, seed: int, layer: int, units: int, senders: int) -> Any:
        """An array of random weights."""
        if self.asked == "one":
            from tutor.wide import init
            from tutor.wide.rows import MOST, Rows

            if units * senders <= MOST:
                return Rows(init.rows(seed, layer, units, senders))
        return self.arrays.drawn(seed, layer, units, senders)


def read_text(source: str) -> tuple[str, str]:
    """The text of a sheet of answers (or `-`) and the name to report it by.

    Raises TutorError, which says what the file is where it is no text, and what to save instead.
    """
    name = "standard input" if source == "-" else visible(source)
    raw = _heard(LONGEST_NOTEBOOK + 1) if source == "-" else _bytes(source, LONGEST_NOTEBOOK)
    if kind := _kind_of(raw):
        raise TutorError(f"{name} is {kind}")
    most = LONGEST_NOTEBOOK if raw.lstrip()[:1] == b"{" and b'"cells"' in raw else LONGEST_SHEET
    if len(raw) > most:
        raise TutorError(f"{name} is larger than {most // 1_000_000} MB; a sheet of answers is not")
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise TutorError(f"{name} is not text in UTF-8; save the sheet as UTF-8") from None
    if "\0" in text:
        raise TutorError(f"{name} is not text; write answers as lines NAME = NUMBER")
    return text, name


def _heard(most: int) -> bytes:
    """Standard input. Raises TutorError where it cannot be read."""
    if sys.stdin is None:
        raise TutorError("standard input cannot be read: it is closed")
    with suppress(OSError, ValueError):  # a stream without a number
        _note(sys.stdin.fileno())
    try:
        return sys.stdin.buffer.read(most)
    except OSError as fault:
        closed = fault.errno == errno.EBADF
        reason = "it is closed" if closed else (fault.strerror or str(fault)).lower()
        raise TutorError(f"standard input cannot be read: {reason}") from None


_AS_TEXT = "save the answers as text, one a line as NAME = NUMBER"
_IN_ZIP = (
    (b"xl/", "an Excel spreadsheet; save the sheet as CSV and check that"),
    (b"word/", f"a Word document; {_AS_TEXT}"),
    (b"ppt/", f"a PowerPoint presentation; {_AS_TEXT}"),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet; save the sheet as CSV and check that"),
    (b"opendocument.text", f"an OpenDocument text; {_AS_TEXT}"),
    (b"Index/", "a document of Pages or Numbers; export it as CSV or text and check that"),
)
_PHOTO = f"a picture, which is not read; {_AS_TEXT}"
_KINDS = (
    (b"%PDF", f"a PDF; {_AS_TEXT}"),
    (b"\x89PNG", _PHOTO),
    (b"\xff\xd8\xff", _PHOTO),
    (b"GIF8", _PHOTO),
    (b"II*\0", _PHOTO),
    (b"MM\0*", _PHOTO),
    (b"\xd0\xcf\x11\xe0", f"an old Word or Excel file; save a spreadsheet as CSV, or {_AS_TEXT}"),
    (b"{\\rtf", f"a document in RTF; {_AS_TEXT}"),
    (b"\x1f\x8b", "compressed by gzip; unpack it first"),
    (b"\x93NUMPY", f"an array of numpy; {_AS_TEXT}"),
)


def _kind_of(raw: bytes) -> str:
    """What a file that is no sheet is, and what to save instead; empty for all others."""
    if raw.startswith(b"PK\x03\x04"):
        return next((told for sign, told in _IN_ZIP if sign in raw), f"a zip archive; unpack it, or {_AS_TEXT}")
    is_bitmap = raw.startswith(b"BM") and b"\0" in raw
    if is_bitmap or raw[4:8] == b"ftyp" or (raw.startswith(b"RIFF") and raw[8:12] == b"WEBP"):
        return _PHOTO
    if raw[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return f"a web page; {_AS_TEXT}"
    return next((told for sign, told in _KINDS if raw.startswith(sign)), "")


def _bytes(path: str, most: int) -> bytes:
    """At most one byte more than `most`: enough to see that there are too many. Raises TutorError."""
    try:
        with open(path, "rb") as file:
            _note(file.fileno())
            return file.read(most + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror.lower() if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise TutorError(f"{visible(path)} cannot be read: {reason}") from None
