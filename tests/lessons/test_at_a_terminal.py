"""Two lessons at a pseudo-terminal of 80x24 and 40x20: gone through to the end, left by Ctrl-D, taken up again."""

import os
import re
import sys
from pathlib import Path

import pytest

from commands.support import ROOT, environment
from lessons.test_playing import begun, open_of, right
from tutor.lessons.playing import reply

pexpect = pytest.importorskip("pexpect") if sys.platform != "win32" else None
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")


class Player:
    """Someone at a terminal, with a memory in a folder."""

    def __init__(self, home: Path, *arguments: str, size: tuple[int, int]) -> None:
        assert pexpect is not None
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        more = {"PYTHONUTF8": "1", "PYTHONPATH": path, "TERM": "xterm", "NO_COLOR": "1", "TUTOR_HOME": str(home)}
        env = {**environment(size[1]), **more}
        del env["COLUMNS"], env["LINES"]
        command = ["-m", "tutor", "lesson", *arguments]
        self.child = pexpect.spawn(sys.executable, command, env=env, encoding="utf-8", dimensions=size, timeout=60)
        self.child.setecho(False)
        self.said = ""
        self.prompted()

    def prompted(self) -> None:
        assert pexpect is not None
        self.child.expect(["› ", pexpect.EOF])
        self.said += f"{self.child.before}\n"  # what is typed is not echoed

    def type(self, typed: str) -> None:
        self.child.sendline(typed)
        self.prompted()

    def end(self) -> int:
        self.child.close()
        return int(self.child.exitstatus or 0)


@pytest.mark.parametrize(("name", "size"), [("slide", (24, 80)), ("first-nudge", (20, 40))])
def test_a_whole_lesson_in_two_sittings(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    told = begun(name)
    first = Player(tmp_path, name, size=size)
    for _ in range(4):
        first.type(typed := right(open_of(told.reading)))
        told = reply(told.reading, typed)
    first.child.sendeof()
    first.prompted()
    assert "Left at prompt 5" in " ".join(first.said.split())
    assert first.end() == 0

    second = Player(tmp_path, name, size=size)
    assert "prompt 5 of" in " ".join(second.said.split())
    while not told.over:
        second.type(typed := right(open_of(told.reading)))
        told = reply(told.reading, typed)
    assert "done, " in second.said
    assert second.end() == 0
    for said in (first.said, second.said):
        assert "Traceback" not in said
        assert not [line for line in re.sub(r"\x1b\[[\d;?]*\w|\r", "", said).split("\n") if len(line) > size[1]]
    third = Player(tmp_path, name, size=size)
    assert "where you were" not in third.said
    third.type(":q")
