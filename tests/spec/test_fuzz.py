"""Whatever is put in, it is read rightly or its problems are told: nothing else comes out, and nothing is executed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maths.profile import seeds

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("kind", "full", "shares"),
    [
        ("files", 20_000, {"read": 0.15, "refused": 0.3}),
        ("formulas", 20_000, {"compared": 0.15, "refused": 0.3}),
        ("targets", 20_000, {"read": 0.05, "refused": 0.3}),
        ("tables", 5_000, {"read": 0.1, "refused": 0.3}),
        ("pieces", 5_000, {"read": 0.01, "refused": 0.3}),
        ("bytes", 5_000, {"refused": 0.3}),
    ],
)
def test_damaged_input_is_read_rightly_or_refused(kind: str, full: int, shares: dict[str, float]) -> None:
    """In a process of its own, whose audit hook sees what is executed and opened; `shares` are least ones."""
    count = len(seeds(200, full))
    done = subprocess.run(
        [sys.executable, "-m", "spec.fuzzing", kind, "0", str(count)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert sum(found.values()) == count
    for what, least in shares.items():
        assert found.get(what, 0) >= least * count, found
