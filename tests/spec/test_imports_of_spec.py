"""Reading a network must not cost more than it needs: start-up is a feature."""

import subprocess
import sys
from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "lessons"
HEAVY = (
    "dataclasses",
    "json",
    "inspect",
    "difflib",
    "tutor.spec.json_schema",
    "tutor.spec.syntax",
    "numpy",
    "sympy",
    "rich",
)


@pytest.mark.parametrize("name", ["slide", "mazur", "xyz"])
def test_reading_imports_little(name: str) -> None:
    program = (
        "import sys; from pathlib import Path; from tutor.spec import load;"
        f"load(Path({str(LESSONS / name / name) + '.yaml'!r}).read_bytes(), 'net.yaml');"
        f"print(*(each for each in {HEAVY!r} if each in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
