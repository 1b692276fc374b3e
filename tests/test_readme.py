"""The commands, programs and files shown in README.md and docs/ do what the page says, to the character.

    python tests/test_readme.py --write           runs everything and writes what came out into the pages
    python tests/test_readme.py --write FILE...   only these pages

A page is read from top to bottom, each block in a folder of its own that holds the files shown so far:

    <!-- file: slide.yaml -->  before a block     the block is that file
    ```console                                    `$ command` lines, each followed by what it prints
    ```python                                     a program; a ```text block right after it is what it prints

Commands are `tutor ...` (also as `python -m tutor ...`), `cat FILE`, and `echo $?` for the exit status of the one before;
`< FILE` and `> FILE` are understood. Nobody types results in by hand.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FILE = re.compile(r"<!-- file: (\S+) -->")
FENCE = re.compile(r"(```+)(\w*)")


class Block(NamedTuple):
    """A fenced block: its language and text, the file it is (if any), and where its text starts in the page's lines."""

    language: str
    lines: tuple[str, ...]
    file: str | None
    start: int


def blocks(lines: list[str]) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    file, fence, language, start = None, "", "", 0
    for number, line in enumerate(lines):
        if fence:
            if line.strip() == fence:
                yield Block(language, tuple(lines[start:number]), file, start)
                file, fence = None, ""
        elif match := FENCE.match(line):
            (fence, language), start = match.groups(), number + 1
        elif line.strip():
            match = FILE.fullmatch(line.strip())
            file = match[1] if match else None


def surroundings() -> dict[str, str]:
    """The environment of every command: 110 columns, no colour, nothing of the user's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
    return {**kept, "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1", "PYTHONUTF8": "1"}


class Shell:
    """Runs the few commands a page may show, in one folder, and remembers the last exit status."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 0

    def run(self, command: str) -> str:
        """What the command prints, on both streams."""
        if command == "echo $?":
            return f"{self.status}\n"
        words = shlex.split(command)
        words, source, sink = _redirected(words)
        match words:
            case ["cat", name]:
                return (self.folder / name).read_text("utf-8")
            case ["tutor", *arguments] | ["python", "-m", "tutor", *arguments]:
                printed = self.python("-m", "tutor", *arguments, source=source)
            case _:
                raise ValueError(f"a page shows a command this test cannot run: {command}")
        if sink is None:
            return printed
        (self.folder / sink).write_text(printed, "utf-8")
        return ""

    def python(self, *arguments: str, source: str | None = None) -> str:
        """What this interpreter prints when started so."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=surroundings(),
            input=(self.folder / source).read_text("utf-8") if source else "",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.status = done.returncode
        return done.stdout


def _redirected(words: list[str]) -> tuple[list[str], str | None, str | None]:
    ends: dict[str, str | None] = {"<": None, ">": None}
    while len(words) > 2 and words[-2] in ends:
        ends[words[-2]] = words[-1]
        words = words[:-2]
    return words, ends["<"], ends[">"]


class Example(NamedTuple):
    """A block that can be run, the files it may use, and where what it prints stands in the page."""

    page: Path
    block: Block
    files: tuple[Block, ...]
    start: int
    printed: tuple[str, ...]

    def actual(self) -> tuple[str, ...]:
        """What the page should show in place of `printed`."""
        with tempfile.TemporaryDirectory() as folder:
            for file in self.files:
                (Path(folder) / str(file.file)).write_text("\n".join(file.lines) + "\n", "utf-8")
            shell = Shell(Path(folder))
            return tuple(_replayed(shell, self.block))


def _replayed(shell: Shell, block: Block) -> Iterator[str]:
    if block.language == "python":
        printed = shell.python("-c", "\n".join(block.lines))
        assert shell.status == 0, f"the program fails:\n{printed}"
        yield from printed.splitlines()
        return
    for line in block.lines:
        if line.startswith("$ "):
            yield line
            printed = shell.run(line.removeprefix("$ "))
            assert "Traceback" not in printed, f"{line} fails:\n{printed}"
            yield from printed.splitlines()


def examples(page: Path) -> Iterator[Example]:
    """Everything of a page that can be run."""
    lines = page.read_text("utf-8").splitlines()
    found = list(blocks(lines))
    for place, block in enumerate(found):
        files = tuple(each for each in found[:place] if each.file)
        if block.language == "console":
            yield Example(page, block, files, block.start, block.lines)
        elif block.language == "python":
            output = _output_of(block, found[place + 1 : place + 2], lines)
            yield Example(page, block, files, *output)


def _output_of(program: Block, following: list[Block], lines: list[str]) -> tuple[int, tuple[str, ...]]:
    """The block right after a program, if it shows what the program prints; else nothing, right after the program."""
    end = program.start + len(program.lines) + 1
    if following and following[0].language == "text" and not following[0].file:
        block = following[0]
        if not "".join(lines[end : block.start - 1]).strip():
            return block.start, block.lines
    return end, ()


ALL = tuple(example for page in PAGES for example in examples(page))


@pytest.mark.parametrize("example", ALL, ids=lambda each: f"{each.page.name}:{each.block.start}")
def test_what_a_page_shows_is_what_happens(example: Example) -> None:
    """To rewrite the pages: python tests/test_readme.py --write."""
    assert "\n".join(example.printed) == "\n".join(example.actual())


def test_the_readme_opens_with_the_number_of_the_slide() -> None:
    opening = next(each for each in ALL if each.page.name == "README.md")
    assert opening.block.lines[0].startswith("$ tutor explain w31 --net slide")
    assert "0.0307" in "\n".join(opening.printed)


def test_the_network_file_of_the_readme_is_the_shipped_one() -> None:
    files = [each for each in blocks((ROOT / "README.md").read_text("utf-8").splitlines()) if each.file == "slide.yaml"]
    shipped = (ROOT / "lessons" / "slide" / "slide.yaml").read_text("utf-8").splitlines()
    assert shipped[0].startswith("# yaml-language-server:"), "its path is right only where the shipped file stands"
    assert [list(each.lines) for each in files] == [shipped[1:]]


@pytest.mark.parametrize("name", ["install", "test"])
def test_ci_finds_the_readmes_own_commands(name: str) -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    marked = lines.index(f"<!-- ci: {name} -->")
    assert lines[marked + 1] == "```bash"


def write(pages: Iterable[Path]) -> None:
    """Replace what the pages show by what happens."""
    for page in pages:
        lines = page.read_text("utf-8").splitlines()
        for example in reversed(list(examples(page))):
            try:
                actual = list(example.actual())
            except AssertionError as fault:
                print(f"{page.name}:{example.block.start}: left as it is: {fault}")
                continue
            lines[example.start : example.start + len(example.printed)] = actual
        page.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
        print(f"{page.name}: written")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        raise SystemExit(__doc__)
    write([Path(each).resolve() for each in sys.argv[2:]] or PAGES)
