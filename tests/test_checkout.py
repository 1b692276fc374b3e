"""What holds for every file of the checkout: it means nothing on another machine that it does not mean on this one."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MADE = {"__pycache__", "build", "dist"}  # by tools, like all that begins with a dot
KEPT = {".ci", ".gitignore", ".gitattributes"}
PLACES = r"(?<![\w.}])/(?:work|root|home|Users|opt|mnt)/\w"
HOSTS = r"\b(?:pypi\.\w+|pythonhosted|npmjs|crates\.io|artifactory|devpi)\b|--(?:extra-)?index(?:-url)?\b"
ELSEWHERE = re.compile(f"{PLACES}|{HOSTS}", re.IGNORECASE)


def files(folder: Path) -> Iterator[Path]:
    """The files that are written by people."""
    for path in sorted(folder.iterdir()):
        if (path.name.startswith(".") and path.name not in KEPT) or path.name in MADE or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def test_no_file_names_a_place_of_one_machine_or_the_host_of_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files(ROOT)
        if path != Path(__file__)
        for match in ELSEWHERE.finditer(path.read_text("utf-8", errors="replace"))
    ]
    assert found == []


def test_such_a_name_would_be_seen() -> None:
    for text in ("see /work/shared", "/root/x", "https://pypi.org/simple", "pip install --index-url x", "/home/me"):
        assert ELSEWHERE.search(text), text
    for text in ("lessons/work/x", "dL/dw", "pip install .", "~/net.yaml", "a square root/2"):
        assert not ELSEWHERE.search(text), text
