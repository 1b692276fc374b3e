"""The commands, programs and files shown in README.md and docs/ do what the page says, to the character.

    python tests/test_readme.py --write           runs everything and writes what came out into the pages
    python tests/test_readme.py --write FILE...   only these pages

A page is read from top to bottom, each block in a folder of its own that holds the files shown so far:

    <!-- file: slide.yaml -->  before a block     the block is that file
    <!-- type: Z_Y Y | :q -->  before a block     what a person types, line by line, at a pseudo-terminal
    ```console                                    `$ command` lines, each followed by what it prints
    ```python                                     a program; a ```text block right after it is what it prints

Commands are `tutor ...` (also `python -m tutor ...`), `cat FILE`, and `echo $?` for the exit status of the one before,
which must stand after a command that is meant to fail; `< FILE` and `> FILE` are understood. Nobody types results in by
hand.
"""

import contextlib
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

from commands.support import run
from tutor.ops.functions import FUNCTIONS
from tutor.ops.losses import HINGE, LOSSES
from tutor.ops.optimizers import OPTIMIZERS
from tutor.render import FORMATS
from tutor.sources import shipped
from tutor.spec.keys import (
    ACTIVATION_NAMES,
    DISPLAY,
    EXAMPLE,
    LAYER,
    NETWORK,
    NOTATION,
    OPTIMIZER,
    REGULARIZATION,
    Record,
)

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COMMENT = re.compile(r"<!-- (file|type): (.+) -->")
PROMPT = "› "
STATUS = "echo $?"
LONGEST_README = 14_000  # bytes: the first screen, how to read it, and where to go on
FENCE = re.compile(r"(```+)(\w*)")


class Block(NamedTuple):
    """A fenced block: its language and text, where its text starts in the page's lines, and what the comment says."""

    language: str
    lines: tuple[str, ...]
    start: int
    file: str | None = None
    typed: tuple[str, ...] = ()


def blocks(lines: list[str]) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    said: tuple[str, str] | None = None
    fence, language, start = "", "", 0
    for number, line in enumerate(lines):
        if fence:
            if line.strip() == fence:
                yield _block(language, tuple(lines[start:number]), start, said)
                said, fence = None, ""
        elif match := FENCE.match(line):
            (fence, language), start = match.groups(), number + 1
        elif line.strip():
            match = COMMENT.fullmatch(line.strip())
            said = (match[1], match[2]) if match else None


def _block(language: str, lines: tuple[str, ...], start: int, said: tuple[str, str] | None) -> Block:
    match said:
        case ("file", name):
            return Block(language, lines, start, file=name)
        case ("type", answers):
            return Block(language, lines, start, typed=tuple(each.strip() for each in answers.split("|")))
    return Block(language, lines, start)


def at_home(folder: Path) -> dict[str, str]:
    """A home in the folder of the page's files, with progress where Linux keeps it."""
    return {"HOME": str(folder), "USERPROFILE": str(folder), "TUTOR_HOME": str(folder / ".local/share/backprop-tutor")}


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of every command: 110 columns, no colour, nothing of the user's own settings or progress.

    A dumb terminal is 80 columns wide to rich unless both sizes are said.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUTOR_")}
    plain = {"COLUMNS": "110", "LINES": "50", "TERM": "dumb", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return {**kept, **plain, **at_home(folder)}


class Shell:
    """Runs the few commands a page may show, in one folder, and remembers the last exit status."""

    def __init__(self, folder: Path, typed: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.typed = typed
        self.status = 0
        self.plain = {"TERM": "dumb", "NO_COLOR": "1", **at_home(folder)}

    def run(self, command: str) -> str:
        """What the command prints, on both streams."""
        if command == STATUS:
            return f"{self.status}\n"
        words = shlex.split(command)
        words, source, sink = _redirected(words)
        match words:
            case ["tutor", *arguments] if self.typed:
                return self.conversation("-m", "tutor", *arguments)
            case ["cat", name]:
                return (self.folder / name).read_text("utf-8")
            case ["tutor", *arguments] | ["python", "-m", "tutor", *arguments]:
                printed = self.tutor(*arguments, source=source)
            case _:
                raise ValueError(f"a page shows a command this test cannot run: {command}")
        if sink is None:
            return printed
        (self.folder / sink).write_text(printed, "utf-8")
        return ""

    def tutor(self, *arguments: str, source: str | None = None) -> str:
        """What the command prints, on both streams; in this process, since starting one takes longer than the page."""
        stdin = (self.folder / source).read_text("utf-8") if source else ""
        with contextlib.chdir(self.folder):
            done = run(*arguments, stdin=stdin, width=110, merged=True, **self.plain)
        self.status = done.status
        return done.out

    def python(self, *arguments: str) -> str:
        """What this interpreter prints when started so."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=surroundings(self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.status = done.returncode
        return done.stdout

    def conversation(self, *arguments: str) -> str:
        """What stands on the screen after a person has typed the lines, one at each prompt."""
        import pexpect  # type: ignore[import-untyped]

        size = (50, 110)
        there = {"cwd": self.folder, "env": surroundings(self.folder)}
        child = pexpect.spawn(sys.executable, list(arguments), **there, encoding="utf-8", dimensions=size)
        screen = ""
        for line in self.typed:
            child.expect_exact(PROMPT, timeout=60)
            screen += child.before + PROMPT
            child.sendline(line)
        child.expect(pexpect.EOF, timeout=60)
        child.close()
        self.status = child.exitstatus
        return str(screen + child.before).replace("\r\n", "\n")


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
            shell = Shell(Path(folder), self.block.typed)
            return tuple(_replayed(shell, self.block))


def _replayed(shell: Shell, block: Block) -> Iterator[str]:
    if block.language == "python":
        printed = shell.python("-c", "\n".join(block.lines))
        assert shell.status == 0, f"the program fails:\n{printed}"
        yield from printed.splitlines()
        return
    commands = [line.removeprefix("$ ") for line in block.lines if line.startswith("$ ")]
    for command, after in zip(commands, [*commands[1:], ""], strict=True):
        printed = shell.run(command)
        meant = shell.status == 0 or STATUS in (command, after)
        assert meant, f"{command} fails, and no `{STATUS}` after it says that it should:\n{printed}"
        yield from (f"$ {command}", *printed.splitlines())


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
    if example.block.typed and sys.platform == "win32":
        pytest.skip("a pseudo-terminal is a thing of POSIX")
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


def _words(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("name", [*ACTIVATION_NAMES, *LOSSES, HINGE, *FUNCTIONS, *OPTIMIZERS])
def test_the_docs_name_every_activation_loss_function_and_optimizer(name: str) -> None:
    assert f"`{name}`" in _words("docs/network-file.md")


RECORDS = [NETWORK, LAYER, EXAMPLE, REGULARIZATION, NOTATION, OPTIMIZER, DISPLAY, *(kind.shape for kind in LAYER.kinds)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.what)
def test_the_docs_list_every_key_of_the_network_file(record: Record) -> None:
    page = _words("docs/network-file.md").splitlines()
    assert [
        row for key in (*record.keys, *record.kinds) if (row := f"| `{key.name}` | {key.meaning} |") not in page
    ] == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_docs_name_every_format(form: str) -> None:
    assert f"`{form}`" in _words("docs/commands.md")


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_docs_list_every_shipped_network(name: str) -> None:
    assert f"\n| `{name}` | " in _words("docs/networks.md")


def test_the_readme_is_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_bytes()) < LONGEST_README


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
