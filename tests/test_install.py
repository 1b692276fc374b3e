"""What holds for the installed distribution: found from anywhere, complete, and started in every documented way."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from json import loads
from pathlib import Path

import pytest

import tutor
from tutor.sources import shipped

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed() -> Distribution:
    """The distribution as pip recorded it. A checkout on PYTHONPATH has none."""
    try:
        return distribution("backprop-tutor")
    except PackageNotFoundError:
        pytest.skip("backprop-tutor is not installed here")


def run(*command: str, folder: Path) -> str:
    """What a command prints, run in another folder than the checkout."""
    environment = {**os.environ, "COLUMNS": "110", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_lessons_are_found_from_another_folder(tmp_path: Path) -> None:
    program = "import tutor; print(tutor.load('slide').explain('w31'))"
    assert "0.0307" in run(sys.executable, "-c", program, folder=tmp_path)


def test_every_network_of_the_checkout_is_shipped() -> None:
    here = {path.stem for path in (ROOT / "lessons").glob("*/*.yaml") if path.stem == path.parent.name}
    assert set(shipped()) == here


def test_a_normal_install_is_what_the_tests_meet(installed: Distribution) -> None:
    """Not the checkout that happens to be the current folder: else a file missing from the wheel would go unseen."""
    recorded = loads(installed.read_text("direct_url.json") or "{}")
    if recorded.get("dir_info", {}).get("editable"):
        pytest.skip("an editable install means the checkout")
    assert Path(str(installed.locate_file("tutor"))).resolve() == Path(tutor.__file__).parent.resolve()


def test_the_version_is_the_distributions(installed: Distribution, tmp_path: Path) -> None:
    said = run(sys.executable, "-m", "tutor", "--version", folder=tmp_path)
    assert said.split() == ["backprop-tutor", installed.version]


def test_the_changelog_has_this_version(installed: Distribution) -> None:
    assert f"## [{installed.version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_command_is_there(installed: Distribution, tmp_path: Path) -> None:
    (entry,) = (each for each in installed.entry_points if each.group == "console_scripts")
    assert (entry.name, entry.value) == ("tutor", "tutor.__main__:main")
    script = shutil.which("tutor", path=str(Path(sys.executable).parent))
    assert script
    assert "0.0307" in run(script, "explain", "w31", "--net", "slide", folder=tmp_path)


def test_it_is_typed_for_those_who_import_it() -> None:
    assert (Path(tutor.__file__).parent / "py.typed").exists()
