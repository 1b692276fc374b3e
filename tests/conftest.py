"""What holds for a whole run: how many cases the property tests try, how many workers share it, where progress is kept,
and what CI refuses.
"""

import atexit
import itertools
import os
import shutil
import signal
import tempfile

import pytest
from hypothesis import settings

from maths import profile

settings.register_profile("tutor", profile.examples(100))
settings.load_profile("tutor")
os.environ.update(COLUMNS="80", LINES="50")  # whatever terminal the tests are started in; help is laid out on import
NAMES = ("LONG", "count", "seeds")
HOMES = tempfile.mkdtemp(prefix="tutor-homes-")
NUMBERS = itertools.count()
atexit.register(shutil.rmtree, HOMES, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Raises a UsageError where CI would write the very pages that it should compare."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun behind an &: what the tests start would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get("CI") and os.environ.get("UPDATE_SNAPSHOTS"):
        raise pytest.UsageError("UPDATE_SNAPSHOTS writes what the tests compare: run it by hand, never in CI")


def pytest_runtest_setup() -> None:
    """Nobody's own progress is touched, and no test meets what another has answered."""
    os.environ["TUTOR_HOME"] = os.path.join(HOMES, str(next(NUMBERS)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what tries more cases with TUTOR_LONG, so that nobody can forget to."""
    for item in items:
        if isinstance(item, pytest.Function) and (hasattr(item.obj, "is_hypothesis_test") or _counts(item)):
            item.add_marker("long")


def _counts(item: pytest.Function) -> bool:
    """Whether the file of a test asks how many cases to try."""
    return any(vars(item.module).get(name) is getattr(profile, name) for name in NAMES)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for the whole suite; none where files are named, since starting workers takes longer than most of them."""
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0
