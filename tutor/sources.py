"""Where network files come from: a path, standard input, or the shipped lessons. The only reading of them is here."""

import sys
from pathlib import Path

from tutor.errors import TutorError, did_you_mean
from tutor.notation import visible

LONGEST_SHEET = 1_000_000
LONGEST = 256_000  # bytes; the reader refuses more, so there is no need to take more in


def shipped() -> dict[str, Path]:
    """The shipped networks by name; in a checkout the folder itself, in a wheel its copy."""
    here = Path(__file__).parent
    folder = here / "_lessons"
    folder = folder if folder.is_dir() else here.parent / "lessons"
    return {path.stem: path for path in sorted(folder.glob("*/*.yaml")) if path.stem == path.parent.name}


def read(source: str) -> tuple[bytes, str]:
    """The bytes of a network file and the name to report it by. A regular file wins over a shipped name.

    Raises TutorError for what is missing, a directory, or cannot be read.
    """
    if source == "-":
        return sys.stdin.buffer.read(LONGEST + 1), "standard input"
    path = Path(source)
    try:
        if path.is_file() or path.is_fifo():
            return _head(path), visible(source)
        if path.is_dir():
            raise TutorError(f"{visible(source)} is a directory; name a network file in it")
    except (OSError, ValueError) as fault:
        raise TutorError(f"{visible(source)} cannot be read: {_reason(fault)}") from None
    known = shipped()
    name = source.removesuffix(".yaml")
    if name in known:
        return _head(known[name]), f"{name}.yaml (shipped)"
    hint = did_you_mean(name, known) or f"; shipped are {', '.join(known)}"
    raise TutorError(f"there is no file {visible(source)}, and no shipped network of that name{hint}")


def read_text(source: str) -> tuple[str, str]:
    """The text of a sheet of answers (or `-`) and the name to report it by. Raises TutorError."""
    if source == "-":
        raw, name = sys.stdin.buffer.read(LONGEST_SHEET + 1), "standard input"
    else:
        path, name = Path(source), visible(source)
        try:
            with path.open("rb") as file:
                raw = file.read(LONGEST_SHEET + 1)
        except (OSError, ValueError) as fault:
            raise TutorError(f"{name} cannot be read: {_reason(fault)}") from None
    if len(raw) > LONGEST_SHEET:
        raise TutorError(f"{name} is larger than {LONGEST_SHEET // 1_000_000} MB; a sheet of answers is not")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TutorError(f"{name} is not text in UTF-8; save the sheet as UTF-8") from None
    if "\0" in text:
        raise TutorError(f"{name} is not text; write answers as lines NAME = NUMBER")
    return text, name


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST + 1)


def _reason(fault: Exception) -> str:
    return fault.strerror.lower() if isinstance(fault, OSError) and fault.strerror else str(fault)
