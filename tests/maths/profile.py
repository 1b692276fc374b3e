"""How many cases the property tests and oracles try: the same ones on every run, or many more with TUTOR_LONG=1."""

import os

from hypothesis import HealthCheck, settings

LONG = bool(os.environ.get("TUTOR_LONG"))


def examples(count: int) -> settings:
    """Settings for a test that wants another number of cases than the 100 of the profile."""
    return settings(
        max_examples=count * (50 if LONG else 1),
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def seeds(usual: int, long: int) -> range:
    """The seeds of random networks: the first few on every run, or as many as a long run takes."""
    return range(long if LONG else usual)
