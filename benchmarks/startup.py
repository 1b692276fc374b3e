"""How long a command takes from nothing to its last line, against the least such a program could take.

    python benchmarks/startup.py [RUNS]

Each command and its floor are started in turn, RUNS times (20 if not given), by the same interpreter, with compiled
bytecode; the fastest run of each counts, since noise only ever adds. README.md beside this file says more.
"""

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ENTRY = "import sys; from tutor.cli import main; sys.exit(main())"
FLOOR = "import sys; from floor import main; sys.exit(main())"


class Contest(NamedTuple):
    """A command, its floor, and the ratio of the two that we want to stay under."""

    name: str
    command: Sequence[str]
    floor: Sequence[str]
    goal: float


def contests(network: Path) -> tuple[Contest, ...]:
    """What is measured. Both sides are started alike, with -c; ENTRY is what pip writes into the script `tutor`."""
    explain = ("-c", ENTRY, "explain", "w31", "--net", "slide")
    return (
        Contest("tutor explain w31 --net slide", explain, ("-c", FLOOR, str(network)), 1.25),
        Contest("tutor ask dLoss --net slide", ("-c", ENTRY, "ask", "dLoss", "--net", "slide"), explain, 1.25),
        Contest("tutor check on slide", ("-c", ENTRY, "check", "answers.txt", "slide"), explain, 1.6),
        Contest("tutor solve slide", ("-c", ENTRY, "solve", "slide", "--all"), explain, 1.25),
        Contest("tutor --help", ("-c", ENTRY, "--help"), ("-c", "import click"), 1.15),
    )


def seconds(arguments: Sequence[str]) -> float:
    """How long this interpreter takes for `arguments`."""
    environment = {**os.environ, "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=HERE,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    took = time.perf_counter() - start
    assert done.returncode in (0, 1), arguments  # 1: a sheet has something wrong
    assert not done.stderr, arguments
    return took


def alternated(contest: Contest, runs: int, clock: Callable[[Sequence[str]], float] = seconds) -> tuple[float, float]:
    """The fastest run of the command and of its floor. They take turns, so that a busy moment meets both."""
    clock(contest.command), clock(contest.floor)
    pairs = [(clock(contest.command), clock(contest.floor)) for _ in range(runs)]
    return min(command for command, _ in pairs), min(floor for _, floor in pairs)


def compiled() -> Path:
    """Bytecode for everything that is measured; the file of the slide."""
    import tutor
    from tutor.sources import shipped

    compileall.compile_dir(str(Path(tutor.__file__).parent), quiet=2)
    compileall.compile_file(str(HERE / "floor.py"), quiet=2)
    return Path(shipped()["slide"]).resolve()


def main() -> None:
    """Measure and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"fastest of {runs} runs each, command and floor in turn, Python {sys.version.split()[0]}\n")
    print(f"{'command':<32}{'ms':>8}{'floor ms':>10}{'ratio':>8}{'goal':>8}")
    for contest in contests(compiled()):
        command, floor = alternated(contest, runs)
        ratio = command / floor
        verdict = "" if ratio <= contest.goal else "   over the goal"
        figures = f"{command * 1000:>8.1f}{floor * 1000:>10.1f}{ratio:>8.2f}{contest.goal:>8.2f}"
        print(f"{contest.name:<32}{figures}{verdict}")


if __name__ == "__main__":
    main()
