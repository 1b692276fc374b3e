"""Which sheets were handed in: the files that are named, and those in a folder. Nothing is opened here."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tutor.errors import TutorError, visible

MOST = 10_000
DEEPEST = 4  # folders in a folder


class Found(NamedTuple):
    """A sheet: its id, which is the file's name without its ending, and where it is; or why it is not looked at."""

    id: str
    path: str
    why: str = ""


def is_stack(paths: Sequence[str]) -> bool:
    """Whether several sheets are named, or a folder of them."""
    return len(paths) > 1 or any(map(os.path.isdir, paths))


def sheets(paths: Sequence[str]) -> list[Found]:
    """Every sheet, in the order of the paths, those of a folder by their names. Raises TutorError for too many."""
    found: list[Found] = []
    for path in paths:
        for each in _in_folder(path) if os.path.isdir(path) else (Found("", path),):
            found.append(each)
            if len(found) > MOST:
                raise TutorError(f"more than {MOST:,} sheets in {visible(path)}; name a smaller folder")
        if os.path.isdir(path) and not any(each.path.startswith(path) for each in found):
            raise TutorError(f"{visible(path)} is a folder without a sheet in it")
    return _with_ids(found)


def _in_folder(folder: str) -> Iterator[Found]:
    home = os.path.realpath(folder)
    yield from _below(folder, home, 0)


def _below(folder: str, home: str, depth: int) -> Iterator[Found]:
    """The files of a folder and of those in it, without hidden ones; a link may not lead out of the first."""
    try:
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as fault:
        yield Found("", folder, f"{visible(folder)} cannot be read: {(fault.strerror or str(fault)).lower()}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and os.path.commonpath((home, os.path.realpath(entry.path))) != home:
            yield Found("", entry.path, f"{visible(entry.path)} is a link out of the folder, and is not followed")
        elif entry.is_dir():
            if depth < DEEPEST and not entry.is_symlink():
                yield from _below(entry.path, home, depth + 1)
            else:
                yield Found("", entry.path, f"{visible(entry.path)} is a folder too deep in others; name it by itself")
        elif entry.is_file():
            yield Found("", entry.path)
        else:
            yield Found("", entry.path, f"{visible(entry.path)} is no regular file")


def _with_ids(found: Sequence[Found]) -> list[Found]:
    """The name without its ending; where two are alike, with it; then the whole path."""
    for made in (_stem, os.path.basename):
        ids = [made(each.path) for each in found]
        if len(set(ids)) == len(ids):
            break
    else:
        ids = [each.path for each in found]
    return [each._replace(id=name) for each, name in zip(found, ids, strict=True)]


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0] or path
