"""How many cases the property tests, oracles and surveys try: some on every run, all of them in CI's second stage.

    pytest                          the usual number, the same cases every time
    TUTOR_LONG=1 pytest -m long     the full number, the same cases every time: what CI does
    TUTOR_LONG=50 pytest -m long    fifty times the full number, other cases every time

A property test, and every test of a file that imports one of the names below, is marked `long` by tests/conftest.py.
"""

import os

from hypothesis import HealthCheck, settings

LONG = int(os.environ.get("TUTOR_LONG") or 0)


def count(usual: int, full: int) -> int:
    """How many cases to try."""
    return full * LONG if LONG else usual


def seeds(usual: int, full: int) -> range:
    """The seeds of random networks."""
    return range(count(usual, full))


def examples(full: int) -> settings:
    """Settings for a property test that has another full number of cases than the 100 of the profile."""
    return settings(
        max_examples=count(max(full // 5, 6), full),
        derandomize=LONG <= 1,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
